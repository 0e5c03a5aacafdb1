"""Proves the letters before anyone gets one: every sort of letter is worded, and every one is read by the rules.

What is wrong with a letter once it is worded: letter_checks.py. Sources: facts behind docs/letters.md.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import product

from jinja2 import TemplateSyntaxError, meta

from triage.domain.letter import STAGES, LetterFacts
from triage.domain.policy import Policy
from triage.domain.vocabulary import Kind, LetterPurpose, Outcome
from triage.errors import RulesWrong
from triage.parsing.letter_checks import check, one_line
from triage.parsing.letter_rules import FILE, LetterRules, read_letter_rules
from triage.parsing.letter_samples import CHANNELS, sample_facts
from triage.parsing.letterbook import FACT_NAMES, FRAME_NAMES, KIND_FOLDERS, PIECE_FOLDERS, LetterBook, sandbox

_TAG = re.compile(r"{[{%#].*?[}%#]}", re.DOTALL)


def lint(sources: Mapping[str, str], policy: Policy, samples: Iterable[LetterFacts] | None = None) -> list[str]:
    """Everything wrong with the letters (name -> text, as LetterBook takes them), one line each: file, rule, why.

    `samples`: the letters to word and read; by default every sort there is.
    """
    rules = read_letter_rules(sources[FILE]) if FILE in sources else None
    if rules is None:
        return [f"letters/{FILE}: missing"]
    texts = {name: text for name, text in sources.items() if name.endswith(".txt")}
    faults = [*rules.faults, *_missing(texts)]
    for name, text in sorted(texts.items()):
        faults += _read_template(name, text, texts)
    wanted = sample_facts(policy) if samples is None else samples
    return faults + _read_letters(texts, policy, rules, wanted, silent=bool(faults))


def _missing(texts: Mapping[str, str]) -> list[str]:
    names = [f"subjects/{stage}.txt" for stage in STAGES]
    for purpose in LetterPurpose:
        if f"{purpose}.txt" not in texts:
            own = [f"{purpose}.{channel}.txt" for channel in CHANNELS]
            names += own if any(name in texts for name in own) else [f"{purpose}.txt"]
    names += [f"{folder}{kind}.txt" for folder, kind in product(KIND_FOLDERS, Kind)]
    names += [f"outcomes/{outcome}.txt" for outcome in Outcome]
    return [f"letters/{name}: missing" for name in names if name not in texts]


def _read_template(name: str, text: str, texts: Mapping[str, str]) -> Iterator[str]:
    """What can be seen without facts: placeholders, included texts, characters."""
    for number, line in enumerate(text.splitlines(), 1):
        odd = next((sign for sign in line if not (" " <= sign <= "~" or sign == "£")), None)
        if odd:
            yield f"letters/{name}: line {number}: plain characters: {odd!r} may reach a reader broken"
    try:
        tree = sandbox(texts).parse(text, name, name)
    except TemplateSyntaxError as wrong:
        yield f"letters/{name}: line {wrong.lineno}: {wrong.message}"
        return
    known = FACT_NAMES if name.startswith(PIECE_FOLDERS) else FACT_NAMES | FRAME_NAMES
    for unknown in sorted(meta.find_undeclared_variables(tree) - known):
        yield f"letters/{name}: unknown placeholder {unknown!r}; a letter may say: {', '.join(sorted(known))}"
    for included in meta.find_referenced_templates(tree):
        if included is not None and included not in texts:
            yield f"letters/{name}: includes {included}, which is missing"


def _read_letters(
    texts: Mapping[str, str], policy: Policy, rules: LetterRules, samples: Iterable[LetterFacts], *, silent: bool
) -> list[str]:
    """Word every sample letter and read it. `silent`: what cannot be worded has been named already."""
    book = LetterBook(texts)
    spoken = {name: one_line(_TAG.sub(" ", text)) for name, text in sorted(texts.items())}
    faults: dict[tuple[str, str], str] = {}
    for facts in samples:
        frame = book.frame_of(facts)
        try:
            letter = book.word(facts)
        except RulesWrong as wrong:
            if not silent:
                faults.setdefault((str(wrong), ""), str(wrong))
            continue
        for found in check(facts, letter, policy, rules):
            name = _source_of(found.words, frame, spoken)
            faults.setdefault((name, found.rule), f"letters/{name}: {found.rule}: {found.why} ({_describe(facts)})")
    return list(faults.values())


def _source_of(words: str, frame: str, spoken: Mapping[str, str]) -> str:
    """The text the words stand in; the frame where they were put together from several or from facts."""
    names = (frame, *spoken) if words else ()
    return next((name for name in names if words in spoken.get(name, "")), frame)


def _describe(facts: LetterFacts) -> str:
    return "+".join(facts.kinds) + (f", {facts.outcome}" if facts.outcome else "") or "no kind"
