"""Signatures: the vendor's own vectors, ours, and every mistake known of others."""

import hashlib
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.parsing.hubspot_signature import (
    WINDOW_MS,
    Signed,
    Target,
    decode_url,
    head_fault,
    shown_url,
    signed_url,
    v1_signature,
    v3_signature,
    verify,
)

# The vendor's kits test with these.
VENDOR_SECRET = b"yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy"
VENDOR_URL = "https://www.example.com/webhook_uri"
VENDOR_BODY = b"{'example_field':'example_value'}"

SECRET = b"11112222-3333-4444-5555-666677778888"
URL = "https://privacy.example.org/hubspot/webhook"
STAMP = "1790000001500"
NOW_MS = int(STAMP)
BODY = (
    b'[{"eventId":900100200,"subscriptionId":3100001,"portalId":44556677,"appId":7654321,"occurredAt":1790000000123,'
    b'"subscriptionType":"conversation.newMessage","attemptNumber":0,"objectId":8123456789,'
    b'"messageId":"5f0c1d2e3a4b4c5d8e9f001122334455","messageType":"MESSAGE","changeFlag":"NEW_MESSAGE"}]'
)
RIGHT = "fFI772F7xXVdZlkf7TWGlJJW4fC27Lw7ZatGDbJuSdk="
QUERY = "tenant=acme%3Aeu%2F1&tag=%28a%29&s=%20b"
V1 = "66eb41e53fbb811d714b11cb3e9bf5e2e2e9caa772b5800c61f3dbe04a82b1e2"
V2 = "22a97981c5222fdedc8b188c3e81915f34df9f10f858fd5d17d112fcbac9804c"

TARGET = Target(secret=SECRET, public_url=URL)
SIGNED = Signed(method="POST", query="", v3=RIGHT, timestamp=STAMP)
WITH_V1 = replace(TARGET, allow_v1=True)
OLD_STYLE = Signed(method="POST", query="", v3=None, timestamp=None, plain=V1, plain_version="v1")


def reason(signed: Signed = SIGNED, body: bytes = BODY, target: Target = TARGET, now_ms: int = NOW_MS) -> str:
    verdict = verify(signed, body, target, now_ms)
    assert verdict.genuine == (verdict.reason in ("v3", "v1"))
    return verdict.reason


def test_the_body_of_the_vectors_is_the_one_they_were_made_with() -> None:
    assert len(BODY) == 294
    assert hashlib.sha256(BODY).hexdigest() == "83c4dd43aa1e40af3ea778d3e7af0e759e19e5a049ae98600c8bac599f717b1e"


@pytest.mark.parametrize(
    ("stamp", "signature"),
    [
        ("1693657560000", "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y="),
        ("1700000300000", "RnbPH7+UMKVkbV32P8bz450N4M56aPmcru1+D3kSDtw="),
    ],
)
def test_the_vendors_v3_vectors_hold(stamp: str, signature: str) -> None:
    assert v3_signature(VENDOR_SECRET, "POST", VENDOR_URL, VENDOR_BODY, stamp) == signature
    signed = Signed(method="POST", query="", v3=signature, timestamp=stamp)
    target = Target(secret=VENDOR_SECRET, public_url=VENDOR_URL)
    assert reason(signed, VENDOR_BODY, target, int(stamp)) == "v3"


def test_the_vendors_v1_vector_holds() -> None:
    signature = "69fc6631a867edd4f9e9e627fc5c1148e3fbdd8b21837b6d2b8901c1fa57f750"
    assert v1_signature(VENDOR_SECRET, VENDOR_BODY) == signature
    target = Target(secret=VENDOR_SECRET, public_url=VENDOR_URL, allow_v1=True)
    assert reason(replace(OLD_STYLE, plain=signature), VENDOR_BODY, target) == "v1"


def test_a_genuine_delivery_is_known_and_the_verdict_says_with_which_url() -> None:
    verdict = verify(SIGNED, BODY, TARGET, NOW_MS)
    assert (verdict.genuine, verdict.reason, verdict.url) == (True, "v3", URL)


@pytest.mark.parametrize(
    "signature",
    [
        "d8n+W29x3tM59lYk1ZUEMTUeOp2y1ZGOkBOtZL5KVCw=",  # over the decoded URL, as documented
        "iwgKINPoIOxdLXALCyrcOcG6E7Hi15LDopT91ovnZMI=",  # over the URL as it is, as the vendor's kits do
    ],
)
def test_a_query_is_signed_decoded_or_as_it_is(signature: str) -> None:
    signed = replace(SIGNED, query=QUERY, v3=signature)
    assert reason(signed) == "v3"
    assert reason(replace(signed, query="")) == "signature_wrong"
    assert reason(replace(signed, query=QUERY + "&more=1")) == "signature_wrong"
    # The target may be configured with its query: the one that came is signed, once.
    assert reason(signed, target=replace(TARGET, public_url=f"{URL}?tenant=other")) == "v3"
    assert reason(replace(signed, query=""), target=replace(TARGET, public_url=f"{URL}?{QUERY}")) == "v3"


# Mistakes of others


@pytest.mark.parametrize(
    "signature",
    [
        "zW18uJlo07daFSRus/G7Y+HaIOwN7VnmdD5PJIqJ10Q=",  # over http://
        "IpC5zg5FBjZ97Wx+lpW+oV+WusEKMmaiHjG8QyrPz+Y=",  # over a trailing slash
        V1,
        V2,
        "",
        " " + RIGHT,
        RIGHT.rstrip("="),
        RIGHT.lower(),
        "é\udcff" * 22,
        "x" * 100_000,
    ],
)
def test_a_signature_over_anything_else_does_not_hold(signature: str) -> None:
    assert reason(replace(SIGNED, v3=signature)) == "signature_wrong"


@pytest.mark.parametrize(
    "url",
    [
        "http://privacy.example.org/hubspot/webhook",  # the scheme inside a TLS proxy
        "http://127.0.0.1:8081/hubspot/webhook",  # the inner address behind it
        "https://privacy.example.org:443/hubspot/webhook",
        "https://privacy.example.org/hubspot/webhook/",
        "https://privacy.example.org",
    ],
)
def test_a_public_url_that_is_not_the_one_at_hubspot_fails_and_is_named(url: str) -> None:
    verdict = verify(SIGNED, BODY, replace(TARGET, public_url=url), NOW_MS)
    assert (verdict.genuine, verdict.reason, verdict.url) == (False, "signature_wrong", url)


def test_json_that_was_read_and_written_again_does_not_hold() -> None:
    for body in (json.dumps(json.loads(BODY)).encode(), BODY + b"\n", BODY.strip(b"[]"), b""):
        assert reason(body=body) == "signature_wrong"


def test_another_secret_method_or_stamp_does_not_hold() -> None:
    assert reason(target=replace(TARGET, secret=SECRET[:-1] + b"9")) == "signature_wrong"
    assert reason(replace(SIGNED, method="GET")) == "signature_wrong"
    for stamp in (NOW_MS - 1, NOW_MS + 1):
        assert reason(replace(SIGNED, timestamp=str(stamp))) == "signature_wrong"


@pytest.mark.parametrize(
    "stamp",
    [
        f"{STAMP}.0",  # a float, as one kit made of it
        STAMP[:10],  # seconds
        STAMP + "0",
        f"+{STAMP[1:]}",
        f" {STAMP}",
        f"{STAMP}\n",
        STAMP.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")),
        "now",
        "",
    ],
)
def test_a_timestamp_is_thirteen_digits_and_nothing_else(stamp: str) -> None:
    right = v3_signature(SECRET, "POST", URL, BODY, stamp)
    assert reason(replace(SIGNED, timestamp=stamp, v3=right)) == "timestamp_malformed"


def test_without_a_timestamp_nothing_is_believed() -> None:
    right = v3_signature(SECRET, "POST", URL, BODY, "")
    assert reason(replace(SIGNED, timestamp=None, v3=right)) == "no_timestamp"


def test_five_minutes_either_way_are_let_through_and_not_a_millisecond_more() -> None:
    assert reason(now_ms=NOW_MS + WINDOW_MS) == reason(now_ms=NOW_MS - WINDOW_MS) == "v3"
    assert WINDOW_MS == 300_000
    assert reason(now_ms=NOW_MS + WINDOW_MS + 1) == "timestamp_old"
    assert reason(now_ms=NOW_MS - WINDOW_MS - 1) == "timestamp_ahead"


def test_without_a_secret_nobody_is_believed() -> None:
    empty = replace(WITH_V1, secret=b"")
    assert reason(replace(SIGNED, v3=v3_signature(b"", "POST", URL, BODY, STAMP)), target=empty) == "no_secret"
    assert reason(replace(OLD_STYLE, plain=v1_signature(b"", BODY)), target=empty) == "no_secret"


# v1


def test_v1_counts_only_where_it_was_asked_for() -> None:
    assert reason(OLD_STYLE) == "no_v3_signature"
    assert reason(OLD_STYLE, target=WITH_V1) == "v1"
    assert reason(replace(OLD_STYLE, plain_version=None), target=WITH_V1) == "v1"
    assert reason(OLD_STYLE, BODY + b" ", WITH_V1) == "signature_wrong"
    assert reason(replace(OLD_STYLE, plain=None), target=WITH_V1) == "no_signature"


@pytest.mark.parametrize("version", ["v2", "v3", "", "V1"])
def test_another_version_of_the_old_header_is_not_taken_for_v1(version: str) -> None:
    assert reason(replace(OLD_STYLE, plain_version=version), target=WITH_V1) == "version_unknown"
    assert reason(replace(OLD_STYLE, plain=V2, plain_version="v1"), target=WITH_V1) == "signature_wrong"


@pytest.mark.parametrize("v3", ["", "wrong", RIGHT[::-1]])
def test_a_wrong_v3_header_is_never_made_good_by_a_right_v1(v3: str) -> None:
    both = replace(OLD_STYLE, v3=v3, timestamp=STAMP)
    assert reason(both, target=WITH_V1) == "signature_wrong"
    assert reason(replace(both, timestamp=None), target=WITH_V1) == "no_timestamp"


# What can be said before the body is read


def test_a_head_that_could_be_right_is_given_the_chance_and_any_other_is_not() -> None:
    assert head_fault(SIGNED, TARGET, NOW_MS) is None
    assert head_fault(OLD_STYLE, WITH_V1, NOW_MS) is None
    assert head_fault(replace(SIGNED, v3=None), TARGET, NOW_MS) == "no_signature"
    assert head_fault(SIGNED, TARGET, NOW_MS + WINDOW_MS + 1) == "timestamp_old"


# URLs


def test_twelve_sequences_are_decoded_and_no_other() -> None:
    twelve = "%3A%2F%3F%40%21%24%27%28%29%2A%2C%3B"
    assert decode_url(twelve) == decode_url(twelve.lower()) == ":/?@!$'()*,;"
    for other in ("%20", "%26", "%3D", "%23", "%25", "%2B", "%5B", "%7E", "%C3%A9", "%", "%3", "%zz"):
        assert decode_url(f"a{other}-") == f"a{other}-"
    assert decode_url("%253A") == "%253A"
    assert decode_url("%2525%3A") == "%2525:"


def test_small_hex_letters_in_a_query_mean_the_same() -> None:
    signature = "d8n+W29x3tM59lYk1ZUEMTUeOp2y1ZGOkBOtZL5KVCw="
    assert reason(replace(SIGNED, query=QUERY.replace("%3A", "%3a").replace("%2F", "%2f"), v3=signature)) == "v3"


def test_the_log_is_told_that_there_was_a_query_and_not_what_was_in_it() -> None:
    assert shown_url(SIGNED, TARGET) == URL
    assert shown_url(replace(SIGNED, query="key=hidden"), TARGET) == f"{URL}?..."
    assert shown_url(SIGNED, replace(TARGET, public_url=f"{URL}?key=hidden")) == f"{URL}?..."
    assert signed_url(f"{URL}?a=1", "b=2") == f"{URL}?b=2"


# Properties


@given(body=st.binary(max_size=300), query=st.text(max_size=60), secret=st.binary(min_size=1, max_size=80))
def test_what_was_signed_is_known_whatever_it_holds(body: bytes, query: str, secret: bytes) -> None:
    target = Target(secret=secret, public_url=URL)
    for form in (decode_url(signed_url(URL, query)), signed_url(URL, query)):
        signature = v3_signature(secret, "POST", form, body, STAMP)
        assert reason(Signed(method="POST", query=query, v3=signature, timestamp=STAMP), body, target) == "v3"
    assert reason(replace(OLD_STYLE, plain=v1_signature(secret, body)), body, replace(target, allow_v1=True)) == "v1"


@given(at=st.integers(min_value=0, max_value=len(BODY) - 1), bits=st.integers(min_value=1, max_value=255))
def test_any_byte_of_the_body_flipped_fails(at: int, bits: int) -> None:
    other = bytearray(BODY)
    other[at] ^= bits
    assert reason(body=bytes(other)) == "signature_wrong"
    assert reason(OLD_STYLE, bytes(other), WITH_V1) == "signature_wrong"


@given(at=st.integers(min_value=0, max_value=len(RIGHT) - 1), character=st.characters())
def test_any_character_of_the_signature_changed_fails(at: int, character: str) -> None:
    if character != RIGHT[at]:
        assert reason(replace(SIGNED, v3=RIGHT[:at] + character + RIGHT[at + 1 :])) == "signature_wrong"


@given(st.text(), st.text(), st.text(), st.text())
def test_no_header_makes_it_fail_loudly_or_pass(v3: str, stamp: str, plain: str, version: str) -> None:
    signed = Signed(method="POST", query=stamp, v3=v3, timestamp=stamp, plain=plain, plain_version=version)
    assert not verify(signed, BODY, WITH_V1, NOW_MS).genuine
    assert not verify(replace(signed, v3=None), BODY, WITH_V1, NOW_MS).genuine
