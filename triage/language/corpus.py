"""Labelled messages: one JSON object a line, as docs/labelling.md says. Read for training and for evaluation."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from triage.domain.real_looking import real_looking
from triage.domain.vocabulary import Channel, Flag, Kind, OtherRight
from triage.errors import RulesWrong

# What to do about an example that looks like somebody's real message.
INVENT = "write an invented one; messages are never training data"

_Word = TypeVar("_Word", bound=StrEnum)


@dataclass(frozen=True, kw_only=True, slots=True)
class Example:
    """A message and what a careful reader says of it. `because` quotes the words that ask, word for word."""

    id: str
    writer: str
    channel: Channel
    subject: str
    text: str
    kinds: tuple[Kind, ...]
    other_rights: tuple[OtherRight, ...] = ()
    flags: tuple[Flag, ...] = ()
    because: Mapping[Kind, tuple[str, ...]] = field(default_factory=dict)
    unsure: bool = False


class _LineWrong(ValueError):
    """What is wrong with a line; every fault of it at once."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


def read_examples(path: Path) -> tuple[Example, ...]:
    """The examples of a file, or of every *.jsonl in a folder, by name. Kinds, rights and flags in their own order.

    Needed are "id", "text" and "kinds"; a line without "writer" is by the file's name. Unknown keys are left alone.
    Raises RulesWrong naming each fault by file and line, all at once.
    """
    faults: list[str] = []
    examples: list[Example] = []
    places: dict[str, str] = {}
    for file in _files(path):
        for number, line in enumerate(_lines(file, faults), start=1):
            if not line.strip():
                continue
            place = f"{file}:{number}"
            try:
                example = _example(line, file.stem)
            except _LineWrong as wrong:
                faults += [f"{place}: {fault}" for fault in wrong.faults]
                continue
            if (first := places.setdefault(example.id, place)) != place:
                faults.append(f'{place}: "id" {example.id!r} is already at {first}')
            examples.append(example)
    if not examples and not faults:
        faults.append(f"{path}: holds no message")
    if faults:
        raise RulesWrong(faults)
    return tuple(examples)


def local_examples(rules_dir: Path) -> tuple[Example, ...]:
    """The examples a DPO has written, in `rules_dir`/local/corpus/*.jsonl; none where there is no such file.

    Raises RulesWrong as `read_examples` does, and for a text that looks like a real message.
    """
    folder = rules_dir / "local" / "corpus"
    if not any(folder.glob("*.jsonl")):
        return ()
    examples = read_examples(folder)
    faults = [
        f"local/corpus: {one.id} holds {what}: {INVENT}"
        for one in examples
        if (what := real_looking(f"{one.subject}\n{one.text}"))
    ]
    if faults:
        raise RulesWrong(faults)
    return examples


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    return sorted(path.glob("*.jsonl"))


def _lines(file: Path, faults: list[str]) -> list[bytes]:
    try:
        return file.read_bytes().removeprefix(b"\xef\xbb\xbf").split(b"\n")
    except OSError as error:
        faults.append(f"{file}: cannot be read ({error.strerror})")
        return []


def _example(line: bytes, stem: str) -> Example:
    entry = _object(line)
    faults: list[str] = []
    texts = {
        "id": _text(entry, "id", None, faults),
        "writer": _text(entry, "writer", stem, faults),
        "subject": _text(entry, "subject", "", faults),
        "text": _text(entry, "text", None, faults),
    }
    faults += [
        f'"{key}" is empty' for key in ("id", "writer") if isinstance(entry.get(key), str) and not entry[key].strip()
    ]
    channel = _text(entry, "channel", Channel.EMAIL, faults)
    if channel not in list(Channel):
        faults.append(f'"channel" {channel!r} is none of {", ".join(Channel)}')
    if "kinds" not in entry:
        faults.append('"kinds" is missing: [] says that nothing is asked')
    kinds = _words(entry, "kinds", Kind, faults)
    rights = _words(entry, "other_rights", OtherRight, faults)
    if (Kind.OTHER_RIGHT in kinds) is not bool(rights):
        faults.append('"kinds" holds other_right exactly when "other_rights" names one')
    flags = _words(entry, "flags", Flag, faults)
    because = _because(entry, kinds, (texts["text"], texts["subject"]), faults)
    unsure = entry.get("unsure", False)
    if not isinstance(unsure, bool):
        faults.append('"unsure" must be true or false')
    if faults:
        raise _LineWrong(faults)
    return Example(
        **texts,
        channel=Channel(channel),
        kinds=kinds,
        other_rights=rights,
        flags=flags,
        because=because,
        unsure=unsure,
    )


def _object(line: bytes) -> dict[str, Any]:
    try:
        entry = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise _LineWrong([f"not JSON in UTF-8 ({type(error).__name__})"]) from error
    if not isinstance(entry, dict):
        raise _LineWrong(["not a JSON object"])
    return entry


def _text(entry: Mapping[str, Any], key: str, default: str | None, faults: list[str]) -> str:
    value = entry.get(key, default)
    if isinstance(value, str):
        return value
    faults.append(f'"{key}" is missing' if value is None else f'"{key}" must be a text')
    return ""


def _texts(value: object) -> list[str] | None:
    """A list of texts, or None where it is none."""
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return value
    return None


def _words(entry: Mapping[str, Any], key: str, words: type[_Word], faults: list[str]) -> tuple[_Word, ...]:
    given = _texts(entry.get(key, []))
    if given is None:
        faults.append(f'"{key}" must be a list of words')
        return ()
    unknown = [word for word in given if word not in list(words)]
    faults.extend(f'"{key}" holds {word!r}, which is none of {", ".join(words)}' for word in unknown)
    if len(set(given)) < len(given):
        faults.append(f'"{key}" says a word twice')
    return tuple(word for word in words if word in given)


def _because(
    entry: Mapping[str, Any], kinds: tuple[Kind, ...], said: tuple[str, str], faults: list[str]
) -> dict[Kind, tuple[str, ...]]:
    given = entry.get("because", {})
    if not isinstance(given, dict):
        faults.append('"because" must be an object: kind to a list of quotations')
        return {}
    because: dict[Kind, tuple[str, ...]] = {}
    for word, value in given.items():
        quotations = _texts(value)
        if word not in kinds:
            faults.append(f'"because" speaks of {word!r}, which is not among the "kinds"')
        elif quotations is None:
            faults.append(f'"because" of {word} must be a list of texts')
        else:
            because[Kind(word)] = tuple(quotations)
            faults += [
                f'"because" of {word} quotes words that are not there: {quotation[:60]!r}'
                for quotation in quotations
                if not quotation or not any(quotation in text for text in said)
            ]
    return because
