"""rules/form/form.toml proves itself: every fault at once, nothing unknown, nothing that must be said left out."""

import re
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from triage.domain.policy import Policy
from triage.domain.vocabulary import Kind, Regime
from triage.errors import RulesWrong
from triage.parsing.form_post import BOXES
from triage.parsing.form_words import (
    Piece,
    company_facts,
    faults_for,
    fill,
    load_form_words,
    paragraphs,
    parse_form_words,
)
from triage.parsing.rules import load_policy

RULES = Path(__file__).parents[2] / "rules"
TEXT = (RULES / "form" / "form.toml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def policy() -> Policy:
    """The packaged policy."""
    return load_policy(RULES)


def changed(policy: Policy, **changes: object) -> Policy:
    """The policy with another main controller."""
    return replace(policy, controllers=(replace(policy.main_controller, **changes),))  # type: ignore[arg-type]


def faults(text: str) -> list[str]:
    """What is wrong with a text of the form."""
    with pytest.raises(RulesWrong) as wrong:
        parse_form_words(text)
    return wrong.value.faults


def with_text(place: str, value: str) -> str:
    """form.toml with one text replaced; `place` is section.key, `value` is TOML."""
    section, _, key = place.partition(".")
    head, mark, rest = TEXT.partition(f"\n[{section}]")
    pattern = rf"(?ms)^{key} = (\[.*?^\]|\[[^\n]*\]|[^\n]*)$"
    new, count = re.subn(pattern, lambda _: f"{key} = {value}", rest, count=1)
    assert count == 1
    return head + mark + new


def test_the_packaged_words_hold_with_the_packaged_policy(policy: Policy) -> None:
    assert faults_for(load_form_words(RULES), policy) == []


def test_there_are_words_for_every_box() -> None:
    words = parse_form_words(TEXT)
    assert all(getattr(words.about, box) for box in BOXES)
    assert len({getattr(words.about, box) for box in BOXES}) == len(BOXES)


def test_every_fault_is_named_at_once() -> None:
    text = with_text("page.title", '"Write to {compny}"').replace('submit = "Send"\n', "") + '\n[extra]\nx = "y"\n'
    found = faults(text)
    assert "form/form.toml: page.submit: field required" in found
    assert any("extra" in fault for fault in found)
    assert any(fault.startswith("form/form.toml: page.title: unknown placeholder {compny}") for fault in found)


@pytest.mark.parametrize(
    ("place", "value", "fault"),
    [
        ("page.title", '" "', "says nothing"),
        ("page.title", '"Ring {phone}"', "{phone} may be empty in policy.toml"),
        ("page.title", '"Write {to us"', "a curly bracket without its partner"),
        ("page.title", '"[Write](email)"', "a link can stand in a list of paragraphs only"),
        ("message.hint", '"{minutes}"', "unknown placeholder {minutes}"),
        ("already.text", '["[here](elsewhere)"]', "unknown link (elsewhere)"),
        ("already.text", '["See https://ico.org.uk"]', "addresses come from policy.toml"),
        ("already.text", '["Write to dpo@larkfield.example"]', "addresses come from policy.toml"),
        ("page.intro", '["Send us your passport."]', "must say so: nobody should send proof"),
        ("page.intro_complaint", '["Send us your passport."]', "must say so: nobody should send proof"),
        ("privacy.text", '["We are careful."]', "must say so: people must be able to read"),
        ("received.lead", '["Thank you."]', "must say so: this page acknowledges receipt"),
        ("received.lead_complaint", '["Thank you."]', "must say so: this page acknowledges receipt of a complaint"),
        ("received.nothing", '["Wait."]', "must say so: people must know"),
        ("received.regulator_uk", '["Tell us."]', "must say so: people must be told that they can go to the ICO"),
        ("other_ways.text", '["Post: {office}"]', "must say so: this form may not be the only way"),
    ],
)
def test_a_faulty_text_is_named_with_its_reason(place: str, value: str, fault: str) -> None:
    found = faults(with_text(place, value))
    assert [line for line in found if line.startswith(f"form/form.toml: {place}: ") and fault in line], found


def test_an_address_that_stands_for_any_is_no_address() -> None:
    parse_form_words(with_text("email.wrong", '"It should look like somebody@example.com"'))


def test_broken_toml_and_a_missing_file_are_named(tmp_path: Path) -> None:
    assert "not valid TOML" in faults("[page")[0]
    with pytest.raises(RulesWrong, match=r"form\.toml: missing"):
        load_form_words(tmp_path)


def test_a_section_of_another_shape_is_named() -> None:
    assert any("about" in fault for fault in faults('about = "everything"\n'))


def test_placeholders_are_filled_from_the_policy_and_by_the_page(policy: Policy) -> None:
    facts = company_facts(policy)
    assert fill("{company}: {typed} of {most}", facts, typed=3, most=2) == "Larkfield Systems Ltd: 3 of 2"


def test_a_paragraph_becomes_text_and_links(policy: Policy) -> None:
    facts = company_facts(policy)
    [pieces] = paragraphs(("Ring [{phone}](phone) or [write](email).",), facts)
    assert pieces == (
        Piece(text="Ring "),
        Piece(text="01632 960 123", href="tel:01632960123"),
        Piece(text=" or "),
        Piece(text="write", href="mailto:dataprotection@larkfield.example"),
        Piece(text="."),
    )
    assert paragraphs(("[Ring](phone)",), facts) == ((Piece(text="Ring", href="tel:01632960123"),),)


def test_what_the_policy_does_not_give_is_left_out(policy: Policy) -> None:
    without = {name: link for name, link in policy.links.items() if name != "cpdp"}
    facts = company_facts(replace(changed(policy, phone="", addresses=()), links=without))
    said = paragraphs(("Ring {phone}", "[Write](email)", "[CPDP](cpdp)", "Or come to {office}."), facts)
    assert [pieces[0].text for pieces in said] == ["Or come to 1 Example Way, Exampleton, EX1 1EX."]


def test_a_policy_that_leaves_the_regulator_unsaid_is_a_fault(policy: Policy) -> None:
    found = faults_for(parse_form_words(TEXT), replace(policy, ico_phone=""))
    assert found == ["form/form.toml: received.regulator_uk: with this policy.toml nothing of it can be said"]


def test_a_company_in_the_eu_names_its_own_regulator(policy: Policy) -> None:
    european = changed(policy, regime=Regime.EU)
    assert faults_for(parse_form_words(TEXT), replace(european, ico_phone="")) == []
    link = replace(policy.links["complaint"], url="https://cpdp.example/en/")
    facts = company_facts(replace(european, links={**policy.links, "cpdp": link}))
    said = paragraphs(parse_form_words(TEXT).received.regulator_eu, facts)
    assert said[1][1].href == "https://cpdp.example/en/"


def _syllables(word: str) -> int:
    return max(1, len(re.findall(r"[aeiouy]+", re.sub(r"e$|es$|ed$", "", word.lower()))))


def test_the_words_can_be_read_at_twelve() -> None:
    """Flesch-Kincaid grade, of UK reading age about grade + 5 (uk-privacy: plain language is law, Art 12(1))."""
    texts = []
    for section in tomllib.loads(TEXT).values():
        for value in section.values():
            texts += value if isinstance(value, list) else [value]
    prose = re.sub(r"\{[^}]*\}|[\[\]]|\(\w+\)", " x ", " ".join(text.rstrip(".:") + "." for text in texts))
    sentences = [sentence for sentence in re.split(r"[.!?:]+", prose) if re.search(r"[A-Za-z]{2}", sentence)]
    words = re.findall(r"[A-Za-z']+", prose)
    grade = 0.39 * len(words) / len(sentences) + 11.8 * sum(map(_syllables, words)) / len(words) - 15.59
    assert grade <= 7.0
    assert max(len(re.findall(r"[A-Za-z']+", sentence)) for sentence in sentences) <= 34


def test_no_word_of_the_form_labels_people_or_cites_the_law() -> None:
    wrong = r"\b(complainant|data subject|GDPR|Art(icle)? ?\d|section \d|pursuant|invalid|illegal|failed|you must)\b"
    assert re.findall(wrong, TEXT.split("[page]")[1], re.IGNORECASE) == []
    assert all(kind in TEXT for kind in Kind if kind is not Kind.OTHER_RIGHT)
