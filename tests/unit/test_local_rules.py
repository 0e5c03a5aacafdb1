"""The DPO's own examples and patterns lie beside ours, are proved like ours, and never come from a real message."""

import json
from pathlib import Path
from shutil import copytree

import pytest

from triage.__main__ import main
from triage.domain.vocabulary import Kind
from triage.errors import RulesWrong
from triage.language.check import check_rules
from triage.language.corpus import local_examples
from triage.language.rules_file import load_rules
from triage.parsing.rules import load_policy

RULES = Path(__file__).resolve().parents[2] / "rules"
POLICY = load_policy(RULES)

OURS = """
kind = "{kind}"
[[rule]]
name = "{name}"
why = "asks to wipe"
weight = {weight}
phrases = ["wipe .. {{thing}}"]
matches = ["Please wipe my record.", "wipe that {more}"]
must_not_match = ["Wipe the floor.", "My record is long."]
"""
TONGUES = 'english = ["hello"]\nshared = ["no"]\nforeign = ["ich"]\n[request]\nasks = []\nabout = []\nalone = []\n'
EXAMPLE = {
    "id": "own-1",
    "text": "Kindly wipe all my records. Bo, 07700 900123, bo@home.example",
    "kinds": ["deletion"],
}


def rule(*, kind: str = "deletion", name: str = "wipe", weight: float = 0.9, more: str = "record") -> str:
    return OURS.format(kind=kind, name=name, weight=weight, more=more)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small rules folder with an empty overlay."""
    kinds = tmp_path / "kinds"
    kinds.mkdir()
    (tmp_path / "local" / "kinds").mkdir(parents=True)
    (tmp_path / "local" / "corpus").mkdir()
    (kinds / "concepts.toml").write_text('thing = ["record", "{papers}"]\npapers = ["paper"]\n')
    (kinds / "words.toml").write_text('skipped = ["the"]\nreal_words = []\nfunction_words = ["the"]\n[spellings]\n')
    (kinds / "tongues.toml").write_text(TONGUES)
    (kinds / "deletion.toml").write_text(rule())
    return tmp_path


def write(folder: Path, file: str, text: str) -> None:
    (folder / "local" / file).write_text(text, encoding="utf-8")


def faults_of(folder: Path) -> list[str]:
    return check_rules(folder, POLICY)


def test_without_an_overlay_nothing_changes(folder: Path) -> None:
    assert faults_of(folder) == []
    assert local_examples(folder) == ()
    (folder / "local" / "corpus").rmdir()
    assert local_examples(folder) == ()


def test_a_local_rule_of_the_same_name_replaces_ours_in_its_place(folder: Path) -> None:
    (folder / "kinds" / "opt_out.toml").write_text(rule(kind="opt_out", name="stop"))
    write(folder, "kinds/own.toml", rule(weight=0.4) + rule(name="more").partition('"deletion"')[2])
    rules = load_rules(folder).rules
    assert [(one.name, one.weight, one.is_local) for one in rules] == [
        ("wipe", 0.4, True),
        ("stop", 0.9, False),
        ("more", 0.9, True),
    ]
    assert rules[0].place == "local/kinds/own.toml: wipe"
    assert rules[1].place == "kinds/opt_out.toml: stop"


def test_a_local_word_list_is_added_to_ours_and_to_every_list_that_names_it(folder: Path) -> None:
    write(folder, "kinds/concepts.toml", 'papers = ["{ours}"]\nours = ["dossier"]\n')
    write(folder, "kinds/own.toml", rule(more="dossier"))
    assert faults_of(folder) == []


def test_local_rules_prove_their_examples_too(folder: Path) -> None:
    write(folder, "kinds/own.toml", rule(more="dossier"))
    assert faults_of(folder) == ['local/kinds/own.toml: wipe: does not match its example "wipe that dossier"']


@pytest.mark.parametrize(
    ("file", "text", "fault"),
    [
        ("own.toml", "kind = ", "local/kinds/own.toml: cannot be read: "),
        ("own.toml", 'kind = "no"', "local/kinds/own.toml: kind must be one of "),
        ("own.toml", rule() + rule().partition('"deletion"')[2], "local/kinds/own.toml: wipe: the name is used twice"),
        ("words.toml", 'skipped = ["a"]', "local/kinds/words.toml: only word lists and rules of one's own"),
        ("concepts.toml", 'papers = ["{thing}"]', "local/kinds/concepts.toml: papers names {thing}, which names it in"),
        ("concepts.toml", 'mine = ["{none}"]', "local/kinds/concepts.toml: mine names {none}, which is no word list"),
    ],
)
def test_a_fault_of_the_overlay_names_its_place(file: str, text: str, fault: str, folder: Path) -> None:
    write(folder, f"kinds/{file}", text)
    (found,) = faults_of(folder)
    assert found.startswith(fault)


def test_an_example_of_a_rule_that_looks_like_a_real_message_is_refused(folder: Path) -> None:
    real = rule(more="record of ana@somewhere.co.uk")
    write(folder, "kinds/own.toml", real)
    (fault,) = faults_of(folder)
    assert fault.startswith("local/kinds/own.toml: wipe: an example holds a mail address that is not at .example")
    assert fault.endswith("write an invented one; messages are never training data")
    assert "somewhere" not in fault
    (folder / "local" / "kinds" / "own.toml").unlink()
    (folder / "kinds" / "deletion.toml").write_text(real)  # our own are looked at before they are packed
    assert faults_of(folder) == []


def test_local_examples_are_read_for_training(folder: Path) -> None:
    write(folder, "corpus/ours.jsonl", json.dumps(EXAMPLE))
    (example,) = local_examples(folder)
    assert (example.id, example.writer, example.kinds) == ("own-1", "ours", (Kind.DELETION,))


@pytest.mark.parametrize("field", ["text", "subject"])
def test_a_real_looking_example_is_refused_for_training_too(field: str, folder: Path) -> None:
    write(folder, "corpus/ours.jsonl", json.dumps(EXAMPLE | {field: "Ring me on 07911 123456"}))
    with pytest.raises(RulesWrong) as wrong:
        local_examples(folder)
    (fault,) = wrong.value.faults
    assert fault.startswith("local/corpus: own-1 holds a telephone number outside the ranges kept free for drama")
    assert "911" not in fault


def test_rules_check_reads_the_local_corpus(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules = tmp_path / "rules"
    copytree(RULES, rules, ignore=lambda *_: ["corpus", "model"])
    (rules / "local" / "corpus").mkdir(parents=True)
    write(rules, "corpus/ours.jsonl", '{"id": "a"}\n' + json.dumps(EXAMPLE))
    settings = tmp_path / "triage.toml"
    settings.write_text(f'rules_dir = "{rules}"\n')
    assert main(["rules", "check", "--config", str(settings)]) == 1
    assert [line.partition("ours.jsonl")[2] for line in capsys.readouterr().err.splitlines()] == [
        ':1: "text" is missing',
        ':1: "kinds" is missing: [] says that nothing is asked',
    ]


def test_init_fills_up_around_the_local_folder_and_leaves_it_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "rules" / "local" / "corpus" / "ours.jsonl"
    own.parent.mkdir(parents=True)
    own.write_text(json.dumps(EXAMPLE))
    assert main(["init", str(tmp_path)]) == 0
    assert (own.read_text(), (tmp_path / "rules" / "gate.toml").is_file()) == (json.dumps(EXAMPLE), True)
    assert main(["init", str(tmp_path)]) == 2
    assert "rules: is already there, nothing was changed" in capsys.readouterr().err
