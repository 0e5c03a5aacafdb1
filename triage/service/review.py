"""What a person does. Every button of the console and every command that changes something calls one function here."""

from datetime import datetime

from triage.ports import Store


async def retry_quarantined(store: Store, item_id: int, now: datetime) -> bool:
    """Give an unreadable item another try, with a clean count; False if there is none of that number."""
    return await store.retry_quarantined(item_id, now)
