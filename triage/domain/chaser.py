"""A reply that asks how long it still takes: only asks where things stand, or reproaches.

The one that only asks is no complaint, the one that reproaches is (docs/labelling.md; DPA 2018 s.164A: how a request
was handled may be complained about). Looked for in the sender's own words of a reply only (reply.py).
"""

import re
from dataclasses import dataclass

from triage.domain.plain_sentences import PlainSentence, phrases, plain_sentences

# A delay of one's own, one's own affairs, or the very opposite: taken out before anything is looked for.
_ELSEWHERE = phrases(
    r"(?:sorry|apolog\w+) .*",
    r"no (?:\w+ )?(?:reply|response|answer|action|rush|hurry)(?: is)? (?:needed|necessary|required|expected)",
    r"no need (?:to|for) .*",
    r"do not need (?:to|any|an?) .*",
    r"(?:heard|had) nothing but .*",
    r"still (?:waiting|to (?:hear|receive)) ...(?:passport|driving|licence|bank|solicitor|husband|wife|son|daughter"
    r"|doctor|landlord|employer) ?.*",
    r"(?:if|unless) (?:i|we|you) .*",
    r"follow(?:ing)? up (?:on|to) your",
    r"(?:not|never|stop) (?:want|wish|need|send|sending|get|getting|receive) ...(?:updates?|news|progress)",
)
_ASKS = phrases(
    r"any (?:\w+ )?(?:news|updates?|progress|developments?|feedback)",
    r"(?:an|some|quick|brief|short|status) updates?",
    r"update (?:me|us|please|on)",
    r"where (?:do|does|are|is) (?:things|we|you|my|our|the|this|it) ...(?:stand|at|up to|with)",
    r"where (?:is|are) (?:my|our) (?:data|information|copy|answer|reply|response|request)",
    r"where (?:things|we|it|you|this) (?:stands?|are|is)",
    r"what is ...(?:status|position|happening|going on)(?: (?:with|of|on))?",
    r"(?:status|progress) (?:of|on|with)",
    r"how (?:is|are) ...(?:going|coming along|getting on|progressing)",
    r"when (?:can|will|may|could|should|might|would|do) (?:i|we|you|it|my|this|the) ...(?:expect|hear|receive|get|have"
    r"|ready|done|sent|answer|answered|reply|respond|send|finished)",
    r"(?:chasing|checking in|checking up|just checking|following up|follow up|touching base|nudge|chaser)",
    r"(?:friendly|gentle|quick|polite|kind|little) (?:reminder|prompt)",
    r"how long (?:does|do|will|would|might|is) (?:it|this|these|they|you) ...(?:take|need)",
    r"(?:have|did|has) you ...(?:chance|time to|round to|receive|received|get my|got my|see my|seen my|look|looked)",
    r"is (?:it|this|my request|there) ...(?:in hand|being dealt|being looked|being worked)",
)
# Not a word so far: mild by itself, a reproach where a month is over. Neither is it mild to ask a further time.
_UNHEARD = phrases(
    r"(?:have|has|had|did|do) (?:i |we )?(?:still )?not ...(?:heard|had|received|got|seen|hear|receive|get) ...(?:back"
    r"|from you|from your|from anyone|anything|any|reply|response|answer|yet)",
    r"still (?:waiting|awaiting|to hear|to receive|not had|not heard|not received|nothing)",
    r"(?:am|are|been) (?:\w+ )?(?:waiting|awaiting) (?:for|to|your|an?)",
    r"(?:no|without) (?:an? |any )?(?:reply|response|answer|acknowledgement|news)",
    r"(?:no|without a) word (?:from (?:you|anyone)|yet|since|so far)",
    r"you (?:have|had|did) (?:still )?not (?:\w+ )?(?:replied|responded|reply|respond|come back|got back)",
    r"(?:remains?|is|still) (?:unanswered|outstanding)",
)
_AGAIN = phrases(
    r"(?:second|third|fourth|fifth|2nd|3rd|\dth) (?:time|email|message|letter|reminder|chaser)",
    r"(?:once|yet) again",
    r"(?:chased|asked|written|emailed|rung|called) ...(?:twice|several times|repeatedly|many times|three times)",
    r"repeated(?:ly)? (?:requests?|emails?|reminders?|asked|chased|emailed)",
)
_REPROACH = phrases(
    r"(?:heard|had|received) (?:absolutely |literally )?(?:nothing|nowt)",
    r"not (?:heard|had|received) (?:a|one|even a|so much as a) (?:single )?(?:word|thing|peep)",
    r"(?:you (?:have |are )?(?:ignored|ignoring|ignore)|be(?:ing|en) ignored"
    r"|ignoring me|fobbed off|fobbing|stonewall\w*|radio silence|deafening silence)",
    r"(?:unacceptable|not acceptable|disgrace\w*|appalling|shocking|shambles|ridiculous|outrageous|pathetic|inexcusable"
    r"|not good enough|poor service|a joke)",
    r"(?:disappoint\w*|frustrat\w*|annoyed|annoying|upset|upsetting|angry|furious|fed up|dissatisfied|unhappy)",
    r"(?:overdue|out of time|(?:late|delayed) (?:reply|response|answer))",
    r"past (?:the|your|a|one) (?:deadline|date|limit|month)",
    r"(?:missed|passed|breach(?:ed|ing)?|broken|exceeded|over the) ...(?:deadline|time limit|legal limit|due date"
    r"|statutory|one month|calendar month|promise)",
    r"(?:deadline|time limit|due date|one month|date you (?:gave|promised)) ...(?:passed|expired|over|up|gone|missed)",
    r"you (?:were (?:supposed|meant|due|required)|promised|said you would|are late"
    r"|are in breach|failed|have failed|had one month|have had (?:a|over|more than|plenty|long))",
    r"you (?:should|ought to) have (?:\w+ )?(?:replied|answered|responded|acknowledged|written|told|done|dealt)",
    r"(?:failed|failure|failing) to (?:reply|respond|answer|comply|acknowledge|meet|provide|deal)",
    r"(?:taking|takes|taken|took) (?:far |much |way )?(?:too long|so long|this long|ages|forever)",
    r"how much longer (?:\w+ )?(?:it|this|i|we|you)",
    r"how long (?:must|should|am|are|have|do) (?:i|we) (?:have|be|been|wait|waited|expected|supposed|meant)",
    r"why (?:is|has|have|are|did|am|the) ...(?:long|delay|not|no|nobody|nothing|late)",
    r"(?:nobody|no one|noone|none of you) ...(?:bother\w*|repl\w+|answer\w*|respond\w*|got back|come back|in touch)",
    r"(?:complain|complaint|complaining) (?:about|that|how|because|as)",
)

_NUMBERS = {
    **{"a": 1, "an": 1, "one": 1, "two": 2, "couple of": 2, "three": 3, "few": 3, "several": 3, "four": 4, "five": 5},
    **{"six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12},
}
_TIME = (
    rf"(?P<count>\d{{1,3}}|{'|'.join(_NUMBERS)}) (?:full |whole |working )?(?P<unit>day|week|fortnight|month|year)s?"
)
_GONE = re.compile(
    rf"\b(?:it is|it has|it has been|been|now|waited|waiting|that is|this is|for|over|after|than|nearly|almost|about)"
    rf" (?:an? )?{_TIME}\b(?! (?:old|of age|free|notice|trial|holiday|from now|away))"
)
_AGO = re.compile(rf"\b(?:an? )?{_TIME} (?:ago|back)\b")
# "It has been five weeks since I moved" and "I moved five weeks ago" are no chasers; "since I asked" is, and so is a
# sentence that says little else than how long it has been.
_ASKED = re.compile(
    r"\b(?:ask\w*|wr[io]t\w*|contact\w*|email\w*|messag\w*|sent (?:you|my|this|the|in)|request\w*|complain\w*|submi\w+"
    r"|appl\w+|rang|heard|waiting|waited|sar|dsar|no (?:reply|answer|response))\b"
)
_BARE = re.compile(rf"^(?:\w+ )?(?:it is|it has been|that is|this is|been|now) (?:\w+ ){{0,3}}?{_TIME}(?: \w+){{0,3}}$")
_OWN_AFFAIR = re.compile(r" (?:since|that|when|after) (?:i|we|my|our|the)\b|\b(?:ago|back)\b")
_DAYS = {"day": 1, "week": 7, "fortnight": 14, "month": 31, "year": 365}
_WEEK_DAYS, _A_MONTH_WEEKS = 7, 4

# Which reproaches are about waiting by themselves, where nothing else speaks of it; other anger the reader judges.
_WAITING = re.compile(
    r"heard|received|ignor|silence|overdue|deadline|limit|due|late|month|promise|repl|respon|answer|acknowledge|long"
    r"|ages|forever|delay|touch|back|comply"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Chaser:
    """What a reply says about waiting. `asks_only`: where things stand, and no reproach; else it `reproaches`.

    `weeks` is the time it says has gone, in whole weeks, None where it names none. `spans` are the offsets of the
    sentences that tell, those that reproach by themselves first.
    """

    asks_only: bool
    reproaches: bool
    weeks: int | None
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sentence:
    """What one sentence says."""

    span: tuple[int, int]
    asks: bool
    unheard: bool
    again: bool
    reproaches: bool
    about_waiting: bool
    weeks: int | None

    @property
    def tells(self) -> bool:
        return self.asks or self.unheard or self.again or self.reproaches or self.weeks is not None


def find_chaser(text: str) -> Chaser | None:
    """What `text`, somebody's own words in a reply, says about waiting; None where it says nothing of the kind."""
    said = [one for one in map(_read, plain_sentences(text)) if one.tells]
    asks, unheard, again = (
        any(one.asks for one in said),
        any(one.unheard for one in said),
        any(one.again for one in said),
    )
    weeks = max((one.weeks for one in said if one.weeks is not None), default=None)
    if not (asks or unheard or weeks is not None or any(one.about_waiting for one in said)):
        return None
    long_unheard = unheard and (weeks or 0) >= _A_MONTH_WEEKS
    reproaches = any(one.reproaches for one in said) or long_unheard or (again and (asks or unheard))
    spans = tuple(one.span for one in sorted(said, key=lambda one: not one.reproaches))
    return Chaser(asks_only=not reproaches, reproaches=reproaches, weeks=weeks, spans=spans)


def _read(sentence: PlainSentence) -> _Sentence:
    words = _ELSEWHERE.sub(" ", sentence.words)
    reproaches = _REPROACH.search(words) is not None
    return _Sentence(
        span=(sentence.start, sentence.end),
        asks=_ASKS.search(words) is not None,
        unheard=_UNHEARD.search(words) is not None,
        again=_AGAIN.search(words) is not None,
        reproaches=reproaches,
        about_waiting=reproaches and _WAITING.search(words) is not None,
        weeks=_weeks_gone(words),
    )


def _weeks_gone(words: str) -> int | None:
    """The time a sentence says has gone by since the person asked; None without any, or where it is about else."""
    found = _GONE.search(words) or _AGO.search(words)
    if found is None:
        return None
    bare = _BARE.match(words) is not None and not _OWN_AFFAIR.search(words)
    if not bare and not _ASKED.search(words):
        return None
    count = found["count"]
    number = int(count) if count.isdigit() else _NUMBERS[count]
    return number * _DAYS[found["unit"]] // _WEEK_DAYS
