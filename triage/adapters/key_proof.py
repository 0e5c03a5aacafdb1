"""Whether a process may write to a store with the storage keys it has, and what sealed bytes are known by.

Without any library: also a process without a key looks at these.
"""

from collections.abc import Collection, Sequence

from triage.errors import StoreUnavailable

# Sealed bytes begin with it. No JSON and no mail does, nor does UTF-8 allow it before what follows.
SEALED_BEGIN = b"\xd1"
# Stands among a store's fingerprints from the beginning of its first encryption to the end.
PLAIN = "plain"

ENCRYPTED = "the database is encrypted: set TRIAGE_STORAGE_KEY to the key it was encrypted with"
IN_PLAIN = (
    "the database is not encrypted yet: stop every process and run `triage store rekey`, which encrypts what is there, "
    "or take TRIAGE_STORAGE_KEY out"
)
UNFINISHED = "the database is encrypted in part: run `triage store rekey` again, it goes on where it stopped"
OTHER_STORAGE_KEY = (
    "the database is encrypted with another TRIAGE_STORAGE_KEY: put that key back, behind the new one with a comma "
    "between them while you change it"
)


def key_to_write_down(known: Collection[str], keys: Sequence[str], *, is_new: bool) -> str | None:
    """The fingerprint a store must hold before it is written to with `keys`; None where it holds it.

    `known`: the fingerprints of the keys something in it may be sealed with. `is_new`: nobody has ever worked with it,
    so nothing lies there in plain. Raises StoreUnavailable in one line.
    """
    if PLAIN in known:
        raise StoreUnavailable(UNFINISHED)
    if not keys:
        if known:
            raise StoreUnavailable(ENCRYPTED)
        return None
    if not known and not is_new:
        raise StoreUnavailable(IN_PLAIN)
    if not set(known) <= set(keys):
        raise StoreUnavailable(OTHER_STORAGE_KEY)
    return None if keys[0] in known else keys[0]
