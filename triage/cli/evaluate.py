"""`triage evaluate`: labelled messages in, figures and every error out. Stores nothing but the pictures.

With --drift no messages are needed: the figures are of what the desk itself has read (evaluate_drift.py).
"""

import argparse
from pathlib import Path

from triage.cli import evaluate_drift
from triage.cli.output import print_json, print_table
from triage.cli.reading import open_reader, script_of
from triage.cli.settings_file import add_config
from triage.cli.terminal import harmless_line
from triage.errors import SettingsWrong

PICTURES = Path("build/evaluation")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The messages, and what to say of them."""
    add_config(parser)
    parser.add_argument(
        "file",
        type=Path,
        nargs="?",
        metavar="FILE",
        help="labelled messages (docs/labelling.md), *.jsonl, or a folder of such files",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument(
        "--picture",
        type=Path,
        metavar="DIR",
        default=PICTURES,
        help=f"where the pictures go, how scores come true and what is taken for what; default {PICTURES}",
    )
    parser.add_argument(
        "--no-texts",
        action="store_true",
        help="figures only, no message named or quoted: for a validation set, whose texts must not be looked at by "
        "whoever writes rules or training messages",
    )
    parser.add_argument(
        "--overlap",
        type=Path,
        metavar="OTHER",
        help="do not run the reader: look for near duplicates between FILE and OTHER, another such file or folder, and "
        "for openings shared within OTHER",
    )
    parser.add_argument(
        "--drift",
        action="store_true",
        help="no FILE: from the desk's database, by month, how often it was unsure, its scores, and what people "
        "corrected",
    )
    parser.epilog = (
        'A line of FILE: {"id": "a-1", "text": "pls wipe my account", "kinds": ["deletion"]}. Stores nothing but the '
        "pictures. A request is missed where no kind was read and no person is asked to look. Precision is the share "
        "of what was read that is right, recall the share of what is asked that was read, F1 the two in one. Exit "
        "codes: 0 done, whatever the figures; 1 --overlap found near duplicates; 2 a file cannot be read."
    )


def run(arguments: argparse.Namespace) -> int:
    """0 done; 1 the sets hold near duplicates; 2 a file cannot be read (every fault named)."""
    if arguments.drift is (arguments.file is not None):
        raise SettingsWrong(["give a FILE of labelled messages, or --drift without one"])
    if arguments.drift and arguments.overlap is not None:
        raise SettingsWrong(["--overlap compares files of messages, --drift looks at the desk's database: give one"])
    if arguments.drift:
        return evaluate_drift.run(arguments)
    if arguments.overlap is not None:
        return _overlap(arguments)
    from triage.language.corpus import read_examples
    from triage.language.evaluation.measures import answers, measure
    from triage.language.evaluation.pictures import draw
    from triage.language.evaluation.report import as_json, error_lines, sheets

    examples = read_examples(arguments.file)
    reader = open_reader(arguments.config)
    given = answers(
        examples, lambda one: reader.read(script_of(channel=one.channel, subject=one.subject, text=one.text))
    )
    measures = measure(given)
    try:
        drawn = draw(measures, arguments.picture)
    except OSError as error:
        raise SettingsWrong([f"--picture {arguments.picture}: {error.strerror}"]) from error
    if arguments.json:
        print_json(as_json(measures, None if arguments.no_texts else given))
        return 0
    for sheet in sheets(measures):
        print_table(sheet.title, sheet.columns, sheet.rows)
    if not arguments.no_texts:
        print(*map(harmless_line, error_lines(given)), sep="\n")
    print(*(f"drawn: {path}" for path in drawn), sep="\n")
    return 0


def _overlap(arguments: argparse.Namespace) -> int:
    from triage.language.corpus import read_examples
    from triage.language.evaluation.overlap import OPENING_WORDS, near_duplicates, openings

    ones, others = read_examples(arguments.file), read_examples(arguments.overlap)
    pairs, heads = near_duplicates(ones, others), openings(others)
    commonest = () if arguments.no_texts else heads.commonest
    if arguments.json:
        print_json(
            {
                "near_duplicates": [
                    {"id": p.one, "other_id": p.other, "measure": p.measure, "likeness": p.likeness} for p in pairs
                ],
                "openings": {
                    "messages": heads.messages,
                    "shared": heads.shared,
                    "commonest": [{"words": words, "messages": count} for words, count in commonest],
                },
            }
        )
        return 1 if pairs else 0
    rows = [(p.one, p.other, p.measure, f"{p.likeness:.2f}") for p in pairs]
    if rows:
        print_table("Near duplicates", (str(arguments.file), str(arguments.overlap), "by runs of", "likeness"), rows)
    print(f"near duplicates between {len(ones)} and {len(others)} messages: {len(pairs)}")
    share = heads.shared / heads.messages
    print(f"{arguments.overlap}: {share:.1%} begin with the same {OPENING_WORDS} words as another message")
    if commonest:
        print_table("Commonest openings", ("words", "messages"), [(words, str(count)) for words, count in commonest])
    return 1 if pairs else 0
