"""What nobody foresaw ends a command with one line, the worker with a log line: what and where, not about whom."""

import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from triage import bootstrap
from triage.__main__ import main
from triage.errors import StoreUnavailable
from triage.logs import place_of

ABOUT = "ana@customer.example"


@pytest.mark.parametrize(("command", "module"), [("worker", "worker"), ("run", "worker"), ("hook", "hook")])
def test_a_process_that_dies_says_of_what_and_where_and_not_about_whom(
    command: str, module: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    __import__(f"triage.bootstrap.{module}", fromlist=["_"])
    monkeypatch.setattr(getattr(bootstrap, module), f"run_{module}", _dies)
    monkeypatch.setattr(f"triage.cli.{module}.run_hook", _dies, raising=False)
    for name, value in {"MAILDIR": str(tmp_path), "MAILBOX_ADDRESS": ABOUT, "SECRET_KEY": "x" * 16}.items():
        monkeypatch.setenv(f"TRIAGE_{name}", value)
    monkeypatch.chdir(tmp_path)
    assert main([command]) == 1
    out, err = capsys.readouterr()
    logged, told = err.splitlines()
    event = json.loads(logged)
    assert (out, event["event"], event["process"], event["exception_type"]) == (
        "",
        "process_failed",
        command,
        "KeyError",
    )
    assert event["reason"].startswith("triage/cli/")
    assert told == f"something went wrong that should not: KeyError at {event['reason']}; please report it"
    assert ABOUT not in err


async def _dies(*_settings: object, **_named: object) -> None:
    raise KeyError(ABOUT)


def test_what_a_person_can_mend_is_told_in_its_own_words(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def away(*_arguments: object) -> int:
        raise StoreUnavailable("the disk is full")

    monkeypatch.setitem(sys.modules, "triage.cli.journal", SimpleNamespace(add_arguments=lambda _p: None, run=away))
    assert main(["journal"]) == 2
    assert capsys.readouterr().err == "the disk is full\n"


def test_the_place_is_ours_where_it_can_be_and_never_a_text() -> None:
    with pytest.raises(ValueError, match="Expecting") as caught:
        json.loads(ABOUT)
    assert place_of(caught.value).partition(":")[0].endswith("decoder.py")
    assert place_of(ValueError(ABOUT)) == "nowhere:0"
