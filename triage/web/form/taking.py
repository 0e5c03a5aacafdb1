"""Takes in a filled form: weighs its proof, keeps the lanes, stores it with its reference."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from triage.domain.clock import local_date
from triage.domain.told import FormPost
from triage.domain.vocabulary import Nation
from triage.errors import StoreUnavailable
from triage.logs import get_logger
from triage.parsing.form_post import FilledForm
from triage.parsing.told import form_bytes
from triage.ports_chat import Inbox
from triage.web.form.lanes import Lanes
from triage.web.form.proof import HONEYPOT, USED_BEFORE, Proof, Proofs

log = get_logger()

CROWDED = "more posts with proof of work than usual"

_MOST_REMEMBERED = 10_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Stored:
    """It is safe. Where the same post came before, `reference` or `received_on` is None if nobody here knows it."""

    reference: str | None
    received_on: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class TooMany:
    """Over the limit; again in `wait_s` seconds."""

    wait_s: float


@dataclass(frozen=True, kw_only=True, slots=True)
class StoreAway:
    """It could not be stored."""


Outcome = Stored | TooMany | StoreAway


class Desk:
    """Where filled forms are handed in. `clock` gives aware UTC, `nation` says which day that is; `monotonic` gives
    seconds for the limits, so that setting the clock lets nobody in and keeps nobody out."""

    def __init__(
        self,
        *,
        inbox: Inbox,
        proofs: Proofs,
        nation: Nation,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float],
    ) -> None:
        self._inbox = inbox
        self._proofs = proofs
        self._nation = nation
        self._clock = clock
        self._monotonic = monotonic
        self._lanes = Lanes()
        # After a double click the browser shows the second answer only: it has to be the first one's.
        self._in_hand: dict[str, asyncio.Task[Outcome]] = {}
        self._stored: OrderedDict[str, Stored] = OrderedDict()

    async def take(self, filled: FilledForm, client: str) -> Outcome:
        """Store a form that has nothing to put right. A doubt about who sent it holds it and never refuses it.

        The same form sent again gets the same answer, and counts for no limit: it says that the message is here.
        """
        key = filled.item_key
        if key in self._stored:
            return self._stored[key]
        if key not in self._in_hand:
            self._in_hand[key] = asyncio.create_task(self._take(filled, client))
            self._in_hand[key].add_done_callback(lambda _: self._in_hand.pop(key))
        # One of the two going away must not take the other's answer along.
        return await asyncio.shield(self._in_hand[key])

    async def _take(self, filled: FilledForm, client: str) -> Outcome:
        now = self._clock()
        now_s = self._monotonic()
        proof = self._weigh(filled)
        if not proof.held_because and self._lanes.is_crowded(now_s):
            proof = replace(proof, held_because=CROWDED)
        held = bool(proof.held_because)
        if wait_s := self._lanes.take(client, held=held, now_s=now_s):
            log.info("form_put_off", code="held" if held else "proven", retry_in_s=round(wait_s))
            return TooMany(wait_s=wait_s)

        def raw_of(reference: str, *, spent_before: bool) -> bytes:
            reason = proof.held_because or (USED_BEFORE if spent_before else "")
            return form_bytes(_post(filled, reference, reason, now))

        try:
            saved = await self._inbox.save_form(filled.item_key, raw_of, now, proof.spend)
        except StoreUnavailable:
            log.error("form_not_stored", code="store_unavailable")
            return StoreAway()
        log.info("form_stored", outcome="known" if saved.known else "new", reason=proof.held_because or "proven")
        self._proofs.remember(proof, filled.item_key)
        # Of a post known from before this start nobody here knows the day.
        received_on = None if saved.known else local_date(now, self._nation)
        return self._remember(filled.item_key, Stored(reference=saved.reference, received_on=received_on))

    def _remember(self, key: str, stored: Stored) -> Stored:
        self._stored[key] = stored
        if len(self._stored) > _MOST_REMEMBERED:
            self._stored.popitem(last=False)
        return stored

    def _weigh(self, filled: FilledForm) -> Proof:
        proof = self._proofs.check(filled.proof, filled.item_key)
        return replace(proof, held_because=HONEYPOT) if filled.trap else proof


def _post(filled: FilledForm, reference: str, held_because: str, now: datetime) -> FormPost:
    return FormPost(
        reference=reference,
        name=filled.name,
        email=filled.email,
        phone=filled.phone,
        post=filled.post,
        kinds=filled.kinds,
        message=filled.message,
        earlier_reference=filled.earlier_reference,
        held_because=held_because,
        received_at=now,
    )
