"""`triage case read|ask|extend|event|answer|forward|close|reopen|withdrawn|stands|hold|snooze|note|tick|untick|answers|
delivered`: what a person does to one case. Each calls one pure function of the domain, and writes all of it or nothing."""

import argparse
import getpass
import sys
import tomllib
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from triage.cli.output import with_store
from triage.cli.settings_file import add_config
from triage.domain.asking import propose
from triage.domain.case_change import CaseChange, Refused
from triage.domain.case_events import record
from triage.domain.case_file import CaseFile
from triage.domain.case_life import reopen, today_for
from triage.domain.checklist import after_tick, tick, untick
from triage.domain.closing import close, forward_to_controller, propose_close
from triage.domain.delivery import Delivery, Supplement, record_delivery, record_delivery_outside, record_supplements
from triage.domain.holding import hold, snooze, take_note
from triage.domain.policy import Policy
from triage.domain.vocabulary import CaseEventName, LetterPurpose, Outcome
from triage.domain.withdrawing import confirm_withdrawal, dismiss_withdrawal
from triage.errors import NotDone, RulesWrong
from triage.service.casework import Casework, Decide

_ASKS = {
    "identity": LetterPurpose.IDENTITY_ASK,
    "authority": LetterPurpose.AUTHORITY_ASK,
    "clarification": LetterPurpose.CLARIFICATION_ASK,
}
# What a person may say of a case. Receipt is the desk's own word, a new label is `triage case relabel`.
_EVENTS = [name.value for name in CaseEventName if name not in (CaseEventName.RECEIVED, CaseEventName.RELABELLED)]

_Act = Callable[[CaseFile, argparse.Namespace, Policy, datetime, str], CaseChange | Refused | None]


class _CannotTake(Exception):
    """What was typed cannot be taken; each fault a line."""


def add_arguments(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Every act, with its own words."""
    _add(actions, "read", "you have read every message of it")
    ask = _add(actions, "ask", "draft a letter that asks the person for something")
    ask.add_argument("what", choices=sorted(_ASKS))
    extend = _add(actions, "extend", "draft the notice that more time is needed, up to three months from the start")
    for action in (ask, extend):
        _words(action)
        action.add_argument("--override", metavar="WHY", default="", help="all the same, though it comes too late")
    event = _add(actions, "event", "something happened that may move its dates")
    event.add_argument("name", choices=_EVENTS, metavar="EVENT", help=", ".join(_EVENTS))
    event.add_argument("on", type=date.fromisoformat, metavar="DAY", help="the local day, as 2026-12-21")
    event.add_argument("--override", metavar="WHY", default="", help="all the same, though it comes too late")
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
    rest = _add(actions, "snooze", "no reminders until a day")
    rest.add_argument("until", type=date.fromisoformat, metavar="DAY")
    rest.add_argument("why", metavar="WORDS")
    for name, text in (("tick", "a system of its checklist is done"), ("untick", "it is not done after all")):
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


def run(arguments: argparse.Namespace) -> int:
    """0 done, 1 refused or no such case, 2 what was typed cannot be taken."""
    from triage.config import load_settings, rules_dir
    from triage.parsing.letterbook import LetterBook
    from triage.parsing.rules import load_letter_sources, load_policy

    rules, by = rules_dir(arguments.config), getpass.getuser()
    reference: str = arguments.reference.strip().upper()
    try:
        policy, book = load_policy(rules), LetterBook(load_letter_sources(rules))
        act = _ACTS[arguments.action]
        domain = load_settings(arguments.config).mailbox_address.rpartition("@")[2]
        if arguments.action in ("ask", "extend", "answer", "forward"):
            arguments.text = _text(arguments.words)

        async def use(store: object) -> CaseChange | None:
            work = Casework(store=store, book=book, mail_domain=domain, clock=_now)  # type: ignore[arg-type]
            decide: Decide = lambda case: act(case, arguments, policy, _now(), by)  # noqa: E731
            return await work.act(reference, decide, by=by, version=arguments.if_version)

        if arguments.action == "read":
            return _read(arguments, reference.partition("/")[0], by)
        change = with_store(arguments.config, use)
    except NotDone as exc:
        print(exc, file=sys.stderr)
        return 1
    except _CannotTake as exc:
        print(exc, file=sys.stderr)
        return 2
    except RulesWrong as exc:
        print(*exc.faults, sep="\n", file=sys.stderr)
        return 1
    print(*_told(reference, change), sep="\n")
    return 0


def _now() -> datetime:
    return datetime.now(UTC)


def _read(arguments: argparse.Namespace, thread: str, by: str) -> int:
    count = with_store(arguments.config, lambda store: store.mark_read(thread, by=by, now=_now()))
    if count is None:
        raise NotDone(f"there is no enquiry {thread}")
    print(f"{thread}: {count} messages read" if count != 1 else f"{thread}: 1 message read")
    return 0


def _told(reference: str, change: CaseChange | None) -> list[str]:
    if change is None:
        return [f"{reference}: nothing was to be done"]
    lines = [f"{reference}: {change.event.replace('_', ' ')}"]
    if change.letters:
        lines.append(f"a letter waits for your approval: triage case show {reference}, then triage letter approve")
    if change.dates is not None:
        due = change.dates.statutory_due
        lines.append(f"due {due}" if due else "no statutory date while something is awaited")
    if change.next_step is not None:
        lines.append(f"next: {change.next_step[0]}, by {change.next_step[1]}")
    return lines


def _text(path: Path | None) -> str:
    """The words of a letter. Raises _CannotTake for a file that is none."""
    if path is None:
        return ""
    try:
        return sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise _CannotTake(f"--words: {path.name} cannot be read as text ({type(exc).__name__})") from None


def _ticked(
    case: CaseFile, arguments: argparse.Namespace, policy: Policy, now: datetime, by: str
) -> CaseChange | Refused | None:
    on = arguments.on or today_for(case, policy, now)
    return tick(case, arguments.system, by, arguments.note, on, policy, now)


def _supplied(case: CaseFile, arguments: argparse.Namespace) -> CaseChange | Refused:
    try:
        table = tomllib.loads(arguments.file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
        raise _CannotTake(f"{arguments.file.name}: cannot be read as TOML ({type(exc).__name__})") from None
    points, searched = table.get("points", {}), table.get("searched", {})
    faults = [f"points.{name}: none of {', '.join(Supplement)}" for name in points if name not in list(Supplement)]
    values = [*points.values(), *searched.values(), table.get("redactions_by", "")]
    if not all(isinstance(value, str) for value in values):
        faults.append("every answer is a text between quotes")
    if faults:
        raise _CannotTake("\n".join(faults))
    known = {Supplement(name): text for name, text in points.items()}
    return record_supplements(case, known, searched, table.get("redactions_by", ""))


def _delivered(case: CaseFile, arguments: argparse.Namespace, now: datetime) -> CaseChange | Refused:
    if arguments.outside:
        return record_delivery_outside(case, arguments.outside, now)
    delivery = Delivery(
        how=arguments.how,
        address=arguments.to,
        checked=arguments.checked,
        at=arguments.at or now,
        sha256=tuple(arguments.sha256),
    )
    return record_delivery(case, delivery, now)


_ACTS: Mapping[str, _Act] = {
    "read": lambda *_: None,
    "ask": lambda case, a, policy, now, _: propose(case, _ASKS[a.what], a.text, policy, now, note=a.override),
    "extend": lambda case, a, policy, now, _: propose(
        case, LetterPurpose.EXTENSION_NOTICE, a.text, policy, now, note=a.override
    ),
    "event": lambda case, a, policy, now, _: record(
        case, CaseEventName(a.name), a.on, policy, now, note=a.override, overridden=bool(a.override)
    ),
    "answer": lambda case, a, policy, now, _: propose_close(case, Outcome(a.outcome), a.text, policy, now),
    "forward": lambda case, a, policy, now, _: forward_to_controller(case, a.text, policy, now),
    "close": lambda case, a, policy, now, _: close(
        case, Outcome(a.outcome), policy, now, without_letter=a.without_letter
    ),
    "reopen": lambda case, a, policy, now, _: reopen(case, policy, now, a.why),
    "withdrawn": lambda case, a, policy, now, _: confirm_withdrawal(case, a.why, policy, now),
    "stands": lambda case, a, policy, now, _: dismiss_withdrawal(case, a.why, policy, now),
    "hold": lambda case, a, policy, now, _: hold(case, a.why, on=not a.lift),
    "note": lambda case, a, policy, now, _: take_note(case, a.why),
    "snooze": lambda case, a, policy, now, _: snooze(case, a.until, a.why, policy, now),
    "tick": _ticked,
    "untick": lambda case, a, policy, now, by: untick(case, a.system, by, a.note),
    "answers": lambda case, a, policy, now, _: _supplied(case, a),
    "delivered": lambda case, a, policy, now, _: _delivered(case, a, now),
}
NAMES = frozenset(_ACTS)
