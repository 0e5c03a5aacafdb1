"""The IMAP adapter and odd answers: sizes, orders, half mails, mails that vanish, waits that break."""

import asyncio
import logging
import time
from datetime import UTC, datetime

import pytest

from tests.edges.trouble import (
    LIMIT_S,
    MARGIN_S,
    NOW,
    RAW,
    fetched,
    fetched_before_failing,
    keys,
    scripted_server,
    source_for,
    source_of_server,
    use,
)
from tests.servers.scripted_imap import DROP, HANG, ScriptedImap, Step
from triage.adapters.imap import ImapSource
from triage.errors import MailboxUnreachable

__all__ = ["scripted_server", "source_of_server"]


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
