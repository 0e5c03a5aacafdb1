"""A person's other word on a reading: what changes, what does not, and whose misreading it was."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from triage.domain.relabelling import (
    Correction,
    Labelled,
    MessageReading,
    Relabelling,
    StandingCase,
    StandingLetter,
    relabel,
)
from triage.domain.vocabulary import Channel, Flag, Kind, Lane, OtherRight
from triage.parsing.rules import load_policy

POLICY = load_policy(Path(__file__).parents[2] / "rules")
CAME = datetime(2026, 11, 2, 10, tzinfo=UTC)
NOW = CAME + timedelta(days=14)


def reading(*kinds: Kind, sure: bool = True, **changes: object) -> MessageReading:
    values = {"enquiry_id": 1, "kinds": kinds, "needs_person": not sure, "witnesses": dict.fromkeys(kinds, "rule")}
    return MessageReading(**(values | changes))  # type: ignore[arg-type]


def labelled(*kinds: Kind, **changes: object) -> Labelled:
    """A thread of one mail read as `kinds` by rules, acknowledged in their name."""
    values: dict[str, object] = {
        "reference": "DP-2026-00001-J7",
        "version": 2,
        "received_at": CAME,
        "filed_at": CAME + timedelta(minutes=1),
        "controller": POLICY.main_controller.name,
        "channel": Channel.EMAIL,
        "lane": Lane.NEW if kinds else Lane.NOT_REQUESTS,
        "not_acknowledged": False,
        "cases": tuple(StandingCase(number=n, kind=kind, enquiry_id=1) for n, kind in enumerate(kinds, start=1)),
        "letters": (letter("sent"),) if kinds else (),
        "readings": (reading(*kinds),),
    }
    return Labelled(**(values | changes))  # type: ignore[arg-type]


def letter(state: str, purpose: str = "acknowledgement", **changes: int) -> StandingLetter:
    return StandingLetter(**({"id": 7, "enquiry_id": 1} | changes), purpose=purpose, state=state)


def changed(known: Labelled, *kinds: Kind, rights: tuple[OtherRight, ...] = ()) -> Relabelling:
    change = relabel(known, kinds, rights, POLICY, NOW)
    assert change is not None
    return change


def counted(known: Labelled, *kinds: Kind, rights: tuple[OtherRight, ...] = ()) -> list[tuple[str, str, str]]:
    return [(c.kind_read, c.kind_meant, c.witness) for c in changed(known, *kinds, rights=rights).corrections]


def test_a_kind_added_is_dated_from_the_first_receipt_and_not_from_today() -> None:
    (case,) = changed(labelled(Kind.ACCESS), Kind.ACCESS, Kind.DELETION).opens
    assert (case.kind, case.dates.received_on, case.dates.statutory_due) == (
        Kind.DELETION,
        date(2026, 11, 2),
        date(2026, 12, 2),
    )


def test_a_receipt_that_cannot_be_true_counts_from_when_it_was_filed() -> None:
    known = labelled(received_at=datetime(1970, 1, 1, tzinfo=UTC), filed_at=CAME)
    assert changed(known, Kind.ACCESS).opens[0].dates.received_on == date(2026, 11, 2)


def test_the_controller_written_to_gives_the_calendar_and_an_unknown_one_is_the_first() -> None:
    second = replace(POLICY.main_controller, name="Second Ltd", nation=POLICY.main_controller.nation)
    policy = replace(POLICY, controllers=(POLICY.main_controller, second))
    for name in ("Second Ltd", "nobody"):
        change = relabel(labelled(controller=name), [Kind.ACCESS], [], policy, NOW)
        assert change is not None
        assert change.opens


def test_only_what_nobody_asked_for_is_set_aside() -> None:
    change = changed(labelled(Kind.ACCESS, Kind.COMPLAINT), Kind.COMPLAINT)
    assert (change.sets_aside, change.opens, change.kinds_before) == ((1,), (), (Kind.ACCESS, Kind.COMPLAINT))


def test_the_same_labels_change_nothing_where_the_reader_was_sure_or_a_person_has_spoken() -> None:
    assert relabel(labelled(Kind.ACCESS), [Kind.ACCESS], [], POLICY, NOW) is None
    said = labelled(readings=(reading(sure=False, said=True),), rights_said=())
    assert relabel(said, [], [], POLICY, NOW) is None


def test_to_confirm_a_doubt_settles_it_and_counts_no_correction() -> None:
    known = labelled(Kind.ACCESS, readings=(reading(Kind.ACCESS, sure=False),), lane=Lane.NEEDS_PERSON)
    change = changed(known, Kind.ACCESS)
    assert (change.lane, change.corrections, change.opens, change.sets_aside) == (Lane.NEW, (), (), ())


@pytest.mark.parametrize("sure", [True, False])
def test_what_came_after_a_persons_word_is_not_settled_by_it(sure: bool) -> None:
    later = reading(enquiry_id=2, sure=sure)
    known = labelled(Kind.ACCESS, readings=(reading(Kind.ACCESS, said=True), later), rights_said=())
    change = changed(known, Kind.ACCESS)
    assert (change.opens, change.sets_aside, change.corrections) == ((), (), ())
    settled = replace(known, readings=(known.readings[0], replace(later, said=True)))
    assert relabel(settled, [Kind.ACCESS], [], POLICY, NOW) is None


def test_another_right_read_after_a_persons_word_stands_beside_those_named() -> None:
    later = reading(Kind.OTHER_RIGHT, enquiry_id=2, rights=(OtherRight.OBJECTION,))
    first = reading(Kind.OTHER_RIGHT, rights=(OtherRight.CONSENT,), said=True)
    known = labelled(Kind.OTHER_RIGHT, readings=(first, later), rights_said=(OtherRight.RESTRICTION,))
    assert set(known.rights) == {OtherRight.RESTRICTION, OtherRight.OBJECTION}


def test_what_waits_for_a_person_is_taken_out_of_the_queue_by_their_word_though_no_kind_changes() -> None:
    known = labelled(lane=Lane.URGENT, readings=(reading(flags=(Flag.BREACH_REPORT,)),), waits=True)
    change = changed(known)
    assert (change.lane, change.kinds, change.corrections) == (Lane.URGENT, (), ())


def test_another_right_named_differently_is_a_change_without_a_correction_of_kinds() -> None:
    read = reading(Kind.OTHER_RIGHT, rights=(OtherRight.OBJECTION,))
    known = labelled(Kind.OTHER_RIGHT, readings=(read,))
    assert relabel(known, [Kind.OTHER_RIGHT], [OtherRight.OBJECTION], POLICY, NOW) is None
    change = changed(known, Kind.OTHER_RIGHT, rights=(OtherRight.RESTRICTION,))
    assert (change.rights, change.corrections) == ((OtherRight.RESTRICTION,), ())
    said = replace(known, rights_said=(OtherRight.RESTRICTION,), readings=(replace(read, said=True),))
    assert relabel(said, [Kind.OTHER_RIGHT], [OtherRight.RESTRICTION], POLICY, NOW) is None


@pytest.mark.parametrize(
    ("lane", "kinds", "after"),
    [
        (Lane.NOT_REQUESTS, (Kind.ACCESS,), Lane.NEW),
        (Lane.AUTOMATIC_MAIL, (Kind.ACCESS, Kind.COMPLAINT), Lane.COMPLAINTS),
        (Lane.NEEDS_PERSON, (), Lane.NOT_REQUESTS),
        (Lane.URGENT, (), Lane.URGENT),
        (None, (Kind.OPT_OUT,), Lane.NEW),
    ],
)
def test_the_lane_follows_the_labels_and_urgent_stays_urgent(
    lane: Lane | None, kinds: tuple[Kind, ...], after: Lane
) -> None:
    known = labelled(lane=lane, readings=(reading(sure=False),))
    assert changed(known, *kinds).lane is after


@pytest.mark.parametrize(
    ("waiting", "discarded"),
    [
        (letter("draft"), True),
        (letter("queued"), True),
        (letter("sending"), False),
        (letter("sent"), False),
        (letter("queued", "neutral"), False),
        (letter("queued", "complaint_acknowledgement"), False),
        (letter("queued", enquiry_id=2), False),
    ],
)
def test_a_letter_that_has_not_left_and_names_the_wrong_kind_is_discarded(
    waiting: StandingLetter, discarded: bool
) -> None:
    change = changed(labelled(Kind.ACCESS, Kind.DELETION, letters=(waiting,)), Kind.DELETION)
    assert change.discards == ((7,) if discarded else ())
    assert change.not_acknowledged is (True if discarded else None)


def test_a_complaints_acknowledgement_goes_with_the_complaint() -> None:
    known = labelled(Kind.COMPLAINT, letters=(letter("draft", "complaint_acknowledgement"),))
    assert changed(known).discards == (7,)


def test_the_letter_that_an_opt_out_is_recorded_goes_with_the_opt_out_and_acknowledges_like_any_other() -> None:
    known = labelled(Kind.OPT_OUT, letters=(letter("queued", "opt_out_recorded"),))
    assert changed(known, Kind.ACCESS).discards == (7,)
    told = labelled(Kind.OPT_OUT, letters=(letter("sent", "opt_out_recorded"),))
    assert changed(told, Kind.OPT_OUT, Kind.ACCESS).not_acknowledged


@pytest.mark.parametrize(("read", "discarded"), [((Kind.ACCESS, Kind.COMPLAINT), True), ((Kind.ACCESS,), False)])
def test_an_acknowledgement_goes_with_a_complaint_it_names_and_not_with_one_a_person_added(
    read: tuple[Kind, ...], discarded: bool
) -> None:
    waiting = (letter("queued"),)
    known = labelled(Kind.ACCESS, Kind.COMPLAINT, letters=waiting, readings=(reading(*read),), rights_said=())
    change = changed(known, Kind.ACCESS)
    assert change.sets_aside == (2,)
    assert (change.discards, change.not_acknowledged) == (((7,), True) if discarded else ((), None))


@pytest.mark.parametrize(
    ("changes", "owed"),
    [
        ({}, True),  # acknowledged in the name of another kind
        ({"letters": (letter("sent", "neutral"),)}, False),
        ({"letters": (letter("refused", "neutral"),)}, True),
        ({"channel": Channel.FORM, "letters": ()}, False),
        ({"letters": ()}, False),  # by hand, or it would count as not acknowledged
        ({"letters": (), "not_acknowledged": True}, True),
        ({"letters": (), "cases": ()}, True),  # nothing was asked, so nobody acknowledged it
    ],
)
def test_a_kind_added_is_owed_an_acknowledgement_unless_the_person_has_heard_from_us(
    changes: dict[str, object], owed: bool
) -> None:
    change = changed(labelled(Kind.ACCESS, **changes), Kind.ACCESS, Kind.CORRECTION)
    assert change.not_acknowledged is (True if owed else None)
    assert (change.opens[-1].next_step == "acknowledge by hand") is owed


@pytest.mark.parametrize(("flags", "after"), [((), False), ((Flag.SPAM,), False), ((Flag.REGULATOR_OR_COURT,), None)])
def test_what_asks_nothing_is_owed_no_acknowledgement_unless_a_flag_says_more(
    flags: tuple[Flag, ...], after: bool | None
) -> None:
    known = labelled(Kind.ACCESS, readings=(reading(Kind.ACCESS, flags=flags),), not_acknowledged=True)
    assert changed(known).not_acknowledged is after


def test_kinds_read_are_held_against_kinds_meant_and_what_is_over_against_none() -> None:
    assert counted(labelled(Kind.ACCESS), Kind.DELETION) == [("access", "deletion", "rule")]
    assert counted(labelled(Kind.ACCESS)) == [("access", "none", "rule")]
    assert counted(labelled(), Kind.ACCESS) == [("none", "access", "model")]
    both = labelled(Kind.COMPLAINT, Kind.ACCESS)
    assert counted(both, Kind.DELETION) == [("access", "deletion", "rule"), ("complaint", "none", "rule")]


def test_the_witness_of_the_best_reason_of_a_wrong_kind_is_at_fault() -> None:
    by_model = reading(Kind.ACCESS, witnesses={Kind.ACCESS: "model"})
    assert counted(labelled(Kind.ACCESS, readings=(by_model,))) == [("access", "none", "model")]
    implied = reading(Kind.ACCESS, witnesses={Kind.OTHER_RIGHT: "rule"})
    assert counted(labelled(Kind.ACCESS, readings=(implied,))) == [("access", "none", "rule")]
    without = reading(Kind.ACCESS, witnesses={})
    assert counted(labelled(Kind.ACCESS, readings=(without,))) == [("access", "none", "model")]


def test_a_missed_kind_for_which_a_rule_had_a_reason_is_the_rules_fault() -> None:
    hinted = reading(witnesses={Kind.ACCESS: "rule"})
    assert counted(labelled(readings=(hinted,)), Kind.ACCESS) == [("none", "access", "rule")]


def test_what_a_person_ticked_or_relabelled_wrongly_is_no_fault_of_the_reader() -> None:
    ticked = reading(Kind.ACCESS, witnesses={Kind.ACCESS: "person"})
    assert counted(labelled(Kind.ACCESS, readings=(ticked,))) == [("access", "none", "person")]
    opened_by_a_person = labelled(Kind.ACCESS, readings=(reading(Kind.DELETION),))
    assert counted(opened_by_a_person, Kind.DELETION) == [("access", "deletion", "person")]
    taken_away_by_a_person = labelled(readings=(reading(Kind.ACCESS),))
    assert counted(taken_away_by_a_person, Kind.ACCESS) == [("none", "access", "person")]


def test_a_case_of_a_later_message_is_that_messages_misreading() -> None:
    known = labelled(
        cases=(StandingCase(number=1, kind=Kind.COMPLAINT, enquiry_id=2),),
        readings=(reading(), reading(Kind.COMPLAINT, enquiry_id=2, witnesses={Kind.COMPLAINT: "model"})),
    )
    assert changed(known).corrections == (Correction(kind_read="complaint", kind_meant="none", witness="model"),)


def test_a_letter_that_says_how_we_understand_it_now_is_outdated_by_the_next_word() -> None:
    told = letter("draft", "first_understood_differently", id=9)
    assert changed(labelled(Kind.ACCESS, letters=(told,)), Kind.DELETION).discards == (9,)
    assert changed(labelled(Kind.ACCESS, letters=(replace(told, state="sent"),)), Kind.DELETION).discards == ()
