"""`triage suppression check LIST.csv`: which lines of a campaign's list are to be removed before it is sent.

It prints numbers of lines and no addresses, so that what it says can be passed on.
"""

import argparse
import sys
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from triage.cli.output import print_json, with_store
from triage.cli.terminal import harmless_line
from triage.parsing.campaign_list import CampaignList, ListLine, read_campaign_list


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
        read = read_campaign_list(arguments.list.read_bytes(), arguments.column)
    except OSError as exc:
        return _fault(f"{arguments.list}: cannot be read: {exc.strerror}")
    except ValueError as exc:
        return _fault(f"{arguments.list}: {exc}")
    compared = [(line, line.point) for line in read.lines if line.point is not None]
    hits = with_store(arguments.config, lambda store: store.suppressed([point for _, point in compared]))
    listed = [line for (line, _), hit in zip(compared, hits, strict=True) if hit]
    if arguments.out is not None:
        try:
            with arguments.out.open("xb") as clean:
                clean.write(read.without(frozenset(line.number for line in listed)))
        except FileExistsError:
            return _fault(f"{arguments.out}: is there already; give a new name")
        except OSError as exc:
            return _fault(f"{arguments.out}: cannot be written: {exc.strerror}")
    not_compared = [line for line in read.lines if line.point is None]
    if arguments.json:
        _print_json(read, listed, not_compared, show=arguments.show)
    else:
        _print_words(read, listed, not_compared, show=arguments.show)
    return 1 if listed else 0


def _print_json(read: CampaignList, listed: list[ListLine], not_compared: list[ListLine], *, show: bool) -> None:
    found: dict[str, object] = {
        "column": read.column,
        "lines": len(read.lines),
        "remove": [line.number for line in listed],
        "not_compared": [line.number for line in not_compared],
        "other_columns": list(read.also),
    }
    if show:
        found["shown"] = [{"line": line.number, "text": line.cell} for line in listed]
    print_json(found)


def _print_words(read: CampaignList, listed: list[ListLine], not_compared: list[ListLine], *, show: bool) -> None:
    column = harmless_line(read.column)
    print(f"{len(listed)} of {len(read.lines)} lines are to be removed (column {column})")
    if show:
        for line in listed:
            print(f"line {line.number}: {harmless_line(line.cell)}")
    elif listed:
        print(f"lines: {_in_words(listed)}")
    if not_compared:
        print(f"nothing to compare in {len(not_compared)}: lines {_in_words(not_compared)}", file=sys.stderr)
    if read.also:
        others = harmless_line(", ".join(read.also))
        print(f"other columns hold addresses too: {others}; check each with --column", file=sys.stderr)


def _in_words(lines: Sequence[ListLine]) -> str:
    """Numbers with runs as first-last."""
    runs = groupby(enumerate(line.number for line in lines), key=lambda place: place[1] - place[0])
    ends = [[number for _, number in run] for _, run in runs]
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in ends)


def _fault(text: str) -> int:
    print(harmless_line(text), file=sys.stderr)
    return 2
