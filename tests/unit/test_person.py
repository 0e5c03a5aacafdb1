"""One person's records as files and JSON."""

import json

from tests.factories import NOW
from tests.unit.packing import make_letter, make_message
from triage.domain.person import ChatSeen, PersonCase, PersonRecords, Suppressed, as_json, person_files

RECORDS = PersonRecords(
    address="ana@customer.example",
    messages=(make_message(), make_message(raw=b"")),
    letters=(make_letter(),),
    cases=(
        PersonCase(
            reference="DP-2026-00042-K7/1", kind="access", state="open", outcome="", opened_at=NOW, closed_at=None
        ),
    ),
    suppressed=(Suppressed(scope="marketing", channel="email", thread="", since_at=NOW),),
    bounced_at=(NOW,),
    counted_at=(NOW,),
    chats=(ChatSeen(portal_id="1", thread_id="2", contact_id="3", reference="", lines=4),),
    takes_part_in=("DP-2026-00042-K7",),
    mentioned_in=("DP-2026-00043-L0",),
    quarantined=(7,),
)


def test_the_files_hold_every_message_letter_and_record() -> None:
    files = person_files(RECORDS)
    assert list(files) == [
        "index.html",
        "letters/001.txt",
        "records.json",
        "thread/001.eml",
        "thread/001.txt",
        "thread/002.txt",
        "manifest.json",
    ]
    page = files["index.html"].decode()
    for words in ("ana@customer.example", "DP-2026-00043-L0", "marketing", "came back", "unread item", "access"):
        assert words in page
    told = json.loads(files["records.json"])
    assert told["messages"][0]["sender_address"] == "ana@customer.example"
    assert told["suppressed"][0]["since_at"] == "2026-11-23T09:00:00.000000+00:00"


def test_raw_bytes_are_told_by_their_size() -> None:
    told = as_json(RECORDS)
    assert [message["raw"] for message in told["messages"]] == [len(RECORDS.messages[0].raw), 0]  # type: ignore[attr-defined]


def test_nothing_held_is_nothing_held() -> None:
    assert PersonRecords(address="bert@customer.example").is_empty
    assert not RECORDS.is_empty
