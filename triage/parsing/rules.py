"""Reads the rules folder: policy.toml into a Policy, and the texts of letters. Every fault of a file at once."""

import re
import tomllib
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError

from triage.domain import links
from triage.domain.policy import (
    Absence,
    ChatPolicy,
    Controller,
    FormMail,
    Limits,
    Link,
    Policy,
    Retention,
    Staff,
    StaffMember,
    System,
    Targets,
    Thresholds,
)
from triage.errors import RulesWrong

# An unknown key is a slip of the pen that would silently do nothing: refuse it. Said here, so that the domain's
# values know nothing of the library that checks them.
_SECTIONS = (
    Absence,
    ChatPolicy,
    Controller,
    FormMail,
    Limits,
    Link,
    Policy,
    Retention,
    Staff,
    StaffMember,
    System,
    Targets,
)
for _section in (*_SECTIONS, Thresholds):
    _section.__pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[union-attr]
_POLICY = TypeAdapter(Policy)

_DAY_HOURS = 24
_MAY_BE_NONE = ("targets.status_letter_on_day",)
_ADDRESS = re.compile(r"[^\s<>()\[\]\\,;:\"@]+@[^\s<>()\[\]\\,;:\"@]+\.[^\s<>()\[\]\\,;:\"@]+")


def load_policy(rules_dir: Path) -> Policy:
    """The policy of a rules folder. Raises RulesWrong naming file and key of every fault."""
    path = rules_dir / "policy.toml"
    return parse_policy(read_text(path), path.name)


def parse_policy(text: str, file_name: str = "policy.toml") -> Policy:
    """The policy in a TOML text. Raises RulesWrong naming every fault."""
    try:
        policy = _POLICY.validate_python(parse_toml(text, file_name))
    except ValidationError as exc:
        raise RulesWrong(validation_faults(exc, file_name)) from None
    faults = [f"{file_name}: {fault}" for fault in _inconsistencies(policy)]
    if faults:
        raise RulesWrong(faults)
    return policy


def load_letter_sources(rules_dir: Path) -> dict[str, str]:
    """Every text below letters/, by its path there with forward slashes. Raises RulesWrong if there is none."""
    folder = rules_dir / "letters"
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix in {".txt", ".toml"})
    if not files:
        raise RulesWrong([f"{folder.name}/: no letters found in {rules_dir.name}/"])
    return {path.relative_to(folder).as_posix(): read_text(path) for path in files}


def load_chat_sources(rules_dir: Path) -> dict[str, str]:
    """The texts of chat/, by name. Raises RulesWrong if there is none."""
    folder = rules_dir / "chat"
    files = sorted(folder.glob("*.txt"))
    if not files:
        raise RulesWrong([f"{folder.name}/: no texts found in {rules_dir.name}/"])
    return {path.name: read_text(path) for path in files}


def read_text(path: Path) -> str:
    """A rules file as text. Raises RulesWrong with one line if it is missing, unreadable or not UTF-8."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise RulesWrong([f"{path.name}: missing in {path.parent}"]) from None
    except (OSError, UnicodeDecodeError) as exc:
        raise RulesWrong([f"{path.name}: cannot be read as text ({type(exc).__name__})"]) from None


def parse_toml(text: str, file_name: str) -> dict[str, Any]:
    """A TOML text as a mapping. Raises RulesWrong with the line where it breaks."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        raise RulesWrong([f"{file_name}: not valid TOML: {exc}"]) from None


def validation_faults(exc: ValidationError, file_name: str) -> list[str]:
    """One line per fault: file, key, what is wrong."""
    return [
        f"{file_name}: {'.'.join(str(part) for part in error['loc'])}: {error['msg'][:1].lower()}{error['msg'][1:]}"
        for error in exc.errors(include_url=False, include_input=False)
    ]


def _inconsistencies(policy: Policy) -> list[str]:
    faults = []
    if not policy.controllers:
        faults.append("controllers: at least one is needed")
    names = [name.lower() for controller in policy.controllers for name in {controller.name, *controller.also_called}]
    faults.extend(
        f"controllers: the name {name!r} stands twice or is empty: nobody could tell who is meant"
        for name in sorted({name for name in names if names.count(name) > 1 or not name.strip()})
    )
    for name, pair in (("thresholds", policy.thresholds), *policy.kind_thresholds.items()):
        if not 0.0 <= pair.look <= pair.lower <= pair.upper <= 1.0:
            faults.append(f"{name}: needs 0 <= look <= lower <= upper <= 1")
    numbers = {
        **_numbers(policy.limits, "limits"),
        **_numbers(policy.targets, "targets"),
        **_numbers(policy.retention, "retention"),
    }
    faults.extend(
        f"{key}: must be 1 or more" for key, value in numbers.items() if value < 1 and key not in _MAY_BE_NONE
    )
    faults.extend(f"{key}: must not be below 0" for key in _MAY_BE_NONE if numbers[key] < 0)
    faults.extend(_staff_faults(policy))
    faults.extend(_system_faults(policy.systems))
    faults.extend(_chat_faults(policy.chat))
    faults.extend(f"links: {key} is missing" for key in ("complaint",) if key not in policy.links)
    faults.extend(links.faults(policy))
    return faults


def _staff_faults(policy: Policy) -> list[str]:
    """Addresses that are none, absences of nobody, systems of a company that is not listed."""
    companies = {"", *(controller.name for controller in policy.controllers)}
    faults = [
        f"systems.{system.name}: company {system.company!r} is no controller of this file"
        for system in policy.systems
        if system.company not in companies
    ]
    staff = policy.staff
    if staff is None:
        return faults
    people = {"dpo": staff.dpo, "deputy": staff.deputy, "director": staff.director}
    for role, member in people.items():
        if member is not None and not _ADDRESS.fullmatch(member.address):
            faults.append(f"staff.{role}.address: {member.address!r} is not one mail address")
    for role in ("deputy", "director"):
        other = people[role]
        if other is not None and other.address.casefold() == staff.dpo.address.casefold():
            faults.append(f"staff.{role}.address: is the DPO's: complaints about the DPO would reach the DPO")
    for number, absence in enumerate(staff.absences):
        if people.get(absence.who) is None:
            faults.append(f"staff.absences.{number}.who: must be one of {', '.join(people)}, and named above")
        if absence.last_on < absence.first_on:
            faults.append(f"staff.absences.{number}: ends before it begins")
    return faults


def _system_faults(systems: tuple[System, ...]) -> list[str]:
    """A case's checklist knows its lines by name; and what would never be asked for must not seem to be."""
    names = [system.name.casefold() for system in systems]
    twice = dict.fromkeys(system.name for system in systems if names.count(system.name.casefold()) > 1)
    faults = [f"systems.{name}: stands here twice; give each a name of its own" for name in twice]
    for system in systems:
        if system.marketing and not system.opt_out:
            faults.append(f"systems.{system.name}: sends marketing; opt_out must say how it is stopped there")
        if system.hubspot and not system.marketing:
            faults.append(f"systems.{system.name}: hubspot is for a system with marketing = true")
    return faults


def _chat_faults(chat: ChatPolicy) -> list[str]:
    """Context, silence and replies may be none; what is a time to work in must be some, and text goes in a day."""
    faults = [
        f"chat.{key}: must be 1 or more"
        for key in ("longest_burst_s", "answer_within_hours", "cannot_reach_working_days")
        if getattr(chat, key) < 1
    ]
    faults += [
        f"chat.{key}: must not be below 0"
        for key in ("debounce_s", "context_lines", "context_minutes", "replies_per_thread_hour")
        if getattr(chat, key) < 0
    ]
    if chat.longest_burst_s < chat.debounce_s:
        faults.append("chat.longest_burst_s: must not be shorter than chat.debounce_s")
    if not 1 <= chat.keep_text_hours < _DAY_HOURS:
        faults.append(f"chat.keep_text_hours: must be 1 or more and below {_DAY_HOURS}: text that asks nothing goes")
    return faults


def _numbers(section: Limits | Targets | Retention, name: str) -> dict[str, int]:
    return {f"{name}.{key}": value for key, value in asdict(section).items() if isinstance(value, int)}
