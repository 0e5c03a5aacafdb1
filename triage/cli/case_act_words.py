"""The words after `triage case`: every act on one case, with what has to be said for it."""

import argparse
from datetime import date, datetime
from pathlib import Path

from triage.cli.output import row_number
from triage.cli.settings_file import add_config
from triage.domain.vocabulary import CaseEventName, LetterPurpose, Outcome, Regime

ASKS = {
    "identity": LetterPurpose.IDENTITY_ASK,
    "authority": LetterPurpose.AUTHORITY_ASK,
    "clarification": LetterPurpose.CLARIFICATION_ASK,
}
# What a person may say of a case. Receipt is the desk's own word; `triage case relabel`, `reopen`, `stands` say more.
_ACTS_OF_THEIR_OWN = (CaseEventName.RECEIVED, CaseEventName.RELABELLED, CaseEventName.REOPENED)
_EVENTS = [name.value for name in CaseEventName if name not in _ACTS_OF_THEIR_OWN]


def add_arguments(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Every act, with its own words."""
    read = _add(actions, "read", "you have read its messages")
    up_to = "the newest message you were shown; without it: every one that is there now, and it says which"
    read.add_argument("--up-to", type=row_number, metavar="ID", help=up_to)
    ask = _add(actions, "ask", "draft a letter that asks the person for something")
    ask.add_argument("what", choices=sorted(ASKS))
    extend = _add(actions, "extend", "draft the notice that more time is needed, up to three months from the start")
    for action in (ask, extend):
        _words(action)
        action.add_argument("--override", metavar="WHY", default="", help="all the same, though it comes too late")
    event = _add(actions, "event", "something happened that may move its dates")
    event.add_argument("name", choices=_EVENTS, metavar="EVENT", help=", ".join(_EVENTS))
    event.add_argument("on", type=date.fromisoformat, metavar="DAY", help="the local day, as 2026-12-21")
    event.add_argument("--override", metavar="WHY", default="", help="all the same, though it comes too late")
    event.add_argument("--note", metavar="WORDS", default="", help="extended: how the person was told")
    for name, text in (("answer", "draft the letter that tells the outcome"), ("close", "end it with its outcome")):
        action = _add(actions, name, text)
        action.add_argument("outcome", choices=[one.value for one in Outcome], metavar="OUTCOME", help=_outcomes())
        if name == "answer":
            _words(action)
        else:
            action.add_argument("--without-letter", metavar="WHY", default="", help="why the person gets none")
    _words(_add(actions, "forward", "draft the letter that says we pass it on to the client whose data it is"))
    for name, text in (
        ("reopen", "open a closed case again"),
        ("withdrawn", "the person confirmed that they take it back; say how"),
        ("stands", "the person did not mean to take it back; say why"),
        ("hold", "nothing of it may be removed, until lifted"),
        ("note", "write something down"),
    ):
        action = _add(actions, name, text)
        action.add_argument("why", metavar="WORDS")
        if name == "hold":
            action.add_argument("--lift", action="store_true", help="it may be removed again when its time comes")
    law = _add(actions, "regime", "which law counts, where two companies of the group may be meant")
    law.add_argument("regime", choices=[one.value for one in Regime])
    law.add_argument("why", metavar="WORDS", help="how you know")
    call = _add(actions, "contacted", "you were in touch otherwise than by letter, as by phone")
    call.add_argument("on", type=date.fromisoformat, metavar="DAY")
    call.add_argument("why", metavar="WORDS", help="how, and what was said")
    rest = _add(actions, "snooze", "no reminders until a day")
    rest.add_argument("until", type=date.fromisoformat, metavar="DAY")
    rest.add_argument("why", metavar="WORDS")
    for name, text in (
        ("tick", "a system of its checklist is done"),
        ("untick", "it is not done after all; the note says why"),
        ("leave", "it stays open, and the note says why: nothing is to be done there"),
    ):
        action = _add(actions, name, text)
        action.add_argument("system", help="as `triage case show` names it")
        action.add_argument("--note", default="", metavar="WORDS")
        if name == "tick":
            action.add_argument("--on", type=date.fromisoformat, metavar="DAY", help="today unless given")
    points = _add(actions, "answers", "the points of Art 15, the search and the redactions, from a file")
    points.add_argument(
        "file", type=Path, metavar="FILE.toml", help="tables [points] and [searched], redactions_by = …"
    )
    handed = _add(actions, "delivered", "how the answer was handed over")
    handed.add_argument("--how", default="", metavar="WORDS")
    handed.add_argument("--to", default="", metavar="ADDRESS", help="where it went")
    handed.add_argument("--checked", default="", metavar="WORDS", help="how you knew that it is theirs")
    handed.add_argument("--at", type=datetime.fromisoformat, metavar="TIME", help="with an offset; now unless given")
    handed.add_argument("--sha256", action="append", default=[], metavar="HEX", help="of each file; may be repeated")
    handed.add_argument("--outside", default="", metavar="WORDS", help="delivered outside the desk: how, and the proof")


def add_draft_arguments(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """`triage letter draft REF PURPOSE`, for the letters that no act here brings."""
    action = _add(actions, "draft", "lay a letter ready that no act on a case brings, such as news")
    purposes = [one.value for one in LetterPurpose]
    action.add_argument("purpose", choices=purposes, metavar="PURPOSE", help="as docs/letters.md names them")
    _words(action)


def _add(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, text: str
) -> argparse.ArgumentParser:
    action = actions.add_parser(name, help=text, description=text)
    add_config(action)
    action.add_argument("reference", help="the case, DP-2026-00042-K7/1")
    action.add_argument("--if-version", type=int, metavar="N", help="only if it has not changed since you looked")
    return action


def _words(action: argparse.ArgumentParser) -> None:
    action.add_argument(
        "--words", type=Path, metavar="FILE", help="what you write in the letter; - reads it from stdin"
    )


def _outcomes() -> str:
    return ", ".join(one.value for one in Outcome)
