"""`triage train` as its user meets it: a folder of rules with a small corpus, and a model that reads."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.command_line import Ended, triage
from tests.acceptance.running import ROOT
from triage.domain.classification import Script
from triage.domain.vocabulary import Channel, Kind
from triage.language.corpus import read_examples
from triage.language.reader import Heed, Reader
from triage.language.training import beforehand
from triage.parsing.rules import load_policy

RULES = ROOT / "rules"
MESSAGES_A_WRITER = 24
SAID = [
    "Please send me a copy of everything you hold about me, and then delete it all.",
    "hi can u tell me wot data u hold on me",
    "The parcel was open and one of the cups was broken.",
]


@dataclass(frozen=True)
class Training:
    """A folder of rules after a training, and how that ended."""

    rules: Path
    ended: Ended

    @property
    def model(self) -> Path:
        """Where the model lies."""
        return self.rules / "model"


def judged_writers() -> list[Path]:
    """The files of writers of whom it is written down what the encoder said before it learnt them."""
    known = beforehand.read(RULES / "model" / "encoder")
    files = sorted((RULES / "corpus").glob("*.jsonl"))
    return [file for file in files if any(beforehand.key_of(example) in known for example in read_examples(file))]


def copied_rules(folder: Path, *, writers: int = 3) -> Path:
    """The project's rules with the encoder, without the rest of the model, and with some lines of the corpus."""
    rules = folder / "rules"
    shutil.copytree(RULES, rules, ignore=shutil.ignore_patterns("corpus", "quick", "judge.json", "card.md", "local"))
    (rules / "corpus").mkdir()
    for file in judged_writers()[:writers]:
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)[:MESSAGES_A_WRITER]
        (rules / "corpus" / file.name).write_text("".join(lines), encoding="utf-8")
    return rules


def train(rules: Path, *words: str | Path) -> Ended:
    return triage("train", *words, cwd=rules.parent, settings={"TRIAGE_RULES_DIR": str(rules)})


def write_lines(file: Path, *entries: dict[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(json.dumps(entry) + "\n" for entry in entries), encoding="utf-8")


@pytest.fixture(scope="module")
def training(tmp_path_factory: pytest.TempPathFactory) -> Training:
    rules = copied_rules(tmp_path_factory.mktemp("first"))
    return Training(rules, train(rules))


@pytest.fixture(scope="module")
def again(tmp_path_factory: pytest.TempPathFactory) -> Training:
    """The same a second time."""
    rules = copied_rules(tmp_path_factory.mktemp("second"))
    return Training(rules, train(rules))


def test_it_trains_and_prints_the_card(training: Training) -> None:
    assert (training.ended.code, training.ended.err) == (0, "")
    card = (training.model / "card.md").read_text(encoding="utf-8")
    assert card.strip() in training.ended.out
    assert f"{3 * MESSAGES_A_WRITER} messages written for this project by 3 writers" in card
    assert "macro F1" in card


def test_what_it_wrote_is_a_model_that_reads(training: Training) -> None:
    reader = Reader(training.rules, load_policy(training.rules))
    assert reader.heed is Heed.ALL
    verdicts = [reader.read(Script(channel=Channel.EMAIL, subject="", text=text)) for text in SAID]
    assert verdicts[0].scores[Kind.DELETION] > verdicts[2].scores[Kind.DELETION]
    assert verdicts[1].scores[Kind.ACCESS] > verdicts[2].scores[Kind.ACCESS]


def test_training_twice_gives_the_same_file_and_the_same_answers(training: Training, again: Training) -> None:
    for name in ("judge.json", "card.md"):
        assert (training.model / name).read_bytes() == (again.model / name).read_bytes()
    one, other = (Reader(each.rules, load_policy(each.rules)) for each in (training, again))
    for text in SAID:
        script = Script(channel=Channel.EMAIL, subject="", text=text)
        assert one.read(script) == other.read(script)


def test_it_leaves_the_encoder_as_it_was(training: Training) -> None:
    for file in (RULES / "model" / "encoder").iterdir():
        assert (training.model / "encoder" / file.name).read_bytes() == file.read_bytes()


def test_examples_of_the_desks_own_are_taken_in(tmp_path: Path) -> None:
    rules = copied_rules(tmp_path, writers=2)
    entry = {"id": "desk-1", "writer": "desk", "text": "Be so good as to post me my page.", "kinds": ["access"]}
    write_lines(rules / "local" / "corpus" / "ours.jsonl", entry)
    ended = train(rules)
    assert (ended.code, ended.err) == (0, "")
    assert f"{2 * MESSAGES_A_WRITER + 1} messages written for this project by 3 writers" in ended.out


def test_an_example_of_the_desks_own_that_looks_real_is_refused(tmp_path: Path) -> None:
    rules = copied_rules(tmp_path, writers=2)
    # Put together here, so that no real-looking address stands in the project.
    text = "Please delete me, I am " + "ana" + "@" + "customer-mail.co.uk"
    write_lines(rules / "local" / "corpus" / "ours.jsonl", {"id": "desk-1", "text": text, "kinds": ["deletion"]})
    ended = train(rules)
    assert ended.code == 2
    assert "desk-1 holds a mail address" in ended.err
    assert "customer-mail" not in ended.err
    assert not (rules / "model" / "judge.json").exists()


def test_another_corpus_may_be_named(tmp_path: Path, training: Training) -> None:
    rules = copied_rules(tmp_path, writers=0)
    ended = train(rules, "--corpus", training.rules / "corpus")
    assert (ended.code, ended.err) == (0, "")
    assert (rules / "model" / "judge.json").read_bytes() == (training.model / "judge.json").read_bytes()


def test_a_faulty_line_of_the_corpus_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    rules = copied_rules(tmp_path, writers=2)
    faulty = rules / "corpus" / "zz.jsonl"
    write_lines(faulty, {"id": "zz-1", "text": "Hello", "kinds": []}, {"id": "zz-2", "text": "Hi", "kinds": ["acess"]})
    ended = train(rules)
    assert (ended.code, ended.out) == (2, "")
    (fault,) = ended.faults
    assert f"{faulty}:2: " in fault
    assert "'acess'" in fault
    assert not (rules / "model" / "judge.json").exists()


def test_every_fault_of_the_corpus_is_named_at_once(tmp_path: Path) -> None:
    rules = copied_rules(tmp_path, writers=0)
    (rules / "corpus" / "a.jsonl").write_text('not json\n{"id": "a-1", "kinds": []}\n', encoding="utf-8")
    ended = train(rules)
    assert ended.code == 2
    assert [":1: " in ended.faults[0], ":2: " in ended.faults[1]] == [True, True]


def test_an_empty_corpus_is_said(tmp_path: Path) -> None:
    ended = train(copied_rules(tmp_path, writers=0))
    assert (ended.code, ended.out) == (2, "")
    (fault,) = ended.faults
    assert "holds no message" in fault


def test_too_few_writers_are_refused_in_one_clear_line(tmp_path: Path) -> None:
    ended = train(copied_rules(tmp_path, writers=1))
    assert ended.code == 2
    assert ended.faults == ["corpus: the judge needs messages of 2 writers the encoder had not read"]


@pytest.mark.parametrize("gone", ["model/encoder/encoder.onnx", "model/encoder", "model"])
def test_a_missing_encoder_is_said_in_one_clear_line(tmp_path: Path, gone: str) -> None:
    rules = copied_rules(tmp_path, writers=2)
    if (rules / gone).is_dir():
        shutil.rmtree(rules / gone)
    else:
        (rules / gone).unlink()
    ended = train(rules)
    assert (ended.code, ended.out) == (2, "")
    (fault,) = ended.faults
    assert "model" in fault
