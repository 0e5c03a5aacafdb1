"""What the reader is set beside: the baselines learn and read, and the comparison prints figures alone."""

import json
import shutil
import sys
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from bench.evaluation import __main__ as comparison
from bench.evaluation import keywords, sides, table, tfidf, witnesses
from bench.evaluation.sides import words_of
from triage.domain.classification import Classification
from triage.domain.vocabulary import Channel, Flag, Kind, OtherRight
from triage.language.categoriser import WHOLE, Categoriser
from triage.language.corpus import Example
from triage.language.encoder import Encoder, Look, Word
from triage.language.evaluation.measures import Answer, Measures, measure
from triage.language.evidence import COLUMNS, FLAGS, LABELS
from triage.language.model import Witnesses
from triage.language.rules_file import load_rules
from triage.language.speakers import RuleReader

RULES = Path(__file__).parents[2] / "rules"


def example(text: str, *kinds: Kind, subject: str = "") -> Example:
    return Example(id="m", writer="w", channel=Channel.EMAIL, subject=subject, text=text, kinds=kinds)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Could you send me a copy of all my personal data?", {Kind.ACCESS}),
        ("My surname is spelt wrong.", {Kind.CORRECTION}),
        ("Erase everything about me.", {Kind.DELETION}),
        ("Stop sending me emails!", {Kind.OPT_OUT}),
        ("I wish to complain.", {Kind.COMPLAINT}),
        ("Is the office open on Friday?", set()),
    ],
)
def test_keywords_find_the_textbook_wording(text: str, kinds: set[Kind]) -> None:
    read = keywords.read(example(text))
    assert set(read.kinds) == kinds
    assert {kind for kind, score in read.scores.items() if score == 1.0} == kinds


def test_the_baselines_are_spared_what_others_wrote() -> None:
    mail = "Thanks, all clear.\n\nOn Tue 3 Nov 2026 at 10:12, Desk <desk@firm.example> wrote:\n> please delete my data"
    assert "delete" not in words_of(example(mail, subject="Re: hello"))
    assert keywords.read(example(mail)).kinds == ()


def test_a_text_of_nothing_but_a_quotation_is_read_whole() -> None:
    assert "delete" in words_of(example("> please delete my data"))


def test_tfidf_learns_the_words_of_a_kind_and_leaves_unseen_kinds_alone() -> None:
    taught = [example(f"rub out entry {n}", Kind.DELETION) for n in range(8)]
    taught += [example(f"parking space {n}") for n in range(8)]
    read = tfidf.train(taught)
    assert read(example("rub out this entry")).kinds == (Kind.DELETION,)
    assert read(example("a parking space")).kinds == ()
    assert read(example("rub out this entry")).scores[Kind.ACCESS] == 0.0
    assert tfidf.train(taught)(example("rub it out")) == read(example("rub it out"))


def test_a_markdown_table_has_a_cell_for_every_column() -> None:
    lines = table.markdown(("", "F1"), [("judge", "0.951")]).splitlines()
    assert lines == ["|  | F1 |", "| --- | ---: |", "| judge | 0.951 |"]


class _Heard:
    """A categoriser that scores each passage by its words."""

    labels = COLUMNS

    def scores(self, read: Sequence[Sequence[str]]) -> Any:
        rows = np.full((len(read), len(COLUMNS)), 0.1, dtype=np.float32)
        for row, words in zip(rows, read, strict=True):
            row[COLUMNS.index(Kind.DELETION)] = 0.9 if "erase" in words and words[0] != WHOLE else 0.1
            row[COLUMNS.index(Kind.ACCESS)] = 0.9 if "copy" in words and words[0] == WHOLE else 0.1
            row[COLUMNS.index(Flag.SPAM)] = 0.9
        return rows


class _Looked:
    """An encoder that sees portability in its second window."""

    labels, asked = (*LABELS, *FLAGS), LABELS

    def read(self, words: Sequence[Word], telling: Collection[int] = ()) -> list[Look]:
        windows = [np.full(len(self.labels), -4.0, dtype=np.float32) for _ in range(2)]
        windows[1][self.labels.index(OtherRight.PORTABILITY)] = 2.0
        asking = np.zeros((len(words), len(LABELS)), dtype=np.float32)
        return [Look(words=tuple(words), whole=window, asking=asking) for window in windows]


def trained() -> Witnesses:
    return Witnesses(cast(Categoriser, _Heard()), cast(Encoder, _Looked()))


@pytest.fixture(scope="module")
def speakers() -> RuleReader:
    return RuleReader(load_rules(RULES))


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Good morning. Erase it.", (Kind.DELETION,)),
        ("Good morning. A copy. Erase it.", (Kind.ACCESS, Kind.DELETION)),
        ("Good morning.", ()),
        ("", ()),
    ],
)
def test_the_quick_categoriser_alone_says_what_the_whole_or_any_sentence_says(
    text: str, kinds: tuple[Kind, ...], speakers: RuleReader
) -> None:
    read = witnesses.quick_alone(speakers, trained())(example(text))
    assert read.kinds == kinds
    assert read.request_score == pytest.approx(0.9 if kinds else 0.1, abs=1e-3)
    assert not read.needs_person


def test_the_encoder_alone_says_what_any_window_says(speakers: RuleReader) -> None:
    read = witnesses.encoder_alone(speakers, trained())(example("As a file, please."))
    assert (read.kinds, read.other_rights) == ((Kind.OTHER_RIGHT,), (OtherRight.PORTABILITY,))
    assert read.scores[Kind.OTHER_RIGHT] == pytest.approx(0.881, abs=1e-3)


def test_each_writer_is_read_by_what_learnt_nothing_of_them(
    monkeypatch: pytest.MonkeyPatch, speakers: RuleReader
) -> None:
    learnt: list[set[str]] = []
    monkeypatch.setattr(
        witnesses.categoriser, "train", lambda told: learnt.append({word for one in told for word in one.words})
    )
    monkeypatch.setattr(witnesses, "Categoriser", lambda _: _Heard())
    monkeypatch.setattr(witnesses, "Encoder", lambda _: _Looked())
    names = ("ada", "bob", "cyd")
    corpus = [replace(example(f"Erase it, {name}."), id=name, writer=name) for name in names]
    left_out, groups = witnesses.leave_writers_out(corpus, speakers, Path("nowhere"), groups=2)
    assert groups == 2
    assert [sorted(words.intersection(names)) for words in learnt] == [["bob"], ["ada", "cyd"]]
    assert {writer: one.messages for writer, one in left_out.writers.items()} == dict.fromkeys(names, 1)
    assert left_out.together.messages == 3
    with pytest.raises(ValueError, match="two writers"):
        witnesses.leave_writers_out(corpus[:1], speakers, Path("nowhere"))


def measured(*read: tuple[Kind, ...]) -> Measures:
    """What comes of these readings of a message that asks for deletion."""
    asked, scores = example("Delete it.", Kind.DELETION), dict.fromkeys(Kind, 0.0)
    return measure(
        [
            Answer(
                example=asked,
                read=Classification(kinds=kinds, scores=scores, needs_person=False, request_score=0.0),
            )
            for kinds in read
        ]
    )


def test_the_judge_is_behind_where_a_baseline_is_as_good() -> None:
    half, none = measured((Kind.DELETION,), ()), measured((), ())
    assert comparison.behind({sides.RULES: none, sides.JUDGE: half}) == []
    assert comparison.behind({sides.RULES: half, sides.JUDGE: half}) == [
        "the judge does not beat patterns alone on deletion: 0.667 against 0.667"
    ]


def test_a_perfect_judge_beats_a_perfect_baseline_and_its_own_first_stage_is_none() -> None:
    whole, half = measured((Kind.DELETION,)), measured((Kind.DELETION,), ())
    assert comparison.behind({sides.TFIDF: whole, sides.JUDGE: whole}) == []
    assert comparison.behind({sides.FIRST_STAGE: whole, sides.JUDGE: half}) == []


def test_a_judge_that_reads_a_kind_nobody_asked_for_is_behind_one_that_does_not() -> None:
    wrong, right = measured((Kind.DELETION, Kind.ACCESS)), measured((Kind.DELETION,))
    (line,) = comparison.behind({sides.KEYWORDS: right, sides.JUDGE: wrong})
    assert "on access: 0.000 against 1.000" in line


def test_without_a_judge_nothing_is_behind() -> None:
    assert comparison.behind({sides.RULES: measured(())}) == []


@pytest.fixture
def sets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two small sets, and a rules folder without a model."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(RULES, "rules", ignore=shutil.ignore_patterns("model", "corpus"))
    monkeypatch.setenv("TRIAGE_RULES_DIR", str(tmp_path / "rules"))
    for name in ("corpus", "validation"):
        lines = [
            {"id": f"{name}-{n}", "writer": f"w{n % 2}", "text": text, "kinds": kinds}
            for n, (text, kinds) in enumerate((("Delete my data, walrus.", ["deletion"]), ("Nice walrus!", [])) * 2)
        ]
        Path(f"{name}.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["evaluation", "--validation", "validation.jsonl", *words])
    return comparison.main()


@pytest.mark.usefixtures("sets")
def test_the_comparison_prints_a_row_per_side_and_no_text(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "--corpus", "corpus.jsonl") == 0
    out, _ = capsys.readouterr()
    written = Path("build/evaluation/baselines.md").read_text(encoding="utf-8")
    for side in (sides.KEYWORDS, sides.TFIDF, sides.RULES):
        assert side in out
        assert f"| {side} | " in written
    for side in (sides.QUICK, sides.ENCODER, sides.FIRST_STAGE, sides.JUDGE):
        assert f"missing: {side} (no model/ in the rules folder: `triage train`)" in out
    assert "one writer left out at a time" in written
    assert "walrus" not in out + written


@pytest.mark.usefixtures("sets")
def test_without_a_corpus_the_row_that_learns_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch) == 0
    assert f"missing: {sides.TFIDF} (no corpus)" in capsys.readouterr().out


@pytest.mark.usefixtures("sets")
def test_a_judge_behind_a_baseline_fails_the_comparison(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def nothing(_: Example) -> Classification:
        return Classification(kinds=(), scores=dict.fromkeys(Kind, 0.0), needs_person=False, request_score=0.0)

    monkeypatch.setattr(comparison, "_sides", lambda *_: {sides.KEYWORDS: keywords.read, sides.JUDGE: nothing})
    assert run(monkeypatch, "--comparison") == 1
    assert "the judge does not beat five keyword patterns on deletion: 0.000 against 1.000" in capsys.readouterr().out


def test_a_set_that_cannot_be_read_is_bad_usage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["evaluation", "--validation", str(tmp_path / "none.jsonl")])
    assert comparison.main() == 2
    assert "none.jsonl: cannot be read" in capsys.readouterr().err
