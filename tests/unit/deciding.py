"""What the tests of the decision share: a person's mail, a reply, a bounce, and the shipped rules."""

from dataclasses import replace
from pathlib import Path

from tests.factories import NOW, SECRET, make_analysis, make_classification, make_facts
from triage.domain.decide import decide
from triage.domain.gate import Desk
from triage.domain.mail_facts import MailPart
from triage.domain.plan import Analysis, History, Plan, Thread
from triage.domain.policy import Policy
from triage.domain.reference import make_message_id
from triage.domain.vocabulary import Kind, LetterPurpose
from triage.parsing.gate_table import read_gate_table
from triage.parsing.rules import load_policy

RULES = Path(__file__).parents[2] / "rules"
POLICY = load_policy(RULES)
TABLE = read_gate_table((RULES / "gate.toml").read_text(encoding="utf-8"))
OUR_ADDRESS = "dataprotection@larkfield.example"
DESK = Desk(mailbox_address=OUR_ADDRESS, aliases=(), own_domains=POLICY.own_domains, secret=SECRET)
THREAD = Thread(
    reference="DP-2026-00042-K7",
    tie="our_message_id",
    sender_is_participant=True,
    open_kinds=(Kind.ACCESS,),
    case_count=1,
)


def person_writes(*kinds: Kind, headers: tuple[tuple[str, str], ...] = (), **reading: object) -> Analysis:
    """A mail from a person to us, with nothing in its headers but `headers`."""
    facts = make_facts(
        headers=headers,
        from_addresses=("ana@customer.example",),
        from_header_count=1,
        return_path="ana@customer.example",
        recipients=(OUR_ADDRESS,),
        recipient_count=1,
    )
    return make_analysis(facts=facts, classification=make_classification(kinds=kinds, **reading))


def decided(analysis: Analysis, history: History | None = None, policy: Policy = POLICY) -> Plan:
    return decide(analysis, history or History(), policy, DESK, TABLE, NOW)


def letter_of(plan: Plan) -> LetterPurpose | None:
    return plan.letter.facts.purpose if plan.letter else None


def reply(*kinds: Kind, **reading: object) -> Analysis:
    own_id = make_message_id(SECRET, THREAD.reference, "acknowledgement", 1, "larkfield.example")
    analysis = person_writes(*kinds, **reading)
    return replace(analysis, facts=replace(analysis.facts, thread_ids=(own_id,)))


def bearing_our_message_id() -> Analysis:
    message_id = make_message_id(SECRET, "DP-2026-00042-K7", "acknowledgement", 1, "larkfield.example")
    analysis = person_writes(Kind.ACCESS)
    return replace(analysis, enquiry=replace(analysis.enquiry, message_id=message_id))


def bounced(status: tuple[str, str] | None, sender: str) -> Analysis:
    analysis = replace(person_writes(), classification=None)
    report = MailPart(type="multipart/report", depth=0, inside_attached_mail=False)
    facts = replace(
        analysis.facts,
        parts=(report,),
        from_addresses=(sender,),
        subject="Undeliverable: hello",
        delivery_status=status,
    )
    return replace(analysis, facts=facts)
