"""What pages and commands say of posts nobody knows the fate of is what the code does."""

import re
from pathlib import Path

import pytest

from triage.adapters.chat_sender import LOOK_AFTER_S
from triage.service.alarm_words import mend_of
from triage.service.settle import LOOKS_APART_S

DOCS = Path(__file__).parents[2] / "docs"
DECISION = (DOCS / "decisions" / "010-a-chat-is-asked.md").read_text(encoding="utf-8")
ALARMS = (DOCS / "alarms.md").read_text(encoding="utf-8")


def test_decision_ten_names_the_seconds_between_looks() -> None:
    said = [float(number) for number in re.findall(r"(\d+) seconds?\b", DECISION)]
    assert sorted(set(said)) == sorted({*LOOK_AFTER_S, LOOKS_APART_S} - {0.0})


@pytest.mark.parametrize("code", ["letter_refused", "letter_unclear"])
def test_an_undelivered_letters_alarm_tells_mail_and_chat_apart(code: str) -> None:
    row = next(line for line in ALARMS.splitlines() if line.startswith(f"| `{code}`"))
    for words in (mend_of(code), row):
        assert "relay" in words
        assert "HubSpot" in words
        assert "chat" in words


def test_an_unclear_chat_reply_is_not_said_to_be_never_posted_again() -> None:
    row = next(line for line in ALARMS.splitlines() if line.startswith("| `letter_unclear`"))
    for words in (mend_of("letter_unclear"), row):
        assert re.search(r"chat.*looks? .*again only", words)
