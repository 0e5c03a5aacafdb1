"""Columns that hold what people wrote: sealed on their way in and opened on their way out where there is a storage key.

The key hangs on the engine's dialect, which SQLAlchemy hands to every type. Without one nothing is done, at no cost.
A column's type and no other place says that it is sealed, and for which place: rekey.py finds them by it.
"""

import json
from collections.abc import Callable, Collection
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, Dialect, LargeBinary, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Engine
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import TypeDecorator, TypeEngine

from triage.adapters.key_proof import SEALED_BEGIN
from triage.adapters.store.columns import dump_json, scrub
from triage.errors import SealBroken

if TYPE_CHECKING:  # the library behind it is loaded where there is a key
    from triage.adapters.sealing import Sealer

Change = Callable[[Any], Any]
_ATTRIBUTE = "storage_sealer"


def seal_columns(engine: Engine, sealer: "Sealer") -> None:
    """From now on everything this engine writes into these columns is sealed."""
    setattr(engine.dialect, _ATTRIBUTE, sealer)


def sealer_on(dialect: Dialect) -> "Sealer | None":
    """The sealer of an engine's dialect."""
    return getattr(dialect, _ATTRIBUTE, None)


def is_sealed(connection: AsyncConnection) -> bool:
    """Whether SQL cannot look into these columns here, so that whoever searches them has to read them."""
    return sealer_on(connection.dialect) is not None


class SealedColumn(TypeDecorator[Any]):
    """What all have in common. `place` is what a sealed value is bound to: table and column."""

    impl: type[TypeEngine[Any]] = Text
    cache_ok = True
    place: str

    def rewritten(self, value: Any, change: Change) -> Any:
        """The value with `change` made to everything of it that is, or is to be, sealed."""
        return change(value)

    def may_be_plain(self, value: Any) -> bool:  # noqa: ARG002
        """Whether this, which does not open, may be read as it stands."""
        return False

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Sealed, where there is a key."""
        sealer = sealer_on(dialect)
        if value is None or sealer is None:
            return value
        return self.rewritten(value, partial(sealer.seal, self.place))

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        """Opened, where there is a key; else whatever the column does without one, which is mostly nothing."""
        read, sealer = super().result_processor(dialect, coltype), sealer_on(dialect)
        if sealer is None:
            return read
        open_one = self.opener(sealer)

        def opened(value: Any) -> Any:
            value = value if read is None else read(value)
            return None if value is None else open_one(value)

        return opened

    def opener(self, sealer: "Sealer") -> Change:
        """What opens a value of the column."""
        return partial(self.rewritten, change=partial(sealer.open, self.place))


class SealedText(SealedColumn):
    """Text from outside: scrubbed like `Words`, then sealed."""

    cache_ok = True

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """See Words."""
        return super().process_bind_param(None if value is None else scrub(value), dialect)


class SealedBytes(SealedColumn):
    """Bytes. With `plain_too` what was never sealed is read as it is: a hook without the key may have stored it."""

    impl: type[TypeEngine[Any]] = LargeBinary
    cache_ok = True

    def __init__(self, place: str, *, plain_too: bool = False) -> None:
        super().__init__()
        self.place = place
        self.plain_too = plain_too

    def may_be_plain(self, value: Any) -> bool:
        """What begins as sealed bytes do is not."""
        return self.plain_too and not value.startswith(SEALED_BEGIN)

    def opener(self, sealer: "Sealer") -> Change:
        """Sealed, or where that is allowed in plain."""
        strict = super().opener(sealer)
        return lambda value: value if self.may_be_plain(value) else strict(value)


class SealedJson(SealedColumn):
    """JSON. Sealed is the text under the names `leaves`, wherever it stands, so that SQL can look at the rest; without
    names the whole value, as one text."""

    impl: type[TypeEngine[Any]] = JSON
    cache_ok = True

    def __init__(self, place: str, leaves: Collection[str] = ()) -> None:
        super().__init__(none_as_null=True)
        self.place = place
        self.leaves = tuple(leaves)

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """See columns.Json."""
        kind = JSONB if dialect.name == "postgresql" else JSON
        return dialect.type_descriptor(kind(none_as_null=True))

    def coerce_compared_value(self, op: OperatorType | None, value: Any) -> TypeEngine[Any]:
        """What stands in brackets behind the column is a name in it, and no JSON of its own."""
        return self.impl_instance.coerce_compared_value(op, value)

    def rewritten(self, value: Any, change: Change) -> Any:
        """Leaf by leaf, or as one text."""
        if self.leaves:
            return self._walked(value, change)
        return change(value if isinstance(value, str) else dump_json(value))

    def opener(self, sealer: "Sealer") -> Change:
        """A value that is one sealed text becomes what it was."""
        opened = super().opener(sealer)
        return opened if self.leaves else partial(self._read, opened)

    def _read(self, opened: Change, value: Any) -> Any:
        if not isinstance(value, str):
            raise SealBroken(self.place)
        return json.loads(opened(value))

    def _walked(self, value: Any, change: Change) -> Any:
        if isinstance(value, list | tuple):
            return [self._walked(inner, change) for inner in value]
        if not isinstance(value, dict):
            return value
        return {
            name: change(scrub(inner))
            if name in self.leaves and isinstance(inner, str)
            else self._walked(inner, change)
            for name, inner in value.items()
        }
