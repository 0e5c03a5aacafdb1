"""The sample inbox through parser, gate, reader and decision, beside what a careful officer expects of each mail."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from triage.bootstrap.analyst import build_analyst
from triage.demo.samples import SAMPLES
from triage.domain.decide import decide
from triage.domain.gate import Desk
from triage.domain.plan import History, Plan
from triage.domain.vocabulary import Lane
from triage.service.analysis import Analyst

RULES = Path(__file__).parents[2] / "rules"
NOW = datetime(2026, 11, 22, 13, 0, tzinfo=UTC)
DESK = Desk(
    mailbox_address="dataprotection@larkfield.example",
    aliases=(),
    own_domains=("larkfield.example",),
    secret=b"a secret for tests only",
)
EXPECTED = {
    path.stem: tomllib.loads(path.with_suffix(".expected.toml").read_text(encoding="utf-8"))
    for path in sorted(SAMPLES.glob("*.eml"))
}
# The first reader knows wording, not meaning: three of four mails by an unseen hand exactly as expected is its mark.
EXACTLY_AS_EXPECTED = 0.75


@pytest.fixture(scope="module")
def plans() -> dict[str, Plan]:
    analyst: Analyst = build_analyst(RULES, DESK)
    return {
        name: decide(
            analyst.analyse((SAMPLES / f"{name}.eml").read_bytes(), None),
            History(),
            analyst.policy,
            DESK,
            analyst.table,
            NOW,
            store_read=False,
        )
        for name in EXPECTED
    }


def letter_of(plan: Plan) -> str:
    return plan.letter.facts.purpose.value if plan.letter else "none"


@pytest.mark.parametrize("name", EXPECTED)
def test_the_gate_answers_as_expected(plans: dict[str, Plan], name: str) -> None:
    assert plans[name].gate.answer == EXPECTED[name]["gate"]


@pytest.mark.parametrize("name", EXPECTED)
def test_no_request_is_filed_where_nobody_looks(plans: dict[str, Plan], name: str) -> None:
    if EXPECTED[name].get("kinds"):
        assert plans[name].lane not in {Lane.NOT_REQUESTS, Lane.AUTOMATIC_MAIL}


@pytest.mark.parametrize("name", EXPECTED)
def test_whoever_must_get_no_letter_gets_none(plans: dict[str, Plan], name: str) -> None:
    if EXPECTED[name].get("letter") == "none":
        assert letter_of(plans[name]) == "none"


def test_most_mails_come_out_exactly_as_a_careful_officer_expects(plans: dict[str, Plan]) -> None:
    def as_expected(name: str) -> bool:
        plan, wanted = plans[name], EXPECTED[name]
        seen = {
            "kinds": sorted(case.kind.value for case in plan.cases),
            "lane": plan.lane,
            "letter": letter_of(plan),
        }
        return all(
            seen[key] == (sorted(value) if key == "kinds" else value) for key, value in wanted.items() if key in seen
        )

    right = [name for name in EXPECTED if as_expected(name)]
    assert len(right) >= EXACTLY_AS_EXPECTED * len(EXPECTED), sorted(set(EXPECTED) - set(right))
