"""What a letter's state is called on a page."""

from datetime import datetime
from zoneinfo import ZoneInfo

from triage.domain.letter_desk import DeskLetter

_NEVER_AGAIN = "It is never sent again by itself: ask the person, or write anew."
_LONDON = ZoneInfo("Europe/London")
_STATES = {
    "queued": "In the outbox",
    "sending": "Being handed over",
    "sent": "Sent",
    "refused": "Refused: it did not arrive",
    "unclear": "Unclear: nobody knows whether it arrived",
    "discarded": "Discarded",
}
# What is to be thought of a letter that did not simply go.
_MORE = {
    "outside": "A person handed it over: printed and posted, or read out.",
    "line_broke": f"The line broke while it was handed over. {_NEVER_AGAIN}",
    "stranded": f"The worker stopped while it was handed over. {_NEVER_AGAIN}",
    "relay_refused": "The mail server said no for good: check the address, then write anew or print it.",
    "chat_refused": "The chat said no for good: answer another way.",
    "gave_up": "It was tried for two days. Check the relay, then write anew or print it.",
    "too_late": "The chat's day was over before it could be posted: answer another way.",
    "deferred": "The other side said not now. It is tried again by itself.",
}


_PURPOSES = {
    "acknowledgement": "Acknowledgement",
    "neutral": "Neutral acknowledgement",
    "identity_ask": "Question: who they are",
    "authority_ask": "Question: may they act for somebody",
    "clarification_ask": "Question: what is meant",
    "progress": "News",
    "complaint_progress": "News about a complaint",
    "outcome": "Answer",
    "complaint_outcome": "Answer to a complaint",
    "forwarded": "Passed on to a client",
    "escalation": "Complaint not resolved yet",
    "opt_out_recorded": "Opt-out recorded",
    "opt_out_done": "Marketing has stopped",
    "hand_over": "A person was asked for",
    "team_note": "Note to the team",
}


def purpose_words(purpose: str) -> str:
    """What a sort of letter is called."""
    return _PURPOSES.get(purpose, purpose.replace("_", " ").capitalize())


def state_words(letter: DeskLetter) -> str:
    """Where the letter is."""
    if letter.undelivered_at is not None:
        return "Came back: it was not delivered"
    if letter.state == "draft":
        return "Draft: waits for a person" if letter.approval is None else "Approved: about to leave"
    if letter.code == "outside":
        return "Handed over another way"
    return _STATES.get(letter.state, letter.state)


def more_words(letter: DeskLetter) -> str:
    """What that means for the person at the desk, "" where it speaks for itself."""
    return _MORE.get(letter.code, "")


def clock_time(at: datetime) -> str:
    """The time of day in London, to the second."""
    return f"{at.astimezone(_LONDON):%H:%M:%S}"
