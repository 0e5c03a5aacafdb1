"""Rows of the gate that ask who sent a mail and whom it answers: 1, 2, 3, 10, 14-18, 20, 21.

A row is a function from a sighting to what it found: nothing, or acts each with its reason.
"""

import re
from collections.abc import Callable, Iterator

from triage.domain.gate_values import Sighting, local_and_domain
from triage.domain.own_letter import holds_own_letter
from triage.domain.reference import find_references, reference_of_own
from triage.domain.vocabulary import GateAnswer

Row = Callable[[Sighting], Iterator[tuple[GateAnswer, str]]]
Found = Iterator[tuple[GateAnswer, str]]

_NEVER, _HOLD = GateAnswer.NEVER, GateAnswer.HOLD
_SEPARATORS = re.compile(r"[-_.]")
# C0 and C1 controls, zero-width and bidirectional characters: an address that looks like another.
_HIDDEN = re.compile("[\x00-\x20\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffd]")
# Relays of old took these for routes: "jo%third.example@post.example" goes on to third.example.
_ROUTES = re.compile(r"[%!]")
_LOCAL_NAMES = ("localhost", "localhost.localdomain")


def _null_sender(sighting: Sighting) -> Found:
    """Row 1 (RFC 3834 section 2: no response to the null return path, nor to nobody)."""
    if sighting.facts.return_path == "":
        yield _NEVER, "The envelope sender is empty: mail systems send their own notices this way."
    if not sighting.facts.from_addresses:
        yield _NEVER, "There is no usable address in From."


def _ours(sighting: Sighting) -> Found:
    """Row 2: our own mail come back, and colleagues' mail, which a person answers."""
    facts = sighting.facts
    if any(reference_of_own(sighting.desk.secret, value) for value in facts.all("message-id")):
        yield _NEVER, "It carries a Message-ID of our own: one of our letters has come back."
    if facts.first(sighting.table.loop_header.lower()) is not None:
        yield _NEVER, f"It carries our own {sighting.table.loop_header} header."
    if sighting.is_form_mail:
        return
    for name, addresses in _sender_fields(sighting):
        # A group of ours stamps Sender, Reply-To and Return-Path with its own address on everybody's mail.
        if (name == "From" or not sighting.is_own_list) and any(sighting.is_desk(each) for each in addresses):
            yield _NEVER, f"{name} is an address of the desk itself."
    authors = (*facts.from_addresses, *(() if sighting.is_own_list else facts.sender_addresses))
    if any(sighting.is_own_domain(each) and not sighting.is_desk(each) for each in authors):
        yield _HOLD, "The sender is a colleague: an address in one of our own domains."


def _sender_fields(sighting: Sighting) -> tuple[tuple[str, tuple[str, ...]], ...]:
    facts = sighting.facts
    return_path = (facts.return_path,) if facts.return_path else ()
    return (
        ("From", facts.from_addresses),
        ("Sender", facts.sender_addresses),
        ("Reply-To", facts.reply_to),
        ("Return-Path", return_path),
    )


def _answer_to_us(sighting: Sighting) -> Found:
    """Row 3: two desks that answer each other can loop without any header to tell by; this stops them."""
    facts = sighting.facts
    if any(reference_of_own(sighting.desk.secret, each) for each in facts.thread_ids):
        yield _NEVER, "It answers one of our letters: our Message-ID is in In-Reply-To or References."
    if find_references(facts.subject):
        yield _NEVER, "The subject holds a reference of ours."
    if holds_own_letter(facts.body, sighting.table.own_marker):
        yield _NEVER, "The text holds words of one of our letters."


def _robot_address(sighting: Sighting) -> Found:
    """Row 10: addresses nobody reads, in any of the four places a sender can stand."""
    if sighting.is_form_mail:
        return
    for name, addresses in _sender_fields(sighting):
        if any(_is_robot(sighting, each) for each in addresses):
            yield _NEVER, f"{name} is an address that machines use (such as no-reply or mailer-daemon)."


def _is_robot(sighting: Sighting, address: str) -> bool:
    local = local_and_domain(address)[0]
    bare = _SEPARATORS.sub("", local).rstrip("0123456789")
    table = sighting.table
    if bare in {_SEPARATORS.sub("", name.lower()) for name in table.robot_local_parts}:
        return True
    words = _SEPARATORS.sub("-", local)
    return any(words.startswith(f"{each.lower()}-") for each in table.robot_prefixes) or any(
        words.endswith(f"-{each.lower()}") for each in table.robot_suffixes
    )


def _hard_bounced(sighting: Sighting) -> Found:
    """Row 14."""
    if sighting.store and sighting.store.hard_bounced:
        yield _NEVER, "A letter to this sender came back as undeliverable in the last 60 days."


def _odd_address(sighting: Sighting) -> Found:
    """Row 15: addresses that cannot be answered, or that two programs would read differently."""
    facts = sighting.facts
    if any(_is_odd(each) for each in facts.from_addresses):
        yield _NEVER, "The sender's address is not one that mail can reach (no full domain, or hidden characters)."
    if not facts.sender_parses_alike:
        yield _NEVER, "From can be read in two ways: two parsers find different addresses in it."


def _is_odd(address: str) -> bool:
    local, domain = local_and_domain(address)
    return (
        "." not in domain
        or domain.startswith(("[", "."))
        or ".." in domain
        or domain in _LOCAL_NAMES
        or bool(_HIDDEN.search(address))
        or bool(_ROUTES.search(local))
    )


def _backlog(sighting: Sighting) -> Found:
    """Row 16."""
    if sighting.store and sighting.store.backlog:
        yield _HOLD, "It was in the mailbox before the desk first looked, or came to us over 72 hours late."


def _not_to_us(sighting: Sighting) -> Found:
    """Row 17 (RFC 3834 section 2: answer only where we are a named recipient)."""
    if not any(sighting.is_desk(each) for each in sighting.facts.recipients):
        yield _HOLD, "None of our addresses is among the recipients (a blind copy, or a redirection)."


def _split_sender(sighting: Sighting) -> Found:
    """Row 18: an answer could go to somebody else than the writer."""
    facts = sighting.facts
    if sighting.is_form_mail:
        yield _HOLD, "A website form sent this: the person stands in the form's lines, not in From."
        return
    reply_to = tuple(each for each in facts.reply_to if not (sighting.is_own_list and sighting.is_desk(each)))
    domains = {local_and_domain(each)[1] for each in facts.from_addresses}
    if any(local_and_domain(each)[1] not in domains for each in reply_to):
        yield _HOLD, "Reply-To asks for answers at another domain than From."
    if len(reply_to) > 1 or len(facts.all("reply-to")) > 1:
        yield _HOLD, "There are several Reply-To addresses."
    if facts.from_header_count > 1 or len(facts.from_addresses) > 1:
        yield _HOLD, "There are several From addresses."


def _crowd(sighting: Sighting) -> Found:
    """Row 20."""
    if sighting.facts.recipient_count > sighting.table.most_recipients:
        yield (
            _HOLD,
            f"It went to {sighting.facts.recipient_count} recipients, more than {sighting.table.most_recipients}.",
        )


def _limits(sighting: Sighting) -> Found:
    """Row 21."""
    if sighting.store and sighting.store.limit_reached:
        yield _HOLD, f"A limit on automatic letters is reached: {sighting.store.limit_reached}."


SENDER_ROWS: tuple[tuple[int, Row], ...] = (
    (1, _null_sender),
    (2, _ours),
    (3, _answer_to_us),
    (10, _robot_address),
    (14, _hard_bounced),
    (15, _odd_address),
    (16, _backlog),
    (17, _not_to_us),
    (18, _split_sender),
    (20, _crowd),
    (21, _limits),
)
