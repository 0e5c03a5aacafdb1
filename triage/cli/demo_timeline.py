"""What the demo prints of the complaint whose time it sped up: day by day, and where its mails lie."""

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from triage.cli.terminal import harmless_line
from triage.demo.sped_up import SpedUp
from triage.domain.notices import short_date

_TITLE = "A complaint that nobody answers, with time sped up (the day of receipt is day 1)"


def print_timeline(told: SpedUp, console: Console, *, keep: bool) -> None:
    """Only days on which something happened. `keep`: the folders outlive the demo."""
    table = Table(title=_TITLE, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("day", justify="right", no_wrap=True)
    table.add_column("date", no_wrap=True)
    table.add_column("what happened", overflow="fold")
    table.add_column("the next step then", overflow="fold")
    for day in told.days:
        happened = "\n".join(map(harmless_line, day.happened))
        table.add_row(str(day.number), short_date(day.on), happened, harmless_line(day.next_step))
    console.print(table)
    hint = "" if keep else " (gone with the demo; --keep DIR keeps them)"
    console.print(f"captured{hint}:")
    console.print(f"  {told.to_person} letters to the person in {told.letters}")
    console.print(f"  {told.to_staff} mails to staff, most of them the digest of a morning, in {told.staff_mails}\n")
