"""The storage key as a setting: written in one of three ways, or refused in one line that holds nothing of it."""

import base64
from pathlib import Path

import pytest

from triage.adapters.key_proof import (
    ENCRYPTED,
    IN_PLAIN,
    OTHER_STORAGE_KEY,
    PLAIN,
    UNFINISHED,
    key_to_write_down,
)
from triage.config import load_settings
from triage.errors import SettingsWrong, StoreUnavailable
from triage.service.checkup import encryption_finding
from triage.storage_key import make_key, read_keys

KEY, OLD = bytes(range(32)), bytes(range(100, 132))


@pytest.mark.parametrize(
    "written",
    [
        base64.b64encode(KEY).decode(),
        base64.b64encode(KEY).decode().rstrip("="),
        base64.urlsafe_b64encode(KEY).decode(),
        KEY.hex(),
        KEY.hex().upper(),
        f"  {KEY.hex()}\n",
    ],
)
def test_a_key_is_base64_or_hex(written: str) -> None:
    assert read_keys(written) == (KEY,)


def test_an_older_key_stands_behind_a_comma() -> None:
    assert read_keys(f"{KEY.hex()}, {base64.b64encode(OLD).decode()}") == (KEY, OLD)
    assert read_keys(f"{KEY.hex()},{KEY.hex()}") == (KEY,)


def test_without_a_key_there_is_none() -> None:
    assert read_keys("") == read_keys("  ") == ()


def test_a_made_key_is_one() -> None:
    assert len(read_keys(make_key())[0]) == 32
    assert make_key() != make_key()


@pytest.mark.parametrize(
    "written", ["four plain words here", KEY.hex()[:-2], KEY.hex() + ",", "x" * 64, "ключ", "=" * 44]
)
def test_what_is_no_key_is_refused_with_how_to_make_one(written: str) -> None:
    with pytest.raises(ValueError, match="`triage key new`") as refused:
        read_keys(written)
    assert written[:8] not in str(refused.value)


def test_a_key_that_could_be_guessed_is_refused() -> None:
    with pytest.raises(ValueError, match="could be guessed"):
        read_keys("00" * 32)


def test_a_bad_key_is_one_line_among_the_settings_faults(tmp_path: Path) -> None:
    environ = {"TRIAGE_STORAGE_KEY": "short", "TRIAGE_DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/t.db"}
    with pytest.raises(SettingsWrong) as refused:
        load_settings(None, environ)
    (line,) = refused.value.faults
    assert line.startswith("TRIAGE_STORAGE_KEY: must be 32 random bytes")
    assert "short" not in line


def test_a_key_may_lie_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(f"{KEY.hex()}\n")
    settings = load_settings(None, {"TRIAGE_STORAGE_KEY_FILE": str(tmp_path / "key")})
    assert settings.storage_keys == (KEY,)
    assert KEY.hex() not in repr(settings)


@pytest.mark.parametrize(
    ("known", "keys", "line"),
    [
        ({"a"}, (), ENCRYPTED),
        (set(), ("a",), IN_PLAIN),
        ({"a"}, ("b",), OTHER_STORAGE_KEY),
        ({"a", "b"}, ("a",), OTHER_STORAGE_KEY),
        ({"a", PLAIN}, ("a",), UNFINISHED),
        ({"a", PLAIN}, (), UNFINISHED),
    ],
)
def test_keys_that_are_not_the_stores_are_refused(known: set[str], keys: tuple[str, ...], line: str) -> None:
    with pytest.raises(StoreUnavailable) as refused:
        key_to_write_down(known, keys, is_new=False)
    assert str(refused.value) == line
    assert "\n" not in line


def test_the_stores_own_key_is_taken_and_a_new_one_is_written_down_first() -> None:
    assert key_to_write_down((), (), is_new=False) is None
    assert key_to_write_down((), (), is_new=True) is None
    assert key_to_write_down((), ("a",), is_new=True) == "a"
    assert key_to_write_down({"a"}, ("a",), is_new=False) is None
    assert key_to_write_down({"a"}, ("b", "a"), is_new=False) == "b"
    assert key_to_write_down({"a", "b"}, ("b", "a"), is_new=False) is None


@pytest.mark.parametrize(
    ("keys", "items_in_plain", "verdict", "words"),
    [
        (0, 0, "ok", "stored in plain"),
        (1, 0, "ok", "is encrypted"),
        (2, 0, "warn", "older key is still needed"),
        (1, 3, "warn", "3 raw items lie in plain"),
    ],
)
def test_the_doctor_says_how_it_lies_in_the_store(keys: int, items_in_plain: int, verdict: str, words: str) -> None:
    finding = encryption_finding(keys, items_in_plain)
    assert (finding.verdict, finding.what) == (verdict, "encryption")
    assert words in finding.text
