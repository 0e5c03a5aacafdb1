"""The limits of strangers, and whom a request counts for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.web.client_address import client_address, networks, party_of
from triage.web.limits import Allowance, TokenBuckets

FIVE = Allowance(burst=5, refill_s=2.0)


def test_the_burst_is_let_through_and_the_next_is_told_how_long_to_wait() -> None:
    buckets = TokenBuckets(FIVE)
    assert [buckets.take("a", 100.0) for _ in range(5)] == [0.0] * 5
    assert buckets.take("a", 100.0) == 2.0
    assert buckets.take("a", 101.5) == pytest.approx(0.5)
    assert buckets.take("a", 102.0) == 0.0
    assert buckets.take("a", 102.0) == pytest.approx(2.0)


def test_one_address_uses_up_nothing_of_anothers() -> None:
    buckets = TokenBuckets(FIVE)
    for _ in range(50):
        buckets.take("a", 0.0)
    assert buckets.take("b", 0.0) == 0.0


def test_a_bucket_never_holds_more_than_its_burst() -> None:
    buckets = TokenBuckets(FIVE)
    buckets.take("a", 0.0)
    assert [buckets.take("a", 1e9) for _ in range(6)] == [0.0] * 5 + [2.0]


def test_asking_takes_nothing() -> None:
    buckets = TokenBuckets(FIVE)
    assert [buckets.wait_s("a", 0.0) for _ in range(9)] == [0.0] * 9
    for _ in range(5):
        buckets.take("a", 0.0)
    assert buckets.wait_s("a", 0.5) == pytest.approx(1.5)


def test_a_clock_that_stands_still_or_slips_back_gives_no_tokens() -> None:
    buckets = TokenBuckets(Allowance(burst=1, refill_s=1.0))
    assert buckets.take("a", 10.0) == 0.0
    assert buckets.take("a", 5.0) > 0
    assert buckets.take("a", 5.0) > 0


def test_memory_is_bounded_and_the_address_heard_least_lately_makes_room() -> None:
    buckets = TokenBuckets(Allowance(burst=1, refill_s=60.0), most_keys=100)
    for number in range(10_000):
        buckets.take("busy", 0.0)
        buckets.take(f"passer-by {number}", 0.0)
    assert len(buckets) == 100
    assert buckets.take("busy", 0.0) > 0
    assert buckets.take("passer-by 0", 0.0) == 0.0


@given(steps=st.lists(st.floats(min_value=0, max_value=5), max_size=60))
def test_no_pattern_of_asking_gets_more_than_burst_and_refill(steps: list[float]) -> None:
    buckets, now, granted = TokenBuckets(FIVE), 0.0, 0
    for step in steps:
        now += step
        granted += buckets.take("a", now) == 0.0
    assert granted <= FIVE.burst + now / FIVE.refill_s + 1e-6


# Whose request it is

PROXIES = networks(["10.0.0.0/8", "fd00::/8"])


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.9", [], "203.0.113.9"),
        ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"),  # no proxy of ours: anyone can write this
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["192.0.2.66, 198.51.100.1"], "198.51.100.1"),  # what stands left of the client he wrote himself
        ("10.0.0.1", ["192.0.2.66", "198.51.100.1, 10.0.0.2"], "198.51.100.1"),
        ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", [""], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.1, somebody"], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.1:5123"], "198.51.100.1"),
        ("10.0.0.1", ["[2001:db8::7]:5123"], "2001:db8::7"),
        ("fd00::1", ["2001:DB8:0::7"], "2001:db8::7"),
        ("::ffff:10.0.0.1", ["::ffff:198.51.100.1"], "198.51.100.1"),
        ("fe80::1%eth0", [], "fe80::1"),
        (None, ["198.51.100.1"], "unknown"),
        ("", ["198.51.100.1"], "unknown"),
    ],
)
def test_only_what_a_trusted_proxy_says_counts(peer: str | None, forwarded: list[str], client: str) -> None:
    assert client_address(peer, forwarded, PROXIES) == client


def test_a_header_of_ten_thousand_hops_is_not_walked() -> None:
    assert client_address("10.0.0.1", [",".join(["10.0.0.2"] * 10_000)], PROXIES) == "10.0.0.2"


@given(st.lists(st.text(max_size=60), max_size=4))
def test_no_header_makes_it_fail(forwarded: list[str]) -> None:
    assert client_address("10.0.0.1", forwarded, PROXIES)


def test_a_whole_ipv6_network_of_one_home_is_one_party() -> None:
    assert party_of("2001:db8:1:2::7") == party_of("2001:db8:1:2:ffff::1") == "2001:db8:1:2::/64"
    assert party_of("2001:db8:1:3::7") != party_of("2001:db8:1:2::7")
    assert party_of("203.0.113.9") == "203.0.113.9"
    assert party_of("unknown") == "unknown"


def test_a_network_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="nowhere"):
        networks(["nowhere"])
