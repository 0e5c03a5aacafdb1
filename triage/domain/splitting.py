"""One message that holds two people's or two unrelated requests: what a second enquiry of it takes along.

Both have the same receipt: the month of each request runs from the day the message came (UK GDPR Art 12(3)).
"""

from dataclasses import dataclass, replace
from datetime import datetime

from triage.domain.case_change import Refused
from triage.domain.case_plan import receipt
from triage.domain.lanes import URGENT_FLAGS
from triage.domain.plan import PlannedCase
from triage.domain.planning import plan_routed
from triage.domain.policy import Policy
from triage.domain.relabelling import Labelled, Relabelling, relabel
from triage.domain.routing import Routing
from triage.domain.vocabulary import Flag, Kind, Lane, OtherRight


@dataclass(frozen=True, kw_only=True, slots=True)
class SplitMessage:
    """The message to be split, by its number in the thread. Times are aware UTC."""

    enquiry_id: int
    received_at: datetime
    filed_at: datetime
    controller: str
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Second:
    """All that the second enquiry asks. `both`: the first asks for it as well."""

    kinds: tuple[Kind, ...]
    rights: tuple[OtherRight, ...] = ()
    both: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Splitting:
    """What a split does. `opens`: cases of the second enquiry. `first`: what changes for the thread it is taken out
    of, None where that goes on as it is."""

    kinds: tuple[Kind, ...]
    rights: tuple[OtherRight, ...]
    lane: Lane
    opens: tuple[PlannedCase, ...]
    first: Relabelling | None


def split(known: Labelled, message: SplitMessage, second: Second, policy: Policy, now: datetime) -> Splitting | Refused:
    """Take a second enquiry out of a message of the thread.

    What the thread itself asked of that it asks no more, unless both do. No misreading is counted: what was read
    there is there, only for somebody else, or for another matter. The second enquiry is acknowledged by hand.
    """
    asked = tuple(kind for kind in Kind if kind in second.kinds)
    if not asked:
        return Refused(reasons=("say what the second enquiry asks for",))
    taken = () if second.both else tuple(kind for kind in known.kinds if kind in asked)
    left = tuple(kind for kind in known.kinds if kind not in taken)
    if taken and not left:
        return Refused(
            reasons=(f"nothing would be left of {known.reference}: say that both ask for it, or put its kind right",)
        )
    named = {one.name: one for one in policy.controllers}
    routing = Routing(
        controllers=(named.get(message.controller, policy.main_controller),),
        why="",
        in_doubt=named.get(known.rules_in_doubt),
    )
    return Splitting(
        kinds=asked,
        rights=tuple(right for right in OtherRight if right in second.rights),
        lane=_lane(asked, message.flags),
        opens=plan_routed(asked, receipt(message.received_at, message.filed_at), now, routing, policy, asked),
        first=_without(known, left, policy, now) if taken else None,
    )


def _lane(asked: tuple[Kind, ...], flags: tuple[Flag, ...]) -> Lane:
    if URGENT_FLAGS & set(flags):
        return Lane.URGENT
    return Lane.COMPLAINTS if Kind.COMPLAINT in asked else Lane.NEW


def _without(known: Labelled, left: tuple[Kind, ...], policy: Policy, now: datetime) -> Relabelling | None:
    rights = known.rights if Kind.OTHER_RIGHT in left else ()
    change = relabel(known, left, rights, policy, now)
    return None if change is None else replace(change, corrections=())
