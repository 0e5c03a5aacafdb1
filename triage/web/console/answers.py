"""What every answer of the console carries: nothing from elsewhere, nothing kept, nothing framed."""

import hashlib
from pathlib import Path

from aiohttp import hdrs, web

_FOLDER = Path(__file__).parent / "static"
_STATIC = {
    "console.css": "text/css",
    "screens.css": "text/css",
    "case.css": "text/css",
    "console.js": "text/javascript",
    "letters.css": "text/css",
    "reports.css": "text/css",
    "letter.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}

# A post with a long note and a letter beside it; a note of 10 MB is refused with words.
MOST_BODY_BYTES = 1024 * 1024
# A campaign's list of some hundred thousand lines, at the one address that takes files.
MOST_UPLOAD_BYTES = 20 * 1024 * 1024

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def secure(answer: web.StreamResponse, *, over_https: bool) -> None:
    """Add what every answer carries. Pages hold personal data: no cache keeps them."""
    for name, value in _HEADERS.items():
        answer.headers.setdefault(name, value)
    answer.headers.setdefault(hdrs.CACHE_CONTROL, "no-store")
    if over_https:
        answer.headers.setdefault("Strict-Transport-Security", "max-age=31536000")


class StaticFiles:
    """Style, script and icon, in memory. Their address changes with their content."""

    def __init__(self) -> None:
        self._files = {name: (_FOLDER / name).read_bytes() for name in _STATIC}
        self.version = hashlib.sha256(b"\0".join(self._files.values())).hexdigest()[:12]

    async def serve(self, request: web.Request) -> web.Response:
        """One of them."""
        name = request.match_info["name"]
        if name not in self._files:
            raise web.HTTPNotFound
        headers = {hdrs.CACHE_CONTROL: "public, max-age=86400"}
        return web.Response(body=self._files[name], content_type=_STATIC[name], charset="utf-8", headers=headers)
