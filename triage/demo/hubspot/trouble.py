"""What may go wrong at a route of the stand-in, made to order by a test."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Act = Literal["answer", "hang", "drop", "garbage"]
EVERYWHERE = "*"


@dataclass(frozen=True, kw_only=True, slots=True)
class Trouble:
    """One call that goes wrong. `lands`: what was asked for is carried out all the same, only its answer is lost.
    `policy` is the policyName of a 429.
    """

    act: Act
    lands: bool = False
    status: int = 500
    headers: Mapping[str, str] = field(default_factory=dict)
    policy: str = ""


def answers(
    status: int, *, retry_after: str = "", policy: str = "", headers: Mapping[str, str] | None = None
) -> Trouble:
    """An error status. `retry_after` and `policy` (policyName of a 429) are left out where empty."""
    told = {"Retry-After": retry_after} if retry_after else {}
    return Trouble(act="answer", status=status, headers={**told, **(headers or {})}, policy=policy)


def hangs() -> Trouble:
    """Never answers; nothing is carried out."""
    return Trouble(act="hang")


def drops() -> Trouble:
    """Hangs up without an answer; nothing is carried out."""
    return Trouble(act="drop")


def garbles() -> Trouble:
    """Answers 200 with a page that is no JSON; nothing is carried out."""
    return Trouble(act="garbage", status=200)


def lands_then(trouble: Trouble) -> Trouble:
    """The request is carried out, and then its answer goes the way of `trouble`."""
    return Trouble(act=trouble.act, lands=True, status=trouble.status, headers=trouble.headers, policy=trouble.policy)


@dataclass(slots=True)
class Script:
    """The troubles still to come, by route. `endless` ones come until they are taken back."""

    waiting: dict[str, list[Trouble]] = field(default_factory=dict)
    endless: dict[str, Trouble] = field(default_factory=dict)

    def next_for(self, route: str) -> Trouble | None:
        """The trouble this call meets, None where all is well."""
        for name in (route, EVERYWHERE):
            if self.waiting.get(name):
                return self.waiting[name].pop(0)
            if name in self.endless:
                return self.endless[name]
        return None
