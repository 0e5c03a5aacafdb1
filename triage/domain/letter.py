"""What a letter needs to know. Choosing one is triage/domain/decide.py; wording it is rules/letters/."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from triage.domain.policy import Controller, Link
from triage.domain.vocabulary import Channel, Kind, LetterPurpose, OtherRight, Outcome


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterFacts:
    """All a template may say, and nothing else: there is no sender's name, subject or text to leak.

    `due_on`: the day by whose end the rights asked for are answered; None where no date may be promised.
    `news_by`: a complaint's next news, or the next word about any other case where a person promises one.
    `opt_out_by`: the day marketing has stopped.
    `may_be_breach`: the person may have received something not meant for them. `by_person`: somebody approved it, so
    it must not call itself automatic. `hands_over`: a person was asked for, so it says that one has been asked and that
    nothing automatic follows. `way_known`: in a chat, that there is any way to reach the person: where there is none,
    nobody can say by which day marketing stops. `opt_out_working_days`: how long that takes once it is known where it
    goes; 0 where the policy says nothing. `outcome`: how the case ended. `words`: what a person wrote for this letter,
    paragraphs between empty lines: the question, the reasons, the answer to each point. `both_regulators`: it names
    the UK's and the EU's, as either law may count. `overdue`: the day owed is past, so no day is named.
    `extended`: the person was told that it takes longer than a month.
    """

    purpose: LetterPurpose
    channel: Channel
    reference: str
    received_on: date
    kinds: tuple[Kind, ...]
    controller: Controller
    links: Mapping[str, Link]
    ico_phone: str
    other_rights: tuple[OtherRight, ...] = ()
    due_on: date | None = None
    news_by: date | None = None
    opt_out_by: date | None = None
    may_be_breach: bool = False
    by_person: bool = False
    hands_over: bool = False
    way_known: bool = True
    opt_out_working_days: int = 0
    outcome: Outcome | None = None
    words: str = ""
    both_regulators: bool = False
    overdue: bool = False
    extended: bool = False


# What a letter is to the reader. Each stage has one subject line (rules/letters/subjects/), and lint rules name stages.
STAGES: Mapping[str, tuple[LetterPurpose, ...]] = {
    "received": (
        LetterPurpose.ACKNOWLEDGEMENT,
        LetterPurpose.NEUTRAL,
        LetterPurpose.COMPLAINT_ACKNOWLEDGEMENT,
        LetterPurpose.OPT_OUT_RECORDED,
    ),
    "question": (LetterPurpose.IDENTITY_ASK, LetterPurpose.AUTHORITY_ASK, LetterPurpose.CLARIFICATION_ASK),
    "news": (
        LetterPurpose.EXTENSION_NOTICE,
        LetterPurpose.PROGRESS,
        LetterPurpose.FORWARDED,
        LetterPurpose.COMPLAINT_PROGRESS,
        LetterPurpose.ESCALATION,
        LetterPurpose.FIRST_UNDERSTOOD_DIFFERENTLY,
    ),
    "answer": (
        LetterPurpose.OUTCOME,
        LetterPurpose.REFUSAL,
        LetterPurpose.COMPLAINT_OUTCOME,
        LetterPurpose.OPT_OUT_DONE,
    ),
}
_STAGE_OF = {purpose: stage for stage, purposes in STAGES.items() for purpose in purposes}

_SAY_DUE = frozenset(
    {
        LetterPurpose.ACKNOWLEDGEMENT,
        LetterPurpose.COMPLAINT_ACKNOWLEDGEMENT,
        LetterPurpose.IDENTITY_ASK,
        LetterPurpose.AUTHORITY_ASK,
        LetterPurpose.CLARIFICATION_ASK,
        LetterPurpose.EXTENSION_NOTICE,
        LetterPurpose.PROGRESS,
        LetterPurpose.FIRST_UNDERSTOOD_DIFFERENTLY,
    }
)
SAY_NEWS = frozenset({LetterPurpose.PROGRESS, LetterPurpose.COMPLAINT_PROGRESS, LetterPurpose.ESCALATION})
_SAY_NEWS_OF_A_COMPLAINT = frozenset(
    {
        LetterPurpose.ACKNOWLEDGEMENT,
        LetterPurpose.COMPLAINT_ACKNOWLEDGEMENT,
        LetterPurpose.FIRST_UNDERSTOOD_DIFFERENTLY,
    }
)
_SAY_MARKETING_STOPS = frozenset(
    {
        LetterPurpose.ACKNOWLEDGEMENT,
        LetterPurpose.COMPLAINT_ACKNOWLEDGEMENT,
        LetterPurpose.OPT_OUT_RECORDED,
        LetterPurpose.FIRST_UNDERSTOOD_DIFFERENTLY,
    }
)
_NO_MONTH = frozenset({Kind.COMPLAINT, Kind.OPT_OUT})


def stage_of(purpose: LetterPurpose) -> str:
    """The stage a purpose belongs to: "received", "question", "news" or "answer"."""
    return _STAGE_OF[purpose]


def dates_said(facts: LetterFacts) -> tuple[tuple[str, date], ...]:
    """Every day the letter names beside the day of receipt, each with what it is: what it promises, and no more.

    A complaint and an opt-out alone are never promised the month's answer; a chat whose visitor nobody can reach is
    told no day on which marketing stops.
    """
    purpose, kinds = facts.purpose, set(facts.kinds)
    due = purpose is LetterPurpose.NEUTRAL or (purpose in _SAY_DUE and bool(kinds - _NO_MONTH))
    news = purpose in SAY_NEWS or (purpose in _SAY_NEWS_OF_A_COMPLAINT and Kind.COMPLAINT in kinds)
    stops = purpose in _SAY_MARKETING_STOPS and Kind.OPT_OUT in kinds and facts.way_known
    dates = (
        ("answer-by date", facts.due_on, due),
        ("news-by date", facts.news_by, news),
        ("marketing-stops date", facts.opt_out_by, stops),
    )
    return tuple((what, day) for what, day, said in dates if said and day is not None)


def first_named(facts: LetterFacts) -> date | None:
    """The first day the letter names; None where it names none. Once that is over, the letter may not go."""
    return min((day for _, day in dates_said(facts)), default=None)


def from_today(facts: LetterFacts, today: date) -> LetterFacts:
    """The facts without any day that is past on `today` (local): nobody is promised what cannot be kept."""

    def still(day: date | None) -> date | None:
        return day if day is None or day >= today else None

    due_on = still(facts.due_on)
    return replace(
        facts,
        due_on=due_on,
        news_by=still(facts.news_by),
        opt_out_by=still(facts.opt_out_by),
        overdue=facts.due_on is not None and due_on is None,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterText:
    """A letter worded: plain text only (no tracking, no layout), one subject line."""

    subject: str
    body: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Outgoing:
    """A letter on its way out: to whom, under which Message-ID, in answer to which thread. Ids stand in <>."""

    recipient: str
    message_id: str
    in_reply_to: str | None
    references: tuple[str, ...]
    text: LetterText
