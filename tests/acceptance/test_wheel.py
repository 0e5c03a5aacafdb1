"""The wheel carries all a desk needs, and works where there is no checkout."""

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from tests.acceptance.command_line import LIMIT_S, Ended
from tests.acceptance.running import ROOT
from triage.demo.chats import sample_chats
from triage.demo.samples import sample_mails


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built without network from what git knows, so that nothing that lies about gets in or is lacked."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached"], cwd=ROOT, capture_output=True, check=True, timeout=LIMIT_S
    )
    for name in listed.stdout.decode().split("\0"):
        if name and (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, source / name)
    built = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "-q", "--no-index", "--no-deps", "--no-build-isolation", source],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path) -> Path:
    """The wheel laid out as pip does, in a folder of its own."""
    target = wheel.parent / "installed"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    return target


def run_installed(installed: Path, cwd: Path, *words: str) -> Ended:
    """Python with the wheel and our dependencies, and without the checkout."""
    packages = sysconfig.get_paths()["purelib"]
    # -S: no .pth file, and so no editable install, is looked at.
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("TRIAGE_", "PYTHON"))}
    done = subprocess.run(
        [sys.executable, "-S", *words],
        cwd=cwd,
        env={**plain, "PYTHONPATH": os.pathsep.join([str(installed), packages])},
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def test_the_wheel_carries_rules_samples_migrations_and_the_two_scripts(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    rules = {f"triage/_rules/{path.relative_to(ROOT / 'rules')}" for path in (ROOT / "rules").rglob("*.toml")}
    letters = {f"triage/_rules/{path.relative_to(ROOT / 'rules')}" for path in (ROOT / "rules").rglob("*.txt")}
    samples = {f"triage/demo/samples/{name}.eml" for name, _ in sample_mails()}
    samples |= {f"triage/demo/chats/{chat.key}.toml" for chat in sample_chats()}
    assert len(rules) > 10
    assert len(letters) > 20
    assert len(samples) >= 25
    others = {
        "mailbox_worker.py",
        "chat_webhook.py",
        "triage/py.typed",
        "triage/adapters/store/migrations/versions/0001_first_schema.py",
    }
    assert (rules | letters | samples | others) - names == set()
    assert [name for name in names if name.startswith(("tests/", "bench/", "docs/"))] == []


def test_the_wheel_names_its_command_and_its_licence(installed: Path) -> None:
    (facts,) = installed.glob("*.dist-info")
    assert "triage = triage.__main__:main" in (facts / "entry_points.txt").read_text()
    assert {path.name for path in (facts / "licenses").iterdir()} == {"LICENSE", "NOTICE"}
    assert "License-Expression: GPL-3.0-or-later" in (facts / "METADATA").read_text()


def test_outside_the_checkout_the_installed_package_is_the_one_that_runs(installed: Path, tmp_path: Path) -> None:
    script = "import triage, mailbox_worker, chat_webhook; from triage.config import find_rules_dir as f; print(f())"
    ended = run_installed(installed, tmp_path, "-c", script)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.strip() == str(installed / "triage" / "_rules")


def test_the_installed_rules_hold(installed: Path, tmp_path: Path) -> None:
    ended = run_installed(installed, tmp_path, "-m", "triage", "rules", "check")
    assert (ended.code, ended.out, ended.err) == (
        0,
        f"checking {installed / 'triage' / '_rules'}\nall rules hold\n",
        "",
    )


def test_the_installed_demo_works_through_its_samples(installed: Path, tmp_path: Path) -> None:
    ended = run_installed(installed, tmp_path, "-m", "triage", "demo", "--once")
    assert (ended.code, ended.err) == (0, "")
    assert "journal: every chain is whole\neverything ended as expected" in ended.out


def test_the_installed_init_writes_a_desk(installed: Path, tmp_path: Path) -> None:
    ended = run_installed(installed, tmp_path, "-m", "triage", "init", "desk")
    assert (ended.code, ended.err) == (0, "")
    assert (tmp_path / "desk" / "rules" / "policy.toml").is_file()


def test_the_installed_worker_script_names_what_it_lacks(installed: Path, tmp_path: Path) -> None:
    ended = run_installed(installed, tmp_path, str(installed / "mailbox_worker.py"))
    assert ended.code == 2
    assert all(line.startswith("TRIAGE_") for line in ended.faults)
