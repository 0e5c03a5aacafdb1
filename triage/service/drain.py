"""Moves what the hook has received from its file into the store. The store's unique keys drop what came before."""

from triage.domain.vocabulary import Channel
from triage.logs import get_logger
from triage.ports import MailboxPosition, NewItem, Store
from triage.ports_chat import InboxSource

log = get_logger()

ACCOUNT = "hook"
_ITEMS_A_BATCH = 100


async def drain_once(source: InboxSource, store: Store, *, batch: int = _ITEMS_A_BATCH) -> int:
    """Move everything that is there, `batch` items a transaction. Returns how many the store did not know.

    The position in the store is the truth: it moves in the items' own transaction, and a file it does not know
    (new, or opened anew by a hook) is read from its beginning. The mark, by which the hook may delete, follows the
    position, also backwards: a store put back from a backup needs again what it had before.
    A row that no hook of ours would write is passed over, and the log counts it.
    Raises StoreUnavailable; what was moved by then stays moved.
    """
    identity = await source.identity()
    if identity is None:
        return 0
    known = await store.mailbox_position(ACCOUNT)
    position = known.last_uid if known is not None and known.validity == identity else 0
    await source.mark_drained(identity, position)
    new = 0
    while found := await source.items_above(position, batch):
        position = found[-1][0]
        reached = MailboxPosition(account=ACCOUNT, validity=identity, last_uid=position)
        items = [item for _, item in found if item is not None and _is_the_hooks(item)]
        if len(items) < len(found):
            log.error("hook_items_refused", count=len(found) - len(items))
        new += await store.save_items(items, reached)
        await source.mark_drained(identity, position)
        if len(found) < batch:
            break
    return new


def _is_the_hooks(item: NewItem) -> bool:
    """Whether a hook receives such items. One that the internet took over must not forge a mail, a burst of chat that
    would be answered unseen, or take up the key of a mail still to come. deploy/postgres-hook-role.sql says the same.
    """
    if item.channel is Channel.CHAT:
        return item.is_event and item.key.startswith("hubspot:")
    return item.channel is Channel.FORM and not item.is_event and item.key.startswith("form:")
