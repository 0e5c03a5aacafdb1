"""Reading and writing IMAP's wire forms, line by line."""

from datetime import UTC, datetime

import pytest

from triage.adapters.imap_answers import (
    MailMark,
    OddName,
    UnreadableAnswer,
    portions,
    quoted,
    quoted_folder,
    read_bodies,
    read_internal_date,
    read_marks,
    read_uids,
    read_uidvalidity,
    response_code,
    search_date,
    uid_set,
)

DONE = b"Fetch completed."


@pytest.mark.parametrize(
    ("text", "wire"),
    [("ann", '"ann"'), ('a "b" \\c', '"a \\"b\\" \\\\c"'), ("", '""'), ("pässword", '"pässword"')],
)
def test_names_are_quoted(text: str, wire: str) -> None:
    assert quoted(text) == wire


@pytest.mark.parametrize("text", ["a\r\nA1 DELETE INBOX", "a\nb", "a\x00b", "a\x7fb", "x" * 1001, "\ud800"])
def test_a_name_that_could_end_the_line_is_refused(text: str) -> None:
    with pytest.raises(OddName):
        quoted(text)
    with pytest.raises(OddName):
        quoted_folder(text)


@pytest.mark.parametrize(
    ("name", "wire"),
    [
        ("INBOX", '"INBOX"'),
        ("R&D", '"R&-D"'),
        ("~peter/mail/台北/日本語", '"~peter/mail/&U,BTFw-/&ZeVnLIqe-"'),  # the example of RFC 3501 section 5.1.3
        ("Löschung & mehr", '"L&APY-schung &- mehr"'),
        ("😀", '"&2D3eAA-"'),
    ],
)
def test_folder_names_go_out_in_modified_utf7(name: str, wire: str) -> None:
    assert quoted_folder(name) == wire


@pytest.mark.parametrize("name", ["", "   "])
def test_an_empty_folder_name_is_refused(name: str) -> None:
    with pytest.raises(OddName, match="empty"):
        quoted_folder(name)


def test_search_dates_are_english_and_unpadded() -> None:
    assert search_date(datetime(2026, 3, 1, tzinfo=UTC)) == "1-Mar-2026"


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("17-Jul-1996 02:44:25 -0700", datetime(1996, 7, 17, 9, 44, 25, tzinfo=UTC)),
        (" 1-jul-2026 00:30:00 +0100", datetime(2026, 6, 30, 23, 30, tzinfo=UTC)),
        ("1-Jan-2026 00:00:00 +0000", datetime(2026, 1, 1, tzinfo=UTC)),
    ],
)
def test_internal_dates_become_utc(text: str, at: datetime) -> None:
    assert read_internal_date(text) == at
    assert read_internal_date(text).utcoffset() is not None  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "31-Feb-2026 00:00:00 +0000",
        "17-Foo-2026 00:00:00 +0000",
        "17-Jul-2026 25:00:00 +0000",
        "17-Jul-2026 00:00:00",
        "17-Jul-2026 00:00:00 +9999",
        "01-Jan-0001 00:00:00 +0100",
        "17-Jul-2026 00:00:00 +0000 and more",
        "١٧-Jul-2026 00:00:00 +0000 ",
    ],
)
def test_a_broken_internal_date_is_none(text: str) -> None:
    assert read_internal_date(text) is None


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([b"[AUTHENTICATIONFAILED] no"], "AUTHENTICATIONFAILED"),
        ([b"* x", b"[inuse] no"], "INUSE"),
        ([b"[ALERT too [BAD] no"], "ALERT"),
        ([b"no [INUSE]"], ""),
        ([], ""),
    ],
)
def test_the_code_of_a_refusal_is_read(lines: list[bytes], code: str) -> None:
    assert response_code(lines) == code


def test_uidvalidity_is_found_among_other_lines() -> None:
    assert read_uidvalidity([b"3 EXISTS", b"OK [UIDVALIDITY 4294967295] valid", b"[READ-ONLY] done"]) == 4294967295


@pytest.mark.parametrize("line", [b"done", b"OK [UIDVALIDITY 0] zero", b"OK [UIDVALIDITY 12345678901]"])
def test_a_missing_uidvalidity_is_unreadable(line: bytes) -> None:
    with pytest.raises(UnreadableAnswer, match="UIDVALIDITY"):
        read_uidvalidity([line])


def test_uids_come_sorted_and_once_from_any_number_of_lines() -> None:
    assert read_uids([b"7 3", b"", b"3 12", b"done"]) == (3, 7, 12)
    assert read_uids([b"Search completed"]) == ()
    assert read_uids([]) == ()


@pytest.mark.parametrize("line", [b"1 two", b"-1", b"0", b"4294967296", b"99999999999", b"1.5", "²".encode()])
def test_a_search_answer_that_is_no_uids_is_unreadable(line: bytes) -> None:
    with pytest.raises(UnreadableAnswer):
        read_uids([line, b"done"])


def test_marks_are_read_in_any_order_and_unsolicited_lines_passed_over() -> None:
    lines = [
        b"8 EXISTS",
        b"2 FETCH (FLAGS (\\Seen))",
        b"2 FETCH (FLAGS () UID 9)",
        b'1 FETCH (UID 5 RFC822.SIZE 100 INTERNALDATE "17-Jul-1996 02:44:25 -0700")',
        b'3 fetch (rfc822.size 7 INTERNALDATE "nonsense" uid 6 MODSEQ (12))',
        DONE,
    ]
    assert read_marks(lines) == {
        5: MailMark(uid=5, size_bytes=100, received_at=datetime(1996, 7, 17, 9, 44, 25, tzinfo=UTC)),
        6: MailMark(uid=6, size_bytes=7, received_at=None),
    }


def test_bodies_are_picked_by_uid_wherever_the_uid_stands() -> None:
    lines = [
        b"2 FETCH (FLAGS (\\Seen) UID 7)",
        b"1 FETCH (UID 5 BODY[] {4}",
        bytearray(b"one\n"),
        b")",
        b"2 FETCH (BODY[]<0> {4}",
        bytearray(b"two\n"),
        b" UID 6 FLAGS (\\Seen $Done) MODSEQ (3))",
        b"3 FETCH (UID 8 BODY[] NIL)",
        b'4 FETCH (UID 9 BODY[] "")',
        DONE,
    ]
    assert read_bodies(lines) == {5: b"one\n", 6: b"two\n", 9: b""}


def test_a_literal_that_is_no_body_is_not_taken_for_one() -> None:
    assert read_bodies([b"1 FETCH (UID 5 BODY[HEADER] {4}", bytearray(b"one\n"), b")", DONE]) == {}
    assert read_bodies([bytearray(b"stray"), DONE]) == {}


@pytest.mark.parametrize("rest", [[b"e mail", b")"], [b" and on it goes, 2)"], [], [b""], [b" UID 5"]])
def test_a_body_with_mail_text_behind_it_is_unreadable(rest: list[bytes]) -> None:
    with pytest.raises(UnreadableAnswer, match="not as long as announced"):
        read_bodies([b"1 FETCH (UID 5 BODY[] {4}", bytearray(b"half"), *rest, DONE])


def test_a_body_without_a_uid_is_unreadable() -> None:
    with pytest.raises(UnreadableAnswer):
        read_bodies([b"1 FETCH (BODY[] {4}", bytearray(b"mail"), b")", DONE])


def test_a_mail_in_a_quoted_string_is_unreadable() -> None:
    with pytest.raises(UnreadableAnswer, match="no mail can have"):
        read_bodies([b'1 FETCH (UID 5 BODY[] "Hello")', DONE])


@pytest.mark.parametrize(("uids", "text"), [([5], "5"), ([3, 1, 2, 9, 7, 8], "1:3,7:9"), ([1, 3, 3], "1,3"), ([], "")])
def test_neighbouring_uids_are_joined(uids: list[int], text: str) -> None:
    assert uid_set(uids) == text


def test_portions_keep_to_both_limits_and_a_big_mail_goes_alone() -> None:
    sizes = {1: 4, 2: 4, 3: 4, 4: 50, 5: 1, 6: 1, 7: 1, 8: 1}
    assert portions(sizes, most=3, most_bytes=10) == [(1, 2), (3,), (4,), (5, 6, 7), (8,)]
    assert portions({}, most=3, most_bytes=10) == []
