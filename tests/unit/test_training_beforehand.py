"""What the encoder said before it learnt a message is written down, found again, and judged by."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.unit.test_training_run import RULES, corpus, reader, run, script
from triage.errors import RulesWrong
from triage.language.encoder import Look, Word
from triage.language.reader import Reader
from triage.language.training import beforehand
from triage.language.training.run import train

__all__ = ["reader"]  # the fixture
ENCODER = RULES / "model" / "encoder"
LABELS = json.loads((ENCODER / "labels.json").read_text(encoding="utf-8"))
KNOWN = LABELS["writers"][0]


def look(number: float) -> Look:
    here = (Word(text="a", start=0, end=1), Word(text="b", start=2, end=3))
    asked, every = len(LABELS["spoken"]), len(LABELS["spoken"]) + len(LABELS["flags"])
    return Look(
        words=here,
        whole=np.full(every, number, dtype=np.float32),
        asking=np.stack([np.full(asked, number), np.full(asked, number + 1)]).astype(np.float32),
    )


def test_what_was_said_of_each_message_is_found_again(tmp_path: Path) -> None:
    one, other, third = corpus("alder")[:3]
    beforehand.write(tmp_path, [(one, [look(1.0), look(2.5)]), (other, [look(-3.0)])])
    told = beforehand.read(tmp_path)
    assert told[beforehand.key_of(one)].whole[:, 0].tolist() == [1.0, 2.5]
    assert told[beforehand.key_of(one)].asking[0] == 3.5
    assert told[beforehand.key_of(other)].whole[:, 0].tolist() == [-3.0]
    assert beforehand.key_of(third) not in told


def test_another_wording_is_another_message(tmp_path: Path) -> None:
    one = corpus("alder")[0]
    beforehand.write(tmp_path, [(one, [look(1.0)])])
    assert beforehand.key_of(replace(one, text=one.text + " Thanks.")) not in beforehand.read(tmp_path)


def test_nothing_written_down_is_nothing_found(tmp_path: Path) -> None:
    assert beforehand.read(tmp_path) == {}


def model_beside(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    shutil.copytree(ENCODER, folder / "encoder")
    (folder / "encoder" / beforehand.FILE).unlink(missing_ok=True)
    return folder


def test_a_message_the_encoder_has_learnt_judges_by_what_was_said_before(tmp_path: Path, reader: Reader) -> None:
    learnt = corpus(KNOWN)
    folder = model_beside(tmp_path)
    beforehand.write(folder / "encoder", [(example, [look(0.5)]) for example in learnt])
    trained = train((*learnt, *corpus("alder", "birch")), reader, folder, script, lambda _: None)
    assert {example.writer for example in trained.examples} == {KNOWN, "alder", "birch"}
    without = run(tmp_path / "other", reader, (*learnt, *corpus("alder", "birch")))
    assert {example.writer for example in without.trained.examples} == {"alder", "birch"}


def test_a_broken_record_is_one_clear_line(tmp_path: Path, reader: Reader) -> None:
    folder = model_beside(tmp_path)
    (folder / "encoder" / beforehand.FILE).write_bytes(b"no archive")
    with pytest.raises(RulesWrong) as wrong:
        train(corpus("alder", "birch"), reader, folder, script, lambda _: None)
    assert wrong.value.faults == ["model/encoder/beforehand.npz: cannot be used: ValueError"]
