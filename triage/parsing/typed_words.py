"""What a person wrote for a letter, read when it is laid ready: nobody may say what lint.toml forbids to all.

Our own words are proved beforehand (letter_lint.py). A person may cite the law, name a system or a sum, and link to
what the policy does not know, but not to what it knows to be wrong.
"""

from collections.abc import Iterator

from triage.domain.letter import LetterFacts
from triage.domain.policy import Policy
from triage.parsing.letter_rules import LetterRules
from triage.parsing.letterbook import plain_words


def faults_in_words(facts: LetterFacts, policy: Policy, rules: LetterRules) -> tuple[str, ...]:
    """One line for each thing in `facts.words` that no letter may say, with its reason; empty where there is none."""
    return tuple(dict.fromkeys(_faults(facts, policy, rules)))


def _faults(facts: LetterFacts, policy: Policy, rules: LetterRules) -> Iterator[str]:
    for paragraph in (" ".join(part.split()) for part in plain_words(facts.words).split("\n\n")):
        for fragment, why in policy.wrong_links.items():
            if fragment in paragraph:
                yield f"your words link to {fragment!r}: {why}"
        for rule in rules.never:
            found = rule.pattern.search(paragraph)
            if found and not rule.our_words_only and rule.scope.covers(facts):
                yield f"your words {found.group().strip()!r}: never {rule.name}: {rule.why}"
