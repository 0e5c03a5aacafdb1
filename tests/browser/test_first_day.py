"""The first day of a data protection officer, acted out: every decision takes three clicks from its row."""

import io
import zipfile
from datetime import date, timedelta

import pytest
from argon2 import PasswordHasher

from tests.browser.at_desk import AtDesk
from tests.browser.hands import Hands
from tests.console.letter_office import ACCESS, Office
from tests.service.conftest import person_mail
from triage.adapters.passwords import Argon2Hasher
from triage.domain.letter_desk import LettersAsked, Shelf
from triage.domain.vocabulary import CaseState, Kind, LetterPurpose, Outcome, UserRole
from triage.ports import Letter
from triage.service.signing_in import add_user

pytestmark = pytest.mark.asyncio(loop_scope="session")

PASSWORD = "four plain words here"
DELETION = "Please delete all the personal data you hold about me."
COMPLAINT = "I want to make a complaint about how you have handled my personal data."
UNSURE = "I am worried about my privacy."
HALF_A_DAY, HALF_A_MINUTE, LONG_AGO = timedelta(hours=12), timedelta(seconds=31), timedelta(hours=80)


async def writes(office: Office, name: str, text: str) -> str:
    """Somebody's mail comes in; its reference."""
    address = f"{name.lower()}@customer.example"
    return await office.life.hear(text, address, From=f"{name} Example <{address}>")


async def a_complaint_nobody_answered(office: Office) -> str:
    """Sixteen days go by with the desk's own looks."""
    thread = await writes(office, "Cara", COMPLAINT)
    for _ in range(32):
        office.life.desk.clock.advance(HALF_A_DAY)
        await office.life.look()
    return thread


async def a_mail_that_came_late(office: Office, name: str) -> str:
    """Over three days old when the desk sees it, so no machine acknowledges it."""
    address = f"{name.lower()}@customer.example"
    await office.life.desk.poll()
    raw = person_mail(ACCESS, address, From=f"{name} Example <{address}>")
    office.life.desk.mailbox.receive(raw, office.life.desk.clock() - LONG_AGO)
    await office.life.desk.work()
    return (await office.store.list_enquiries())[-1].thread or ""


async def left(office: Office, purpose: LetterPurpose) -> Letter:
    """The half minute goes by; the letter that has left, of this purpose."""
    before = len(office.life.sent)
    office.life.desk.clock.advance(HALF_A_MINUTE)
    await office.let_leave()
    (sent,) = office.life.sent[before:]
    assert sent.purpose == purpose
    return sent


async def test_the_first_day(desk: AtDesk) -> None:
    office = desk.office
    complaint = await a_complaint_nobody_answered(office)
    unsure = await writes(office, "Una", UNSURE)
    wrong = await writes(office, "Walt", ACCESS)
    late = await a_mail_that_came_late(office, "Hal")
    whose = await writes(office, "Ida", ACCESS)
    vague = await writes(office, "Cleo", ACCESS)
    large = await writes(office, "Ezra", ACCESS)
    deletion = await writes(office, "Dele", DELETION)

    hands = await sign_in(desk)
    await clear_what_is_unsure(hands, office, unsure)
    await put_a_wrong_kind_right(hands, office, wrong)
    await send_what_was_held(hands, office, late)
    await ask_who_they_are(hands, office, whose)
    await pause_for_what_they_mean(hands, office, vague)
    await take_longer_and_say_so(hands, office, large)
    await close_a_deletion(hands, office, deletion)
    await approve_an_escalation(hands, office, complaint)
    await find_a_person(hands, office, deletion)
    await export_a_case(hands, deletion)
    assert await office.store.verify_journal() == ()


async def sign_in(desk: AtDesk) -> Hands:
    """With name and password, by keyboard; the queue says what is pressing."""
    console = desk.office.console
    cheap = Argon2Hasher(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    await add_user(console.store, cheap, "devi", UserRole.DPO, PASSWORD, console.clock())
    page = await desk.stand_outside(viewport={"width": 1280, "height": 900})
    hands = await Hands.on(page, desk.url)
    await page.goto(desk.url)
    await hands.type("name", "devi")
    await hands.type("password", PASSWORD)
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    assert await page.inner_text("h1") == "Urgent"
    assert "Cara Example" in await hands.text()
    assert "Needs a person 2" in await hands.text()
    return hands


async def clear_what_is_unsure(hands: Hands, office: Office, thread: str) -> None:
    """She asks for nothing: a person says so, and no clock runs."""
    async with hands.decision("needs_person", "Una Example"):
        await hands.go("link", "nothing")
        assert "No case opens and none ends" in await hands.text()
        await hands.go("button", "Yes, change it")
    assert await office.store.cases_of(thread) == ()
    assert "relabelled" in await office.told(thread)
    await hands.page.goto(f"{hands.url}/?lane=needs_person")
    assert "Una Example" not in await hands.text()


async def put_a_wrong_kind_right(hands: Hands, office: Office, thread: str) -> None:
    """The effect stands there before it is taken."""
    async with hands.decision("all", "Walt Example"):
        await hands.go("link", "correction")
        page = await hands.text()
        assert "A case opens: correction, counted from Saturday 12 December 2026" in page
        assert f"Case {thread}/1 (access) is set aside" in page
        assert (await office.life.case(thread)).state is CaseState.OPEN
        await hands.go("button", "Yes, change it")
    assert (await office.life.case(thread)).state is CaseState.SET_ASIDE
    corrected = await office.life.of_kind(thread, Kind.CORRECTION)
    assert corrected.dates.statutory_due == (await office.life.case(thread)).dates.statutory_due
    assert "relabelled" in await office.told(thread)


async def send_what_was_held(hands: Hands, office: Office, thread: str) -> None:
    """It is read first, leaves after half a minute, and the desk stops asking."""
    async with hands.decision("needs_person", "Hal Example"):
        await hands.go("link", "Read the acknowledgement, and send it")
        assert "over 72 hours late" in await hands.text()
        await hands.go("button", "Send the acknowledgement")
    assert "Leaves at" in await hands.text()
    sent = await left(office, LetterPurpose.ACKNOWLEDGEMENT)
    assert sent.recipient == "hal@customer.example"
    assert not (await office.life.case(thread)).not_acknowledged


async def ask_who_they_are(hands: Hands, office: Office, thread: str) -> None:
    """The clock waits from the moment the letter is approved, not before."""
    async with hands.decision("new", "Ida Example"):
        await hands.type("write-words", "Two people have your name: please tell us your customer number.")
        await hands.go("button", "Ask for proof of who they are")
        assert "Two people have your name" in await hands.text()
        assert (await office.life.case(thread)).dates.statutory_due is not None
        await hands.go("button", "Approve and send")
    sent = await left(office, LetterPurpose.IDENTITY_ASK)
    assert "customer number" in sent.text.body
    case = await office.life.case(thread)
    assert (case.dates.statutory_due, case.dates.starts_on, case.unread) == (None, None, ())
    assert {"messages_read", "letter_approved"} <= set(await office.told(thread))


async def pause_for_what_they_mean(hands: Hands, office: Office, thread: str) -> None:
    """Only an access request stands still meanwhile (Art 12A(5) UK GDPR)."""
    async with hands.decision("new", "Cleo Example"):
        await hands.type("write-words", "Which of our shops and which years do you mean?")
        await hands.go("button", "Ask what they mean")
        assert "The time stands still" in await hands.text()
        await hands.go("button", "Approve and send")
    sent = await left(office, LetterPurpose.CLARIFICATION_ASK)
    assert "Which of our shops" in sent.text.body
    assert (await office.life.case(thread)).dates.statutory_due is None


async def take_longer_and_say_so(hands: Hands, office: Office, thread: str) -> None:
    """The day moves with the notice, and the notice names it."""
    before = (await office.life.case(thread)).dates.statutory_due
    async with hands.decision("new", "Ezra Example"):
        await hands.type("write-words", "You ask for ten years of papers, and we have to read each of them.")
        await hands.go("button", "Say that it takes longer")
        assert "The due date moves from" in await hands.text()
        await hands.go("button", "Approve and send")
    assert (await office.life.case(thread)).dates.statutory_due == before
    sent = await left(office, LetterPurpose.EXTENSION_NOTICE)
    case = await office.life.case(thread)
    assert case.dates.statutory_due == date(2027, 3, 12)
    assert "12 March 2027" in " ".join(sent.text.body.split())
    assert "You ask for ten years of papers" in " ".join(sent.text.body.split())


async def close_a_deletion(hands: Hands, office: Office, thread: str) -> None:
    """Every system is ticked, the person is told, and only then can it be closed: three decisions."""
    await office.life.look()
    tasks = (await office.life.case(thread)).tasks
    assert tasks
    await office.life.read(thread)
    for task in tasks:
        async with hands.decision("all", "Dele Example"):
            await hands.type(f"tick-note-{task.id}", "Two records removed.")
            await hands.go("button", f"Done in {task.system}")
    assert all(task.done_by == "devi" for task in (await office.life.case(thread)).tasks)
    async with hands.decision("all", "Dele Example"):
        await hands.choose("answer-outcome", "Erased")
        await hands.go("button", "Write the letter")
        await hands.go("button", "Approve and send")
    assert (await office.life.case(thread)).is_open
    sent = await left(office, LetterPurpose.OUTCOME)
    assert sent.recipient == "dele@customer.example"
    async with hands.decision("all", "Dele Example"):
        await hands.go("button", "Close the case")
    case = await office.life.case(thread)
    assert (case.state, case.outcome) == (CaseState.CLOSED, Outcome.ERASED)
    assert "closed" in await office.told(f"{thread}/1")


async def approve_an_escalation(hands: Hands, office: Office, thread: str) -> None:
    """The letter lies ready with the way to the regulator; a person reads the complaint and it, and lets it go."""
    reference = (await office.life.of_kind(thread, Kind.COMPLAINT)).reference
    async with hands.decision("urgent", "Cara Example"):
        await hands.go("button", "I have read it. Show me the letter: escalation")
        assert "https://ico.org.uk/make-a-complaint" in await hands.text()
        await hands.go("button", "Approve and send")
    sent = await left(office, LetterPurpose.ESCALATION)
    links = office.life.policy.links
    for wanted in (links["complaint"].url, links["before_complaining"].url, "0303 123 1113", "three months", "court"):
        assert wanted in sent.text.body
    assert (await office.life.case(reference)).unread == ()
    assert (await office.store.letters_page(LettersAsked(shelf=Shelf.LEAVING))).rows == ()


async def find_a_person(hands: Hands, office: Office, thread: str) -> None:
    """From any page, by address: the row, then the case."""
    await hands.page.goto(hands.url)
    await hands.page.evaluate("sessionStorage.removeItem('presses')")
    await hands.type("find", "dele@customer.example")
    await hands.go("button", "Find", "header")
    await hands.go("link", "Dele Example")
    assert await hands.page.evaluate("sessionStorage.getItem('presses')") == "2"
    assert thread in await hands.text()
    assert (await office.life.case(thread)).state is CaseState.CLOSED


async def export_a_case(hands: Hands, thread: str) -> None:
    """Everything of it in one archive that opens, with a list of what is in it."""
    await hands.page.goto(f"{hands.url}/?q={thread}")
    await hands.page.evaluate("sessionStorage.removeItem('presses')")
    await hands.go("link", "Dele Example")
    async with hands.page.expect_download() as coming:
        await hands.press("link", "Save the evidence pack")
    assert await hands.page.evaluate("sessionStorage.getItem('presses')") == "2"
    path = await (await coming.value).path()
    archive = zipfile.ZipFile(io.BytesIO(path.read_bytes()))
    assert archive.testzip() is None
    assert {"index.html", "manifest.json"} <= set(archive.namelist())
    assert any(name.endswith(".eml") for name in archive.namelist())
