"""docs/store.md draws the states of item and letter; code and drawing name the same ones."""

import re
from pathlib import Path

import pytest

from triage.adapters.store import filing, items, outbox
from triage.adapters.store.schema import metadata

PAGE = (Path(__file__).parents[2] / "docs" / "store.md").read_text(encoding="utf-8")
METHODS = {"claim_items", "file", "fail_item", "release_claims", "retry_quarantined"} | {
    "claim_letter",
    "record_sent",
    "record_deferred",
}


@pytest.mark.parametrize(
    ("column", "states"),
    [
        ("item.state", {items.RECEIVED, items.CLAIMED, items.DONE, items.QUARANTINED}),
        (
            "letter.state",
            {
                outbox.DRAFT,
                outbox.QUEUED,
                outbox.SENDING,
                outbox.SENT,
                outbox.REFUSED,
                outbox.UNCLEAR,
                outbox.DISCARDED,
            },
        ),
    ],
)
def test_the_drawing_has_every_state(column: str, states: set[str]) -> None:
    drawing = PAGE.split(f"`{column}`", 1)[1].split("```")[1]
    words = set(re.findall(r"[a-z_]+", drawing))
    assert states <= words
    assert words & METHODS


def test_every_table_is_described() -> None:
    described = set(re.findall(r"`([a-z_]+)`", PAGE.split("## Tables")[1].split("## States")[0]))
    assert set(metadata.tables) <= described


def test_the_states_of_a_case_are_named() -> None:
    assert f"`{filing.OPEN}`" in PAGE
