"""What becomes of a burst of chat lines, as sentences: who is answered, who is only noted, who is passed by."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import NOW, make_analysis, make_classification, make_enquiry, make_facts
from tests.unit.deciding import POLICY, decided, letter_of
from triage.domain.chat import ChatPlace
from triage.domain.classification import Classification
from triage.domain.enquiry import Attachment, Enquiry
from triage.domain.letter_choice import NEUTRAL_FLAGS, SILENT_FLAGS
from triage.domain.plan import Analysis, History, Plan, PlannedNote, SentCounts, Thread
from triage.domain.told import ChatFacts
from triage.domain.vocabulary import Channel, Flag, GateAnswer, Kind, Lane, LetterPurpose, OtherRight

PLACE = ChatPlace(
    portal_id="44556677",
    thread_id="8123456789",
    channel_id="1000",
    channel_account_id="250001",
    recipient_actor="V-70110",
)
CHAT = ChatFacts(
    place=PLACE,
    contact_id="70110",
    line_ids=("a", "b"),
    agent_present=False,
    closed=False,
    wants_person=False,
    way_to_answer=True,
)
THREAD = Thread(
    reference="DP-2026-00042-K7",
    tie="chat_thread",
    sender_is_participant=True,
    open_kinds=(Kind.DELETION,),
    case_count=1,
)
KNOWN = History(thread=THREAD)
FULL = POLICY.chat.replies_per_thread_hour


def chat_enquiry(**changes: object) -> Enquiry:
    values: dict[str, object] = {"channel": Channel.CHAT, "sender": None, "subject": "", "message_id": None}
    return make_enquiry(**(values | changes))


def typed(*kinds: Kind, chat: ChatFacts = CHAT, enquiry: Enquiry | None = None, **reading: object) -> Analysis:
    """A visitor's burst that the reader took for `kinds`, all sure unless said otherwise."""
    classification = make_classification(kinds=kinds, **reading)
    facts = make_facts()
    return make_analysis(enquiry=enquiry or chat_enquiry(), facts=facts, classification=classification, chat=chat)


def with_chat(analysis: Analysis, **changes: object) -> Analysis:
    assert analysis.chat is not None
    return replace(analysis, chat=replace(analysis.chat, **changes))  # type: ignore[arg-type]


def note(plan: Plan, purpose: str = "team_note") -> PlannedNote | None:
    return next((note for note in plan.notes if note.purpose == purpose), None)


def visible(plan: Plan) -> bool:
    return plan.letter is not None or any(not note.internal for note in plan.notes)


# ---- a new conversation --------------------------------------------------------------------------------------------


def test_a_sure_request_is_answered_in_the_thread_and_the_team_is_told() -> None:
    plan = decided(typed(Kind.DELETION))
    assert (plan.outcome, plan.lane, plan.gate.answer) == ("enquiry", Lane.NEW, GateAnswer.ACK)
    assert plan.letter is not None
    assert letter_of(plan) is LetterPurpose.ACKNOWLEDGEMENT
    assert (plan.letter.facts.channel, plan.letter.needs_approval) == (Channel.CHAT, False)
    assert plan.letter.facts.due_on == plan.cases[0].dates.statutory_due == date(2026, 12, 23)
    told = note(plan)
    assert told is not None
    assert (told.kinds, told.unsure_kinds, told.due_on, told.visible_reply) == (
        (Kind.DELETION,),
        (),
        date(2026, 12, 23),
        True,
    )
    assert (plan.not_acknowledged, plan.hands_over) == (False, False)
    assert plan.cases[0].next_step != "acknowledge by hand"


def test_a_complaint_gets_its_own_letter_and_the_team_its_day_of_news() -> None:
    plan = decided(typed(Kind.COMPLAINT))
    assert (letter_of(plan), plan.lane) == (LetterPurpose.COMPLAINT_ACKNOWLEDGEMENT, Lane.COMPLAINTS)
    told = note(plan)
    assert plan.letter is not None
    assert told is not None
    assert plan.letter.facts.news_by == told.due_on == date(2026, 12, 7)


def test_the_team_is_told_the_day_marketing_stops_not_the_laws_last_day() -> None:
    told = note(decided(typed(Kind.ACCESS, Kind.OPT_OUT)))
    assert told is not None
    assert told.due_on == date(2026, 11, 24)


def test_no_day_is_named_for_marketing_while_nobody_knows_where_it_goes() -> None:
    plan = decided(with_chat(typed(Kind.OPT_OUT), way_to_answer=False))
    told = note(plan)
    assert plan.letter is not None
    assert told is not None
    assert letter_of(plan) is LetterPurpose.ACKNOWLEDGEMENT
    assert (plan.letter.facts.way_known, plan.letter.facts.opt_out_working_days) == (False, 1)
    assert (told.due_on, told.where_unknown) == (None, True)
    both = note(decided(with_chat(typed(Kind.ACCESS, Kind.OPT_OUT), way_to_answer=False)))
    assert both is not None
    assert both.due_on == date(2026, 12, 23)
    known = note(decided(typed(Kind.OPT_OUT)))
    assert known is not None
    assert (known.due_on, known.where_unknown) == (date(2026, 11, 24), False)
    access = note(decided(with_chat(typed(Kind.ACCESS), way_to_answer=False)))
    assert access is not None
    assert not access.where_unknown


def test_dates_count_from_the_first_line() -> None:
    first_line = chat_enquiry(received_at=NOW - timedelta(hours=12))
    assert decided(typed(Kind.ACCESS, enquiry=first_line)).cases[0].dates.received_on == date(2026, 11, 22)


def test_between_the_thresholds_only_the_team_sees_something() -> None:
    plan = decided(typed(Kind.ACCESS, Kind.DELETION, sure_kinds=(Kind.ACCESS,), needs_person=True))
    assert (plan.outcome, plan.lane, visible(plan)) == ("enquiry", Lane.NEEDS_PERSON, False)
    told = note(plan)
    assert told is not None
    assert (told.kinds, told.unsure_kinds, told.visible_reply) == ((Kind.ACCESS,), (Kind.DELETION,), False)
    assert told.why == "a person has to look before anyone answers"
    assert plan.not_acknowledged
    assert {case.next_step for case in plan.cases} == {"acknowledge by hand"}
    assert "only perhaps: deletion" in plan.trace
    assert plan.trace[-1].startswith("nothing said to the visitor: not sure enough")


def test_a_doubt_without_a_kind_is_noted_and_opens_no_case() -> None:
    plan = decided(typed(needs_person=True, request_score=0.5))
    assert (plan.outcome, plan.lane, plan.cases, visible(plan)) == ("enquiry", Lane.NEEDS_PERSON, (), False)
    assert note(plan) is not None
    assert not plan.not_acknowledged


def test_a_sure_kind_beside_any_doubt_is_not_answered() -> None:
    plan = decided(typed(Kind.ACCESS, needs_person=True))
    assert (letter_of(plan), plan.lane) == (None, Lane.NEEDS_PERSON)
    assert "not sure enough to answer; a chat gets no neutral letter" in plan.no_letter_because


@pytest.mark.parametrize("flag", sorted((SILENT_FLAGS | NEUTRAL_FLAGS) - {Flag.SPAM}))
def test_a_flag_means_that_nothing_is_visible(flag: Flag) -> None:
    plan = decided(typed(Kind.ACCESS, flags=(flag,)))
    assert (plan.outcome, visible(plan)) == ("enquiry", False)
    assert flag.value in plan.no_letter_because
    told = note(plan)
    assert told is not None
    assert flag.value not in told.why  # the DPO reads the flag in the trace; sales and support need not


@pytest.mark.parametrize("flag", [Flag.PRESS, Flag.FOI, Flag.BREACH_REPORT])
def test_a_flag_alone_is_for_a_person(flag: Flag) -> None:
    plan = decided(typed(flags=(flag,)))
    assert plan.lane is (Lane.URGENT if flag is Flag.BREACH_REPORT else Lane.NEEDS_PERSON)
    assert note(plan) is not None


@pytest.mark.parametrize("flags", [(), (Flag.SPAM,)])
def test_sales_and_support_pass_by(flags: tuple[Flag, ...]) -> None:
    plan = decided(typed(flags=flags))
    assert (plan.outcome, plan.lane, plan.cases, plan.letter, plan.notes) == ("passed_over", None, (), None, ())
    assert plan.classification is not None
    assert "nothing in it asks" in plan.no_letter_because
    assert "the text is dropped" in plan.trace[-1]


def test_who_only_wants_to_talk_to_sales_is_none_of_ours_but_hears_no_machine_from_then_on() -> None:
    plan = decided(with_chat(typed(), wants_person=True))
    assert (plan.outcome, plan.hands_over, plan.notes) == ("passed_over", True, ())
    assert "sales and support" in plan.no_letter_because
    assert "no automatic reply in this conversation from here on" in "\n".join(plan.trace)


def test_who_asked_for_a_person_first_gets_the_line_with_the_request_and_no_acknowledgement() -> None:
    asked_before = History(handed_over=True)
    plan = decided(typed(Kind.DELETION), asked_before)
    assert (plan.outcome, [case.kind for case in plan.cases], plan.letter) == ("enquiry", [Kind.DELETION], None)
    assert (note(plan, "hand_over") is not None, note(plan) is not None) == (True, True)
    assert (plan.hands_over, plan.not_acknowledged, plan.lane) == (True, False, Lane.NEEDS_PERSON)
    assert "a person was asked for here before" in "\n".join(plan.trace)
    assert decided(typed(), asked_before).outcome == "passed_over"


@pytest.mark.parametrize(
    "burst",
    [
        typed(Kind.DELETION, sure_kinds=(), needs_person=True),
        typed(Kind.DELETION, flags=(Flag.PRESS,)),
        typed(Kind.DELETION, flags=(Flag.CHILD,)),
        with_chat(typed(Kind.DELETION), agent_present=True),
        with_chat(typed(Kind.DELETION), closed=True),
    ],
)
def test_after_an_early_wish_nothing_is_said_where_nothing_would_have_been_said_anyway(burst: Analysis) -> None:
    plan = decided(burst, History(handed_over=True))
    assert (visible(plan), plan.not_acknowledged, note(plan) is not None) == (False, True, True)


def test_no_note_is_left_in_a_conversation_that_is_gone_and_its_request_is_a_case_all_the_same() -> None:
    nowhere = ChatPlace(portal_id="44556677", thread_id="8123456789", channel_id="", channel_account_id="")

    plan = decided(with_chat(typed(Kind.DELETION), closed=True, place=nowhere))

    assert [case.kind for case in plan.cases] == [Kind.DELETION]
    assert plan.letter is None
    assert plan.notes == ()


def test_an_attachment_alone_is_for_a_person_and_nothing_is_said() -> None:
    plan = decided(with_chat(typed(), only_attachments=True))
    assert (plan.outcome, plan.lane, visible(plan)) == ("enquiry", Lane.NEEDS_PERSON, False)
    assert note(plan) is not None
    assert "attachment" in plan.no_letter_because


def test_few_words_beside_an_attachment_are_looked_at_and_not_answered() -> None:
    attached = chat_enquiry(
        full_text="My letter is attached.", attachments=(Attachment(name="", type="FILE", size_bytes=0),)
    )
    assert decided(typed(enquiry=attached)).lane is Lane.NEEDS_PERSON
    plan = decided(typed(Kind.ACCESS, enquiry=attached))
    assert (plan.lane, visible(plan)) == (Lane.NEEDS_PERSON, False)


def test_a_burst_nobody_could_read_goes_to_a_person() -> None:
    plan = decided(replace(typed(), classification=None))
    assert (plan.outcome, plan.lane, plan.no_letter_because) == (
        "enquiry",
        Lane.NEEDS_PERSON,
        "not read: a person looks first",
    )
    told = note(plan)
    assert told is not None
    assert (told.kinds, told.unsure_kinds) == ((), ())


def test_a_missing_way_to_answer_is_told() -> None:
    assert "no way to answer" in "\n".join(decided(with_chat(typed(Kind.ACCESS), way_to_answer=False)).trace)
    assert "no way to answer" not in "\n".join(decided(typed(Kind.ACCESS)).trace)


def test_the_same_address_in_another_channel_is_a_suggestion_only() -> None:
    plan = decided(typed(Kind.ACCESS), History(same_person="DP-2026-00007-A1"))
    assert (plan.outcome, plan.joins, plan.suggests) == ("enquiry", None, "DP-2026-00007-A1")


def test_a_reference_typed_by_anybody_joins_nothing_and_is_never_passed_over() -> None:
    named = replace(THREAD, tie="reference", sender_is_participant=False)
    plan = decided(typed(), History(thread=named))
    assert (plan.outcome, plan.joins, plan.suggests) == ("enquiry", None, THREAD.reference)
    assert (plan.lane, visible(plan), note(plan) is not None) == (Lane.NEEDS_PERSON, False, True)


# ---- when nothing may be visible -----------------------------------------------------------------------------------

HOLDS: list[tuple[int, dict[str, object], History, timedelta]] = [
    (101, {"agent_present": True}, History(), timedelta()),
    (102, {}, History(handed_over=True, hand_over_said=True), timedelta()),
    (103, {}, History(thread_replies_hour=FULL), timedelta()),
    (104, {}, History(), timedelta(hours=POLICY.chat.answer_within_hours, minutes=1)),
    (105, {"closed": True}, History(), timedelta()),
    (106, {}, History(sent=SentCounts(global_10_minutes=POLICY.limits.global_per_10_minutes)), timedelta()),
    (106, {}, History(sent=SentCounts(breaker_open=True)), timedelta()),
]


@pytest.mark.parametrize(("row", "chat", "history", "age"), HOLDS)
def test_a_row_holds_the_reply_and_leaves_case_and_note(
    row: int, chat: dict[str, object], history: History, age: timedelta
) -> None:
    analysis = with_chat(typed(Kind.ACCESS, enquiry=chat_enquiry(received_at=NOW - age)), **chat)
    plan = decided(analysis, history)
    assert [hit.row for hit in plan.gate.hits] == [row]
    assert (plan.gate.answer, visible(plan), plan.lane) == (GateAnswer.HOLD, False, Lane.NEEDS_PERSON)
    assert [case.next_step for case in plan.cases] == ["acknowledge by hand"]
    assert plan.not_acknowledged
    assert f"row {row}" in plan.trace[0]
    told = note(plan)
    assert told is not None
    assert "row" not in told.why
    assert "triage" not in told.why


def test_one_reply_less_than_the_cap_leaves_room() -> None:
    assert letter_of(decided(typed(Kind.ACCESS), History(thread_replies_hour=FULL - 1))) is not None


def test_a_policy_without_replies_means_silence_and_cases_all_the_same() -> None:
    policy = replace(POLICY, chat=replace(POLICY.chat, replies_per_thread_hour=0))
    plan = decided(typed(Kind.ACCESS), policy=policy)
    assert ([hit.row for hit in plan.gate.hits], visible(plan), len(plan.cases)) == ([103], False, 1)
    assert not visible(decided(with_chat(typed(), wants_person=True), KNOWN, policy))


def test_what_is_just_young_enough_is_answered() -> None:
    young = chat_enquiry(received_at=NOW - timedelta(hours=POLICY.chat.answer_within_hours))
    assert letter_of(decided(typed(Kind.ACCESS, enquiry=young))) is not None


def test_limits_per_sender_are_for_mail_and_do_not_silence_a_chat() -> None:
    sent = SentCounts(sender_hour=9, sender_day=9, sender_30_days=99, domain_day=99)
    assert letter_of(decided(typed(Kind.ACCESS), History(sent=sent))) is not None


def test_a_policy_may_answer_beside_a_colleague() -> None:
    policy = replace(POLICY, chat=replace(POLICY.chat, silent_with_agent=False))
    assert letter_of(decided(with_chat(typed(Kind.ACCESS), agent_present=True), policy=policy)) is not None


# ---- a conversation that has a reference ---------------------------------------------------------------------------


def test_every_further_line_joins_and_small_talk_is_no_news_for_the_team() -> None:
    plan = decided(typed(), KNOWN)
    assert (plan.outcome, plan.joins, plan.lane) == ("follow_up", THREAD.reference, Lane.NEW_MESSAGE)
    assert (plan.cases, plan.letter, plan.notes) == ((), None, ())
    assert "same conversation as DP-2026-00042-K7" in plan.trace


def test_a_mere_doubt_in_a_known_conversation_is_no_news_for_the_team() -> None:
    doubts = typed(needs_person=True), typed(Kind.DELETION, sure_kinds=(), needs_person=True)
    for doubt in doubts:
        plan = decided(doubt, KNOWN)
        assert (plan.outcome, plan.lane, plan.notes) == ("follow_up", Lane.NEW_MESSAGE, ())
    assert note(decided(typed(Kind.ACCESS, sure_kinds=(), needs_person=True), KNOWN)) is not None
    assert note(decided(typed(flags=(Flag.BREACH_REPORT,), needs_person=True), KNOWN)) is not None
    assert decided(typed(flags=(Flag.SPAM,)), KNOWN).notes == ()


def test_a_further_sure_right_is_acknowledged_there_and_alone() -> None:
    plan = decided(typed(Kind.DELETION, Kind.COMPLAINT), KNOWN)
    assert [case.kind for case in plan.cases] == [Kind.COMPLAINT]
    assert plan.letter is not None
    assert letter_of(plan) is LetterPurpose.COMPLAINT_ACKNOWLEDGEMENT
    assert (plan.letter.facts.kinds, plan.letter.facts.reference) == ((Kind.COMPLAINT,), THREAD.reference)
    assert plan.lane is Lane.COMPLAINTS
    assert note(plan) is not None


def test_a_letter_about_a_new_right_does_not_speak_of_the_open_one() -> None:
    thread = replace(THREAD, open_kinds=(Kind.OTHER_RIGHT,))
    rights = (OtherRight.RESTRICTION,)
    plan = decided(typed(Kind.ACCESS, Kind.OTHER_RIGHT, other_rights=rights), History(thread=thread))
    assert plan.letter is not None
    assert (plan.letter.facts.kinds, plan.letter.facts.other_rights) == ((Kind.ACCESS,), ())


def test_asking_again_for_what_is_open_is_a_chaser_for_a_person() -> None:
    plan = decided(typed(Kind.DELETION), KNOWN)
    assert (plan.cases, plan.letter, plan.not_acknowledged) == ((), None, False)
    assert "open in this thread already" in plan.no_letter_because
    assert note(plan) is not None


def test_an_unsure_right_beside_an_open_one_is_for_the_team_only() -> None:
    plan = decided(typed(Kind.ACCESS, sure_kinds=(), needs_person=True), KNOWN)
    assert ([case.kind for case in plan.cases], visible(plan), plan.not_acknowledged) == ([Kind.ACCESS], False, True)


def test_a_further_line_nobody_could_read_is_told() -> None:
    plan = decided(replace(typed(), classification=None), KNOWN)
    assert (plan.outcome, plan.lane, note(plan) is not None) == ("follow_up", Lane.NEW_MESSAGE, True)


def test_an_attachment_in_a_known_conversation_is_told() -> None:
    assert note(decided(with_chat(typed(), only_attachments=True), KNOWN)) is not None


def test_a_danger_in_a_further_line_is_urgent() -> None:
    assert decided(typed(flags=(Flag.THREAT_TO_SAFETY,)), KNOWN).lane is Lane.URGENT


def test_who_comes_back_reopens_what_could_not_be_answered() -> None:
    lost = History(thread=replace(THREAD, cannot_reach=True))
    plan = decided(typed(), lost)
    assert plan.reopens
    assert "open again" in "\n".join(plan.trace)
    assert not decided(typed(), KNOWN).reopens
    typed_reference = History(thread=replace(THREAD, tie="reference", cannot_reach=True))
    assert not decided(typed(), typed_reference).reopens


# ---- a person, please ----------------------------------------------------------------------------------------------


def test_asking_for_a_person_in_a_known_conversation_gets_one_line_and_then_silence() -> None:
    plan = decided(with_chat(typed(), wants_person=True), KNOWN)
    line, told = note(plan, "hand_over"), note(plan)
    assert (plan.letter, plan.hands_over, line is not None) == (None, True, True)
    assert told is not None
    assert (told.visible_reply, told.wants_person) == (True, True)
    assert told.why == "the visitor was told that a person has been asked"
    assert plan.trace[-1].startswith("one line says that a person has been asked")


def test_the_invited_word_is_understood_where_we_invited_to_it_and_nowhere_else() -> None:
    said = with_chat(typed(), says_person=True)
    assert note(decided(said, KNOWN), "hand_over") is not None
    assert decided(said, KNOWN).hands_over
    assert (decided(said).outcome, decided(said).hands_over) == ("passed_over", False)
    named = History(thread=replace(THREAD, tie="reference", sender_is_participant=False))
    assert not decided(said, named).hands_over


def test_a_sure_request_with_a_wish_for_a_person_is_acknowledged_and_then_silence() -> None:
    for history in (History(), KNOWN):
        plan = decided(with_chat(typed(Kind.ACCESS), wants_person=True), history)
        assert (letter_of(plan), plan.hands_over) == (LetterPurpose.ACKNOWLEDGEMENT, True)
        told = note(plan)
        assert told is not None
        assert (told.wants_person, told.why) == (True, "what is asked is clear")
        assert note(plan, "hand_over") is None


def test_the_acknowledgement_itself_says_that_a_person_was_asked_and_the_line_may_still_be_said_once() -> None:
    first = decided(with_chat(typed(Kind.ACCESS), wants_person=True))
    assert first.letter is not None
    assert first.letter.facts.hands_over
    unasked = decided(typed(Kind.ACCESS)).letter
    assert unasked is not None
    assert not unasked.facts.hands_over
    then = replace(KNOWN, handed_over=True, thread_replies_hour=1)
    again = decided(with_chat(typed(), says_person=True), then)
    assert ([hit.row for hit in again.gate.hits], again.letter) == ([102], None)
    assert note(again, "hand_over") is not None
    assert not visible(decided(typed(), then))
    assert not visible(decided(with_chat(typed(), says_person=True), replace(then, hand_over_said=True)))


def test_after_hand_over_a_new_right_with_the_wish_opens_its_case_and_only_the_line_is_said() -> None:
    plan = decided(with_chat(typed(Kind.ACCESS), wants_person=True), replace(KNOWN, handed_over=True))
    assert ([case.kind for case in plan.cases], plan.letter, plan.not_acknowledged) == ([Kind.ACCESS], None, False)
    assert note(plan, "hand_over") is not None


def test_a_doubtful_request_with_a_wish_for_a_person_goes_to_one_without_a_word() -> None:
    plan = decided(with_chat(typed(Kind.ACCESS, sure_kinds=(), needs_person=True), wants_person=True))
    assert (visible(plan), plan.hands_over, plan.not_acknowledged) == (False, True, True)
    told = note(plan)
    assert told is not None
    assert told.wants_person
    assert (told.due_on, told.perhaps_due_on) == (None, date(2026, 12, 23))


def test_the_team_reads_no_machinery_where_a_colleague_or_the_wish_for_a_person_is_reason_enough() -> None:
    full = replace(KNOWN, thread_replies_hour=FULL)
    colleague = note(decided(with_chat(typed(Kind.ACCESS), agent_present=True), full))
    handed_over = note(decided(typed(Kind.ACCESS), replace(full, handed_over=True)))
    cap = note(decided(typed(Kind.ACCESS), full))
    assert colleague is not None
    assert handed_over is not None
    assert cap is not None
    assert colleague.why == "a colleague is in the thread"
    assert handed_over.why == "in this chat a person has been asked for"
    assert "limit" in cap.why


def test_an_answer_is_owed_by_a_day_only_where_the_right_is_sure() -> None:
    told = note(decided(typed(Kind.ACCESS, Kind.COMPLAINT, sure_kinds=(Kind.ACCESS,), needs_person=True)))
    assert told is not None
    assert (told.due_on, told.perhaps_due_on) == (date(2026, 12, 23), None)


def test_a_new_case_beside_the_hand_over_line_has_been_answered_with_it() -> None:
    plan = decided(with_chat(typed(Kind.ACCESS, sure_kinds=(), needs_person=True), wants_person=True), KNOWN)
    assert (len(plan.cases), note(plan, "hand_over") is not None, plan.not_acknowledged) == (1, True, False)


def test_the_cap_on_replies_does_not_keep_back_the_one_line_about_a_person() -> None:
    full = replace(KNOWN, thread_replies_hour=FULL)
    assert note(decided(with_chat(typed(), wants_person=True), full), "hand_over") is not None


@pytest.mark.parametrize(
    ("chat", "changes"),
    [
        ({"agent_present": True}, {}),
        ({"closed": True}, {}),
        ({}, {"handed_over": True, "hand_over_said": True}),
        ({"agent_present": True}, {"handed_over": True}),
    ],
)
def test_no_line_about_a_person_where_nothing_may_be_visible(
    chat: dict[str, object], changes: dict[str, object]
) -> None:
    history = replace(KNOWN, **changes)  # type: ignore[arg-type]
    plan = decided(with_chat(typed(), wants_person=True, **chat), history)
    assert (visible(plan), plan.hands_over, note(plan) is not None) == (False, True, True)


# ---- for every burst there is --------------------------------------------------------------------------------------


@st.composite
def readings(draw: st.DrawFn) -> Classification | None:
    if draw(st.integers(0, 9)) == 0:
        return None
    kinds = tuple(kind for kind in Kind if draw(st.integers(0, 2)) == 0)
    sure = kinds if draw(st.booleans()) else tuple(kind for kind in kinds if draw(st.booleans()))
    flags = draw(st.one_of(st.just(()), st.sets(st.sampled_from(Flag), max_size=2).map(tuple)))
    rights = (OtherRight.PORTABILITY,) if Kind.OTHER_RIGHT in kinds else ()
    needs = draw(st.booleans()) or kinds != sure
    return make_classification(kinds=kinds, sure_kinds=sure, flags=flags, other_rights=rights, needs_person=needs)


@st.composite
def bursts(draw: st.DrawFn) -> Analysis:
    often = st.sampled_from((False, False, True))
    chat = replace(
        CHAT,
        agent_present=draw(often),
        closed=draw(often),
        wants_person=draw(often),
        says_person=draw(often),
        way_to_answer=draw(st.booleans()),
        only_attachments=draw(often),
    )
    received_at = NOW - timedelta(hours=draw(st.sampled_from((0, 1, 23, 25, 100))))
    enquiry = chat_enquiry(received_at=draw(st.sampled_from((received_at, None))))
    return replace(typed(chat=chat, enquiry=enquiry), classification=draw(readings()))


@st.composite
def histories(draw: st.DrawFn) -> History:
    tie, participant = draw(st.sampled_from((("chat_thread", True), ("reference", False))))
    thread = replace(
        THREAD,
        tie=tie,
        sender_is_participant=participant,
        open_kinds=tuple(draw(st.sets(st.sampled_from(Kind)))),
        cannot_reach=draw(st.booleans()),
    )
    return History(
        thread=thread if draw(st.booleans()) else None,
        handed_over=(handed_over := draw(st.sampled_from((False, False, True)))),
        hand_over_said=handed_over and draw(st.booleans()),
        thread_replies_hour=draw(st.sampled_from((0, 0, 1, FULL, FULL + 1))),
        sent=SentCounts(breaker_open=draw(st.sampled_from((False, False, True)))),
        same_person=draw(st.sampled_from((None, "DP-2026-00007-A1"))),
        before_start=draw(st.booleans()),
        duplicate_of=draw(st.sampled_from((None, "DP-2026-00007-A1"))),
    )


@given(analysis=bursts(), history=histories())
def test_nothing_is_said_where_anything_speaks_against_it(analysis: Analysis, history: History) -> None:
    plan, chat, reading = decided(analysis, history), analysis.chat, analysis.classification
    assert chat is not None
    received_at = analysis.enquiry.received_at or NOW
    old = NOW - received_at > timedelta(hours=POLICY.chat.answer_within_hours)
    barred = chat.agent_present or chat.closed or history.hand_over_said or history.sent.breaker_open or old
    if barred:
        assert not visible(plan)
    if barred or history.handed_over or history.thread_replies_hour >= FULL:
        assert plan.letter is None
    if reading is None or reading.needs_person or reading.kinds != reading.sure_kinds or not reading.kinds:
        assert plan.letter is None
    if reading is not None and (SILENT_FLAGS | NEUTRAL_FLAGS) & set(reading.flags):
        assert plan.letter is None
    if plan.letter is not None:
        assert plan.letter.facts.purpose is not LetterPurpose.NEUTRAL
        assert set(plan.letter.facts.kinds) == {case.kind for case in plan.cases}


@given(analysis=bursts(), history=histories())
def test_what_is_passed_over_leaves_nothing_and_what_has_a_reference_is_never_passed_over(
    analysis: Analysis, history: History
) -> None:
    plan = decided(analysis, history)
    if plan.outcome == "passed_over":
        assert (plan.cases, plan.letter, plan.notes, plan.lane, plan.joins) == ((), None, (), None, None)
        assert history.thread is None
        assert analysis.classification is not None
        assert analysis.chat is not None
        assert (plan.hands_over, plan.not_acknowledged, plan.reopens) == (analysis.chat.wants_person, False, False)
        assert not analysis.classification.kinds
        assert not analysis.classification.needs_person
    else:
        assert plan.lane is not None
        joined = history.thread is not None and history.thread.tie == "chat_thread"
        assert plan.outcome == ("follow_up" if joined else "enquiry")


@given(analysis=bursts(), history=histories())
def test_a_case_without_a_visible_word_is_marked_and_every_silence_has_its_reason(
    analysis: Analysis, history: History
) -> None:
    plan = decided(analysis, history)
    assert plan.not_acknowledged == (bool(plan.cases) and not visible(plan))
    assert (plan.letter is None) == bool(plan.no_letter_because)
    assert plan.trace
    told = note(plan)
    if plan.cases or plan.outcome == "enquiry":
        assert told is not None
    if told is not None:
        assert told.visible_reply == visible(plan)
        reachable = analysis.chat is not None and analysis.chat.way_to_answer
        dated = {case.kind for case in plan.cases if reachable or case.kind is not Kind.OPT_OUT}
        assert (told.due_on is not None) == bool(dated & set(told.kinds))
        assert (told.perhaps_due_on is not None) == (bool(dated) and not dated & set(told.kinds))
    if plan.hands_over and plan.letter is not None:
        assert note(plan, "hand_over") is None
    assert decided(analysis, replace(history, handed_over=True)).letter is None
