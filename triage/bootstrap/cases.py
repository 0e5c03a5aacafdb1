"""Wires what the desk does for its cases by itself."""

from collections.abc import Callable
from datetime import datetime

from triage.adapters.store.sql_store import SqlStore
from triage.config import Settings
from triage.domain.policy import Policy
from triage.parsing.letterbook import LetterBook
from triage.ports import Sender
from triage.service.approvals import Leaving
from triage.service.case_watch import CaseWatch
from triage.service.casework import Casework
from triage.service.outbox import Outbox
from triage.service.reminding import Reminding
from triage.service.retaining import Retaining
from triage.service.tending import Tending


def build_tending(
    settings: Settings,
    policy: Policy,
    store: SqlStore,
    book: LetterBook,
    sender: Sender,
    worker: str,
    clock: Callable[[], datetime],
) -> Tending:
    """The desk's own look after its cases; mails to staff go through `sender`, in a queue of their own."""
    domain = settings.mailbox_address.rpartition("@")[2]
    work = Casework(store=store, book=book, policy=policy, mail_domain=domain, clock=clock)
    return Tending(
        watch=CaseWatch(store=store, work=work, policy=policy, clock=clock),
        reminding=Reminding(store=store, policy=policy, clock=clock),
        retaining=Retaining(store=store, policy=policy, clock=clock),
        leaving=Leaving(work=work, store=store),
        notices=Outbox(store=store.notice_queue, sender=sender, worker=worker, clock=clock, id_name="notice_id"),
    )
