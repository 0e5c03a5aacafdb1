"""`triage retention run`: remove what need not be kept any more, or list what would go, when and why."""

import argparse
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path

from triage.cli.output import print_json, print_table, with_store
from triage.cli.settings_file import add_config
from triage.domain.clock import local_date
from triage.domain.policy import Policy
from triage.domain.retention import Kept, Part, Removal, Removed, due
from triage.service.retaining import judged, remove_due


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`run`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    text = "remove what need not be kept any more, and leave a proof in the journal; the worker does it every day"
    run = actions.add_parser("run", help=text, description=text)
    add_config(run)
    run.add_argument("--dry-run", action="store_true", help="list what would go, when and why; change nothing")
    run.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    """0 done."""
    policy, now = _policy(arguments.config), datetime.now(UTC)
    if not arguments.dry_run:
        removed = with_store(arguments.config, lambda store: remove_due(store, policy, now))
        counts = counted(removed)
        if arguments.json:
            print_json({"threads": len(removed), "removed": counts})
        else:
            print(_counts_in_words(len(removed), counts))
        return 0
    today = local_date(now, policy.main_controller.nation)
    found = with_store(arguments.config, lambda store: judged(store, policy))
    if arguments.json:
        print_json(_as_json(found, today))
    else:
        _print(found, today)
    return 0


def _policy(config: Path | None) -> Policy:
    from triage.config import rules_dir
    from triage.parsing.rules import load_policy

    return load_policy(rules_dir(config))


def counted(removed: Sequence[Removed]) -> dict[str, int]:
    """How many rows of each part went."""
    total: Counter[Part] = Counter()
    for one in removed:
        total.update(dict(one.counts))
    return {part.value: total[part] for part in Part if total[part]}


def _counts_in_words(threads: int, counts: dict[str, int]) -> str:
    if not threads:
        return "nothing was due"
    told = ", ".join(f"{part} {count}" for part, count in counts.items())
    return f"removed from {threads} thread{'s' if threads > 1 else ''}: {told}"


def _as_json(found: Sequence[Removal | Kept], today: date) -> dict[str, object]:
    later = [one for one in found if isinstance(one, Removal) and one.due_on > today]
    return {
        "today": today,
        "goes": [asdict(one) for one in due(found, today)],
        "later": [asdict(one) for one in sorted(later, key=_by_day)],
        "kept": [asdict(one) for one in found if isinstance(one, Kept)],
    }


def _print(found: Sequence[Removal | Kept], today: date) -> None:
    going = due(found, today)
    print_table(f"{len(going)} would go now", _COLUMNS, _rows(going))
    later = [one for one in found if isinstance(one, Removal) and one.due_on > today]
    print_table(f"{len(later)} go later", _COLUMNS, _rows(sorted(later, key=_by_day)))
    kept = [one for one in found if isinstance(one, Kept)]
    print_table(f"{len(kept)} stay as they are", ("thread", "why"), [(one.thread, one.why) for one in kept])


_COLUMNS = ("on", "thread", "part", "why")


def _by_day(one: Removal) -> tuple[date, str]:
    return one.due_on, one.thread


def _rows(going: Sequence[Removal]) -> list[tuple[str, ...]]:
    return [(one.due_on.isoformat(), one.thread, one.part.value, one.why) for one in going]
