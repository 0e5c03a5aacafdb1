"""What the doctor says of settings that hold today and not for ever."""

from datetime import date

import pytest

from triage.service.checkup import api_findings


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
