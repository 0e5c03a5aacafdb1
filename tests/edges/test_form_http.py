"""The form over real HTTP, without a browser: what it takes, what it holds, what it says."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from urllib.parse import urljoin

import pytest
from aiohttp import ClientResponse, ClientSession, FormData
from aiohttp.test_utils import TestClient, TestServer
from altcha import Challenge, Payload, create_challenge, solve_challenge

from tests.browser.site import KEY, RULES, Clock, FakeInbox, Site, form_app, serve_form
from triage.adapters.inbox import open_inbox
from triage.adapters.inbox_source import open_inbox_source
from triage.bootstrap.hook import build_app
from triage.config import Settings
from triage.domain.told import FormFacts
from triage.domain.vocabulary import Channel, Kind
from triage.errors import RulesWrong
from triage.parsing.told import read_told
from triage.parsing.told_bytes import read_form
from triage.web.form import answers
from triage.web.form.lanes import (
    HELD_AN_HOUR,
    HELD_AN_HOUR_IN_ALL,
    HELD_AN_HOUR_OF_A_SITE,
    PROVEN_AN_HOUR,
    PROVEN_AN_HOUR_IN_ALL,
    PROVEN_AN_HOUR_OF_A_SITE,
    Lanes,
)
from triage.web.form.proof import EXPIRED, HONEYPOT, NO_PROOF, USED_BEFORE, WRONG, Proofs
from triage.web.form.taking import CROWDED
from triage.web.hook.figures import Figures

FORM_ID = "0123456789abcdef0123456789abcdef"
FIELDS = {"message": "Please delete my account.", "email": "robin@example.com", "form_id": FORM_ID}


def proof_for(challenge: dict[str, object]) -> str:
    """The solution a browser would send."""
    return _solve(json.dumps(challenge))


@lru_cache
def _solve(challenge: str) -> str:
    known = Challenge.from_dict(json.loads(challenge))
    solution = solve_challenge(known)
    assert solution is not None
    return Payload(known, solution).to_base64()


@dataclass
class Person:
    """Somebody who sends the form."""

    site: Site
    session: ClientSession

    async def send(self, **fields: str) -> tuple[ClientResponse, str]:
        """The form with FIELDS and these."""
        async with self.session.post(self.site.url, data={**FIELDS, **fields}) as answer:
            return answer, await answer.text()

    async def proof(self) -> str:
        """A fresh proof."""
        async with self.session.get(f"{self.site.url}/challenge") as answer:
            return proof_for(await answer.json())

    @property
    def held(self) -> list[str]:
        """Why each stored post is held."""
        return [post.held_because for post in self.site.inbox.posts]


@pytest.fixture
async def person() -> AsyncIterator[Person]:
    """Somebody at a fresh form."""
    async with serve_form() as site, ClientSession() as session:
        yield Person(site, session)


@pytest.mark.parametrize("place", ["", "/challenge", "/form.css", "/form.js", "/icon.svg"])
async def test_every_answer_forbids_what_the_page_does_not_need(person: Person, place: str) -> None:
    async with person.session.get(person.site.url + place) as answer:
        assert answer.status == 200
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; ")
        assert "unsafe" not in policy
        assert "*" not in policy
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in answer.headers
        kept = "public" if "." in place else "no-store"
        assert answer.headers["Cache-Control"].startswith(kept)


async def test_the_page_says_what_people_must_be_told_before_they_write(person: Person) -> None:
    async with person.session.get(person.site.url) as answer:
        page = await answer.text()
    assert '<html lang="en-GB">' in page
    assert "Please do not send a passport" in page
    assert 'href="https://larkfield.example/privacy"' in page
    assert 'href="mailto:dataprotection@larkfield.example"' in page
    assert 'href="tel:01632960123"' in page
    assert "1 Example Way, Exampleton, EX1 1EX" in page
    assert re.findall(r' (?:src|action|style|on\w+)="(?!enquire)', page) == []
    for token in ("name", "email", "tel", "street-address"):
        assert f'autocomplete="{token}"' in page


async def test_each_page_has_a_form_id_of_its_own_and_a_link_may_tick_a_box(person: Person) -> None:
    pages = []
    for _ in range(2):
        async with person.session.get(f"{person.site.url}?about=complaint&about=nonsense") as answer:
            pages.append(await answer.text())
    ids = {re.search(r'name="form_id" value="([0-9a-f]{32})"', page).group(1) for page in pages}  # type: ignore[union-attr]
    assert len(ids) == 2
    assert re.findall(r'value="(\w+)" checked', pages[0]) == ["complaint"]


async def test_a_link_for_complaints_leads_to_a_page_that_speaks_of_one(person: Person) -> None:
    async with person.session.get(f"{person.site.url}?about=complaint") as answer:
        page = await answer.text()
    assert "<title>Make a complaint to our data protection team - Larkfield" in page
    assert "<h1>Make a complaint to our data protection team</h1>" in page
    assert "Use this form to complain" in page
    assert "Please do not send a passport" in page
    for query in ("", "?about=access", "?about=access&about=complaint"):
        async with person.session.get(person.site.url + query) as answer:
            assert "<h1>Write to our data protection team</h1>" in await answer.text()
    answer, page = await person.send(about="complaint", message="")
    assert answer.status == 422
    assert "<title>Error: Make a complaint" in page


async def test_with_a_slash_at_the_end_it_is_the_same_form_and_everything_it_needs_is_found(person: Person) -> None:
    url = f"{person.site.url}/"
    async with person.session.get(f"{url}?about=complaint", allow_redirects=False) as answer:
        page = await answer.text()
        assert (answer.status, 'value="complaint" checked' in page) == (200, True)
    needed = re.findall(r' (?:src|href|action)="((?:\.\./)*enquire[^"]*)"', page)
    assert len(needed) == 4
    for place in needed:
        async with person.session.get(urljoin(url, place), allow_redirects=False) as answer:
            assert answer.status == 200, place
    async with person.session.post(urljoin(url, "../enquire/"), data=FIELDS | {"email": "robin@"}) as answer:
        page = await answer.text()
        assert (answer.status, 'action="../enquire"' in page) == (422, True)
    async with person.session.post(url, data=FIELDS, allow_redirects=False) as answer:
        assert answer.status == 200
    assert len(person.site.inbox.posts) == 1


async def test_a_post_with_proof_is_stored_whole_and_not_held(person: Person) -> None:
    answer, page = await person.send(
        about="deletion", name="Robin", phone="01632 960 001", post="1 Any Road\r\nAnytown", proof=await person.proof()
    )
    assert answer.status == 200
    [post] = person.site.inbox.posts
    assert post.reference in page
    assert (post.message, post.kinds, post.held_because) == ("Please delete my account.", (Kind.DELETION,), "")
    assert (post.name, post.phone, post.post) == ("Robin", "01632 960 001", "1 Any Road\nAnytown")


async def test_multipart_as_the_page_asks_for_it_is_read_like_the_other(person: Person) -> None:
    form = FormData(default_to_multipart=True)
    for name, value in {**FIELDS, "message": "Zwölf\r\nBoxkämpfer 🙂"}.items():
        form.add_field(name, value)
    async with person.session.post(person.site.url, data=form) as answer:
        assert answer.status == 200
    assert [post.message for post in person.site.inbox.posts] == ["Zwölf\nBoxkämpfer 🙂"]


async def test_the_confirmation_names_nothing_that_was_typed_and_says_what_is_owed(person: Person) -> None:
    typed = {"message": "MINE1", "name": "MINE2", "email": "MINE3@example.com", "phone": "01632 960 009"}
    _, page = await person.send(**typed, about="complaint")
    assert "MINE" not in page
    assert "960 009" not in page
    assert "Thank you for telling us about this." in page
    assert "we will look into it" in page
    assert "https://ico.org.uk/make-a-complaint/" in page
    assert "0303 123 1113" in page
    assert re.search(r"<dd>(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day \d+ \w+ \d{4}</dd>", page)


async def test_the_day_of_receipt_is_the_day_in_london() -> None:
    async with serve_form() as site, ClientSession() as session:
        summer_night = site.clock().replace(year=site.clock().year + 1, month=7, day=1, hour=23, minute=30)
        site.clock.ahead = summer_night - Clock()()
        _, page = await Person(site, session).send()
    assert f"2 July {summer_night.year}" in page


async def test_what_was_typed_comes_back_escaped_with_what_has_to_be_put_right(person: Person) -> None:
    nasty = "</textarea><script>alert(1)</script>\"'&"
    answer, page = await person.send(message=nasty, email="", name=nasty, about="access")
    assert answer.status == 422
    assert "<title>Error: " in page
    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert(1)") == 2
    assert 'value="access" checked' in page
    assert 'href="#email"' in page
    assert f'value="{FORM_ID}"' in page
    assert person.site.inbox.posts == []


async def made(person: Person, ahead: timedelta, key: str = KEY) -> str:
    """A proof for a challenge made at another time or with another key."""
    return proof_for(Proofs(key, Clock(ahead)).challenge())


async def _missing(person: Person) -> dict[str, str]:
    return {}


async def _nonsense(person: Person) -> dict[str, str]:
    return {"proof": "bm9uc2Vuc2U="}


async def _endless(person: Person) -> dict[str, str]:
    return {"proof": "A" * 5_000}


async def _foreign(person: Person) -> dict[str, str]:
    return {"proof": await made(person, timedelta(), key="another key altogether")}


async def _unsigned(person: Person) -> dict[str, str]:
    easy = create_challenge("PBKDF2/SHA-256", 1, key_prefix="")
    solution = solve_challenge(easy)
    assert solution is not None
    return {"proof": Payload(easy, solution).to_base64()}


async def _old(person: Person) -> dict[str, str]:
    return {"proof": await made(person, -timedelta(hours=2))}


async def _old_by_our_clock(person: Person) -> dict[str, str]:
    proof = await person.proof()
    person.site.clock.ahead = timedelta(hours=2)
    return {"proof": proof}


async def _replayed(person: Person) -> dict[str, str]:
    proof = await person.proof()
    await person.send(proof=proof)
    person.site.inbox.posts.clear()
    return {"proof": proof, "message": "Another message."}


async def _trapped(person: Person) -> dict[str, str]:
    return {"proof": await person.proof(), "website": "https://x.example"}


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        (_missing, NO_PROOF),
        (_nonsense, WRONG),
        (_endless, WRONG),
        (_foreign, WRONG),
        (_unsigned, WRONG),
        (_old, EXPIRED),
        (_old_by_our_clock, EXPIRED),
        (_replayed, USED_BEFORE),
        (_trapped, HONEYPOT),
    ],
)
async def test_a_doubtful_post_is_stored_and_held_and_its_sender_sees_no_difference(
    person: Person, how: Callable[[Person], Awaitable[dict[str, str]]], reason: str
) -> None:
    answer, page = await person.send(**await how(person))
    assert answer.status == 200
    assert "We have your message" in page
    assert person.held == [reason]


async def test_a_proof_used_in_another_process_is_found_out_by_the_inbox(person: Person) -> None:
    proof = await person.proof()
    await person.send(proof=proof)
    async with serve_form() as other:
        other.inbox._spent = person.site.inbox._spent
        other_person = Person(other, person.session)
        await other_person.send(proof=proof)
        assert other_person.held == [USED_BEFORE]


async def test_the_same_form_sent_twice_at_once_is_one_enquiry_with_one_reference(person: Person) -> None:
    proof = await person.proof()
    person.site.inbox.mute = True  # the second answer is the one a browser shows: it must not depend on the inbox
    answers_ = await asyncio.gather(*(person.send(proof=proof) for _ in range(3)))
    references = {re.search(r"DP-\d{4}-\d+-\w\d", page).group() for _, page in answers_}  # type: ignore[union-attr]
    assert len(references) == 1
    assert person.held == [""]


async def test_a_confirmation_reloaded_the_next_day_keeps_its_day_and_claims_none_it_does_not_know(
    person: Person,
) -> None:
    days = []
    _, page = await person.send()
    days.append(re.findall(r"<dd>(\w+day .*)</dd>", page))
    person.site.clock.ahead = timedelta(days=1)
    _, page = await person.send()
    days.append(re.findall(r"<dd>(\w+day .*)</dd>", page))
    assert days[0] == days[1] != []
    async with serve_form() as restarted:
        restarted.inbox._references = person.site.inbox._references
        _, page = await Person(restarted, person.session).send()
    assert "DP-" in page
    assert re.findall(r"<dd>(\w+day .*)</dd>", page) == []


async def test_the_same_form_where_the_reference_cannot_be_read_says_we_have_it(person: Person) -> None:
    await person.send()
    async with serve_form() as restarted:
        restarted.inbox._references = person.site.inbox._references
        restarted.inbox.mute = True
        answer, page = await Person(restarted, person.session).send()
        assert answer.status == 200
        assert "We already have this message" in page
        assert restarted.inbox.posts == []


async def test_a_form_sent_again_is_confirmed_again_even_over_the_limit(person: Person) -> None:
    _, first = await person.send()
    for number in range(HELD_AN_HOUR):
        answer, _ = await person.send(message=f"number {number}")
    assert answer.status == 429
    answer, page = await person.send()
    assert (answer.status, page) == (200, first)


async def test_while_the_store_is_away_the_words_are_kept_and_other_ways_named(person: Person) -> None:
    person.site.inbox.away = True
    answer, page = await person.send(about="complaint")
    assert answer.status == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "Please delete my account.</textarea>" in page
    assert 'value="complaint" checked' in page
    assert "01632 960 123" in page
    person.site.inbox.away = False
    answer, _ = await person.send(about="complaint")
    assert answer.status == 200


async def test_without_proof_five_an_hour_then_the_words_are_kept_until_there_is_room_again(person: Person) -> None:
    for number in range(HELD_AN_HOUR):
        answer, _ = await person.send(message=f"number {number}")
        assert answer.status == 200
    answer, page = await person.send(message="one too many")
    assert answer.status == 429
    wait_s = int(answer.headers["Retry-After"])
    assert 0 < wait_s <= 3600 / HELD_AN_HOUR
    assert "one too many</textarea>" in page
    assert "dataprotection@larkfield.example" in page
    for jump in (timedelta(hours=-9), timedelta(hours=9)):  # somebody sets the machine's clock
        person.site.clock.ahead = jump
        answer, _ = await person.send(message="one too many")
        assert (answer.status, 0 < int(answer.headers["Retry-After"]) <= wait_s) == (429, True)
    person.site.clock.passed_s = wait_s + 1
    answer, _ = await person.send(message="one too many")
    assert answer.status == 200


async def test_whoever_is_over_the_held_limit_still_comes_in_with_a_proof(person: Person) -> None:
    for number in range(HELD_AN_HOUR + 1):
        answer, _ = await person.send(message=f"number {number}")
    assert answer.status == 429
    answer, _ = await person.send(proof=await person.proof())
    assert answer.status == 200


def test_with_proof_twenty_an_hour_for_each_client() -> None:
    lanes = Lanes()
    assert [lanes.take("a", held=False, now_s=0.0) for _ in range(PROVEN_AN_HOUR)] == [0.0] * PROVEN_AN_HOUR
    assert lanes.take("a", held=False, now_s=0.0) > 0
    assert lanes.take("b", held=False, now_s=0.0) == 0.0


def test_the_held_lane_is_narrow_for_all_together_and_one_client_cannot_use_it_up() -> None:
    lanes = Lanes()
    for _ in range(HELD_AN_HOUR_IN_ALL * 2):
        lanes.take("greedy", held=True, now_s=0.0)
    others = [lanes.take(f"client {number}", held=True, now_s=0.0) for number in range(HELD_AN_HOUR_IN_ALL)]
    assert others.count(0.0) == HELD_AN_HOUR_IN_ALL - HELD_AN_HOUR
    assert lanes.take("client 59", held=False, now_s=0.0) == 0.0


def test_one_stranger_cannot_shut_out_everybody_without_javascript() -> None:
    lanes = Lanes()
    for number in range(HELD_AN_HOUR_IN_ALL * 4):
        lanes.take(f"10.0.{number}.1", held=True, now_s=0.0)
        lanes.take(f"2001:db8:{number:x}::/64", held=True, now_s=0.0)
    assert lanes.take("192.0.2.1", held=True, now_s=0.0) == 0.0
    assert lanes.take("192.0.2.1", held=True, now_s=0.0) > 0.0
    for second in range(0, 3600, 5):
        lanes.take(f"10.0.{second // 250}.{second % 250}", held=True, now_s=float(second))
    assert lanes.take("198.51.100.1", held=True, now_s=3600.0) == 0.0


@pytest.mark.parametrize(("held", "most"), [(False, PROVEN_AN_HOUR_OF_A_SITE), (True, HELD_AN_HOUR_OF_A_SITE)])
def test_a_site_with_many_networks_has_the_share_of_a_few_clients(held: bool, most: int) -> None:
    lanes = Lanes()
    posts = [lanes.take(f"2001:db8:1:{number:x}::/64", held=held, now_s=0.0) for number in range(2 * most)]
    assert posts.count(0.0) == most
    assert lanes.take("2001:db8:2::/64", held=held, now_s=0.0) == 0.0


def test_of_proven_posts_together_only_so_many_come_in_an_hour() -> None:
    lanes = Lanes()
    posts = [lanes.take(f"client {number}", held=False, now_s=0.0) for number in range(2 * PROVEN_AN_HOUR_IN_ALL)]
    assert posts.count(0.0) == PROVEN_AN_HOUR_IN_ALL
    assert lanes.is_crowded(0.0)
    assert not lanes.is_crowded(3600 / PROVEN_AN_HOUR_IN_ALL)


async def test_a_proven_post_above_what_all_may_send_is_held_for_a_person(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Lanes, "is_crowded", lambda *_: True)
    answer, page = await person.send(proof=await person.proof())
    assert answer.status == 200
    assert "We have your message" in page
    assert person.held == [CROWDED]


@pytest.mark.parametrize("chunked", [False, True])
async def test_more_than_the_form_takes_is_answered_with_what_to_do(person: Person, chunked: bool) -> None:
    body = b"message=" + b"x" * (70 * 1024)

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 4096):
            yield body[start : start + 4096]

    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    async with person.session.post(person.site.url, data=pieces() if chunked else body, headers=headers) as answer:
        page = await answer.text()
    assert answer.status == 413
    assert "too much to send at once" in page
    assert "dataprotection@larkfield.example" in page
    assert person.site.inbox.posts == []


async def test_a_file_or_another_sort_of_body_is_answered_with_what_to_do(person: Person) -> None:
    form = FormData()
    form.add_field("message", b"\x89PNG", filename="passport.png")
    for body in (form, b"{}"):
        async with person.session.post(person.site.url, data=body) as answer:
            assert answer.status == 415
            assert "cannot take files" in await answer.text()
    assert person.site.inbox.posts == []


async def test_a_body_that_never_ends_is_given_up(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "_BODY_WITHIN_S", 0.2)

    async def endless() -> AsyncIterator[bytes]:
        yield b"message=x"
        await asyncio.sleep(5)

    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    async with person.session.post(person.site.url, data=endless(), headers=headers) as answer:
        assert answer.status == 408


async def test_the_hook_serves_the_form_and_its_real_inbox_hands_it_to_the_worker(tmp_path: Path) -> None:
    settings = Settings.model_validate({"database_url": f"sqlite+aiosqlite:///{tmp_path}/desk.db", "form_key": KEY})
    inbox, source = await open_inbox(settings.inbox_url), open_inbox_source(settings.inbox_url)
    assert source is not None
    server = TestServer(build_app(settings, inbox, Figures()))
    async with TestClient(server) as client:
        async with client.get("/enquire/challenge") as answer:
            proof = proof_for(await answer.json())
        pages = []
        for message in ("Please delete it.", "Please delete it.", "And stop the letters."):
            fields = {**FIELDS, "message": message, "proof": proof, "about": "deletion"}
            async with client.post("/enquire", data=fields) as answer:
                pages.append(await answer.text())
                assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    stored = [item for _, item in await source.items_above(0, 10)]
    await source.close()
    await inbox.close()
    posts = [read_form(item.raw) for item in stored]
    assert [post.held_because for post in posts] == ["", USED_BEFORE]
    assert [posts[0].reference in page for page in pages] == [True, True, False]
    assert posts[1].reference in pages[2]
    enquiry, facts = read_told(stored[0].raw, stored[0].channel, stored[0].received_at)
    assert (stored[0].channel, enquiry.full_text) == (Channel.FORM, "Please delete it.")
    assert isinstance(facts, FormFacts)
    assert (facts.declared, facts.way_to_answer) == ((Kind.DELETION,), True)


async def test_words_or_a_policy_that_do_not_hold_stop_the_start_with_every_fault(
    tmp_path: Path,
) -> None:
    folder = tmp_path
    (folder / "form").mkdir()
    policy = (RULES / "policy.toml").read_text(encoding="utf-8")
    (folder / "policy.toml").write_text(policy.replace('"0303 123 1113"', '""'), encoding="utf-8")
    (folder / "form" / "form.toml").write_bytes((RULES / "form" / "form.toml").read_bytes())
    with pytest.raises(RulesWrong, match="regulator_uk"):
        form_app(FakeInbox(), rules=folder)


async def test_a_random_key_is_drawn_where_none_is_set() -> None:
    one, other = Proofs("", Clock()), Proofs("", Clock())
    proof = proof_for(one.challenge())
    assert one.check(proof, "x").held_because == ""
    assert other.check(proof, "x").held_because == WRONG
