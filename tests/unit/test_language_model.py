"""rules/model as a whole: it is small, it loads, and whatever is wrong with it is said in one clear line."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from triage.domain.classification import Script
from triage.domain.vocabulary import Channel
from triage.errors import RulesWrong
from triage.language.encoder import MOST_WINDOWS, words_of
from triage.language.evidence import CLOSE_FEATURES, COLUMNS, FLAG_FEATURES, FLAGS, LABELS, QUICK_FEATURES
from triage.language.logistic import Logistic
from triage.language.model import (
    ENCODER_FOLDER,
    JUDGED,
    QUICK_FOLDER,
    WEIGHTS_FILE,
    Weights,
    Witnesses,
    load_weights,
    load_witnesses,
    settled,
)
from triage.language.reader import Heed, Reader
from triage.parsing.rules import load_policy

RULES = Path(__file__).resolve().parents[2] / "rules"
MODEL = RULES / "model"
MOST_BYTES = 30_000_000


@pytest.fixture(scope="module")
def witnesses() -> Witnesses:
    return load_witnesses(MODEL)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A copy that may be broken."""
    return Path(shutil.copytree(MODEL, tmp_path / "model"))


def weights(*, below: float = 0.03, above: float = 0.95) -> Weights:
    def none(features: tuple[str, ...], labels: tuple[str, ...]) -> Logistic:
        zeros = np.zeros((len(labels), len(features)))
        return Logistic(
            features=features, labels=labels, weights=zeros, biases=zeros[:, 0], means=zeros, spreads=zeros + 1
        )

    return Weights(
        quick=none(QUICK_FEATURES, JUDGED),
        close=none(CLOSE_FEATURES, JUDGED),
        flags=none(FLAG_FEATURES, FLAGS),
        below=below,
        above=above,
    )


def the_fault(load: Callable[[Path], object], folder: Path) -> str:
    with pytest.raises(RulesWrong) as wrong:
        load(folder)
    (fault,) = wrong.value.faults
    of_the_encoder = "model/encoder: cannot be used, copy it anew"
    assert fault.startswith(("model: cannot be used, run `triage train`: ", of_the_encoder))
    assert len(fault.splitlines()) == 1
    return fault


def test_the_model_is_light_enough_to_be_shipped() -> None:
    assert sum(file.stat().st_size for file in MODEL.rglob("*") if file.is_file()) <= MOST_BYTES


def test_the_model_has_a_card_with_its_texts_figures_and_limits() -> None:
    card = (MODEL / "card.md").read_text(encoding="utf-8")
    assert [f"## {part}" in card for part in ("Texts", "Figures", "Limits")] == [True] * 3


def test_the_shipped_weights_are_for_the_evidence_there_is() -> None:
    loaded = load_weights(MODEL)
    assert (loaded.quick.features, loaded.quick.labels) == (QUICK_FEATURES, JUDGED)
    assert (loaded.close.features, loaded.close.labels) == (CLOSE_FEATURES, JUDGED)
    assert (loaded.flags.features, loaded.flags.labels) == (FLAG_FEATURES, FLAGS)
    assert 0 <= loaded.below < loaded.above <= 1.01


def test_the_close_reading_is_given_as_documented(witnesses: Witnesses) -> None:
    text = "Please delete my data. " * 100
    close, looks = witnesses.close(list(words_of(text, 0, len(text))))
    assert 1 < len(looks) <= MOST_WINDOWS
    assert close.windows.shape == (len(looks), len(COLUMNS))
    assert close.asking.shape == (len(LABELS),)
    assert close.flags.shape == (len(FLAGS),)
    assert max(np.abs(part).max() for part in (close.windows, close.asking, close.flags)) <= 7
    loudest = np.stack([look.asking.max(0) for look in looks]).max(0)
    assert close.asking.max() == pytest.approx(min(7.0, float(loudest.max())))


def test_a_message_without_any_sentence_is_heard_too(witnesses: Witnesses) -> None:
    quick = witnesses.quick([], (), words=0, channel=Channel.EMAIL)
    assert (quick.whole.shape, quick.sentences.shape) == ((len(COLUMNS),), (0, len(COLUMNS)))
    close, looks = witnesses.close([])
    assert (len(looks), close.windows.shape) == (1, (1, len(COLUMNS)))


# When the quick reading suffices


@pytest.mark.parametrize(
    ("scores", "anything", "plain"),
    [
        ([0.99, 0.01], 0.99, True),
        ([0.01, 0.01], 0.01, True),
        ([0.99, 0.98], 0.99, True),
        ([0.99, 0.5], 0.99, False),
        ([0.5, 0.01], 0.5, False),
        ([0.01, 0.01], 0.3, False),
        ([0.03, 0.01], 0.01, False),
        ([0.95, 0.01], 0.95, True),
    ],
)
def test_it_suffices_where_every_label_is_surely_asked_or_surely_not(
    scores: list[float], anything: float, plain: bool
) -> None:
    assert settled(np.asarray([[*scores, anything]]), below=0.03, above=0.95).tolist() == [plain]


def test_with_bounds_nothing_can_meet_everything_is_read_closely() -> None:
    assert not settled(np.asarray([[1.0, 1.0], [0.0, 0.0]]), below=0.0, above=1.01).any()


# What may be wrong with it


@pytest.mark.parametrize(
    "missing",
    [
        QUICK_FOLDER,
        f"{QUICK_FOLDER}/config.cfg",
        ENCODER_FOLDER,
        f"{ENCODER_FOLDER}/encoder.onnx",
        f"{ENCODER_FOLDER}/tokenizer.json",
        f"{ENCODER_FOLDER}/labels.json",
    ],
)
def test_a_missing_witness_is_said(model: Path, missing: str) -> None:
    gone = model / missing
    if gone.is_dir():
        shutil.rmtree(gone)
    else:
        gone.unlink()
    the_fault(load_witnesses, model)


@pytest.mark.parametrize(
    "broken",
    [
        f"{QUICK_FOLDER}/config.cfg",
        f"{QUICK_FOLDER}/textcat_multilabel/model",
        f"{ENCODER_FOLDER}/encoder.onnx",
        f"{ENCODER_FOLDER}/tokenizer.json",
        f"{ENCODER_FOLDER}/labels.json",
    ],
)
@pytest.mark.parametrize(
    "content", [b"", b"{}", b"not at all\nwhat it should be\n\xff"], ids=["empty", "other", "noise"]
)
def test_a_broken_witness_is_said(model: Path, broken: str, content: bytes) -> None:
    (model / broken).write_bytes(content)
    the_fault(load_witnesses, model)


def test_an_encoder_that_was_cut_off_is_said(model: Path) -> None:
    file = model / ENCODER_FOLDER / "encoder.onnx"
    file.write_bytes(file.read_bytes()[:-1_000_000])
    the_fault(load_witnesses, model)


def test_an_encoder_for_other_labels_is_said(model: Path) -> None:
    file = model / ENCODER_FOLDER / "labels.json"
    about = json.loads(file.read_text(encoding="utf-8"))
    about["spoken"].remove("access")
    file.write_text(json.dumps(about), encoding="utf-8")
    assert "access" in the_fault(load_witnesses, model)


def test_missing_weights_are_said(model: Path) -> None:
    (model / WEIGHTS_FILE).unlink()
    assert WEIGHTS_FILE in the_fault(load_weights, model)


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b"null", b"\xff", b'{"quick": {}}', b'{"quick": {"access": 1}}']
)
def test_broken_weights_are_said(model: Path, content: bytes) -> None:
    (model / WEIGHTS_FILE).write_bytes(content)
    the_fault(load_weights, model)


@pytest.mark.parametrize("part", ["quick", "close", "flags", "settled"])
def test_weights_without_one_of_their_parts_are_said(model: Path, part: str) -> None:
    file = model / WEIGHTS_FILE
    told = json.loads(file.read_text(encoding="utf-8"))
    del told[part]
    file.write_text(json.dumps(told), encoding="utf-8")
    assert part in the_fault(load_weights, model)


@pytest.mark.parametrize("part", ["quick", "close", "flags"])
def test_weights_of_an_older_training_for_other_evidence_are_said(model: Path, part: str) -> None:
    file = model / WEIGHTS_FILE
    told = json.loads(file.read_text(encoding="utf-8"))
    for label in told[part].values():
        label["features"] = dict(list(label["features"].items())[1:])
    file.write_text(json.dumps(told), encoding="utf-8")
    assert "other evidence" in the_fault(load_weights, model)


@pytest.mark.parametrize("number", ["NaN", "Infinity"])
def test_weights_that_are_no_numbers_are_said(model: Path, number: str) -> None:
    file = model / WEIGHTS_FILE
    told = json.loads(file.read_text(encoding="utf-8"))
    told["quick"]["access"]["bias"] = float(number)
    file.write_text(json.dumps(told), encoding="utf-8")
    the_fault(load_weights, model)


def test_a_reader_does_not_begin_with_a_broken_model(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    shutil.copytree(RULES / "kinds", rules / "kinds")
    (rules / "model").mkdir()
    with pytest.raises(RulesWrong, match="model/encoder: cannot be used, copy it anew"):
        Reader(rules, load_policy(RULES))
    text = "Please delete my data."
    by_rules = Reader(rules, load_policy(RULES), Heed.RULES)
    assert by_rules.read(Script(channel=Channel.EMAIL, subject="", text=text)).kinds
