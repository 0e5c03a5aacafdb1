"""The chat's short posts beside the letter: rules/chat/PURPOSE.txt in memory, and how a note is worded from them.

`team_note` is an internal comment: it may say what the desk thinks and why. `hand_over` is seen by the visitor: it
knows the reference and the company, and nothing else. Neither knows a word of what the visitor typed.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from itertools import product

from jinja2 import TemplateNotFound, TemplateSyntaxError, UndefinedError, meta
from jinja2.exceptions import TemplateError

from triage.domain.plain_dates import plain_date
from triage.domain.plan import PlannedNote
from triage.domain.policy import Controller
from triage.domain.vocabulary import Kind, Nation, Regime
from triage.errors import RulesWrong
from triage.parsing.letterbook import sandbox

FOLDER = "chat"

# More than this nobody reads in a chat window.
_LONGEST_BUBBLE = 1000
_COMMON = frozenset({"reference", "controller"})
_TEAM_ONLY = frozenset(
    {"perhaps_due_on", "wants_person", "kinds", "unsure_kinds", "due_on", "visible_reply", "where_unknown", "why"}
)
_NAMES = {"team_note": _COMMON | _TEAM_ONLY, "hand_over": _COMMON}

_SAMPLE_REFERENCE = "DP-2026-00042-K7"
_SAMPLE_DAY = date(2026, 12, 22)
_SAMPLE_COMPANY = Controller(
    name="Larkfield Systems Ltd",
    nation=Nation.ENGLAND,
    regime=Regime.UK,
    registered_number="01234567",
    registered_in="England and Wales",
    registered_office="1 Example Way, Exampleton, EX1 1EX",
    team_name="Data protection team",
    privacy_page="https://larkfield.example/privacy",
    addresses=("dataprotection@larkfield.example",),
    phone="01632 960 123",
)


class ChatBook:
    """Words notes from the texts of rules/chat/, given as name -> text. Pure: reads no file, keeps no state."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self._jinja = sandbox(sources)

    def note(self, note: PlannedNote, *, reference: str, controller: Controller) -> str:
        """The note in words; an empty line starts a new bubble. Raises RulesWrong, with one clear line, for a missing
        text or an unknown placeholder.
        """
        known: dict[str, object] = {"reference": reference, "controller": controller}
        known |= {name: getattr(note, name) for name in _TEAM_ONLY}
        name = f"{note.purpose}.txt"
        # Only what its readers may know: an internal reason can never slip into a line the visitor sees.
        allowed = _NAMES.get(note.purpose, _COMMON)
        try:
            worded = self._jinja.get_template(name).render({key: known[key] for key in allowed})
        except TemplateNotFound as missing:
            raise RulesWrong([f"{FOLDER}/{missing.name}: missing"]) from missing
        except TemplateSyntaxError as wrong:
            raise RulesWrong([f"{FOLDER}/{wrong.name}: line {wrong.lineno}: {wrong.message}"]) from wrong
        except UndefinedError as unknown:
            raise RulesWrong([f"{FOLDER}/{name}: unknown placeholder: {unknown.message}"]) from unknown
        except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as wrong:
            raise RulesWrong([f"{FOLDER}/{name}: cannot be worded: {wrong}"]) from wrong
        return _lay_out(worded)


def faults(sources: Mapping[str, str]) -> list[str]:
    """Everything wrong with the texts, one line each: every sort of note is worded and looked at."""
    found = [fault for name, text in sorted(sources.items()) for fault in _template_faults(name, text, sources)]
    book = ChatBook(sources)
    for note, company in product(_sample_notes(), _sample_companies()):
        try:
            found += _wording_faults(note, company, book.note(note, reference=_SAMPLE_REFERENCE, controller=company))
        except RulesWrong as wrong:
            found += wrong.faults
    return list(dict.fromkeys(found))


def _template_faults(name: str, text: str, sources: Mapping[str, str]) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), 1):
        odd = next((sign for sign in line if not (" " <= sign <= "~" or sign == "£")), None)
        if odd:
            yield f"{FOLDER}/{name}: line {number}: plain characters: {odd!r} may reach a reader broken"
    try:
        tree = sandbox(sources).parse(text, name, name)
    except TemplateSyntaxError as wrong:
        yield f"{FOLDER}/{name}: line {wrong.lineno}: {wrong.message}"
        return
    known = _NAMES.get(name.removesuffix(".txt"), _COMMON | _TEAM_ONLY)
    for unknown in sorted(meta.find_undeclared_variables(tree) - known):
        yield f"{FOLDER}/{name}: unknown placeholder: {unknown!r} is undefined"


def _wording_faults(note: PlannedNote, company: Controller, worded: str) -> Iterator[str]:
    name, said = f"{FOLDER}/{note.purpose}.txt", " ".join(worded.split())
    wanted = {"reference": _SAMPLE_REFERENCE, "phone": company.phone}
    if note.internal:
        wanted |= {"why": note.why, "address": company.addresses[0] if company.addresses else ""}
        wanted |= {"answer-by date": plain_date(note.due_on)} if note.due_on else {}
        wanted |= {"perhaps": f"perhaps, by: {plain_date(note.perhaps_due_on)}"} if note.perhaps_due_on else {}
        wanted |= {"wish for a person": "talk to a person"} if note.wants_person else {}
    for what, words in wanted.items():
        if words not in said:
            yield f"{name}: {what}: must say {words}"
    longest = max(map(len, worded.split("\n\n")))
    if longest > _LONGEST_BUBBLE:
        yield f"{name}: bubble length: {longest} characters; a chat reader takes in {_LONGEST_BUBBLE}"


def _sample_notes() -> Iterator[PlannedNote]:
    yield PlannedNote(purpose="hand_over", why="a person was asked for")
    choices = [(), *((kind,) for kind in Kind), tuple(Kind)]
    days = (_SAMPLE_DAY, None), (None, _SAMPLE_DAY), (None, None)
    for sure, perhaps, (due_on, perhaps_on), replied in product(choices, choices, days, (True, False)):
        if not set(sure) & set(perhaps):
            yield PlannedNote(
                purpose="team_note",
                why="a colleague is in the thread",
                kinds=sure,
                unsure_kinds=perhaps,
                due_on=due_on,
                perhaps_due_on=perhaps_on,
                visible_reply=replied,
                # Each with and without, but not every one with every other: they stand on lines of their own.
                wants_person=replied,
                where_unknown=not replied,
            )


def _sample_companies() -> Iterator[Controller]:
    for phone, addresses in product(("", _SAMPLE_COMPANY.phone), ((), _SAMPLE_COMPANY.addresses)):
        yield replace(_SAMPLE_COMPANY, phone=phone, addresses=addresses)


def _lay_out(text: str) -> str:
    """One line of the template is one line of the note; runs of empty lines become one."""
    plain = "\n".join(line.strip() for line in text.replace("\u00a0", " ").strip().splitlines())
    return re.sub(r"\n{3,}", "\n\n", plain)
