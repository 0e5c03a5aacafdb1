"""The figures, reckoned by hand on a few invented messages."""

from collections.abc import Sequence

import pytest

from triage.domain.classification import Classification, Reason
from triage.domain.vocabulary import Channel, Flag, Kind, OtherRight
from triage.language.corpus import Example
from triage.language.evaluation.calibration import calibrate
from triage.language.evaluation.left_out import Read, leave_one_writer_out
from triage.language.evaluation.measures import Answer, answers, confusions, measure, summarise
from triage.language.evaluation.report import as_json, error_lines, sheets

ACCESS, DELETION, OPT_OUT, OTHER = Kind.ACCESS, Kind.DELETION, Kind.OPT_OUT, Kind.OTHER_RIGHT


def example(name: str = "m", kinds: Sequence[Kind] = (), **more: object) -> Example:
    settled: dict[str, object] = {"writer": "w", "channel": Channel.EMAIL, "subject": "", "text": "words", **more}
    return Example(id=name, kinds=tuple(kinds), **settled)  # type: ignore[arg-type]


def verdict(*kinds: Kind, person: bool = False, **more: object) -> Classification:
    settled: dict[str, object] = {
        "scores": {kind: 0.95 if kind in kinds else 0.0 for kind in Kind},
        "request_score": 0.95 if kinds else 0.0,
        **more,
    }
    return Classification(kinds=kinds, needs_person=person, **settled)  # type: ignore[arg-type]


def answer(labelled: Sequence[Kind], read: Classification, name: str = "m", **more: object) -> Answer:
    return Answer(example=example(name, labelled, **more), read=read)


def test_precision_recall_and_f1_count_a_kind_wherever_it_stands() -> None:
    given = [
        answer([ACCESS], verdict(ACCESS)),
        answer([ACCESS, DELETION], verdict(ACCESS)),
        answer([ACCESS], verdict(DELETION)),
        answer([], verdict(ACCESS, person=True)),
        answer([], verdict()),
    ]
    summary = summarise(given)
    access, _, deletion, opt_out, _ = summary.kinds
    assert (access.right, access.wrongly, access.missed) == (2, 1, 1)
    assert (access.precision, access.recall, access.f1) == (2 / 3, 2 / 3, 2 / 3)
    assert (deletion.precision, deletion.recall, deletion.f1) == (0.0, 0.0, 0.0)
    assert (opt_out.precision, opt_out.recall, opt_out.f1) == (None, None, None)
    assert summary.macro_f1 == pytest.approx(1 / 3)  # of access and deletion: the others never occur
    assert summary.exact.value == 2 / 5


def test_a_request_is_missed_only_when_nothing_is_read_and_nobody_is_asked() -> None:
    given = [
        answer([ACCESS], verdict(), "lost"),
        answer([ACCESS], verdict(person=True), "seen-by-a-person"),
        answer([ACCESS], verdict(DELETION), "under-another-kind"),
        answer([ACCESS], verdict(OTHER, other_rights=(OtherRight.ADM,)), "as-another-right"),
        answer([OTHER], verdict(), "right-lost", other_rights=(OtherRight.ADM,)),
        answer([], verdict(), "nothing-asked"),
    ]
    assert summarise(given).missed == ("lost", "right-lost")


def test_what_a_person_sees_is_apart_from_what_is_decided_alone() -> None:
    given = [
        answer([ACCESS], verdict(ACCESS)),
        answer([], verdict(ACCESS)),
        answer([], verdict(OPT_OUT, person=True)),
        answer([], verdict()),
    ]
    summary = summarise(given)
    assert summary.to_person.value == 1 / 4
    assert (summary.decided_right.part, summary.decided_right.whole) == (2, 3)
    assert summary.negatives_given_kind.value == 2 / 3


def test_other_rights_are_right_only_by_their_names() -> None:
    given = [
        answer([OTHER], verdict(OTHER, other_rights=(OtherRight.ADM,)), other_rights=(OtherRight.CONSENT,)),
        answer([OTHER], verdict(OTHER, other_rights=(OtherRight.ADM,)), other_rights=(OtherRight.ADM,)),
        answer([], verdict()),
    ]
    measures = measure(given)
    assert measures.other_right.f1 == 1.0
    assert (measures.rights_named.part, measures.rights_named.whole) == (1, 2)


def test_a_confusion_is_what_is_left_over_once_the_same_kinds_are_matched() -> None:
    counts = confusions(
        [
            answer([ACCESS, DELETION], verdict(ACCESS, OPT_OUT)),
            answer([ACCESS], verdict(ACCESS, DELETION)),
            answer([ACCESS], verdict()),
            answer([ACCESS, DELETION], verdict(ACCESS, DELETION)),
            answer([], verdict()),
        ]
    )
    assert counts == {
        ("access", "access"): 3,
        ("deletion", "opt_out"): 1,
        ("none", "deletion"): 1,
        ("access", "none"): 1,
        ("deletion", "deletion"): 1,
        ("none", "none"): 1,
    }


def test_flags_writers_and_channels_have_figures_of_their_own() -> None:
    measures = measure(
        [
            answer([ACCESS], verdict(ACCESS, flags=(Flag.CHILD, Flag.SPAM)), writer="ann", flags=(Flag.CHILD,)),
            answer([ACCESS], verdict(), writer="bob", channel=Channel.CHAT, flags=(Flag.CHILD,), unsure=True),
        ]
    )
    flags = {found.name: found for found in measures.flags}
    assert (flags["child"].recall, flags["child"].precision) == (0.5, 1.0)
    assert (flags["spam"].recall, flags["spam"].precision) == (None, 0.0)
    assert {name: one.exact.value for name, one in measures.writers.items()} == {"ann": 1.0, "bob": 0.0}
    assert {name: one.messages for name, one in measures.channels.items()} == {"chat": 1, "email": 1}
    assert measures.unsure_labels == 1


def test_scores_that_come_true_as_often_as_they_say_have_no_error() -> None:
    honest = calibrate([(0.75, True), (0.75, True), (0.75, True), (0.75, False)])
    assert honest.error == 0.0
    assert [(one.low, one.high, one.count, one.share_true) for one in honest.bins] == [(0.7, 0.8, 4, 0.75)]


def test_the_calibration_error_weighs_each_bin_by_what_lies_in_it() -> None:
    boastful = calibrate([(1.0, True), (1.0, False), (0.0, False), (0.05, False)])
    assert [one.count for one in boastful.bins] == [2, 2]  # 1.0 lies in the last bin
    assert boastful.error == pytest.approx(0.5 * 0.5 + 0.5 * 0.025)
    assert calibrate([]).error == 0.0


def test_the_request_score_is_held_against_any_kind() -> None:
    measures = measure([answer([OTHER], verdict(request_score=0.9), other_rights=(OtherRight.ADM,))])
    assert measures.request_calibration.error == pytest.approx(0.1)
    assert measures.calibration.error == 0.0  # none of the five kinds was asked for or scored


def test_leaving_a_writer_out_trains_on_all_the_others() -> None:
    learnt: list[set[str]] = []

    def train(examples: Sequence[Example]) -> Read:
        writers = {one.writer for one in examples}
        learnt.append(writers)
        return lambda one: verdict(*one.kinds) if len(writers) == 2 and "ann" in writers else verdict()

    examples = [example(f"{w}-1", [ACCESS], writer=w) for w in ("ann", "bob", "cy")]
    left_out = leave_one_writer_out(examples, train)
    assert learnt == [{"bob", "cy"}, {"ann", "cy"}, {"ann", "bob"}]
    assert {name: one.macro_f1 for name, one in left_out.writers.items()} == {"ann": 0.0, "bob": 1.0, "cy": 1.0}
    assert left_out.together.macro_f1 == pytest.approx(0.8)
    with pytest.raises(ValueError, match="two writers"):
        leave_one_writer_out(examples[:1], train)


def test_an_error_is_told_with_its_scores_the_words_that_ask_and_the_reasons() -> None:
    reason = Reason(
        kind=DELETION, witness="model", source="categoriser", why="sounds like it", start=0, end=4, text="bin it"
    )
    wrong = answer(
        [ACCESS], verdict(DELETION, reasons=(reason,)), "x-7", because={ACCESS: ("let me see it",)}, unsure=True
    )
    lines = error_lines([wrong, answer([ACCESS], verdict(ACCESS), "fine")])
    assert lines == (
        "x-7: labelled access, read deletion, unsure label",
        "    scores: request 0.95 deletion 0.95",
        "    asks for access: let me see it",
        "    model categoriser gives deletion (sounds like it): bin it",
    )
    lost = answer([OTHER], verdict(), "x-8", other_rights=(OtherRight.ADM,))
    assert error_lines([lost])[0] == "x-8: labelled other_right, (adm), read none, MISSED"


def test_the_sheets_name_no_message_and_show_a_dash_where_nothing_can_be_said() -> None:
    shown = sheets(measure([answer([], verdict(), "secret-id", text="secret words")]))
    cells = {cell for sheet in shown for row in sheet.rows for cell in row}
    assert "-" in cells
    assert not [cell for cell in cells if "secret" in cell]


def test_the_json_names_messages_only_where_it_is_given_them() -> None:
    given = answers([example("x-9", [ACCESS])], lambda _: verdict())
    whole, figures = as_json(measure(given), given), as_json(measure(given), None)
    assert whole["missed_ids"] == ["x-9"]
    assert [error["id"] for error in whole["errors"]] == ["x-9"]  # type: ignore[attr-defined]
    assert "errors" not in figures
    assert "x-9" not in str(figures)
    assert figures["missed"] == 1
