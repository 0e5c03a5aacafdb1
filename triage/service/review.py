"""What a person does. Every button of the console and every command that changes something calls one function here."""

from collections.abc import Collection, Sequence
from datetime import datetime

from triage.domain.clock import month_of
from triage.domain.policy import Policy
from triage.domain.relabelling import Labelled, Relabelling
from triage.domain.relabelling import relabel as decide
from triage.domain.vocabulary import Kind, OtherRight
from triage.errors import NotDone
from triage.ports import Store
from triage.ports_cases import CaseStore
from triage.ports_console import QueueStore


async def discard_draft(store: Store, letter_id: int, *, by: str, now: datetime) -> bool:
    """Throw a draft away; False if it is no draft. `by` is who said so, for the journal."""
    return await store.discard_draft(letter_id, by=by, now=now)


async def mark_read(
    store: CaseStore, thread: str, *, by: str, now: datetime, up_to: int | None = None
) -> tuple[int, ...]:
    """A person has read the thread up to the message `up_to`, the newest one they were shown; None: all that is there.

    The ids of the messages that were unread until now. Raises NotDone for an unknown thread, or a message not of it.
    """
    ids = await store.mark_read(thread, by=by, now=now, up_to=up_to)
    if ids is None:
        raise NotDone(f"there is no enquiry {thread}" if up_to is None else f"{thread} has no message {up_to}")
    return ids


async def retry_quarantined(store: Store, item_id: int, now: datetime) -> bool:
    """Give an unreadable item another try, with a clean count; False if there is none of that number."""
    return await store.retry_quarantined(item_id, now)


async def clear_alarm(store: Store, code: str, reference: str | None, now: datetime) -> bool:
    """Say that an alarm is dealt with; False if none of that code and reference stands.

    One whose cause is still there is raised again when it is next seen.
    """
    return await store.clear_alarm(code, reference, now)


async def mark_acknowledged(store: Store, reference: str, *, by: str, now: datetime) -> bool:
    """Say that a person has acknowledged by hand, or that none is needed; False if nothing there was unacknowledged."""
    return await store.mark_acknowledged(reference, by=by, now=now)


async def foresee_relabel(
    store: Store,
    reference: str,
    kinds: Collection[Kind],
    rights: Collection[OtherRight],
    policy: Policy,
    now: datetime,
) -> tuple[Labelled, Relabelling | None]:
    """How an enquiry is labelled now, and what `relabel` would change (None: nothing). Nothing is written.

    Raises NotDone for an unknown reference.
    """
    known = await store.labelled(reference)
    if known is None:
        raise NotDone(f"there is no enquiry {reference}")
    return known, decide(known, kinds, rights, policy, now)


async def relabel(
    store: Store,
    reference: str,
    kinds: Collection[Kind],
    rights: Collection[OtherRight],
    policy: Policy,
    *,
    by: str,
    now: datetime,
    version: int | None = None,
) -> tuple[Relabelling, tuple[int, ...]]:
    """Say what an enquiry really asks: `kinds` and the other `rights` are all of it. What changed, and the new cases.

    `reference` is the enquiry's, without a case number; `version` what `case show` said of it, None for whatever it is
    now. A misreading is counted by kinds, witness and month, with nothing of the message. Raises NotDone for an unknown
    reference, a change since that version, or where nothing would change.
    """
    known = await store.labelled(reference)
    if known is None:
        raise NotDone(f"there is no enquiry {reference}")
    if version is not None and version != known.version:
        raise NotDone(_stale(reference))
    change = decide(known, kinds, rights, policy, now)
    if change is None:
        asked = ", ".join((*known.kinds, *known.rights)) or "nothing"
        raise NotDone(f"nothing would change: {reference} is already taken to ask for {asked}")
    month = month_of(now, policy.main_controller.nation)
    opened = await store.relabel(known, change, month, by=by, now=now)
    if opened is None:
        raise NotDone(_stale(reference))
    return change, opened


def _stale(reference: str) -> str:
    return f"{reference} has changed since you looked: look again, then relabel it"


async def clear_look(store: Store, references: Sequence[str], *, by: str, now: datetime) -> None:
    """Agree that these ask for nothing. Raises NotDone, and clears none, where one of them does not wait for a look."""
    unknown = await store.clear_look(references, by=by, now=now)
    if unknown:
        raise NotDone("\n".join(f"{one} does not wait for a look: nothing was cleared" for one in unknown))


async def clear_look_before(
    store: Store, before: datetime, *, by: str, now: datetime, automatic: bool = False
) -> tuple[str, ...]:
    """Agree that all filed before a moment ask for nothing; which those were. `automatic`: what machines sent, else
    what people sent, so that neither list is cleared by whoever has read the other.

    Raises NotDone for a moment to come: what nobody has seen yet cannot be agreed to.
    """
    if before > now:
        raise NotDone(f"{before.isoformat()} has not come yet: give the moment that triage look printed")
    return await store.clear_look_before(before, automatic=automatic, by=by, now=now)


async def clear_look_up_to(
    store: QueueStore, newest: int, *, by: str, now: datetime, automatic: bool
) -> tuple[str, ...]:
    """Agree that all of a list that was shown asks for nothing; which those were. `newest` is the message filed last
    of those shown: what came after it waits to be seen. `automatic` as above."""
    return await store.clear_look_up_to(newest, automatic=automatic, by=by, now=now)
