"""A desk with work in every lane and state: invented people wrote to it for six weeks; some of it was dealt with."""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from tests.console.letter_office import POLICY, Office
from tests.servers.replies import bounce_of
from tests.service.conftest import person_mail
from tests.service.fake_chat import deliver, events, make_thread
from triage.demo.samples import SAMPLES
from triage.domain.asking import propose
from triage.domain.checklist import tick
from triage.domain.closing import close
from triage.domain.do_not_contact import contact_point
from triage.domain.holding import contacted, take_note
from triage.domain.letter_desk import LettersAsked, Shelf
from triage.domain.told import Entry
from triage.domain.vocabulary import Channel, Kind, LetterPurpose, Nation, Outcome, Regime
from triage.parsing.told_bytes import entry_bytes
from triage.ports import NewItem
from triage.service.approvals import ask_approval

_MAILS = Path(__file__).parents[1] / "mails"
_BEGAN_AT = datetime(2026, 10, 14, 9, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 26, 9, 40, tzinfo=UTC)
_LARKFIELD = POLICY.main_controller
# A group of three, one of them under the EU's law: the second and the third are asked for by their names.
GROUP = replace(
    POLICY,
    controllers=(
        _LARKFIELD,
        replace(_LARKFIELD, name="Marlowe Print Ltd", registered_number="07654321", addresses=(), also_called=()),
        replace(
            _LARKFIELD,
            name="Larkfield Sofia EOOD",
            nation=Nation.BULGARIA,
            regime=Regime.EU,
            registered_number="206543210",
            addresses=(),
            also_called=(),
        ),
    ),
)
_UNSURE = "Hello, somebody rang me and knew my birthday. I would like to know what is going on, if you can help?"


@dataclass
class Filled:
    """The office, and references and letters by a name for each."""

    office: Office
    threads: dict[str, str] = field(default_factory=dict)
    letters: dict[str, int] = field(default_factory=dict)

    def case(self, name: str) -> str:
        """The first case of a thread."""
        return f"{self.threads[name]}/1"


async def fill(office: Office) -> Filled:
    """Fill an empty desk. Ends on NOW."""
    filled = Filled(office)
    office.life.desk.clock.now = _BEGAN_AT
    await _first_weeks(filled)
    await _last_weeks(filled)
    await _yesterday(filled)
    await _this_morning(filled)
    await _letters(filled)
    return filled


async def _first_weeks(filled: Filled) -> None:
    life = filled.office.life
    await _sample(filled, "closed", "08-opt-out-polite")
    reference = filled.case("closed")
    await life.read(reference)
    for task in (await life.case(reference)).tasks:
        await life.act(
            reference,
            lambda case, policy, now, name=task.system: tick(case, name, "dana", "taken off", now.date(), policy, now),
        )
    await life.approve(reference, LetterPurpose.OPT_OUT_DONE)
    await life.act(reference, lambda case, policy, now: close(case, Outcome.SUPPRESSED, policy, now))
    await _go_to(filled, date(2026, 10, 21))
    await _sample(filled, "overdue", "01-access-polite")
    await _go_to(filled, date(2026, 10, 24))
    await _sample(filled, "escalation", "13-complaint-no-answer")
    await _go_to(filled, date(2026, 10, 29))
    await _sample(filled, "due_soon", "06-deletion-account-web-mailer")


async def _last_weeks(filled: Filled) -> None:
    life = filled.office.life
    await _go_to(filled, date(2026, 11, 9))
    await _sample(filled, "waiting", "02-access-very-short")
    await life.read(filled.threads["waiting"])
    words = "Please tell us your customer number: two people of your name are with us."
    await life.act(
        filled.case("waiting"), lambda case, policy, now: propose(case, LetterPurpose.IDENTITY_ASK, words, policy, now)
    )
    await life.approve(filled.threads["waiting"], LetterPurpose.IDENTITY_ASK)
    await _go_to(filled, date(2026, 11, 16))
    await _sample(filled, "several", "17-several-copy-then-erase-then-silence")
    await _sample(filled, "solicitor", "26-solicitor-letter-attached")
    await _sample(filled, "complaint", "11-complaint-shared-with-partner")
    await _by_post(
        filled, "post", "I have had three catalogues from you. Please send no more, and tell me who gave you my name."
    )
    await _go_to(filled, date(2026, 11, 20))
    await _sample(filled, "portability", "14-other-right-portability")
    await life.hear(
        "Marlowe Print Ltd holds my old address. Please correct it: I live at 4 Weir Lane, Exampleton now.",
        "osian.bevan@fernhollow.example",
        From="Osian Bevan <osian.bevan@fernhollow.example>",
        Subject="Marlowe Print: my address",
    )
    await _go_to(filled, date(2026, 11, 24))
    filled.threads["doubt"] = await life.hear(
        "I bought a lamp from Larkfield Sofia EOOD. Please send me a copy of all the personal data you hold about me.",
        "teo.velk@fernhollow.example",
        From="Teo Velk <teo.velk@fernhollow.example>",
        Subject="A copy of my data",
    )


async def _yesterday(filled: Filled) -> None:
    office, life = filled.office, filled.office.life
    await _go_to(filled, date(2026, 11, 25))
    for sample in ("24-newsletter-list-unsubscribe", "29-sales-gdpr-consultancy", "30-invoice-question"):
        await _sample(filled, sample, sample)
    await _sample(filled, "automatic", "21-out-of-office-with-headers")
    await _sample(filled, "breach", "27-breach-someone-elses-invoice")
    await _chat(
        filled, "chat", "Hi, please delete everything you have about me. My mail is bel.arden@quickmail.example"
    )
    filled.threads["new_message"] = await life.hear(
        "Please send me a copy of all the personal data you hold about me.",
        "wyn.harker@lowtide.example",
        From="Wyn Harker <wyn.harker@lowtide.example>",
        Subject="My data",
    )
    await life.read(filled.threads["new_message"])
    bounced = life.sent[-1]
    await life.hear(
        "Please remove my number from your call lists and do not ring me again.",
        "p.quill@mossbank.example",
        From="Petra Quill <p.quill@mossbank.example>",
        Subject="Calls",
    )
    await life.receive(bounce_of(life.sent[-1]))
    await life.receive(_reply(bounced.message_id, bounced.text.subject))
    await office.store.assign(filled.case("due_soon"), "dana", by="dana", now=life.desk.clock())
    await office.store.assign(filled.case("several"), "dana", by="dana", now=life.desk.clock())


async def _this_morning(filled: Filled) -> None:
    office, life = filled.office, filled.office.life
    for name in ("56-zero-bytes", "57-jpeg-not-a-mail"):
        life.desk.mailbox.receive((_MAILS / f"{name}.eml").read_bytes(), life.desk.clock())
    for _ in range(6):  # as often as an item is tried before it is put aside
        life.desk.clock.advance(timedelta(hours=1))
        await life.desk.work()
    await _go_to(filled, NOW.date())
    for number in (1, 2):
        raw = person_mail(
            f"Please delete all the personal data you hold about me. I was customer {number}.",
            f"late{number}@slowmail.example",
            From=f"Lowri Vane {number} <late{number}@slowmail.example>",
            Subject="Delete my account",
        )
        life.desk.mailbox.receive(raw, life.desk.clock() - timedelta(hours=80))
        await life.desk.work()
        filled.threads["held"] = (await life.store.list_enquiries())[-1].thread or ""
    await _sample(filled, "regulator", "28-regulator-officer")
    await _sample(filled, "correction", "04-correction-moved-house")
    await _sample(filled, "objection", "09-opt-out-angry-calls")
    filled.threads["unsure"] = await life.hear(
        _UNSURE,
        "ines.marwood@ymailer.example",
        From="Ines Marwood <ines.marwood@ymailer.example>",
        Subject="A strange call",
    )
    await life.act(
        filled.case("overdue"),
        lambda case, *_: take_note(case, "Finance has the invoices; sales still looks.\nAsked again on Tuesday."),
    )
    await life.act(
        filled.case("overdue"),
        lambda case, policy, now: contacted(
            case,
            now.date(),
            "By phone, Rosalind Petheram: she only needs the last two years.\nAgreed: we send those first.",
            policy,
            now,
        ),
    )
    for number, told in enumerate(("juno@lowtide.example", "01632 960 777", "hal@fernhollow.example")):
        point = contact_point(told)
        assert point is not None
        await office.store.suppress(
            point, (Channel.PHONE, Channel.POST)[number % 2], None, by="dana", now=life.desk.clock()
        )
    await life.desk.store.raise_alarm("sending_limit", None, life.desk.clock())
    life.desk.clock.now = NOW
    await life.desk.store.beat(("mailbox", "worker"), NOW - timedelta(minutes=1))


async def _letters(filled: Filled) -> None:
    """A letter on each shelf: drafts are there already, as is one that came back."""
    office, life = filled.office, filled.office.life
    for name in ("due_soon", "several"):
        await life.read(filled.threads[name])
        await life.act(
            filled.case(name),
            lambda case, policy, now: propose(
                case,
                LetterPurpose.EXTENSION_NOTICE,
                "You ask for ten years of papers, and we read each of them.",
                policy,
                now,
            ),
        )
    filled.letters["draft"] = (await life.drafts(filled.case("due_soon"), LetterPurpose.EXTENSION_NOTICE))[0].id
    (leaving,) = await life.drafts(filled.case("several"), LetterPurpose.EXTENSION_NOTICE)
    filled.letters["leaving"] = leaving.id
    await ask_approval(life.work, office.store, leaving.id, by="dana")
    for name, shelf in (("lost", Shelf.LOST), ("sent", Shelf.RECENT)):
        rows = (await office.store.letters_page(LettersAsked(shelf=shelf))).rows
        filled.letters[name] = next(one.id for one in rows if shelf is Shelf.LOST or one.state == "sent")


async def _go_to(filled: Filled, day: date) -> None:
    """Days go by, with one look at their end: what comes due meanwhile is seen then."""
    life = filled.office.life
    life.desk.clock.now = datetime.combine(day, _BEGAN_AT.timetz())
    await life.look()


async def _sample(filled: Filled, name: str, file: str) -> None:
    filled.threads[name] = await filled.office.life.receive((SAMPLES / f"{file}.eml").read_bytes())


async def _by_post(filled: Filled, name: str, text: str) -> None:
    """A letter that a colleague typed in."""
    life = filled.office.life
    now = life.desk.clock()
    entry = Entry(
        name="H. Penrose",
        email="",
        phone="01632 960 044",
        post="3 Mill Rise, Exampleton",
        kinds=(Kind.OPT_OUT,),
        message=text,
        subject="Letter of 12 November",
        received_on=now.date(),
        by="dana",
        earlier_reference="",
    )
    raw = entry_bytes(entry)
    item = NewItem(
        key=f"entry:{name}",
        channel=Channel.POST,
        raw=raw,
        sha256=hashlib.sha256(raw).hexdigest(),
        size_bytes=len(raw),
        received_at=now,
    )
    await life.store.save_items([item], None)
    await life.desk.work()
    filled.threads[name] = (await life.store.list_enquiries())[-1].thread or ""


async def _chat(filled: Filled, name: str, *lines: str) -> None:
    """A visitor of the website."""
    desk = filled.office.life.desk
    desk.conversations.threads.setdefault("8123456789", make_thread("8123456789"))
    for line in lines:
        await deliver(desk.store, *events(desk.conversations.say(line), at=desk.clock()))
        await desk.hear()
    await desk.answer()
    filled.threads[name] = (await desk.store.list_enquiries())[-1].thread or ""


def _reply(message_id: str, subject: str) -> bytes:
    return person_mail(
        "Thank you. One thing more: I only need what is about the repair in August. When will I hear from you?",
        "wyn.harker@lowtide.example",
        From="Wyn Harker <wyn.harker@lowtide.example>",
        Subject=f"Re: {subject}",
        In_Reply_To=message_id,
    )
