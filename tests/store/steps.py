"""Steps that many store tests take."""

from tests.factories import NOW, make_filing, make_new_item
from triage.ports import Item, Store


async def claim_one(store: Store, **changes: object) -> Item:
    """A fresh item, stored and claimed."""
    await store.save_items([make_new_item(**changes)], None)
    (item,) = await store.claim_items("worker", 1, NOW)
    return item


async def file_one(store: Store, **changes: object) -> str:
    """A fresh item, filed. Returns the reference drawn for it."""
    return await file_item(store, await claim_one(store), **changes)


async def file_item(store: Store, item: Item, **changes: object) -> str:
    """The item, filed under a fresh reference, which is returned."""
    async with store.filing() as filer:
        reference = await filer.next_reference(2026)
        await filer.file(make_filing(item, reference, **changes))
    return reference
