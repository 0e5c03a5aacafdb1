"""`triage doctor`: what is wrong, each on a line of its own, with the mend and without a secret."""

import json
import re
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.acceptance.chat_running import postgres_settings
from tests.acceptance.command_line import inside_beside, triage, triage_beside
from tests.acceptance.running import DESK_ADDRESS, ROOT, SECRET, free_port
from tests.factories import NOW
from tests.servers.dovecot import Dovecot
from tests.servers.identity import run_provider
from tests.servers.postgres import Postgres, running_postgres
from tests.servers.smtp import SmtpServer
from triage.adapters.inbox_file import open_file_inbox
from triage.adapters.store import open_store
from triage.domain.vocabulary import UserRole


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    """One server for all."""
    with running_postgres() as server:
        yield server


def broken_rules(folder: Path) -> Path:
    """The shipped rules with a policy that is no TOML and a letter with an unknown placeholder."""
    rules = folder / "rules"
    shutil.copytree(ROOT / "rules", rules)
    (rules / "policy.toml").write_text("broken = = toml")
    with (rules / "letters" / "neutral.email.txt").open("a") as letter:
        letter.write("\n{{ shoe_size }}\n")
    return rules


@pytest.fixture
async def surroundings(tmp_path: Path, dovecot: Dovecot) -> "Any":
    """Settings of a desk with which everything is well."""
    async with SmtpServer() as relay:
        dovecot.maildir("doctor")
        (tmp_path / "triage.toml").touch()
        yield {
            "TRIAGE_DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path / 'triage.db'}",
            "TRIAGE_IMAP_HOST": "localhost",
            "TRIAGE_IMAP_PORT": str(dovecot.tls_port),
            "TRIAGE_IMAP_USER": "doctor",
            "TRIAGE_IMAP_PASSWORD": dovecot.password,
            "TRIAGE_IMAP_CA_FILE": str(dovecot.certificates.ca_file),
            "TRIAGE_SMTP_HOST": "127.0.0.1",
            "TRIAGE_SMTP_PORT": str(relay.port),
            "TRIAGE_SMTP_CA_FILE": str(relay.write_ca(tmp_path / "relay-ca.pem")),
            "TRIAGE_MAILBOX_ADDRESS": DESK_ADDRESS,
            "TRIAGE_CAPTURE_DIR": str(tmp_path / "captured"),
            "TRIAGE_SECRET_KEY": SECRET,
        }


async def consult(settings: dict[str, str], cwd: Path, **changes: str) -> tuple[int, dict[str, list[str]]]:
    """The doctor's exit code and findings, `verdict what` to texts. No secret and no address may be among them."""
    ended = await inside_beside("doctor", "--json", "--config", cwd / "triage.toml", settings=settings | changes)
    assert ended.err == ""
    for hidden in (SECRET, "correct-horse-battery", "hunter2", DESK_ADDRESS, "@"):
        assert hidden not in ended.out
    found: dict[str, list[str]] = {}
    for finding in json.loads(ended.out):
        found.setdefault(f"{finding['verdict']} {finding['what']}", []).append(finding["text"])
    return ended.code, found


async def test_the_doctor_finds_all_well_but_the_invented_company(surroundings: Any, tmp_path: Path) -> None:
    code, found = await consult(surroundings, tmp_path)
    assert code == 0
    well = {"ok rules", "ok database", "ok mailbox", "ok smtp", "ok hook", "ok console", "ok letters"}
    assert found.keys() == {*well, "warn policy", "warn console"}
    assert found["warn console"] == ["no account yet that may decide: triage user add NAME --role dpo"]
    assert found["ok hook"] == ["its file is not there yet; the hook makes it at its first start"]
    assert "Larkfield Systems Ltd" in found["warn policy"][0]
    assert not any("urgent_to" in text for text in found["warn policy"])


async def test_the_doctor_names_standing_alarms_with_their_mend(surroundings: Any, tmp_path: Path) -> None:
    store = await open_store(surroundings["TRIAGE_DATABASE_URL"], secret=SECRET.encode(), migrate=True)
    for number in range(7):
        await store.raise_alarm("not_acknowledged", f"DP-2026-0000{number}-X1", NOW)
    await store.raise_alarm("outbox_stuck", None, NOW)
    await store.close()
    code, found = await consult(surroundings, tmp_path)
    assert code == 0
    assert found["ok encryption"][0].startswith("what people wrote is stored in plain")
    first, second = found["warn alarm"]
    assert first.startswith("not_acknowledged (DP-2026-00000-X1, ")
    assert "and 2 more): acknowledge it by hand" in first
    assert second.startswith("outbox_stuck: a letter has waited")


async def test_the_doctor_names_the_mend_of_the_mailbox_in_use_only(surroundings: Any, tmp_path: Path) -> None:
    _, found = await consult(surroundings, tmp_path, TRIAGE_IMAP_PASSWORD="hunter2")
    assert "TRIAGE_MAILDIR" not in found["wrong mailbox"][0]
    _, found = await consult(surroundings, tmp_path, TRIAGE_IMAP_HOST="", TRIAGE_MAILDIR=str(tmp_path / "nowhere"))
    assert "TRIAGE_IMAP" not in found["wrong mailbox"][0]
    assert "check TRIAGE_MAILDIR" in found["wrong mailbox"][0]


async def test_the_doctor_tells_wrong_settings_and_broken_rules_at_once(surroundings: Any, tmp_path: Path) -> None:
    changes = {"TRIAGE_RULES_DIR": str(broken_rules(tmp_path)), "TRIAGE_POLL_SECONDS": "often"}
    code, found = await consult(surroundings, tmp_path, **changes)
    assert code == 2
    assert found.keys() == {"wrong settings", "wrong rules"}
    assert found["wrong settings"][0].startswith("TRIAGE_POLL_SECONDS")
    for named in ("policy.toml", "shoe_size"):
        assert any(named in text for text in found["wrong rules"])


@pytest.fixture
async def provider() -> AsyncIterator[str]:
    """A real identity provider on loopback."""
    async with run_provider() as issuer:
        yield issuer


@asynccontextmanager
async def describing_itself(description: dict[str, object], keys: object) -> AsyncIterator[str]:
    """A provider that says of itself what a test wants, with the address it listens on in place of `{here}`."""

    async def described(request: web.Request) -> web.Response:
        here = f"http://{request.host}"
        return web.json_response({name: str(value).replace("{here}", here) for name, value in description.items()})

    async def signs_with(_request: web.Request) -> web.Response:
        return web.json_response(keys)

    app = web.Application()
    app.add_routes([web.get("/.well-known/openid-configuration", described), web.get("/keys", signs_with)])
    async with TestServer(app) as server:
        yield str(server.make_url("")).rstrip("/")


SIGN_IN = {"TRIAGE_OIDC_CLIENT_ID": "desk", "TRIAGE_CONSOLE_URL": "https://desk.larkfield.example/"}
DESCRIPTION: dict[str, object] = {
    "issuer": "{here}",
    "authorization_endpoint": "{here}/authorize",
    "token_endpoint": "{here}/token",
    "jwks_uri": "{here}/keys",
}


async def test_the_doctor_looks_at_the_identity_provider_and_says_where_it_must_send_people_back(
    surroundings: Any, tmp_path: Path, provider: str
) -> None:
    store = await open_store(surroundings["TRIAGE_DATABASE_URL"], secret=SECRET.encode(), migrate=True)
    await store.add_account("dana", UserRole.DPO, "", NOW)
    await store.close()
    code, found = await consult(surroundings, tmp_path, TRIAGE_OIDC_ISSUER=provider, **SIGN_IN)
    assert code == 0
    (said,) = found["ok identity provider"]
    assert re.fullmatch(r"answers, with \d keys?; .* https://desk\.larkfield\.example/sign-in/back", said)
    assert found["ok console"] == ["people reach it at https://desk.larkfield.example/"]
    assert found["warn console"] == [
        "nobody is linked to the identity provider yet: it shows who tries the line triage user link …"
    ]
    store = await open_store(surroundings["TRIAGE_DATABASE_URL"], secret=SECRET.encode(), migrate=True)
    assert await store.link_subject("dana", provider, "subject-of-dana")
    await store.close()
    _, found = await consult(surroundings, tmp_path, TRIAGE_OIDC_ISSUER=provider, **SIGN_IN)
    assert "warn console" not in found


async def test_the_doctor_says_of_a_provider_that_is_away_or_called_otherwise_what_to_mend(
    surroundings: Any, tmp_path: Path, provider: str
) -> None:
    away = f"http://127.0.0.1:{free_port()}"
    for issuer, words in (
        (away, f"at {away}/.well-known/openid-configuration; check TRIAGE_OIDC_ISSUER, and that this machine may"),
        (f"{provider}/tenant", "answered 404 at "),
        (f"{provider}/", f'calls itself "{provider}"; set TRIAGE_OIDC_ISSUER to exactly that'),
    ):
        code, found = await consult(surroundings, tmp_path, TRIAGE_OIDC_ISSUER=issuer, **SIGN_IN)
        assert code == 1
        (said,) = found["wrong identity provider"]
        assert words in said


@pytest.mark.parametrize(
    ("changed", "keys", "words"),
    [
        ({"token_endpoint": None}, {}, "names no token_endpoint; it is none of OpenID Connect's code flow"),
        ({"jwks_uri": "{here}/nowhere"}, {}, "answered 404; its keys must be there for this machine at "),
        ({}, {"keys": "none"}, "keys cannot be read; its keys must be there"),
        ({}, {"keys": []}, "keys cannot be read; its keys must be there"),
    ],
)
async def test_the_doctor_says_what_a_provider_lacks(
    surroundings: Any, tmp_path: Path, changed: dict[str, object], keys: object, words: str
) -> None:
    said_of_itself = {name: said for name, said in {**DESCRIPTION, **changed}.items() if said is not None}
    async with describing_itself(said_of_itself, keys) as issuer:
        code, found = await consult(surroundings, tmp_path, TRIAGE_OIDC_ISSUER=issuer, **SIGN_IN)
    assert code == 1
    (said,) = found["wrong identity provider"]
    assert words in said


async def test_the_doctor_names_what_the_way_in_by_a_provider_lacks_and_a_console_without_tls(
    surroundings: Any, tmp_path: Path
) -> None:
    code, found = await consult(surroundings, tmp_path, TRIAGE_OIDC_ISSUER="https://login.larkfield.example")
    assert code == 2
    assert found["wrong settings"][0].startswith("TRIAGE_OIDC_CLIENT_ID and TRIAGE_CONSOLE_URL: ")
    assert "wrong identity provider" not in found
    _, found = await consult(surroundings, tmp_path, TRIAGE_CONSOLE_URL="http://desk.larkfield.example")
    assert "put TLS in front" in found["warn console"][-1]


HOOK = {
    "TRIAGE_HUBSPOT_CLIENT_SECRET": "whoever-reads-this",
    "TRIAGE_HUBSPOT_PUBLIC_URL": "https://privacy.larkfield.example/hubspot/webhook",
}


async def test_the_doctor_names_everything_the_hook_lacks(surroundings: Any, tmp_path: Path) -> None:
    secret = {"TRIAGE_HUBSPOT_CLIENT_SECRET": "whoever-reads-this", "TRIAGE_FORM_KEY": "short"}
    code, found = await consult(surroundings, tmp_path, **secret)
    assert code == 2
    named = [text.partition(":")[0].removeprefix("TRIAGE_") for text in found["wrong settings"]]
    ids = ["HUBSPOT_APP_ID", "HUBSPOT_PORTAL_ID"]
    assert named == ["HUBSPOT_TOKEN", "HUBSPOT_PUBLIC_URL", *ids, "FORM_KEY"]
    _, found = await consult(surroundings, tmp_path, TRIAGE_HUBSPOT_PUBLIC_URL=HOOK["TRIAGE_HUBSPOT_PUBLIC_URL"])
    assert found["wrong settings"][0].startswith("TRIAGE_HUBSPOT_CLIENT_SECRET")


async def test_the_doctor_warns_of_a_target_url_that_signatures_often_fail_with(
    surroundings: Any, tmp_path: Path
) -> None:
    url = HOOK["TRIAGE_HUBSPOT_PUBLIC_URL"]
    _, found = await consult(surroundings, tmp_path, **HOOK)
    assert "warn hook" not in found
    _, found = await consult(surroundings, tmp_path, **HOOK | {"TRIAGE_HUBSPOT_PUBLIC_URL": f"{url}/?desk=1"})
    assert len(found["warn hook"]) == 2
    assert all(text.startswith("TRIAGE_HUBSPOT_PUBLIC_URL: it ") for text in found["warn hook"])


async def test_the_doctor_tries_the_hooks_file_and_stores_nothing_in_it(surroundings: Any, tmp_path: Path) -> None:
    await (await open_file_inbox(tmp_path / "triage-hook.db")).close()
    before = (tmp_path / "triage-hook.db").read_bytes(), below(tmp_path)
    code, found = await consult(surroundings, tmp_path)
    assert (code, found["ok hook"]) == (0, ["its file can be written"])
    assert ((tmp_path / "triage-hook.db").read_bytes(), below(tmp_path)) == before


async def test_the_doctor_tells_the_hooks_file_from_the_store(surroundings: Any, tmp_path: Path) -> None:
    await (await open_store(surroundings["TRIAGE_DATABASE_URL"], secret=SECRET.encode(), migrate=True)).close()
    own = {"TRIAGE_HOOK_DATABASE_URL": surroundings["TRIAGE_DATABASE_URL"]}
    code, found = await consult(surroundings, tmp_path, **own)
    assert code == 1
    assert "no hook's file; check TRIAGE_HOOK_DATABASE_URL" in found["wrong hook"][0]


async def test_the_doctor_tries_the_hooks_role_on_postgresql(
    surroundings: Any, tmp_path: Path, postgres: Postgres
) -> None:
    settings = await postgres_settings(postgres)
    code, found = await consult(surroundings, tmp_path, **settings)
    assert (code, found["ok hook"]) == (0, ["its role may insert"])
    empty = postgres.create_database().replace("postgres@", "privacy_desk_hook@")
    code, found = await consult(surroundings, tmp_path, TRIAGE_HOOK_DATABASE_URL=empty)
    assert "start the worker first" in found["wrong hook"][0]
    owner = {"TRIAGE_HOOK_DATABASE_URL": ""}
    _, found = await consult(surroundings, tmp_path, **settings | owner)
    assert "read too" in found["ok hook"][0]


async def test_the_doctor_looks_at_the_forms_words(surroundings: Any, tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    shutil.copytree(ROOT / "rules", rules)
    with (rules / "form" / "form.toml").open("a") as form:
        form.write('\n[shoes]\nsize = "42"\n')
    code, found = await consult(surroundings, tmp_path, TRIAGE_RULES_DIR=str(rules))
    assert (code, [text for text in found["wrong rules"] if "form.toml" in text] != []) == (1, True)


async def test_the_doctor_leaves_no_trace(surroundings: Any, tmp_path: Path) -> None:
    before = below(tmp_path)
    await consult(surroundings, tmp_path)
    assert below(tmp_path) == before


def below(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*"))


@pytest.mark.parametrize(
    ("changes", "what", "words"),
    [
        ({"TRIAGE_IMAP_PASSWORD": "hunter2"}, "mailbox", "TRIAGE_IMAP_"),
        ({"TRIAGE_IMAP_FOLDER": "Nowhere"}, "mailbox", "folder"),
        ({"TRIAGE_IMAP_CA_FILE": "/etc/passwd"}, "mailbox", "CA file"),
        ({"TRIAGE_SMTP_PORT": str(free_port())}, "smtp", "TRIAGE_SMTP_"),
        ({"TRIAGE_CAPTURE_DIR": "/proc/captured"}, "letters", "TRIAGE_CAPTURE_DIR"),
        ({"TRIAGE_DATABASE_URL": "sqlite+aiosqlite:////nowhere/at/all.db"}, "database", "folder"),
        ({"TRIAGE_HOOK_DATABASE_URL": "sqlite+aiosqlite:////nowhere/x.db"}, "hook", "HOOK_DATABASE_URL: there is no"),
        ({"TRIAGE_HOOK_DATABASE_URL": "sqlite+aiosqlite:////proc/x.db"}, "hook", "check TRIAGE_HOOK_DATABASE_URL"),
    ],
    ids=["password", "folder", "ca", "relay", "capture", "database-folder", "hook-folder", "hook-file"],
)
async def test_the_doctor_names_the_one_thing_that_is_wrong(
    changes: dict[str, str], what: str, words: str, surroundings: Any, tmp_path: Path
) -> None:
    code, found = await consult(surroundings, tmp_path, **changes)
    assert code == 1
    assert [name for name in found if name.startswith("wrong")] == [f"wrong {what}"]
    assert len(found[f"wrong {what}"]) == 1
    assert words in found[f"wrong {what}"][0]


async def test_the_doctor_as_a_process_ends_with_1_and_one_line_for_the_wrong_password(
    surroundings: Any, tmp_path: Path
) -> None:
    wrong = surroundings | {"TRIAGE_IMAP_PASSWORD": "hunter2"}
    ended = await triage_beside("doctor", cwd=tmp_path, settings=wrong)
    assert (ended.code, ended.err) == (1, "")
    assert len([line for line in ended.out.splitlines() if line.startswith("wrong  mailbox: ")]) == 1
    assert "hunter2" not in ended.out


async def test_the_doctor_finds_all_that_is_wrong_at_once(surroundings: Any, tmp_path: Path) -> None:
    changes = {
        "TRIAGE_RULES_DIR": str(broken_rules(tmp_path)),
        "TRIAGE_IMAP_PASSWORD": "hunter2",
        "TRIAGE_CAPTURE_DIR": "/proc/none",
    }
    code, found = await consult(surroundings, tmp_path, **changes)
    assert code == 1
    assert {"wrong rules", "wrong mailbox", "wrong letters"} <= found.keys()
    assert "policy.toml" in found["wrong rules"][0]


def test_the_doctor_ends_with_2_where_settings_are_lacking_and_still_looks_at_the_rest(tmp_path: Path) -> None:
    ended = triage("doctor", cwd=tmp_path)
    assert ended.code == 2
    assert "TRIAGE_MAILBOX_ADDRESS" in ended.out
    assert "ok     rules" in ended.out


def test_the_doctor_examines_what_init_wrote(tmp_path: Path) -> None:
    triage("init", "desk", cwd=tmp_path)
    ended = triage("doctor", "--config", "desk/triage.toml", cwd=tmp_path)
    assert ended.code == 2
    wrong = [line for line in ended.out.splitlines() if line.startswith("wrong")]
    assert wrong == ["wrong  settings: TRIAGE_IMAP_HOST or TRIAGE_MAILDIR: no mailbox to read is set"]
