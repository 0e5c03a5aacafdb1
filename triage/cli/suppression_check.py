"""`triage suppression check LIST.csv`: which lines of a campaign's list are to be removed before it is sent.

It prints numbers of lines and no addresses, so that what it says can be passed on.
"""

import argparse
import sys
from pathlib import Path

from triage.cli.output import print_json, with_store
from triage.cli.terminal import harmless_line
from triage.service.campaigns import CampaignCheck, check_campaign, runs_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The list, and what is to become of it."""
    parser.add_argument("list", type=Path, metavar="LIST.csv", help="commas, semicolons or tabs; with or without names")
    parser.add_argument("--column", metavar="NAME", help="the column to compare: its name, or its number from 1")
    parser.add_argument(
        "--out", type=Path, metavar="CLEAN.csv", help="write the list without those lines to a new file"
    )
    parser.add_argument("--show", action="store_true", help="print what stands in those lines, too")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    """0 nobody is to be removed, 1 somebody is, 2 the list cannot be read or the new one not written."""
    try:
        content = arguments.list.read_bytes()
        checked = with_store(arguments.config, lambda store: check_campaign(store, content, arguments.column))
    except OSError as exc:
        return _fault(f"{arguments.list}: cannot be read: {exc.strerror}")
    except ValueError as exc:
        return _fault(f"{arguments.list}: {exc}")
    if arguments.out is not None:
        try:
            with arguments.out.open("xb") as clean:
                clean.write(checked.clean)
        except FileExistsError:
            return _fault(f"{arguments.out}: is there already; give a new name")
        except OSError as exc:
            return _fault(f"{arguments.out}: cannot be written: {exc.strerror}")
    if arguments.json:
        _print_json(checked, show=arguments.show)
    else:
        _print_words(checked, show=arguments.show)
    return 1 if checked.listed else 0


def _print_json(checked: CampaignCheck, *, show: bool) -> None:
    found: dict[str, object] = {
        "column": checked.read.column,
        "lines": len(checked.read.lines),
        "remove": [line.number for line in checked.listed],
        "not_compared": [line.number for line in checked.not_compared],
        "other_columns": list(checked.read.also),
    }
    if show:
        found["shown"] = [{"line": line.number, "text": line.cell} for line in checked.listed]
    print_json(found)


def _print_words(checked: CampaignCheck, *, show: bool) -> None:
    read, listed, not_compared = checked.read, checked.listed, checked.not_compared
    column = harmless_line(read.column)
    print(f"{len(listed)} of {len(read.lines)} lines are to be removed (column {column})")
    if show:
        for line in listed:
            print(f"line {line.number}: {harmless_line(line.cell)}")
    elif listed:
        print(f"lines: {runs_of(listed)}")
    if not_compared:
        print(f"nothing to compare in {len(not_compared)}: lines {runs_of(not_compared)}", file=sys.stderr)
    if read.also:
        others = harmless_line(", ".join(read.also))
        print(f"other columns hold addresses too: {others}; check each with --column", file=sys.stderr)


def _fault(text: str) -> int:
    print(harmless_line(text), file=sys.stderr)
    return 2
