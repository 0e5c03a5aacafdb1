"""The checklist of a case: which systems, by when, what may be ticked, and when an opt-out is done."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.factories import make_dates
from tests.unit.case_files import UNREAD
from triage.domain.case_change import CaseChange, NewTask, Refused
from triage.domain.case_file import CaseFile, CaseLetter, CaseTask, LinkedCase
from triage.domain.checklist import (
    KEEPS_LINE,
    after_tick,
    has_done_letter,
    lay,
    leave,
    marketing_done,
    missing_tasks,
    opt_out_is_late,
    tasks_for,
    tick,
    unsubscribed_at_hubspot,
    untick,
)
from triage.domain.policy import Policy, System
from triage.domain.vocabulary import CaseState, Channel, Kind, Lane, LetterPurpose
from triage.parsing.rules import load_policy

SHIPPED = load_policy(Path(__file__).parents[2] / "rules")
MAIN = SHIPPED.main_controller
OTHER = replace(MAIN, name="Fernhill Services Ltd")
SYSTEMS = (
    System(name="Mailer", owner="Marketing", marketing=True, opt_out="Unsubscribe.", deletion="Delete.", hubspot=True),
    System(name="Call lists", owner="Sales", marketing=True, opt_out="Take off.", deletion="Take off."),
    System(name="Billing", owner="Finance", access="Export.", correction="Correct.", deletion="Delete."),
    System(name="Their shop", owner="Shop", company=OTHER.name, marketing=True, opt_out="Unsubscribe."),
)
POLICY: Policy = replace(SHIPPED, controllers=(MAIN, OTHER), systems=SYSTEMS)
MONDAY, TUESDAY, WEDNESDAY = date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 25)
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def line(number: int, system: str, done_on: date | None = None) -> CaseTask:
    return CaseTask(id=number, system=system, what="Do it.", owner="Sales", due_on=TUESDAY, done_on=done_on)


def case(kind: Kind = Kind.OPT_OUT, **changes: object) -> CaseFile:
    """A case of Monday with both marketing systems of its company on its checklist, nothing ticked."""
    received_at = datetime(2026, 11, 23, 9, tzinfo=UTC)
    values: dict[str, object] = {
        "reference": "DP-2026-00042-K7/1",
        "thread": "DP-2026-00042-K7",
        "number": 1,
        "kind": kind,
        "state": CaseState.OPEN,
        "lane": Lane.NEW,
        "version": 1,
        "controller": MAIN.name,
        "channel": Channel.EMAIL,
        "received_at": received_at,
        "opened_at": received_at,
        "dates": make_dates(kind=kind, received_on=MONDAY, internal_target=TUESDAY),
        "next_step": "stop the marketing in every system",
        "next_step_on": TUESDAY,
        "tasks": (line(1, "Mailer"), line(2, "Call lists")),
        "recipient": "ana@customer.example",
    }
    return CaseFile(**(values | changes))  # type: ignore[arg-type]


def stopped(**changes: object) -> CaseFile:
    """The same with every line ticked."""
    return case(tasks=(line(1, "Mailer", TUESDAY), line(2, "Call lists", TUESDAY)), **changes)


def done_letter(state: str, number: int | None = 1) -> CaseLetter:
    return CaseLetter(
        id=9, number=number, purpose=LetterPurpose.OPT_OUT_DONE, state=state, created_at=NOW, sent_at=None
    )


def tasks(kind: Kind, today: date = MONDAY, **dates: object) -> tuple[NewTask, ...]:
    owed = make_dates(kind=kind, received_on=MONDAY, **dates)
    return tasks_for(kind, MAIN, POLICY, owed, today)


def ticked(of: CaseFile, system: str, done_on: date = TUESDAY, note: str = "") -> CaseChange | Refused:
    return tick(of, system, "Bo", note, done_on, POLICY, NOW)


def reasons(change: CaseChange | Refused) -> str:
    assert isinstance(change, Refused)
    assert not change.overridable
    return "\n".join(change.reasons)


def test_an_opt_out_lists_every_marketing_system_of_its_company_for_the_next_working_day() -> None:
    assert tasks(Kind.OPT_OUT, internal_target=TUESDAY) == (
        NewTask(system="Mailer", what="Unsubscribe.", owner="Marketing", due_on=TUESDAY),
        NewTask(system="Call lists", what="Take off.", owner="Sales", due_on=TUESDAY),
    )


def test_other_requests_are_due_on_the_working_day_before_the_target() -> None:
    (billing,) = tasks(Kind.ACCESS, internal_target=date(2026, 12, 21))
    assert billing == NewTask(system="Billing", what="Export.", owner="Finance", due_on=date(2026, 12, 18))


def test_no_line_is_due_on_a_day_that_is_past_or_at_a_weekend() -> None:
    (billing,) = tasks(Kind.CORRECTION, today=date(2026, 12, 26), internal_target=date(2026, 12, 21))
    assert billing.due_on == date(2026, 12, 29)


def test_a_clock_that_has_not_started_gives_lines_without_a_day() -> None:
    assert [task.due_on for task in tasks(Kind.DELETION, internal_target=None)] == [None] * 3


def test_a_deletion_keeps_the_line_on_the_do_not_contact_list_and_says_so() -> None:
    whats = {task.system: task.what for task in tasks(Kind.DELETION)}
    assert whats == {"Mailer": f"Delete. {KEEPS_LINE}", "Call lists": f"Take off. {KEEPS_LINE}", "Billing": "Delete."}


@pytest.mark.parametrize("kind", [Kind.COMPLAINT, Kind.OTHER_RIGHT])
def test_a_complaint_and_another_right_need_no_system(kind: Kind) -> None:
    assert tasks(kind) == ()


def test_another_company_has_its_own_systems_beside_the_common_ones() -> None:
    owed = make_dates(kind=Kind.OPT_OUT, internal_target=TUESDAY)
    listed = tasks_for(Kind.OPT_OUT, OTHER, POLICY, owed, MONDAY)
    assert [task.system for task in listed] == ["Mailer", "Call lists", "Their shop"]


def test_a_system_added_later_is_missing_from_the_list() -> None:
    assert missing_tasks(case(), POLICY, MONDAY) == ()
    assert [task.system for task in missing_tasks(case(tasks=(line(2, "Call lists"),)), POLICY, MONDAY)] == ["Mailer"]


def test_a_tick_names_the_line_the_day_and_who() -> None:
    change = ticked(case(), " call LISTS ", note="two lists")
    assert isinstance(change, CaseChange)
    assert (change.event, change.note) == ("task_done", "two lists")
    assert change.facts == {"task": 2, "done_on": "2026-11-24", "by": "Bo"}
    (done,) = change.ticks
    assert (done.task_id, done.done_on, done.by, done.note) == (2, TUESDAY, "Bo", "two lists")


def test_a_system_that_is_not_on_the_list_is_refused_with_the_names_that_are() -> None:
    assert "has: Mailer; Call lists" in reasons(ticked(case(), "Newsletter"))
    assert "has: nothing" in reasons(ticked(case(tasks=()), "Newsletter"))
    assert "has: Mailer" in reasons(untick(case(), "Newsletter", "Bo", "not done"))


def test_a_second_tick_a_day_to_come_and_a_closed_case_are_refused_all_at_once() -> None:
    said = reasons(ticked(stopped(state=CaseState.CLOSED), "Mailer", WEDNESDAY))
    assert "ticked already, on 2026-11-24" in said
    assert "2026-11-25 has not come yet" in said
    assert "is closed" in said


def test_nothing_was_done_for_a_request_before_it_came() -> None:
    assert "before the request came, on 2026-11-23" in reasons(ticked(case(), "Mailer", date(2026, 11, 20)))


def test_today_is_the_controllers_day() -> None:
    late = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
    received = make_dates(kind=Kind.OPT_OUT, received_on=date(2026, 7, 1))
    change = tick(case(dates=received), "Mailer", "Bo", "", date(2026, 7, 2), POLICY, late)
    assert isinstance(change, CaseChange)


def access(state: CaseState) -> LinkedCase:
    return LinkedCase(
        reference="DP-2026-00007-C4/1",
        kind=Kind.ACCESS,
        state=state,
        received_on=MONDAY,
        statutory_due=None,
        closed_on=None,
        same_thread=False,
    )


@pytest.mark.parametrize("state", [CaseState.OPEN, CaseState.CANNOT_REACH])
def test_nothing_is_erased_while_an_access_request_of_the_same_person_is_open(state: CaseState) -> None:
    deletion = case(Kind.DELETION, links=(access(state),))
    assert "DP-2026-00007-C4/1 is an open access case of the same person" in reasons(ticked(deletion, "Mailer"))
    assert isinstance(ticked(case(links=(access(state),)), "Mailer"), CaseChange)


def test_nothing_is_erased_while_a_message_is_unread() -> None:
    deletion = case(Kind.DELETION, messages=(UNREAD,))
    assert reasons(ticked(deletion, "Mailer")) == "a message on the case is unread: read it first"
    assert isinstance(ticked(case(messages=(UNREAD,)), "Mailer"), CaseChange)


def test_an_answered_access_request_blocks_no_deletion() -> None:
    assert isinstance(ticked(case(Kind.DELETION, links=(access(CaseState.CLOSED),)), "Mailer"), CaseChange)


def test_a_wish_to_delete_taken_back_blocks_the_deletion_and_nothing_else() -> None:
    assert "taken back" in reasons(ticked(case(Kind.DELETION, erasure_blocked=True), "Mailer"))
    assert isinstance(ticked(case(erasure_blocked=True), "Mailer"), CaseChange)


def test_a_tick_taken_back_needs_a_reason_and_discards_a_letter_that_has_not_left() -> None:
    letters = (done_letter("draft"), done_letter("sent"), done_letter("draft", number=2))
    change = untick(stopped(letters=letters), "Mailer", "Bo", "a second list was found")
    assert isinstance(change, CaseChange)
    assert (change.event, change.note, change.discards) == ("task_reopened", "a second list was found", (9,))
    assert [(one.task_id, one.done_on, one.note) for one in change.ticks] == [(1, None, "")]
    said = reasons(untick(case(), "Mailer", "Bo", " "))
    assert "is not ticked" in said
    assert "say why" in said


def test_a_line_is_left_open_for_a_reason_which_stands_on_it() -> None:
    deletion = case(Kind.DELETION)
    change = leave(deletion, "mailer", "Bo", " She was never on it. ", POLICY)
    assert isinstance(change, CaseChange)
    assert (change.event, change.note) == ("task_left", "She was never on it.")
    assert [(one.task_id, one.done_on, one.note) for one in change.ticks] == [(1, None, "She was never on it.")]


def test_no_line_is_left_open_without_a_reason_once_ticked_or_where_marketing_would_go_on() -> None:
    said = reasons(leave(stopped(), "Mailer", "Bo", " ", POLICY))
    assert "is ticked: untick it first" in said
    assert "which stops everywhere" in said
    assert "say why it stays open" in said
    assert "has: Mailer" in reasons(leave(case(), "Newsletter", "Bo", "why", POLICY))
    assert "reopen it first" in reasons(leave(case(Kind.DELETION, state=CaseState.CLOSED), "Mailer", "Bo", "x", POLICY))


def test_marketing_is_done_when_every_system_that_sends_it_is_ticked() -> None:
    assert not marketing_done(case(), POLICY)
    assert not marketing_done(case(tasks=(line(1, "Mailer", TUESDAY), line(2, "Call lists"))), POLICY)
    assert not marketing_done(case(tasks=(line(1, "Mailer", TUESDAY),)), POLICY)
    assert marketing_done(stopped(), POLICY)
    assert not marketing_done(stopped(kind=Kind.DELETION), POLICY)


def test_a_renamed_system_still_has_to_be_ticked_and_an_empty_list_proves_nothing() -> None:
    renamed = case(tasks=(*stopped().tasks, line(3, "Old mailer")))
    assert not marketing_done(renamed, POLICY)
    assert not marketing_done(case(tasks=()), replace(POLICY, systems=SYSTEMS[2:3]))


def test_the_last_tick_lays_the_letter_ready_for_approval() -> None:
    change = after_tick(stopped(), POLICY, NOW)
    assert change is not None
    (letter,) = change.letters
    assert (letter.facts.purpose, letter.facts.by_person) == (LetterPurpose.OPT_OUT_DONE, True)
    assert not letter.sends_itself
    assert change.next_step == ("approve the letter that says marketing has stopped, then close", WEDNESDAY)


@pytest.mark.parametrize("state", ["draft", "queued", "sent", "unclear"])
def test_the_letter_is_laid_ready_once(state: str) -> None:
    assert after_tick(stopped(letters=(done_letter(state),)), POLICY, NOW) is None


def test_a_letter_that_was_thrown_away_was_laid_ready_and_without_an_address_none_is() -> None:
    assert not has_done_letter(stopped(letters=(done_letter("sent", number=2),)))
    assert has_done_letter(stopped(letters=(done_letter("discarded"),)))
    assert has_done_letter(stopped(recipient=""))
    assert not has_done_letter(stopped(recipient="", channel=Channel.CHAT))


def test_a_discarded_letter_or_one_of_another_case_does_not_count() -> None:
    letters = (done_letter("discarded"), done_letter("sent", number=2))
    assert after_tick(stopped(letters=letters), POLICY, NOW) is not None


def test_nothing_follows_before_the_last_tick_or_on_a_closed_case() -> None:
    assert after_tick(case(), POLICY, NOW) is None
    assert after_tick(stopped(state=CaseState.CLOSED), POLICY, NOW) is None


def test_where_nobody_may_be_written_to_a_person_tells_them() -> None:
    change = after_tick(stopped(recipient="", channel=Channel.PHONE), POLICY, NOW)
    assert change is not None
    assert (change.letters, change.next_step) == (
        (),
        ("tell the person that marketing has stopped, then close", WEDNESDAY),
    )
    chat = after_tick(stopped(recipient="", channel=Channel.CHAT), POLICY, NOW)
    assert chat is not None
    assert chat.letters


def test_unsubscribing_at_hubspot_ticks_the_systems_for_which_that_is_enough() -> None:
    change = unsubscribed_at_hubspot(case(), "the desk itself", POLICY, NOW)
    assert change is not None
    assert [(one.task_id, one.done_on, one.note) for one in change.ticks] == [(1, TUESDAY, "unsubscribed at HubSpot")]
    assert change.facts == {"tasks": [1], "done_on": "2026-11-24", "by": "the desk itself"}


@pytest.mark.parametrize("of", [stopped(), case(Kind.DELETION), case(state=CaseState.CLOSED), case(tasks=())])
def test_unsubscribing_at_hubspot_ticks_nothing_else(of: CaseFile) -> None:
    assert unsubscribed_at_hubspot(of, "the desk itself", POLICY, NOW) is None


def test_an_opt_out_is_late_from_the_second_working_day_on() -> None:
    assert not opt_out_is_late(case(), POLICY, TUESDAY)
    assert opt_out_is_late(case(), POLICY, WEDNESDAY)
    friday = case(dates=make_dates(kind=Kind.OPT_OUT, received_on=date(2026, 11, 27)))
    assert not opt_out_is_late(friday, POLICY, date(2026, 11, 30))
    assert opt_out_is_late(friday, POLICY, date(2026, 12, 1))


@pytest.mark.parametrize(
    "of", [stopped(), case(state=CaseState.CLOSED), case(state=CaseState.CANNOT_REACH), case(Kind.ACCESS)]
)
def test_what_is_stopped_closed_or_out_of_reach_is_not_late(of: CaseFile) -> None:
    assert not opt_out_is_late(of, POLICY, WEDNESDAY)


def test_a_checklist_is_laid_once_and_only_while_something_is_owed() -> None:
    bare = case(tasks=())
    laid = lay(bare, POLICY, TUESDAY)
    assert laid is not None
    assert [one.system for one in laid.tasks] == ["Mailer", "Call lists"]
    assert lay(case(), POLICY, TUESDAY) is None
    assert lay(replace(bare, state=CaseState.CLOSED), POLICY, TUESDAY) is None
