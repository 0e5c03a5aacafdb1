"""`triage letter list|show|draft|approve|discard|handed-over`: letters, and drafts that wait for a person's word."""

import argparse
import getpass
import sys
from dataclasses import asdict
from datetime import UTC, datetime

from triage.cli import case_acts
from triage.cli.case_act_words import add_draft_arguments
from triage.cli.output import print_json, print_table, row_number, with_store
from triage.cli.settings_file import add_config
from triage.cli.terminal import harmless, harmless_line
from triage.errors import NotDone
from triage.ports import LetterRow
from triage.service.casework import approve_letter, hand_letter_over
from triage.service.chat_link import DeskStore
from triage.service.review import discard_draft


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`list`, `show ID`, `draft REF PURPOSE`, `approve ID`, `discard ID`, `handed-over ID`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    texts = {
        "list": "every letter, drafts first",
        "show": "one letter as its reader sees it",
        "approve": "send a draft",
        "discard": "throw a draft away; its enquiry stays unacknowledged",
        "handed-over": "a draft, or a letter that did not arrive, was posted or read out: it counts as sent",
    }
    for name, text in texts.items():
        action = actions.add_parser(name, help=text)
        add_config(action)
        if name == "list":
            action.add_argument("--json", action="store_true", help="print JSON")
        else:
            action.add_argument("id", type=row_number, metavar="ID", help="its number in the list")
        if name == "approve":
            chosen = "a checked address, where the person wrote from none that can be answered"
            action.add_argument("--to", default="", metavar="ADDRESS", help=chosen)
        if name == "handed-over":
            action.add_argument("how", metavar="WORDS", help="how: by post to the address on file, read out by phone …")
        if name in ("approve", "handed-over"):
            action.add_argument("--override", default="", metavar="WHY", help="though what it announces comes too late")
    add_draft_arguments(actions)


def run(arguments: argparse.Namespace) -> int:
    """0 done, 1 no such letter, no draft any more, or refused, 2 what was typed cannot be taken."""
    if arguments.action == "list":
        return _list(arguments)
    if arguments.action == "show":
        return _show(arguments)
    if arguments.action == "draft":
        return case_acts.run(arguments)
    if arguments.action == "discard":
        return _discard(arguments)
    try:
        with_store(arguments.config, lambda store: _settle(store, arguments))
    except NotDone as exc:
        print(exc, file=sys.stderr)
        return 1
    told = "will be sent by the worker" if arguments.action == "approve" else "counts as sent"
    print(f"letter {arguments.id} {told}")
    return 0


def _discard(arguments: argparse.Namespace) -> int:
    by, now = getpass.getuser(), datetime.now(UTC)
    if not with_store(arguments.config, lambda store: discard_draft(store, arguments.id, by=by, now=now)):
        print(f"letter {arguments.id} is no draft", file=sys.stderr)
        return 1
    print(f"letter {arguments.id} is discarded")
    return 0


async def _settle(store: DeskStore, arguments: argparse.Namespace) -> None:
    work, by = case_acts.casework_for(store, arguments.config), getpass.getuser()
    if arguments.action == "approve":
        await approve_letter(work, store, arguments.id, by=by, to=arguments.to, note=arguments.override)
    else:
        await hand_letter_over(work, store, arguments.id, arguments.how, by=by, note=arguments.override)


def _list(arguments: argparse.Namespace) -> int:
    letters = with_store(arguments.config, lambda store: store.list_letters())
    if arguments.json:
        print_json([asdict(letter) for letter in letters])
        return 0
    rows = [(str(one.id), one.state, one.purpose, one.reference, _whom(one), one.why) for one in letters]
    print_table(f"{len(rows)} letters", ("id", "state", "purpose", "reference", "to", "why"), rows)
    return 0


def _show(arguments: argparse.Namespace) -> int:
    letter = with_store(arguments.config, lambda store: store.show_letter(arguments.id))
    if letter is None:
        print(f"there is no letter {arguments.id}", file=sys.stderr)
        return 1
    subject = "" if letter.place else f"Subject: {harmless_line(letter.subject)}\n"
    print(f"To: {harmless_line(_whom(letter))}\n{subject}State: {letter.state}\n\n{harmless(letter.body)}")
    return 0


def _whom(letter: LetterRow) -> str:
    """An address, or where in the chat it stands and who sees it."""
    if not letter.place:
        return letter.recipient
    return f"chat {letter.place}, team only" if letter.internal else f"chat {letter.place}"
