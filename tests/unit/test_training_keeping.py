"""The model on disk is of one training, whatever happens while another one is written."""

from pathlib import Path

import pytest
import spacy

from triage.language.training.keeping import keep

OLD = "the old ones"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "quick").mkdir()
    (tmp_path / "quick" / "meta.json").write_text(OLD)
    (tmp_path / "judge.json").write_text(OLD)
    return tmp_path


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def test_a_training_takes_the_place_of_the_last_one(folder: Path) -> None:
    keep(folder, spacy.blank("en"), {"close": 1})
    assert spacy.load(folder / "quick").lang == "en"
    assert (folder / "judge.json").read_text() == '{\n "close": 1\n}\n'
    assert names(folder) == ["judge.json", "quick"]


def test_the_first_training_finds_an_empty_place(tmp_path: Path) -> None:
    keep(tmp_path, spacy.blank("en"), {})
    assert names(tmp_path) == ["judge.json", "quick"]


def test_where_the_new_one_cannot_be_written_the_old_one_stays(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OSError, match="full"):
        keep(folder, spacy.blank("en"), {})
    assert (folder / "judge.json").read_text() == OLD
    assert (folder / "quick" / "meta.json").read_text() == OLD
    assert names(folder) == ["judge.json", "quick"]


@pytest.mark.parametrize("fails_at", [1, 2, 3])
def test_stopped_halfway_there_are_no_weights_to_go_with_another_categoriser(
    folder: Path, fails_at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    renamed, rename = 0, Path.rename

    def failing(path: Path, to: Path) -> Path:
        nonlocal renamed
        renamed += 1
        if renamed == fails_at:
            raise OSError("stopped")
        return rename(path, to)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OSError, match="stopped"):
        keep(folder, spacy.blank("en"), {})
    assert not (folder / "judge.json").exists()
