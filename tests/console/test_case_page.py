"""The case page as it is read: what was written, what decided, the clock, who is asking, files to save."""

import io
import re
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import update

from tests.console.conftest import Browser, Desk
from tests.factories import NOW, make_analysis, make_classification, make_enquiry, make_plan, make_silent_plan
from triage.adapters.store.schema import journal
from triage.domain.case_change import CaseChange, NewTask
from triage.domain.classification import Reason
from triage.domain.enquiry import Attachment, Correspondent, Passage
from triage.domain.vocabulary import Flag, Kind, Lane, Role, UserRole
from triage.web.console.app import console_app

SCRIPT = "<script>alert(1)</script>"
MAIL = (
    b"From: Ana <ana@customer.example>\r\nTo: dataprotection@larkfield.example\r\nSubject: Hello\r\n"
    b"Authentication-Results: mx.larkfield.example; spf=pass; dkim=pass; dmarc=fail\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\n"
    b"Please send me my data.\r\n--x\r\nContent-Type: text/html\r\n"
    b'Content-Disposition: attachment; filename="a<b>.html"\r\n\r\n<script>alert(2)</script>\r\n--x--\r\n'
)


@asynccontextmanager
async def signed_in(desk: Desk, browser: Browser) -> AsyncIterator[Browser]:
    """The same person at a console of other parts."""
    async with TestClient(TestServer(console_app(desk.console)), cookies={desk.console.cookie: browser.token}) as one:
        yield replace(browser, client=one)


async def test_the_page_says_who_asks_what_and_by_when(desk: Desk, dana: Browser) -> None:
    reference = await desk.file()
    page = await dana.page(f"/cases/{reference}/1")
    assert "Access" in page
    assert "Ana Example" in page
    assert "29 days left" in page  # the safe day
    assert "Wednesday 23 December 2026" in page
    assert "28 days left" in page  # the target
    assert "I have read it" in page


async def test_the_words_that_decided_are_marked_and_numbered(desk: Desk, dana: Browser) -> None:
    page = await dana.page(f"/cases/{await desk.file()}/1")
    assert "<mark>a copy of everything</mark>" in page
    assert "asks for a copy of what is held" in page
    assert "access sure" in page


async def test_what_was_quoted_is_folded_away(desk: Desk, dana: Browser) -> None:
    text = "My words.\n> their words\n"
    passages = (Passage(role=Role.OWN, start=0, end=10), Passage(role=Role.QUOTED, start=10, end=len(text)))
    enquiry = make_enquiry(full_text=text, passages=passages)
    reference = await desk.file(analysis=make_analysis(enquiry=enquiry, classification=make_classification(kinds=())))
    page = await dana.page(f"/cases/{reference}/1")
    assert re.search(r"<details class=\"aside\"><summary>Quoted from an earlier message.*their words", page, re.DOTALL)


async def test_no_script_of_a_mail_ever_stands_in_the_page_as_script(desk: Desk, dana: Browser) -> None:
    reason = Reason(kind=Kind.ACCESS, witness="rule", source=SCRIPT, why=SCRIPT, start=0, end=len(SCRIPT), text=SCRIPT)
    enquiry = make_enquiry(
        full_text=SCRIPT,
        subject=SCRIPT,
        sender=Correspondent(name=SCRIPT, address='"><img src=x onerror=alert(1)>@x.example'),
        attachments=(Attachment(name=SCRIPT, type=SCRIPT, size_bytes=7),),
        forward_of=SCRIPT,
    )
    analysis = make_analysis(enquiry=enquiry, classification=make_classification(reasons=(reason,)))
    reference = await desk.file(analysis=analysis)
    page = await dana.page(f"/cases/{reference}/1")
    assert SCRIPT not in page
    assert "<img" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 6
    assert " style=" not in page
    assert page.count("<script") == 1  # our own file


async def test_an_enquiry_with_one_case_leads_to_it(desk: Desk, dana: Browser) -> None:
    reference = await desk.file()
    answer = await dana.get(f"/cases/{reference}?done=done")
    assert (answer.status, answer.headers["Location"]) == (303, f"/cases/{reference}/1?done=done")


async def test_a_message_without_a_case_asks_what_it_is(desk: Desk, dana: Browser) -> None:
    reading = make_classification(kinds=(), flags=(Flag.PRESS,))
    reference = await desk.file(
        analysis=make_analysis(classification=reading), plan=make_silent_plan(lane=Lane.NEEDS_PERSON)
    )
    page = await dana.page(f"/cases/{reference}")
    assert "Say what it asks for" in page
    assert f"/cases/{reference}/relabel?kind=deletion" in page
    assert "press" in page


@pytest.mark.parametrize("path", ["DP-2026-99999-K7", "DP-2026-99999-K7/1", "nonsense", "DP-2026-00001-XX/1"])
async def test_an_unknown_reference_is_said_to_be_unknown(dana: Browser, path: str) -> None:
    answer = await dana.get(f"/cases/{path}")
    assert answer.status == 404
    assert "To the queue" in await answer.text()


async def test_an_unknown_number_of_a_known_thread_is_unknown(desk: Desk, dana: Browser) -> None:
    reference = await desk.file()
    assert (await dana.get(f"/cases/{reference}/9")).status == 404
    assert (await dana.post(f"/cases/{reference}/9/note", words="x")).status == 404
    assert (await dana.post(f"/cases/{reference}/1/nonsense")).status == 404
    assert (await dana.post(f"/cases/{reference}/note", words="x")).status == 404


async def test_what_if_shows_the_dates_that_would_follow_and_stores_nothing(desk: Desk, dana: Browser) -> None:
    reference = await desk.file()
    query = "clarification_asked=2026-11-25&clarification_received=2026-12-02"
    page = await dana.page(f"/cases/{reference}/1?{query}")
    assert "The dates that would follow" in page
    assert "Thursday 31 December 2026" in page
    case = await desk.store.case_of(f"{reference}/1")
    assert case is not None
    assert (len(case.events), case.version) == (1, 1)


async def test_a_what_if_that_cannot_be_says_why(desk: Desk, dana: Browser) -> None:
    reference = await desk.file()
    assert "lies before receipt" in await dana.page(f"/cases/{reference}/1?identity_asked=2026-11-01")
    assert "Give a day" in await dana.page(f"/cases/{reference}/1?identity_asked=soon")


async def test_the_drawn_clock_has_a_list_that_says_the_same(desk: Desk, dana: Browser) -> None:
    page = await dana.page(f"/cases/{await desk.file()}/1")
    drawn = page.count("<circle")
    assert drawn >= 4
    assert page[page.index('<ol class="days">') :].split("</ol>")[0].count("<li") == drawn


async def test_what_our_own_server_saw_of_the_sender_is_shown(desk: Desk, dana: Browser) -> None:
    reference = await desk.file(raw=MAIL)
    assert "Nothing is known" in await dana.page(f"/cases/{reference}/1")
    ours = replace(desk.console.policy, authserv_ids=("mx.larkfield.example",))
    believing = replace(desk, console=replace(desk.console, policy=ours))
    async with signed_in(believing, dana) as browser:
        page = await browser.page(f"/cases/{reference}/1")
    assert '<li class="pass">SPF: pass</li>' in page
    assert '<li class="fail">DMARC: fail</li>' in page


async def test_the_message_is_saved_as_it_came_and_never_opened(desk: Desk, dana: Browser) -> None:
    enquiry = make_enquiry(attachments=(Attachment(name="a<b>.html", type="text/html", size_bytes=26),))
    reference = await desk.file(raw=MAIL, analysis=make_analysis(enquiry=enquiry))
    found = await desk.store.show_case(reference)
    assert found is not None
    message = found["thread"][0]["id"]  # type: ignore[index]
    saved = await dana.get(f"/cases/{reference}/messages/{message}/original")
    assert await saved.read() == MAIL
    file = await dana.get(f"/cases/{reference}/messages/{message}/files/0")
    assert (await file.read()).strip() == b"<script>alert(2)</script>"
    for answer in (saved, file):
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert "<" not in file.headers["Content-Disposition"]
    assert (await dana.get(f"/cases/{reference}/messages/{message}/files/1")).status == 404
    assert (await dana.get(f"/cases/{reference}/messages/{message + 1}/original")).status == 404


async def test_the_evidence_pack_is_saved(desk: Desk, dana: Browser) -> None:
    reference = await desk.file()
    answer = await dana.get(f"/cases/{reference}/1/evidence.zip")
    names = zipfile.ZipFile(io.BytesIO(await answer.read())).namelist()
    assert {"verify.py", "journal.jsonl", "index.html"} <= set(names)
    assert f"{reference}-1.zip" in answer.headers["Content-Disposition"]
    assert (await dana.get("/cases/DP-2026-99999-K7/evidence.zip")).status == 404


async def test_the_checklist_names_system_owner_and_day(desk: Desk, dana: Browser) -> None:
    reference = await desk.file()
    case = await desk.store.case_of(f"{reference}/1")
    assert case is not None
    task = NewTask(system="Billing", what="Search by name.", owner="Finance", due_on=(NOW + timedelta(days=9)).date())
    assert await desk.store.change_case(case, CaseChange(event="listed", tasks=(task,)), by="desk", now=NOW)
    page = await dana.page(f"/cases/{reference}/1")
    assert "Billing" in page
    assert "Finance" in page
    assert "Wednesday 2 December 2026" in page


async def test_a_reader_sees_the_case_and_no_form(desk: Desk, rea: Browser) -> None:
    page = await rea.page(f"/cases/{await desk.file()}/1")
    assert "Please send me a copy" in page.replace("<mark>", "")
    assert 'method="post" action="/cases' not in page


async def test_a_broken_chain_of_the_journal_is_said(desk: Desk, dana: Browser) -> None:
    reference = await desk.file()
    assert "The chain is whole" in await dana.page(f"/cases/{reference}/1")
    async with desk.store._database.write() as connection:
        await connection.execute(update(journal).where(journal.c.chain == reference).values(event="something_else"))
    assert "The journal is not whole: the row was changed" in await dana.page(f"/cases/{reference}/1")


async def test_an_alarm_says_what_it_is_and_what_to_do(desk: Desk, dana: Browser) -> None:
    reference = await desk.file()
    await desk.store.raise_alarm("ack_not_delivered", reference, desk.clock())
    await desk.store.raise_alarm("outbox_stuck", f"{reference}/1", desk.clock())
    page = await dana.page(f"/cases/{reference}/1")
    assert "Alarms stand" in page
    assert "A letter of ours came back" in page
    assert "Find another way to reach the person" in page
    assert "A letter has waited for over an hour" in page


async def test_a_mark_is_explained(desk: Desk, dana: Browser) -> None:
    reading = make_classification(flags=(Flag.BREACH_REPORT,))
    reference = await desk.file(plan=make_plan(classification=reading))
    assert "72 hours to tell the regulator" in await dana.page(f"/cases/{reference}/1")


async def test_the_journal_is_told_in_words(desk: Desk, dana: Browser) -> None:
    reference = await desk.file()
    await dana.post(f"/cases/{reference}/1/assign", to="dana", was="")
    page = await dana.page(f"/cases/{reference}/1")
    assert "Given from nobody to dana" in page
    assert "The case was opened: access, received Monday 23 November 2026" in page
    assert "&#34;by&#34;" not in page


async def test_who_takes_a_case_that_somebody_took_meanwhile_is_told_who(desk: Desk, dana: Browser) -> None:
    reference = f"{await desk.file()}/1"
    await desk.store.add_account("devi", UserRole.DEPUTY, "", desk.clock())
    await dana.post(f"/cases/{reference}/assign", to="devi", was="")
    answer = await dana.post(f"/cases/{reference}/assign", to="dana", was="")
    assert answer.status == 409
    assert f"somebody was quicker: {reference} is with devi now" in (await answer.text()).replace(
        "Somebody", "somebody"
    )
    row = await desk.store.show_case(reference)
    assert row is not None
    assert row["cases"][0]["assignee"] == "devi"  # type: ignore[index]
    assert (await dana.post("/cases/DP-2026-00042-K7/1/assign", to="dana")).status == 404
