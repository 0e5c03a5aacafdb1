"""rules/gate.toml: read whole, or refused with every fault named."""

import pytest

from tests.unit.gate_mail import RULES, TABLE
from triage.errors import RulesWrong
from triage.parsing.compose import OWN_MARK
from triage.parsing.gate_table import load_gate_table, read_gate_table
from triage.parsing.own_words import OWN_MARKER

TEXT = (RULES / "gate.toml").read_text(encoding="utf-8")


def faults_of(text: str) -> list[str]:
    with pytest.raises(RulesWrong) as caught:
        read_gate_table(text)
    return caught.value.faults


def test_the_shipped_table_is_read():
    table = read_gate_table(TEXT)
    assert table.most_recipients == 10
    assert "List-Id" in table.list_headers


def test_the_tables_words_are_those_our_letters_bear():
    closing = (RULES / "letters" / "parts" / "not_you.txt").read_text(encoding="utf-8")
    assert TABLE.own_marker == OWN_MARKER
    assert OWN_MARKER in closing
    assert TABLE.loop_header == OWN_MARK


def test_no_list_holds_an_entry_twice():
    for name in ("automatic_subjects", "robot_local_parts", "robot_headers", "list_headers"):
        entries = [entry.casefold() for entry in getattr(TABLE, name)]
        assert len(entries) == len(set(entries)), name


def test_an_unknown_key_is_named_with_the_file():
    assert faults_of(TEXT + '\nrobot_header = ["X"]\n') == ["gate.toml: unknown key 'robot_header'"]


def test_a_missing_key_is_named():
    assert faults_of(TEXT.replace("most_recipients = 10", "")) == ["gate.toml: key 'most_recipients' is missing"]


@pytest.mark.parametrize(
    ("right", "wrong", "fault"),
    [
        ("most_recipients = 10", 'most_recipients = "10"', "'most_recipients' must be a whole number above 0"),
        ("most_recipients = 10", "most_recipients = true", "'most_recipients' must be a whole number above 0"),
        ("most_recipients = 10", "most_recipients = 0", "'most_recipients' must be a whole number above 0"),
        ('loop_header = "X-Privacy-Desk"', 'loop_header = " "', "'loop_header' must be a text"),
        ('loop_header = "X-Privacy-Desk"', "loop_header = 1", "'loop_header' must be a text"),
        (
            'suppress_values = ["All", "AutoReply", "OOF"]',
            'suppress_values = "All"',
            "'suppress_values' must be a list of texts",
        ),
        (
            'suppress_values = ["All", "AutoReply", "OOF"]',
            "suppress_values = [1]",
            "'suppress_values' must be a list of texts",
        ),
        # An empty entry would match every mail.
        (
            'suppress_values = ["All", "AutoReply", "OOF"]',
            'suppress_values = [""]',
            "'suppress_values' must be a list of texts",
        ),
    ],
)
def test_a_wrong_value_is_named(right, wrong, fault):
    assert right in TEXT
    assert faults_of(TEXT.replace(right, wrong)) == [f"gate.toml: key {fault}"]


def test_all_faults_are_named_at_once():
    assert len(faults_of(TEXT.replace("most_recipients = 10", "extra = 1"))) == 2


def test_broken_toml_is_one_clear_line():
    (fault,) = faults_of("most_recipients = [")
    assert fault.startswith("gate.toml: not valid TOML")
    assert "\n" not in fault


def test_a_missing_file_is_one_clear_line(tmp_path):
    with pytest.raises(RulesWrong, match=r"gate\.toml"):
        load_gate_table(tmp_path)
