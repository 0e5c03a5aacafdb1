"""Calls to HubSpot's API: one session, every call bounded in time and size, every answer turned into value or error.

What an error means for a post depends on one moment: whether the request had begun to flow. Before it nothing can
have been posted. After it only a clear answer tells; a lost line or a 5xx there is ChatUnclear.
The token goes to the configured address alone: redirects are not followed, and no error text holds it, an address of a
web page or a word of the answer's message, which may quote a person.
"""

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import aiohttp

from triage.adapters.hubspot_limits import TROUBLE_WAIT_S, wait_after, wait_when_low
from triage.adapters.hubspot_paths import Version
from triage.config import is_safe_for_a_token
from triage.domain.breaker import Breaker
from triage.errors import ChatNotLetIn, ChatRefused, ChatUnavailable, ChatUnclear, SettingsWrong

_ANSWER_BYTES = 4 * 2**20
_CODE = re.compile(r"[A-Za-z0-9_.:-]{1,80}")
_CODES_SHOWN = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class HubSpotSettings:
    """Where the API is and who we are there. `timeout_s` limits every call, `connect_timeout_s` getting through."""

    token: str = field(repr=False)
    portal_id: str
    sender_actor: str
    api_url: str = "https://api.hubapi.com"
    app_url: str = "https://app.hubspot.com"
    version: Version = "v3"
    timeout_s: float = 10.0
    connect_timeout_s: float = 5.0


@dataclass(frozen=True, kw_only=True, slots=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    body: object
    """The JSON, None where there is none or it is broken."""
    empty: bool


class _LineLost(Exception):
    """No whole answer. `written`: the request had begun to flow."""

    def __init__(self, words: str, *, written: bool) -> None:
        super().__init__(words)
        self.written = written


class HubSpotHttp:
    """Raises SettingsWrong at once where the token would travel bare. `clock` gives seconds that only move forward."""

    def __init__(self, settings: HubSpotSettings, clock: Callable[[], float] = time.monotonic) -> None:
        if not is_safe_for_a_token(settings.api_url):
            raise SettingsWrong(["TRIAGE_HUBSPOT_API_URL: http is allowed towards this machine only"])
        self._settings = settings
        self._clock = clock
        self._session: aiohttp.ClientSession | None = None
        self._breaker = Breaker()
        self._held_until = float("-inf")

    @property
    def breaker_open(self) -> bool:
        """True from the fifth failure in a row until a call has succeeded."""
        return self._breaker.is_open

    async def get(self, path: str, **query: str) -> object | None:
        """The JSON at `path`, None for 404. Raises ChatUnavailable, ChatRefused."""
        answer = await self._call("GET", path, query, None, posts=False)
        return _value(answer)

    async def ask(self, path: str, body: object | None, **query: str) -> object | None:
        """A POST that may safely be made twice: a search, a state that is set. As `get`."""
        answer = await self._call("POST", path, query, body, posts=False)
        return _value(answer)

    async def post(self, path: str, body: object) -> object:
        """A POST that must not be made twice. Raises ChatUnclear beside what `get` does; 404 is ChatRefused."""
        answer = await self._call("POST", path, {}, body, posts=True)
        if _is_missing(answer):
            raise ChatRefused("the thread is gone at HubSpot")
        if answer.status >= 300:
            raise _refusal(answer)
        if answer.body is None:
            raise ChatUnclear("HubSpot took the post, and what it answered cannot be read")
        return answer.body

    async def close(self) -> None:
        """Let go of every connection."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _call(self, method: str, path: str, query: Mapping[str, str], body: object, *, posts: bool) -> _Answer:
        now_s = self._clock()
        self._keep_away(now_s)
        self._breaker = self._breaker.started(now_s)
        try:
            answer = await self._exchange(method, path, query, body)
        except _LineLost as lost:
            self._breaker = self._breaker.failed(self._clock())
            if posts and lost.written:
                raise ChatUnclear(f"{lost} after the post was handed over") from None
            raise ChatUnavailable(str(lost), TROUBLE_WAIT_S) from None
        except BaseException:
            self._breaker = self._breaker.abandoned()
            raise
        return self._judged(answer, posts=posts)

    def _keep_away(self, now_s: float) -> None:
        """Raises ChatUnavailable while the breaker is open or HubSpot has asked us to wait."""
        breaker_s, held_s = self._breaker.wait_s(now_s), self._held_until - now_s
        if breaker_s > 0:
            raise ChatUnavailable("HubSpot failed several times in a row and is left in peace for a while", breaker_s)
        if held_s > 0:
            raise ChatUnavailable("HubSpot's limit of calls is reached", held_s)

    def _judged(self, answer: _Answer, *, posts: bool) -> _Answer:
        """The answer, its pleas to wait heard. Raises ChatUnavailable, or ChatUnclear for a post met by a 5xx."""
        now_s = self._clock()
        in_trouble = answer.status >= 500
        self._breaker = self._breaker.failed(now_s) if in_trouble else self._breaker.succeeded()
        self._hold(now_s + wait_when_low(answer.headers))
        wait_s = wait_after(answer.status, answer.headers, answer.body)
        if wait_s is None:
            return answer
        if answer.status == 429:
            self._hold(now_s + wait_s)
        if in_trouble and posts:
            raise ChatUnclear(_in_one_line(answer))
        raise ChatUnavailable(_in_one_line(answer), wait_s)

    def _hold(self, until: float) -> None:
        self._held_until = max(self._held_until, until)

    async def _exchange(self, method: str, path: str, query: Mapping[str, str], body: object) -> _Answer:
        url = self._settings.api_url.rstrip("/") + path + (f"?{urlencode(query)}" if query else "")
        seen = SimpleNamespace(written=False)
        try:
            async with self._opened().request(
                method, url, json=body, allow_redirects=False, trace_request_ctx=seen
            ) as response:
                raw = await _bounded(response.content)
                return _Answer(status=response.status, headers=response.headers, body=_json(raw), empty=not raw)
        except (aiohttp.ClientError, OSError, TimeoutError) as trouble:
            # aiohttp's errors may hold headers and the whole address: neither is passed on.
            raise _LineLost(_in_words(trouble), written=seen.written) from None

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            tracing = aiohttp.TraceConfig()
            tracing.on_request_headers_sent.append(_note_written)
            self._session = aiohttp.ClientSession(
                headers={"Authorization": f"Bearer {self._settings.token}", "Accept": "application/json"},
                timeout=aiohttp.ClientTimeout(
                    total=self._settings.timeout_s, sock_connect=self._settings.connect_timeout_s
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                trace_configs=[tracing],
            )
        return self._session


async def _note_written(_session: aiohttp.ClientSession, context: SimpleNamespace, _sent: object) -> None:
    context.trace_request_ctx.written = True


async def _bounded(content: aiohttp.StreamReader) -> bytes:
    raw = bytearray()
    async for chunk in content.iter_chunked(65536):
        raw += chunk
        if len(raw) > _ANSWER_BYTES:
            raise aiohttp.ClientPayloadError
    return bytes(raw)


def _json(raw: bytes) -> object:
    try:
        return json.loads(raw) if raw else None
    except (ValueError, RecursionError):
        return None


def _value(answer: _Answer) -> object | None:
    """What an answer that asks for no wait says. Raises ChatRefused, ChatNotLetIn, ChatUnavailable."""
    if _is_missing(answer):
        return None
    if answer.status >= 300:
        raise _refusal(answer)
    if answer.body is None and answer.status != 204:
        raise _stranger(answer)
    return {} if answer.body is None else answer.body


def _is_missing(answer: _Answer) -> bool:
    """Whether HubSpot says that there is no such thing. Raises ChatUnavailable where somebody else says so.

    A proxy's or sign-in page's 404 would otherwise make every message count as deleted.
    """
    if answer.status == 404 and answer.body is None and not answer.empty:
        raise _stranger(answer)
    return answer.status == 404


def _stranger(answer: _Answer) -> ChatUnavailable:
    said = f"what answered {answer.status} in HubSpot's place speaks no JSON; check TRIAGE_HUBSPOT_API_URL"
    return ChatUnavailable(said, TROUBLE_WAIT_S)


def _refusal(answer: _Answer) -> ChatRefused:
    said = _in_one_line(answer)
    if answer.status == 401:
        return ChatNotLetIn(f"{said}: the token is wrong, expired or revoked")
    if answer.status == 403:
        return ChatNotLetIn(f"{said}: the token lacks a scope")
    if answer.status < 400:
        return ChatRefused(f"{said}, a redirect, which is not followed: the token would go there")
    return ChatRefused(said)


def _in_one_line(answer: _Answer) -> str:
    """Status and codes alone; what does not look like a code is left out, for a message may quote a person."""
    body: dict[str, Any] = answer.body if isinstance(answer.body, dict) else {}
    found = [body.get("category"), body.get("policyName"), body.get("subCategory")]
    errors = body.get("errors")
    for error in errors if isinstance(errors, list) else []:
        if isinstance(error, dict):
            found += [error.get("code"), error.get("subCategory")]
    codes = [code for code in found if isinstance(code, str) and _CODE.fullmatch(code)]
    told = list(dict.fromkeys(codes))[:_CODES_SHOWN]
    correlation = body.get("correlationId")
    if isinstance(correlation, str) and _CODE.fullmatch(correlation):
        told.append(f"correlation {correlation}")
    return f"HubSpot answered {answer.status}" + (f" ({', '.join(told)})" if told else "")


def _in_words(trouble: Exception) -> str:
    if isinstance(trouble, aiohttp.ClientConnectorCertificateError):
        return "HubSpot's certificate is not trusted"
    if isinstance(trouble, TimeoutError):
        return "HubSpot did not answer in time"
    if isinstance(trouble, aiohttp.ClientConnectorError):
        return "HubSpot cannot be reached"
    if isinstance(trouble, aiohttp.ClientPayloadError):
        return "HubSpot's answer broke off or was too large"
    return "the line to HubSpot broke"
