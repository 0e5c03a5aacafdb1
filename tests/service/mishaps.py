"""What goes wrong at a desk: a relay that fails at times, a worker that is killed at any moment. By dice."""

from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

from tests.service.fakes import Clock
from triage.adapters.store.sql_store import SqlStore
from triage.errors import DeliveryDeferred, DeliveryRefused, DeliveryUnclear
from triage.ports import Letter


class Killed(BaseException):
    """The worker is killed: nothing in it may catch this."""


@dataclass
class Relay:
    """Takes letters and remembers every one that left; fails, and kills who hands over, by dice.

    `refuses`: the share it refuses for good. A mail to staff is never refused here: then nobody would be told, which is
    an alarm of its own (`notice_not_sent`)."""

    dice: Random
    refuses: float = 0.0
    gone: list[Letter] = field(default_factory=list)
    gone_at: list[datetime] = field(default_factory=list)
    clock: Clock = field(default_factory=Clock)

    async def send(self, letter: Letter) -> None:
        """See ports.Sender."""
        fate = self.dice.random()
        if fate < 0.03:
            raise DeliveryDeferred("not now")
        if fate < 0.03 + self.refuses:
            raise DeliveryRefused("no")
        self.gone.append(letter)
        self.gone_at.append(self.clock())
        if fate > 0.997:
            raise DeliveryUnclear("the line broke")
        if fate > 0.995:
            raise Killed

    async def close(self) -> None:
        """Nothing is kept open."""


class Mortal:
    """A store whose user may be killed at any call of it, before or after the call."""

    def __init__(self, store: SqlStore, dice: Random) -> None:
        self._store, self._dice = store, dice

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._store, name)
        if not callable(real):
            return real

        async def call(*values: object, **named: object) -> object:
            fate = self._dice.random()
            if fate < 0.004:
                raise Killed
            result = await real(*values, **named)
            if fate > 0.996:
                raise Killed
            return result

        return call
