"""`triage suppression add|check|list|lift`: the do-not-contact list. It holds keyed hashes, so nobody can be read off
it; a campaign's list is held against it (suppression_check.py)."""

import argparse
import getpass
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from triage.cli import suppression_check
from triage.cli.output import print_json, print_table, with_store
from triage.cli.settings_file import add_config
from triage.domain.do_not_contact import ContactPoint, contact_point
from triage.domain.vocabulary import Channel, Nation

_POINT_HELP = "a mail address, or a telephone number in quotation marks"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`add ADDRESS`, `check LIST.csv`, `list` and `lift ADDRESS`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    texts = {
        "add": "no marketing any more to an address or number somebody told us",
        "check": "which lines of a campaign's list are to be removed",
        "list": "how many lines the list has, by month, scope and channel",
        "lift": "take an address or number off the list, with a reason",
    }
    options = {name: actions.add_parser(name, help=text, description=text) for name, text in texts.items()}
    for action in options.values():
        add_config(action)
    for name in ("add", "lift"):
        options[name].add_argument("point", type=_point, metavar="ADDRESS", help=_POINT_HELP)
    options["add"].add_argument(
        "--channel", required=True, choices=[channel.value for channel in Channel], help="how the wish came to us"
    )
    options["add"].add_argument("--case", metavar="REF", help="the enquiry or case it belongs to; written down there")
    options["lift"].add_argument("--why", type=_reason, required=True, help="why; kept in the journal")
    options["list"].add_argument("--json", action="store_true", help="print JSON")
    suppression_check.add_arguments(options["check"])


def run(arguments: argparse.Namespace) -> int:
    """0 done (check: nobody to remove), 1 no such case or not on the list (check: lines to remove), 2 bad input."""
    acts = {"add": _add, "check": suppression_check.run, "list": _list, "lift": _lift}
    return acts[arguments.action](arguments)


def _add(arguments: argparse.Namespace) -> int:
    channel, by, now = Channel(arguments.channel), getpass.getuser(), datetime.now(UTC)
    added = with_store(
        arguments.config,
        lambda store: store.suppress(arguments.point, channel, arguments.case, by=by, now=now),
    )
    if added is None:
        print(f"there is no enquiry or case {arguments.case.strip().upper()}; nothing was done", file=sys.stderr)
        return 1
    print("it is on the do-not-contact list" + ("" if added else ", and was before"))
    return 0


def _lift(arguments: argparse.Namespace) -> int:
    by, now = getpass.getuser(), datetime.now(UTC)
    lifted = with_store(
        arguments.config, lambda store: store.lift_suppression(arguments.point, arguments.why, by=by, now=now)
    )
    if not lifted:
        print("it is not on the do-not-contact list", file=sys.stderr)
        return 1
    print("it is off the do-not-contact list; the reason is in the journal")
    return 0


def _list(arguments: argparse.Namespace) -> int:
    nation = _nation(arguments.config)
    counts = with_store(arguments.config, lambda store: store.suppression_counts(nation))
    if arguments.json:
        print_json([asdict(count) for count in counts])
        return 0
    rows = [(count.month, count.scope, count.channel, str(count.lines)) for count in counts]
    total = sum(count.lines for count in counts)
    title = "1 line on the do-not-contact list" if total == 1 else f"{total} lines on the do-not-contact list"
    print_table(title, ("month", "scope", "channel", "lines"), rows)
    return 0


def _nation(config: Path | None) -> Nation:
    from triage.config import rules_dir
    from triage.parsing.rules import load_policy

    return load_policy(rules_dir(config)).main_controller.nation


def _point(text: str) -> ContactPoint:
    point = contact_point(text)
    if point is None:
        raise argparse.ArgumentTypeError("must be one plain mail address or one telephone number")
    return point


def _reason(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("say why: the person wants to hear from us again, or a slip of the pen")
    return text.strip()
