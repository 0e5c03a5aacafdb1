"""The policy file: right as shipped, and every fault of a wrong one named at once."""

from pathlib import Path

import pytest

from triage.errors import RulesWrong
from triage.parsing.rules import load_letter_sources, load_policy, parse_policy, parse_toml, read_text

RULES = Path(__file__).parents[2] / "rules"
TEXT = (RULES / "policy.toml").read_text(encoding="utf-8")


def faults_of(text: str) -> list[str]:
    with pytest.raises(RulesWrong) as caught:
        parse_policy(text)
    return caught.value.faults


def test_the_shipped_policy_is_right() -> None:
    assert load_policy(RULES).main_controller.name == "Larkfield Systems Ltd"


def test_unknown_keys_and_wrong_words_are_named_together() -> None:
    text = TEXT.replace('nation = "ENG"', 'nation = "France"').replace("[thresholds]", "[thresholds]\nmiddle = 0.5")
    faults = faults_of(text)
    assert [fault.split(": ")[1] for fault in faults] == ["controllers.0.nation", "thresholds.middle"]


def test_a_chat_that_cannot_work_is_refused() -> None:
    text = TEXT.replace("debounce_s = 20 ", "debounce_s = 300 ").replace("keep_text_hours = 20", "keep_text_hours = 24")
    text = text.replace("context_lines = 10", "context_lines = -1").replace(
        "answer_within_hours = 24", "answer_within_hours = 0"
    )
    assert faults_of(text) == [
        "policy.toml: chat.answer_within_hours: must be 1 or more",
        "policy.toml: chat.context_lines: must not be below 0",
        "policy.toml: chat.longest_burst_s: must not be shorter than chat.debounce_s",
        "policy.toml: chat.keep_text_hours: must be 1 or more and below 24: text that asks nothing goes",
    ]


def test_numbers_that_make_no_sense_are_refused() -> None:
    text = TEXT.replace("upper = 0.80", "upper = 0.20").replace("sender_per_hour = 1 ", "sender_per_hour = 0 ")
    text = text.replace("sender_per_hour = 1\n", "sender_per_hour = -1\n")
    assert faults_of(text) == [
        "policy.toml: thresholds: needs 0 <= look <= lower <= upper <= 1",
        "policy.toml: limits.sender_per_hour: must be 1 or more",
    ]


def test_systems_that_no_checklist_could_tell_apart_or_ask_for_are_refused() -> None:
    text = TEXT.replace('name = "Billing"', 'name = "service Desk"\nhubspot = true')
    text = text.replace('opt_out = "Take the address out of every audience."\n', "")
    assert faults_of(text) == [
        "policy.toml: systems.Service desk: stands here twice; give each a name of its own",
        "policy.toml: systems.service Desk: stands here twice; give each a name of its own",
        "policy.toml: systems.service Desk: hubspot is for a system with marketing = true",
        "policy.toml: systems.Website statistics and advertising: sends marketing; opt_out must say how it is stopped"
        " there",
    ]


def test_a_policy_without_a_controller_is_refused() -> None:
    start, end = TEXT.index("[[controllers]]"), TEXT.index("[thresholds]")
    text = TEXT[:start] + TEXT[end:]
    assert "controllers" in faults_of(text)[0]
    assert faults_of("controllers = []\n" + text) == ["policy.toml: controllers: at least one is needed"]


def test_a_name_of_two_companies_or_of_none_is_refused_and_names_are_read() -> None:
    named = TEXT.replace("also_called = []", 'also_called = ["LFS", "lfs"]')
    assert faults_of(named) == [
        "policy.toml: controllers: the name 'lfs' stands twice or is empty: nobody could tell who is meant"
    ]
    assert "' '" in faults_of(TEXT.replace("also_called = []", 'also_called = [" "]'))[0]
    assert parse_policy(TEXT.replace("also_called = []", 'also_called = ["LFS"]')).controllers[0].also_called == (
        "LFS",
    )


def test_the_wrong_links_of_other_laws_are_refused_with_the_reason() -> None:
    wrong = "https://ico.org.uk/for-organisations/guide-to-freedom-of-information/complaints/"
    text = TEXT.replace('https://ico.org.uk/make-a-complaint/"', wrong + '"')
    assert faults_of(text) == [
        "policy.toml: links.complaint: guidance on freedom of information for public authorities, not for people's "
        "own data"
    ]


def test_links_are_https_and_the_complaint_link_is_there() -> None:
    page = 'complaint = { url = "https://ico.org.uk/make-a-complaint/"'
    assert faults_of(TEXT.replace(page, page.replace("https", "http"))) == [
        "policy.toml: links.complaint: must start with https://"
    ]
    assert faults_of(TEXT.replace("\ncomplaint = { url", "\ncomplaining = { url")) == [
        "policy.toml: links: complaint is missing"
    ]


def test_broken_toml_names_file_and_line() -> None:
    with pytest.raises(RulesWrong, match=r"kinds\.toml: not valid TOML: .*line 2"):
        parse_toml("a = 1\nb =\n", "kinds.toml")


def test_a_rules_file_that_is_missing_or_no_text_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(RulesWrong, match=r"gate\.toml: missing"):
        read_text(tmp_path / "gate.toml")
    (tmp_path / "gate.toml").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(RulesWrong, match="cannot be read as text"):
        read_text(tmp_path / "gate.toml")


def test_letters_are_loaded_by_their_path_and_none_at_all_is_a_fault(tmp_path: Path) -> None:
    assert "subjects/received.txt" in load_letter_sources(RULES)
    assert any(name.startswith("paragraphs/") for name in load_letter_sources(RULES))
    with pytest.raises(RulesWrong, match="no letters found"):
        load_letter_sources(tmp_path)


@pytest.mark.parametrize(
    ("right", "wrong", "line"),
    [
        (
            'address = "deputy@larkfield.example"',
            'address = "nobody"',
            "staff.deputy.address: 'nobody' is not one mail",
        ),
        (
            "absences = []",
            'absences = [{ who = "boss", first_on = 2026-12-01, last_on = 2026-12-02 }]',
            "must be one of",
        ),
        (
            'address = "deputy@larkfield.example"',
            'address = "DPO@larkfield.example"',
            "staff.deputy.address: is the DPO's: complaints about the DPO would reach the DPO",
        ),
        (
            'address = "director@larkfield.example"',
            'address = "dpo@larkfield.example"',
            "staff.director.address: is the DPO's: complaints about the DPO would reach the DPO",
        ),
        ("absences = []", 'absences = [{ who = "dpo", first_on = 2026-12-02, last_on = 2026-12-01 }]', "ends before"),
        (
            'owner = "Support"',
            'owner = "Support"\ncompany = "Nobody Ltd"',
            "'Nobody Ltd' is no controller of this file",
        ),
        ("spam_days = 30", "spam_days = 0", "retention.spam_days: must be 1 or more"),
        ("status_letter_on_day = 0", "status_letter_on_day = -1", "targets.status_letter_on_day: must not be below 0"),
    ],
)
def test_who_looks_after_the_desk_and_what_is_kept_is_checked(right: str, wrong: str, line: str) -> None:
    ours = (RULES / "policy.toml").read_text(encoding="utf-8")
    assert right in ours
    with pytest.raises(RulesWrong) as caught:
        parse_policy(ours.replace(right, wrong, 1))
    assert any(line in fault for fault in caught.value.faults)


def test_a_desk_without_named_staff_is_one() -> None:
    ours = (RULES / "policy.toml").read_text(encoding="utf-8")
    without = ours[: ours.index("[staff]")] + ours[ours.index("[retention]") :]
    assert parse_policy(without).staff is None
