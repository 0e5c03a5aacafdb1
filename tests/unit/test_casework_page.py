"""docs/casework.md tells the DPO every act there is, and how each kind of case may end."""

from pathlib import Path

from triage.cli.case_acts import NAMES
from triage.domain.outcomes import OUTCOMES

PAGE = (Path(__file__).parents[2] / "docs" / "casework.md").read_text(encoding="utf-8")


def test_every_act_is_on_the_page() -> None:
    assert [name for name in sorted(NAMES) if f"triage case {name}" not in " ".join(PAGE.split())] == []


def test_every_outcome_of_every_kind_is_on_the_page() -> None:
    for kind, outcomes in OUTCOMES.items():
        (row,) = [line for line in PAGE.splitlines() if line.startswith(f"| {kind.value} |")]
        assert {f"`{outcome.value}`" for outcome in outcomes} == set(row.split("|")[2].replace(",", " ").split())
