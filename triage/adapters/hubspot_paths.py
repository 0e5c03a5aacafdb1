"""Where everything is at HubSpot: one table, an entry a version. v1-v3 become unsupported in September 2027.

The order of words in the dated conversations paths follows HubSpot's API description; its guide prose has another.
"""

from typing import Final, Literal
from urllib.parse import quote

Version = Literal["v3", "2026-09"]

_THREADS_V3 = "/conversations/v3/conversations/threads"
_THREADS_2026 = "/conversations/conversations/2026-09/threads"

PATHS: Final[dict[Version, dict[str, str]]] = {
    "v3": {
        "threads": _THREADS_V3,
        "thread": _THREADS_V3 + "/{thread}",
        "messages": _THREADS_V3 + "/{thread}/messages",
        "message": _THREADS_V3 + "/{thread}/messages/{message}",
        "original": _THREADS_V3 + "/{thread}/messages/{message}/original-content",
        "actor": "/conversations/v3/conversations/actors/{actor}",
        "contact": "/crm/v3/objects/contacts/{contact}",
        "contact_search": "/crm/v3/objects/contacts/search",
        # v3 of these can end one type of mail at a time only.
        "unsubscribe_all": "/communication-preferences/v4/statuses/{address}/unsubscribe-all",
    },
    "2026-09": {
        "threads": _THREADS_2026,
        "thread": _THREADS_2026 + "/{thread}",
        "messages": _THREADS_2026 + "/{thread}/messages",
        "message": _THREADS_2026 + "/{thread}/messages/{message}",
        "original": _THREADS_2026 + "/{thread}/messages/{message}/original-content",
        "actor": "/conversations/conversations/2026-09/actors/{actor}",
        "contact": "/crm/objects/2026-09/contacts/{contact}",
        "contact_search": "/crm/objects/2026-09/contacts/search",
        "unsubscribe_all": "/communication-preferences/2026-09/statuses/{address}/unsubscribe-all",
    },
}


def path_of(version: Version, name: str, **parts: str) -> str:
    """The path of `name` with its parts filled in, each quoted whole.

    Raises ValueError for a part that would lead elsewhere: empty, "." or "..".
    """
    if any(part.strip(".") == "" for part in parts.values()):
        raise ValueError("an id is missing")
    return PATHS[version][name].format(**{key: quote(part, safe="") for key, part in parts.items()})


def record_path(portal_id: str, contact_id: str) -> str:
    """Where a person finds a contact's record in HubSpot's own pages (0-1 is the type "contact")."""
    return f"/contacts/{quote(portal_id, safe='')}/record/0-1/{quote(contact_id, safe='')}"


def thread_path(portal_id: str, thread_id: str) -> str:
    """Where a person finds a conversation in HubSpot's inbox. No reference says so: its pages are addressed so."""
    return f"/live-messages/{quote(portal_id, safe='')}/inbox/{quote(thread_id, safe='')}"
