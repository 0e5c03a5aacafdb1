"""Rules files: they prove their own examples, and every fault in them is named at once."""

from pathlib import Path
from shutil import copytree

import pytest

from triage.domain.vocabulary import Flag, Kind, OtherRight
from triage.errors import RulesWrong
from triage.language.check import check_rules
from triage.language.phrases import PhraseWrong, compile_phrase
from triage.language.rules_file import load_rules, missing_words
from triage.parsing.rules import load_policy

RULES = Path(__file__).resolve().parents[2] / "rules"

GOOD = """
kind = "deletion"
[[rule]]
name = "wipe"
why = "asks to wipe"
weight = 0.9
phrases = ["wipe .. {thing}"]
matches = ["Please wipe my record.", "wipe that record"]
must_not_match = ["Wipe the floor.", "My record is long."]
"""

TONGUES = """
english = ["hello there"]
shared = ["no me"]
foreign = ["ich"]
[request]
asks = ["losch*"]
about = ["daten"]
alone = ["abmelden"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    kinds = tmp_path / "kinds"
    kinds.mkdir()
    (kinds / "concepts.toml").write_text('thing = ["record", "call log"]\n')
    (kinds / "words.toml").write_text('skipped = ["the"]\nreal_words = []\nfunction_words = ["the"]\n[spellings]\n')
    (kinds / "tongues.toml").write_text(TONGUES)
    (kinds / "deletion.toml").write_text(GOOD)
    return tmp_path


def faults_of(folder: Path) -> list[str]:
    return check_rules(folder, load_policy(RULES))


def rewrite(folder: Path, old: str, new: str) -> Path:
    path = folder / "kinds" / "deletion.toml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    return folder


def test_the_shipped_rules_prove_their_own_examples() -> None:
    assert check_rules(RULES, load_policy(RULES)) == []


def test_the_shipped_rules_speak_for_every_kind_right_and_flag() -> None:
    rules = load_rules(RULES).rules
    assert {r.gives for r in rules if r.gives} >= {*Kind, *Flag} - {Flag.NOT_ENGLISH}
    assert {r.other_right for r in rules if r.other_right} == set(OtherRight)


def test_a_good_folder_has_no_faults(folder: Path) -> None:
    assert faults_of(folder) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (
            "Please wipe my record.",
            "Please mend my record.",
            'wipe: does not match its example "Please mend my record."',
        ),
        ("Wipe the floor.", "Wipe the record.", 'wipe: matches what it must not: "Wipe the record."'),
        ('why = "asks to wipe"', "", "wipe: says no why"),
        ('"wipe that record"', '"Please wipe my record."', "wipe: matches says the same twice"),
        (', "wipe that record"', "", "wipe: matches needs at least two sentences"),
        ("weight = 0.9", "weight = 1.5", "wipe: weight must be above 0 and at most 1"),
        ("weight = 0.9", "weight = true", "wipe: weight must be above 0 and at most 1"),
        ("{thing}", "{nothing}", "there is no word list {nothing}"),
        ('"wipe .. {thing}"', '".. the"', "needs no word of its own"),
        ('phrases = ["wipe .. {thing}"]', "phrases = 3", "phrases must be a list of texts"),
        ("weight = 0.9", 'weight = 0.9\ncolour = "red"', "wipe: unknown key colour"),
        ("weight = 0.9", 'weight = 0.9\nother_right = "fly"', "other_right must be one of"),
        ("weight = 0.9", 'weight = 0.9\ncovers = ["fly"]', "covers fly, which is no kind"),
        ("weight = 0.9", 'weight = 0.9\nelsewhere = ["fly"]', "there is no word list {fly}"),
        ("weight = 0.9", 'weight = 0.9\nafter = ["fly"]', "wipe: comes after fly, which is no rule"),
        ('name = "wipe"', "", "deletion.toml: a rule has no name"),
        ('kind = "deletion"', 'kind = "fly"', "kind must be one of"),
        ('kind = "deletion"', 'kind = "flag"', "flag must be one of"),
        ('kind = "deletion"', 'kind = "other_right"', "must name its other_right"),
        ("[[rule]]", "[rule]", "rules must be written as [[rule]]"),
        ("[[rule]]", "[[rule", "cannot be read"),
    ],
)
def test_a_fault_is_named_with_its_file(folder: Path, old: str, new: str, fault: str) -> None:
    found = faults_of(rewrite(folder, old, new))
    assert any(fault in line and line.startswith("kinds/deletion.toml") for line in found), found


def test_every_fault_is_named_at_once(folder: Path) -> None:
    rewrite(folder, 'why = "asks to wipe"', "")
    rewrite(folder, "weight = 0.9", "weight = 2")
    (folder / "kinds" / "opt_out.toml").write_text(GOOD.replace('"deletion"', '"opt_out"'))
    with pytest.raises(RulesWrong) as caught:
        load_rules(folder)
    said = "\n".join(caught.value.faults)
    assert "says no why" in said
    assert "weight must be" in said
    assert "opt_out.toml: wipe: the name is used twice" in said


def test_missing_files_are_faults_not_a_crash(folder: Path) -> None:
    for name in ("concepts.toml", "words.toml", "tongues.toml"):
        (folder / "kinds" / name).unlink()
    assert len([f for f in faults_of(folder) if "cannot be read" in f]) == 3


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("losch*", "los*", "los* is too short for a stem"),
        ("shared =", "partly =", "unknown key partly"),
        ("alone =", "one =", "unknown key one"),
        ('["ich"]', '"ich"', "foreign must be a list of texts"),
        ("[request]", "[[request]]", "request must be a table of lists"),
    ],
)
def test_a_fault_in_the_words_of_other_languages_is_named(folder: Path, old: str, new: str, fault: str) -> None:
    (folder / "kinds" / "tongues.toml").write_text(TONGUES.replace(old, new))
    assert f"kinds/tongues.toml: {fault}" in faults_of(folder)


def test_an_empty_folder_of_rules_is_a_fault(folder: Path) -> None:
    (folder / "kinds" / "deletion.toml").unlink()
    assert faults_of(folder) == ["kinds/*.toml: there are no rules"]


def test_broken_word_lists_are_named(folder: Path) -> None:
    (folder / "kinds" / "concepts.toml").write_text('thing = ["record", "{gone}"]\nother = 3\n')
    (folder / "kinds" / "words.toml").write_text('skipped = ["the"]\nspellings = 3\n')
    said = "\n".join(faults_of(folder))
    assert "thing names {gone}, which is no word list" in said
    assert "other must be a list of texts" in said
    assert "spellings must be a table of texts" in said


def test_a_phrase_with_too_many_variants_is_refused_rather_than_slow() -> None:
    many = tuple((f"a{i}", f"b{i}") for i in range(30))
    with pytest.raises(PhraseWrong, match="900 variants"):
        compile_phrase("{x} {x}", {"x": many}, frozenset())


def test_a_phrase_knows_the_words_without_which_it_cannot_match() -> None:
    phrase = compile_phrase("^ send|give the {x}? .. copy+of $", {"x": (("fine",),)}, frozenset({"the", "of"}))
    assert phrase.needed == (frozenset({("send",), ("give",)}), frozenset({("copy", "of")[:1]}))
    assert phrase.vocabulary >= {"send", "give", "fine", "copy"}


def test_a_dpo_may_add_a_word_to_a_copy_of_the_shipped_rules(tmp_path: Path) -> None:
    copytree(RULES / "kinds", tmp_path / "kinds")
    path = tmp_path / "kinds" / "concepts.toml"
    path.write_text(path.read_text().replace('erase_now = ["delete"', 'erase_now = ["vaporise", "delete"'))
    assert faults_of(tmp_path) == []


def test_a_kind_or_flag_that_no_rule_gives_is_named(tmp_path: Path) -> None:
    kinds = tmp_path / "rules" / "kinds"
    copytree(RULES / "kinds", kinds)
    assert missing_words(load_rules(tmp_path / "rules").rules) == []
    (kinds / "complaint.toml").unlink()
    faults = missing_words(load_rules(tmp_path / "rules").rules)
    assert faults == ["kinds/: no rule gives complaint"]
