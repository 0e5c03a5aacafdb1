"""Nothing about a person may leave the process in a log line."""

import ast
import json
from pathlib import Path

import pytest
import structlog

import triage
from triage.logs import ALLOWED_FIELDS, get_logger, set_up


def test_only_allowed_fields_are_written(capsys: pytest.CaptureFixture[str]) -> None:
    set_up()
    get_logger().info("item_filed", item_id=7, sender="ana@customer.example", subject="My data")
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["item_id"], line["code"]) == ("item_filed", 7, "field_dropped")
    assert "customer" not in json.dumps(line)


def test_quiet_shows_warnings_only(capsys: pytest.CaptureFixture[str]) -> None:
    set_up(quiet=True)
    log = get_logger()
    log.info("item_filed", item_id=7)
    log.warning("item_failed", item_id=7)
    assert [json.loads(line)["event"] for line in capsys.readouterr().err.splitlines()] == ["item_failed"]


def test_what_a_test_configured_is_gone_with_its_stream() -> None:
    assert not structlog.is_configured()


def test_no_field_is_named_after_something_personal() -> None:
    assert not ALLOWED_FIELDS & {"subject", "body", "text", "sender", "address", "recipient", "name", "phone"}


def test_every_line_of_the_program_names_allowed_fields_only() -> None:
    root = Path(triage.__file__).parent
    unknown = [
        f"{path.relative_to(root)}:{call.lineno} {word.arg}"
        for path in sorted(root.rglob("*.py"))
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
        if isinstance(call.func.value, ast.Name) and call.func.value.id == "log"
        for word in call.keywords
        if word.arg is not None and word.arg not in ALLOWED_FIELDS
    ]
    assert unknown == []
