"""`triage train`: quick categoriser and judge anew from the corpus and the local examples. Same input, same scores."""

import argparse
import os
from pathlib import Path

from triage.cli.settings_file import add_config


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--config`, for whose rules; `--corpus`, where the texts lie if not in the rules folder."""
    add_config(parser)
    parser.add_argument(
        "--corpus",
        type=Path,
        metavar="DIR",
        help="invented messages, *.jsonl (default: corpus/ in the rules folder); those in local/corpus/ are taken "
        "as well",
    )
    parser.epilog = (
        "When to use it: after you have written examples into local/corpus/ of the rules folder. Patterns of your own "
        "in local/kinds/ count without it. No message that reached the desk is ever learnt from. Writes quick/, "
        "judge.json and card.md into model/ of the rules folder, over what is there: keep a copy if you want to go "
        "back. The encoder in model/encoder stays as it is. Takes some minutes and ends by printing the card: what was "
        "learnt from, how well it reads, and the thresholds it advises for policy.toml. The desk reads the new model "
        "at its next start. How an example is written: docs/labelling.md; what is trained: docs/reader.md. Exit codes: "
        "0 done; 2 corpus, rules or encoder are missing or wrong, each fault named."
    )


def run(arguments: argparse.Namespace) -> int:
    """Train; 0 done. Raises SettingsWrong where corpus, rules or encoder are wrong or the model cannot be written."""
    from triage.cli.reading import script_of
    from triage.config import rules_dir
    from triage.domain.classification import Script
    from triage.errors import SettingsWrong
    from triage.language.corpus import Example, local_examples, read_examples
    from triage.language.reader import MODEL_FOLDER, Heed, Reader
    from triage.language.training.card import write_card
    from triage.language.training.run import train
    from triage.parsing.rules import load_policy

    def script(example: Example) -> Script:
        return script_of(channel=example.channel, subject=example.subject, text=example.text)

    rules = rules_dir(arguments.config)
    folder = rules / MODEL_FOLDER
    if folder.is_dir() and not os.access(folder, os.W_OK):  # said now, not after minutes of training
        raise SettingsWrong([f"{folder}: cannot be written to; triage init makes a rules folder of your own"])
    policy = load_policy(rules)
    examples = (*read_examples(arguments.corpus or rules / "corpus"), *local_examples(rules))
    trained = train(examples, Reader(rules, policy, Heed.RULES), folder, script, print)
    print(write_card(trained, examples, policy, folder))
    return 0
