"""Mail that a website form of ours sends: the person and the message stand in its lines, not in From.

What somebody typed into a form proves nothing; such mail is held by row 18 of the gate until a person has looked.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from triage.domain.enquiry import Correspondent, Passage
from triage.domain.policy import FormMail
from triage.domain.vocabulary import Role
from triage.parsing.headers import read_sender

_LINE_CHARS = 500


def form_of(sender: Correspondent | None, forms: Sequence[FormMail]) -> FormMail | None:
    """The configured form that sent a mail, or None."""
    address = sender.address if sender else ""
    return next((form for form in forms if form.sender.lower() == address), None)


def person_of(form: FormMail, text: str) -> Correspondent | None:
    """The address on the form's person line ("Email: jo@post.example"), or None."""
    match = _line(form.person_line).search(text)
    return read_sender(match[1][:_LINE_CHARS])[0] if match else None


def message_of(form: FormMail, text: str, passages: tuple[Passage, ...]) -> tuple[Passage, ...]:
    """The passages with everything above the form's message line taken from the person's own words.

    Without such a line they stay as they are: better too much read than a request lost.
    """
    match = _line(form.message_line).search(text)
    if match is None:
        return passages
    start = match.start(1)
    below = (replace(passage, start=max(passage.start, start)) for passage in passages if passage.end > start)
    return (Passage(role=Role.FOOTER, start=0, end=start), *below)


def _line(name: str) -> re.Pattern[str]:
    return re.compile(
        rf"^[ \t>*]{{0,10}}{re.escape(name.strip())}[ \t*]{{0,10}}[:=]\*?[ \t]*(.*)$", re.IGNORECASE | re.M
    )
