"""The relay edge, against a real aiosmtpd: what each failure means for the letter, and that no letter goes twice."""

import asyncio
import email
import email.policy
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme

from tests.servers.smtp import DROP, HANG, TAKE_AND_DROP, TAKE_AND_HANG, SmtpServer, Step
from triage.adapters.smtp import SmtpSender, SmtpSettings
from triage.domain.letter import LetterText
from triage.errors import DeliveryDeferred, DeliveryRefused, DeliveryUnclear, SettingsWrong
from triage.ports import Letter

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
DESK = "dataprotection@larkfield.example"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
async def relay(authority: trustme.CA) -> AsyncIterator[SmtpServer]:
    async with SmtpServer(authority=authority) as running:
        yield running


@pytest.fixture
async def sender(relay: SmtpServer, tmp_path: Path) -> AsyncIterator[SmtpSender]:
    made = make_sender(relay, tmp_path)
    yield made
    await made.close()


def make_sender(relay: SmtpServer, folder: Path, **changes: object) -> SmtpSender:
    settings: dict[str, object] = {
        "host": "127.0.0.1",
        "port": relay.port,
        "sender_address": DESK,
        "sender_name": "Data protection team",
        "tls": relay.tls,
        "ca_file": relay.write_ca(folder / "ca.pem"),
        "timeout_s": 5.0,
        "verdict_timeout_s": 5.0,
    }
    return SmtpSender(SmtpSettings(**(settings | changes)), clock=lambda: NOW)  # type: ignore[arg-type]


def make_letter(**changes: object) -> Letter:
    fields: dict[str, object] = {
        "id": 1,
        "reference": "DP-2026-00042-K7",
        "purpose": "acknowledgement",
        "recipient": "pat@customer.example",
        "message_id": "<dp-2026-00042-k7.acknowledgement.1.0123456789abcdef01234567@larkfield.example>",
        "in_reply_to": "<question@customer.example>",
        "references": (),
        "text": LetterText(subject="We have your message - reference DP-2026-00042-K7", body="Hello,\n.\n..x\nBye\n"),
        "attempts": 0,
    }
    return Letter(**(fields | changes))  # type: ignore[arg-type]


async def test_a_letter_reaches_the_relay_whole_over_tls(relay: SmtpServer, sender: SmtpSender) -> None:
    await sender.send(make_letter())
    (taken,) = relay.taken
    assert (taken.sender, taken.recipients, taken.tls) == (DESK, ("pat@customer.example",), True)
    mail = email.message_from_bytes(taken.content, policy=email.policy.default)
    assert mail["To"] == "pat@customer.example"
    assert mail.get_content().split("\r\n") == ["Hello,", ".", "..x", "Bye", ""]


async def test_we_greet_with_the_desks_domain_and_not_with_the_machines_name(
    relay: SmtpServer, sender: SmtpSender
) -> None:
    await sender.send(make_letter())
    assert set(relay.helo_names) == {"larkfield.example"}


async def test_letters_share_one_connection(relay: SmtpServer, sender: SmtpSender) -> None:
    await asyncio.gather(*(sender.send(make_letter(id=number)) for number in range(5)))
    assert (len(relay.taken), relay.connections) == (5, 1)


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA", "DOT"])
@pytest.mark.parametrize(
    ("reply", "meaning"),
    [
        ("421 4.3.2 closing", DeliveryDeferred),
        ("450 4.2.1 pat@customer.example is busy", DeliveryDeferred),
        ("550 5.1.1 pat@customer.example is unknown", DeliveryRefused),
        ("554 no", DeliveryRefused),
    ],
)
async def test_a_clear_no_of_the_relay_tells_whether_to_try_again(
    relay: SmtpServer, sender: SmtpSender, step: Step, reply: str, meaning: type[Exception]
) -> None:
    relay.will(step, reply)
    with pytest.raises(meaning, match=reply[:3]) as caught:
        await sender.send(make_letter())
    assert "pat" not in str(caught.value)
    assert relay.taken == []
    await sender.send(make_letter())
    assert len(relay.taken) == 1


@pytest.mark.parametrize("step", ["CONNECT", "EHLO", "STARTTLS"])
@pytest.mark.parametrize("act", ["421 busy", "554 go away", "nonsense", DROP])
async def test_a_relay_that_will_not_talk_to_us_defers_and_never_refuses_the_letter(
    relay: SmtpServer, sender: SmtpSender, step: Step, act: str
) -> None:
    relay.will(step, act)
    with pytest.raises(DeliveryDeferred):
        await sender.send(make_letter())
    assert relay.taken == []


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("act", [DROP, "nonsense", "299 what"])
async def test_a_line_lost_before_the_text_is_deferred(
    relay: SmtpServer, sender: SmtpSender, step: Step, act: str
) -> None:
    relay.will(step, act)
    with pytest.raises(DeliveryDeferred):
        await sender.send(make_letter())
    assert relay.taken == []


@pytest.mark.parametrize("step", ["CONNECT", "EHLO", "STARTTLS", "MAIL", "RCPT", "DATA"])
async def test_silence_before_the_text_is_deferred_within_the_time_limit(
    relay: SmtpServer, tmp_path: Path, step: Step
) -> None:
    relay.will(step, HANG)
    sender = make_sender(relay, tmp_path, timeout_s=0.3)
    async with asyncio.timeout(5):
        with pytest.raises(DeliveryDeferred, match="in time"):
            await sender.send(make_letter())
    await sender.close()


@pytest.mark.parametrize("act", [DROP, "nonsense", "354 go on"])
async def test_a_line_lost_while_the_text_flows_is_unclear(relay: SmtpServer, sender: SmtpSender, act: str) -> None:
    relay.will("TEXT", act)
    with pytest.raises(DeliveryUnclear):
        await sender.send(make_letter())


@pytest.mark.parametrize("act", [DROP, HANG, TAKE_AND_DROP, TAKE_AND_HANG, "nonsense", "354 what"])
async def test_no_clear_answer_after_the_final_dot_is_unclear_and_sent_once_at_most(
    relay: SmtpServer, tmp_path: Path, act: str
) -> None:
    sender = make_sender(relay, tmp_path, verdict_timeout_s=0.3)
    relay.will("DOT", act)
    with pytest.raises(DeliveryUnclear):
        await sender.send(make_letter())
    assert len(relay.taken) == (act in (TAKE_AND_DROP, TAKE_AND_HANG))
    await sender.close()


@pytest.mark.parametrize("lost", ["while idle", DROP, "421 4.4.2 idle for too long"])
async def test_a_kept_connection_gone_stale_costs_nothing_but_a_new_one(
    relay: SmtpServer, sender: SmtpSender, lost: str
) -> None:
    await sender.send(make_letter())
    if lost == "while idle":
        relay.drop_all()
    else:
        relay.will("MAIL", lost)
    await sender.send(make_letter(id=2))
    assert (len(relay.taken), relay.connections) == (2, 2)


async def test_a_fresh_connection_that_fails_too_is_deferred(relay: SmtpServer, sender: SmtpSender) -> None:
    await sender.send(make_letter())
    relay.will("MAIL", DROP, DROP)
    with pytest.raises(DeliveryDeferred, match="closed the connection"):
        await sender.send(make_letter(id=2))
    assert (len(relay.taken), relay.connections) == (1, 2)


async def test_a_connection_that_rested_too_long_is_not_trusted(relay: SmtpServer, tmp_path: Path) -> None:
    sender = make_sender(relay, tmp_path, keep_s=0.0)
    await sender.send(make_letter())
    await sender.send(make_letter(id=2))
    assert (len(relay.taken), relay.connections) == (2, 2)
    await sender.close()


@pytest.mark.parametrize("step", ["EHLO", "RCPT"])
async def test_a_cancelled_send_leaves_no_half_open_mail_behind(
    relay: SmtpServer, sender: SmtpSender, step: Step
) -> None:
    relay.will(step, HANG)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await sender.send(make_letter())
    await sender.send(make_letter(id=2))
    assert (len(relay.taken), relay.connections) == (1, 2)


async def test_nobody_listening_is_deferred(tmp_path: Path, authority: trustme.CA) -> None:
    async with SmtpServer(authority=authority) as gone:
        sender = make_sender(gone, tmp_path)
    with pytest.raises(DeliveryDeferred, match="cannot be reached"):
        await sender.send(make_letter())


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
async def test_an_untrusted_certificate_is_deferred_and_named(tmp_path: Path, tls: str) -> None:
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(other))
    async with SmtpServer(tls) as relay:  # type: ignore[arg-type]
        sender = make_sender(relay, tmp_path, ca_file=other)
        with pytest.raises(DeliveryDeferred, match="certificate is not trusted"):
            await sender.send(make_letter())
        assert relay.taken == []


async def test_a_certificate_for_another_name_is_not_trusted(tmp_path: Path) -> None:
    async with SmtpServer(certified_for="other.test") as relay:
        with pytest.raises(DeliveryDeferred, match="certificate is not trusted"):
            await make_sender(relay, tmp_path).send(make_letter())


async def test_a_relay_without_starttls_gets_nothing(tmp_path: Path) -> None:
    async with SmtpServer("none") as relay:
        with pytest.raises(DeliveryDeferred, match="STARTTLS"):
            await make_sender(relay, tmp_path, tls="starttls").send(make_letter())
        assert relay.taken == []


async def test_a_relay_that_talks_no_tls_at_all_is_named(tmp_path: Path) -> None:
    async with SmtpServer("none") as relay:
        with pytest.raises(DeliveryDeferred, match="no secure connection"):
            await make_sender(relay, tmp_path, tls="implicit").send(make_letter())


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
async def test_signing_in_works_over_both_kinds_of_tls(tmp_path: Path, tls: str) -> None:
    async with SmtpServer(tls, login=("desk", "right")) as relay:  # type: ignore[arg-type]
        sender = make_sender(relay, tmp_path, user="desk", password="right")
        await sender.send(make_letter())
        await sender.close()
        assert [taken.user for taken in relay.taken] == ["desk"]


async def test_a_wrong_password_defers_so_that_no_letter_is_lost(tmp_path: Path) -> None:
    async with SmtpServer(login=("desk", "right")) as relay:
        with pytest.raises(DeliveryDeferred, match="the relay refused user name or password") as caught:
            await make_sender(relay, tmp_path, user="desk", password="wrong").send(make_letter())
        assert "wrong" not in str(caught.value)
        with pytest.raises(DeliveryDeferred, match="530"):
            await make_sender(relay, tmp_path).send(make_letter())


async def test_a_password_for_a_relay_that_wants_none_is_deferred_and_named(relay: SmtpServer, tmp_path: Path) -> None:
    with pytest.raises(DeliveryDeferred, match="does not offer"):
        await make_sender(relay, tmp_path, user="desk", password="right").send(make_letter())


async def test_an_address_outside_ascii_needs_a_relay_that_takes_it(relay: SmtpServer, sender: SmtpSender) -> None:
    with pytest.raises(DeliveryRefused, match="outside ASCII"):
        await sender.send(make_letter(recipient="zoë@customer.example"))
    assert relay.taken == []


async def test_an_address_outside_ascii_goes_to_a_relay_that_takes_it(tmp_path: Path) -> None:
    async with SmtpServer(utf8=True) as relay:
        sender = make_sender(relay, tmp_path)
        await sender.send(make_letter(recipient="zoë@bücher.example"))
        await sender.close()
        assert [taken.recipients for taken in relay.taken] == [("zoë@xn--bcher-kva.example",)]


@pytest.mark.parametrize("recipient", ["a@b.example, c@d.example", "a@b.example\r\nRCPT TO:<c@d.example>", "", "<>"])
async def test_anything_but_one_address_is_refused_before_the_relay_is_asked(
    relay: SmtpServer, sender: SmtpSender, recipient: str
) -> None:
    with pytest.raises(DeliveryRefused, match="cannot be put on the wire"):
        await sender.send(make_letter(recipient=recipient))
    assert relay.connections == 0


@pytest.mark.parametrize("tls", ["starttls", "implicit", "none"])
async def test_the_doctors_probe_says_what_it_found(tmp_path: Path, tls: str) -> None:
    async with SmtpServer(tls) as relay:  # type: ignore[arg-type]
        found = await make_sender(relay, tmp_path).probe()
        secured = "without TLS" if tls == "none" else "TLSv1.3"
        assert found == f"127.0.0.1:{relay.port} answers, {secured}, no sign-in configured"


async def test_the_doctors_probe_signs_in(tmp_path: Path) -> None:
    async with SmtpServer(login=("desk", "right")) as relay:
        assert (await make_sender(relay, tmp_path, user="desk", password="right").probe()).endswith("signed in")
        with pytest.raises(DeliveryDeferred, match="user name or password"):
            await make_sender(relay, tmp_path, user="desk", password="wrong").probe()


async def test_closing_is_quiet_even_when_the_relay_has_gone(relay: SmtpServer, sender: SmtpSender) -> None:
    await sender.send(make_letter())
    relay.drop_all()
    await sender.close()
    await sender.close()
    await sender.send(make_letter(id=2))
    relay.will("QUIT", HANG)
    await sender.close()


@pytest.mark.parametrize("host", ["relay.example", "192.0.2.7"])
def test_letters_do_not_travel_bare(host: str) -> None:
    with pytest.raises(SettingsWrong, match="TRIAGE_SMTP_TLS"):
        SmtpSender(SmtpSettings(host=host, port=25, sender_address=DESK, tls="none"))


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_towards_this_machine_itself_they_may(host: str) -> None:
    SmtpSender(SmtpSettings(host=host, port=25, sender_address=DESK, tls="none"))


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_ca_file_that_cannot_be_read_is_a_fault_of_the_settings(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_text(content)
    with pytest.raises(SettingsWrong, match="CA file"):
        SmtpSender(SmtpSettings(host="relay.example", port=587, sender_address=DESK, ca_file=file))


def test_the_password_does_not_show_in_the_settings_text() -> None:
    settings = SmtpSettings(host="relay.example", port=587, sender_address=DESK, user="desk", password="hush")
    assert "hush" not in repr(settings)
