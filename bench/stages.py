"""Where the time of one mail goes, stage by stage, on one core and in one process."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import cast
from unittest.mock import patch

from bench.figures import Figure, seconds_a_call
from tests.acceptance.mixed_mails import mixed_mail
from tests.acceptance.running import DESK_ADDRESS, generous_rules
from triage.adapters.store import open_store
from triage.bootstrap.analyst import build_analyst
from triage.domain.classification import Script
from triage.domain.decide import decide
from triage.domain.gate import Desk, judge
from triage.domain.letter import Outgoing
from triage.domain.plan import Analysis, History
from triage.domain.vocabulary import Channel
from triage.parsing.chatbook import ChatBook
from triage.parsing.compose import compose
from triage.parsing.letterbook import LetterBook
from triage.parsing.mail import read_mail
from triage.parsing.rules import load_letter_sources, load_policy
from triage.ports import Item, NewItem, Store
from triage.service.analysis import Analyst
from triage.service.intake import BATCH, Intake

MAILS = 200
PASSES = 3
SECRET, KEY = b"a secret for the bench", bytes(range(32))
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
REFERENCE = "DP-2026-00042-K7"
PART = "one mail by stage, processor time"


@dataclass
class ReadBefore:
    """An analyser that only hands out what was read before: what remains is the filing."""

    analyses: dict[str, Analysis]

    async def analyse(self, item: Item) -> Analysis:
        """By the item's key."""
        return self.analyses[item.key]


def _items(count: int) -> list[NewItem]:
    raws = [mixed_mail(number).raw for number in range(count)]
    return [
        NewItem(
            key=f"bench:{number}",
            channel=Channel.EMAIL,
            raw=raw,
            sha256=str(number),
            size_bytes=len(raw),
            received_at=NOW,
        )
        for number, raw in enumerate(raws)
    ]


async def _filing_s(
    intake: Intake, items: list[NewItem], batch: int, folder: Path, keys: Sequence[bytes] = ()
) -> float:
    """Processor seconds of one item, of loop and database thread: claim, history, decide, word, file, commit."""
    url = f"sqlite+aiosqlite:///{mkdtemp(dir=folder)}/filing.db"
    store = await open_store(url, secret=SECRET, storage_keys=keys, migrate=True)
    try:
        await store.save_items(items, None)
        working = replace(intake, store=store)
        with patch("triage.service.intake.BATCH", batch):
            begun = time.process_time()
            while await working.work_once():
                pass
            return (time.process_time() - begun) / len(items)
    finally:
        await store.close()


def _pure_stages(
    analyst: Analyst, items: list[NewItem], analyses: dict[str, Analysis], book: LetterBook, desk: Desk
) -> dict[str, float]:
    read = list(analyses.values())
    policy, table = analyst.policy, analyst.table
    scripts = [
        Script(
            channel=a.enquiry.channel, subject=a.enquiry.subject, text=a.enquiry.full_text, passages=a.enquiry.passages
        )
        for a in read
        if a.classification is not None
    ]
    plans = [decide(a, History(), policy, desk, table, NOW) for a in read]
    facts = [replace(plan.letter.facts, reference=REFERENCE) for plan in plans if plan.letter is not None]
    letters = [
        Outgoing(
            recipient="ana@customer.example",
            message_id="<dp.1@larkfield.example>",
            in_reply_to="<1@customer.example>",
            references=("<1@customer.example>",),
            text=book.word(one),
        )
        for one in facts
    ]
    return {
        "read_mail": seconds_a_call([partial(read_mail, i.raw, received_at=NOW, size_bytes=None) for i in items]),
        "gate": seconds_a_call([partial(judge, a.facts, table, desk, policy, None) for a in read]),
        "reader": seconds_a_call([partial(analyst.reader.read, s) for s in scripts]),
        "decide": seconds_a_call([partial(decide, a, History(), policy, desk, table, NOW) for a in read]),
        "word a letter": seconds_a_call([partial(book.word, f) for f in facts]),
        "compose a letter": seconds_a_call(
            [partial(compose, o, sender_address=DESK_ADDRESS, sender_name="Larkfield", now=NOW) for o in letters]
        ),
    }


async def measure(mails: int = MAILS) -> list[Figure]:
    """Milliseconds a stage; its share of reading, filing in batches, and composing one letter."""
    with TemporaryDirectory(prefix="bench-") as name:
        rules = generous_rules(Path(name))
        policy, sources = load_policy(rules), load_letter_sources(rules)
        desk = Desk(mailbox_address=DESK_ADDRESS, aliases=(), own_domains=policy.own_domains, secret=SECRET)
        begun = time.process_time()
        analyst, book = build_analyst(rules, desk), LetterBook(sources)
        load_s = time.process_time() - begun
        items = _items(mails)
        analyses = {i.key: analyst.analyse(i.raw, i.received_at, i.size_bytes) for i in items}
        seconds = _pure_stages(analyst, items, analyses, book, desk)
        intake = Intake(
            store=cast(Store, None),  # each run has its own
            analyser=ReadBefore(analyses),
            book=book,
            chat_book=ChatBook({}),  # mails have no notes
            policy=policy,
            desk=desk,
            table=analyst.table,
            start_on=None,
            worker="bench",
            clock=lambda: NOW,
        )
        runs = [
            (
                await _filing_s(intake, items, 1, Path(name)),
                await _filing_s(intake, items, BATCH, Path(name)),
                await _filing_s(intake, items, BATCH, Path(name), (KEY,)),
            )
            for _ in range(PASSES)
        ]
        one_by_one, batched, encrypted = (min(column) for column in zip(*runs, strict=True))
    whole = seconds["read_mail"] + seconds["gate"] + seconds["reader"] + batched + seconds["compose a letter"]
    named = {
        **seconds,
        "claim, decide, word, file: one by one": one_by_one,
        f"claim, decide, word, file: {BATCH} a commit": batched,
    }
    figures = [
        Figure(part=PART, name=name, value=s * 1000, unit="ms", beside=whole * 1000, beside_name="whole mail, ms")
        for name, s in named.items()
    ]
    with_key = Figure(
        part=PART,
        name="the same, encrypted with a storage key",
        value=encrypted * 1000,
        unit="ms",
        beside=batched * 1000,
        beside_name="without a key, ms",
    )
    loading = Figure(part=PART, name="loading rules and reader, once a process", value=load_s * 1000, unit="ms")
    return [*figures, with_key, Figure(part=PART, name="whole mail", value=whole * 1000, unit="ms"), loading]
