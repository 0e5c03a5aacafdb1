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


def bounce_of(letter: Letter) -> bytes:
    """A mail server's report that a letter came back for good (RFC 3464), with the letter's head."""
    return (
        "From: MAILER-DAEMON@mx.customer.example\r\nTo: dataprotection@larkfield.example\r\nSubject: Undelivered\r\n"
        "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nYour mail could not be delivered.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        f"Reporting-MTA: dns; mx.customer.example\r\n\r\nFinal-Recipient: rfc822; {letter.recipient}\r\n"
        "Action: failed\r\nStatus: 5.1.1\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {letter.message_id}\r\n\r\n--b--\r\n"
    ).encode()
