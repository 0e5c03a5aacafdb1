"""`triage case list|show REF|acknowledged REF|relabel REF|merge REF INTO|split REF MESSAGE|add`: the queue, one
enquiry or case with everything known of it, a person's word that it was acknowledged by hand or asks for something else
(case_relabel.py), what came by post, phone or word of mouth (case_add.py), threads put together and taken apart
(case_threads.py). What is done to one case lies in case_acts.py."""

import argparse
import getpass
import sys
from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import cast

from triage.adapters.hubspot_paths import record_path
from triage.cli import case_act_words, case_acts, case_add, case_relabel, case_threads
from triage.cli.case_page import case_page
from triage.cli.output import print_json, print_table, with_store
from triage.cli.settings_file import add_config
from triage.cli.steps_now import steps_now
from triage.config import load_settings, rules_dir
from triage.domain.lanes import WAITING_LANES
from triage.domain.policy import Policy
from triage.domain.sender_words import sender_in_words
from triage.domain.vocabulary import Lane
from triage.parsing.rules import load_policy
from triage.ports import Alarm, CaseRow, EnquiryRow, Health
from triage.service.chat_link import DeskStore
from triage.service.review import mark_acknowledged


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`list`, `show REF`, `acknowledged REF`, `relabel REF` and `add`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    texts = {
        "list": "every case, what is urgent first, then by its next step",
        "show": "one enquiry or case",
        "acknowledged": "it was acknowledged by hand, or needs no acknowledgement",
    }
    for name, text in texts.items():
        action = actions.add_parser(name, help=text)
        add_config(action)
        if name != "acknowledged":
            action.add_argument("--json", action="store_true", help="print JSON")
        if name != "list":
            more = ", or the key of what was handed in, as entry:…" if name == "show" else ""
            action.add_argument("reference", help=f"DP-2026-00042-K7 or DP-2026-00042-K7/1{more}")
    text = "say what an enquiry really asks: cases are opened and set aside by that"
    case_relabel.add_arguments(actions.add_parser("relabel", help=text, description=text))
    text = "hand in what came by post, phone, word of mouth or a social network"
    case_add.add_arguments(actions.add_parser("add", help=text, description=text))
    text = "make one of two threads of the same matter; the one received first is kept"
    case_threads.add_merge_arguments(actions.add_parser("merge", help=text, description=text))
    text = "take a second enquiry out of a message that holds two people's or two unrelated requests"
    case_threads.add_split_arguments(actions.add_parser("split", help=text, description=text))
    case_act_words.add_arguments(actions)


def run(arguments: argparse.Namespace) -> int:
    """0 done, 1 no such reference, 2 what was typed cannot be taken."""
    threads = {"merge": case_threads.run_merge, "split": case_threads.run_split}
    elsewhere = {
        "add": case_add.run,
        "relabel": case_relabel.run,
        **threads,
        **dict.fromkeys(case_acts.NAMES, case_acts.run),
    }
    if arguments.action in elsewhere:
        return elsewhere[arguments.action](arguments)
    if arguments.action == "show":
        return show(arguments.config, arguments.reference, as_json=arguments.json)
    if arguments.action == "acknowledged":
        return _acknowledged(arguments)
    policy = load_policy(rules_dir(arguments.config))
    cases, waiting, alarms, passed_over, health = with_store(arguments.config, lambda store: _queue(store, policy))
    if arguments.json:
        print_json([asdict(case) for case in cases] + [_as_case(row) for row in waiting])
        return 0
    for alarm in alarms:
        print(f"ALARM {alarm.code} {alarm.reference or ''}".rstrip())
    asked = [case for case in cases if case.state != "set_aside"]
    rows = [
        (
            case.reference,
            case.kind,
            case.lane,
            case.channel,
            sender_in_words(case.channel, case.sender),
            case.received_on,
            case.statutory_due or case.acknowledge_by or "-",
            f"{case.next_step} ({case.next_step_on})",
            "NOT ACKNOWLEDGED" if case.not_acknowledged else case.letter or "-",
        )
        for case in asked
    ]
    columns = ("case", "kind", "lane", "by", "from", "received", "due", "next step", "acknowledgement")
    if waiting:
        print_table(
            f"{len(waiting)} messages without a case wait for a person", _WAITING, [_told(row) for row in waiting]
        )
    print_table(f"{len(rows)} cases", columns, rows)
    if health.to_look_at or health.automatic_to_look_at:
        machines = f"; from machines: {health.automatic_to_look_at}" if health.automatic_to_look_at else ""
        print(f"read as no request, and not looked at by a person yet: {health.to_look_at}{machines}; see triage look")
    if passed_over:
        chats = f"{passed_over} chat{'s' if passed_over > 1 else ''}"
        print(
            f"in {chats} of the last {_LATELY.days} days something was typed that asked for nothing; it opened no case"
        )
    return 0


def _acknowledged(arguments: argparse.Namespace) -> int:
    reference, by, now = arguments.reference.upper().partition("/")[0], getpass.getuser(), datetime.now(UTC)
    if not with_store(arguments.config, lambda store: mark_acknowledged(store, reference, by=by, now=now)):
        print(f"nothing under {reference} waits for an acknowledgement", file=sys.stderr)
        return 1
    print(f"{reference} counts as acknowledged")
    return 0


_WAITING = ("reference", "lane", "by", "from", "received", "subject", "letter", "why")
_LATELY = timedelta(days=7)


_Queue = tuple[list[CaseRow], list[EnquiryRow], tuple[Alarm, ...], int, Health]


async def _queue(store: DeskStore, policy: Policy) -> _Queue:
    """Cases, messages that wait without one, alarms, in how many chats something asked for nothing lately, and the
    store's figures, among them how many messages wait for a look."""
    since = datetime.now(UTC) - _LATELY
    enquiries = [row for row in await store.list_enquiries() if _waits(row)]
    enquiries.sort(key=lambda row: WAITING_LANES.index(Lane(row.lane or "")))
    now = datetime.now(UTC)
    steps = steps_now(await store.open_cases(), policy, now)
    cases = [_today(row, steps) for row in await store.list_cases()]
    cases.sort(key=lambda row: (row.lane != Lane.URGENT or row.reference not in steps, row.next_step_on))
    health = await store.health(now)
    return cases, enquiries, await store.alarms(), await store.count_passed_over(since), health


def _today(row: CaseRow, steps: Mapping[str, Mapping[str, str]]) -> CaseRow:
    step = steps.get(row.reference)
    return row if step is None else replace(row, next_step=step["next_step"], next_step_on=step["next_step_on"])


def _waits(row: EnquiryRow) -> bool:
    """What a person has spoken about, or what came from a machine, waits for nobody."""
    return row.lane in WAITING_LANES and not row.kinds and not row.cleared


def _told(row: EnquiryRow) -> tuple[str, ...]:
    letter = "NOT ACKNOWLEDGED" if row.not_acknowledged else row.letter or "-"
    why = row.trace[-1].removeprefix("letter: ") if row.trace else ""
    sender = sender_in_words(row.channel, row.sender)
    return (row.thread or "-", row.lane or "-", row.channel, sender, row.received_on, row.subject, letter, why)


def _as_case(row: EnquiryRow) -> dict[str, object]:
    """The same keys as a case, so that a script sees one list; what only a case has is null."""
    known = {
        "reference": row.thread,
        **{name: getattr(row, name) for name in ("lane", "channel", "sender", "received_on", "letter")},
    }
    nothing = dict.fromkeys(field.name for field in fields(CaseRow))
    return {**nothing, **known, "not_acknowledged": row.not_acknowledged}


def show(config: Path | None, asked: str, *, as_json: bool) -> int:
    """Print one enquiry or case. 0 done, 1 there is none."""
    policy = load_policy(rules_dir(config))
    try:
        found = with_store(config, lambda store: _found(store, asked, policy))
    except _NotFiled as exc:
        print(exc, file=sys.stderr)
        return 1
    if as_json:
        print_json(found)
    else:
        print(case_page(found, partial(_record_url, load_settings(config).hubspot_app_url)))
    return 0


class _NotFiled(Exception):
    """There is nothing to show, in one line."""


async def _found(store: DeskStore, asked: str, policy: Policy) -> dict[str, object]:
    """The enquiry or case of a reference, or of an item's key. Raises _NotFiled."""
    reference: str | None = asked.upper()
    if ":" in asked:
        reference = await store.filed_under(asked)
        if reference is None and not await store.unknown_keys([asked]):
            raise _NotFiled(
                f"{asked} is here and not filed yet: a worker reads it, if triage quarantine list has it not"
            )
    found = None if reference is None else await store.show_case(reference)
    if found is None:
        raise _NotFiled(f"there is no enquiry or case {asked if reference is None else reference}")
    thread = str(found["reference"]).partition("/")[0]
    steps = steps_now(await store.cases_of(thread), policy, datetime.now(UTC))
    cases = cast("list[dict[str, object]]", found["cases"])
    return {**found, "cases": [{**case, **steps.get(str(case["reference"]), {})} for case in cases]}


def _record_url(app_url: str, portal_id: str, contact_id: str) -> str:
    return app_url.rstrip("/") + record_path(portal_id, contact_id.removeprefix("V-"))
