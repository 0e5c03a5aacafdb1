"""The gate: may a *machine* answer this mail? One table, every row judged, every hit kept with its reason.

Rows and their order are the decision table of docs/gate.md; the words and numbers a DPO may change are in
rules/gate.toml. RFC 3834 (automatic responses) is the ground; the union of what mail systems learned is the rest.
The rows themselves are in gate_rows_sender.py, gate_rows_mail.py.
"""

from triage.domain.gate_rows_mail import MAIL_ROWS
from triage.domain.gate_rows_sender import SENDER_ROWS
from triage.domain.gate_values import Desk, GateHit, GateTable, GateVerdict, Sighting, StoreFacts
from triage.domain.mail_facts import MailFacts
from triage.domain.policy import Policy
from triage.domain.vocabulary import GateAnswer

__all__ = ["UNREAD_ROWS", "Desk", "GateHit", "GateTable", "GateVerdict", "StoreFacts", "judge"]

# After these rows the mail is not classified: a machine's "complaint about message from ..." is nobody's complaint.
UNREAD_ROWS = frozenset({5, 11, 12, 13})

_STRICTEST_FIRST = (GateAnswer.NEVER, GateAnswer.HOLD, GateAnswer.ACK)


def judge(facts: MailFacts, table: GateTable, desk: Desk, policy: Policy, store: StoreFacts | None) -> GateVerdict:
    """Judge a mail by all 22 rows. NEVER wins over HOLD, HOLD over ACK; no hit at all means ACK.

    Rows 14, 16 and 21 are judged only where `store` is given.
    """
    sighting = Sighting(facts=facts, table=table, desk=desk, policy=policy, store=store)
    hits = sorted(
        (GateHit(row=row, act=act, why=why) for row, find in (*SENDER_ROWS, *MAIL_ROWS) for act, why in find(sighting)),
        key=lambda hit: hit.row,
    )
    acts = {hit.act for hit in hits}
    answer = next((act for act in _STRICTEST_FIRST if act in acts), GateAnswer.ACK)
    return GateVerdict(answer=answer, hits=tuple(hits))
