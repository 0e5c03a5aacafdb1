"""The machines of item, letter and case are the ones drawn in the docs, and the ones the store speaks."""

import re
from enum import StrEnum
from pathlib import Path

import pytest

from triage.adapters.store import items, outbox
from triage.domain.states import (
    CASE_TRANSITIONS,
    ITEM_TRANSITIONS,
    LETTER_TRANSITIONS,
    CaseState,
    ItemState,
    LetterState,
)

DRAWING = (Path(__file__).parents[2] / "docs" / "states.md").read_text(encoding="utf-8")


def drawn(title: str) -> set[tuple[str, str]]:
    section = DRAWING.partition(f"## {title}\n")[2].partition("\n## ")[0]
    return set(re.findall(r"^ *(\w+) --> (\w+)", section, re.MULTILINE))


@pytest.mark.parametrize(
    ("title", "transitions"),
    [("Item", ITEM_TRANSITIONS), ("Letter", LETTER_TRANSITIONS), ("Case", CASE_TRANSITIONS)],
)
def test_the_drawing_and_the_table_are_the_same_machine(
    title: str, transitions: frozenset[tuple[StrEnum, StrEnum]]
) -> None:
    assert drawn(title) == {(before.value, after.value) for before, after in transitions}


@pytest.mark.parametrize(
    ("states", "transitions"),
    [(ItemState, ITEM_TRANSITIONS), (LetterState, LETTER_TRANSITIONS), (CaseState, CASE_TRANSITIONS)],
)
def test_every_state_is_reached_or_left(states: type[StrEnum], transitions: frozenset[tuple[StrEnum, StrEnum]]) -> None:
    assert {state for pair in transitions for state in pair} == set(states)


def test_a_letter_that_may_have_gone_is_never_queued_again() -> None:
    assert (LetterState.UNCLEAR, LetterState.QUEUED) not in LETTER_TRANSITIONS
    assert not [pair for pair in LETTER_TRANSITIONS if pair[0] in {LetterState.SENT, LetterState.REFUSED}]


def test_the_store_speaks_of_the_same_states() -> None:
    assert {items.RECEIVED, items.CLAIMED, items.DONE, items.QUARANTINED} == set(ItemState)
    spoken = {outbox.DRAFT, outbox.QUEUED, outbox.SENDING, outbox.SENT, outbox.REFUSED, outbox.UNCLEAR}
    assert spoken | {outbox.DISCARDED} == set(LetterState)
