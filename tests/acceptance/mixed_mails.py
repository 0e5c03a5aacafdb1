"""Mails of every sort for long runs: people who ask, and robots nobody may answer. All invented."""

from dataclasses import dataclass

_PEOPLE = (
    "Please send me a copy of all the personal data you hold about me.",
    "Please delete all the personal data you hold about me.",
    "Please stop sending me marketing emails.",
    "Please correct my address in your records, it is wrong.",
    "I want to make a complaint about how you have used my personal data.",
    "Could you tell me when your office opens on Monday?",
)
_ROBOTS = (
    {"Auto-Submitted": "auto-replied", "Subject": "Automatic reply: hello"},
    {"List-Unsubscribe": "<https://list.example/u>", "Precedence": "bulk", "Subject": "Weekly news"},
    {"Return-Path": "<>", "Subject": "Undelivered Mail Returned to Sender"},
    {"X-Auto-Response-Suppress": "All", "Subject": "Please delete my data"},
)


@dataclass(frozen=True, kw_only=True, slots=True)
class MixedMail:
    """`message_id` names it, `asks` is whether a person asks for something in it."""

    raw: bytes
    message_id: str
    sender: str
    from_robot: bool
    asks: bool


def mixed_mail(number: int) -> MixedMail:
    """The `number`th mail: two of three from people, each from an address of its own."""
    if number % 3 == 2:
        return _robot(number)
    text = _PEOPLE[(number - number // 3) % len(_PEOPLE)]
    sender = f"person{number}@home{number % 7}.example"
    headers = {"Subject": f"About my data {number}", "From": f"Person {number} <{sender}>"}
    asks = "office opens" not in text
    return _mail(number, headers, f"Hello,\n\n{text}\n\nPerson {number}\n", sender, from_robot=False, asks=asks)


def _robot(number: int) -> MixedMail:
    sender = f"robot{number}@machine{number % 5}.example"
    headers = {"From": sender, **_ROBOTS[number // 3 % len(_ROBOTS)]}
    text = "This is an automatic message. Please delete my data.\n"
    return _mail(number, headers, text, sender, from_robot=True, asks=False)


def _mail(number: int, headers: dict[str, str], text: str, sender: str, *, from_robot: bool, asks: bool) -> MixedMail:
    message_id = f"<mixed.{number}@{sender.rpartition('@')[2]}>"
    head = {
        **headers,
        "To": "dataprotection@larkfield.example",
        "Message-ID": message_id,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
    }
    lines = "".join(f"{name}: {value}\n" for name, value in head.items())
    return MixedMail(
        raw=f"{lines}\n{text}".encode(), message_id=message_id, sender=sender, from_robot=from_robot, asks=asks
    )
