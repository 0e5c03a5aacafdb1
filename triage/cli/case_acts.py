"""`triage case ACT REF`: what a person does to one case. Each act is one pure function of the domain, and writes all of
it or nothing. Which acts there are: case_act_words.py."""

import argparse
import getpass
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from triage.cli.case_act_words import ASKS
from triage.cli.output import with_store
from triage.cli.steps_now import steps_now
from triage.cli.typed_files import CannotTake, answers_in, words_in
from triage.domain.asking import propose
from triage.domain.case_change import CaseChange, Refused
from triage.domain.case_events import tell_of
from triage.domain.case_file import CaseFile
from triage.domain.case_life import reopen, today_for
from triage.domain.checklist import leave, tick, untick
from triage.domain.closing import close, forward_to_controller, propose_close
from triage.domain.delivery import Delivery, record_delivery, record_delivery_outside, record_supplements
from triage.domain.drafting import draft
from triage.domain.holding import contacted, hold, snooze, take_note
from triage.domain.policy import Policy
from triage.domain.settling_rules import settle_rules
from triage.domain.vocabulary import CaseEventName, LetterPurpose, Outcome, Regime
from triage.domain.withdrawing import confirm_withdrawal, dismiss_withdrawal
from triage.errors import NotDone, RulesWrong, SettingsWrong
from triage.service.casework import Casework
from triage.service.chat_link import DeskStore
from triage.service.review import mark_read


@dataclass(frozen=True, kw_only=True, slots=True)
class _Asked:
    """What was typed, by whom and when. `text`: the words for a letter."""

    typed: argparse.Namespace
    policy: Policy
    now: datetime
    by: str
    text: str


_Act = Callable[[CaseFile, _Asked], CaseChange | Refused | None]


def run(arguments: argparse.Namespace) -> int:
    """0 done, 1 refused or no such case, 2 what was typed cannot be taken. Raises SettingsWrong."""
    from triage.config import load_settings, rules_dir
    from triage.parsing.rules import load_policy

    rules, by = rules_dir(arguments.config), getpass.getuser()
    reference: str = arguments.reference.strip().upper()
    if arguments.action in _DRAFTS and not load_settings(arguments.config).mailbox_address:
        raise SettingsWrong(["TRIAGE_MAILBOX_ADDRESS: the desk's own address is needed, it stands in every letter"])
    try:
        policy = load_policy(rules)
        if arguments.action == "read":
            return _read(arguments, reference.partition("/")[0], by)
        text = words_in(getattr(arguments, "words", None))
        asked = _Asked(typed=arguments, policy=policy, now=_now(), by=by, text=text)

        async def use(store: DeskStore) -> tuple[CaseChange | None, CaseFile | None]:
            work = casework_for(store, arguments.config)
            act = _ACTS[arguments.action]
            done = await work.act(reference, lambda case: act(case, asked), by=by, version=arguments.if_version)
            return done, await store.case_of(reference)

        change, left = with_store(arguments.config, use)
    except NotDone as exc:
        print(exc, file=sys.stderr)
        return 1
    except CannotTake as exc:
        print(exc, file=sys.stderr)
        return 2
    except RulesWrong as exc:
        print(*exc.faults, sep="\n", file=sys.stderr)
        return 1
    print(*_told(reference, change), *_next(left, policy), sep="\n")
    return 0


def casework_for(store: DeskStore, config: Path | None) -> Casework:
    """Acts on the cases of `store`, worded and judged by the rules that the settings name."""
    from triage.config import load_settings, rules_dir
    from triage.parsing.letterbook import LetterBook
    from triage.parsing.rules import load_letter_sources, load_policy

    rules = rules_dir(config)
    book, domain = LetterBook(load_letter_sources(rules)), load_settings(config).mailbox_address.rpartition("@")[2]
    return Casework(store=store, book=book, policy=load_policy(rules), mail_domain=domain, clock=_now)


def _now() -> datetime:
    return datetime.now(UTC)


def _read(arguments: argparse.Namespace, thread: str, by: str) -> int:
    ids = with_store(arguments.config, lambda store: mark_read(store, thread, by=by, now=_now(), up_to=arguments.up_to))
    named = ", ".join(map(str, ids))
    print(f"{thread}: marked as read: message {named}" if ids else f"{thread}: nothing was unread")
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
    return lines


def _next(left: CaseFile | None, policy: Policy) -> list[str]:
    """The next step of the case as the act left it, as `triage case show` tells it; none where nothing is owed."""
    steps = steps_now([left] if left is not None else [], policy, _now())
    return [f"next: {step['next_step']}, by {step['next_step_on']}" for step in steps.values()]


def _ticked(case: CaseFile, asked: _Asked) -> CaseChange | Refused:
    on = asked.typed.on or today_for(case, asked.policy, asked.now)
    return tick(case, asked.typed.system, asked.by, asked.typed.note, on, asked.policy, asked.now)


def _supplied(case: CaseFile, asked: _Asked) -> CaseChange | Refused:
    return record_supplements(case, *answers_in(asked.typed.file))


def _delivered(case: CaseFile, asked: _Asked) -> CaseChange | Refused:
    typed = asked.typed
    if typed.outside:
        return record_delivery_outside(case, typed.outside, asked.now)
    delivery = Delivery(
        how=typed.how, address=typed.to, checked=typed.checked, at=typed.at or asked.now, sha256=tuple(typed.sha256)
    )
    return record_delivery(case, delivery, asked.now)


def _recorded(case: CaseFile, asked: _Asked) -> CaseChange | Refused:
    typed = asked.typed
    name = CaseEventName(typed.name)
    return tell_of(case, name, typed.on, asked.policy, asked.now, note=typed.note, override=typed.override)


def _proposed(case: CaseFile, asked: _Asked) -> CaseChange | Refused:
    typed = asked.typed
    purpose = ASKS[typed.what] if typed.action == "ask" else LetterPurpose.EXTENSION_NOTICE
    return propose(case, purpose, asked.text, asked.policy, asked.now, note=typed.override)


def _closed(case: CaseFile, asked: _Asked) -> CaseChange | Refused:
    why_none = asked.typed.without_letter
    return close(case, Outcome(asked.typed.outcome), asked.policy, asked.now, without_letter=why_none)


def _answered(case: CaseFile, asked: _Asked) -> CaseChange | Refused:
    return propose_close(case, Outcome(asked.typed.outcome), asked.text, asked.policy, asked.now)


_ACTS: Mapping[str, _Act] = {
    "ask": _proposed,
    "extend": _proposed,
    "event": _recorded,
    "answer": _answered,
    "forward": lambda case, asked: forward_to_controller(case, asked.text, asked.policy, asked.now),
    "close": _closed,
    "reopen": lambda case, asked: reopen(case, asked.policy, asked.now, asked.typed.why),
    "withdrawn": lambda case, asked: confirm_withdrawal(case, asked.typed.why, asked.policy, asked.now),
    "stands": lambda case, asked: dismiss_withdrawal(case, asked.typed.why, asked.policy, asked.now),
    "regime": lambda case, asked: settle_rules(
        case, Regime(asked.typed.regime), asked.typed.why, asked.policy, asked.now
    ),
    "hold": lambda case, asked: hold(case, asked.typed.why, on=not asked.typed.lift),
    "note": lambda case, asked: take_note(case, asked.typed.why),
    "contacted": lambda case, asked: contacted(case, asked.typed.on, asked.typed.why, asked.policy, asked.now),
    "snooze": lambda case, asked: snooze(case, asked.typed.until, asked.typed.why, asked.policy, asked.now),
    "tick": _ticked,
    "untick": lambda case, asked: untick(case, asked.typed.system, asked.by, asked.typed.note),
    "leave": lambda case, asked: leave(case, asked.typed.system, asked.by, asked.typed.note, asked.policy),
    "answers": _supplied,
    "delivered": _delivered,
    "draft": lambda case, asked: draft(case, LetterPurpose(asked.typed.purpose), asked.text, asked.policy, asked.now),
}
# A letter's Message-ID bears the domain of the desk's own address.
_DRAFTS = frozenset({"ask", "extend", "answer", "forward", "tick", "draft"})
# `triage letter draft` is an act on a case too, and stands with the letters.
NAMES = frozenset({"read", *_ACTS}) - {"draft"}
