"""What the reader is set beside: the baselines learn and read, and the comparison prints figures alone."""

import json
import sys
from pathlib import Path

import pytest

from bench.evaluation import __main__ as comparison
from bench.evaluation import keywords, table, tfidf
from bench.evaluation.sides import words_of
from triage.domain.vocabulary import Channel, Kind
from triage.language.corpus import Example


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


def test_the_comparison_prints_a_row_per_side_and_no_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("corpus", "validation"):
        lines = [
            {"id": f"{name}-{n}", "writer": f"w{n % 2}", "text": text, "kinds": kinds}
            for n, (text, kinds) in enumerate((("Delete my data, walrus.", ["deletion"]), ("Nice walrus!", [])) * 2)
        ]
        Path(f"{name}.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    words = ["evaluation", "--validation", "validation.jsonl", "--corpus", "corpus.jsonl", "--quick"]
    monkeypatch.setattr(sys, "argv", words)
    assert comparison.main() == 0
    out, _ = capsys.readouterr()
    written = Path("build/evaluation/baselines.md").read_text(encoding="utf-8")
    for side in ("five keyword patterns", "TF-IDF + logistic regression", "judge"):
        assert side in out
        assert f"| {side} | " in written
    assert "walrus" not in out + written


def test_a_set_that_cannot_be_read_is_bad_usage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["evaluation", "--validation", str(tmp_path / "none.jsonl")])
    assert comparison.main() == 2
    assert "none.jsonl: cannot be read" in capsys.readouterr().err
