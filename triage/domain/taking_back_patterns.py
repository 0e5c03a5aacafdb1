"""The words by which people take a wish back, or let it wait. Patterns over small letters with plain apostrophes.

A blank stands for any white space. Each kind has the acts it asks for, so that "don't send it" takes an access request
back and "don't send me anything" no opt-out.
"""

import re
from dataclasses import dataclass

from triage.domain.vocabulary import Kind


@dataclass(frozen=True, kw_only=True, slots=True)
class Pattern:
    """A way of saying it, and the kinds of case on which it means that."""

    name: str
    expression: re.Pattern[str]
    kinds: frozenset[Kind]


def _pattern(name: str, expression: str, *kinds: Kind) -> Pattern:
    compiled = re.compile(rf"\b(?:{expression})\b".replace(" ", r"\s+"))
    return Pattern(name=name, expression=compiled, kinds=frozenset(kinds or Kind))


_ERASE = r"(?:delet(?:e|ing|ed|ion)|eras(?:e|ing|ed|ure)|remov(?:e|ing|ed|al)|wip(?:e|ing|ed)|get(?:ting)? rid of)"
_GO_ON = r"(?:go ahead|do (?:it|that|this|anything)|proceed|continue|carry on|bother|action (?:it|that|this|my))"
_ACTS = {
    Kind.ACCESS: r"(?:send|sending|search|look|copy|print)",
    Kind.CORRECTION: r"(?:chang(?:e|ing|ed)|correct(?:ed)?|amend(?:ed)?|updat(?:e|ing|ed)|alter(?:ed)?)",
    Kind.DELETION: _ERASE,
    Kind.OPT_OUT: r"(?:unsubscribe|take me off|remove me|opt me out)",
}
_DONT = r"(?:do not|don't|dont|no longer|wouldn't|would not)"
_BETWEEN = r"(?: (?!please|so|and|just|but|more|longer|anymore)[\w']+){0,4}?"
_REFUSING = (
    r"(?:(?:do not|don't|dont|please not|not to|rather you didn't|can you not)(?: (?:actually|please|now|yet|to|you))?"
    r"|no need(?: for you)? to|(?:you )?(?:need not|needn't|(?:do not|don't|dont|no longer) (?:need|have) to)"
    rf"|{_DONT} (?:want|wish|like|need){_BETWEEN})"
)
_NOT_NOW = r"(?:any ?more|any longer|now|after all)"
_FORMAL = r"(?:requests?|complaints?|deletions?|erasures?|objections?|corrections?|opt-?outs?|d?sar)"
_SENT = rf"(?:{_FORMAL}|e-?mails?|messages?|letters?|notes?|forms?|enquir(?:y|ies)|inquir(?:y|ies))"
_THIS = r"(?:my|the|this|that|our|what)"
_CANCEL = r"(?:cancel|withdraw|retract|rescind|revoke|drop|recall|take back|call off)(?:l?ing)?"
_ASKED = r"(?:please|pls|can you|could you|would you|want to|like to|prefer to|rather|decided to|wish to|let me)"
_THING = r"(?:accounts?|data|details|records?|profiles?|files?|information|info|everything|it|them|things|history)"
_ELSEWHERE = r"(?! (?:safe|secure|private|confidential|up to date|out|off|to yourselves|from))"

WITHDRAWALS = (
    _pattern("changed-my-mind", r"(?:changed|changing|decided to change) (?:my|our) minds?|change of (?:mind|heart)"),
    _pattern("second-thoughts", r"second thoughts?|thought better of it|on reflection"),
    _pattern("never-mind", r"never ?mind(?! (?:the|how|about|that you))|scrap (?:that|it|this)"),
    _pattern("forget-it", r"forget (?:about )?(?:it|what i|that i|i)(?: (?:asked|said|wrote|ever))?"),
    _pattern("ignore-it", rf"(?:ignore|disregard|forget(?: about)?|discard|bin) {_THIS}(?: \w+){{0,3}}? {_SENT}"),
    _pattern("ignore-that", r"(?:ignore|disregard) (?:that|this|it|me|all that|what i)"),
    _pattern("cancel-request", rf"{_CANCEL} {_THIS}(?: \w+){{0,3}}? {_FORMAL}"),
    _pattern(
        "withdraw-it",
        r"(?:please|i|we|to|hereby) (?:cancel|withdraw|retract|drop|call off) (?:it|that|this)",
        *(set(Kind) - {Kind.OPT_OUT, Kind.OTHER_RIGHT}),  # there it is mostly the consent that is withdrawn
    ),
    _pattern(
        "by-mistake", r"(?:i|we) (?:sent|wrote|asked|submitted)(?: \w+){0,4}? (?:by mistake|in error|by accident)"
    ),
    _pattern(
        "was-a-mistake", rf"{_THIS}(?: \w+){{0,2}}? {_SENT} was (?:a mistake|an error|sent (?:in error|by mistake))"
    ),
    _pattern("no-need", rf"no need (?:{_NOT_NOW}|for (?:it|this|that|the|you))"),
    _pattern("not-needed", rf"{_FORMAL} (?:is|are) (?:no longer|not) (?:needed|necessary|required)(?: {_NOT_NOW})?"),
    _pattern("do-not-go-on", rf"{_REFUSING} {_GO_ON}"),
    *(_pattern(f"do-not-act.{kind.value}", rf"{_REFUSING} {acts}", kind) for kind, acts in _ACTS.items()),
    _pattern(
        "stop-it", rf"(?:stop|halt|cancel|undo|reverse|abort|call off)(?: {_THIS})?(?: \w+)? {_ERASE}", Kind.DELETION
    ),
    _pattern(
        "keep-it", rf"{_ASKED} (?:keep|leave|retain|save|restore)(?: \w+){{0,2}}? {_THING}{_ELSEWHERE}", Kind.DELETION
    ),
    _pattern(
        "as-it-is",
        r"(?:keep|leave)(?: \w+){1,3} (?:as (?:it|they|things) (?:is|are|was|were)|alone|in place|open|active)",
        Kind.DELETION,
        Kind.CORRECTION,
    ),
    _pattern("stay", r"(?:rather|like to|want to|decided to|i'll|i will) (?:stay|remain)", Kind.DELETION, Kind.OPT_OUT),
    _pattern(
        "keep-sending", rf"(?:{_ASKED}|do) (?:keep|continue|start) (?:sending|getting|receiving|me)", Kind.OPT_OUT
    ),
    _pattern(
        "subscribe-again", r"re-?subscribe|sign me (?:back )?up|put me back|opt(?:ing)? (?:me )?back in", Kind.OPT_OUT
    ),
    _pattern(
        "do-not-want-it",
        rf"{_DONT} (?:need|want|require) (?:it|that|this|them|(?:the|my|a) (?:copy|copies|data|information|answer))",
        Kind.ACCESS,
        Kind.CORRECTION,
        Kind.COMPLAINT,
        Kind.OTHER_RIGHT,
    ),
    _pattern(
        "settled", r"(?:is|has been) (?:now )?(?:resolved|settled|sorted)|all sorted(?: out)?(?: now)?", Kind.COMPLAINT
    ),
)

# The wish stands, but something comes first.
CONDITIONS = (
    _pattern(
        "before-deleting",
        rf"before (?:(?:you|anything|it|any of it|my \w+) )?(?:(?:is|are|gets?) )?{_ERASE}",
        Kind.DELETION,
    ),
    _pattern("hold-off", rf"(?:hold off|hold on|wait|hang on|pause)(?: \w+){{0,3}}? {_ERASE}", Kind.DELETION),
    _pattern("only-after", rf"{_ERASE}(?: \w+){{0,4}}? (?:after|once|when) (?:i|you|we)(?: have|'ve)", Kind.DELETION),
)

# In the same sentence it makes a condition of a withdrawal: "don't delete anything until I have my copy".
UNTIL = re.compile(
    r"\b(?:until|till|til|unless|yet|for now|for the (?:moment|time being)|before (?:i|you)|hold off|wait)\b"
)
