"""Whatever is thrown at the reader: no crash, offsets that hold, the same answer twice, and a bounded time."""

from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.cpu_time import least_growth, least_seconds
from triage.domain.classification import Script
from triage.domain.enquiry import Passage
from triage.domain.policy import Thresholds
from triage.domain.vocabulary import Channel, Kind, Role
from triage.language.matching import RuleMatcher
from triage.language.pipeline import blank_english, lexicon_of
from triage.language.reader import Heed, Reader
from triage.language.rules_file import load_rules
from triage.language.words import Sentence, sentences
from triage.parsing.rules import load_policy

RULES = Path(__file__).resolve().parents[2] / "rules"
# The rules alone: where the model stands is no concern of theirs.
POLICY = replace(load_policy(RULES), thresholds=Thresholds(upper=0.80, lower=0.35, look=0.10), kind_thresholds={})
READER = Reader(RULES, POLICY, Heed.RULES)
BOOK = load_rules(RULES)
LEXICON = lexicon_of(BOOK)
ENGLISH = blank_english()
MATCHER = RuleMatcher(ENGLISH, BOOK.rules)

PIECES = (
    "please do not don't DELETE my data copy of all you hold on me stop emailing if unsubscribe SAR art. 15 [name] "
    "<insert name> e-mail infor-\nmation . ! \n\n - &#39;t \u00ad \u200b ’ é ﬁle 𝐝𝐞𝐥𝐞𝐭𝐞 İ ß 数据 🙂 \ud83d"
)
WORDS = st.sampled_from(PIECES.split(" "))
TEXTS = st.one_of(st.text(max_size=300), st.lists(WORDS, max_size=60).map(" ".join))


@st.composite
def scripts(draw: st.DrawFn) -> Script:
    text = draw(TEXTS)
    cuts = sorted({0, len(text), *draw(st.lists(st.integers(0, len(text)), max_size=4))})
    passages = tuple(Passage(role=draw(st.sampled_from(list(Role))), start=a, end=b) for a, b in pairwise(cuts))
    if draw(st.booleans()):
        passages = ()
    return Script(channel=draw(st.sampled_from(list(Channel))), subject=draw(TEXTS), text=text, passages=passages)


@settings(max_examples=300, deadline=None)
@given(scripts())
def test_any_text_gives_a_verdict_that_agrees_with_itself(script: Script) -> None:
    verdict = READER.read(script)
    assert verdict == READER.read(script)
    assert set(verdict.scores) == set(Kind)
    assert all(0 <= score <= 1 for score in (*verdict.scores.values(), verdict.request_score))
    assert (Kind.OTHER_RIGHT in verdict.kinds) == bool(verdict.other_rights)
    assert set(verdict.sure_kinds) <= set(verdict.kinds)
    assert verdict.needs_person or verdict.kinds == verdict.sure_kinds
    for reason in verdict.reasons:
        if reason.start == -1:
            assert reason.end == -1
            assert reason.text in script.subject
        else:
            assert 0 <= reason.start <= reason.end <= len(script.text)
            assert reason.text == script.text[reason.start : reason.end]


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_words_know_where_they_stood(text: str) -> None:
    for sentence in sentences(text, LEXICON, 0, len(text)):
        assert len(sentence.words) == len(sentence.starts) == len(sentence.ends)
        assert sentence.starts == sorted(sentence.starts)
        assert all(0 <= a <= b <= len(text) for a, b in zip(sentence.starts, sentence.ends, strict=True))


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("I don't", ["i", "do", "not"]),
        ("I DON’T", ["i", "do", "not"]),
        ("can&#39;t", ["can", "not"]),
        ("you've", ["you", "have"]),
        ("my mother's data", ["my", "mother", "data"]),
        ("u hold wot", ["you", "hold", "what"]),
        ("e-mail me", ["email", "me"]),
        ("ＤＥＬＥＴＥ", ["delete"]),
        ("de\u00adlete", ["delete"]),
        ("infor-\nmation", ["information"]),
        ("unsubcsribe", ["unsubscribe"]),
        ("persanal", ["personal"]),
        ("sendin", ["sending"]),
        ("deleete", ["delete"]),
        ("I yodelled", ["i", "_"]),
        ("zyzzogeton", ["_"]),
        ("go to https://x.example/delete now", ["go", "to", "@"]),
        ("a.b@x.example", ["@"]),
    ],
)
def test_words_are_read_plainly(written: str, words: list[str]) -> None:
    (sentence,) = sentences(written, LEXICON, 0, len(written))
    assert sentence.words[1:-1] == words


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Delete it. Thanks.", 2),
        ("See art. 15 and tell me", 1),
        ("one line\nand its wrapped rest", 1),
        ("a title\n\na paragraph", 2),
        ("I want:\n- my data\n- my file", 3),
        ("delete<br>copy", 2),
    ],
)
def test_sentences_end_where_people_end_them(text: str, count: int) -> None:
    assert len(list(sentences(text, LEXICON, 0, len(text)))) == count


def test_text_without_any_full_stop_is_cut_with_an_overlap() -> None:
    text = "and " * 95 + "send me a copy of my data " + "and " * 200
    assert READER.read(Script(channel=Channel.CHAT, subject="", text=text)).sure_kinds == (Kind.ACCESS,)


DENSE = "Please send me a copy of all the personal data you hold about me. Delete my account and everything in it. "
ORDINARY = "I have been a customer since spring. The parcel was open, and one of the cups was broken. My number is 12. "
LONG = {
    "ordinary": ORDINARY,
    "dense": DENSE,
    "one endless sentence": DENSE.replace(".", ""),
    "not": "not ",
    "delete": "delete ",
    "words of many phrases": "give me copy of my data you hold about me ",
    "conditions": "if you do not ",
    "brackets": "[ ",
    "no blanks": "deletemydata",
    "letters": "a",
    "single letters": "a ",
    "letters apart": "d e l e t e  ",
    "dots": ".",
    "dots before a letter": "....a",
    "initials": "a.",
    "emojis": "🙂",
    "emojis between": "🙂 delete ",
    "accents": "\u0301",
    "invisible": "a\u200b",
    "styled": "ⓓ",
    "apostrophes": "a'",
    "broken lines": "a-\n",
    "line ends": "\n",
    "indented": "\n   ",
    "list": "\n1. a",
    "addresses": "a@",
    "entities": "&#",
    "tags": "<p ",
    "comments": "<!--",
    "quoted-printable": "a=\n",
}
MOST_GROWTH, LEAST_SECONDS = 2.6, 0.02


def match(text: str) -> None:
    for sentence in sentences(text, LEXICON, 0, len(text)):
        list(MATCHER.find(sentence))


@pytest.mark.alone
@pytest.mark.parametrize("name", LONG)
def test_twice_the_text_costs_at_most_some_twice_the_time(name: str) -> None:
    text = (LONG[name] * 200_000)[:200_000]
    half, whole = (partial(match, part) for part in (text[:100_000], text))
    assert least_growth(half, whole, LEAST_SECONDS, MOST_GROWTH) <= MOST_GROWTH
    assert least_seconds(whole, enough=6) < 6


def test_no_phrase_takes_more_than_its_share_of_a_sentence_made_for_it() -> None:
    """Every phrase, over a hundred of its own words: milliseconds, whatever its gaps and lists."""
    for rule in BOOK.rules:
        for phrase in (*rule.phrases, *rule.unless):
            own = sorted(phrase.vocabulary - {"^", "$"})
            words = ["^", *(own * 100)[:100], "$"]
            matcher = RuleMatcher(ENGLISH, [replace(rule, phrases=(phrase,), unless=())])
            sentence = Sentence(words=words, starts=[0] * len(words), ends=[0] * len(words))
            seconds = least_seconds(lambda: list(matcher.find(sentence)), enough=0.15)  # noqa: B023 - called at once
            assert seconds < 0.15, phrase.text


UGLY = ["a", "'", "-\n", "\n", "<p ", "[ ", "my ", " ", "a@", "a'", "&#", "a.", "not ", "\u200b", "delete my data "]


@pytest.mark.parametrize("piece", UGLY)
def test_two_hundred_kilobytes_of_anything_take_seconds_at_most(piece: str) -> None:
    text = (piece * 200_000)[:200_000]
    script = Script(channel=Channel.EMAIL, subject=text[:2_000], text=text)
    assert least_seconds(lambda: READER.read(script), enough=8) < 8


def test_short_messages_are_read_at_three_hundred_a_second() -> None:
    texts = ["hi can u tell me wot data u hold on me", "The printer is jammed again.", "Please take me off your list"]
    scripts = [Script(channel=Channel.CHAT, subject="Hello", text=text) for text in texts] * 50
    READER.read(scripts[0])
    seconds = least_seconds(lambda: [READER.read(script) for script in scripts])
    assert len(scripts) / seconds > 300
