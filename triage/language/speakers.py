"""Which rules speak where: in the sender's own words, else in what is passed on, never in our own letters."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from triage.domain.classification import Script
from triage.domain.enquiry import Passage
from triage.domain.vocabulary import Kind, Role
from triage.language.findings import Finding
from triage.language.matching import Hit, RuleMatcher
from triage.language.pipeline import blank_english, lexicon_of
from triage.language.rules_file import Rule, RuleBook
from triage.language.scope import reach
from triage.language.words import Sentence, sentences, word_set

FORWARDED_WEIGHT = 0.6
QUOTED_WEIGHT = 0.6
LEFTOVER_WEIGHT = 0.5
REPLY_SUBJECT_WEIGHT = 0.6
THIN_WORDS = 6
_MOST_HITS_PER_RULE = 20  # enough to explain and to score; keeps a 200 kB letter small in memory
_MOST_HITS_PER_CUE = 400  # what a later "it" means stands near it, so cues of a whole letter are kept
_AFTER_REACH_CHARS = 600
_REPLY_MARKS = ("re:", "fw:", "fwd:", "aw:", "sv:", "re :", "fw :")
_THANKS = word_set("thanks thank thankyou thx ta cheers ok okay great received noted lovely perfect brilliant")


@dataclass(frozen=True, kw_only=True, slots=True)
class Spoken:
    """What a message says: its sentences and the stretches they are from; the subject is (-1, -1).

    `own`: they are the sender's own words. Where there are none, it is what was passed on or quoted.
    """

    sentences: tuple[Sentence, ...]
    stretches: tuple[tuple[int, int], ...]
    own: bool


class RuleReader:
    """Finds what the rules find. Deterministic, keeps nothing of what it reads."""

    def __init__(self, book: RuleBook) -> None:
        self.rules = book.rules
        self.lexicon = lexicon_of(book)
        self._matcher = RuleMatcher(blank_english(), book.rules)

    def spoken(self, script: Script) -> Spoken:
        """The subject and the own words; where there are no own words, those of others (never our own letters)."""
        own = tuple(p for p in _passages(script, Role.OWN) if _says_something(script.text[p.start : p.end]))
        passages = own or tuple(p for p in script.passages if p.role in (Role.FORWARDED, Role.QUOTED, Role.SIGNATURE))
        thanks_only = _only_thanks(_text_of(script, own))
        found: list[Sentence] = []
        stretches: list[tuple[int, int]] = []
        if script.subject.strip() and not (thanks_only and _is_reply(script)):
            weight = REPLY_SUBJECT_WEIGHT if _is_reply(script) else 1.0
            found += sentences(script.subject, self.lexicon, 0, len(script.subject), subject=True, weight=weight)
            stretches.append((-1, -1))
        for passage in passages:
            found += sentences(script.text, self.lexicon, passage.start, passage.end)
            stretches.append((passage.start, passage.end))
        return Spoken(sentences=tuple(found), stretches=tuple(stretches), own=bool(own) or not passages)

    def findings(self, script: Script, spoken: Spoken) -> list[Finding]:
        """Every rule found where it may speak, with the weight it carries there."""
        own_text = _text_of(script, _passages(script, Role.OWN))
        found = list(self._found(script, spoken.sentences if spoken.own else self._of_subject(spoken)))
        if not _only_thanks(own_text) and not any(isinstance(f.hit.rule.gives, Kind) for f in found):
            found.extend(self._other_findings(script, own_text))
        return self._standing(found, script, spoken)

    def _of_subject(self, spoken: Spoken) -> Iterator[Sentence]:
        return (sentence for sentence in spoken.sentences if sentence.subject)

    def _other_findings(self, script: Script, own_text: str) -> Iterator[Finding]:
        """Nothing is asked in own words: read the rest for a person, as a line drawn wrongly must not hide a request.

        Never our own letters; boilerplate below a mail only where there is nothing else, since it talks of deleting
        and unsubscribing day in, day out.
        """
        words = len(own_text.split())
        weights = {Role.FORWARDED: FORWARDED_WEIGHT, Role.QUOTED: QUOTED_WEIGHT, Role.SIGNATURE: LEFTOVER_WEIGHT}
        if words == 0:
            weights[Role.FOOTER] = LEFTOVER_WEIGHT
        in_doubt = set() if words < THIN_WORDS else {Role.QUOTED, Role.SIGNATURE}
        for passage in script.passages:
            if passage.role in weights:
                weight = weights[passage.role]
                read = sentences(script.text, self.lexicon, passage.start, passage.end, weight=weight)
                found = self._found(script, read)
                doubtful = passage.role in in_doubt
                for finding in found:
                    if not doubtful:
                        yield finding
                    elif isinstance(finding.hit.rule.gives, Kind):
                        yield replace(finding, only_a_doubt=True)

    def _found(self, script: Script, read: Iterable[Sentence]) -> Iterator[Finding]:
        counts: dict[str, int] = {}
        for sentence in read:
            for hit in self._matcher.find(sentence):
                count = counts.get(hit.rule.name, 0)
                if count < (_MOST_HITS_PER_CUE if hit.rule.gives is None else _MOST_HITS_PER_RULE):
                    finding = _finding(hit, script.subject if sentence.subject else script.text)
                    counts[hit.rule.name] = count + (finding.weight > 0)
                    if finding.weight > 0:
                        yield finding

    def _standing(self, found: list[Finding], script: Script, spoken: Spoken) -> list[Finding]:
        """Drop findings whose rule needs a word elsewhere or a rule before it that is not there; or the reverse."""
        if any(f.hit.rule.after for f in found):
            places = _places(found)
            found = [f for f in found if not f.hit.rule.after or _follows(f, places)]
        asking = {f.hit.rule.name for f in found if f.hit.rule.elsewhere or f.hit.rule.nowhere}
        if not asking:
            return found
        present = self._all_words(script, spoken)
        return [f for f in found if _stands(f.hit.rule, present)]

    def _all_words(self, script: Script, spoken: Spoken) -> set[str]:
        """The words of what is spoken; beside own words, those of what is passed on as well."""
        words = {word for sentence in spoken.sentences for word in sentence.words}
        for passage in _passages(script, Role.FORWARDED) if spoken.own else ():
            for sentence in sentences(script.text, self.lexicon, passage.start, passage.end):
                words.update(sentence.words)
        return words


def _whole(script: Script) -> tuple[Passage, ...]:
    return (Passage(role=Role.OWN, start=0, end=len(script.text)),)


def _text_of(script: Script, passages: Iterable[Passage]) -> str:
    return "\n".join(script.text[p.start : p.end] for p in passages)


def _is_reply(script: Script) -> bool:
    return script.subject.strip().lower().startswith(_REPLY_MARKS)


def _says_something(text: str) -> bool:
    return any(c.isalnum() for c in text)


def _passages(script: Script, role: Role) -> tuple[Passage, ...]:
    passages = script.passages or _whole(script)
    return tuple(p for p in passages if p.role is role)


def _places(found: list[Finding]) -> dict[str, list[int]]:
    """Where each rule that another may come after was found: character offsets, ascending; the subject is at 0."""
    wanted = {name for f in found for name in f.hit.rule.after}
    places: dict[str, list[int]] = {name: [] for name in wanted}
    for finding in found:
        if finding.hit.rule.name in wanted:
            places[finding.hit.rule.name].append(max(0, finding.start))
    for offsets in places.values():
        offsets.sort()
    return places


def _follows(finding: Finding, places: dict[str, list[int]]) -> bool:
    """Whether one of the rules it must come after was found at most _AFTER_REACH_CHARS before it."""
    for name in finding.hit.rule.after:
        offsets = places[name]
        at = bisect_left(offsets, finding.start)
        if at and offsets[at - 1] >= finding.start - _AFTER_REACH_CHARS:
            return True
    return False


def _stands(rule: Rule, present: set[str]) -> bool:
    if rule.elsewhere and rule.elsewhere.isdisjoint(present):
        return False
    return rule.nowhere.isdisjoint(present)


def _finding(hit: Hit, text: str) -> Finding:
    sentence, rule = hit.sentence, hit.rule
    factor = sentence.weight
    if isinstance(rule.gives, Kind):
        factor *= _asked(hit)
    start, end = _span(sentence, hit)
    text = text[start:end]
    if sentence.subject:
        start = end = -1
    return Finding(hit=hit, weight=rule.weight * factor, text=text, start=start, end=end)


def _asked(hit: Hit) -> float:
    """A complaint is no request: "you did not ..." makes it, where it would unmake the others."""
    kind = hit.rule.gives
    if kind is Kind.COMPLAINT:
        return 1.0
    return reach(hit.sentence.words, hit.start, reportable=kind is not Kind.CORRECTION)


def _span(sentence: Sentence, hit: Hit) -> tuple[int, int]:
    return sentence.starts[hit.start], sentence.ends[hit.end - 1]


def _only_thanks(own_text: str) -> bool:
    """Whether the own words are no more than a thank-you, so that what they quote is not asked again."""
    words = [w.strip(".,!:;").lower() for w in own_text.split(maxsplit=THIN_WORDS)]
    return 0 < len(words) <= THIN_WORDS and any(w in _THANKS for w in words)
