"""The lint: our letters pass, and each way to break one is named with file, rule and reason."""

import tomllib
from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from triage.domain.letter import LetterFacts
from triage.domain.outcomes import LETTER_OF
from triage.domain.policy import Policy
from triage.domain.stage_letters import KINDS_OF
from triage.domain.vocabulary import Channel, LetterPurpose, Regime
from triage.parsing.letter_checks import _URL, check
from triage.parsing.letter_lint import lint
from triage.parsing.letter_rules import LetterRule, read_letter_rules
from triage.parsing.letter_samples import CHANNELS, FIRST_LETTERS, sample_facts
from triage.parsing.letterbook import LetterBook
from triage.parsing.rules import load_letter_sources, load_policy

RULES = Path(__file__).parents[2] / "rules"
POLICY = load_policy(RULES)
SOURCES = load_letter_sources(RULES)
BOOK = LetterBook(SOURCES)
LETTER_RULES = read_letter_rules(SOURCES["lint.toml"])


# One of each first purpose, channel and kind: enough to see a text broken for all. Our own letters are read whole.
SOME = [
    facts
    for facts in sample_facts(POLICY)
    if len(facts.kinds) != 2 and facts.due_on and facts.may_be_breach and facts.controller.phone
]
EUROPEAN = replace(POLICY, controllers=(replace(POLICY.main_controller, regime=Regime.EU),))
# One letter by mail for each later purpose, kind and outcome.
LATER = [
    facts
    for facts in sample_facts(POLICY)
    if facts.by_person and facts.words and facts.due_on and facts.controller.phone and facts.channel is Channel.EMAIL
]


def faults_with(
    changes: dict[str, str | None], policy: Policy = POLICY, samples: Sequence[LetterFacts] | None = SOME
) -> list[str]:
    texts = {name: text for name, text in {**SOURCES, **changes}.items() if text is not None}
    return lint(texts, policy, samples)


def changed(name: str, old: str, new: str) -> dict[str, str | None]:
    assert old in SOURCES[name]
    return {name: SOURCES[name].replace(old, new)}


def only(faults: list[str], *, about: str) -> str:
    """The one fault that speaks of `about`; every fault is one line."""
    assert all("\n" not in fault for fault in faults)
    (fault,) = (fault for fault in faults if about in fault)
    return fault


def test_our_own_letters_have_no_fault() -> None:
    assert lint(SOURCES, POLICY) == []


def test_letters_of_a_company_in_the_eu_have_no_fault_either() -> None:
    assert lint(SOURCES, EUROPEAN) == []


def test_the_eu_letter_must_name_its_regulator() -> None:
    faults = faults_with(changed("parts/regulator.txt", '{{ links["cpdp"].url }}', "elsewhere"), EUROPEAN, None)
    assert any("regulator: must say https://cpdp.bg/en/" in fault for fault in faults)


def test_every_purpose_channel_and_kind_is_worded() -> None:
    samples = list(sample_facts(POLICY))
    seen = {(facts.purpose, facts.channel, kind) for facts in samples for kind in facts.kinds or ("none",)}
    for purpose, channel in product(LetterPurpose, CHANNELS):
        kinds = {kind for read, by, kind in seen if (read, by) == (purpose, channel)}
        assert kinds >= set(KINDS_OF[purpose] or ("none",))
    assert {len(facts.kinds) for facts in samples} == {0, 1, 2, 6}


def test_every_outcome_of_every_kind_is_worded() -> None:
    told = {(kind, facts.outcome) for facts in LATER for kind in facts.kinds}
    assert told >= LETTER_OF.keys()


def test_letters_are_read_as_a_machine_and_as_a_person_sends_them() -> None:
    ways = {(facts.purpose, facts.by_person) for facts in sample_facts(POLICY)}
    sent_by_itself = {purpose for purpose, by_person in ways if not by_person}
    assert sent_by_itself == {*FIRST_LETTERS, LetterPurpose.OPT_OUT_RECORDED, LetterPurpose.ESCALATION}
    assert {purpose for purpose, by_person in ways if by_person} == set(LetterPurpose)


def test_letters_that_hand_over_are_read_too_and_in_chat_alone() -> None:
    assert {facts.channel for facts in sample_facts(POLICY) if facts.hands_over} == {"chat"}
    name, told = "parts/chat_closing.txt", "A person has been asked to answer you."
    assert any("a person has been asked" in fault for fault in faults_with(changed(name, told, "")))
    invites = changed(name, told, told + ' Or type "person".')
    assert any("never 'invite to what was asked for'" in fault for fault in faults_with(invites))


def test_letters_to_who_cannot_be_reached_yet_are_read_too_and_may_name_no_day_for_marketing() -> None:
    assert {facts.channel for facts in sample_facts(POLICY) if not facts.way_known} == {"chat"}
    name, wanted = "paragraphs/opt_out.chat.txt", "a person then stops it"
    day = changed(name, wanted, wanted + " by the end of {{ opt_out_by | plain_date }}")
    assert any("no other date: 24 November 2026 promises" in fault for fault in faults_with(day, samples=None))
    days = changed(name, wanted, "a person then stops it within 5 working days or")
    assert any("working days: '5' is not the policy's" in fault for fault in faults_with(days, samples=None))


# ---- what can be seen in a text alone


def test_missing_texts_are_named_all_at_once() -> None:
    names = ["subjects/answer.txt", "neutral.chat.txt", "refusal.txt", "understood/opt_out.txt", "outcomes/erased.txt"]
    assert faults_with(dict.fromkeys(names)) == [f"letters/{name}: missing" for name in names]


def test_missing_rules_are_named() -> None:
    assert faults_with({"lint.toml": None}) == ["letters/lint.toml: missing"]


def test_an_unknown_placeholder_is_named_before_anything_is_worded() -> None:
    fault = only(faults_with({"paragraphs/access.txt": "{{ sender_name }}"}), about="sender_name")
    assert fault.startswith("letters/paragraphs/access.txt: unknown placeholder 'sender_name'; a letter may say: ")


def test_a_paragraph_may_not_say_what_only_frames_know() -> None:
    assert only(faults_with({"paragraphs/access.txt": "{{ next_steps }}"}), about="unknown placeholder")


def test_an_unknown_placeholder_in_a_branch_no_sample_takes_is_named_too() -> None:
    text = SOURCES["parts/closing.txt"] + '{% if reference == "x" %}{{ secret }}{% endif %}'
    assert only(faults_with({"parts/closing.txt": text}), about="'secret'")


def test_an_unknown_attribute_is_found_by_wording_every_letter() -> None:
    text = SOURCES["paragraphs/opt_out.txt"] + "{{ controller.fax }}"
    fault = only(faults_with({"paragraphs/opt_out.txt": text}), about="fax")
    assert fault.startswith("letters/paragraphs/opt_out.txt: line 2: unknown placeholder: ")


def test_a_text_that_is_no_template_is_named_with_its_line() -> None:
    fault = only(faults_with({"parts/dates.txt": "one\n{% if %}"}), about="parts/dates.txt")
    assert fault.startswith("letters/parts/dates.txt: line 2: ")


def test_an_included_text_that_is_missing_is_named() -> None:
    fault = only(faults_with({"parts/questions.txt": '{% include "parts/gone.txt" %}'}), about="gone")
    assert fault == "letters/parts/questions.txt: includes parts/gone.txt, which is missing"


def test_a_text_may_choose_what_it_includes() -> None:
    text = '{% include "parts/" ~ "questions" ~ ".txt" %}'
    assert faults_with({"parts/ask.txt": text}) == []


def test_signs_that_arrive_broken_are_refused_each_with_its_line() -> None:
    signs = ["\u2013", "\u2019", "\u00a0", "\u200b", "\t", "é"]
    text = "\n".join(f"fr{sign}ee" for sign in signs)
    faults = faults_with({"parts/extra.txt": text})
    assert [fault.split(" may ")[0] for fault in faults] == [
        f"letters/parts/extra.txt: line {number}: plain characters: {sign!r}" for number, sign in enumerate(signs, 1)
    ]


# ---- what a letter must say of its own facts


LEFT_OUT = [
    ("subjects/received.txt", "We have your message", "RE: your complaint", "subject: must be the fixed phrase"),
    ("parts/dates.txt", "{{ reference | unbroken }}", "known", "reference: must say DP-2026-00042-K7"),
    ("parts/dates.txt", "{{ received_on | plain_date }}", "now", "date received: must say Sunday 22 November 2026"),
    ("parts/dates.txt", "{{ due_on | plain_date }}", "soon", "answer-by date: must say Tuesday 22 December 2026"),
    ("parts/dates.txt", "{{ news_by | plain_date }}", "soon", "news-by date: must say Monday 7 December 2026"),
    (
        "paragraphs/opt_out.txt",
        "{{ opt_out_by | plain_date }}",
        "soon",
        "marketing-stops date: must say Tuesday 24 Nov",
    ),
    ("parts/company.txt", "{{ controller.registered_number | unbroken }}", "one", "registered number: must say"),
    ("parts/company.txt", "{{ controller.registered_office }}", "here", "registered office: must say"),
    ("parts/company.txt", "{{ controller.registered_in }}", "here", "place of registration: must say"),
    ("parts/company.txt", "{{ controller.privacy_page }}", "our page", "privacy page: must say"),
    ("parts/closing.txt", ", or ring {{ controller.phone | unbroken }}", "", "phone: must say 01632 960 123"),
    ("parts/regulator.txt", '{{ links["complaint"].url }}', "a link", "regulator: must say https://ico.org.uk/"),
    ("acknowledgement.chat.txt", "{{ controller.name }}", "us", "company: must say Larkfield Systems Ltd"),
]


@pytest.fixture(scope="module")
def faults_of_all_left_out() -> list[str]:
    texts: dict[str, str | None] = {}
    for name, old, new, _ in LEFT_OUT:
        text = texts.get(name) or SOURCES[name]
        assert old in text
        texts[name] = text.replace(old, new)
    return faults_with(texts)


@pytest.mark.parametrize("rule", [rule for *_, rule in LEFT_OUT])
def test_a_fact_left_out_is_named(faults_of_all_left_out: list[str], rule: str) -> None:
    assert any(f": {rule}" in fault for fault in faults_of_all_left_out)


def test_a_subject_without_the_reference_and_a_regulator_without_a_phone_are_named() -> None:
    faults = faults_with(
        {
            **changed("subjects/received.txt", "{{ reference }}", ""),
            **changed("parts/regulator.txt", "{{ ico_phone | unbroken }}", "a phone"),
        }
    )
    assert any(": subject: must be the fixed phrase" in fault for fault in faults)
    assert any(": regulator: must say 0303 123 1113" in fault for fault in faults)


LATER_SLIPS = [
    ("extension_notice.txt", "{{ due_on | plain_date }}", "soon", "answer-by date: must say Tuesday 22 December"),
    ("complaint_progress.txt", "{{ news_by | plain_date }}", "soon", "news-by date: must say Monday 7 December"),
    (
        "parts/regulator_steps.txt",
        '{{ links["before_complaining"].url }}',
        "ask",
        "regulator: must say https://ico.org",
    ),
    ("parts/answer_ending.txt", "{{ links[kinds[0]].url }}", "ask", "regulator: must say https://ico.org.uk/for-the-"),
    (
        "extension_notice.txt",
        '{{ links["time_limits"].url }}',
        "ask",
        "regulator: must say https://ico.org.uk/for-the-",
    ),
    ("subjects/news.txt", "News about", "Your complaint:", "subject: must be the fixed phrase"),
    ("subjects/answer.txt", "Our answer to", "We refuse", "subject: must be the fixed phrase"),
    ("subjects/question.txt", "A question about", "Prove yourself:", "subject: must be the fixed phrase"),
    (
        "forwarded.txt",
        "This is for",
        '{{ links["staff_complaints"].url }} is for',
        "unknown link: https://ico.org.uk/for-organisati",
    ),
    ("progress.txt", "{{ due_on | plain_date }}", "1 May 2027", "no other date: 1 May 2027 promises"),
    ("refusal.txt", "These are our reasons:", "", "say 'refusal: reasons'"),
    ("parts/answer_ending.txt", "ask a court to decide", "rest", "say 'the court'"),
    ("escalation.txt", "You do not have to wait for us.", "", "say 'you do not have to wait'"),
    (
        "complaint_outcome.txt",
        "Thank you",
        "Notwithstanding considerable organisational complexities necessitating extraordinarily comprehensive "
        "investigatory activities undertaken independently alongside multidisciplinary deliberations, thank you",
        "readable: for readers of ",
    ),
]


@pytest.mark.parametrize(("name", "old", "new", "rule"), LATER_SLIPS, ids=[slip[3] for slip in LATER_SLIPS])
def test_a_slip_in_a_later_letter_is_named(name: str, old: str, new: str, rule: str) -> None:
    assert any(f": {rule}" in fault for fault in faults_with(changed(name, old, new), samples=LATER))


def test_what_a_person_wrote_is_read_for_what_nobody_may_say_and_left_alone_in_the_rest() -> None:
    refusal = next(facts for facts in LATER if facts.purpose is LetterPurpose.REFUSAL)
    words = "This is our final answer.\n\nThe law says so in Article 15, and so does our CRM. These are our reasons."
    faults = faults_with({}, samples=[replace(refusal, words=words)])
    assert [fault.split(": ")[1] for fault in faults] == ["never 'call it final'"]


SLIPS = """
You will hear by 1 December 2026.

{% if news_by %}{{ news_by | plain_date }}{% endif %}

See https://ico.org.uk/make-a-complaint/foi-and-eir-complaints/ for more.

See https://evil.example/x or http://track.larkfield.example/?u=1 or www.larkfield.example today.

Write to someone@elsewhere.example at any time.

"""


@pytest.fixture(scope="module")
def faults_of_slips() -> list[str]:
    return faults_with(
        {
            "neutral.email.txt": SOURCES["neutral.email.txt"].replace("Hello,", SLIPS + "a" * 90),
            "neutral.form.txt": "\n",
            "neutral.chat.txt": "word " * 300,
        }
    )


@pytest.mark.parametrize(
    "fault",
    [
        "letters/neutral.email.txt: no other date: 1 December 2026 promises what was not computed",
        "letters/neutral.email.txt: wrong link: https://ico.org.uk/make-a-complaint/foi-and-eir-complaints/: ",
        "letters/neutral.email.txt: unknown link: https://evil.example/x is neither",
        "letters/neutral.email.txt: unknown address: someone@elsewhere.example is not",
        "letters/neutral.email.txt: line length: a word longer than a line",
        "letters/neutral.form.txt: empty: the letter says nothing",
        "letters/neutral.chat.txt: bubble length: 1499 characters",
    ],
)
def test_a_slip_is_named_with_its_text(faults_of_slips: list[str], fault: str) -> None:
    assert any(found.startswith(fault) for found in faults_of_slips)


def test_the_neutral_letter_may_not_pass_on_the_date_of_a_complaint() -> None:
    slip = "Hello. {% if news_by %}{{ news_by | plain_date }}{% endif %}"
    faults = faults_with(changed("neutral.email.txt", "Hello,", slip))
    assert "7 December 2026 promises what was not computed" in only(faults, about="no other date")


@pytest.mark.parametrize("url", ["http://track.larkfield.example/?u=1", "www.larkfield.example"])
def test_a_tracking_link_is_no_link_of_the_policy(url: str) -> None:
    assert _URL.findall(f"See {url}, please.") == [url]


# ---- lint.toml itself


@pytest.fixture(scope="module")
def faults_of_silence() -> list[str]:
    return faults_with({name: "x" for name in SOURCES if name.endswith(".txt")}, samples=None)


@pytest.mark.parametrize("rule", [rule.name for rule in LETTER_RULES.say])
def test_each_say_rule_is_missed_in_a_letter_that_says_nothing(faults_of_silence: list[str], rule: str) -> None:
    assert any(f": say {rule!r}: " in fault for fault in faults_of_silence)


@pytest.fixture(scope="module")
def faults_of_every_never() -> list[str]:
    table = tomllib.loads(SOURCES["lint.toml"])["never"]
    said = "\n\n".join(example for rule in table for example in rule["refuses"])
    return faults_with({"neutral.email.txt": f"{SOURCES['neutral.email.txt']}\n\n{said}"})


OF_THE_NEUTRAL_LETTER = [
    rule
    for rule in LETTER_RULES.never
    if any(
        rule.scope.covers(facts) for facts in SOME if facts.purpose is LetterPurpose.NEUTRAL and not facts.hands_over
    )
]


@pytest.mark.parametrize("rule", OF_THE_NEUTRAL_LETTER, ids=lambda rule: rule.name)
def test_each_never_is_refused_with_its_reason_and_its_text(faults_of_every_never: list[str], rule: LetterRule) -> None:
    fault = only(faults_of_every_never, about=f": never {rule.name!r}: ")
    assert fault.startswith("letters/neutral.email.txt: ")
    assert rule.why in fault


@pytest.mark.parametrize("rule", LETTER_RULES.never, ids=lambda rule: rule.name)
def test_each_never_is_refused_in_every_purpose_it_is_about(rule: LetterRule) -> None:
    table = tomllib.loads(SOURCES["lint.toml"])["never"]
    (examples,) = (entry["refuses"] for entry in table if entry["name"] == rule.name)
    of_each_purpose = {
        facts.purpose: facts
        for facts in (*sample_facts(POLICY), *sample_facts(EUROPEAN))
        if rule.scope.covers(facts) and facts.channel is not Channel.FORM
    }
    assert of_each_purpose
    for facts in of_each_purpose.values():
        letter = BOOK.word(facts)
        for example in examples:
            spoilt = replace(letter, body=f"{letter.body}\n\n{example}")
            found = [fault.rule for fault in check(facts, spoilt, POLICY, LETTER_RULES)]
            assert f"never {rule.name!r}" in found


GOOD = """
[[say]]
name = "hello"
why = "manners"
pattern = "hello"
examples = ["Hello,"]
misses = ["Bye"]
"""


def test_a_sound_rule_is_read() -> None:
    rules = read_letter_rules(GOOD)
    assert (rules.faults, rules.never, [rule.name for rule in rules.say]) == ((), (), ["hello"])


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('["Hello,"]', '["Good day"]', "say rule 'hello': does not match its own example 'Good day'"),
        ('["Bye"]', '["Oh hello"]', "say rule 'hello': matches 'Oh hello', which it must not"),
        ('["Hello,"]', "[]", "say rule 'hello': examples proves nothing"),
        ('["Hello,"]', '"Hello"', "say rule 'hello': examples must be a list of texts"),
        ('["Hello,"]', "[1]", "say rule 'hello': examples must be a list of texts"),
        ('"manners"', '" "', "say rule 'hello': why must be a text"),
        ('"manners"', "1", "say rule 'hello': why must be a text"),
        ('why = "manners"', "", "say rule 'hello': 'why' is missing"),
        ('name = "hello"', "", "say rule 'number 1': 'name' is missing"),
        ('"hello"\nexamples', '"(hello"\nexamples', "say rule 'hello': missing ), unterminated subpattern"),
        ('misses = ["Bye"]', 'misses = ["Bye"]\ncolour = "red"', "say rule 'hello': unknown key 'colour'"),
        ('misses = ["Bye"]', 'misses = ["Bye"]\nkinds = ["acess"]', "say rule 'hello': kinds: unknown word 'acess'"),
        ('misses = ["Bye"]', 'misses = ["Bye"]\nother_right = "x"', "other_right: unknown word 'x'"),
        ('misses = ["Bye"]', 'misses = ["Bye"]\nregime = "us"', "regime: unknown word 'us'"),
        ('misses = ["Bye"]', 'misses = ["Bye"]\nstages = ["end"]', "stages: unknown word 'end'"),
        ('misses = ["Bye"]', 'misses = ["Bye"]\nby_person = "no"', "by_person must be true or false"),
        ("[[say]]", "[[sya]]", "unknown table 'sya'"),
        ("[[say]]", "[[say]", "letters/lint.toml: "),
        ("[[say]]", "say = [1]\n[other]", "say rule 'number 1': "),
    ],
)
def test_a_broken_rule_is_named(old: str, new: str, fault: str) -> None:
    assert old in GOOD
    assert any(fault in found for found in read_letter_rules(GOOD.replace(old, new, 1)).faults)


def test_faults_of_rules_and_of_texts_are_named_together() -> None:
    faults = faults_with({"lint.toml": "[[say]", "subjects/news.txt": None, "paragraphs/access.txt": "{{ nobody }}"})
    assert len(faults) == 3
