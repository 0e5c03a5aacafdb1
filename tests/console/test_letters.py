"""The letters' screens over HTTP: a draft read, changed, checked, approved, called back, thrown away, handed over."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest

from tests.console.letter_office import ACCESS, Office, open_office
from triage.domain.letter_desk import Shelf
from triage.errors import DeliveryRefused
from triage.parsing.draft_lines import unfolded
from triage.service.signing_in import form_key

HALF_A_MINUTE = timedelta(seconds=31)
SCRIPT = "<script>alert('here')</script>"


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with open_office(tmp_path) as one:
        yield one


def text_of(page: str) -> str:
    """What a page says, without its marks."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


async def test_drafts_stand_before_what_was_sent(office: Office) -> None:
    draft = await office.draft()
    page = text_of(await office.dana.page("/letters"))
    assert page.index("Waiting for you") < page.index("Extension notice") < page.index("Lately")
    assert page.index("Lately") < page.index("Acknowledgement")
    assert f"{draft.reference}/1" in page


async def test_a_draft_shows_the_letter_and_what_approving_it_does(office: Office) -> None:
    draft = await office.draft()
    page = text_of(await office.dana.page(f"/letters/{draft.id}"))
    assert draft.subject in page
    assert " ".join(draft.body.split()[:12]) in page
    assert "The due date moves from" in page
    assert "proposed by a person: extended" in page
    assert "Nothing to mend." in page
    assert "ana@customer.example" in page


async def test_an_approved_draft_can_be_called_back_before_it_leaves(office: Office) -> None:
    draft, sent = await office.draft(), len(office.life.sent)
    answer = await office.dana.post(f"/letters/{draft.id}/approve", seen=draft.mark)
    assert answer.status == 303
    page = text_of(await office.dana.page(answer.headers["Location"]))
    assert re.search(r"Leaves at 09:00:30", page)
    assert "Call back" in page
    assert "About to leave" in text_of(await office.dana.page("/letters"))
    assert (await office.dana.post(f"/letters/{draft.id}/call-back")).status == 303
    office.life.desk.clock.advance(HALF_A_MINUTE)
    await office.let_leave()
    assert (await office.again(draft)).is_draft
    assert len(office.life.sent) == sent


async def test_after_half_a_minute_it_has_left_and_moves_the_date(office: Office) -> None:
    draft = await office.draft()
    due = (await office.life.case(draft.reference)).dates.statutory_due
    await office.dana.post(f"/letters/{draft.id}/approve", seen=draft.mark)
    office.life.desk.clock.advance(HALF_A_MINUTE)
    await office.let_leave()
    answer = await office.dana.post(f"/letters/{draft.id}/call-back")
    assert answer.status == 409
    assert "has left already" in await answer.text()
    assert office.life.sent[-1].text.body == draft.body
    later = (await office.life.case(draft.reference)).dates.statutory_due
    assert due is not None
    assert later is not None
    assert later > due


async def test_what_was_typed_is_kept_folded_and_written_down_without_its_words(office: Office) -> None:
    draft = await office.draft()
    body = unfolded(draft.body).replace("each of them.", "each of them, " + "line by line " * 9 + "and twice.")
    answer = await office.dana.post(
        f"/letters/{draft.id}/save", seen=draft.mark, subject=draft.subject, body=body.replace("\n", "\r\n")
    )
    assert answer.status == 303
    now = await office.again(draft)
    assert "line by line" in now.body
    assert all(len(line) <= 78 for line in now.body.splitlines() if "https://" not in line)
    assert "letter_edited" in await office.told(draft.reference)
    shown = await office.store.show_case(draft.reference)
    assert shown is not None
    journal = [one for one in shown["journal"] if one["event"] == "letter_edited"]  # type: ignore[attr-defined]
    assert "line by line" not in str(journal)
    assert "dana" in str(journal)


async def test_saving_what_nobody_touched_changes_nothing(office: Office) -> None:
    draft = await office.draft()
    page = await office.dana.page(f"/letters/{draft.id}")
    found = re.search(r"<textarea id=\"body\"[^>]*>\n(.*?)</textarea>", page, re.DOTALL)
    assert found is not None
    body = unescape(found[1])
    await office.dana.post(f"/letters/{draft.id}/save", seen=draft.mark, subject=draft.subject, body=body)
    assert await office.again(draft) == draft
    assert "letter_edited" not in await office.told(draft.reference)


async def test_the_second_of_two_editors_sees_what_the_first_wrote_and_keeps_their_text(office: Office) -> None:
    draft = await office.draft()
    first, second = (draft.body + f"\nThe words of the {one}.\n" for one in ("first", "second"))
    await office.dana.post(f"/letters/{draft.id}/save", seen=draft.mark, subject=draft.subject, body=first)
    for act in ("save", "approve"):
        answer = await office.dana.post(
            f"/letters/{draft.id}/{act}", seen=draft.mark, subject=draft.subject, body=second
        )
        assert answer.status == 409
        page = text_of(await answer.text())
        assert "has changed since you looked" in page
        assert "The words of the first." in page
        assert "The words of the second." in page
    assert "of the second" not in (await office.again(draft)).body


async def test_nobody_approves_a_text_they_have_not_seen(office: Office) -> None:
    draft = await office.draft()
    await office.dana.post(f"/letters/{draft.id}/save", seen=draft.mark, body=draft.body + "\nOne line more.\n")
    answer = await office.dana.post(f"/letters/{draft.id}/approve", seen=draft.mark)
    assert answer.status == 409
    assert (await office.again(draft)).is_draft


async def test_the_check_tells_a_script_what_may_not_be_said(office: Office) -> None:
    draft = await office.draft()
    body = draft.body + "\nYour data will be deleted by 1 March 2027, and 3/4/27 at the latest.\n"
    answer = await office.dana.client.post(
        f"/letters/{draft.id}/check",
        data={"form_key": form_key(office.dana.token), "seen": draft.mark, "subject": draft.subject, "body": body},
        headers={"Accept": "application/json"},
    )
    said = await answer.json()
    rules = [one["rule"] for one in said["warnings"]]
    assert "no other date" in rules
    assert "day not in words" in rules
    assert "will be deleted" in said["body"]
    assert await office.again(draft) == draft


async def test_the_check_works_without_a_script_and_keeps_what_was_typed(office: Office) -> None:
    draft = await office.draft()
    body = draft.body + "\nThis is our final response.\n"
    answer = await office.dana.post(f"/letters/{draft.id}/check", subject=draft.subject, body=body)
    assert answer.status == 200
    page = text_of(await answer.text())
    assert "It cannot leave like this." in page
    assert "call it final" in page
    assert "Not saved yet" in page
    assert await office.again(draft) == draft


async def test_a_letter_that_says_what_none_may_say_is_not_approved(office: Office) -> None:
    draft = await office.draft()
    body = draft.body + "\nThis is our final response.\n"
    answer = await office.dana.post(f"/letters/{draft.id}/approve", seen=draft.mark, subject=draft.subject, body=body)
    assert answer.status == 409
    assert "call it final" in await answer.text()
    now = await office.again(draft)
    assert now.is_draft
    assert "final response" in now.body  # what was typed is not lost


async def test_hard_words_only_warn(office: Office) -> None:
    draft = await office.draft()
    hard = "Comprehensive organisational considerations necessitate extraordinarily protracted investigations. " * 20
    answer = await office.dana.post(
        f"/letters/{draft.id}/approve", seen=draft.mark, subject=draft.subject, body=f"{draft.body}\n{hard}\n"
    )
    assert answer.status == 303
    assert (await office.again(draft)).approval is not None


async def test_an_unread_message_keeps_the_letter_and_the_page_says_so_before(office: Office) -> None:
    draft = await office.draft()
    await office.life.answered("I have one more thing to add about my account.")
    page = text_of(await office.dana.page(f"/letters/{draft.id}"))
    assert "It cannot leave yet" in page
    assert "Approve and send" not in page
    answer = await office.dana.post(f"/letters/{draft.id}/approve", seen=draft.mark)
    assert answer.status == 409
    assert "read" in await answer.text()


async def test_a_discarded_draft_is_gone_and_a_sent_letter_cannot_be_discarded(office: Office) -> None:
    draft = await office.draft()
    sent = await office.only(Shelf.RECENT)
    answer = await office.dana.post(f"/letters/{sent.id}/discard")
    assert answer.status == 409
    assert (await office.again(sent)).state == "sent"
    assert (await office.dana.post(f"/letters/{draft.id}/discard")).status == 303
    assert (await office.again(draft)).state == "discarded"


async def test_one_about_to_leave_can_be_discarded_too(office: Office) -> None:
    draft = await office.draft()
    await office.dana.post(f"/letters/{draft.id}/approve", seen=draft.mark)
    await office.dana.post(f"/letters/{draft.id}/discard")
    office.life.desk.clock.advance(HALF_A_MINUTE)
    await office.let_leave()
    assert (await office.again(draft)).state == "discarded"
    assert await office.store.alarms() == ()


async def test_one_about_to_leave_is_neither_changed_nor_handed_over(office: Office) -> None:
    draft = await office.draft()
    await office.dana.post(f"/letters/{draft.id}/approve", seen=draft.mark)
    for act, fields in (("save", {"body": "Other words."}), ("hand-over", {"how": "by post"}), ("approve", {})):
        answer = await office.dana.post(f"/letters/{draft.id}/{act}", seen=draft.mark, **fields)
        assert answer.status == 409, act
    now = await office.again(draft)
    assert now.body == draft.body
    assert now.approval is not None


async def test_a_draft_posted_on_paper_counts_as_sent(office: Office) -> None:
    draft = await office.draft()
    assert draft.body.split("\n")[0] in unescape(await office.dana.page(f"/letters/{draft.id}/print"))
    answer = await office.dana.post(f"/letters/{draft.id}/hand-over", seen=draft.mark, how="printed and posted")
    assert answer.status == 303
    now = await office.again(draft)
    assert (now.state, now.code) == ("sent", "outside")
    assert "Handed over another way" in await office.dana.page(f"/letters/{draft.id}")
    answer = await office.dana.post(f"/letters/{draft.id}/hand-over", how="and again")
    assert answer.status == 409


async def test_where_no_address_is_vouched_for_a_checked_one_is_asked_for(office: Office) -> None:
    thread = await office.life.hear(ACCESS, Reply_To="someone@elsewhere.example")
    draft = await office.extension_for(thread)
    assert draft.goes == "print"
    assert "Address you have checked" in await office.dana.page(f"/letters/{draft.id}")
    for to in ("", "no address"):
        answer = await office.dana.post(f"/letters/{draft.id}/approve", seen=draft.mark, to=to)
        assert answer.status == 409, to
    await office.dana.post(f"/letters/{draft.id}/approve", seen=draft.mark, to="ana@checked.example")
    office.life.desk.clock.advance(HALF_A_MINUTE)
    await office.let_leave()
    assert office.life.sent[-1].recipient == "ana@checked.example"


async def test_a_script_in_a_letter_never_runs(office: Office) -> None:
    draft = await office.draft()
    await office.dana.post(
        f"/letters/{draft.id}/save",
        seen=draft.mark,
        subject=SCRIPT,
        body=f"{draft.body}\n{SCRIPT}\n</textarea>{SCRIPT}",
    )
    for path in ("/letters", f"/letters/{draft.id}", f"/letters/{draft.id}/print"):
        assert SCRIPT not in await office.dana.page(path)
    assert "&lt;script&gt;" in await office.dana.page(f"/letters/{draft.id}")


async def test_a_reader_sees_letters_and_does_nothing_to_them(office: Office) -> None:
    draft = await office.draft()
    page = await office.rea.page(f"/letters/{draft.id}")
    assert "Approve and send" not in page
    assert "<textarea" not in page
    for act in ("approve", "save", "check", "discard", "hand-over", "call-back"):
        assert (await office.rea.post(f"/letters/{draft.id}/{act}", how="by post")).status == 403, act
    assert await office.again(draft) == draft


async def test_a_letter_that_was_refused_stands_among_those_that_did_not_arrive(office: Office) -> None:
    office.life.desk.relay.trouble.append(DeliveryRefused("no such mailbox"))
    await office.life.hear(ACCESS)
    lost = await office.only(Shelf.LOST)
    page = text_of(await office.dana.page("/letters"))
    assert page.index("Did not arrive") < page.index("Refused: it did not arrive") < page.index("Lately")
    assert "The mail server said no for good" in await office.dana.page(f"/letters/{lost.id}")


async def test_a_shelf_is_read_page_by_page(office: Office) -> None:
    for number in range(30):
        await office.life.hear(ACCESS, f"person{number}@customer{number}.example")
    first = await office.dana.page("/letters?shelf=recent")
    seen = set(re.findall(r'href="/letters/(\d+)"', first))
    following = re.search(r'href="(/letters\?shelf=recent&amp;after=\d+)" rel="next"', first)
    assert following is not None
    second = await office.dana.page(unescape(following[1]))
    rest = set(re.findall(r'href="/letters/(\d+)"', second))
    assert rest
    assert not rest & seen
    assert 'rel="next"' not in second
    assert (await office.dana.get("/letters?shelf=nonsense&after=x")).status == 200


async def test_an_unknown_letter_is_a_page_that_says_so(office: Office) -> None:
    for number in ("7", "9" * 30):
        assert (await office.dana.get(f"/letters/{number}")).status == 404


async def test_every_template_is_shown_and_a_broken_one_tells_its_one_fault(office: Office) -> None:
    sources = {**office.console.letter_sources, "outcomes/provided.txt": "{{ nonsense }}"}
    object.__setattr__(office.console, "letter_sources", sources)
    page = text_of(await office.dana.page("/letters/templates"))
    assert page.count("letters/outcomes/provided.txt") == 1
    assert "all well" in page
    page = text_of(await office.dana.page("/letters/templates?purpose=outcome"))
    assert "nonsense" in page
    assert "nothing held" in page
    assert "grade" in page
