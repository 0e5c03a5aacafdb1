"""How hard a letter is to read: what counts as a word, a sentence, a syllable."""

import pytest

from triage.parsing.readability import OLDEST_READER, reading_age, syllables


@pytest.mark.parametrize(
    ("word", "heard"),
    [
        ("us", 1),
        ("asked", 1),
        ("please", 1),
        ("used", 1),
        ("about", 2),
        ("message", 2),
        ("wanted", 2),
        ("little", 2),
        ("sizes", 2),
        ("deletion", 3),
        ("information", 4),
        ("Commissioner's", 4),
        ("organisation", 5),
        ("my", 1),
    ],
)
def test_syllables_are_counted_as_they_are_heard(word: str, heard: int) -> None:
    assert syllables(word) == heard


def test_the_grade_is_that_of_the_formula_and_five_years_more() -> None:
    # Six words, one sentence, six syllables.
    assert reading_age("The cat sat on the mat.") == pytest.approx(0.39 * 6 + 11.8 - 15.59 + 5)


def test_long_words_in_long_sentences_are_for_older_readers() -> None:
    plain = "We have your message. A person will read it. You will hear from us soon."
    heavy = (
        "Notification is hereby given that the aforementioned correspondence has been received and will receive "
        "consideration by the appropriate organisational representative in accordance with applicable procedures."
    )
    assert reading_age(plain) < OLDEST_READER < reading_age(heavy)


@pytest.mark.parametrize(
    "more",
    [
        "https://ico.org.uk/make-a-complaint/data-protection-complaints/what-to-expect/",
        "someone@organisation.example",
        "DP-2026-00042-K7",
        "Tuesday 22 December 2026",
        "22 December",
        "01632 960 123",
        "Larkfield Systems Ltd",
    ],
)
def test_links_addresses_references_dates_and_names_make_no_letter_harder(more: str) -> None:
    text = "We will answer by then. It is here: {}."
    assert reading_age(text.format(more), ["Larkfield Systems Ltd", ""]) == reading_age(text.format(""))


@pytest.mark.parametrize(
    ("apart", "together"),
    [
        ("What happens next\nWe will check it.", "What happens next. We will check it."),
        ("You ask us:\n- to look\n- to tell you", "You ask us. to look. to tell you."),
        ("We look\n\nWe tell you", "We look. We tell you."),
        ("We look; we tell you.", "We look. we tell you."),
    ],
)
def test_headings_lists_paragraphs_and_semicolons_end_a_sentence(apart: str, together: str) -> None:
    assert reading_age(apart) == reading_age(together)


def test_a_line_folded_in_the_middle_of_a_sentence_ends_none() -> None:
    assert reading_age("We will look\nat what you ask.") == reading_age("We will look at what you ask.")


def test_a_text_without_a_word_has_no_age() -> None:
    assert reading_age("https://ico.org.uk/ 42") == 0.0
