"""The desk's chat as it runs: hook and worker as processes, HubSpot's stand-in in the test, everything on loopback."""

import asyncio
import re
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.acceptance.command_line import environment
from tests.acceptance.killing import Record
from tests.acceptance.running import DESK_ADDRESS, ROOT, SECRET, free_port, generous_rules
from tests.acceptance.watching import get, query, until
from tests.servers.postgres import Postgres
from triage.adapters.store import open_store
from triage.adapters.store.sql_store import SqlStore
from triage.demo.hubspot import HubSpotStandIn

DEBOUNCE_S = 1
FORM_KEY = "a-key-of-the-form-for-acceptance"
HOOK_ROLE_FILE = ROOT / "deploy" / "postgres-hook-role.sql"
DELETION = "Please delete all the personal data you hold about me."
ACCESS = "Please send me a copy of all the personal data you hold about me."
OPT_OUT = "Please stop sending me marketing emails."
# So many words of a visitor in a row in a log line are no chance.
_WORDS_IN_A_ROW = 4


def impatient_rules(folder: Path) -> Path:
    """The shipped rules, with visitors who pause for a second and no limit on how many are answered."""
    rules = generous_rules(folder)
    policy = rules / "policy.toml"
    said = policy.read_text(encoding="utf-8")
    assert "debounce_s = 20" in said
    policy.write_text(said.replace("debounce_s = 20", f"debounce_s = {DEBOUNCE_S}"), encoding="utf-8")
    return rules


@dataclass
class Program:
    """A process of the desk: start it, kill it, stop it, ask its health. Its log is `name`.log, over all its lives."""

    name: str
    words: tuple[str, ...]
    folder: Path
    settings: dict[str, str]
    admin_port: int = field(default_factory=free_port)
    process: asyncio.subprocess.Process | None = None

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self.process is not None and self.process.returncode is None

    async def start(self) -> None:
        """Start it and return at once."""
        with (self.folder / f"{self.name}.log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                *self.words,
                cwd=self.folder,
                env=environment({**self.settings, "TRIAGE_ADMIN_LISTEN": f"127.0.0.1:{self.admin_port}"}),
                stdout=asyncio.subprocess.DEVNULL,
                stderr=log,
            )

    async def ready(self, limit_s: float = 60.0) -> None:
        """Return once it says that it can work."""

        async def says_so() -> bool:
            assert self.alive, self.logged()
            return (await get(self.admin_port, "/readyz"))[0] == 200

        await until(says_so, limit_s)

    async def kill(self) -> None:
        """SIGKILL, whether or not it is dead already."""
        assert self.process is not None
        with suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()

    async def stop(self, limit_s: float = 30.0) -> int:
        """SIGTERM; its exit code."""
        assert self.process is not None
        if self.alive:
            self.process.send_signal(signal.SIGTERM)
        return await asyncio.wait_for(self.process.wait(), limit_s)

    async def restart(self) -> None:
        """SIGTERM and a new start; return once it is ready."""
        assert await self.stop() == 0, self.logged()
        await self.start()
        await self.ready()

    def logged(self) -> str:
        """What it said on stderr in all its lives."""
        path = self.folder / f"{self.name}.log"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""


@dataclass
class ChatDesk:
    """Everything around one chat. `programs` are hook and worker, or the one that is both."""

    folder: Path
    hubspot: HubSpotStandIn
    record: Record
    rules: Path
    hook_port: int
    settings: dict[str, str]
    programs: tuple[Program, ...]
    # What people said that HubSpot does not know: form posts, mail.
    said: list[str] = field(default_factory=list)

    @property
    def hook(self) -> Program:
        """What the internet reaches."""
        return self.programs[0]

    @property
    def worker(self) -> Program:
        """What works."""
        return self.programs[-1]

    @property
    def hook_url(self) -> str:
        """The hook's address."""
        return f"http://127.0.0.1:{self.hook_port}"

    async def start(self) -> None:
        """Start all; return once they are ready."""
        for program in self.programs:
            await program.start()
        for program in self.programs:
            await program.ready()

    async def end(self) -> None:
        """Kill what still runs."""
        for program in self.programs:
            if program.alive:
                await program.kill()

    def thread(
        self, first: str = "Wrenna", last: str = "Quillfeather", address: str = "wrenna@customer.example"
    ) -> str:
        """A conversation of a contact the CRM knows."""
        return self.hubspot.open_thread(self.hubspot.add_contact(address, first, last))

    async def posts(self, thread: str, replies: int, comments: int, limit_s: float = 30.0) -> None:
        """Return once so many replies and comments are in the thread, all is settled, and no more came."""

        def counted() -> tuple[int, int]:
            return len(self.hubspot.replies(thread)), len(self.hubspot.comments(thread))

        with suppress(TimeoutError):
            await until(lambda: counted() >= (replies, comments) and counted()[1] >= comments, limit_s)
        await self.quiet(limit_s)
        assert counted() == (replies, comments), (self.hubspot.posts(thread), self.worker.logged()[-3000:])

    async def quiet(self, limit_s: float = 40.0) -> None:
        """Return once nothing waits anywhere: no event, no line, no burst, no letter."""
        await self.hubspot.settled()
        try:
            await until(self.is_quiet, limit_s)
        except TimeoutError:
            raise AssertionError(await self.waiting(), self.worker.logged()[-3000:]) from None

    async def is_quiet(self) -> bool:
        """Twice in a row, so that nothing is between two tables."""
        for _ in range(2):
            if any((await self.waiting()).values()):
                return False
            await asyncio.sleep(0.2)
        return True

    async def waiting(self) -> dict[str, int]:
        """What waits, by where it does."""
        looks = {
            "events and bursts": "item WHERE state NOT IN ('done', 'quarantined')",
            "lines": "chat_line WHERE state IN ('waiting', 'handed_in')",
            "posts": "letter WHERE channel = 'chat' AND state IN ('queued', 'sending', 'unclear')",
        }
        counts = {name: await self.record.count(look) for name, look in looks.items()}
        return counts | {"in the hook's file": self.undrained()}

    def undrained(self) -> int:
        """What lies in the hook's own file and the worker has not taken over; 0 on PostgreSQL."""
        database = self.folder / "triage-hook.db"
        if not database.exists():
            return 0
        mark = self.folder / "triage-hook.db.drained"
        position = int(mark.read_text().split()[1]) if mark.exists() else 0
        return int(query(database, f"SELECT count(*) FROM received WHERE position > {position}")[0][0])

    async def enquiries(self, thread: str) -> list[tuple[Any, ...]]:
        """(outcome, reference, lane, not_acknowledged) of what was filed of a thread, oldest first."""
        rows = await self.record.rows(
            "SELECT outcome, reference, lane, not_acknowledged, place FROM enquiry ORDER BY id"
        )
        return [row[:4] for row in rows if row[4] is not None and f'"{thread}"' in str(row[4]).replace("'", '"')]

    async def cases(self, thread: str) -> list[tuple[Any, ...]]:
        """(kind, state) of a thread's cases."""
        rooms = await self.record.rows(f"SELECT reference FROM chat_room WHERE thread_id = '{thread}'")
        reference = rooms[0][0] if rooms else ""
        if not reference:
            return []
        return await self.record.rows(f"SELECT kind, state FROM case_file WHERE thread = '{reference}' ORDER BY number")

    async def alarms(self) -> set[str]:
        """Codes that stand."""
        return {str(code) for (code,) in await self.record.rows("SELECT code FROM alarm WHERE cleared_at IS NULL")}

    @asynccontextmanager
    async def store(self) -> AsyncIterator[SqlStore]:
        """The store beside the running worker."""
        store = await open_store(self.record.url, secret=SECRET.encode(), migrate=False)
        try:
            yield store
        finally:
            await store.close()

    async def retry_now(self) -> None:
        """What is to be tried again later is tried at once: time that a test cannot wait for."""
        for statement in (
            "UPDATE item SET retry_at = NULL WHERE state = 'received'",
            "UPDATE letter SET retry_at = NULL WHERE state = 'queued'",
            "UPDATE chat_room SET due_at = first_waiting_at WHERE due_at IS NOT NULL",
        ):
            await self.change(statement)

    async def change(self, statement: str) -> None:
        """Run one statement beside the desk."""
        engine = create_async_engine(self.record.url, isolation_level="AUTOCOMMIT")
        try:
            async with engine.connect() as connection:
                await connection.execute(text(statement))
        finally:
            await engine.dispose()

    async def let_claims_age(self) -> None:
        """On PostgreSQL a claim of the dead is taken over after its lease: every claim was made an hour ago."""
        if self.record.url.startswith("postgresql"):
            for table in ("item", "letter", "chat_room"):
                await self.change(
                    f"UPDATE {table} SET claimed_at = claimed_at - interval '1 hour' WHERE claimed_at IS NOT NULL"
                )

    def check_logs(self) -> None:
        """Nothing a person said, is called or can be reached by, and no secret, is in any process's log."""
        logged = "\n".join(program.logged() for program in self.programs)
        assert "process_started" in logged
        assert "field_dropped" not in logged
        secrets = (self.hubspot.token, self.hubspot.client_secret, SECRET, FORM_KEY)
        leaked = [secret for secret in secrets if secret in logged]
        world, told = self.hubspot.world, list(self.said)
        for contact in world.contacts.values():
            told += [value for value in contact["properties"].values() if value]  # type: ignore[attr-defined]
        told += [str(message["text"]) for messages in world.messages.values() for message in messages]
        leaked += [piece for piece in _pieces(told) if piece in _plain(logged)]
        assert leaked == [], leaked


def _pieces(told: list[str]) -> set[str]:
    """What would give a person away: addresses, names and runs of words."""
    found: set[str] = set()
    for line in map(_plain, told):
        words = line.split()
        found |= {word for word in words if "@" in word}
        found |= {line} if 1 <= len(words) < _WORDS_IN_A_ROW and len(line) > 6 else set()
        found |= {" ".join(words[at : at + _WORDS_IN_A_ROW]) for at in range(len(words) - _WORDS_IN_A_ROW + 1)}
    return found


def _plain(said: str) -> str:
    return re.sub(r"\s+", " ", said).strip().lower()


def sqlite_settings(folder: Path) -> dict[str, str]:
    """The store in a file, the hook's own file beside it."""
    return {"TRIAGE_DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'triage.db'}"}


async def postgres_settings(postgres: Postgres) -> dict[str, str]:
    """A fresh database, and the hook's role in it that may only insert."""
    url = postgres.create_database()
    await (await open_store(url, secret=SECRET.encode(), migrate=True)).close()
    owner = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        await owner.execute(HOOK_ROLE_FILE.read_text(encoding="utf-8"))
    finally:
        await owner.close()
    return {
        "TRIAGE_DATABASE_URL": url,
        "TRIAGE_HOOK_DATABASE_URL": url.replace("postgres@", "privacy_desk_hook@"),
    }


@asynccontextmanager
async def chat_desk(
    folder: Path,
    database: dict[str, str],
    *,
    together: bool = False,
    extra: dict[str, str] | None = None,
    rules_of: Callable[[Path], Path] = impatient_rules,
) -> AsyncIterator[ChatDesk]:
    """A desk that does not run yet. `together`: `triage run`, one process. At the end its logs are looked through."""
    for name in ("new", "cur", "tmp"):
        (folder / "inbox" / name).mkdir(parents=True, exist_ok=True)
    port = free_port()
    hook_url = f"http://127.0.0.1:{port}/hubspot/webhook"
    async with HubSpotStandIn(hook_url=hook_url, client_secret="3f1a-client-secret-of-the-app") as hubspot:
        common = {
            "TRIAGE_RULES_DIR": str(rules_of(folder)),
            "TRIAGE_HUBSPOT_APP_ID": hubspot.app_id,
            "TRIAGE_HUBSPOT_PORTAL_ID": hubspot.portal_id,
            "TRIAGE_HUBSPOT_CLIENT_SECRET": hubspot.client_secret,
            "TRIAGE_HUBSPOT_PUBLIC_URL": hook_url,
            "TRIAGE_HOOK_LISTEN": f"127.0.0.1:{port}",
            "TRIAGE_FORM_KEY": FORM_KEY,
            **(extra or {}),
        }
        of_worker = {
            **common,
            "TRIAGE_DATABASE_URL": database["TRIAGE_DATABASE_URL"],
            "TRIAGE_MAILDIR": str(folder / "inbox"),
            "TRIAGE_POLL_SECONDS": "1",
            "TRIAGE_MAILBOX_ADDRESS": DESK_ADDRESS,
            "TRIAGE_SEND": "live",
            "TRIAGE_SMTP_HOST": "127.0.0.1",
            "TRIAGE_SMTP_PORT": str(free_port()),
            "TRIAGE_SECRET_KEY": SECRET,
            "TRIAGE_HUBSPOT_TOKEN": hubspot.token,
            "TRIAGE_HUBSPOT_SENDER_ACTOR_ID": hubspot.sender_actor,
            "TRIAGE_HUBSPOT_API_URL": hubspot.url,
        }
        if together:
            programs = (Program("run", ("-m", "triage", "run"), folder, of_worker),)
        else:
            hook = Program("hook", (str(ROOT / "chat_webhook.py"),), folder, {**common, **database})
            programs = (hook, Program("worker", (str(ROOT / "mailbox_worker.py"),), folder, of_worker))  # type: ignore[assignment]
        record = Record(database["TRIAGE_DATABASE_URL"])
        desk = ChatDesk(folder, hubspot, record, Path(common["TRIAGE_RULES_DIR"]), port, of_worker, programs)
        try:
            yield desk
        finally:
            await desk.end()
            await record.close()
        desk.check_logs()


def another_worker(desk: ChatDesk) -> Program:
    """A worker more on the same store."""
    return replace(desk.worker, name="worker-2", admin_port=free_port(), process=None)
