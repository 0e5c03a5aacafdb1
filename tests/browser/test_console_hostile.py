"""Script in every field that a stranger or a colleague can fill never runs, and is read as what it is: text."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from email.message import EmailMessage
from urllib.parse import quote

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from tests.browser.at_desk import AtDesk, at_desk
from tests.console.letter_office import POLICY
from tests.service.fake_chat import deliver, events, make_thread
from triage.domain.asking import propose
from triage.domain.checklist import tick
from triage.domain.holding import contacted, hold, snooze, take_note
from triage.domain.told import Entry, FormPost
from triage.domain.vocabulary import Channel, Kind, LetterPurpose, UserRole
from triage.parsing.told_bytes import entry_bytes, form_bytes
from triage.ports import NewItem

pytestmark = pytest.mark.asyncio(loop_scope="session")

EVIL = "\"'><script>window.pwned=1</script><img src=x onerror=window.pwned=2><svg onload=window.pwned=3>{{ 7*7 }}"
_ACCESS = "Please send me a copy of all the personal data you hold about me."
_SYSTEM = replace(POLICY.systems[0], name=f"CRM {EVIL}", owner=EVIL, access=EVIL)
_HOSTILE = replace(
    POLICY,
    systems=(_SYSTEM, *POLICY.systems[1:]),
    controllers=(POLICY.main_controller, replace(POLICY.main_controller, name=f"Second {EVIL}", addresses=())),
)
# What no page may hold beside our own files: other scripts, pictures, frames, and attributes that run.
_STRANGE = """
[...document.querySelectorAll('script:not([src^="/static/"]), img, iframe, object, embed, svg[onload], body style')]
  .concat([...document.querySelectorAll('*')].filter(it => [...it.attributes].some(one => one.name.startsWith('on'))))
  .map(it => it.outerHTML)
"""


@dataclass
class Hostile:
    """A desk full of script. `paths` are pages that show it."""

    desk: AtDesk
    page: Page
    threads: dict[str, str]
    paths: list[str]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def hostile(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hostile]:
    async with at_desk(tmp_path_factory.mktemp("hostile"), chromium, _HOSTILE) as desk:
        threads = {
            "mail": await _mail(desk),
            "chat": await _chat(desk),
            "post": await _typed(desk, Channel.POST),
            "form": await _typed(desk, Channel.FORM),
            "old": await _held(desk),
        }
        letter = await _dealt_with(desk, threads["mail"])
        paths = [f"/cases/{thread}" for thread in threads.values()]
        paths += [
            f"/enquiries/{threads['old']}/acknowledge",
            f"/letters/{letter}",
            f"/letters/{letter}/print",
            "/?lane=all",
            "/letters",
            "/people?q=mallory@customer.example",
            "/people?q=01632+960+099",
            "/settings",
        ]
        yield Hostile(desk, await desk.sit_down(), threads, paths)


async def test_script_in_any_field_never_runs_and_is_read_as_text(hostile: Hostile) -> None:
    page, silent = hostile.page, []
    for path in hostile.paths:
        await page.goto(hostile.desk.url + path)
        await page.evaluate("document.querySelectorAll('details').forEach(it => { it.open = true; })")
        assert await page.evaluate(_STRANGE) == [], path
        assert await page.evaluate("window.pwned") is None, path
        if "window.pwned=1" not in (await page.text_content("body") or ""):
            silent.append(path)
    assert silent == []


@pytest.mark.parametrize(
    "path",
    [
        "/?q={evil}&kind={evil}&from={evil}&assignee={evil}&after={evil}&done={evil}",
        "/people?q={evil}",
        "/complaints?from={evil}&to={evil}&by={evil}",
        "/suppression?point={evil}",
        "/letters?shelf={evil}",
        "/letters/templates?purpose={evil}",
        "/cases/{evil}",
        "/cases/{mail}/relabel?kind={evil}&right={evil}&none={evil}",
        "/cases/{mail}/1?clarification_asked={evil}&extended={evil}",
        "/sign-in?to={evil}",
        "/no/such/{evil}",
    ],
)
async def test_script_in_an_address_never_runs(hostile: Hostile, path: str) -> None:
    page = hostile.page
    await page.goto(hostile.desk.url + path.format(evil=quote(EVIL, safe=""), **hostile.threads))
    assert await page.evaluate(_STRANGE) == []
    assert await page.evaluate("window.pwned") is None


@pytest.mark.parametrize("act", ["note", "contacted", "snooze", "hold", "write"])
async def test_script_that_comes_back_in_a_form_with_a_fault_never_runs(hostile: Hostile, act: str) -> None:
    """The case has changed meanwhile: what was typed is shown once more."""
    page = hostile.page
    await page.goto(f"{hostile.desk.url}/cases/{hostile.threads['mail']}/1")
    form = page.locator(f"#do-{act}")
    await page.evaluate(
        "([act, evil]) => { const form = document.querySelector(`form#do-${act}, #do-${act} form`);"
        "form.noValidate = true;"
        "form.querySelectorAll('input[type=text], textarea').forEach(it => { it.value = evil; });"
        "form.querySelector('[name=version]').value = '1'; document.getElementById(`do-${act}`).open = true; }",
        [act, EVIL],
    )
    async with page.expect_navigation():
        await form.get_by_role("button").last.click()
    kept = await page.evaluate(
        "act => [...document.querySelectorAll(`#do-${act} :is(input[type=text], textarea)`)].map(it => it.value)", act
    )
    assert EVIL in kept
    assert await page.evaluate(_STRANGE) == []
    assert await page.evaluate("window.pwned") is None


async def test_the_browser_would_have_complained(hostile: Hostile) -> None:
    page = hostile.page
    await page.goto(hostile.desk.url)
    await page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=\"/x\" onerror=\"window.pwned=2\">')")
    await page.wait_for_timeout(200)
    assert await page.evaluate("window.pwned") is None
    assert any("Content Security Policy" in one for one in hostile.desk.complaints)
    hostile.desk.complaints.clear()


async def _mail(desk: AtDesk) -> str:
    """Subject, name, text, HTML part, attachment's name and type: each with script."""
    mail = EmailMessage()
    mail["From"] = f'"{EVIL.replace(chr(34), "")}" <mallory@customer.example>'
    mail["To"], mail["Subject"] = "dataprotection@larkfield.example", f"My data {EVIL}"
    mail["Message-ID"] = "<evil@customer.example>"
    mail.set_content(f"{_ACCESS}\n\n{EVIL}\nI am {EVIL}\n\nOn Monday {EVIL} wrote:\n> {EVIL}\n")
    mail.add_alternative(f"<html><body onload=alert(1)><p>{_ACCESS}</p>{EVIL}</body></html>", subtype="html")
    page = f"<html>{EVIL}</html>".encode()
    mail.add_attachment(page, maintype="text", subtype="html", filename=f"{EVIL.replace('/', '')}.html")
    return await desk.office.life.receive(mail.as_bytes())


async def _held(desk: AtDesk) -> str:
    """An old mail whose acknowledgement is held back."""
    mail = EmailMessage()
    mail["From"], mail["To"] = "Old <old@customer.example>", "dataprotection@larkfield.example"
    mail["Subject"], mail["Message-ID"] = EVIL, "<old@customer.example>"
    mail.set_content(f"{_ACCESS} {EVIL}")
    life = desk.office.life
    life.desk.mailbox.receive(mail.as_bytes(), life.desk.clock() - timedelta(hours=80))
    await life.desk.work()
    return (await life.store.list_enquiries())[-1].thread or ""


async def _chat(desk: AtDesk) -> str:
    wired = desk.office.life.desk
    wired.conversations.threads.setdefault("8123456789", make_thread("8123456789"))
    said = wired.conversations.say(f"{_ACCESS} {EVIL}")
    await deliver(wired.store, *events(said, at=wired.clock()))
    await wired.hear()
    await wired.answer()
    return (await wired.store.list_enquiries())[-1].thread or ""


async def _typed(desk: AtDesk, channel: Channel) -> str:
    """A letter a colleague typed in, or a post of the form."""
    life = desk.office.life
    now = life.desk.clock()
    who = {
        "name": EVIL,
        "email": "",
        "phone": "01632 960 099",
        "post": EVIL,
        "earlier_reference": "",
        "message": f"{_ACCESS} {EVIL} 01632 960 099",
    }
    if channel is Channel.FORM:
        raw = form_bytes(
            FormPost(reference="DP-2026-90001-X1", kinds=(Kind.ACCESS,), held_because="", received_at=now, **who)
        )
    else:
        raw = entry_bytes(Entry(kinds=(Kind.ACCESS,), subject=EVIL, received_on=now.date(), by=EVIL, **who))
    item = NewItem(
        key=f"evil:{channel}",
        channel=channel,
        raw=raw,
        sha256=hashlib.sha256(raw).hexdigest(),
        size_bytes=len(raw),
        received_at=now,
    )
    await life.store.save_items([item], None)
    await life.desk.work()
    return (await life.store.list_enquiries())[-1].thread or ""


async def _dealt_with(desk: AtDesk, thread: str) -> int:
    """Notes, reasons, a tick, somebody's name, a letter: all by colleagues with script on their lips. The letter."""
    life, store = desk.office.life, desk.office.store
    await life.read(thread)
    today = life.today
    await life.act(thread, lambda case, *_: take_note(case, EVIL))
    await life.act(thread, lambda case, policy, now: contacted(case, today, EVIL, policy, now))
    await life.act(thread, lambda case, policy, now: snooze(case, today + timedelta(days=1), EVIL, policy, now))
    await life.act(thread, lambda case, *_: hold(case, EVIL, on=True))
    await life.act(thread, lambda case, policy, now: tick(case, _SYSTEM.name, EVIL, EVIL, today, policy, now))
    await life.act(thread, lambda case, policy, now: propose(case, LetterPurpose.EXTENSION_NOTICE, EVIL, policy, now))
    await store.add_account(EVIL, UserRole.DEPUTY, "", life.desk.clock())
    await store.assign(f"{thread}/1", EVIL, by=EVIL, now=life.desk.clock())
    await store.raise_alarm("letter_refused", thread, life.desk.clock())
    (draft,) = await life.drafts(thread, LetterPurpose.EXTENSION_NOTICE)
    return draft.id
