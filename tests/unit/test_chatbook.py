"""The team's note and the hand-over line, as they are read; and every fault of their texts named before."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.bootstrap.rules import load_all
from triage.cli.rules import check_all
from triage.domain.plan import PlannedNote
from triage.domain.vocabulary import Kind
from triage.errors import RulesWrong
from triage.parsing.chatbook import ChatBook, faults
from triage.parsing.rules import load_chat_sources, load_policy

RULES = Path(__file__).parents[2] / "rules"
SOURCES = load_chat_sources(RULES)
BOOK = ChatBook(SOURCES)
COMPANY = load_policy(RULES).main_controller
REFERENCE = "DP-2026-00042-K7"
NOTE = PlannedNote(
    purpose="team_note",
    why="a colleague is in the thread",
    kinds=(Kind.DELETION,),
    unsure_kinds=(Kind.ACCESS, Kind.COMPLAINT),
    due_on=date(2026, 12, 24),
)
HAND_OVER = PlannedNote(purpose="hand_over", why="a person was asked for")


def say(note: PlannedNote, **company: object) -> str:
    controller = replace(COMPANY, **company)  # type: ignore[arg-type]
    return BOOK.note(note, reference=REFERENCE, controller=controller)


TURN_TO = "turn to it with anything about this: dataprotection@larkfield.example or 01632 960 123."


def test_the_team_reads_this_note_word_for_word() -> None:
    assert say(NOTE) == (
        "Data protection desk, reference DP-2026-00042-K7 (only the team sees this note)\n\n"
        "Asked for: to have information about them deleted.\n"
        "Perhaps also: to see or get a copy of information about them; they complain about how personal information "
        "was used. A person will make sure.\n"
        "Answer by: Thursday 24 December 2026.\n"
        "The desk has said nothing to the visitor: a colleague is in the thread.\n\n"
        "Please do not promise anything about this request, and do not delete or send anything because of it. The data "
        f"protection team has it; {TURN_TO} You may go on helping with everything else."
    )


def test_a_complaint_is_no_wish_and_is_told_as_what_it_is() -> None:
    told = say(replace(NOTE, kinds=(Kind.DELETION, Kind.COMPLAINT), unsure_kinds=()))
    assert "Asked for: to have information about them deleted.\nThey complain about how personal" in told
    alone = say(replace(NOTE, kinds=(Kind.COMPLAINT,), unsure_kinds=()))
    assert "They complain about how personal information was used." in alone
    assert "Asked for" not in alone


def test_a_day_that_rests_on_doubtful_kinds_is_told_as_perhaps() -> None:
    told = say(replace(NOTE, kinds=(), due_on=None, perhaps_due_on=date(2026, 12, 24)))
    assert "To be answered, perhaps, by: Thursday 24 December 2026." in told
    assert "Answer by" not in told


def test_a_visitor_who_wants_a_person_may_be_talked_to_by_the_team() -> None:
    told = say(replace(NOTE, wants_person=True))
    assert (
        "The visitor would like to talk to a person. You may take the chat; what they ask about their information is "
        "ours." in told
    )
    alone = say(replace(NOTE, wants_person=True, kinds=(), unsure_kinds=(), due_on=None))
    assert "would like to talk" in alone
    assert "not clear yet" not in alone
    assert "would like to talk" not in say(NOTE)


def test_the_note_names_whom_to_turn_to_where_that_is_known() -> None:
    assert TURN_TO in say(NOTE)
    assert "about this: 01632 960 123." in say(NOTE, addresses=())
    assert "about this: dataprotection@larkfield.example." in say(NOTE, phone="")
    assert "The data protection team has it. You may" in say(NOTE, phone="", addresses=())


def test_the_team_is_told_when_the_visitor_has_been_answered() -> None:
    told = say(replace(NOTE, visible_reply=True, why="what is asked is clear"))
    assert "The desk has replied here by itself: what is asked is clear." in told
    assert "said nothing" not in told


def test_what_nobody_understood_is_said_to_be_unclear() -> None:
    told = say(replace(NOTE, kinds=(), unsure_kinds=(), due_on=None))
    assert "What is asked is not clear yet." in told
    assert "Answer by" not in told
    assert "Perhaps: " in say(replace(NOTE, kinds=()))


def test_the_team_is_told_that_nobody_knows_yet_where_the_marketing_goes() -> None:
    told = say(replace(NOTE, kinds=(Kind.OPT_OUT,), unsure_kinds=(), due_on=None, where_unknown=True))
    assert "The visitor has not said yet which addresses or numbers the marketing goes to." in told
    assert "Answer by" not in told
    assert "has not said yet" not in say(NOTE)


def test_who_asked_for_a_person_reads_this_line_word_for_word() -> None:
    assert say(HAND_OVER) == (
        "We have what you typed, and a person has been asked to answer you. Your reference: DP-2026-00042-K7. You will "
        "get no more automatic replies in this chat.\n\n"
        "If you have not told us yet how to reach you, type an email address, a phone number or a postal address. You "
        "can also ring 01632 960 123 or write to dataprotection@larkfield.example and give the reference."
    )


def test_the_line_names_what_ways_there_are() -> None:
    assert say(HAND_OVER, phone="").endswith("write to dataprotection@larkfield.example and give the reference.")
    assert "ring 01632 960 123 and give" in say(HAND_OVER, addresses=())
    assert say(HAND_OVER, phone="", addresses=()).endswith("https://larkfield.example/privacy")


def test_the_visitor_never_reads_the_inner_reason_even_where_the_text_asks_for_it() -> None:
    book = ChatBook({"hand_over.txt": "{{ why }}"})
    with pytest.raises(RulesWrong, match=r"chat/hand_over\.txt: unknown placeholder"):
        book.note(HAND_OVER, reference=REFERENCE, controller=COMPANY)


@given(kinds=st.sets(st.sampled_from(Kind)), unsure=st.sets(st.sampled_from(Kind)), replied=st.booleans())
def test_every_note_can_be_worded_and_tells_each_kind(kinds: set[Kind], unsure: set[Kind], replied: bool) -> None:
    note = replace(NOTE, kinds=tuple(sorted(kinds)), unsure_kinds=tuple(sorted(unsure - kinds)), visible_reply=replied)
    told = say(note)
    assert REFERENCE in told
    assert "\n\n\n" not in told
    assert all(line == line.strip() for line in told.splitlines())
    assert ("Asked for:" in told, "Perhaps" in told) == (bool(kinds - {Kind.COMPLAINT}), bool(unsure - kinds))
    assert ("They complain" in told) == (Kind.COMPLAINT in kinds)
    wishes = len(kinds - {Kind.COMPLAINT})
    assert told.count(";") == 1 + max(wishes - 1, 0) + max(len(unsure - kinds) - 1, 0)


def test_the_shipped_texts_hold() -> None:
    assert faults(SOURCES) == []
    assert load_all(RULES).chat == SOURCES


@pytest.mark.parametrize(
    ("name", "old", "new", "fault"),
    [
        ("team_note.txt", "{{ reference }}", "{{ refrence }}", "unknown placeholder: 'refrence' is undefined"),
        ("team_note.txt", "{{ why }}", "", "why: must say a colleague is in the thread"),
        ("team_note.txt", "Answer by: {{ due_on | plain_date }}", "", "answer-by date: must say Tuesday 22 December"),
        ("team_note.txt", '"opt_out": "no more marketing",', "", "unknown placeholder: "),
        ("team_note.txt", "{{ why }}", "{{ why + 1 }}", "cannot be worded"),
        ("team_note.txt", "To be answered, perhaps, by: {{ perhaps", "{{ perhaps", "perhaps: must say perhaps, by"),
        ("team_note.txt", "talk to a person", "talk", "wish for a person: must say talk to a person"),
        ("team_note.txt", "{{ controller.phone }}", "", "phone: must say 01632 960 123"),
        ("team_note.txt", "{% if due_on %}", "{% if due_on %", "line "),
        ("hand_over.txt", "{{ reference }}", "", f"reference: must say {REFERENCE}"),
        ("hand_over.txt", "ring {{ controller.phone | unbroken }}", "ring us", "phone: must say 01632 960 123"),
        ("hand_over.txt", "We have", "We\u2019ve", "line 1: plain characters: '\u2019'"),
        ("hand_over.txt", "We have", "word " * 200 + "We have", "bubble length: 11"),
        ("hand_over.txt", "We have", "{% include 'nothing.txt' %}", "chat/nothing.txt: missing"),
    ],
)
def test_a_fault_names_its_file_and_says_what_is_wrong(name: str, old: str, new: str, fault: str) -> None:
    assert old in SOURCES[name]
    found = faults({**SOURCES, name: SOURCES[name].replace(old, new)})
    assert found
    assert all(line.startswith((f"chat/{name}: ", "chat/nothing.txt")) for line in found)
    assert any(fault in line for line in found), found


def test_a_placeholder_in_a_piece_both_include_may_be_any_but_an_unknown_one() -> None:
    assert faults({**SOURCES, "piece.txt": "{{ reference }} {{ kinds }}"}) == []
    assert faults({**SOURCES, "piece.txt": "{{ name }}"}) == [
        "chat/piece.txt: unknown placeholder: 'name' is undefined"
    ]


def test_a_missing_text_is_named_once() -> None:
    assert faults({"team_note.txt": SOURCES["team_note.txt"]}) == ["chat/hand_over.txt: missing"]
    with pytest.raises(RulesWrong, match=r"chat/: no texts found in tests/"):
        load_chat_sources(Path(__file__).parents[1])


def test_rules_check_and_the_workers_start_find_a_broken_note(tmp_path: Path) -> None:
    for path in RULES.rglob("*"):
        if path.is_file() and path.suffix in {".toml", ".txt"}:
            copy = tmp_path / path.relative_to(RULES)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "chat" / "hand_over.txt").write_text("{{ name }}", encoding="utf-8")
    with pytest.raises(RulesWrong, match=r"chat/hand_over\.txt: unknown placeholder"):
        load_all(tmp_path)
    assert any("chat/hand_over.txt" in fault for fault in check_all(tmp_path, datetime.now(UTC)))
