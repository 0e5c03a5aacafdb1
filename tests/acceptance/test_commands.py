"""Every command as its user meets it: a process, its exit code, and one clear line per fault."""

import json
import mailbox
import shutil
import stat
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.command_line import triage, triage_inside
from tests.acceptance.running import ROOT

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
    assert (ended.code, ended.out) == (1, f"checking {rules}\n")
    assert Path(file).name in ended.err
    assert names in ended.err
    assert "Traceback" not in ended.err


def test_rules_check_of_whole_rules_says_so(tmp_path: Path) -> None:
    ended = triage("rules", "check", cwd=tmp_path)
    assert (ended.code, ended.out, ended.err) == (0, f"checking {ROOT / 'rules'}\nall rules hold\n", "")


def test_rules_due_and_classify_go_by_the_rules_of_the_settings_file(tmp_path: Path) -> None:
    rules = tmp_path / "mine"
    shutil.copytree(ROOT / "rules", rules)
    policy = rules / "policy.toml"
    policy.write_text(put(policy.read_text(), "extra_bank_holidays = []", "extra_bank_holidays = [2026-12-30]"))
    kinds = rules / "kinds" / "deletion.toml"
    kinds.write_text(put(kinds.read_text(), 'kind = "deletion"', 'kind = "no such kind"'))
    (tmp_path / "triage.toml").write_text(f'rules_dir = "{rules}"\n')
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for where, words in ((tmp_path, []), (elsewhere, ["--config", tmp_path / "triage.toml"])):
        checked = triage("rules", "check", *words, cwd=where)
        assert (checked.code, checked.out) == (1, f"checking {rules}\n")
        assert "deletion.toml" in checked.err
        due = triage("due", "access", "2026-11-30", "--json", *words, cwd=where)
        assert json.loads(due.out)["statutory_due"] == "2026-12-31"
        classified = triage("classify", *words, cwd=where)
        assert (classified.code, "deletion.toml" in classified.err) == (2, True)


@pytest.mark.parametrize("words", [["rules", "check"], ["due", "access", "2026-11-30"], ["classify"]])
def test_a_broken_settings_file_is_not_passed_over(words: list[str], tmp_path: Path) -> None:
    (tmp_path / "triage.toml").write_text("rules_dir = = mine\n")
    ended = triage(*words, cwd=tmp_path)
    assert (ended.code, ended.out, len(ended.faults)) == (2, "", 1)
    assert ended.err.startswith("triage.toml: not valid TOML")


def test_a_rules_folder_that_is_not_there_ends_with_2(tmp_path: Path) -> None:
    ended = triage("rules", "check", cwd=tmp_path, settings={"TRIAGE_RULES_DIR": "nowhere"})
    assert (ended.code, ended.faults) == (2, ["TRIAGE_RULES_DIR: there is no such folder"])
