"""The stand-in as tests and the demo use it: people speak, time and trouble are made to order, posts are read back."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Self

from aiohttp import web

from triage.demo.hubspot.api import Api, Call
from triage.demo.hubspot.deliveries import Deliveries
from triage.demo.hubspot.trouble import EVERYWHERE, Trouble
from triage.demo.hubspot.world import Hand, Json, World

_KINDS = {"A": "AGENT", "B": "BOT", "I": "INTEGRATOR", "L": "LLM", "S": "SYSTEM", "E": "EMAIL"}
_CLIENTS = {"A": "HUBSPOT", "I": "INTEGRATION"}


def _utc_now() -> datetime:
    return datetime.now(UTC)


class HubSpotStandIn:
    """See the package's docstring. `clock` dates messages and signatures; `seed` makes ids and shuffles repeatable."""

    def __init__(
        self,
        *,
        token: str = "stand-in-token",  # noqa: S107 - opens nothing but this stand-in
        client_secret: str = "stand-in-client-secret",  # noqa: S107
        portal_id: str = "44556677",
        app_id: str = "7654321",
        sender_actor: str = "A-5150",
        hook_url: str | None = None,
        clock: Callable[[], datetime] = _utc_now,
        seed: int = 0,
    ) -> None:
        self.token, self.client_secret = token, client_secret
        self.portal_id, self.app_id, self.sender_actor = portal_id, app_id, sender_actor
        self.world = World(app_id=app_id, clock=clock, seed=seed)
        self.world.add_actor(sender_actor, "AGENT", "Data protection (automatic)", "privacy@larkfield.example")
        self.api = Api(world=self.world, token=token, on_posted=self._echo)
        self.webhooks = Deliveries(secret=client_secret, clock=clock, seed=seed, hook_url=hook_url)
        self.port = 0
        self._runner: web.AppRunner | None = None
        self._echoes: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        await self.up()
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._echoes:
            task.cancel()
        await asyncio.gather(*self._echoes, return_exceptions=True)
        await self.down()
        await self.webhooks.close()

    @property
    def url(self) -> str:
        """The API's base address."""
        return f"http://127.0.0.1:{self.port}"

    async def up(self) -> None:
        """Listen, at a free port the first time, ever after at the same."""
        self.api.closing = asyncio.Event()
        self._runner = web.AppRunner(self.api.app(), access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def down(self) -> None:
        """Nobody answers at the API any more. Webhooks go on."""
        self.api.closing.set()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    # Who is there.

    def add_contact(self, address: str = "", first: str = "", last: str = "") -> str:
        """A contact of the CRM; its id."""
        contact_id = self.world.new_contact_id()
        self.world.add_contact(contact_id, address, first, last)
        return contact_id

    def add_actor(self, actor_id: str, name: str, address: str = "") -> str:
        """A colleague (`A-…`), bot (`B-…`) or other actor; its id."""
        self.world.add_actor(actor_id, _KINDS.get(actor_id[:1], "SYSTEM"), name, address)
        return actor_id

    def open_thread(self, contact: str | None = None, *, channel_id: str = "1000", account_id: str = "250001") -> str:
        """A thread of this contact, or of a visitor the CRM does not know; its id."""
        return self.world.open_thread(contact or self.world.new_contact_id(), channel_id, account_id)

    def change_thread(self, thread: str, **fields: object) -> None:
        """Set fields of a thread: status="CLOSED", archived=True, spam=True, assignedTo="A-900"."""
        self.world.threads[thread].update(fields)

    # Who speaks. Each returns the message's id once the hook has accepted the event or every try was made.

    async def visitor_says(
        self,
        thread: str,
        text: str,
        *,
        attachments: Sequence[str] = (),
        hidden_for: int = 0,
        cut_to: str | None = None,
        notify: bool = True,
    ) -> str:
        """`attachments` are types (FILE, …). `hidden_for`: so many looks at it find nothing yet. `cut_to`: the message
        shows only this, the whole text is its original content. `notify` False: no webhook is sent."""
        actor = f"V-{self.world.threads[thread]['associatedContactId']}"
        hand = Hand(actor=actor, client="SYSTEM", direction="INCOMING")
        message = self.world.add_message(thread, "MESSAGE", hand, text)
        message["attachments"] = [{"type": kind, "fileId": "1"} for kind in attachments]
        message_id = str(message["id"])
        if hidden_for:
            self.world.hidden[message_id] = hidden_for
        if cut_to is not None:
            self.world.originals[message_id] = text
            message |= {"text": cut_to, "richText": cut_to, "truncationStatus": "TRUNCATED"}
        if notify:
            await self.webhooks.send([self.event_of(thread, message)])
        return message_id

    async def agent_says(self, thread: str, text: str, actor: str = "A-900") -> str:
        """A colleague answers the visitor."""
        return await self.other_says(thread, text, actor=actor)

    async def other_says(
        self, thread: str, text: str, *, actor: str, kind: str = "MESSAGE", direction: str = "OUTGOING"
    ) -> str:
        """Anything by anybody: COMMENT, WELCOME_MESSAGE, ASSIGNMENT, … by `A-`, `B-`, `I-`, `L-` or `S-` actors."""
        hand = Hand(actor=actor, client=_CLIENTS.get(actor[:1], "SYSTEM"), direction=direction)
        message = self.world.add_message(thread, kind, hand, text)
        if kind in ("MESSAGE", "COMMENT", "WELCOME_MESSAGE"):
            await self.webhooks.send([self.event_of(thread, message)])
        return str(message["id"])

    # What became of it.

    def replies(self, thread: str) -> list[str]:
        """Texts posted through the API that the visitor sees, oldest first."""
        return [str(post["text"]) for post in self.posts(thread) if post["type"] == "MESSAGE"]

    def comments(self, thread: str) -> list[str]:
        """Texts posted through the API for the team, oldest first."""
        return [str(post["text"]) for post in self.posts(thread) if post["type"] == "COMMENT"]

    def posts(self, thread: str) -> list[Json]:
        """Whole messages posted through the API, oldest first; kept when the thread is deleted."""
        return list(self.world.posted.get(thread, ()))

    @property
    def calls(self) -> list[Call]:
        """Every call of the API so far."""
        return self.api.calls

    @property
    def unsubscribed(self) -> list[str]:
        """Addresses unsubscribed through the API, in order."""
        return self.world.unsubscribed

    # Trouble made to order.

    def trouble(self, route: str, *troubles: Trouble, times: int | None = 1) -> None:
        """The next calls of `route` (a name of api.py, or EVERYWHERE) go wrong, each trouble `times` times in turn.

        `times` None: the one trouble given comes until `calm`.
        """
        if times is None:
            (self.api.script.endless[route],) = troubles
        else:
            self.api.script.waiting.setdefault(route, []).extend(one for one in troubles for _ in range(times))

    def calm(self, route: str = EVERYWHERE) -> None:
        """No trouble of this route any more; EVERYWHERE: of none."""
        for scripted in (self.api.script.waiting, self.api.script.endless):
            if route == EVERYWHERE:
                scripted.clear()
            else:
                scripted.pop(route, None)

    def revoke_token(self) -> None:
        """Every call is answered 401."""
        self.api.token = None

    def restore_token(self) -> None:
        """The token counts again."""
        self.api.token = self.token

    # Privacy and deletion.

    async def delete_contact_for_good(self, contact: str) -> None:
        """The permanent deletion: the contact is gone, contact.privacyDeletion and contact.deletion come."""
        self.world.contacts.pop(contact, None)
        kinds = ("contact.deletion", "contact.privacyDeletion")
        await self.webhooks.send([self.event(kind, contact) for kind in kinds])

    async def delete_thread_for_good(self, thread: str) -> None:
        """The thread is gone, conversation.privacyDeletion comes."""
        self.world.forget_thread(thread)
        await self.webhooks.send([self.event("conversation.privacyDeletion", thread)])

    def lose_thread(self, thread: str) -> None:
        """The thread is gone and nobody says so."""
        self.world.forget_thread(thread)

    # Webhooks.

    def event(self, kind: str, object_id: str, **more: object) -> Json:
        """A webhook event of ours now, not sent."""
        return {
            "eventId": self.webhooks.rng.randrange(10**9),
            "subscriptionId": 3100001,
            "portalId": int(self.portal_id),
            "appId": int(self.app_id),
            "occurredAt": int(self.world.clock().timestamp() * 1000),
            "subscriptionType": kind,
            "attemptNumber": 0,
            "objectId": int(object_id),
            **more,
        }

    def event_of(self, thread: str, message: Json) -> Json:
        """The event that a message is there."""
        more = {"messageId": message["id"], "messageType": message["type"], "changeFlag": "NEW_MESSAGE"}
        return self.event("conversation.newMessage", thread, **more)

    async def settled(self) -> None:
        """Every echo has been delivered, or tried often enough."""
        while self._echoes:
            await asyncio.gather(*self._echoes)

    def _echo(self, thread: str, message: Json) -> None:
        """What we post comes back to us as an event, after the answer: the loop a listener must not fall into."""
        task = asyncio.create_task(self.webhooks.send([self.event_of(thread, message)]))
        self._echoes.add(task)
        task.add_done_callback(self._echoes.discard)
