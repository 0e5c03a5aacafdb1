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
_GO_ON = r"(?:go ahead|do (?:it|that|this)(?! again)|proceed|continue|action (?:it|that|this|my))"
_COPY = r"(?:it|them|this|that|(?:the|my|a) (?:copy|copies|data|information|details|files?|report|answer))"
_ACTS = {
    Kind.ACCESS: rf"(?:send(?:ing)? {_COPY}|send me {_COPY}|search|look for it)",
    Kind.CORRECTION: r"(?:chang(?:e|ing|ed)|correct(?:ed)?|amend(?:ed)?|updat(?:e|ing|ed)|alter(?:ed)?)",
    Kind.DELETION: rf"(?:{_ERASE}|do anything)",
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
_CANCEL = r"(?:cancel|withdraw|retract|rescind|revoke|drop|recall|take back|call off|scrap|forget)(?:l?ing)?"
_IGNORE = r"(?:ignor(?:e|ing)|disregard(?:ing)?)"
_CONSENT = r"(?:\w+ )?(?:consent|permission|agreement|approval|yes)"
_ASKED = r"(?:please|pls|can you|could you|would you|want to|like to|prefer to|rather|decided to|wish to|let me)"
_THING = r"(?:accounts?|data|details|records?|profiles?|files?|information|info|everything|it|them|things|history)"
_ELSEWHERE = r"(?! (?:safe|secure|private|confidential|up to date|out|off|to yourselves|from|in|that|there|blank))"
_AS_IS = r"(?:as (?:it|they|things) (?:is|are|was|were)|alone|in place|open|active)"

WITHDRAWALS = (
    _pattern("changed-my-mind", r"(?:changed|changing|decided to change) (?:my|our) minds?|change of (?:mind|heart)"),
    _pattern("second-thoughts", r"second thoughts?|thought better of it"),
    _pattern("never-mind", r"never ?mind(?! (?:the|how|about|that you))"),
    _pattern(
        "forget-it", r"(?<!i\s)(?<!to\s)(?<!rather\s)forget (?:(?:about )?it|(?:that |what )?i (?:asked|said|wrote))"
    ),
    _pattern("ignore-it", rf"{_IGNORE} {_THIS}(?: \w+){{0,3}}? {_SENT}"),
    _pattern("ignore-that", rf"{_IGNORE} (?:that|this|it|me|all that|what i)"),
    _pattern("cancel-request", rf"{_CANCEL} {_THIS}(?: \w+){{0,3}}? {_FORMAL}"),
    _pattern("cancel-message", rf"{_CANCEL} {_THIS} (?:last|previous|earlier|first|recent) {_SENT}"),
    _pattern(
        "withdraw-it",
        rf"(?:please|i|we|to|hereby) (?:cancel|withdraw|retract|drop|call off) (?:it|that|this)(?! {_CONSENT})",
        *(set(Kind) - {Kind.OPT_OUT, Kind.OTHER_RIGHT}),  # there it is mostly the consent that is withdrawn
    ),
    _pattern(
        "by-mistake", r"(?:i|we) (?:sent|wrote|asked|submitted)(?: \w+){0,4}? (?:by mistake|in error|by accident)"
    ),
    _pattern(
        "was-a-mistake", rf"{_THIS}(?: \w+){{0,2}}? {_SENT} was (?:a mistake|an error|sent (?:in error|by mistake))"
    ),
    _pattern("no-need", rf"no need (?:{_NOT_NOW}|for (?:it|this|that|(?:the|a|my) {_FORMAL}))(?! to)"),
    _pattern("not-needed", rf"{_FORMAL} (?:is|are) (?:no longer|not) (?:needed|necessary|required)(?: {_NOT_NOW})?"),
    # "We have decided not to go ahead" is about business.
    _pattern("do-not-go-on", rf"(?<!decided\s){_REFUSING} {_GO_ON}"),
    *(_pattern(f"do-not-act.{kind.value}", rf"{_REFUSING} {acts}", kind) for kind, acts in _ACTS.items()),
    _pattern(
        "stop-it",
        rf"(?:stop|halt|cancel|undo|reverse|abort|call off)(?: {_THIS})?(?: (?:account|data))? {_ERASE}",
        Kind.DELETION,
    ),
    _pattern("keep-it", rf"{_ASKED} (?:keep|leave|retain|restore)(?: \w+){{0,2}}? {_THING}{_ELSEWHERE}", Kind.DELETION),
    _pattern("as-it-is", rf"(?:keep|leave)(?: (?!me|us|you)\w+){{1,3}} {_AS_IS}", Kind.DELETION, Kind.CORRECTION),
    _pattern("stay", r"(?:rather|like to|want to|decided to|i'll|i will) (?:stay|remain)(?! anonymous)", Kind.DELETION),
    _pattern(
        "stay-on-list", r"(?:stay|remain|keep me) (?:subscribed|signed up|on (?:the|your) (?:\w+ )?list)", Kind.OPT_OUT
    ),
    _pattern("keep-sending", rf"(?:{_ASKED}|do) (?:keep|continue|start) (?:sending|getting|receiving)", Kind.OPT_OUT),
    _pattern(
        "subscribe-again",
        r"re-?subscribe|sign me (?:back up|up again)|put me back on (?:the|your) (?:\w+ )?list|opt (?:me )?back in",
        Kind.OPT_OUT,
    ),
    _pattern("do-not-need-it", rf"{_DONT} (?:need|want|require) {_COPY} {_NOT_NOW}", Kind.ACCESS),
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
