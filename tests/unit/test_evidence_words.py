"""What an officer of the ICO reads in a pack: plain words, the company's own clock, and no more than is known."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.factories import NOW
from tests.unit.packing import THREAD, make_chain, make_evidence, make_letter, make_message, make_pack_case
from triage.domain.evidence import files_of
from triage.domain.evidence_values import PackEntry
from triage.domain.evidence_words import act_line, delivery_of, plain, received, timing_of, when
from triage.domain.vocabulary import Nation

ENGLAND = Nation.ENGLAND
CASE = f"{THREAD}/1"
SUMMER = datetime(2026, 7, 1, 8, 30, tzinfo=UTC)
TRACE = "Received Monday 23 November 2026 (London time).\nOne month from then.\nDue by the end of it."


def closed(**facts: object) -> tuple[PackEntry, ...]:
    """A chain whose last word is a closing."""
    return make_chain(CASE, ("case_opened", {"kind": "access"}, None), ("closed", {"by": "bea", **facts}, None))[0]


def test_a_time_is_told_by_the_clock_of_the_company_with_its_zone() -> None:
    assert when(SUMMER, ENGLAND) == "Wednesday 1 July 2026, 09:30:00 BST"
    assert when(SUMMER, Nation.BULGARIA) == "Wednesday 1 July 2026, 11:30:00 EEST"
    page = files_of(make_evidence(nation=Nation.BULGARIA))["thread/001.txt"].decode()
    assert "Received: Monday 23 November 2026, 11:00:00 EET\n" in page


def test_what_a_colleague_typed_in_has_a_day_and_who_noted_it_and_no_hour() -> None:
    letter = make_message(channel="post", noted_by="bea")
    assert received(letter, ENGLAND) == "Monday 23 November 2026, noted by bea"
    assert received(make_message(channel="in_person"), ENGLAND) == "Monday 23 November 2026, noted by a colleague"
    assert "Monday 23 November 2026, noted by bea</bdi>" in index(messages=(letter,))


def index(**changes: object) -> str:
    return files_of(make_evidence(**changes))["index.html"].decode()


def test_the_index_says_when_the_answer_was_owed_when_it_came_and_whether_in_time() -> None:
    facts = {"answered_on": "2026-12-21", "due_on": "2026-12-23", "in_time": True}
    page = index(entries=closed(**facts))
    for column in ("answer owed by", "answered on", "in time?"):
        assert f"<th scope=col>{column}</th>" in page
    told = "Wednesday 23 December 2026", "Monday 21 December 2026", "yes"
    assert timing_of(make_pack_case(), closed(**facts)) == told
    assert "".join(f"<td><bdi>{one}</bdi></td>" for one in told) in page


@pytest.mark.parametrize(
    ("changes", "facts", "told"),
    [
        ({"closed_at": None}, {}, ("Wednesday 23 December 2026", "", "")),
        ({"closed_at": None, "dates": {"statutory_due": None}}, {}, ("no date stands", "", "")),
        (
            {"kind": "complaint", "dates": {"acknowledge_by": date(2026, 12, 23)}, "closed_at": None},
            {},
            ("Wednesday 23 December 2026", "", ""),
        ),
        (
            {"kind": "complaint"},
            {"answered_on": "2026-11-23", "due_on": None, "in_time": None},
            ("no date stands", "acknowledged: Monday 23 November 2026", "no date is set by law"),
        ),
        (
            {},
            {"answered_on": "2026-12-24", "due_on": "2026-12-23", "in_time": False},
            ("Wednesday 23 December 2026", "Thursday 24 December 2026", "no"),
        ),
    ],
)
def test_no_more_is_said_of_time_than_the_closing_found(
    changes: dict[str, object], facts: dict[str, object], told: tuple[str, str, str]
) -> None:
    assert timing_of(make_pack_case(**changes), closed(**facts)) == told


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, "taken by our mail server on Monday 23 November 2026, 09:00:05 GMT; nothing came back"),
        (
            {"undelivered_at": NOW + timedelta(hours=1)},
            "taken by our mail server on Monday 23 November 2026, 09:00:05 GMT; "
            "came back undelivered on Monday 23 November 2026, 10:00:00 GMT",
        ),
        ({"channel": "chat"}, "posted into the chat on Monday 23 November 2026, 09:00:05 GMT; nothing came back"),
        ({"state": "draft", "sent_at": None}, "not sent: a draft"),
        ({"state": "refused", "code": "relay_refused", "sent_at": None}, "not delivered: the mail server refused it"),
        ({"state": "refused", "code": "odd_code", "sent_at": None}, "not delivered: odd code"),
        ({"state": "refused", "sent_at": None}, "not delivered: refused"),
        (
            {"state": "unclear", "code": "line_broke", "sent_at": None},
            "not known: the line broke while it was handed over",
        ),
    ],
)
def test_what_is_known_of_a_letters_delivery_is_told(changes: dict[str, object], told: str) -> None:
    assert delivery_of(make_letter(**changes), (), ENGLAND) == told


def test_of_a_letter_a_person_handed_over_it_is_told_how() -> None:
    outside = make_letter(code="outside", id=31)
    handed, _ = make_chain(THREAD, ("letter_handed_over", {"letter": 31, "by": "bea"}, None))
    how, _ = make_chain(CASE, ("letter_sent_off", {"letter": 31, "by": "bea"}, "by post, first class"))
    at = "handed over by a person, outside the desk, noted Monday 23 November 2026, 09:00:05 GMT"
    assert delivery_of(outside, (*handed, *how), ENGLAND) == f"{at}: by post, first class"
    assert delivery_of(outside, how, ENGLAND) == f"{at} (how: decisions.txt)"


def test_an_act_is_one_short_line_and_its_trace_is_told_once_with_the_clock() -> None:
    facts = {"by": "bea", "events": ["identity_asked 2026-11-25"], "statutory_due": None}
    (moved,), _ = make_chain(CASE, ("identity_asked", facts, f"Two people\nhave the name.\n{TRACE}"))
    assert act_line(moved, ENGLAND) == (
        f"Monday 23 November 2026, 09:01:00 GMT, {CASE}, bea: identity asked "
        '(events: identity asked 2026-11-25) "Two people have the name."'
    )
    (laid,), _ = make_chain(CASE, ("checklist_laid", {"by": "desk", "systems": 3}, None))
    assert act_line(laid, ENGLAND).endswith(f"{CASE}, the desk itself: checklist laid (systems: 3)")
    (bare,), _ = make_chain(CASE, ("received", {"by": "desk", "statutory_due": "2026-12-23"}, TRACE))
    assert act_line(bare, ENGLAND).endswith("received (statutory due: Wednesday 23 December 2026)")


def test_a_recorded_value_is_told_in_words() -> None:
    kept = {
        "how": "by post",
        "at": "2026-12-21T10:00:00+00:00",
        "checked": True,
        "outside": False,
        "files": ["a", "part_provided"],
        "naive": "2026-12-21T10:00:00",
        "points": {"purposes": "Billing."},
    }
    assert plain(kept, ENGLAND) == (
        "how: by post; at: Monday 21 December 2026, 10:00:00 GMT; checked: yes; outside: no; files: a, part provided; "
        "naive: 2026-12-21T10:00:00; points: purposes: Billing."
    )
