"""The retention run: what is due goes and leaves proof, figures survive, nothing goes that anything stands against."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Table, insert, select, update

from tests.factories import (
    NOW,
    SECRET,
    make_analysis,
    make_case,
    make_classification,
    make_enquiry,
    make_gate,
    make_item,
    make_silent_plan,
)
from tests.store.chat_steps import chat_case
from tests.store.steps import claim_one, file_item, file_one
from tests.store.test_privacy import everything
from triage.adapters.store import keepables, masks, retention
from triage.adapters.store.schema import (
    bounce,
    case_file,
    case_task,
    enquiry,
    letter,
    notice,
    participant,
    send_limit,
    suppression,
)
from triage.adapters.store.sql_store import SqlStore
from triage.domain.enquiry import Attachment, Correspondent
from triage.domain.policy import Policy
from triage.domain.retention import Kept, Part, Removed
from triage.domain.vocabulary import Flag, GateAnswer, Kind, Lane
from triage.parsing.rules import load_policy
from triage.service.retaining import Retaining, judged, remove_due

POLICY = load_policy(Path(__file__).parents[2] / "rules")
WORDS = "I am Quentin, quentin@typed.example, and I like marmalade"
QUENTIN = Correspondent(name="Quentin Quill", address="quentin@typed.example")
SECRETS = ("quentin", "quill", "marmalade", "jam.pdf", "c0ffee", "toast")
CLOSED = NOW + timedelta(days=10)
AFTER_WORDS, AFTER_FILE = CLOSED + timedelta(days=90), CLOSED + timedelta(days=730)


def make_quentin(**changes: object) -> object:
    """A message whose every word is personal."""
    values: dict[str, object] = {
        "sender": QUENTIN,
        "subject": "marmalade",
        "full_text": WORDS,
        "message_id": "<c0ffee@quentin.example>",
        "attachments": (Attachment(name="jam.pdf", type="application/pdf", size_bytes=3),),
        "defects": ("an odd header of quentin",),
    }
    return make_enquiry(**(values | changes))


async def change(store: SqlStore, table: Table, values: Mapping[str, object], **where: object) -> None:
    """As a part of the program would that these tests do not need."""
    async with store._database.write(queued=True) as connection:
        conditions = [table.c[name] == value for name, value in where.items()]
        await connection.execute(update(table).where(*conditions).values(values))


async def closed_case(store: SqlStore, kind: Kind = Kind.ACCESS, **changes: object) -> str:
    """A case of Quentin's, read and closed, with a letter that went out, a task and a mail to staff."""
    plan = changes.pop("plan", None) or make_silent_plan(cases=(make_case(kind),), trace=("marmalade seen",))
    item = await claim_one(store, raw=f"Subject: marmalade\r\n\r\n{WORDS} {len(await store.list_cases())}".encode())
    analysis = make_analysis(enquiry=make_quentin(**changes))
    thread = await file_item(store, item, analysis=analysis, plan=plan)
    await change(store, enquiry, {"read_at": NOW}, thread=thread)
    await close(store, thread)
    return thread


async def close(store: SqlStore, thread: str, at: datetime = CLOSED) -> None:
    values = {"state": "closed", "closed_at": at, "outcome": "provided", "delivery": {"to": "quentin"}}
    await change(store, case_file, values, thread=thread)


async def add_all_else(store: SqlStore, thread: str) -> None:
    """What other parts of the program write about a case."""
    message = (await store.evidence(thread)).messages[0]  # type: ignore[union-attr]
    written = {
        "reference": thread,
        "purpose": "outcome",
        "serial": 1,
        "state": "sent",
        "recipient": QUENTIN.address,
        "message_id": f"<{thread}.outcome.1@larkfield.example>",
        "in_reply_to": message.message_id,
        "references": [message.message_id],
        "subject": "marmalade",
        "body": "Dear Quentin",
        "why": "Quentin asked",
        "attempts": 1,
        "code": "",
        "created_at": NOW,
    }
    task = {"thread": thread, "number": 1, "system": "CRM", "what": "Export", "owner": "Sales", "note": "quentin twice"}
    told = {**written, "key": thread, "recipient": "dpo@larkfield.example", "subject": "", "body": "quentin waits"}
    async with store._database.write(queued=True) as connection:
        (enquiry_id,) = (await connection.execute(select(enquiry.c.id).where(enquiry.c.thread == thread))).scalars()
        await connection.execute(insert(letter).values({**written, "enquiry_id": enquiry_id}))
        await connection.execute(insert(case_task).values(task))
        columns = {name: value for name, value in told.items() if name in notice.c}
        await connection.execute(insert(notice).values({**columns, "reference": f"{thread}/1"}))


async def left_of(database_url: str) -> list[str]:
    """Which of the secrets are still anywhere in the database."""
    found = (await everything(database_url)).lower()
    return [secret for secret in SECRETS if secret in found]


async def parts_left(store: SqlStore, thread: str) -> set[Part]:
    return {part for row in await store.keepables() if row.thread == thread for part in row.parts}


async def why_kept(store: SqlStore, thread: str, policy: Policy = POLICY) -> str:
    return next(one.why for one in await judged(store, policy) if isinstance(one, Kept) and one.thread == thread)


async def test_nothing_goes_before_its_day(store: SqlStore) -> None:
    thread = await closed_case(store)
    before = await store.show_case(thread)
    assert await remove_due(store, POLICY, AFTER_WORDS - timedelta(days=1)) == ()
    assert await store.show_case(thread) == before


async def test_after_90_days_the_words_go_and_what_was_done_stays(store: SqlStore) -> None:
    thread = await closed_case(store)
    await add_all_else(store, thread)
    (removed,) = await remove_due(store, POLICY, AFTER_WORDS)
    assert removed == Removed(thread=thread, counts=((Part.RAW, 1), (Part.TEXT, 1), (Part.ATTACHMENTS, 1)))
    assert await parts_left(store, thread) == {Part.LETTERS, Part.FILE}
    pack = await store.evidence(thread)
    assert pack is not None
    (message,) = pack.messages
    assert (message.raw, message.text, message.subject, message.attachments) == (b"", "", "", ())
    assert message.sender_address == QUENTIN.address
    assert pack.letters[0].body == "Dear Quentin"
    assert message.reading is not None
    assert [reason["text"] for reason in message.reading["reasons"]] == [""]  # type: ignore[attr-defined]
    assert await store.verify_journal() == ()
    assert await remove_due(store, POLICY, AFTER_WORDS) == ()


async def test_after_two_years_nothing_names_anybody_and_figures_and_chains_survive(
    store: SqlStore, database_url: str
) -> None:
    thread = await closed_case(store)
    await add_all_else(store, thread)
    await store.note_act(thread, "noted", {}, by="bea", now=NOW)
    cases, readings = await store.list_cases(), await store.readings(POLICY.main_controller.nation)
    assert await left_of(database_url) == list(SECRETS[:-1])
    await remove_due(store, POLICY, AFTER_FILE)
    assert await left_of(database_url) == []
    assert await store.verify_journal() == ()
    (case,) = await store.list_cases()
    assert case == replace(cases[0], sender="", next_step="")
    assert await store.readings(POLICY.main_controller.nation) == readings
    pack = await store.evidence(f"{thread}/1")
    assert pack is not None
    assert (pack.cases[0].outcome, pack.cases[0].dates["received_on"]) == ("provided", NOW.date())
    assert pack.messages[0].removed_at == AFTER_FILE
    assert await parts_left(store, thread) == set()
    assert await remove_due(store, POLICY, AFTER_FILE + timedelta(days=900)) == ()


async def test_the_journal_keeps_a_keyed_proof_of_what_went(store: SqlStore) -> None:
    thread = await closed_case(store)
    pack = await store.evidence(thread)
    assert pack is not None
    await remove_due(store, POLICY, AFTER_WORDS)
    shown = await store.show_case(thread)
    assert shown is not None
    last = shown["journal"][-1]  # type: ignore[index]
    proof = retention.proof_of(SECRET, Part.RAW, [pack.messages[0].raw])
    assert last["event"] == "retention_removed"
    assert f'"raw":{{"count":1,"proof":"{proof}"}}' in last["facts"]
    assert retention.proof_of(b"another secret of a desk", Part.RAW, [pack.messages[0].raw]) != proof
    assert retention.proof_of(SECRET, Part.RAW, [b"ab", b"c"]) != retention.proof_of(SECRET, Part.RAW, [b"a", b"bc"])


async def test_sqlite_leaves_nothing_in_its_files(store: SqlStore, database_url: str) -> None:
    if not database_url.startswith("sqlite"):
        return
    await closed_case(store)
    await remove_due(store, POLICY, AFTER_FILE)
    folder = Path(database_url.removeprefix("sqlite+aiosqlite:///")).parent
    content = b"".join(path.read_bytes() for path in folder.iterdir()).lower()
    assert [secret for secret in SECRETS if secret.encode() in content] == []


async def test_a_chat_goes_with_its_lines_and_a_later_one_is_an_enquiry_of_its_own(store: SqlStore) -> None:
    thread = await chat_case(store)
    letter_out = await store.claim_letter("worker", NOW)
    assert letter_out is not None
    await store.record_sent(letter_out, NOW)
    await change(store, enquiry, {"read_at": NOW}, thread=thread)
    await close(store, thread)
    await remove_due(store, POLICY, AFTER_WORDS)
    assert await parts_left(store, thread) == {Part.LETTERS, Part.FILE}
    await remove_due(store, POLICY, AFTER_FILE)
    assert await store.verify_journal() == ()
    assert (await store.show_case(thread))["chat"] == []  # type: ignore[index]
    assert await chat_case(store) != thread


async def test_an_open_held_unread_or_unsent_thread_is_kept_and_says_why(store: SqlStore) -> None:
    thread = await closed_case(store)
    for table, values, why in (
        (case_file, {"legal_hold": True}, "case 1 is under legal hold"),
        (enquiry, {"read_at": None}, "no person has looked at a message of it"),
        (case_file, {"state": "open"}, "case 1 is open"),
    ):
        async with store._database.read() as connection:
            before = (await connection.execute(select(table).where(table.c.thread == thread))).mappings().one()
        await change(store, table, values, thread=thread)
        assert await why_kept(store, thread) == why
        assert await remove_due(store, POLICY, AFTER_FILE) == ()
        assert await store.remove_due([thread], POLICY, AFTER_FILE) == ()
        await change(store, table, {name: before[name] for name in values}, thread=thread)
    await add_all_else(store, thread)
    await change(store, letter, {"state": "draft"}, reference=thread)
    assert await why_kept(store, thread) == "a letter or line of it still waits"
    await change(store, letter, {"state": "unclear"}, reference=thread)
    assert len(await remove_due(store, POLICY, AFTER_FILE)) == 1


async def test_an_open_access_request_of_the_same_person_keeps_everything(store: SqlStore) -> None:
    thread = await closed_case(store, Kind.DELETION)
    stranger = await closed_case(store, Kind.DELETION, sender=Correspondent(name="", address="bert@customer.example"))
    analysis = make_analysis(enquiry=make_enquiry(sender=Correspondent(name="", address="QUENTIN@typed.example")))
    access = await file_one(store, analysis=analysis, plan=make_silent_plan(cases=(make_case(),)))
    await change(store, enquiry, {"read_at": NOW}, thread=access)
    assert await why_kept(store, thread) == f"an access request of the same person is open: {access}/1"
    assert [one.thread for one in await store.remove_due([thread, stranger], POLICY, AFTER_FILE)] == [stranger]
    await close(store, access)
    assert {one.thread for one in await remove_due(store, POLICY, AFTER_FILE)} == {thread, access}


async def test_a_request_passed_on_by_a_colleague_keeps_the_persons_data_too(store: SqlStore) -> None:
    thread = await closed_case(store, Kind.DELETION)
    colleague = Correspondent(name="Bea", address="bea@larkfield.example")
    passed_on = make_enquiry(sender=colleague, forward_of="Quentin@typed.example")
    access = await file_one(
        store, analysis=make_analysis(enquiry=passed_on), plan=make_silent_plan(cases=(make_case(),))
    )
    assert await why_kept(store, thread) == f"an access request of the same person is open: {access}/1"


async def test_a_colleague_who_passes_mail_on_is_not_who_asks(store: SqlStore) -> None:
    colleague = Correspondent(name="Bea", address="bea@larkfield.example")
    passed_on = {"sender": colleague, "forward_of": "bert@customer.example"}
    plan = make_silent_plan(cases=(make_case(Kind.DELETION),), gate=make_gate(GateAnswer.HOLD, 2))
    thread = await closed_case(store, plan=plan, **passed_on)
    other = make_enquiry(**{**passed_on, "forward_of": "cleo@customer.example"})
    await file_one(store, analysis=make_analysis(enquiry=other), plan=replace(plan, cases=(make_case(),)))
    assert [one.thread for one in await remove_due(store, POLICY, AFTER_FILE)] == [thread]


async def test_a_removed_mail_that_the_mailbox_brings_again_is_not_taken_in_anew(store: SqlStore) -> None:
    thread = await closed_case(store)
    await remove_due(store, POLICY, AFTER_FILE)
    async with store.filing() as filer:
        history = await filer.history(make_item(), make_analysis(enquiry=make_quentin()), AFTER_FILE)
        other = make_analysis(enquiry=make_quentin(content_sha256="0" * 64))
        changed = await filer.history(make_item(), other, AFTER_FILE)
    assert (history.duplicate_of, history.same_id_other_content) == (thread, None)
    assert (changed.duplicate_of, changed.same_id_other_content) == (None, thread)


async def not_a_request(store: SqlStore, **reading: object) -> str:
    """Read as asking for nothing."""
    plan = make_silent_plan(
        lane=Lane.NOT_REQUESTS, classification=make_classification(kinds=(), reasons=(), **reading), cases=()
    )
    item = await claim_one(store, raw=b"Subject: marmalade\r\n\r\nmarmalade")
    return await file_item(store, item, analysis=make_analysis(enquiry=make_quentin()), plan=plan)


async def test_what_asked_for_nothing_goes_only_after_a_person_agreed(store: SqlStore, database_url: str) -> None:
    thread = await not_a_request(store)
    assert await why_kept(store, thread) == "no person has looked at a message of it"
    assert await remove_due(store, POLICY, AFTER_FILE) == ()
    await store.clear_look([thread], by="bea", now=CLOSED)
    assert await remove_due(store, POLICY, AFTER_WORDS - timedelta(days=1)) == ()
    assert len(await remove_due(store, POLICY, AFTER_WORDS)) == 1
    assert await left_of(database_url) == []
    assert await store.verify_journal() == ()
    assert await store.to_look_at() == ()


async def test_spam_goes_30_days_after_its_filing(store: SqlStore) -> None:
    thread = await not_a_request(store, flags=(Flag.SPAM,))
    await store.clear_look([thread], by="bea", now=NOW)
    assert await remove_due(store, POLICY, NOW + timedelta(days=29)) == ()
    assert [one.thread for one in await remove_due(store, POLICY, NOW + timedelta(days=30))] == [thread]


async def test_mail_from_before_the_desk_began_goes_without_a_look(store: SqlStore) -> None:
    plan = make_silent_plan(lane=Lane.NOT_REQUESTS, classification=None, cases=())
    thread = await file_one(store, plan=plan)
    assert [one.thread for one in await remove_due(store, POLICY, NOW + timedelta(days=90))] == [thread]


async def test_the_do_not_contact_list_stays_and_counters_go(store: SqlStore) -> None:
    sure = make_classification(kinds=(Kind.OPT_OUT,))
    thread = await closed_case(store, plan=make_silent_plan(cases=(make_case(Kind.OPT_OUT),), classification=sure))
    other = await file_one(store)
    async with store._database.write() as connection:
        await connection.execute(insert(bounce).values(address_hash="x", at=NOW))
    await remove_due(store, POLICY, AFTER_FILE)
    async with store._database.read() as connection:
        (listed,) = (await connection.execute(select(suppression))).all()
        rows = [len((await connection.execute(select(table))).all()) for table in (send_limit, bounce, participant)]
    assert listed.thread == thread
    assert rows == [0, 0, 1]
    assert await parts_left(store, other) > {Part.TEXT}


async def test_the_look_is_taken_once_a_day_and_again_after_a_restart(store: SqlStore) -> None:
    await closed_case(store)
    now = AFTER_WORDS - timedelta(hours=20)
    retaining = Retaining(store=store, policy=POLICY, clock=lambda: now)
    await retaining.look()
    assert len(await judged(store, POLICY)) > 1
    now = AFTER_WORDS
    await retaining.look()
    await closed_case(store)
    await retaining.look()
    (first, second) = await store.keepables()
    assert Part.TEXT not in first.parts
    assert Part.TEXT in second.parts
    await Retaining(store=store, policy=POLICY, clock=lambda: now).look()
    assert Part.TEXT not in (await store.keepables())[1].parts


def test_every_column_either_names_somebody_and_goes_or_stays_on_purpose() -> None:
    """A new column fails here until somebody has decided."""
    kept = {
        enquiry: "id item_id outcome reference thread channel controller received_at readable lane gate classification "
        "suggests filed_at version rights_said cleared_at read_at removed_at still_unhappy came_under waits",
        letter: "id enquiry_id reference purpose serial state message_id attempts code claimed_by claimed_at "
        "created_at sent_at undelivered_at channel internal number promised_on first_named_on outcome",
        case_file: "id enquiry_id thread number kind state lane version received_on starts_on statutory_due safe_due "
        "shadow_due internal_target acknowledge_by acknowledge_target extension_notice_by next_step_on opened_at "
        "closed_at controller outcome looked_at legal_hold snoozed_until unresolved next_news_on erasure_blocked about "
        "rules_in_doubt due_on queue_on assignee",
        case_task: "id thread number system what owner due_on done_on",
        notice: "id key purpose reference message_id state attempts code retry_at claimed_by claimed_at created_at "
        "sent_at",
    }
    masked = {
        enquiry: masks.TEXT | masks.ATTACHMENTS | masks.PERSON,
        letter: masks.LETTER,
        case_file: masks.CASE,
        case_task: masks.TASK,
        notice: masks.NOTICE,
    }
    for table, names in kept.items():
        assert set(table.c.keys()) == {*names.split(), *masked[table]}
        assert not set(names.split()) & set(masked[table])


@pytest.mark.parametrize("count", [1, 3])
async def test_many_threads_are_read_in_parts(store: SqlStore, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keepables, "_BY_THREAD", 1)
    threads = [await closed_case(store) for _ in range(count)]
    async with store._database.read() as connection:
        found = await keepables.keepables(connection, SECRET, threads)
    assert [row.thread for row in found] == threads
