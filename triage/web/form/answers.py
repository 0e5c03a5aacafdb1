"""What every answer of the form carries, and how a post's body is read without trusting its sender."""

import asyncio
import hashlib
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

MOST_BODY_BYTES = 64 * 1024
_BODY_WITHIN_S = 20.0
_FOLDER = Path(__file__).parent / "static"
_STATIC = {"form.css": "text/css", "form.js": "text/javascript", "icon.svg": "image/svg+xml"}

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",  # the challenge
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class BodyTooLarge(Exception):
    """More than the form can take."""


class BodyTooSlow(Exception):
    """It did not come within its time."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StaticFile:
    """A file of the form's, in memory."""

    body: bytes
    content_type: str


def load_static() -> dict[str, StaticFile]:
    """Style, script and icon by name."""
    return {name: StaticFile(body=(_FOLDER / name).read_bytes(), content_type=kind) for name, kind in _STATIC.items()}


def version_of(files: dict[str, StaticFile]) -> str:
    """Changes with any of the files."""
    return hashlib.sha256(b"\0".join(file.body for file in files.values())).hexdigest()[:12]


def page(html: str, status: int = 200, *, retry_after_s: int | None = None) -> web.Response:
    """An HTML page; nobody keeps a copy of it."""
    headers = {**_HEADERS, "Cache-Control": "no-store", "Content-Language": "en-GB"}
    if retry_after_s is not None:
        headers["Retry-After"] = str(retry_after_s)
    return web.Response(text=html, status=status, content_type="text/html", charset="utf-8", headers=headers)


def static_answer(file: StaticFile) -> web.Response:
    """A static file; its address changes with its content."""
    headers = {**_HEADERS, "Cache-Control": "public, max-age=86400"}
    return web.Response(body=file.body, content_type=file.content_type, charset="utf-8", headers=headers)


def json_answer(body: dict[str, object]) -> web.Response:
    """JSON for our own script."""
    return web.json_response(body, headers={**_HEADERS, "Cache-Control": "no-store"})


async def read_body(request: web.Request) -> bytes:
    """A post's body. Raises BodyTooLarge, BodyTooSlow; a client that goes away ends the request by itself."""
    if (request.content_length or 0) > MOST_BODY_BYTES:
        raise BodyTooLarge
    body = bytearray()
    try:
        async with asyncio.timeout(_BODY_WITHIN_S):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > MOST_BODY_BYTES:
                    raise BodyTooLarge
    except TimeoutError:
        raise BodyTooSlow from None
    return bytes(body)
