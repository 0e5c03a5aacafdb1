"""`triage train`: quick categoriser and judge anew from the corpus and the local examples. Same input, same scores."""

import argparse
from pathlib import Path

from triage.cli.settings_file import add_config


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--config`, for whose rules; `--corpus`, where the texts lie if not in the rules folder."""
    add_config(parser)
    parser.add_argument("--corpus", type=Path, help="a folder of *.jsonl (default: corpus/ in the rules folder)")
    parser.epilog = (
        "Writes model/ in the rules folder. Takes a few minutes; the desk reads the new model at its next start."
    )


def run(arguments: argparse.Namespace) -> int:
    """Train; 0 done. Raises SettingsWrong where corpus, rules or encoder are missing or wrong."""
    from triage.cli.reading import script_of
    from triage.config import rules_dir
    from triage.domain.classification import Script
    from triage.language.corpus import Example, local_examples, read_examples
    from triage.language.reader import MODEL_FOLDER, Heed, Reader
    from triage.language.training.card import write_card
    from triage.language.training.run import train
    from triage.parsing.rules import load_policy

    def script(example: Example) -> Script:
        return script_of(channel=example.channel, subject=example.subject, text=example.text)

    rules = rules_dir(arguments.config)
    policy = load_policy(rules)
    examples = (*read_examples(arguments.corpus or rules / "corpus"), *local_examples(rules))
    trained = train(examples, Reader(rules, policy, Heed.RULES), rules / MODEL_FOLDER, script, print)
    print(write_card(trained, examples, policy, rules / MODEL_FOLDER))
    return 0
