"""Every template worded with sample facts, so that a person reads it before a customer does."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from triage.domain.letter import stage_of
from triage.domain.vocabulary import LetterPurpose
from triage.parsing.letter_previews import Preview, previews, samples_of
from triage.parsing.letter_rules import FILE
from triage.parsing.letterbook import LetterBook
from triage.service.drafts import rules_in
from triage.web.console.context import Console, console_of
from triage.web.console.letter_words import purpose_words
from triage.web.console.pages import render

_SCHOOL_STARTS_AT = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sort:
    """All letters of one purpose, in a line. `broken` are the faults of templates that cannot be worded, each once."""

    purpose: LetterPurpose
    stage: str
    count: int
    oldest: float
    broken: tuple[str, ...]
    faults: int


class LetterTemplates:
    """The rules are read when the console starts, so each purpose is worded once."""

    def __init__(self) -> None:
        self._known: dict[LetterPurpose, tuple[Preview, ...]] = {}
        self._wording = asyncio.Lock()

    async def show(self, request: web.Request) -> web.Response:
        """The list of purposes, or with `?purpose=` every letter of one."""
        console = console_of(request)
        async with self._wording:
            if not self._known:
                # Some three hundred letters take a second or two: other pages are served meanwhile.
                self._known = await asyncio.to_thread(_word_all, console)
        chosen = _purpose(request.query.get("purpose", ""))
        return render(
            request,
            "letter_templates.html",
            title="Letter templates",
            chosen=chosen,
            purpose_words=purpose_words,
            sorts=[_sort(purpose, found) for purpose, found in self._known.items()],
            previews=self._known.get(chosen, ()) if chosen is not None else (),
            grade=lambda age: f"{age - _SCHOOL_STARTS_AT:.1f}",
        )


def _word_all(console: Console) -> dict[LetterPurpose, tuple[Preview, ...]]:
    book, rules = LetterBook(console.letter_sources), rules_in(console.letter_sources.get(FILE, ""))
    wanted = samples_of(console.policy)
    return {purpose: previews(book, rules, console.policy, wanted[purpose]) for purpose in wanted}


def _sort(purpose: LetterPurpose, found: Sequence[Preview]) -> _Sort:
    return _Sort(
        purpose=purpose,
        stage=stage_of(purpose),
        count=len(found),
        oldest=max((one.age for one in found), default=0.0),
        broken=tuple(dict.fromkeys(one.broken for one in found if one.broken)),
        faults=sum(bool(one.faults) for one in found),
    )


def _purpose(said: str) -> LetterPurpose | None:
    try:
        return LetterPurpose(said) if said else None
    except ValueError:
        return None
