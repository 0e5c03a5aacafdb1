"""`triage look`: the daily look at what was read as no request. A person clears it, or relabels what asks after all."""

import argparse
import getpass
import sys
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

from triage.cli.case import show
from triage.cli.output import print_json, print_table, with_store
from triage.cli.settings_file import add_config
from triage.domain.clock import local_date
from triage.domain.sender_words import sender_in_words
from triage.domain.vocabulary import Nation
from triage.errors import NotDone
from triage.ports import LookRow
from triage.service.review import clear_look, clear_look_before

_COLUMNS = ("reference", "received", "by", "from", "subject", "first words")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """List, show one, clear some or all that were listed."""
    add_config(parser)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--show", metavar="REF", help="one of them whole, as triage case show; changes nothing")
    what.add_argument("--clear", metavar="REF", nargs="+", help="you have read these, and they ask for nothing")
    what.add_argument(
        "--clear-all-before",
        metavar="DATE-TIME",
        type=_moment,
        help="all that people sent and was there before a moment asks for nothing; the list names the moment, so that "
        "nothing which came since is cleared unseen",
    )
    what.add_argument(
        "--clear-automatic-before",
        metavar="DATE-TIME",
        type=_moment,
        help="the same for what machines sent, which has a list and a moment of its own",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.epilog = (
        "Without an option: what people sent and what machines sent, oldest first, with the first words of each. It is "
        "meant for once a day; what people sent and has waited over two working days raises an alarm. "
        "To clear a message is to agree that it asks for nothing: it "
        "stays on file, nothing is sent, and the journal says who agreed. One that asks for something after all: "
        "triage case relabel REF --kinds access. Exit codes: 0 done; 1 there is no such message, one does not wait "
        "(then none is cleared), or the moment has not come yet."
    )


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = datetime.min  # noqa: DTZ901 - without an offset, so refused below
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError("give a date, time and offset as the list does: 2026-11-23T09:00:00+00:00")
    return moment


def run(arguments: argparse.Namespace) -> int:
    """0 done, 1 there is no such message waiting or the moment has not come yet."""
    if arguments.show is not None:
        return show(arguments.config, arguments.show, as_json=arguments.json)
    if arguments.clear is None and (arguments.clear_all_before or arguments.clear_automatic_before) is None:
        return _list(arguments)
    try:
        cleared = _clear(arguments)
    except NotDone as exc:
        print(exc, file=sys.stderr)
        return 1
    if arguments.json:
        print_json({"cleared": cleared})
    else:
        print(f"cleared: {', '.join(cleared) or 'nothing, for nothing waited'}")
    return 0


def _clear(arguments: argparse.Namespace) -> list[str]:
    by, now = getpass.getuser(), datetime.now(UTC)
    if arguments.clear is None:
        before: datetime = arguments.clear_all_before or arguments.clear_automatic_before
        automatic = arguments.clear_all_before is None
        return list(
            with_store(
                arguments.config, lambda store: clear_look_before(store, before, by=by, now=now, automatic=automatic)
            )
        )
    references = list(dict.fromkeys(one.strip().upper() for one in arguments.clear))
    with_store(arguments.config, lambda store: clear_look(store, references, by=by, now=now))
    return references


def _list(arguments: argparse.Namespace) -> int:
    rows = with_store(arguments.config, lambda store: store.to_look_at())
    people, machines = [row for row in rows if not row.automatic], [row for row in rows if row.automatic]
    if arguments.json:
        told = {"waiting": [asdict(row) for row in people], "clear_all_before": _just_after(people)}
        also = {"automatic": [asdict(row) for row in machines], "clear_automatic_before": _just_after(machines)}
        print_json({**told, **also})
        return 0
    _print_group(_title(len(people), ""), people, "--clear-all-before")
    if machines:
        _print_group(_title(len(machines), "from machines "), machines, "--clear-automatic-before")
    if rows:
        print("one that asks for something: triage case relabel REF --kinds …; whole: triage look --show REF")
    return 0


def _print_group(title: str, rows: list[LookRow], option: str) -> None:
    """A list, and the command that clears just what is in it."""
    print_table(title, _COLUMNS, [_told(row) for row in rows])
    moment = _just_after(rows)
    if moment is not None:
        print(f"none of them asks for anything: triage look {option} {moment.isoformat()}")


def _just_after(rows: list[LookRow]) -> datetime | None:
    """The moment before which all of these were filed, and nothing that came later."""
    return max(row.filed_at for row in rows) + timedelta(microseconds=1) if rows else None


def _title(count: int, sent_by: str) -> str:
    if count == 1:
        return f"1 message {sent_by}read as no request waits for a look"
    return f"{count} messages {sent_by}read as no request wait for a look"


def _told(row: LookRow) -> tuple[str, ...]:
    received_on = local_date(row.received_at, Nation.ENGLAND).isoformat()
    sender = sender_in_words(row.channel, row.sender)
    return (row.reference, received_on, row.channel, sender, row.subject, row.words)
