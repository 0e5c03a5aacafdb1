"""Text, attachments and readability of mails in every state."""

import base64

import pytest

from triage.domain.enquiry import Attachment, Enquiry
from triage.parsing.limits import ParsingLimits
from triage.parsing.mail import read_mail

HEAD = b"From: jo@post.example\r\nTo: dataprotection@larkfield.example\r\nSubject: x\r\n"


def mail(content: bytes, *headers: bytes) -> Enquiry:
    """A mail with one body."""
    raw = HEAD + b"".join(header + b"\r\n" for header in headers) + b"\r\n" + content
    return read_mail(raw, received_at=None)[0]


def parts(kind: bytes, *bodies: bytes, closed: bool = True) -> Enquiry:
    """A multipart mail; each body has its own headers."""
    content = b"".join(b"--b\r\n" + body + b"\r\n" for body in bodies) + (b"--b--\r\n" if closed else b"")
    return mail(content, b"Content-Type: multipart/" + kind + b"; boundary=b")


PLAIN = b"Content-Type: text/plain\r\n\r\n"
HTML = b"Content-Type: text/html; charset=utf-8\r\n\r\n"
PDF = b"Content-Type: application/pdf; name=form.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nYWJj"


@pytest.mark.parametrize(
    ("content", "headers"),
    [
        ("Löschen Sie das".encode("latin-1"), [b"Content-Type: text/plain; charset=iso-8859-1"]),
        ("Löschen Sie das".encode(), [b"Content-Type: text/plain; charset=utf-8"]),
        ("Löschen Sie das".encode(), []),
        (b"L+APY-schen Sie das", [b"Content-Type: text/plain; charset=utf-7"]),
        (base64.b64encode("Löschen Sie das".encode()), [b"Content-Transfer-Encoding: BASE64"]),
        (b"L=C3=B6schen =\r\nSie das", [b"Content-Transfer-Encoding: quoted-printable"]),
        ("<p>Löschen Sie das</p>".encode(), [b"Content-Type: text/html"]),
        ("Löschen Sie das".encode("utf-16"), [b"Content-Type: text/plain; charset=utf-16"]),
        (b"\xef\xbb\xbfL\xc3\xb6schen Sie das", []),
    ],
)
def test_the_text_is_read_in_any_coding(content, headers):
    enquiry = mail(content, *headers)
    assert enquiry.full_text == "Löschen Sie das"
    assert enquiry.defects == ()


@pytest.mark.parametrize(
    ("content", "headers"),
    [
        ("Löschen".encode("windows-1252"), [b"Content-Type: text/plain; charset=utf-8"]),
        ("Löschen".encode("windows-1252"), [b"Content-Type: text/plain; charset=x-unknown"]),
        ("Löschen".encode("windows-1252"), []),
    ],
)
def test_a_wrong_charset_is_read_all_the_same_and_noted(content, headers):
    enquiry = mail(content, *headers)
    assert enquiry.full_text == "Löschen"
    assert enquiry.defects == ("charset_wrong",)


def test_broken_transfer_encodings_give_what_they_can():
    assert mail(b"aGVsbG8gd29ybGQ", b"Content-Transfer-Encoding: base64").full_text == "hello world"
    assert mail(b"hello =ZZ w=", b"Content-Transfer-Encoding: quoted-printable").full_text.startswith("hello")


def test_what_is_wrong_with_the_structure_is_noted_and_the_text_read():
    assert mail(b"Delete it.", b"Content-Type: multipart/mixed").defects == ("multipart_without_parts",)
    assert mail(b"Delete it.", b"Content-Type: multipart/mixed; boundary=b").full_text == "Delete it."
    assert mail(b"Delete it.", b"Subject x").defects == ("header_broken",)
    assert mail(b"RGVsZXRl\r\nIGl0Lg", b"Content-Transfer-Encoding: base64").defects == ("base64_broken",)


def test_plain_text_is_taken_where_it_has_words():
    assert parts(b"alternative", PLAIN + b"Delete me.", HTML + b"<p>Delete me, <b>now</b>.").full_text == "Delete me."


def test_html_is_taken_where_the_plain_text_is_empty_or_only_says_so():
    rich = HTML + b"<p>Please delete everything that you hold about me, all of it.</p>"
    wanted = "Please delete everything that you hold about me, all of it."
    assert parts(b"alternative", PLAIN + b" \r\n", rich).full_text == wanted
    assert parts(b"alternative", PLAIN + b"Your program cannot show HTML.", rich).full_text == wanted
    assert parts(b"alternative", rich).full_text == wanted
    assert parts(b"alternative", PLAIN + b"", HTML + b"").full_text == ""


def test_texts_round_an_attachment_are_joined():
    enquiry = parts(b"mixed", PLAIN + b"First.", PDF, PLAIN + b"Second.")
    assert enquiry.full_text == "First.\n\nSecond."
    assert enquiry.attachments == (Attachment(name="form.pdf", type="application/pdf", size_bytes=3),)


def test_a_missing_final_boundary_loses_nothing():
    enquiry = parts(b"mixed", PLAIN + b"First.", PLAIN + b"Second.", closed=False)
    assert enquiry.defects == ("final_boundary_missing",)
    assert enquiry.full_text.strip() == "First.\n\nSecond."


@pytest.mark.parametrize(
    ("header", "is_text"),
    [
        (b"Content-Disposition: attachment; filename=note.txt", False),
        (b"Content-Disposition: attachment", False),
        (b"Content-Disposition: inline; filename=ATT00001.txt", True),
        (b"Content-Disposition: inline", True),
        (b"Content-Type: text/plain; name=note.txt", False),
    ],
)
def test_a_text_file_is_no_part_of_the_letter_unless_it_is_inline(header, is_text):
    enquiry = parts(b"mixed", PLAIN + b"Letter.", header + b"\r\n\r\nNote.")
    assert ("Note." in enquiry.full_text) is is_text
    assert len(enquiry.attachments) == (0 if is_text else 1)


def test_a_whole_mail_is_its_text_whatever_disposition_it_claims():
    assert mail(b"Delete me.", b"Content-Disposition: attachment; filename=x.txt").full_text == "Delete me."


@pytest.mark.parametrize(
    ("enquiry", "defect"),
    [
        (parts(b"encrypted", b"Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1"), "encrypted"),
        (
            mail(b"AAAA", b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m"),
            "encrypted",
        ),
        (mail(b"-----BEGIN PGP MESSAGE-----\nabcd\n-----END PGP MESSAGE-----\n"), "encrypted"),
        (parts(b"mixed", PLAIN, b"Content-Type: application/ms-tnef\r\n\r\nAAAA"), "unreadable_attachment_format"),
        (parts(b"mixed", PLAIN, b"Content-Type: a/b; name=WINMAIL.DAT\r\n\r\nAA"), "unreadable_attachment_format"),
        (parts(b"mixed", PDF), "only_attachments"),
    ],
)
def test_what_cannot_be_read_here_says_why(enquiry, defect):
    assert not enquiry.readable
    assert defect in enquiry.defects


@pytest.mark.parametrize(
    "enquiry",
    [
        mail(b""),
        mail(b"See:\n-----BEGIN PGP MESSAGE-----\nabcd\n-----END PGP MESSAGE-----\n"),
        parts(b"mixed", PLAIN + b"Hello", b"Content-Type: application/ms-tnef\r\n\r\nAAAA"),
        parts(b"mixed", PLAIN + b"Hello", PDF),
        parts(b"mixed", PLAIN + b"Hello", b"Content-Type: application/pkcs7-mime; smime-type=certs-only\r\n\r\nAAAA"),
    ],
)
def test_an_empty_mail_or_one_with_words_is_readable(enquiry):
    assert enquiry.readable


def test_an_inline_uuencoded_file_is_noted():
    assert mail(b"See file\r\nbegin 644 form.pdf\r\nM1234\r\nend\r\n").defects == ("inline_uuencode",)


def test_a_calendar_mail_keeps_its_lines_for_the_gate():
    enquiry = mail(b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\n", b"Content-Type: text/calendar")
    assert "METHOD:REQUEST\n" in enquiry.full_text


def test_a_picture_mail_lists_its_coded_file_name():
    name = b"Content-Disposition: attachment; filename*=utf-8''caf%C3%A9.png"
    enquiry = parts(b"mixed", PLAIN + b"Hello", b"Content-Type: image/png\r\n" + name + b"\r\n\r\nAA")
    assert enquiry.attachments == (Attachment(name="café.png", type="image/png", size_bytes=2),)


def test_only_so_many_attachments_are_listed():
    raw = HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + (b"--b\r\n" + PDF + b"\r\n") * 4
    enquiry, _ = read_mail(raw, received_at=None, limits=ParsingLimits(attachments=2))
    assert len(enquiry.attachments) == 2


def test_what_was_wrong_with_the_html_is_noted():
    enquiry = mail(b"<div>" * 500 + b"Delete it.", b"Content-Type: text/html")
    assert (enquiry.full_text, enquiry.defects) == ("Delete it.", ("html_too_deep",))


def test_defects_are_noted_once():
    enquiry = parts(b"mixed", PLAIN + b"\xe9", PLAIN + b"\xe9")
    assert enquiry.defects == ("charset_wrong",)


ASKS = b"<p>Dear team,</p><p>please delete all that you hold about me and confirm it.</p>"


@pytest.mark.parametrize(
    "poor",
    [
        b"Sent from my iPhone",
        b"[image: logo.png]",
        b"Best wishes, Jo",
        b"This message contains images. Please enable them.",
    ],
)
def test_a_plain_version_with_hardly_a_word_gives_way_to_the_rich_one(poor):
    found = parts(b"alternative", PLAIN + poor, HTML + ASKS)
    assert "delete all that you hold" in found.full_text


@pytest.mark.parametrize(
    "plain", [b"Please delete all of it.", b"Please delete all that you hold about me, and confirm."]
)
def test_a_plain_version_that_says_about_as_much_is_kept(plain):
    found = parts(b"alternative", PLAIN + plain, HTML + b"<p>Please <b>delete</b> all that you hold now. Jo</p>")
    assert found.full_text == plain.decode()


def test_a_mail_has_one_measure_of_html_for_all_its_parts():
    limits = ParsingLimits(html_chars=60)
    raw = (
        HEAD
        + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        + b"".join(b"--b\r\n" + HTML + b"<p>word</p>" * 4 + b"\r\n" for _ in range(9))
    )
    enquiry, _ = read_mail(raw, received_at=None, limits=limits)
    assert enquiry.full_text.count("word") == 5
    assert "html_cut" in enquiry.defects


def test_pictures_in_one_part_leave_the_measure_to_the_next():
    picture = b"<img src='data:image/png;base64," + b"A" * 400_000 + b"'><p>First.</p>"
    found = parts(b"mixed", HTML + picture, HTML + b"<p>Delete it.</p>")
    assert found.full_text == "First.\n\nDelete it."
    assert "html_cut" not in found.defects
