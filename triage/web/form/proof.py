"""The proof of work that stands in for a CAPTCHA: a signed challenge of ALTCHA's library, solved in the browser.

A proof that is missing, wrong, late or used before never refuses a post: it is held for a person.
"""

import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from altcha import Payload, create_challenge, verify_solution

NO_PROOF = "no proof of work"
WRONG = "proof of work wrong"
EXPIRED = "proof of work expired"
USED_BEFORE = "proof of work used before"
HONEYPOT = "honeypot"

VALID_FOR = timedelta(hours=1)
# 256 keys are tried on average, each of so many rounds: about 0.2 s on a desktop, 0.3-1 s on a phone. We check in 1 ms.
_ALGORITHM, _ROUNDS, _KEY_PREFIX = "PBKDF2/SHA-256", 3_000, "00"
_LONGEST_PAYLOAD = 2_000
_MOST_REMEMBERED = 10_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """What a post's proof is worth: `held_because` is "" or why not; `spend` is the challenge to be used up."""

    held_because: str
    spend: str | None = None


class Proofs:
    """Makes and checks challenges. Without a `key` one is drawn: then every start makes the earlier ones worthless."""

    def __init__(self, key: str, clock: Callable[[], datetime]) -> None:
        self._key = key or secrets.token_hex(32)
        self._clock = clock
        # Beside the store's own, lasting record: a replayed proof belongs into the narrow lane before it is stored.
        self._spent: OrderedDict[str, str] = OrderedDict()

    def challenge(self) -> dict[str, object]:
        """A new challenge, as JSON for the browser."""
        made = create_challenge(
            _ALGORITHM,
            _ROUNDS,
            key_prefix=_KEY_PREFIX,
            expires_at=self._clock() + VALID_FOR,
            hmac_secret=self._key,
        )
        return dict(made.to_dict())

    def check(self, payload: str, item_key: str) -> Proof:
        """What the proof of the post `item_key` is worth. The same post sent twice may bring the same proof."""
        if not payload:
            return Proof(held_because=NO_PROOF)
        # The library lets any ASCII through, and a payload of ours has some 600 signs.
        if len(payload) > _LONGEST_PAYLOAD:
            return Proof(held_because=WRONG)
        result = verify_solution(payload, self._key)
        if result.expired:
            return Proof(held_because=EXPIRED)
        if not result.verified:
            return Proof(held_because=WRONG)
        challenge = Payload.from_base64(payload).challenge
        if (challenge.parameters.expires_at or 0) < self._clock().timestamp():
            return Proof(held_because=EXPIRED)
        if self._spent.get(challenge.signature or "", item_key) != item_key:
            return Proof(held_because=USED_BEFORE)
        return Proof(held_because="", spend=challenge.signature)

    def remember(self, proof: Proof, item_key: str) -> None:
        """The post was stored: its challenge serves no other."""
        if proof.spend is not None:
            self._spent[proof.spend] = item_key
            if len(self._spent) > _MOST_REMEMBERED:
                self._spent.popitem(last=False)
