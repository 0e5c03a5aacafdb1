"""The sample inbox through parser, gate, reader and decision, beside what a careful officer expects of each mail."""

import re
import tomllib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from triage.bootstrap.analyst import build_analyst
from triage.demo.chats import Expected, SampleChat, sample_chats
from triage.demo.samples import SAMPLES
from triage.domain.chat import Burst, ChatLine, ChatPlace
from triage.domain.decide import decide
from triage.domain.gate import Desk
from triage.domain.plan import History, Plan, Thread
from triage.domain.vocabulary import Channel, Lane
from triage.parsing.told import burst_bytes
from triage.service.analysis import Analyst

RULES = Path(__file__).parents[2] / "rules"
NOW = datetime(2026, 11, 22, 13, 0, tzinfo=UTC)
DESK = Desk(
    mailbox_address="dataprotection@larkfield.example",
    aliases=(),
    own_domains=("larkfield.example",),
    secret=b"a secret for tests only",
)
EXPECTED = {
    path.stem: tomllib.loads(path.with_suffix(".expected.toml").read_text(encoding="utf-8"))
    for path in sorted(SAMPLES.glob("*.eml"))
}
# The first reader knows wording, not meaning: three of four mails by an unseen hand exactly as expected is its mark.
EXACTLY_AS_EXPECTED = 0.75


@pytest.fixture(scope="module")
def analyst() -> Analyst:
    return build_analyst(RULES, DESK)


@pytest.fixture(scope="module")
def plans(analyst: Analyst) -> dict[str, Plan]:
    return {
        name: decide(
            analyst.analyse((SAMPLES / f"{name}.eml").read_bytes(), None),
            History(),
            analyst.policy,
            DESK,
            analyst.table,
            NOW,
            store_read=False,
        )
        for name in EXPECTED
    }


def letter_of(plan: Plan) -> str:
    return plan.letter.facts.purpose.value if plan.letter else "none"


@pytest.mark.parametrize("name", EXPECTED)
def test_the_gate_answers_as_expected(plans: dict[str, Plan], name: str) -> None:
    assert plans[name].gate.answer == EXPECTED[name]["gate"]


@pytest.mark.parametrize("name", EXPECTED)
def test_no_request_is_filed_where_nobody_looks(plans: dict[str, Plan], name: str) -> None:
    if EXPECTED[name].get("kinds"):
        assert plans[name].lane not in {Lane.NOT_REQUESTS, Lane.AUTOMATIC_MAIL}


@pytest.mark.parametrize("name", EXPECTED)
def test_whoever_must_get_no_letter_gets_none(plans: dict[str, Plan], name: str) -> None:
    if EXPECTED[name].get("letter") == "none":
        assert letter_of(plans[name]) == "none"


def test_most_mails_come_out_exactly_as_a_careful_officer_expects(plans: dict[str, Plan]) -> None:
    def as_expected(name: str) -> bool:
        plan, wanted = plans[name], EXPECTED[name]
        seen = {
            "kinds": sorted(case.kind.value for case in plan.cases),
            "lane": plan.lane,
            "letter": letter_of(plan),
        }
        return all(
            seen[key] == (sorted(value) if key == "kinds" else value) for key, value in wanted.items() if key in seen
        )

    right = [name for name in EXPECTED if as_expected(name)]
    assert len(right) >= EXACTLY_AS_EXPECTED * len(EXPECTED), sorted(set(EXPECTED) - set(right))


# The sample chats, through the same reader and decision; the desk itself is played by the demo's own test.

PLACE = ChatPlace(portal_id="44556677", thread_id="8123456789", channel_id="1000", channel_account_id="250001")


def typed(chat: SampleChat, lines: Sequence[str], earlier: Sequence[str], *, agent_present: bool) -> bytes:
    """A burst of a sample chat."""

    def chat_lines(texts: Sequence[str], prefix: str) -> tuple[ChatLine, ...]:
        return tuple(
            ChatLine(message_id=f"{prefix}{number}", sent_at=NOW, text=text) for number, text in enumerate(texts)
        )

    return burst_bytes(
        Burst(
            place=PLACE,
            contact_id="70110",
            sender_name=chat.name,
            sender_address=chat.address,
            lines=chat_lines(lines, f"{len(earlier)}-"),
            earlier=chat_lines(earlier, "earlier-"),
            agent_present=agent_present,
        )
    )


def after(history: History, plan: Plan) -> History:
    """What the store would know once `plan` is filed."""
    if plan.outcome == "passed_over":
        return history
    known = history.thread.open_kinds if history.thread else ()
    return History(
        thread=Thread(
            reference="DP-2026-00042-K7",
            tie="chat_thread",
            sender_is_participant=True,
            open_kinds=known + tuple(case.kind for case in plan.cases),
            case_count=len(known) + len(plan.cases),
        ),
        handed_over=history.handed_over or plan.hands_over,
        thread_replies_hour=history.thread_replies_hour + shown(plan),
    )


def shown(plan: Plan) -> int:
    """How many posts of a plan the visitor sees."""
    return (plan.letter is not None) + sum(not note.internal for note in plan.notes)


@pytest.mark.parametrize("chat", sample_chats(), ids=lambda chat: chat.key)
def test_every_burst_of_a_sample_chat_comes_out_as_expected(analyst: Analyst, chat: SampleChat) -> None:
    history, earlier, colleague = History(), [], False
    for turn in chat.turns:
        if turn.expected is None:
            colleague = True
            continue
        raw = typed(chat, turn.lines, earlier, agent_present=colleague)
        analysis = analyst.analyse(raw, NOW, len(raw), Channel.CHAT)
        plan = decide(analysis, history, analyst.policy, DESK, analyst.table, NOW)
        assert turn.expected == Expected(
            outcome=plan.outcome,
            kinds=tuple(case.kind.value for case in plan.cases),
            lane=plan.lane,
            replies=shown(plan),
            notes=sum(note.internal for note in plan.notes),
        )
        history, earlier = after(history, plan), [*earlier, *turn.lines]


def test_the_sample_chats_show_every_way_a_chat_can_go() -> None:
    turns = [turn for chat in sample_chats() for turn in chat.turns]
    expected = [turn.expected for turn in turns if turn.expected is not None]
    assert {one.outcome for one in expected} == {"enquiry", "follow_up", "passed_over"}
    assert {(one.replies, one.notes) for one in expected} == {(1, 1), (0, 1), (0, 0)}
    assert any(turn.expected is None for turn in turns)
    assert any(not chat.address for chat in sample_chats())
    assert all(re.fullmatch(r"\S+@\S+\.example|", chat.address) for chat in sample_chats())
