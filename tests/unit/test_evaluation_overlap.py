"""Near duplicates between two sets, and openings shared within one."""

from random import Random

import pytest

from tests.unit.cpu_time import least_seconds
from triage.domain.vocabulary import Channel
from triage.language.corpus import Example
from triage.language.evaluation.overlap import ALIKE, near_duplicates, openings

STORY = (
    "We rented the corner shop until Easter, and the meter was read by a lad with a blue van. Since then your bills "
    "reach my sister in Pellworth, who has never sold so much as a bun. Kindly tell her address goodbye."
)


def message(text: str, name: str = "m", subject: str = "") -> Example:
    return Example(id=name, writer="w", channel=Channel.EMAIL, subject=subject, text=text, kinds=())


@pytest.mark.parametrize(
    "other",
    [
        STORY.upper().replace(",", " -"),
        STORY.replace("blue van", "red lorry").replace("Pellworth", "Marsh End"),
        f"Dear all, for weeks I could not find the time to sit down. {STORY} My sister says hello by the way. " * 2,
    ],
    ids=["case and points", "a few words changed", "built into a longer text"],
)
def test_a_text_in_other_clothes_is_a_near_duplicate(other: str) -> None:
    (pair,) = near_duplicates([message(STORY, "one")], [message("Who do I ask about parking?"), message(other, "two")])
    assert (pair.one, pair.other) == ("one", "two")
    assert pair.likeness >= 0.4


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            STORY,
            "My sister in Pellworth has a shop too; she sells buns, and since Easter the meter there is yours to read.",
        ),
        ("please delete my data", f"{STORY} please delete my data"),
        ("", ""),
        ("???", "!!!"),
    ],
    ids=["the same matter in other words", "a common phrase in a long text", "nothing", "no words"],
)
def test_texts_of_their_own_are_none(one: str, other: str) -> None:
    assert near_duplicates([message(one)], [message(other)]) == ()


def test_a_text_without_words_is_compared_by_its_subject() -> None:
    pairs = near_duplicates([message("", subject="Take me off the list")], [message("take me off the list!")])
    assert [pair.likeness for pair in pairs] == [1.0]


def test_every_pair_above_the_limit_is_found_however_it_is_looked_for() -> None:
    random = Random(4)
    words = [f"{a}{b}" for a in ("bar", "lim", "sto", "que") for b in ("ton", "ney", "rick", "dale", "mere")]
    texts = [" ".join(random.choices(words[:9], k=random.randint(1, 6))) for _ in range(80)]
    ones = [message(text, str(at)) for at, text in enumerate(texts[:40])]
    others = [message(text, str(at)) for at, text in enumerate(texts[40:])]

    def runs(text: str) -> set[str]:
        line = f" {text} "
        return {line[at : at + 5] for at in range(max(1, len(line) - 4))}

    expected = {
        (one.id, other.id)
        for one in ones
        for other in others
        if len(runs(one.text) & runs(other.text)) / len(runs(one.text) | runs(other.text)) >= ALIKE
    }
    assert expected
    assert {(pair.one, pair.other) for pair in near_duplicates(ones, others)} == expected


def test_sets_of_real_size_take_seconds() -> None:
    random = Random(7)
    words = ["".join(random.choices("abcdefghijklmnoprstuvw", k=random.randint(2, 8))) for _ in range(3000)]

    def some(count: int) -> list[Example]:
        return [message(" ".join(random.choices(words, k=30)), str(at)) for at in range(count)]

    few, many = some(60), some(600)
    assert least_seconds(lambda: near_duplicates(few, many), enough=6) < 6


def test_messages_that_open_alike_are_counted_by_their_first_four_words() -> None:
    heads = openings(
        [message(text) for text in ("Hi, can you tell me", "hi can you TELL him", "hi can you", "Moved!", "moved", "")]
    )
    assert (heads.messages, heads.shared) == (6, 4)
    assert heads.commonest == (("hi can you tell", 2), ("moved", 2))
