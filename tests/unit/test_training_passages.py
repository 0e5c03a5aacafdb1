"""What the quick categoriser learns of a message: the whole, each sentence and what it asks, slips of the thumb."""

import random
from pathlib import Path

import pytest

from triage.cli.reading import script_of
from triage.domain.vocabulary import Channel, Flag, Kind, OtherRight
from triage.language.categoriser import WHOLE
from triage.language.corpus import Example
from triage.language.rules_file import load_rules
from triage.language.speakers import RuleReader
from triage.language.training.passages import Passage, labels_of, passages, slipped

RULES = Path(__file__).resolve().parents[2] / "rules"


@pytest.fixture(scope="module")
def rules() -> RuleReader:
    return RuleReader(load_rules(RULES))


def example(text: str, **changes: object) -> Example:
    values: dict[str, object] = {
        "id": "x-1",
        "writer": "x",
        "channel": Channel.EMAIL,
        "subject": "",
        "text": text,
        "kinds": (),
    }
    return Example(**(values | changes))  # type: ignore[arg-type]


def told(rules: RuleReader, one: Example) -> list[Passage]:
    return list(passages(one, script_of(channel=one.channel, subject=one.subject, text=one.text), rules))


def test_a_message_is_learnt_whole_and_sentence_by_sentence(rules: RuleReader) -> None:
    one = example(
        "My kettle whistles. Please delete my data. The cat is well.",
        kinds=(Kind.DELETION,),
        because={Kind.DELETION: ("Please delete my data.",)},
    )
    whole, *sentences = told(rules, one)
    assert whole.words[0] == WHOLE
    assert whole.labels == {Kind.DELETION}
    assert [sentence.labels for sentence in sentences] == [set(), {Kind.DELETION}, set()]
    assert all(WHOLE not in sentence.words for sentence in sentences)
    assert whole.words[1:] == tuple(word for sentence in sentences for word in sentence.words)


def test_a_single_sentence_is_not_learnt_twice(rules: RuleReader) -> None:
    (whole,) = told(rules, example("Please delete my data", kinds=(Kind.DELETION,)))
    assert whole.words[0] == WHOLE


def test_flags_belong_to_the_whole_and_the_language_is_not_learnt(rules: RuleReader) -> None:
    one = example(
        "Tell me what you hold. It is for my son.", flags=(Flag.CHILD, Flag.NOT_ENGLISH), kinds=(Kind.ACCESS,)
    )
    whole, *sentences = told(rules, one)
    assert whole.labels == {Kind.ACCESS, Flag.CHILD}
    assert all(Flag.CHILD not in sentence.labels for sentence in sentences)


def test_a_quotation_over_two_sentences_marks_both(rules: RuleReader) -> None:
    one = example(
        "Good morning all. I want it gone. All my data. Thank you kindly.",
        kinds=(Kind.DELETION,),
        because={Kind.DELETION: ("it gone. All my",)},
    )
    assert [bool(sentence.labels) for sentence in told(rules, one)[1:]] == [False, True, True, False]


def test_the_subject_asks_where_the_quotation_is_of_the_subject(rules: RuleReader) -> None:
    one = example(
        "As above. The cat is well.",
        subject="Delete my data",
        kinds=(Kind.DELETION,),
        because={Kind.DELETION: ("Delete my data",)},
    )
    assert [bool(sentence.labels) for sentence in told(rules, one)[1:]] == [True, False, False]


def test_a_right_is_learnt_by_its_name_and_quoted_under_other_right(rules: RuleReader) -> None:
    one = example(
        "Freeze my file for now. The cat is well.",
        kinds=(Kind.OTHER_RIGHT,),
        other_rights=(OtherRight.RESTRICTION,),
        because={Kind.OTHER_RIGHT: ("Freeze my file",)},
    )
    assert labels_of(one) == {OtherRight.RESTRICTION}
    assert [sentence.labels for sentence in told(rules, one)] == [
        {OtherRight.RESTRICTION},
        {OtherRight.RESTRICTION},
        set(),
    ]


def test_a_message_without_words_teaches_nothing(rules: RuleReader) -> None:
    assert told(rules, example("")) == []


def test_quoted_words_of_others_are_not_learnt(rules: RuleReader) -> None:
    text = "Thank you for that.\n\nOn Mon, 16 Nov 2026 at 09:00, Ana <ana@x.example> wrote:\n> Please delete my data.\n"
    words = {word for passage in told(rules, example(text)) for word in passage.words}
    assert "thank" in words or "thanks" in words
    assert "delete" not in words


SAID = [
    Passage(words=("please", "send", "you", "information", "about", "everything"), labels=frozenset({Kind.ACCESS})),
    Passage(words=("a", "cat"), labels=frozenset()),
] * 60


def test_slips_change_words_and_never_labels() -> None:
    found = list(slipped(SAID, random.Random(3)))
    assert 0 < len(found) <= len(SAID)
    assert {passage.labels for passage in found if len(passage.words) == 6} == {frozenset({Kind.ACCESS})}
    written = {word for passage in SAID for word in passage.words}
    new = {word for passage in found for word in passage.words} - written
    assert {"pls", "u", "info", "abt"} <= new
    assert any(sorted(word) == sorted("everything") for word in new)
    assert any(len(word) == len("everything") - 1 for word in new)


def test_what_did_not_change_is_not_learnt_again_and_the_same_dice_slip_alike() -> None:
    one, other = (list(slipped(SAID, random.Random(5))) for _ in range(2))
    assert one == other
    assert all(passage.words not in {said.words for said in SAID} for passage in one)
    assert list(slipped([Passage(words=("a", "cat"), labels=frozenset())] * 50, random.Random(1))) == []
