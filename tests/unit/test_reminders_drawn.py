"""docs/reminders.md names the keys the code gives."""

from datetime import date
from pathlib import Path

from tests.unit.open_cases import POLICY, RECEIVED, THREAD, at, make_case, make_message
from triage.domain.reminders import interrupts
from triage.domain.vocabulary import Flag, Kind

PAGE = (Path(__file__).parents[2] / "docs" / "reminders.md").read_text(encoding="utf-8")


def test_each_sort_of_key_is_on_the_page() -> None:
    cases = [
        make_case(messages=(make_message(flags=(Flag.BREACH_REPORT,)),)),
        make_case(Kind.OPT_OUT, reference=f"{THREAD}/2", number=2),
    ]
    told = [
        mail.purpose
        for day in (date(2026, 12, 16), date(2026, 12, 22), date(2026, 12, 24))
        for mail in interrupts(cases, (), RECEIVED, POLICY, at(day))
    ]
    assert {"urgent", "due_in_5", "due_in_1", "overdue", "opt_out_open", "quarantine"} == set(told)
    for purpose in told:
        assert f"`{purpose}:" in PAGE
