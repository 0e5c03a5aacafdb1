"""The sample inbox: mails that lie beside this file, and three answers to letters the desk has just written."""

from email import message_from_bytes
from email.message import EmailMessage, Message
from pathlib import Path

SAMPLES = Path(__file__).parent / "samples"


def sample_mails() -> list[tuple[str, bytes]]:
    """Every sample by name, in order."""
    return [(path.stem, path.read_bytes()) for path in sorted(SAMPLES.glob("*.eml"))]


def answers(letters: list[bytes]) -> list[tuple[str, bytes]]:
    """What may come back: a person's answer, an out-of-office reply and a bounce, to three of our letters."""
    makers = (("answer-still-unhappy", _unhappy), ("answer-out-of-office", _away), ("answer-bounced", _bounced))
    return [(name, make(message_from_bytes(raw))) for (name, make), raw in zip(makers, letters, strict=False)]


def _reply(letter: Message, text: str) -> EmailMessage:
    reply = EmailMessage()
    reply["From"], reply["To"] = str(letter["To"]), str(letter["From"])
    reply["Subject"] = f"Re: {letter['Subject']}"
    reply["In-Reply-To"] = reply["References"] = str(letter["Message-ID"])
    reply["Message-ID"] = str(letter["Message-ID"]).replace("<", "<reply.")
    reply.set_content(text)
    return reply


def _unhappy(letter: Message) -> bytes:
    return _reply(
        letter,
        "Thank you, but this is the third time I write about the same thing.\n"
        "I am not happy with how you have handled my personal information and I want to make a complaint.\n",
    ).as_bytes()


def _away(letter: Message) -> bytes:
    reply = _reply(letter, "I am away until the 30th and will read my mail then.\n")
    reply.replace_header("Subject", "Automatic reply: your message")
    reply["Auto-Submitted"] = "auto-replied"
    return reply.as_bytes()


def _bounced(letter: Message) -> bytes:
    headers = {
        "Return-Path": "<>",
        "From": "Mail Delivery System <mailer-daemon@mail.example>",
        "To": str(letter["From"]),
        "Subject": "Undelivered mail returned to sender",
        "Message-ID": str(letter["Message-ID"]).replace("<", "<bounce."),
        "MIME-Version": "1.0",
        "Content-Type": 'multipart/report; report-type=delivery-status; boundary="part"',
    }
    head = "".join(f"{name}: {value}\n" for name, value in headers.items())
    status = f"Final-Recipient: rfc822; {letter['To']}\nAction: failed\nStatus: 5.1.1\n"
    parts = (
        ("text/plain", b"The address could not be found.\n"),
        ("message/delivery-status", f"Reporting-MTA: dns; mail.example\n\n{status}".encode()),
        ("message/rfc822", letter.as_bytes()),
    )
    body = b"".join(b"--part\nContent-Type: %s\n\n%s\n" % (kind.encode(), text) for kind, text in parts)
    return head.encode() + b"\n" + body + b"--part--\n"
