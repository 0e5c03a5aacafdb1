"""The journal's entries in words: who did what, and what changed from what to what."""

import json

from triage.domain.journal_words import JournalLine, journal_lines
from triage.domain.vocabulary import Nation

AT = "2026-11-23T09:00:00+00:00"


def entry(event: str, chain: str = "DP-1/1", text: str | None = None, **facts: object) -> dict[str, str | None]:
    return {"chain": chain, "at": AT, "event": event, "facts": json.dumps(facts), "text": text}


def lines(*entries: dict[str, str | None]) -> tuple[JournalLine, ...]:
    return journal_lines(entries, Nation.ENGLAND)


def test_an_act_names_who_did_it_and_what() -> None:
    (line,) = lines(entry("snoozed", by="dana", until="2026-12-01", text="the archive is shut"))
    assert (line.who, line.what) == ("dana", "Reminders rest until Tuesday 1 December 2026")
    assert line.note == "the archive is shut"
    assert line.changes == ()


def test_what_no_person_did_the_desk_did() -> None:
    told = lines(entry("case_reopened"), entry("reopened", by="reply"), entry("checklist_laid", systems=3, by="desk"))
    assert [line.who for line in told] == ["The desk itself", "A reply", "The desk itself"]
    assert told[2].what == "The checklist was laid, 3 lines"


def test_a_day_that_moved_is_told_from_what_to_what() -> None:
    told = lines(
        entry("case_opened", kind="access", received_on="2026-11-23", statutory_due="2026-12-23"),
        entry("extended", by="dana", statutory_due="2027-02-23"),
        entry("identity_received", by="dana", statutory_due="2027-02-23"),
        entry("identity_asked", by="dana", statutory_due=None),
    )
    assert told[0].changes == ("answer owed by law: Wednesday 23 December 2026",)
    assert told[1].what == "Extended"
    assert told[1].changes == ("answer owed by law: from Wednesday 23 December 2026 to Tuesday 23 February 2027",)
    assert told[2].changes == ()
    assert told[3].changes == ("answer owed by law: from Tuesday 23 February 2027 to none",)


def test_days_of_two_cases_are_not_held_against_one_another() -> None:
    told = lines(
        entry("case_opened", kind="access", received_on="2026-11-23", statutory_due="2026-12-23"),
        entry("case_opened", chain="DP-1/2", kind="complaint", received_on="2026-11-23", statutory_due=None),
    )
    assert told[1].changes == ()


def test_dates_worked_out_anew_are_pairs() -> None:
    (line,) = lines(
        entry("recomputed", by="desk", safe_due=["2026-12-22", "2026-12-29"], starts_on=[None, "2026-12-01"])
    )
    assert line.changes == (
        "safe due: from Tuesday 22 December 2026 to Tuesday 29 December 2026",
        "starts on: from none to Tuesday 1 December 2026",
    )


def test_nothing_and_nobody_are_words_too() -> None:
    given = entry("assigned", by="dana", **{"from": "", "to": "devi"})
    told = lines(given, entry("relabelled", by="dana", before=[], kinds=["opt_out"]))
    assert [line.what for line in told] == [
        "Given from nobody to devi",
        "What it asks was put right: from nothing to opt out",
    ]


def test_what_has_no_words_of_its_own_is_told_by_its_name_with_its_facts() -> None:
    told = lines(
        entry("draft_renewed", by="desk", letter=7, codes=["not", "days"]),
        entry("assigned", by="dana"),
        {"chain": None, "at": None, "event": None, "facts": None, "text": None},
    )
    assert told[0].what == "Draft renewed"
    assert told[0].changes == ("letter: 7", "codes: not, days")
    assert told[1].what == "Assigned"
    assert (told[2].what, told[2].who) == ("", "The desk itself")
