"""`triage hubspot find ADDRESS|threads CONTACT|unsubscribe ADDRESS`, each with `--reference REF`, and `record CONTACT`:
what the DPO may do at HubSpot from here. Deleting for good is done in HubSpot itself; `record` says where."""

import argparse
import asyncio
import getpass
import sys
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TypeVar

from triage.cli.output import print_json, print_table, with_store
from triage.cli.settings_file import add_config
from triage.cli.terminal import harmless_line
from triage.config import Settings, load_settings, plain_address, rules_dir
from triage.errors import RulesWrong, SettingsWrong
from triage.parsing.rules import load_policy
from triage.ports_chat import CustomerRecords
from triage.service.chat_link import DeskStore
from triage.service.customer_records import (
    Act,
    Marked,
    UnknownReference,
    check_reference,
    find_contact,
    threads_of,
    unsubscribe,
)
from triage.service.hubspot_ticks import tick_at_hubspot
from triage.settings_sources import PREFIX

Answer = TypeVar("Answer")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`find`, `threads`, `unsubscribe` and `record`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    texts = {
        "find": "the contact with a mail address; written down in the enquiry's journal",
        "threads": "every conversation of a contact, for an access request; written down likewise",
        "unsubscribe": "no marketing mail to an address any more; written down in the enquiry's journal",
        "record": "where a contact's record is, to look at it or delete it there",
    }
    for name, text in texts.items():
        action = actions.add_parser(name, help=text, description=text)
        add_config(action)
        if name in ("find", "unsubscribe"):
            action.add_argument("address", type=_address, metavar="ADDRESS", help="a plain mail address")
        else:
            action.add_argument("contact", type=_contact, metavar="CONTACT", help="its id at HubSpot, digits")
        if name in ("find", "threads"):
            action.add_argument("--json", action="store_true", help="print JSON")
        if name != "record":
            action.add_argument(
                "--reference", type=_reference, metavar="REF", help="the enquiry or case that it is done for"
            )
        if name == "unsubscribe":
            action.add_argument("--yes", action="store_true", help="do it without asking back")


def run(arguments: argparse.Namespace) -> int:
    """0 done, 1 no such contact or reference, or not confirmed, 2 refused, not reached, no reference said or without a
    terminal to ask at."""
    acts = {"find": _find, "threads": _threads, "unsubscribe": _unsubscribe, "record": _record}
    if arguments.action != "record" and not arguments.reference:
        print("--reference: say which enquiry or case it is done for; it is written down there", file=sys.stderr)
        return 2
    try:
        return acts[arguments.action](arguments, _settings(arguments))
    except UnknownReference as exc:
        print(exc, file=sys.stderr)
        return 1


def _find(arguments: argparse.Namespace, settings: Settings) -> int:
    asked, act = _marked(arguments, settings), _act(arguments)
    found = _written_down(
        arguments, settings, lambda records, store: find_contact(records, store, asked, act, _utc_now)
    )
    if arguments.json:
        print_json([] if found is None else [{**asdict(found[0]), "record": found[1]}])
    elif found is None:
        print("HubSpot has no contact with this address", file=sys.stderr)
    else:
        contact, url = found
        rows = [(contact.id, contact.name or "-", contact.address, url)]
        print_table(
            "1 contact; its address is self-typed and proves nothing", ("id", "name", "address", "record"), rows
        )
    return 1 if found is None else 0


def _threads(arguments: argparse.Namespace, settings: Settings) -> int:
    contact, act = arguments.contact, _act(arguments)
    threads = _written_down(
        arguments, settings, lambda records, store: threads_of(records, store, contact, act, _utc_now)
    )
    if arguments.json:
        print_json([asdict(thread) for thread in threads])
        return 0
    rows = [
        (
            thread.id,
            "open" if thread.open else "closed",
            thread.channel_id,
            thread.assigned_to or "-",
            ", ".join(word for word, so in (("archived", thread.archived), ("spam", thread.spam)) if so) or "-",
        )
        for thread in threads
    ]
    title = "1 conversation" if len(rows) == 1 else f"{len(rows)} conversations"
    print_table(title, ("id", "state", "channel", "assigned to", "marks"), rows)
    return 0


def _unsubscribe(arguments: argparse.Namespace, settings: Settings) -> int:
    try:
        policy = load_policy(rules_dir(arguments.config))
    except RulesWrong as exc:
        print(*exc.faults, sep="\n", file=sys.stderr)
        return 1
    asked, act = _marked(arguments, settings), _act(arguments)
    if not arguments.yes:
        if not sys.stdin.isatty():
            print("nobody can be asked here: say --yes to unsubscribe without being asked back", file=sys.stderr)
            return 2
        with_store(arguments.config, lambda store: check_reference(store, act.reference))
        if not _confirmed(arguments.address):
            print("that is another address; nothing was done", file=sys.stderr)
            return 1

    async def done(records: CustomerRecords, store: DeskStore) -> int:
        await unsubscribe(records, store, asked, act, _utc_now)
        return await tick_at_hubspot(store, act.reference, asked.address, policy, by=act.by, clock=_utc_now)

    ticked = _written_down(arguments, settings, done)
    print(f"no marketing mail goes to this address any more; written down under {act.reference}")
    if ticked:
        print(f"ticked on the checklist of {ticked} {'opt-out' if ticked == 1 else 'opt-outs'}")
    return 0


def _marked(arguments: argparse.Namespace, settings: Settings) -> Marked:
    from triage.adapters.store.addresses import address_hash

    return Marked(address=arguments.address, mark=address_hash(settings.secret, arguments.address))


def _act(arguments: argparse.Namespace) -> Act:
    return Act(reference=arguments.reference, by=getpass.getuser())


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _written_down(
    arguments: argparse.Namespace,
    settings: Settings,
    do: Callable[[CustomerRecords, DeskStore], Awaitable[Answer]],
) -> Answer:
    """Do it with HubSpot and the store at hand."""

    async def done(store: DeskStore) -> Answer:
        return await _with_records(settings, lambda records: do(records, store))

    return with_store(arguments.config, done)


def _confirmed(address: str) -> bool:
    print(f"This takes {harmless_line(address)} off every marketing mail of your HubSpot account.")
    return input("Type the address again to do it: ").strip().lower() == address.lower()


def _record(arguments: argparse.Namespace, settings: Settings) -> int:
    async def url_of(records: CustomerRecords) -> str:
        return records.contact_url(arguments.contact)

    print(asyncio.run(_with_records(settings, url_of)))
    print("Deleting for good is done there (Actions, Delete, Permanent delete): it cannot be undone.")
    return 0


async def _with_records(settings: Settings, use: Callable[[CustomerRecords], Awaitable[Answer]]) -> Answer:
    from triage.bootstrap.hubspot import build_hubspot

    hubspot = build_hubspot(settings)
    if hubspot is None:
        raise SettingsWrong([f"{PREFIX}HUBSPOT_TOKEN: needed to reach HubSpot"])
    try:
        return await use(hubspot)
    finally:
        await hubspot.close()


def _settings(arguments: argparse.Namespace) -> Settings:
    """Raises SettingsWrong with everything that is lacking, before anybody is asked to confirm."""
    settings = load_settings(arguments.config)
    lacking = [
        f"{PREFIX}{name.upper()}: needed to reach HubSpot"
        for name, value in (
            ("hubspot_token", settings.hubspot_token.get_secret_value()),
            ("hubspot_portal_id", settings.hubspot_portal_id),
        )
        if not value
    ]
    if arguments.action != "record":
        lacking += settings.missing_for_store()
    if lacking:
        raise SettingsWrong(lacking)
    return settings


def _address(text: str) -> str:
    try:
        return plain_address(text.strip())
    except ValueError as fault:
        raise argparse.ArgumentTypeError(str(fault)) from None


def _contact(text: str) -> str:
    number = text.strip().removeprefix("V-")
    if not number.isascii() or not number.isdigit():
        raise argparse.ArgumentTypeError("a contact's id is digits only")
    return number


def _reference(text: str) -> str:
    return text.strip().upper()
