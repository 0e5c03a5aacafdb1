"""A person says what a message really asks: what changes by that, and whose misreading it was.

Nothing of the message is looked at or kept: what is counted are the kind read, the kind meant and the witness.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import zip_longest

from triage.domain.case_plan import receipt
from triage.domain.plan import PlannedCase
from triage.domain.planning import plan_routed
from triage.domain.policy import Policy
from triage.domain.routing import Routing
from triage.domain.vocabulary import Channel, Flag, Kind, Lane, LetterPurpose, OtherRight

NONE = "none"
RULE, MODEL, PERSON = "rule", "model", "person"

# Letters that say how the message was understood, and so are wrong once it was understood wrongly.
_NAMING = (
    LetterPurpose.ACKNOWLEDGEMENT,
    LetterPurpose.COMPLAINT_ACKNOWLEDGEMENT,
    LetterPurpose.OPT_OUT_RECORDED,
)
_WAITING, _ON_ITS_WAY = ("draft", "queued"), ("queued", "sending", "sent")


@dataclass(frozen=True, kw_only=True, slots=True)
class StandingCase:
    """A case that still has to be answered, and the message that opened it."""

    number: int
    kind: Kind
    enquiry_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class StandingLetter:
    """A letter about a message, by its state in the outbox. One that came back is left out."""

    id: int
    enquiry_id: int
    purpose: str
    state: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageReading:
    """What the reader made of one message. `witnesses`: of a kind's best reason, "person" where somebody ticked it.

    `said`: a person has spoken since it came, and so about it.
    """

    enquiry_id: int
    kinds: tuple[Kind, ...]
    needs_person: bool
    rights: tuple[OtherRight, ...] = ()
    flags: tuple[Flag, ...] = ()
    witnesses: Mapping[Kind, str] = field(default_factory=dict)
    said: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Labelled:
    """A thread as it is labelled now. `version` grows with every change to it, its messages or its cases.

    `received_at` is the first receipt, `filed_at` when that was filed. `rights_said`: the other rights a person named
    last, None where nobody has relabelled it yet. `waits`: one of its messages waits for a person without a case.
    `rules_in_doubt`: another company whose law may count, as its cases have it.
    """

    reference: str
    version: int
    received_at: datetime
    filed_at: datetime
    controller: str
    channel: Channel
    lane: Lane | None
    not_acknowledged: bool
    cases: tuple[StandingCase, ...] = ()
    letters: tuple[StandingLetter, ...] = ()
    readings: tuple[MessageReading, ...] = ()
    rights_said: tuple[OtherRight, ...] | None = None
    waits: bool = False
    rules_in_doubt: str = ""

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """What is asked, as it stands."""
        standing = {case.kind for case in self.cases}
        return tuple(kind for kind in Kind if kind in standing)

    @property
    def rights(self) -> tuple[OtherRight, ...]:
        """The other rights, as they stand: those a person named last, and what was read in messages since."""
        named = {right for reading in self.readings if not reading.said for right in reading.rights}
        named |= set(self.rights_said or ())
        return tuple(right for right in OtherRight if right in named)

    @property
    def settled(self) -> bool:
        """Whether a person has spoken since the last message came, or nobody has to: the reader was sure of it all."""
        unsaid = [reading for reading in self.readings if not reading.said]
        spoken_before = self.rights_said is not None and bool(unsaid)
        return not (self.waits or spoken_before or any(reading.needs_person for reading in unsaid))


@dataclass(frozen=True, kw_only=True, slots=True)
class Correction:
    """A kind read wrongly, missed ("none" was read) or not asked at all ("none" was meant). `witness` was at fault."""

    kind_read: str
    kind_meant: str
    witness: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Relabelling:
    """What a relabelling does. `sets_aside`: numbers of cases nobody asked for; `discards`: letters that would say so.

    `not_acknowledged` None leaves it as it is.
    """

    kinds: tuple[Kind, ...]
    rights: tuple[OtherRight, ...]
    kinds_before: tuple[Kind, ...]
    lane: Lane
    opens: tuple[PlannedCase, ...]
    sets_aside: tuple[int, ...]
    discards: tuple[int, ...]
    not_acknowledged: bool | None
    corrections: tuple[Correction, ...]


def relabel(
    known: Labelled, kinds: Iterable[Kind], rights: Iterable[OtherRight], policy: Policy, now: datetime
) -> Relabelling | None:
    """What changes when `kinds` (with the other `rights`) are all that the thread asks; None where nothing does.

    A kind added is dated from the first receipt, whenever it was noticed: the law counts from the day the request came
    (UK GDPR Art 12(3)). To confirm what the reader was unsure of is a change too: the doubt is settled.
    """
    wanted, named = set(kinds), set(rights)
    meant = tuple(kind for kind in Kind if kind in wanted)
    meant_rights = tuple(right for right in OtherRight if right in named)
    before = known.kinds
    if meant == before and meant_rights == known.rights and known.settled:
        return None
    added = tuple(kind for kind in meant if kind not in before)
    gone = tuple(case for case in known.cases if case.kind not in wanted)
    wrong = tuple(letter.id for letter in known.letters if _is_wrong_now(letter, gone, known.readings))
    outdated = tuple(letter.id for letter in known.letters if meant != before and _says_all_that_is_asked(letter))
    by_hand = added if _is_unanswered(known) else ()
    received_at = receipt(known.received_at, known.filed_at)
    return Relabelling(
        kinds=meant,
        rights=meant_rights,
        kinds_before=before,
        lane=_lane(known.lane, meant),
        opens=plan_routed(added, received_at, now, _routing(known, policy), policy, by_hand),
        sets_aside=tuple(case.number for case in gone),
        discards=wrong + outdated,
        not_acknowledged=_acknowledgement_owed(known, meant, owed=bool(by_hand or wrong)),
        corrections=_corrections(known, gone, added),
    )


def _routing(known: Labelled, policy: Policy) -> Routing:
    """Whom the thread is against, with what is in doubt about that."""
    named = {one.name: one for one in policy.controllers}
    controller = named.get(known.controller, policy.main_controller)
    return Routing(controllers=(controller,), why="", in_doubt=named.get(known.rules_in_doubt))


def _lane(lane: Lane | None, meant: tuple[Kind, ...]) -> Lane:
    if lane is Lane.URGENT:
        return lane
    if not meant:
        return Lane.NOT_REQUESTS
    return Lane.COMPLAINTS if Kind.COMPLAINT in meant else Lane.NEW


def _is_wrong_now(letter: StandingLetter, gone: tuple[StandingCase, ...], readings: tuple[MessageReading, ...]) -> bool:
    """Whether a letter that has not left names a kind nobody asked for.

    It names what was read in its message, a complaint among them; what a person added to the message later stands in
    no letter, and takes none with it.
    """
    if letter.state not in _WAITING or letter.purpose not in _NAMING:
        return False
    read = {kind for reading in readings if reading.enquiry_id == letter.enquiry_id for kind in reading.kinds}
    named = {case.kind for case in gone if case.enquiry_id == letter.enquiry_id} & read
    if letter.purpose == LetterPurpose.COMPLAINT_ACKNOWLEDGEMENT:
        return Kind.COMPLAINT in named
    return bool(named)


def _says_all_that_is_asked(letter: StandingLetter) -> bool:
    """A letter that has not left and says how we understand it after an earlier relabelling."""
    return letter.state in _WAITING and letter.purpose == LetterPurpose.FIRST_UNDERSTOOD_DIFFERENTLY


def _is_unanswered(known: Labelled) -> bool:
    """Whether a person still has to tell the sender that a kind added now was received.

    The form's page and the neutral letter acknowledge whatever was asked; an acknowledgement that names other kinds
    does not. Without any letter, a person's word that it was acknowledged by hand counts.
    """
    neutral = LetterPurpose.NEUTRAL
    if any(letter.purpose == neutral and letter.state in _ON_ITS_WAY for letter in known.letters):
        return False
    by_hand = bool(known.cases) and not known.letters and not known.not_acknowledged
    return known.channel is not Channel.FORM and not by_hand


def _acknowledgement_owed(known: Labelled, meant: tuple[Kind, ...], *, owed: bool) -> bool | None:
    """Nothing asked is owed no acknowledgement, unless a flag says that it is more than it seems."""
    if meant:
        return True if owed else None
    flagged = any(flag is not Flag.SPAM for reading in known.readings for flag in reading.flags)
    return None if flagged else False


def _corrections(known: Labelled, gone: tuple[StandingCase, ...], added: tuple[Kind, ...]) -> tuple[Correction, ...]:
    """Kinds read are held against kinds meant in the order of `Kind`; what is over is held against "none"."""
    read = sorted(gone, key=lambda case: list(Kind).index(case.kind))
    return tuple(_correction(known, case, kind) for case, kind in zip_longest(read, added, fillvalue=None))


def _correction(known: Labelled, case: StandingCase | None, meant: Kind | None) -> Correction:
    if case is not None:
        kind_meant = meant.value if meant is not None else NONE
        return Correction(kind_read=case.kind.value, kind_meant=kind_meant, witness=_who_read(known, case))
    assert meant is not None  # noqa: S101 - one of two lists of a pair goes on
    return Correction(kind_read=NONE, kind_meant=meant.value, witness=_who_missed(known, meant))


def _who_read(known: Labelled, case: StandingCase) -> str:
    """Whose reading opened the case: its best reason's. What no reader saw, a person had opened."""
    for reading in known.readings:
        if reading.enquiry_id == case.enquiry_id and case.kind in reading.kinds:
            # A right named can imply a kind (portability is access), which has no reason of its own then.
            return reading.witnesses.get(case.kind) or reading.witnesses.get(Kind.OTHER_RIGHT, MODEL)
    return PERSON


def _who_missed(known: Labelled, kind: Kind) -> str:
    """Who should have seen it: the model, unless a rule had a reason for it. What was read, a person had taken away."""
    if any(kind in reading.kinds for reading in known.readings):
        return PERSON
    return RULE if any(reading.witnesses.get(kind) == RULE for reading in known.readings) else MODEL
