"""What bounces and automatic answers return, and what became of a delivery."""

import pytest

from triage.parsing.mail import read_mail

BOUNCE = b"""\
From: MAILER-DAEMON@relay.example
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b

It could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example

Final-Recipient: rfc822; al@post.example
Action: delayed
Status: 4.4.1

Final-Recipient: rfc822; jo@post.example
Action: Failed
Status: 5.1.1 (no such user)

--b
Content-Type: %s

From: dataprotection@larkfield.example
Message-ID: <letter@larkfield.example>
Subject: x

%s
--b--
"""


def facts_of(raw: bytes):
    return read_mail(raw, received_at=None)[1]


@pytest.mark.parametrize(
    ("kind", "text"),
    [(b"message/rfc822", b"Hello"), (b"text/rfc822-headers", b""), (b"message/global-headers", b"")],
)
def test_a_bounce_returns_the_id_of_our_letter_and_its_fate(kind, text):
    facts = facts_of(BOUNCE % (kind, text))
    assert facts.returned_ids == ("<letter@larkfield.example>",)
    assert facts.delivery_status == ("failed", "5.1.1")


def test_a_delay_is_told_where_nothing_failed():
    raw = BOUNCE.replace(b"Action: Failed\nStatus: 5.1.1 (no such user)\n", b"") % (b"text/rfc822-headers", b"")
    assert facts_of(raw).delivery_status == ("delayed", "4.4.1")


def test_a_report_without_status_or_a_mail_without_report_tells_nothing():
    raw = BOUNCE.replace(b"Action", b"X-A").replace(b"Status", b"X-S") % (b"text/plain", b"")
    assert facts_of(raw).delivery_status is None
    assert facts_of(b"Subject: x\n\nx").delivery_status is None


def test_an_action_without_code_is_kept():
    raw = BOUNCE.replace(b"Status: 5.1.1 (no such user)", b"Status: dead") % (b"text/plain", b"")
    assert facts_of(raw).delivery_status == ("failed", "")


def test_an_automatic_answer_returns_the_ids_of_its_thread():
    raw = b"In-Reply-To: <a@larkfield.example>\nReferences: <b@larkfield.example>\n\nAway."
    assert set(facts_of(raw).returned_ids) == {"<a@larkfield.example>", "<b@larkfield.example>"}


def test_an_odd_bounce_returns_the_id_in_its_text():
    raw = b"Subject: failure notice\n\nSorry.\n> From: x\n>  Message-ID: <a@larkfield.example>\n"
    assert facts_of(raw).returned_ids == ("<a@larkfield.example>",)


def test_an_id_in_the_middle_of_a_sentence_is_not_returned():
    assert facts_of(b"Subject: x\n\nthe Message-ID: <a@x.example>").returned_ids == ()


def test_the_mails_own_id_is_not_returned():
    assert facts_of(b"Message-ID: <own@x.example>\n\nx").returned_ids == ()
