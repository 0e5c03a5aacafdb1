"""Builds what reads one item. Runs in the pool's processes and in the commands that read without a store."""

from pathlib import Path

from triage.domain.gate import Desk
from triage.parsing.gate_table import load_gate_table
from triage.parsing.rules import load_policy
from triage.service.analysis import Analyst


def build_analyst(rules_dir: Path, desk: Desk) -> Analyst:
    """An analyst with all rules loaded. Raises RulesWrong naming every fault of a file."""
    # Here and not above: the worker names this function to its processes and needs no spaCy of its own.
    from triage.language.reader import Reader

    policy = load_policy(rules_dir)
    return Analyst(
        policy=policy,
        table=load_gate_table(rules_dir),
        desk=desk,
        reader=Reader(rules_dir, policy),
    )
