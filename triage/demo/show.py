"""The demo's story: mail, chats, a form and a letter come in, and what became of each is held to what is expected.

Before them one complaint has grown old, with time sped up.
"""

import time
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from triage.demo.chats import sample_chats
from triage.demo.desk import DemoDesk, demo_settings
from triage.demo.moved_desk import last_day
from triage.demo.others import send_form, type_in
from triage.demo.samples import SAMPLES, answers, sample_mails
from triage.demo.sped_up import SAMPLE, SpedUp, speed_up
from triage.demo.talking import Talked, talk
from triage.ports import EnquiryRow

_WHERE_NOBODY_LOOKS = ("not_requests", "automatic_mail")
_ANSWERS = 3
_OTHERS = 2
# The folder inside the demo's with the letters about the complaint that grew old.
SPED_UP = "sped-up"


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What the demo has to tell. `rows` bear what came in as their subject; `faults` is what did not end as expected,
    one line each."""

    rows: tuple[EnquiryRow, ...]
    chats: tuple[Talked, ...]
    faults: tuple[str, ...]
    quarantined: int
    alarms: tuple[tuple[str, str], ...]
    letters: int
    journal_whole: bool
    sped_up: SpedUp

    @property
    def good(self) -> bool:
        """Nothing lost, nothing unexpected, every chain of the journal whole."""
        return self.journal_whole and not self.faults


def steps() -> int:
    """How many times `play` says that it has come further."""
    return len(_mails_of_today()) + _ANSWERS + sum(len(chat.turns) for chat in sample_chats()) + _OTHERS + 1


def _mails_of_today() -> list[tuple[str, bytes]]:
    """Every sample but the one that came a month ago."""
    return [(name, raw) for name, raw in sample_mails() if name != SAMPLE]


async def play(desk: DemoDesk, config: Path, progress: Callable[[str], None]) -> Outcome:
    """Work through everything, the answers to our own letters too. `config` names settings of the desk's store."""
    store, intake = desk.worker.store, desk.worker.intake
    progress("time sped up")
    aside = demo_settings(desk.folder).model_copy(update={"capture_dir": desk.folder / SPED_UP / "letters"})
    sped_up = await speed_up(aside, intake, today=last_day(intake.clock()))
    faults = [*sped_up.faults, *_faults(SAMPLE, await store.list_enquiries())]
    await desk.worker.drain()  # the first look at the empty inbox: what comes now is new mail
    faults += await _deliver(desk, _mails_of_today(), progress)
    faults += await _deliver(desk, answers(desk.letters()), progress)
    rows = list(await store.list_enquiries())
    chats = [await talk(desk, chat, progress) for chat in sample_chats()]
    for talked in chats:
        rows += [replace(row, subject=said) for said, row in talked.rows]
        faults += talked.faults
    progress("form")
    others = [await send_form(desk)]
    progress("post")
    others.append(await type_in(desk, config))
    rows += [replace(filed.row, subject=filed.said) for filed in others if filed.row is not None]
    faults += [filed.fault for filed in others if filed.fault]
    return Outcome(
        rows=tuple(rows),
        chats=tuple(chats),
        faults=tuple(faults),
        quarantined=len(await store.list_quarantine()),
        alarms=tuple((alarm.code, alarm.reference or "") for alarm in await store.alarms()),
        letters=len(desk.letters()),
        journal_whole=not await store.verify_journal(),
        sped_up=sped_up,
    )


async def _deliver(desk: DemoDesk, mails: list[tuple[str, bytes]], progress: Callable[[str], None]) -> list[str]:
    """Put each mail into the inbox and work; what did not end as expected."""
    faults: list[str] = []
    store, known = desk.worker.store, await desk.worker.store.list_enquiries()
    for number, (name, raw) in enumerate(mails):
        target = desk.folder / "inbox" / "new" / f"{int(time.time())}.{number:03d}_{name}.demo"
        target.write_bytes(raw)
        progress(name)
        await desk.worker.drain()
        rows = await store.list_enquiries()
        faults += _faults(name, rows[len(known) :])
        known = rows
    return faults


def _faults(name: str, new: tuple[EnquiryRow, ...]) -> list[str]:
    fault = mail_fault(name, new, expected_of(name))
    return [fault] if fault else []


def expected_of(name: str) -> dict[str, object]:
    """What a careful officer expects of a sample mail; nothing in particular of an answer to our own letters."""
    path = SAMPLES / f"{name}.expected.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def mail_fault(name: str, new: tuple[EnquiryRow, ...], expected: dict[str, object]) -> str:
    """ "" or what may not happen to a mail, whatever the reader makes of its words: that it is lost, that the gate
    answers otherwise, that a request lies where nobody looks, that somebody gets a letter who must get none."""
    if len(new) != 1:
        return f"{name}: became {len(new)} enquiries"
    row = new[0]
    if row.gate != expected.get("gate", row.gate):
        return f"{name}: the gate says {row.gate}, expected {expected['gate']}"
    if expected.get("kinds") and row.lane in _WHERE_NOBODY_LOOKS:
        return f"{name}: lies in {row.lane}, and it asks for something"
    if expected.get("letter") == "none" and row.letter is not None:
        return f"{name}: {row.letter}, and it must get no letter"
    return ""
