"""The calendar feed: what a calendar program reads, and that nothing of a person is in it."""

import argparse
import itertools
import re
import sys
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.open_cases import MOMENTS, POLICY, THREAD, at, dates_of, make_case, make_letter, open_cases
from triage.cli import calendar
from triage.domain.case_file import CaseFile
from triage.domain.clock_values import Pause
from triage.domain.vocabulary import CaseState, Kind, LetterPurpose
from triage.parsing.calendar_feed import escape, feed, fold

NOW = at(date(2026, 11, 24))
REF = f"{THREAD}/1"


def entries(*cases: CaseFile, now: datetime = NOW) -> dict[str, dict[str, str]]:
    """By UID, each property's value, as a calendar program reads them."""
    found: dict[str, dict[str, str]] = {}
    event: dict[str, str] = {}
    for line in feed(cases, POLICY, now).replace("\r\n ", "").split("\r\n"):
        name, _, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            event = {}
        elif line == "END:VEVENT":
            found[event["UID"]] = event
        else:
            event[name] = value
    return found


def days_of(case: CaseFile) -> dict[str, str]:
    return {
        uid.removeprefix(f"{REF}-").partition("@")[0]: event["DTSTART;VALUE=DATE"]
        for uid, event in entries(case).items()
    }


def test_an_open_request_shows_its_next_step_and_its_last_day() -> None:
    assert days_of(make_case()) == {"step": "20261221", "safe-due": "20261223"}


def test_a_pause_gives_the_safe_and_the_legal_day() -> None:
    pause = Pause(asked_on=date(2026, 12, 10), answered_on=date(2026, 12, 17))
    dates = dates_of(Kind.ACCESS, at(date(2026, 12, 8)), pauses=(pause,))
    assert days_of(make_case(received=at(date(2026, 12, 8)), dates=dates)) == {
        "step": "20270112",
        "safe-due": "20270115",
        "statutory-due": "20270118",
    }


def test_a_complaint_shows_its_acknowledgement_while_it_is_owed_and_the_news_promised() -> None:
    case = make_case(Kind.COMPLAINT, not_acknowledged=True, next_news_on=date(2026, 12, 4))
    assert days_of(case) == {"step": "20261124", "acknowledge-by": "20261223", "news": "20261204"}
    assert "acknowledge-by" not in days_of(replace(case, not_acknowledged=False))


def test_an_approved_answer_takes_the_due_days_away() -> None:
    case = make_case(letters=(make_letter(LetterPurpose.OUTCOME, state="queued"),))
    assert set(days_of(case)) == {"step"}


def test_a_closed_case_is_left_out() -> None:
    assert entries(make_case(state=CaseState.CLOSED)) == {}


def test_an_entry_that_moves_keeps_its_uid_and_counts_up() -> None:
    before = entries(make_case())
    after = entries(make_case(dates=dates_of(Kind.ACCESS, extended=True), version=4))
    uid = f"{REF}-safe-due@larkfield.example"
    assert after[uid]["DTSTART;VALUE=DATE"] == "20270223"
    assert int(after[uid]["SEQUENCE"]) > int(before[uid]["SEQUENCE"])


def test_the_time_of_the_last_change_is_what_happened_last() -> None:
    letter = make_letter(LetterPurpose.PROGRESS, sent_at=at(date(2026, 11, 24), 7, 5))
    stamps = {event["LAST-MODIFIED"] for event in entries(make_case(letters=(letter,))).values()}
    assert stamps == {"20261124T070500Z"}


def test_asking_again_the_same_day_gives_the_same_bytes() -> None:
    assert feed([make_case()], POLICY, NOW) == feed([make_case()], POLICY, NOW + timedelta(hours=6))


def test_a_desk_without_a_domain_still_has_unique_entries() -> None:
    assert "@privacy-desk.invalid" in feed([make_case()], replace(POLICY, own_domains=()), NOW)


@given(open_cases(), MOMENTS)
def test_every_line_ends_in_crlf_is_short_and_names_nobody(case: CaseFile, now: datetime) -> None:
    text = feed([case], POLICY, now)
    assert text.endswith("END:VCALENDAR\r\n")
    for line in text.removesuffix("\r\n").split("\r\n"):
        assert 0 < len(line.encode()) <= 75
        assert "\n" not in line
    assert text.count("BEGIN:VEVENT") == text.count("END:VEVENT") >= 1


@given(st.text())
def test_folding_cuts_no_character_and_unfolds_to_what_it_was(line: str) -> None:
    line = line.replace("\r", "").replace("\n", "").encode("utf-8", "replace").decode()
    folded = fold(line)
    assert folded.replace("\r\n ", "") == line
    for piece in folded.encode().split(b"\r\n"):
        assert len(piece) <= 75
        piece.decode()


@given(st.text(st.characters(exclude_categories=("Cc", "Cs")) | st.sampled_from('\\;,\n\r"')))
def test_escaping_reads_back_as_the_text(text: str) -> None:
    escaped = escape(text)
    assert "\n" not in escaped
    assert "\r" not in escaped
    assert re.search(r"(?<!\\)(?:\\\\)*[;,]", escaped) is None
    unescaped = re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], escaped)
    assert unescaped == text.replace("\r\n", "\n").replace("\r", "\n")


@given(st.text())
def test_no_control_character_gets_into_a_value(text: str) -> None:
    assert not [letter for letter in escape(text) if (ord(letter) < 32 and letter != "\t") or ord(letter) == 127]


def run(monkeypatch: pytest.MonkeyPatch, out: Path | None) -> int:
    class Cases:
        async def open_cases(self) -> tuple[CaseFile, ...]:
            return (make_case(),)

    def with_cases(config: Path | None, use: object) -> tuple[CaseFile, ...]:
        asked = use(Cases())  # type: ignore[operator]
        with pytest.raises(StopIteration) as done:
            asked.send(None)
        answer: tuple[CaseFile, ...] = done.value.value
        return answer

    monkeypatch.setattr(calendar, "with_store", with_cases)
    parser = argparse.ArgumentParser()
    calendar.add_arguments(parser)
    words = list(itertools.chain.from_iterable([("--out", str(out))] if out else []))
    return calendar.run(parser.parse_args(words))


def test_the_command_prints_the_feed(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert run(monkeypatch, None) == 0
    sys.stdout.flush()
    assert capfdbinary.readouterr().out.startswith(b"BEGIN:VCALENDAR\r\n")


def test_the_command_writes_a_file_or_says_why_not(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, tmp_path / "desk.ics") == 0
    assert (tmp_path / "desk.ics").read_bytes().endswith(b"END:VCALENDAR\r\n")
    assert run(monkeypatch, tmp_path / "nowhere" / "desk.ics") == 2
    assert capsys.readouterr().err.count("\n") == 1
