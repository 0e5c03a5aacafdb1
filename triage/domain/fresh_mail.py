"""What a fresh mail says about earlier cases of the same person, beside what the reader read in it.

Whoever writes anew, and does not answer a letter of ours, joins no thread. But their words may be about what they asked
before, and a person has to know of it at once:

    complains of the wait, an answer, "my request" ─> a complaint about that case
    reproaches us, and a request of theirs is overdue ─> a complaint for a person to confirm, about it
    takes a wish back, or makes it wait           ─> a person asks whether it is meant; nothing is deleted until then

The words decide: that somebody has an open case makes nothing they write be about it. See reply.py for answers to us.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from triage.domain.chaser import find_chaser
from triage.domain.classification import Classification
from triage.domain.enquiry import Enquiry
from triage.domain.hidden_complaint import with_complaint
from triage.domain.plain_sentences import phrases, plain_sentences
from triage.domain.plan import ThreadCase
from triage.domain.policy import Policy
from triage.domain.reply import about_which, is_overdue, words_of
from triage.domain.taking_back import TakenBack, taken_back
from triage.domain.unhappy import still_unhappy
from triage.domain.vocabulary import CaseState, Kind, Role

_WHAT_THEY_ASKED = phrases(
    r"(?:my|our) (?:\w+ ){0,4}?(?:request|sar|dsar)",
    r"(?:request|sar|dsar) (?:that |which )?(?:i|we) (?:\w+ )?(?:made|sent|submitted)",
    r"(?:i|we) (?:have |had )?(?:\w+ )?(?:asked|requested|wrote|written) ...(?:you|copy|data|information|ago|in|on)",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class FreshReading:
    """What becomes of a fresh mail. `about`: the case a complaint in it is about. `takes_back`: cases, by reference,
    whose wish it takes back or makes wait. `thread`: the one a person finds those in. `story`: why.
    """

    reading: Classification | None
    about: ThreadCase | None = None
    takes_back: tuple[tuple[str, TakenBack], ...] = ()
    story: tuple[str, ...] = ()

    @property
    def thread(self) -> str | None:
        """The thread of the case it is about, None where it is about none."""
        if self.takes_back:
            return self.takes_back[0][0].partition("/")[0]
        return self.about.thread if self.about is not None else None


def read_fresh(
    enquiry: Enquiry,
    reading: Classification | None,
    cases: tuple[ThreadCase, ...],
    role: Role,
    policy: Policy,
    today: date,
) -> FreshReading:
    """Read a mail of somebody with earlier `cases`. `role`: who speaks for them, OWN, or FORWARDED where a colleague
    passed their mail on. `today` is the day where the company asked is established.
    """
    words = words_of(enquiry, role) if cases else ""
    chaser, unhappy = find_chaser(words), still_unhappy(words)
    overdue = any(is_overdue(case, today) for case in cases)
    if reading is not None and chaser is not None and chaser.reproaches and overdue:
        why = "reproaches us with a request of theirs that is overdue: a complaint, if a person agrees"
        span = chaser.spans[0]
        reading = with_complaint(reading, policy, source="fresh.reproach", why=why, span=span, text=words[slice(*span)])
    about = None
    if reading is not None and Kind.COMPLAINT in reading.kinds and (chaser or unhappy or _names_a_request(words)):
        about = about_which(cases, today, answered=unhappy is not None)
    taken = tuple(_taken_back(words, cases))
    return FreshReading(
        reading=_for_a_person(reading, cases, taken),
        about=about,
        takes_back=taken,
        story=tuple(_story(about, taken, today)),
    )


def _names_a_request(words: str) -> bool:
    return any(_WHAT_THEY_ASKED.search(one.words) for one in plain_sentences(words))


def _taken_back(words: str, cases: Iterable[ThreadCase]) -> Iterable[tuple[str, TakenBack]]:
    for case in cases:
        found = taken_back(words, case.kind) if case.state in (CaseState.OPEN, CaseState.CANNOT_REACH) else None
        if found is not None:
            yield case.reference, found


def _for_a_person(
    reading: Classification | None, cases: Iterable[ThreadCase], taken: Iterable[tuple[str, TakenBack]]
) -> Classification | None:
    """Where a wish is taken back a person looks first. "Do not delete it" is no second request to delete: the one that
    is open holds whatever is meant."""
    held = {reference for reference, _ in taken}
    if reading is None or not held:
        return reading
    if any(case.reference in held and case.kind is Kind.DELETION for case in cases):
        reading = replace(
            reading,
            kinds=tuple(kind for kind in reading.kinds if kind is not Kind.DELETION),
            sure_kinds=tuple(kind for kind in reading.sure_kinds if kind is not Kind.DELETION),
        )
    return replace(reading, needs_person=True)


def _story(about: ThreadCase | None, taken: Iterable[tuple[str, TakenBack]], today: date) -> Iterable[str]:
    if about is not None:
        late = ", which is overdue" if is_overdue(about, today) else ""
        yield f"the complaint is about {about.reference} ({about.kind.value}) of the same person{late}"
    for reference, found in taken:
        what = "sets a condition for" if found.only_until else "seems to take back"
        yield f"it {what} the wish of {reference} ({found.rests_on}): a person asks; nothing is deleted until then"
