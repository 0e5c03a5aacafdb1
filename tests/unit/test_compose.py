"""A letter as mail bytes: read back by Python's own parser, and nothing smuggled into a header."""

import email
import email.policy
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.domain.letter import LetterText, Outgoing
from triage.parsing.compose import MOST_REFERENCES, compose, wire_address

NOW = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)
DESK = "dataprotection@larkfield.example"
ID = "<dp-2026-00042-k7.acknowledgement.1.0123456789abcdef01234567@larkfield.example>"


def make_outgoing(**changes: object) -> Outgoing:
    fields: dict[str, object] = {
        "recipient": "pat@customer.example",
        "message_id": ID,
        "in_reply_to": "<q2@customer.example>",
        "references": ("<q1@customer.example>",),
        "text": LetterText(subject="We have your message - reference DP-2026-00042-K7", body="Hello,\n\nBye\n"),
    }
    return Outgoing(**(fields | changes))  # type: ignore[arg-type]


def make_raw(letter: Outgoing | None = None, **changes: object) -> bytes:
    settings: dict[str, object] = {"sender_address": DESK, "sender_name": "Data protection team", "now": NOW}
    return compose(letter or make_outgoing(), **(settings | changes))  # type: ignore[arg-type]


def read(raw: bytes) -> EmailMessage:
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    assert not mail.defects
    return mail  # type: ignore[return-value]


def test_the_mail_is_exactly_this() -> None:
    assert make_raw().decode("ascii").split("\r\n") == [
        "From: Data protection team <dataprotection@larkfield.example>",
        "To: pat@customer.example",
        "Subject: We have your message - reference DP-2026-00042-K7",
        "Date: Sun, 22 Nov 2026 09:05:00 +0000",
        f"Message-ID: {ID}",
        "In-Reply-To: <q2@customer.example>",
        "References: <q1@customer.example>",
        " <q2@customer.example>",
        "Auto-Submitted: auto-replied",
        "X-Auto-Response-Suppress: All",
        "X-Privacy-Desk: 1",
        "MIME-Version: 1.0",
        "Content-Language: en",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 7bit",
        "",
        "Hello,",
        "",
        "Bye",
        "",
    ]


def test_it_has_one_recipient_no_copy_and_no_precedence() -> None:
    mail = read(make_raw())
    assert [mail["Cc"], mail["Bcc"], mail["Precedence"], mail["Reply-To"]] == [None] * 4
    assert len(mail["To"].addresses) == 1


def test_the_date_is_said_in_utc() -> None:
    summer = datetime(2026, 7, 1, 0, 30, tzinfo=timezone(timedelta(hours=1)))
    assert b"Date: Tue, 30 Jun 2026 23:30:00 +0000\r\n" in make_raw(now=summer)


def test_a_letter_that_answers_nothing_has_no_thread_headers() -> None:
    mail = read(make_raw(make_outgoing(in_reply_to=None, references=())))
    assert (mail["In-Reply-To"], mail["References"]) == (None, None)


def test_a_long_thread_keeps_its_first_id_and_the_newest() -> None:
    ids = tuple(f"<{number}@customer.example>" for number in range(50))
    mail = read(make_raw(make_outgoing(references=ids)))
    kept = mail["References"].split()
    assert len(kept) == MOST_REFERENCES
    assert kept[0] == ids[0]
    assert kept[-2:] == [ids[-1], "<q2@customer.example>"]


def test_an_id_is_not_repeated() -> None:
    mail = read(make_raw(make_outgoing(references=("<a@x.example>", "<q2@customer.example>", "<a@x.example>"))))
    assert mail["References"].split() == ["<a@x.example>", "<q2@customer.example>"]


@pytest.mark.parametrize(
    "odd",
    [
        "no-brackets@x.example",
        "<a b@x.example>",
        "<ä@x.example>",
        f"<{'a' * 1000}@x>",
        "<>",
        "<a\x01b@x.example>",
        *(f"<a{break_}Bcc:everyone@evil.example>" for break_ in ("\r\n", "\n", "\r", "\0", "\x0b", "\u2028", "\x85")),
    ],
)
def test_a_strange_foreign_id_is_left_out_and_the_letter_goes(odd: str) -> None:
    mail = read(make_raw(make_outgoing(in_reply_to=odd, references=(odd,))))
    assert (mail["In-Reply-To"], mail["References"], mail["Bcc"]) == (None, None, None)
    mail = read(make_raw(make_outgoing(references=(odd, "<q1@customer.example>"))))
    assert mail["References"].split() == ["<q1@customer.example>", "<q2@customer.example>"]


@pytest.mark.parametrize("break_", ["\r\n", "\n", "\r", "\0", "\x0b", "\u2028", "\x85"])
@pytest.mark.parametrize("field", ["recipient", "message_id", "subject", "name", "sender"])
def test_nothing_can_smuggle_a_header(field: str, break_: str) -> None:
    evil = f"<a{break_}Bcc: everyone@evil.example>"
    letter, changes = make_outgoing(), {}
    if field == "subject":
        letter = replace(letter, text=LetterText(subject=evil, body="x\n"))
    elif field in ("name", "sender"):
        changes = {"sender_name" if field == "name" else "sender_address": evil}
    else:
        letter = make_outgoing(**{field: evil})
    with pytest.raises(ValueError):
        make_raw(letter, **changes)


@given(name=st.text(max_size=80), subject=st.text(max_size=80))
def test_whatever_is_said_in_name_and_subject_no_header_is_added(name: str, subject: str) -> None:
    letter = make_outgoing(text=LetterText(subject=subject, body="x\n"))
    try:
        raw = make_raw(letter, sender_name=name)
    except ValueError:
        return
    assert set(email.message_from_bytes(raw).keys()) == set(read(make_raw()).keys())


@pytest.mark.parametrize(
    "recipient",
    [
        "",
        "pat",
        "@customer.example",
        "pat@",
        "a@b@customer.example",
        "a@b.example,c@d.example",
        "a@b.example;c@d.example",
        "Pat <pat@customer.example>",
        "<pat@customer.example>",
        '"p at"@customer.example',
        "pat@[192.0.2.1]",
        "pat@" + "a" * 70 + "é.example",
        "p" * 65 + "@customer.example",
    ],
)
def test_anything_but_one_plain_address_is_no_recipient(recipient: str) -> None:
    with pytest.raises(ValueError):
        make_raw(make_outgoing(recipient=recipient))


@pytest.mark.parametrize("address", ["o'brien+tag@customer.example", "a.b_c-d=e@sub.customer.example"])
def test_ordinary_addresses_pass_unchanged(address: str) -> None:
    assert wire_address(address) == address


def test_a_domain_outside_ascii_is_written_for_the_wire() -> None:
    assert wire_address("zoë@bücher.example") == "zoë@xn--bcher-kva.example"


def test_names_and_texts_outside_ascii_arrive_as_written() -> None:
    text = LetterText(subject="Получихме съобщението Ви", body="Здравейте,\n" + "дълъг ред " * 30 + "\n.\nкрай\n")
    raw = make_raw(make_outgoing(text=text), sender_name="Екип, „Защита“")
    mail = read(raw)
    assert mail["From"].addresses[0].display_name == "Екип, „Защита“"
    assert mail["Subject"] == text.subject
    assert mail.get_content().replace("\r\n", "\n") == text.body
    assert mail["Content-Transfer-Encoding"] == "quoted-printable"
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 300


def test_a_line_too_long_for_the_wire_is_folded_away_by_the_encoding() -> None:
    body = "x" * 2000 + "\n"
    mail = read(make_raw(make_outgoing(text=LetterText(subject="s", body=body))))
    assert mail["Content-Transfer-Encoding"] == "quoted-printable"
    assert mail.get_content().replace("\r\n", "\n") == body


@given(st.text(max_size=300))
def test_every_line_of_every_mail_ends_in_crlf(body: str) -> None:
    raw = make_raw(make_outgoing(text=LetterText(subject="s", body=body)))
    assert raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r")
    assert raw.endswith(b"\r\n")
