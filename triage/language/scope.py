"""How far a "not" or an "if" reaches: what is asked, what is forbidden, what is merely imagined."""

from triage.language.words import word_set

_NOT = frozenset({"not", "never", "without", "instead", "nor", "neither"})
_NEED = frozenset({"need", "reason", "point", "intention", "wish", "desire", "plan"})
_BRIDGE = word_set(
    "want need wish like would have you your to ask asking asked request requesting expect think mean we i am be "
    "us them anyone somebody someone team it go ahead and or yet actually here seeking looking saying trying going "
    "about that be being mind in way at point should must do does did"
)
_ABLE = word_set("can could able")
_WHY = word_set("why if have has had unless until")
_WELCOME = word_set(
    "grateful appreciate appreciated great good kind kindly wonder wondering glad nice happy pleased obliged thankful "
    "helpful lovely wondered ask brilliant love hope perfect see know tell confirm"
)
_POSSIBLE = word_set("possible could can would need poss not so yes applicable there")
_THANKS = frozenset({"thank", "thanks", "thankyou"})
_TOLD = frozenset({"asked", "told", "promised", "agreed", "begged"})
_TOLD_TO = frozenset(
    {"you", "to", "twice", "times", "already", "repeatedly", "them", "would", "your", "company", "team"}
)
_PAST = word_set("asked requested demanded enquired applied")
_PAST_SENT = word_set("wrote written submitted made sent lodged filed put emailed")
_PAST_SENT_WHAT = word_set("request asking requesting subject sar letter access email ask")
_I = frozenset({"i", "we"})
_HAD = word_set("have had first originally already previously initially once then")
_PAST_GAP = word_set(
    "you for to about in on by via at with your team company asking requesting and be would could can what know see "
    "them give send sent get receive have has if email letter phone twice times already a my our had me him _ data "
    "information details file records everything copy subject access request writing post phone"
)
_AFRESH = word_set("again once more hence still")
_PAST_VERBS = _PAST | _PAST_SENT
_PAST_REACH_WORDS = 9

SCOPE_WORDS = (
    _NOT | _NEED | _BRIDGE | _ABLE | _WHY | _WELCOME | _POSSIBLE | _THANKS | _TOLD | _TOLD_TO
    | _PAST_VERBS | _PAST_SENT_WHAT | _I | _HAD | _PAST_GAP | _AFRESH
    | frozenset({"no", "rather", "than", "of", "for", "if", "unless", "suppose", "what", "happens", "when", "only"})
)  # fmt: skip

FORBIDDEN, REPORTED, DOUBTFUL, ASKED = 0.0, 0.3, 0.5, 1.0


def reach(words: list[str], start: int, *, reportable: bool = True) -> float:
    """How much a request whose words begin at `start` counts: ASKED, DOUBTFUL, REPORTED or FORBIDDEN.

    FORBIDDEN: "please do not delete", "no need to send", "rather than delete", "thank you for deleting".
    REPORTED: "I asked you to delete", "you promised to stop": told of the past, mostly beside a reproach. Only where
    `reportable`: "I told you my address is wrong" still asks for its correction.
    DOUBTFUL: "if you delete my account", "can you not delete": a person reads these.
    """
    reported = _report(words, start) if reportable else ASKED
    return min(_negation(words, start), _condition(words, start), reported)


def _negation(words: list[str], start: int) -> float:
    at = start - 1
    while at > 0 and words[at] in _BRIDGE:
        at -= 1
    word = words[at] if at > 0 else ""
    before = words[at - 1] if at > 1 else ""
    if word in _NOT:
        return _strength(words, at, start)
    if word in _NEED and before in ("no", "not"):
        return FORBIDDEN
    if word in ("than", "of") and before in ("rather", "instead"):
        return FORBIDDEN
    if word == "no" and words[at + 1] in _NEED:
        return FORBIDDEN
    if word == "for" and not _THANKS.isdisjoint(words[max(0, at - 2) : at]):
        return FORBIDDEN
    return ASKED


def _report(words: list[str], start: int) -> float:
    at = start - 1
    while at > start - 5 and words[at] in _TOLD_TO:
        at -= 1
    if words[at] in _TOLD and at < start - 1:
        return REPORTED
    return REPORTED if _past(words, start) else ASKED


def _past(words: list[str], start: int) -> bool:
    """ "I asked for", "we have requested": a request told of, not made, unless it is made again."""
    at = start
    while at > max(0, start - _PAST_REACH_WORDS) and words[at] not in _PAST_VERBS:
        at -= 1
        if words[at] not in _PAST_VERBS and words[at] not in _PAST_GAP and not words[at].isdigit():
            return False
    told = words[at : start + 2]
    if words[at] not in _PAST_VERBS or not _AFRESH.isdisjoint(told):
        return False
    if words[at] in _PAST_SENT and _PAST_SENT_WHAT.isdisjoint(told):
        return False
    before = at - 1
    while before > 0 and words[before] in _HAD:
        before -= 1
    return words[before] in _I


def _strength(words: list[str], at: int, start: int) -> float:
    """A "not" at `at`: forbids, unless it belongs to a question or to "not able to", "have not asked yet"."""
    before = words[at - 1] if at > 1 else ""
    if at + 1 < len(words) and words[at + 1] == "only":
        return ASKED
    if before in _ABLE:
        return DOUBTFUL if at == start - 1 else ASKED
    if before == "you" and words[at - 2] in _ABLE:
        return DOUBTFUL
    if before in _WHY or any(word in _WHY for word in words[max(0, at - 3) : at]):
        return DOUBTFUL
    return FORBIDDEN


def _condition(words: list[str], start: int) -> float:
    """An "if" shortly before, unless it is only politeness: "grateful if you could", "if possible"."""
    for at in range(start - 1, max(0, start - 7), -1):
        if words[at] not in ("if", "unless", "suppose"):
            continue
        polite = words[at - 1] in _WELCOME or (at > 1 and words[at - 2] in _WELCOME)
        following = words[at + 1 : at + 3]
        if polite or any(word in _POSSIBLE for word in following):
            return ASKED
        return DOUBTFUL
    return ASKED
