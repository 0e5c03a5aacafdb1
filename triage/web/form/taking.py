"""Takes in a filled form: weighs its proof, keeps the lanes, stores it with its reference."""

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


class Desk:
    """Where filled forms are handed in. `clock` gives aware UTC, `nation` says which day that is."""

    def __init__(self, *, inbox: Inbox, proofs: Proofs, nation: Nation, clock: Callable[[], datetime]) -> None:
        self._inbox = inbox
        self._proofs = proofs
        self._nation = nation
        self._clock = clock
        self._lanes = Lanes()
        # A page reloaded tomorrow must still say today.
        self._received: OrderedDict[str, datetime] = OrderedDict()

    async def take(self, filled: FilledForm, client: str) -> Stored | TooMany | StoreAway:
        """Store a form that has nothing to put right. A doubt about who sent it holds it and never refuses it."""
        now = self._clock()
        proof = self._weigh(filled)
        held = bool(proof.held_because)
        if wait_s := self._lanes.take(client, held=held, now_s=now.timestamp()):
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
        self._proofs.remember(proof, filled.item_key)
        log.info("form_stored", outcome="known" if saved.known else "new", reason=proof.held_because or "proven")
        return Stored(reference=saved.reference, received_on=self._received_on(filled.item_key, now, known=saved.known))

    def _received_on(self, key: str, now: datetime, *, known: bool) -> date | None:
        if not known:
            self._received[key] = now
            if len(self._received) > _MOST_REMEMBERED:
                self._received.popitem(last=False)
        received_at = self._received.get(key)
        return local_date(received_at, self._nation) if received_at else None

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
