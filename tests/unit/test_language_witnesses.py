"""The reader with all its witnesses: whatever is written, in bounded time, always the same, heeding whom it is told."""

import shutil
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.cpu_time import least_growth, least_seconds
from triage.domain.classification import Classification, Script
from triage.domain.enquiry import Passage
from triage.domain.policy import Policy, Thresholds
from triage.domain.vocabulary import Channel, Flag, Kind, Role
from triage.language.encoder import MOST_WINDOWS, MOST_WORDS, WINDOW_WORDS
from triage.language.model import load_witnesses
from triage.language.reader import Heed, Reader, words_in
from triage.language.reasons import CLOSE_SOURCE, QUICK_SOURCE
from triage.parsing.rules import load_policy

RULES = Path(__file__).resolve().parents[2] / "rules"
POLICY = load_policy(RULES)
READERS = {heed: Reader(RULES, POLICY, heed) for heed in Heed}
READER = READERS[Heed.ALL]
MOST_GROWTH, LEAST_SECONDS = 2.6, 0.05
NEVER_IN_DOUBT = Thresholds(upper=1.0, lower=1.0, look=1.0)


def mail(text: str, subject: str = "", channel: Channel = Channel.EMAIL) -> Script:
    return Script(channel=channel, subject=subject, text=text)


VOICES = [
    mail("hi can u tell me wot data u hold on me", channel=Channel.CHAT),
    mail("Please send me a copy of everything you hold about me, and then delete it all.", "My data"),
    mail("The parcel was open and one of the cups was broken. My order is 1182.", "Order 1182"),
    mail("We are solicitors and act for Mrs Quill. Please send us all the data you hold on her.", "Our client"),
    mail("I do wish you people would forget that I ever walked into your shop.", ""),
    mail("Bonjour, je voudrais une copie de toutes les données que vous détenez sur moi, s'il vous plaît."),
    mail("I asked in May for my file, heard nothing, and now I am cross. My son is nine, by the way."),
    mail("", "unsubscribe"),
    mail("", ""),
    mail("Is the router in stock?", channel=Channel.CHAT),
]


# Whatever is written

PIECES = [
    "please", "do not", "don't", "DELETE", "my data", "copy of all you hold on me", "stop emailing", "if", "SAR",
    "[name]", "infor-\nmation", ".", "!", "\n\n", "> ", "On Monday you wrote:", "-- ", "&#39;t", "<br>", "\u00ad",
    "\u200b", "\u202e", "\x00", "\x1b[31m", "\ufeff", "’", "é", "ﬁle", "𝐝𝐞𝐥𝐞𝐭𝐞", "İ", "ß", "e\u0301\u0301", "🙂",
    "👩\u200d👧", "🇬🇧", "\ud83d", "数据", "удалите мои данные", "احذف بياناتي", "löschen Sie bitte meine Daten",
    "मेरा डेटा हटाएं", "0000", "a@b.example", "§",
]  # fmt: skip
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=()), max_size=300),
    st.lists(st.sampled_from(PIECES), max_size=60).map(" ".join),
    st.lists(st.sampled_from(PIECES), max_size=60).map("".join),
    st.tuples(st.sampled_from(PIECES), st.integers(1, 400)).map(lambda pair: pair[0] * pair[1]),
)


@st.composite
def scripts(draw: st.DrawFn) -> Script:
    text = draw(TEXTS)
    cuts = sorted({0, len(text), *draw(st.lists(st.integers(0, len(text)), max_size=4))})
    passages = tuple(Passage(role=draw(st.sampled_from(list(Role))), start=a, end=b) for a, b in pairwise(cuts))
    if draw(st.booleans()):
        passages = ()
    return Script(channel=draw(st.sampled_from(list(Channel))), subject=draw(TEXTS), text=text, passages=passages)


def agrees_with_itself(verdict: Classification, policy: Policy = POLICY) -> None:
    """Scores, kinds, rights and doubt say the same, under the policy's thresholds."""
    assert set(verdict.scores) == set(Kind)
    assert all(0 <= score <= 1 for score in (*verdict.scores.values(), verdict.request_score))
    for kind, score in verdict.scores.items():
        bounds = policy.thresholds_for(kind)
        least = bounds.lower if verdict.language == "en" else bounds.upper
        if kind in verdict.kinds:
            assert score >= least - 1e-4
        else:
            assert score <= least + 1e-4
            assert verdict.needs_person or score <= bounds.look + 1e-4
        assert (kind in verdict.sure_kinds) <= (score >= bounds.upper - 1e-4)
    assert (Kind.OTHER_RIGHT in verdict.kinds) == bool(verdict.other_rights)
    assert set(verdict.sure_kinds) <= set(verdict.kinds)
    assert verdict.needs_person or (verdict.kinds == verdict.sure_kinds and verdict.language == "en")
    assert verdict.needs_person or verdict.kinds or verdict.request_score <= policy.thresholds.look + 1e-4
    assert list(verdict.kinds) == [kind for kind in Kind if kind in verdict.kinds]
    assert list(verdict.flags) == [flag for flag in Flag if flag in verdict.flags]


@pytest.mark.parametrize("heed", Heed)
@settings(max_examples=250, deadline=None)
@given(script=scripts())
def test_any_text_gives_a_verdict_that_agrees_with_itself_and_the_policy(heed: Heed, script: Script) -> None:
    verdict = READERS[heed].read(script)
    agrees_with_itself(verdict)
    for kind in verdict.kinds:
        assert any(reason.kind is kind for reason in verdict.reasons), kind
    for reason in verdict.reasons:
        if reason.start < 0:
            assert reason.end == -1
            assert " ".join(reason.text.split()) in " ".join(script.subject.split())
        else:
            assert 0 <= reason.start <= reason.end <= len(script.text)
            assert reason.text == script.text[reason.start : reason.end]


@settings(max_examples=100, deadline=None)
@given(script=scripts())
def test_the_same_text_is_read_the_same_twice(script: Script) -> None:
    assert READER.read(script) == READER.read(script)


def test_another_reader_of_the_same_rules_reads_the_same() -> None:
    other = Reader(RULES, POLICY)
    assert [other.read(script) for script in VOICES] == [READER.read(script) for script in VOICES]


@settings(max_examples=25, deadline=None)
@given(order=st.permutations(range(len(VOICES))))
def test_what_was_read_before_does_not_count(order: list[int]) -> None:
    expected = [READER.read(script) for script in VOICES]
    assert {at: READER.read(VOICES[at]) for at in order} == dict(enumerate(expected))


def test_thresholds_alone_decide_what_scores_come_to() -> None:
    strict = replace(POLICY, thresholds=Thresholds(upper=1.0, lower=1.0, look=0.0), kind_thresholds={})
    reader = Reader(RULES, strict)
    verdicts = [reader.read(script) for script in VOICES]
    assert all(verdict.kinds == () and verdict.needs_person for verdict in verdicts)
    assert [verdict.scores[Kind.ACCESS] for verdict in verdicts] == [
        READER.read(script).scores[Kind.ACCESS] for script in VOICES
    ]
    for verdict in verdicts:
        agrees_with_itself(verdict, strict)


# Whom it heeds


def witnesses_of(verdict: Classification) -> set[str]:
    return {reason.witness for reason in verdict.reasons if isinstance(reason.kind, Kind)}


def sources_of(verdict: Classification) -> set[str]:
    return {reason.source for reason in verdict.reasons}


@pytest.mark.parametrize("script", VOICES)
def test_rules_alone_give_no_reason_of_the_model_and_the_quick_reading_none_of_the_close_one(script: Script) -> None:
    assert witnesses_of(READERS[Heed.RULES].read(script)) <= {"rule"}
    assert CLOSE_SOURCE not in sources_of(READERS[Heed.QUICK].read(script))


def test_every_witness_can_be_what_a_kind_rests_on() -> None:
    read = {heed: [READERS[heed].read(script) for script in VOICES] for heed in Heed}
    assert any("rule" in witnesses_of(verdict) for verdict in read[Heed.RULES])
    assert any(QUICK_SOURCE in sources_of(verdict) for verdict in read[Heed.QUICK])
    assert any(CLOSE_SOURCE in sources_of(verdict) for verdict in read[Heed.ALL])


def test_what_no_rule_knows_the_model_still_sees() -> None:
    script = mail("Be so good as to post me each line ever scribbled about yours truly.")
    assert READERS[Heed.RULES].read(script).kinds == ()
    verdict = READER.read(script)
    assert verdict.kinds or verdict.needs_person
    assert verdict.request_score > READERS[Heed.RULES].read(script).request_score


def test_each_heed_scores_in_its_own_way() -> None:
    script = VOICES[1]
    scores = [READERS[heed].read(script).scores[Kind.DELETION] for heed in Heed]
    assert len(set(scores)) >= 2
    assert min(scores) > 0.5


@pytest.fixture
def rules_without_model(tmp_path: Path) -> Path:
    folder = tmp_path / "rules"
    shutil.copytree(RULES / "kinds", folder / "kinds")
    return folder


@pytest.mark.parametrize("heed", Heed)
def test_without_a_model_the_rules_read_alone(rules_without_model: Path, heed: Heed) -> None:
    reader = Reader(rules_without_model, POLICY, heed)
    assert reader.heed is Heed.RULES
    assert [reader.read(script) for script in VOICES] == [READERS[Heed.RULES].read(script) for script in VOICES]


def test_with_a_model_it_heeds_whom_it_is_told() -> None:
    assert {heed: reader.heed for heed, reader in READERS.items()} == {heed: heed for heed in Heed}


def test_a_sure_quick_reading_spares_the_close_one_and_a_doubt_calls_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    reader = Reader(RULES, POLICY)
    weights = reader._weights
    assert weights is not None
    called: list[int] = []
    close = reader._witnesses.close  # type: ignore[union-attr]
    monkeypatch.setattr(reader._witnesses, "close", lambda words, _: called.append(len(words)) or close(words))
    for below, above, calls in ((1.01, 1.01, 0), (0.0, 1.01, 1)):
        called.clear()
        monkeypatch.setattr(reader, "_weights", replace(weights, below=below, above=above))
        reader.read(VOICES[0])
        assert len(called) == calls


# In bounded time

ORDINARY = "I have been a customer since spring. The parcel was open, and one of the cups was broken. My number is 12. "
DENSE = "Please send me a copy of all the personal data you hold about me. Delete my account and everything in it. "
LONG = {
    "ordinary": ORDINARY,
    "dense": DENSE,
    "one word": "delete",
    "short words": "a ",
    "emojis": "🙂 ",
    "lines": "x\n",
}


@pytest.mark.alone
@pytest.mark.parametrize("name", LONG)
def test_two_hundred_kilobytes_cost_at_most_some_twice_as_much_as_one_hundred(name: str) -> None:
    text = (LONG[name] * 200_000)[:200_000]
    half, whole = (partial(READER.read, mail(part)) for part in (text[:100_000], text))
    assert least_growth(half, whole, LEAST_SECONDS, MOST_GROWTH) <= MOST_GROWTH
    assert least_seconds(whole, enough=6) < 6


def test_however_long_a_text_is_the_encoder_looks_at_a_dozen_windows_at_most() -> None:
    script = mail((ORDINARY * 2_000)[:200_000], "A long letter")
    words = words_in(script, READER.spoken(script))
    assert len(words) > 20 * WINDOW_WORDS
    _, looks = load_witnesses(RULES / "model").close(words)
    assert len(looks) == MOST_WINDOWS
    assert max(len(look.words) for look in looks) <= WINDOW_WORDS
    assert looks[0].words[0].start == -1
    assert looks[-1].words[-1].end == len(script.text.rstrip())


def test_a_mail_too_long_to_be_read_closely_in_whole_goes_to_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    reader = Reader(RULES, POLICY)
    weights = reader._weights
    assert weights is not None
    monkeypatch.setattr(reader, "_weights", replace(weights, below=0.0, above=1.01))  # everything is read closely
    monkeypatch.setattr(reader, "_policy", replace(POLICY, thresholds=NEVER_IN_DOUBT, kind_thresholds={}))
    most, more = (mail(" ".join(["so"] * count)) for count in (MOST_WORDS, MOST_WORDS + 1))
    assert not reader.read(most).needs_person
    assert reader.read(more).needs_person


def test_the_words_for_the_close_reading_are_those_that_are_spoken_subject_first() -> None:
    text = "Please delete my data.\n\nOn Monday you wrote:\n> We hold nothing.\n"
    end = text.index("\n\n")
    passages = (Passage(role=Role.OWN, start=0, end=end), Passage(role=Role.QUOTED, start=end, end=len(text)))
    script = replace(mail(text, "My request"), passages=passages)
    words = words_in(script, READER.spoken(script))
    assert [word.text for word in words] == ["My", "request", "Please", "delete", "my", "data."]
    assert [word.start for word in words[:2]] == [-1, -1]
    assert [text[word.start : word.end] for word in words[2:]] == ["Please", "delete", "my", "data."]
