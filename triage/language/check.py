"""Rules prove their own examples: `triage rules check`."""

from pathlib import Path

from triage.domain.classification import Script
from triage.domain.policy import Policy
from triage.domain.real_looking import real_looking
from triage.domain.vocabulary import Channel
from triage.errors import RulesWrong
from triage.language.corpus import INVENT
from triage.language.reader import Reader
from triage.language.rules_file import Rule


def check_rules(rules_dir: Path, policy: Policy) -> list[str]:
    """Every fault of the rules, one line each, file and rule named; empty when all is well.

    A rule must be found, undisturbed by negation or condition, in each of its `matches` and in none of its
    `must_not_match`.
    """
    try:
        reader = Reader(rules_dir, policy)
    except RulesWrong as wrong:
        return wrong.faults
    return [fault for rule in reader.rules for fault in _rule_faults(reader, rule)]


def _rule_faults(reader: Reader, rule: Rule) -> list[str]:
    where = rule.place
    missed = [
        f'{where}: does not match its example "{text}"' for text in rule.matches if not _fires(reader, rule, text)
    ]
    wrongly = [
        f'{where}: matches what it must not: "{text}"' for text in rule.must_not_match if _fires(reader, rule, text)
    ]
    return missed + wrongly + _real_looking(rule)


def _real_looking(rule: Rule) -> list[str]:
    """What a DPO writes from a message at hand may be that message: an example must belong to nobody."""
    said = (real_looking(text) for text in (*rule.matches, *rule.must_not_match)) if rule.is_local else ()
    return [f"{rule.place}: an example holds {what}: {INVENT}" for what in dict.fromkeys(said) if what]


def _fires(reader: Reader, rule: Rule, text: str) -> bool:
    script = Script(channel=Channel.EMAIL, subject="", text=text)
    return any(finding.hit.rule is rule for finding in reader.findings(script))
