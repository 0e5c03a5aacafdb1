"""Reads a draft while a person writes it: what may not go out, and what they should look at once more.

The rules are those of every letter (letter_checks.py). Only what no letter may say stops one; that something is not
said, is hard to read, or names another day is a person's to decide.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from triage.domain.letter import LetterFacts, LetterText
from triage.domain.policy import Policy
from triage.parsing.letter_checks import Fault, check, one_line
from triage.parsing.letter_rules import LetterRules

_STOPS = ("never ", "empty", "wrong link", "line length", "bubble length")
# 22/12/2026, 22.12., 22 Dec, 22nd December: not the words in which a letter names a day, so nothing can check them.
_OTHER_DAY = re.compile(
    r"\b\d{1,2}[/.]\d{1,2}[/.](?:\d{4}|\d\d)\b|\b\d{4}-\d\d-\d\d\b|\b\d{1,2}(?:st|nd|rd|th) (?:of )?[A-Z][a-z]{2,}\b"
    r"|\b\d{1,2} (?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What keeps a draft from leaving, and what a person should look at."""

    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()


def read_draft(
    facts: LetterFacts, text: LetterText, ours: Sequence[str], policy: Policy, rules: LetterRules
) -> Verdict:
    """Read `text`, a letter for `facts`. `ours` are the paragraphs our templates word for them: all others are a
    person's, who may say what a machine may not."""
    whole = replace(facts, words="")
    known = {one_line(paragraph) for paragraph in ours}
    theirs = [paragraph for paragraph in text.body.split("\n\n") if one_line(paragraph) not in known]
    written = replace(facts, words="\n\n".join(theirs))
    found = [fault for fault in check(whole, text, policy, rules) if not fault.rule.startswith("never ")]
    found += [fault for fault in check(written, text, policy, rules) if fault.rule.startswith("never ")]
    found += [_unread_day(day) for day in dict.fromkeys(_OTHER_DAY.findall(text.body))]
    once = dict.fromkeys(found)
    return Verdict(
        faults=tuple(fault for fault in once if fault.rule.startswith(_STOPS)),
        warnings=tuple(fault for fault in once if not fault.rule.startswith(_STOPS)),
    )


def _unread_day(day: str) -> Fault:
    why = f"write {day} as in 22 December 2026: only then can it be compared with the days of the case"
    return Fault(rule="day not in words", why=why, words=day)
