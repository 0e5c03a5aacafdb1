"""`python -m bench.evaluation`: the reader beside the baselines, on the validation set. Figures only, never a text."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.evaluation import keywords, table, tfidf
from bench.evaluation.sides import script
from triage.config import find_rules_dir
from triage.domain.classification import Classification
from triage.errors import SettingsWrong
from triage.language.corpus import Example, read_examples
from triage.language.evaluation.left_out import Read, leave_one_writer_out
from triage.language.evaluation.measures import Measures, answers, measure
from triage.language.reader import Reader
from triage.parsing.rules import load_policy

VALIDATION = Path("tests/validation")
MARKDOWN = Path("build/evaluation/baselines.md")


def main() -> int:
    """0 done, 2 a set cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m bench.evaluation", description=__doc__)
    parser.add_argument("--validation", type=Path, metavar="DIR", default=VALIDATION, help=f"default {VALIDATION}")
    parser.add_argument("--corpus", type=Path, metavar="DIR", help="to train the baseline on; default rules/corpus")
    parser.add_argument("--quick", action="store_true", help="leave no writer out; the comparison alone")
    chosen = parser.parse_args()
    rules = find_rules_dir()
    try:
        validation, corpus = read_examples(chosen.validation), read_examples(chosen.corpus or rules / "corpus")
        sides = _sides(rules, corpus)
    except SettingsWrong as wrong:
        print(*wrong.faults, sep="\n", file=sys.stderr)
        return 2
    console = Console(width=None if Console().is_terminal else 200)
    measured: dict[str, Measures] = {}
    for name, read in sides.items():
        with console.status(f"reading: {name}"):
            measured[name] = measure(answers(validation, read))
    parts = [_show(console, f"{len(validation)} validation messages", table.COLUMNS, table.rows(measured))]
    if not chosen.quick:
        with console.status("leaving writers out"):
            left_out = leave_one_writer_out(corpus, tfidf.train)
        title = f"TF-IDF on {len(corpus)} training messages, one writer left out at a time"
        parts.append(_show(console, title, table.WRITER_COLUMNS, table.writer_rows(left_out)))
    MARKDOWN.parent.mkdir(parents=True, exist_ok=True)
    MARKDOWN.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    print(f"as Markdown: {MARKDOWN}")
    return 0


def _sides(rules: Path, corpus: tuple[Example, ...]) -> dict[str, Read]:
    # TODO(reader): once Reader takes heed=, set rules alone and model alone beside the judge, which heeds both.
    reader = Reader(rules, load_policy(rules))
    return {
        "five keyword patterns": keywords.read,
        "TF-IDF + logistic regression": tfidf.train(corpus),
        "judge": _reading(reader),
    }


def _reading(reader: Reader) -> Callable[[Example], Classification]:
    return lambda example: reader.read(script(example))


def _show(console: Console, title: str, columns: tuple[str, ...], cells: list[tuple[str, ...]]) -> str:
    shown = Table(title=title, title_justify="left")
    for at, column in enumerate(columns):
        shown.add_column(column, justify="right" if at else "left")
    for row in cells:
        shown.add_row(*row)
    console.print(shown)
    return f"{title}:\n\n{table.markdown(columns, cells)}"


if __name__ == "__main__":
    sys.exit(main())
