"""The chat's half of the store: one method, one transaction. What happens in each lies beside this module."""

from datetime import datetime, timedelta

from sqlalchemy import delete

from triage.adapters.store import chat_lines, chat_posts, chat_rooms, items, opt_outs, privacy, reach
from triage.adapters.store.engine import Database
from triage.adapters.store.schema import form_challenge
from triage.domain.chat import ChatLine
from triage.domain.records import ChatRoom, Forgotten, OptOut, Unreachable
from triage.ports import Item, Letter, NewItem


class ChatHalf:
    """See ports_chat.ChatStore."""

    _database: Database
    _secret: bytes
    _lease: timedelta

    async def claim_events(self, worker: str, limit: int, now: datetime) -> tuple[Item, ...]:
        """See ChatStore.claim_events."""
        async with self._database.write() as connection:
            return await items.claim_items(connection, worker, limit, now, self._lease, events=True)

    async def put_off(self, item: Item, retry_at: datetime) -> None:
        """See ChatStore.put_off."""
        async with self._database.write() as connection:
            await items.put_off(connection, item, retry_at)

    async def pass_event(self, item: Item, code: str, now: datetime) -> None:
        """See ChatStore.pass_event."""
        async with self._database.write() as connection:
            await items.pass_event(connection, item, code, now)

    async def keep_line(
        self,
        item: Item,
        portal_id: str,
        thread_id: str,
        line: ChatLine,
        due_at: datetime,
        latest_at: datetime,
        now: datetime,
    ) -> None:
        """See ChatStore.keep_line."""
        async with self._database.write() as connection:
            await chat_rooms.keep_line(connection, item, portal_id, thread_id, line, due_at, latest_at, now)

    async def claim_rooms(self, now: datetime, limit: int) -> tuple[ChatRoom, ...]:
        """See ChatStore.claim_rooms."""
        async with self._database.write() as connection:
            return await chat_rooms.claim_rooms(connection, now, limit, self._lease)

    async def put_off_room(self, room: ChatRoom, retry_at: datetime, *, failed: bool) -> None:
        """See ChatStore.put_off_room."""
        async with self._database.write() as connection:
            await chat_rooms.put_off_room(connection, room, retry_at, failed=failed)

    async def room_lines(
        self, room: ChatRoom, earlier: int, since: datetime
    ) -> tuple[tuple[ChatLine, ...], tuple[ChatLine, ...]]:
        """See ChatStore.room_lines."""
        async with self._database.read() as connection:
            return await chat_rooms.room_lines(connection, room, earlier, since)

    async def hand_in(self, room: ChatRoom, item: NewItem, contact_id: str, now: datetime) -> None:  # noqa: ARG002
        """See ChatStore.hand_in. Queued, so that no contact is forgotten between the look and the saving."""
        async with self._database.write(queued=True) as connection:
            if not await privacy.drop_forgotten(connection, self._secret, room, contact_id):
                await chat_rooms.hand_in(connection, room, item, contact_id)

    async def drop_text(self, before: datetime) -> int:
        """See ChatStore.drop_text."""
        async with self._database.write() as connection:
            dropped = await chat_lines.drop_text(connection, before)
        await self._database.empty_log(erased=dropped > 0)
        return dropped

    async def count_passed_over(self, since: datetime | None = None) -> int:
        """See ChatStore.count_passed_over."""
        async with self._database.read() as connection:
            return await chat_lines.count_passed_over(connection, since)

    async def own_posts(self, portal_id: str, thread_id: str) -> frozenset[str]:
        """See ChatStore.own_posts."""
        async with self._database.read() as connection:
            return await chat_posts.own_posts(connection, portal_id, thread_id)

    async def record_post(self, letter: Letter, message_id: str) -> None:
        """See ChatStore.record_post."""
        async with self._database.write() as connection:
            await chat_posts.record_post(connection, letter, message_id)

    async def stranded_posts(self, worker: str, now: datetime, limit: int) -> tuple[Letter, ...]:
        """See ChatStore.stranded_posts."""
        async with self._database.write() as connection:
            return await chat_posts.stranded_posts(connection, worker, now, limit, self._lease)

    async def forget_thread(self, portal_id: str, thread_id: str, item: Item, now: datetime) -> Forgotten:
        """See ChatStore.forget_thread."""
        async with self._database.write(queued=True) as connection:
            gone = await privacy.forget_thread(connection, self._secret, portal_id, thread_id, item, now)
        await self._database.empty_log(erased=True)
        return gone

    async def forget_contact(self, portal_id: str, contact_id: str, item: Item, now: datetime) -> Forgotten:
        """See ChatStore.forget_contact."""
        async with self._database.write(queued=True) as connection:
            gone = await privacy.forget_contact(connection, self._secret, portal_id, contact_id, item, now)
        await self._database.empty_log(erased=True)
        return gone

    async def without_way_to_answer(self) -> tuple[Unreachable, ...]:
        """See ChatStore.without_way_to_answer."""
        async with self._database.read() as connection:
            return await reach.without_way_to_answer(connection)

    async def mark_cannot_reach(self, reference: str, now: datetime) -> bool:
        """See ChatStore.mark_cannot_reach."""
        async with self._database.write(queued=True) as connection:
            return await reach.mark_cannot_reach(connection, self._secret, reference, now)

    async def opt_outs_to_carry_out(self, by: str) -> tuple[OptOut, ...]:
        """See ChatStore.opt_outs_to_carry_out."""
        async with self._database.read() as connection:
            return await opt_outs.opt_outs_to_carry_out(connection, by)

    async def drop_challenges(self, before: datetime) -> int:
        """See ChatStore.drop_challenges."""
        async with self._database.write() as connection:
            spent = delete(form_challenge).where(form_challenge.c.spent_at < before)
            return (await connection.execute(spent)).rowcount
