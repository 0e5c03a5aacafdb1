"""Labelled messages, read from files: what is taken, and what is named when it is wrong."""

import json
from pathlib import Path

import pytest

from triage.domain.vocabulary import Channel, Flag, Kind, OtherRight
from triage.errors import RulesWrong
from triage.language.corpus import Example, read_examples


def line(**entry: object) -> bytes:
    whole = {"id": "a-1", "writer": "a", "channel": "chat", "subject": "", "text": "hello there", "kinds": [], **entry}
    return json.dumps({key: value for key, value in whole.items() if value is not ...}).encode() + b"\n"


def faults_of(path: Path) -> list[str]:
    with pytest.raises(RulesWrong) as wrong:
        read_examples(path)
    return wrong.value.faults


def test_a_line_becomes_an_example_and_unknown_keys_are_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(
        b"\xef\xbb\xbf"
        + line(
            text="Ship my stuff to my new host. My boy is 8.",
            kinds=["other_right", "access"],
            other_rights=["portability"],
            flags=["child"],
            because={"access": ["Ship my stuff"], "other_right": ["to my new host"]},
            unsure=True,
            mood="calm",
        )
        + b"  \r\n"
    )
    assert read_examples(file) == (
        Example(
            id="a-1",
            writer="a",
            channel=Channel.CHAT,
            subject="",
            text="Ship my stuff to my new host. My boy is 8.",
            kinds=(Kind.ACCESS, Kind.OTHER_RIGHT),
            other_rights=(OtherRight.PORTABILITY,),
            flags=(Flag.CHILD,),
            because={Kind.ACCESS: ("Ship my stuff",), Kind.OTHER_RIGHT: ("to my new host",)},
            unsure=True,
        ),
    )


def test_a_bare_line_is_a_mail_by_the_writer_its_file_is_named_after(tmp_path: Path) -> None:
    (tmp_path / "brenda.jsonl").write_bytes(line(writer=..., channel=..., subject=...))
    (example,) = read_examples(tmp_path)
    assert (example.writer, example.channel, example.subject) == ("brenda", Channel.EMAIL, "")


def test_a_folder_gives_its_jsonl_files_by_name_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "b.jsonl").write_bytes(line(id="b-1"))
    (tmp_path / "a.jsonl").write_bytes(line(id="a-1") + line(id="a-2"))
    (tmp_path / "notes.txt").write_bytes(b"not for reading")
    assert [example.id for example in read_examples(tmp_path)] == ["a-1", "a-2", "b-1"]


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ({"id": ...}, '"id" is missing'),
        ({"id": "  "}, '"id" is empty'),
        ({"id": 7}, '"id" must be a text'),
        ({"text": ...}, '"text" is missing'),
        ({"writer": ""}, '"writer" is empty'),
        ({"channel": "fax"}, "\"channel\" 'fax' is none of email, chat"),
        ({"kinds": ...}, '"kinds" is missing'),
        ({"kinds": "access"}, '"kinds" must be a list of words'),
        ({"kinds": ["erasure"]}, "\"kinds\" holds 'erasure', which is none of access"),
        ({"kinds": ["access", "access"]}, '"kinds" says a word twice'),
        ({"kinds": ["other_right"]}, '"kinds" holds other_right exactly when'),
        ({"other_rights": ["consent"]}, '"kinds" holds other_right exactly when'),
        ({"flags": ["angry"]}, "\"flags\" holds 'angry'"),
        ({"because": ["hello"]}, '"because" must be an object'),
        ({"because": {"access": ["hello"]}}, "\"because\" speaks of 'access', which is not among"),
        ({"kinds": ["access"], "because": {"access": "hello"}}, '"because" of access must be a list of texts'),
        ({"kinds": ["access"], "because": {"access": ["Hello"]}}, "quotes words that are not there: 'Hello'"),
        ({"kinds": ["access"], "because": {"access": [""]}}, "quotes words that are not there"),
        ({"unsure": "yes"}, '"unsure" must be true or false'),
    ],
)
def test_what_is_wrong_with_a_line_is_said(tmp_path: Path, entry: dict[str, object], fault: str) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(line(id="fine") + line(**entry))
    (said,) = faults_of(file)
    assert said.startswith(f"{file}:2: ")
    assert fault in said


@pytest.mark.parametrize("raw", [b"{half", b"\xff\n", b"[1]\n", b"[" * 100_000])
def test_a_line_that_is_no_object_is_named(tmp_path: Path, raw: bytes) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(raw)
    (said,) = faults_of(file)
    assert said.startswith(f"{file}:1: not ")


def test_words_quoted_from_the_subject_count(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(line(subject="Please forget me", kinds=["deletion"], because={"deletion": ["forget me"]}))
    assert len(read_examples(file)) == 1


def test_every_fault_of_every_file_is_named_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(line() + line(kinds=["x"], unsure=1))
    (tmp_path / "b.jsonl").write_bytes(b"\n" + line() + b"oops\n")
    said = faults_of(tmp_path)
    places = [fault.split(": ")[0].removeprefix(f"{tmp_path}/") for fault in said]
    assert places == ["a.jsonl:2", "a.jsonl:2", "b.jsonl:2", "b.jsonl:3"]
    assert f"\"id\" 'a-1' is already at {tmp_path}/a.jsonl:1" in said[2]


def test_a_file_that_is_not_there_and_a_folder_without_messages_are_said(tmp_path: Path) -> None:
    assert "cannot be read" in faults_of(tmp_path / "none.jsonl")[0]
    assert "holds no message" in faults_of(tmp_path)[0]
