"""What is written as an example must belong to nobody: addresses and numbers kept free for it pass, others do not."""

import pytest

from triage.domain.real_looking import real_looking


@pytest.mark.parametrize(
    "text",
    [
        "Please delete all you hold on me.",
        "write to ana@customer.example or ana@sub.site.test",
        "write to Ana.Lee@Example.com, ana@mail.example.co.uk",
        "call 01632 960 123 or 07700 900456, in London 020 7946 0018, in Leeds (0113) 496 0999",
        "call me on +44 7700 900123, +44 (0)20 7946 0018, 0044 1632 960001, Belfast 028 9649 6123",
        "my number is +1 212 555 0142",
        "order 12345678901 of 23/11/2026, ref DP-2026-00042-K7",
    ],
)
def test_invented_people_pass(text: str) -> None:
    assert real_looking(text) is None


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("write to ana.lee@somewhere.co.uk", "mail address"),
        ("ana@customer.example or ana@notexample.com", "mail address"),
        ("ana@example", None),
        ("call 01632 961 123", "telephone number"),
        ("call me on 07911 123456", "telephone number"),
        ("+44 20 7123 4567", "telephone number"),
        ("my number is +49 30 1234567", "telephone number"),
        ("call me on +1 212 555 1142", "telephone number"),
    ],
)
def test_what_may_be_somebodys_is_named_without_quoting_it(text: str, what: str | None) -> None:
    said = real_looking(text)
    assert (said is None) is (what is None)
    assert said is None or (what or "") in said
    assert said is None or not any(word in said for word in ("ana", "911", "212 555"))
