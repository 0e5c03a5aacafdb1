"""The marks mail programs and people leave between their own words and everything else. Line by line, no state.

English in full; German, French, Spanish, Italian, Dutch, Polish and Bulgarian for the lines programs write.
Every expression is bounded or anchored, so no line can make one slow; lines over _MOST_CHARS are only own words.
"""

import re
from collections.abc import Collection, Sequence

_MOST_CHARS = 1_000

_QUOTE = re.compile(r" {0,3}>")
_FORWARD_SUBJECT = re.compile(
    r"\s*(?:\[[^\]]{1,40}\]\s*)*(?:fwd?|wg|tr|rv|i|inoltra|doorst|pd|enc|vb|fs|vs|препр)\s*:", re.IGNORECASE
)
_FORWARD = re.compile(
    r"[>\s*]*(?:-{2,20}\s*(?:forwarded (?:message|by)\b|weitergeleitete nachricht|message transféré|"
    r"mensaje reenviado|messaggio inoltrato|doorgestuurd bericht|wiadomość przekazana|препратено съобщение)"
    r"|begin forwarded message:|anfang der weitergeleiteten nachricht:|début du message (?:transféré|réexpédié)\s*:"
    r"|inicio del mensaje reenviado:|inizio messaggio inoltrato:|begin doorgestuurd bericht:"
    r"|początek przekazywanej wiadomości:)",
    re.IGNORECASE,
)
_ORIGINAL = re.compile(
    r"[\s*]*-{2,20}\s*(?:original (?:message|appointment)|ursprüngliche nachricht|message d['’]origine|"
    r"mensaje original|messaggio originale|oorspronkelijk bericht|(?:oryginalna wiadomość|wiadomość oryginalna)|"
    r"оригинално съобщение|reply message)",
    re.IGNORECASE,
)
_ATTRIBUTION_START = re.compile(
    r"[\s*]*(?:on|am|le|el|il(?: giorno)?|op|w dniu|dnia|на|в|\d{1,4}[-./]|(?:mon|tue|wed|thu|fri|sat|sun)"
    r"|.{1,80}<[^<>\s]{3,200}>)",
    re.IGNORECASE,
)
_ATTRIBUTION = re.compile(
    r"[\s*]*(?:on\b.{6,300}\bwrote|am\b.{6,300}\bschrieb\b.{0,120}|le\b.{6,300}\ba écrit|el\b.{6,300}\bescribió"
    r"|il\b.{6,300}\bha scritto|op\b.{6,300}\b(?:schreef\b.{0,120}|geschreven)"
    r"|(?:w dniu|dnia)\b.{6,300}\b(?:napisał(?:\(a\)|a)?|pisze)|(?:на|в)\b.{6,300}\bнаписа"
    r"|\d{4}-\d\d-\d\d.{4,250}<[^<>\s]{3,200}>|.{1,80}<[^<>\s]{3,200}>\s*(?:wrote|schrieb|escribió))\s*:?\s*\*?\s*:\s*$",
    re.IGNORECASE,
)
_TIME_OR_ADDRESS = re.compile(r"\b\d{1,2}[:.h]\d\d\b(?!\.\d)|\b\d{1,2} ?[ap]m\b|@", re.IGNORECASE)
_CITED = re.compile(r"\s*[\"'“”„«‚‘]")
_RULE = re.compile(r"\s*(?:_{5,200}|-{5,200}|\*{5,200})\s*$")
_FROM = re.compile(r"[\s*]*(?:from|von|de|da|van|od|от)\s*:\*?\s*\S", re.IGNORECASE)
_SENT = re.compile(
    r"[\s*]*(?:sent|gesendet|envoyé|enviado(?: el)?|inviato|verzonden|wysłano|изпратено)\s*:", re.IGNORECASE
)
_BLOCK_LINES = (
    re.compile(rf"{_SENT.pattern}|[\s*]*(?:date|datum|fecha|data|дата)\s*:", re.IGNORECASE),
    re.compile(
        r"[\s*]*(?:to|subject|an|betreff|à|objet|para|asunto|a|oggetto|aan|onderwerp|do|temat|до|относно)\s*:",
        re.IGNORECASE,
    ),
)
_DEVICE = re.compile(
    r"\s*(?:sent from (?:my |(?:yahoo|outlook|mail|samsung|aol|proton|gmail|fastmail|bt|windows)\b).{0,60}"
    r"|sent (?:with|via) (?:proton|outlook|my |bt)\b.{0,60}|get outlook for .{0,40}"
    r"|von meinem .{2,40} gesendet|gesendet von .{2,40}|envoyé (?:de|depuis) mon .{2,40}|enviado desde mi .{2,40}"
    r"|inviato da(?:l mio)? .{2,40}|verstuurd vanaf mijn .{2,40}|wysłane z .{2,40}|изпратено от .{2,40})\s*$",
    re.IGNORECASE,
)
# What machines put into a text: its first line, and its last.
_MACHINE_BLOCKS = (
    (re.compile(r"-----BEGIN PGP SIGNATURE-----"), re.compile(r"-----END PGP SIGNATURE-----")),
    (re.compile(r"-----BEGIN PGP SIGNED MESSAGE-----"), re.compile(r"\s*$")),
    (re.compile(r"begin [0-7]{3,4} \S"), re.compile(r"end\s*$")),
)
_SIGNATURE_MARK = re.compile(r"(?:--|__|—)\s{0,2}$")
_CLOSING = re.compile(
    r"\s*(?:(?:with |and )?(?:(?:kind(?:est)?|best|warm(?:est)?|many) )?regards(?: and thanks)?|best(?: wishes)?"
    r"|kind wishes"
    r"|all the best|(?:many |with )?thanks(?: and (?:kind |best )?regards| again| so much| very much| in advance)?"
    r"|thank you(?: very much| so much| in advance| again)?|yours(?: (?:sincerely|faithfully|truly|respectfully))?"
    r"|(?:sincerely|faithfully|respectfully|truly)(?: yours)?|cheers|warmly|rgds|kr|br"
    r"|mit freundlichen grüßen|viele grüße|cordialement|bien à vous|saludos(?: cordiales)?|atentamente"
    r"|cordiali saluti|distinti saluti|met vriendelijke groet(?:en)?|z poważaniem|pozdrawiam|с уважение)"
    r"\s*[,.!\-–—]{0,3}\s*$",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"\b(?:please|pls|i|i['’]\w{1,2}|my|me|mine|you|your|we|our|delete|erase|remove|stop|unsubscribe|send|want|need|"
    r"requests?|complain|complaint|wrong|correct|correction|update|change|copy|copies|opt|cancel|forget|forgotten|"
    r"object|withdraw|consent|p\.?\s?s|bitte|s['’]il|por favor|prego|proszę|моля)\b|\?\s*$",
    re.IGNORECASE,
)
# What asks for something below a closing, where the words above stand in names and titles too rarely to matter.
_ASKS_SHORTLY = re.compile(
    r"\b(?:no (?:more|longer)|close|end|block|leave|tell|give|take|provide|confirm|e-?mails|calls|texts|letters)\b",
    re.IGNORECASE,
)
_RIGHTS = re.compile(r"\b(?:article \d+|gdpr|subject access|d?sars?|personal data|erasure)\b", re.IGNORECASE)
_CONTACT = re.compile(r"[\d@:|]")
# Somebody is telling something: no footer, no "On ... wrote:" line of a program speaks like this.
_SPEAKS = re.compile(r"\b(?:I|I['’]\w{1,2}|[Mm]y|[Mm]ine)\b")
_TELLS = re.compile(r"\b(?:I|I['’]\w{1,2}|my|me|we|our)\b")
_NARRATES = re.compile(r"\b(?:I|I['’]\w{1,2}|my|me|we|our|your|you(?!\s+wrote\b))\b")
_ADDRESS = re.compile(r"\S*@\S*")
_SMALL_WORDS = frozenset(
    (
        "of",
        "and",
        "the",
        "for",
        "in",
        "at",
        "on",
        "to",
        "a",
        "an",
        "by",
        "und",
        "de",
        "la",
        "le",
        "et",
        "van",
        "der",
        "von",
    )
)
_LOWER_WORD = re.compile(r"\b[^\W\d_A-Z][^\W\d_]*\b")

_MAIL = r"(?:e-?mail message|e-?mail|message|communication|transmission|electronic mail)"
_SURE_FOOTER = re.compile(
    r"[\W_]{0,10}(?:"
    rf"(?:this|the contents of this) {_MAIL},? (?:and|or|together with|including) (?:any|its|all) "
    r"(?:\w{1,15} ){0,2}(?:attach|files transmitted|enclosures)"
    rf"|(?:this|the (?:contents of|information (?:contained )?in) this) {_MAIL}(?: \w{{1,20}}){{0,6}}? "
    r"(?:(?:is|are|may be|contains?|may contain)(?: \w{1,15},?){0,4} (?:confidential|(?:legally )?privileged|intended)|"
    r"(?:is|are) (?:intended|confidential|privileged|solely|only|private) )"
    rf"|if you (?:are not the (?:intended|named)|(?:have )?received? this {_MAIL} (?:in|by) (?:error|mistake))"
    r"|(?:please )?consider the environment|please think (?:of the environment )?before (?:you )?print"
    r"|(?:e-?mail |message )?(?:scanned|checked)\b.{0,60}\b(?:virus|viruses|avast|avg|norton|mcafee|mimecast)\b"
    rf"|this {_MAIL} (?:has been|was) (?:scanned|checked|virus)"
    r"|virus[- ]free\b.{0,40}$|no virus found"
    r"|diese e-?mail .{0,80}vertraulich|ce (?:message|courriel) .{0,80}confidentiel)",
    re.IGNORECASE,
)
# Over a footer, or over a letter of claim: what follows has to speak of the mail itself.
_NOTICE = re.compile(
    r"[\W_]{0,10}(?:(?:e-?mail |legal |important )?(?:confidentiality|legal) (?:notice|statement|disclaimer|warning)"
    r"|(?:e-?mail )?disclaimer)\s*(?:[:.\-–—]|$)",
    re.IGNORECASE,
)
_OF_THE_MAIL = re.compile(rf"\b(?:this {_MAIL}|addressees?|recipients?|transmitted)\b", re.IGNORECASE)
_WORD = re.compile(r"\w")
_REGISTRATION = re.compile(
    r"\bregistered (?:in (?:england|scotland|wales|northern ireland|ireland|the uk)|office\b|charity\b)"
    r"|\bauthorised and regulated by\b"
    r"|^\W{0,5}(?:company|registration|vat|charity) (?:registration )?(?:no\b|number\b|reg\b)",
    re.IGNORECASE,
)
_UNSUBSCRIBE = re.compile(
    r"\W{0,10}(?:to (?:unsubscribe|opt out)\b.{0,80}\b(?:click|visit|follow|use (?:the|this) link)\b"
    r"|(?:click (?:here )?to )unsubscribe|unsubscribe (?:here|from this list)|unsubscribe\s*[|·•]"
    r"|(?:manage|update) (?:your )?(?:e-?mail )?preferences"
    r"|you (?:are receiving|(?:have )?received?|get) this (?:e-?mail|message|newsletter|round-?up) (?:because|as)\b)",
    re.IGNORECASE,
)


def is_quote_line(line: str) -> bool:
    """Whether a line is marked with ">"."""
    return bool(_QUOTE.match(line))


def is_forward_subject(subject: str) -> bool:
    """Whether a subject says "Fwd:" or "FW:" or what other languages' programs write for it."""
    return bool(_FORWARD_SUBJECT.match(subject))


def is_forward_line(line: str) -> bool:
    """Whether a line announces a forwarded mail below it."""
    return bool(_FORWARD.match(line[:_MOST_CHARS]))


def is_original_line(line: str) -> bool:
    """Whether a line announces the mail that is answered (or, by Outlook, forwarded)."""
    return bool(_ORIGINAL.match(line[:_MOST_CHARS]))


def may_begin_attribution(line: str) -> bool:
    """A cheap look before the dearer one of `is_attribution`."""
    return len(line) <= _MOST_CHARS and bool(_ATTRIBUTION_START.match(line))


def is_attribution(joined: str) -> bool:
    """Whether one to three lines, joined, say that somebody wrote what follows.

    Programs put a time of day or an address there and never say "I" or "your", unlike "On 3 May your clerk wrote:".
    """
    return (
        len(joined) <= _MOST_CHARS
        and bool(_ATTRIBUTION.match(joined))
        and bool(_TIME_OR_ADDRESS.search(joined))
        and not _NARRATES.search(_ADDRESS.sub("", joined))
    )


def is_cited(line: str) -> bool:
    """Whether a line opens with a quotation mark: a person cites, a program does not."""
    return bool(_CITED.match(line))


def is_rule(line: str) -> bool:
    """Whether a line is nothing but a drawn line."""
    return bool(_RULE.match(line))


def is_from_line(line: str) -> bool:
    """Whether a line could open a header block: "From: ..."."""
    return bool(_FROM.match(line[:_MOST_CHARS]))


def is_header_block(lines: Sequence[str]) -> bool:
    """Whether a From line is followed by a date and by a recipient or subject, as in a quoted mail's header.

    A program writes an address, "Sent:" or bold names there; a letterhead of one's own has none of them.
    """
    cut = [line[:_MOST_CHARS] for line in lines]
    return all(any(wanted.match(line) for line in cut[1:]) for wanted in _BLOCK_LINES) and (
        "@" in cut[0] or cut[0].lstrip().startswith("*") or any(_SENT.match(line) for line in cut[1:])
    )


def machine_block_end(line: str) -> re.Pattern[str] | None:
    """What ends the block a machine wrote that begins here (an OpenPGP frame, an inline uuencoded file), or None."""
    return next((last for first, last in _MACHINE_BLOCKS if first.match(line)), None)


def is_device_line(line: str) -> bool:
    """Whether a telephone or program signed: "Sent from my iPhone"."""
    return len(line) <= 120 and bool(_DEVICE.match(line))


def is_signature_mark(line: str) -> bool:
    """The line that opens a signature: "-- " (RFC 3676 4.3), also without its space."""
    return bool(_SIGNATURE_MARK.match(line))


def is_closing(line: str) -> bool:
    """A line that is nothing but a closing: "Kind regards,"."""
    return len(line) <= 80 and bool(_CLOSING.match(line))


def is_signature_line(line: str, *, strict: bool) -> bool:
    """Whether a line below a closing is a name, a title, a telephone number, and asks for nothing.

    With `strict` (after a closing, not after "-- ") three ordinary words in lower case already make a sentence, and
    so does one behind a capital ("Close account"), unless it gives a number or an address.
    """
    if len(line) > 120 or _ASKS.search(line) or _RIGHTS.search(line):
        return False
    ordinary = [word for word in _LOWER_WORD.findall(line) if word not in _SMALL_WORDS]
    if not strict:
        return len(ordinary) < 6
    is_sentence = bool(ordinary) and line.lstrip()[:1].isupper() and not _CONTACT.search(line)
    return len(ordinary) < 3 and not is_sentence and not _ASKS_SHORTLY.search(line)


def is_footer_line(line: str, following: str) -> bool:
    """Whether a line opens a disclaimer, a company registration, an unsubscribe or a virus-check footer.

    `following` is the next line, "" for none: below a bare "Legal notice" it tells a footer from a demand.
    """
    start = line[:_MOST_CHARS]
    notice = _NOTICE.match(start)
    if notice:
        said = f"{start[notice.end() :]} {following[:_MOST_CHARS]}"
        return not _SPEAKS.search(start) and (not _WORD.search(said) or bool(_OF_THE_MAIL.search(said)))
    if _SURE_FOOTER.match(start):
        return not _SPEAKS.search(start)
    if _UNSUBSCRIBE.match(start):
        return not _TELLS.search(start)
    return bool(_REGISTRATION.search(start)) and not _ASKS.search(start)


def continues_footer(line: str) -> bool:
    """Whether a line in a footer's paragraph belongs to it: nobody says "I" or "my" there."""
    return bool(line.strip()) and not is_quote_line(line) and not _SPEAKS.search(line[:_MOST_CHARS])


def written_from(quoted: str, domains: Collection[str]) -> bool:
    """Whether the first lines of a quote name an author at one of the domains."""
    head = quoted[:600].partition(":\n")[0].lower()
    return any(f"@{domain.lower()}>" in head and marks_author(head, domain.lower()) for domain in domains)


def marks_author(head: str, domain: str) -> bool:
    """Whether the address stands in an attribution or From line, not among the recipients."""
    line = next(line for line in head.replace("\n", " \n").split("\n") if f"@{domain}>" in line)
    return not re.match(r"[\s>*]*(?:to|cc|an|à|para|a|aan|do|до)\s*:", line)
