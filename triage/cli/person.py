"""`triage person ADDRESS`: what the desk itself holds about one person. Nothing is written down of the question."""

import argparse
import sys
from pathlib import Path

from triage.adapters.evidence_zip import write_zip
from triage.cli.output import print_json, print_table, with_store
from triage.cli.settings_file import add_config
from triage.domain.contact_points import mail_addresses
from triage.domain.evidence_values import moment
from triage.domain.person import PersonRecords, as_json, person_files
from triage.errors import NotDone


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The address, and where to."""
    add_config(parser)
    parser.add_argument("address", metavar="ADDRESS", help="a mail address, as they gave it")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument(
        "--export", type=Path, metavar="FILE.zip", help="everything as files, for the DPO to look through"
    )
    parser.epilog = (
        "Finds messages, cases and letters, the do-not-contact list, returned letters, chats, forms in which the "
        "address was typed, and threads of others that mention it. What retention has removed is not found any more. "
        "Look through it before it leaves the house: it may name others."
    )


def run(arguments: argparse.Namespace) -> int:
    """0 done, also where nothing is held; 1 the file cannot be written; 2 that is no address."""
    address = arguments.address.strip().lower()
    if mail_addresses(address) != (address,):
        print("ADDRESS: that is no plain mail address", file=sys.stderr)
        return 2
    records = with_store(arguments.config, lambda store: store.person(address))
    if arguments.export is not None:
        try:
            write_zip(arguments.export, person_files(records))
        except NotDone as exc:
            print(exc, file=sys.stderr)
            return 1
    if arguments.json:
        print_json(as_json(records))
    else:
        _print(records)
        if arguments.export is not None:
            print(f"wrote {arguments.export}")
    return 0


def _print(records: PersonRecords) -> None:
    if records.is_empty:
        print(f"nothing is held under {records.address}")
        return
    print_table(
        f"{len(records.messages)} messages",
        ("received", "by", "under", "subject"),
        [(moment(one.received_at), one.channel, one.reference, one.subject) for one in records.messages],
    )
    print_table(
        f"{len(records.cases)} cases",
        ("case", "kind", "state", "outcome"),
        [(one.reference, one.kind, one.state, one.outcome) for one in records.cases],
    )
    print_table(
        f"{len(records.letters)} letters",
        ("written", "purpose", "state", "under"),
        [(moment(one.created_at), one.purpose, one.state, one.reference) for one in records.letters],
    )
    for one in records.suppressed:
        print(f"on the do-not-contact list ({one.scope}) since {moment(one.since_at)}, by {one.channel} {one.thread}")
    for chat in records.chats:
        print(f"chat {chat.portal_id}/{chat.thread_id} {chat.reference}: {chat.lines} lines with text")
    told = {
        "letters that came back": records.bounced_at,
        "letters counted against a limit": records.counted_at,
        "takes part in": records.takes_part_in,
        "mentioned in": records.mentioned_in,
        "in unread items": records.quarantined,
    }
    for what, where in told.items():
        if where:
            print(f"{what}: {', '.join(map(str, where))}")
