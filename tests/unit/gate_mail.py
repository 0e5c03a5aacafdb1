"""A harmless human mail for the gate's tests; each test changes the one thing it is about."""

from dataclasses import replace
from pathlib import Path

from triage.domain.gate import Desk, GateVerdict, StoreFacts, judge
from triage.domain.mail_facts import MailFacts, MailPart
from triage.domain.policy import FormMail, Policy
from triage.parsing.gate_table import load_gate_table
from triage.parsing.rules import load_policy

RULES = Path(__file__).parents[2] / "rules"
TABLE = load_gate_table(RULES)
SECRET = b"a secret for tests only"
DESK = Desk(
    mailbox_address="dataprotection@larkfield.example",
    aliases=("privacy@larkfield.example", "noreply@larkfield.example"),
    own_domains=("larkfield.example",),
    secret=SECRET,
)
POLICY = replace(
    load_policy(RULES),
    authserv_ids=("mx.larkfield.example",),
    own_list_ids=("privacy.larkfield.example",),
    own_domains=("larkfield.example", "larkfield.test"),
    form_mail=(FormMail(sender="noreply@larkfield.example", person_line="Email", message_line="Message"),),
)


def human_mail(*headers: tuple[str, str], **changes: object) -> MailFacts:
    """Facts of a mail a person wrote to the desk. `headers` are added to it, names lower case."""
    facts = MailFacts(
        headers=(("from", "Jo Reader <jo@post.example>"), *headers),
        parts=(MailPart(type="text/plain", depth=0, inside_attached_mail=False),),
        from_addresses=("jo@post.example",),
        from_header_count=1,
        return_path="jo@post.example",
        recipients=("dataprotection@larkfield.example",),
        recipient_count=1,
        subject="My details",
        body="Please send me a copy of my details.",
    )
    return replace(facts, **changes)  # type: ignore[arg-type]


def part(kind: str, depth: int = 1, *, inside: bool = False, **parameters: str) -> MailPart:
    """One MIME part."""
    return MailPart(type=kind, depth=depth, inside_attached_mail=inside, parameters=tuple(parameters.items()))


def verdict(facts: MailFacts, store: StoreFacts | None = None, policy: Policy = POLICY) -> GateVerdict:
    """The gate's word on a mail, by the shipped table."""
    return judge(facts, TABLE, DESK, policy, store)


def acts(facts: MailFacts, store: StoreFacts | None = None, policy: Policy = POLICY) -> list[tuple[int, str]]:
    """Every hit as row and act."""
    return [(hit.row, hit.act.value) for hit in verdict(facts, store, policy).hits]
