"""Analysts that misbehave, for the pool's processes: a mail's first word says how."""

import os
import time
from dataclasses import replace
from datetime import datetime

from tests.factories import make_analysis
from triage.domain.plan import Analysis
from triage.domain.vocabulary import Channel

HANG, DIE, DEVOUR, DESCEND, RAISE = b"hang", b"die", b"devour", b"descend", b"raise"


class BadAnalyst:
    """Hangs, dies, devours memory, descends too deep or raises, as the mail says; else it reads nothing much."""

    def analyse(
        self,
        raw: bytes,
        received_at: datetime | None,
        size_bytes: int | None = None,
        channel: Channel = Channel.EMAIL,
    ) -> Analysis:
        """Do as the mail says."""
        acts = {HANG: _hang, DIE: _die, DEVOUR: _devour, DESCEND: _descend, RAISE: _raise}
        if raw in acts:
            acts[raw]()
        analysis = make_analysis()
        return replace(analysis, enquiry=replace(analysis.enquiry, subject=raw.decode(), defects=(str(os.getpid()),)))


def build() -> BadAnalyst:
    """What a pool process builds."""
    return BadAnalyst()


def _hang() -> None:
    time.sleep(60)


def _die() -> None:
    os._exit(7)


def _devour() -> None:
    bytearray(8 * 1024**3)


def _descend() -> None:
    _descend()


def _raise() -> None:
    raise LookupError("of the mail with ana@customer.example")
