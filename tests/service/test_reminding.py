"""Two months of mornings, nights and restarts: every reminder once, none missed, no digest on a day off."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from tests.service.fakes import Clock
from tests.unit.open_cases import (
    DEPUTY,
    DPO,
    POLICY,
    RECEIVED,
    at,
    away,
    dates_of,
    make_case,
    make_letter,
    make_message,
    make_task,
)
from triage.domain.case_file import CaseFile
from triage.domain.digest import DatedHead
from triage.domain.notices import Notice
from triage.domain.policy import Link, Policy
from triage.domain.records import Alarm, QuarantineRow
from triage.domain.urgent_notices import URGENT, FlaggedMessage
from triage.domain.vocabulary import Flag, Kind, LetterPurpose, Nation
from triage.domain.workdays import WorkCalendar
from triage.service.reminding import Reminding

CLOSED = (date(2026, 12, 30), date(2026, 12, 31))
SHUT_AT_CHRISTMAS = replace(POLICY, office_closures=CLOSED)
FIRST, LAST = date(2026, 11, 23), date(2027, 1, 29)


@dataclass
class Shelf:
    """A store in memory that keeps keys, as the unique key of the table does."""

    cases: dict[str, CaseFile] = field(default_factory=dict)
    standing: tuple[Alarm, ...] = ()
    unreadable: tuple[QuarantineRow, ...] = ()
    flagged: tuple[FlaggedMessage, ...] = ()
    heads: tuple[DatedHead, ...] = ()
    secret: frozenset[str] = frozenset()
    kept: dict[str, tuple[Notice, datetime]] = field(default_factory=dict)

    @property
    def open(self) -> tuple[CaseFile, ...]:
        return tuple(self.cases.values())

    async def flagged_messages(self) -> tuple[FlaggedMessage, ...]:
        return self.flagged

    async def urgent_cases(self) -> tuple[CaseFile, ...]:
        return tuple(case for case in self.open if any(URGENT.keys() & set(one.flags) for one in case.unread))

    async def alarms(self) -> tuple[Alarm, ...]:
        return self.standing

    async def list_quarantine(self) -> tuple[QuarantineRow, ...]:
        return self.unreadable

    async def threads_about_the_dpo(self) -> frozenset[str]:
        return self.secret

    async def journal_heads(self) -> tuple[DatedHead, ...]:
        return self.heads

    async def put_notices(self, notices: Sequence[Notice], now: datetime) -> int:
        new = {one.key: (one, now) for one in notices if one.key not in self.kept}
        self.kept |= new
        return len(new)

    def told_on(self, purpose: str) -> dict[str, date]:
        return {key: now.date() for key, (one, now) in self.kept.items() if one.purpose == purpose}


def case_of(number: int, kind: Kind, received: datetime, **changes: object) -> CaseFile:
    thread = f"DP-2026-{number:05}-K7"
    return make_case(kind, received, thread=thread, reference=f"{thread}/1", dates=dates_of(kind, received), **changes)


def moments(apart: timedelta) -> Iterator[datetime]:
    now = datetime(2026, 11, 23, 0, 5, tzinfo=UTC)
    while now.date() <= LAST:
        yield now
        now += apart


def busy_desk() -> Shelf:
    """Cases nobody ever touches again."""
    cases = [
        case_of(1, Kind.ACCESS, at(FIRST)),
        case_of(2, Kind.DELETION, at(date(2026, 11, 25), 16)),
        case_of(3, Kind.OPT_OUT, at(date(2026, 12, 5)), tasks=(make_task("CRM"),)),
        case_of(4, Kind.COMPLAINT, at(date(2026, 11, 26)), not_acknowledged=True, letters=()),
        case_of(5, Kind.CORRECTION, at(FIRST), letters=(make_letter(LetterPurpose.OUTCOME),)),
        case_of(6, Kind.ACCESS, at(FIRST), snoozed_until=date(2027, 1, 18)),
    ]
    return Shelf(cases={case.reference: case for case in cases})


EXPECTED = {
    "due_in_5:DP-2026-00001-K7/1:2026-12-23": date(2026, 12, 16),
    "due_in_1:DP-2026-00001-K7/1:2026-12-23": date(2026, 12, 22),
    "overdue:DP-2026-00001-K7/1:2026-12-23": date(2026, 12, 24),
    "due_in_5:DP-2026-00002-K7/1:2026-12-29": date(2026, 12, 18),
    "due_in_1:DP-2026-00002-K7/1:2026-12-29": date(2026, 12, 24),
    "overdue:DP-2026-00002-K7/1:2026-12-29": date(2026, 12, 30),
    "opt_out_open:DP-2026-00003-K7/1:2026-12-08": date(2026, 12, 8),
    "due_in_5:DP-2026-00003-K7/1:2027-01-05": date(2026, 12, 22),
    "due_in_1:DP-2026-00003-K7/1:2027-01-05": date(2027, 1, 4),
    "overdue:DP-2026-00003-K7/1:2027-01-05": date(2027, 1, 6),
    "overdue:DP-2026-00004-K7/1:2026-12-29": date(2026, 12, 30),
    "overdue:DP-2026-00006-K7/1:2026-12-23": date(2026, 12, 24),
}


def interrupts_of(shelf: Shelf) -> dict[str, date]:
    return {key: now.date() for key, (one, now) in shelf.kept.items() if one.purpose != "digest"}


async def test_two_months_with_a_restart_at_every_look_tell_each_thing_once_on_its_day() -> None:
    shelf = busy_desk()
    for now in moments(timedelta(hours=2)):
        day = now.date()
        shown = {reference: case for reference, case in busy_desk().cases.items() if case.received_at.date() <= day}
        shelf.cases = shown
        await Reminding(store=shelf, policy=SHUT_AT_CHRISTMAS, clock=Clock(now)).look(shelf.open)
    assert interrupts_of(shelf) == EXPECTED


async def test_one_worker_that_never_stops_tells_the_same_as_one_that_always_does() -> None:
    steady, restless, clock = busy_desk(), busy_desk(), Clock()
    worker = Reminding(store=steady, policy=SHUT_AT_CHRISTMAS, clock=clock)
    for now in moments(timedelta(hours=3)):
        clock.now = now
        await worker.look(steady.open)
        await Reminding(store=restless, policy=SHUT_AT_CHRISTMAS, clock=clock).look(restless.open)
    assert steady.kept == restless.kept


async def test_there_is_a_digest_on_every_working_day_and_on_no_other() -> None:
    shelf = busy_desk()
    for now in moments(timedelta(minutes=30)):
        await Reminding(store=shelf, policy=SHUT_AT_CHRISTMAS, clock=Clock(now)).look(shelf.open)
    calendar = WorkCalendar(nation=Nation.ENGLAND, closures=CLOSED)
    days = [FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1)]
    sent = [now for one, now in shelf.kept.values() if one.purpose == "digest" and one.to == DPO]
    assert [now.date() for now in sent] == [day for day in days if calendar.is_working(day)]
    assert {(now.hour, now.minute) for now in sent} == {(8, 35)}


async def test_a_week_without_a_worker_loses_no_overdue_and_no_digest_of_the_day_it_is_back() -> None:
    shelf = busy_desk()
    down = (date(2026, 12, 15), date(2026, 12, 28))
    for now in moments(timedelta(hours=2)):
        if not down[0] <= now.date() < down[1]:
            await Reminding(store=shelf, policy=POLICY, clock=Clock(now)).look(shelf.open)
    told = interrupts_of(shelf)
    assert told["overdue:DP-2026-00001-K7/1:2026-12-23"] == date(2026, 12, 28)
    assert told["due_in_1:DP-2026-00002-K7/1:2026-12-29"] == date(2026, 12, 28)
    assert "due_in_5:DP-2026-00001-K7/1:2026-12-23" not in told  # overdue by then: one mail says it
    assert shelf.told_on("digest")["digest:2026-12-29:dpo"] == date(2026, 12, 29)


async def test_a_worker_that_was_down_in_the_morning_sends_the_digest_when_it_is_back() -> None:
    shelf = busy_desk()
    worker = Reminding(store=shelf, policy=POLICY, clock=Clock(at(date(2026, 12, 24), 15)))
    await worker.look(shelf.open)
    assert list(shelf.told_on("digest")) == ["digest:2026-12-24:dpo"]


async def test_a_date_that_moves_is_reminded_of_anew() -> None:
    shelf, clock = busy_desk(), Clock(at(date(2026, 12, 16)))
    worker = Reminding(store=shelf, policy=POLICY, clock=clock)
    await worker.look(shelf.open)
    first = shelf.cases["DP-2026-00001-K7/1"]
    shelf.cases[first.reference] = replace(first, dates=dates_of(Kind.ACCESS, extended=True))
    clock.now = at(date(2027, 2, 16))
    await worker.look(shelf.open)
    assert "due_in_5:DP-2026-00001-K7/1:2027-02-23" in shelf.kept


async def test_absence_hands_over_for_its_days_and_back() -> None:
    shelf, policy = busy_desk(), away("dpo", date(2026, 12, 21), date(2026, 12, 24))
    for now in moments(timedelta(hours=6)):
        await Reminding(store=shelf, policy=policy, clock=Clock(now)).look(shelf.open)
    to_deputy = {now.date() for one, now in shelf.kept.values() if one.to == DEPUTY}
    assert to_deputy == {date(2026, 12, day) for day in (21, 22, 23, 24)}


async def test_everything_the_store_knows_is_looked_at_and_told() -> None:
    stuck = Alarm(code="outbox_stuck", reference=None, raised_at=RECEIVED)
    unread = QuarantineRow(
        id=1, key="k", received_at=at(date(2026, 11, 19)), size_bytes=1, attempts=3, code="unreadable"
    )
    regulator = FlaggedMessage(thread="DP-2026-00009-K7", message=make_message(flags=(Flag.REGULATOR_OR_COURT,)))
    head = DatedHead(chain="DP-2026-00009-K7", sequence=1, hash="0" * 64, changed_at=RECEIVED)
    shelf = Shelf(standing=(stuck,), unreadable=(unread,), flagged=(regulator,), heads=(head,))
    old = replace(POLICY, links={"access": Link(url="https://example.test/", checked_on=date(2026, 1, 1))})
    assert await Reminding(store=shelf, policy=old, clock=Clock(RECEIVED)).look(shelf.open) == 4
    assert {one.purpose for one, _ in shelf.kept.values()} == {"outbox_stuck", "quarantine", "urgent", "digest"}
    body = shelf.kept["digest:2026-11-23:dpo"][0].body
    assert "DP-2026-00009-K7 row 1" in body
    assert "Links nobody has checked for long (policy.toml): access" in body


async def test_nothing_is_told_where_nobody_is_named_or_nothing_happened() -> None:
    nobody: Policy = replace(POLICY, staff=None)
    assert await Reminding(store=busy_desk(), policy=nobody, clock=Clock(at(LAST))).look(busy_desk().open) == 0
    assert await Reminding(store=Shelf(), policy=POLICY, clock=Clock(at(LAST))).look(()) == 0


async def test_what_never_waits_is_told_between_the_looks_and_once() -> None:
    breach = make_case(messages=(make_message(flags=(Flag.BREACH_REPORT,)),))
    danger = FlaggedMessage(thread="DP-2026-00009-K7", message=make_message(flags=(Flag.THREAT_TO_SAFETY,)))
    shelf = Shelf(cases={breach.reference: breach}, flagged=(danger,), standing=busy_desk().standing)
    clock = Clock(at(date(2026, 11, 24), 15))
    reminding = Reminding(store=shelf, policy=POLICY, clock=clock)
    assert await reminding.look_for_urgent() > 0
    told = set(shelf.kept)
    assert {key.split(":")[0] for key in told} == {"urgent"}
    assert await reminding.look_for_urgent() == 0
    await reminding.look(shelf.open)
    assert {key for key in shelf.kept if key.startswith("urgent")} == told
    nobody: Policy = replace(POLICY, staff=None)
    assert await Reminding(store=shelf, policy=nobody, clock=clock).look_for_urgent() == 0
