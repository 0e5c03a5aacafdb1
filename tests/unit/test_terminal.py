"""Strangers' words on a terminal, and the words for codes."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from triage.cli.case_page import case_page
from triage.cli.terminal import escaped, harmless, harmless_line
from triage.domain.defect_words import defect_in_words
from triage.service.alarm_words import mend_of

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "sign", ["\x00", "\x08", "\x0b", "\r", "\x1b", "\x7f", "\x85", "\x9b", "\u202e", "\u2066", "\u2028", "\udc80"]
)
def test_what_acts_on_a_terminal_is_shown_and_does_not_act(sign: str) -> None:
    for made in (harmless(f"a{sign}b"), harmless_line(f"a{sign}b")):
        assert made == "a\N{REPLACEMENT CHARACTER}b"
    assert json.loads(f'"{escaped(sign)}"') == sign


def test_words_in_any_language_lines_and_tabs_stay_as_they_are() -> None:
    text = "Grüße, здравейте, שלום, مرحبا 👋🏽\n\tnew line"
    assert harmless(text) == escaped(text) == text
    assert harmless("one\r\ntwo") == "one\ntwo"
    assert harmless_line("one\r\ntwo\tthree") == "one two three"


def test_every_alarm_of_the_docs_has_its_mend_in_words() -> None:
    codes = re.findall(r"^\| `(\w+)` \|", (ROOT / "docs" / "alarms.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(codes) > 5
    assert [code for code in codes if mend_of(code) == mend_of("none of them")] == []


def test_every_defect_of_the_parser_is_told_in_words() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "triage" / "parsing").glob("*.py"))
    noted = set(re.findall(r'(?:note|defects\.append)\("(\w+)"\)', sources)) | set(
        re.findall(r'Defect": "(\w+)"', sources)
    )
    assert {"oversized", "text_cut", "base64_broken", "header_broken"} <= noted
    assert [code for code in noted if defect_in_words(code) == code] == []
    assert defect_in_words("new_code") == "new_code"


def a_page(
    letter: dict[str, object] | None = None, chat: Sequence[dict[str, object]] = (), **changes: object
) -> list[str]:
    message = {
        "outcome": "enquiry",
        "channel": "email",
        "received_at": "2026-11-22T20:15:53.953778+00:00",
        "sender": {"name": "", "address": "ana@customer.example"},
        "subject": "two\nlines",
        "lane": "new",
        "not_acknowledged": False,
        "suggests": None,
        "defects": ["oversized", "new_code"],
        "attachments": [{"name": "a.pdf", "type": "application/pdf", "size": 20480}],
        "id": 12,
        "thread": "R",
        "read_at": None,
        "full_text": "Hello",
        "passages": [],
        "trace": [],
        "classification": None,
    }
    case = {
        "reference": "R/1",
        "number": 1,
        "outcome": None,
        "about": None,
        "legal_hold": False,
        "erasure_blocked": False,
        "rules_in_doubt": "",
        "snoozed_until": None,
        "next_news_on": None,
        "unresolved": [],
        "contacts": [],
        "supplied": False,
        "delivered": False,
        "tasks": [],
        "kind": "access",
        "state": "open",
        "next_step": "look",
        "next_step_on": "2026-11-24",
        "trace": [],
        "statutory_due": "2026-12-22",
        "safe_due": "2026-12-22",
        "internal_target": "2026-12-18",
        **dict.fromkeys(["shadow_due", "acknowledge_by", "acknowledge_target", "extension_notice_by"]),
    }
    letter = {
        "place": None,
        "internal": False,
        "number": None,
        "outcome": None,
        "id": 3,
        "purpose": "neutral",
        "state": "undelivered",
        "recipient": "ana@customer.example",
        "why": "so",
        "subject": "We",
        "body": "Hello",
        "created_at": "2026-11-22T20:15:53.953778+00:00",
        "sent_at": None,
        "undelivered_at": "2026-11-23T10:00:00+01:00",
        "retry_at": None,
        **(letter or {}),
    }
    fact = {
        "at": "2026-11-22T20:15:53.9+00:00",
        "chain": "R",
        "event": "letter_approved",
        "facts": '{"by":"ann","letter":3}',
    }
    found = {
        "reference": "R",
        "version": 3,
        "alarms": [{"code": "outbox_stuck", "raised_at": "2026-11-22T20:15:53.9+00:00"}],
        "thread": [{**message, **changes}],
        "chat": chat,
        "cases": [case],
        "letters": [letter],
        "journal": [fact],
        "clock": [{"case": "R/1", "event": "received", "event_on": "2026-11-22", "undone": False}],
    }
    return case_page(found, lambda portal, contact: f"https://crm.example/{portal}/{contact}").splitlines()


def test_a_case_page_tells_defects_files_times_and_facts_in_words() -> None:
    page = a_page()
    assert "   CAREFUL  only the first 1 MB was read; open it in the mailbox" in page
    assert "   CAREFUL  new_code" in page
    assert "   attached a.pdf (application/pdf, 20 kB)" in page
    assert "   from     <ana@customer.example>" in page
    assert "   subject  two lines" in page
    assert "-- message 12, enquiry, received 2026-11-22 20:15:53 UTC, UNREAD" in page
    assert "   written 2026-11-22 20:15:53 UTC, NOT DELIVERED 2026-11-23 09:00:00 UTC" in page
    assert "   2026-11-22 20:15:53 UTC  R  letter_approved: by ann, letter 3" in page
    assert any(
        line.startswith("ALARM outbox_stuck since 2026-11-22 20:15:53 UTC: a letter has waited") for line in page
    )


def test_a_case_page_tells_its_dates_in_their_order_with_the_weekday() -> None:
    dates = [line.strip() for line in a_page() if line.startswith("   2026-12")]
    assert dates == [
        "2026-12-18 Fri  our own target",
        "2026-12-22 Tue  law: answer by the end of",
        "2026-12-22 Tue  safe: work to",
    ]
    assert "   next     look, by 2026-11-24 Tue" in a_page()


def test_a_case_page_without_a_sender_or_a_file_name_says_so() -> None:
    page = a_page(sender=None, attachments=[{"name": "", "type": "image/png", "size": 12}])
    assert "   from     no usable sender" in page
    assert "   attached without a name (image/png, 12 bytes)" in page


@pytest.mark.parametrize(
    ("channel", "sender", "text", "told"),
    [
        ("email", {"name": "Ana", "address": "ana@customer.example"}, "Hi", "Ana <ana@customer.example>"),
        ("chat", None, "Hi", "a visitor, unidentified"),
        (
            *("chat", {"name": "Ana", "address": "ana@customer.example"}, "Hi, I am Ana@Customer.example"),
            "Ana <ana@customer.example> (typed in the chat, unverified)",
        ),
        (
            *("chat", {"name": "Ana", "address": "ana@customer.example"}, "Hi"),
            "Ana <ana@customer.example> (as HubSpot has it, unverified)",
        ),
        ("chat", {"name": "Ana", "address": ""}, "I am Ana", "Ana (as HubSpot has it, unverified)"),
        ("chat", {"name": "Ana", "address": ""}, "", "Ana (unverified)"),
        ("form", {"name": "Ana", "address": ""}, "Hi", "Ana (typed in the form, unverified)"),
        ("form", None, "Hi", "a person who gave no name"),
        ("phone", {"name": "Ana", "address": ""}, "Hi", "Ana (noted by a colleague)"),
        ("post", None, "Hi", "a person of whom no name was noted"),
        ("pigeon", {"name": "Ana", "address": ""}, "Hi", "Ana (unverified)"),
    ],
)
def test_a_case_page_claims_no_more_of_a_person_than_is_known(
    channel: str, sender: dict[str, str] | None, text: str, told: str
) -> None:
    assert f"   from     {told}" in a_page(channel=channel, sender=sender, full_text=text)


def test_a_case_page_tells_the_chat_behind_it_with_the_way_to_its_record() -> None:
    room = {"portal_id": "44556677", "thread_id": "812", "contact_id": "70110", "handed_over": True}
    page = a_page(chat=[{**room, "lines": {"filed": 2, "passed_over": 3, "odd": 1}}])
    start = page.index("-- chat 812 of portal 44556677")
    assert page[start + 1 : start + 5] == [
        "   contact  70110",
        "   record   https://crm.example/44556677/70110",
        "   handed over to a person: yes",
        "   lines    2 led to this, 1 odd, 3 passed over: they asked for nothing",
    ]
    page = a_page(chat=[{**room, "contact_id": "", "handed_over": False, "lines": {}}])
    start = page.index("-- chat 812 of portal 44556677")
    assert page[start + 1 : start + 4] == [
        *("   contact  none known", "   handed over to a person: no", "   lines    none kept")
    ]


def test_a_case_page_tells_what_came_by_chat_and_who_sees_each_post() -> None:
    place = {"portal_id": "44556677", "thread_id": "8123456789"}
    reply = a_page(letter={"place": place, "subject": ""}, channel="chat", subject="")
    note = a_page(letter={"place": place, "subject": "", "internal": True})
    assert "-- message 12 by chat, enquiry, received 2026-11-22 20:15:53 UTC, UNREAD" in reply
    assert "-- letter 3, neutral, undelivered, in chat 44556677/8123456789" in reply
    assert "-- note 3, neutral, undelivered, in chat 44556677/8123456789, for the team only" in note
    assert not any(line.startswith("   subject") for line in reply)
    assert "-- letter 3, neutral, undelivered, to ana@customer.example" in a_page()
