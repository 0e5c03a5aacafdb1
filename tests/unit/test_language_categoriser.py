"""The quick reading: word n-grams, hashed as spaCy would, scored as spaCy would, and nothing of them kept."""

from pathlib import Path

import numpy as np
import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.strings import hash_string
from spacy.tokens import Doc

from triage.language.categoriser import TEXTCAT, WHOLE, Categoriser, Scores
from triage.language.evidence import COLUMNS
from triage.language.ngrams import Hashes, counted

FOLDER = Path(__file__).resolve().parents[2] / "rules" / "model" / "quick"
BUCKETS = 2**17
EVEN = np.ones(BUCKETS, dtype=np.float32)

PASSAGES = [
    ["please", "delete", "my", "data"],
    [WHOLE, "please", "delete", "my", "data", "and", "delete", "my", "account"],
    ["unsubscribe"],
    ["stop", "calling", "my", "number", "or", "your", "agent", "will", "mark", "it"],  # three symbols of spaCy
    ["the", "parcel", "was", "open", "."],
    ["wot", "data", "u", "hold", "on", "me", "?"],
    ["çok", "数据", "🙂", "zyzzogeton", "0000"],
    ["delete"] * 300,
]
WORDS = st.one_of(st.sampled_from(["please", "delete", "not", "my", "data", "copy", "me", "."]), st.text(min_size=1))
TOLD = st.lists(st.lists(WORDS, min_size=1, max_size=20), min_size=1, max_size=6)


@pytest.fixture(scope="module")
def nlp() -> Language:
    return spacy.load(FOLDER)


@pytest.fixture(scope="module")
def categoriser(nlp: Language) -> Categoriser:
    return Categoriser(nlp)


def as_spacy_says(nlp: Language, passages: list[list[str]]) -> Scores:
    with nlp.memory_zone():
        return np.asarray(nlp.get_pipe(TEXTCAT).predict([Doc(nlp.vocab, words=words) for words in passages]))


def hashed(*passages: str) -> list[Hashes]:
    return [np.asarray([hash_string(word) for word in words.split()], dtype=np.uint64) for words in passages]


def test_it_says_what_spacys_own_categoriser_says(nlp: Language, categoriser: Categoriser) -> None:
    assert categoriser.scores(PASSAGES) == pytest.approx(as_spacy_says(nlp, PASSAGES), abs=1e-5)


@settings(max_examples=100, deadline=None)
@given(TOLD)
def test_so_it_does_for_any_words(nlp: Language, categoriser: Categoriser, told: list[list[str]]) -> None:
    scores = categoriser.scores(told)
    assert scores == pytest.approx(as_spacy_says(nlp, told), abs=1e-5)
    assert ((scores >= 0) & (scores <= 1)).all()


def test_there_is_a_row_for_each_passage_and_a_column_for_each_label(categoriser: Categoriser) -> None:
    assert categoriser.scores(PASSAGES).shape == (len(PASSAGES), len(categoriser.labels))
    assert set(COLUMNS) <= set(categoriser.labels)


@settings(max_examples=60, deadline=None)
@given(TOLD)
def test_a_passage_scores_the_same_alone_and_among_others(categoriser: Categoriser, told: list[list[str]]) -> None:
    alone = np.concatenate([categoriser.scores([words]) for words in told])
    assert categoriser.scores(told) == pytest.approx(alone, abs=1e-6)


def test_the_same_words_score_the_same_to_the_last_digit(categoriser: Categoriser) -> None:
    again = Categoriser.load(FOLDER)
    assert (categoriser.scores(PASSAGES) == categoriser.scores(PASSAGES)).all()
    assert (categoriser.scores(PASSAGES) == again.scores(PASSAGES)).all()


def test_a_request_outscores_small_talk(categoriser: Categoriser) -> None:
    asked, talk = categoriser.scores([["please", "delete", "my", "data"], ["the", "parcel", "was", "open", "."]])
    deletion = categoriser.labels.index("deletion")
    assert asked[deletion] > 0.5 > talk[deletion]


def test_the_order_of_words_counts(categoriser: Categoriser) -> None:
    one, other = categoriser.scores([["do", "not", "delete", "my", "data"], ["data", "my", "delete", "not", "do"]])
    assert np.abs(one - other).max() > 1e-3


def test_nothing_people_write_enters_spacys_vocabulary(nlp: Language, categoriser: Categoriser) -> None:
    strings, lexemes = len(nlp.vocab.strings), len(nlp.vocab)
    categoriser.scores([["ottoline", "quillfeather", "lives", "at", "gloxwyzz"], ["ottoline"]])
    assert "quillfeather" not in nlp.vocab.strings
    assert "ottoline" not in nlp.vocab
    assert (len(nlp.vocab.strings), len(nlp.vocab)) == (strings, lexemes)


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="quick"):
        Categoriser.load(tmp_path / "quick")


# The n-grams


def test_words_and_pairs_of_neighbours_are_counted() -> None:
    _, shares, counts = counted(hashed("please delete my data"), 2, EVEN)
    assert counts.tolist() == [4 + 3]
    assert shares == pytest.approx(np.full(7, 1 / np.sqrt(7)))


def test_three_in_a_row_are_counted_where_the_longest_is_three() -> None:
    assert counted(hashed("please delete my data"), 3, EVEN)[2].tolist() == [4 + 3 + 2]
    assert counted(hashed("please"), 3, EVEN)[2].tolist() == [1]


def test_no_pair_reaches_from_one_passage_into_the_next() -> None:
    apart, _, counts = counted(hashed("delete my", "data please"), 2, EVEN)
    assert counts.tolist() == [3, 3]
    (together, _, _), (across, _, _) = (counted(hashed(words), 2, EVEN) for words in ("delete my data", "my data"))
    pair = set(across.tolist()) - set(counted(hashed("my", "data"), 2, EVEN)[0].tolist())
    assert pair <= set(together.tolist())
    assert pair.isdisjoint(apart.tolist())


def test_a_pair_is_not_the_same_pair_the_other_way_round() -> None:
    one, other = (set(counted(hashed(words), 2, EVEN)[0].tolist()) for words in ("not delete", "delete not"))
    assert len(one & other) == 2
    assert len(one) == len(other) == 3


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=400).map(" ".join), min_size=1, max_size=5))
def test_a_page_weighs_as_much_as_a_line(passages: list[str]) -> None:
    _, shares, counts = counted(hashed(*passages), 2, EVEN)
    ends = np.cumsum(counts)
    for start, end in zip(ends - counts, ends, strict=True):
        assert (shares[start:end].astype(float) ** 2).sum() == pytest.approx(1, abs=1e-5)


def test_a_rare_word_weighs_more_than_a_common_one_and_a_repeated_one_more_than_a_single() -> None:
    rare, common = (int(counted(hashed(word), 1, EVEN)[0][0]) for word in ("portability", "the"))
    rarity = EVEN.copy()
    rarity[rare] = 5
    buckets, shares, _ = counted(hashed("the portability"), 1, rarity)
    share = dict(zip(buckets.tolist(), shares.tolist(), strict=True))
    assert share[rare] == pytest.approx(5 * share[common])
    buckets, shares, _ = counted(hashed("the the the portability"), 1, EVEN)
    share = dict(zip(buckets.tolist(), shares.tolist(), strict=True))
    assert share[rare] < share[common] < 3 * share[rare]
