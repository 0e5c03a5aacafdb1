"""A draft is read while a person writes it: what none may say stops it, all else only warns."""

import pytest

from tests.unit.test_letter_lint import BOOK, LETTER_RULES, POLICY, SOURCES
from triage.domain.letter import LetterFacts, LetterText
from triage.domain.vocabulary import LetterPurpose
from triage.parsing.draft_checks import Verdict, read_draft
from triage.parsing.draft_lines import folded, unfolded
from triage.parsing.letter_previews import previews, samples_of
from triage.parsing.letterbook import LetterBook

SAMPLES = samples_of(POLICY)
BY_MAIL = [facts for found in SAMPLES.values() for facts in found if facts.channel == "email" and facts.by_person]
PROGRESS = next(facts for facts in BY_MAIL if facts.purpose is LetterPurpose.PROGRESS)


def reading(more: str, facts: LetterFacts = PROGRESS) -> Verdict:
    """The letter with a paragraph of a person's below it."""
    text = BOOK.word(facts)
    whole = LetterText(subject=text.subject, body=f"{text.body}\n{more}\n")
    return read_draft(facts, whole, text.body.split("\n\n"), POLICY, LETTER_RULES)


def test_a_letter_as_it_was_worded_has_nothing_to_mend() -> None:
    for facts in BY_MAIL:
        text = BOOK.word(facts)
        assert read_draft(facts, text, text.body.split("\n\n"), POLICY, LETTER_RULES) == Verdict(), facts.purpose


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("This is our final response.", "never 'call it final'"),
        ("Read https://ico.org.uk/for-organisations/foi/ first.", "wrong link"),
    ],
)
def test_what_no_letter_may_say_stops_it(words: str, rule: str) -> None:
    found = reading(words)
    if rule == "wrong link":
        found = reading(f"See https://{next(iter(POLICY.wrong_links))} first.")
    assert rule in [fault.rule for fault in found.faults]


def test_a_person_may_name_the_law_where_our_own_words_may_not() -> None:
    assert not reading("We rely on section 7 of the GDPR here.").faults
    ours = BOOK.word(PROGRESS).body + "\nWe rely on section 7 of the GDPR here.\n"
    text = LetterText(subject=BOOK.word(PROGRESS).subject, body=ours)
    assert read_draft(PROGRESS, text, ours.split("\n\n"), POLICY, LETTER_RULES).faults


@pytest.mark.parametrize(
    "day", ["3 March 2027", "3/3/2027", "3.3.27", "2027-03-03", "3rd March", "3rd of March", "3 Mar"]
)
def test_a_day_that_is_none_of_the_case_is_a_warning(day: str) -> None:
    found = reading(f"You will have it by {day} at the latest.")
    assert not found.faults
    assert {"no other date", "day not in words"} & {one.rule for one in found.warnings}


def test_what_is_left_out_and_what_is_hard_to_read_are_warnings() -> None:
    text = LetterText(
        subject="About your request", body="Comprehensive organisational considerations necessitate it.\n"
    )
    found = read_draft(PROGRESS, text, (), POLICY, LETTER_RULES)
    assert not found.faults
    assert {"subject", "reference", "company", "readable"} <= {one.rule for one in found.warnings}


def test_an_empty_letter_is_stopped() -> None:
    found = read_draft(PROGRESS, LetterText(subject="", body="\n"), (), POLICY, LETTER_RULES)
    assert "empty" in [one.rule for one in found.faults]


def test_lines_joined_for_editing_are_folded_again_as_they_were() -> None:
    for facts in BY_MAIL:
        body = BOOK.word(facts).body
        assert folded(unfolded(body), in_chat=False) == body, facts.purpose


def test_a_person_edits_paragraphs_not_lines() -> None:
    long = "one two three four five six seven eight nine ten " * 4
    body = folded(f"Hello,\n\n{long}\n- a point\n- {long}\n", in_chat=False)
    assert max(map(len, body.splitlines())) <= 76
    assert unfolded(body).splitlines() == ["Hello,", "", long.strip(), "- a point", f"- {long.strip()}"]


def test_no_line_is_folded_within_a_day_or_a_phone_number() -> None:
    for width in range(40, 76):
        body = folded(f"{'x' * width} by Tuesday 22 December 2026 or ring 01632 960 123 then", in_chat=False)
        lines = body.splitlines()
        assert any("Tuesday 22 December 2026" in line for line in lines), width
        assert any("01632 960 123" in line for line in lines), width


def test_a_chat_is_not_folded_and_loses_signs_that_arrive_broken() -> None:
    assert folded("\u201cyes\u201d \u2013 " + "word " * 40, in_chat=True) == '"yes" - ' + ("word " * 40).strip() + "\n"


def test_every_sort_of_letter_has_a_preview_and_reads_well() -> None:
    assert set(SAMPLES) == set(LetterPurpose)
    found = previews(BOOK, LETTER_RULES, POLICY, SAMPLES[LetterPurpose.REFUSAL])
    assert found
    assert all(one.text is not None and not one.faults and 0 < one.age <= 12 for one in found)


def test_a_broken_template_tells_its_one_fault_and_the_rest_is_shown() -> None:
    book = LetterBook({**SOURCES, "outcomes/provided.txt": "{{ nonsense }}"})
    found = previews(book, LETTER_RULES, POLICY, SAMPLES[LetterPurpose.OUTCOME])
    broken = {one.broken for one in found if one.broken}
    assert len(broken) == 1
    assert "outcomes/provided.txt" in broken.pop()
    assert any(one.text is not None for one in found)
