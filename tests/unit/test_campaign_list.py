"""A campaign's list: read whatever exported it, its lines kept as they stand, and nobody swallowed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.domain.do_not_contact import ContactPoint, contact_point, plain_number
from triage.parsing.campaign_list import CampaignList, read_campaign_list


def read(text: str, column: str | None = None) -> CampaignList:
    return read_campaign_list(text.encode(), column)


def points(read_list: CampaignList) -> list[tuple[int, str | None]]:
    return [(line.number, line.point.value if line.point else None) for line in read_list.lines]


def fault(content: bytes, column: str | None = None) -> str:
    with pytest.raises(ValueError, match=r".") as caught:
        read_campaign_list(content, column)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Ana@Customer.example", "ana@customer.example"),
        ("  'ana@customer.example\u00a0", "ana@customer.example"),
        ("Ana Example <ana@customer.example>", "ana@customer.example"),
        ("mailto:ana+news@customer.example", "ana+news@customer.example"),
        ("01632 960 123", "+441632960123"),
        ("+44 (0)20 7946 0018", "+442079460018"),
        ("0044 1632 960123", "+441632960123"),
        ("441632960123", "+441632960123"),
        ("1632960123", "+441632960123"),
        ("+359 2 555 0123", "+35925550123"),
    ],
)
def test_an_address_and_a_number_have_one_plain_form(text: str, value: str) -> None:
    found = contact_point(text)
    assert found == ContactPoint(scope="marketing" if "@" in value else "calls", value=value)


@pytest.mark.parametrize(
    "text",
    ["", "Ana", "ana@customer", "ana@@customer.example", "a@b.example, c@d.example", "12345678", "123456789012",
     "4.41632E+11", "+44 16", "<>", "01632 960 123 0456 789"],
)  # fmt: skip
def test_what_is_neither_is_nobody(text: str) -> None:
    assert contact_point(text) is None


@given(st.text(max_size=40))
def test_a_plain_form_is_its_own_plain_form(text: str) -> None:
    found = contact_point(text)
    assert found is None or contact_point(found.value) == found


@given(st.integers(min_value=1_000_000_000, max_value=7_999_999_999))
def test_every_way_to_write_a_uk_number_is_one_number(number: int) -> None:
    ways = (f"0{number}", f"+44{number}", f"0044 {number}", f"+44 (0){number}", f"44{number}", str(number))
    assert {plain_number(way) for way in ways} == {f"+44{number}"}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_commas_semicolons_and_tabs_with_names_of_columns(delimiter: str, line_end: str) -> None:
    rows = [("name", "e-mail"), ("Ana", "ana@customer.example"), ("Bo", "bo@customer.example")]
    text = line_end.join(delimiter.join(row) for row in rows)
    found = read(text)
    assert points(found) == [(2, "ana@customer.example"), (3, "bo@customer.example")]
    assert (found.column, found.also) == ("e-mail", ())
    assert found.without(frozenset({2})).decode() == line_end.join(text.split(line_end)[::2])


def test_a_list_without_names_of_columns_begins_with_its_first_line() -> None:
    found = read("ana@customer.example\nbo@customer.example\n")
    assert (points(found)[0], found.header, found.column) == ((1, "ana@customer.example"), "", "1")


def test_a_first_address_that_is_none_is_no_name_of_a_column() -> None:
    found = read("ana@customer,1\nbo@customer.example,2\n")
    assert points(found) == [(1, None), (2, "bo@customer.example")]


def test_the_column_is_the_one_with_the_most_different_addresses() -> None:
    lines = (
        ["manager,mail"] + [f"kim@larkfield.example,person{n}@customer.example" for n in range(3)] + ["k@l.example,"]
    )
    found = read("\n".join(lines))
    assert (found.column, found.also) == ("mail", ("manager",))
    assert points(found)[-1] == (5, None)


def test_a_column_can_be_named_or_numbered_and_may_hold_numbers() -> None:
    text = "mail,Phone\nana@customer.example,01632 960 123\nbo@customer.example\n"
    assert points(read(text, " phone ")) == [(2, "+441632960123"), (3, None)]
    assert points(read(text, "2")) == points(read(text, "phone"))
    assert read(text, "2").also == ()


@pytest.mark.parametrize("column", ["fax", "0", "9"])
def test_a_column_that_is_not_there_or_holds_nothing_is_refused(column: str) -> None:
    assert fault(b"mail,fax\nana@customer.example,none\n", column) == (
        f"has no column {column!r} with addresses or numbers in it"
    )


def test_a_list_without_addresses_is_refused() -> None:
    assert "no column with mail addresses" in fault(b"name,phone\nAna,01632 960 123\n")
    assert "no column with mail addresses" in fault(b"")


@pytest.mark.parametrize(
    ("encoding", "name"),
    [("utf-8", "Zo\u00eb"), ("utf-8-sig", "Zo\u00eb"), ("utf-16", "Zo\u00eb"), ("cp1252", "Zo\u00eb")],
)
def test_a_list_is_written_as_it_was_read(encoding: str, name: str) -> None:
    text = f"name;mail\r\n{name};zoe@customer.example\r\nBo;bo@customer.example\r\n"
    found = read_campaign_list(text.encode(encoding))
    assert found.without(frozenset()).decode(encoding) == text
    assert found.without(frozenset({3})).decode(encoding) == text.partition("Bo")[0]


@pytest.mark.parametrize("content", [b"PK\x03\x04\0\0", b"\xff\xfe\x00", b"\x81\x8d\x8f"])
def test_what_is_no_text_is_refused(content: bytes) -> None:
    assert "not text" in fault(content)


def test_a_cell_over_two_lines_is_one_line_of_the_list() -> None:
    found = read('note,mail\n"first\nsecond, with a comma",ana@customer.example\n\nx,bo@customer.example\n')
    assert points(found) == [(2, "ana@customer.example"), (5, "bo@customer.example")]


def test_a_quotation_mark_that_never_closes_swallows_nobody() -> None:
    rest = "".join(f"x,person{n}@customer.example\n" for n in range(40))
    assert "line 2: a quotation mark" in fault(f'note,mail\n"oh,ana@customer.example\n{rest}'.encode())
    closed = f'note,mail\n"oh,ana@customer.example\n{rest}",bo@customer.example\n{rest}'
    assert "line 2: a quotation mark" in fault(closed.encode())


def test_a_mark_that_breaks_after_the_lines_that_tell_the_column_is_refused_too() -> None:
    many = "".join(f"x,person{n}@customer.example\n" for n in range(2500))
    assert "line 2501: a quotation mark" in fault(f'{many}"oh,ana@customer.example\n'.encode())


def test_addresses_that_begin_late_are_found() -> None:
    found = read("name,mail\n" + "x,\n" * 2500 + "Ana,ana@customer.example\n")
    assert points(found)[-1] == (2502, "ana@customer.example")
