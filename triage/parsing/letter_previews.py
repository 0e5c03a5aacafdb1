"""Every sort of letter worded once, for a person to read before anybody gets one."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from triage.domain.letter import LetterFacts, LetterText
from triage.domain.policy import Policy
from triage.domain.vocabulary import LetterPurpose
from triage.errors import RulesWrong
from triage.parsing.letter_checks import Fault, check
from triage.parsing.letter_rules import LetterRules
from triage.parsing.letter_samples import sample_facts
from triage.parsing.letterbook import LetterBook
from triage.parsing.readability import reading_age


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """A letter worded from sample facts: its text, the reading age, and what the lint says. `broken` is the one fault
    that keeps it from being worded; then `text` is None."""

    facts: LetterFacts
    frame: str
    text: LetterText | None
    age: float
    faults: tuple[Fault, ...]
    broken: str = ""


def previews(
    book: LetterBook, rules: LetterRules, policy: Policy, samples: Sequence[LetterFacts]
) -> tuple[Preview, ...]:
    """Each of `samples` worded and read."""
    return tuple(_preview(book, rules, policy, facts) for facts in samples)


def samples_of(policy: Policy) -> Mapping[LetterPurpose, tuple[LetterFacts, ...]]:
    """One sample for each purpose, channel, kind, outcome and sender (machine or person), for the main company: with
    its dates, without what a person may leave out."""
    chosen: defaultdict[LetterPurpose, dict[object, LetterFacts]] = defaultdict(dict)
    for facts in _plain(policy):
        key = (facts.channel, facts.kinds, facts.other_rights, facts.outcome, facts.by_person)
        chosen[facts.purpose].setdefault(key, facts)
    return {purpose: tuple(chosen[purpose].values()) for purpose in LetterPurpose if purpose in chosen}


def _plain(policy: Policy) -> Iterator[LetterFacts]:
    for facts in sample_facts(policy):
        ours = facts.controller.name == policy.main_controller.name
        odd = facts.may_be_breach or facts.hands_over or not facts.way_known or facts.due_on is None
        if ours and not odd and len(facts.kinds) <= 1 and len(facts.other_rights) <= 1:
            yield facts


def _preview(book: LetterBook, rules: LetterRules, policy: Policy, facts: LetterFacts) -> Preview:
    frame = book.frame_of(facts)
    try:
        text = book.word(facts)
    except RulesWrong as wrong:
        return Preview(facts=facts, frame=frame, text=None, age=0.0, faults=(), broken=wrong.faults[0])
    age = reading_age(text.body, (facts.controller.name, facts.controller.team_name))
    return Preview(facts=facts, frame=frame, text=text, age=age, faults=tuple(check(facts, text, policy, rules)))
