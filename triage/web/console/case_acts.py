"""What a person does on the case page. Each act is read from its form and done by the function its command uses."""

from collections.abc import Callable, Mapping
from enum import StrEnum

from triage.domain.asking import propose
from triage.domain.case_events import record
from triage.domain.case_file import CaseFile
from triage.domain.case_life import reopen, today_for
from triage.domain.checklist import leave, tick, untick
from triage.domain.closing import close, forward_to_controller, propose_close
from triage.domain.delivery import Delivery, Supplement, record_delivery, record_delivery_outside, record_supplements
from triage.domain.holding import contacted, hold, snooze, take_note
from triage.domain.vocabulary import CaseEventName, LetterPurpose, Outcome
from triage.domain.withdrawing import confirm_withdrawal, dismiss_withdrawal
from triage.web.console.case_doing import Decide, Decided, Doing
from triage.web.console.case_draft import lay_ready
from triage.web.console.case_law import settle

ASKS = {
    "identity": LetterPurpose.IDENTITY_ASK,
    "authority": LetterPurpose.AUTHORITY_ASK,
    "clarification": LetterPurpose.CLARIFICATION_ASK,
}


class Ask(StrEnum):
    """What a person may be asked for."""

    IDENTITY = "identity"
    AUTHORITY = "authority"
    CLARIFICATION = "clarification"


class Way(StrEnum):
    """How somebody was in touch."""

    PHONE = "phone"
    TEAMS = "teams"
    IN_PERSON = "in_person"
    POST = "post"


WAYS = {Way.PHONE: "By phone", Way.TEAMS: "On Teams", Way.IN_PERSON: "In person", Way.POST: "By post"}
# Receipt is the desk's own word; a new label, a withdrawal and a reopening have acts of their own.
EVENTS = tuple(
    name
    for name in CaseEventName
    if name not in (CaseEventName.RECEIVED, CaseEventName.RELABELLED, CaseEventName.WITHDRAWN, CaseEventName.REOPENED)
)


def _note(doing: Doing) -> Decide:
    words = doing.typed.words("words", "Write what is to be remembered")
    return lambda case: take_note(case, words)


def _contacted(doing: Doing) -> Decide:
    """Five fields make the sentence the journal keeps."""
    typed = doing.typed
    way, said = typed.choice("way", Way), typed.words("said", "Say what was said")
    whom, agreed = typed.line("whom"), typed.words("agreed")
    on = typed.value("on").strip()
    parts = [WAYS[way] + (f", {whom}" if whom else "") + f": {said}", f"Agreed: {agreed}" if agreed else ""]
    words = "\n".join(filter(None, parts))
    day = typed.day("on") if on else None
    return lambda case: contacted(case, day or today_for(case, doing.policy, doing.now), words, doing.policy, doing.now)


def _snooze(doing: Doing) -> Decide:
    until, why = doing.typed.day("until"), doing.typed.line("why", "Say why it may rest")
    return lambda case: snooze(case, until, why, doing.policy, doing.now)


def _hold(doing: Doing) -> Decide:
    why, lift = doing.typed.line("why", "Say why"), doing.typed.value("lift") == "1"
    return lambda case: hold(case, why, on=not lift)


def _tick(doing: Doing) -> Decide:
    typed = doing.typed
    system, note, day = typed.value("system"), typed.line("note"), typed.value("on").strip()
    on = typed.day("on") if day else None

    def decide(case: CaseFile) -> Decided:
        done_on = on or today_for(case, doing.policy, doing.now)
        return tick(case, system, doing.by, note, done_on, doing.policy, doing.now)

    return decide


def _untick(doing: Doing) -> Decide:
    note = doing.typed.line("note", "Say why it is not done after all")
    return lambda case: untick(case, doing.typed.value("system"), doing.by, note)


def _leave(doing: Doing) -> Decide:
    note = doing.typed.line("note", "Say why it stays open")
    return lambda case: leave(case, doing.typed.value("system"), doing.by, note, doing.policy)


def _event(doing: Doing) -> Decide:
    typed = doing.typed
    name, on, why = typed.choice("name", CaseEventName), typed.day("on"), typed.line("override")
    return lambda case: record(case, name, on, doing.policy, doing.now, note=why, overridden=bool(why))


def _ask(doing: Doing) -> Decide:
    typed = doing.typed
    purpose = ASKS[typed.choice("what", Ask)]
    words, why = typed.words("words"), typed.line("override")
    return lambda case: propose(case, purpose, words, doing.policy, doing.now, note=why)


def _extend(doing: Doing) -> Decide:
    typed, purpose = doing.typed, LetterPurpose.EXTENSION_NOTICE
    words, why = typed.words("words", "Write the reasons: the person is told them"), typed.line("override")
    return lambda case: propose(case, purpose, words, doing.policy, doing.now, note=why)


def _answer(doing: Doing) -> Decide:
    outcome, words = doing.typed.choice("outcome", Outcome), doing.typed.words("words")
    return lambda case: propose_close(case, outcome, words, doing.policy, doing.now)


def _forward(doing: Doing) -> Decide:
    words = doing.typed.words("words")
    return lambda case: forward_to_controller(case, words, doing.policy, doing.now)


def _close(doing: Doing) -> Decide:
    outcome, why = doing.typed.choice("outcome", Outcome), doing.typed.line("without_letter")
    return lambda case: close(case, outcome, doing.policy, doing.now, without_letter=why)


def _reopen(doing: Doing) -> Decide:
    why = doing.typed.line("why", "Say why it is opened again")
    return lambda case: reopen(case, doing.policy, doing.now, why)


def _withdrawn(doing: Doing) -> Decide:
    how = doing.typed.line("why", "Say how they confirmed it")
    return lambda case: confirm_withdrawal(case, how, doing.policy, doing.now)


def _stands(doing: Doing) -> Decide:
    why = doing.typed.line("why", "Say why the wish stands")
    return lambda case: dismiss_withdrawal(case, why, doing.policy, doing.now)


def _answers(doing: Doing) -> Decide:
    typed = doing.typed
    points = {point: typed.words(f"point-{point}") for point in Supplement}
    by, everywhere = typed.line("redactions_by"), typed.words("searched-elsewhere")

    def decide(case: CaseFile) -> Decided:
        found = {task.system: typed.words(f"searched-{task.id}") for task in case.tasks}
        if everywhere:
            found["elsewhere"] = everywhere
        return record_supplements(case, points, found, by)

    return decide


def _delivered(doing: Doing) -> Decide:
    typed = doing.typed
    if outside := typed.words("outside"):
        return lambda case: record_delivery_outside(case, outside, doing.now)
    delivery = Delivery(
        how=typed.line("how"),
        address=typed.line("to"),
        checked=typed.line("checked"),
        at=typed.moment("at", doing.now),
        sha256=tuple(typed.words("sha256").split()),
    )
    return lambda case: record_delivery(case, delivery, doing.now)


# By the last part of the address a form is sent to.
ACTS: Mapping[str, Callable[[Doing], Decide]] = {
    "note": _note,
    "contacted": _contacted,
    "snooze": _snooze,
    "hold": _hold,
    "tick": _tick,
    "untick": _untick,
    "leave": _leave,
    "event": _event,
    "ask": _ask,
    "extend": _extend,
    "answer": _answer,
    "forward": _forward,
    "close": _close,
    "reopen": _reopen,
    "withdrawn": _withdrawn,
    "stands": _stands,
    "answers": _answers,
    "delivered": _delivered,
    "regime": settle,
    "draft": lay_ready,
}
# These lay a letter ready, which is read next.
LAYS_LETTER = frozenset({"ask", "extend", "answer", "forward", "draft"})
