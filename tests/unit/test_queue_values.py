"""Rows of the queue: where a page begins, and what a glance takes in."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.domain.queue import QueueAsked, QueueKey, QueueRow, days_left, how_sure, key_of

TODAY = date(2026, 11, 23)
ROW = QueueRow(
    reference="DP-2026-00042-K7/1",
    thread="DP-2026-00042-K7",
    number=1,
    kind="access",
    state="open",
    lane="new",
    version=1,
    sender_name="Ana Reader",
    sender_address="ana@customer.example",
    subject="My data",
    channel="email",
    controller="Larkfield Systems Ltd",
    assignee="",
    received_on=TODAY,
    queue_on=TODAY + timedelta(days=30),
    due_on=TODAY + timedelta(days=30),
    target_on=None,
    next_step="",
    next_step_on=None,
    score=0.97,
    unread=True,
    not_acknowledged=False,
    marks=(),
    also=(),
)


@given(st.dates(), st.from_regex(r"DP-\d{4}-\d{5}-[A-Z]\d(/\d)?", fullmatch=True))
def test_a_key_comes_back_out_of_an_address_as_it_went_in(day: date, reference: str) -> None:
    key = QueueKey(queue_on=day, reference=reference)
    assert key_of(str(key)) == key


@pytest.mark.parametrize("text", ["", "2026-11-23", "yesterday~DP-2026-00042-K7", "~"])
def test_what_is_no_key_is_none(text: str) -> None:
    assert key_of(text) is None


def test_the_next_page_begins_behind_the_last_row() -> None:
    assert ROW.key == QueueKey(queue_on=date(2026, 12, 23), reference="DP-2026-00042-K7/1")


@pytest.mark.parametrize("asked", [{"words": "invoice"}, {"address_hash": "ab"}, {"thread": "DP-2026-00042-K7"}])
def test_who_looks_for_something_finds_closed_cases_too(asked: dict[str, str]) -> None:
    assert QueueAsked(**asked).searches  # type: ignore[arg-type]
    assert not QueueAsked().searches


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (-9, "9 days overdue"),
        (-1, "1 day overdue"),
        (0, "due today"),
        (1, "1 day left"),
        (30, "30 days left"),
    ],
)
def test_days_are_told_in_words(days: int, words: str) -> None:
    assert days_left(TODAY + timedelta(days=days), TODAY) == words


def test_without_a_day_we_wait_for_them() -> None:
    assert days_left(None, TODAY) == "waiting for them"


@pytest.mark.parametrize(
    ("score", "words"), [(None, "said by a person"), (0.9, "sure"), (0.6, "likely"), (0.59, "unsure")]
)
def test_a_score_is_told_as_a_person_would(score: float | None, words: str) -> None:
    assert how_sure(score) == words
