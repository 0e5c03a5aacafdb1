"""Training the quick categoriser: it learns what it is told, and the same passages make the same categoriser."""

from pathlib import Path

import numpy as np
import pytest

from triage.domain.vocabulary import Kind
from triage.language.categoriser import Categoriser
from triage.language.evidence import COLUMNS
from triage.language.training.categoriser import train
from triage.language.training.passages import Passage


def told(label: str | None, *texts: str) -> list[Passage]:
    labels = frozenset([label]) if label else frozenset()
    return [Passage(words=tuple(text.split()), labels=labels) for text in texts]


LESSONS = [
    *told(Kind.DELETION, "wipe my records", "please wipe it all", "wipe me from your books", "wipe every trace of me"),
    *told(Kind.ACCESS, "show me my records", "show what you keep", "please show it all", "show me your books"),
    *told(None, "the kettle whistles", "my order is late", "please ring the shop", "it is all late again"),
] * 6
SAID = [["wipe", "that"], ["show", "that"], ["the", "shop", "is", "late"]]


@pytest.fixture(scope="module")
def learnt() -> Categoriser:
    return Categoriser(train(LESSONS))


def test_it_learns_which_words_ask_for_what(learnt: Categoriser) -> None:
    scores = learnt.scores(SAID)
    deletion, access = (scores[:, learnt.labels.index(kind)] for kind in (Kind.DELETION, Kind.ACCESS))
    assert int(deletion.argmax()) == 0
    assert int(access.argmax()) == 1
    assert max(deletion[2], access[2]) < 0.5


def test_it_has_every_column_the_judge_reads(learnt: Categoriser) -> None:
    assert learnt.labels == tuple(COLUMNS)
    never_told = [at for at, label in enumerate(learnt.labels) if label not in (Kind.ACCESS, Kind.DELETION)]
    assert learnt.scores(SAID)[:, never_told].max() < 0.5


def test_the_same_passages_and_seed_give_the_same_scores_to_the_last_digit(learnt: Categoriser) -> None:
    assert (Categoriser(train(LESSONS)).scores(SAID) == learnt.scores(SAID)).all()


def test_another_seed_is_another_training(learnt: Categoriser) -> None:
    other = Categoriser(train(LESSONS, seed=1)).scores(SAID)
    assert (other != learnt.scores(SAID)).any()
    assert (other.argmax(1) == learnt.scores(SAID).argmax(1))[:2].all()


def test_more_epochs_make_it_surer(learnt: Categoriser) -> None:
    hasty = Categoriser(train(LESSONS, epochs=1))
    deletion = learnt.labels.index(Kind.DELETION)
    assert hasty.scores(SAID)[0, deletion] < learnt.scores(SAID)[0, deletion]


def test_what_was_written_to_disk_scores_the_same(tmp_path: Path, learnt: Categoriser) -> None:
    train(LESSONS).to_disk(tmp_path / "quick")
    loaded = Categoriser.load(tmp_path / "quick")
    assert loaded.labels == learnt.labels
    assert (loaded.scores(SAID) == learnt.scores(SAID)).all()
    assert np.isfinite(loaded.scores(SAID)).all()


def test_what_is_shipped_holds_none_of_the_words_it_was_taught(tmp_path: Path) -> None:
    train([*LESSONS, *told(None, "quillfeather ottoline")]).to_disk(tmp_path / "quick")
    assert [f.name for f in (tmp_path / "quick").rglob("*") if f.is_file() and b"quillfeather" in f.read_bytes()] == []
