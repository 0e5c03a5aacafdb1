"""The routes of the enquiry form, added to the hook's application. See docs/form.md."""

import math
import secrets
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from aiohttp import web

from triage.config import Settings
from triage.errors import RulesWrong
from triage.parsing.form_post import BOXES, FilledForm, FormNotReadable, faults_of, read_filled, read_pairs
from triage.parsing.form_words import faults_for, load_form_words
from triage.parsing.rules import load_policy
from triage.ports_chat import Inbox
from triage.web.form.answers import (
    BodyTooLarge,
    BodyTooSlow,
    json_answer,
    load_static,
    page,
    read_body,
    static_answer,
    version_of,
)
from triage.web.form.pages import Pages
from triage.web.form.proof import Proofs
from triage.web.form.taking import Desk, Outcome, Stored, TooMany

# Long enough for a restart. People read the page, robots read this.
_STORE_AWAY_RETRY_S = 120


def add_form(
    app: web.Application,
    *,
    settings: Settings,
    inbox: Inbox,
    rules_dir: Path,
    clock: Callable[[], datetime],
    client_of: Callable[[web.Request], str],
    monotonic: Callable[[], float] = time.monotonic,
) -> None:
    """Add `GET` and `POST /enquire` and what lies below it.

    `clock` gives aware UTC, `monotonic` seconds for the limits; `client_of` says for which party a request counts.
    Raises RulesWrong naming every fault of the form's words and of the policy they are filled from.
    """
    policy, words = load_policy(rules_dir), load_form_words(rules_dir)
    if faults := faults_for(words, policy):
        raise RulesWrong(faults)
    files = load_static()
    proofs = Proofs(settings.form_key.get_secret_value(), clock)
    nation = policy.main_controller.nation
    desk = Desk(inbox=inbox, proofs=proofs, nation=nation, clock=clock, monotonic=monotonic)
    form = _Form(pages=Pages(words, policy, version_of(files)), desk=desk, client_of=client_of)
    # With a slash the page is the same; only the way from it to everything else is another.
    below = _Form(pages=Pages(words, policy, version_of(files), root="../"), desk=desk, client_of=client_of)

    async def challenge(_request: web.Request) -> web.Response:
        return json_answer(proofs.challenge())

    async def static_file(request: web.Request) -> web.Response:
        return static_answer(files[request.match_info["name"]])

    names = "|".join(name.replace(".", r"\.") for name in files)
    app.add_routes(
        [
            web.get("/enquire", form.show),
            web.post("/enquire", form.take),
            web.get("/enquire/", below.show),
            web.post("/enquire/", below.take),
            web.get("/enquire/challenge", challenge),
            web.get(f"/enquire/{{name:{names}}}", static_file),
        ]
    )


class _Form:
    def __init__(self, *, pages: Pages, desk: Desk, client_of: Callable[[web.Request], str]) -> None:
        self._pages = pages
        self._desk = desk
        self._client_of = client_of

    async def show(self, request: web.Request) -> web.Response:
        """The empty form. `?about=complaint` ticks a box, for links from other pages."""
        asked = request.query.getall("about", [])
        about = tuple(box for box in BOXES if box in asked)
        return page(self._pages.form(FilledForm(about=about, form_id=_new_form_id())))

    async def take(self, request: web.Request) -> web.Response:
        """A filled form: stored and confirmed, or shown again with what has to be put right."""
        words = self._pages.words
        try:
            pairs = read_pairs(request.headers.get("Content-Type", ""), await read_body(request))
        except BodyTooLarge:
            return page(self._pages.notice(words.too_large, again=True), 413)
        except BodyTooSlow:
            return page(self._pages.notice(words.not_readable, again=True), 408)
        except FormNotReadable:
            return page(self._pages.notice(words.not_readable, again=True), 415)
        filled = read_filled(pairs, _new_form_id())
        if faults := faults_of(filled):
            return page(self._pages.form(filled, faults), 422)
        return self._answer(filled, await self._desk.take(filled, self._client_of(request)))

    def _answer(self, filled: FilledForm, outcome: Outcome) -> web.Response:
        match outcome:
            case Stored(reference=None):
                return page(self._pages.notice(self._pages.words.already, again=False))
            case Stored(reference=str(reference)):
                return page(self._pages.received(reference, outcome.received_on, filled.kinds))
            case TooMany(wait_s=wait_s):
                again = self._pages.form_again(
                    filled, self._pages.words.too_many, minutes=max(2, math.ceil(wait_s / 60))
                )
                return page(again, 429, retry_after_s=math.ceil(wait_s))
        return page(
            self._pages.form_again(filled, self._pages.words.not_stored), 503, retry_after_s=_STORE_AWAY_RETRY_S
        )


def _new_form_id() -> str:
    return secrets.token_hex(16)
