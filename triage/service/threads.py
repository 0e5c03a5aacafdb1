"""Threads put together and taken apart by a person: what would change is told first, then all of it is written."""

from datetime import datetime
from typing import Protocol

from triage.domain.case_change import Refused
from triage.domain.clock import local_date
from triage.domain.merging import Mergeable, Merging
from triage.domain.merging import merge as decide_merge
from triage.domain.policy import Policy
from triage.domain.relabelling import Labelled
from triage.domain.splitting import Second, SplitMessage, Splitting
from triage.domain.splitting import split as decide_split
from triage.errors import NotDone
from triage.ports_console import ThreadStore


class JoiningStore(ThreadStore, Protocol):
    """The store, with how a thread is labelled."""

    async def labelled(self, reference: str) -> Labelled | None:
        """How an enquiry is labelled now; None if there is none."""
        ...


async def two_threads(store: ThreadStore, gone: str, kept: str) -> tuple[Mergeable, Mergeable]:
    """Both as they are now; a reference may have a case's number, and may have been merged already. Raises NotDone."""
    found = [await _thread(store, reference) for reference in (gone, kept)]
    return found[0], found[1]


async def _thread(store: ThreadStore, reference: str) -> Mergeable:
    asked = reference.strip().upper().partition("/")[0]
    one = await store.mergeable(await store.leads_to(asked) or asked)
    if one is None:
        raise NotDone(f"there is no enquiry {asked}")
    return one


async def merge(
    store: ThreadStore,
    gone: Mergeable,
    kept: Mergeable,
    why: str,
    *,
    by: str,
    now: datetime,
    apart: bool = False,
) -> Merging:
    """Make one thread of two, as they were seen; what was done. Raises NotDone where the rules refuse it (see
    domain/merging.py), or either has changed since it was seen."""
    change = decide_merge(gone, kept, why, apart=apart)
    if isinstance(change, Refused):
        raise NotDone("\n".join(change.reasons))
    if not await store.merge(change, (gone.version, kept.version), why, by=by, now=now):
        raise NotDone(f"{gone.reference} or {kept.reference} has changed since you looked: look again, then merge them")
    return change


async def to_split(store: JoiningStore, thread: str, enquiry_id: int) -> tuple[Labelled, SplitMessage]:
    """The thread and its message as they are now. Raises NotDone where there is no such message to split."""
    known, message = await store.labelled(thread), await store.split_message(thread, enquiry_id)
    if known is None:
        raise NotDone(f"there is no enquiry {thread}")
    if message is None:
        raise NotDone(f"{thread} has no message {enquiry_id} that a person wrote and whose words are kept")
    return known, message


async def split(
    store: JoiningStore,
    known: Labelled,
    message: SplitMessage,
    second: Second,
    policy: Policy,
    *,
    by: str,
    now: datetime,
) -> tuple[str, Splitting]:
    """Take a second enquiry out of a message, as the thread was seen; its reference, and what was done.

    Raises NotDone where the rules refuse it (see domain/splitting.py), or the thread has changed since it was seen.
    """
    change = decide_split(known, message, second, policy, now)
    if isinstance(change, Refused):
        raise NotDone("\n".join(change.reasons))
    year = local_date(now, policy.main_controller.nation).year
    reference = await store.split(known, message, change, year, by=by, now=now)
    if reference is None:
        raise NotDone(f"{known.reference} has changed since you looked: look again, then split it")
    return reference, change
