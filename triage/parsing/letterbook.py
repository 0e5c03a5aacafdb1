"""The letter book: rules/letters/ in memory, and how a letter is worded from it.

Frames are named PURPOSE.CHANNEL.txt, or PURPOSE.txt for every channel. What a kind adds lies in understood/KIND.txt
(one line for each thing asked, continuing "You are asking us ...") and paragraphs/KIND.txt (what happens next);
PARAGRAPH.CHANNEL.txt goes first where it exists. How a case ended lies in outcomes/OUTCOME.txt, the subject line in
subjects/STAGE.txt. Everything runs in Jinja2's sandbox, and a name that no letter may say is an error.
"""

import re
import textwrap
import unicodedata
from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from traceback import extract_tb

from jinja2 import FunctionLoader, StrictUndefined, TemplateNotFound, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from triage.domain.letter import LetterFacts, LetterText, stage_of
from triage.domain.plain_dates import plain_date
from triage.domain.vocabulary import Channel
from triage.errors import RulesWrong
from triage.parsing.letter_rules import FILE, LetterRules, read_letter_rules

# RFC 5322 section 2.1.1 asks for at most 78 characters; two are left for the quoting of a reply.
LINE_LENGTH = 76
# Stands for a space that no line may be folded at; it never leaves this module.
_UNBROKEN = "\u00a0"

FACT_NAMES = frozenset(field.name for field in fields(LetterFacts))
FRAME_NAMES = frozenset({"understood", "next_steps", "ending"})
KIND_FOLDERS = ("understood/", "paragraphs/")
# Texts that are worded on their own, before the frame is: they know the facts and nothing else.
PIECE_FOLDERS = (*KIND_FOLDERS, "outcomes/", "subjects/")

# What word processors make of plain signs; other signs of these arrive broken in somebody's mail program.
_PLAIN_SIGNS = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u2010": "-",
        "\u2011": "-",
        "\u2013": "-",
        "\u2014": "-",
        "\u2022": "-",
        "\u2026": "...",
        "\x85": "\n",
        "\u2028": "\n",
        "\u2029": "\n\n",
        "\t": " ",
        "\r": "\n",
        _UNBROKEN: " ",
    }
)
_SPACE_BELOW_LINE = re.compile(r" *\n *")
_EMPTY_LINES = re.compile(r"\n{2,}")


class LetterBook:
    """Words letters from the texts of rules/letters/, given as name -> text. Pure: reads no file, keeps no state.

    `rules`: those of lint.toml among the texts; without it there are none.
    """

    def __init__(self, sources: Mapping[str, str]) -> None:
        self.rules: LetterRules = read_letter_rules(sources.get(FILE, ""))
        self._sources = {name: text for name, text in sources.items() if name.endswith(".txt")}
        self._jinja = sandbox(self._sources)

    def word(self, facts: LetterFacts) -> LetterText:
        """The letter for these facts; all but chat and the form's page is folded at 76 columns, never inside a URL, a
        date or a reference. The words of a person are shown as they are, never read as a template.

        Raises RulesWrong, with one clear line, for a missing frame or paragraph or an unknown placeholder.
        """
        variables: dict[str, object] = {name: getattr(facts, name) for name in FACT_NAMES}
        variables["words"] = plain_words(facts.words)
        understood: list[str] = []
        next_steps: list[str] = []
        for kind in facts.kinds:
            understood += _lines(self._render(f"understood/{kind}.txt", variables))
            next_steps += _lines(self._render(self._paragraph(kind, facts.channel), variables))
        subject = self._render(f"subjects/{stage_of(facts.purpose)}.txt", variables)
        ending = self._render(f"outcomes/{facts.outcome}.txt", variables) if facts.outcome else ""
        variables |= {"understood": tuple(understood), "next_steps": tuple(next_steps), "ending": ending}
        name = self.frame_of(facts)
        frame = self._render(name, variables)
        unfolded = facts.channel is Channel.CHAT or name.endswith(f".{Channel.FORM}.txt")
        return LetterText(
            subject=_plain(" ".join(subject.split())), body=lay_out(frame, None if unfolded else LINE_LENGTH)
        )

    def frame_of(self, facts: LetterFacts) -> str:
        """The text that frames this letter. What a person sends to who wrote by form, post or phone is a letter like
        any other: the form's own page is for the machine's answer alone, and the frame of mail serves the rest.
        """
        purpose, channel = facts.purpose, facts.channel
        page_or_chat = channel is Channel.CHAT or not facts.by_person
        names = [f"{purpose}.{channel}.txt"] if page_or_chat else []
        names += [] if channel is Channel.CHAT else [f"{purpose}.{Channel.EMAIL}.txt"]
        return next((name for name in (*names, f"{purpose}.txt") if name in self._sources), names[0])

    def _paragraph(self, kind: str, channel: str) -> str:
        own = f"paragraphs/{kind}.{channel}.txt"
        return own if own in self._sources else f"paragraphs/{kind}.txt"

    def _render(self, name: str, variables: Mapping[str, object]) -> str:
        try:
            return self._jinja.get_template(name).render(variables)
        except TemplateNotFound as missing:
            asked_by = "" if missing.name == name else f" (included by {name})"
            raise RulesWrong([f"letters/{missing.name}: missing{asked_by}"]) from missing
        except TemplateSyntaxError as wrong:
            raise RulesWrong([f"letters/{wrong.name}: line {wrong.lineno}: {wrong.message}"]) from wrong
        except UndefinedError as unknown:
            raise RulesWrong([f"{self._place(unknown)}: unknown placeholder: {unknown.message}"]) from unknown
        except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as wrong:
            raise RulesWrong([f"{self._place(wrong)}: cannot be worded: {wrong}"]) from wrong

    def _place(self, error: Exception) -> str:
        """The template line an error came from: Jinja2 puts the names our loader gave into the traceback."""
        frames = [frame for frame in extract_tb(error.__traceback__) if frame.filename in self._sources]
        return f"letters/{frames[-1].filename}: line {frames[-1].lineno}"


def sandbox(sources: Mapping[str, str]) -> ImmutableSandboxedEnvironment:
    """The template language of letters: no code can be reached, nothing undefined is passed over in silence."""

    def load(name: str) -> tuple[str, str, None] | None:
        return (sources[name], name, None) if name in sources else None

    jinja = ImmutableSandboxedEnvironment(
        loader=FunctionLoader(load),
        undefined=StrictUndefined,
        # Letters are text/plain: escaping would put "&amp;" into a company's name.
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    jinja.filters["plain_date"] = _unbroken_date
    jinja.filters["unbroken"] = _unbroken
    return jinja


def plain_words(text: str) -> str:
    """What a person wrote, as paragraphs between empty lines: no control or invisible sign, no typographer's sign that
    arrives broken. Letters of any language stay.
    """
    signs = text.replace("\r\n", "\n").translate(_PLAIN_SIGNS)
    seen = "".join(sign for sign in signs if sign == "\n" or not unicodedata.category(sign).startswith("C"))
    return _EMPTY_LINES.sub("\n\n", _SPACE_BELOW_LINE.sub("\n", seen)).strip()


def _unbroken_date(day: date) -> str:
    return _unbroken(plain_date(day))


def _unbroken(text: str) -> str:
    return text.replace(" ", _UNBROKEN)


def _plain(text: str) -> str:
    return text.replace(_UNBROKEN, " ")


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def lay_out(text: str, width: int | None) -> str:
    """One line of the template is one line of the letter, folded at `width`; runs of empty lines become one."""
    lines: list[str] = []
    for line in (line.strip(" \t") for line in text.strip().splitlines()):
        if line:
            lines += _fold(line, width) if width else [line]
        elif lines[-1]:
            lines.append("")
    return _plain("\n".join(lines)) + "\n"


def _fold(line: str, width: int) -> list[str]:
    indent = "  " if line.startswith("- ") else ""
    return textwrap.wrap(line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
