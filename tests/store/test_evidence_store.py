"""Evidence packs and one person's records out of a real store; what is packed verifies with Python alone."""

from pathlib import Path

from sqlalchemy import insert, update

from tests.factories import (
    NOW,
    SECRET,
    make_analysis,
    make_case,
    make_classification,
    make_enquiry,
    make_plan,
    make_silent_plan,
)
from tests.store.chat_steps import CONTACT, PORTAL, THREAD, chat_case
from tests.store.steps import claim_one, file_item, file_one
from tests.unit.test_evidence import unpack, verify
from triage.adapters.evidence_zip import zip_bytes
from triage.adapters.store.addresses import mailbox_hash
from triage.adapters.store.schema import bounce, case_task, item
from triage.adapters.store.sql_store import SqlStore
from triage.domain.enquiry import Correspondent
from triage.domain.evidence import files_of
from triage.domain.person import ChatSeen, PersonRecords
from triage.domain.vocabulary import Channel, Kind

ANA = "ana@customer.example"


async def two_cases(store: SqlStore) -> str:
    """A mail that asks for two things, and its letter sent."""
    cases = (make_case(), make_case(Kind.DELETION))
    thread = await file_item(store, await claim_one(store, raw=b"Subject: x\r\n\r\nhello"), plan=make_plan(cases=cases))
    letter = await store.claim_letter("worker", NOW)
    assert letter is not None
    await store.record_sent(letter, NOW)
    await store.note_act(f"{thread}/1", "noted", {"step": "asked"}, by="bea", now=NOW)
    task = {"thread": thread, "number": 2, "system": "CRM", "what": "Delete the contact", "owner": "Sales"}
    async with store._database.write() as connection:
        await connection.execute(insert(case_task).values(task))
    return thread


async def test_a_pack_holds_the_thread_its_cases_and_their_chains_and_verifies(store: SqlStore, tmp_path: Path) -> None:
    thread = await two_cases(store)
    pack = await store.evidence(f" {thread.lower()} ")
    assert pack is not None
    assert pack.reference == thread
    assert [message.raw for message in pack.messages] == [b"Subject: x\r\n\r\nhello"]
    assert [case.kind for case in pack.cases] == ["access", "deletion"]
    assert [event.event for event in pack.cases[0].events] == ["received"]
    assert [task.what for task in pack.cases[1].tasks] == ["Delete the contact"]
    assert [head.chain for head in pack.heads] == [thread, f"{thread}/1", f"{thread}/2"]
    unpacked = unpack(tmp_path, zip_bytes(files_of(pack)))
    assert verify(unpacked) == (0, "every file is as it was packed, and every chain is whole\n")
    journal = unpacked / "journal.jsonl"
    journal.write_text(journal.read_text().replace("asked", "told"))
    assert verify(unpacked)[0] == 1
    assert files_of(pack) == files_of((await store.evidence(thread)) or pack)


async def test_a_pack_of_one_case_holds_its_own_chain(store: SqlStore) -> None:
    thread = await two_cases(store)
    pack = await store.evidence(f"{thread}/2")
    assert pack is not None
    assert [case.reference for case in pack.cases] == [f"{thread}/2"]
    assert [head.chain for head in pack.heads] == [thread, f"{thread}/2"]
    for unknown in (f"{thread}/3", "DP-2026-99999-K7", "nonsense", ""):
        assert await store.evidence(unknown) is None


async def test_a_persons_records_are_found_by_address_whatever_its_case(store: SqlStore) -> None:
    mine = await file_one(
        store,
        plan=make_silent_plan(
            cases=(make_case(Kind.OPT_OUT),), classification=make_classification(kinds=(Kind.OPT_OUT,))
        ),
    )
    typed = make_enquiry(
        channel=Channel.FORM, sender=Correspondent(name="Ana", address=ANA), message_id=None, full_text="Hello"
    )
    form = await file_one(store, analysis=make_analysis(enquiry=typed), plan=make_silent_plan())
    answered = await file_one(store)
    others = Correspondent(name="Bert", address="bert@customer.example")
    about = make_enquiry(sender=others, full_text=f"Ask {ANA.upper()} about 100% of it")
    mentioned = await file_one(store, analysis=make_analysis(enquiry=about), plan=make_silent_plan())
    anonymous = make_enquiry(channel=Channel.CHAT, sender=None, full_text=f"I am {ANA}")
    also = await file_one(store, analysis=make_analysis(enquiry=anonymous), plan=make_silent_plan())
    passed_on = make_enquiry(sender=others, forward_of="Ana@Customer.example", full_text="See below")
    forwarded = await file_one(store, analysis=make_analysis(enquiry=passed_on), plan=make_silent_plan())
    broken = await claim_one(store, raw=b"From: Ana@customer.example\r\n\r\n")
    await store.fail_item(broken, "crash", None, NOW)
    async with store._database.write() as connection:
        await connection.execute(insert(bounce).values(address_hash=mailbox_hash(SECRET, ANA), at=NOW))
    found = await store.person("ANA@customer.example ")
    assert [message.reference for message in found.messages] == [mine, form, answered]
    assert [case.reference for case in found.cases] == [f"{mine}/1", f"{answered}/1"]
    assert [letter.reference for letter in found.letters] == [answered]
    assert [(line.scope, line.thread) for line in found.suppressed] == [("marketing", mine)]
    assert (found.bounced_at, found.counted_at) == ((NOW,), (NOW,))
    assert found.takes_part_in == (mine, answered)
    assert found.mentioned_in == (mentioned, also, forwarded)
    assert found.quarantined == (broken.id,)
    bert = await store.person("bert@customer.example")
    assert [message.reference for message in bert.messages] == [mentioned, forwarded]
    assert await store.person("nobody@customer.example") == PersonRecords(address="nobody@customer.example")


async def test_a_sign_of_a_pattern_in_an_address_is_only_a_sign(store: SqlStore) -> None:
    sender = Correspondent(name="", address="bert@customer.example")
    await file_one(store, analysis=make_analysis(enquiry=make_enquiry(sender=sender, full_text="to axb@c.example")))
    assert (await store.person("a_b@c.example")).is_empty


async def test_chats_of_a_contact_who_gave_the_address_are_found(store: SqlStore) -> None:
    thread = await chat_case(store, sender=Correspondent(name="Vera", address="vera@typed.example"))
    found = await store.person("vera@typed.example")
    assert found.chats == (ChatSeen(portal_id=PORTAL, thread_id=THREAD, contact_id=CONTACT, reference=thread, lines=1),)
    assert found.takes_part_in == ()


async def test_looking_leaves_no_trace(store: SqlStore) -> None:
    thread = await two_cases(store)
    before = await store.show_case(thread)
    await store.person(ANA)
    await store.evidence(thread)
    assert await store.show_case(thread) == before
    async with store._database.write() as connection:
        await connection.execute(update(item).values(raw=b""))
    pack = await store.evidence(thread)
    assert pack is not None
    assert "thread/001.eml" not in files_of(pack)
