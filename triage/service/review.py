"""What a person does. Every button of the console and every command that changes something calls one function here."""

from datetime import datetime

from triage.ports import Store


async def settle_draft(store: Store, letter_id: int, *, approved: bool, by: str, now: datetime) -> bool:
    """Send a draft or discard it; False if it is no draft. `by` is who said so, for the journal."""
    return await store.settle_draft(letter_id, approved=approved, by=by, now=now)


async def retry_quarantined(store: Store, item_id: int, now: datetime) -> bool:
    """Give an unreadable item another try, with a clean count; False if there is none of that number."""
    return await store.retry_quarantined(item_id, now)


async def clear_alarm(store: Store, code: str, reference: str | None, now: datetime) -> bool:
    """Say that an alarm is dealt with; False if none of that code and reference stands.

    One whose cause is still there is raised again when it is next seen.
    """
    return await store.clear_alarm(code, reference, now)
