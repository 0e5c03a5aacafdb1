"""`triage hubspot`: what the DPO may do at HubSpot, against the stand-in over real HTTP."""

import asyncio
import getpass
import json
import os
import pty
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.acceptance.command_line import LIMIT_S, Ended, environment, inside_beside, triage_beside
from tests.acceptance.kept_demo import sql
from triage.adapters.store.addresses import address_hash
from triage.demo.hubspot import HubSpotStandIn
from triage.demo.hubspot.trouble import answers

Kept = tuple[Path, dict[str, str]]
ADDRESS = "Vera+news@visitor.example"
ACTS = ("contact_looked_up", "threads_listed", "unsubscribe_asked", "unsubscribe_failed", "unsubscribed")


@dataclass
class Office:
    """A desk that has worked through the samples, and the HubSpot it may act at."""

    folder: Path
    settings: dict[str, str]
    hubspot: HubSpotStandIn

    @property
    def reference(self) -> str:
        """An enquiry the desk has."""
        ((thread,),) = sql(self.folder, "SELECT thread FROM enquiry WHERE thread IS NOT NULL ORDER BY id LIMIT 1")
        return str(thread)

    def acts(self) -> list[tuple[str, str]]:
        """Event and facts of what was done at HubSpot, in the journal of any chain."""
        rows = sql(self.folder, f"SELECT event, facts FROM journal WHERE event IN {ACTS} ORDER BY rowid")
        return [(str(event), str(facts)) for event, facts in rows]

    async def run(self, *words: str, **changes: str) -> Ended:
        """`triage hubspot words…`."""
        return await inside_beside("hubspot", *words, settings=self.settings | changes)

    async def read(self, *words: str, **changes: str) -> Ended:
        """The same for the enquiry at hand."""
        return await self.run(*words, "--reference", self.reference, **changes)

    async def piped(self, *words: str) -> Ended:
        """The same in a process of its own, without a terminal."""
        return await triage_beside("hubspot", *words, cwd=self.folder, settings=self.settings)

    async def typing(self, typed: str, *words: str) -> tuple[int, str]:
        """The same at a terminal, where somebody types a line: exit code and what stood there."""
        return await asyncio.to_thread(self._at_a_terminal, typed, words)

    def _at_a_terminal(self, typed: str, words: tuple[str, ...]) -> tuple[int, str]:
        main, terminal = pty.openpty()
        try:
            os.write(main, typed.encode() + b"\n")
            done = subprocess.run(
                [sys.executable, "-m", "triage", "hubspot", *words],
                cwd=self.folder,
                env=environment(self.settings),
                stdin=terminal,
                capture_output=True,
                timeout=LIMIT_S,
                check=False,
            )
        finally:
            os.close(main)
            os.close(terminal)
        return done.returncode, (done.stdout + done.stderr).decode()


@pytest.fixture
async def office(kept: Kept) -> AsyncIterator[Office]:
    folder, settings = kept
    async with HubSpotStandIn() as hubspot:
        yield Office(
            folder,
            {
                **settings,
                "TRIAGE_HUBSPOT_TOKEN": hubspot.token,
                "TRIAGE_HUBSPOT_PORTAL_ID": hubspot.portal_id,
                "TRIAGE_HUBSPOT_API_URL": hubspot.url,
            },
            hubspot,
        )


async def test_a_contact_is_found_by_address_with_the_way_to_its_record(office: Office) -> None:
    contact = office.hubspot.add_contact(ADDRESS, "Vera", "Visitor\x1b[2J")
    url = f"https://app.hubspot.com/contacts/44556677/record/0-1/{contact}"
    ended = await office.read("find", ADDRESS, "--json")
    assert json.loads(ended.out) == [{"id": contact, "name": "Vera Visitor\x1b[2J", "address": ADDRESS, "record": url}]
    ended = await office.read("find", ADDRESS)
    assert (ended.code, ended.err) == (0, "")
    for shown in (contact, ADDRESS, url, "proves nothing"):
        assert shown in ended.out
    assert "\x1b" not in ended.out


async def test_an_address_nobody_has_ends_with_1(office: Office) -> None:
    ended = await office.read("find", "nobody@visitor.example")
    assert (ended.code, ended.faults) == (1, ["HubSpot has no contact with this address"])
    ended = await office.read("find", "nobody@visitor.example", "--json")
    assert (ended.code, ended.out, ended.err) == (1, "[]\n", "")


async def test_every_conversation_of_a_contact_is_listed_open_and_closed(office: Office) -> None:
    contact = office.hubspot.add_contact(ADDRESS)
    first, second = office.hubspot.open_thread(contact), office.hubspot.open_thread(contact)
    office.hubspot.open_thread(office.hubspot.add_contact("other@visitor.example"))
    office.hubspot.change_thread(second, status="CLOSED", spam=True)
    ended = await office.read("threads", contact, "--json")
    assert [(row["id"], row["open"], row["spam"]) for row in json.loads(ended.out)] == [
        (first, True, False),
        (second, False, True),
    ]
    ended = await office.read("threads", contact)
    assert "2 conversations" in ended.out
    assert "closed" in ended.out
    assert json.loads((await office.read("threads", "99999", "--json")).out) == []


async def test_the_record_is_linked_and_deleting_stays_in_hubspot(office: Office) -> None:
    ended = await office.run("record", "V-70110")
    assert ended.code == 0
    assert ended.out.splitlines()[0] == "https://app.hubspot.com/contacts/44556677/record/0-1/70110"
    assert "cannot be undone" in ended.out
    assert office.hubspot.calls == []


async def test_unsubscribing_is_done_and_written_down_without_the_address(office: Office) -> None:
    ended = await office.run("unsubscribe", ADDRESS, "--reference", office.reference.lower(), "--yes")
    assert (ended.code, ended.err) == (0, "")
    assert office.hubspot.unsubscribed == [ADDRESS.lower()]
    acts = office.acts()
    assert [event for event, _ in acts] == ["unsubscribe_asked", "unsubscribed"]
    facts = json.loads(acts[1][1])
    mark = address_hash(office.settings["TRIAGE_SECRET_KEY"].encode(), ADDRESS)
    assert facts == {"at": "hubspot", "address": mark, "scope": "all", "by": getpass.getuser()}
    assert "visitor.example" not in str(acts)
    verified = await inside_beside("journal", "verify", settings=office.settings)
    assert verified.code == 0


async def test_an_unknown_reference_stops_it_before_anything_is_done(office: Office) -> None:
    ended = await office.run("unsubscribe", ADDRESS, "--reference", "DP-2026-99999-K7", "--yes")
    assert (ended.code, ended.faults) == (1, ["there is no enquiry or case DP-2026-99999-K7; nothing was done"])
    assert (office.hubspot.calls, office.acts()) == ([], [])


@pytest.mark.parametrize("words", [("find", ADDRESS), ("threads", "70110")])
async def test_nothing_is_read_for_an_unknown_reference(office: Office, words: tuple[str, ...]) -> None:
    ended = await office.run(*words, "--reference", "DP-2026-99999-K7")
    assert (ended.code, ended.out) == (1, "")
    assert ended.faults == ["there is no enquiry or case DP-2026-99999-K7; nothing was done"]
    assert (office.hubspot.calls, office.acts()) == ([], [])


@pytest.mark.parametrize("words", [("find", ADDRESS), ("threads", "70110"), ("unsubscribe", ADDRESS)])
async def test_without_a_reference_one_line_says_so(office: Office, words: tuple[str, ...]) -> None:
    ended = await office.run(*words)
    assert (ended.code, ended.out, len(ended.faults)) == (2, "", 1)
    assert ended.err.startswith("--reference: ")
    assert office.hubspot.calls == []


async def test_whom_one_looked_up_is_written_down_without_the_address(office: Office) -> None:
    contact = office.hubspot.add_contact(ADDRESS)
    await office.read("find", ADDRESS)
    await office.read("threads", f"V-{contact}")
    mark = address_hash(office.settings["TRIAGE_SECRET_KEY"].encode(), ADDRESS)
    by = getpass.getuser()
    assert [(event, json.loads(facts)) for event, facts in office.acts()] == [
        ("contact_looked_up", {"at": "hubspot", "address": mark, "by": by}),
        ("threads_listed", {"at": "hubspot", "contact": contact, "by": by}),
    ]
    assert (await inside_beside("journal", "verify", settings=office.settings)).code == 0
    shown = await inside_beside("case", "show", office.reference, settings=office.settings)
    assert "contact_looked_up" in shown.out


async def test_an_unknown_reference_is_said_before_the_address_is_asked_for_again(office: Office) -> None:
    code, shown = await office.typing(ADDRESS, "unsubscribe", ADDRESS, "--reference", "DP-2026-99999-K7")
    assert (code, shown) == (1, "there is no enquiry or case DP-2026-99999-K7; nothing was done\n")
    assert office.hubspot.calls == []


@pytest.mark.parametrize(("status", "code"), [(503, "unavailable"), (400, "refused"), (403, "refused")])
async def test_a_failed_unsubscribing_is_written_down_as_such(office: Office, status: int, code: str) -> None:
    office.hubspot.trouble("unsubscribe_all", answers(status))
    ended = await office.run("unsubscribe", ADDRESS, "--reference", office.reference, "--yes")
    assert (ended.code, len(ended.faults), ended.out) == (2, 1, "")
    assert str(status) in ended.err
    assert [(event, json.loads(facts).get("code")) for event, facts in office.acts()] == [
        ("unsubscribe_asked", None),
        ("unsubscribe_failed", code),
    ]


async def test_without_a_terminal_nobody_is_asked_and_nothing_is_done(office: Office) -> None:
    ended = await office.piped("unsubscribe", ADDRESS, "--reference", office.reference)
    assert (ended.code, len(ended.faults), ended.out) == (2, 1, "")
    assert "--yes" in ended.err
    assert (office.hubspot.calls, office.acts()) == ([], [])


async def test_at_a_terminal_the_address_is_typed_again(office: Office) -> None:
    words = ("unsubscribe", ADDRESS, "--reference", office.reference)
    code, shown = await office.typing("somebody@else.example", *words)
    assert (code, office.hubspot.calls) == (1, [])
    assert "nothing was done" in shown
    code, shown = await office.typing(ADDRESS.lower(), *words)
    assert (code, office.hubspot.unsubscribed) == (0, [ADDRESS.lower()])


@pytest.mark.parametrize(
    "words",
    [
        ("find", "not an address"),
        ("find", "Vera <vera@visitor.example>"),
        ("threads", "seven"),
        ("record", "../../x"),
        (),
    ],
)
async def test_bad_words_end_with_2_before_hubspot_is_asked(office: Office, words: tuple[str, ...]) -> None:
    ended = await office.piped(*words)
    assert (ended.code, ended.out) == (2, "")
    assert office.hubspot.calls == []


async def test_everything_lacking_is_said_at_once(office: Office) -> None:
    lacking = {"TRIAGE_HUBSPOT_TOKEN": "", "TRIAGE_HUBSPOT_PORTAL_ID": "", "TRIAGE_SECRET_KEY": "short"}
    ended = await office.run("unsubscribe", ADDRESS, "--reference", office.reference, "--yes", **lacking)
    assert ended.code == 2
    assert [fault.partition(":")[0] for fault in ended.faults] == [
        "TRIAGE_HUBSPOT_TOKEN",
        "TRIAGE_HUBSPOT_PORTAL_ID",
        "TRIAGE_SECRET_KEY",
    ]


async def test_a_token_that_would_travel_bare_is_a_setting_gone_wrong(office: Office) -> None:
    ended = await office.read("find", ADDRESS, TRIAGE_HUBSPOT_API_URL="http://api.hubapi.com")
    assert (ended.code, len(ended.faults)) == (2, 1)
    assert ended.err.startswith("TRIAGE_HUBSPOT_API_URL: http is allowed towards this machine only")
    ended = await office.read("find", ADDRESS, TRIAGE_HUBSPOT_TOKEN="pat with a blank")
    assert ended.err.startswith("TRIAGE_HUBSPOT_TOKEN: ")
    assert "pat with" not in ended.err


async def test_a_revoked_token_is_told_in_one_line_without_it(office: Office) -> None:
    office.hubspot.revoke_token()
    ended = await office.read("find", ADDRESS)
    assert (ended.code, len(ended.faults)) == (2, 1)
    assert "expired or revoked" in ended.err
    for hidden in (office.hubspot.token, "visitor.example"):
        assert hidden not in ended.err


# What the doctor says of HubSpot


async def consult(office: Office, **changes: str) -> tuple[int, list[tuple[str, str]]]:
    """The doctor's exit code and its findings on HubSpot. The token is in none of them."""
    whole = {
        "TRIAGE_HUBSPOT_API_VERSION": "2026-09",
        "TRIAGE_HUBSPOT_APP_ID": office.hubspot.app_id,
        "TRIAGE_HUBSPOT_SENDER_ACTOR_ID": office.hubspot.sender_actor,
    }
    ended = await inside_beside("doctor", "--json", settings=office.settings | whole | changes)
    assert office.hubspot.token not in ended.out + ended.err, "the token is told"
    found = json.loads(ended.out)
    return ended.code, [(one["verdict"], one["text"]) for one in found if one["what"] == "hubspot"]


async def test_the_doctor_finds_a_good_token_and_sender_well(office: Office) -> None:
    assert (await consult(office))[1] == [("ok", "answers and takes the token")]
    assert {call.method for call in office.hubspot.calls} == {"GET"}


async def test_the_doctor_says_how_to_mend_a_token_that_is_not_taken(office: Office) -> None:
    office.hubspot.revoke_token()
    ((verdict, text),) = (await consult(office))[1]
    assert verdict == "wrong"
    assert "expired or revoked" in text
    assert "set TRIAGE_HUBSPOT_TOKEN" in text


async def test_the_doctor_names_the_missing_scope(office: Office) -> None:
    office.hubspot.trouble("actor", answers(403))
    ((verdict, text),) = (await consult(office))[1]
    assert (verdict, "conversations.read" in text) == ("wrong", True)
    office.hubspot.trouble("contact", answers(403))
    verdict, text = (await consult(office))[1][-1]
    assert (verdict, text.startswith("contacts cannot be read")) == ("wrong", True)
    assert "crm.objects.contacts.read" in text
    office.hubspot.trouble("contact", answers(503))
    verdict, text = (await consult(office))[1][-1]
    assert (verdict, text.startswith("contacts could not be tried")) == ("warn", True)


async def test_the_doctor_misses_a_sender_nobody_knows(office: Office) -> None:
    _, findings = await consult(office, TRIAGE_HUBSPOT_SENDER_ACTOR_ID="A-404")
    assert [verdict for verdict, _ in findings] == ["ok", "wrong"]
    assert "no user A-404" in findings[1][1]


@pytest.mark.parametrize("name", ["Ana Example", "Dr. Otto Desklight", ""])
async def test_the_doctor_warns_of_a_sender_that_looks_like_a_person_without_naming_him(
    office: Office, name: str
) -> None:
    office.hubspot.add_actor("A-5151", name)
    _, findings = await consult(office, TRIAGE_HUBSPOT_SENDER_ACTOR_ID="A-5151")
    assert [verdict for verdict, _ in findings] == ["ok", "warn"]
    assert "looks like a person" in findings[1][1]
    assert not name or name not in findings[1][1]


@pytest.mark.parametrize("name", ["Data protection (automatic)", "Larkfield Privacy Team", "privacy-bot"])
async def test_the_doctor_takes_a_name_that_says_what_it_is(office: Office, name: str) -> None:
    office.hubspot.add_actor("A-5151", name)
    _, findings = await consult(office, TRIAGE_HUBSPOT_SENDER_ACTOR_ID="A-5151")
    assert [verdict for verdict, _ in findings] == ["ok"]


async def test_the_doctor_warns_of_signatures_that_can_be_replayed(office: Office) -> None:
    _, findings = await consult(office, TRIAGE_HUBSPOT_SIGNATURE_VERSIONS="v3,v1")
    assert [verdict for verdict, _ in findings] == ["ok", "warn"]
    assert "replayed" in findings[1][1]
    alone = {"TRIAGE_HUBSPOT_SIGNATURE_VERSIONS": "v3,v1", "TRIAGE_HUBSPOT_TOKEN": ""}
    assert [verdict for verdict, _ in (await consult(office, **alone))[1]] == ["warn"]


async def test_the_doctor_tries_nothing_while_settings_for_it_are_missing(office: Office) -> None:
    code, findings = await consult(office, TRIAGE_HUBSPOT_SENDER_ACTOR_ID="")
    assert (code, findings, office.hubspot.calls) == (2, [], [])
