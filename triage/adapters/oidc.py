"""Sign-in with the company's identity provider: OpenID Connect, code flow with PKCE (RFC 7636, OIDC Core 3.1).

Authlib has no part for aiohttp, so the few calls are made here and joserfc checks the tokens.
"""

import asyncio
import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import aiohttp
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from triage.domain.accounts import Began
from triage.errors import SignInFailed

_LIMIT_S = 10.0
_MOST_BYTES = 256 * 1024
_LONGEST_SHOWN = 200
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_KNOWN_FOR = timedelta(hours=1)
# A provider's clock may differ from ours by so much (OIDC Core 3.1.3.7 leaves it open).
_LEEWAY_S = 120
# What providers sign with. Never "none", and never our own secret as a key (HS256).
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384"]


class IdentityProvider:
    """One provider. `back` is the address of ours that it sends the browser back to."""

    def __init__(self, issuer: str, client_id: str, client_secret: str, back: str) -> None:
        self._issuer = issuer
        self._client_id = client_id
        self._client_secret = client_secret
        self._back = back
        self._found: Mapping[str, Any] | None = None
        self._keys: KeySet | None = None
        self._found_at: datetime | None = None

    async def begin(self, now: datetime) -> Began:
        """The provider's sign-in page for one browser. Raises SignInFailed."""
        found = await self._discovery(now)
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": self._back,
            "scope": "openid",
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        page = str(found["authorization_endpoint"])
        address = f"{page}{'&' if '?' in page else '?'}{urlencode(asked)}"
        return Began(address=address, state=state, nonce=nonce, verifier=verifier)

    async def finish(self, code: str, nonce: str, verifier: str, now: datetime) -> tuple[str, str]:
        """Issuer and subject of who signed in. Raises SignInFailed."""
        found = await self._discovery(now)
        asked = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._back,
            "client_id": self._client_id,
            "code_verifier": verifier,
        }
        if self._client_secret:
            asked["client_secret"] = self._client_secret
        answered = await _call("POST", str(found["token_endpoint"]), asked)
        token = answered.get("id_token")
        if not isinstance(token, str):
            raise SignInFailed("the identity provider sent no identity")
        claims = self._claims(token, nonce, now)
        return str(claims["iss"]), str(claims["sub"])

    def _claims(self, token: str, nonce: str, now: datetime) -> Mapping[str, Any]:
        """What a token says, once its signature, issuer, audience, time and nonce are ours (OIDC Core 3.1.3.7)."""
        try:
            claims = jwt.decode(token, self._keys or KeySet([]), algorithms=_ALGORITHMS).claims
        except (JoseError, ValueError) as exc:
            raise SignInFailed("the identity provider's token is not signed as it should be") from exc
        audience = claims.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        at = int(now.timestamp())
        right = (
            claims.get("iss") == self._issuer
            and self._client_id in audiences
            and (len(audiences) == 1 or claims.get("azp") == self._client_id)
            and isinstance(claims.get("exp"), (int, float))
            and claims["exp"] + _LEEWAY_S > at
            and isinstance(claims.get("iat"), (int, float))
            and claims["iat"] - _LEEWAY_S < at
            and secrets.compare_digest(str(claims.get("nonce", "")), nonce)
            and bool(claims.get("sub"))
        )
        if not right:
            raise SignInFailed("the identity provider's token is not meant for this sign-in")
        return claims

    async def _discovery(self, now: datetime) -> Mapping[str, Any]:
        """The provider's own description and keys, fetched once an hour (OIDC Discovery 4)."""
        if self._found is None or self._found_at is None or now - self._found_at > _KNOWN_FOR:
            found = await _call("GET", self._described_at)
            if found.get("issuer") != self._issuer:
                raise SignInFailed("the identity provider calls itself by another name than TRIAGE_OIDC_ISSUER")
            self._keys = await _keys_of(found)
            self._found, self._found_at = found, now
        return self._found

    @property
    def _described_at(self) -> str:
        return f"{self._issuer.rstrip('/')}/.well-known/openid-configuration"

    async def check(self) -> str:
        """What can be said of the provider without signing in, in one line. Raises SignInFailed with the mend."""
        try:
            found = await _call("GET", self._described_at)
        except SignInFailed as exc:
            mend = "check TRIAGE_OIDC_ISSUER, and that this machine may reach it"
            raise SignInFailed(f"{exc} at {self._described_at}; {mend}") from exc
        if found.get("issuer") != self._issuer:
            named = json.dumps(found.get("issuer"))[:_LONGEST_SHOWN]
            raise SignInFailed(f"the identity provider calls itself {named}; set TRIAGE_OIDC_ISSUER to exactly that")
        if lacking := [name for name in _ENDPOINTS if not isinstance(found.get(name), str)]:
            mend = "it is none of OpenID Connect's code flow; check TRIAGE_OIDC_ISSUER"
            raise SignInFailed(f"the identity provider names no {', '.join(lacking)}; {mend}")
        try:
            count = len((await _keys_of(found)).keys)
        except SignInFailed as exc:
            where = json.dumps(found["jwks_uri"])[:_LONGEST_SHOWN]
            raise SignInFailed(f"{exc}; its keys must be there for this machine at {where}") from exc
        keys = "1 key" if count == 1 else f"{count} keys"
        return f"answers, with {keys}; there the redirect address of the desk must be {self._back}"


async def _keys_of(found: Mapping[str, Any]) -> KeySet:
    """What the provider signs with, as its description says. Raises SignInFailed."""
    keys = await _call("GET", str(found.get("jwks_uri")))
    try:
        return KeySet.import_key_set(keys)  # type: ignore[arg-type]
    except (JoseError, KeyError, ValueError, TypeError) as exc:
        raise SignInFailed("the identity provider's keys cannot be read") from exc


async def _call(method: str, address: str, form: Mapping[str, str] | None = None) -> dict[str, Any]:
    """A JSON object from the provider, in bounded time and size; no redirect is followed with a secret."""
    try:
        async with (
            asyncio.timeout(_LIMIT_S),
            aiohttp.ClientSession() as session,
            session.request(method, address, data=form, allow_redirects=False) as answer,
        ):
            body = await answer.content.read(_MOST_BYTES)
            if answer.status != 200:
                raise SignInFailed(f"the identity provider answered {answer.status}")
            found = json.loads(body)
    except (aiohttp.ClientError, TimeoutError, ValueError, OSError) as exc:
        raise SignInFailed("the identity provider did not answer as it should") from exc
    if not isinstance(found, dict):
        raise SignInFailed("the identity provider did not answer as it should")
    return found
