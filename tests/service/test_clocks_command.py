"""`triage clocks recompute`: lists what would move, writes what moves, and says whom it left alone."""

import asyncio
import json
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tests.factories import CONTROLLER, NOW, SECRET, make_plan
from tests.service.conftest import RULES
from tests.store.steps import file_one
from tests.unit.case_lives import POLICY, opened
from triage.__main__ import main
from triage.adapters.store import open_store
from triage.domain.case_change import CaseChange
from triage.domain.case_file import CaseFile
from triage.domain.case_plan import plan_case
from triage.domain.recompute import recomputed
from triage.domain.vocabulary import Kind
from triage.service.chat_link import DeskStore
from triage.service.recompute import recompute

Use = Callable[[Callable[[DeskStore], Awaitable[CaseFile]]], CaseFile]
HOLIDAY = replace(POLICY, extra_bank_holidays=(date(2026, 12, 23),))


class FakeCases:
    """Open cases in memory; those in `taken` change between reading and writing."""

    def __init__(self, *cases: CaseFile, taken: tuple[str, ...] = ()) -> None:
        self.cases = cases
        self.taken = taken
        self.written: list[tuple[str, CaseChange, str]] = []

    async def open_cases(self) -> tuple[CaseFile, ...]:
        return self.cases

    async def change_case(self, case: CaseFile, change: CaseChange, *, by: str, now: object) -> bool:
        if case.reference in self.taken:
            return False
        self.written.append((case.reference, change, by))
        return True


def numbered(number: int, received: date) -> CaseFile:
    return replace(opened(received), number=number, reference=f"DP-2026-00042-K7/{number}")


async def test_a_dry_run_writes_nothing() -> None:
    store = FakeCases(numbered(1, date(2026, 11, 23)), numbered(2, date(2026, 11, 24)))
    found = await recompute(store, HOLIDAY, by="dpo", now=NOW, dry_run=True)
    assert {move.reference for move in found.moves} == {"DP-2026-00042-K7/1"}
    assert store.written == []


async def test_only_what_moves_is_written_and_a_case_changed_meanwhile_is_named() -> None:
    first, second, third = (numbered(number, date(2026, 11, 22 + number // 3)) for number in (1, 2, 3))
    store = FakeCases(first, second, third, taken=(third.reference,))
    policy = replace(POLICY, extra_bank_holidays=(date(2026, 12, 22), date(2026, 12, 23)))
    found = await recompute(store, policy, by="dpo", now=NOW, dry_run=False)
    assert [(reference, by) for reference, _, by in store.written] == [
        (first.reference, "dpo"),
        (second.reference, "dpo"),
    ]
    assert store.written[0][1] == recomputed(first, policy)
    assert {move.reference for move in found.moves} == {first.reference, second.reference}
    assert found.changed_meanwhile == (third.reference,)


@pytest.fixture
def use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Use:
    """Does something with the store the command will open: one access request of 23 November, by the rules of then.

    Since then 23 December has become a holiday.
    """
    url = f"sqlite+aiosqlite:///{tmp_path / 'triage.db'}"
    rules = tmp_path / "rules"
    shutil.copytree(RULES, rules, ignore=shutil.ignore_patterns("model", "corpus"))
    policy = (rules / "policy.toml").read_text(encoding="utf-8")
    changed = policy.replace("extra_bank_holidays = []", "extra_bank_holidays = [2026-12-23]")
    (rules / "policy.toml").write_text(changed, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TRIAGE_DATABASE_URL", url)
    monkeypatch.setenv("TRIAGE_RULES_DIR", str(rules))
    monkeypatch.setenv("TRIAGE_SECRET_KEY", SECRET.decode())

    async def opened_store(what: Callable[[DeskStore], Awaitable[CaseFile]]) -> CaseFile:
        store = await open_store(url, secret=SECRET, migrate=True)
        try:
            return await what(store)
        finally:
            await store.close()

    async def file(store: DeskStore) -> CaseFile:
        planned = plan_case(Kind.ACCESS, NOW, NOW, CONTROLLER, POLICY, unanswered=False)
        await file_one(store, plan=make_plan(cases=(planned,)))
        return await only_case(store)

    asyncio.run(opened_store(file))
    return lambda what: asyncio.run(opened_store(what))


async def only_case(store: DeskStore) -> CaseFile:
    (case,) = await store.open_cases()
    return case


def test_what_would_move_is_listed_then_moved_and_then_nothing_is_left(
    use: Use, capsys: pytest.CaptureFixture[str]
) -> None:
    before = use(only_case)
    assert main(["clocks", "recompute", "--dry-run"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "dates that would move: 4, in 1 of the open cases" in shown
    assert "Wednesday 23 December 2026 is a public holiday (added by our policy)" in shown
    assert use(only_case) == before

    assert main(["clocks", "recompute", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["dry_run"], told["changed_meanwhile"]) == (False, [])
    assert [(row["date"], row["from"], row["to"]) for row in told["moves"]] == [
        ("statutory_due", "2026-12-23", "2026-12-24"),
        ("safe_due", "2026-12-23", "2026-12-24"),
        ("shadow_due", "2026-12-23", "2026-12-24"),
        ("extension_notice_by", "2026-12-23", "2026-12-22"),
    ]
    after = use(only_case)
    assert (after.dates.statutory_due, after.version) == (date(2026, 12, 24), before.version + 1)
    assert main(["journal", "verify"]) == 0
    capsys.readouterr()

    assert main(["clocks", "recompute"]) == 0
    assert "no date moved" in capsys.readouterr().out


def test_a_case_somebody_else_wrote_to_is_named_and_the_exit_code_says_so(
    use: Use,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case = use(only_case)

    async def taken(*_: object, **__: object) -> bool:
        return False

    monkeypatch.setattr("triage.adapters.store.sql_cases.CaseHalf.change_case", taken)
    assert main(["clocks", "recompute"]) == 1
    assert capsys.readouterr().err == f"{case.reference}: changed meanwhile and keeps its old dates; run this again\n"
