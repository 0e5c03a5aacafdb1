"""The gate: may a *machine* answer this mail? One table, every row judged, every hit kept with its reason.

Rows and their order are the decision table of docs/gate.md; the words and numbers a DPO may change are in
rules/gate.toml. RFC 3834 (automatic responses) is the ground; the union of what mail systems learned is the rest.
The rows themselves are in gate_rows_sender.py, gate_rows_mail.py.
"""

from triage.domain.gate_rows_mail import MAIL_ROWS, SUBJECT_ROWS
from triage.domain.gate_rows_sender import SENDER_ROWS
from triage.domain.gate_values import Desk, GateHit, GateTable, GateVerdict, Sighting, StoreFacts
from triage.domain.mail_facts import MailFacts
from triage.domain.policy import Policy
from triage.domain.vocabulary import GateAnswer

__all__ = [
    "Desk",
    "GateHit",
    "GateTable",
    "GateVerdict",
    "StoreFacts",
    "is_machine_report",
    "judge",
    "may_read",
]

_REPORT_ROWS = frozenset({5, 11, 13})
_CALENDAR_ROW = 12
# Rows that prove a machine beside a subject. Not 6 to 8: groups and bulk senders stamp people's mail as well, and
# X-Auto-Response-Suppress only asks for silence.
_MACHINE_ROWS = frozenset({4, 9, 10})

_STRICTEST_FIRST = (GateAnswer.NEVER, GateAnswer.HOLD, GateAnswer.ACK)


def judge(facts: MailFacts, table: GateTable, desk: Desk, policy: Policy, store: StoreFacts | None) -> GateVerdict:
    """Judge a mail by all 22 rows. NEVER wins over HOLD, HOLD over ACK; no hit at all means ACK.

    Rows 14, 16 and 21 are judged only where `store` is given.
    """
    sighting = Sighting(facts=facts, table=table, desk=desk, policy=policy, store=store)
    hits = sorted(
        (
            GateHit(row=row, act=act, why=why, by_subject=rows is SUBJECT_ROWS)
            for rows in (SENDER_ROWS, MAIL_ROWS, SUBJECT_ROWS)
            for row, find in rows
            for act, why in find(sighting)
        ),
        key=lambda hit: hit.row,
    )
    acts = {hit.act for hit in hits}
    answer = next((act for act in _STRICTEST_FIRST if act in acts), GateAnswer.ACK)
    return GateVerdict(answer=answer, hits=tuple(hits))


def is_machine_report(verdict: GateVerdict, facts: MailFacts) -> bool:
    """Whether a mail is a machine's message about a message: a bounce, a receipt, an absence, a feedback report.

    What only its subject says (rows 11, 13) has to be confirmed by a machine's mark: "Declined: my request" is a
    person's. `facts` are those the verdict was reached on.
    """
    reports = [hit for hit in verdict.hits if hit.row in _REPORT_ROWS]
    if any(not hit.by_subject for hit in reports):
        return True
    marks = {hit.row for hit in verdict.hits if hit.act is GateAnswer.NEVER} & _MACHINE_ROWS
    return bool(reports) and (facts.return_path == "" or bool(marks))


def may_read(verdict: GateVerdict, facts: MailFacts) -> bool:
    """Whether a mail is searched for requests: a machine's "complaint about message from ..." is nobody's complaint."""
    return not is_machine_report(verdict, facts) and all(hit.row != _CALENDAR_ROW for hit in verdict.hits)
