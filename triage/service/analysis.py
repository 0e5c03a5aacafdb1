"""Bytes to Analysis: parse, ask the gate whether to read at all, read. Pure but for what the reader has loaded."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from triage.domain.classification import Classification, Script
from triage.domain.gate import Desk, GateTable, judge, may_read
from triage.domain.plan import Analysis
from triage.domain.policy import Policy
from triage.parsing.mail import read_mail


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

    def analyse(self, raw: bytes, received_at: datetime | None, size_bytes: int | None = None) -> Analysis:
        """Read one mail. `received_at` None: taken from its headers. Raises AnalysisFailed."""
        enquiry, facts = read_mail(
            raw,
            received_at=received_at,
            size_bytes=size_bytes,
            own_marker=self.table.own_marker,
            desk_domains=self.desk.own_domains,
            forms=self.policy.form_mail,
        )
        gate = judge(facts, self.table, self.desk, self.policy, None)
        reading = None
        if may_read(gate, facts):
            script = Script(
                channel=enquiry.channel,
                subject=enquiry.subject,
                text=enquiry.full_text,
                passages=enquiry.passages,
            )
            reading = self.reader.read(script)
        return Analysis(enquiry=enquiry, facts=facts, classification=reading)
