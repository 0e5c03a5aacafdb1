"""Reads one worded letter: its form, its facts, its links, its wording, and how hard it is to read.

What a letter must say about its own facts (dates, reference, links, the company) is checked here; wording that a
person may change is ruled by rules/letters/lint.toml. Sources: UK GDPR Art 12(1), (3), (4), DPA 2018 s.164A,
SI 2015/17 regs 24-25.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from triage.domain.letter import LetterFacts, LetterText, dates_said, stage_of
from triage.domain.links import FOR_STAFF
from triage.domain.plain_dates import MONTHS, plain_date
from triage.domain.policy import Policy
from triage.domain.vocabulary import Channel, LetterPurpose, Regime
from triage.parsing.letter_rules import LetterRules
from triage.parsing.letterbook import plain_words
from triage.parsing.readability import OLDEST_READER, reading_age

# RFC 5322 section 2.1.1.
_LONGEST_LINE = 78
# More than this nobody reads in a chat window.
_LONGEST_BUBBLE = 1000
_DATE = re.compile(rf"\b\d{{1,2}} (?:{'|'.join(MONTHS)})(?: \d{{4}})?")
_URL = re.compile(r"\bhttps?://[^\s<>\"]*[^\s<>\".,;:)]|\bwww\.[^\s<>\"]*[^\s<>\".,;:)]")
_MAIL_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_WORKING_DAYS = re.compile(r"\bwithin (\w+) working days?\b")
# The fixed phrases: the reference, and nothing that tells who looks over a shoulder what it is about.
_SUBJECTS = {
    "received": "We have your message",
    "question": "A question about your message",
    "news": "News about your message",
    "answer": "Our answer to your message",
}
# What the letter's own facts must show of the regulator, beside the complaint page and the phone (docs/letters.md).
_MORE_LINKS: Mapping[LetterPurpose, str] = {
    LetterPurpose.EXTENSION_NOTICE: "time_limits",
    LetterPurpose.COMPLAINT_OUTCOME: "before_complaining",
    LetterPurpose.ESCALATION: "before_complaining",
}
_LINK_OF_ITS_RIGHT = frozenset({LetterPurpose.OUTCOME, LetterPurpose.REFUSAL})


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """The rule a letter breaks and why; `words` are the letter's own, to find the text they come from."""

    rule: str
    why: str
    words: str = ""


def check(facts: LetterFacts, letter: LetterText, policy: Policy, rules: LetterRules) -> Iterator[Fault]:
    """Everything wrong with one letter. `policy` names the links that may stand in it, `rules` its wording."""
    yield from _check_form(facts, letter)
    yield from _check_facts(facts, letter)
    yield from _check_links(facts, letter, policy)
    yield from _check_wording(facts, letter, rules)
    yield from _check_readable(facts, letter)


def _check_form(facts: LetterFacts, letter: LetterText) -> Iterator[Fault]:
    if letter.subject != f"{_SUBJECTS[stage_of(facts.purpose)]} - reference {facts.reference}":
        yield Fault(rule="subject", why=f"must be the fixed phrase with the reference, not {letter.subject!r}")
    lines = letter.body.splitlines()
    if not letter.body.strip():
        yield Fault(rule="empty", why="the letter says nothing")
    longest = max((line for line in lines if not _URL.fullmatch(line)), key=len, default="")
    if facts.channel not in (Channel.CHAT, Channel.FORM) and len(longest) > _LONGEST_LINE:
        yield Fault(rule="line length", why=f"a word longer than a line of {_LONGEST_LINE}: {longest[:40]!r}")
    if facts.channel is Channel.CHAT and len(longest) > _LONGEST_BUBBLE:
        yield Fault(
            rule="bubble length",
            why=f"{len(longest)} characters; a chat reader takes in {_LONGEST_BUBBLE}",
        )


def _check_facts(facts: LetterFacts, letter: LetterText) -> Iterator[Fault]:
    """Reference, dates and the company: there when given, and no date that nobody computed."""
    body = one_line(letter.body)
    company = facts.controller
    due = [(rule, plain_date(day)) for rule, day in dates_said(facts)]
    wanted = [("reference", facts.reference), ("date received", plain_date(facts.received_on)), *due]
    wanted += [("company", company.name), ("privacy page", company.privacy_page), ("phone", company.phone)]
    if facts.channel is not Channel.CHAT:
        wanted += [
            ("registered number", company.registered_number),
            ("place of registration", company.registered_in),
            ("registered office", company.registered_office),
        ]
    for rule, text in wanted:
        if one_line(text) not in body:
            yield Fault(rule=rule, why=f"must say {text}")
    allowed = {plain_date(facts.received_on), *(text for _, text in due)}
    for found in _DATE.findall(body):
        if not any(day.endswith(f" {found}") for day in allowed):
            yield Fault(rule="no other date", why=f"{found} promises what was not computed for this letter")
    for days in _WORKING_DAYS.findall(body):
        if {"one": "1"}.get(days, days) != str(facts.opt_out_working_days):
            yield Fault(rule="working days", why=f"{days!r} is not the policy's {facts.opt_out_working_days}")


def _check_links(facts: LetterFacts, letter: LetterText, policy: Policy) -> Iterator[Fault]:
    body = one_line(letter.body)
    if facts.controller.regime is Regime.UK:
        names = ["complaint", _MORE_LINKS.get(facts.purpose, "")]
        names += [kind for kind in facts.kinds if facts.purpose in _LINK_OF_ITS_RIGHT]
        wanted = [policy.links[name].url for name in names if name in policy.links] + [facts.ico_phone]
    else:
        wanted = [policy.links[name].url for name in ("cpdp",) if name in policy.links]
    for text in wanted:
        if text not in body:
            yield Fault(rule="regulator", why=f"must say {text}")
    own = {controller.privacy_page for controller in policy.controllers}
    allowed = own | {link.url for name, link in policy.links.items() if name not in FOR_STAFF}
    for url in _URL.findall(letter.body):
        wrong = next((why for fragment, why in policy.wrong_links.items() if fragment in url), None)
        if wrong:
            yield Fault(rule="wrong link", why=f"{url}: {wrong}", words=url)
        elif url not in allowed:
            yield Fault(
                rule="unknown link",
                why=f"{url} is neither a link of the policy for customers nor the privacy page",
                words=url,
            )
    for address in _MAIL_ADDRESS.findall(letter.body) if "@" in letter.body else ():
        if address not in facts.controller.addresses:
            yield Fault(rule="unknown address", why=f"{address} is not the controller's", words=address)


def _check_wording(facts: LetterFacts, letter: LetterText, rules: LetterRules) -> Iterator[Fault]:
    """What a person wrote for the letter says nothing that our own words must say."""
    whole = [one_line(paragraph) for paragraph in letter.body.split("\n\n")]
    ours = [one_line(paragraph) for paragraph in _our_paragraphs(facts, letter)]
    for rule in rules.say:
        if rule.scope.covers(facts) and not any(_find(rule.pattern, paragraph) for paragraph in ours):
            yield Fault(rule=f"say {rule.name!r}", why=rule.why)
    for rule in rules.never:
        if rule.scope.covers(facts):
            paragraphs = ours if rule.our_words_only else whole
            for said in filter(None, (_find(rule.pattern, paragraph) for paragraph in paragraphs)):
                yield Fault(rule=f"never {rule.name!r}", why=f"{said!r}: {rule.why}", words=said)


def _check_readable(facts: LetterFacts, letter: LetterText) -> Iterator[Fault]:
    """Our own words only: the company's names and what a person wrote are not ours to make simpler."""
    company = facts.controller
    text = "\n\n".join(
        paragraph for paragraph in _our_paragraphs(facts, letter) if company.registered_number not in paragraph
    )
    age = reading_age(text, (company.name, company.team_name))
    if age > OLDEST_READER:
        why = f"for readers of {age:.1f} years and over, not {OLDEST_READER:.0f}: shorter sentences, plainer words"
        yield Fault(rule="readable", why=why)


def _our_paragraphs(facts: LetterFacts, letter: LetterText) -> list[str]:
    theirs = {one_line(paragraph) for paragraph in plain_words(facts.words).split("\n\n")}
    return [paragraph for paragraph in letter.body.split("\n\n") if one_line(paragraph) not in theirs]


@lru_cache(maxsize=1 << 16)
def _find(pattern: re.Pattern[str], paragraph: str) -> str:
    """What the pattern finds, or "". Sample letters share most of their paragraphs, so each is read once."""
    found = pattern.search(paragraph)
    return found.group().strip() if found else ""


def one_line(text: str) -> str:
    """The text with every run of white space as one space."""
    return " ".join(text.split())
