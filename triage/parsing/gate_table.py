"""rules/gate.toml -> GateTable. One clear line per fault, naming file and key."""

from dataclasses import fields
from pathlib import Path
from typing import Any

from triage.domain.gate import GateTable
from triage.errors import RulesWrong
from triage.parsing.rules import parse_toml, read_text

_KINDS = {"tuple[str, ...]": "a list of texts", "str": "a text", "int": "a whole number above 0"}


def read_gate_table(text: str, *, source: str = "gate.toml") -> GateTable:
    """Read the table. Raises RulesWrong with every fault: broken TOML, an unknown or missing key, a wrong type."""
    found: dict[str, Any] = parse_toml(text, source)
    wanted = {each.name: str(getattr(each.type, "__name__", each.type)) for each in fields(GateTable)}
    wanted = {name: "tuple[str, ...]" if kind == "tuple" else kind for name, kind in wanted.items()}
    faults = [f"{source}: unknown key {key!r}" for key in found if key not in wanted]
    faults += [f"{source}: key {key!r} is missing" for key in wanted if key not in found]
    faults += [
        f"{source}: key {key!r} must be {_KINDS[kind]}"
        for key, kind in wanted.items()
        if key in found and not _fits(found[key], kind)
    ]
    if faults:
        raise RulesWrong(faults)
    values: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in found.items()}
    return GateTable(**values)


def load_gate_table(rules_dir: Path) -> GateTable:
    """The table of a rules folder. Raises RulesWrong naming file and key of every fault."""
    path = rules_dir / "gate.toml"
    return read_gate_table(read_text(path), source=path.name)


def _fits(value: object, kind: str) -> bool:
    if kind == "int":
        return isinstance(value, int) and not isinstance(value, bool) and value > 0
    if kind == "str":
        return isinstance(value, str) and bool(value.strip())
    return isinstance(value, list) and all(isinstance(each, str) and bool(each.strip()) for each in value)
