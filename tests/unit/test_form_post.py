"""Bytes from a browser -> the form as filled in, and what has to be put right."""

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.domain.vocabulary import Kind
from triage.parsing.form_post import (
    BOXES,
    MOST_EMAIL_CHARS,
    MOST_MESSAGE_CHARS,
    MOST_NAME_CHARS,
    MOST_PHONE_CHARS,
    MOST_POST_CHARS,
    FilledForm,
    FormNotReadable,
    faults_of,
    read_filled,
    read_pairs,
)

URLENCODED = "application/x-www-form-urlencoded"
FORM_ID = "0123456789abcdef0123456789abcdef"
NEW_ID = "f" * 32


def multipart(*parts: bytes, end: bytes = b"--") -> bytes:
    """Parts between boundaries, as a browser sends them."""
    return b"".join(b"--edge\r\n" + part + b"\r\n" for part in parts) + b"--edge" + end + b"\r\n"


def part(name: str, value: bytes, more: str = "") -> bytes:
    """One field."""
    return f'Content-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + value


def enough(**changes: object) -> FilledForm:
    """A form with nothing to put right."""
    return FilledForm(**({"message": "Hello", "email": "robin@example.com", "form_id": FORM_ID} | changes))  # type: ignore[arg-type]


def texts_of(filled: FilledForm) -> list[tuple[str, str]]:
    """What is wrong, as (field, text)."""
    return [(fault.name, fault.text) for fault in faults_of(filled)]


def test_urlencoded_fields_come_in_order_and_empty_ones_too() -> None:
    body = b"about=access&about=complaint&message=H%C3%A9llo+you&name="
    assert read_pairs(URLENCODED + "; charset=UTF-8", body) == (
        ("about", "access"),
        ("about", "complaint"),
        ("message", "Héllo you"),
        ("name", ""),
    )


def test_multipart_fields_come_whole_with_line_breaks_and_boundary_like_text() -> None:
    body = multipart(part("message", "one\r\n\r\n--edg two 🙂".encode()), part("name", b""))
    assert read_pairs("multipart/form-data; boundary=edge", body) == (
        ("message", "one\r\n\r\n--edg two 🙂"),
        ("name", ""),
    )


def test_bytes_that_are_not_utf_8_are_shown_as_such_and_lose_nothing_else() -> None:
    assert read_pairs(URLENCODED, b"message=a%FFb\xff") == (("message", "a�b�"),)
    assert read_pairs("multipart/form-data; boundary=edge", multipart(part("message", b"a\xffb"))) == (
        ("message", "a�b"),
    )


# RFC 2231 lets a sender name the encoding of a parameter: of these Python knows no text, or fails in its own way.
EVIL = ("idna''%80x", "punycode''%80x", "undefined''x", "hex''x", "unicode_escape''%5cU")


def disposed(parameter: str) -> bytes:
    return f"Content-Disposition: form-data; {parameter}\r\n\r\nx".encode()


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("", b"message=x"),
        ("application/json", b"{}"),
        ("text/plain", b"message=x"),
        ("multipart/mixed; boundary=edge", multipart(part("message", b"x"))),
        ("multipart/form-data", multipart(part("message", b"x"))),
        ("multipart/form-data; boundary=edge", b""),
        ("multipart/form-data; boundary=edge", multipart(part("message", b"x"), end=b"")),
        ("multipart/form-data; boundary=edge", multipart(b"no header at all")),
        ("multipart/form-data; boundary=edge", multipart(b"Content-Type: text/plain\r\n\r\nx")),
        ("multipart/form-data; boundary=edge", multipart(b'Content-Disposition: form-data; name="message"')),
        ("multipart/form-data; boundary=edge", multipart(part("message", b"x", '; filename="passport.jpg"'))),
        ("multipart/form-data; boundary=edge", multipart(*[part("a", b"x")] * 150)),
        (URLENCODED, b"&".join([b"a=1"] * 150)),
        *((f"multipart/form-data; boundary*={value}", b"--x\r\n") for value in EVIL),
        *(("multipart/form-data; boundary=edge", multipart(disposed(f"name=a; filename*={value}"))) for value in EVIL),
    ],
)
def test_what_is_no_form_of_ours_or_brings_a_file_is_said_to_be_unreadable(content_type: str, body: bytes) -> None:
    with pytest.raises(FormNotReadable):
        read_pairs(content_type, body)


@given(st.binary(max_size=400), st.sampled_from([URLENCODED, "multipart/form-data; boundary=edge", "multipart/\x00"]))
def test_no_bytes_do_more_than_be_unreadable(body: bytes, content_type: str) -> None:
    try:
        pairs = read_pairs(content_type, body)
    except FormNotReadable:
        return
    faults_of(read_filled(pairs, NEW_ID))


def test_a_form_is_read_field_by_field_tidied_and_unknown_boxes_passed_over() -> None:
    sent = [
        ("form_id", FORM_ID),
        ("proof", " abc "),
        ("about", "complaint"),
        ("about", "access"),
        ("about", "other"),
        ("about", "everything"),
        ("message", "  one\r\ntwo\rthree\x00\x1b\n"),
        ("message", "a second one"),
        ("name", " Robin\r\nReader "),
        ("email", "robin@example.com "),
        ("phone", "01632\t960 001"),
        ("post", "1 Any Road\r\nAnytown"),
        ("earlier", "dp-2026-00042-k7"),
        ("website", "https://x.example"),
        ("unknown", "x"),
    ]
    filled = read_filled(sent, NEW_ID)
    assert filled.about == ("access", "complaint", "other")
    assert filled.kinds == (Kind.ACCESS, Kind.COMPLAINT)
    assert (filled.message, filled.name, filled.phone) == ("one\ntwo\nthree", "Robin Reader", "01632 960 001")
    assert (filled.post, filled.trap, filled.proof) == ("1 Any Road\nAnytown", "https://x.example", "abc")
    assert filled.form_id == FORM_ID


@pytest.mark.parametrize("form_id", ["", "0" * 31, "0" * 33, "x" * 32, "../" + "0" * 29])
def test_a_form_id_that_is_none_of_ours_is_replaced(form_id: str) -> None:
    assert read_filled([("form_id", form_id)], NEW_ID).form_id == NEW_ID


def test_every_kind_but_the_catch_all_can_be_ticked() -> None:
    assert set(BOXES) == set(Kind) - {Kind.OTHER_RIGHT} | {"other"}


def test_the_same_form_has_the_same_key_whatever_its_proof_and_another_text_another_one() -> None:
    first = enough(proof="a").item_key
    assert first == enough(proof="b").item_key
    assert first.startswith(f"form:{FORM_ID}:")
    others = [enough(message="Hallo"), enough(form_id=NEW_ID), enough(about=("access",)), enough(trap="x")]
    assert len({first, *(other.item_key for other in others)}) == 5
    assert enough(name="a", phone="b").item_key != enough(name="", phone="ab").item_key


@pytest.mark.parametrize("way", [{"email": "a@b.example"}, {"phone": "01632 960 001"}, {"post": "1 Any Road"}])
def test_any_one_way_to_answer_is_enough(way: dict[str, str]) -> None:
    assert faults_of(FilledForm(message="Hello", **way)) == ()


def test_an_empty_form_lacks_a_message_and_a_way_to_answer() -> None:
    assert texts_of(FilledForm()) == [("message", "message.missing"), ("email", "answer.missing")]


@pytest.mark.parametrize(
    "email", ["robin@example.com", "r.o'b+in@mail.example.co.uk", "здравей@пример.example", "a@b.example"]
)
def test_addresses_people_have_are_taken(email: str) -> None:
    assert faults_of(enough(email=email)) == ()


@pytest.mark.parametrize(
    "email", ["robin", "robin@", "@example.com", "robin@example", "a b@c.example", "a@b@c.d", "a@b..c"]
)
def test_what_nobody_can_write_to_has_to_be_put_right_even_beside_a_phone_number(email: str) -> None:
    assert texts_of(enough(email=email, phone="01632 960 001")) == [("email", "email.wrong")]


@pytest.mark.parametrize("phone", ["999", "01632 960 001", "+44 (0)1632 960001 ext. 4, after six", "٠١٦٣٢"])
def test_phone_numbers_in_any_spelling_are_taken(phone: str) -> None:
    assert faults_of(enough(phone=phone)) == ()


def test_a_phone_number_without_numbers_has_to_be_put_right() -> None:
    assert texts_of(enough(phone="ring me at work")) == [("phone", "phone.wrong")]


@pytest.mark.parametrize(
    ("name", "most", "text"),
    [
        ("message", MOST_MESSAGE_CHARS, "message.too_long"),
        ("name", MOST_NAME_CHARS, "name.too_long"),
        ("phone", MOST_PHONE_CHARS, "phone.too_long"),
        ("post", MOST_POST_CHARS, "post.too_long"),
    ],
)
def test_a_text_may_be_as_long_as_said_and_no_longer(name: str, most: int, text: str) -> None:
    assert faults_of(enough(**{name: "1" * most})) == ()
    [fault] = faults_of(enough(**{name: "x" * (most + 1)}))
    assert (fault.name, fault.text) == (name, text)
    assert fault.facts == {"typed": f"{most + 1:,}", "most": f"{most:,}"}


def test_an_email_address_longer_than_any_has_to_be_put_right() -> None:
    assert texts_of(enough(email="x" * MOST_EMAIL_CHARS + "@a.example")) == [("email", "email.too_long")]


def test_line_breaks_count_once_whatever_the_browser_sends() -> None:
    message = "\r\n".join(["line"] * 2_000)  # 9,999 characters with one sign for each break
    filled = read_filled([("message", message), ("phone", "01632 960 001")], NEW_ID)
    assert faults_of(filled) == ()


@pytest.mark.parametrize("typed", ["DP-2026-00042-K7", " dp-2026-00042-k7", "It was DP‑2026‑00042‑K7."])
def test_an_earlier_reference_is_found_in_any_spelling(typed: str) -> None:
    filled = enough(earlier=typed)
    assert faults_of(filled) == ()
    assert filled.earlier_reference == "DP-2026-00042-K7"


def test_a_reference_with_a_slip_has_to_be_put_right_and_none_is_no_fault() -> None:
    assert texts_of(enough(earlier="DP-2026-00042-K8")) == [("earlier", "earlier.wrong")]
    assert enough().earlier_reference == ""


def test_the_longest_message_in_any_script_fits_the_forms_own_encoding() -> None:
    for letter in ("a", "д", "🙂"):
        sent = len(multipart(part("message", (letter * MOST_MESSAGE_CHARS).encode())))
        assert sent < 60_000
    assert len(urlencode({"message": "🙂" * MOST_MESSAGE_CHARS})) > 65_536  # why the form asks for multipart
