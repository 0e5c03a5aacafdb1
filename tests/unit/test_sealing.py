"""What is sealed opens with its key, in its place, unchanged; nothing else opens."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.adapters.key_proof import SEALED_BEGIN
from triage.adapters.sealing import Sealer
from triage.errors import SealBroken

OLD, NEW, OTHER = bytes(range(32)), bytes(range(100, 132)), bytes(range(50, 82))
PLACE, ELSEWHERE = "letter.body", "letter.subject"
sealer = Sealer([NEW])


@given(st.text(st.characters(exclude_categories=("Cs",))))
def test_text_comes_back_as_it_was(text: str) -> None:
    sealed = sealer.seal(PLACE, text)
    assert sealer.open(PLACE, sealed) == text
    assert sealed == "" if not text else sealed.isascii()


@given(st.binary())
def test_bytes_come_back_as_they_were(content: bytes) -> None:
    sealed = sealer.seal(PLACE, content)
    assert sealer.open(PLACE, sealed) == content
    assert not content or sealed.startswith(SEALED_BEGIN)


@given(st.binary(min_size=1, max_size=80), st.data())
def test_with_any_bit_turned_over_it_does_not_open(content: bytes, data: st.DataObject) -> None:
    sealed = bytearray(sealer.seal(PLACE, content))
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(SealBroken):
        sealer.open(PLACE, bytes(sealed))


@given(st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=80), st.data())
def test_with_any_letter_changed_it_does_not_open(text: str, data: st.DataObject) -> None:
    sealed = sealer.seal(PLACE, text)
    at = data.draw(st.integers(0, len(sealed) - 1))
    letter = data.draw(st.characters(max_codepoint=127).filter(lambda one: one != sealed[at]))
    with pytest.raises(SealBroken):
        sealer.open(PLACE, sealed[:at] + letter + sealed[at + 1 :])


@given(st.binary(min_size=1, max_size=60), st.integers(0, 60))
def test_cut_short_it_does_not_open(content: bytes, kept: int) -> None:
    sealed = sealer.seal(PLACE, content)
    with pytest.raises(SealBroken):
        sealer.open(PLACE, sealed[: min(kept + 1, len(sealed) - 1)])


def test_carried_to_another_place_it_does_not_open() -> None:
    with pytest.raises(SealBroken, match=r"^letter\.subject: what stands there does not open"):
        sealer.open(ELSEWHERE, sealer.seal(PLACE, "words"))


def test_what_was_never_sealed_does_not_open() -> None:
    for plain in ("words", "sealed:", "sealed:?", "sealed:" + base64.b64encode(b"x" * 60).decode()):
        with pytest.raises(SealBroken):
            sealer.open(PLACE, plain)
    with pytest.raises(SealBroken):
        sealer.open(PLACE, b"From: ana@customer.example")


def test_the_same_words_are_never_sealed_alike() -> None:
    assert len({sealer.seal(PLACE, "words") for _ in range(50)}) == 50


def test_the_first_key_seals_and_each_of_them_opens() -> None:
    before = Sealer([OLD]).seal(PLACE, "words")
    both = Sealer([NEW, OLD])
    assert both.open(PLACE, before) == "words"
    assert not both.is_newest(before)
    after = both.seal(PLACE, "words")
    assert both.is_newest(after)
    assert both.is_newest(both.seal(PLACE, b"words"))
    assert Sealer([NEW]).open(PLACE, after) == "words"
    for key in (OLD, OTHER):
        with pytest.raises(SealBroken):
            Sealer([key]).open(PLACE, after)


def test_a_broken_seal_says_the_place_and_none_of_the_words() -> None:
    with pytest.raises(SealBroken) as broken:
        sealer.open(PLACE, "the very words")
    assert "words" not in str(broken.value)
    assert broken.value.place == PLACE


def test_each_key_has_a_fingerprint_that_is_no_part_of_it() -> None:
    both = Sealer([NEW, OLD])
    assert both.fingerprints == (*sealer.fingerprints, *Sealer([OLD]).fingerprints)
    assert NEW.hex() not in both.fingerprints[0]
