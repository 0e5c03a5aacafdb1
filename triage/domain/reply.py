"""What a reply says to a thread that has cases, beside what the reader read in it.

    only asks where things stand     ─> belongs to its case; the next step is to tell
    reproaches, accepts no answer    ─> a complaint for a person to confirm, about the case it is about
    takes a wish back, or makes it wait ─> a person asks whether it is meant; nothing is deleted until then
    accepts no outcome of a complaint ─> that complaint is open again (a trigger of unresolved.py)
    nothing of it is open any more   ─> the case closed last is open again, for a person

A person reads every reply. Nothing here closes, sends or stops a clock: the old case's goes on as it was.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from triage.domain.case_plan import our_calendar
from triage.domain.chaser import Chaser, find_chaser
from triage.domain.classification import Classification
from triage.domain.clock import local_date
from triage.domain.enquiry import Enquiry
from triage.domain.hidden_complaint import with_complaint, without_complaint
from triage.domain.plan import Thread, ThreadCase
from triage.domain.policy import Controller, Policy
from triage.domain.taking_back import TakenBack, taken_back
from triage.domain.unhappy import still_unhappy
from triage.domain.vocabulary import CaseState, Kind, Role

_Span = tuple[int, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class ReplyReading:
    """What becomes of a reply. `opens`: kinds that need a case of their own; `about`: the number of the case a
    complaint among them is about. `reopens`, `next_step`, `still_unhappy`, `takes_back` as in Plan. `story`: why.
    """

    reading: Classification | None
    opens: tuple[Kind, ...]
    about: int | None = None
    reopens: tuple[tuple[int, date], ...] = ()
    next_step: tuple[str, date] | None = None
    still_unhappy: bool = False
    story: tuple[str, ...] = ()
    takes_back: tuple[tuple[int, TakenBack], ...] = ()


def read_reply(
    enquiry: Enquiry,
    reading: Classification | None,
    thread: Thread,
    controller: Controller,
    policy: Policy,
    now: datetime,
) -> ReplyReading:
    """Read a message that joins `thread`; its own words only. `now` is aware UTC."""
    today = local_date(now, controller.nation)
    known = {*thread.open_kinds, *(case.kind for case in thread.cases)}
    words = words_of(enquiry, Role.OWN) if known else ""
    chaser, unhappy = find_chaser(words), still_unhappy(words)
    contested = _contested(thread) if unhappy else None
    if reading is not None:
        reading = _with_what_it_says(reading, words, chaser, unhappy, policy)
    only_asks = chaser is not None and chaser.asks_only and not unhappy
    asked = reading.kinds if reading is not None else ()
    settled = known if only_asks else set(thread.open_kinds)
    opens = tuple(
        kind for kind in asked if kind not in settled and not (kind is Kind.COMPLAINT and contested is not None)
    )
    reopens = _reopened(thread, contested, opens)
    about = about_which(thread.cases, today, answered=unhappy is not None) if Kind.COMPLAINT in opens else None
    takes_back = tuple(_taken_back(words, thread.cases))
    return ReplyReading(
        takes_back=takes_back,
        reading=reading,
        opens=opens,
        about=about.number if about else None,
        reopens=tuple((case.number, _today_of(case, controller, policy, now)) for case in reopens),
        next_step=_next_step(reopens, contested, only_asks, thread, controller, policy, today),
        still_unhappy=unhappy is not None,
        story=(*_story(chaser, unhappy, about, reopens, today), *_story_of(takes_back)),
    )


def _today_of(case: ThreadCase, answering: Controller, policy: Policy, now: datetime) -> date:
    """The day it is where the case's own controller is established: of several in a thread each has its wall clock."""
    own = next((one for one in policy.controllers if one.name == case.controller), answering)
    return local_date(now, own.nation)


def words_of(enquiry: Enquiry, role: Role) -> str:
    """The whole text with everything but what `role` says blank, so that offsets stay those of the message."""
    text = enquiry.full_text
    parts = (
        text[one.start : one.end] if one.role is role else "\n" * (one.end - one.start) for one in enquiry.passages
    )
    return "".join(parts)


def _with_what_it_says(
    reading: Classification, words: str, chaser: Chaser | None, unhappy: _Span | None, policy: Policy
) -> Classification:
    if unhappy is not None:
        why = "does not accept our answer: a complaint about it, if a person agrees"
        return _complaint(reading, policy, "reply.still_unhappy", why, unhappy, words)
    if chaser is None:
        return reading
    if chaser.reproaches:
        why = "reproaches us with the wait: a complaint about it, if a person agrees"
        return _complaint(reading, policy, "reply.reproach", why, chaser.spans[0], words)
    return without_complaint(reading, chaser.spans)


def _complaint(
    reading: Classification, policy: Policy, source: str, why: str, span: _Span, words: str
) -> Classification:
    return with_complaint(reading, policy, source=source, why=why, span=span, text=words[slice(*span)])


def _taken_back(words: str, cases: Iterable[ThreadCase]) -> Iterable[tuple[int, TakenBack]]:
    for case in cases:
        found = taken_back(words, case.kind) if case.state in (CaseState.OPEN, CaseState.CANNOT_REACH) else None
        if found is not None:
            yield case.number, found


def _story_of(takes_back: Iterable[tuple[int, TakenBack]]) -> Iterable[str]:
    for number, found in takes_back:
        what = "sets a condition for" if found.only_until else "seems to take back"
        yield f"it {what} the wish of case {number} ({found.rests_on}): a person asks; nothing is deleted until then"


def _contested(thread: Thread) -> ThreadCase | None:
    """The complaint whose outcome is not accepted: the one answered last, where none is open to take it up."""
    if Kind.COMPLAINT in thread.open_kinds:
        return None
    return _last_closed(case for case in thread.cases if case.kind is Kind.COMPLAINT)


def _last_closed(cases: Iterable[ThreadCase]) -> ThreadCase | None:
    closed = [case for case in cases if case.state is CaseState.CLOSED]
    return max(closed, key=lambda case: (case.closed_on or date.min, case.number), default=None)


def _reopened(thread: Thread, contested: ThreadCase | None, opens: tuple[Kind, ...]) -> tuple[ThreadCase, ...]:
    """A reply is in the queue by a case: one of its own, one that is open, or the one closed last."""
    if contested is not None:
        return (contested,)
    last = None if opens or thread.open_kinds else _last_closed(thread.cases)
    return (last,) if last is not None else ()


def about_which(cases: tuple[ThreadCase, ...], today: date, *, answered: bool) -> ThreadCase | None:
    """What a complaint is about: where an answer is not accepted, the case answered last; else what is overdue, what
    is open, what was answered; of several the oldest."""
    requests = [case for case in cases if case.kind is not Kind.COMPLAINT]
    last = _last_closed(requests)
    if answered and last is not None:
        return last
    waiting = [case for case in requests if case.state is not CaseState.CLOSED]
    by_age = sorted(waiting, key=lambda case: (not is_overdue(case, today), case.received_on, case.number))
    return by_age[0] if by_age else last


def is_overdue(case: ThreadCase, today: date) -> bool:
    """Whether a request should have been answered by now, and is not."""
    return case.statutory_due is not None and case.statutory_due < today and case.state is not CaseState.CLOSED


def _next_step(
    reopens: tuple[ThreadCase, ...],
    contested: ThreadCase | None,
    only_asks: bool,
    thread: Thread,
    controller: Controller,
    policy: Policy,
    today: date,
) -> tuple[str, date] | None:
    if contested is not None:
        step = "read why the outcome is not accepted, and answer"
    elif reopens:
        step = "read the reply to a closed case; answer it, or close the case again"
    elif only_asks:
        late = any(is_overdue(case, today) for case in thread.cases)
        step = "tell where it stands: it is overdue" if late else "tell where it stands"
    else:
        return None
    return step, our_calendar(controller, policy).after(today, 1)


def _story(
    chaser: Chaser | None,
    unhappy: _Span | None,
    about: ThreadCase | None,
    reopens: tuple[ThreadCase, ...],
    today: date,
) -> Iterable[str]:
    if unhappy is not None:
        yield "it does not accept an answer of ours"
    elif chaser is not None:
        waited = f", after {chaser.weeks} weeks by its own count" if chaser.weeks else ""
        if chaser.asks_only:
            yield f"a chaser{waited}: it only asks where things stand and belongs to its case"
        else:
            yield f"a chaser that reproaches{waited}: a complaint, if a person agrees"
    if about is not None:
        late = ", which is overdue" if is_overdue(about, today) else ""
        yield f"the complaint is about case {about.number} ({about.kind.value}){late}; that clock goes on"
    for case in reopens:
        yield f"case {case.number} ({case.kind.value}) was closed and is open again for a person"
