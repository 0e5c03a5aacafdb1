"""The worker and the hook as an operator meets them: start, refuse, recover, end."""

import asyncio
import shutil
import signal
import socket
import sys
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.acceptance.command_line import LIMIT_S, environment, run_python
from tests.acceptance.running import DESK_ADDRESS, ROOT, RunningWorker, free_port
from tests.acceptance.watching import MaildirDesk, asks, get, query, until

WORKER, HOOK = ROOT / "mailbox_worker.py", ROOT / "chat_webhook.py"


def rows(desk: RunningWorker, statement: str) -> list[tuple[Any, ...]]:
    """What its database says."""
    return query(desk.database, statement)


# Refusing to start


def test_every_wrong_setting_is_named_at_once(tmp_path: Path) -> None:
    wrong = {
        "TRIAGE_DATABASE_URL": "nonsense",
        "TRIAGE_IMAP_HOST": "imap.example",
        "TRIAGE_IMAP_PORT": "many",
        "TRIAGE_IMAP_TLS": "none",
        "TRIAGE_IMAP_CA_FILE": "/nowhere/ca.pem",
        "TRIAGE_MAILDIR": "inbox",
        "TRIAGE_RULES_DIR": "/nowhere",
        "TRIAGE_SEND": "live",
        "TRIAGE_SECRET_KEY": "short",
        "TRIAGE_SMTP_PASSWORD_FILE": "/nowhere/password",
        "TRIAGE_ADMIN_LISTEN": "everywhere",
    }
    ended = run_python(WORKER, cwd=tmp_path, settings=wrong)
    assert (ended.code, ended.out) == (2, "")
    named = set(wrong) - {"TRIAGE_IMAP_HOST", "TRIAGE_SEND"} | {"TRIAGE_SMTP_HOST", "TRIAGE_MAILBOX_ADDRESS"}
    assert [name for name in named if name not in ended.err] == []
    assert "Traceback" not in ended.err
    assert all(line.startswith("TRIAGE_") for line in ended.faults)
    assert "short" not in ended.err


def test_an_unknown_key_and_broken_toml_are_named(tmp_path: Path) -> None:
    (tmp_path / "triage.toml").write_text('imap_hots = "localhost"\n')
    ended = run_python(WORKER, cwd=tmp_path)
    assert ended.code == 2
    assert any("imap_hots" in line for line in ended.faults)
    assert any("TRIAGE_SECRET_KEY" in line for line in ended.faults)
    (tmp_path / "triage.toml").write_text("imap_host = = 1")
    ended = run_python(WORKER, cwd=tmp_path)
    assert ended.code == 2
    assert ended.faults[0].startswith("triage.toml: not valid TOML")


def test_broken_rules_of_every_sort_name_themselves_at_once(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    shutil.copytree(ROOT / "rules", rules)
    letter = rules / "letters" / "neutral.email.txt"
    letter.write_text(letter.read_text() + "\n{{ shoe_size }}\n")
    (rules / "policy.toml").write_text("broken = = toml")
    (rules / "gate.toml").write_text("broken = = toml")
    (rules / "kinds" / "deletion.toml").write_text("broken = = toml")
    settings = MaildirDesk(tmp_path).settings() | {"TRIAGE_RULES_DIR": str(rules)}
    ended = run_python(WORKER, cwd=tmp_path, settings=settings | {"TRIAGE_POLL_SECONDS": "often"})
    assert ended.code == 2
    assert "Traceback" not in ended.err
    for named in ("TRIAGE_POLL_SECONDS", "policy.toml", "neutral.email.txt", "shoe_size", "gate.toml", "deletion.toml"):
        assert named in ended.err
    assert not (tmp_path / "triage.db").exists()


@pytest.mark.parametrize("url", ["postgresql+asyncpg://host:nonsense/x", "sqlite+aiosqlite:///"])
def test_a_database_url_of_the_right_kind_that_is_none_is_one_line(url: str, tmp_path: Path) -> None:
    settings = MaildirDesk(tmp_path).settings() | {"TRIAGE_DATABASE_URL": url}
    ended = run_python(WORKER, cwd=tmp_path, settings=settings)
    assert (ended.code, len(ended.faults)) == (2, 1)
    assert ended.err.startswith("TRIAGE_DATABASE_URL")


def test_an_admin_address_that_is_taken_is_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings = MaildirDesk(tmp_path).settings() | {"TRIAGE_ADMIN_LISTEN": f"127.0.0.1:{taken.getsockname()[1]}"}
        settings["TRIAGE_HOOK_LISTEN"] = f"127.0.0.1:{free_port()}"
        for script in (WORKER, HOOK):
            ended = run_python(script, cwd=tmp_path, settings=settings)
            assert (ended.code, len(ended.faults)) == (2, 1)
            assert ended.err.startswith("TRIAGE_ADMIN_LISTEN")


def test_a_public_address_that_is_taken_is_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings = {
            "TRIAGE_HOOK_LISTEN": f"127.0.0.1:{taken.getsockname()[1]}",
            "TRIAGE_ADMIN_LISTEN": f"127.0.0.1:{free_port()}",
        }
        ended = run_python(HOOK, cwd=tmp_path, settings=settings)
    assert (ended.code, len(ended.faults)) == (2, 1)
    assert ended.err.startswith("TRIAGE_HOOK_LISTEN")


def test_every_wrong_setting_of_the_hook_is_named_at_once(tmp_path: Path) -> None:
    wrong = {
        "TRIAGE_HUBSPOT_CLIENT_SECRET": "whoever-reads-this",
        "TRIAGE_HUBSPOT_SIGNATURE_VERSIONS": "v1",
        "TRIAGE_FORM_KEY": "short",
        "TRIAGE_TRUSTED_PROXIES": "nowhere",
    }
    ended = run_python(HOOK, cwd=tmp_path, settings=wrong)
    assert (ended.code, len(ended.faults)) == (2, 6)
    names = [*list(wrong)[1:], "TRIAGE_HUBSPOT_PUBLIC_URL", "TRIAGE_HUBSPOT_APP_ID", "TRIAGE_HUBSPOT_PORTAL_ID"]
    assert [name for name in names if name not in ended.err] == []
    assert "whoever-reads-this" not in ended.err


async def test_a_second_worker_on_the_same_sqlite_file_is_refused(desk: RunningWorker) -> None:
    await desk.start()
    await desk.ready()
    second = desk.environment() | {"TRIAGE_ADMIN_LISTEN": f"127.0.0.1:{free_port()}"}
    ended = await asyncio.to_thread(run_python, WORKER, cwd=desk.folder, environ=second)
    assert (ended.code, ended.faults) == (2, ["another worker is already at work on this database"])
    assert await desk.stop() == 0


# The hook


async def test_the_hook_serves_its_health_and_ends_on_sigterm(tmp_path: Path) -> None:
    port = free_port()
    hook = await asyncio.create_subprocess_exec(
        sys.executable,
        HOOK,
        cwd=tmp_path,
        env=environment({"TRIAGE_ADMIN_LISTEN": f"127.0.0.1:{port}", "TRIAGE_HOOK_LISTEN": f"127.0.0.1:{free_port()}"}),
        stderr=asyncio.subprocess.PIPE,
    )
    assert hook.stderr is not None
    await asyncio.wait_for(hook.stderr.readline(), LIMIT_S)
    assert await get(port, "/healthz") == (200, '{"process": "hook", "alive": true}')
    assert (await get(port, "/readyz"))[0] == 200
    hook.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(hook.wait(), 10) == 0


def test_the_hook_imports_no_reader_and_no_mail_client(tmp_path: Path) -> None:
    script = (
        "import asyncio, sys, triage.__main__ as m\n"
        "asyncio.run = lambda story: story.close()\n"
        "code = m.main(['hook'])\n"
        "print(code, *(n for n in ('triage.bootstrap.hook', 'spacy', 'aioimaplib', 'aiosmtplib') if n in sys.modules))"
    )
    ended = run_python("-c", script, cwd=tmp_path)
    assert ended.out.split() == ["0", "triage.bootstrap.hook"], ended.err


# Health, end, death


async def test_a_worker_that_has_had_a_good_look_tells_its_figures(desk: RunningWorker) -> None:
    await desk.start()
    await desk.ready()
    _, text = await get(desk.admin_port, "/metrics")
    families = text_string_to_metric_families(text)
    figures = {sample.name: sample.value for family in families for sample in family.samples}
    assert figures["triage_ready"] == 1
    assert figures["triage_items_waiting"] == 0
    assert 0 <= figures["triage_last_good_poll_age_seconds"] < 60
    assert await desk.stop() == 0


async def test_triage_run_works_through_a_mail_and_ends_on_ctrl_c(tmp_path: Path) -> None:
    hook_port = free_port()
    settings = {"TRIAGE_HOOK_LISTEN": f"127.0.0.1:{hook_port}"}
    desk = MaildirDesk(tmp_path, words=("-m", "triage", "run"), extra=settings)
    await desk.start()
    assert '"process": "run"' in (await get(desk.port, "/healthz"))[1]
    assert (await get(hook_port, "/enquire"))[0] == 200
    desk.deliver("1.a", asks())
    await until(desk.letters)
    assert await desk.stop(signal.SIGINT) == 0


async def test_sigterm_in_the_middle_of_work_ends_in_seconds_and_leaves_nothing_claimed(desk: RunningWorker) -> None:
    await desk.start()
    await desk.ready()
    for number in range(60):
        desk.dovecot.deliver(desk.user, asks(f"p{number}"))
    await until(lambda: len(desk.relay.taken) >= 3)
    started = asyncio.get_running_loop().time()
    assert await desk.stop(limit_s=20) == 0
    assert asyncio.get_running_loop().time() - started < 8
    assert rows(desk, "SELECT count(*) FROM item WHERE state = 'claimed'") == [(0,)]
    assert rows(desk, "SELECT count(*) FROM letter WHERE state IN ('sending', 'unclear')") == [(0,)]
    assert rows(desk, "SELECT count(*) FROM letter WHERE state = 'sent'") == [(len(desk.relay.taken),)]
    assert DESK_ADDRESS not in desk.logged()


def children_of(pid: int) -> set[int]:
    """Every process below `pid`."""
    found: set[int] = set()
    for entry in Path("/proc").iterdir():
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1]) if entry.name.isdigit() else None
        except (OSError, IndexError):
            continue
        if parent == pid:
            found |= {int(entry.name)} | children_of(int(entry.name))
    return found


def alive(pids: set[int]) -> set[int]:
    """Those that run; a zombie does not."""
    found = set()
    for pid in pids:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if state != "Z":
            found.add(pid)
    return found


async def test_sigkill_leaves_no_child_behind_and_the_admin_port_free(desk: RunningWorker) -> None:
    await desk.start()
    await desk.ready()
    desk.dovecot.deliver(desk.user, asks())
    await until(lambda: desk.relay.taken)
    assert desk.process is not None
    children = await asyncio.to_thread(children_of, desk.process.pid)
    assert len(children) >= 2
    await desk.kill()
    with socket.socket() as again:
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as every server does
        again.bind(("127.0.0.1", desk.admin_port))
        again.listen()
    await until(lambda: not alive(children), limit_s=5)
    await desk.start()
    await desk.ready()
    assert await desk.stop() == 0


# Recovering


async def test_the_worker_outlives_a_mailbox_that_goes_and_comes_back(desk: RunningWorker) -> None:
    await desk.start()
    await desk.ready()
    desk.dovecot.stop()
    try:
        await until(lambda: "poll_failed" in desk.logged())
        assert (await get(desk.admin_port, "/healthz"))[0] == 200
    finally:
        desk.dovecot.start()
    desk.dovecot.deliver(desk.user, asks())
    await until(lambda: desk.relay.taken)
    assert await desk.stop() == 0
    assert desk.dovecot.password not in desk.logged()


async def test_letters_wait_for_a_relay_that_is_away_and_go_when_it_is_back(desk: RunningWorker) -> None:
    desk.relay.will("MAIL", *["451 4.3.0 come back later"] * 2)
    await desk.start()
    await desk.ready()
    desk.dovecot.deliver(desk.user, asks())
    await until(lambda: "letter_deferred" in desk.logged())
    assert rows(desk, "SELECT state, attempts FROM letter") == [("queued", 1)]
    desk.relay.acts["MAIL"].clear()
    # Its wait is half a minute and more; a person who knows that the relay is back would not wait either.
    rows(desk, "UPDATE letter SET retry_at = NULL")
    await until(lambda: desk.relay.taken)
    await until(lambda: rows(desk, "SELECT state FROM letter") == [("sent",)])
    assert await desk.stop() == 0


@pytest.mark.timeout(120)
async def test_a_missing_folder_is_an_alarm_after_three_refusals_and_cleared_when_it_appears(
    desk: RunningWorker,
) -> None:
    desk.extra["TRIAGE_IMAP_FOLDER"] = "Later"
    await desk.start()
    await until(lambda: desk.logged().count("poll_failed") >= 2)
    assert (await get(desk.admin_port, "/healthz"))[0] == 200
    status, said = await get(desk.admin_port, "/readyz")
    assert (status, "no good look at the inbox lately" in said) == (503, True)
    assert rows(desk, "SELECT count(*) FROM alarm") == [(0,)]
    await until(lambda: desk.logged().count("poll_failed") >= 3)
    standing = "SELECT code FROM alarm WHERE cleared_at IS NULL"
    await until(lambda: rows(desk, standing) == [("mailbox_refused",)], limit_s=5)
    desk.dovecot.maildir(desk.user, "Later")
    await desk.ready()
    await until(lambda: rows(desk, standing) == [], limit_s=5)
    assert await desk.stop() == 0
