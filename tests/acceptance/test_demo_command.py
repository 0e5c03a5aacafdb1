"""`triage demo` as its user meets it."""

import asyncio
import json
import mailbox
import os
import re
import signal
import socket
import sys
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from tests.acceptance.command_line import Ended, environment, run_python, triage
from tests.acceptance.kept_demo import sql
from tests.acceptance.running import free_port
from triage.demo.chats import sample_chats
from triage.demo.samples import sample_mails
from triage.service.signing_in import form_key

LIMIT_S = 240.0
AT_ONCE_S = 10.0
BURSTS = sum(turn.expected is not None for chat in sample_chats() for turn in chat.turns)
# The demo with one chat and one mail of which something else is expected than what becomes of them.
DISAPPOINTED = """
from dataclasses import replace
from triage.__main__ import main
from triage.demo import show
chat, mails = show.sample_chats()[0], show.sample_mails()
turn = replace(chat.turns[0], expected=replace(chat.turns[0].expected, replies=0))
show.sample_chats = lambda: (replace(chat, turns=(turn,)),)
show.sample_mails = lambda: mails[:1]
show.expected_of = lambda name: {"letter": "none"} if name == mails[0][0] else {}
raise SystemExit(main(["demo", "--once"]))
"""
# The demo kept open, with nothing but the form's post and the letter.
OPEN = """
from triage.__main__ import main
from triage.demo import show
show.sample_chats = lambda: ()
show.sample_mails = lambda: []
raise SystemExit(main(["demo", "--port", "{port}"]))
"""


def test_the_demo_shows_every_sample_as_expected_and_leaves_a_whole_journal(played: tuple[Ended, Path]) -> None:
    ended, folder = played
    assert (ended.code, ended.err) == (0, "")
    mails = len(sample_mails()) + 3
    told = f"{mails + BURSTS + 2} messages came in: {mails} by email, {BURSTS} by chat, 1 by form, 1 by post"
    assert told in ended.out
    assert "journal: every chain is whole\neverything ended as expected\n" in ended.out
    letters = mailbox.Maildir(folder / "letters", create=False)
    assert len(letters) > 10
    assert f"letters captured: {len(letters)}; in quarantine: 0" in ended.out
    sent = len(letters) + len(_mails(folder / "sped-up" / "letters"))
    assert sql(folder, "SELECT count(*) FROM letter WHERE state = 'sent' AND channel = 'email'") == [(sent,)]


def test_the_demo_posts_into_its_own_chat_what_the_samples_expect_and_nothing_else(played: tuple[Ended, Path]) -> None:
    ended, folder = played
    expected = [turn.expected for chat in sample_chats() for turn in chat.turns if turn.expected is not None]
    replies, notes = sum(one.replies for one in expected), sum(one.notes for one in expected)
    assert replies > 3
    counted = "SELECT internal, count(*) FROM letter WHERE channel = 'chat' AND state = 'sent' GROUP BY internal"
    assert dict(sql(folder, counted)) == {0: replies, 1: notes}
    assert f"in {len(sample_chats())} chats: {replies} replies, {notes} notes for the team" in ended.out
    assert not (folder / "letters" / "chat").exists()
    assert sql(folder, "SELECT count(*) FROM item WHERE state <> 'done'") == [(0,)]


def test_the_demo_shows_each_subject_in_its_table(played: tuple[Ended, Path]) -> None:
    ended, folder = played
    shown = "".join(ended.out.split())
    subjects = sql(folder, "SELECT subject FROM enquiry WHERE subject <> '' AND channel = 'email'")
    assert len(subjects) > 30
    for (subject,) in subjects:
        for word in subject.split():
            assert word[:20] in shown


def test_the_demo_takes_one_complaint_to_its_escalation_and_tells_day_by_day(
    played: tuple[Ended, Path], tmp_path: Path
) -> None:
    ended, folder = played
    _, told = ended.out.split("A complaint that nobody answers, with time sped up")
    days = re.findall(r"^ +(\d+)  \w{3} \d+ \w{3} +(.+?)  ", told, re.MULTILINE)
    assert days[0] == ("1", "received by mail, read as a complaint")
    # On the sixteenth where the day they were told is a working day: tests/service/test_demo_sped_up.py counts it out.
    (silent_on,) = [number for number, what in days if what == "UNRESOLVED (silence), top of the queue"]
    assert silent_on in {"15", "16"}
    assert days[-1] == ("30", "UNRESOLVED (no outcome), top of the queue")
    assert told.count("staff told by mail: deputy and dpo") == 2
    laid, _, approved = told.partition("escalation letter approved by the demo in the DPO's name, and sent")
    assert "escalation letter laid ready, waits for approval" in laid
    assert approved

    old = folder / "sped-up"
    assert f"\n  2 letters to the person in {old / 'letters'}\n" in told
    texts = [" ".join(letter.get_payload(decode=True).decode().split()) for letter in _mails(old / "letters")]
    assert sum("https://ico.org.uk/make-a-complaint/ or 0303 123 1113" in text for text in texts) >= 1
    assert sum("You can also ask a court to decide." in text for text in texts) == 1
    assert not any("Thornby" in str(mail) for mail in _mails(old / "staff-mails"))
    listed = triage("case", "list", "--json", "--config", folder / "triage.toml", cwd=tmp_path)
    oldest = min(json.loads(listed.out), key=lambda case: str(case["received_on"]))
    assert (oldest["kind"], oldest["lane"]) == ("complaint", "urgent")


def _mails(maildir: Path) -> list[mailbox.MaildirMessage]:
    return list(mailbox.Maildir(maildir, create=False))


def test_the_demo_shows_one_chat_from_both_sides(played: tuple[Ended, Path]) -> None:
    ended, _folder = played
    _, visitors, teams = re.split(r"WHAT THE (?:VISITOR|TEAM) SEES", ended.out)
    (reference,) = set(re.findall(r"Your reference: (DP-[\w-]+)", " ".join(visitors.split())))
    assert "only the team sees" not in visitors
    assert teams.count(f"reference {reference} (only the team sees") == 3
    assert "\nVisitor    can I speak to a person please\n" in visitors
    assert "\nVisitor    can I speak to a person please\n" in teams


def test_on_a_narrow_terminal_no_line_is_longer_than_it_and_an_unmet_expectation_ends_with_1(tmp_path: Path) -> None:
    terminal = {"FORCE_COLOR": "1", "COLUMNS": "80"}
    ended = run_python("-c", DISAPPOINTED, cwd=tmp_path, environ={**environment(), **terminal})
    out = re.sub(r"\x1b\[[0-9;]*m", "", ended.out)
    assert ended.code == 1
    assert len(re.findall("^NOT AS EXPECTED: ", out, re.MULTILINE)) == 2
    assert "01-access-polite: acknowledgement sent, and it must get no letter" in " ".join(out.split())
    assert "everything ended as expected" not in out
    assert re.search(r"^chat   DP-\S+    hello / .+\n       deletion \| new \| ", out, re.MULTILINE)
    assert max(map(len, out.splitlines())) <= 80


def test_the_demo_does_not_write_into_a_folder_that_is_there(tmp_path: Path) -> None:
    ended = triage("demo", "--once", "--keep", tmp_path, cwd=tmp_path)
    assert ended.code == 2
    assert len(ended.faults) == 1
    assert str(tmp_path) in ended.err


def test_a_kept_demo_can_be_looked_at_with_the_other_commands(played: tuple[Ended, Path], tmp_path: Path) -> None:
    ended, folder = played
    config = folder / "triage.toml"
    assert ended.out.splitlines()[-1] == f"look further: triage case list --config {config}"
    listed = triage("case", "list", "--json", "--config", config, cwd=tmp_path)
    assert (listed.code, listed.err) == (0, "")
    assert {case["channel"] for case in json.loads(listed.out)} >= {"email", "chat", "form", "post"}
    whole = triage("journal", "verify", "--config", config, cwd=tmp_path)
    assert (whole.code, whole.out) == (0, "every chain is whole\n")


def test_a_kept_demo_tells_what_the_visitor_saw_from_what_only_the_team_saw(
    played: tuple[Ended, Path], tmp_path: Path
) -> None:
    _, folder = played
    words = ("--config", str(folder / "triage.toml"))
    listed = triage("letter", "list", *words, cwd=tmp_path).out
    assert re.search(r"│ team_note +│ DP-\S+ +│ chat \d+/\d+, team only ", listed)
    assert re.search(r"│ acknowledgement +│ DP-\S+ +│ chat \d+/\d+ ", listed)
    ((note, thread),) = sql(folder, "SELECT id, reference FROM letter WHERE internal ORDER BY id LIMIT 1")
    assert triage("letter", "show", str(note), *words, cwd=tmp_path).out.startswith("To: chat ")
    page = triage("case", "show", thread, *words, cwd=tmp_path).out
    assert re.search(r"\n-- message \d+ by chat, enquiry, received ", page)
    assert f"\n-- note {note}, team_note, sent, in chat " in page


def test_a_kept_demo_shows_nobodys_word_on_who_he_is_as_a_mails_sender(
    played: tuple[Ended, Path], tmp_path: Path
) -> None:
    _, folder = played
    words = ("--config", str(folder / "triage.toml"))
    listed = triage("case", "list", *words, cwd=tmp_path).out
    for row in (
        r"chat +│ a visitor, unidentified ",
        r"chat +│ \S+@\S+ \(unverified\) ",
        r"form +│ \w+ \w+ \(typed in the form,",
        r"post +│ \w+ \w+ \(noted by a",
    ):
        assert re.search(f"│ {row}", listed)
    assert re.search(r"\nin \d+ chats of the last 7 days something was typed that asked for nothing", listed)
    ((thread, contact),) = sql(
        folder, "SELECT reference, contact_id FROM chat_room WHERE reference LIKE 'DP-%' ORDER BY thread_id LIMIT 1"
    )
    page = triage("case", "show", thread, *words, cwd=tmp_path).out
    assert f"/record/0-1/{contact}\n" in page
    assert "unverified)" in page


@asynccontextmanager
async def kept_open(folder: Path) -> AsyncIterator[Process]:
    """The demo kept open, as a process of its own."""
    code, pipe = OPEN.replace("{port}", str(free_port())), asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", code), cwd=folder, env=environment(), stdout=pipe, stderr=pipe
    )
    try:
        async with asyncio.timeout(LIMIT_S):
            yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_the_demo_stays_open_with_its_console_and_the_form_and_tells_of_what_is_sent_there(
    tmp_path: Path,
) -> None:
    async with kept_open(tmp_path) as process, aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        assert process.stdout is not None
        console = await _line_with(process.stdout, "The console is open: ")
        name, password = (await _line_with(process.stdout, "Sign in as: ")).split("   password: ")
        form = await _line_with(process.stdout, "The enquiry form is open: ")
        async with http.get(console) as answer:
            assert "/sign-in" in str(answer.url)
        said = {"name": name, "password": password, "form_key": form_key("")}
        async with http.post(f"{console}sign-in", data=said) as answer:
            queue = await answer.text()
        assert (answer.status, str(answer.url)) == (200, console)
        assert "Agnes Thornby" in queue  # the complaint whose time was sped up, on top
        async with http.get(f"{console}?lane=all") as answer:
            assert re.search(r"DP-\d{4}-\d{5}-", await answer.text())
        fields = {"message": "Please delete my account.", "phone": "01632 960 777", "form_id": "0a" * 16}
        async with http.post(form, data=fields) as answer:
            assert answer.status == 200
            (reference,) = set(re.findall(r"DP-\d{4}-5\d{5}-\w\d", await answer.text()))
        told = await _line_with(process.stdout, f"form  {reference}  ")
        assert told.startswith("deletion | ")
        async with http.get(f"{console}cases/{reference}") as answer:
            assert "Please delete my account." in await answer.text()
        begun = time.monotonic()
        process.send_signal(signal.SIGINT)  # while the browser holds its connection
        rest, err = await process.communicate()
        assert (process.returncode, err) == (0, b"")
        assert time.monotonic() - begun < AT_ONCE_S
        assert password not in rest.decode()


async def test_ctrl_c_ends_the_demo_while_it_works_through_the_samples(tmp_path: Path) -> None:
    # A shell that starts tests in the background has them pass Ctrl-C over.
    begin = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    pipe, words = asyncio.subprocess.PIPE, f"['demo', '--once', '--keep', {str(tmp_path / 'kept')!r}]"
    code = f"{begin}from triage.__main__ import main; raise SystemExit(main({words}))"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", code), cwd=tmp_path, env=environment(), stdout=pipe, stderr=pipe, start_new_session=True
    )
    try:
        async with asyncio.timeout(LIMIT_S):
            while not any((tmp_path / "kept").glob("letters/new/*")):  # noqa: ASYNC110 - only its folder tells
                await asyncio.sleep(0.05)
            os.killpg(process.pid, signal.SIGINT)  # as a terminal does
            out, err = await process.communicate()
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
            await process.communicate()
    assert (process.returncode, out, err) == (130, b"", b"")


def test_the_demo_names_a_port_that_is_taken_before_it_does_anything(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        ended = triage("demo", "--port", port, "--keep", tmp_path / "kept", cwd=tmp_path)
    assert (ended.code, ended.out) == (2, "")
    assert ended.faults == [
        f"port {port}: the console cannot listen there (Address already in use); name another with --port N"
    ]
    assert not (tmp_path / "kept").exists()
    assert triage("demo", "--port", "0", cwd=tmp_path).code == 2


async def _line_with(stream: asyncio.StreamReader, words: str) -> str:
    """What stands behind `words`, once a line has them."""
    while line := (await stream.readline()).decode():
        if words in line:
            return line.partition(words)[2].strip()
    raise AssertionError(f"no line says {words!r}")
