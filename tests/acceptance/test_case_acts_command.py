"""`triage case read|ask|answer|close|…` and `triage letter approve`: a case as its DPO types it, from doubt to end."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.acceptance.command_line import Ended, triage, triage_inside
from tests.acceptance.kept_demo import sql

Kept = tuple[Path, dict[str, str]]
Types = Callable[..., Ended]


def case_of(folder: Path, kind: str) -> str:
    """The only case of a thread, by mail of today, of that kind."""
    query = (
        "SELECT case_file.thread FROM case_file JOIN enquiry ON enquiry.id = case_file.enquiry_id "
        "WHERE enquiry.channel = 'email' AND case_file.unresolved IS NULL GROUP BY case_file.thread "
        f"HAVING count(*) = 1 AND min(case_file.kind) = '{kind}' ORDER BY case_file.thread"
    )
    return f"{sql(folder, query)[0][0]}/1"


@pytest.fixture
def types(kept: Kept) -> Types:
    """What a person types, with the settings of the demo's desk."""
    settings = {**kept[1], "TRIAGE_MAILBOX_ADDRESS": "dataprotection@larkfield.example"}
    return lambda *words: triage_inside(*words, settings=settings)


def done(ended: Ended) -> str:
    assert (ended.code, ended.err) == (0, "")
    return ended.out


def refused(ended: Ended) -> list[str]:
    assert (ended.code, ended.out) == (1, "")
    return ended.faults


def draft_of(page: str) -> str:
    """The number of the one draft that waits on a page."""
    (number,) = re.findall(r"waits    letter (\d+),", page)
    return str(number)


def test_an_identity_ask_is_drafted_read_approved_and_moves_the_clock(kept: Kept, types: Types, tmp_path: Path) -> None:
    case = case_of(kept[0], "access")
    words = tmp_path / "words.txt"
    words.write_text("Please tell us your customer number: two people have your name.", encoding="utf-8")
    told = done(types("case", "ask", case.lower(), "identity", "--words", words))
    assert told.startswith(f"{case}: letter proposed\na letter waits for your approval: triage case show {case}")
    page = done(types("case", "show", case))
    number = draft_of(page)
    assert f"waits    letter {number}, identity_ask: triage letter approve {number}" in page
    assert "customer number" in done(types("letter", "show", number))

    assert refused(types("letter", "approve", number)) == ["a message on the case is unread: read it first"]
    thread = case.partition("/")[0]
    ids = [row[0] for row in sql(kept[0], f"SELECT id FROM enquiry WHERE thread = '{thread}' ORDER BY id")]
    assert f"once you have read all of it: triage case read {thread} --up-to {ids[-1]}\n" in page
    read = f"{thread}: marked as read: message {', '.join(map(str, ids))}\n"
    assert refused(types("case", "read", thread, "--up-to", "9999")) == [f"{thread} has no message 9999"]
    assert done(types("case", "read", thread, "--up-to", ids[-1])) == read
    assert done(types("case", "read", thread)) == f"{thread}: nothing was unread\n"
    assert "UNREAD" not in done(types("case", "show", case))
    assert done(types("letter", "approve", number)) == f"letter {number} will be sent by the worker\n"
    page = done(types("case", "show", case))
    assert "identity asked\n" in page
    assert "law: answer by the end of" not in page
    assert refused(types("letter", "approve", number)) == [f"letter {number} is no draft"]

    today = datetime.now(UTC).date().isoformat()
    told = done(types("case", "event", case, "identity_received", today))
    assert told.startswith(f"{case}: identity received\ndue ")
    assert done(types("journal", "verify")) == "every chain is whole\n"


def test_an_opt_out_is_ticked_line_by_line_told_and_closed(kept: Kept, types: Types) -> None:
    case = case_of(kept[0], "opt_out")
    done(types("case", "read", case))
    thread = case.partition("/")[0]
    sql(
        kept[0],
        f"INSERT OR IGNORE INTO case_task (thread, number, system, what, owner) VALUES "
        f"('{thread}', 1, 'Old mailer', 'Unsubscribe.', 'Marketing')",
    )
    tasks = json.loads(done(types("case", "show", case, "--json")))["cases"][0]["tasks"]
    assert [task["done_on"] for task in tasks] == [None] * len(tasks)
    (unknown,) = refused(types("case", "tick", case, "Fax"))
    assert unknown.startswith(f"'Fax' is not on the checklist of {case}, which has: ")
    for task in tasks:
        assert done(types("case", "tick", case, task["system"], "--note", "done")).startswith(f"{case}: task done")
    page = done(types("case", "show", case))
    assert "[x] Old mailer (Marketing), done on " in page


def test_a_complaint_is_answered_and_closed_and_a_word_opens_it_again(kept: Kept, types: Types, tmp_path: Path) -> None:
    folder, case = kept[0], case_of(kept[0], "complaint")
    assert "write the reasons" in "\n".join(refused(types("case", "answer", case, "not_upheld")))
    done(types("case", "read", case))
    words = tmp_path / "words.txt"
    words.write_text("We looked at each point and found no fault.", encoding="utf-8")
    done(types("case", "answer", case, "not_upheld", "--words", words))
    page = done(types("case", "show", case))
    number = draft_of(page)
    assert f"letter {number}, complaint_outcome (not_upheld)" in page
    faults = refused(types("case", "close", case, "not_upheld"))
    assert len(faults) == 2
    assert "waits as draft" in faults[0]
    assert faults[1] == "the letter complaint_outcome was not sent: send it, or record why there is none"
    assert done(types("letter", "handed-over", number, "by post, first class")) == f"letter {number} counts as sent\n"
    assert done(types("case", "close", case, "not_upheld")).startswith(f"{case}: closed")
    assert "outcome  not_upheld" in done(types("case", "show", case))
    assert refused(types("case", "note", case, " ")) == ["the note is empty: write what is to be remembered"]
    done(types("case", "reopen", case, "They rang, there is one point more."))
    assert sql(folder, f"SELECT state, outcome FROM case_file WHERE thread = '{case[:-2]}'") == [("open", None)]


def test_holds_calls_and_rests_are_laid_down_and_shown(kept: Kept, types: Types) -> None:
    case = case_of(kept[0], "access")
    today = datetime.now(UTC).date().isoformat()
    done(types("case", "hold", case, "A claim is likely."))
    assert refused(types("case", "hold", case, "Again.")) == ["there is a legal hold on the case already"]
    done(types("case", "contacted", case, today, "Rang them, they are content."))
    page = done(types("case", "show", case))
    assert "under legal hold" in page
    assert f"in touch {today}" in page
    done(types("case", "hold", case, "The claim is settled.", "--lift"))
    assert "under legal hold" not in done(types("case", "show", case))
    (fault,) = refused(types("case", "snooze", case, today, "Waiting."))
    assert fault.endswith("is not ahead: name a later day")


def test_unknown_stale_and_impossible_end_with_1_and_a_line_for_each_fault(kept: Kept, types: Types) -> None:
    case = case_of(kept[0], "access")
    no_case = "there is no case DP-2026-99999-K7/1: give its number too, as DP-2026-00042-K7/1"
    assert refused(types("case", "note", "DP-2026-99999-K7/1", "Hello.")) == [no_case]
    assert refused(types("case", "note", case[:-2], "Hello."))[0].startswith(f"there is no case {case[:-2]}: give its")
    assert refused(types("case", "read", "DP-2026-99999-K7")) == ["there is no enquiry DP-2026-99999-K7"]
    assert refused(types("case", "note", case, "Hello.", "--if-version", "99")) == [
        f"{case} has changed since you looked: look again, then do it"
    ]
    assert len(refused(types("case", "close", case, "provided"))) > 2
    assert refused(types("case", "event", case, "identity_asked", "2126-01-01"))
    assert refused(types("letter", "approve", "9999")) == ["letter 9999 is no draft"]
    assert refused(types("letter", "discard", "9999")) == ["letter 9999 is no draft"]


@pytest.mark.parametrize(
    "words",
    [
        ["case", "ask", "DP-2026-00042-K7/1", "age"],
        ["case", "event", "DP-2026-00042-K7/1", "identity_asked", "soon"],
        ["case", "event", "DP-2026-00042-K7/1", "received", "2026-11-23"],
        ["case", "close", "DP-2026-00042-K7/1", "gone"],
        ["letter", "approve", "none"],
    ],
)
def test_what_cannot_be_meant_is_bad_usage(words: list[str], kept: Kept) -> None:
    ended = triage(*words, cwd=kept[0], settings=kept[1])
    assert (ended.code, ended.out) == (2, "")
    assert len([line for line in ended.faults if "error:" in line]) == 1


def test_files_that_cannot_be_taken_are_named_with_every_fault(kept: Kept, types: Types, tmp_path: Path) -> None:
    case, file = case_of(kept[0], "access"), tmp_path / "answers.toml"

    def faults() -> list[str]:
        ended = types("case", "answers", case, file)
        assert (ended.code, ended.out) == (2, "")
        return ended.faults

    assert faults() == ["answers.toml: cannot be read as TOML (FileNotFoundError)"]
    file.write_text("points = ", encoding="utf-8")
    assert faults() == ["answers.toml: cannot be read as TOML (TOMLDecodeError)"]
    file.write_text("points = 3\nsearched = []\n", encoding="utf-8")
    assert faults() == ["points: must be a table", "searched: must be a table"]
    file.write_text("redactions_by = 3\nsearches = 1\n[points]\npurpose = 'x'\n", encoding="utf-8")
    first, second, third = faults()
    assert first == "searches: none of points, searched, redactions_by"
    assert second.startswith("points.purpose: none of purposes, categories")
    assert third == "redactions_by: must be a text between quotes"
    file.write_text("[points]\npurposes = 3\n[searched]\nCRM = 1\n", encoding="utf-8")
    assert faults() == [f"{name}: every answer is a text between quotes" for name in ("points", "searched")]
    words = types("case", "ask", case, "identity", "--words", tmp_path / "none.txt")
    assert (words.code, words.faults) == (2, ["--words: none.txt cannot be read as text (FileNotFoundError)"])


def test_the_points_the_search_and_the_handing_over_of_an_answer_are_recorded(
    kept: Kept, types: Types, tmp_path: Path
) -> None:
    from triage.domain.delivery import Supplement

    case, file = case_of(kept[0], "access"), tmp_path / "answers.toml"
    points = "\n".join(f'{point.value} = "as the notice says"' for point in Supplement)
    file.write_text(f'redactions_by = "ann"\n[points]\n{points}\n[searched]\n"CRM" = "by name"\n', encoding="utf-8")
    places = [line.partition(": say what was searched")[0] for line in refused(types("case", "answers", case, file))]
    assert "Billing" in places
    searched = "\n".join(f'"{place}" = "by name"' for place in places)
    file.write_text(f'redactions_by = "ann"\n[points]\n{points}\n[searched]\n{searched}\n', encoding="utf-8")
    done(types("case", "answers", case, file))
    lacking = refused(types("case", "delivered", case, "--how", "by post"))
    assert len(lacking) == 3
    done(types("case", "delivered", case, "--outside", "handed over at the front desk, receipt in the safe"))
    shown = json.loads(done(types("case", "show", case, "--json")))["cases"][0]
    assert (shown["supplied"], shown["delivered"]) == (True, True)
    assert "Art 15 points and search are recorded; delivery is recorded" in done(types("case", "show", case))


def test_without_the_desks_own_address_no_letter_is_drafted(kept: Kept, tmp_path: Path) -> None:
    words = tmp_path / "words.txt"
    words.write_text("Please tell us your customer number.", encoding="utf-8")
    case = case_of(kept[0], "access")
    ended = triage_inside("case", "ask", case, "identity", "--words", words, settings=kept[1])
    assert (ended.code, ended.out) == (2, "")
    assert len(ended.faults) == 1
    assert "TRIAGE_MAILBOX_ADDRESS" in ended.err
    assert triage_inside("case", "note", case, "Looked.", settings=kept[1]).code == 0


def test_which_law_counts_is_settled_by_a_word_and_only_where_it_is_in_doubt(kept: Kept, types: Types) -> None:
    case = case_of(kept[0], "access")
    told = refused(types("case", "regime", case, "eu", "they live in Sofia"))
    assert told[0].startswith("nothing is in doubt: the case is against ")


def test_news_are_drafted_by_a_person_and_what_has_an_act_of_its_own_names_it(
    kept: Kept, types: Types, tmp_path: Path
) -> None:
    case, words = case_of(kept[0], "access"), tmp_path / "words.txt"
    words.write_text("Two of our three systems are searched.", encoding="utf-8")
    told = done(types("letter", "draft", case.lower(), "progress", "--words", words))
    assert told.startswith(f"{case}: letter proposed\na letter waits for your approval: triage case show {case}")
    number = draft_of(done(types("case", "show", case)))
    assert "Two of our three systems are searched." in done(types("letter", "show", number))
    assert refused(types("letter", "draft", case, "progress"))[0].startswith(f"letter {number} (progress) waits as")
    assert refused(types("letter", "draft", case, "identity_ask")) == [
        f"the letter identity_ask has an act of its own: triage case ask {case} identity"
    ]
    assert refused(types("letter", "draft", case, "complaint_progress")) == [
        "no complaint_progress letter is written about a case of access"
    ]
    ended = triage("letter", "draft", case, "postcard", cwd=kept[0], settings=kept[1])
    assert (ended.code, ended.out) == (2, "")


def test_a_reading_put_right_after_its_acknowledgement_went_lays_the_letter_that_says_so(
    kept: Kept, types: Types
) -> None:
    case = case_of(kept[0], "access")
    thread = case.partition("/")[0]
    sql(
        kept[0],
        f"UPDATE letter SET state = 'sent', purpose = 'acknowledgement' WHERE reference = '{thread}' AND NOT internal",
    )
    told = done(types("case", "relabel", thread, "--kinds", "deletion"))
    waits = "a letter waits for your approval, that we first understood it differently"
    assert f"{waits}: triage case show {thread}/2\n" in told
    assert "first_understood_differently: triage letter approve" in done(types("case", "show", f"{thread}/2"))
