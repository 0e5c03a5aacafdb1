"""`python -m bench.evaluation`: the reader beside the baselines, on the validation set. Figures only, never a text.

Ends with 1 where the judge does not beat every baseline on every kind.
"""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.evaluation import keywords, sides, table, tfidf, witnesses
from bench.evaluation.sides import script
from triage.config import rules_dir
from triage.errors import SettingsWrong
from triage.language.corpus import Example, read_examples
from triage.language.evaluation.left_out import Read, leave_one_writer_out
from triage.language.evaluation.measures import Measures, answers, measure
from triage.language.model import load_witnesses
from triage.language.reader import MODEL_FOLDER, Heed, Reader
from triage.language.rules_file import load_rules
from triage.language.speakers import RuleReader
from triage.parsing.rules import load_policy

VALIDATION = Path("tests/validation")
MARKDOWN = Path("build/evaluation/baselines.md")


def main() -> int:
    """0 the judge is ahead everywhere, or is not there; 1 it is not ahead; 2 sets, rules or model cannot be read."""
    chosen = _arguments()
    console = Console(width=None if Console().is_terminal else 220)
    try:
        rules = rules_dir()
        validation, corpus = read_examples(chosen.validation), _corpus(chosen.corpus, rules)
        with console.status("learning and loading"):
            readers = _sides(rules, corpus)
    except SettingsWrong as wrong:
        print(*wrong.faults, sep="\n", file=sys.stderr)
        return 2
    measured: dict[str, Measures] = {}
    for name, read in readers.items():
        with console.status(f"reading: {name}"):
            measured[name] = measure(answers(validation, read))
    parts = [_show(console, f"{len(validation)} validation messages", table.COLUMNS, table.rows(measured))]
    beaten = behind(measured)
    for line in (*_missing(measured), *beaten):
        parts.append(line)
        print(line)
    if corpus and not chosen.comparison:
        parts += _left_out(console, corpus, rules)
    MARKDOWN.parent.mkdir(parents=True, exist_ok=True)
    MARKDOWN.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    print(f"as Markdown: {MARKDOWN}")
    return 1 if beaten else 0


def behind(measured: Mapping[str, Measures]) -> list[str]:
    """Where the judge does not beat a baseline: one line each. None where there is no judge."""
    if sides.JUDGE not in measured:
        return []
    judge = _f1s(measured[sides.JUDGE])
    return [
        f"the judge does not beat {name} on {kind}: {judge[kind]:.3f} against {other:.3f}"
        for name in sides.BASELINES
        if name in measured
        for kind, other in _f1s(measured[name]).items()
        if judge[kind] <= other and judge[kind] < 1.0
    ]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.evaluation", description=__doc__)
    parser.add_argument("--validation", type=Path, metavar="DIR", default=VALIDATION, help=f"default {VALIDATION}")
    parser.add_argument("--corpus", type=Path, metavar="DIR", help="to train the baselines on; default rules/corpus")
    parser.add_argument("--comparison", action="store_true", help="leave no writer out; the comparison alone")
    return parser.parse_args()


def _corpus(given: Path | None, rules: Path) -> tuple[Example, ...]:
    """Empty where none was named and the rules folder holds none."""
    folder = given or rules / "corpus"
    return read_examples(folder) if given or any(folder.glob("*.jsonl")) else ()


def _sides(rules: Path, corpus: tuple[Example, ...]) -> dict[str, Read]:
    """What can be compared here, in the order of the table."""
    policy = load_policy(rules)
    by_rules = Reader(rules, policy, Heed.RULES)
    found: dict[str, Read] = {sides.KEYWORDS: keywords.read, sides.RULES: _reading(by_rules)}
    if corpus:
        found[sides.TFIDF] = tfidf.train(corpus)
    if (rules / MODEL_FOLDER).is_dir():
        trained = load_witnesses(rules / MODEL_FOLDER)
        found[sides.QUICK] = witnesses.quick_alone(by_rules.rule_reader, trained)
        found[sides.ENCODER] = witnesses.encoder_alone(by_rules.rule_reader, trained)
        found[sides.FIRST_STAGE] = _reading(Reader(rules, policy, Heed.QUICK))
        found[sides.JUDGE] = _reading(Reader(rules, policy, Heed.ALL))
    return {name: found[name] for name in sides.EVERY if name in found}


def _missing(measured: Mapping[str, Measures]) -> list[str]:
    """The rows that are not there, and why."""
    without = f"no {MODEL_FOLDER}/ in the rules folder: `triage train`"
    return [
        f"missing: {name} ({'no corpus' if name == sides.TFIDF else without})"
        for name in sides.EVERY
        if name not in measured
    ]


def _left_out(console: Console, corpus: tuple[Example, ...], rules: Path) -> list[str]:
    if len({example.writer for example in corpus}) < 2:
        return []
    with console.status("leaving writers out: TF-IDF"):
        left_out = leave_one_writer_out(corpus, tfidf.train)
    title = f"TF-IDF on {len(corpus)} training messages, one writer left out at a time"
    parts = [_show(console, title, table.WRITER_COLUMNS, table.writer_rows(left_out))]
    if (rules / MODEL_FOLDER).is_dir():
        with console.status("leaving writers out: quick categoriser"):
            speakers = RuleReader(load_rules(rules))
            left_out, groups = witnesses.leave_writers_out(corpus, speakers, rules / MODEL_FOLDER)
        title = f"quick categoriser alone, the same messages, the writers left out in {groups} groups"
        parts.append(_show(console, title, table.WRITER_COLUMNS, table.writer_rows(left_out)))
    return parts


def _reading(reader: Reader) -> Read:
    return lambda example: reader.read(script(example))


def _f1s(measures: Measures) -> dict[str, float]:
    """A kind nobody asked for and nothing read is read perfectly."""
    return {found.name: 1.0 if found.f1 is None else found.f1 for found in measures.summary.kinds}


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
