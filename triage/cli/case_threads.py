"""`triage case merge REF INTO` and `triage case split REF MESSAGE`: two threads made one, and one message made two."""

import argparse
import getpass
import sys
from datetime import UTC, datetime

from triage.cli.case_relabel import asked
from triage.cli.output import print_json, row_number, with_store
from triage.cli.settings_file import add_config
from triage.domain.merging import Merging
from triage.domain.splitting import Second, Splitting
from triage.domain.vocabulary import Kind, OtherRight
from triage.errors import NotDone
from triage.service.chat_link import DeskStore
from triage.service.threads import merge, split, to_split, two_threads


def add_merge_arguments(parser: argparse.ArgumentParser) -> None:
    """Which two, and what is to be said for it."""
    add_config(parser)
    parser.add_argument("reference", metavar="REF", help="the enquiry that came later, DP-2026-00042-K7")
    parser.add_argument("into", metavar="INTO", help="the enquiry that was received first, which is kept")
    parser.add_argument("--apart", action="store_true", help="both cases go on, also where they ask for the same")
    parser.add_argument("--why", metavar="WORDS", default="", help="needed where nothing says it is the same person")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.epilog = (
        "Messages, letters and cases go over as they are, with their own clocks. An open case that asks for the same "
        "as one that is there is set aside: the earlier one answers both. Both references lead to the kept one from "
        "then on. Exit codes: 0 done; 1 refused, with the reasons."
    )


def add_split_arguments(parser: argparse.ArgumentParser) -> None:
    """Which message, and what the second enquiry of it asks."""
    add_config(parser)
    parser.add_argument("reference", metavar="REF", help="the enquiry, DP-2026-00042-K7")
    parser.add_argument("message", metavar="MESSAGE", type=row_number, help="the message's id in triage case show")
    parser.add_argument("--kinds", metavar="KIND,…", help=f"all the second enquiry asks: {', '.join(Kind)}")
    parser.add_argument("--rights", metavar="RIGHT,…", help=f"which other rights: {', '.join(OtherRight)}")
    parser.add_argument("--both", action="store_true", help="the first one asks for it as well")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.epilog = (
        "The second enquiry has a reference of its own and the same receipt. What it takes along the first asks no "
        "more, unless --both. Nothing is sent: it is acknowledged by hand. Exit codes: 0 done; 1 refused, with the "
        "reasons; 2 what was typed cannot be taken."
    )


def run_merge(arguments: argparse.Namespace) -> int:
    """0 done; 1 refused."""

    async def use(store: DeskStore) -> Merging:
        gone, kept = await two_threads(store, arguments.reference, arguments.into)
        by, now = getpass.getuser(), datetime.now(UTC)
        return await merge(store, gone, kept, arguments.why, by=by, now=now, apart=arguments.apart)

    try:
        change = with_store(arguments.config, use)
    except NotDone as exc:
        print(exc, file=sys.stderr)
        return 1
    if arguments.json:
        moved = {f"{change.gone}/{one}": f"{change.kept}/{then}" for one, then in change.moves}
        folded = {f"{change.gone}/{one}": f"{change.kept}/{into}" for one, into in change.folds}
        print_json({"gone": change.gone, "kept": change.kept, "moved": moved, "answered_with": folded})
    else:
        print(*_merged_lines(change), sep="\n")
    return 0


def run_split(arguments: argparse.Namespace) -> int:
    """0 done; 1 refused; 2 what was typed cannot be taken."""
    from triage.config import rules_dir
    from triage.parsing.rules import load_policy

    faults, kinds, rights = asked(arguments)
    if faults:
        print(*faults, sep="\n", file=sys.stderr)
        return 2
    policy, second = load_policy(rules_dir(arguments.config)), Second(kinds=kinds, rights=rights, both=arguments.both)
    thread: str = arguments.reference.strip().upper().partition("/")[0]

    async def use(store: DeskStore) -> tuple[str, Splitting]:
        known, message = await to_split(store, thread, arguments.message)
        by, now = getpass.getuser(), datetime.now(UTC)
        return await split(store, known, message, second, policy, by=by, now=now)

    try:
        reference, change = with_store(arguments.config, use)
    except NotDone as exc:
        print(exc, file=sys.stderr)
        return 1
    if arguments.json:
        aside = [] if change.first is None else [f"{thread}/{number}" for number in change.first.sets_aside]
        print_json({"from": thread, "reference": reference, "kinds": change.kinds, "set_aside": aside})
    else:
        print(*_split_lines(thread, reference, change), sep="\n")
    return 0


def _merged_lines(change: Merging) -> list[str]:
    folds = dict(change.folds)
    lines = [f"{change.gone} is part of {change.kept} now, and leads there"]
    for one, then in change.moves:
        if one in folds:
            lines.append(f"{change.gone}/{one} is answered with {change.kept}/{folds[one]}, which keeps its days")
        else:
            lines.append(f"{change.gone}/{one} goes on as {change.kept}/{then}, with its own days")
    return lines


def _split_lines(thread: str, reference: str, change: Splitting) -> list[str]:
    lines = [f"{reference} is taken out of {thread}"]
    for number, case in enumerate(change.opens, start=1):
        due = f", due {case.dates.due_on}" if case.dates.due_on else ""
        lines.append(f"opened {reference}/{number}: {case.kind}, received {case.dates.received_on}{due}")
    if change.first is not None:
        lines += [f"set aside {thread}/{number}: {reference} asks for it" for number in change.first.sets_aside]
        if change.first.discards:
            lines.append(f"not sent: letter {', '.join(map(str, change.first.discards))}, which said otherwise")
    lines.append(f"acknowledge it by hand, then say so: triage case acknowledged {reference}")
    return lines
