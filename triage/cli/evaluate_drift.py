"""`triage evaluate --drift`: what the desk read and what people corrected, month by month. Needs no message's text."""

import argparse
from functools import partial

from triage.cli.output import print_json, print_table, with_store
from triage.domain.vocabulary import Nation
from triage.language.evaluation.drift import MonthDrift, drift, warnings
from triage.ports import CorrectionCount, ReadingRow
from triage.service.chat_link import DeskStore

_BARS = " ▁▂▃▄▅▆▇█"


def run(arguments: argparse.Namespace) -> int:
    """0, whatever the figures are: they are for a person to judge."""
    from triage.config import rules_dir
    from triage.parsing.rules import load_policy

    nation = load_policy(rules_dir(arguments.config)).main_controller.nation
    months = drift(*with_store(arguments.config, partial(_kept, nation)))
    told = warnings(months)
    if arguments.json:
        print_json({"months": [_as_json(month) for month in months], "warnings": told})
        return 0
    columns = ("month", "messages", "unsure", "scores 0 to 1", "kinds read", "corrected")
    print_table("What was read, by month", columns, [_told(month) for month in months])
    fixes = [fix for month in months for fix in month.corrections]
    if fixes:
        rows = [(fix.month, fix.kind_read, fix.kind_meant, fix.witness, str(fix.count)) for fix in fixes]
        print_table("What people corrected", ("month", "read", "meant", "at fault", "times"), rows)
    print(*told or ["nothing rose by more than half against the three months before"], sep="\n")
    return 0


async def _kept(nation: Nation, store: DeskStore) -> tuple[tuple[ReadingRow, ...], tuple[CorrectionCount, ...]]:
    return await store.readings(nation), await store.corrections()


def _told(month: MonthDrift) -> tuple[str, ...]:
    share = "" if month.unsure_share is None else f" ({month.unsure_share:.0%})"
    kinds = ", ".join(f"{kind} {count}" for kind, count in month.kinds)
    unsure = f"{month.unsure}{share}"
    return (month.month, str(month.messages), unsure, _bars(month.scores), kinds, str(month.corrected))


def _bars(scores: tuple[int, ...]) -> str:
    """A bar for each bin; what is there at all is seen."""
    most = max(scores) or 1
    return "".join(_BARS[-(-count * (len(_BARS) - 1) // most)] for count in scores)


def _as_json(month: MonthDrift) -> dict[str, object]:
    return {
        "month": month.month,
        "messages": month.messages,
        "unsure": {"count": month.unsure, "of": month.messages, "share": month.unsure_share},
        "scores": list(month.scores),
        "kinds": dict(month.kinds),
        "corrections": [
            {"read": fix.kind_read, "meant": fix.kind_meant, "witness": fix.witness, "count": fix.count}
            for fix in month.corrections
        ],
    }
