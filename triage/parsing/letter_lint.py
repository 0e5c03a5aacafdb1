"""Proves the letters before anyone gets one: every sort of letter is worded, and every one is read by the rules.

What a letter must say about its own facts (dates, reference, links, the company) is checked here; wording that a
person may change is ruled by rules/letters/lint.toml. Sources: facts behind docs/letters.md, UK GDPR Art 12(1),
DPA 2018 s.164A, SI 2015/17 regs 24-25.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import product

from jinja2 import TemplateSyntaxError, meta

from triage.domain.letter import LetterFacts, LetterText
from triage.domain.plain_dates import MONTHS, plain_date
from triage.domain.policy import Policy
from triage.domain.vocabulary import Channel, Kind, LetterPurpose, Regime
from triage.errors import RulesWrong
from triage.parsing.letter_rules import FILE, LetterRules, read_letter_rules
from triage.parsing.letter_samples import CHANNELS, PURPOSES, sample_facts
from triage.parsing.letterbook import FACT_NAMES, FRAME_NAMES, PIECE_FOLDERS, LetterBook, sandbox

# RFC 5322 section 2.1.1.
_LONGEST_LINE = 78
# More than this nobody reads in a chat window.
_LONGEST_BUBBLE = 1000
_DATE = re.compile(rf"\b\d{{1,2}} (?:{'|'.join(MONTHS)})(?: \d{{4}})?")
_URL = re.compile(r"\bhttps?://[^\s<>\"]*[^\s<>\".,;:)]|\bwww\.[^\s<>\"]*[^\s<>\".,;:)]")
_MAIL_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_TAG = re.compile(r"{[{%#].*?[}%#]}", re.DOTALL)
_WORKING_DAYS = re.compile(r"\bwithin (\w+) working days?\b")
_NOT_RIGHTS = frozenset({Kind.COMPLAINT, Kind.OPT_OUT})


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """The rule a letter breaks and why; `words` are the letter's own, to find the text they come from."""

    rule: str
    why: str
    words: str = ""


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
    names = ["subject.txt", *(f"{purpose}.{channel}.txt" for purpose, channel in product(PURPOSES, CHANNELS))]
    names += [f"{folder}{kind}.txt" for folder, kind in product(PIECE_FOLDERS, Kind)]
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
    known = FACT_NAMES if name.startswith(PIECE_FOLDERS) or name == "subject.txt" else FACT_NAMES | FRAME_NAMES
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
    spoken = {name: _one_line(_TAG.sub(" ", text)) for name, text in sorted(texts.items())}
    faults: dict[tuple[str, str], str] = {}
    for facts in samples:
        frame = f"{facts.purpose}.{facts.channel}.txt"
        try:
            letter = book.word(facts)
        except RulesWrong as wrong:
            if not silent:
                faults.setdefault((str(wrong), ""), str(wrong))
            continue
        seen = [*_check_form(facts, letter), *_check_facts(facts, letter), *_check_links(facts, letter, policy)]
        for found in (*seen, *_check_wording(facts, letter, rules)):
            name = _source_of(found.words, frame, spoken)
            faults.setdefault((name, found.rule), f"letters/{name}: {found.rule}: {found.why} ({_describe(facts)})")
    return list(faults.values())


def _source_of(words: str, frame: str, spoken: Mapping[str, str]) -> str:
    """The text the words stand in; the frame where they were put together from several or from facts."""
    names = (frame, *spoken) if words else ()
    return next((name for name in names if words in spoken.get(name, "")), frame)


def _describe(facts: LetterFacts) -> str:
    return "+".join(facts.kinds) or "no kind"


def _check_form(facts: LetterFacts, letter: LetterText) -> Iterator[Fault]:
    if letter.subject != f"We have your message - reference {facts.reference}":
        yield Fault(rule="subject", why=f"must be the fixed phrase with the reference, not {letter.subject!r}")
    lines = letter.body.splitlines()
    if not letter.body.strip():
        yield Fault(rule="empty", why="the letter says nothing")
    longest = max((line for line in lines if not _URL.fullmatch(line)), key=len, default="")
    if facts.channel is Channel.EMAIL and len(longest) > _LONGEST_LINE:
        yield Fault(rule="line length", why=f"a word longer than a line of {_LONGEST_LINE}: {longest[:40]!r}")
    if facts.channel is Channel.CHAT and len(longest) > _LONGEST_BUBBLE:
        yield Fault(
            rule="bubble length",
            why=f"{len(longest)} characters; a chat reader takes in {_LONGEST_BUBBLE}",
        )


def _check_facts(facts: LetterFacts, letter: LetterText) -> Iterator[Fault]:
    """Reference, dates and the company: there when given, and no date that nobody computed."""
    body = _one_line(letter.body)
    company = facts.controller
    due = _dates_due(facts)
    wanted = [("reference", facts.reference), ("date received", plain_date(facts.received_on)), *due]
    wanted += [("company", company.name), ("privacy page", company.privacy_page), ("phone", company.phone)]
    if facts.channel is not Channel.CHAT:
        wanted += [
            ("registered number", company.registered_number),
            ("place of registration", company.registered_in),
            ("registered office", company.registered_office),
        ]
    for rule, text in wanted:
        if _one_line(text) not in body:
            yield Fault(rule=rule, why=f"must say {text}")
    allowed = {plain_date(facts.received_on), *(text for _, text in due)}
    for found in _DATE.findall(body):
        if not any(day.endswith(f" {found}") for day in allowed):
            yield Fault(rule="no other date", why=f"{found} promises what was not computed for this letter")
    for days in _WORKING_DAYS.findall(body):
        if {"one": "1"}.get(days, days) != str(facts.opt_out_working_days):
            yield Fault(rule="working days", why=f"{days!r} is not the policy's {facts.opt_out_working_days}")


def _dates_due(facts: LetterFacts) -> list[tuple[str, str]]:
    neutral = facts.purpose is LetterPurpose.NEUTRAL
    dates: list[tuple[str, date | None, bool]] = [
        ("answer-by date", facts.due_on, neutral or bool(set(facts.kinds) - _NOT_RIGHTS)),
        ("news-by date", facts.news_by, Kind.COMPLAINT in facts.kinds),
        ("marketing-stops date", facts.opt_out_by, Kind.OPT_OUT in facts.kinds and facts.way_known),
    ]
    return [(rule, plain_date(day)) for rule, day, applies in dates if applies and day is not None]


def _check_links(facts: LetterFacts, letter: LetterText, policy: Policy) -> Iterator[Fault]:
    body = _one_line(letter.body)
    if facts.controller.regime is Regime.UK:
        wanted = [policy.links[name].url for name in ("complaint",) if name in policy.links] + [facts.ico_phone]
    else:
        wanted = [policy.links[name].url for name in ("cpdp",) if name in policy.links]
    for text in wanted:
        if text not in body:
            yield Fault(rule="regulator", why=f"must say {text}")
    own = {controller.privacy_page for controller in policy.controllers}
    allowed = own | {link.url for link in policy.links.values()}
    for url in _URL.findall(letter.body):
        wrong = next((why for fragment, why in policy.wrong_links.items() if fragment in url), None)
        if wrong:
            yield Fault(rule="wrong link", why=f"{url}: {wrong}", words=url)
        elif url not in allowed:
            yield Fault(
                rule="unknown link", why=f"{url} is neither a link of the policy nor the privacy page", words=url
            )
    for address in _MAIL_ADDRESS.findall(letter.body) if "@" in letter.body else ():
        if address not in facts.controller.addresses:
            yield Fault(rule="unknown address", why=f"{address} is not the controller's", words=address)


def _check_wording(facts: LetterFacts, letter: LetterText, rules: LetterRules) -> Iterator[Fault]:
    paragraphs = [_one_line(paragraph) for paragraph in letter.body.split("\n\n")]
    for rule in rules.say:
        if rule.scope.covers(facts) and not any(_find(rule.pattern, paragraph) for paragraph in paragraphs):
            yield Fault(rule=f"say {rule.name!r}", why=rule.why)
    for rule in rules.never:
        if rule.scope.covers(facts):
            for said in filter(None, (_find(rule.pattern, paragraph) for paragraph in paragraphs)):
                yield Fault(rule=f"never {rule.name!r}", why=f"{said!r}: {rule.why}", words=said)


@lru_cache(maxsize=1 << 16)
def _find(pattern: re.Pattern[str], paragraph: str) -> str:
    """What the pattern finds, or "". Sample letters share most of their paragraphs, so each is read once."""
    found = pattern.search(paragraph)
    return found.group().strip() if found else ""


def _one_line(text: str) -> str:
    return " ".join(text.split())
