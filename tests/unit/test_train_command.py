"""`triage train` where it can do nothing: said at once, in one line."""

import os
from argparse import Namespace
from pathlib import Path

import pytest

from triage.cli import train
from triage.errors import SettingsWrong


def test_a_model_folder_that_cannot_be_written_to_is_said_before_anything_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "model").mkdir()
    monkeypatch.setenv("TRIAGE_RULES_DIR", str(tmp_path))
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(SettingsWrong) as wrong:
        train.run(Namespace(config=None, corpus=None))
    assert wrong.value.faults == [
        f"{tmp_path / 'model'}: cannot be written to; triage init makes a rules folder of your own"
    ]
