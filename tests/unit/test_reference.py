"""References catch slips of the pen; Message-IDs of ours cannot be guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.domain.own_letter import holds_own_letter
from triage.domain.reference import (
    check_characters,
    find_references,
    is_form_reference,
    make_message_id,
    make_reference,
    reference_of_own,
)

SECRET = b"a secret for tests only"
_YEARS = st.integers(2020, 2099)
_NUMBERS = st.integers(1, 99_999)


def test_known_references():
    assert make_reference(2026, 42) == "DP-2026-00042-K7"
    assert make_reference(2026, 43) == "DP-2026-00043-M4"


@given(year=_YEARS, number=_NUMBERS)
def test_a_reference_is_found_again_in_any_case(year, number):
    reference = make_reference(year, number)
    assert find_references(f"Re: yours of Monday ({reference.lower()}).") == (reference,)


@given(year=_YEARS, number=st.integers(1, 999_999_999), received=_YEARS)
def test_a_form_gives_numbers_from_500001_on_in_the_year_of_receipt_or_one_beside(year, number, received):
    expected = number >= 500_001 and abs(year - received) <= 1
    assert is_form_reference(make_reference(year, number), received) is expected


@given(year=_YEARS, number=st.integers(500_001, 999_999), wrong=st.sampled_from("ABCDEFGHJKLMNPQRTUVWXYZ"))
def test_a_forms_reference_bears_its_check_characters(year, number, wrong):
    right = make_reference(year, number)
    other = f"{right[:-2]}{wrong}{right[-1]}"
    assert is_form_reference(other, year) is (other == right)


@given(year=_YEARS, number=_NUMBERS, position=st.integers(0, 8), digit=st.integers(0, 9))
def test_one_wrong_digit_is_always_caught(year, number, position, digit):
    right = f"{year:04d}{number:05d}"
    wrong = f"{right[:position]}{digit}{right[position + 1 :]}"
    slip = f"DP-{wrong[:4]}-{wrong[4:]}-{check_characters(year, number)}"
    assert find_references(slip) == (() if wrong != right else (slip,))


@given(year=_YEARS, number=_NUMBERS, position=st.integers(0, 7))
def test_two_swapped_digits_are_always_caught(year, number, position):
    right = f"{year:04d}{number:05d}"
    wrong = f"{right[:position]}{right[position + 1]}{right[position]}{right[position + 2 :]}"
    slip = f"DP-{wrong[:4]}-{wrong[4:]}-{check_characters(year, number)}"
    assert find_references(slip) == (() if wrong != right else (slip,))


def test_a_number_above_five_digits_keeps_its_reference():
    assert find_references(make_reference(2026, 123_456)) == (make_reference(2026, 123_456),)


def test_references_stand_once_in_order_and_not_inside_other_words():
    text = "DP-2026-00043-M4 and DP-2026-00042-K7, dp-2026-00043-m4, XDP-2026-00042-K7, DP-2026-00042-K77"
    assert find_references(text) == ("DP-2026-00043-M4", "DP-2026-00042-K7")


def test_our_message_id_tells_its_reference():
    own = make_message_id(SECRET, "DP-2026-00042-K7", "acknowledgement", 1, "larkfield.example")
    assert reference_of_own(SECRET, own) == "DP-2026-00042-K7"
    assert reference_of_own(SECRET, own.strip("<>").upper()) == "DP-2026-00042-K7"


@pytest.mark.parametrize(
    "strange",
    [
        "",
        "<x@post.example>",
        make_message_id(b"another", "DP-2026-00042-K7", "acknowledgement", 1, "larkfield.example"),
        make_message_id(SECRET, "DP-2026-00042-K7", "acknowledgement", 1, "x.example").replace("00042", "00043"),
        make_message_id(SECRET, "DP-2026-00042-K7", "acknowledgement", 1, "x.example").replace(".1.", ".2."),
    ],
)
def test_a_strange_message_id_is_not_ours(strange):
    assert reference_of_own(SECRET, strange) is None


@given(st.text(max_size=200))
def test_no_text_breaks_the_readers_of_references(text):
    assert find_references(text) == ()
    assert reference_of_own(SECRET, text) is None


@pytest.mark.parametrize(
    "hyphen", ["\u2010", "\u2011", "\u2012", "\u2013", "\u2014", "\u2212", "\uff0d", "\u00ad-", "-\u2060"]
)
def test_a_reference_is_found_whatever_hyphens_a_mail_program_made_of_ours(hyphen):
    assert find_references("Re: " + "DP-2026-00042-K7".replace("-", hyphen)) == ("DP-2026-00042-K7",)


def test_a_reference_is_found_in_full_width_characters():
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in "DP-2026-00042-K7")
    assert find_references(f"[{wide}]") == ("DP-2026-00042-K7",)


def test_digits_of_other_scripts_are_no_reference_of_ours():
    assert find_references("DP-٢٠٢٦-٠٠٠٤٢-K٧") == ()


def test_a_letter_of_ours_is_known_by_its_marker_or_its_reference():
    assert holds_own_letter("> we never  give\n> out x", "We never give out")
    assert holds_own_letter("Your reference: DP-2026-00042-K7", "")
    assert not holds_own_letter("Your reference: DP-2026-00042-K8", "We never give out")
    assert not holds_own_letter("anything", "  ")
