"""Whom a message is from, claiming no more than is known."""

import pytest

from triage.domain.sender_words import sender_in_words


@pytest.mark.parametrize(
    ("channel", "known", "address", "text", "told"),
    [
        ("email", "Ana <a@x.example>", "a@x.example", "", "Ana <a@x.example>"),
        ("email", "", "", "", ""),
        ("chat", "", "", "", "a visitor, unidentified"),
        ("chat", "Ana", "", "", "Ana (unverified)"),
        ("chat", "Ana", "a@x.example", "I am A@x.example", "Ana (typed in the chat, unverified)"),
        ("chat", "Ana", "a@x.example", "Hello", "Ana (as HubSpot has it, unverified)"),
        ("form", "Ana", "", "", "Ana (typed in the form, unverified)"),
        ("form", "", "", "", "a person who gave no name"),
        ("phone", "Ana", "", "", "Ana (noted by a colleague)"),
        ("post", "", "", "", "a person of whom no name was noted"),
        ("pigeon", "Ana", "", "", "Ana (unverified)"),
    ],
)
def test_it_says_what_a_name_rests_on(channel: str, known: str, address: str, text: str, told: str) -> None:
    assert sender_in_words(channel, known, address, text) == told
