"""`triage store rekey`: encrypt what is stored with the first key of TRIAGE_STORAGE_KEY."""

import argparse
import asyncio
import sys

from triage.cli.settings_file import add_config
from triage.config import Settings, load_settings
from triage.errors import SettingsWrong, StoreUnavailable


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`rekey [--config FILE]`."""
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    text = "encrypt everything with the first key of TRIAGE_STORAGE_KEY; may be stopped, and goes on when run again"
    add_config(acts.add_parser("rekey", help=text, description=text))


def run(arguments: argparse.Namespace) -> int:
    """0 done; 2 settings, or a database that cannot be used, in one line."""
    settings = load_settings(arguments.config)
    if lacking := settings.missing_for_store():
        raise SettingsWrong(lacking)
    if not settings.storage_keys:
        raise SettingsWrong(["TRIAGE_STORAGE_KEY: set the key to encrypt with; `triage key new` makes one"])
    values, was_plain = asyncio.run(_rekey(settings))
    if was_plain:
        print(f"encrypted: {values} values. Copies of the database from before hold them in plain still: delete those.")
    else:
        print(f"encrypted anew: {values} values. TRIAGE_STORAGE_KEY needs the newest key alone from now on.")
    return 0


async def _rekey(settings: Settings) -> tuple[int, bool]:
    from triage.adapters.sealing import Sealer
    from triage.adapters.store.engine import connect_database, sqlite_file_is_missing
    from triage.adapters.store.migrate import refuse_other_schema
    from triage.adapters.store.rekey import rekey

    database = connect_database(settings.database_url)
    try:
        if sqlite_file_is_missing(database):
            raise StoreUnavailable("there is no database yet: start the worker once, it makes it, encrypted")
        await refuse_other_schema(database)
        done = await rekey(database, Sealer(settings.storage_keys), _tell)
    finally:
        await database.close()
    return done.values, done.was_plain


def _tell(table: str, rows: int) -> None:
    """Where it is, for whoever watches."""
    if sys.stderr.isatty():
        print(f"\r{table}: {rows} rows looked at", end="\033[K", file=sys.stderr, flush=True)
