"""Whose request this is: the peer, or the client a trusted proxy names.

`X-Forwarded-For` is read from the right: every proxy appends whom it heard, so that only what stands left of an
untrusted hop can be forged, and none of that is believed.
"""

import ipaddress
from collections.abc import Callable, Sequence

from aiohttp import web

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

UNKNOWN = "unknown"
# A home or an office has at least a /64 of IPv6 (RFC 6177): a limit per single address would be none.
_ONE_PARTY_V6 = 64
# More hops than any chain of proxies has; beyond them a header is only there to cost time.
_MOST_HOPS = 20


def networks(written: Sequence[str]) -> tuple[Network, ...]:
    """Trusted proxies as networks. Raises ValueError."""
    return tuple(ipaddress.ip_network(text, strict=False) for text in written)


def client_address(peer: str | None, forwarded_for: Sequence[str], trusted: Sequence[Network]) -> str:
    """The right-most address that is no trusted proxy, in its usual spelling; "unknown" without a peer address.

    `forwarded_for` are the values of every X-Forwarded-For header, in order. Where a hop cannot be read, whoever
    named it is the client; where all are trusted, the left-most is.
    """
    client = _address(peer or "")
    if client is None:
        return UNKNOWN
    hops = ",".join(forwarded_for).rsplit(",", _MOST_HOPS)
    for hop in reversed(hops):
        if not _is_in(client, trusted):
            break
        named = _address(hop)
        if named is None:
            break
        client = named
    return str(client)


def party_of(address: str) -> str:
    """What a limit counts by: an IPv4 address, or the /64 an IPv6 address is in."""
    found = _address(address)
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((found, _ONE_PARTY_V6), strict=False))
    return address


def party_finder(trusted_proxies: Sequence[str]) -> Callable[[web.Request], str]:
    """A function that says for which party a request counts. `trusted_proxies` as in the settings."""
    trusted = networks(trusted_proxies)

    def find(request: web.Request) -> str:
        forwarded = request.headers.getall("X-Forwarded-For", [])
        return party_of(client_address(request.remote, forwarded, trusted))

    return find


def _is_in(address: Address, trusted: Sequence[Network]) -> bool:
    return any(address in network for network in trusted)


def _address(text: str) -> Address | None:
    """An address as proxies write it: plain, `1.2.3.4:5678`, `[::1]`, `[::1]:5678`. None if it is none."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found
