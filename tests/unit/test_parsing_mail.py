"""A mail's bytes become an enquiry and the gate's facts, whatever is wrong with them."""

from datetime import UTC, datetime

import pytest

from triage.domain.enquiry import Attachment, Correspondent
from triage.domain.vocabulary import Channel, Role
from triage.errors import AnalysisFailed
from triage.parsing.limits import ParsingLimits
from triage.parsing.mail import read_mail

TEXT = b"Please send me a copy of my details.\r\n"
MAIL = (
    b"Return-Path: <jo@post.example>\r\n"
    b"Received: from a by b; Mon, 23 Nov 2026 09:00:05 +0000\r\n"
    b"Received: from c by a; Mon, 23 Nov 2026 08:00:00 +0000\r\n"
    b"From: Jo Reader <jo@post.example>\r\n"
    b"To: dataprotection@larkfield.example\r\n"
    b"Cc: al@post.example, al@post.example\r\n"
    b"Subject: =?utf-8?q?My_d=C3=A9tails?=\r\n"
    b"Date: Mon, 23 Nov 2026 08:00:00 +0000\r\n"
    b"Message-ID: <1@post.example>\r\n"
    b"In-Reply-To: <0@larkfield.example>\r\n"
    b"References: <r@larkfield.example>\r\n <0@larkfield.example>\r\n"
    b"\r\n" + TEXT
)
ATTACHED = (
    b"Subject: fwd\r\nFrom: amira@larkfield.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    b"--b\r\nContent-Type: text/plain\r\n\r\n%s\r\n"
    b"--b\r\nContent-Type: message/rfc822\r\n\r\n"
    b"From: Jo <jo@post.example>\r\nSubject: x\r\n\r\nPlease delete it all.\r\n"
    b"--b--\r\n"
)


def read(raw: bytes):
    return read_mail(raw, received_at=None)


def without(header: bytes) -> bytes:
    """The mail above without the header lines that begin like this."""
    return b"".join(line for line in MAIL.splitlines(keepends=True) if not line.startswith(header))


def test_a_plain_mail_is_read_whole():
    enquiry, facts = read(MAIL)
    assert enquiry.channel is Channel.EMAIL
    assert enquiry.sender == Correspondent(name="Jo Reader", address="jo@post.example")
    assert enquiry.subject == "My détails"
    assert enquiry.own_words == "Please send me a copy of my details."
    assert enquiry.message_id == "<1@post.example>"
    assert enquiry.references == facts.thread_ids == ("<0@larkfield.example>", "<r@larkfield.example>")
    assert enquiry.readable
    assert enquiry.defects == ()
    assert facts.return_path == "jo@post.example"
    assert facts.recipients == ("dataprotection@larkfield.example", "al@post.example")
    assert facts.recipient_count == 3
    assert facts.first("subject") == "My détails"
    assert facts.all("received")[0].endswith("09:00:05 +0000")
    assert [(part.type, part.depth) for part in facts.parts] == [("text/plain", 0)]


def test_a_date_nobody_can_read_is_noted():
    assert read(MAIL.replace(b"Date: Mon, 23 Nov 2026", b"Date: some day"))[0].defects == ("date_wrong",)


def test_bytes_beyond_ascii_in_any_header_can_be_stored():
    raw = MAIL.replace(b"<1@", b"<\xff@").replace(b"<0@", b"<\xc3\xa9@").replace(b"Jo Reader", b"J\xf6")
    enquiry, facts = read(b"Reply-To: <\xff@post.example>\r\n" + raw)
    assert enquiry.message_id == "<ÿ@post.example>"
    assert enquiry.references[0] == "<é@larkfield.example>"
    assert enquiry.sender == Correspondent(name="Jö", address="jo@post.example")
    assert facts.reply_to == ("ÿ@post.example",)


def test_the_mailboxes_own_receipt_time_rules():
    told = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
    assert read_mail(MAIL, received_at=told)[0].received_at == told


@pytest.mark.parametrize(
    ("raw", "moment"),
    [
        (MAIL, datetime(2026, 11, 23, 9, 0, 5, tzinfo=UTC)),
        (without(b"Received"), datetime(2026, 11, 23, 8, 0, tzinfo=UTC)),
        (MAIL.replace(b"23 Nov 2026 09:00:05", b"never"), datetime(2026, 11, 23, 8, 0, tzinfo=UTC)),
        (without(b"Received").replace(b"Date: Mon", b"Date: no date, Mon").replace(b"Nov", b"Nix"), None),
        (b"Subject: x\r\n\r\nx", None),
    ],
)
def test_without_the_mailboxes_word_received_and_date_headers_count(raw, moment):
    assert read(raw)[0].received_at == moment


@pytest.mark.parametrize(
    ("line", "path"),
    [
        (b"Return-Path: <>\r\n", ""),
        (b"Return-Path:\r\n", ""),
        (b"Return-Path: < >\r\n", ""),
        (b"Return-Path: <> (null)\r\n", ""),
        (b"Return-Path: <jo@post.example>\r\nReturn-Path: <>\r\n", ""),
        (b"Return-Path: (jo@post.example) <>\r\n", ""),
        (b"Return-Path: Jo <JO@post.example>\r\n", "jo@post.example"),
        (b"Return-Path: <nobody>\r\n", "nobody"),
        (b"", None),
    ],
)
def test_the_null_sender_and_no_return_path_are_told_apart(line, path):
    assert read(line + without(b"Return-Path"))[1].return_path == path


def test_a_mail_without_sender_is_read_and_says_so():
    enquiry, facts = read(without(b"From"))
    assert enquiry.sender is None
    assert "no_sender" in enquiry.defects
    assert facts.from_addresses == ()
    assert enquiry.own_words


def test_the_second_from_header_counts_and_names_the_sender_where_the_first_names_none():
    enquiry, facts = read(b"From: nobody\r\n" + MAIL)
    assert enquiry.defects == ("several_from",)
    assert facts.from_header_count == 2
    assert enquiry.sender is not None
    assert enquiry.sender.address == "jo@post.example"


def test_the_content_hash_is_the_same_by_every_way_and_other_for_other_content():
    digest = read(MAIL)[0].content_sha256
    assert (
        read(b"Received: from x by y; z\r\n" + MAIL.replace(b"\r\n", b"\n").replace(b"x;", b"x;"))[0].content_sha256
        == digest
    )
    assert read(MAIL.replace(b"copy", b"cOpy"))[0].content_sha256 != digest
    assert read(MAIL.replace(b"Jo Reader", b"Al Reader"))[0].content_sha256 != digest
    assert read(MAIL.replace(b"Date: Mon, 23", b"Date: Mon, 24"))[0].content_sha256 != digest
    assert len(read(b"Subject: only headers")[0].content_sha256) == 64


def test_a_mail_of_which_only_the_head_was_fetched_says_so():
    assert "oversized" in read_mail(MAIL, received_at=None, size_bytes=len(MAIL) + 1)[0].defects
    assert "oversized" not in read_mail(MAIL, received_at=None, size_bytes=len(MAIL))[0].defects


def test_a_mail_without_message_id_has_none():
    assert read(without(b"Message-ID"))[0].message_id is None


def test_a_subject_is_one_clean_short_line():
    enquiry, _ = read(b"Subject: a\x07b" + b"c" * 5000 + b"\r\n\r\nx")
    assert enquiry.subject.startswith("a bccc")
    assert len(enquiry.subject) == 1000


def test_an_attached_mail_alone_is_read_as_forwarded():
    enquiry, _ = read(ATTACHED % b"")
    assert enquiry.full_text.strip() == "Please delete it all."
    assert [passage.role for passage in enquiry.passages] == [Role.FORWARDED]
    assert enquiry.own_words == ""
    assert enquiry.readable


def test_an_empty_attached_mail_alone_leaves_no_passage():
    raw = (ATTACHED % b"").replace(b"Please delete it all.\r\n", b"")
    assert read(raw)[0].passages == ()


def test_an_inline_forward_names_whom_it_is_from():
    body = b"See below\r\n\r\n---------- Forwarded message\r\nFrom: Jo <jo@post.example>\r\nSubject: x\r\n\r\nhi\r\n"
    assert read(b"Subject: Fwd: x\r\n\r\n" + body)[0].forward_of == "jo@post.example"
    assert read(b"Subject: Fwd: x\r\n\r\n" + body.replace(b"From:", b"By:"))[0].forward_of is None
    assert read(b"Subject: x\r\n\r\nFrom: Jo <jo@post.example>")[0].forward_of is None


def test_the_letters_marker_and_the_desks_domains_reach_the_passages():
    raw = b"Subject: x\r\n\r\nHm.\r\n> our words\r\n\r\nOn 3/11/2026 T <t@larkfield.example> wrote:\r\n> hi\r\n"
    marked, _ = read_mail(raw, received_at=None, own_marker="our words", desk_domains=("larkfield.example",))
    assert {passage.role for passage in marked.passages} == {Role.OWN, Role.OUR_LETTER}


def test_limits_are_the_callers():
    enquiry, facts = read_mail(
        MAIL, received_at=None, limits=ParsingLimits(text_chars=6, subject_chars=2, thread_ids=1)
    )
    assert (enquiry.full_text, enquiry.subject, len(facts.thread_ids)) == ("Please", "My", 1)
    assert "text_cut" in enquiry.defects


@pytest.mark.parametrize("raw", [b"", b"\r\n\r\n", b"hello", b"\xff\xd8\xff\xe0 a picture", b"\x00"])
def test_bytes_without_one_header_are_no_mail(raw):
    with pytest.raises(AnalysisFailed) as caught:
        read(raw)
    assert caught.value.code == "not_a_mail"


@pytest.mark.parametrize("raw", [b"X:", b"\r\nX: y\r\n\r\nhello"])
def test_what_is_hardly_a_mail_is_still_an_enquiry(raw):
    assert read(raw)[0].sender is None


def test_line_ends_of_carriage_returns_alone_are_read():
    enquiry, _ = read(MAIL.replace(b"\r\n", b"\r"))
    assert enquiry.own_words == "Please send me a copy of my details."
    assert enquiry.subject == "My détails"


ROBOT = (
    b"From: robot@helpdesk.example\r\nTo: dataprotection@larkfield.example\r\nSubject: x\r\n"
    b"%s\r\nAuto-Submitted: auto-replied\r\nList-Id: <a.b>\r\n\r\nWe have your letter.\r\n"
)


@pytest.mark.parametrize(
    "broken", [b"X Spam Report: nothing", b"no header at all", b"X Spam: a\r\n folded\r\nand b", b"X:\r\n:"]
)
def test_a_broken_header_line_hides_no_header_below_it(broken):
    enquiry, facts = read(ROBOT % broken)
    assert facts.first("auto-submitted") == "auto-replied"
    assert facts.first("list-id") == "<a.b>"
    assert enquiry.own_words.endswith("We have your letter.")
    assert enquiry.defects == (() if broken.startswith(b"X:") else ("header_broken",))


def test_a_space_before_the_colon_is_no_matter():
    enquiry, facts = read(ROBOT.replace(b"%s\r\nAuto-Submitted:", b"Precedence\t :bulk\r\nAuto-Submitted :"))
    assert facts.first("auto-submitted") == "auto-replied"
    assert facts.first("precedence") == "bulk"
    assert enquiry.own_words == "We have your letter."


@pytest.mark.parametrize(
    "text",
    [b"Hello,\r\nplease delete it all.\r\nReason : none\r\nNote: it is mine.\r\n\r\nJo", b"Please delete it all."],
)
def test_a_text_that_follows_without_an_empty_line_stays_text(text):
    enquiry, _ = read(b"From: jo@post.example\r\nSubject: x\r\n" + text)
    assert enquiry.full_text == text.decode().replace("\r\n", "\n")
    assert enquiry.defects == ("header_broken",)


def test_a_text_without_an_empty_line_above_it_is_not_lost_to_a_line_like_a_field_in_it():
    head = b"From: jo@post.example\r\nSubject: x\r\n"
    raw = head + b"Please delete all my personal data.\r\nDate: 22 November 2026\r\n\r\nJane\r\n"
    assert "Please delete all my personal data." in read(raw)[0].own_words


def test_headers_too_long_to_keep_are_told_to_the_gate():
    assert read(MAIL)[1].headers_whole
    assert not read(b"X-Long: " + b"x" * 40_000 + b"\r\n" + MAIL)[1].headers_whole


def test_an_attached_mail_is_laid_below_the_words_as_a_forward():
    enquiry, facts = read(ATTACHED % b"One for you, it came on Friday.")
    assert enquiry.own_words == "One for you, it came on Friday."
    assert [passage.role for passage in enquiry.passages] == [Role.OWN, Role.FORWARDED]
    assert enquiry.full_text.endswith("Please delete it all.")
    assert enquiry.forward_of == "jo@post.example"
    assert "delete" not in facts.body
    assert enquiry.attachments == (Attachment(name="", type="message/rfc822", size_bytes=0),)
    assert [(part.type, part.inside_attached_mail) for part in facts.parts] == [
        ("multipart/mixed", False),
        ("text/plain", False),
        ("message/rfc822", False),
        ("text/plain", True),
    ]


def test_an_attached_mail_without_words_adds_none():
    enquiry, _ = read((ATTACHED % b"See there.").replace(b"Please delete it all.", b""))
    assert enquiry.full_text == "See there."


def test_an_attached_mail_joins_a_forward_above_it():
    enquiry, _ = read(ATTACHED % b"Begin forwarded message:\r\n\r\nHello.")
    assert [passage.role for passage in enquiry.passages] == [Role.FORWARDED]


def test_an_attached_letter_of_ours_is_no_request():
    ours = b"Your reference is DP-2026-00042-K7. You asked us to delete it all."
    enquiry, _ = read((ATTACHED % b"What is this?").replace(b"Please delete it all.", ours))
    assert [passage.role for passage in enquiry.passages] == [Role.OWN, Role.OUR_LETTER]


def test_of_a_long_attached_mail_the_beginning_is_kept():
    raw = (ATTACHED % b"Hello.").replace(b"Please delete it all.", b"word " * 99)
    enquiry, _ = read_mail(raw, received_at=None, limits=ParsingLimits(attached_chars=50))
    assert enquiry.full_text.count("word") == 10
    assert "text_cut" in enquiry.defects


def test_what_a_report_returns_is_not_laid_below_its_words():
    raw = (ATTACHED % b"Your mail was not delivered.").replace(b"multipart/mixed", b"multipart/report")
    assert read(raw)[0].full_text == "Your mail was not delivered."
