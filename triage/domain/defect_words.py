"""What could not be read of a mail, in words. The codes are those of triage/parsing."""

_WORDS = {
    "oversized": "only the first 1 MB was read; open it in the mailbox",
    "headers_cut": "there are more headers than were read",
    "text_cut": "the text is longer than what is shown; open it in the mailbox",
    "html_cut": "the text is longer than what is shown; open it in the mailbox",
    "too_many_lines": "there are more lines than were read; open it in the mailbox",
    "too_many_parts": "there are more parts than were read; open it in the mailbox",
    "html_too_deep": "its layout was dropped, only the words were kept",
    "only_attachments": "there is no text of its own; open the attachments in the mailbox",
    "encrypted": "it is encrypted; open it in the mailbox",
    "unreadable_attachment_format": "its text is in a form not read here (winmail.dat); open it in the mailbox",
    "form_without_person": "it came from a web form, and names no person who filled it in",
    "no_sender": "it names no sender",
    "several_from": "it names several senders",
    "date_wrong": "its own date cannot be read",
    "charset_wrong": "some letters may be wrong: it is written in another character set than it says",
    "base64_broken": "part of its encoding is damaged; some of the text may be missing",
    "inline_uuencode": "a file stands inside its text",
    "header_broken": "one of its headers is damaged",
    "final_boundary_missing": "its end is missing; something may have been cut off on the way",
    "multipart_without_parts": "it says it has parts, and has none",
}


def defect_in_words(code: str) -> str:
    """The defect for a person; one that is not known here as it is."""
    return _WORDS.get(code, code)
