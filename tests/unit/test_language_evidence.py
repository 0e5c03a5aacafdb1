"""The rows of evidence the judge weighs: what stands where, within bounds, for whatever the witnesses say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from triage.domain.vocabulary import Channel, Flag, Kind, OtherRight
from triage.language.evidence import (
    CLOSE_FEATURES,
    COLUMNS,
    CONTEXT_FLAGS,
    FLAG_FEATURES,
    FLAGS,
    LABELS,
    QUICK_FEATURES,
    Close,
    Floats,
    Quick,
    bounded,
    close_rows,
    columns_in,
    flag_rows,
    log_odds,
    quick_rows,
)
from triage.language.findings import Finding
from triage.language.matching import Hit
from triage.language.rules_file import Rule
from triage.language.words import Sentence

ACCESS, DELETION = LABELS.index(Kind.ACCESS), LABELS.index(Kind.DELETION)
REQUEST_ROW = len(LABELS)
FURTHEST = 7.0


def finding(gives: Kind | Flag | None, weight: float = 0.9, *, at: int = 0, right: OtherRight | None = None) -> Finding:
    rule = Rule(name=f"rule-{gives}-{at}", why="says so", weight=weight, gives=gives, phrases=(), other_right=right)
    sentence = Sentence(words=["^", "words", "$"], starts=[at] * 3, ends=[at + 1] * 3)
    hit = Hit(rule=rule, sentence=sentence, start=1, end=2)
    return Finding(hit=hit, weight=weight, text="words", start=at, end=at + 5)


def heard(
    *findings: Finding, whole: Floats | None = None, sentences: Floats | None = None, channel: Channel = Channel.EMAIL
) -> Quick:
    return Quick(
        whole=np.full(len(COLUMNS), -5.0) if whole is None else whole,
        sentences=np.full((1, len(COLUMNS)), -5.0) if sentences is None else sentences,
        findings=findings,
        words=9,
        channel=channel,
    )


def seen(windows: Floats | None = None, asking: Floats | None = None, flags: Floats | None = None) -> Close:
    return Close(
        windows=np.full((1, len(COLUMNS)), -5.0) if windows is None else windows,
        asking=np.full(len(LABELS), -5.0) if asking is None else asking,
        flags=np.full(len(FLAGS), -5.0) if flags is None else flags,
    )


def column(rows: Floats, feature: str) -> list[float]:
    return list(rows[:, CLOSE_FEATURES.index(feature)])


def rising() -> Floats:
    """Another value per label; the fourth has the most."""
    values = np.linspace(-4, 0, len(COLUMNS))
    values[3] = 2.0
    return values


def test_labels_are_the_five_kinds_and_then_the_rights_by_name() -> None:
    assert (*(kind for kind in Kind if kind is not Kind.OTHER_RIGHT), *OtherRight) == LABELS
    assert (*LABELS, *CONTEXT_FLAGS) == COLUMNS


def test_every_flag_but_the_language_is_learnt() -> None:
    assert set(FLAGS) == set(Flag) - {Flag.NOT_ENGLISH}


def test_there_is_a_row_per_label_and_a_last_one_for_anything_asked() -> None:
    quick = quick_rows(heard())
    assert quick.shape == (len(LABELS) + 1, len(QUICK_FEATURES))
    assert close_rows(quick, seen()).shape == (len(LABELS) + 1, len(CLOSE_FEATURES))


def test_each_label_has_its_own_score_and_the_last_row_the_most_of_all() -> None:
    whole = rising()
    rows = quick_rows(heard(whole=whole))
    assert column(rows, "whole") == [*whole[: len(LABELS)], 2.0]


def test_other_labels_leave_out_ones_own_and_the_last_row_leaves_out_none() -> None:
    whole = rising()
    others = column(quick_rows(heard(whole=whole)), "other labels")
    assert others[3] == sorted(whole[: len(LABELS)])[-2]
    assert {*others[:3], *others[4:]} == {2.0}


@given(arrays.arrays(np.float64, len(COLUMNS), elements=st.floats(-FURTHEST, FURTHEST)))
def test_so_it_is_for_any_scores_even_equal_ones(whole: Floats) -> None:
    others = column(quick_rows(heard(whole=whole)), "other labels")
    own = whole[: len(LABELS)]
    assert others == [*(np.delete(own, at).max() for at in range(len(LABELS))), own.max()]


def test_of_the_sentences_the_two_best_count_label_by_label() -> None:
    sentences = np.full((3, len(COLUMNS)), -5.0)
    sentences[0, ACCESS], sentences[2, ACCESS], sentences[1, DELETION] = 3.0, 1.0, 2.0
    rows = quick_rows(heard(sentences=sentences))
    assert (column(rows, "best sentence")[ACCESS], column(rows, "second sentence")[ACCESS]) == (3.0, 1.0)
    assert (column(rows, "best sentence")[DELETION], column(rows, "second sentence")[DELETION]) == (2.0, -5.0)
    assert column(rows, "best sentence")[REQUEST_ROW] == 3.0


def test_where_there_is_no_second_sentence_or_none_at_all_it_says_no_as_loudly_as_can_be() -> None:
    one = quick_rows(heard(sentences=np.zeros((1, len(COLUMNS)))))
    assert set(column(one, "best sentence")) == {0.0}
    assert set(column(one, "second sentence")) == {-FURTHEST}
    none = quick_rows(heard(sentences=np.zeros((0, len(COLUMNS)))))
    assert set(column(none, "best sentence")) == set(column(none, "second sentence")) == {-FURTHEST}


def test_rules_speak_for_their_label_alone_and_together() -> None:
    rows = quick_rows(heard(finding(Kind.ACCESS, 0.5), finding(Kind.ACCESS, 0.6, at=9), finding(Kind.DELETION, 0.4)))
    assert column(rows, "rule")[ACCESS] == 0.6
    assert column(rows, "rules together")[ACCESS] == pytest.approx(0.8)
    assert column(rows, "rule")[DELETION] == 0.4
    assert column(rows, "rule")[REQUEST_ROW] == 0.6
    assert (column(rows, "other rules")[ACCESS], column(rows, "other rules")[DELETION]) == (0.4, 0.6)
    assert column(rows, "rule")[LABELS.index(Kind.COMPLAINT)] == 0.0


def test_a_right_named_by_a_rule_speaks_for_that_right_and_no_other() -> None:
    rows = quick_rows(heard(finding(Kind.OTHER_RIGHT, 0.7, right=OtherRight.RESTRICTION)))
    assert column(rows, "rule")[LABELS.index(OtherRight.RESTRICTION)] == 0.7
    assert column(rows, "rule")[LABELS.index(OtherRight.CONSENT)] == 0.0


def test_what_is_true_of_the_message_stands_in_every_row() -> None:
    whole = np.full(len(COLUMNS), -5.0)
    whole[COLUMNS.index(Flag.FOI)] = 4.0
    rows = quick_rows(heard(finding(None, 0.3), finding(Flag.SPAM), whole=whole, channel=Channel.CHAT))
    assert set(column(rows, "cue")) == {0.3}
    assert set(column(rows, "rule spam")) == {1.0}
    assert set(column(rows, "rule foi")) == {0.0}
    assert set(column(rows, "whole foi")) == {4.0}
    assert set(column(rows, "chat")) == {1.0}
    assert set(column(rows, "words")) == {np.log(10)}
    assert set(column(rows, "sentences")) == {np.log(2)}
    assert set(column(quick_rows(heard()), "chat")) == {0.0}


def test_the_close_rows_begin_with_the_quick_ones() -> None:
    quick = quick_rows(heard(finding(Kind.ACCESS)))
    assert (close_rows(quick, seen())[:, : len(QUICK_FEATURES)] == quick).all()
    assert CLOSE_FEATURES[: len(QUICK_FEATURES)] == QUICK_FEATURES


def test_the_close_rows_add_windows_asking_words_and_the_loudest_window_of_a_flag() -> None:
    windows = np.full((2, len(COLUMNS)), -5.0)
    windows[0, ACCESS], windows[1, ACCESS], windows[1, COLUMNS.index(Flag.CLIENT_INSTRUCTION)] = 1.0, 3.0, 2.5
    asking = np.full(len(LABELS), -5.0)
    asking[DELETION] = 1.5
    rows = close_rows(quick_rows(heard()), seen(windows, asking))
    assert (column(rows, "window")[ACCESS], column(rows, "second window")[ACCESS]) == (3.0, 1.0)
    assert column(rows, "window")[REQUEST_ROW] == 3.0
    assert (column(rows, "asking words")[DELETION], column(rows, "asking words")[REQUEST_ROW]) == (1.5, 1.5)
    assert (column(rows, "other windows")[ACCESS], column(rows, "other windows")[DELETION]) == (-5.0, 3.0)
    assert set(column(rows, "window client_instruction")) == {2.5}


def test_a_flag_has_the_encoders_word_and_whether_a_rule_set_it() -> None:
    said = np.linspace(-3, 3, len(FLAGS))
    rows = flag_rows((finding(Flag.CHILD), finding(Kind.ACCESS)), seen(flags=said))
    assert rows.shape == (len(FLAGS), len(FLAG_FEATURES))
    assert list(rows[:, FLAG_FEATURES.index("window")]) == list(said)
    ruled = dict(zip(FLAGS, rows[:, FLAG_FEATURES.index("rule")], strict=True))
    assert [flag for flag, told in ruled.items() if told] == [Flag.CHILD]


def test_log_odds_turn_probabilities_round_the_middle_and_stay_within_bounds() -> None:
    odds = log_odds(np.asarray([0.0, 0.25, 0.5, 0.75, 1.0], dtype=np.float32))
    assert odds == pytest.approx([-FURTHEST, -np.log(3), 0, np.log(3), FURTHEST], abs=1e-5)


def test_bounds_hold_for_what_is_beyond_them() -> None:
    assert list(bounded(np.asarray([-np.inf, -9.0, 1.0, 9.0, np.inf]))) == [-FURTHEST, -FURTHEST, 1, FURTHEST, FURTHEST]


def test_a_column_that_is_not_there_is_an_error() -> None:
    assert columns_in(["b", "a"], ["a", "b"]) == [1, 0]
    with pytest.raises(ValueError, match="not in list"):
        columns_in(["a"], ["b"])


ODDS = st.floats(-FURTHEST, FURTHEST)
GIVES = st.sampled_from([None, *Kind, *Flag])
FINDINGS = st.lists(st.builds(finding, GIVES, st.floats(0, 1), at=st.integers(0, 400)), max_size=8)


@st.composite
def quicks(draw: st.DrawFn) -> Quick:
    return Quick(
        whole=draw(arrays.arrays(np.float64, len(COLUMNS), elements=ODDS)),
        sentences=draw(arrays.arrays(np.float64, (draw(st.integers(0, 5)), len(COLUMNS)), elements=ODDS)),
        findings=tuple(draw(FINDINGS)),
        words=draw(st.integers(0, 10**6)),
        channel=draw(st.sampled_from(list(Channel))),
    )


@given(quicks(), st.integers(1, 5), st.data())
def test_whatever_the_witnesses_say_every_number_is_finite(quick: Quick, windows: int, data: st.DataObject) -> None:
    close = seen(
        data.draw(arrays.arrays(np.float64, (windows, len(COLUMNS)), elements=ODDS)),
        data.draw(arrays.arrays(np.float64, len(LABELS), elements=ODDS)),
    )
    rows = close_rows(quick_rows(quick), close)
    assert np.isfinite(rows).all()
    assert np.abs(rows).max() <= np.log1p(10**6)
    assert np.isfinite(flag_rows(quick.findings, close)).all()


@given(arrays.arrays(np.float32, 12, elements=st.floats(0, 1, width=32)))
def test_any_probability_has_log_odds_within_bounds_that_keep_its_order(scores: Floats) -> None:
    order = np.argsort(scores, kind="stable")
    odds = log_odds(scores)
    assert np.abs(odds).max() <= FURTHEST
    assert (np.diff(odds[order]) >= 0).all()
