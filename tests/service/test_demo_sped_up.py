"""The complaint whose time the demo speeds up: its days beside days counted here, and what was captured of it."""

from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from holidays import country_holidays

from tests.factories import NOW
from tests.service.conftest import WiredDesk
from triage.demo import sped_up
from triage.demo.desk import demo_settings
from triage.demo.moved_desk import captured, last_day
from triage.demo.sped_up import SpedUp, speed_up

DAY = timedelta(days=1)
# A receipt on the Sunday on which summer time ends, on the Monday after, one whose silence ends on New Year's Eve, and
# one in summer.
LAST_DAYS = (date(2026, 11, 23), date(2026, 11, 24), date(2027, 1, 14), date(2027, 7, 14))


def is_working(day: date) -> bool:
    return day.weekday() < 5 and day not in country_holidays("GB", subdiv="ENG", years=day.year)


def back(day: date) -> date:
    """That day, or the last working day before it."""
    while not is_working(day):
        day -= DAY
    return day


def forward(day: date) -> date:
    while not is_working(day):
        day += DAY
    return day


def days_of(last_on: date) -> list[date]:
    """Receipt; news ready two days before fourteen; fourteen of silence; the DPO's word on the next working day; news
    ready before the day that letter promised; the thirtieth day, that of receipt being the first."""
    received_on = last_on - 29 * DAY
    promised_on = back(received_on + 14 * DAY)
    silent_on = max(received_on + 14 * DAY, promised_on + DAY)  # quiet to the end of a day they were told
    approved_on = forward(silent_on + DAY)
    return [
        received_on,
        back(promised_on - 2 * DAY),
        silent_on,
        approved_on,
        max(approved_on, back(back(silent_on + 14 * DAY) - 2 * DAY)),
        last_on,
    ]


@pytest.fixture(params=LAST_DAYS, ids=str)
async def told(request: pytest.FixtureRequest, desk: WiredDesk, tmp_path: Path) -> tuple[SpedUp, date]:
    folder = tmp_path / "sped-up"
    folder.mkdir()
    return await speed_up(demo_settings(folder), desk.intake, today=request.param), request.param


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return " ".join(str(body.get_content()).split())


async def test_a_complaint_nobody_answers_runs_from_receipt_to_escalation_on_the_days_the_rules_say(
    told: tuple[SpedUp, date], desk: WiredDesk
) -> None:
    story, last_on = told
    assert story.faults == ()
    # Where nobody works for days, news that was laid ready over a week ago is dropped between two of them.
    told_days = [day for day in story.days if day.happened != ("complaint progress letter discarded",)]
    assert [day.on for day in told_days] == days_of(last_on)
    assert [day.number for day in told_days] == [(day - days_of(last_on)[0]).days + 1 for day in days_of(last_on)]
    received, news, silent, approved, news_again, last = (" | ".join(day.happened) for day in told_days)
    assert "complaint acknowledgement letter sent by itself" in received
    assert news == news_again == "complaint progress letter laid ready, waits for approval"
    assert silent.startswith("UNRESOLVED (silence), top of the queue | staff told by mail: deputy and dpo | ")
    assert last.startswith("UNRESOLVED (no outcome), top of the queue | staff told by mail: deputy and dpo | ")
    assert "escalation letter laid ready, waits for approval" in silent
    assert "escalation letter approved by the demo in the DPO's name, and sent" in approved
    assert all(day.next_step for day in story.days)

    # What the letter says, and that it went on the day of the approval: the one of the last day still waits.
    letters = sorted(captured(story.letters).values(), key=lambda mail: parsedate_to_datetime(mail["Date"]))
    assert [parsedate_to_datetime(mail["Date"]).date() for mail in letters] == [told_days[0].on, told_days[3].on]
    assert {mail["To"] for mail in letters} == {"agnes.thornby@quillbrook.example"}
    escalation = text_of(letters[1])
    assert "https://ico.org.uk/make-a-complaint/ or 0303 123 1113" in escalation
    assert "https://ico.org.uk/make-a-complaint/data-protection-complaints/what-to-expect/" in escalation
    assert "within three months" in escalation
    assert "ask a court" in escalation

    # What staff read, and that it names nobody.
    mails = list(captured(story.staff_mails).values())
    unresolved = [mail for mail in mails if mail["Subject"].startswith("Unresolved complaint DP-")]
    assert sorted(mail["To"] for mail in unresolved) == ["deputy@larkfield.example"] * 2 + ["dpo@larkfield.example"] * 2
    assert all("https://ico.org.uk/make-a-complaint/" in text_of(mail) for mail in unresolved)
    for mail in mails:
        for of_the_person in ("agnes", "thornby", "quillbrook", "desk lamp"):
            assert of_the_person not in mail.as_string().lower()
    assert (story.to_person, story.to_staff) == (2, len(mails))

    # Beside it nothing grew older.
    assert desk.clock() == NOW
    assert await desk.store.list_enquiries() == await desk.store.list_letters() == ()
    assert desk.relay.sent == []


def test_its_last_day_is_today_unless_its_morning_is_still_to_come() -> None:
    assert last_day(datetime(2026, 11, 23, 9, 0, tzinfo=UTC)) == date(2026, 11, 23)
    assert last_day(datetime(2026, 11, 23, 8, 59, tzinfo=UTC)) == date(2026, 11, 22)
    assert last_day(datetime(2026, 7, 14, 8, 0, tzinfo=UTC)) == date(2026, 7, 14)


async def test_a_sample_that_is_read_as_something_else_is_not_as_expected(
    desk: WiredDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "sped-up"
    folder.mkdir()
    monkeypatch.setattr(sped_up, "SAMPLE", "01-access-polite")
    story = await speed_up(demo_settings(folder), desk.intake, today=LAST_DAYS[0])
    assert story.days == ()
    assert story.faults == ("01-access-polite, with time sped up: did not become one complaint",)
