"""The JSON that items of chat, form and hand-typed cases are stored as: written compactly, read strictly."""

import json
from collections.abc import Mapping
from datetime import date, datetime

from triage.errors import AnalysisFailed

VERSION = 1


def broken(what: str) -> AnalysisFailed:
    """The one error of these items. `what` names the fault, never a value."""
    return AnalysisFailed("broken_item", f"the stored item cannot be read: {what}")


def write_item(name: str, fields: Mapping[str, object]) -> bytes:
    """The bytes of an item of the sort `name`. ASCII only: a chat may hold half a character, which UTF-8 cannot."""
    return json.dumps({"v": VERSION, name: fields}, separators=(",", ":")).encode("ascii")


def read_item(raw: bytes, name: str) -> "Fields":
    """The fields of an item of the sort `name`. Raises AnalysisFailed for anything else."""
    try:
        whole: object = json.loads(raw)
    except (ValueError, RecursionError):
        raise broken("it is no JSON") from None
    fields = Fields.of(whole, "the item")
    if fields.get("v") != VERSION:
        raise broken("its version is unknown")
    return fields.inner(name)


class Fields:
    """A JSON object whose fields must be there and of their type. Keys it does not know are left alone."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self._values = values

    @classmethod
    def of(cls, value: object, name: str) -> "Fields":
        """`value` as an object. Raises AnalysisFailed."""
        if not isinstance(value, dict):
            raise broken(f"{name} is no object")
        return cls(value)

    def get(self, name: str) -> object:
        """A field as it is. Raises AnalysisFailed where it is missing."""
        if name not in self._values:
            raise broken(f"{name} is missing")
        return self._values[name]

    def inner(self, name: str) -> "Fields":
        """A field that is an object."""
        return Fields.of(self.get(name), name)

    def inners(self, name: str) -> tuple["Fields", ...]:
        """A field that is a list of objects."""
        return tuple(Fields.of(one, name) for one in self._list(name))

    def text(self, name: str) -> str:
        """A field that is a text."""
        return _text(self.get(name), name)

    def texts(self, name: str) -> tuple[str, ...]:
        """A field that is a list of texts."""
        return tuple(_text(one, name) for one in self._list(name))

    def flag(self, name: str) -> bool:
        """A field that is true or false."""
        value = self.get(name)
        if not isinstance(value, bool):
            raise broken(f"{name} is neither true nor false")
        return value

    def time(self, name: str) -> datetime:
        """A field that is a time with its offset (ISO 8601)."""
        try:
            found = datetime.fromisoformat(self.text(name))
        except ValueError:
            raise broken(f"{name} is no time") from None
        if found.utcoffset() is None:
            raise broken(f"{name} has no offset")
        return found

    def day(self, name: str) -> date:
        """A field that is a date (ISO 8601)."""
        try:
            return date.fromisoformat(self.text(name))
        except ValueError:
            raise broken(f"{name} is no date") from None

    def _list(self, name: str) -> list[object]:
        value = self.get(name)
        if not isinstance(value, list):
            raise broken(f"{name} is no list")
        return value


def _text(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise broken(f"{name} is no text")
    return value
