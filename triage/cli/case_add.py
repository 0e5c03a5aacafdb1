"""`triage case add`: a request or complaint that came by post, phone, word of mouth or a social network, typed in.

It is handed in as an item like any other; the worker reads, dates and files it, and for a moment its reference is
waited for. Nothing is answered by itself.
"""

import argparse
import getpass
import re
import secrets
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeVar

from triage.cli.output import print_json, with_store
from triage.cli.settings_file import add_config
from triage.domain.clock import local_date
from triage.domain.contact_points import mail_addresses
from triage.domain.policy import Policy
from triage.domain.reference import find_references
from triage.domain.told import Entry
from triage.domain.vocabulary import Channel, Kind
from triage.errors import SettingsWrong
from triage.parsing.limits import LIMITS
from triage.ports import NewItem
from triage.service.entries import check_day, hand_in, item_of

CHANNELS = (Channel.POST, Channel.PHONE, Channel.IN_PERSON, Channel.SOCIAL)
_WAYS = {
    Channel.POST: "post",
    Channel.PHONE: "phone",
    Channel.IN_PERSON: "word of mouth",
    Channel.SOCIAL: "a social network",
}
_LINE_CHARS = 300
_KEY = re.compile(r"[A-Za-z0-9._:-]{1,100}")
_PHONE = re.compile(r"[+(]{0,2}\d[\d ()./-]{3,28}\d(?: ?(?:x|ext\.?) ?\d{1,6})?")

# An idle worker looks every five seconds; reading takes it less than one.
WAIT_S = 8.0

Value = TypeVar("Value")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments. They are read in `run`, so that all faults can be named at once."""
    add_config(parser)
    parser.add_argument("--channel", metavar="CHANNEL", help=", ".join(CHANNELS))
    parser.add_argument("--received-on", metavar="DATE", help="the day it reached the company, like 2026-11-23")
    parser.add_argument("--name", default="", help="who asks, as they gave it")
    parser.add_argument("--email", default="", help="a way to answer; nothing is mailed there by itself")
    parser.add_argument("--phone", default="", help="a way to answer")
    parser.add_argument("--address", default="", help="a way to answer: the postal address")
    parser.add_argument("--subject", default="", help="a heading of your own for lists")
    parser.add_argument(
        "--kind",
        metavar="KIND",
        action="append",
        default=[],
        help=f"what is asked: {', '.join(Kind)}; may be repeated; without it the text alone tells",
    )
    parser.add_argument(
        "--reference", default="", help="an earlier case it is perhaps about; nothing is merged by itself"
    )
    parser.add_argument("--text", help="what was written or said; else --file, else standard input")
    parser.add_argument("--file", type=Path, help="a text file (UTF-8) with it")
    parser.add_argument("--key", help="a name of your own for it: handed in twice under one key, it is kept once")
    parser.add_argument(
        "--no-wait", action="store_true", help=f"do not wait for its reference ({WAIT_S:.0f} seconds at most)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace, now: datetime | None = None) -> int:
    """Hand it in. Returns 0, or 2 with each fault on a line of its own on stderr. `now` stands in for the clock."""
    now = now or datetime.now(UTC)
    try:
        told = _read(arguments, _policy(arguments.config), now)
    except (SettingsWrong, ValueError) as exc:
        print(exc, file=sys.stderr)
        return 2
    item, wait_s = told.item, 0.0 if arguments.no_wait else WAIT_S
    is_new, reference = with_store(arguments.config, lambda store: hand_in(store, item, wait_s))
    if arguments.json:
        print_json(_as_json(told, item, reference, is_new=is_new))
    else:
        print(_as_text(told, item, reference, is_new=is_new))
    return 0


@dataclass(frozen=True, kw_only=True, slots=True)
class _Told:
    """What was typed, read."""

    channel: Channel
    entry: Entry
    item: NewItem


def _policy(config: Path | None) -> Policy:
    from triage.config import rules_dir
    from triage.parsing.rules import load_policy

    return load_policy(rules_dir(config))


def _read(arguments: argparse.Namespace, policy: Policy, now: datetime) -> _Told:
    """What was typed. Raises ValueError with one line for each thing that is wrong."""
    today = local_date(now, policy.main_controller.nation)
    faults: list[str] = []

    def read(name: str, reader: Callable[[], Value]) -> Value | None:
        try:
            return reader()
        except ValueError as exc:
            faults.append(f"{name}: {exc}")
            return None

    channel = read("--channel", lambda: _channel(arguments.channel))
    received_on = read("--received-on", lambda: _day(arguments.received_on, today))
    name = read("--name", lambda: _line(arguments.name))
    subject = read("--subject", lambda: _line(arguments.subject))
    email = read("--email", lambda: _email(arguments.email))
    phone = read("--phone", lambda: _phone(arguments.phone))
    post = read("--address", lambda: _line(arguments.address))
    kinds = read("--kind", lambda: _kinds(arguments.kind))
    reference = read("--reference", lambda: _reference(arguments.reference))
    key = read("--key", lambda: _key(arguments.key))
    # What is wrong already must not wait for somebody to type the text.
    text = None if faults and _reads_stdin(arguments) else read("text", lambda: _text(arguments))
    if faults or channel is None or received_on is None or text is None:
        raise ValueError("\n".join(faults))
    entry = Entry(
        name=name or "",
        email=email or "",
        phone=phone or "",
        post=post or "",
        kinds=kinds or (),
        message=text,
        subject=subject or "",
        received_on=received_on,
        by=getpass.getuser(),
        earlier_reference=reference or "",
    )
    return _Told(channel=channel, entry=entry, item=item_of(channel, entry, key or "", now))


def _channel(word: str | None) -> Channel:
    if word is None:
        raise ValueError(f"say how it came: {', '.join(CHANNELS)}")
    if word not in CHANNELS:
        raise ValueError(f"{word!r} is none of {', '.join(CHANNELS)}")
    return Channel(word)


def _day(text: str | None, today: date) -> date:
    if text is None:
        raise ValueError("say which day it reached the company, like 2026-11-23")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is no date like 2026-11-23") from None
    check_day(day, today)
    return day


def _line(text: str) -> str:
    if len(text) > _LINE_CHARS:
        raise ValueError(f"at most {_LINE_CHARS} characters")
    return text.strip()


def _email(text: str) -> str:
    address = _line(text)
    if address and mail_addresses(address) != (address.lower(),):
        raise ValueError("that is no plain mail address")
    return address


def _phone(text: str) -> str:
    number = _line(text)
    if number and not _PHONE.fullmatch(number):
        raise ValueError("that is no telephone number")
    return number


def _kinds(words: list[str]) -> tuple[Kind, ...]:
    unknown = [word for word in words if word not in list(Kind)]
    if unknown:
        raise ValueError(f"{', '.join(map(repr, unknown))}: none of {', '.join(Kind)}")
    return tuple(kind for kind in Kind if kind in words)


def _reference(text: str) -> str:
    if not text.strip():
        return ""
    found = find_references(text)
    if len(found) != 1:
        raise ValueError("that is no reference like DP-2026-00042-K7; its last two characters guard against slips")
    return found[0]


def _key(text: str | None) -> str:
    if text is None:
        return secrets.token_hex(8)
    if not _KEY.fullmatch(text):
        raise ValueError("letters, digits and . _ : - only, at most 100")
    return text


def _reads_stdin(arguments: argparse.Namespace) -> bool:
    return arguments.text is None and arguments.file is None


def _text(arguments: argparse.Namespace) -> str:
    if arguments.text is not None and arguments.file is not None:
        raise ValueError("give --text or --file, not both")
    if arguments.text is not None:
        text = str(arguments.text)
    elif arguments.file is not None:
        text = _decoded(_bytes_of(arguments.file))
    elif sys.stdin.isatty():
        raise ValueError("say what was asked: --text, --file, or on standard input")
    else:
        text = _decoded(sys.stdin.buffer.read(4 * LIMITS.text_chars + 1))
    if not text.strip():
        raise ValueError("there is not a word in it")
    if len(text) > LIMITS.text_chars:
        raise ValueError(f"over {LIMITS.text_chars} characters: type in what matters and keep the rest beside it")
    return text


def _bytes_of(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(4 * LIMITS.text_chars + 1)
    except OSError as exc:
        raise ValueError(f"{path} cannot be read ({exc.strerror})") from None


def _decoded(raw: bytes) -> str:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        # The reading stops within a character where the text is too long anyway.
        if len(raw) > 4 * LIMITS.text_chars:
            return raw.decode("utf-8", "replace")
        raise ValueError("that is no text in UTF-8; copy the words out of the document") from None
    if "\x00" in text:
        raise ValueError("that is no text; copy the words out of the document")
    return text


def _as_json(told: _Told, item: NewItem, reference: str | None, *, is_new: bool) -> dict[str, object]:
    return {
        "key": item.key,
        "new": is_new,
        "reference": reference,
        "channel": item.channel,
        "received_on": told.entry.received_on,
        "received_at": item.received_at,
        "kinds": list(told.entry.kinds),
        "suggests": told.entry.earlier_reference or None,
        "by": told.entry.by,
    }


def _as_text(told: _Told, item: NewItem, reference: str | None, *, is_new: bool) -> str:
    where = f"filed under {reference}" if reference else f"not filed yet; later: triage case show {item.key}"
    if not is_new:
        return f"{item.key} was handed in before; nothing was changed; {where}"
    kinds = ", ".join(told.entry.kinds) or "what the text says; where it says nothing clear, a person looks"
    lines = [
        f"handed in as {item.key}: by {_WAYS[item.channel]}, received on {told.entry.received_on}",
        f"kinds: {kinds}",
        *([f"perhaps about {told.entry.earlier_reference}"] if told.entry.earlier_reference else []),
        f"{where}. It is acknowledged by hand; nothing is sent.",
    ]
    return "\n".join(lines)
