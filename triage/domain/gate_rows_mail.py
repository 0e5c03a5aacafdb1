"""Rows of the gate that look at headers, structure and subject: 4-9, 11-13, 19, 22."""

import re
from collections.abc import Sequence
from functools import cache

import authres

from triage.domain.gate_rows_sender import Found, Row
from triage.domain.gate_values import Sighting
from triage.domain.mail_facts import MailFacts, MailPart
from triage.domain.vocabulary import GateAnswer

_NEVER, _HOLD, _ACK = GateAnswer.NEVER, GateAnswer.HOLD, GateAnswer.ACK
_COMMENT = re.compile(r"\([^()]*\)")
_SEPARATED = re.compile(r"[\s,;]+")
_ADDRESS = re.compile(r"[^\s<>,;:\"()]{1,64}@[^\s<>,;:\"()]{1,255}")
_FORWARDERS = ("resent-from", "x-forwarded-for", "x-forwarded-by")
_RULES_LOOP = "x-ms-exchange-inbox-rules-loop"
_FEEDBACK_LINES = (
    re.compile(r"^Feedback-Type:\s*\S", re.IGNORECASE | re.MULTILINE),
    re.compile(r"^(?:User-Agent|Version):\s*\S", re.IGNORECASE | re.MULTILINE),
)
_METHOD_LINE = re.compile(r"^METHOD:\s*\w", re.IGNORECASE | re.MULTILINE)
_CALENDAR_ANSWERS = ("reply", "cancel", "refresh", "counter", "declinecounter")
_DMARC_FAIL = re.compile(r"\bdmarc\s*=\s*fail\b", re.IGNORECASE)
_REST_OF_OPENING = r"\s*(?:$|[:\-–—(\[<\"“„«!.,;/|])"
# What servers and helpdesks put before a subject, such as [EXTERNAL] or [Ticket#1].
_BRACKETED = re.compile(r"\[[^\[\]]{1,40}\]\s*")


def _auto_submitted(sighting: Sighting) -> Found:
    """Row 4 (RFC 3834 section 5). Microsoft 365 stamps mail that a rule forwards: from our own, a person looks."""
    words = (
        _COMMENT.sub("", value).partition(";")[0].strip().lower() for value in sighting.facts.all("auto-submitted")
    )
    if all(word == "no" for word in words):
        return
    if any(sighting.is_own_domain(each) for each in _forwarding_accounts(sighting.facts)):
        yield _HOLD, "Auto-Submitted says a machine sent it, but an account of our own forwarded it here."
    else:
        yield _NEVER, "Auto-Submitted says a machine sent it."


def _forwarding_accounts(facts: MailFacts) -> list[str]:
    values = [value for name in _FORWARDERS for value in facts.all(name)]
    return [*facts.from_addresses, facts.return_path or "", *_ADDRESS.findall(" ".join(values)[:10_000])]


def _report(sighting: Sighting) -> Found:
    """Row 5 (RFC 3464, 8098, 5965): reports of mail systems, not a report a person attached."""
    parts = sighting.facts.parts
    kinds = {part.type for part in parts if not part.inside_attached_mail}
    if any(part.depth == 0 and part.type == "multipart/report" for part in parts):
        yield _NEVER, "It is a mail system's report (a bounce, a receipt or a feedback report)."
    elif kinds & set(sighting.table.report_types):
        yield _NEVER, "It contains a mail system's report about another message."


def _list_mail(sighting: Sighting) -> Found:
    """Row 6."""
    if sighting.is_own_list:
        return
    found = [name for name in sighting.table.list_headers if sighting.facts.first(name.lower()) is not None]
    if found:
        yield _NEVER, f"A mailing list or bulk sender sent it ({', '.join(found)})."


def _precedence(sighting: Sighting) -> Found:
    """Row 7. Our own group's "list" proves nothing, as every mail bears it."""
    values = {value.lower() for value in sighting.table.precedence_values}
    if sighting.is_own_list:
        values.discard("list")
    for name in ("precedence", "x-precedence"):
        found = [value for value in sighting.facts.all(name) if _COMMENT.sub("", value).strip().lower() in values]
        if found:
            yield _NEVER, f"{name.title()} marks it as bulk, list or automatic mail."


def _suppressed(sighting: Sighting) -> Found:
    """Row 8: DR, NDR, RN and NRN alone only refuse receipts."""
    wanted = {value.lower() for value in sighting.table.suppress_values}
    for value in sighting.facts.all("x-auto-response-suppress"):
        if wanted & set(_SEPARATED.split(value.lower())):
            yield _NEVER, "X-Auto-Response-Suppress asks for no automatic answer."
            return


def _robot_headers(sighting: Sighting) -> Found:
    """Row 9. An entry "Name: value" wants the value; an entry "Name" any value but no or false."""
    facts = sighting.facts
    loops = facts.all(_RULES_LOOP)
    if loops:
        if all(any(sighting.is_own_domain(a) for a in _ADDRESS.findall(value)) for value in loops):
            yield _HOLD, "A mailbox rule of one of our own accounts forwarded it here."
        else:
            yield _NEVER, "A mailbox rule of somebody else forwarded it (X-MS-Exchange-Inbox-Rules-Loop)."
    if not facts.headers_whole:
        yield _HOLD, "Its headers are too many or too long to be read whole: a machine's mark may be among the rest."
    found = [entry for entry in sighting.table.robot_headers if _bears(facts, entry)]
    if found:
        yield _NEVER, f"It bears headers that machines set ({', '.join(found)})."


def _bears(facts: MailFacts, entry: str) -> bool:
    name, colon, wanted = entry.partition(":")
    values = [value.strip().lower() for value in facts.all(name.strip().lower())]
    if colon:
        return any(wanted.strip().lower() in _SEPARATED.split(value) for value in values)
    return any(value not in ("no", "false") for value in values)


def _automatic_subject(sighting: Sighting) -> Found:
    """Row 11: out-of-office answers and bounces without any machine header exist; the subject gives them away."""
    table = sighting.table
    whole = sighting.facts.subject.casefold()
    subject = _strip_tags(whole, table.subject_tags)
    if any(subject.startswith(prefix.casefold()) for prefix in table.forward_prefixes):
        return
    if any(_opens_with(subject, each.casefold()) for each in table.automatic_subjects):
        yield _NEVER, "The subject is that of an automatic answer, a bounce or a receipt."
    elif any(each.casefold() in whole for each in table.automatic_phrases):
        yield _NEVER, "The subject says somebody is away or that this is a receipt."


def _strip_tags(subject: str, tags: Sequence[str]) -> str:
    subject, before = subject.strip(), ""
    while subject != before:
        before = subject
        for tag in tags:
            subject = subject.removeprefix(tag.casefold()).strip()
        subject = _BRACKETED.sub("", subject, count=1) if subject.startswith("[") else subject
    return subject


def _opens_with(subject: str, opening: str) -> bool:
    return bool(_opening(opening).match(subject))


@cache
def _opening(opening: str) -> re.Pattern[str]:
    """ "read:" and "out of office*" match any continuation; other openings end there or at a mark such as a colon."""
    pieces = ".{0,200}?".join(re.escape(piece) for piece in opening.rstrip("*").split("*"))
    return re.compile(pieces if opening.endswith(("*", ":")) else pieces + _REST_OF_OPENING)


def _calendar(sighting: Sighting) -> Found:
    """Row 12: an invitation or an answer to one, made by a calendar."""
    parts = sighting.facts.parts
    if any(_is_invitation(part) for part in parts) or (
        any(part.depth == 0 and part.type == "text/calendar" for part in parts)
        and _METHOD_LINE.search(sighting.facts.body)
    ):
        yield _NEVER, "It is a calendar's message (an invitation or an answer to one)."


def _is_invitation(part: MailPart) -> bool:
    if part.type != "text/calendar" or part.inside_attached_mail:
        return False
    method = dict(part.parameters).get("method", "").lower()
    return method in _CALENDAR_ANSWERS or (part.depth == 0 and bool(method))


def _feedback_loop(sighting: Sighting) -> Found:
    """Row 13: a mail system's "complaint" about a message is not a person's complaint."""
    facts, table = sighting.facts, sighting.table
    prefixes = tuple(each.lower() for each in table.feedback_loop_headers)
    if any(name.startswith(prefixes) for name, _ in facts.headers):
        yield _NEVER, "It bears a feedback loop's headers."
    if all(line.search(facts.body) for line in _FEEDBACK_LINES):
        yield _NEVER, "The text is a feedback report."


def _feedback_subject(sighting: Sighting) -> Found:
    """Row 13, where the subject says so."""
    table = sighting.table
    subject = _strip_tags(sighting.facts.subject.casefold(), table.subject_tags)
    if any(_opens_with(subject, each.casefold()) for each in table.feedback_loop_subjects):
        yield _NEVER, "The subject is that of a mail provider's feedback loop."


def _distrusted(sighting: Sighting) -> Found:
    """Row 19 (RFC 8601): only our own border's word counts.

    Each filter there writes a header of its own, so all are read: one forged below them can only add caution.
    """
    facts = sighting.facts
    trusted = {each.lower() for each in sighting.policy.authserv_ids}
    ours = (value for value in facts.all("authentication-results") if _authserv_id(value) in trusted)
    if any(_fails_dmarc(value) for value in ours):
        yield _HOLD, "Our mail server found that the sender's domain did not send this (dmarc=fail)."
    if any(_bears(facts, each) for each in sighting.table.spam_headers):
        yield _HOLD, "Our mail server takes it for spam."


def _authserv_id(value: str) -> str:
    return _COMMENT.sub("", value).partition(";")[0].strip().lower().partition(" ")[0]


def _fails_dmarc(value: str) -> bool:
    try:
        results = authres.AuthenticationResultsHeader.parse(f"Authentication-Results: {value}").results
    except (authres.AuthResError, ValueError, TypeError, AttributeError, IndexError, RecursionError):
        # Real servers write headers the grammar forbids; their verdict still stands in them.
        return bool(_DMARC_FAIL.search(_COMMENT.sub("", value)))
    return any(result.method == "dmarc" and result.result == "fail" for result in results)


def _unreadable(sighting: Sighting) -> Found:
    """Row 22: we may say that it arrived, though a person has to read it."""
    if not sighting.facts.readable:
        yield _ACK, "It cannot be read here (encrypted, or in a format only a person can open): a person has to."


MAIL_ROWS: tuple[tuple[int, Row], ...] = (
    (4, _auto_submitted),
    (5, _report),
    (6, _list_mail),
    (7, _precedence),
    (8, _suppressed),
    (9, _robot_headers),
    (12, _calendar),
    (13, _feedback_loop),
    (19, _distrusted),
    (22, _unreadable),
)

# Rows that rest on words of the subject, which a person can write too.
SUBJECT_ROWS: tuple[tuple[int, Row], ...] = (
    (11, _automatic_subject),
    (13, _feedback_subject),
)
