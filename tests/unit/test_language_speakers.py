"""Who speaks: forwards, quotes, signatures, footers and our own letters beside the sender's own words."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from triage.domain.classification import Classification, Script
from triage.domain.enquiry import Passage
from triage.domain.policy import Thresholds
from triage.domain.vocabulary import Channel, Kind, Role
from triage.language.reader import Heed, Reader
from triage.parsing.rules import load_policy

RULES = Path(__file__).resolve().parents[2] / "rules"
# The rules alone: where the model stands is no concern of theirs.
POLICY = replace(load_policy(RULES), thresholds=Thresholds(upper=0.80, lower=0.35, look=0.10), kind_thresholds={})


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(RULES, POLICY, Heed.RULES)


def read(reader: Reader, text: str, subject: str = "", roles: Sequence[tuple[Role, str]] = ()) -> Classification:
    """Read `text`, or the parts of `roles` joined, each spoken by its role."""
    passages: list[Passage] = []
    whole = text
    for role, part in roles:
        passages.append(Passage(role=role, start=len(whole), end=len(whole) + len(part)))
        whole += part
    return reader.read(Script(channel=Channel.EMAIL, subject=subject, text=whole, passages=tuple(passages)))


FORWARD = (Role.FORWARDED, "From: Pat\nPlease delete all my data.\n")
QUOTE = (Role.QUOTED, "> Please delete all my data.\n")
OURS = (Role.OUR_LETTER, "> You would like us to delete information about you. Please delete my data.\n")


def test_a_forwarded_request_is_seen_but_left_to_a_person(reader: Reader) -> None:
    verdict = read(reader, "", roles=[(Role.OWN, "This came to sales, can you look after it please?\n"), FORWARD])
    assert verdict.kinds == (Kind.DELETION,)
    assert verdict.sure_kinds == ()
    assert verdict.needs_person


def test_a_thin_note_above_a_quote_lets_the_quote_be_read_for_a_person(reader: Reader) -> None:
    verdict = read(reader, "", roles=[(Role.OWN, "see below\n"), QUOTE])
    assert verdict.kinds == (Kind.DELETION,)
    assert verdict.needs_person


def test_a_quote_below_own_words_asks_nothing(reader: Reader) -> None:
    own = (Role.OWN, "The router you sent us is blinking red and we cannot work.\n")
    verdict = read(reader, "", roles=[own, QUOTE])
    assert verdict.kinds == ()
    # A line drawn wrongly must not hide a request: a person sees that there may be one.
    assert verdict.needs_person


def test_words_taken_for_a_signature_are_never_lost(reader: Reader) -> None:
    own = (Role.OWN, "Hello, this is about the mails that you people keep sending round.\n")
    verdict = read(reader, "", roles=[own, (Role.SIGNATURE, "Thanks\nPlease stop sending me marketing emails\n")])
    assert (verdict.kinds, verdict.needs_person) == ((), True)


def test_a_thank_you_does_not_ask_again_what_it_quotes(reader: Reader) -> None:
    verdict = read(reader, "", subject="Re: delete my data", roles=[(Role.OWN, "Thanks, got it\n"), QUOTE])
    assert verdict.kinds == ()
    assert not verdict.needs_person


@pytest.mark.parametrize("own", ["", "see below\n", "When will the engineer come to us again?\n"])
def test_our_own_letter_quoted_never_makes_a_request(reader: Reader, own: str) -> None:
    assert read(reader, "", roles=[(Role.OWN, own), OURS]).kinds == ()


def test_a_footer_asks_nothing_beside_own_words(reader: Reader) -> None:
    roles = [(Role.OWN, "Here is the quote for the ten laptops.\n"), (Role.FOOTER, "Unsubscribe me. Privacy notice.\n")]
    verdict = read(reader, "", roles=roles)
    assert verdict.kinds == ()
    assert not verdict.needs_person


def test_words_taken_for_a_signature_are_read_when_nothing_else_is_there(reader: Reader) -> None:
    verdict = read(reader, "", roles=[(Role.SIGNATURE, "please delete all my data\nPat Reed")])
    assert verdict.kinds == (Kind.DELETION,)
    assert verdict.needs_person


def test_own_words_around_a_quote_are_both_read(reader: Reader) -> None:
    roles = [(Role.OWN, "Hello again,\n"), QUOTE, (Role.OWN, "Please send me a copy of my data.\n")]
    assert read(reader, "", roles=roles).kinds == (Kind.ACCESS,)
