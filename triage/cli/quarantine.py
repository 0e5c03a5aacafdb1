"""`triage quarantine list|show|retry`: items that could not be read. Kept raw, never dropped, never blocking."""

import argparse
import sys
from dataclasses import asdict
from datetime import UTC, datetime

from triage.cli.output import print_json, print_table, row_number, with_store
from triage.cli.settings_file import add_config
from triage.cli.terminal import escaped
from triage.service.review import retry_quarantined


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`list`, `show ID` (the raw bytes) and `retry ID`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    texts = {
        "list": "what lies there",
        "show": "the raw bytes of one, escaped where they would act on a terminal",
        "retry": "give one another try",
    }
    for name, text in texts.items():
        action = actions.add_parser(name, help=text)
        add_config(action)
        if name == "list":
            action.add_argument("--json", action="store_true", help="print JSON")
        else:
            action.add_argument("id", type=row_number, metavar="ID", help="its number in the list")


def run(arguments: argparse.Namespace) -> int:
    """0 done, 1 no such item."""
    return {"list": _list, "show": _show, "retry": _retry}[arguments.action](arguments)


def _list(arguments: argparse.Namespace) -> int:
    items = with_store(arguments.config, lambda store: store.list_quarantine())
    if arguments.json:
        print_json([asdict(item) for item in items])
        return 0
    rows = [
        (str(item.id), item.received_at.isoformat(" ", "seconds"), str(item.size_bytes), str(item.attempts), item.code)
        for item in items
    ]
    print_table(f"{len(rows)} in quarantine", ("id", "received", "bytes", "tries", "what broke"), rows)
    return 0


def _show(arguments: argparse.Namespace) -> int:
    raw = with_store(arguments.config, lambda store: store.quarantined_raw(arguments.id))
    if raw is None:
        print(f"there is no quarantined item {arguments.id}", file=sys.stderr)
        return 1
    if not sys.stdout.isatty():
        sys.stdout.buffer.write(raw)
        return 0
    text = raw.decode("utf-8", errors="backslashreplace").replace("\r\n", "\n")
    print(escaped(text))
    print(f"(escaped for the terminal; its bytes: triage quarantine show {arguments.id} > mail.eml)", file=sys.stderr)
    return 0


def _retry(arguments: argparse.Namespace) -> int:
    now = datetime.now(UTC)
    if not with_store(arguments.config, lambda store: retry_quarantined(store, arguments.id, now)):
        print(f"there is no quarantined item {arguments.id}", file=sys.stderr)
        return 1
    print(f"item {arguments.id} will be tried again")
    return 0
