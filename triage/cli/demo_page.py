"""What the demo prints: a table of everything that came in, and one chat from both sides."""

import textwrap
from collections import Counter
from collections.abc import Callable

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from triage.cli.terminal import harmless, harmless_line
from triage.demo.show import Outcome
from triage.demo.talking import DESK, DESK_TO_TEAM, TEAM, VISITOR, Talked
from triage.ports import EnquiryRow

_SHOWN_CHAT = "7-person-please"
_ALL_COLUMNS_FROM, _LANE_FROM = 150, 100
_WIDE, _WIDEST_TEXT = 200, 100
_LONGEST_SAID = 72
_SPEAKERS = {VISITOR: "Visitor", TEAM: "Colleague", DESK: "The desk", DESK_TO_TEAM: "Note"}
_INDENT = " " * 11


def print_page(outcome: Outcome) -> None:
    """Everything the demo has to tell."""
    console = Console(markup=False, highlight=False)
    if not console.is_terminal:
        console = Console(width=_WIDE, markup=False, highlight=False)
    console.print(_table(outcome.rows, console.width))
    if console.width < _ALL_COLUMNS_FROM:
        console.print("A wider window shows the reason for each; so does: triage case show REFERENCE\n")
    for chat in outcome.chats:
        if chat.key == _SHOWN_CHAT:
            _print_chat(chat, min(console.width, _WIDEST_TEXT), console.print)
    for line in _summary(outcome):
        console.print(line)


def print_row(row: EnquiryRow) -> None:
    """One enquiry on one line, as it comes in."""
    parts = (row.channel, row.thread or "-", ", ".join(row.kinds) or "no kind yet", row.lane or row.outcome)
    print("  ".join(map(harmless_line, (*parts, f"due {row.due_on}" if row.due_on else "no date"))), flush=True)


def _table(rows: tuple[EnquiryRow, ...], width: int) -> Table:
    cells: dict[str, Callable[[EnquiryRow], str]] = {
        "channel": lambda row: row.channel,
        "reference": lambda row: row.thread or "-",
        "what came in": lambda row: textwrap.shorten(row.subject or "(no subject)", _LONGEST_SAID, placeholder=" …"),
        "kinds": lambda row: ", ".join(row.kinds) or "-",
        "lane": lambda row: (row.lane or row.outcome).replace("_", " "),
        "what went out": _went_out,
        "due": lambda row: row.due_on or "-",
        "why": _why,
    }
    left_out = {"why"} if width < _ALL_COLUMNS_FROM else set()
    left_out |= {"lane"} if width < _LANE_FROM else set()
    names = [name for name in cells if name not in left_out]
    table = Table(title=f"{len(rows)} messages came in", title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for name in names:
        table.add_column(name, overflow="fold", no_wrap=name in ("channel", "reference", "due"))
    for row in rows:
        table.add_row(*(harmless_line(cells[name](row)) for name in names))
    return table


def _went_out(row: EnquiryRow) -> str:
    """In words; "sent" goes without saying."""
    posts = [post.removesuffix(" sent").replace("_", " ") for post in (row.letter, *row.notes) if post]
    if row.channel == "form" and not posts:
        posts = ["confirmation page"]
    if row.not_acknowledged:
        posts.append("a person acknowledges")
    return ", ".join(posts) or "-"


def _why(row: EnquiryRow) -> str:
    return row.trace[-1].removeprefix("letter: ") if row.trace else ""


def _summary(outcome: Outcome) -> list[str]:
    said = Counter(speaker for chat in outcome.chats for speaker, _ in chat.messages)
    lines = [
        f"letters captured: {outcome.letters}; in quarantine: {outcome.quarantined}",
        f"in {len(outcome.chats)} chats: {said[DESK]} replies, {said[DESK_TO_TEAM]} notes for the team",
        *(f"alarm: {code} {reference}".rstrip() for code, reference in outcome.alarms),
        f"journal: {'every chain is whole' if outcome.journal_whole else 'BROKEN'}",
        *(f"NOT AS EXPECTED: {harmless_line(fault)}" for fault in outcome.faults),
    ]
    return lines if outcome.faults else [*lines, "everything ended as expected"]


def _print_chat(chat: Talked, width: int, tell: Callable[[str], None]) -> None:
    """The visitor's window in full; then the team's, where what both see is cut to a line."""
    tell("One chat, from both sides")
    tell(textwrap.fill(chat.about, width) + "\n")
    tell("WHAT THE VISITOR SEES")
    for speaker, text in chat.messages:
        if speaker != DESK_TO_TEAM:
            tell(_message(speaker, text, width))
    tell("\nWHAT THE TEAM SEES")
    for speaker, text in chat.messages:
        both = textwrap.shorten(text, width - len(_INDENT), placeholder=" …")
        tell(_message(speaker, text if speaker == DESK_TO_TEAM else both, width))
    tell("")


def _message(speaker: str, text: str, width: int) -> str:
    indent = " " * 9 + "| " if speaker == DESK_TO_TEAM else _INDENT
    paragraphs = [line for line in harmless(text).splitlines() if line.strip()]
    lines = [part for line in paragraphs for part in textwrap.wrap(line, width - len(indent))]
    shown = [indent + line for line in lines]
    return "\n".join([_SPEAKERS[speaker].ljust(9) + shown[0][9:], *shown[1:]]) if shown else _SPEAKERS[speaker]
