"""A letter that no other act brings is laid ready on the case page, and led to."""

import pytest

from tests.console.conftest import Browser, Desk
from tests.console.test_case_acts import all_letters_left, case_of, do, filed
from tests.factories import make_plan
from triage.domain.vocabulary import Kind, LetterPurpose

WORDS = "We have searched two of our three systems."


def offered(page: str) -> list[str]:
    """The letters of the form."""
    form = page.partition('id="draft-purpose"')[2].partition("</select>")[0]
    return [one.partition('"')[0] for one in form.split('<option value="')[1:]]


async def test_news_are_laid_ready_with_a_persons_words_and_read_next(desk: Desk, dana: Browser) -> None:
    reference = await filed(desk)
    page = await dana.page(f"/cases/{reference}")
    assert "Lay another letter ready" in page
    assert "News: how far we are" in page
    assert offered(page) == ["progress"]
    where = await do(dana, reference, "draft", version="1", purpose="progress", words=WORDS)
    drafted = (await case_of(desk, reference)).letters[-1]
    assert (drafted.purpose, drafted.state, where) == (LetterPurpose.PROGRESS, "draft", f"/letters/{drafted.id}")
    assert WORDS in await dana.page(where)
    assert "Lay another letter ready" not in await dana.page(f"/cases/{reference}")  # one waits: no second beside it


async def test_an_acknowledgement_that_is_owed_is_offered_and_led_to(desk: Desk, dana: Browser) -> None:
    plan = make_plan(letter=None, not_acknowledged=True, no_letter_because="volume")
    reference = f"{await desk.file(plan=plan)}/1"
    assert offered(await dana.page(f"/cases/{reference}")) == ["acknowledgement", "progress"]
    where = await do(dana, reference, "draft", purpose="acknowledgement", words="")
    drafted = (await case_of(desk, reference)).letters[-1]
    assert (drafted.purpose, where) == (LetterPurpose.ACKNOWLEDGEMENT, f"/letters/{drafted.id}")


async def test_a_refusal_stands_beside_its_field_and_the_words_are_kept(desk: Desk, dana: Browser) -> None:
    plan = make_plan(letter=None, not_acknowledged=True, no_letter_because="volume")
    reference = f"{await desk.file(plan=plan)}/1"
    answer = await dana.post(f"/cases/{reference}/draft", purpose="acknowledgement", words=WORDS)
    page = await answer.text()
    assert answer.status == 409
    told = "The letter acknowledgement has no place for words of yours: leave them out"
    assert f'<p class="fault" id="draft-words-fault">{told}.</p>' in page
    assert f'<a href="#draft-words">{told}</a>' in page
    assert f"{WORDS}</textarea>" in page
    assert '<option value="acknowledgement" selected>' in page


async def test_words_that_no_letter_may_say_are_refused_beside_them(desk: Desk, dana: Browser) -> None:
    reference = await filed(desk)
    words = f"See https://{next(iter(desk.console.policy.wrong_links))} for more."
    answer = await dana.post(f"/cases/{reference}/draft", purpose="progress", words=words)
    page = await answer.text()
    assert answer.status == 409
    assert 'id="draft-words-fault"' in page
    assert f"{words}</textarea>" in page
    assert not [one for one in (await case_of(desk, reference)).letters if one.purpose is LetterPurpose.PROGRESS]


@pytest.mark.parametrize("purpose", ["", "nonsense", "outcome", "identity_ask", "neutral"])
async def test_what_another_act_brings_and_what_is_no_letter_is_refused(
    desk: Desk, dana: Browser, purpose: str
) -> None:
    reference = await filed(desk)
    answer = await dana.post(f"/cases/{reference}/draft", purpose=purpose, words="")
    assert answer.status == (422 if purpose in ("", "nonsense") else 409)
    assert 'id="draft-purpose-fault"' in await answer.text()


async def test_who_comes_second_keeps_words_for_a_letter_that_can_be_laid_ready_no_more(
    desk: Desk, dana: Browser
) -> None:
    reference = await filed(desk)
    await do(dana, reference, "draft", version="1", purpose="progress", words="first")
    answer = await dana.post(f"/cases/{reference}/draft", version="1", purpose="progress", words=WORDS)
    page = await answer.text()
    assert answer.status == 409
    assert "This has changed since you looked" in page
    assert "What you had typed" in page
    assert f"{WORDS}</textarea>" in page
    again = await dana.post(f"/cases/{reference}/draft", version="2", purpose="progress", words=WORDS)
    assert 'id="draft-words-fault"' in await again.text()


async def test_a_closed_case_offers_no_letter_and_keeps_what_was_typed_meanwhile(desk: Desk, dana: Browser) -> None:
    reference = await filed(desk, Kind.CORRECTION)
    await all_letters_left(desk)
    await do(dana, reference, "close", outcome="corrected", without_letter="Told them by phone")
    assert "Lay another letter ready" not in await dana.page(f"/cases/{reference}")
    for act in ("draft", "answer"):
        answer = await dana.post(f"/cases/{reference}/{act}", version="1", purpose="progress", words=WORDS)
        assert f"{WORDS}</textarea>" in await answer.text()


async def test_laying_a_letter_ready_says_that_what_stands_on_the_page_was_read(desk: Desk, dana: Browser) -> None:
    thread = await desk.file()
    newest = (await case_of(desk, f"{thread}/1")).messages[-1].enquiry_id
    await do(dana, f"{thread}/1", "draft", purpose="progress", words="", up_to=str(newest))
    assert (await case_of(desk, f"{thread}/1")).unread == ()
