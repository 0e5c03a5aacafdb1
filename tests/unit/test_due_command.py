"""`triage due`: what it reads, what it prints, and how it refuses."""

import argparse
import json
from datetime import date
from pathlib import Path

import pytest

from tests.unit.worked_dates import WORKED
from triage.cli import due
from triage.domain.policy import Controller, Limits, Policy, Targets, Thresholds
from triage.domain.vocabulary import Nation, Regime

KEYS = [
    *("kind", "received_on", "starts_on", "statutory_due", "safe_due", "shadow_due", "internal_target"),
    *("acknowledge_by", "acknowledge_target", "extension_notice_by", "trace"),
]


def a_policy(nation: Nation = Nation.ENGLAND, regime: Regime = Regime.UK, **more) -> Policy:
    controller = Controller(
        name="Larkfield Systems Ltd",
        nation=nation,
        regime=regime,
        registered_number="01234567",
        registered_in="England and Wales",
        registered_office="1 Example Way, Exampleton",
        team_name="Data protection team",
        privacy_page="https://larkfield.example/privacy",
    )
    targets = Targets(
        answer_days=28,
        correction_working_days=10,
        opt_out_working_days=1,
        opt_out_alarm_working_days=2,
        complaint_news_days=14,
        acknowledge_alarm_working_days=1,
    )
    limits = Limits(
        sender_per_hour=1,
        sender_per_day=3,
        sender_per_30_days=10,
        domain_per_day=20,
        global_per_10_minutes=30,
        free_mail_domains=(),
    )
    return Policy(
        controllers=(controller,),
        own_domains=("larkfield.example",),
        thresholds=Thresholds(upper=0.8, lower=0.35),
        limits=limits,
        targets=targets,
        links={},
        ico_phone="0303 123 1113",
        **more,
    )


def command(*words: str, policy: Policy | None = None) -> int:
    parser = argparse.ArgumentParser(prog="triage due")
    due.add_arguments(parser)
    return due.run(parser.parse_args(words), policy or a_policy())


@pytest.fixture
def answer(capsys: pytest.CaptureFixture[str]):
    def ask(*words: str, policy: Policy | None = None) -> dict:
        assert command(*words, "--json", policy=policy) == 0
        return json.loads(capsys.readouterr().out)

    return ask


def test_the_json_has_every_key_of_the_contract_and_no_other(answer) -> None:
    found = answer("access", "2026-11-25")
    assert list(found) == KEYS
    assert (found["kind"], found["statutory_due"], found["acknowledge_by"]) == ("access", "2026-12-29", None)
    assert all(isinstance(line, str) for line in found["trace"])


OPTIONS = {"identity_asked_on": "--identity-asked", "identity_received_on": "--identity-received"}


@pytest.mark.parametrize(("number", "row", "expected"), WORKED, ids=[f"row {number}" for number, _, _ in WORKED])
def test_every_worked_date_comes_out(answer, number: int, row: dict, expected: dict[str, str]) -> None:
    words = [row["kind"], row["received"].isoformat(), "--nation", row.get("nation", Nation.ENGLAND)]
    words += [word for name, option in OPTIONS.items() if name in row for word in (option, row[name].isoformat())]
    for pause in row.get("pauses", ()):
        words += ["--pause", f"{pause.asked_on}..{pause.answered_on}"]
    words += ["--extended"] if row.get("extended") else []
    found = answer(*words)
    assert {name: found[name] for name in expected} == expected


def test_every_option_reaches_the_clock(answer) -> None:
    found = answer(
        *("access", "2026-12-07", "--identity-asked", "2026-12-08", "--identity-received", "2026-12-09"),
        *("--authority-asked", "2026-12-08", "--authority-received", "2026-12-10"),
        *("--fee-asked", "2026-12-08", "--fee-paid", "2026-12-14", "--nation", "SCT", "--regime", "uk"),
        *("--pause", "2026-12-15..2026-12-16", "--pause", "2026-12-18..2026-12-18", "--extended"),
    )
    # 14 March and three pause days is Wednesday 17 March; by the shorter count one day, Monday 15 March.
    assert (found["starts_on"], found["statutory_due"], found["safe_due"]) == ("2026-12-14", "2027-03-17", "2027-03-15")
    assert found["extension_notice_by"] == "2027-01-15"
    assert found["shadow_due"] == "2027-03-08"


def test_a_pause_without_an_end_is_one_not_yet_answered(answer) -> None:
    found = answer("access", "2026-12-07", "--pause", "2026-12-08..")
    assert (found["statutory_due"], found["shadow_due"]) == (None, "2027-01-07")


@pytest.mark.parametrize(
    ("received", "day"),
    [
        ("2026-07-14T23:30:00Z", "2026-07-15"),
        ("2026-07-14T23:30+01:00", "2026-07-14"),
        ("2026-07-14T23:59+01:00", "2026-07-14"),
        ("2026-07-15T00:30:00+01:00", "2026-07-15"),
        ("2026-07-14", "2026-07-14"),
    ],
)
def test_a_moment_is_taken_to_the_london_day_and_a_date_as_it_stands(answer, received: str, day: str) -> None:
    assert answer("access", received)["received_on"] == day


def test_the_nation_and_law_of_the_first_controller_count_unless_others_are_named(answer) -> None:
    bulgarian = a_policy(Nation.BULGARIA, Regime.EU)
    assert answer("complaint", "2026-11-26", policy=bulgarian)["acknowledge_by"] is None
    assert answer("complaint", "2026-11-26", "--nation", "eng", policy=bulgarian)["acknowledge_by"] == "2026-12-29"
    assert answer("complaint", "2026-11-26", "--nation", "BG")["acknowledge_by"] is None
    assert answer("complaint", "2026-11-26", "--nation", "BG", "--regime", "uk")["acknowledge_by"] == "2026-12-29"
    assert answer("complaint", "2026-11-26", "--regime", "eu")["acknowledge_by"] is None


def test_holidays_and_closures_of_the_policy_are_kept(answer) -> None:
    policy = a_policy(extra_bank_holidays=(date(2026, 12, 23),), office_closures=(date(2026, 12, 21),))
    found = answer("access", "2026-11-23", policy=policy)
    assert (found["statutory_due"], found["internal_target"]) == ("2026-12-24", "2026-12-18")


def test_without_json_a_table_and_the_reasons_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert command("opt_out", "2026-12-05") == 0
    lines = capsys.readouterr().out.splitlines()
    assert "Statutory due          2027-01-05  Tuesday 5 January 2027" in lines
    assert "Acknowledge by (law)   -" in lines
    assert any(line.startswith("  1. Received Saturday 5 December 2026") for line in lines)


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("acess", "2026-11-23"), "KIND: 'acess' is none of access, correction, deletion, opt_out"),
        (("access", "23/11/2026"), "RECEIVED: '23/11/2026' is no date like 2026-11-23 nor date-time"),
        (("access", "2026-11-31"), "RECEIVED: '2026-11-31' is no date"),
        (("access", "2026-11-23T09:10"), "RECEIVED: '2026-11-23T09:10' has no time zone"),
        (("access", "2019-11-23"), "RECEIVED: 2019-11-23 lies outside 2021 to 2039"),
        (("access", "2040-01-01T00:00Z"), "RECEIVED: 2040-01-01 lies outside 2021 to 2039"),
        (("access", "0001-01-01T00:00+05:00"), "RECEIVED: received: 0001-01-01T00:00:00+05:00 is no day"),
        (("access", "2026-11-23", "--nation", "FRA"), "--nation: 'FRA' is none of ENG, WLS, SCT, NIR, BG"),
        (("access", "2026-11-23", "--regime", "us"), "--regime: 'us' is none of uk, eu"),
        (("access", "2026-11-23", "--fee-paid", "soon"), "--fee-paid: 'soon' is no date like 2026-11-23"),
        (("access", "2026-11-23", "--fee-asked", "2204-01-01"), "--fee-asked: 2204-01-01 lies outside"),
        (("access", "2026-11-23", "--pause", "2026-11-24"), "--pause: '2026-11-24' is no pair like"),
        (("access", "2026-11-23", "--pause", "2026-11-24..x"), "--pause: 'x' is no date"),
        (("deletion", "2026-11-23", "--pause", "2026-11-24..2026-11-25"), "pause: deletion has none"),
        (("complaint", "2026-11-23", "--extended"), "extended: complaint has no extension"),
        (("access", "2026-11-23", "--identity-asked", "2026-11-20"), "identity asked: 2026-11-20 lies before receipt"),
        (
            ("access", "2026-11-23", "--identity-received", "2026-11-24"),
            "identity received: 2026-11-24, but no day it was asked for",
        ),
        (
            ("access", "2026-11-23", "--authority-asked", "2026-11-26", "--authority-received", "2026-11-25"),
            "authority received: 2026-11-25 lies before it was asked for on 2026-11-26",
        ),
        (
            ("access", "2026-11-23", "--pause", "2026-11-26..2026-11-25"),
            "clarification answered: 2026-11-25 lies before it was asked for on 2026-11-26",
        ),
        (
            ("access", "2026-11-23", "--fee-asked", "2026-11-24", "--fee-asked", "2026-11-26"),
            "--fee-asked: given 2 times (2026-11-24, 2026-11-26); the clock takes the last ask and its answer",
        ),
    ],
)
def test_bad_usage_ends_with_one_clear_line_and_exit_code_2(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], line: str
) -> None:
    assert command(*words) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(line)
    assert len(printed.err.splitlines()) == 1


def test_several_faults_are_all_named_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert command("sar", "yesterday", "--nation", "UK", "--pause", "x", "--fee-asked", "y") == 2
    faults = capsys.readouterr().err.splitlines()
    assert [fault.partition(":")[0] for fault in faults] == ["KIND", "--nation", "RECEIVED", "--fee-asked", "--pause"]


def test_without_a_policy_in_hand_the_rules_folder_is_read(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:
    parser = argparse.ArgumentParser()
    due.add_arguments(parser)
    arguments = parser.parse_args(["access", "2026-11-23"])
    monkeypatch.delenv("TRIAGE_RULES_DIR", raising=False)
    assert due.run(arguments) == 0
    monkeypatch.setenv("TRIAGE_RULES_DIR", str(tmp_path))
    capsys.readouterr()
    assert due.run(arguments) == 2
    assert "policy.toml" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("right", "wrong", "line"),
    [
        ('nation = "ENG"', "", "policy.toml: controllers.0.nation: field required"),
        ("answer_days = 28", "answer_days = -28", "policy.toml: targets.answer_days: must be 1 or more"),
        (
            ", checked_on = 2026-11-22 }\ndata_protection",
            " }\ndata_protection",
            "policy.toml: links.complaint.checked_on: field required",
        ),
        ('url = "https://ico.org.uk/make-a-complaint/"', 'url = ""', "policy.toml: links.complaint: must start with"),
        ("extra_bank_holidays = []", "extra_bank_holidays = [2026-02-30]", "policy.toml: not valid TOML"),
    ],
)
def test_a_policy_that_is_wrong_is_one_clear_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path, right: str, wrong: str, line: str
) -> None:
    ours = (Path(__file__).parents[2] / "rules" / "policy.toml").read_text(encoding="utf-8")
    assert right in ours
    (tmp_path / "policy.toml").write_text(ours.replace(right, wrong, 1), encoding="utf-8")
    monkeypatch.setenv("TRIAGE_RULES_DIR", str(tmp_path))
    parser = argparse.ArgumentParser()
    due.add_arguments(parser)
    assert due.run(parser.parse_args(["access", "2026-11-23"])) == 2
    (fault,) = capsys.readouterr().err.splitlines()
    assert fault.startswith(line)
