"""What the clock is told and what it answers. Import these names from `triage.domain.clock`."""

from dataclasses import dataclass
from datetime import date, datetime

from triage.domain.vocabulary import Kind, Nation, Regime


@dataclass(frozen=True, kw_only=True, slots=True)
class Pause:
    """An access clarification: the day it was asked and the day it was answered (None: not yet)."""

    asked_on: date
    answered_on: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ClockFacts:
    """Everything that bears on a case's dates. `received` is an aware instant or already a local date."""

    kind: Kind
    received: datetime | date
    nation: Nation = Nation.ENGLAND
    regime: Regime = Regime.UK
    identity_asked_on: date | None = None
    identity_received_on: date | None = None
    authority_asked_on: date | None = None
    authority_received_on: date | None = None
    fee_asked_on: date | None = None
    fee_paid_on: date | None = None
    pauses: tuple[Pause, ...] = ()
    extended: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ClockDates:
    """The dates owed. A date the kind does not have is None; `trace` explains each one that it has."""

    kind: Kind
    received_on: date
    starts_on: date | None
    statutory_due: date | None
    safe_due: date | None
    shadow_due: date | None
    internal_target: date | None
    acknowledge_by: date | None
    acknowledge_target: date | None
    extension_notice_by: date | None
    trace: tuple[str, ...]

    @property
    def due_on(self) -> date | None:
        """The one day to show as due: what is safe to keep to. None while nothing runs until the person answers.

        An opt-out is due when marketing is to have stopped (UK GDPR Art 21(3): at once), not when telling so is.
        """
        if self.kind is Kind.OPT_OUT:
            return self.internal_target or self.statutory_due
        if self.kind is Kind.COMPLAINT:
            return self.acknowledge_by
        return self.safe_due
