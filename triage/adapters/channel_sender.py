"""Each letter to the sender of its channel."""

from triage.domain.records import Letter
from triage.domain.vocabulary import Channel
from triage.errors import DeliveryDeferred
from triage.ports import Sender


class ChannelSender:
    """Fulfils Sender and SettlingSender. Without a `chat` sender what is for the chat waits until it is set up."""

    def __init__(self, mail: Sender, chat: Sender | None = None) -> None:
        self._mail = mail
        self._chat = chat

    async def send(self, letter: Letter) -> None:
        """As the sender of the letter's channel does."""
        if letter.channel is not Channel.CHAT:
            await self._mail.send(letter)
        elif self._chat is None:
            raise DeliveryDeferred("the chat is not set up: set the TRIAGE_HUBSPOT_… settings")
        else:
            await self._chat.send(letter)

    async def has_arrived(self, letter: Letter) -> bool | None:
        """As the sender of the letter's channel says; None where its channel cannot be asked (mail)."""
        ask = getattr(self._chat if letter.channel is Channel.CHAT else self._mail, "has_arrived", None)
        answer: bool | None = None if ask is None else await ask(letter)
        return answer

    async def close(self) -> None:
        """Close both, the second also where the first fails."""
        try:
            await self._mail.close()
        finally:
            if self._chat is not None:
                await self._chat.close()
