"""`triage demo` as its user meets it."""

import json
import mailbox
from pathlib import Path

from tests.acceptance.command_line import Ended, triage
from tests.acceptance.kept_demo import sql
from triage.demo.samples import sample_mails


def test_the_demo_shows_every_sample_captures_letters_and_leaves_a_whole_journal(played: tuple[Ended, Path]) -> None:
    ended, folder = played
    assert (ended.code, ended.err) == (0, "")
    assert f"{len(sample_mails()) + 3} mails came in" in ended.out
    assert "journal: every chain is whole" in ended.out
    letters = mailbox.Maildir(folder / "letters", create=False)
    assert len(letters) > 10
    assert f"letters captured: {len(letters)}; in quarantine: 0" in ended.out
    assert sql(folder, "SELECT count(*) FROM letter WHERE state = 'sent'") == [(len(letters),)]


def test_the_demo_shows_each_subject_in_its_table(played: tuple[Ended, Path]) -> None:
    ended, folder = played
    shown = "".join(ended.out.split("│")[2::9]).split()
    for (subject,) in sql(folder, "SELECT subject FROM enquiry"):
        for word in subject.split():
            assert word[:20] in "".join(shown)


def test_the_demo_does_not_write_into_a_folder_that_is_there(tmp_path: Path) -> None:
    ended = triage("demo", "--once", "--keep", tmp_path, cwd=tmp_path)
    assert ended.code == 2
    assert len(ended.faults) == 1
    assert str(tmp_path) in ended.err


def test_a_kept_demo_can_be_looked_at_with_the_other_commands(played: tuple[Ended, Path], tmp_path: Path) -> None:
    ended, folder = played
    config = folder / "triage.toml"
    assert ended.out.splitlines()[-1] == f"look further: triage case list --config {config}"
    listed = triage("case", "list", "--json", "--config", config, cwd=tmp_path)
    assert (listed.code, listed.err) == (0, "")
    assert len(json.loads(listed.out)) > 10
    whole = triage("journal", "verify", "--config", config, cwd=tmp_path)
    assert (whole.code, whole.out) == (0, "every chain is whole\n")
