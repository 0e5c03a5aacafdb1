"""What the stand-in takes for a right request: every key known, none missing, each of its type. Else 400."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from triage.demo.hubspot.world import Json


class Wrong(Exception):
    """A request answered with an error; `sub_category` is the one of its only entry below `errors`."""

    def __init__(self, status: int, category: str, message: str, sub_category: str = "") -> None:
        super().__init__(message)
        self.status, self.category, self.message, self.sub_category = status, category, message, sub_category


def bad(message: str, sub_category: str = "") -> Wrong:
    """A 400."""
    return Wrong(400, "VALIDATION_ERROR", message, sub_category)


def missing(what: str) -> Wrong:
    """A 404."""
    return Wrong(404, "OBJECT_NOT_FOUND", f"there is no such {what}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Shape:
    """Keys of an object and their types; all of `required` must be there, nothing beside `optional` may."""

    required: Mapping[str, type]
    optional: Mapping[str, type] = field(default_factory=dict)

    def check(self, value: object, where: str) -> Json:
        """The object, if it fits. Raises Wrong."""
        if not isinstance(value, dict):
            raise bad(f"{where} must be an object")
        known = {**self.required, **self.optional}
        for name in sorted(set(value) - set(known)):
            raise bad(f"{where} has the unknown key {name}")
        for name in sorted(set(self.required) - set(value)):
            raise bad(f"{where} lacks the key {name}")
        for name, found in value.items():
            if type(found) is not known[name]:
                raise bad(f"{where}.{name} is of the wrong type", "ConversationsApiError.INVALID_ARGUMENT_TYPE")
        return value


_MESSAGE = Shape(
    required={
        "type": str,
        "text": str,
        "senderActorId": str,
        "channelId": str,
        "channelAccountId": str,
        "recipients": list,
        "attachments": list,
    },
    optional={"richText": str, "subject": str},
)
_COMMENT = Shape(required={"type": str, "text": str}, optional={"richText": str, "attachments": list})
_RECIPIENT = Shape(
    required={"deliveryIdentifiers": list}, optional={"actorId": str, "recipientField": str, "name": str}
)
_DELIVERY = Shape(required={"type": str, "value": str})
_SEARCH = Shape(
    required={"filterGroups": list},
    optional={"properties": list, "limit": int, "after": str, "sorts": list, "query": str},
)
_GROUP = Shape(required={"filters": list})
_FILTER = Shape(required={"propertyName": str, "operator": str, "value": str})
_ACTORS = Shape(required={"inputs": list})
_DELIVERY_TYPES = ("HS_EMAIL_ADDRESS", "HS_PHONE_NUMBER", "CHANNEL_SPECIFIC_OPAQUE_ID")


def check_post(body: object, actors: Collection[str]) -> Json:
    """A reply or comment. Raises Wrong."""
    kind = body.get("type") if isinstance(body, dict) else None
    if kind == "COMMENT":
        return _COMMENT.check(body, "body")
    if kind != "MESSAGE":
        raise bad("body.type must be MESSAGE or COMMENT")
    post = _MESSAGE.check(body, "body")
    sender = str(post["senderActorId"])
    if not sender.startswith("A-"):
        raise bad("only an agent may send", "ConversationsApiError.UNSUPPORTED_ACTOR_TYPE")
    if sender not in actors:
        raise bad("there is no such sender")
    for recipient in _list(post["recipients"]):
        _check_recipient(recipient)
    return post


def _check_recipient(recipient: object) -> None:
    told = _RECIPIENT.check(recipient, "recipient")
    if str(told.get("actorId", "")).startswith("A-"):
        raise bad("an agent may not receive", "ConversationsApiError.UNSUPPORTED_ACTOR_TYPE")
    if told.get("recipientField", "TO") not in ("TO", "CC", "BCC"):
        raise bad("recipient.recipientField is unknown")
    for delivery in _list(told["deliveryIdentifiers"]):
        if _DELIVERY.check(delivery, "deliveryIdentifier")["type"] not in _DELIVERY_TYPES:
            raise bad("deliveryIdentifier.type is unknown", "ConversationsApiError.INVALID_ARGUMENT_TYPE")


def check_search(body: object) -> str:
    """A contact search by mail address, the only one we make: the address. Raises Wrong."""
    groups = _list(_SEARCH.check(body, "body")["filterGroups"])
    filters = [one for group in groups for one in _list(_GROUP.check(group, "filterGroup")["filters"])]
    if len(filters) != 1:
        raise bad("the stand-in searches by one filter")
    told = _FILTER.check(filters[0], "filter")
    if told["propertyName"] != "email" or told["operator"] != "EQ":
        raise bad("the stand-in searches contacts by their address")
    return str(told["value"])


def check_actors(body: object) -> tuple[str, ...]:
    """A batch read of actors: their ids. Raises Wrong."""
    inputs = _list(_ACTORS.check(body, "body")["inputs"])
    if not all(isinstance(one, str) for one in inputs):
        raise bad("inputs must be actor ids")
    return tuple(str(one) for one in inputs)


def check_query(query: Mapping[str, str], allowed: Collection[str]) -> None:
    """Raises Wrong for a parameter the route does not know."""
    for name in sorted(set(query) - set(allowed)):
        raise bad(f"the parameter {name} is unknown")


def check_limit(query: Mapping[str, str], most: int) -> int:
    """How many entries a page may have. Raises Wrong."""
    limit = query.get("limit", str(most))
    if not (limit.isascii() and limit.isdigit() and 1 <= int(limit) <= most):
        raise bad(f"limit must lie between 1 and {most}")
    return int(limit)


def _list(value: object) -> list[object]:
    if not isinstance(value, list):  # a Shape has seen to it
        raise bad("a list is wanted")
    return value
