"""The addresses we give to people: which may stand in the policy, and when somebody must look again."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from triage.domain.links import FOR_STAFF, faults, not_yet, stale
from triage.domain.policy import Link
from triage.parsing.rules import load_policy

POLICY = load_policy(Path(__file__).parents[2] / "rules")
CHECKED = date(2026, 11, 22)


def with_url(url: str) -> list[str]:
    return list(faults(replace(POLICY, links={"complaint": Link(url=url, checked_on=CHECKED)})))


def test_a_link_nobody_looked_at_for_over_180_days_is_stale() -> None:
    policy = replace(POLICY, links={"complaint": Link(url="https://ico.org.uk/make-a-complaint/", checked_on=CHECKED)})
    assert stale(policy, CHECKED + timedelta(days=180)) == ()
    assert stale(policy, CHECKED + timedelta(days=181)) == ("complaint",)


def test_nobody_has_looked_at_a_link_on_a_day_to_come() -> None:
    policy = replace(POLICY, links={"complaint": Link(url="https://ico.org.uk/make-a-complaint/", checked_on=CHECKED)})
    assert list(not_yet(policy, CHECKED)) == []
    (fault,) = not_yet(policy, CHECKED - timedelta(days=1))
    assert fault == "policy.toml: links.complaint: checked_on 2026-11-22 lies in the future; today is 2026-11-21"


def test_the_shipped_links_nobody_has_opened_are_stale_from_the_start() -> None:
    assert stale(POLICY, CHECKED) == ("restriction", "portability", "adm")


def test_there_is_a_link_for_every_situation_and_one_for_staff() -> None:
    situations = {
        "complaint",
        "before_complaining",
        "access",
        "correction",
        "deletion",
        "opt_out",
        "time_limits",
        "cpdp",
    }
    assert POLICY.links.keys() >= situations | FOR_STAFF


def test_the_link_of_the_published_policy_is_refused_with_the_reason() -> None:
    wrong = "https://ico.org.uk/for-organisations/guide-to-freedom-of-information/complaints/"
    assert with_url(wrong) == [
        "links.complaint: guidance on freedom of information for public authorities, not for people's own data"
    ]


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("http://ico.org.uk/make-a-complaint/", "must start with https://"),
        ("https://ico.org.uk/make-a-complaint/#top", "must lead to a page, not into one"),
        ("https://ico.org.uk.evil.example/", "is no page of ico.org.uk"),
        ("https://notico.org.uk/", "is no page of ico.org.uk"),
        ("https://user@ico.org.uk/", "is no page of ico.org.uk"),
        ("https://ico.org.uk/a b", "is no page of ico.org.uk"),
    ],
)
def test_a_link_of_the_wrong_form_is_refused(url: str, fault: str) -> None:
    (found,) = with_url(url)
    assert fault in found


@pytest.mark.parametrize("url", ["https://ico.org.uk/", "https://cpdp.bg", "https://www.gov.uk/a?b=c"])
def test_pages_of_regulators_pass(url: str) -> None:
    assert with_url(url) == []
