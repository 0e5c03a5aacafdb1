"""The sample chats: conversations that lie beside this file, each with what is expected of every burst of lines."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CHATS = Path(__file__).parent / "chats"


@dataclass(frozen=True, kw_only=True, slots=True)
class Expected:
    """What is to become of a burst. `kinds` are the cases it opens; `replies` are what the visitor sees, `notes` what
    only the team sees. `lane` is None where it is passed over."""

    outcome: str
    kinds: tuple[str, ...]
    lane: str | None
    replies: int
    notes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """Somebody's turn: the visitor types `lines` and pauses, or with `expected` None a colleague writes them."""

    lines: tuple[str, ...]
    expected: Expected | None

    @property
    def said(self) -> str:
        """All of it in one line, for lists."""
        return " / ".join(self.lines)


@dataclass(frozen=True, kw_only=True, slots=True)
class SampleChat:
    """A conversation. Without an `address` it is held by a visitor the CRM does not know."""

    key: str
    about: str
    name: str
    address: str
    turns: tuple[Turn, ...]


def sample_chats() -> tuple[SampleChat, ...]:
    """Every sample chat, in order."""
    return tuple(_read(path) for path in sorted(CHATS.glob("*.toml")))


def _read(path: Path) -> SampleChat:
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    visitor = told.get("visitor", {})
    return SampleChat(
        key=path.stem,
        about=told["about"],
        name=visitor.get("name", ""),
        address=visitor.get("address", ""),
        turns=tuple(map(_turn, told["turns"])),
    )


def _turn(told: dict[str, Any]) -> Turn:
    """A turn is a colleague's text, or a visitor's lines with what is expected. Raises KeyError, TypeError."""
    if "colleague" in told:
        return Turn(lines=(told["colleague"],), expected=None)
    expected = {**told["expected"], "kinds": tuple(told["expected"]["kinds"]), "lane": told["expected"].get("lane")}
    return Turn(lines=tuple(told["visitor"]), expected=Expected(**expected))
