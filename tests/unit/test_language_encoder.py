"""The close reading: windows over the written words, and what each of them is said to ask."""

import os
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage.language.encoder import MOST_WINDOWS, STEP_WORDS, WINDOW_WORDS, Encoder, Look, Word, windows, words_of

FOLDER = Path(__file__).resolve().parents[2] / "rules" / "model" / "encoder"
LETTER = "I bought a kettle in spring and it still whistles. Please delete my account and send me a copy of my data. "


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder(FOLDER)


def words(text: str) -> list[Word]:
    return list(words_of(text, 0, len(text)))


def numbered(count: int) -> list[Word]:
    return words(" ".join(f"w{number}" for number in range(count)))


def same(one: Look, other: Look) -> bool:
    return one.words == other.words and (one.whole == other.whole).all() and bool((one.asking == other.asking).all())


def test_a_short_text_is_one_window() -> None:
    said = numbered(WINDOW_WORDS)
    assert list(windows(said)) == [said]


def test_one_word_more_makes_a_second_window_which_begins_within_the_first() -> None:
    said = numbered(WINDOW_WORDS + 1)
    first, second = windows(said)
    assert (first, second) == (said[:WINDOW_WORDS], said[STEP_WORDS:])


def test_no_words_make_no_window() -> None:
    assert list(windows([])) == []


@given(st.integers(WINDOW_WORDS + 1, 2_500))
def test_windows_leave_no_word_out_and_overlap(count: int) -> None:
    said = numbered(count)
    found = list(windows(said))
    assert {word.text for window in found for word in window} == {word.text for word in said}
    assert all(len(window) <= WINDOW_WORDS for window in found)
    for one, other in pairwise(found):
        assert [*one[STEP_WORDS:]] == [*other[: WINDOW_WORDS - STEP_WORDS]]


def test_windows_that_end_with_the_text_are_not_followed_by_one_of_words_already_read() -> None:
    assert len(list(windows(numbered(WINDOW_WORDS + STEP_WORDS)))) == 2
    assert len(list(windows(numbered(WINDOW_WORDS + STEP_WORDS + 1)))) == 3


@given(st.text(max_size=200), st.integers(0, 200), st.integers(0, 200))
def test_a_word_stands_where_it_says(text: str, one: int, other: int) -> None:
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    found = list(words_of(text, start, end))
    assert all(start <= word.start < word.end <= end for word in found)
    assert [text[word.start : word.end] for word in found] == [word.text for word in found] == text[start:end].split()


def test_a_word_of_the_subject_stands_nowhere_in_the_text() -> None:
    subject = "Delete my data"
    found = list(words_of(subject, 0, len(subject), subject=True))
    assert [word.text for word in found] == ["Delete", "my", "data"]
    assert {(word.start, word.end) for word in found} == {(-1, -1)}


def test_a_look_has_a_score_per_label_and_one_per_word_and_label_that_can_be_asked(encoder: Encoder) -> None:
    (look,) = encoder.read(words(LETTER))
    assert look.whole.shape == (len(encoder.labels),)
    assert look.asking.shape == (len(look.words), len(encoder.asked))
    assert encoder.labels[: len(encoder.asked)] == encoder.asked


def test_the_words_that_ask_are_told_from_those_which_do_not(encoder: Encoder) -> None:
    (look,) = encoder.read(words(LETTER))
    deletion = look.asking[:, encoder.asked.index("deletion")]
    strongest = look.words[int(deletion.argmax())]
    assert LETTER.index("Please") <= strongest.start < LETTER.index(" and send")
    kettle = next(at for at, word in enumerate(look.words) if word.text == "kettle")
    assert deletion[kettle] < deletion.max() - 2


def test_of_a_very_long_text_the_beginning_and_the_end_are_read(encoder: Encoder) -> None:
    said = numbered(3 * MOST_WINDOWS * STEP_WORDS)
    looks = encoder.read(said)
    assert len(looks) == MOST_WINDOWS
    assert looks[0].words[0] == said[0]
    assert looks[-1].words[-1] == said[-1]
    assert list(looks[2].words) == list(list(windows(said))[2])
    assert list(looks[-3].words) == list(list(windows(said))[-3])


def test_of_its_middle_the_places_where_rules_found_something_are_read(encoder: Encoder) -> None:
    said = numbered(3 * MOST_WINDOWS * STEP_WORDS)
    there = said[2 * MOST_WINDOWS * STEP_WORDS]
    assert all(there not in look.words for look in encoder.read(said))
    looks = encoder.read(said, [there.start])
    assert len(looks) == MOST_WINDOWS
    assert any(there in look.words for look in looks)
    starts = [look.words[0].start for look in looks]
    assert starts == sorted(starts)


def test_as_many_windows_as_may_be_are_all_read(encoder: Encoder) -> None:
    said = numbered(WINDOW_WORDS + (MOST_WINDOWS - 1) * STEP_WORDS)
    assert [list(look.words) for look in encoder.read(said)] == list(windows(said))


def test_a_window_is_read_alike_whatever_stands_around_it(encoder: Encoder) -> None:
    said = words(LETTER * 12)
    looks = encoder.read(said)
    assert len(looks) > 1
    assert same(encoder.read(said[:WINDOW_WORDS])[0], looks[0])


def test_two_encoders_say_the_same_to_the_last_digit_and_so_does_one_twice(encoder: Encoder) -> None:
    said = words(LETTER)
    first, again, other = encoder.read(said)[0], encoder.read(said)[0], Encoder(FOLDER).read(said)[0]
    assert same(first, again)
    assert same(first, other)


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="threads are counted as Linux shows them")
def test_it_starts_no_thread_of_its_own(encoder: Encoder) -> None:
    encoder.read(words(LETTER))
    before = len(os.listdir("/proc/self/task"))
    Encoder(FOLDER).read(words(LETTER * 10))
    assert len(os.listdir("/proc/self/task")) <= before


def test_no_words_at_all_are_one_look_at_next_to_nothing(encoder: Encoder) -> None:
    (look,) = encoder.read([])
    assert [(word.start, word.end) for word in look.words] == [(-1, -1)]
    assert np.isfinite(look.whole).all()
    assert look.asking.max() < 0


def test_a_word_as_long_as_a_page_costs_no_more_than_a_long_word(encoder: Encoder) -> None:
    whole, cut = (encoder.read(words(f"delete {'x' * letters} data"))[0] for letters in (100_000, 40))
    assert (whole.whole == cut.whole).all()


def test_words_beyond_what_it_can_take_in_ask_for_nothing(encoder: Encoder) -> None:
    (look,) = encoder.read(words(" ".join(["Gloxwyzzpqvk-8817-zzyqx"] * WINDOW_WORDS)))
    assert np.isfinite(look.asking).all()
    assert look.asking[-1].max() <= -20


@pytest.mark.parametrize(
    "odd", ["\u200b", "\u00ad", "\ufe0f", "\x00", "\x07", "\u0301", "\ud83d", "a\udc80", "🙂", "数据"]
)
def test_a_single_odd_word_is_read_too(encoder: Encoder, odd: str) -> None:
    (look,) = encoder.read([Word(text=odd, start=0, end=len(odd))])
    assert look.asking.shape == (1, len(encoder.asked))
    assert np.isfinite(look.whole).all()


@settings(max_examples=80, deadline=None)
@given(st.text(st.characters(exclude_categories=()), max_size=120))
def test_any_text_is_read_and_every_score_is_a_number(encoder: Encoder, text: str) -> None:
    for look in encoder.read(words(text)):
        assert np.isfinite(look.whole).all()
        assert np.isfinite(look.asking).all()
