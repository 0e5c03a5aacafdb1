"""How many posts the form takes: wide for who brings a proof of work, narrow for who does not.

Each client has a share, and so has a site (an IPv6 /48, of which one customer has 65,536 clients). Above the lid on all
proven posts a post counts as one without proof. Half of what the held lane takes is for who is the first of his part of
the net (IPv4 /16, IPv6 /32) within the hour: nobody fills that half from one place.
"""

import ipaddress

from triage.web.limits import Allowance, TokenBuckets

_HOUR_S = 3600.0
PROVEN_AN_HOUR = 20
PROVEN_AN_HOUR_OF_A_SITE = 60
PROVEN_AN_HOUR_IN_ALL = 500
HELD_AN_HOUR = 5
HELD_AN_HOUR_OF_A_SITE = 15
HELD_AN_HOUR_IN_ALL = 60
HELD_AN_HOUR_FOR_NEWCOMERS = HELD_AN_HOUR_IN_ALL // 2

_SITE_V6, _PART_V4, _PART_V6 = 48, 16, 32


class Lanes:
    """The two lanes. Times are seconds of a clock that does not run backwards."""

    def __init__(self) -> None:
        self._proven = _Lane(PROVEN_AN_HOUR, PROVEN_AN_HOUR_OF_A_SITE)
        self._proven_in_all = _an_hour(PROVEN_AN_HOUR_IN_ALL)
        self._held = _Lane(HELD_AN_HOUR, HELD_AN_HOUR_OF_A_SITE)
        self._held_in_all = _an_hour(HELD_AN_HOUR_IN_ALL - HELD_AN_HOUR_FOR_NEWCOMERS)
        self._for_newcomers = _an_hour(HELD_AN_HOUR_FOR_NEWCOMERS)
        self._newcomers = _an_hour(1)

    def is_crowded(self, now_s: float) -> bool:
        """Whether as many proven posts came as are taken from everybody together."""
        return self._proven_in_all.wait_s("", now_s) > 0.0

    def take(self, client: str, *, held: bool, now_s: float) -> float:
        """0.0 if one more post of this client (an IPv4 address, an IPv6 /64) may come in now, else the seconds until
        it may."""
        # The client's own share first: whoever is over it must not use up everyone's.
        lane = self._held if held else self._proven
        if wait_s := lane.wait_s(client, now_s):
            return wait_s
        wait_s = self._held_share(client, now_s) if held else self._proven_in_all.take("", now_s)
        if wait_s == 0.0:
            lane.take(client, now_s)
        return wait_s

    def _held_share(self, client: str, now_s: float) -> float:
        """Take a place among all, else one of those for newcomers."""
        part = _part_of(client)
        wait_s = self._held_in_all.take("", now_s)
        if wait_s > 0.0:
            newcomers_s = max(self._newcomers.wait_s(part, now_s), self._for_newcomers.wait_s("", now_s))
            if newcomers_s > 0.0:
                return min(wait_s, newcomers_s)
            self._for_newcomers.take("", now_s)
        self._newcomers.take(part, now_s)
        return 0.0


class _Lane:
    """What each client and each site may do in one lane."""

    def __init__(self, of_a_client: int, of_a_site: int) -> None:
        self._clients = _an_hour(of_a_client)
        self._sites = _an_hour(of_a_site)

    def wait_s(self, client: str, now_s: float) -> float:
        wait_s = self._clients.wait_s(client, now_s)
        return max(wait_s, self._sites.wait_s(site, now_s)) if (site := _site_of(client)) else wait_s

    def take(self, client: str, now_s: float) -> None:
        self._clients.take(client, now_s)
        if site := _site_of(client):
            self._sites.take(site, now_s)


def _site_of(client: str) -> str:
    """The /48 of an IPv6 client, "" for any other."""
    network = _network(client)
    return str(network.supernet(new_prefix=_SITE_V6)) if isinstance(network, ipaddress.IPv6Network) else ""


def _part_of(client: str) -> str:
    network = _network(client)
    if network is None:
        return client
    return str(network.supernet(new_prefix=_PART_V6 if network.version == 6 else _PART_V4))


def _network(client: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(client)
    except ValueError:
        return None


def _an_hour(posts: int) -> TokenBuckets:
    return TokenBuckets(Allowance(burst=posts, refill_s=_HOUR_S / posts))
