"""Tables that a spreadsheet may open."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.domain.spreadsheet import as_csv, counts_in_words, harmless_cell


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_cell_that_would_be_a_formula_begins_with_an_apostrophe(start: str) -> None:
    assert harmless_cell(f"{start}1+1") == f"'{start}1+1"


def test_plain_words_and_numbers_stay_as_they_are() -> None:
    assert [harmless_cell(value) for value in ("Larkfield", 12, -3, 1.5, None)] == ["Larkfield", "12", "-3", "1.5", ""]


def test_counts_stand_in_one_cell() -> None:
    assert counts_in_words({"upheld": 2, "withdrawn": 1}) == "upheld 2, withdrawn 1"
    assert as_csv(("period", "outcomes"), [{"period": "2026", "outcomes": {"upheld": 2}}]) == (
        "period,outcomes\r\n2026,upheld 2\r\n"
    )


@given(st.text())
def test_whatever_stands_in_a_cell_no_spreadsheet_takes_it_for_a_formula(text: str) -> None:
    cell = list(csv.reader(io.StringIO(as_csv(("a", "b"), [{"a": text, "b": "x"}]), newline="")))[1][0]
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert cell in (text, f"'{text}")
