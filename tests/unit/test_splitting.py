"""One message that holds two people's or two unrelated requests: what a second enquiry of it takes along."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from triage.domain.case_change import Refused
from triage.domain.case_plan import BY_HAND
from triage.domain.relabelling import Labelled, MessageReading, StandingCase
from triage.domain.splitting import Second, SplitMessage, Splitting, split
from triage.domain.vocabulary import Channel, Flag, Kind, Lane, OtherRight
from triage.parsing.rules import load_policy

POLICY = load_policy(Path(__file__).parents[2] / "rules")
CAME = datetime(2026, 11, 2, 10, tzinfo=UTC)
NOW = CAME + timedelta(days=3)


def known(*kinds: Kind, rights: tuple[OtherRight, ...] = ()) -> Labelled:
    reading = MessageReading(enquiry_id=1, kinds=kinds, needs_person=False, rights=rights)
    return Labelled(
        reference="DP-2026-00001-J7",
        version=2,
        received_at=CAME,
        filed_at=CAME,
        controller=POLICY.main_controller.name,
        channel=Channel.EMAIL,
        lane=Lane.NEW,
        not_acknowledged=False,
        cases=tuple(StandingCase(number=n, kind=kind, enquiry_id=1) for n, kind in enumerate(kinds, start=1)),
        readings=(reading,),
    )


def message(*flags: Flag) -> SplitMessage:
    controller = POLICY.main_controller.name
    return SplitMessage(enquiry_id=1, received_at=CAME, filed_at=CAME, controller=controller, flags=flags)


def done(thread: Labelled, *kinds: Kind, flags: tuple[Flag, ...] = (), **more: object) -> Splitting:
    change = split(thread, message(*flags), Second(kinds=kinds, **more), POLICY, NOW)  # type: ignore[arg-type]
    assert isinstance(change, Splitting)
    return change


def test_the_second_enquiry_has_the_same_receipt_and_is_acknowledged_by_hand() -> None:
    (case,) = done(known(Kind.ACCESS, Kind.DELETION), Kind.DELETION).opens
    assert case.dates.received_on == date(2026, 11, 2)
    assert case.next_step == BY_HAND


def test_what_it_takes_along_the_first_asks_no_more_and_no_misreading_is_counted() -> None:
    first = done(known(Kind.ACCESS, Kind.DELETION), Kind.DELETION).first
    assert first is not None
    assert (first.kinds, first.sets_aside, first.corrections) == ((Kind.ACCESS,), (2,), ())


def test_where_both_ask_for_it_or_the_first_never_did_the_first_goes_on_as_it_is() -> None:
    assert done(known(Kind.ACCESS), Kind.ACCESS, both=True).first is None
    assert done(known(Kind.ACCESS), Kind.OPT_OUT).first is None


def test_the_other_rights_stay_with_whoever_still_asks_for_one() -> None:
    thread = known(Kind.ACCESS, Kind.OTHER_RIGHT, rights=(OtherRight.RESTRICTION,))
    stays = done(thread, Kind.ACCESS).first
    assert stays is not None
    assert stays.rights == (OtherRight.RESTRICTION,)
    goes = done(thread, Kind.OTHER_RIGHT, rights=(OtherRight.RESTRICTION,))
    assert goes.rights == (OtherRight.RESTRICTION,)
    assert goes.first is not None
    assert goes.first.rights == ()


def test_its_lane_is_that_of_what_it_asks() -> None:
    assert done(known(), Kind.ACCESS).lane is Lane.NEW
    assert done(known(), Kind.COMPLAINT).lane is Lane.COMPLAINTS
    assert done(known(), Kind.ACCESS, flags=(Flag.BREACH_REPORT,)).lane is Lane.URGENT


def test_a_split_that_leaves_nothing_or_takes_nothing_is_refused() -> None:
    left = split(known(Kind.ACCESS), message(), Second(kinds=(Kind.ACCESS,)), POLICY, NOW)
    assert isinstance(left, Refused)
    assert "nothing would be left" in left.reasons[0]
    taken = split(known(Kind.ACCESS), message(), Second(kinds=()), POLICY, NOW)
    assert isinstance(taken, Refused)
    assert "say what" in taken.reasons[0]
