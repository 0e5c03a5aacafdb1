"""Mails made to hang or kill a parser: each is read, or refused by one error, within seconds."""

import json
from dataclasses import asdict

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.cpu_time import least_seconds
from tests.unit.gate_mail import verdict
from triage.errors import AnalysisFailed
from triage.parsing.limits import ParsingLimits
from triage.parsing.mail import read_mail

# Of this process's own work, so that a busy machine fails no test.
MOST_SECONDS = 5.0
HEAD = b"From: jo@post.example\r\nTo: dataprotection@larkfield.example\r\nSubject: x\r\n"


def nested_multiparts(levels: int) -> bytes:
    heads = (b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(levels))
    return HEAD + b"".join(heads) + b"Content-Type: text/plain\r\n\r\nDelete me.\r\n"


def nested_mails(levels: int) -> bytes:
    return HEAD + b"Content-Type: message/rfc822\r\n\r\n" * levels + b"\r\nDelete me."


def html(body: bytes) -> bytes:
    return HEAD + b"Content-Type: text/html; charset=utf-8\r\n\r\n" + body


def header(name: bytes, value: bytes) -> bytes:
    return name + b": " + value + b"\r\n" + HEAD + b"\r\nDelete me."


TOO_DEEP = {
    "1,000 nested multiparts": nested_multiparts(1000),
    "31 nested multiparts": nested_multiparts(31),
    "1,000 nested mails": nested_mails(1000),
    "100,000 nested mails": nested_mails(100_000),
}

WORDS = b" ".join([b"=?utf-8?q?abc?="] * 16_000)
PARAMETERS = b"; ".join(b"name*%d=x" % n for n in range(20_000))
POISON = {
    "30 nested multiparts": nested_multiparts(30),
    "5,000 open brackets in From": header(b"From", b"(" * 5000 + b" a@b.example"),
    "5,000 pairs of brackets in From": header(b"From", b"(" * 5000 + b")" * 5000 + b" a@b.example"),
    "16,000 encoded words": header(b"Subject", WORDS),
    "16,000 encoded words in From": header(b"From", WORDS + b" <a@b.example>"),
    "20,000 addresses": header(b"Cc", b", ".join(b"a%d@b.example" % n for n in range(20_000))),
    "20,000 addresses in From": header(b"From", b", ".join(b"a%d@b.example" % n for n in range(20_000))),
    "20,000 parameters": header(b"Content-Type", b"text/plain; " + PARAMETERS),
    "20,000 boundary parameters": header(
        b"Content-Type", b"multipart/mixed; " + PARAMETERS.replace(b"name", b"boundary")
    ),
    "20,000 pieces of a file name": header(b"Content-Disposition", b"attachment; " + PARAMETERS),
    "a parameter numbered with 4,500 digits": header(b"Content-Type", b"a/b; name*" + b"9" * 4500 + b"=x"),
    "quotation marks that never close": header(b"Cc", b'"\\' * 15_000) + header(b"From", b'"' * 2000),
    "an endless Message-ID": header(b"References", b"<" * 32_000 + b"a@" * 16_000),
    "brackets in what the gate reads": header(b"Auto-Submitted", b"(" * 30_000),
    "200,000 headers": b"A: b\r\n" * 200_000 + HEAD,
    "a header of 5 MB": header(b"Subject", b"x" * 5_000_000),
    "a header folded 200,000 times": b"Subject: x\r\n" + b" y\r\n" * 200_000 + HEAD,
    "600,000 lines": HEAD + b"\r\n" + b"a\n" * 600_000,
    "25 MB of text": HEAD + b"\r\n" + b"Please delete me. " * 1_400_000,
    "200,000 parts": HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 200_000,
    "50,000 blocks of a delivery report": HEAD
    + b"Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
    + b"Action: failed\r\nStatus: 5.1.1\r\n\r\n" * 50_000,
    "60,000 nested div": html(b"<div>" * 60_000),
    "30,000 nested lists": html(b"<ul><li>" * 30_000),
    "40,000 points in a deep list": html(b"<ol>" * 40 + b"<li>x" * 40_000),
    "150,000 ampersands": html(b"&" * 150_000),
    "150,000 angles": html(b"<" * 150_000),
    "tags of many attributes": html(b"<p " + b" ".join(b"a%d=1" % n for n in range(1_400)) + b">x"),
    "7,000 quote containers": html(b"<div class=gmail_attr>x</div>" * 7000),
    "10,000 hidden places in hidden places": html(b"<div hidden>" * 390 + b"<p hidden>" * 10_000),
    "10,000 formats left open": html(b"".join(b"<b id=%d><p>" % n for n in range(10_000))),
    "70,000 comments left open": html(b"<!--" * 70_000),
}


@pytest.mark.parametrize("name", TOO_DEEP)
def test_a_mail_nested_too_deep_is_refused_at_once(name):
    def refuse() -> None:
        with pytest.raises(AnalysisFailed) as caught:
            read_mail(TOO_DEEP[name], received_at=None)
        assert caught.value.code == "too_deep"

    assert least_seconds(refuse, enough=MOST_SECONDS) < MOST_SECONDS


@pytest.mark.alone
@pytest.mark.parametrize("name", POISON)
def test_a_poisoned_mail_is_read_in_seconds(name):
    assert least_seconds(lambda: verdict(read_mail(POISON[name], received_at=None)[1]), MOST_SECONDS) < MOST_SECONDS


@pytest.mark.parametrize("tag", [b"<p>hello world</p>", b"<ul><li>x</ul>", b"<b hidden>x"])
def test_many_parts_of_html_take_no_longer_than_one(tag):
    part = b"--b\r\nContent-Type: text/html\r\n\r\n" + tag * (270_000 // len(tag)) + b"\r\n"
    raw = HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + part * 60
    assert "html_cut" in read_mail(raw, received_at=None)[0].defects
    assert least_seconds(lambda: read_mail(raw, received_at=None), enough=5) < 5


@pytest.mark.parametrize(
    "page",
    [b"<br>" * 60_000 + b"<blockquote></blockquote>" * 2_000, b"<div><blockquote>x" * 350, b"<p>" + b"x" * 200_000],
)
def test_many_blockquotes_are_read_in_seconds(page):
    raw = html(page + b"<blockquote>y</blockquote>" * 300)
    assert least_seconds(lambda: read_mail(raw, received_at=None), enough=5) < 5


def test_what_was_left_out_is_said():
    assert "headers_cut" in read_mail(POISON["a header of 5 MB"], received_at=None)[0].defects
    assert "headers_cut" in read_mail(POISON["200,000 headers"], received_at=None)[0].defects
    assert "too_many_lines" in read_mail(POISON["600,000 lines"], received_at=None)[0].defects
    assert "too_many_parts" in read_mail(POISON["200,000 parts"], received_at=None)[0].defects


def test_the_parts_before_the_limit_are_kept():
    raw = HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 9
    enquiry, facts = read_mail(raw, received_at=None, limits=ParsingLimits(parts=4))
    assert enquiry.full_text.split() == ["x", "x", "x"]
    assert len(facts.parts) == 4


def test_lines_are_counted_once_whatever_ends_them():
    raw = HEAD + b"\r\n" + b"a\r\n" * 10
    assert "too_many_lines" not in read_mail(raw, received_at=None, limits=ParsingLimits(raw_lines=14))[0].defects
    assert read_mail(raw, received_at=None, limits=ParsingLimits(raw_lines=9))[0].full_text.count("a") == 6


_NAMES = st.sampled_from(
    [b"From", b"To", b"Subject", b"Date", b"Received", b"Message-ID", b"References", b"Content-Type", b"Return-Path"]
)
_CHARACTERS = (b'"', b"(", b")", b"<", b">", b"@", b";", b",", b":", b"\xff", b"\x00", b"\r\n ", b"*0*=", b"--b")
_PIECES = (b"a@b.example", b"=?utf-8?q?=E9?=", b"=?x?b?Q?=", b"multipart/mixed; boundary=b", b"message/rfc822")
_TYPES = (b"text/html", b"charset=utf-16", b"name*=")
_SOUP = st.sampled_from((*_CHARACTERS, *_PIECES, *_TYPES))
_HEADER = st.tuples(_NAMES, st.lists(_SOUP, max_size=6)).map(lambda pair: pair[0] + b": " + b"".join(pair[1]) + b"\r\n")
_LINES = (b"--b\r\n", b"--b--\r\n", b"\r\n", b"Content-Type: ", b"message/rfc822\r\n", b"text/html\r\n", b"> x\r\n")
_BODY = st.lists(st.sampled_from(_LINES) | st.binary(max_size=20), max_size=20).map(b"".join)


def _reads_or_refuses(raw: bytes) -> None:
    try:
        enquiry, facts = read_mail(raw, received_at=None)
    except AnalysisFailed:
        return
    assert "".join(enquiry.full_text[p.start : p.end] for p in enquiry.passages) == enquiry.full_text
    # What cannot be encoded can neither be stored nor shown.
    json.dumps([asdict(enquiry), asdict(facts)], ensure_ascii=False, default=str).encode()
    verdict(facts)


@given(st.binary(max_size=400))
def test_random_bytes_are_read_or_refused(raw):
    _reads_or_refuses(raw)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(headers=st.lists(_HEADER, max_size=8), body=_BODY)
def test_soup_of_headers_and_parts_is_read_or_refused(headers, body):
    _reads_or_refuses(b"".join(headers) + b"\r\n" + body)


_TAGS = st.sampled_from(
    ("html", "body", "div", "p", "blockquote", "table", "tr", "ul", "li", "svg", "template", "b", "br")
)
_ATTRIBUTES = st.sampled_from(
    (
        "hidden",
        "class=gmail_attr",
        "class=yahoo_quoted",
        "id=divRplyFwdMsg",
        "id=Signature",
        "style='border:none'",
        "x='",
    )
)
_OPENED = st.tuples(_TAGS, _ATTRIBUTES).map(lambda pair: f"<{pair[0]} {pair[1]}>")
_CLOSED = _TAGS.map(lambda tag: f"</{tag}>")


@settings(deadline=None)
@given(st.lists(_OPENED | _CLOSED | st.sampled_from(("text ", "&#xD800;", "&amp", "<!--", "-->", "<")), max_size=30))
def test_soup_of_html_is_read(pieces):
    _reads_or_refuses(html("".join(pieces).encode()))
