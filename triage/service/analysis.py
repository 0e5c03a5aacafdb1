"""Bytes to Analysis: parse, ask the gate whether to read a mail at all, read. Pure but for what the reader loaded."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from triage.domain.across import with_what_runs_across
from triage.domain.classification import Classification, Script
from triage.domain.declared import with_declared
from triage.domain.enquiry import Enquiry
from triage.domain.gate import Desk, GateTable, judge, may_read
from triage.domain.mail_facts import MailFacts
from triage.domain.plan import Analysis
from triage.domain.policy import Policy
from triage.domain.told import ChatFacts, EntryFacts, FormFacts
from triage.domain.vocabulary import Channel, Kind, Role
from triage.parsing.mail import read_mail
from triage.parsing.told import read_told

# A line of emoji or blanks asks for nothing; among chats it is no reason to call a person.
_WORDLESS = Classification(
    kinds=(), scores=dict.fromkeys(Kind, 0.0), needs_person=False, request_score=0.0, language="en"
)


class Reads(Protocol):
    """The reader as this story needs it."""

    def read(self, script: Script) -> Classification:
        """Kinds, scores and reasons of a text."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Analyst:
    """Everything an item's analysis needs, built once per process."""

    policy: Policy
    table: GateTable
    desk: Desk
    reader: Reads

    def analyse(
        self,
        raw: bytes,
        received_at: datetime | None,
        size_bytes: int | None = None,
        channel: Channel = Channel.EMAIL,
    ) -> Analysis:
        """Read one item. `received_at` None: taken from what it says itself. Raises AnalysisFailed."""
        if channel is Channel.EMAIL:
            return self._mail(raw, received_at, size_bytes)
        return self._told(raw, received_at, channel)

    def _mail(self, raw: bytes, received_at: datetime | None, size_bytes: int | None) -> Analysis:
        enquiry, facts = read_mail(
            raw,
            received_at=received_at,
            size_bytes=size_bytes,
            own_marker=self.table.own_marker,
            desk_domains=self.desk.own_domains,
            forms=self.policy.form_mail,
        )
        gate = judge(facts, self.table, self.desk, self.policy, None)
        reading = self._read(enquiry) if may_read(gate, facts) else None
        return Analysis(enquiry=enquiry, facts=facts, classification=reading)

    def _told(self, raw: bytes, received_at: datetime | None, channel: Channel) -> Analysis:
        """Chat, form and what a colleague typed: there is no gate of mail, a person's words are always read."""
        enquiry, told = read_told(raw, channel, received_at, own_domains=self.desk.own_domains)
        if isinstance(told, ChatFacts):
            return _analysis(enquiry, told, self._chat(enquiry, told))
        reading = self._read(enquiry)
        if isinstance(told, FormFacts):
            reading = with_declared(reading, told.declared, "form.choice")
        else:
            reading = with_declared(reading, told.declared, "entry.choice")
        return _analysis(enquiry, told, reading)

    def _chat(self, enquiry: Enquiry, chat: ChatFacts) -> Classification:
        if not chat.only_attachments and not any(character.isalnum() for character in enquiry.own_words):
            return _WORDLESS
        reading = self._read(enquiry)
        border = next((passage.start for passage in enquiry.passages if passage.role is Role.OWN), 0)
        if not border:
            return reading
        return with_what_runs_across(reading, self._read(replace(enquiry, passages=())), border)

    def _read(self, enquiry: Enquiry) -> Classification:
        script = Script(
            channel=enquiry.channel,
            subject=enquiry.subject,
            text=enquiry.full_text,
            passages=enquiry.passages,
        )
        return self.reader.read(script)


def _analysis(enquiry: Enquiry, told: ChatFacts | FormFacts | EntryFacts, reading: Classification) -> Analysis:
    return Analysis(
        enquiry=enquiry,
        facts=MailFacts(),
        classification=reading,
        chat=told if isinstance(told, ChatFacts) else None,
        form=told if isinstance(told, FormFacts) else None,
        entry=told if isinstance(told, EntryFacts) else None,
    )
