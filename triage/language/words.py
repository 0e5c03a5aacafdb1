"""Sentences of a text as the rules see them: plain words, each knowing where it stood in the original."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from triage.language.spelling import (
    APOSTROPHES,
    COMBINING,
    ENTITY_APOSTROPHES,
    INVISIBLE,
    STYLED,
    UNKNOWN,
    Lexicon,
    Reading,
)

__all__ = ["ADDRESS", "END", "START", "UNKNOWN", "Lexicon", "Sentence", "sentences", "word_set"]

START, END, ADDRESS = "^", "$", "@"
LONGEST_SENTENCE_WORDS = 100
OVERLAP_WORDS = 16

_HYPHEN = "[-‐‑]"
_GLUE = rf"(?:[{APOSTROPHES}{INVISIBLE}{COMBINING}]{{1,20}}|\?(?=(?:t|s|m|d|re|ve|ll)(?![^\W_])))"
_WIDE_GLUE = rf"(?:{_GLUE}|{ENTITY_APOSTROPHES}|€™|=\r?\n|=E2=80=99|=92)"
_ENDED = rf"(?![^\W_]|[{APOSTROPHES}{INVISIBLE}{COMBINING}])"
_TAIL = rf"""(?:{_HYPHEN}(?:(?<=\b[eE].)|(?<=\b[uU][nN].)|[ \t]*+\r?\n[ \t>]{{0,20}})[^\W\d_]{{2,30}}
    |[ ](?:[tTmM]|[vV][eE]|[rR][eE]|[lL][lL]){_ENDED})?"""
_ENDS_AND_MARKS = r"""
    (?P<stop>[.!?;…。！？](?<![.!?;…。！？]{2})[.!?;…。！？]*+(?=[\s"'’”)\]<]|$)
        |\r?\n(?:[ \t]*+\r?\n\s*+|(?=[ \t]*+(?:[-*•–>·]|\d{1,2}[.)])\s)))
    |(?P<mark>[\[\]<>{}])"""
_TOKEN = re.compile(
    rf"(?P<word>[^\W_]++(?:{_GLUE}[^\W_]++)*+{_TAIL})[ ]?|{_ENDS_AND_MARKS}",
    re.VERBOSE,
)
_TAGS = (
    "br|p|div|span|td|tr|th|tbody|thead|table|li|ul|ol|h[1-6]|b|u|i|em|strong|a|font|hr|img|html|head|body|meta|pre"
    "|center|blockquote|small|sup|sub|style|section|o:p"
)
_LETTER = rf"(?:[^\W_]|[{STYLED}])"
_SPACED = r"(?<![^\W_])[^\W_](?:(?:[ ]{1,2}|[.*_·-])[^\W_](?![^\W_])){2,40}"
_WIDE_TOKEN = re.compile(
    rf"""(?P<address>(?:https?://|www\.)[^\s<>"]{{1,2000}}|[\w.+-]{{1,64}}@[\w.-]{{1,255}})
    |(?P<tag></?(?:{_TAGS})\b[^<>\n]{{0,300}}>|<!--[^<>]{{0,300}}-->)
    |(?P<spaced>{_SPACED})
    |(?P<word>{_LETTER}++(?:{_WIDE_GLUE}{_LETTER}++)*+{_TAIL})
    |(?P<entity>&(?:\#\d{{1,6}}|\#[xX][0-9a-fA-F]{{1,6}}|[a-zA-Z]{{2,8}});)
    |{_ENDS_AND_MARKS}""",
    re.VERBOSE,
)
_WIDE_SIGNS = ("@", "<", "&", "=", "€", "://", "www.", "WWW.")
_SPACED_OUT = re.compile(_SPACED.replace("{2,40}", "{2}"), re.VERBOSE)
_STYLED = re.compile(f"[{STYLED}]")
_BLOCK_TAG = re.compile(r"</?(?:br|p|div|td|tr|th|table|li|h[1-6]|hr|blockquote|center)\b")
_NO_STOP_AFTER = frozenset({"art", "arts", "mr", "mrs", "ms", "dr", "st", "sec", "ref", "dept", "approx", "reg"})
_NOTHING: Reading = ((), ())
_ADDRESS_READING: Reading = ((ADDRESS,), (ADDRESS,))


def word_set(words: str) -> frozenset[str]:
    """The words of a line, as a set."""
    return frozenset(words.split())


@dataclass(frozen=True, kw_only=True, slots=True)
class Sentence:
    """One sentence: its words and, for each, `[start, end)` in the original. First and last word are ^ and $.

    `weight` lowers what is read from places that are not the sender's own words; `subject` sentences have no offsets.
    `plain`: every word, mended where it matters, little and unknown ones too, with ? and !; figures are zeros.
    """

    words: list[str]
    starts: list[int]
    ends: list[int]
    subject: bool = False
    weight: float = 1.0
    plain: list[str] = field(default_factory=list)


class _Gathered:
    """The words of a sentence that has not ended yet."""

    __slots__ = ("ends", "plain", "starts", "words")

    def __init__(self) -> None:
        self.words: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.plain: list[str] = []

    def add(self, reading: Reading, start: int, end: int) -> None:
        words, plain = reading
        self.plain += plain
        self.words += words
        self.starts += [start] * len(words)
        self.ends += [end] * len(words)

    def drop(self, keep: int = 0) -> None:
        """Forget the words, in place, but for the last `keep`; the plain ones wholly."""
        cut = len(self.words) - keep
        del self.words[:cut], self.starts[:cut], self.ends[:cut]
        self.plain.clear()

    def sentence(self, *, subject: bool, weight: float) -> Sentence:
        first, last = self.starts[0], self.ends[-1]
        return Sentence(
            words=[START, *self.words, END],
            starts=[first, *self.starts, last],
            ends=[first, *self.ends, last],
            subject=subject,
            weight=weight,
            plain=self.plain.copy(),
        )


def sentences(
    text: str, lexicon: Lexicon, start: int, end: int, *, subject: bool = False, weight: float = 1.0
) -> Iterator[Sentence]:
    """Cut `text[start:end]` into sentences of plain words. Offsets are into `text`; time is linear in its length.

    A sentence ends at a full stop, a blank line or a new list point; one without end is cut with an overlap.
    """
    gathered = _Gathered()
    for keep in _cuts(text, lexicon, start, end, gathered):
        if gathered.words:
            yield gathered.sentence(subject=subject, weight=weight)
            gathered.drop(keep)
        elif len(gathered.plain) > LONGEST_SENTENCE_WORDS:
            gathered.plain.clear()


def _cuts(text: str, lexicon: Lexicon, start: int, end: int, gathered: _Gathered) -> Iterator[int]:
    """Gather words; wherever a sentence ends, say how many of its words the next one begins with."""
    words, starts, ends, plain = gathered.words, gathered.starts, gathered.ends, gathered.plain
    readings, last = lexicon.readings, ""
    token = _token_for(text[start:end])
    is_word = token.groupindex["word"]
    for found in token.finditer(text, start, end):
        group = found.lastindex
        if group == is_word:
            last = found[group]
            read, also = readings[last]
            plain += also
            if read:
                at, to = found.span(group)
                for word in read:
                    words.append(word)
                    starts.append(at)
                    ends.append(to)
        elif found.lastgroup in _READ:
            gathered.add(_READ[found.lastgroup](found[0], lexicon), *found.span())
        elif _ends_sentence(found.lastgroup, found[0], last):
            plain += _asked_or_shouted(found[0])
            yield 0
        if len(words) >= LONGEST_SENTENCE_WORDS:
            yield OVERLAP_WORDS
    yield 0


def _token_for(text: str) -> re.Pattern[str]:
    """The plain pattern, or the slower one that also knows addresses, HTML and letters in disguise."""
    if any(sign in text for sign in _WIDE_SIGNS) or _SPACED_OUT.search(text):
        return _WIDE_TOKEN
    return _TOKEN if text.isascii() or not _STYLED.search(text) else _WIDE_TOKEN


def _read_address(raw: str, lexicon: Lexicon) -> Reading:
    """An address; or "em@il", which is a word."""
    if "." not in raw and ":" not in raw:
        reading = lexicon.readings[raw]
        if UNKNOWN not in reading[0]:
            return reading
    return _ADDRESS_READING


def _read_spaced(raw: str, lexicon: Lexicon) -> Reading:
    """Single letters apart: words they spell, or else each for itself."""
    words = lexicon.spaced(raw)
    readings = [lexicon.readings[one] for one in words or re.findall(r"[^\W_]", raw)]
    return tuple(w for r in readings for w in r[0]), tuple(w for r in readings for w in r[1])


def _read_mark(raw: str, _: Lexicon) -> Reading:
    return (raw,), ()


def _read_entity(_raw: str, _: Lexicon) -> Reading:
    return _NOTHING


_READ = {"address": _read_address, "spaced": _read_spaced, "mark": _read_mark, "entity": _read_entity}


def _ends_sentence(group: str | None, raw: str, last_raw: str) -> bool:
    if group == "tag":
        return _BLOCK_TAG.match(raw) is not None
    return not (raw == "." and last_raw.casefold() in _NO_STOP_AFTER)


def _asked_or_shouted(raw: str) -> list[str]:
    return [mark for mark in "?!" if mark in raw]
