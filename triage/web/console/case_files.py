"""Files of a case to save: what arrived, one attachment, the evidence pack. None of them is ever opened in the page."""

import asyncio
import re
from collections.abc import Mapping
from typing import Any

from aiohttp import hdrs, web
from aiohttp.helpers import content_disposition_header

from triage.domain.evidence import files_of
from triage.domain.vocabulary import Channel
from triage.parsing.attached import attachment_of
from triage.service.packing import zip_bytes
from triage.web.console.case import reference_of
from triage.web.console.context import console_of

# Controls, separators of paths, and letters that turn the direction of writing.
_UNSAFE = re.compile('[\x00-\x1f\x7f-\x9f\\\\/:*?"<>|\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+')
_SEALED = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
}


async def original(request: web.Request) -> web.Response:
    """A message as it came."""
    raw, row = await _message(request)
    suffix = "eml" if row["channel"] == Channel.EMAIL else "raw"
    return _saved(raw, f"{row['thread']}-message-{row['id']}.{suffix}")


async def attachment(request: web.Request) -> web.Response:
    """One attachment of a mail."""
    raw, row = await _message(request)
    index = int(request.match_info["index"])
    if row["channel"] != Channel.EMAIL or index >= len(row["attachments"]):
        raise web.HTTPNotFound
    content = await asyncio.to_thread(attachment_of, raw, index)
    if content is None:
        raise web.HTTPNotFound(text="It can be seen in the whole message only: save that one.")
    name = _UNSAFE.sub("_", row["attachments"][index]["name"] or "attachment").strip("._ ")[-120:]
    return _saved(content, f"{row['thread']}-{index + 1}-{name or 'attachment'}")


async def evidence(request: web.Request) -> web.Response:
    """The evidence pack, as `triage export` writes it."""
    reference = reference_of(request)
    found = await console_of(request).store.evidence(reference)
    if found is None:
        raise web.HTTPNotFound(text=f"There is no enquiry or case {reference}.")
    content = await asyncio.to_thread(lambda: zip_bytes(files_of(found)))
    return _saved(content, f"{reference.replace('/', '-')}.zip")


async def _message(request: web.Request) -> tuple[bytes, Mapping[str, Any]]:
    reference, wanted = reference_of(request), int(request.match_info["message"])
    store = console_of(request).store
    found: Any = await store.show_case(reference)
    rows = [row for row in found["thread"] if row["id"] == wanted] if found else []
    raw = await store.original(reference, wanted) if rows else None
    if raw is None:
        raise web.HTTPNotFound
    if not raw:
        raise web.HTTPNotFound(text="What arrived is no longer kept: retention removed it.")
    return raw, rows[0]


def _saved(content: bytes, name: str) -> web.Response:
    headers = {**_SEALED, hdrs.CONTENT_DISPOSITION: content_disposition_header("attachment", filename=name)}
    return web.Response(body=content, content_type="application/octet-stream", headers=headers)
