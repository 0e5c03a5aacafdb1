"""`triage evaluate`: figures, errors, pictures; and two sets held against each other."""

import json
from pathlib import Path

import pytest

from triage.__main__ import main

LINES = (
    {"id": "q-1", "text": "Please send me a copy of all the personal data you hold about me.", "kinds": ["access"]},
    {"id": "q-2", "text": "Unsubscribe me from your newsletter please.", "kinds": ["opt_out"]},
    {"id": "q-3", "text": "The teapot in your lobby has lost its lid.", "kinds": []},
    {
        "id": "q-4",
        "text": "The walrus must sing at dawn.",
        "kinds": ["complaint"],
        "because": {"complaint": ["must sing at dawn"]},
    },
)


@pytest.fixture
def messages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "some.jsonl"
    file.write_text("\n".join(map(json.dumps, LINES)), encoding="utf-8")
    return file


def test_the_report_has_figures_and_every_error(messages: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(messages)]) == 0
    out, _ = capsys.readouterr()
    assert "macro F1 over the five kinds" in out
    assert "q-4: labelled complaint, read none" in out
    assert "asks for complaint: must sing at dawn" in out
    assert "q-1:" not in out
    assert sorted(p.name for p in Path("build/evaluation").iterdir()) == ["confusion.svg", "reliability.svg"]


def test_without_texts_no_message_is_named_or_quoted(messages: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for more in ([], ["--json"], ["--overlap", str(messages)]):
        main(["evaluate", str(messages), "--no-texts", "--picture", "p", *more])
        out, _ = capsys.readouterr()
        assert "walrus" not in out
        assert "sing" not in out.replace("missing", "")
        assert ("q-4" in out) is bool(more[:1] == ["--overlap"])  # the ids of a pair are what one asks for


def test_json_is_one_object_and_pictures_go_where_they_are_asked(
    messages: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", str(messages), "--json", "--picture", "drawn/here"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["messages"] == 4
    assert found["exact"] == {"count": 3, "of": 4, "share": 0.75}
    assert [error["id"] for error in found["errors"]] == ["q-4"]
    assert len(list(Path("drawn/here").iterdir())) == 2
    assert not Path("build").exists()


def test_faults_of_the_file_are_all_named_and_nothing_is_read(
    messages: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    messages.write_text('{"id": "a"}\n{"id": "b", "text": "x", "kinds": ["no"]}\n', encoding="utf-8")
    assert main(["evaluate", str(messages)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert [line.split(": ")[0] for line in err.splitlines()] == [f"{messages}:1", f"{messages}:1", f"{messages}:2"]


def test_a_folder_that_cannot_be_made_is_a_clear_fault(messages: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(messages), "--picture", str(messages)]) == 2
    assert capsys.readouterr().err.startswith(f"--picture {messages}: ")


def test_sets_that_overlap_are_the_thing_that_is_wrong(messages: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = messages.with_name("other.jsonl")
    other.write_text(json.dumps({**LINES[2], "id": "o-1", "text": LINES[2]["text"] + " Sorry!"}), encoding="utf-8")
    assert main(["evaluate", str(messages), "--overlap", str(other)]) == 1
    out, _ = capsys.readouterr()
    assert "q-3" in out
    assert "o-1" in out
    assert "near duplicates between 4 and 1 messages: 1" in out
    assert main(["evaluate", str(messages), "--overlap", str(other), "--json"]) == 1
    (pair,) = json.loads(capsys.readouterr().out)["near_duplicates"]
    assert (pair["id"], pair["other_id"], pair["measure"]) == ("q-3", "o-1", "letters")


def test_sets_apart_from_each_other_are_well(messages: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = messages.with_name("other.jsonl")
    entries = [{"id": f"o-{n}", "text": f"Where is parcel number {n} of mine?", "kinds": []} for n in (1, 2)]
    other.write_text("\n".join(map(json.dumps, entries)), encoding="utf-8")
    assert main(["evaluate", str(messages), "--overlap", str(other)]) == 0
    out, _ = capsys.readouterr()
    assert "100.0% begin with the same 4 words" in out
    assert "where is parcel number" in out
