"""What a person does. Every button of the console and every command that changes something calls one function here."""

from datetime import datetime, timedelta

from triage.errors import TriageError
from triage.ports import Store

# A draft promises days that were worked out when it was written; after a week a person writes anew.
DRAFT_HOLDS_FOR = timedelta(days=7)


async def settle_draft(store: Store, letter_id: int, *, approved: bool, by: str, now: datetime) -> bool:
    """Send a draft or discard it; False if it is no draft. `by` is who said so, for the journal.

    Raises TriageError for an approval so late that the days in the draft may no longer be true.
    """
    letter = await store.show_letter(letter_id)
    if approved and letter is not None and letter.state == "draft" and now - letter.created_at > DRAFT_HOLDS_FOR:
        raise TriageError(
            f"letter {letter_id} was drafted over {DRAFT_HOLDS_FOR.days} days ago, and the days it promises may "
            "be past: discard it and write by hand"
        )
    return await store.settle_draft(letter_id, approved=approved, by=by, now=now)


async def retry_quarantined(store: Store, item_id: int, now: datetime) -> bool:
    """Give an unreadable item another try, with a clean count; False if there is none of that number."""
    return await store.retry_quarantined(item_id, now)


async def clear_alarm(store: Store, code: str, reference: str | None, now: datetime) -> bool:
    """Say that an alarm is dealt with; False if none of that code and reference stands.

    One whose cause is still there is raised again when it is next seen.
    """
    return await store.clear_alarm(code, reference, now)


async def mark_acknowledged(store: Store, reference: str, *, by: str, now: datetime) -> bool:
    """Say that a person has acknowledged by hand, or that none is needed; False if nothing there was unacknowledged."""
    return await store.mark_acknowledged(reference, by=by, now=now)
