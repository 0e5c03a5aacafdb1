"""`triage classify`: JSON lines in, JSON lines out, in the same order."""

import argparse
import io
import json
import sys
from collections.abc import Callable

import pytest

from triage.cli import classify

Run = Callable[[bytes], tuple[int, list[dict[str, object]], str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def with_input(raw: bytes) -> tuple[int, list[dict[str, object]], str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8"))
        parser = argparse.ArgumentParser()
        classify.add_arguments(parser)
        code = classify.run(parser.parse_args([]))
        out, err = capsys.readouterr()
        return code, [json.loads(line) for line in out.splitlines()], err

    return with_input


def line(**entry: object) -> bytes:
    return json.dumps({"id": "1", "channel": "email", "subject": "", "text": "", **entry}).encode() + b"\n"


def test_an_answer_has_exactly_the_keys_of_the_contract(run: Run) -> None:
    text = "Hello. Please export my data and send it to my new provider. My son is 9."
    code, (answer,), err = run(line(id="a7", text=text))
    assert (code, err) == (0, "")
    assert list(answer) == [
        "id",
        "kinds",
        "scores",
        "needs_person",
        "request_score",
        "reasons",
        "other_rights",
        "flags",
        "language",
    ]
    assert answer["id"] == "a7"
    assert answer["kinds"] == ["access", "other_right"]
    assert answer["other_rights"] == ["portability"]
    assert set(answer["scores"]) == {"access", "correction", "deletion", "opt_out", "complaint", "other_right"}  # type: ignore[call-overload]
    assert "child" in answer["flags"]  # type: ignore[operator]
    for reason in answer["reasons"]:  # type: ignore[attr-defined]
        assert list(reason) in (["kind", witness, "start", "end", "text"] for witness in ("rule", "model"))
        assert text[reason["start"] : reason["end"]] == reason["text"]


def test_answers_come_in_the_order_of_the_questions_past_blank_lines_and_a_bom(run: Run) -> None:
    raw = b"\xef\xbb\xbf" + line(id="1", text="unsubscribe") + b"\n  \r\n" + line(id="2", text="delete my data")
    code, answers, _ = run(raw)
    assert code == 0
    assert [(a["id"], a["kinds"]) for a in answers] == [("1", ["opt_out"]), ("2", ["deletion"])]


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (b"{nonsense\n", "not JSON"),
        (b"\xff\xfe\n", "not JSON"),
        (b"[1]\n", "not a JSON object"),
        (line(text=3), '"text" must be a text'),
        (line(channel="pigeon"), '"channel" must be one of email, chat'),
        (b'{"channel": "email", "text": "hi"}\n', '"id" must be a text'),
        (b"[" * 100_000 + b"\n", "not JSON"),
    ],
)
def test_a_broken_line_is_named_and_the_others_are_answered(run: Run, broken: bytes, why: str) -> None:
    code, answers, err = run(line(id="1") + broken + line(id="3", text="delete my data"))
    assert code == 2
    assert [a["id"] for a in answers] == ["1", "3"]
    assert err.startswith("line 2: ")
    assert why in err
    assert len(err.splitlines()) == 1


def test_a_left_out_subject_or_channel_is_taken_for_an_empty_one(run: Run) -> None:
    code, (answer,), _ = run(b'{"id": "1", "subject": null, "text": "delete my data"}\n')
    assert (code, answer["kinds"]) == (0, ["deletion"])


def test_quoted_words_do_not_ask(run: Run) -> None:
    text = "The router is blinking red again, who can help us here?\n\n> Please delete all my data\n"
    _, (answer,), _ = run(line(text=text))
    assert answer["kinds"] == []


def test_nothing_in_nothing_out(run: Run) -> None:
    assert run(b"") == (0, [], "")


def test_lone_surrogates_survive_the_way_through(run: Run) -> None:
    code, (answer,), _ = run(b'{"id": "\\ud83d", "channel": "chat", "subject": "", "text": "delete my data \\ud83d"}\n')
    assert (code, answer["id"]) == (0, "\ud83d")
