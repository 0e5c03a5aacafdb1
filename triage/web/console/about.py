"""What is installed and set up, as the settings page shows it. Nothing of it can be changed there."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleShown:
    """A pattern of rules/kinds with some of the examples that prove it. `gives`: a kind, a flag, or "cue".

    `proofs`: how many examples it has in all.
    """

    gives: str
    name: str
    why: str
    is_local: bool
    matches: tuple[str, ...]
    must_not_match: tuple[str, ...]
    proofs: int


@dataclass(frozen=True, kw_only=True, slots=True)
class About:
    """`versions`: name and version. `setup`: what the settings say, in plain words, without a secret.

    `rules` and `rules_faults` read files for seconds: call them in a thread. `rules` raises RulesWrong.
    """

    versions: tuple[tuple[str, str], ...]
    setup: tuple[tuple[str, str], ...]
    rules: Callable[[], tuple[RuleShown, ...]]
    rules_faults: Callable[[], tuple[str, ...]]
