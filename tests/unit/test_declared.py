"""What was ticked is sure, and nothing else of the reading is lost."""

from hypothesis import given
from hypothesis import strategies as st

from tests.factories import make_classification
from triage.domain.classification import Classification
from triage.domain.declared import with_declared
from triage.domain.vocabulary import Flag, Kind, OtherRight

FORM = "form.choice"


@st.composite
def readings(draw: st.DrawFn) -> Classification:
    rights = tuple(right for right in OtherRight if draw(st.booleans()))
    kinds = tuple(kind for kind in Kind if (rights if kind is Kind.OTHER_RIGHT else draw(st.booleans())))
    sure = tuple(kind for kind in kinds if draw(st.booleans()))
    flags = tuple(draw(st.sets(st.sampled_from(Flag), max_size=2)))
    doubt = set(kinds) != set(sure) or draw(st.booleans())
    return make_classification(kinds=kinds, sure_kinds=sure, other_rights=rights, flags=flags, needs_person=doubt)


choices = st.lists(st.sampled_from(Kind), unique=True).map(tuple)


def test_a_ticked_kind_is_sure_with_a_reason_of_its_own() -> None:
    reading = with_declared(make_classification(kinds=(), needs_person=True), (Kind.DELETION,), FORM)
    assert (reading.kinds, reading.sure_kinds, reading.needs_person) == ((Kind.DELETION,), (Kind.DELETION,), False)
    assert (reading.scores[Kind.DELETION], reading.scores[Kind.ACCESS], reading.request_score) == (1.0, 0.02, 1.0)
    told = reading.reasons[0]
    assert (told.source, told.witness, told.start, told.end, told.why) == (FORM, "rule", -1, -1, "ticked on the form")


def test_what_a_colleague_wrote_down_says_so() -> None:
    reading = with_declared(make_classification(kinds=()), (Kind.ACCESS,), "entry.choice")
    assert reading.reasons[0].why == "written down by a colleague"


def test_what_the_text_asks_beside_the_ticks_stays_and_stays_unsure() -> None:
    read = make_classification(kinds=(Kind.ACCESS,), sure_kinds=(), needs_person=True)
    reading = with_declared(read, (Kind.COMPLAINT,), FORM)
    assert (reading.kinds, reading.sure_kinds) == ((Kind.ACCESS, Kind.COMPLAINT), (Kind.COMPLAINT,))
    assert reading.needs_person
    assert {reason.kind for reason in reading.reasons} == {Kind.ACCESS, Kind.COMPLAINT}


def test_a_flag_that_asks_for_a_person_is_not_ticked_away() -> None:
    read = make_classification(kinds=(), flags=(Flag.CHILD,), needs_person=True)
    assert with_declared(read, (Kind.ACCESS,), FORM).needs_person


def test_something_else_declares_nothing_and_means_a_person_where_nothing_is_recognised() -> None:
    assert with_declared(make_classification(kinds=()), (), FORM).needs_person
    read = make_classification()
    assert with_declared(read, (), FORM) == read


def test_a_right_nobody_named_is_for_a_person_to_say() -> None:
    nothing = with_declared(make_classification(kinds=()), (Kind.OTHER_RIGHT,), "entry.choice")
    assert (nothing.kinds, nothing.needs_person) == ((), True)
    beside = with_declared(make_classification(kinds=()), (Kind.ACCESS, Kind.OTHER_RIGHT), "entry.choice")
    assert (beside.kinds, beside.needs_person) == ((Kind.ACCESS,), True)
    named = make_classification(kinds=(Kind.OTHER_RIGHT,), sure_kinds=(), other_rights=(OtherRight.RESTRICTION,))
    assert with_declared(named, (Kind.OTHER_RIGHT,), "entry.choice").sure_kinds == (Kind.OTHER_RIGHT,)


@given(reading=readings(), kinds=choices)
def test_a_reading_with_choices_is_still_one_by_the_rules(reading: Classification, kinds: tuple[Kind, ...]) -> None:
    told = with_declared(reading, kinds, FORM)
    assert told.kinds == tuple(kind for kind in Kind if kind in told.kinds)
    assert set(reading.kinds) <= set(told.kinds)
    assert set(reading.sure_kinds) <= set(told.sure_kinds) <= set(told.kinds)
    assert set(kinds) - {Kind.OTHER_RIGHT} <= set(told.sure_kinds)
    assert (Kind.OTHER_RIGHT in told.kinds) == bool(told.other_rights)
    assert told.needs_person or set(told.kinds) == set(told.sure_kinds)
    assert (told.flags, told.other_rights) == (reading.flags, reading.other_rights)
    assert set(reading.reasons) <= set(told.reasons)
    assert with_declared(told, kinds, FORM) == told
