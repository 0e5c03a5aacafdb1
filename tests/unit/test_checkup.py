"""What the doctor says of settings that hold today and not for ever."""

from dataclasses import replace
from datetime import date

import pytest

from tests.unit.deciding import POLICY
from triage.domain.policy import Staff, StaffMember
from triage.service.checkup import api_findings, staff_findings


@pytest.mark.parametrize(
    ("version", "today", "words"),
    [
        ("v3", date(2026, 12, 31), None),
        ("v3", date(2027, 1, 1), "ends its support"),
        ("v3", date(2027, 8, 31), "ends its support"),
        ("v3", date(2027, 9, 1), "ended its support"),
        ("2026-09", date(2027, 9, 1), None),
    ],
)
def test_paths_that_hubspot_stops_supporting_are_warned_of_in_time(
    version: str, today: date, words: str | None
) -> None:
    findings = api_findings(version, today)
    assert [finding.verdict for finding in findings] == ([] if words is None else ["warn"])
    assert words is None or (words in findings[0].text and "TRIAGE_HUBSPOT_API_VERSION" in findings[0].text)


def test_an_address_of_the_staff_that_no_mail_reaches_is_wrong_in_the_policy() -> None:
    nobody = replace(POLICY, staff=None, urgent_to=())
    assert staff_findings(nobody, ["dpo@larkfield.example"]) == []
    staff = Staff(
        dpo=StaffMember(name="A", address="DPO@larkfield.example"), deputy=StaffMember(name="B", address="b@x")
    )
    policy = replace(POLICY, staff=staff, urgent_to=("night@larkfield.example",))
    assert staff_findings(policy, ["gone@larkfield.example"]) == []
    first, second = staff_findings(policy, ["dpo@larkfield.example", "night@larkfield.example"])
    assert (first.verdict, first.what) == ("wrong", "policy")
    assert first.text.startswith("staff.dpo: the last mail to DPO@larkfield.example was refused or came back")
    assert second.text.startswith("urgent_to: ")
