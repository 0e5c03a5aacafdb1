"""The IMAP adapter against servers that hang, drop, refuse and lie: one clear line, within the limit, nothing lost."""

import asyncio
import errno
import socket
import time
from datetime import UTC, datetime

import pytest

from tests.edges.trouble import (
    LIMIT_S,
    MARGIN_S,
    RAW,
    fetched,
    keys,
    scripted_server,
    source_for,
    source_of_server,
    use,
)
from tests.servers.scripted_imap import DROP, HANG, ScriptedImap, Step
from triage.adapters.imap import ImapSource
from triage.errors import MailboxRefused, MailboxUnreachable

__all__ = ["scripted_server", "source_of_server"]


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
