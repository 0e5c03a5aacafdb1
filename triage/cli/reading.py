"""What the commands that read loose texts share: the configured reader, and a text as the reader takes it."""

from pathlib import Path
from typing import TYPE_CHECKING

from triage.config import rules_dir
from triage.domain.classification import Script
from triage.domain.vocabulary import Channel

if TYPE_CHECKING:
    from triage.language.reader import Reader


def open_reader(config: Path | None) -> "Reader":
    """The reader of the configured rules folder. Raises SettingsWrong."""
    from triage.language.reader import Reader
    from triage.parsing.rules import load_policy

    rules = rules_dir(config)
    return Reader(rules, load_policy(rules))


def script_of(*, channel: Channel, subject: str, text: str) -> Script:
    """A loose text, with who speaks where in it."""
    from triage.parsing.own_words import split_passages

    passages = split_passages(text, subject=subject)
    return Script(channel=channel, subject=subject, text=text, passages=passages)
