"""Every page of the console, each with the way to it: what axe reads, what is photographed, what must not scroll."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from playwright.async_api import Page

from tests.browser.at_desk import AtDesk
from tests.browser.filled import Filled
from tests.factories import make_new_item
from triage.domain.accounts import Began
from triage.domain.queue import QueueLane
from triage.errors import StoreUnavailable

WRONG_REFERENCE = "/cases/DP-2026-99999-X1"
# A path, or the clicks that lead there.
Way = str | Callable[[Page, AtDesk, Filled], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Look:
    """A page. `route` as app.py names it ("" where another look has the route), `by` who looks ("" nobody yet), `title`
    a word its heading must have; `pictured` whether it is worth a picture, which begins at `begins` (a selector)."""

    name: str
    way: Way
    route: str = ""
    by: str = "dana"
    title: str = ""
    pictured: bool = True
    begins: str = "body"


class Elsewhere:
    """An identity provider that lets anybody in, as somebody the desk does not know."""

    async def begin(self, now: datetime) -> Began:
        return Began(address="/sign-in/back?state=s&code=c", state="s", nonce="n", verifier="v")

    async def finish(self, code: str, nonce: str, verifier: str, now: datetime) -> tuple[str, str]:
        return "https://login.example/tenant", "0f3c-somebody"


async def go(page: Page, desk: AtDesk, filled: Filled, look: Look) -> None:
    """To the page."""
    if isinstance(look.way, str):
        path = look.way.format(**filled.threads, **{f"letter_{name}": id_ for name, id_ in filled.letters.items()})
        await page.goto(desk.url + path)
    else:
        await look.way(page, desk, filled)
    assert look.title in await page.inner_text("h1"), (look.name, page.url, await page.inner_text("main"))


async def _no_account(page: Page, desk: AtDesk, _filled: Filled) -> None:
    await page.goto(f"{desk.url}/sign-in")
    await page.get_by_role("link", name="work account").click()


async def _wrong_password(page: Page, desk: AtDesk, _filled: Filled) -> None:
    await page.goto(f"{desk.url}/sign-in")
    await page.fill("#name", "dana")
    await page.fill("#password", "not this one")
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_selector("#fault")


async def _session_ended(page: Page, desk: AtDesk, filled: Filled) -> None:
    """A note is written, and the session ends meanwhile."""
    await page.goto(f"{desk.url}/cases/{filled.case('due_soon')}")
    (cookie,) = await page.context.cookies()
    await page.context.clear_cookies()
    await _write_note(page, "The back-ups are looked through next week; ask again then, and not before.")
    await page.get_by_text("Your session has ended").wait_for()
    await page.context.add_cookies([cookie])  # type: ignore[list-item]


async def _send_once_more(page: Page, desk: AtDesk, filled: Filled) -> None:
    """A form whose key is another session's."""
    await page.goto(f"{desk.url}/cases/{filled.case('due_soon')}")
    await page.evaluate("document.querySelectorAll('[name=form_key]').forEach(it => { it.value = 'stale'; })")
    await _write_note(page, "The back-ups are looked through next week; ask again then, and not before.")


async def _stale(page: Page, desk: AtDesk, filled: Filled) -> None:
    await page.goto(f"{desk.url}/cases/{filled.case('overdue')}")
    await page.evaluate("document.querySelectorAll('[name=version]').forEach(it => { it.value = '1'; })")
    await _write_note(page, "Sales has looked: nothing more there.")


async def _faults(page: Page, desk: AtDesk, filled: Filled) -> None:
    await page.goto(f"{desk.url}/cases/{filled.case('overdue')}")
    await _write_note(page, " ")


async def _write_note(page: Page, words: str) -> None:
    await page.locator("#do-note > summary").click()
    await page.fill("#note-words", words)
    await page.get_by_role("button", name="Keep the note").click()
    await page.wait_for_load_state()


async def _refused_draft(page: Page, desk: AtDesk, filled: Filled) -> None:
    """Words that no letter may say, kept beside the reason."""
    await page.goto(f"{desk.url}/cases/{filled.case('overdue')}")
    await page.locator("#do-draft > summary").click()
    link = next(iter(desk.office.life.policy.wrong_links))
    await page.fill("#draft-words", f"Finance has the invoices. How to complain: https://{link}")
    await page.get_by_role("button", name="Lay it ready").click()
    await page.wait_for_selector("#draft-words-fault")


async def _filters(page: Page, desk: AtDesk, _filled: Filled) -> None:
    await page.goto(f"{desk.url}/?lane=all&kind=access&channel=email")
    await page.locator(".filters > summary").click()


async def _what_if(page: Page, desk: AtDesk, filled: Filled) -> None:
    path = f"/cases/{filled.case('overdue')}?clarification_asked=2026-11-27&extended=1"
    await page.goto(desk.url + path)
    await page.locator("#why > summary").click()


async def _checked_letter(page: Page, desk: AtDesk, filled: Filled) -> None:
    """Words that the lint refuses, without the script's own check."""
    await page.goto(f"{desk.url}/letters/{filled.letters['draft']}")
    await page.locator(".edit > summary").click()
    await page.fill(
        "#body", "You have no right to this. Please note that your data may be utilised pursuant to policy."
    )
    await page.get_by_role("button", name="Check").click()
    await page.get_by_text("Not saved yet").wait_for()


async def _split(page: Page, desk: AtDesk, filled: Filled) -> None:
    await page.goto(f"{desk.url}/cases/{filled.case('overdue')}")
    await page.get_by_role("link", name="It holds two enquiries").click()


async def _contact(page: Page, desk: AtDesk, _filled: Filled) -> None:
    """Nobody files it: no worker runs."""
    item = make_new_item(key="entry:0123456789abcdef")
    await desk.office.store.save_items([item], None)
    await page.goto(f"{desk.url}/contacts/0123456789abcdef")


async def _lift(page: Page, desk: AtDesk, _filled: Filled) -> None:
    await page.goto(f"{desk.url}/suppression?point=juno@lowtide.example")
    await page.get_by_role("button", name="Take it off").click()


async def _campaign(page: Page, desk: AtDesk, _filled: Filled) -> None:
    await page.goto(f"{desk.url}/suppression/check")
    rows = b"name;mail\r\nJuno;juno@lowtide.example\r\nBo;bo@customer.example\r\nNobody;\r\n"
    await page.set_input_files("#list", {"name": "spring.csv", "mimeType": "text/csv", "buffer": rows})
    await page.get_by_role("button", name="Check the list").click()
    await page.get_by_text("lines are to be removed").wait_for()


async def _not_chosen(page: Page, desk: AtDesk, _filled: Filled) -> None:
    await page.goto(f"{desk.url}/?lane=all")
    await page.get_by_role("button", name="I take these").click()


async def _reader_forbidden(page: Page, desk: AtDesk, filled: Filled) -> None:
    """A form that a reader's page does not have."""
    await page.goto(f"{desk.url}/cases/{filled.case('overdue')}")
    await page.evaluate(
        "const form = document.querySelector('.me form').cloneNode(true); form.action = location.pathname + '/note';"
        "document.body.append(form); form.submit()"
    )
    await page.wait_for_selector("h1:has-text('You may not')")


async def _store_down(page: Page, desk: AtDesk, _filled: Filled) -> None:
    await _broken(page, desk, StoreUnavailable("the disk is full"))


async def _fault(page: Page, desk: AtDesk, _filled: Filled) -> None:
    await _broken(page, desk, KeyError("a slip of ours"))


async def _broken(page: Page, desk: AtDesk, fault: Exception) -> None:
    async def breaks(*_: object, **__: object) -> None:
        raise fault

    store = desk.office.store
    store.queue_counts = breaks  # type: ignore[method-assign, assignment]
    try:
        await page.goto(desk.url)
    finally:
        with suppress(AttributeError):
            del store.queue_counts


LOOKS = (
    Look(name="sign-in", route="/sign-in", way="/sign-in", by="", title="Sign in"),
    Look(name="sign-in-wrong", way=_wrong_password, by="", title="Sign in", pictured=False),
    Look(name="no-account", route="/sign-in/back", way=_no_account, by="", title="no account"),
    Look(name="session-ended", way=_session_ended, title="Sign in"),
    Look(name="send-once-more", way=_send_once_more, title="once more"),
    Look(name="queue", route="/", way="/"),
    *(
        Look(
            name=f"queue-{lane.value.replace('_', '-')}", way=f"/?lane={lane}", pictured=lane in ("all", "not_requests")
        )
        for lane in (QueueLane.ALL, QueueLane.NEEDS_PERSON, QueueLane.WAITING, QueueLane.NOT_REQUESTS)
    ),
    Look(name="queue-filters", way=_filters),
    Look(name="queue-found", way="/?q=catalogue", title="Found", pictured=False),
    Look(name="queue-empty", way="/?q=nobody@nowhere.example", pictured=False),
    Look(name="queue-reader", way="/?lane=all", by="rea", pictured=False),
    Look(name="case-overdue", route="/cases/{thread}/{number}", way="/cases/{overdue}/1"),
    Look(name="case-unsure", route="/cases/{thread}", way="/cases/{unsure}", title="Message"),
    Look(name="case-escalation", way="/cases/{escalation}/2"),
    Look(name="case-waiting", way="/cases/{waiting}/1"),
    Look(name="case-new-message", way="/cases/{new_message}/1", pictured=False),
    Look(name="case-breach", way="/cases/{breach}/1", pictured=False),
    Look(name="case-regulator", way="/cases/{regulator}", pictured=False),
    Look(name="case-solicitor", way="/cases/{solicitor}", pictured=False),
    Look(name="case-chat", way="/cases/{chat}/1"),
    Look(name="case-post", way="/cases/{post}/1", pictured=False),
    Look(name="case-several", way="/cases/{several}", pictured=False),
    Look(name="case-closed", way="/cases/{closed}/1"),
    Look(name="case-reader", way="/cases/{overdue}/1", by="rea", pictured=False),
    Look(name="case-what-if", way=_what_if, begins="#clock"),
    Look(name="case-draft-refused", way=_refused_draft, pictured=False, begins="#do-draft"),
    Look(name="case-doubt", way="/cases/{doubt}/1", begins="#do-regime"),
    Look(name="case-stale", way=_stale),
    Look(name="case-faults", way=_faults, pictured=False),
    Look(name="relabel", route="/cases/{thread}/relabel", way="/cases/{correction}/relabel?kind=deletion"),
    Look(name="merge", route="/cases/{thread}/merge", way="/cases/{waiting}/merge?with={overdue}"),
    Look(name="split", route="/cases/{thread}/messages/{message}/split", way=_split),
    Look(name="contact", route="/contacts/new", way="/contacts/new", title="Log a contact"),
    Look(name="contact-waiting", route="/contacts/{key}", way=_contact, title="kept", pictured=False),
    Look(name="letters", route="/letters", way="/letters", title="Letters"),
    Look(name="letters-shelf", way="/letters?shelf=recent", pictured=False),
    Look(name="letter-draft", route="/letters/{id}", way="/letters/{letter_draft}"),
    Look(name="letter-checked", way=_checked_letter),
    Look(name="letter-leaving", way="/letters/{letter_leaving}"),
    Look(name="letter-sent", way="/letters/{letter_sent}", pictured=False),
    Look(name="letter-lost", way="/letters/{letter_lost}"),
    Look(name="letter-print", route="/letters/{id}/print", way="/letters/{letter_draft}/print"),
    Look(name="letter-reader", way="/letters/{letter_draft}", by="rea", pictured=False),
    Look(name="acknowledge", route="/enquiries/{thread}/acknowledge", way="/enquiries/{held}/acknowledge"),
    Look(name="templates", route="/letters/templates", way="/letters/templates", title="Letter templates"),
    Look(name="templates-one", way="/letters/templates?purpose=identity_ask"),
    Look(name="people", route="/people", way="/people", title="People"),
    Look(name="people-found", way="/people?q=wyn.harker@lowtide.example", title="People"),
    Look(name="people-number", way="/people?q=01632+960+044", title="People", pictured=False),
    Look(name="people-fault", way="/people?q=nobody", title="People", pictured=False),
    Look(name="complaints", route="/complaints", way="/complaints", title="Complaints"),
    Look(name="complaints-fault", way="/complaints?from=2026-13-01", title="Complaints", pictured=False),
    Look(name="reports", route="/reports", way="/reports?period=year", title="Reports"),
    Look(name="reports-empty", way="/reports?from=2019-01-01&to=2019-01-31", title="Reports", pictured=False),
    Look(name="reports-fault", way="/reports?from=2026-13-01", title="Reports", pictured=False),
    Look(name="suppression", route="/suppression", way="/suppression", title="Do not contact"),
    Look(
        name="suppression-asked", way="/suppression?point=juno@lowtide.example", title="Do not contact", pictured=False
    ),
    Look(name="suppression-fault", way="/suppression?point=nobody", title="Do not contact", pictured=False),
    Look(name="suppression-lift", way=_lift, title="off the list"),
    Look(name="campaign", route="/suppression/check", way="/suppression/check", title="campaign", pictured=False),
    Look(name="campaign-checked", way=_campaign, title="campaign"),
    Look(name="quarantine", route="/quarantine", way="/quarantine", title="Quarantine"),
    Look(name="settings", route="/settings", way="/settings", title="Settings"),
    Look(name="rules", route="/settings/rules", way="/settings/rules"),
    Look(name="check", route="/settings/check", way="/settings/check"),
    Look(name="journal", route="/settings/journal", way="/settings/journal"),
    Look(name="forbidden", way=_reader_forbidden, by="rea", title="may not"),
    Look(name="not-found", way=WRONG_REFERENCE, title="no such page"),
    Look(name="not-done", way=_not_chosen, title="not done"),
    Look(name="store-down", way=_store_down, title="cannot be reached"),
    Look(name="fault", way=_fault, title="Something went wrong"),
)

# GET answers that are no page: files, and what a script asks.
NO_PAGES = frozenset(
    {
        "/static/{name}",
        "/news",
        "/sign-in/elsewhere",
        "/people/export",
        "/complaints.csv",
        "/reports/{name}.csv",
        "/calendar.ics",
        "/settings/journal.csv",
        "/quarantine/{item}/raw",
        "/cases/{thread}/evidence.zip",
        "/cases/{thread}/{number}/evidence.zip",
        "/cases/{thread}/messages/{message}/original",
        "/cases/{thread}/messages/{message}/files/{index}",
    }
)
