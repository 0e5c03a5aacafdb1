"""Who a mail goes to while people are away."""

from dataclasses import replace
from datetime import date

import pytest

from tests.unit.open_cases import DEPUTY, DIRECTOR, DPO, POLICY, away
from triage.domain.on_duty import OnDuty, on_duty
from triage.domain.policy import Policy

FIRST, LAST = date(2026, 12, 21), date(2027, 1, 4)
NOBODY_ELSE = "Everybody who could take over is away as well."


def duty(role: str, *gone: str, director: bool = True, on: date = FIRST) -> OnDuty:
    policy: Policy = POLICY
    for who in gone:
        policy = away(who, FIRST, LAST, policy)
    assert policy.staff is not None
    staff = policy.staff if director else replace(policy.staff, director=None)
    return on_duty(role, staff, on)


@pytest.mark.parametrize(
    ("role", "gone", "director", "address"),
    [
        ("dpo", (), True, DPO),
        ("dpo", ("dpo",), True, DEPUTY),
        ("dpo", ("dpo", "deputy"), True, DIRECTOR),
        ("dpo", ("dpo", "deputy"), False, DPO),
        ("dpo", ("dpo", "deputy", "director"), True, DPO),
        ("deputy", ("deputy",), True, DIRECTOR),
        ("deputy", ("deputy",), False, DPO),
        ("director", (), True, DIRECTOR),
        ("director", (), False, DEPUTY),
        ("director", ("director",), True, DEPUTY),
        ("director", ("director", "deputy"), True, DIRECTOR),
        ("director", ("deputy",), False, DEPUTY),
    ],
)
def test_the_next_in_line_takes_over(role: str, gone: tuple[str, ...], director: bool, address: str) -> None:
    assert duty(role, *gone, director=director).member.address == address


def test_an_absence_holds_on_its_first_and_last_day_and_no_longer() -> None:
    found = [duty("dpo", "dpo", on=day).member.address for day in (date(2026, 12, 20), FIRST, LAST, date(2027, 1, 5))]
    assert found == [DPO, DEPUTY, DEPUTY, DPO]


def test_who_takes_over_is_told_why_and_so_is_who_could_not_be_replaced() -> None:
    assert duty("dpo").remark == ""
    assert duty("dpo", "dpo").remark == "This comes to you because the DPO is away."
    assert duty("dpo", "dpo", "deputy", director=False).remark == NOBODY_ELSE
