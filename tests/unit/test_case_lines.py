"""What stands on a case, what waits for a person and what is done: a line each, on a terminal."""

from triage.cli.case_lines import case_lines

DATES = ("statutory_due", "safe_due", "shadow_due", "internal_target", "acknowledge_by", "acknowledge_target")
TASK = {"system": "Billing", "owner": "Finance", "what": "Export.", "due_on": "2026-12-18", "done_on": None}
TASK |= {"done_by": "", "note": ""}
CASE = {
    **dict.fromkeys((*DATES, "extension_notice_by", "outcome", "about", "snoozed_until", "next_news_on")),
    "reference": "R/2",
    "number": 2,
    "kind": "complaint",
    "state": "open",
    "next_step": "answer",
    "next_step_on": "2026-12-10",
    "legal_hold": False,
    "erasure_blocked": False,
    "rules_in_doubt": "",
    "unresolved": [],
    "contacts": [],
    "supplied": False,
    "delivered": False,
    "trace": [],
    "tasks": [],
}
LETTER = {"id": 4, "number": 2, "purpose": "complaint_outcome", "outcome": "not_upheld", "state": "draft"}


def page(letters: tuple[dict[str, object], ...] = (), **changes: object) -> list[str]:
    events = [
        {"case": "R/2", "event": "identity_asked", "event_on": "2026-11-30", "undone": False},
        {"case": "R/2", "event": "extended", "event_on": "2026-12-02", "undone": True},
        {"case": "R/1", "event": "extended", "event_on": "2026-12-01", "undone": False},
    ]
    return list(case_lines({**CASE, **changes}, letters, events))


def test_a_quiet_case_has_its_head_its_next_step_and_its_own_events() -> None:
    assert page() == [
        "",
        "-- case R/2, complaint, open",
        "   next     answer, by 2026-12-10 Thu",
        "   event    2026-11-30  identity asked",
        "   event    2026-12-02  extended (its letter did not arrive: does not count)",
    ]


def test_all_that_stands_on_a_case_is_told() -> None:
    told = page(
        about="R/1",
        outcome="remedied",
        unresolved=["silence", "no_outcome"],
        erasure_blocked=True,
        rules_in_doubt="Larkfield Sofia EOOD",
        legal_hold=True,
        snoozed_until="2026-12-21",
        next_news_on="2026-12-24",
        contacts=["2026-12-01"],
        supplied=True,
        delivered=True,
    )
    assert told[2:-2] == [
        "   outcome  remedied",
        "   next     answer, by 2026-12-10 Thu",
        "   about    R/1",
        "   UNRESOLVED  silence, no outcome",
        "   IN DOUBT the law of Larkfield Sofia EOOD may count: the earlier dates stand (triage case regime R/2)",
        "   BLOCKED  the wish to delete was taken back, or waits: nothing is erased (withdrawn, or stands)",
        "   hold     under legal hold: nothing of it is removed",
        "   snoozed  no reminders until 2026-12-21 Mon",
        "   news     promised by 2026-12-24 Thu",
        "   in touch 2026-12-01, otherwise than by letter",
        "   answer   Art 15 points and search are recorded; delivery is recorded",
    ]


def test_drafts_of_the_case_or_of_the_whole_message_wait_with_the_outcome_they_would_tell() -> None:
    whole = {**LETTER, "id": 5, "number": None, "purpose": "complaint_acknowledgement", "outcome": None}
    others = ({**LETTER, "id": 6, "number": 1}, {**LETTER, "id": 7, "state": "sent"})
    assert [line for line in page((LETTER, whole, *others)) if "waits" in line] == [
        "   waits    letter 4, complaint_outcome (not_upheld): triage letter approve 4",
        "   waits    letter 5, complaint_acknowledgement: triage letter approve 5",
    ]


def test_the_checklist_tells_what_is_done_and_what_is_not() -> None:
    done = {**TASK, "system": "CRM", "done_on": "2026-12-01", "done_by": "ann", "note": "by\nexport"}
    assert page(tasks=[TASK, done, {**TASK, "due_on": None}])[-3:] == [
        "   [ ] Billing (Finance), by 2026-12-18 Fri: Export.",
        "   [x] CRM (Finance), done on 2026-12-01 by ann (note: by export)",
        "   [ ] Billing (Finance): Export.",
    ]
