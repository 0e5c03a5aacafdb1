"""`triage user`: who may sign in to the console."""

import argparse
import getpass
import sys
from datetime import UTC, datetime

from triage.cli.output import print_json, print_table, with_store
from triage.cli.settings_file import add_config
from triage.domain.vocabulary import UserRole
from triage.errors import NotDone


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`add NAME --role R`, `password NAME`, `disable NAME`, `link NAME ISSUER SUBJECT`, `list`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    add = actions.add_parser("add", help="a new account; asks for its password, or reads it from stdin")
    add.add_argument("name")
    add.add_argument("--role", required=True, choices=[role.value for role in UserRole])
    add.add_argument("--no-password", action="store_true", help="only an identity provider lets this person in")
    for name, text in (
        ("password", "a new password; ends the account's sessions"),
        ("disable", "nobody signs in by it"),
    ):
        actions.add_parser(name, help=text).add_argument("name")
    link = actions.add_parser("link", help="let a person of the identity provider sign in by an account")
    link.add_argument("name")
    link.add_argument("issuer")
    link.add_argument("subject")
    listed = actions.add_parser("list", help="every account")
    listed.add_argument("--json", action="store_true")
    for action in actions.choices.values():
        add_config(action)


def run(arguments: argparse.Namespace) -> int:
    """0 done, 1 refused or no such account."""
    from triage.adapters.passwords import Argon2Hasher
    from triage.service.signing_in import add_user, change_password

    now, config = datetime.now(UTC), arguments.config
    try:
        match arguments.action:
            case "add":
                password = None if arguments.no_password else _typed_password()
                role = UserRole(arguments.role)
                with_store(config, lambda store: add_user(store, Argon2Hasher(), arguments.name, role, password, now))
                print(f"{arguments.name} may sign in as {role.value}")
            case "password":
                password = _typed_password()
                with_store(config, lambda store: change_password(store, Argon2Hasher(), arguments.name, password, now))
                print(f"{arguments.name} has a new password, and is signed out everywhere")
            case "disable":
                if not with_store(config, lambda store: store.disable_account(arguments.name, now)):
                    raise NotDone(f"there is no account {arguments.name} that may sign in")
                print(f"{arguments.name} may not sign in any more")
            case "link":
                said = (arguments.name, arguments.issuer, arguments.subject)
                if not with_store(config, lambda store: store.link_subject(*said)):
                    raise NotDone(f"there is no account {arguments.name} that may sign in, or that person has another")
                print(f"{arguments.name} may sign in by the identity provider")
            case _:
                _list(arguments)
    except NotDone as exc:
        print(exc, file=sys.stderr)
        return 1
    return 0


def _list(arguments: argparse.Namespace) -> None:
    found = with_store(arguments.config, lambda store: store.accounts())
    rows = [
        {"name": one.name, "role": one.role.value, "identity_provider": bool(one.subject), "disabled_at": disabled_at}
        for one, disabled_at in found
    ]
    if arguments.json:
        print_json(rows)
        return
    cells = [
        (row["name"], row["role"], "yes" if row["identity_provider"] else "no", "no" if row["disabled_at"] else "yes")
        for row in rows
    ]
    print_table(
        "Who may sign in", ("name", "role", "identity provider", "may sign in"), [tuple(map(str, c)) for c in cells]
    )


def _typed_password() -> str:
    """Asked for twice at a terminal; a script writes it as the first line of stdin."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first, again = getpass.getpass("password: "), getpass.getpass("once more: ")
    if first != again:
        raise NotDone("the two are not the same: nothing was changed")
    return first
