"""Many mails at once through the whole desk, beside a bare pipeline on the same mails."""

import asyncio
import email
import email.policy
import sqlite3
import tempfile
import time
from email.message import EmailMessage
from pathlib import Path

from bench.desk import running_desk
from bench.figures import Figure
from tests.acceptance.mixed_mails import MixedMail, mixed_mail
from tests.acceptance.running import RunningWorker

MAILS = 300
_LONGEST_S = 180.0


def bare_seconds(mails: list[MixedMail]) -> float:
    """Parse with the standard library, one commit a mail, write a letter to a file: no gate, reader, case, journal."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        database = sqlite3.connect(folder / "bare.db", isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            database.execute(f"PRAGMA {pragma}")
        database.execute("CREATE TABLE item (id INTEGER PRIMARY KEY, message_id TEXT UNIQUE, raw BLOB, body TEXT)")
        begun = time.perf_counter()
        for number, mail in enumerate(mails):
            parsed = email.message_from_bytes(mail.raw, policy=email.policy.default)
            part = parsed.get_body(("plain", "html"))
            body = part.get_content() if part is not None else ""
            row = (parsed["Message-ID"], mail.raw, body)
            database.execute("INSERT INTO item (message_id, raw, body) VALUES (?, ?, ?)", row)
            letter = EmailMessage()
            letter["To"], letter["Subject"] = str(parsed["From"]), f"We have received your message {number}"
            letter["In-Reply-To"] = parsed["Message-ID"]
            letter.set_content("We have received your message and will answer within one month.\n" * 8)
            (folder / f"{number}.eml").write_bytes(letter.as_bytes())
        seconds = time.perf_counter() - begun
        database.close()
    return seconds


async def _filed(desk: RunningWorker, mails: int) -> tuple[float, float]:
    """Seconds of the monotonic clock at which the first item appeared and the last was filed; all letters are out."""
    database = sqlite3.connect(f"file:{desk.database}?mode=ro", uri=True, isolation_level=None)
    first = filed = 0.0
    try:
        async with asyncio.timeout(_LONGEST_S):
            while True:
                now = time.monotonic()
                stored, done = database.execute("SELECT count(*), total(state = 'done') FROM item").fetchone()
                first = first or (now if stored else 0.0)
                filed = filed or (now if done == mails else 0.0)
                query = "SELECT count(*) FROM letter WHERE state IN ('queued', 'sending')"
                if filed and database.execute(query).fetchone() == (0,):
                    return first, filed
                await asyncio.sleep(0.01)
    finally:
        database.close()


async def measure(mails: int = MAILS) -> list[Figure]:
    """Items filed and letters sent a second, counted from the first item in the store."""
    batch = [mixed_mail(number) for number in range(mails)]
    bare_s = [bare_seconds(batch)]
    async with running_desk() as (desk, relay):
        for mail in batch:
            desk.dovecot.deliver(desk.user, mail.raw)
        first, filed = await _filed(desk, mails)
        letters, last_letter = len(relay.taken_at), relay.taken_at[-1]
    bare_s.append(bare_seconds(batch))
    bare = mails / min(bare_s)
    part, bare_name = f"{mails} mails at once", "bare pipeline, mails/s"
    return [
        Figure(
            part=part, name="items filed", value=mails / (filed - first), unit="/s", beside=bare, beside_name=bare_name
        ),
        Figure(part=part, name="letters sent, of those mails", value=letters / (last_letter - first), unit="/s"),
        Figure(
            part=part,
            name="all filed and all letters out",
            value=mails / (max(filed, last_letter) - first),
            unit="mails/s",
        ),
    ]
