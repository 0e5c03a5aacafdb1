"""A rules folder, read whole before anything starts: all that is broken in it names itself at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar, cast

from triage.domain.gate import GateTable
from triage.domain.policy import Policy
from triage.errors import RulesWrong
from triage.language.rules_file import load_rules, missing_words
from triage.parsing import chatbook
from triage.parsing.gate_table import load_gate_table
from triage.parsing.letter_lint import lint
from triage.parsing.rules import load_chat_sources, load_letter_sources, load_policy

Part = TypeVar("Part")


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """What the worker itself needs of the rules; the patterns are the analysis processes' own."""

    policy: Policy
    letters: Mapping[str, str]
    table: GateTable
    chat: Mapping[str, str]

    def prove_letters(self) -> None:
        """An unknown placeholder is found now, not when a letter should go out. Raises RulesWrong."""
        if faults := lint(self.letters, self.policy):
            raise RulesWrong(faults)


def letter_faults(letters: Mapping[str, str], policy: Policy | None) -> list[str]:
    """What is wrong with the letters. Without a policy none can be worded; that each is there and well formed is
    looked at all the same."""
    return lint(letters, policy) if policy is not None else lint(letters, cast("Policy", None), samples=())


def load_all(folder: Path) -> Rules:
    """Policy, gate, patterns, letters and chat notes. Raises RulesWrong with every fault of every file.

    Letters are proven only beside other faults: it takes a while, so `prove_letters` does it once work has begun.
    """
    faults: list[str] = []

    def attempt(load: Callable[[Path], Part]) -> Part | None:
        try:
            return load(folder)
        except RulesWrong as exc:
            faults.extend(exc.faults)
            return None

    policy, letters, table = attempt(load_policy), attempt(load_letter_sources), attempt(load_gate_table)
    book, chat = attempt(load_rules), attempt(load_chat_sources)
    faults += missing_words(book.rules) if book is not None else []
    faults += chatbook.faults(chat) if chat is not None else []
    if faults or policy is None or letters is None or table is None or chat is None:
        raise RulesWrong(faults + (letter_faults(letters, policy) if letters is not None else []))
    return Rules(policy=policy, letters=letters, table=table, chat=chat)
