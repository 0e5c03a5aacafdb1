"""The IMAP adapter against a real Dovecot over TLS: what it finds, and what it leaves untouched."""

import asyncio
import socket
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.edges.conftest import NOW, Mailbox
from tests.servers.certificates import make_certificates
from tests.servers.dovecot import find_dovecot
from triage.adapters.imap import ImapSettings, ImapSource
from triage.adapters.imap_answers import quoted_folder
from triage.errors import MailboxRefused, MailboxUnreachable
from triage.ports import Mail, MailKey

IDLE_LIMIT_S = 2.0


@pytest.fixture
def source(mailbox: Mailbox) -> ImapSource:
    return mailbox.source()


async def fetched(source: ImapSource, keys: tuple[MailKey, ...]) -> list[Mail]:
    return [mail async for mail in source.fetch(keys)]


async def test_new_mails_are_found_above_the_last_uid(mailbox: Mailbox, source: ImapSource) -> None:
    mailbox.deliver("one")
    mailbox.deliver("two")
    first = await source.list_above(0)
    assert [key.uid for key in first.keys] == [1, 2]
    assert first.keys[0].text == f"imap:{source.account}:{first.validity}:1"

    mailbox.deliver("three")
    assert [key.uid for key in (await source.list_above(2)).keys] == [3]


async def test_nothing_new_is_an_empty_listing_although_the_server_names_the_newest(
    mailbox: Mailbox, source: ImapSource
) -> None:
    mailbox.deliver()
    assert (await source.list_above(1)).keys == ()
    assert (await source.list_above(500)).keys == ()


async def test_an_empty_folder_lists_nothing(source: ImapSource) -> None:
    assert (await source.list_above(0)).keys == ()


async def test_a_mail_comes_whole_with_its_size_and_time_of_receipt(mailbox: Mailbox, source: ImapSource) -> None:
    raw = b'Subject: =?utf-8?q?caf=C3=A9?=\r\n\r\n* 1 FETCH (UID 9)\r\nA1 OK done {5}\r\n"quoted" \xff\r\n)\r\n'
    at = datetime(2026, 7, 1, 23, 59, 58, tzinfo=UTC)
    mailbox.dovecot.deliver(mailbox.user, raw, received_at=at.timestamp())
    listing = await source.list_above(0)
    mails = await fetched(source, listing.keys)
    assert mails == [Mail(key=listing.keys[0], raw=raw, received_at=at, size_bytes=len(raw))]


async def test_reading_changes_no_flag(mailbox: Mailbox, source: ImapSource) -> None:
    mailbox.deliver()
    await fetched(source, (await source.list_above(0)).keys)
    await source.list_recent(30)
    with mailbox.dovecot.person(mailbox.user) as person:
        _, answer = person.fetch("1", "(FLAGS)")
    assert b"\\Seen" not in answer[0]
    assert b"\\Recent" in answer[0]


async def test_a_mail_that_a_person_has_read_is_found_all_the_same(mailbox: Mailbox, source: ImapSource) -> None:
    mailbox.deliver()
    with mailbox.dovecot.person(mailbox.user) as person:
        person.store("1", "+FLAGS", "\\Seen")
    assert len((await source.list_above(0)).keys) == 1


async def test_a_mail_deleted_between_listing_and_fetching_is_left_out(mailbox: Mailbox, source: ImapSource) -> None:
    for text in ("one", "two", "three"):
        mailbox.deliver(text)
    listing = await source.list_above(0)
    with mailbox.dovecot.person(mailbox.user) as person:
        person.store("2", "+FLAGS", "\\Deleted")
        person.expunge()
    assert [mail.key.uid for mail in await fetched(source, listing.keys)] == [1, 3]


async def test_a_mail_that_a_person_moves_away_is_left_out_and_keeps_its_key_while_it_lies_there(
    mailbox: Mailbox, source: ImapSource
) -> None:
    mailbox.deliver("stays")
    mailbox.deliver("goes")
    before = await source.list_above(0)
    with mailbox.dovecot.person(mailbox.user) as person:
        person.create("Done")
        person.uid("MOVE", "2", "Done")
    after = await source.list_above(0)
    assert after.keys == before.keys[:1]
    assert [mail.key.uid for mail in await fetched(source, before.keys)] == [1]


async def test_after_a_new_uidvalidity_old_keys_are_gone_and_new_ones_differ(
    mailbox: Mailbox, source: ImapSource
) -> None:
    mailbox.deliver()
    before = await source.list_above(0)
    validity = mailbox.dovecot.reset_uidvalidity(mailbox.user)
    await source.close()

    after = await source.list_above(0)
    assert after.validity == validity != before.validity
    assert after.keys[0].uid == before.keys[0].uid
    assert after.keys[0].text != before.keys[0].text
    assert await fetched(source, before.keys) == []
    assert len(await fetched(source, after.keys)) == 1


async def test_a_uidvalidity_that_changes_under_an_open_connection_is_noticed(
    mailbox: Mailbox, source: ImapSource
) -> None:
    mailbox.deliver()
    before = await source.list_above(0)
    validity = mailbox.dovecot.reset_uidvalidity(mailbox.user)
    try:
        after = await source.list_above(0)
    except MailboxUnreachable:  # Dovecot may cut the session off
        after = await source.list_above(0)
    assert after.validity == validity != before.validity


async def test_recent_mails_are_listed_by_day_of_receipt(mailbox: Mailbox, source: ImapSource) -> None:
    mailbox.deliver("old", received_at=datetime(2026, 9, 1, tzinfo=UTC).timestamp())
    mailbox.deliver("new", received_at=NOW.timestamp())
    assert [key.uid for key in (await source.list_recent(30)).keys] == [2]
    assert [key.uid for key in (await source.list_recent(365)).keys] == [1, 2]


async def test_an_oversized_mail_gives_its_head_and_its_true_size(mailbox: Mailbox, source: ImapSource) -> None:
    raw = b"Subject: big\r\n\r\n" + b"x" * 78 * 1024 * 400
    mailbox.dovecot.deliver(mailbox.user, raw)
    mailbox.deliver("small")
    assert len(raw) > 30 * 1024 * 1024
    mails = await fetched(source, (await source.list_above(0)).keys)
    assert {mail.key.uid: (len(mail.raw), mail.size_bytes > len(mail.raw)) for mail in mails} == {
        1: (1024 * 1024, True),
        2: (len(b"Subject: small\r\n\r\nsmall\r\n"), False),
    }
    assert next(mail.size_bytes for mail in mails if mail.key.uid == 1) == len(raw)


async def test_a_mail_of_20_mb_comes_whole(mailbox: Mailbox, source: ImapSource) -> None:
    raw = b"Subject: big\r\n\r\n" + b"0123456789abcde\r\n" * 1_200_000
    mailbox.dovecot.deliver(mailbox.user, raw)
    mails = await fetched(source, (await source.list_above(0)).keys)
    assert [mail.raw == raw for mail in mails] == [True]


async def test_120_mails_all_come(mailbox: Mailbox, source: ImapSource) -> None:
    for number in range(120):
        mailbox.deliver(f"mail {number}")
    mails = await fetched(source, (await source.list_above(0)).keys)
    assert [mail.key.uid for mail in mails] == list(range(1, 121))
    assert mails[119].raw == b"Subject: mail 119\r\n\r\nmail 119\r\n"


@pytest.mark.alone
async def test_a_mail_delivered_while_waiting_wakes_within_two_seconds(mailbox: Mailbox, source: ImapSource) -> None:
    await source.list_above(0)
    waiting = asyncio.create_task(source.wait(30))
    await asyncio.sleep(0.3)
    mailbox.deliver()
    delivered = time.monotonic()
    async with asyncio.timeout(IDLE_LIMIT_S):
        await waiting
    assert time.monotonic() - delivered < IDLE_LIMIT_S
    assert len((await source.list_above(0)).keys) == 1


async def test_a_mail_that_came_before_the_wait_wakes_it(mailbox: Mailbox, source: ImapSource) -> None:
    await source.list_above(0)
    mailbox.deliver()
    async with asyncio.timeout(IDLE_LIMIT_S):
        await source.wait(30)


async def test_news_told_during_another_command_wakes_the_next_wait(mailbox: Mailbox, source: ImapSource) -> None:
    mailbox.deliver("one")
    listing = await source.list_above(0)
    mailbox.deliver("two")
    await asyncio.sleep(0.7)
    await fetched(source, listing.keys)  # Dovecot speaks of the second mail here, and never again
    async with asyncio.timeout(IDLE_LIMIT_S):
        await source.wait(30)


@pytest.mark.alone
async def test_without_news_the_wait_ends_at_its_time_and_the_connection_stays_good(
    mailbox: Mailbox, source: ImapSource
) -> None:
    await source.list_above(0)
    for _ in range(2):
        started = time.monotonic()
        await source.wait(0.3)
        assert 0.25 < time.monotonic() - started < 2
    mailbox.deliver()
    assert len((await source.list_above(0)).keys) == 1


async def test_a_wait_ends_quietly_when_the_source_is_closed(source: ImapSource) -> None:
    await source.list_above(0)
    waiting = asyncio.create_task(source.wait(30))
    await asyncio.sleep(0.2)
    await source.close()
    async with asyncio.timeout(2):
        await waiting


@pytest.mark.parametrize("how", ["stop", "kill"])
async def test_a_server_that_goes_down_ends_the_wait_quietly_and_is_found_again(
    mailbox: Mailbox, source: ImapSource, how: str
) -> None:
    mailbox.deliver()
    before = await source.list_above(0)
    waiting = asyncio.create_task(source.wait(30))
    await asyncio.sleep(0.3)
    try:
        await asyncio.to_thread(getattr(mailbox.dovecot, how))
        async with asyncio.timeout(2):
            await waiting
        with pytest.raises(MailboxUnreachable, match=r"^the mailbox refused the connection$"):
            await source.list_above(0)
    finally:
        await asyncio.to_thread(mailbox.dovecot.start)
    assert await source.list_above(0) == before


async def test_a_wrong_password_is_refused_without_naming_it(mailbox: Mailbox) -> None:
    source = mailbox.source(password="wrong horse")
    with pytest.raises(MailboxRefused, match=r"^the mailbox refused user name or password$"):
        await source.list_above(0)


async def test_a_missing_folder_is_refused_and_names_the_setting(mailbox: Mailbox) -> None:
    source = mailbox.source(folder="Requests")
    with pytest.raises(MailboxRefused, match=r"no folder 'Requests'.*TRIAGE_IMAP_FOLDER"):
        await source.list_above(0)


@pytest.mark.parametrize("folder", ["Data protection", "R&D", "Löschung", '日本 "x"', "back\\slash"])
async def test_a_folder_with_an_odd_name_is_read(mailbox: Mailbox, folder: str) -> None:
    name = quoted_folder(folder)
    with mailbox.dovecot.person(mailbox.user) as person:
        assert person.create(name)[0] == "OK"
        person.append(name, None, None, b"Subject: x\r\n\r\nx\r\n")
    source = mailbox.source(folder=folder)
    assert len((await source.list_above(0)).keys) == 1


async def test_a_user_name_with_blanks_and_quotes_can_sign_in(mailbox: Mailbox) -> None:
    user = 'da "ta" pro'
    mailbox.dovecot.deliver(user, b"Subject: x\r\n\r\nx\r\n")
    source = mailbox.source(user=user)
    assert len((await source.list_above(0)).keys) >= 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"folder": "IN\r\nBOX"}, "TRIAGE_IMAP_FOLDER.*control character"),
        ({"folder": ""}, "TRIAGE_IMAP_FOLDER.*empty"),
        ({"user": "a\nb"}, "user name or password.*control character"),
        ({"password": "a\x00b"}, "user name or password.*control character"),
        ({"user": "jörg"}, "not ASCII"),
        ({"ca_file": "/nonexistent/ca.pem"}, "CA file"),
    ],
)
async def test_settings_that_cannot_be_sent_are_refused(
    mailbox: Mailbox, change: dict[str, object], reason: str
) -> None:
    source = mailbox.source(**change)
    with pytest.raises(MailboxRefused, match=reason):
        await source.list_above(0)


async def test_a_password_beyond_ascii_reaches_the_server(mailbox: Mailbox) -> None:
    with pytest.raises(MailboxRefused, match="refused user name or password"):
        await mailbox.source(password="pässwörd £").list_above(0)


async def test_a_closed_port_is_unreachable(mailbox: Mailbox) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(MailboxUnreachable, match="refused the connection"):
        await mailbox.source(port=port).list_above(0)


async def test_a_certificate_of_an_unknown_authority_is_not_trusted(mailbox: Mailbox, tmp_path: Path) -> None:
    stranger = make_certificates(tmp_path)
    with pytest.raises(MailboxUnreachable, match="certificate is not trusted"):
        await mailbox.source(ca_file=str(stranger.ca_file)).list_above(0)


async def test_without_a_ca_of_our_own_the_machines_authorities_decide(mailbox: Mailbox) -> None:
    with pytest.raises(MailboxUnreachable, match="certificate is not trusted"):
        await mailbox.source(ca_file=None).list_above(0)


async def test_a_certificate_for_another_name_is_not_trusted(mailbox: Mailbox) -> None:
    with pytest.raises(MailboxUnreachable, match="certificate is not trusted"):
        await mailbox.source(host="127.0.0.1").list_above(0)


async def test_plain_text_on_a_tls_port_and_tls_on_a_plain_text_port_fail_within_the_limit(mailbox: Mailbox) -> None:
    with pytest.raises(MailboxUnreachable):
        await mailbox.source(tls="none", timeout_s=0.5).list_above(0)
    with pytest.raises(MailboxUnreachable, match="TLS"):
        await mailbox.source(port=mailbox.dovecot.port, timeout_s=0.5).list_above(0)


async def test_plain_text_towards_this_machine_works(mailbox: Mailbox) -> None:
    mailbox.deliver()
    source = mailbox.source(tls="none", port=mailbox.dovecot.port)
    assert len((await source.list_above(0)).keys) == 1


@pytest.mark.parametrize("host", ["mail.larkfield.example", "192.0.2.7", "localhost.larkfield.example"])
def test_plain_text_towards_another_machine_is_refused(host: str) -> None:
    with pytest.raises(ValueError, match="this machine only"):
        ImapSettings(host=host, user="u", password="p", tls="none")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.8.8", "::1"])
def test_plain_text_towards_loopback_is_allowed(host: str) -> None:
    assert ImapSettings(host=host, user="u", password="p", tls="none").port == 993


def test_a_machine_without_dovecot_fails_and_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.servers.dovecot.shutil.which", lambda *_, **__: None)
    with pytest.raises(AssertionError, match="install the package dovecot-imapd"):
        find_dovecot()


def test_settings_print_no_secret() -> None:
    shown = repr(ImapSettings(host="mail.larkfield.example", user="ann", password="sesame"))
    assert "sesame" not in shown
    assert "ann" not in shown


def test_the_account_names_mailbox_and_folder_and_no_password() -> None:
    settings = ImapSettings(host="mail.larkfield.example", user="ann", password="sesame", folder="Requests")
    assert ImapSource(settings, clock=lambda: NOW).account == "ann@mail.larkfield.example/Requests"
    labelled = ImapSettings(host="mail.larkfield.example", user="ann", password="sesame", account="desk")
    assert ImapSource(labelled, clock=lambda: NOW).account == "desk/INBOX"
