"""Where settings stand: the file, the environment, files of secrets. Whatever is written there and is none is named."""

import difflib
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

PREFIX = "TRIAGE_"
# Promised, and not there yet. Who sets one must not believe that it does something.
_NOT_BUILT = ("oauth_", "imap_sent_folder", "imap_junk_folder")
# Switches of the test suite, which runs commands in its own environment.
_OF_TESTS = "test_"


@dataclass(kw_only=True, slots=True)
class Gathered:
    """Settings as written, by name; how each is named where it stands; and what is wrong with the places."""

    values: dict[str, object] = field(default_factory=dict)
    named: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def gather(config: Path | None, environ: Mapping[str, str], names: Sequence[str], secrets: Sequence[str]) -> Gathered:
    """What `config` (default: ./triage.toml if there is one) and the environment say; the environment wins.

    `names` are all settings there are, `secrets` those that may lie in a file of their own. An empty value means
    "not set", so that the environment can take back what the file says.
    """
    found = Gathered()
    _read_file(found, config, names)
    known = {PREFIX + name.upper() for name in names} | {f"{PREFIX}{name.upper()}_FILE" for name in secrets}
    for variable in sorted(environ):
        if variable.startswith(PREFIX) and variable not in known:
            name = variable.removeprefix(PREFIX).lower()
            if not name.startswith(_OF_TESTS):
                found.faults.append(f"{variable}: {_unknown(name, variable, known)}")
    for name in names:
        _read_variable(found, name, environ, may_be_file=name in secrets)
    found.values = {name: value for name, value in found.values.items() if value != ""}
    return found


def _read_file(found: Gathered, config: Path | None, names: Sequence[str]) -> None:
    path = config or Path("triage.toml")
    if config is None and not path.is_file():
        return
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as exc:
        found.faults.append(f"{path.name}: not valid TOML: {exc}")
        return
    except (OSError, UnicodeDecodeError) as exc:
        found.faults.append(f"{path.name}: cannot be read ({type(exc).__name__})")
        return
    for name, value in table.items():
        if name in names:
            found.values[name] = value
            found.named[name] = f"{path.name}: {name}"
        else:
            found.faults.append(f"{path.name}: {name}: {_unknown(name, name, names)}")


def _read_variable(found: Gathered, name: str, environ: Mapping[str, str], *, may_be_file: bool) -> None:
    variable = PREFIX + name.upper()
    if variable in environ:
        found.values[name] = environ[variable]
        found.named[name] = variable
    path = environ.get(f"{variable}_FILE") if may_be_file else None
    if not path:
        return
    if environ.get(variable):
        found.faults.append(f"{variable} and {variable}_FILE: set only one")
    found.named[name] = f"{variable}_FILE"
    try:
        text = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as exc:
        found.faults.append(f"{variable}_FILE: cannot be read ({type(exc).__name__})")
        return
    if not text:
        found.faults.append(f"{variable}_FILE: the file is empty")
    found.values[name] = text


def _unknown(name: str, written: str, known: Iterable[str]) -> str:
    if name.startswith(_NOT_BUILT):
        return "this setting is not built yet; it would do nothing, so take it out"
    near = difflib.get_close_matches(written, sorted(known), n=1, cutoff=0.8)
    return "there is no such setting" + (f"; did you mean {near[0]}?" if near else "")
