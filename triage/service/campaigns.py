"""A campaign's list held against the do-not-contact list: which of its lines are to be removed before it is sent."""

from dataclasses import dataclass

from triage.parsing.campaign_list import CampaignList, ListLine, read_campaign_list
from triage.ports_suppression import SuppressionStore


@dataclass(frozen=True, kw_only=True, slots=True)
class CampaignCheck:
    """`listed`: lines of people on the list. `not_compared`: lines that hold no address or number."""

    read: CampaignList
    listed: tuple[ListLine, ...]
    not_compared: tuple[ListLine, ...]

    @property
    def clean(self) -> bytes:
        """The same file without the lines of people on the list."""
        return self.read.without(frozenset(line.number for line in self.listed))


async def check_campaign(store: SuppressionStore, content: bytes, column: str | None = None) -> CampaignCheck:
    """Compare every line; nothing of the list is kept. `column`: its name, or its number from 1; told by its content
    without. Raises ValueError, in one line, for what cannot be read."""
    read = read_campaign_list(content, column)
    compared = [(line, line.point) for line in read.lines if line.point is not None]
    hits = await store.suppressed([point for _, point in compared])
    return CampaignCheck(
        read=read,
        listed=tuple(line for (line, _), hit in zip(compared, hits, strict=True) if hit),
        not_compared=tuple(line for line in read.lines if line.point is None),
    )


def runs_of(lines: tuple[ListLine, ...]) -> str:
    """Their numbers, with runs as first-last: "2, 5-7"."""
    runs: list[list[int]] = []
    for line in lines:
        if runs and line.number == runs[-1][-1] + 1:
            runs[-1].append(line.number)
        else:
            runs.append([line.number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)
