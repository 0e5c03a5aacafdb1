"""Whose word about a sender is shown, and what it says."""

from triage.parsing.attached import attachment_of
from triage.parsing.authenticity import authenticity_of

OURS = ("mx.larkfield.example",)


def head(*values: str) -> bytes:
    """A mail with these Authentication-Results."""
    lines = [f"Authentication-Results: {value}\r\n" for value in values]
    return "".join(["From: ana@x.example\r\n", *lines, "\r\nBody: spf=pass\r\n"]).encode()


def test_our_own_servers_word_is_read() -> None:
    seen = authenticity_of(head("MX.larkfield.example (v1); spf=pass smtp.mailfrom=x; dkim=none; dmarc=fail (p)"), OURS)
    assert seen.results == (("spf", "pass"), ("dkim", "none"), ("dmarc", "fail"))
    assert seen.known


def test_a_strangers_word_counts_for_nothing() -> None:
    assert not authenticity_of(head("mx.evil.example; spf=pass; dkim=pass; dmarc=pass"), OURS).known
    assert not authenticity_of(head("mx.larkfield.example; spf=pass"), ()).known


def test_of_several_words_the_worst_counts() -> None:
    twice = head("mx.larkfield.example; dmarc=fail", "mx.larkfield.example; dmarc=pass; spf=pass")
    assert authenticity_of(twice, OURS).results == (("spf", "pass"), ("dmarc", "fail"))


def test_a_head_without_an_end_is_read_as_far_as_it_goes() -> None:
    cut = b"From: a@x.example\r\nAuthentication-Results: mx.larkfield.example; spf=softfail"
    assert authenticity_of(cut, OURS).results == (("spf", "softfail"),)


MAIL = (
    b"From: a@x.example\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nWords.\r\n"
    b"--x\r\nContent-Type: application/pdf; name=one.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nAAEC\r\n"
    b"--x\r\nContent-Type: message/rfc822\r\n\r\nSubject: two\r\n\r\nInside.\r\n--x--\r\n"
)


def test_an_attachment_comes_out_as_it_went_in() -> None:
    assert attachment_of(MAIL, 0) == b"\x00\x01\x02"


def test_an_attached_mail_and_what_is_not_there_do_not_come_out() -> None:
    assert attachment_of(MAIL, 1) is None
    assert attachment_of(MAIL, 2) is None
    assert attachment_of(MAIL, -1) is None
