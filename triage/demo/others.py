"""What comes neither by mail nor by chat: one post of the enquiry form, and one letter that a colleague types in."""

import asyncio
import os
import re
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import aiohttp
from altcha import Challenge, Payload, solve_challenge

from triage.demo.desk import DemoDesk
from triage.ports import EnquiryRow

_FORM_LIMIT = aiohttp.ClientTimeout(total=30)
_COMMAND_LIMIT_S = 60.0
_FORM = {
    "about": "access",
    "message": "Please send me a copy of what my customer file says about me, on paper if you can.",
    "name": "Edith Crane",
    "post": "4 Sample Row, Exampleton, EX2 4SR",
}
_LETTER = (
    "I have had enough of your catalogues. Please take me off your mailing list and send me no more advertising.\n"
    "H. Penrose"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Filed:
    """What became of one of them, what it said, and "" or what is not as expected."""

    said: str
    row: EnquiryRow | None
    fault: str


async def send_form(desk: DemoDesk) -> Filed:
    """Fill the form in as a browser does, hidden fields and proof of work and all, and send it."""
    async with aiohttp.ClientSession(timeout=_FORM_LIMIT) as session:
        async with session.get(desk.form_url) as answer:
            hidden = re.search(r'name="form_id" value="([0-9a-f]{32})"', await answer.text())
        async with session.get(f"{desk.form_url}/challenge") as answer:
            challenge = Challenge.from_dict(await answer.json())
        solution = await asyncio.to_thread(solve_challenge, challenge)
        proof = Payload(challenge, solution).to_base64() if solution else ""
        fields = {**_FORM, "form_id": hidden[1] if hidden else "", "proof": proof}
        async with session.post(desk.form_url, data=fields) as answer:
            shown = await answer.text()
    row = await _next_row(desk)
    confirmed = row is not None and row.thread is not None and row.thread in shown
    as_expected = confirmed and row is not None and (row.channel, row.kinds, row.letter) == ("form", ("access",), None)
    return Filed(said=_FORM["message"], row=row, fault="" if as_expected else f"the form's post became {row}")


async def type_in(desk: DemoDesk, config: Path) -> Filed:
    """Run `triage case add`, the command itself, for a letter that came by post four days ago."""
    words = ["case", "add", "--config", str(config), "--channel", "post", "--received-on", str(_four_days_ago())]
    words += ["--name", "Harold Penrose", "--address", "12 Sample Street, Exampleton, EX3 1AB"]
    words += ["--subject", "No more catalogues (letter by post)", "--kind", "opt_out", "--text", _LETTER]
    words += ["--no-wait"]  # the desk reads it below
    plain = {name: value for name, value in os.environ.items() if not name.startswith("TRIAGE_")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "triage", *words), env=plain, stdout=asyncio.subprocess.DEVNULL
    )
    try:
        code = await asyncio.wait_for(process.wait(), _COMMAND_LIMIT_S)
    except TimeoutError:
        process.kill()
        code = await process.wait()
    row = await _next_row(desk)
    as_expected = code == 0 and row is not None and (row.channel, row.kinds) == ("post", ("opt_out",))
    as_expected = as_expected and row is not None and row.not_acknowledged and row.letter is None
    fault = "" if as_expected else f"the letter typed in (exit code {code}) became {row}"
    return Filed(said=row.subject if row else "", row=row, fault=fault)


async def _next_row(desk: DemoDesk) -> EnquiryRow | None:
    """What the desk makes of what has just come in."""
    before = len(await desk.worker.store.list_enquiries())
    await desk.worker.drain()
    new = (await desk.worker.store.list_enquiries())[before:]
    return new[0] if len(new) == 1 else None


def _four_days_ago() -> date:
    return (datetime.now(UTC) - timedelta(days=4)).date()
