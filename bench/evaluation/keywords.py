"""The first baseline: one regular expression per kind, such as a careful person writes in an afternoon."""

import re

from bench.evaluation.sides import words_of
from triage.domain.classification import Classification
from triage.domain.vocabulary import Kind
from triage.language.corpus import Example

_MINE = (
    r"(?:(?:personal|my|our|his|her) (?:\w+ )?"
    r"(?:data|information|info|details|records?|files?|account|profile|photo|name)"
    r"|(?:data|information|info|details|everything|all|anything|what(?:ever)?)\b[^.?!\n]{0,30}"
    r"\b(?:on|about|under|of) (?:me|us|my|him|her)\b)"
)
_PATTERNS = {
    Kind.ACCESS: rf"subject access|\bd?sars?\b|article 15|right of access"
    rf"|(?:copy|copies|send|give|provide|show|see|access|request|have|tell me)\b[^.?!\n]{{0,40}}{_MINE}"
    r"|(?:copy|copies|send|see)\b[^.?!\n]{0,40}\b(?:recordings?|cctv|footage|transcripts?|chat log|notes)"
    r"|(?:you|u) (?:hold|have|keep|store|know|got) (?:on|about) me|where did (?:you|u) get my",
    Kind.CORRECTION: r"rectif|article 16|spel(?:t|led|ling)"
    r"|(?:correct|update|change|amend|fix)\b[^.?!\n]{0,40}\b(?:my|his|her|our|address|name)\b"
    r"|\b(?:name|address|e-?mail|number|phone|surname|details|date of birth|birthday)\b[^.?!\n]{0,40}"
    r"\b(?:wrong|incorrect|changed|misspel\w+|out of date|should be|not)\b|(?:we|i)(?:'ve| have) moved",
    Kind.DELETION: rf"\berasure|forgotten|forget me|article 17|right to be forgotten"
    rf"|(?:delete|erase|remove|destroy|wipe|get rid of|take down)\b[^.?!\n]{{0,40}}(?:{_MINE}|\bme\b|\bmy\b)"
    rf"|{_MINE}[^.?!\n]{{0,30}}\b(?:deleted|erased|removed|destroyed|wiped|gone)",
    Kind.OPT_OUT: r"unsubscribe|\bstop\W*$|opt(?:ed)?[- ]?(?:me )?out|withdraw (?:my )?consent|article 21"
    r"|do not (?:sell|share|contact)|not interested"
    r"|(?:stop|no more|do ?n[o']t (?:want|send|need)|never|take me off|remove me from|off your)\b[^.?!\n]{0,40}"
    r"(?:e?-?mail|call|text|sms|post|letter|newsletter|marketing|contact|list|messag|ringing|catalogue|survey)",
    Kind.COMPLAINT: r"complain|breach|disgrace|unacceptable"
    r"|(?:leaked|lost|shared|disclosed|sold|told)\b[^.?!\n]{0,30}\bmy\b"
    r"|\bico\b|information commissioner|without (?:my (?:consent|permission)|asking)"
    r"|(?:no|not had an?|never had an?|still no|without an?) (?:reply|response|answer)|heard nothing|ignored",
}
_COMPILED = {kind: re.compile(pattern, re.IGNORECASE | re.MULTILINE) for kind, pattern in _PATTERNS.items()}


def read(example: Example) -> Classification:
    """A kind where its pattern is found in subject or own words; sure of everything."""
    text = " ".join(words_of(example).split()).replace("’", "'")
    kinds = tuple(kind for kind, pattern in _COMPILED.items() if pattern.search(text))
    scores = {kind: float(kind in kinds) for kind in Kind}
    return Classification(kinds=kinds, scores=scores, needs_person=False, request_score=float(bool(kinds)))
