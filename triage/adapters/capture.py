"""Letters into a Maildir instead of the world: the default, so that trying the desk out can write to nobody."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from triage.adapters.outgoing import wire_form
from triage.adapters.whole_file import stem_of, write_whole
from triage.errors import DeliveryDeferred
from triage.ports import Letter


class CaptureSender:
    """Writes each letter once into `maildir`, under a name made of its Message-ID, however often it is sent."""

    def __init__(
        self,
        maildir: Path,
        sender_address: str,
        sender_name: str = "",
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._maildir = maildir
        self._sender_address = sender_address
        self._sender_name = sender_name
        self._clock = clock

    async def send(self, letter: Letter) -> None:
        """Return once the letter is on disk. Raises DeliveryRefused (cannot be put in words) or DeliveryDeferred."""
        raw = wire_form(letter, self._sender_address, self._sender_name, self._clock())
        try:
            await asyncio.to_thread(self._write, _file_name(letter), raw)
        except OSError as trouble:
            raise DeliveryDeferred(f"cannot write to the capture folder: {trouble.strerror}") from trouble

    async def close(self) -> None:
        """Nothing is kept open."""

    def _write(self, name: str, raw: bytes) -> None:
        for folder in ("tmp", "new", "cur"):
            (self._maildir / folder).mkdir(parents=True, exist_ok=True)
        # A mail reader moves what it has shown to cur/ and adds its flags behind a colon.
        if (self._maildir / "new" / name).exists() or any((self._maildir / "cur").glob(f"{name}*")):
            return
        write_whole(self._maildir / "new" / name, raw, self._maildir / "tmp")


def _file_name(letter: Letter) -> str:
    return stem_of(letter.reference, sha256(letter.message_id.encode()).hexdigest()[:24])
