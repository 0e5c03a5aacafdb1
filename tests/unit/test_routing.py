"""Against whom a request is, in a group of companies."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from tests.factories import make_enquiry
from tests.unit.deciding import OUR_ADDRESS, POLICY, RULES, THREAD, decided, person_writes
from triage.domain.enquiry import Correspondent
from triage.domain.plan import Analysis, History, Plan, ThreadCase
from triage.domain.planning import controller_for
from triage.domain.policy import Link
from triage.domain.routing import Routing, route, route_reply
from triage.domain.vocabulary import CaseState, Kind, LetterPurpose, Nation, Regime
from triage.parsing.letterbook import LetterBook
from triage.parsing.rules import load_letter_sources

BOOK = LetterBook(load_letter_sources(RULES))
MAIN = replace(POLICY.main_controller, also_called=("LFS",))
SISTER = replace(MAIN, name="Wrenfield Ltd", addresses=("Privacy@wrenfield.example",), also_called=())
SOFIA = replace(
    MAIN,
    name="Larkfield Systems Sofia EOOD",
    nation=Nation.BULGARIA,
    regime=Regime.EU,
    addresses=("sofia@larkfield.example",),
    also_called=("Larkfield Bulgaria",),
)
GROUP = replace(POLICY, controllers=(MAIN, SISTER, SOFIA))
UK_GROUP = replace(POLICY, controllers=(MAIN, SISTER))


def written(
    text: str, *kinds: Kind, to: str = OUR_ADDRESS, sender: str = "ana@customer.example", language: str = "en"
) -> Analysis:
    analysis = person_writes(*(kinds or (Kind.ACCESS,)), language=language)
    enquiry = make_enquiry(full_text=text, sender=Correspondent(name="Ana Example", address=sender), subject="Hello")
    return replace(analysis, enquiry=enquiry, facts=replace(analysis.facts, recipients=(to,), from_addresses=(sender,)))


def routed(text: str, *, to: str = OUR_ADDRESS, sender: str = "ana@customer.example", language: str = "en") -> Routing:
    return route(written(text, to=to, sender=sender, language=language), GROUP)


def names(routing: Routing) -> list[str]:
    return [one.name for one in routing.controllers]


def test_a_single_company_has_no_question() -> None:
    routing = route(written("Send me what the whole group holds about me."), POLICY)
    assert names(routing) == [MAIN.name]
    assert not routing.told


def test_the_first_company_answers_what_names_no_other() -> None:
    assert names(routed("Please send me my data.")) == [MAIN.name]
    routing = routed("Please send me my data.", to="someone@elsewhere.example")
    assert names(routing) == [MAIN.name]
    assert "nothing names another" in routing.why


def test_an_address_of_its_own_decides() -> None:
    assert names(routed("Please send me my data.", to="privacy@wrenfield.example")) == ["Wrenfield Ltd"]
    both = routed("My data at LFS, please.", to="privacy@wrenfield.example")
    assert names(both) == ["Wrenfield Ltd"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Please delete what Wrenfield Ltd holds about me.", "Wrenfield Ltd"),
        ("please delete what WRENFIELD has on me", "Wrenfield Ltd"),
        ("I was a customer of Larkfield Bulgaria.", SOFIA.name),
        ("I was a customer of Larkfield Systems Sofia, not of anybody else.", SOFIA.name),
        ("What does LFS know about me?", MAIN.name),
        ("Write to me at ana@wrenfield.example please.", MAIN.name),
        ("See www.wrenfield.example for that.", MAIN.name),
        ("My name is Wrenfielder.", MAIN.name),
    ],
)
def test_a_company_named_is_the_one_asked(text: str, name: str) -> None:
    assert names(routed(text)) == [name]


def test_a_name_two_companies_share_names_neither() -> None:
    policy = replace(POLICY, controllers=(MAIN, SISTER, replace(SOFIA, also_called=("LFS",))))
    assert names(route(written("What does LFS know about me?"), policy)) == [MAIN.name]


def test_two_companies_named_are_both_asked_the_one_written_to_first() -> None:
    text = "Please delete my data at Larkfield Systems Ltd and at Wrenfield."
    assert names(routed(text)) == [MAIN.name, SISTER.name]
    assert names(routed(text, to="privacy@wrenfield.example")) == [SISTER.name, MAIN.name]


@pytest.mark.parametrize(
    "text",
    [
        "Send me everything the group holds about me.",
        "Please delete my data across your whole group.",
        "I ask all your companies for my data.",
        "Every company in your group must stop writing to me.",
        "This goes to each of your subsidiaries as well.",
        "I want a group-wide deletion.",
        "Include your sister companies please.",
    ],
)
def test_who_asks_the_group_asks_every_company(text: str) -> None:
    assert names(routed(text)) == [MAIN.name, SISTER.name, SOFIA.name]


@pytest.mark.parametrize(
    "text",
    [
        "I met you in the group chat.",
        "I was in the group that visited your office.",
        "Do not share my data with other companies.",
        "Which companies have you shared my data with?",
        "My local walking group asked me to write.",
    ],
)
def test_other_groups_and_companies_are_not_ours(text: str) -> None:
    assert names(routed(text)) == [MAIN.name]


# The EU's law


@pytest.mark.parametrize(
    ("sender", "language", "text", "hint"),
    [
        ("ana@customer.bg", "en", "My data, please.", ".bg"),
        ("ana@customer.de", "en", "My data, please.", ".de"),
        ("ana@customer.example", "bg", "My data, please.", "written in Bulgarian"),
        ("ana@customer.example", "en", "Моля, изпратете ми моите лични данни.", "written in Bulgarian"),
    ],
)
def test_what_hints_at_the_eu_is_a_hint_for_the_dpo_and_decides_nothing(
    sender: str, language: str, text: str, hint: str
) -> None:
    routing = routed(text, sender=sender, language=language)
    assert names(routing) == [MAIN.name]
    assert routing.in_doubt == SOFIA
    assert "regime=EU?" in routing.why
    assert hint in routing.why


def test_without_a_company_in_the_eu_or_without_a_tie_nothing_is_in_doubt() -> None:
    assert route(written("My data, please.", sender="ana@customer.bg"), UK_GROUP).in_doubt is None
    assert routed("My data, please.").in_doubt is None
    unsent = replace(written("My data, please."), enquiry=make_enquiry(sender=None), classification=None)
    assert route(unsent, GROUP).in_doubt is None


def test_an_address_ending_elsewhere_in_the_eu_points_to_whatever_company_is_there() -> None:
    dublin = replace(SOFIA, name="Larkfield Dublin Ltd", nation=Nation.ENGLAND, also_called=())
    policy = replace(POLICY, controllers=(MAIN, dublin))
    assert route(written("My data, please.", sender="ana@customer.bg"), policy).in_doubt == dublin


def test_a_company_in_the_eu_written_to_by_name_or_address_is_asked_and_the_uks_law_stays_in_doubt() -> None:
    for routing in (routed("My data at Larkfield Bulgaria."), routed("Hello.", to="sofia@larkfield.example")):
        assert names(routing) == [SOFIA.name]
        assert routing.in_doubt == MAIN


def test_a_company_in_the_eu_named_beside_another_address_is_in_doubt() -> None:
    routing = routed("My data at Larkfield Bulgaria.", to="privacy@wrenfield.example")
    assert names(routing) == ["Wrenfield Ltd"]
    assert routing.in_doubt == SOFIA


def test_a_company_in_the_eu_alone_has_no_other_law() -> None:
    policy = replace(POLICY, controllers=(SOFIA, replace(SOFIA, name="Larkfield Varna EOOD", addresses=())))
    assert route(written("My data, please."), policy).in_doubt is None


# What the decision makes of it


def on(day: date, analysis: Analysis) -> Analysis:
    received_at = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    return replace(analysis, enquiry=replace(analysis.enquiry, received_at=received_at))


def plan_of(analysis: Analysis) -> Plan:
    return decided(analysis, policy=GROUP)


def test_a_request_to_the_group_is_a_case_for_each_company_and_one_acknowledgement_with_the_earlier_date() -> None:
    # A month from 31 July is a bank holiday in England and a working day in Bulgaria.
    plan = plan_of(on(date(2026, 7, 31), written("Everything the group holds about me, please.", Kind.ACCESS)))
    assert [(case.kind, case.controller) for case in plan.cases] == [
        (Kind.ACCESS, MAIN.name),
        (Kind.ACCESS, SISTER.name),
        (Kind.ACCESS, SOFIA.name),
    ]
    assert plan.letter is not None
    facts = plan.letter.facts
    assert facts.purpose is LetterPurpose.ACKNOWLEDGEMENT
    assert facts.kinds == (Kind.ACCESS,)
    assert facts.controller == MAIN
    assert [case.dates.statutory_due for case in plan.cases] == [date(2026, 9, 1), date(2026, 9, 1), date(2026, 8, 31)]
    assert facts.due_on == date(2026, 8, 31)
    assert facts.both_regulators
    assert any(line.startswith("company: ") and "whole group" in line for line in plan.trace)


def test_where_the_eus_law_may_count_the_earlier_date_stands_and_both_regulators_are_shown() -> None:
    analysis = on(date(2026, 7, 31), written("My data, please.", sender="ana@customer.bg"))
    plan = plan_of(analysis)
    (case,) = plan.cases
    assert case.controller == MAIN.name
    assert case.rules_in_doubt == SOFIA.name
    assert case.dates.statutory_due == date(2026, 8, 31)
    assert "regime=EU?" in case.dates.trace[-1]
    assert plan.letter is not None
    assert plan.letter.facts.due_on == date(2026, 8, 31)
    assert plan.letter.facts.both_regulators
    assert not decided(written("My data, please."), policy=GROUP).letter.facts.both_regulators  # type: ignore[union-attr]


def test_a_complaint_to_a_company_in_the_eu_keeps_the_uks_duty_to_acknowledge_while_in_doubt() -> None:
    plan = plan_of(on(date(2026, 11, 22), written("A wrong was done.", Kind.COMPLAINT, to="sofia@larkfield.example")))
    (case,) = plan.cases
    assert case.controller == SOFIA.name
    assert case.dates.acknowledge_by == date(2026, 12, 22)


def test_a_letter_in_doubt_names_both_regulators_whichever_company_answers() -> None:
    links = {**POLICY.links, "cpdp": Link(url="https://cpdp.bg/en/", checked_on=date(2026, 11, 22))}
    policy = replace(GROUP, links=links)
    for text in ("My data, please.", "My data at Larkfield Bulgaria, please."):
        plan = decided(written(text, sender="ana@customer.bg"), policy=policy)
        assert plan.letter is not None
        body = BOOK.word(replace(plan.letter.facts, reference="DP-2026-00042-K7")).body
        assert "https://ico.org.uk/make-a-complaint/" in body
        assert "https://cpdp.bg/en/" in body
    sure = decided(written("My data, please."), policy=policy)
    assert sure.letter is not None
    assert "cpdp" not in BOOK.word(replace(sure.letter.facts, reference="DP-2026-00042-K7")).body


# Replies


def thread_against(*companies: str) -> History:
    cases = tuple(
        ThreadCase(
            number=number, kind=Kind.ACCESS, state=CaseState.OPEN, received_on=date(2026, 11, 2), controller=company
        )
        for number, company in enumerate(companies, start=1)
    )
    return History(thread=replace(THREAD, cases=cases))


@pytest.mark.parametrize(
    ("companies", "text", "name"),
    [
        ((SISTER.name,), "And delete it, please.", SISTER.name),
        ((SISTER.name,), "And delete it at LFS, please.", MAIN.name),
        ((SISTER.name, SOFIA.name), "And delete it, please.", MAIN.name),
        (("A company sold since",), "And delete it, please.", MAIN.name),
    ],
)
def test_a_reply_is_against_whom_its_thread_is_unless_it_says_otherwise(
    companies: tuple[str, ...], text: str, name: str
) -> None:
    thread = thread_against(*companies).thread
    assert thread is not None
    assert names(route_reply(written(text), thread, GROUP)) == [name]


def test_whoever_answers_is_the_first_of_those_asked() -> None:
    analysis = written("Everything at Larkfield Systems Ltd and Wrenfield.", to="privacy@wrenfield.example")
    assert controller_for(analysis, GROUP) == SISTER
