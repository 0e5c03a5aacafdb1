"""What people write to the desk in the course of years, by dice: requests by every channel, replies of every mood,
mails that come twice, letters that come back. Read already: a message is the analysis that reading it would give."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from tests.factories import make_analysis, make_classification, make_enquiry, make_facts, make_new_item
from tests.service.visitors import Visitors
from triage.domain.classification import Classification
from triage.domain.enquiry import Correspondent, Passage
from triage.domain.plan import Analysis
from triage.domain.reference import FIRST_FORM_NUMBER, make_reference
from triage.domain.told import EntryFacts, FormFacts
from triage.domain.vocabulary import Channel, Flag, Kind, Role
from triage.errors import AnalysisFailed
from triage.ports import Item, Letter, NewItem

_KINDS = (
    *(Kind.ACCESS,) * 35,
    *(Kind.DELETION,) * 20,
    *(Kind.OPT_OUT,) * 15,
    *(Kind.COMPLAINT,) * 15,
    *(Kind.CORRECTION,) * 8,
    *(Kind.OTHER_RIGHT,) * 7,
)
# Who writes again has often something to complain of: their own request, or once more.
_WISHES_MORE = (*_KINDS, *(Kind.COMPLAINT,) * 60)
_CHANNELS = (*(Channel.EMAIL,) * 80, *(Channel.FORM,) * 8, *(Channel.POST,) * 7, *(Channel.PHONE,) * 5)
_FLAGS = (Flag.BREACH_REPORT, Flag.REGULATOR_OR_COURT, Flag.SOLICITOR, Flag.SPECIAL_CATEGORY, Flag.REPRESENTATIVE)
_SAID = (
    "Any news?",
    "It has been five weeks and I still haven't heard from you.",
    "I do not accept your decision.",
    "I am still not satisfied.",
    "Actually, don't delete it.",
    "I've changed my mind.",
    "Thank you, here is what you asked for.",
    "My customer number is the one you have.",
)
_OPENING = "Please do what I ask for under data protection law."


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Somebody who wrote by mail, and the Message-ID of what opened their thread."""

    address: str
    message_id: str


@dataclass
class Traffic:
    """Makes items, and reads them when the desk asks: an Analyser."""

    dice: Random
    people: list[Person] = field(default_factory=list)
    desks: Sequence[str] = ("dataprotection@larkfield.example",)
    visitors: Visitors | None = None
    _read: dict[str, Analysis] = field(default_factory=dict)
    _broken: set[str] = field(default_factory=set)
    _last: tuple[NewItem, Analysis] | None = None
    _count: int = 0

    async def analyse(self, item: Item) -> Analysis:
        """See ports.Analyser."""
        if item.channel is Channel.CHAT and self.visitors is not None:
            return await self.visitors.analyse(item)
        if item.key in self._broken:
            raise AnalysisFailed("unreadable", "nobody can read this")
        return self._read.pop(item.key)

    def mend(self, key: str) -> None:
        """What could not be read can be read from now on."""
        self._broken.discard(key)

    def since(self, before: datetime, now: datetime, requests: float, letters: Sequence[Letter]) -> list[NewItem]:
        """What came since `before`: on average so many `requests`, with what comes beside them. `letters`: our last."""
        dice, span = self.dice, now - before
        count = int(requests) + (dice.random() < requests % 1)
        replies = int(count * 0.4) + (dice.random() < 0.4)
        came = [self.arrival(before + span * dice.random()) for _ in range(count)]
        came += [one for _ in range(replies) if (one := self.reply(before + span * dice.random()))]
        came += [one for one in (self.twice(),) if one is not None and dice.random() < 0.2]
        if letters and dice.random() < 0.3:
            came.append(self.comes_back(dice.choice(letters), now))
        return sorted(came, key=lambda one: one.received_at)

    def arrival(self, received_at: datetime) -> NewItem:
        """A request or complaint of somebody, by any channel; now and then of somebody who wrote before."""
        self._count += 1
        channel = self.dice.choice(_CHANNELS)
        drawn = {self.dice.choice(_KINDS) for _ in range(self.dice.choice((1, 1, 1, 1, 1, 2)))}
        kinds = tuple(kind for kind in Kind if kind in drawn)
        flags = tuple(self.dice.sample(_FLAGS, 1)) if self.dice.random() < 0.05 else ()
        if Kind.COMPLAINT in kinds and self.dice.random() < 0.1:
            flags = (*flags, Flag.ABOUT_THE_DPO)
        if channel is Channel.EMAIL:
            again = bool(self.people) and self.dice.random() < 0.1
            address = self.dice.choice(self.people).address if again else self._address()
            return self._mail(address, _OPENING, kinds, received_at, flags=flags, opens=True)
        return self._told(channel, kinds, flags, received_at)

    def reply(self, received_at: datetime) -> NewItem | None:
        """Somebody writes again in their thread: mostly about what stands, at times with a further wish."""
        if not self.people:
            return None
        self._count += 1
        # Who wrote lately writes again sooner.
        back = min(len(self.people), int(self.dice.expovariate(1 / 150)) + 1)
        person = self.people[-back]
        kinds = (self.dice.choice(_WISHES_MORE),) if self.dice.random() < 0.2 else ()
        said = self.dice.choice(_SAID)
        return self._mail(person.address, said, kinds, received_at, answers=(person.message_id,))

    def twice(self) -> NewItem | None:
        """The last mail once more, under another key."""
        if self._last is None:
            return None
        item, analysis = self._last
        again = make_new_item(raw=item.raw, received_at=item.received_at)
        self._read[again.key] = analysis
        return again

    def comes_back(self, letter: Letter, received_at: datetime) -> NewItem:
        """The report of a mail system that a letter of ours did not arrive."""
        self._count += 1
        sender = "mailer-daemon@customer.example"
        text = f"The mail could not be delivered. ({self._count})"
        facts = make_facts(
            from_addresses=(sender,),
            from_header_count=1,
            return_path="",
            subject="Undelivered mail returned to sender",
            delivery_status=("failed", "5.1.1"),
            returned_ids=(letter.message_id,),
            thread_ids=(letter.message_id,),
        )
        enquiry = make_enquiry(
            sender=Correspondent(name="", address=sender),
            received_at=received_at,
            full_text=text,
            message_id=f"<back{self._count}@customer.example>",
            references=(letter.message_id,),
        )
        return self._kept(make_analysis(enquiry=enquiry, facts=facts, classification=None), Channel.EMAIL, received_at)

    def _desk(self) -> str:
        """Whom they write to: mostly the company everybody knows."""
        return self.desks[0] if self.dice.random() < 0.8 else self.dice.choice(self.desks)

    def _address(self) -> str:
        return f"person{self._count}@mail{self._count % 1499}.example"

    def _mail(
        self,
        address: str,
        said: str,
        kinds: tuple[Kind, ...],
        received_at: datetime,
        *,
        flags: tuple[Flag, ...] = (),
        answers: Sequence[str] = (),
        opens: bool = False,
    ) -> NewItem:
        message_id = f"<{self._count}@mail.example>"
        text = f"{said}\n({self._count})"
        enquiry = make_enquiry(
            sender=Correspondent(name="Ana Example", address=address),
            received_at=received_at,
            full_text=text,
            passages=(Passage(role=Role.OWN, start=0, end=len(text)),),
            message_id=message_id,
            references=tuple(answers),
            content_sha256=hashlib.sha256(text.encode()).hexdigest(),
        )
        facts = make_facts(
            from_addresses=(address,),
            from_header_count=1,
            return_path=address,
            recipients=(self._desk() if opens else self.desks[0],),
            recipient_count=1,
            subject=enquiry.subject,
            body=text,
            thread_ids=tuple(answers),
        )
        analysis = make_analysis(enquiry=enquiry, facts=facts, classification=self._reading(kinds, flags))
        if opens:
            self.people.append(Person(address=address, message_id=message_id))
        item = self._kept(analysis, Channel.EMAIL, received_at)
        if self.dice.random() < 0.02:
            self._broken.add(item.key)
        self._last = (item, analysis)
        return item

    def _told(
        self, channel: Channel, kinds: tuple[Kind, ...], flags: tuple[Flag, ...], received_at: datetime
    ) -> NewItem:
        """By form, or taken down by a colleague; some leave no way to answer."""
        reachable = self.dice.random() < 0.8
        sender = Correspondent(name="Ana Example", address=self._address()) if reachable else None
        enquiry = make_enquiry(
            channel=channel, sender=sender, received_at=received_at, message_id=None, full_text=_OPENING
        )
        form = entry = None
        if channel is Channel.FORM:
            form = FormFacts(
                reference=make_reference(received_at.year, FIRST_FORM_NUMBER + self._count),
                declared=kinds,
                held_because="",
                earlier_reference="",
                way_to_answer=reachable,
            )
        else:
            lag = timedelta(days=self.dice.choice((0, 0, 1, 3)))
            on: date = (received_at - lag).date()
            entry = EntryFacts(declared=kinds, received_on=on, by="colleague", way_to_answer=reachable)
        reading = self._reading(kinds, flags)
        analysis = make_analysis(enquiry=enquiry, facts=make_facts(), classification=reading, form=form, entry=entry)
        return self._kept(analysis, channel, received_at)

    def _reading(self, kinds: tuple[Kind, ...], flags: tuple[Flag, ...]) -> Classification:
        sure = kinds if self.dice.random() < 0.85 else ()
        return make_classification(kinds=kinds, sure_kinds=sure, needs_person=bool(kinds) and not sure, flags=flags)

    def _kept(self, analysis: Analysis, channel: Channel, received_at: datetime) -> NewItem:
        raw = f"message {self._count}".encode()
        item = make_new_item(channel=channel, received_at=received_at, raw=raw)
        self._read[item.key] = analysis
        return item
