"""What people send back to a letter of ours."""

from triage.ports import Letter


def reply_to(letter: Letter, text: str, sender: str = "ana@customer.example") -> bytes:
    """A reply as a mail program writes it: its thread headers, our subject, our letter quoted below."""
    quoted = "".join(f"> {line}\r\n" for line in letter.text.body.splitlines()[:8])
    return (
        f"From: Ana Example <{sender}>\r\nTo: dataprotection@larkfield.example\r\n"
        f"Subject: Re: {letter.text.subject}\r\nMessage-ID: <{abs(hash(text))}.reply@customer.example>\r\n"
        f"In-Reply-To: {letter.message_id}\r\nReferences: {letter.message_id}\r\n\r\n"
        f"{text}\r\n\r\nOn Monday the data protection team wrote:\r\n{quoted}"
    ).encode()
