"""HTML mail -> plain text in which quotes are marked as quotes. Loads nothing remote; bounded on hostile input.

Mail programs wrap what they quote in containers of their own (class gmail_quote, id divRplyFwdMsg, ...). Those are
marked here with the marks plain text has, so that one reader (own_words) serves both.
"""

import html as entities
import re

import html2text
from selectolax.lexbor import LexborHTMLParser, LexborNode

from triage.parsing import marks
from triage.parsing.limits import LIMITS, ParsingLimits

# Private-use characters stand for "quote begins, quote ends, everything below is the answered mail, signature".
_BEGIN, _END, _ANSWERED, _SIGNED = "\ue000", "\ue001", "\ue002", "\ue003"
_MARKS = re.compile(f"([{_BEGIN}{_END}{_ANSWERED}{_SIGNED}])")
_WRITTEN_MARKS = re.compile(f"[{_BEGIN}-{_SIGNED}]|&#(?:x0*e00[0-3](?![0-9a-f])|0*5734[4-7](?![0-9]));?", re.IGNORECASE)

_QUOTES = (
    ".gmail_attr, .moz-cite-prefix, .yahoo_quoted, .yahoo-quoted, div.protonmail_quote, .zmail_extra, "
    ".tutanota_quote, .ms-outlook-mobile-reference-message, #reply-intro"
)
_ANSWERED_MAILS = (
    "#divRplyFwdMsg, .OutlookMessageHeader, #mail-editor-reference-message-container, "
    'div[style*="border-top:solid #E1E1E1"], div[style*="border-top:solid #B5C4DF"]'
)
_SIGNATURES = (
    ".gmail_signature, .moz-signature, .AppleMailSignature, #AppleMailSignature, .protonmail_signature_block, "
    "#ms-outlook-mobile-signature, #Signature"
)
_HIDDEN = (
    '[hidden], [style*="display:none"], [style*="display: none"], [style*="visibility:hidden"], '
    '[style*="visibility: hidden"], [style*="mso-hide:all"]'
)
# A blockquote no mail program signed only indents: Gmail and Outlook do so with one's own words.
_INDENTS = 'blockquote:not([type]):not([class]):not([id]), blockquote[style*="border: none"]:not([type])'
_DRAWN_BORDER = re.compile(r"border(?:-left)?(?:-style|-width|-color)?\s*:(?!\s*(?:none|0))", re.IGNORECASE)
# yahoo_quoted, gmail_quote, moz-cite-prefix, ...
_QUOTE_NAMES = re.compile(r"quote|cite", re.IGNORECASE)
_ATTRIBUTION_CHARS = 400
_EMPTY_SIBLINGS = 6
_SILENT = ["script", "style", "head", "title", "template", "object", "svg", "select", "iframe"]
_MOST_NODES = 300

_NESTING = re.compile(
    r"<(/?)(?:div|span|font|b|i|u|em|strong|center|table|ul|ol|dl|blockquote|h[1-6])\b", re.IGNORECASE
)
_LISTS = re.compile(r"<(/?)(?:ul|ol|dl|blockquote)\b", re.IGNORECASE)
_FORWARD = re.compile(r"\W*(?:forwarded message|begin forwarded|original message)", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_ESCAPED = re.compile(r"^([ \t]*(?:> ?)*(?:\d{1,9})?)\\(?=[.\-+#])", re.MULTILINE)
_DRAWN_LINE = re.compile(r"^\* \* \*$", re.MULTILINE)
_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*){2,}")
_WORD = re.compile(r"\w")


def html_to_text(html: str, limits: ParsingLimits = LIMITS) -> tuple[str, tuple[str, ...]]:
    """The readable text of an HTML mail, and defect codes ("html_cut", "html_too_deep")."""
    defects = []
    html = without_pictures(html, limits)
    if len(html) > limits.html_chars:
        html = html[: limits.html_chars]
        defects.append("html_cut")
    # A space, or what is left would join to another mark.
    html = _WRITTEN_MARKS.sub(" ", html)
    if _is_too_deep(html, limits):
        # Nested lists and tags of this depth cost the converters quadratic time, and no person writes them.
        defects.append("html_too_deep")
        return _tidy(entities.unescape(_TAG.sub(" ", html))), tuple(defects)
    return _tidy(_restore(_convert(_mark(html)))), tuple(defects)


def without_pictures(html: str, limits: ParsingLimits) -> str:
    """HTML without pictures written into it as text; nothing a person reads is in a tag of that length."""
    return re.sub(f"<[^<>]{{{limits.tag_chars},}}>", " ", html)


def _is_too_deep(html: str, limits: ParsingLimits) -> bool:
    return _depth(_NESTING, html) > limits.html_depth or _depth(_LISTS, html) > limits.html_lists


def _depth(tags: re.Pattern[str], html: str) -> int:
    depth = deepest = 0
    for match in tags.finditer(html):
        depth = max(0, depth - 1) if match[1] else depth + 1
        deepest = max(deepest, depth)
    return deepest


def _mark(html: str) -> str:
    tree = LexborHTMLParser(html)
    tree.strip_tags(_SILENT)
    for node in _outermost(tree.css(_HIDDEN)):
        node.remove()
    for node in [node for node in tree.css(_INDENTS)[:_MOST_NODES] if _only_indents(node)]:
        node.unwrap()
    for node in tree.css(_QUOTES)[:_MOST_NODES]:
        if not _FORWARD.match(node.text(deep=True)[:200]):
            node.insert_before(_BEGIN)
            node.insert_after(_END)
    for node in [node for node in tree.css(_ANSWERED_MAILS)[:_MOST_NODES] if _holds_header(node)][:1]:
        node.insert_before(_ANSWERED)
    for node in tree.css(_SIGNATURES)[:_MOST_NODES]:
        node.insert_before(_SIGNED)
    return tree.html or ""


def _only_indents(node: LexborNode) -> bool:
    """Whether a blockquote without a program's mark is no quote: no drawn border, no quote round it, none announced."""
    if _DRAWN_BORDER.search(node.attributes.get("style") or ""):
        return False
    parent = node.parent
    while parent is not None:
        if _is_quote(parent):
            return False
        parent = parent.parent
    said = _words_before(node)[-_ATTRIBUTION_CHARS:]
    return not any(marks.is_attribution(" ".join(line.split())) for line in (said, said.rpartition("\n")[2]))


def _words_before(node: LexborNode) -> str:
    """The text of the nearest sibling before an element that has any; few are looked at, thousands may be empty."""
    before = node.prev
    for _ in range(_EMPTY_SIBLINGS):
        words = before.text(deep=True).strip() if before is not None else ""
        if words or before is None:
            return words
        before = before.prev
    return ""


def _is_quote(node: LexborNode) -> bool:
    named = f"{node.attributes.get('class') or ''} {node.attributes.get('id') or ''}"
    return bool(_QUOTE_NAMES.search(named)) or (node.tag == "blockquote" and "type" in node.attributes)


def _holds_header(node: LexborNode) -> bool:
    """Whether an element that programs draw over an answered mail holds that mail's header, its names in bold."""
    if "border-top" not in (node.attributes.get("style") or ""):
        return True
    return sum(bold.text(deep=True).strip().endswith(":") for bold in node.css("b, strong")[:20]) > 1


def _outermost(nodes: list[LexborNode]) -> list[LexborNode]:
    """Nodes none of whose ancestors is among them: removing a node twice is not safe, nor is removing the page."""
    nodes = [node for node in nodes if node.tag not in ("html", "body")]
    ids = {node.mem_id for node in nodes}
    return [node for node in nodes if not _has_ancestor(node, ids)]


def _has_ancestor(node: LexborNode, ids: set[int]) -> bool:
    parent = node.parent
    while parent is not None:
        if parent.mem_id in ids:
            return True
        parent = parent.parent
    return False


def _convert(html: str) -> str:
    converter = html2text.HTML2Text(bodywidth=0)
    converter.ignore_links = True
    converter.ignore_images = True
    converter.ignore_emphasis = True
    converter.ignore_tables = True
    converter.unicode_snob = True
    return converter.handle(html)


def _restore(text: str) -> str:
    """Turn the private marks into the marks of plain text: "> ", "-----Original Message-----", "-- "."""
    pieces, depth = [], 0
    tokens = _MARKS.split(text)
    for position, token in enumerate(tokens):
        if token == _BEGIN:
            depth += 1
        elif token == _END:
            depth = max(0, depth - 1)
        elif token == _ANSWERED:
            pieces.append("-----Original Message-----")
        elif token == _SIGNED:
            pieces.append("-- " if _ends_there(tokens[position + 1 :]) else "")
        else:
            pieces.append(_quote(token) if depth else token)
    return "\n".join(pieces)


def _ends_there(following: list[str]) -> bool:
    """A signature's mark holds to the next quote: where several texts follow, it is left out."""
    return not any(_WORD.search(token) for token in following[2::2] if not token.lstrip().startswith(">"))


def _quote(text: str) -> str:
    return "\n".join(f"> {line}" for line in text.strip("\n").split("\n"))


def _tidy(text: str) -> str:
    text = _DRAWN_LINE.sub("_____", text)
    text = _ESCAPED.sub(r"\1", text.replace("\xa0", " ").replace("\r", ""))
    lines = (line.rstrip() if line.strip() != "--" else "-- " for line in text.split("\n"))
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()
