"""The stand-in's API: every route in both versions of its path, behind the token, each call able to meet trouble."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from html import escape

from aiohttp import web

from triage.demo.hubspot import strict
from triage.demo.hubspot.strict import Wrong, bad, missing
from triage.demo.hubspot.trouble import Script, Trouble
from triage.demo.hubspot.world import Hand, Json, World

_THREADS = ("/conversations/v3/conversations/threads", "/conversations/conversations/2026-09/threads")
_ACTORS = ("/conversations/v3/conversations/actors", "/conversations/conversations/2026-09/actors")
_CONTACTS = ("/crm/v3/objects/contacts", "/crm/objects/2026-09/contacts")
_STATUSES = ("/communication-preferences/v4/statuses", "/communication-preferences/2026-09/statuses")
_LONGEST_HANG_S = 30.0
_PAGE = 100
_THREAD_PAGE = 500
_CATEGORIES = {401: "INVALID_AUTHENTICATION", 403: "MISSING_SCOPES", 404: "OBJECT_NOT_FOUND", 429: "RATE_LIMITS"}

Handler = Callable[[web.Request], Awaitable[web.Response]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """A request the stand-in got: the route's name, "-" for none, and what it was answered (0: not at all)."""

    route: str
    method: str
    path: str
    status: int


@dataclass(kw_only=True)
class Api:
    """Answers from the `world`. `on_posted(thread id, message)` is told of everything posted through it."""

    world: World
    token: str | None
    on_posted: Callable[[str, Json], None]
    script: Script = field(default_factory=Script)
    calls: list[Call] = field(default_factory=list)
    remaining: int = 189
    page_size: int = _PAGE
    post_status: str = "SENT"
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    def app(self) -> web.Application:
        """The application with all routes."""
        app = web.Application(client_max_size=2**21)
        for at in range(len(_THREADS)):
            threads, contacts = _THREADS[at], _CONTACTS[at]
            self._add(app, "threads", "GET", threads, self._list_threads)
            self._add(app, "thread", "GET", threads + "/{thread}", self._thread)
            self._add(app, "messages", "GET", threads + "/{thread}/messages", self._messages)
            self._add(app, "post", "POST", threads + "/{thread}/messages", self._post)
            self._add(app, "message", "GET", threads + "/{thread}/messages/{message}", self._message)
            original = threads + "/{thread}/messages/{message}/original-content"
            self._add(app, "original", "GET", original, self._original)
            self._add(app, "actors", "POST", _ACTORS[at] + "/batch/read", self._actors)
            self._add(app, "actor", "GET", _ACTORS[at] + "/{actor}", self._actor)
            self._add(app, "contact_search", "POST", contacts + "/search", self._search)
            self._add(app, "contact", "GET", contacts + "/{contact}", self._contact)
            self._add(app, "unsubscribe_all", "POST", _STATUSES[at] + "/{address}/unsubscribe-all", self._unsubscribe)
        self._add(app, "-", "*", "/{anything:.*}", _nowhere)
        return app

    def _add(self, app: web.Application, name: str, method: str, path: str, handler: Handler) -> None:
        app.router.add_route(method, path, partial(self._guarded, name, handler))

    async def _guarded(self, name: str, handler: Handler, request: web.Request) -> web.StreamResponse:
        trouble = self.script.next_for(name)
        if trouble is None or trouble.lands:
            response = await self._answered(handler, request)
        if trouble is not None:
            response = await self._in_trouble(trouble, request)
        if name != "contact_search":
            response.headers.update(self._limits(trouble))
        self.calls.append(Call(route=name, method=request.method, path=request.path, status=response.status))
        return response

    async def _answered(self, handler: Handler, request: web.Request) -> web.Response:
        try:
            if self.token is None or request.headers.get("Authorization") != f"Bearer {self.token}":
                raise Wrong(401, _CATEGORIES[401], "the token is missing, wrong or expired")
            return await handler(request)
        except Wrong as wrong:
            return _error(wrong)

    async def _in_trouble(self, trouble: Trouble, request: web.Request) -> web.Response:
        if trouble.act == "garbage":
            return web.Response(status=trouble.status, text="<html>a moment, please</html>", content_type="text/html")
        if trouble.act == "answer":
            category = _CATEGORIES.get(trouble.status, "INTERNAL_ERROR")
            response = _error(Wrong(trouble.status, category, "trouble made to order"), trouble.policy)
            response.headers.update(trouble.headers)
            return response
        if trouble.act == "hang":
            with suppress(TimeoutError):
                await asyncio.wait_for(self.closing.wait(), _LONGEST_HANG_S)
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=500)

    def _limits(self, trouble: Trouble | None) -> dict[str, str]:
        remaining = 0 if trouble is not None and trouble.status == 429 else self.remaining
        return {
            "X-HubSpot-RateLimit-Max": "190",
            "X-HubSpot-RateLimit-Remaining": str(remaining),
            "X-HubSpot-RateLimit-Interval-Milliseconds": "10000",
            "X-HubSpot-RateLimit-Daily": "650000",
            "X-HubSpot-RateLimit-Daily-Remaining": "649000",
        }

    async def _list_threads(self, request: web.Request) -> web.Response:
        query = request.query
        strict.check_query(query, ("associatedContactId", "threadStatus", "limit", "after", "inboxId", "archived"))
        contact, status = query.get("associatedContactId"), query.get("threadStatus")
        if contact is not None and (status not in ("OPEN", "CLOSED") or "inboxId" in query):
            raise bad("with associatedContactId, threadStatus is required and inboxId forbidden")
        found = [
            thread
            for thread in self.world.threads.values()
            if contact in (None, thread["associatedContactId"]) and status in (None, thread["status"])
        ]
        return self._page(found, request, _THREAD_PAGE)

    async def _thread(self, request: web.Request) -> web.Response:
        strict.check_query(request.query, ("association", "archived"))
        return web.json_response(self.world.threads[self._thread_id(request)])

    async def _messages(self, request: web.Request) -> web.Response:
        strict.check_query(request.query, ("limit", "after", "sort", "archived"))
        found = [message for message in self.world.messages[self._thread_id(request)] if self.world.is_visible(message)]
        sort = request.query.get("sort", "-createdAt")
        if sort not in ("createdAt", "-createdAt"):
            raise bad("sort is unknown")
        return self._page(found if sort == "createdAt" else found[::-1], request, _PAGE)

    async def _message(self, request: web.Request) -> web.Response:
        strict.check_query(request.query, ())
        return web.json_response(self._message_of(request))

    async def _original(self, request: web.Request) -> web.Response:
        message = self._message_of(request)
        text = self.world.originals.get(str(message["id"]), str(message["text"]))
        return web.json_response({"text": text, "richText": f"<div>{escape(text)}</div>"})

    async def _post(self, request: web.Request) -> web.Response:
        thread_id = self._thread_id(request)
        body = strict.check_post(await _body(request), self.world.actors)
        kind = str(body["type"])
        actor = str(body["senderActorId"]) if kind == "MESSAGE" else f"I-{self.world.app_id}"
        hand = Hand(actor=actor, client="INTEGRATION", direction="OUTGOING")
        message = self.world.add_message(thread_id, kind, hand, str(body["text"]), str(body.get("richText", "")))
        if kind == "MESSAGE":
            # A wrong account is taken all the same: the trap HubSpot is known for.
            named: Json = {"channelId": body["channelId"], "channelAccountId": body["channelAccountId"]}
            message |= {"recipients": body["recipients"], "status": {"statusType": self.post_status}, **named}
        self.world.posted.setdefault(thread_id, []).append(message)
        self.on_posted(thread_id, message)
        return web.json_response(message, status=201)

    async def _actor(self, request: web.Request) -> web.Response:
        strict.check_query(request.query, ())
        actor = self.world.actors.get(request.match_info["actor"])
        if actor is None:
            raise missing("actor")
        return web.json_response(actor)

    async def _actors(self, request: web.Request) -> web.Response:
        wanted = strict.check_actors(await _body(request))
        found = [self.world.actors[actor] for actor in wanted if actor in self.world.actors]
        return web.json_response(
            {"status": "COMPLETE", "results": found}, status=200 if len(found) == len(wanted) else 207
        )

    async def _contact(self, request: web.Request) -> web.Response:
        strict.check_query(request.query, ("properties", "propertiesWithHistory", "archived", "idProperty"))
        contact = self.world.contacts.get(request.match_info["contact"])
        if contact is None:
            raise missing("contact")
        return web.json_response(contact)

    async def _search(self, request: web.Request) -> web.Response:
        address = strict.check_search(await _body(request)).lower()
        found = [one for one in self.world.contacts.values() if _address_of(one) == address]
        return web.json_response({"total": len(found), "results": found})

    async def _unsubscribe(self, request: web.Request) -> web.Response:
        strict.check_query(request.query, ("channel", "businessUnitId", "verbose"))
        if request.query.get("channel") != "EMAIL":
            raise bad("channel must be EMAIL")
        self.world.unsubscribed.append(request.match_info["address"].lower())
        return web.json_response({"status": "COMPLETE", "results": []})

    def _thread_id(self, request: web.Request) -> str:
        thread_id = request.match_info["thread"]
        if not (thread_id.isascii() and thread_id.isdigit()):
            raise bad("a thread's id is a number")
        if thread_id not in self.world.threads:
            raise missing("thread")
        return thread_id

    def _message_of(self, request: web.Request) -> Json:
        message = self.world.look_up(self._thread_id(request), request.match_info["message"])
        if message is None:
            raise missing("message")
        return message

    def _page(self, found: list[Json], request: web.Request, most: int) -> web.Response:
        """A page; the cursor is there as long as entries follow, on short pages too."""
        limit = min(strict.check_limit(request.query, most), self.page_size)
        after = request.query.get("after", "0")
        if not (after.isascii() and after.isdigit()):
            raise bad("after is no cursor of ours")
        end = int(after) + limit
        paging: Json = {"paging": {"next": {"after": str(end)}}} if end < len(found) else {}
        return web.json_response({"results": found[int(after) : end], **paging})


async def _nowhere(_request: web.Request) -> web.Response:
    raise missing("route")


async def _body(request: web.Request) -> object:
    try:
        return json.loads(await request.read())
    except ValueError:
        raise bad("the body is no JSON") from None


def _error(wrong: Wrong, policy: str = "") -> web.Response:
    inner: Json = {"message": wrong.message}
    if wrong.sub_category:
        inner["subCategory"] = wrong.sub_category
    body: Json = {
        "status": "error",
        "message": wrong.message,
        "correlationId": "00000000-0000-4000-8000-000000000000",
        "category": wrong.category,
        "errors": [inner],
    }
    return web.json_response({**body, **({"policyName": policy} if policy else {})}, status=wrong.status)


def _address_of(contact: Json) -> str:
    properties = contact["properties"]
    return str(properties.get("email") or "").lower() if isinstance(properties, dict) else ""
