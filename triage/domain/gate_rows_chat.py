"""The gate's rows 101 to 106: may anything be visible in a chat? The table is in docs/gate.md."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from triage.domain.gate_values import GateHit, GateVerdict
from triage.domain.plan import History, SentCounts
from triage.domain.policy import Policy
from triage.domain.sending_limits import limit_reached
from triage.domain.told import ChatFacts
from triage.domain.vocabulary import GateAnswer

AGENT_ROW, HANDED_OVER_ROW, CAP_ROW, BREAKER_ROW = 101, 102, 103, 106


def judge_chat(chat: ChatFacts, history: History, policy: Policy, received_at: datetime, now: datetime) -> GateVerdict:
    """May anything be visible in this thread? Rows 101 to 106 of docs/gate.md; every hit is kept with its reason."""
    hits = tuple(
        GateHit(row=row, act=GateAnswer.HOLD, why=why) for row, why in _holds(chat, history, policy, now - received_at)
    )
    return GateVerdict(answer=GateAnswer.HOLD if hits else GateAnswer.ACK, hits=hits)


def _holds(chat: ChatFacts, history: History, policy: Policy, age: timedelta) -> Iterator[tuple[int, str]]:
    rules = policy.chat
    if chat.agent_present and rules.silent_with_agent:
        yield AGENT_ROW, "a colleague is in the thread"
    if history.handed_over:
        yield HANDED_OVER_ROW, "in this chat a person has been asked for"
    if rules.replies_per_thread_hour == 0:
        yield CAP_ROW, "automatic replies in chats are switched off"
    elif history.thread_replies_hour >= rules.replies_per_thread_hour:
        yield CAP_ROW, f"the limit of {rules.replies_per_thread_hour} automatic replies within an hour is reached"
    if age > timedelta(hours=rules.answer_within_hours):
        yield 104, f"it is over {rules.answer_within_hours} hours old, and the window is probably closed"
    if chat.closed:
        yield 105, "the conversation is closed, archived or marked as spam"
    everyone = SentCounts(global_10_minutes=history.sent.global_10_minutes, breaker_open=history.sent.breaker_open)
    if reached := limit_reached(everyone, policy.limits, ""):
        yield BREAKER_ROW, reached
