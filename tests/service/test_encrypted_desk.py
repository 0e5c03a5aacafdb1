"""A desk with a storage key: nothing that anybody wrote stands readable in its files, and everything still works."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.service.conftest import DESK, Clock, WiredDesk, wired
from tests.service.fake_chat import deliver, events
from tests.service.fakes import NOW
from tests.service.living import LivingDesk
from tests.service.test_worker import worker_of
from triage.adapters.inbox import open_inbox
from triage.adapters.inbox_source import open_inbox_source
from triage.domain.checklist import tick
from triage.domain.delivery import SUPPLEMENTS, record_supplements
from triage.domain.drafting import draft
from triage.domain.holding import contacted, hold, take_note
from triage.domain.letter import LetterText
from triage.domain.letter_desk import text_mark
from triage.domain.retention import verdicts
from triage.domain.told import FormPost
from triage.domain.vocabulary import Kind, LetterPurpose
from triage.errors import AnalysisFailed
from triage.parsing.told import form_bytes
from triage.service import review
from triage.service.analysis import Analyst

KEY = bytes(range(1, 33))
# Each stands in one place alone that somebody fills with words.
PLANTED = {
    "subject": "Subjectwort",
    "body": "Bodywort",
    "html": "Htmlwort",
    "attachment": "Attachmentwort",
    "inside an attachment": "Insidewort",
    "reply": "Replywort",
    "quarantine": "Quarantinewort",
    "chat": "Chatwort",
    "chat passed over": "Passedwort",
    "form": "Formwort",
    "note": "Notewort",
    "call": "Callwort",
    "hold": "Holdwort",
    "checklist": "Checkwort",
    "search": "Searchwort",
    "letter": "Letterwort",
    "edited letter": "Editwort",
}


@pytest.fixture(params=[KEY])
async def keys(request: pytest.FixtureRequest) -> tuple[bytes, ...]:
    return (request.param,) if request.param else ()


@pytest.fixture
async def desk(tmp_path: Path, analyst: Analyst, keys: tuple[bytes, ...]) -> AsyncIterator[WiredDesk]:
    async with wired(tmp_path, analyst, Clock(), storage_keys=keys) as one:
        yield one


def mail() -> bytes:
    message = EmailMessage()
    message["From"], message["To"] = "Ana Example <ana@customer.example>", DESK.mailbox_address
    message["Subject"] = f"Request for my data {PLANTED['subject']}"
    message["Message-ID"] = "<first@customer.example>"
    asks = f"Please send me a copy of all the personal data you hold about me. {PLANTED['body']}"
    message.set_content(asks)
    message.add_alternative(f"<p>{asks}</p><p hidden>{PLANTED['html']}</p>", subtype="html")
    words = f"account {PLANTED['inside an attachment']}"
    message.add_attachment(words, filename=f"{PLANTED['attachment']}.txt")
    return message.as_bytes()


def form() -> FormPost:
    return FormPost(
        reference="",
        name="Bo Example",
        email="bo@customer.example",
        phone="",
        post="",
        kinds=(Kind.DELETION,),
        message=f"Please delete everything you hold about me. {PLANTED['form']}",
        earlier_reference="",
        held_because="",
        received_at=NOW,
    )


async def everything_happens(desk: WiredDesk, folder: Path, keys: Sequence[bytes]) -> str:
    """A mail, a reply, a chat, a form, one in quarantine, and a person who acts on them. The mail's thread."""
    living = LivingDesk(desk=desk, policy=desk.intake.policy, folder=folder)
    await desk.poll()
    thread = await living.receive(mail())
    await living.answered(f"One thing more: {PLANTED['reply']}")

    await chats(desk, f"{PLANTED['chat passed over']} what are your opening hours?")
    asks = f"Please delete all the personal data you hold about me {PLANTED['chat']}. My email is cy@customer.example"
    await chats(desk, asks)
    await posts(desk, folder, keys)

    uid = desk.mailbox.receive(mail().replace(PLANTED["body"].encode(), PLANTED["quarantine"].encode()))
    desk.analyser.trouble[f"imap:{desk.mailbox.account}:1:{uid}"] = [
        AnalysisFailed("too_slow", "not read in time") for _ in range(3)
    ]
    for _ in range(4):
        await desk.work()
        desk.clock.advance(timedelta(minutes=5))

    await living.read(thread)
    await living.act(thread, lambda case, *_: take_note(case, PLANTED["note"]))
    await living.act(
        thread, lambda case, policy, now: contacted(case, living.today, f"she rang: {PLANTED['call']}", policy, now)
    )
    await living.act(thread, lambda case, *_: hold(case, PLANTED["hold"], on=True))
    case = await living.case(thread)
    system = case.tasks[0].system
    await living.act(
        thread, lambda case, policy, now: tick(case, system, "dana", PLANTED["checklist"], living.today, policy, now)
    )
    searched = {task.system: PLANTED["search"] for task in case.tasks}
    points = dict.fromkeys(SUPPLEMENTS, "as our notice says")
    await living.act(thread, lambda case, *_: record_supplements(case, points, searched, "dana"))
    words = f"About your request: {PLANTED['letter']}"
    await living.act(thread, lambda case, policy, now: draft(case, LetterPurpose.PROGRESS, words, policy, now))
    await edits_and_sends(living, thread)
    await review.relabel(
        desk.store, thread, [Kind.ACCESS, Kind.DELETION], [], desk.intake.policy, by="dana", now=desk.clock()
    )
    await living.look()
    return thread


async def chats(desk: WiredDesk, text: str) -> None:
    desk.clock.advance(timedelta(minutes=10))
    message = desk.conversations.say(text)
    await deliver(desk.store, *events(message, at=desk.clock()))
    await desk.hear()
    await desk.answer()


async def posts(desk: WiredDesk, folder: Path, keys: Sequence[bytes]) -> None:
    """The form's post by way of the hook's own file."""
    url = f"sqlite+aiosqlite:///{folder / 'triage-hook.db'}"
    inbox, source = await open_inbox(url, keys), open_inbox_source(url, keys)
    assert source is not None
    try:
        await inbox.save_form(
            "form:1", lambda reference, **_: form_bytes(replace(form(), reference=reference)), desk.clock(), None
        )
        assert (PLANTED["form"] in await readable_in(folder)) != bool(keys)
        worker = worker_of(desk, source)
        worker.chat = None
        await worker.drain()
    finally:
        await source.close()
        await inbox.close()


async def edits_and_sends(living: LivingDesk, thread: str) -> None:
    (waiting,) = await living.drafts(thread, LetterPurpose.PROGRESS)
    row = await living.desk.store.show_letter(waiting.id)
    assert row is not None
    edited = LetterText(subject=row.subject, body=row.body.replace("About your", f"{PLANTED['edited letter']} your"))
    mark = text_mark(row.subject, row.body)
    assert await living.desk.store.edit_draft(waiting.id, edited, mark, by="dana", now=living.desk.clock())  # type: ignore[attr-defined]
    sent = await living.approve(thread, LetterPurpose.PROGRESS)
    assert PLANTED["letter"] in sent.text.body
    assert PLANTED["edited letter"] in sent.text.body


async def readable_in(folder: Path) -> set[str]:
    """The planted words in the bytes of the databases and of their logs of changes."""
    files = await asyncio.to_thread(lambda: [path.read_bytes().lower() for path in folder.glob("*.db*")])
    return {word for word in PLANTED.values() if any(word.lower().encode() in content for content in files)}


@pytest.mark.parametrize("keys", [b""], indirect=True)
async def test_without_a_key_every_word_of_the_story_stands_there(
    desk: WiredDesk, tmp_path: Path, keys: tuple[bytes, ...]
) -> None:
    await everything_happens(desk, tmp_path, keys)
    assert await readable_in(tmp_path) == set(PLANTED.values())


async def test_nothing_that_was_written_stands_readable_in_any_file(
    desk: WiredDesk, tmp_path: Path, keys: tuple[bytes, ...]
) -> None:
    thread = await everything_happens(desk, tmp_path, keys)
    assert await readable_in(tmp_path) == set()
    log = tmp_path / "triage.db-wal"
    assert (await asyncio.to_thread(log.stat)).st_size > 0  # there was a log to look into
    assert await desk.store.verify_journal() == ()
    shown = str(await desk.store.show_case(thread))
    for place in (
        "subject",
        "body",
        "attachment",
        "reply",
        "note",
        "call",
        "hold",
        "checklist",
        "letter",
        "edited letter",
    ):
        assert PLANTED[place] in shown, place
    (lying,) = await desk.store.list_quarantine()
    assert PLANTED["quarantine"].encode() in (await desk.store.quarantined_raw(lying.id) or b"")


async def test_pack_person_search_and_retention_read_what_is_encrypted(
    desk: WiredDesk, tmp_path: Path, keys: tuple[bytes, ...]
) -> None:
    thread = await everything_happens(desk, tmp_path, keys)
    store, policy = desk.store, desk.intake.policy
    records = await store.person("ana@customer.example")  # type: ignore[attr-defined]
    assert [PLANTED["body"] in one.text for one in records.messages] == [True, False]
    mentioned = await store.person(DESK.mailbox_address)  # type: ignore[attr-defined]
    assert mentioned.quarantined
    assert (await store.person("cy@customer.example")).messages  # type: ignore[attr-defined]
    pack = await store.evidence(thread)  # type: ignore[attr-defined]
    assert PLANTED["inside an attachment"].encode() in pack.messages[0].raw
    assert verdicts(await store.keepables(), policy.retention, policy.main_controller.nation)  # type: ignore[attr-defined]
