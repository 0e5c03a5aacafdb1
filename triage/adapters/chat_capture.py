"""Chat posts into files instead of the world: nothing reaches HubSpot while letters are captured."""

import asyncio
import json
from hashlib import sha256
from pathlib import Path

from triage.adapters.whole_file import stem_of, write_whole
from triage.domain.records import Letter
from triage.errors import DeliveryDeferred, DeliveryRefused


class CaptureChatSender:
    """Writes each post once into `folder`, under a name made of its Message-ID, however often it is sent.

    Fulfils Sender and SettlingSender.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def send(self, letter: Letter) -> None:
        """Return once the post is on disk. Raises DeliveryRefused (it names no thread) or DeliveryDeferred."""
        text = _as_json(letter)
        try:
            await asyncio.to_thread(self._write, _file_name(letter), text)
        except OSError as trouble:
            raise DeliveryDeferred(f"cannot write to the capture folder: {trouble.strerror}") from trouble

    async def has_arrived(self, letter: Letter) -> bool | None:
        """Whether its file is there; None for a letter that is no chat post."""
        if letter.place is None:
            return None
        return await asyncio.to_thread((self._folder / _file_name(letter)).exists)

    async def close(self) -> None:
        """Nothing is kept open."""

    def _write(self, name: str, text: str) -> None:
        if (self._folder / name).exists():
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        write_whole(self._folder / name, text.encode(), self._folder)


def _as_json(letter: Letter) -> str:
    place = letter.place
    if place is None:
        raise DeliveryRefused("the letter names no thread to be posted into")
    post = {
        "reference": letter.reference,
        "purpose": letter.purpose,
        "internal": letter.internal,
        "portal_id": place.portal_id,
        "thread_id": place.thread_id,
        "channel_id": place.channel_id,
        "channel_account_id": place.channel_account_id,
        "recipient_actor": place.recipient_actor,
        "message_id": letter.message_id,
        "created_at": letter.created_at.isoformat() if letter.created_at else None,
        "text": letter.text.body,
    }
    return json.dumps(post, ensure_ascii=True, indent=2) + "\n"


def _file_name(letter: Letter) -> str:
    return stem_of(letter.reference, sha256(letter.message_id.encode()).hexdigest()[:24]) + ".json"
