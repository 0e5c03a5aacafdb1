"""Header values as people wrote them and as attackers do."""

from datetime import UTC, datetime

import pytest

from triage.parsing.decoding import decode_bytes, recover
from triage.parsing.headers import (
    count_addresses,
    decode_base64,
    decode_value,
    read_addresses,
    read_date,
    read_message_ids,
    read_received_date,
    read_sender,
)
from triage.parsing.limits import ParsingLimits
from triage.parsing.parameters import read_parameters


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain", "plain"),
        ("folded\r\n  value", "folded value"),
        ("=?utf-8?q?Caf=C3=A9_x?=", "Café x"),
        ("=?UTF-8?B?Q2Fmw6k=?= =?utf-8?b?IQ==?=", "Café!"),
        ("=?iso-8859-1*en?q?Caf=E9?=", "Café"),
        ("=?unknown-8bit?q?Caf=C3=A9?=", "Café"),
        ("=?utf-8?q?Caf=E9?=", "Café"),
        ("=?utf-8?b?Q2Fmw6k?=", "Café"),
        ("=?utf-8?b?Q?=", ""),
        ("=?utf-7?q?+AGE-?=", "a"),
        ("=?utf-8?q?Caf=C3?= =?UTF-8?q?=A9?=", "Café"),
        ("=?utf-8?q?Caf=C3=A9?= =?utf-8?q?Caf=E9?=", "CaféCafé"),
        ("=?utf-8?q?a?= =?iso-8859-1?q?=E9?= b =?utf-8?q?c?= d", "aé b c d"),
        ("=?utf-8?x?abc?=", "=?utf-8?x?abc?="),
        ("=?utf-8?q?line=0D=0Abreak?=", "line break"),
    ],
)
def test_a_value_is_decoded_as_a_person_would_read_it(value, text):
    assert decode_value(value) == text


def test_only_so_many_encoded_words_are_decoded():
    limits = ParsingLimits(encoded_words=2)
    assert decode_value("=?utf-8?q?a?= =?utf-8?q?b?= =?utf-8?q?c?=", limits) == "ab =?utf-8?q?c?="


@pytest.mark.parametrize("charset", ["", None, "utf-8", '"UTF-8"', "us-ascii"])
def test_utf8_is_read_whatever_of_it_was_declared(charset):
    assert decode_bytes("é".encode(), charset) == ("é", True)


@pytest.mark.parametrize("charset", ["nonsense", "zlib", "unicode_escape", "idna", "a\x00b"])
def test_what_is_no_charset_of_mail_is_read_as_utf8(charset):
    assert decode_bytes(b"a\\x41", charset) == ("a\\x41", False)


def test_a_wrong_charset_falls_back_to_windows_1252():
    assert decode_bytes(b"5 \x80", "utf-8") == ("5 €", False)
    assert decode_bytes(b"\x81", "ascii") == ("\ufffd", False)


@pytest.mark.parametrize(
    ("value", "text"),
    [("Caf\udcc3\udca9", "Café"), ("Caf\udce9", "Café"), ("plain", "plain"), ("nul\x00", "nul\ufffd")],
)
def test_raw_bytes_of_a_header_are_recovered(value, text):
    assert recover(value) == text


def test_lone_surrogates_never_reach_the_text():
    assert decode_bytes(b"+2AA-", "utf-7")[0].encode() == "\ufffd".encode()


@pytest.mark.parametrize(
    ("source", "payload", "was_whole"),
    [
        (b"YWJj", b"abc", True),
        (b"YW\r\nJj", b"abc", True),
        (b"YWJjZA", b"abcd", False),
        (b"YWJjZ", b"abc", False),
        (b"!!!", b"", True),
        (b"", b"", True),
    ],
)
def test_base64_is_read_as_far_as_it_goes(source, payload, was_whole):
    assert decode_base64(source) == (payload, was_whole)


@pytest.mark.parametrize(
    ("source", "payload", "was_whole"),
    [
        (b"SGVsbG8=\r\nd29ybGQ=\r\n", b"Helloworld", True),
        (b"SGk=\r\nSGk=SGkh\r\n", b"HiHiHi!", True),
        # What a list server writes below the coded text is no base64.
        (b"SGVsbG8=\r\nThis mail came by a list.\r\n", b"Hello", False),
        (b"SGVsbG8=\r\nabcde", b"Hello", False),
        (b"SGVsb*G8=\r\nd29ybGQ=", b"Helloworld", True),
        (b"SGVsbG8=\r\n" + b"SGk=" * 200_000, b"Hello" + b"Hi" * 99_999, False),
    ],
)
def test_base64_coded_in_several_pieces_is_read_to_its_end(source, payload, was_whole):
    assert decode_base64(source) == (payload, was_whole)


@pytest.mark.parametrize(
    ("value", "name", "address"),
    [
        ("Jo Reader <Jo@Post.example>", "Jo Reader", "jo@post.example"),
        ('"Reader, Jo" <jo@post.example>', "Reader, Jo", "jo@post.example"),
        ("jo@post.example (Jo Reader)", "Jo Reader", "jo@post.example"),
        ("=?utf-8?q?J=C3=B6rg=2C_R?= <jo@post.example>", "Jörg, R", "jo@post.example"),
        ("jo@post.example", "", "jo@post.example"),
        ("<jo@post.example>", "", "jo@post.example"),
        ('"jo@post.example" <jo@post.example>', "jo@post.example", "jo@post.example"),
        ("Jo <mailto:jo@post.example>", "", "jo@post.example"),
        ("Jo (at home) <jo@post.example>", "Jo (at home)", "jo@post.example"),
        ("=?utf-8?q?Jo=07?= <jo@post.example>", "Jo ", "jo@post.example"),
    ],
)
def test_a_sender_is_read_alike_by_two_parsers(value, name, address):
    sender, addresses, alike = read_sender(value)
    assert sender is not None
    assert (sender.name, sender.address, addresses, alike) == (name, address, (address,), True)


@pytest.mark.parametrize(
    "value",
    [
        "ceo@larkfield.example <jo@post.example>",
        "<jo@post.example>@other.example",
        'Jo "the reader <jo@post.example>',
        "jo@post.example\x07",
    ],
)
def test_a_sender_that_reads_in_two_ways_is_marked(value):
    assert read_sender(value)[2] is False


@pytest.mark.parametrize("value", ["", "Jo Reader", "undisclosed-recipients:;", "@", "<>"])
def test_from_without_an_address_gives_no_sender(value):
    sender, addresses, _ = read_sender(value)
    assert sender is None
    assert addresses == ()


def test_a_sender_behind_5000_brackets_is_nobody():
    assert read_sender("(" * 5000 + " jo@post.example")[0] is None


def test_a_sender_behind_nested_brackets_is_still_found():
    sender, _, alike = read_sender("(" * 1500 + " <jo@post.example>")
    assert sender is None or sender.address == "jo@post.example"
    assert alike is False


def test_addresses_are_read_once_in_order_and_counted_all():
    values = ['"A, B" <A@x.example>, b@x.example', "c@x.example (x (y)), b@x.example", "nobody"]
    assert read_addresses(values) == ("a@x.example", "b@x.example", "c@x.example")
    assert count_addresses(values) == 4


def test_comments_nested_deeper_than_five_are_left_standing():
    assert read_addresses(["((((((a@x.example)))))) <b@x.example>"]) == ("b@x.example",)


def test_an_unclosed_quotation_mark_hides_no_address():
    assert read_addresses(['"Jo <jo@post.example>']) == ("jo@post.example",)


def test_only_so_many_addresses_are_read():
    values = [", ".join(f"a{n}@x.example" for n in range(10))]
    assert len(read_addresses(values, ParsingLimits(addresses=3))) == 3


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("Mon, 23 Nov 2026 09:00:00 +0100", datetime(2026, 11, 23, 8, 0, tzinfo=UTC)),
        ("23 Nov 2026 09:00:00 -0000", datetime(2026, 11, 23, 9, 0, tzinfo=UTC)),
        ("Mon, 23 Nov 2026\r\n 09:00:00 GMT", datetime(2026, 11, 23, 9, 0, tzinfo=UTC)),
        ("yesterday", None),
        ("", None),
        ("Mon, 99 Nov 2026 09:00:00 +0000", None),
        ("Mon, 23 Nov 99999999 09:00:00 +0000", None),
        ("Mon, 23 Nov 2026 09:00:00 +99999999", None),
    ],
)
def test_dates_are_aware_utc_or_nothing(value, moment):
    assert read_date(value) == moment


def test_a_received_header_gives_its_date_behind_the_last_semicolon():
    value = "from a by b (x; y)\r\n with ESMTP; Mon, 23 Nov 2026 09:00:00 +0000 (GMT)"
    assert read_received_date(value) == datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    assert read_received_date("from a by b") is None


def test_message_ids_are_found_with_or_without_brackets():
    assert read_message_ids(["<a@x> <b@x>", "<a@x>"]) == ("<a@x>", "<b@x>")
    assert read_message_ids(["a@x"]) == ("<a@x>",)
    assert read_message_ids(["", "nothing"]) == ()


def test_a_long_message_id_that_its_sender_encoded_is_found_all_the_same():
    # Python's email package writes a long In-Reply-To this way, against RFC 2047 section 5.
    value = (
        "=?utf-8?q?=3Cdp-2026-00002-l4=2Eacknowledgement=2E1=2E09de50d241?=\r\n"
        " =?utf-8?q?5b8e=40larkfield=2Eexample=3E?="
    )
    assert read_message_ids([value]) == ("<dp-2026-00002-l4.acknowledgement.1.09de50d2415b8e@larkfield.example>",)


def test_of_many_message_ids_the_newest_are_kept():
    assert read_message_ids([" ".join(f"<{n}@x>" for n in range(9))], 2) == ("<7@x>", "<8@x>")


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("text/plain", {}),
        ("text/plain; charset=UTF-8; Format=flowed", {"charset": "UTF-8", "format": "flowed"}),
        ('a/b; name="x; \\"y\\".pdf"; b=c', {"name": 'x; "y".pdf', "b": "c"}),
        ("a; filename*=utf-8'en'caf%C3%A9.pdf", {"filename": "café.pdf"}),
        ("a; filename*0*=iso-8859-1''caf%E9; filename*1=.pdf", {"filename": "café.pdf"}),
        ("a; filename*1=b; filename*0=a", {"filename": "ab"}),
        ("a; filename*=caf%C3%A9", {"filename": "café"}),
        ("a; filename*=it's", {"filename": "it's"}),
        ("a; x=1; x=2", {"x": "1"}),
        ('a; x="open', {"x": '"open'}),
        ("a; x*=nonsense''%ff", {"x": "ÿ"}),
    ],
)
def test_parameters_are_read_whole(value, found):
    assert read_parameters(value) == found
