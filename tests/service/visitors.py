"""Who types at the website's chat in the course of years, by dice: most only talk, some ask, and come back to it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from tests.factories import make_analysis, make_classification, make_facts
from tests.service.fake_chat import FakeConversations, events, make_thread
from triage.domain.classification import Classification
from triage.domain.plan import Analysis
from triage.domain.told import ChatFacts
from triage.domain.vocabulary import Channel, Kind
from triage.parsing.told import read_told
from triage.ports import Item, NewItem

_KINDS = (*(Kind.ACCESS,) * 4, *(Kind.DELETION,) * 4, *(Kind.OPT_OUT,) * 3, *(Kind.COMPLAINT,) * 3, Kind.CORRECTION)
_NOTHING: tuple[Kind, ...] = ()


@dataclass
class Visitors:
    """Say lines in `conversations`, and say how each reads: an Analyser of bursts."""

    dice: Random
    conversations: FakeConversations
    _readings: dict[str, Classification] = field(default_factory=dict)
    _asked: list[str] = field(default_factory=list)
    _count: int = 0

    def come(self, visits: float) -> Iterator[tuple[NewItem, ...]]:
        """So many visits on average; the events of each, to be heard before the next is made."""
        for _ in range(int(visits) + (self.dice.random() < visits % 1)):
            yield self._visit()

    async def analyse(self, item: Item) -> Analysis:
        """See ports.Analyser."""
        enquiry, chat = read_told(item.raw, Channel.CHAT, item.received_at)
        assert isinstance(chat, ChatFacts)
        return make_analysis(
            enquiry=enquiry, facts=make_facts(), classification=self._readings[chat.place.thread_id], chat=chat
        )

    def _visit(self) -> tuple[NewItem, ...]:
        self._count += 1
        is_back = bool(self._asked) and self.dice.random() < 0.4
        thread = self.dice.choice(self._asked[-20:]) if is_back else f"8{self._count:06}"
        asks = self.dice.random() < (0.3 if is_back else 0.6)
        kinds = (self.dice.choice(_KINDS),) if asks else _NOTHING
        sure = kinds if self.dice.random() < 0.85 else _NOTHING
        self._readings[thread] = make_classification(kinds=kinds, sure_kinds=sure, needs_person=kinds != sure)
        if asks and not is_back:
            self._asked.append(thread)
        return self._says(thread, "Please do what I ask for." if asks else "Any news of what I ordered?")

    def _says(self, thread: str, words: str) -> tuple[NewItem, ...]:
        """Most leave an address; nobody can reach the others once they are gone."""
        visitor = f"7{thread}"
        left = f" Write to visitor{visitor}@customer.example" if self.dice.random() < 0.6 else ""
        self.conversations.threads.setdefault(thread, make_thread(thread, contact_id=visitor))
        who = {"sender_actor": f"V-{visitor}", "created_by": f"V-{visitor}"}
        message = self.conversations.say(f"{words}{left} ({self._count})", thread, **who)
        return events(message, at=self.conversations.clock())
