"""The evidence pack: what is in it, that it opens anywhere, and that its verifier finds every change."""

import hashlib
import json
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.factories import NOW
from tests.unit.packing import HOSTILE, THREAD, make_chain, make_evidence, make_letter, make_message, make_pack_case
from triage.adapters.evidence_zip import write_zip, zip_bytes
from triage.domain.evidence import MANIFEST, files_of
from triage.errors import NotDone

NAMES = [
    "README.txt",
    "clock.txt",
    "decisions.txt",
    "heads.json",
    "index.html",
    "journal.jsonl",
    "letters/001.txt",
    "thread/001.eml",
    "thread/001.txt",
    "verify.py",
    MANIFEST,
]


class Page(HTMLParser):
    """Every tag and link of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]


def unpack(folder: Path, content: bytes) -> Path:
    archive = folder / "pack.zip"
    archive.write_bytes(content)
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder / "pack")
    return folder / "pack"


def verify(pack: Path) -> tuple[int, str]:
    """Run the pack's own verifier, with Python and nothing else."""
    ended = subprocess.run(
        [sys.executable, "-I", str(pack / "verify.py")], capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.stderr == ""
    return ended.returncode, ended.stdout


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return unpack(tmp_path, zip_bytes(files_of(make_evidence())))


def seal_files_again(pack: Path) -> None:
    """As somebody would who changes the pack and its manifest with it."""
    files = {name: hashlib.sha256((pack / name).read_bytes()).hexdigest() for name in NAMES[:-1]}
    (pack / MANIFEST).write_text(json.dumps({"files": files}))


def test_the_pack_holds_every_file_and_the_hash_of_each() -> None:
    files = files_of(make_evidence())
    assert list(files) == NAMES
    told = json.loads(files[MANIFEST])["files"]
    assert told == {name: hashlib.sha256(files[name]).hexdigest() for name in NAMES[:-1]}


def test_the_same_content_gives_the_same_bytes() -> None:
    assert zip_bytes(files_of(make_evidence())) == zip_bytes(files_of(make_evidence()))
    backwards = dict(reversed(files_of(make_evidence()).items()))
    assert zip_bytes(backwards) == zip_bytes(files_of(make_evidence()))


def test_an_unpacked_pack_verifies_with_python_alone(pack: Path) -> None:
    assert verify(pack) == (0, "every file is as it was packed, and every chain is whole\n")


def test_a_changed_line_of_the_journal_is_found_even_with_a_new_manifest(pack: Path) -> None:
    journal = pack / "journal.jsonl"
    journal.write_text(journal.read_text().replace('\\"outcome\\":\\"provided\\"', '\\"outcome\\":\\"refused\\"'))
    assert verify(pack) == (1, f"journal.jsonl: was changed\n{THREAD}/1 row 2: the row was changed\n")
    seal_files_again(pack)
    assert verify(pack) == (1, f"{THREAD}/1 row 2: the row was changed\n")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda lines: lines[:1] + lines[2:], "the end of the chain does not fit its last row"),
        (lambda lines: lines[1:], f"{THREAD} row 2: row 1 is missing"),
        (lambda lines: [line.replace("sent by post", "sent by hand") for line in lines], "the text was changed"),
    ],
    ids=["a cut tail", "a missing row", "a changed text"],
)
def test_what_else_was_done_to_the_journal_is_found(pack: Path, change: object, fault: str) -> None:
    journal = pack / "journal.jsonl"
    journal.write_text("\n".join(change(journal.read_text().splitlines())) + "\n")  # type: ignore[operator]
    seal_files_again(pack)
    code, said = verify(pack)
    assert code == 1
    assert fault in said


def test_a_changed_missing_or_added_file_is_found(pack: Path) -> None:
    (pack / "thread/001.eml").write_bytes(b"other")
    (pack / "clock.txt").unlink()
    (pack / "added.txt").write_text("x")
    said = ["added.txt: is not in the manifest", "clock.txt: is missing", "thread/001.eml: was changed"]
    assert verify(pack) == (1, "\n".join(said) + "\n")
    (pack / MANIFEST).unlink()
    code, line = verify(pack)
    assert (code, line.startswith("the pack cannot be read: ")) == (1, True)


def test_a_removed_text_breaks_no_chain(tmp_path: Path) -> None:
    evidence = make_evidence()
    evidence = replace(evidence, entries=tuple(replace(one, text=None) for one in evidence.entries))
    assert verify(unpack(tmp_path, zip_bytes(files_of(evidence))))[0] == 0


def test_strangers_words_are_shown_and_never_obeyed() -> None:
    message = make_message(
        sender_name=HOSTILE, sender_address="", subject=HOSTILE, text=HOSTILE, attachments=(HOSTILE,)
    )
    entries, head = make_chain(THREAD, ("case_noted", {"by": "bea"}, HOSTILE))
    letter = make_letter(body=HOSTILE, recipient=HOSTILE)
    case = make_pack_case(controller=HOSTILE, trace=(HOSTILE,))
    evidence = make_evidence(messages=(message,), entries=entries, heads=(head,), letters=(letter,), cases=(case,))
    files = files_of(evidence)
    read = [files[name].decode() for name in NAMES if name.endswith((".txt", ".html", ".json", ".jsonl"))]
    assert not any(re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text) for text in read)
    page = Page(files["index.html"].decode())
    assert "script" not in page.tags
    assert "&lt;script&gt;" in files["index.html"].decode()
    assert set(page.links) <= set(files)


def test_the_page_links_to_every_file_and_loads_nothing() -> None:
    files = files_of(make_evidence())
    text = files["index.html"].decode()
    assert set(Page(text).links) == set(files) - {"index.html"}
    assert "default-src 'none'" in text
    assert not {"script", "img", "link", "iframe"} & Page(text).tags


def test_a_letter_that_was_handed_over_claims_no_mail() -> None:
    files = files_of(make_evidence(letters=(make_letter(code="outside", attempts=0),)))
    told = files["letters/001.txt"].decode()
    assert "Channel: handed over by a person, outside the desk" in told
    assert "Message-ID" not in told
    page = files["index.html"].decode()
    assert "outside the desk" in page
    assert "acknowledgement.1.0123@larkfield.example" not in page


def test_a_message_and_a_letter_tell_what_became_of_them() -> None:
    files = files_of(make_evidence())
    assert b"From: Ana Example <ana@customer.example>\n" in files["thread/001.txt"]
    letter = files["letters/001.txt"].decode()
    for line in (
        "Delivery: taken by our mail server on Monday 23 November 2026, 09:00:05 GMT; nothing came back",
        "Promises something by: Wednesday 23 December 2026",
    ):
        assert line in letter
    internal = files_of(make_evidence(letters=(make_letter(internal=True, channel="chat"),)))
    assert b"Channel: chat, for the team alone" in internal["letters/001.txt"]


def test_the_clock_tells_dates_events_and_how_they_were_worked_out() -> None:
    clock = files_of(make_evidence())["clock.txt"].decode()
    assert "owed by law by the end of: Wednesday 23 December 2026\nAcknowledgement owed by law by: none\n" in clock
    assert "Wednesday 30 December 2026: extended (recorded against the rules), recorded Monday 23" in clock
    assert "1 December 2026: identity asked (its letter did not arrive: does not count), recorded Mon" in clock
    assert "one calendar month: 23 December 2026" in clock
    assert files_of(make_evidence(cases=()))["clock.txt"] == b"No case was opened.\n"


def test_decisions_tell_of_machine_and_people() -> None:
    told = files_of(make_evidence())["decisions.txt"].decode()
    for line in (
        "row 3: row 3 matched",
        "access: asks for a copy (rule) a copy",
        "Kinds: access",
        "Outcome: provided",
        "Delivery: how: post",
        "CRM: Export the contact (Sales) - done Wednesday 25 November 2026 by bea, two contacts",
        "Backups: Look (IT) - not done",
        'bea: case closed (outcome: provided) "sent by post"',
    ):
        assert line in told
    assert "letter_sent" not in told
    unread = files_of(make_evidence(messages=(make_message(reading=None),)))["decisions.txt"].decode()
    assert "Kinds: not read" in unread
    nothing = {"kinds": [], "flags": [], "reasons": []}
    assert b"Kinds: none" in files_of(make_evidence(messages=(make_message(reading=nothing),)))["decisions.txt"]


def test_what_retention_removed_is_told_and_not_missed() -> None:
    gone = make_message(raw=b"", text="", subject="", sender_name="", sender_address="", message_id="", removed_at=NOW)
    files = files_of(
        make_evidence(messages=(gone,), letters=(make_letter(body=""),), cases=(make_pack_case(trace=()),))
    )
    assert "thread/001.eml" not in files
    assert b"From: (removed by retention)" in files["thread/001.txt"]
    assert b"\n(removed by retention)\n" in files["letters/001.txt"]
    assert b"(removed by retention)" in files["clock.txt"]
    assert b"(removed by retention)" in files["index.html"]


def test_what_came_otherwise_than_by_mail_is_packed_as_it_came() -> None:
    files = files_of(
        make_evidence(messages=(make_message(channel="form", raw=b"{}", sender_address="", sender_name=""),))
    )
    assert files["thread/001.raw"] == b"{}"
    assert b"From: (not given)" in files["thread/001.txt"]


def test_a_zip_is_written_whole_and_overwrites_nothing(tmp_path: Path) -> None:
    target = tmp_path / "pack.zip"
    content = write_zip(target, files_of(make_evidence()))
    assert target.read_bytes() == content
    assert target.stat().st_mode & 0o077 == 0
    with pytest.raises(NotDone, match="is already there"):
        write_zip(target, {})
    with pytest.raises(NotDone, match="cannot be written"):
        write_zip(tmp_path / "nowhere" / "pack.zip", {})
