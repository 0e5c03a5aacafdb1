"""`triage inspect PATH…`: what the desk would do with mails in files. Stores and sends nothing, reads no store."""

import argparse
import asyncio
import hashlib
import sys
from collections import deque
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress

from triage.adapters.analysis_pool import AnalysisPool, AnalysisSettings
from triage.adapters.mail_files import read_mail_files
from triage.bootstrap.analyst import build_analyst
from triage.cli.classify import as_json
from triage.cli.output import json_text, print_table
from triage.cli.settings_file import add_config
from triage.config import find_rules_dir, load_settings, plain_address
from triage.domain.decide import decide
from triage.domain.gate import Desk
from triage.domain.plan import Analysis, History, Plan
from triage.domain.policy import Policy
from triage.domain.reference import find_references, reference_of_own
from triage.errors import AnalysisFailed, TriageError
from triage.parsing.rules import load_policy
from triage.service.analysis import Analyst

# One at a time would leave a core idle, all at once would hold every mail of a large mbox in memory.
_AT_ONCE = 8


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Files, and for whom to read them."""
    add_config(parser)
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help=".eml files, folders, mbox or Maildir")
    parser.add_argument(
        "--mailbox-address",
        type=plain_address,
        metavar="A",
        help="the desk's address (default: from settings or policy)",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def run(arguments: argparse.Namespace) -> int:
    """0 every message was inspected (quarantined ones too), 2 a path cannot be read."""
    settings = load_settings(arguments.config)
    rules = find_rules_dir(settings.rules_dir)
    desk_of = partial(_desk, arguments.mailbox_address, settings.mailbox_address, settings.mailbox_aliases)
    desk = desk_of(load_policy(rules), settings.secret)
    build = partial(build_analyst, rules, desk)
    faults: list[str] = []
    seen = asyncio.run(_inspect_all(_messages(arguments.paths, faults), build, as_json=arguments.json))
    print(*faults, sep="\n", end="\n" if faults else "", file=sys.stderr)
    if not seen and not faults:
        print("no messages found there", file=sys.stderr)
    return 2 if faults else 0


def _desk(given: str | None, configured: str, aliases: tuple[str, ...], policy: Policy, secret: bytes) -> Desk:
    """The address asked for, else the configured one, else those of the policy's controllers."""
    known = tuple(address for controller in policy.controllers for address in controller.addresses)
    main = given or configured or (known[0] if known else "")
    others = aliases if given or configured else known
    return Desk(mailbox_address=main.lower(), aliases=others, own_domains=policy.own_domains, secret=secret)


def _messages(paths: list[Path], faults: list[str]) -> Iterator[tuple[str, bytes]]:
    for path in paths:
        try:
            yield from read_mail_files(path)
        except TriageError as exc:
            faults.append(str(exc))


async def _inspect_all(messages: Iterator[tuple[str, bytes]], build: "partial[Analyst]", *, as_json: bool) -> int:
    """Read in worker processes, as the worker does: a hang or a crash costs one message one line."""
    analyst = build()  # a broken rule names itself here, once
    pool = AnalysisPool(AnalysisSettings(build=build))
    rows: list[dict[str, Any]] = []
    try:
        with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as progress:
            bar = progress.add_task("reading", total=None)
            async for row in _in_order(messages, pool, analyst):
                progress.advance(bar)
                if as_json:
                    print(json_text(row), flush=True)
                rows.append({} if as_json else row)
    finally:
        await pool.close()
    if not as_json and rows:
        _print(rows)
    return len(rows)


async def _in_order(
    messages: Iterator[tuple[str, bytes]], pool: AnalysisPool, analyst: Analyst
) -> AsyncIterator[dict[str, Any]]:
    """Several at once, answers in the order of the messages."""
    waiting: deque[asyncio.Task[dict[str, Any]]] = deque()
    for path, raw in messages:
        waiting.append(asyncio.create_task(_inspect(path, raw, pool, analyst)))
        if len(waiting) >= _AT_ONCE:
            yield await waiting.popleft()
    while waiting:
        yield await waiting.popleft()


async def _inspect(path: str, raw: bytes, pool: AnalysisPool, analyst: Analyst) -> dict[str, Any]:
    head = {"path": path, "sha256": hashlib.sha256(raw).hexdigest()}
    try:
        analysis = await pool.read(raw, None, len(raw))
    except AnalysisFailed as exc:
        return {**head, **_QUARANTINED, "defects": [exc.code]}
    now = datetime.now(UTC)
    plan = decide(analysis, History(), analyst.policy, analyst.desk, analyst.table, now, store_read=False)
    return {**head, **_told(analysis, plan, analyst)}


_QUARANTINED: dict[str, Any] = {
    "message_id": None,
    "received_at": None,
    "sender": None,
    "subject": "",
    "own_words": "",
    "full_text": "",
    "attachments": [],
    "gate": {"answer": "hold", "reasons": []},
    "classification": None,
    "follow_up": {"reference": None},
    "forward_of": None,
    "plan": {"cases": [], "letter": None, "lane": "needs_person"},
    "defects": [],
    "outcome": "quarantine",
}


def _told(analysis: Analysis, plan: Plan, analyst: Analyst) -> dict[str, Any]:
    enquiry = analysis.enquiry
    sender = enquiry.sender
    return {
        "message_id": enquiry.message_id,
        "received_at": enquiry.received_at,
        "sender": None if sender is None else {"name": sender.name, "address": sender.address},
        "subject": enquiry.subject,
        "own_words": enquiry.own_words,
        "full_text": enquiry.full_text,
        "attachments": [{"name": a.name, "type": a.type, "size": a.size_bytes} for a in enquiry.attachments],
        "gate": {
            "answer": plan.gate.answer,
            "reasons": [{"row": hit.row, "why": hit.why} for hit in plan.gate.hits],
        },
        "classification": None if analysis.classification is None else as_json(analysis.classification),
        "follow_up": {"reference": _thread(analysis, analyst)},
        "forward_of": enquiry.forward_of,
        "plan": {
            "cases": [{"kind": case.kind, "statutory_due": case.dates.statutory_due} for case in plan.cases],
            "letter": None if plan.letter is None else plan.letter.facts.purpose,
            "lane": plan.lane,
        },
        "defects": list(enquiry.defects),
        "outcome": "enquiry",
    }


def _thread(analysis: Analysis, analyst: Analyst) -> str | None:
    """The reference it answers, as far as can be told without a store."""
    answered = [reference_of_own(analyst.desk.secret, message_id) for message_id in analysis.facts.thread_ids]
    named = find_references(analysis.enquiry.subject)
    return next((reference for reference in (*answered, *named) if reference is not None), None)


def _print(rows: list[dict[str, Any]]) -> None:
    table = [
        (
            row["path"],
            row["gate"]["answer"],
            ", ".join(case["kind"] for case in row["plan"]["cases"]) or "-",
            row["plan"]["lane"] if row["outcome"] == "enquiry" else "quarantine",
            row["plan"]["letter"] or "-",
            "; ".join(f"{reason['row']}: {reason['why']}" for reason in row["gate"]["reasons"]) or "-",
        )
        for row in rows
    ]
    print_table(f"{len(rows)} messages", ("message", "gate", "kinds", "lane", "letter", "gate rows"), table)
