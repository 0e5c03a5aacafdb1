"""Bring the database up to this program's schema, or say that it is not there yet."""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from triage.adapters.store.engine import MIGRATION_LOCK, Database, sqlite_file_is_missing, turn_on_wal
from triage.errors import StoreUnavailable

OLDER = "the database is older than this program: start the worker once, it brings it up to date"
NEWER = "the database is newer than this program: update the program, or go back to the database's backup"


async def bring_up_to_date(database: Database) -> None:
    """Run what migrations are missing, all or none, one program at a time. Raises StoreUnavailable."""
    await turn_on_wal(database)
    async with database.write() as connection:
        if not database.is_sqlite:
            # Several workers may start at once on an empty database; CREATE TABLE would collide.
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        await connection.run_sync(_upgrade)


async def refuse_other_schema(database: Database) -> None:
    """Raise StoreUnavailable unless the schema is exactly this program's. Creates and changes nothing."""
    if sqlite_file_is_missing(database):
        raise StoreUnavailable(OLDER)
    async with database.read() as connection:
        if await connection.run_sync(_is_behind):
            raise StoreUnavailable(OLDER)


def newest_revision() -> str:
    """This program's schema, by its name among the migrations."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def _upgrade(connection: Connection) -> None:
    if _is_behind(connection):
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _is_behind(connection: Connection) -> bool:
    """True when migrations are missing. Raises StoreUnavailable for a schema this program has never heard of."""
    scripts = ScriptDirectory.from_config(_config())
    current = MigrationContext.configure(connection).get_current_revision()
    if current is not None and current not in {script.revision for script in scripts.walk_revisions()}:
        raise StoreUnavailable(NEWER)
    return current != scripts.get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "triage.adapters.store:migrations")
    config.set_main_option("path_separator", "os")
    return config
