"""Who may sign in to the console, what a role may do, how long a session holds, what a password must be."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from triage.domain.vocabulary import UserRole

# An interrupted day must not end in a sign-in form, an unlocked screen overnight must.
SESSION_IDLE = timedelta(hours=2)
SESSION_LONGEST = timedelta(hours=12)
# How far a session's last sign of life may lag behind, so that not every page writes.
SESSION_SEEN_EVERY = timedelta(minutes=1)

# NCSC and NIST SP 800-63B section 5.1.1.2: length counts, composition rules do not.
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 256
_MOST_NAME = 80


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """Somebody who may sign in. `issuer` and `subject` are the identity provider's, "" for a local account."""

    id: int
    name: str
    role: UserRole
    issuer: str = ""
    subject: str = ""

    @property
    def may_decide(self) -> bool:
        """Whether this person may change anything; a reader looks."""
        return self.role in (UserRole.DPO, UserRole.DEPUTY)


@dataclass(frozen=True, kw_only=True, slots=True)
class Session:
    """A signed-in browser. The token itself is only ever in its cookie."""

    account: Account
    created_at: datetime
    seen_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Began:
    """A sign-in at an identity provider: where the browser goes, and what it and we alone know until it is back."""

    address: str
    state: str
    nonce: str
    verifier: str


def session_holds(session: Session, now: datetime) -> bool:
    """Whether a session may still be used at `now`."""
    return now - session.seen_at < SESSION_IDLE and now - session.created_at < SESSION_LONGEST


def name_faults(name: str) -> list[str]:
    """What is wrong with an account's name, one line each. It stands in the journal and in every `by`."""
    if name != name.strip() or not name or len(name) > _MOST_NAME or not name.isprintable():
        return [f"a name is needed, of up to {_MOST_NAME} printable characters"]
    if name.casefold() == "desk":
        return ['"desk" is what the journal calls the software itself: choose another name']
    return []


def password_faults(password: str, name: str, too_common: Sequence[str] = ()) -> list[str]:
    """What is wrong with a password, one line each. `too_common`: words it may not be built on alone."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        return [f"a password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters: four plain words do well"]
    plain = password.casefold()
    if len(set(plain)) < 5 or plain.strip("0123456789!.? ") in {name.casefold(), *too_common}:
        return ["this password is too easily guessed: four plain words that do not belong together do well"]
    return []
