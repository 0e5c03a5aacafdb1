"""From scores to a verdict: which kinds, how sure, whether a person must look."""

from dataclasses import replace
from pathlib import Path

import pytest

from triage.domain.classification import Reason
from triage.domain.policy import Policy, Thresholds
from triage.domain.vocabulary import Flag, Kind, OtherRight
from triage.language.evidence import LABELS, Label
from triage.language.findings import Finding
from triage.language.judge import Circumstances, Scores, by_rules, verdict
from triage.language.matching import Hit
from triage.language.rules_file import Rule
from triage.language.words import Sentence
from triage.parsing.rules import load_policy

RULES = Path(__file__).parents[2] / "rules"
ENGLISH = Circumstances(readable=True, language="en")


@pytest.fixture(scope="module")
def policy() -> Policy:
    return replace(load_policy(RULES), thresholds=Thresholds(upper=0.8, lower=0.4, look=0.1), kind_thresholds={})


def _scores(request: float | None = None, **labels: float) -> Scores:
    scores: dict[Label, float] = {label: labels.get(label.value, 0.0) for label in LABELS}
    return Scores(labels=scores, request=max(scores.values()) if request is None else request)


def _finding(gives: Kind | Flag | None, *, weight: float = 0.9, only_a_doubt: bool = False, at: int = 0) -> Finding:
    rule = Rule(name=f"rule-{gives}-{at}", why="says so", weight=weight, gives=gives, phrases=())
    sentence = Sentence(words=["^", "words", "$"], starts=[at] * 3, ends=[at + 1] * 3)
    hit = Hit(rule=rule, sentence=sentence, start=1, end=2)
    return Finding(hit=hit, weight=weight, text="words", start=at, end=at + 5, only_a_doubt=only_a_doubt)


def _read(policy: Policy, scores: Scores, *findings: Finding, where: Circumstances = ENGLISH):  # type: ignore[no-untyped-def]
    return verdict(scores, findings, where, policy, {}, {})


def test_from_the_lower_threshold_a_kind_is_seen_and_from_the_upper_it_is_sure(policy: Policy) -> None:
    doubtful, sure = _read(policy, _scores(access=0.5)), _read(policy, _scores(access=0.85))
    assert (doubtful.kinds, doubtful.sure_kinds, doubtful.needs_person) == ((Kind.ACCESS,), (), True)
    assert (sure.kinds, sure.sure_kinds, sure.needs_person) == ((Kind.ACCESS,), (Kind.ACCESS,), False)


def test_below_the_lower_threshold_a_person_looks_until_it_is_surely_nothing(policy: Policy) -> None:
    perhaps, nothing = _read(policy, _scores(deletion=0.2)), _read(policy, _scores(deletion=0.05))
    assert (perhaps.kinds, perhaps.needs_person) == ((), True)
    assert (nothing.kinds, nothing.needs_person) == ((), False)


def test_a_sure_kind_beside_a_doubtful_one_goes_to_a_person(policy: Policy) -> None:
    read = _read(policy, _scores(access=0.95, deletion=0.3))
    assert (read.kinds, read.needs_person) == ((Kind.ACCESS,), True)


@pytest.mark.parametrize("adm", [0.15, 0.5])
def test_a_sure_right_beside_a_doubtful_one_goes_to_a_person(policy: Policy, adm: float) -> None:
    assert _read(policy, _scores(restriction=0.95, adm=adm)).needs_person
    assert not _read(policy, _scores(restriction=0.95, adm=0.05)).needs_person


def test_a_slight_doubt_about_the_name_of_a_sure_opt_out_needs_nobody(policy: Policy) -> None:
    assert not _read(policy, _scores(opt_out=0.95, objection=0.2, restriction=0.95)).needs_person
    assert _read(policy, _scores(opt_out=0.95, objection=0.5)).needs_person


def test_what_a_right_also_is_is_read_whatever_the_thresholds_of_that_kind(policy: Policy) -> None:
    strict = replace(policy, kind_thresholds={Kind.ACCESS: Thresholds(upper=0.99, lower=0.98, look=0.1)})
    assert _read(strict, _scores(portability=0.9)).kinds == (Kind.ACCESS, Kind.OTHER_RIGHT)


@pytest.mark.parametrize("access", [0.01, 0.95])
def test_what_was_not_read_to_its_end_goes_to_a_person_whatever_was_found(policy: Policy, access: float) -> None:
    part = replace(ENGLISH, whole=False)
    assert not _read(policy, _scores(access=access)).needs_person
    assert _read(policy, _scores(access=access), where=part).needs_person


def test_something_asked_that_fits_no_kind_goes_to_a_person(policy: Policy) -> None:
    assert _read(policy, _scores(request=0.4)).needs_person


@pytest.mark.parametrize(
    ("right", "kind"),
    [
        (OtherRight.PORTABILITY, Kind.ACCESS),
        (OtherRight.OBJECTION, Kind.OPT_OUT),
        (OtherRight.CONSENT, Kind.OPT_OUT),
        (OtherRight.RESTRICTION, None),
        (OtherRight.ADM, None),
    ],
)
def test_a_right_is_named_and_brings_the_kind_it_implies(policy: Policy, right: OtherRight, kind: Kind | None) -> None:
    read = _read(policy, _scores(**{right.value: 0.9}))
    assert read.other_rights == (right,)
    assert set(read.kinds) == {Kind.OTHER_RIGHT} | ({kind} if kind else set())


def test_a_kind_may_have_thresholds_of_its_own(policy: Policy) -> None:
    strict = replace(policy, kind_thresholds={Kind.COMPLAINT: Thresholds(upper=0.99, lower=0.9, look=0.5)})
    assert _read(strict, _scores(complaint=0.85, request=0.0)).kinds == ()
    assert _read(policy, _scores(complaint=0.85)).kinds == (Kind.COMPLAINT,)


@pytest.mark.parametrize("where", [replace(ENGLISH, readable=False), replace(ENGLISH, language="de")])
def test_what_cannot_be_read_or_is_not_english_goes_to_a_person(policy: Policy, where: Circumstances) -> None:
    read = _read(policy, _scores(), where=where)
    assert read.needs_person
    assert (Flag.NOT_ENGLISH in read.flags) is (where.language == "de")


def test_a_kind_read_in_words_that_are_not_the_senders_own_goes_to_a_person(policy: Policy) -> None:
    assert _read(policy, _scores(access=0.99), where=replace(ENGLISH, own=False)).needs_person
    assert not _read(policy, _scores(), where=replace(ENGLISH, own=False)).needs_person


def test_a_request_in_a_quotation_is_a_persons_to_judge_unless_the_own_words_ask(policy: Policy) -> None:
    quoted = _finding(Kind.DELETION, only_a_doubt=True)
    assert _read(policy, _scores(), quoted).needs_person
    assert not _read(policy, _scores(access=0.95), quoted).needs_person


def test_a_flag_is_told_and_leaves_the_reading_as_sure_as_it_was(policy: Policy) -> None:
    why = Reason(kind=Flag.SOLICITOR, witness="rule", source="s", why="w", start=0, end=1, text="t")
    read = verdict(_scores(access=0.95), (), ENGLISH, policy, {}, {Flag.SOLICITOR: (why,)})
    assert read.flags == (Flag.SOLICITOR,)
    assert not read.needs_person
    assert [reason.kind for reason in read.reasons] == [Flag.SOLICITOR]


def test_reasons_are_given_for_the_kinds_that_are_read_and_no_others(policy: Policy) -> None:
    why = {kind: (Reason(kind=kind, witness="model", source="s", why="w", start=0, end=1, text="t"),) for kind in Kind}
    read = verdict(_scores(access=0.9, deletion=0.9), (), ENGLISH, policy, why, {})
    assert [reason.kind for reason in read.reasons] == [Kind.ACCESS, Kind.DELETION]


def test_the_rules_alone_support_each_other() -> None:
    one, two = _finding(Kind.ACCESS, weight=0.5), _finding(Kind.ACCESS, weight=0.5, at=40)
    assert by_rules((one,)).labels[Kind.ACCESS] == pytest.approx(0.5)
    assert by_rules((one, two)).labels[Kind.ACCESS] == pytest.approx(0.75)
    assert by_rules((_finding(None, weight=0.3),)).request == pytest.approx(0.3)
