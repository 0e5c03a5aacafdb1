"""Every command as its user meets it: a process, its exit code, and one clear line per fault."""

import json
import mailbox
import shutil
import sqlite3
import stat
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.command_line import Ended, inside_beside, triage, triage_beside, triage_inside
from tests.acceptance.running import DESK_ADDRESS, ROOT, SECRET, free_port
from tests.servers.dovecot import Dovecot
from tests.servers.smtp import SmtpServer
from triage.demo.samples import sample_mails

DEMO_SECRET = "only-for-the-demo-and-nothing-else"
# As the contract names them, in its order.
INSPECT_KEYS = (
    "path, sha256, message_id, received_at, sender, subject, own_words, full_text, attachments, gate, classification, "
    "follow_up, forward_of, plan, defects, outcome"
)
ASKS = (
    b"From: Ana Example <ana@customer.example>\nTo: dataprotection@larkfield.example\nSubject: My file\n"
    b"Message-ID: <1@customer.example>\nDate: Mon, 16 Nov 2026 09:00:00 +0000\n\n"
    b"Please send me a copy of all the personal data you hold about me.\n"
)


def nested_mail(depth: int = 1000) -> bytes:
    """Parts in parts in parts."""
    head = (
        b"From: Ana <ana@customer.example>\nTo: dataprotection@larkfield.example\nSubject: nested\nMIME-Version: 1.0\n"
    )
    parts = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(depth))
    return head + parts + b"Content-Type: text/plain\n\nPlease delete my data.\n"


# The command line itself


@pytest.mark.parametrize("words", [[], ["nonsense"], ["case"], ["rules"], ["quarantine", "show", "9" * 30]])
def test_bad_usage_ends_with_2(words: list[str], tmp_path: Path) -> None:
    ended = triage(*words, cwd=tmp_path)
    assert (ended.code, ended.out) == (2, "")
    assert ended.faults[0].startswith("usage: triage")


def test_help_names_every_command(tmp_path: Path) -> None:
    ended = triage("--help", cwd=tmp_path)
    assert ended.code == 0
    for command in ("demo", "run", "init", "doctor", "inspect", "classify", "due", "rules", "case", "quarantine"):
        assert f"\n    {command} " in ended.out or f"\n    {command}\n" in ended.out


def test_paths_named_like_commands_are_paths(tmp_path: Path) -> None:
    names = ["case", "demo", "worker"]
    for name in names:
        (tmp_path / name).write_bytes(ASKS)
    assert [row["path"] for row in inspect(*names, cwd=tmp_path)] == names


# demo


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ended, Path]:
    """The demo, played once for this module, with its folder kept."""
    folder = tmp_path_factory.mktemp("demo") / "kept"
    ended = triage("demo", "--once", "--keep", folder, cwd=folder.parent)
    assert list(folder.parent.iterdir()) == [folder]
    return ended, folder


@pytest.fixture
def kept(played: tuple[Ended, Path], tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """A copy of the demo's database, and the settings that open it."""
    folder = tmp_path / "kept"
    shutil.copytree(played[1], folder)
    return folder, {
        "TRIAGE_DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'triage.db'}",
        "TRIAGE_SECRET_KEY": DEMO_SECRET,
    }


def sql(folder: Path, statement: str) -> list[tuple[Any, ...]]:
    """Run one statement behind the desk's back."""
    database = sqlite3.connect(folder / "triage.db")
    try:
        with database:
            return database.execute(statement).fetchall()
    finally:
        database.close()


def test_the_demo_shows_every_sample_captures_letters_and_leaves_a_whole_journal(played: tuple[Ended, Path]) -> None:
    ended, folder = played
    assert (ended.code, ended.err) == (0, "")
    assert f"{len(sample_mails()) + 3} mails came in" in ended.out
    assert "journal: every chain is whole" in ended.out
    letters = mailbox.Maildir(folder / "letters", create=False)
    assert len(letters) > 10
    assert f"letters captured: {len(letters)}; in quarantine: 0" in ended.out
    assert sql(folder, "SELECT count(*) FROM letter WHERE state = 'sent'") == [(len(letters),)]


def test_the_demo_shows_each_subject_in_its_table(played: tuple[Ended, Path]) -> None:
    ended, folder = played
    shown = "".join(ended.out.split("│")[2::9]).split()
    for (subject,) in sql(folder, "SELECT subject FROM enquiry"):
        for word in subject.split():
            assert word[:20] in "".join(shown)


def test_the_demo_does_not_write_into_a_folder_that_is_there(tmp_path: Path) -> None:
    ended = triage("demo", "--once", "--keep", tmp_path, cwd=tmp_path)
    assert ended.code == 2
    assert len(ended.faults) == 1
    assert str(tmp_path) in ended.err


# init


def test_init_writes_settings_that_load_and_that_only_the_owner_may_read(tmp_path: Path) -> None:
    ended = triage("init", "desk", cwd=tmp_path)
    assert (ended.code, ended.err) == (0, "")
    written = tmp_path / "desk" / "triage.toml"
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    values = tomllib.loads(written.read_text(encoding="utf-8"))
    assert values["rules_dir"] == str(tmp_path / "desk" / "rules")
    assert len(values["secret_key"]) >= 32
    assert triage("rules", "check", cwd=tmp_path, settings={"TRIAGE_RULES_DIR": values["rules_dir"]}).code == 0


def test_init_gives_every_desk_a_secret_of_its_own(tmp_path: Path) -> None:
    secrets = set()
    for name in ("one", "two"):
        triage("init", name, cwd=tmp_path)
        secrets.add(tomllib.loads((tmp_path / name / "triage.toml").read_text())["secret_key"])
    assert len(secrets) == 2


def test_init_overwrites_nothing(tmp_path: Path) -> None:
    triage("init", "desk", cwd=tmp_path)
    written = tmp_path / "desk" / "triage.toml"
    before = written.read_text()
    ended = triage("init", "desk", cwd=tmp_path)
    assert ended.code == 2
    assert [line.partition(":")[0] for line in ended.faults] == [str(written.parent / "rules"), str(written)]
    assert written.read_text() == before


def test_init_into_a_folder_with_a_quote_in_its_name_writes_settings_that_load(tmp_path: Path) -> None:
    (tmp_path / 'a "quoted" \\ name').mkdir()
    folder = tmp_path / 'a "quoted" \\ name'
    assert triage("init", folder, cwd=tmp_path).code == 0
    values = tomllib.loads((folder / "triage.toml").read_text(encoding="utf-8"))
    assert values["rules_dir"] == str(folder / "rules")


def test_init_where_a_file_is_in_the_way_says_so_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ended = triage("init", "file/desk", cwd=tmp_path)
    assert (ended.code, len(ended.faults)) == (2, 1)
    assert "file" in ended.err


# doctor

Doctor = Callable[..., "Any"]


@pytest.fixture
async def surroundings(tmp_path: Path, dovecot: Dovecot) -> "Any":
    """Settings of a desk with which everything is well."""
    async with SmtpServer() as relay:
        dovecot.maildir("doctor")
        (tmp_path / "triage.toml").touch()
        yield {
            "TRIAGE_DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path / 'triage.db'}",
            "TRIAGE_IMAP_HOST": "localhost",
            "TRIAGE_IMAP_PORT": str(dovecot.tls_port),
            "TRIAGE_IMAP_USER": "doctor",
            "TRIAGE_IMAP_PASSWORD": dovecot.password,
            "TRIAGE_IMAP_CA_FILE": str(dovecot.certificates.ca_file),
            "TRIAGE_SMTP_HOST": "127.0.0.1",
            "TRIAGE_SMTP_PORT": str(relay.port),
            "TRIAGE_SMTP_CA_FILE": str(relay.write_ca(tmp_path / "relay-ca.pem")),
            "TRIAGE_MAILBOX_ADDRESS": DESK_ADDRESS,
            "TRIAGE_CAPTURE_DIR": str(tmp_path / "captured"),
            "TRIAGE_SECRET_KEY": SECRET,
        }


async def consult(settings: dict[str, str], cwd: Path, **changes: str) -> tuple[int, dict[str, list[str]]]:
    """The doctor's exit code and findings, `verdict what` to texts. No secret and no address may be among them."""
    ended = await inside_beside("doctor", "--json", "--config", cwd / "triage.toml", settings=settings | changes)
    assert ended.err == ""
    for hidden in (SECRET, "correct-horse-battery", "hunter2", DESK_ADDRESS, "@"):
        assert hidden not in ended.out
    found: dict[str, list[str]] = {}
    for finding in json.loads(ended.out):
        found.setdefault(f"{finding['verdict']} {finding['what']}", []).append(finding["text"])
    return ended.code, found


async def test_the_doctor_finds_all_well_but_the_invented_company(surroundings: Any, tmp_path: Path) -> None:
    code, found = await consult(surroundings, tmp_path)
    assert code == 0
    assert {"ok rules", "ok database", "ok mailbox", "ok smtp", "ok letters", "warn policy"} == found.keys()
    assert "Larkfield Systems Ltd" in found["warn policy"][0]


async def test_the_doctor_leaves_no_trace(surroundings: Any, tmp_path: Path) -> None:
    before = below(tmp_path)
    await consult(surroundings, tmp_path)
    assert below(tmp_path) == before


def below(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*"))


@pytest.mark.parametrize(
    ("changes", "what", "words"),
    [
        ({"TRIAGE_IMAP_PASSWORD": "hunter2"}, "mailbox", "TRIAGE_IMAP_"),
        ({"TRIAGE_IMAP_FOLDER": "Nowhere"}, "mailbox", "folder"),
        ({"TRIAGE_IMAP_CA_FILE": "/etc/passwd"}, "mailbox", "CA file"),
        ({"TRIAGE_SMTP_PORT": str(free_port())}, "smtp", "TRIAGE_SMTP_"),
        ({"TRIAGE_CAPTURE_DIR": "/proc/captured"}, "letters", "TRIAGE_CAPTURE_DIR"),
        ({"TRIAGE_DATABASE_URL": "sqlite+aiosqlite:////nowhere/at/all.db"}, "database", "folder"),
    ],
    ids=["password", "folder", "ca", "relay", "capture", "database-folder"],
)
async def test_the_doctor_names_the_one_thing_that_is_wrong(
    changes: dict[str, str], what: str, words: str, surroundings: Any, tmp_path: Path
) -> None:
    code, found = await consult(surroundings, tmp_path, **changes)
    assert code == 1
    assert [name for name in found if name.startswith("wrong")] == [f"wrong {what}"]
    assert len(found[f"wrong {what}"]) == 1
    assert words in found[f"wrong {what}"][0]


async def test_the_doctor_as_a_process_ends_with_1_and_one_line_for_the_wrong_password(
    surroundings: Any, tmp_path: Path
) -> None:
    wrong = surroundings | {"TRIAGE_IMAP_PASSWORD": "hunter2"}
    ended = await triage_beside("doctor", cwd=tmp_path, settings=wrong)
    assert (ended.code, ended.err) == (1, "")
    assert len([line for line in ended.out.splitlines() if line.startswith("wrong  mailbox: ")]) == 1
    assert "hunter2" not in ended.out


async def test_the_doctor_finds_all_that_is_wrong_at_once(surroundings: Any, tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    shutil.copytree(ROOT / "rules", rules)
    (rules / "policy.toml").write_text("broken = = toml")
    changes = {"TRIAGE_RULES_DIR": str(rules), "TRIAGE_IMAP_PASSWORD": "hunter2", "TRIAGE_CAPTURE_DIR": "/proc/none"}
    code, found = await consult(surroundings, tmp_path, **changes)
    assert code == 1
    assert {"wrong rules", "wrong mailbox", "wrong letters"} <= found.keys()
    assert "policy.toml" in found["wrong rules"][0]


def test_the_doctor_ends_with_2_where_settings_are_lacking_and_still_looks_at_the_rest(tmp_path: Path) -> None:
    ended = triage("doctor", cwd=tmp_path)
    assert ended.code == 2
    assert "TRIAGE_MAILBOX_ADDRESS" in ended.out
    assert "ok     rules" in ended.out


def test_the_doctor_examines_what_init_wrote(tmp_path: Path) -> None:
    triage("init", "desk", cwd=tmp_path)
    ended = triage("doctor", "--config", "desk/triage.toml", cwd=tmp_path)
    assert ended.code == 2
    wrong = [line for line in ended.out.splitlines() if line.startswith("wrong")]
    assert wrong == ["wrong  settings: TRIAGE_IMAP_HOST or TRIAGE_MAILDIR: no mailbox to read is set"]


# inspect


def inspect(*words: str | Path, cwd: Path) -> list[dict[str, Any]]:
    ended = triage("inspect", "--json", *words, cwd=cwd)
    assert (ended.code, ended.err) == (0, "")
    return [json.loads(line) for line in ended.out.splitlines()]


def test_inspect_gives_each_mail_one_object_with_the_keys_of_the_contract(tmp_path: Path) -> None:
    folder = tmp_path / "mails"
    folder.mkdir()
    mails = {"a-asks": ASKS, "b-empty": b"", "c-photo": b"\xff\xd8\xff\xe0" * 200, "d-nested": nested_mail()}
    for name, raw in mails.items():
        (folder / f"{name}.eml").write_bytes(raw)
    rows = inspect(folder, cwd=tmp_path)
    assert [Path(row["path"]).stem for row in rows] == list(mails)
    for row in rows:
        assert ", ".join(row) == INSPECT_KEYS
        assert len(row["sha256"]) == 64
    asks, *others = rows
    assert (asks["outcome"], asks["gate"]["answer"], asks["plan"]["letter"]) == ("enquiry", "ack", "acknowledgement")
    assert asks["plan"]["cases"] == [{"kind": "access", "statutory_due": "2026-12-16"}]
    assert asks["received_at"] == "2026-11-16T09:00:00+00:00"
    assert asks["sender"] == {"name": "Ana Example", "address": "ana@customer.example"}
    for row in others:
        assert (row["outcome"], row["gate"]["answer"]) == ("quarantine", "hold")
        assert row["classification"] is None
        assert row["defects"] != []


def test_inspect_reads_an_mbox_a_maildir_and_an_eml_beside_each_other(tmp_path: Path) -> None:
    box = mailbox.mbox(tmp_path / "box")
    for _ in range(3):
        box.add(ASKS)
    box.close()
    maildir = mailbox.Maildir(tmp_path / "maildir")
    maildir.add(ASKS)
    maildir.close()
    (tmp_path / "one.eml").write_bytes(ASKS)
    rows = inspect("box", "maildir", "one.eml", cwd=tmp_path)
    paths = [row["path"] for row in rows]
    assert paths[:3] == ["box#1", "box#2", "box#3"]
    assert paths[3].startswith("maildir/new/")
    assert paths[4:] == ["one.eml"]
    assert {row["plan"]["letter"] for row in rows} == {"acknowledgement"}


def test_inspect_of_a_path_that_is_not_there_ends_with_2_and_still_reads_the_others(tmp_path: Path) -> None:
    (tmp_path / "one.eml").write_bytes(ASKS)
    ended = triage("inspect", "none.eml", "one.eml", cwd=tmp_path)
    assert (ended.code, ended.faults) == (2, ["none.eml: No such file or directory"])
    assert "1 messages" in ended.out
    assert "one.eml" in ended.out


def test_inspect_reads_for_the_address_it_is_told(tmp_path: Path) -> None:
    (tmp_path / "one.eml").write_bytes(ASKS.replace(b"dataprotection@larkfield", b"privacy@other"))
    for_us = ["--mailbox-address", "Privacy@Other.example"]
    (told,), (untold,) = inspect("one.eml", *for_us, cwd=tmp_path), inspect("one.eml", cwd=tmp_path)
    assert (told["gate"]["answer"], untold["gate"]["answer"]) == ("ack", "hold")


# classify and due (their answers are proven by unit tests; here: the process)


def test_classify_answers_line_by_line_and_names_a_broken_one(tmp_path: Path) -> None:
    lines = [
        {"id": "1", "channel": "email", "subject": "", "text": "Please delete all my personal data."},
        {"id": "2", "channel": "pigeon", "subject": "", "text": "x"},
        {"id": "3", "channel": "chat", "subject": "", "text": "When do you open?"},
    ]
    ended = triage("classify", cwd=tmp_path, stdin="\n".join(map(json.dumps, lines)).encode())
    answers = [json.loads(line) for line in ended.out.splitlines()]
    assert ended.code == 2
    assert [line.partition(":")[0] for line in ended.faults] == ["line 2"]
    assert [(answer["id"], answer["kinds"]) for answer in answers] == [("1", ["deletion"]), ("3", [])]


def test_due_tells_the_dates_with_their_trace(tmp_path: Path) -> None:
    ended = triage("due", "access", "2026-11-30", "--json", cwd=tmp_path)
    told = json.loads(ended.out)
    assert (ended.code, told["statutory_due"]) == (0, "2026-12-30")
    assert told["trace"] != []


# rules check


def put(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new, 1)


@pytest.mark.parametrize(
    ("file", "change", "names"),
    [
        ("policy.toml", lambda text: text + "\n= broken", "policy.toml"),
        ("policy.toml", lambda text: put(text, "own_domains", "own_domain"), "own_domain"),
        ("gate.toml", lambda text: text + "\n[[", "gate.toml"),
        ("kinds/access.toml", lambda text: put(text, "my file", "the weather"), "copy-of-my-data"),
        ("kinds/deletion.toml", lambda text: text + "\n[[rule]]\nname = 5\n", "deletion.toml"),
        ("letters/neutral.email.txt", lambda text: text + "\n{{ shoe_size }}", "shoe_size"),
        ("letters/neutral.email.txt", lambda text: text + "\n{% if %}", "neutral.email.txt"),
        ("letters/parts/closing.txt", lambda text: text + "\nWe will delete your data.", "closing.txt"),
    ],
    ids=["toml", "unknown-key", "gate", "own-example", "rule", "placeholder", "syntax", "never-say"],
)
def test_rules_check_names_file_and_fault(file: str, change: Callable[[str], str], names: str, tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    shutil.copytree(ROOT / "rules", rules)
    (rules / file).write_text(change((rules / file).read_text(encoding="utf-8")), encoding="utf-8")
    ended = triage_inside("rules", "check", settings={"TRIAGE_RULES_DIR": str(rules)})
    assert (ended.code, ended.out) == (1, "")
    assert Path(file).name in ended.err
    assert names in ended.err
    assert "Traceback" not in ended.err


def test_rules_check_of_whole_rules_says_so(tmp_path: Path) -> None:
    ended = triage("rules", "check", cwd=tmp_path)
    assert (ended.code, ended.out, ended.err) == (0, "all rules hold\n", "")


def test_a_rules_folder_that_is_not_there_ends_with_2(tmp_path: Path) -> None:
    ended = triage("rules", "check", cwd=tmp_path, settings={"TRIAGE_RULES_DIR": "nowhere"})
    assert (ended.code, ended.faults) == (2, ["TRIAGE_RULES_DIR: there is no such folder"])


# case, quarantine, journal

Kept = tuple[Path, dict[str, str]]


def test_case_list_and_show_tell_the_same_case(kept: Kept) -> None:
    folder, settings = kept
    listed = json.loads(triage_inside("case", "list", "--json", settings=settings).out)
    cases = {reference for (reference,) in sql(folder, "SELECT thread || '/' || number FROM case_file")}
    assert cases <= {row["reference"] for row in listed}
    first = next(row for row in listed if row["reference"] in cases)
    shown = json.loads(triage_inside("case", "show", first["reference"].lower(), "--json", settings=settings).out)
    assert [case["kind"] for case in shown["cases"]] == [first["kind"]]
    table = triage_inside("case", "list", settings=settings)
    assert (table.code, table.err) == (0, "")
    assert all(row["reference"] in table.out for row in listed)


@pytest.mark.parametrize("reference", ["DP-2026-99999-K7", "DP-2026-00001-H2/9", "nonsense", ""])
def test_an_unknown_reference_ends_with_1(reference: str, kept: Kept) -> None:
    _folder, settings = kept
    ended = triage_inside("case", "show", reference, "--json", settings=settings)
    assert (ended.code, ended.out, len(ended.faults)) == (1, "", 1)


def test_commands_refuse_a_database_that_is_older_or_not_there_and_change_nothing(kept: Kept, tmp_path: Path) -> None:
    folder, settings = kept
    sql(folder, "UPDATE alembic_version SET version_num = 'from-the-future'")
    ended = triage_inside("case", "list", settings=settings)
    assert (ended.code, len(ended.faults)) == (2, 1)
    assert "newer" in ended.err
    sql(folder, "DELETE FROM alembic_version")
    ended = triage_inside("case", "list", settings=settings)
    assert (ended.code, len(ended.faults)) == (2, 1)
    assert "older" in ended.err
    none = {"TRIAGE_DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/none.db"}
    ended = triage_inside("journal", "verify", settings=settings | none)
    assert (ended.code, len(ended.faults)) == (2, 1)
    assert not (tmp_path / "none.db").exists()


def test_a_store_without_its_key_is_not_opened(kept: Kept) -> None:
    _folder, settings = kept
    ended = triage_inside("case", "list", settings=settings | {"TRIAGE_SECRET_KEY": ""})
    assert (ended.code, ended.faults) == (2, ["TRIAGE_SECRET_KEY: needed to open the store"])


def test_what_lies_in_quarantine_is_listed_shown_byte_by_byte_and_tried_again(kept: Kept) -> None:
    folder, settings = kept
    (raw,) = sql(folder, "SELECT raw FROM item WHERE id = 1")[0]
    sql(folder, "UPDATE item SET state = 'quarantined', code = 'crashed', attempts = 3 WHERE id = 1")
    table = triage_inside("quarantine", "list", settings=settings)
    assert "1 in quarantine" in table.out
    assert "crashed" in table.out
    (row,) = json.loads(triage_inside("quarantine", "list", "--json", settings=settings).out)
    assert (row["id"], row["attempts"], row["code"], row["size_bytes"]) == (1, 3, "crashed", len(raw))
    assert triage("quarantine", "show", "1", cwd=folder, settings=settings).out.encode() == raw
    assert triage_inside("quarantine", "retry", "1", settings=settings).code == 0
    assert sql(folder, "SELECT state, attempts FROM item WHERE id = 1") == [("received", 0)]
    for action in ("show", "retry"):
        again = triage_inside("quarantine", action, "1", settings=settings)
        assert (again.code, again.faults) == (1, ["there is no quarantined item 1"])


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE journal SET facts = '{}' WHERE rowid = 20",
        "DELETE FROM journal WHERE rowid = 20",
        "UPDATE journal SET at = replace(at, '2026', '2025') WHERE rowid = 20",
    ],
    ids=["changed", "deleted", "redated"],
)
def test_the_journal_tells_what_was_tampered_with(tampering: str, kept: Kept) -> None:
    folder, settings = kept
    whole = triage_inside("journal", "verify", settings=settings)
    assert (whole.code, whole.out) == (0, "every chain is whole\n")
    ((chain,),) = sql(folder, "SELECT chain FROM journal WHERE rowid = 20")
    sql(folder, tampering)
    broken = triage_inside("journal", "verify", settings=settings)
    assert broken.code == 1
    assert broken.out.startswith(f"{chain} row ")
    faults = json.loads(triage_inside("journal", "verify", "--json", settings=settings).out)
    assert {fault["chain"] for fault in faults} == {chain}
