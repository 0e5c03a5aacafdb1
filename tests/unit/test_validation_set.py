"""The validation set is frozen, and both sets are what docs/labelling.md and the issue promise.

Failures name figures and ids, never a text: whoever mends the reader must not have read what judges it.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from triage.domain.real_looking import real_looking
from triage.domain.vocabulary import Channel, Flag, Kind, OtherRight
from triage.language.corpus import Example, read_examples

ROOT = Path(__file__).resolve().parents[2]
VALIDATION, CORPUS = ROOT / "tests" / "validation", ROOT / "rules" / "corpus"

FROZEN = "fe1b02157c6ac4b01aa10d3f708e47f5c51684191304a26dc3b07fdb176c320a"
FROZEN_MESSAGE = (
    "tests/validation was changed. It judges the reader and is frozen: a change needs a decision record in "
    "docs/decisions/ with its reason and the figures before and after; then the sum in this test is set anew."
)


@pytest.fixture(scope="module")
def validation() -> tuple[Example, ...]:
    return read_examples(VALIDATION)


@pytest.fixture(scope="module")
def corpus() -> tuple[Example, ...]:
    return read_examples(CORPUS)


def checksum(folder: Path) -> str:
    """Over names and bytes of every file, by name."""
    whole = hashlib.sha256()
    for file in sorted(folder.glob("*.jsonl")):
        content = file.read_bytes()
        whole.update(f"{file.name}\0{len(content)}\0".encode())
        whole.update(content)
    return whole.hexdigest()


def too_alike_by_id(examples: Iterable[Example]) -> list[str]:
    """The ids whose subject and text are those of another."""
    seen = Counter((one.channel, one.subject.strip(), " ".join(one.text.lower().split())) for one in examples)
    assert seen.most_common(1)
    return [f"{count} messages are the same" for _, count in seen.items() if count > 1]


def test_the_validation_set_is_frozen() -> None:
    assert checksum(VALIDATION) == FROZEN, FROZEN_MESSAGE


def test_any_change_of_a_name_a_byte_or_a_line_end_breaks_the_seal(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b"one\n")
    (tmp_path / "b.jsonl").write_bytes(b"two\n")
    sums = {checksum(tmp_path)}
    (tmp_path / "b.jsonl").write_bytes(b"two\r\n")
    sums.add(checksum(tmp_path))
    (tmp_path / "b.jsonl").rename(tmp_path / "c.jsonl")
    sums.add(checksum(tmp_path))
    (tmp_path / "a.jsonl").write_bytes(b"")
    (tmp_path / "c.jsonl").write_bytes(b"one\ntwo\r\n")
    sums.add(checksum(tmp_path))
    (tmp_path / "d.jsonl").write_bytes(b"")
    sums.add(checksum(tmp_path))
    assert len(sums) == 5


def test_it_lies_in_no_other_folder_and_in_no_other_form() -> None:
    assert [str(path.relative_to(VALIDATION)) for path in VALIDATION.rglob("*") if path.suffix != ".jsonl"] == []


def test_it_has_five_hundred_messages_by_several_writers(validation: tuple[Example, ...]) -> None:
    assert len(validation) >= 500
    assert len({one.writer for one in validation}) >= 3


def test_a_third_of_it_asks_nothing_and_every_kind_is_asked_often(validation: tuple[Example, ...]) -> None:
    assert sum(not one.kinds for one in validation) >= len(validation) / 3
    kinds = Counter(kind for one in validation for kind in one.kinds)
    assert min(kinds[kind] for kind in Kind) >= 30, kinds
    rights = Counter(right for one in validation for right in one.other_rights)
    assert min(rights[right] for right in OtherRight) >= 5, rights


def test_kinds_are_asked_together_too(validation: tuple[Example, ...]) -> None:
    assert sum(len(one.kinds) > 1 for one in validation) >= 40


def test_every_channel_and_every_flag_is_in_it(validation: tuple[Example, ...]) -> None:
    channels = Counter(one.channel for one in validation)
    assert min(channels[channel] for channel in (Channel.EMAIL, Channel.CHAT, Channel.FORM)) >= 50, channels
    assert {flag for one in validation for flag in one.flags} == set(Flag)


def test_it_goes_from_a_few_words_to_many(validation: tuple[Example, ...]) -> None:
    lengths = sorted(len(one.text.split()) for one in validation)
    assert lengths[5] <= 10
    assert lengths[-1] >= 300


def test_the_corpus_has_enough_messages_by_enough_writers(corpus: tuple[Example, ...]) -> None:
    assert len(corpus) >= 2_500
    assert len({one.writer for one in corpus}) >= 8
    assert sum(not one.kinds for one in corpus) >= len(corpus) / 4
    assert {flag for one in corpus for flag in one.flags} == set(Flag)
    assert {right for one in corpus for right in one.other_rights} == set(OtherRight)


def test_each_writer_has_a_file_of_their_own() -> None:
    for folder in (VALIDATION, CORPUS):
        for file in folder.glob("*.jsonl"):
            assert {one.writer for one in read_examples(file)} == {file.stem}


def test_the_sets_have_no_writer_and_no_id_in_common(
    validation: tuple[Example, ...], corpus: tuple[Example, ...]
) -> None:
    assert {one.writer for one in validation}.isdisjoint(one.writer for one in corpus)
    assert {one.id for one in validation}.isdisjoint(one.id for one in corpus)


def test_no_message_stands_in_both_sets_or_twice_in_the_validation_set(
    validation: tuple[Example, ...], corpus: tuple[Example, ...]
) -> None:
    assert too_alike_by_id(validation) == []
    ours = {one.text.strip().lower(): one.id for one in corpus if len(one.text.split()) > 8}
    assert [one.id for one in validation if one.text.strip().lower() in ours] == []


def test_everybody_in_the_corpus_is_invented(corpus: tuple[Example, ...]) -> None:
    found = {one.id: real_looking(f"{one.subject}\n{one.text}") for one in corpus}
    assert {where: what for where, what in found.items() if what} == {}


def test_everybody_in_the_validation_set_is_invented(validation: tuple[Example, ...]) -> None:
    found = {one.id: real_looking(f"{one.subject}\n{one.text}") for one in validation}
    assert {where: what for where, what in found.items() if what} == {}
