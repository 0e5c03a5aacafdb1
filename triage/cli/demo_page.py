"""What the demo prints: everything that came in, one chat from both sides, and a complaint with time sped up."""

import textwrap
from collections import Counter
from collections.abc import Callable

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from triage.cli.demo_timeline import print_timeline
from triage.cli.terminal import harmless, harmless_line
from triage.demo.show import Outcome
from triage.demo.talking import DESK, DESK_TO_TEAM, TEAM, VISITOR, Talked
from triage.ports import EnquiryRow

_SHOWN_CHAT = "7-person-please"
# A table of eight columns needs that much; on a narrower terminal each message has two lines.
_TABLE_FROM = 150
_NO_TERMINAL = 200
_WIDEST_TEXT = 100
_LONGEST_SAID = 72
_SPEAKERS = {VISITOR: "Visitor", TEAM: "Colleague", DESK: "The desk", DESK_TO_TEAM: "Note"}
_SPEAKER_WIDTH = 11
_BESIDE = " " * 9


def print_page(outcome: Outcome, *, keep: bool) -> None:
    """Everything the demo has to tell. `keep`: its folder outlives it."""
    console = Console(markup=False, highlight=False)
    if not console.is_terminal:
        console = Console(width=_NO_TERMINAL, markup=False, highlight=False)
    if console.width >= _TABLE_FROM:
        console.print(_table(outcome.rows))
    else:
        _print_list(outcome.rows, console.width, console.print)
    for chat in outcome.chats:
        if chat.key == _SHOWN_CHAT:
            _print_chat(chat, min(console.width, _WIDEST_TEXT), console.print)
    print_timeline(outcome.sped_up, console, keep=keep)
    for line in _summary(outcome):
        console.print(line)


def print_row(row: EnquiryRow) -> None:
    """One enquiry on one line, as it comes in."""
    print(f"{row.channel}  {row.thread or '-'}  {_became(row)}", flush=True)


def _table(rows: tuple[EnquiryRow, ...]) -> Table:
    table = Table(title=_title(rows), title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    columns = ("channel", "reference", "what came in", "kinds", "lane", "what went out", "due", "why")
    for name in columns:
        table.add_column(name, overflow="fold", no_wrap=name in ("channel", "reference", "due"))
    before = ""
    for row in rows:
        if before not in ("", row.channel):
            table.add_section()
        before = row.channel
        said = textwrap.shorten(row.subject or "(no subject)", _LONGEST_SAID, placeholder=" …")
        why = row.trace[-1].removeprefix("letter: ") if row.trace else ""
        cells = (said, ", ".join(row.kinds) or "-", _lane(row), _went_out(row) or "-", row.due_on or "-", why)
        table.add_row(row.channel, row.thread or "-", *map(harmless_line, cells))
    return table


def _print_list(rows: tuple[EnquiryRow, ...], width: int, tell: Callable[[str], None]) -> None:
    tell(_title(rows))
    tell("Below each: kinds | lane | what went out | due")
    before = ""
    for row in rows:
        if row.channel != before:
            tell("")
        before = row.channel
        head = f"{row.channel:<5}  {row.thread or '-':<18}  "
        said = textwrap.shorten(harmless_line(row.subject or "(no subject)"), width - len(head), placeholder=" …")
        tell(head + said)
        tell(textwrap.fill(_became(row), width, initial_indent=" " * 7, subsequent_indent=" " * 9))
    tell("")


def _title(rows: tuple[EnquiryRow, ...]) -> str:
    channels = Counter(row.channel for row in rows)
    return f"{len(rows)} messages came in: " + ", ".join(f"{count} by {name}" for name, count in channels.items())


def _became(row: EnquiryRow) -> str:
    due = (f"due {row.due_on}",) if row.due_on else ()
    return " | ".join((", ".join(row.kinds) or "no kind", _lane(row), _went_out(row) or "nothing went out", *due))


def _lane(row: EnquiryRow) -> str:
    return (row.lane or row.outcome).replace("_", " ")


def _went_out(row: EnquiryRow) -> str:
    """In words; "sent" goes without saying."""
    posts = [post.removesuffix(" sent").replace("_", " ") for post in (row.letter, *row.notes) if post]
    if row.channel == "form" and not posts:
        posts = ["confirmation page"]
    return ", ".join([*posts, *(["not acknowledged yet"] if row.not_acknowledged else [])])


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
    tell("WHAT THE VISITOR SEES\n")
    for speaker, text in chat.messages:
        if speaker != DESK_TO_TEAM:
            tell(_message(speaker, text, width))
    tell("\nWHAT THE TEAM SEES\n")
    for speaker, text in chat.messages:
        both = textwrap.shorten(text, width - _SPEAKER_WIDTH, placeholder=" …")
        tell(_message(speaker, text if speaker == DESK_TO_TEAM else both, width))
    tell("")


def _message(speaker: str, text: str, width: int) -> str:
    """Who speaks, and beside it what; a bar beside what only the team sees."""
    beside = _BESIDE + ("| " if speaker == DESK_TO_TEAM else "  ")
    paragraphs = [line.strip() for line in harmless(text).splitlines() if line.strip()]
    wrapped = [textwrap.wrap(line, width - len(beside), break_on_hyphens=False) for line in paragraphs]
    first, *rest = [beside + part for parts in wrapped for part in parts] or [beside]
    return "\n".join([_SPEAKERS[speaker].ljust(len(_BESIDE)) + first[len(_BESIDE) :], *rest])
