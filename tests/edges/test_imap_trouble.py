"""The IMAP adapter against servers that hang, drop, refuse and lie: one clear line, within the limit, nothing lost."""

import asyncio
import errno
import logging
import socket
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from tests.servers.scripted_imap import DROP, HANG, ScriptedImap, Step
from triage.adapters.imap import ImapSettings, ImapSource
from triage.errors import MailboxRefused, MailboxUnreachable
from triage.ports import Mail, MailKey

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
LIMIT_S = 0.5
MARGIN_S = 1.0  # for a busy machine; whatever hangs here hangs for 60 s
RAW = b"Subject: x\r\n\r\nHello\r\n"


@pytest.fixture
async def server() -> AsyncIterator[ScriptedImap]:
    async with ScriptedImap(mails=dict.fromkeys(range(1, 4), RAW)) as running:
        yield running


@pytest.fixture
async def source(server: ScriptedImap) -> AsyncIterator[ImapSource]:
    opened = source_for(server)
    yield opened
    await opened.close()


def source_for(server: ScriptedImap, **changes: object) -> ImapSource:
    options: dict[str, object] = {
        "host": "127.0.0.1",
        "port": server.port,
        "user": "ann",
        "password": "sesame",
        "tls": "none",
        "timeout_s": LIMIT_S,
        "account": "desk",
    }
    return ImapSource(ImapSettings(**{**options, **changes}), clock=lambda: NOW)  # type: ignore[arg-type]


def keys(*uids: int, validity: int = 1) -> list[MailKey]:
    return [MailKey(text=f"imap:desk/INBOX:{validity}:{uid}", uid=uid) for uid in uids]


async def fetched(source: ImapSource, wanted: list[MailKey]) -> list[Mail]:
    return [mail async for mail in source.fetch(wanted)]


async def fetched_before_failing(source: ImapSource, wanted: list[MailKey]) -> tuple[list[int], str]:
    uids: list[int] = []
    try:
        async for mail in source.fetch(wanted):
            uids.append(mail.key.uid)  # noqa: PERF401 - what came before the failure is the point
    except MailboxUnreachable as failure:
        return uids, str(failure)
    raise AssertionError("nothing failed")


async def use(source: ImapSource) -> None:
    """Every command there is, once."""
    listing = await source.list_above(0)
    await fetched(source, list(listing.keys))
    await source.wait(0.01)
    await source.list_above(0)


async def test_the_scripted_server_is_well_behaved_by_default(server: ScriptedImap, source: ImapSource) -> None:
    await use(source)
    mails = await fetched(source, keys(1, 2, 3))
    assert [mail.raw for mail in mails] == [RAW] * 3
    assert {mail.received_at for mail in mails} == {datetime(2026, 11, 20, 9, 30, tzinfo=UTC)}
    assert server.connections == 1


async def test_only_reading_commands_are_ever_sent(server: ScriptedImap, source: ImapSource) -> None:
    await use(source)
    await source.list_recent(30)
    await source.close()
    assert {line.split(" (")[0].removesuffix(" 1:*").removesuffix(" 1:3") for line in server.commands} == {
        'LOGIN "ann" "sesame"',
        "CAPABILITY",
        'EXAMINE "INBOX"',
        "UID SEARCH UID",
        "UID SEARCH SINCE 22-Oct-2026",
        "UID FETCH",
        "IDLE",
        "DONE",
        "LOGOUT",
    }
    assert all("PEEK" in line for line in server.commands if "BODY" in line)


COMMANDS: list[Step] = ["GREETING", "LOGIN", "CAPABILITY", "EXAMINE", "SEARCH", "MARKS", "BODIES"]


@pytest.mark.parametrize("step", COMMANDS)
async def test_a_hang_in_any_command_ends_within_the_limit_and_the_next_try_works(
    server: ScriptedImap, source: ImapSource, step: Step
) -> None:
    server.once[step] = HANG
    started = time.monotonic()
    with pytest.raises(MailboxUnreachable, match=r"did not answer .* within 0.5 s"):
        await use(source)
    assert time.monotonic() - started < LIMIT_S + MARGIN_S
    assert server.connections == 1
    assert len(await fetched(source, keys(1, 2, 3))) == 3
    assert server.connections == 2


@pytest.mark.parametrize("step", COMMANDS[:-1])
async def test_a_drop_at_any_command_is_noticed_at_once_and_the_next_try_works(
    server: ScriptedImap, source: ImapSource, step: Step
) -> None:
    server.once[step] = DROP
    started = time.monotonic()
    with pytest.raises(MailboxUnreachable, match=r"^the mailbox closed the connection$"):
        await use(source)
    assert time.monotonic() - started < LIMIT_S
    assert len(await fetched(source, keys(1, 2, 3))) == 3


@pytest.mark.parametrize("step", COMMANDS[:-1])
@pytest.mark.parametrize(
    "lie",
    [
        b"\xff\xfe\x00 garbage\r\n* 7 FETCH (\r\n%TAG% MAYBE\r\n%DROP%",
        b"X999 OK somebody else's answer\r\n",
        b"* 1 FETCH (UID 1 BODY[] {99999999999999999999}\r\nxyz%DROP%",
        b"* 1 FETCH (UID 1 BODY[] {" + b"9" * 5000 + b"}\r\nxyz\r\n%DROP%",
        b"* BYE closing\r\n",
        b"%TAG% BAD what?\r\n",
        b"* SEARCH 1 two 3\r\n* 1 EXISTS\r\n%TAG% NO [SERVERBUG] internal error\r\n",
        b"(" * 3000 + b"\r\n" * 3000 + b"%DROP%",
    ],
    ids=["garbage", "foreign tag", "endless literal", "absurd literal", "bye", "bad", "no", "many empty lines"],
)
async def test_a_lie_at_any_command_is_survived_within_the_limit(
    server: ScriptedImap, source: ImapSource, step: Step, lie: bytes
) -> None:
    server.once[step] = lie
    started = time.monotonic()
    with pytest.raises((MailboxUnreachable, MailboxRefused)) as failure:
        await use(source)
    assert time.monotonic() - started < LIMIT_S + MARGIN_S
    assert "sesame" not in str(failure.value)
    assert "\n" not in str(failure.value)
    assert len(await fetched(source, keys(1, 2, 3))) == 3


@pytest.mark.parametrize("step", COMMANDS)
async def test_ok_without_any_answer_is_survived(server: ScriptedImap, source: ImapSource, step: Step) -> None:
    server.once[step] = b"%TAG% OK\r\n" if step != "GREETING" else b"* OK\r\n"
    lost = {"EXAMINE": "gave no UIDVALIDITY", "MARKS": "does not hand over", "BODIES": "does not hand over"}.get(step)
    if lost is None:
        await use(source)
    else:
        with pytest.raises(MailboxUnreachable, match=lost):
            await use(source)
    assert len(await fetched(source, keys(1, 2, 3))) == 3


async def test_a_server_that_never_answers_the_tls_handshake_is_given_up_within_the_limit(
    server: ScriptedImap,
) -> None:
    server.script["GREETING"] = HANG
    source = source_for(server, tls="implicit")
    started = time.monotonic()
    with pytest.raises(MailboxUnreachable, match="did not answer a connection"):
        await source.list_above(0)
    assert time.monotonic() - started < LIMIT_S + MARGIN_S
    await asyncio.sleep(0.01)  # asyncio closes the socket one turn later


@pytest.mark.parametrize(
    ("fault", "line"),
    [
        (socket.gaierror(socket.EAI_NONAME, "unknown"), "host name (TRIAGE_IMAP_HOST) is not known"),
        (OSError(errno.ENETUNREACH, "unreachable"), "could not be reached over the network"),
    ],
)
async def test_a_network_fault_is_told_in_one_line(
    server: ScriptedImap, source: ImapSource, monkeypatch: pytest.MonkeyPatch, fault: OSError, line: str
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise fault

    monkeypatch.setattr(asyncio.get_running_loop(), "create_connection", fail)
    with pytest.raises(MailboxUnreachable) as failure:
        await source.list_above(0)
    assert line in str(failure.value)


async def test_a_greeting_without_sign_in_is_not_believed(server: ScriptedImap, source: ImapSource) -> None:
    server.script["GREETING"] = b"* PREAUTH come in\r\n"
    with pytest.raises(MailboxUnreachable, match="turned the connection away"):
        await source.list_above(0)
    assert server.commands == []


@pytest.mark.parametrize(
    ("answer", "error", "line"),
    [
        (b"%TAG% NO wrong\r\n", MailboxRefused, "the mailbox refused user name or password"),
        (b"%TAG% NO [AUTHENTICATIONFAILED] no\r\n", MailboxRefused, "the mailbox refused user name or password"),
        (b"* BYE too often\r\n%TAG% NO wrong\r\n", MailboxRefused, "the mailbox refused user name or password"),
        (b"%TAG% NO [PRIVACYREQUIRED] no\r\n", MailboxRefused, "the mailbox refused the sign-in (PRIVACYREQUIRED)"),
        (b"%TAG% NO [UNAVAILABLE] later\r\n", MailboxUnreachable, "the mailbox could not sign us in (UNAVAILABLE)"),
        (b"%TAG% BAD what\r\n", MailboxUnreachable, "the mailbox could not sign us in (BAD)"),
    ],
)
async def test_a_refused_sign_in_says_whose_turn_it_is(
    server: ScriptedImap, source: ImapSource, answer: bytes, error: type[Exception], line: str
) -> None:
    server.script["LOGIN"] = answer
    with pytest.raises(error) as failure:
        await source.list_above(0)
    assert str(failure.value) == line


async def test_a_folder_that_is_only_busy_is_no_reason_to_call_a_person(
    server: ScriptedImap, source: ImapSource
) -> None:
    server.script["EXAMINE"] = b"%TAG% NO [INUSE] busy\r\n"
    with pytest.raises(MailboxUnreachable, match="INUSE"):
        await source.list_above(0)


async def test_a_folder_replaced_while_open_is_opened_anew(server: ScriptedImap, source: ImapSource) -> None:
    before = await source.list_above(0)
    server.validity = 2
    after = await source.list_above(0)
    assert (before.validity, after.validity) == (1, 2)
    assert await fetched(source, list(before.keys)) == []
    assert len(await fetched(source, list(after.keys))) == 3


async def test_a_folder_replaced_between_size_and_body_gives_no_mail_of_the_new_folder(
    server: ScriptedImap, source: ImapSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    await source.list_above(0)
    duty = server._duty

    def replace_then_answer(step: Step, command: str) -> bytes:
        if step == "MARKS":
            server.validity = 2
            server.once["BODIES"] = DROP  # type: ignore[assignment]
        return duty(step, command)

    monkeypatch.setattr(server, "_duty", replace_then_answer)
    assert await fetched(source, keys(1, 2)) == []


async def test_at_most_50_marks_and_20_bodies_are_asked_for_at_once() -> None:
    async with ScriptedImap(mails=dict.fromkeys(range(1, 121), RAW)) as server:
        source = source_for(server)
        mails = await fetched(source, keys(*range(1, 121)))
        await source.close()
    assert [mail.key.uid for mail in mails] == list(range(1, 121))
    assert [line.split()[2] for line in server.commands if "SIZE" in line] == ["1:50", "51:100", "101:120"]
    assert server.fetches() == ["1:20", "21:40", "41:50", "51:70", "71:90", "91:100", "101:120"]


async def test_at_most_10_mb_of_bodies_are_asked_for_at_once() -> None:
    four_mb = b"x" * (4 * 1024 * 1024)
    async with ScriptedImap(mails=dict.fromkeys(range(1, 6), four_mb)) as server:
        source = source_for(server)
        mails = await fetched(source, keys(*range(1, 6)))
        await source.close()
    assert all(mail.raw == four_mb for mail in mails)
    assert server.fetches() == ["1:2", "3:4", "5"]


async def test_a_mail_larger_than_its_announced_size_is_whole_all_the_same(
    server: ScriptedImap, source: ImapSource
) -> None:
    server.sizes = {1: 3}
    assert [(mail.raw, mail.size_bytes) for mail in await fetched(source, keys(1))] == [(RAW, len(RAW))]


async def test_a_small_mail_announced_as_oversized_is_not_called_a_head(
    server: ScriptedImap, source: ImapSource
) -> None:
    server.sizes = {1: 40_000_000}
    assert [(mail.raw, mail.size_bytes) for mail in await fetched(source, keys(1))] == [(RAW, len(RAW))]
    assert "BODY.PEEK[]<0.1048576>" in server.commands[-1]


async def test_a_server_that_sends_far_more_than_it_announced_is_cut_off(server: ScriptedImap) -> None:
    server.mails[1] = b"x" * 40_000_000
    server.sizes = {1: 100}
    source = source_for(server, timeout_s=5.0)
    assert await fetched_before_failing(source, keys(1, 2)) == (
        [2],
        "the mailbox lists 1 mail(s) that it does not hand over",
    )
    await source.close()


async def test_unsolicited_lines_and_another_order_of_items_do_not_confuse(
    server: ScriptedImap, source: ImapSource
) -> None:
    server.once["MARKS"] = (
        b"* 2 FETCH (FLAGS (\\Seen))\r\n* 9 EXISTS\r\n* OK [ALERT] quota\r\n"
        b'* 1 FETCH (INTERNALDATE " 1-Jul-2026 00:30:00 +0100" UID 1 FLAGS () RFC822.SIZE 20)\r\n'
        b"* 3 EXPUNGE\r\n%TAG% OK done\r\n"
    )
    server.once["BODIES"] = (
        b"* 2 FETCH (FLAGS (\\Seen) UID 2)\r\n"
        b"* 1 FETCH (BODY[] {%d}\r\n%s UID 1 FLAGS (\\Recent))\r\n%%TAG%% OK done\r\n" % (len(RAW), RAW)
    )
    mails = await fetched(source, keys(1))
    assert [(mail.raw, mail.received_at) for mail in mails] == [(RAW, datetime(2026, 6, 30, 23, 30, tzinfo=UTC))]


async def test_a_broken_date_gives_the_time_of_the_clock() -> None:
    async with ScriptedImap(mails={1: RAW}, internal_date="99-Foo-2026 99:99:99 +9999") as server:
        source = source_for(server)
        mails = await fetched(source, keys(1))
        await source.close()
    assert [mail.received_at for mail in mails] == [NOW]


async def test_an_empty_mail_is_a_mail(server: ScriptedImap, source: ImapSource) -> None:
    server.mails = {1: b"", 2: RAW}
    assert [mail.raw for mail in await fetched(source, keys(1, 2))] == [b"", RAW]
    server.once["BODIES"] = b'* 1 FETCH (UID 1 BODY[] "")\r\n%TAG% OK done\r\n'
    assert [mail.raw for mail in await fetched(source, keys(1))] == [b""]


async def test_a_mail_that_vanished_is_left_out(server: ScriptedImap, source: ImapSource) -> None:
    assert [mail.key.uid for mail in await fetched(source, keys(2, 3, 77))] == [2, 3]


async def test_a_mail_that_is_listed_but_not_handed_over_is_no_vanished_mail(
    server: ScriptedImap, source: ImapSource
) -> None:
    server.once["BODIES"] = b"* 1 FETCH (UID 1 BODY[] {%d}\r\n%s)\r\n* 2 FETCH (UID 2 BODY[] NIL)\r\n%%TAG%% OK\r\n" % (
        len(RAW),
        RAW,
    )
    uids, line = await fetched_before_failing(source, keys(1, 2))
    assert uids == [1]
    assert line == "the mailbox lists 1 mail(s) that it does not hand over"


@pytest.mark.parametrize("answer", [b"%TAG% NO [CORRUPTION] unreadable\r\n", DROP, b"* BYE internal error\r\n"])
async def test_one_mail_that_the_server_cannot_read_does_not_hide_the_others(
    server: ScriptedImap, source: ImapSource, answer: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    duty = server._duty

    def stumble_over_2(step: Step, command: str) -> bytes:
        if step == "BODIES" and 2 in server._among(command.split()[2]):
            server.once[step] = answer  # type: ignore[assignment]
        return duty(step, command)

    monkeypatch.setattr(server, "_duty", stumble_over_2)
    assert await fetched_before_failing(source, keys(1, 2, 3)) == (
        [1, 3],
        "the mailbox lists 1 mail(s) that it does not hand over",
    )


async def test_a_server_that_hands_over_nothing_is_given_up_soon() -> None:
    async with ScriptedImap(mails=dict.fromkeys(range(1, 21), RAW)) as server:
        server.script["BODIES"] = DROP
        source = source_for(server)
        assert await fetched_before_failing(source, keys(*range(1, 21))) == ([], "the mailbox closed the connection")
        await source.close()
    assert server.connections <= 6


@pytest.mark.parametrize("cut", [b"* 1 FETCH (UID 1 BO", b"* 1 FETCH (UID 1 BODY[] {400}\r\nSubject: x\r\n\r\nHe"])
async def test_a_drop_in_the_middle_of_a_mail_yields_no_half_mail(
    server: ScriptedImap, source: ImapSource, cut: bytes
) -> None:
    server.once["BODIES"] = cut + b"%DROP%"
    started = time.monotonic()
    assert [mail.raw for mail in await fetched(source, keys(1, 2, 3))] == [RAW] * 3
    assert time.monotonic() - started < LIMIT_S
    server.script["BODIES"] = cut + b"%DROP%"
    assert await fetched_before_failing(source, keys(1)) == (
        [],
        "the mailbox lists 1 mail(s) that it does not hand over",
    )


@pytest.mark.parametrize("announced", [len(RAW) - 4, 5])
async def test_a_mail_longer_than_its_literal_is_not_taken_cut(
    server: ScriptedImap, source: ImapSource, announced: int
) -> None:
    server.script["BODIES"] = b"* 1 FETCH (UID 1 BODY[] {%d}\r\n%s)\r\n%%TAG%% OK done\r\n" % (announced, RAW)
    assert (await fetched_before_failing(source, keys(1)))[0] == []


async def test_3000_answer_lines_in_one_chunk_are_read(server: ScriptedImap, source: ImapSource) -> None:
    flags = b"".join(b"* %d FETCH (UID %d FLAGS (\\Seen))\r\n" % (number, number) for number in range(1, 3001))
    server.once["MARKS"] = flags + b"* 1 FETCH (UID 1 RFC822.SIZE 20)\r\n%TAG% OK done\r\n"
    assert [mail.raw for mail in await fetched(source, keys(1))] == [RAW]


async def test_the_limit_of_time_grows_with_the_size_of_what_is_fetched(server: ScriptedImap) -> None:
    server.mails = {1: b"x" * 1_000_000}
    body = b"* 1 FETCH (UID 1 BODY[] {1000000}\r\n" + server.mails[1]
    server.once["BODIES"] = body
    source = source_for(server, timeout_s=0.2)

    async def finish_late() -> None:
        await asyncio.sleep(1.0)
        tag = 4  # GREETING has none; LOGIN 0, CAPABILITY 1, EXAMINE 2, MARKS 3, BODIES 4
        assert source._connection is not None
        server.tell(b")\r\n" + f"{source._connection._protocol.tagpre}{tag} OK done\r\n".encode())

    late = asyncio.create_task(finish_late())
    assert [len(mail.raw) for mail in await fetched(source, keys(1))] == [1_000_000]
    await late
    await source.close()


async def test_a_cancelled_command_leaves_no_half_answer_for_the_next(server: ScriptedImap, source: ImapSource) -> None:
    await source.list_above(0)
    server.once["SEARCH"] = HANG
    listing = asyncio.create_task(source.list_above(0))
    await asyncio.sleep(0.1)
    listing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await listing
    assert len((await source.list_above(0)).keys) == 3
    assert server.connections == 2


async def test_two_callers_share_the_connection_one_command_at_a_time(server: ScriptedImap, source: ImapSource) -> None:
    await asyncio.gather(*(source.list_above(0) for _ in range(5)), fetched(source, keys(1, 2, 3)))
    assert server.connections == 1


async def test_a_wait_is_woken_by_word_of_new_mail(server: ScriptedImap, source: ImapSource) -> None:
    await source.list_above(0)
    waiting = asyncio.create_task(source.wait(30))
    await asyncio.sleep(0.1)
    server.tell(b"* OK still here\r\n")
    await asyncio.sleep(0.1)
    assert not waiting.done()
    server.tell(b"* 4 EXISTS\r\n")
    async with asyncio.timeout(1):
        await waiting
    assert server.commands[-1] == "DONE"
    await source.list_above(0)
    assert server.connections == 1


async def test_without_idle_the_wait_sleeps(server: ScriptedImap, source: ImapSource) -> None:
    server.capabilities = "IMAP4rev1"
    await source.list_above(0)
    started = time.monotonic()
    await source.wait(0.2)
    assert time.monotonic() - started >= 0.19
    assert "IDLE" not in server.commands


async def test_without_a_connection_the_wait_sleeps_and_opens_none(server: ScriptedImap, source: ImapSource) -> None:
    started = time.monotonic()
    await source.wait(0.2)
    assert time.monotonic() - started >= 0.19
    assert server.connections == 0


@pytest.mark.parametrize("step", ["IDLE", "DONE"])
@pytest.mark.parametrize("act", [HANG, DROP, b"%TAG% NO not now\r\n", b"* BYE tired\r\n", b"\xff(((\r\n{9999}\r\n"])
async def test_trouble_in_idle_ends_the_wait_quietly_and_costs_the_connection(
    server: ScriptedImap, source: ImapSource, step: Step, act: bytes
) -> None:
    await source.list_above(0)
    server.once[step] = act  # type: ignore[assignment]
    started = time.monotonic()
    await source.wait(0.1)
    assert time.monotonic() - started < LIMIT_S + MARGIN_S
    assert len((await source.list_above(0)).keys) == 3
    assert server.connections == 2


async def test_a_line_that_breaks_during_idle_wakes_at_once(server: ScriptedImap, source: ImapSource) -> None:
    await source.list_above(0)
    server.once["IDLE"] = b"+ idling\r\n%DROP%"
    async with asyncio.timeout(1):
        await source.wait(30)


async def test_repeated_trouble_in_idle_turns_waiting_into_sleeping(server: ScriptedImap, source: ImapSource) -> None:
    server.script["IDLE"] = b"%TAG% NO never\r\n"
    slept = []
    for _ in range(6):
        await source.list_above(0)
        started = time.monotonic()
        await source.wait(0.1)
        slept.append(time.monotonic() - started > 0.09)
    assert slept == [False, False, False, True, False, True]


async def test_a_long_wait_renews_idle_before_the_server_forgets(
    server: ScriptedImap, source: ImapSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("triage.adapters.imap.IDLE_SLICE_S", 0.1)
    await source.list_above(0)
    await source.wait(0.35)
    assert server.commands.count("IDLE") == server.commands.count("DONE") >= 3
    assert server.connections == 1


async def test_close_says_goodbye_and_may_be_called_twice(server: ScriptedImap, source: ImapSource) -> None:
    await source.list_above(0)
    await source.close()
    await source.close()
    assert server.commands[-1] == "LOGOUT"


async def test_close_is_quiet_when_the_server_is_not(server: ScriptedImap, source: ImapSource) -> None:
    server.script["LOGOUT"] = HANG
    await source.list_above(0)
    started = time.monotonic()
    await source.close()
    assert time.monotonic() - started < LIMIT_S + MARGIN_S


async def test_nothing_that_was_said_reaches_a_log(
    server: ScriptedImap, source: ImapSource, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.once["LOGIN"] = b"* 5 ODD Subject: secret\r\nX9 OK other\r\n"
    with pytest.raises(MailboxUnreachable):
        await use(source)
    await use(source)
    said = [record for record in caplog.records if record.name.startswith("aioimaplib")]
    assert said == []
    assert "sesame" not in caplog.text
    assert "Hello" not in caplog.text
