"""What people type about themselves into a chat: ways to answer them, and the wish for a human being.

A number, an address or a postcode proves nothing; it only tells whether there is any way to answer.
"""

import re
from collections.abc import Collection

# One run of characters an address may hold starts one try, and every part is bounded: long texts take linear time.
_MAIL = re.compile(r"(?<![\w.+'@-])[\w+][\w.+'-]{0,63}@((?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24})(?![\w@-])")

_NUMBER = re.compile(r"(?<![\w#+/.:£$€-])[+(]{0,2}\d(?:[ \t\u00a0().\-]{0,3}\d){6,17}(?![\w/:%])")
_DATE = re.compile(r"\(?\d{1,2}[./ -]\d{1,2}[./ -](?:19|20)?\d\d(?!\d)|\(?(?:19|20)\d\d[./-]\d\d")
_OTHER_NUMBER = re.compile(
    r"\b(?:order|invoice|account|acct|ref|reference|policy|parcel|tracking|booking|customer|client|case|serial|card"
    r"|sort code|membership|member|transaction|payment|receipt|product|contract)\b"
    r"(?:(?!phone|\b(?:mobile|tel|call|ring|text|contact|reach)\b)[^.!?,;\n]){0,20}$",
    re.IGNORECASE,
)
_PHONE_WORD = re.compile(
    r"\b(?:(?:tele)?phone|tel|mobile|mob|cell|whats ?app|(?:call|ring|text|reach|contact|phone) me|my number)\b"
    r"[^.!?;\n]{0,25}$",
    re.IGNORECASE,
)
_BEFORE_CHARS = 60

_POSTCODE = re.compile(r"(?<![\w£$€-])[A-Z]{1,2}\d[A-Z\d]? {0,2}\d[ABD-HJLNP-UW-Z]{2}(?!\w)", re.IGNORECASE)
_ROAD = r"(?:street|road|lane|avenue|crescent|terrace|cottage|mews|gardens|rd|ave)"
_PLACE = rf"(?:{_ROAD}|st|ln|close|drive|way|grove|place|square|court|row|hill|park|farm|house|villa|barn|wharf|green)"
_STREET = re.compile(
    r"(?<![\w£$€#])\d{1,5}[a-z]?,? {1,2}(?-i:[A-Z])[a-z]{2,}"
    rf"|(?<![\w£$€#])\d{{1,5}}[a-z]?,?(?: {{1,2}}[a-z'-]{{1,30}}){{1,4}} {_PLACE}\b"
    rf"|\b(?!(?:The|My|Your|Our|A|This) )(?-i:[A-Z])[\w'-]{{1,30}} {_PLACE}\b"
    rf"|\b(?!(?:the|my|your|our|a|this|that|on|in) )[a-z'-]{{2,30}} {_ROAD}\b"
    r"|\b(?:flat|apartment|unit|p\.?o\.? ?box) ?\d",
    re.IGNORECASE,
)
_ADDRESS_CHARS = 160


def mail_addresses(text: str, own_domains: Collection[str] = ()) -> tuple[str, ...]:
    """Mail addresses typed in a text, lower case, in order; none at `own_domains`, the company's own (or below)."""
    found = [match for match in _MAIL.finditer(text) if not _is_ours(match[1].lower(), own_domains)]
    return tuple(dict.fromkeys(match[0].lower() for match in found))


def _is_ours(domain: str, own_domains: Collection[str]) -> bool:
    return any(domain == own or domain.endswith("." + own) for own in map(str.lower, own_domains))


def phone_numbers(text: str) -> tuple[str, ...]:
    """Telephone numbers a person could be called on: UK geographic and mobile ones (Ofcom's numbering plan: 01, 02,
    07), any in international form, and what is said to be one. Order numbers, dates and the like are none."""
    return tuple(match[0] for match in _NUMBER.finditer(text) if _is_phone(match, text))


def _is_phone(match: re.Match[str], text: str) -> bool:
    written = match[0]
    before = text[max(0, match.start() - _BEFORE_CHARS) : match.start()]
    if _DATE.match(written) or _OTHER_NUMBER.search(before):
        return False
    digits = re.sub(r"\D", "", written)
    if written.lstrip("(").startswith("+"):
        return 8 <= len(digits) <= 16
    if digits.startswith("00"):
        return 10 <= len(digits) <= 18
    if digits.startswith(("01", "02", "07")):
        return len(digits) in (10, 11)
    return 7 <= len(digits) <= 12 and bool(_PHONE_WORD.search(before))


def has_postal_address(text: str) -> bool:
    """Whether a UK postcode stands in a text, with a street or house on its line or on those before it."""
    for match in _POSTCODE.finditer(text):
        before = text[max(0, match.start() - _ADDRESS_CHARS) : match.start()]
        if _STREET.search("\n".join(before.split("\n")[-5:])):
            return True
    return False


def has_contact_point(text: str, own_domains: Collection[str] = ()) -> bool:
    """Whether a text holds any way to answer its writer once a chat window is closed."""
    return bool(mail_addresses(text, own_domains)) or bool(phone_numbers(text)) or has_postal_address(text)


_ONE = r"(?:person|human(?: being)?|agents?|advis[eo]rs?|representatives?|operators?|managers?|supervisor)"
_REAL = r"(?:(?:real|actual|live|human|proper|different) ){0,2}"
_ANYONE = r"(?:someone|somebody|anyone|anybody)"
_NEXT = r"(?= ?(?:[.!?,;\n]|$|please|pls|here|now|today|about|back|asap|urgently|on \+?\(?\d|on my|at \d|when|as soon))"
_SOMEONE = (
    r"(?:(?:a|an|any|the|your|some|another|one of (?:the|your)) )?"
    rf"(?:(?:customer|service|support|sales|senior) ){{0,2}}{_REAL}"
    rf"(?:{_ONE}|{_ANYONE}|people|reps?|colleague|(?:member of )?(?:the |your )?(?:staff|team))\b"
)
_WANTS = re.compile(
    "|".join(
        (
            rf"\b(?:speak|talk|(?<!the )(?<!a )(?<!my )chat) (?:directly )?(?:to|with) {_SOMEONE}",
            rf"\b(?:prefer|rather be|like) (?:speaking|talking|chatting) (?:to|with) {_SOMEONE}",
            r"\b(?:can|could|may) i (?:please )?(?:speak|talk) (?:to|with) (?!you\b)",
            r"\b(?:want|need|wish|like) to (?:speak|talk) (?:to|with) (?!you\b)",
            r"\bwho (?:can|could|do|should) i (?:speak|talk) (?:to|with)\b",
            r"\b(?:connect|transfer|put|pass|hand|refer|switch|escalate) (?:me|us|this)"
            rf"(?: (?:through|on|over|across|in touch))? (?:to|with) {_SOMEONE}",
            r"\bput me through\b",
            r"\b(?:want|need|get(?: me)?|give me|i'?d like|would like|is there|are there) "
            rf"(?:(?:a|an|any|some) )?{_REAL}(?:{_ONE}|{_ANYONE})\b"
            r"(?= ?(?:[.!?,;\n]|$|please|pls|here|now|i can|not|instead|there"
            r"|to (?:talk|speak|help|answer|chat|call|contact|ring|deal)))",
            r"\b(?:is )?(?:anyone|anybody) (?:there|here|around|available)\b",
            rf"\b(?:a|any|some) {_REAL}{_ONE} (?:please|pls)\b",
            r"\b(?:a|any|some) (?:human|person|real person) (?:to )?(?:read|look|answer|help|deal|reply|respond)\b",
            rf"\b(?:help|answer|reply|response|hear|call) from (?:a|an) {_REAL}{_ONE}\b",
            r"\bhuman (?:support|help|assistance|contact)\b",
            r"\bare you (?:a )?(?:real|human|an actual)(?: (?:person|human))?\b",
            rf"\b(?:have|get|ask) {_ANYONE} (?:to )?(?:contact|call|ring|phone|help|speak to) me\b",
            r"\b(?:can|could|will|would|may) "
            rf"(?:you|{_ANYONE}|(?:a|an) {_ONE}|your team) ?(?:please )?(?:call|ring|phone) me\b{_NEXT}",
            rf"\bplease (?:call|ring|phone) me\b{_NEXT}",
            r"\b(?:have|want|get|request|arrange|need|like) a call ?back\b",
            r"\bcall ?back please\b",
            r"\b(?:not|stop(?: this| the)?|instead of) (?:a |to a |with a )?(?:ro)?bots?\b",
            r"\bno (?:more )?(?:ro)?bots?(?= ?(?:[.!?,;\n]|$|please|pls))",
        )
    ),
    re.IGNORECASE,
)
_LONE = re.compile(
    rf"^[ \t]*(?:please |pls |i said |just )?(?:an? |any |the )?{_REAL}(?:{_ONE}|customer service)"
    r"(?: (?:please|pls|now))*[ \t.!?]*$",
    re.IGNORECASE | re.MULTILINE,
)
# What was, what is not wanted, what others did. A new clause begins anew: "i don't want a bot i want a person".
_NOT_NOW = re.compile(
    r"\b(?:don'?t|do not|did(?:n'?t)?|doesn'?t|won'?t|not|never|no need|had|told|asked|having|without|after|before"
    r"|when i|refus\w{2,4}|unable|if i|used|tried|stop|why|have you|do you)\b"
    r"(?:(?!\b(?:i|but|can|could|please|so)\b)[^.!?,;\n]){0,40}$",
    re.IGNORECASE,
)
_REACH_CHARS = 60


def wants_person(text: str) -> bool:
    """Whether a text asks for a human being. Speaking of persons, of talks there were, or of none wanted, does not."""
    plain = text.replace("\u2019", "'")
    if _LONE.search(plain):
        return True
    for match in _WANTS.finditer(plain):
        if not _NOT_NOW.search(plain[max(0, match.start() - _REACH_CHARS) : match.start()]):
            return True
    return False


# The chat's letters invite to type "person"; people put other words around it. Only where we have invited them does
# the word alone say enough. A clause with more in it than courtesy is about some person, and no wish for one.
_CLAUSE_END = re.compile(r"[.!?,;:()\n]|(?<!\S)[-\u2013\u2014]+(?!\S)")
_INVITED = re.compile(
    r"(?:(?:ok(?:ay)?|yes|yeah|hi|hello|hey|thanks|thank you|please|pls|just|so|and|now|well|then|type|typed|say"
    r"|i (?:typed|said|say|want|need|asked for|choose|would like)|i'?d like|get me|give me|option) ){0,4}"
    rf"(?:(?:a|an|any) )?{_REAL}(?:person|human(?: being)?)"
    r"(?: (?:please|pls|plz|thanks|thank you|thx|ta|cheers|now|today|asap|here|then)){0,4}",
    re.IGNORECASE,
)
# A clause that says more is no answer to the invitation, and need not be read to its end.
_CLAUSE_CHARS = 80
_AROUND = " \t\"'\u201c\u201d\u2018*<>"


def says_person(text: str) -> bool:
    """Whether the word that a chat's letter invites to, "person", is a clause of its own. For chats that got one."""
    clauses = _CLAUSE_END.split(text.replace("\u2019", "'"))
    return any(len(clause) <= _CLAUSE_CHARS and _INVITED.fullmatch(_bare(clause)) for clause in clauses)


def _bare(clause: str) -> str:
    """Without quotation marks and signs around or between the words."""
    words = (word.strip(_AROUND) for word in clause.split())
    return " ".join(word for word in words if any(letter.isalnum() for letter in word))
