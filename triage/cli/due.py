"""`triage due`: what is owed when, and why, for one request or complaint. Stores nothing."""

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import fields
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from triage.cli.settings_file import add_config
from triage.domain.clock import ClockDates, ClockFacts, Pause, compute, local_date
from triage.domain.clock_faults import year_fault
from triage.domain.plain_dates import plain_date
from triage.domain.policy import Policy
from triage.domain.vocabulary import Kind, Nation, Regime
from triage.errors import SettingsWrong

_LABELS = {
    "received_on": "Received",
    "starts_on": "Time starts",
    "statutory_due": "Statutory due",
    "safe_due": "Safe due",
    "shadow_due": "Shadow due",
    "internal_target": "Our target",
    "acknowledge_by": "Acknowledge by (law)",
    "acknowledge_target": "Acknowledge by (ours)",
    "extension_notice_by": "Extension notice by",
}
_DATE_OPTIONS = {
    "identity_asked": "the day proof of identity was asked for",
    "identity_received": "the day it came",
    "authority_asked": "the day proof of authority to act was asked for",
    "authority_received": "the day it came",
    "fee_asked": "the day a fee was asked for",
    "fee_paid": "the day it was paid",
}

_Word = TypeVar("_Word", bound=StrEnum)
_Value = TypeVar("_Value")
_Typed = TypeVar("_Typed")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments. They are read in `run`, so that all faults can be named at once."""
    add_config(parser)
    parser.add_argument("kind", metavar="KIND", help=", ".join(Kind))
    parser.add_argument("received", metavar="RECEIVED", help="a local date, or a date-time with offset")
    parser.add_argument("--nation", metavar="NATION", help=f"whose bank holidays count: {', '.join(Nation)}")
    parser.add_argument("--regime", metavar="REGIME", help="uk or eu; without it eu for BG, else uk")
    for name, text in _DATE_OPTIONS.items():
        parser.add_argument(f"--{name.replace('_', '-')}", metavar="DATE", action="append", default=[], help=text)
    parser.add_argument(
        "--pause",
        metavar="A..B",
        action="append",
        default=[],
        help="an access clarification, from the day asked to the day answered (A.. if not yet); may be repeated",
    )
    parser.add_argument("--extended", action="store_true", help="the DPO has extended the time to three months")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace, policy: Policy | None = None) -> int:
    """Print the dates. `policy` stands in for rules/policy.toml. Returns 0, or 2 with each fault on stderr."""
    try:
        policy = policy or _load_policy(arguments.config)
        dates = compute(
            _facts(arguments, policy),
            policy.targets,
            frozenset(policy.extra_bank_holidays),
            frozenset(policy.office_closures),
        )
    except (SettingsWrong, ValueError) as exc:
        print(exc, file=sys.stderr)
        return 2
    print(json.dumps(_as_json(dates), ensure_ascii=False) if arguments.json else _as_text(dates))
    return 0


def _load_policy(config: Path | None) -> Policy:
    from triage.config import rules_dir
    from triage.parsing.rules import load_policy

    return load_policy(rules_dir(config))


def _facts(arguments: argparse.Namespace, policy: Policy) -> ClockFacts:
    """What was typed, as facts. Raises ValueError with one line for each thing that cannot be read."""
    faults: list[str] = []

    def read(name: str, reader: Callable[[_Typed], _Value], text: _Typed) -> _Value | None:
        try:
            return reader(text)
        except ValueError as exc:
            faults.append(f"{name}: {exc}")
            return None

    kind = read("KIND", lambda text: _word(Kind, text), arguments.kind)
    nation, regime = policy.main_controller.nation, policy.main_controller.regime
    if arguments.nation is not None:
        nation = read("--nation", lambda text: _word(Nation, text.upper()), arguments.nation) or nation
        regime = Regime.EU if nation is Nation.BULGARIA else Regime.UK
    if arguments.regime is not None:
        regime = read("--regime", lambda text: _word(Regime, text.lower()), arguments.regime) or regime
    received = read("RECEIVED", lambda text: _moment(text, nation), arguments.received)
    days = {
        f"{name}_on": read(f"--{name.replace('_', '-')}", _only_date, texts)
        for name in _DATE_OPTIONS
        if (texts := getattr(arguments, name))
    }
    pauses = [read("--pause", _pause, text) for text in arguments.pause]
    if faults or kind is None or received is None:
        raise ValueError("\n".join(faults))
    return ClockFacts(
        kind=kind,
        received=received,
        nation=nation,
        regime=regime,
        pauses=tuple(pause for pause in pauses if pause is not None),
        extended=arguments.extended,
        **days,
    )


def _word(words: type[_Word], text: str) -> _Word:
    if text not in list(words):
        raise ValueError(f"{text!r} is none of {', '.join(words)}")
    return words(text)


def _date(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is no date like 2026-11-23") from None
    return _within_years(day)


def _only_date(texts: list[str]) -> date:
    """Of two days the later one would silently count: a person says which."""
    if len(texts) > 1:
        raise ValueError(f"given {len(texts)} times ({', '.join(texts)}); the clock takes the last ask and its answer")
    return _date(texts[0])


def _moment(text: str, nation: Nation) -> datetime | date:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is no date like 2026-11-23 nor date-time like 2026-11-23T09:10+00:00") from None
    if len(text) <= len("2026-11-23"):
        return _within_years(moment.date())
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone; give an offset such as +00:00, or the date alone")
    _within_years(local_date(moment, nation))
    return moment


def _within_years(day: date) -> date:
    if fault := year_fault(day):
        raise ValueError(fault)
    return day


def _pause(text: str) -> Pause:
    asked, dots, answered = text.partition("..")
    if not dots:
        raise ValueError(f"{text!r} is no pair like 2026-12-10..2026-12-17")
    return Pause(asked_on=_date(asked), answered_on=_date(answered) if answered else None)


def _as_json(dates: ClockDates) -> dict[str, object]:
    values = {field.name: getattr(dates, field.name) for field in fields(dates)}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def _as_text(dates: ClockDates) -> str:
    width = max(map(len, _LABELS.values()))
    lines = [f"{'Kind':<{width}}  {dates.kind}"]
    for name, label in _LABELS.items():
        day: date | None = getattr(dates, name)
        lines.append(f"{label:<{width}}  {'-' if day is None else f'{day}  {plain_date(day)}'}")
    return "\n".join([*lines, "", "Why", *(f"  {number}. {line}" for number, line in enumerate(dates.trace, 1))])
