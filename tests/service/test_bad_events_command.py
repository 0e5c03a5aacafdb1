"""`triage case event` on what cannot be true, came twice or too late: exit code 1, one clear line, nothing recorded."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from tests.factories import CONTROLLER, SECRET, make_plan
from tests.service.conftest import RULES
from tests.store.steps import claim_one, file_item
from tests.unit.case_lives import POLICY
from triage.__main__ import main
from triage.adapters.store import open_store
from triage.domain.case_plan import plan_case
from triage.domain.clock import local_date
from triage.domain.vocabulary import Kind

TODAY = local_date(datetime.now(UTC), CONTROLLER.nation)
Opens = Callable[[Kind, int], str]
NOBODY_ASKED = "but no day it was asked for"


def ago(days: int) -> str:
    return (TODAY - timedelta(days=days)).isoformat()


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Opens:
    """Opens a case of a kind, received so many days ago. Returns its reference."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'triage.db'}"
    for name, value in {"DATABASE_URL": url, "RULES_DIR": str(RULES), "SECRET_KEY": SECRET.decode()}.items():
        monkeypatch.setenv(f"TRIAGE_{name}", value)
    monkeypatch.setenv("TRIAGE_MAILBOX_ADDRESS", "dataprotection@larkfield.example")
    monkeypatch.chdir(tmp_path)

    async def opened(kind: Kind, days_ago: int) -> str:
        received_at = datetime.combine(TODAY - timedelta(days=days_ago), time(12), tzinfo=UTC)
        store = await open_store(url, secret=SECRET, migrate=True)
        try:
            planned = plan_case(kind, received_at, received_at, CONTROLLER, POLICY, unanswered=False)
            item = await claim_one(store, received_at=received_at)
            return f"{await file_item(store, item, plan=make_plan(cases=(planned,)))}/1"
        finally:
            await store.close()

    return lambda kind, days_ago: asyncio.run(opened(kind, days_ago))


BAD = [
    # kind, days since receipt, what was recorded before, event, day, the one line
    (Kind.ACCESS, 10, [], "identity_asked", "2019-11-12", "2019-11-12 lies outside 2021 to 2039"),
    (Kind.ACCESS, 10, [], "identity_asked", "2040-11-12", "2040-11-12 lies outside 2021 to 2039"),
    (Kind.ACCESS, 10, [], "identity_asked", ago(-1), f"{ago(-1)} lies in the future; today is {ago(0)}"),
    (Kind.ACCESS, 10, [], "authority_asked", ago(11), f"{ago(11)} lies before receipt on {ago(10)}"),
    (Kind.ACCESS, 10, [], "identity_received", ago(9), NOBODY_ASKED),
    (Kind.ACCESS, 10, [], "fee_paid", ago(9), NOBODY_ASKED),
    (Kind.ACCESS, 10, [("identity_asked", 8)], "identity_received", ago(9), "lies before it was asked for"),
    (Kind.ACCESS, 10, [("identity_asked", 8)], "identity_asked", ago(7), "it had not come by"),
    (Kind.ACCESS, 10, [("identity_asked", 8), ("identity_received", 7)], "identity_received", ago(6), "already"),
    (Kind.ACCESS, 10, [("clarification_asked", 8)], "clarification_asked", ago(7), "it had not come by"),
    (Kind.ACCESS, 10, [("extended", 8)], "extended", ago(7), f"extended: that was on {ago(8)} already"),
    (Kind.ACCESS, 10, [("withdrawn", 8)], "withdrawn", ago(7), f"withdrawn: that was on {ago(8)} already"),
    (Kind.DELETION, 10, [], "clarification_asked", ago(7), "pause: deletion has none"),
    (Kind.COMPLAINT, 10, [], "clarification_asked", ago(7), "pause: complaint has none"),
    (Kind.COMPLAINT, 10, [], "extended", ago(7), "extended: complaint has no extension"),
    (Kind.OPT_OUT, 10, [], "extended", ago(7), "extended: opt_out has no extension"),
    (Kind.ACCESS, 60, [], "extended", ago(1), "the last day to announce it (Art 12(3)); the DPO may record it"),
    (Kind.CORRECTION, 60, [], "identity_asked", ago(1), "moves no start (Art 12A); the DPO may record it"),
    (Kind.ACCESS, 60, [], "extended", "2040-11-12", "2040-11-12 lies outside 2021 to 2039"),
]


@pytest.mark.parametrize(("kind", "days", "before", "event", "on", "line"), BAD)
def test_what_cannot_have_happened_is_refused_in_one_line(
    desk: Opens,
    capsys: pytest.CaptureFixture[str],
    kind: Kind,
    days: int,
    before: list[tuple[str, int]],
    event: str,
    on: str,
    line: str,
) -> None:
    case = desk(kind, days)
    for name, day in before:
        how = ["--note", "by post, with the reasons"] if name == "extended" else []
        assert main(["case", "event", case, name, ago(day), *how]) == 0
    stood = dates_and_events(case, capsys)
    assert main(["case", "event", case, event, on]) == 1
    told = capsys.readouterr()
    (fault,) = told.err.splitlines()
    assert (told.out, line in fault) == ("", True), fault
    assert dates_and_events(case, capsys) == stood


def dates_and_events(case: str, capsys: pytest.CaptureFixture[str]) -> list[str]:
    capsys.readouterr()
    assert main(["case", "show", case]) == 0
    return [line for line in capsys.readouterr().out.splitlines() if line.startswith(("   event ", "   - "))]


def test_a_late_extension_is_recorded_by_the_dpos_word_and_marked(
    desk: Opens, capsys: pytest.CaptureFixture[str]
) -> None:
    case = desk(Kind.ACCESS, 60)
    assert main(["case", "event", case, "extended", ago(1), "--override", " "]) == 1
    assert capsys.readouterr().err.splitlines()[-1] == "an override needs a note that says why"
    assert main(["case", "event", case, "extended", ago(1), "--override", "Told by phone in time."]) == 1
    assert "say with --note how the person was told" in capsys.readouterr().err
    why_and_how = ["--override", "It was agreed in time.", "--note", "by phone, with the reasons"]
    assert main(["case", "event", case, "extended", ago(1), *why_and_how]) == 0
    assert main(["case", "show", case]) == 0
    assert "the rules refused it, the DPO recorded it; the journal has why" in capsys.readouterr().out
    assert main(["journal", "verify"]) == 0


def test_an_act_tells_the_next_step_that_the_case_shows(desk: Opens, capsys: pytest.CaptureFixture[str]) -> None:
    case = desk(Kind.ACCESS, 10)
    assert main(["case", "event", case, "identity_asked", ago(8)]) == 0
    (told,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("next: ")]
    assert main(["case", "show", case, "--json"]) == 0
    (shown,) = json.loads(capsys.readouterr().out)["cases"]
    assert told == f"next: {shown['next_step']}, by {shown['next_step_on']}"
