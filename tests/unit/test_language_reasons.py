"""Why a kind was read: the words that are quoted, where they stand, and the rules that speak for it."""

from collections.abc import Mapping
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from triage.domain.classification import Classification, Reason, Script
from triage.domain.vocabulary import Channel, Flag, Kind, OtherRight
from triage.language.encoder import Look, words_of
from triage.language.evidence import COLUMNS, LABELS
from triage.language.findings import Finding
from triage.language.matching import Hit
from triage.language.reader import Heed, Reader
from triage.language.reasons import CLOSE_SOURCE, QUICK_SOURCE, of_flags, of_rules, of_sentences, of_words
from triage.language.rules_file import Rule
from triage.language.words import Sentence
from triage.parsing.rules import load_policy

RULES = Path(__file__).resolve().parents[2] / "rules"
ACCESS = LABELS.index(Kind.ACCESS)
TEXT = "The kettle still whistles and so I would like you to wipe my records and to send what you keep on me please"


def look_at(text: str, asking: Mapping[str, float], *, label: int = ACCESS, subject: str = "") -> Look:
    """A look in which the named words ask so much for one label, and all others nothing."""
    words = [*words_of(subject, 0, len(subject), subject=True), *words_of(text, 0, len(text))]
    scores = np.full((len(words), len(LABELS)), -6.0, dtype=np.float32)
    for at, word in enumerate(words):
        scores[at, label] = asking.get(word.text, -6.0)
    return Look(words=tuple(words), whole=np.zeros(len(COLUMNS), dtype=np.float32), asking=scores)


def finding(name: str, gives: Kind | Flag, weight: float, at: int = 0) -> Finding:
    rule = Rule(name=name, why=f"because of {name}", weight=weight, gives=gives, phrases=())
    sentence = Sentence(words=["^", "words", "$"], starts=[at] * 3, ends=[at + 5] * 3)
    return Finding(hit=Hit(rule=rule, sentence=sentence, start=1, end=2), weight=weight, text="words", start=at, end=at)


def quoted(reasons: tuple[Reason, ...]) -> list[str]:
    return [reason.text for reason in reasons]


def test_words_that_ask_are_quoted_as_they_stand_in_the_text() -> None:
    (reason,) = of_words([look_at(TEXT, {"send": 2.0, "what": 3.0, "you": 1.0})], LABELS, Kind.ACCESS, TEXT)[:1]
    assert reason.text == TEXT[reason.start : reason.end]
    assert "send what you" in reason.text
    assert (reason.kind, reason.witness, reason.source) == (Kind.ACCESS, "model", CLOSE_SOURCE)
    assert reason.why == "asks what is held about them, or for a copy of it"


def test_asking_words_close_together_are_one_quotation_and_words_apart_are_two() -> None:
    look = look_at(TEXT, {"kettle": 1.0, "whistles": 1.5, "records": 4.0})
    assert quoted(of_words([look], LABELS, Kind.ACCESS, TEXT)) == ["records", "kettle still whistles"]


def test_a_quotation_does_not_run_on_into_the_next_sentence() -> None:
    text = "Please wipe my records. Send what you keep."
    look = look_at(text, {"records.": 3.0, "Send": 2.0})
    assert quoted(of_words([look], LABELS, Kind.ACCESS, text)) == ["records.", "Send"]


def test_at_most_two_quotations_are_given_best_first() -> None:
    look = look_at(TEXT, {"kettle": 1.0, "wipe": 2.0, "me": 3.0})
    assert quoted(of_words([look], LABELS, Kind.ACCESS, TEXT)) == ["me", "wipe"]


def test_where_no_word_surely_asks_the_one_that_asks_most_is_quoted_among_its_neighbours() -> None:
    (only,) = of_words([look_at(TEXT, {"wipe": -1.0})], LABELS, Kind.ACCESS, TEXT)
    assert only.text == "would like you to wipe my records and to"
    assert only.text == TEXT[only.start : only.end]


def test_a_second_quotation_must_surely_ask() -> None:
    looks = [look_at(TEXT, {"wipe": 2.0}), look_at(TEXT, {"kettle": -2.0})]
    assert quoted(of_words(looks, LABELS, Kind.ACCESS, TEXT)) == ["wipe"]


def test_what_two_windows_both_show_is_quoted_once() -> None:
    look = look_at(TEXT, {"wipe": 2.0})
    assert quoted(of_words([look, look], LABELS, Kind.ACCESS, TEXT)) == ["wipe"]


def test_a_quotation_from_the_subject_has_no_offsets_and_takes_no_word_of_the_body() -> None:
    look = look_at("wipe it today", {"records": 2.0, "wipe": 1.5}, subject="Your records")
    (reason,) = of_words([look], LABELS, Kind.ACCESS, "wipe it today")
    assert (reason.start, reason.end, reason.text) == (-1, -1, "records")


def test_among_the_other_rights_the_one_that_is_asked_says_why() -> None:
    look = look_at(TEXT, {"wipe": 2.0}, label=LABELS.index(OtherRight.RESTRICTION))
    (reason, *_) = of_words([look], LABELS, Kind.OTHER_RIGHT, TEXT)
    assert (reason.kind, reason.text) == (Kind.OTHER_RIGHT, "wipe")
    assert reason.why == "wants the use of their data limited for the time being"


def sentences() -> list[Sentence]:
    return [
        Sentence(words=["^", "my", "file", "$"], starts=[0, 0, 4, 8], ends=[0, 3, 8, 8], subject=True),
        Sentence(words=["^", "the", "$"], starts=[0, 0, 40], ends=[0, 3, 40]),
        Sentence(words=["^", "please", "$"], starts=[40, 40, 69], ends=[40, 46, 69]),
    ]


@pytest.mark.parametrize(("best", "place"), [(1, (0, 40)), (2, (40, 69)), (0, (-1, -1))])
def test_the_quick_reading_quotes_the_sentence_that_carried_it(best: int, place: tuple[int, int]) -> None:
    scores = np.full((3, len(COLUMNS)), -5.0)
    scores[best, ACCESS] = 1.0
    (reason,) = of_sentences(sentences(), scores, Kind.ACCESS, TEXT, " My file ")
    assert (reason.start, reason.end) == place
    assert reason.text == ("My file" if best == 0 else TEXT[slice(*place)])
    assert (reason.witness, reason.source) == ("model", QUICK_SOURCE)


def test_without_sentences_the_quick_reading_gives_no_reason() -> None:
    assert of_sentences([], np.zeros((0, len(COLUMNS))), Kind.ACCESS, "", "") == ()


def test_rules_are_reasons_strongest_first_each_once_and_three_at_most() -> None:
    found = [
        finding("weak", Kind.ACCESS, 0.4),
        finding("strong", Kind.ACCESS, 0.9, at=7),
        finding("strong", Kind.ACCESS, 0.5, at=30),
        finding("middle", Kind.ACCESS, 0.6),
        finding("least", Kind.ACCESS, 0.2),
        finding("other", Kind.DELETION, 0.95),
    ]
    reasons = of_rules(found, Kind.ACCESS)
    assert [(reason.source, reason.start) for reason in reasons] == [("strong", 7), ("middle", 0), ("weak", 0)]
    assert {reason.witness for reason in reasons} == {"rule"}
    assert reasons[0].why == "because of strong"


def test_a_flag_rests_on_its_rule_else_on_the_model_with_the_beginning_of_the_message() -> None:
    flags = of_flags([finding("child", Flag.CHILD, 0.8)], [Flag.CHILD, Flag.PRESS], [look_at(TEXT, {})], TEXT)
    assert [reason.source for reason in flags[Flag.CHILD]] == ["child"]
    (reason,) = flags[Flag.PRESS]
    assert (reason.witness, reason.source, reason.start) == ("model", CLOSE_SOURCE, 0)
    assert TEXT.startswith(reason.text)
    assert reason.text == TEXT[reason.start : reason.end]
    assert len(reason.text.split()) == 12


def test_a_flag_nobody_told_has_no_reasons() -> None:
    assert of_flags([finding("child", Flag.CHILD, 0.8)], [], [look_at(TEXT, {})], TEXT) == {}


def test_a_flag_told_of_the_subject_has_no_offsets_and_quotes_no_word_of_the_body() -> None:
    look = look_at("Please ring me", {}, subject="Press enquiry")
    (reason,) = of_flags([], [Flag.PRESS], [look], "Please ring me")[Flag.PRESS]
    assert (reason.start, reason.end, reason.text) == (-1, -1, "Press enquiry")


def test_the_beginning_of_a_message_is_quoted_with_its_lines_as_they_are() -> None:
    text = "Hello,\n\nI am  from the Example Gazette."
    (reason,) = of_flags([], [Flag.PRESS], [look_at(text, {})], text)[Flag.PRESS]
    assert reason.text == text[reason.start : reason.end] == text


# The whole reader


@pytest.fixture(scope="module", params=[Heed.ALL, Heed.QUICK, Heed.RULES], ids=lambda heed: heed.name)
def reader(request: pytest.FixtureRequest) -> Reader:
    return Reader(RULES, load_policy(RULES), request.param)


@pytest.fixture(scope="module")
def careful() -> Reader:
    return Reader(RULES, load_policy(RULES))


def holds(reason: Reason, script: Script) -> bool:
    if reason.start < 0:
        return reason.end == -1 and " ".join(reason.text.split()) in " ".join(script.subject.split())
    return reason.text == script.text[reason.start : reason.end]


def read(reader: Reader, text: str, subject: str = "") -> tuple[Script, Classification]:
    script = Script(channel=Channel.EMAIL, subject=subject, text=text)
    return script, reader.read(script)


MESSAGES = [
    ("", "Please send me a copy of everything you hold about me, and then delete it all."),
    ("Unsubscribe", ""),
    ("My data", "hi can u tell me wot data u hold on me"),
    ("Delete my account", "As the subject says.\n\nThanks,\nOttoline Quillfeather"),
    ("", "You've spelt my name wrong, it's Siân not Sian.\r\n\r\nAnd stop ringing me!!! 🙂"),
    ("", "I am appalled that you gave my number to a third party without my permission."),
    ("", "I want my data in a machine readable format so I can take it to another provider."),
    ("", "A computer turned me down. I want a human to review the automated decision."),
    (
        "Re: your letter",
        "I asked for my data six weeks ago and you have not replied. My son is nine and you kept his name.",
    ),
    ("Complaint", "I am writing as her solicitor. Please restrict the processing of my client's personal data."),
]


@pytest.mark.parametrize(("subject", "text"), MESSAGES)
def test_every_kind_read_has_a_reason_that_quotes_the_message(reader: Reader, subject: str, text: str) -> None:
    script, verdict = read(reader, text, subject)
    for kind in verdict.kinds:
        assert any(reason.kind is kind for reason in verdict.reasons), kind
    assert all(holds(reason, script) and reason.text and reason.why for reason in verdict.reasons)
    assert {reason.kind for reason in verdict.reasons} <= {*verdict.kinds, *verdict.flags}


@pytest.mark.parametrize(("subject", "text"), MESSAGES)
def test_every_flag_told_has_a_reason(reader: Reader, subject: str, text: str) -> None:
    _, verdict = read(reader, text, subject)
    for flag in set(verdict.flags) - {Flag.NOT_ENGLISH}:
        assert any(reason.kind is flag for reason in verdict.reasons), flag


def test_flags_told_by_rules_have_reasons_under_every_heed(reader: Reader) -> None:
    _, verdict = read(
        reader, "I am writing on behalf of my client. We are solicitors acting for Mrs Quill. Send us her data."
    )
    assert Flag.SOLICITOR in verdict.flags
    assert any(reason.kind is Flag.SOLICITOR and reason.text for reason in verdict.reasons)


WHO = ["The engineer", "My neighbour", "The lady on the phone", "A driver", "The man from the depot", "My brother"]
DID = ["came on the 4th", "left a ladder by the gate", "said the line was fine", "rang twice", "went away in a van"]
THEN = ["and the kettle whistled on", "but nothing came of it", "so I made tea", "and it rained", "which was kind"]
REQUEST = "Please send me a copy of all the personal data you hold about me."


def test_a_request_in_line_forty_of_a_long_mail_is_read_and_quoted_there(reader: Reader) -> None:
    lines = [f"{who} {did} {then}." for then, did, who in product(THEN, DID, WHO)][:80]
    lines[39] = REQUEST
    text = "\n".join(lines)
    script, verdict = read(reader, text, "Broadband")
    assert Kind.ACCESS in verdict.kinds
    where = text.index(REQUEST)
    reasons = [reason for reason in verdict.reasons if reason.kind is Kind.ACCESS]
    assert any(where <= reason.start < reason.end <= where + len(REQUEST) for reason in reasons)
    assert all(holds(reason, script) for reason in reasons)


@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        (Kind.DELETION, "Please delete every record you have of me."),
        (Kind.ACCESS, "Please send me a copy of everything you hold about me."),
        (Kind.OPT_OUT, "Please stop sending me your marketing emails."),
    ],
)
def test_the_model_quotes_the_words_that_ask_and_not_the_talk_around_them(
    careful: Reader, kind: Kind, asked: str
) -> None:
    text = f"My kettle whistles. The cat sleeps by the stove all day.\n\n{asked}\n\nThe garden is lovely this year."
    _, verdict = read(careful, text)
    reasons = [reason for reason in verdict.reasons if reason.kind is kind and reason.witness == "model"]
    assert reasons
    assert reasons[0].start < text.index(asked) + len(asked)
    assert reasons[0].end > text.index(asked)
    assert "kettle" not in reasons[0].text
    assert "garden" not in reasons[0].text


def test_a_message_that_asks_nothing_has_no_reason_for_a_kind(careful: Reader) -> None:
    _, verdict = read(careful, "Is the router in stock? I'd like the black one, delivered on Friday.")
    assert verdict.kinds == ()
    assert not [reason for reason in verdict.reasons if isinstance(reason.kind, Kind)]
