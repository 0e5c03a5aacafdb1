"""The worked dates the rules were agreed on: what happened, and what must come out, as docs/clock.md lists them."""

from datetime import UTC, date, datetime

from triage.domain.clock import Pause
from triage.domain.vocabulary import Kind, Nation


def pause(asked: date, answered: date | None) -> tuple[Pause]:
    return (Pause(asked_on=asked, answered_on=answered),)


WORKED = [
    # number, facts, the dates that must come out
    (1, {"kind": Kind.ACCESS, "received": datetime(2026, 11, 23, 9, 10, tzinfo=UTC)}, {"statutory_due": "2026-12-23"}),
    (2, {"kind": Kind.ACCESS, "received": datetime(2026, 11, 22, 8, 0, tzinfo=UTC)}, {"statutory_due": "2026-12-22"}),
    (3, {"kind": Kind.DELETION, "received": datetime(2026, 11, 25, 16, tzinfo=UTC)}, {"statutory_due": "2026-12-29"}),
    (4, {"kind": Kind.ACCESS, "received": date(2026, 12, 31)}, {"statutory_due": "2027-02-01"}),
    (5, {"kind": Kind.ACCESS, "received": date(2027, 1, 1)}, {"statutory_due": "2027-02-01"}),
    (6, {"kind": Kind.ACCESS, "received": date(2027, 1, 31)}, {"statutory_due": "2027-03-01"}),
    (7, {"kind": Kind.ACCESS, "received": date(2028, 2, 29)}, {"statutory_due": "2028-03-29"}),
    (8, {"kind": Kind.ACCESS, "received": date(2027, 2, 26)}, {"statutory_due": "2027-03-30"}),
    (9, {"kind": Kind.ACCESS, "received": date(2027, 3, 31)}, {"statutory_due": "2027-04-30"}),
    (10, {"kind": Kind.ACCESS, "received": date(2027, 4, 3)}, {"statutory_due": "2027-05-04"}),
    (11, {"kind": Kind.ACCESS, "received": date(2027, 7, 30)}, {"statutory_due": "2027-08-31"}),
    (
        11,
        {"kind": Kind.ACCESS, "received": date(2027, 7, 30), "nation": Nation.SCOTLAND},
        {"statutory_due": "2027-08-30"},
    ),
    (
        12,
        {
            "kind": Kind.ACCESS,
            "received": date(2026, 12, 7),
            "identity_asked_on": date(2026, 12, 8),
            "identity_received_on": date(2026, 12, 21),
        },
        {"starts_on": "2026-12-21", "statutory_due": "2027-01-21", "shadow_due": "2027-01-07"},
    ),
    (
        13,
        {
            "kind": Kind.ACCESS,
            "received": date(2026, 12, 8),
            "pauses": pause(date(2026, 12, 10), date(2026, 12, 17)),
        },
        {"statutory_due": "2027-01-18", "safe_due": "2027-01-15"},
    ),
    (
        14,
        {"kind": Kind.ACCESS, "received": date(2027, 2, 15), "pauses": pause(date(2027, 2, 20), date(2027, 2, 27))},
        {"statutory_due": "2027-03-23", "safe_due": "2027-03-22"},
    ),
    (
        15,
        {"kind": Kind.ACCESS, "received": date(2026, 11, 30), "extended": True},
        {"statutory_due": "2027-03-01", "extension_notice_by": "2026-12-30"},
    ),
    (16, {"kind": Kind.ACCESS, "received": date(2027, 8, 31), "extended": True}, {"statutory_due": "2027-11-30"}),
    (
        17,
        {"kind": Kind.COMPLAINT, "received": date(2026, 11, 26)},
        {"acknowledge_by": "2026-12-29", "acknowledge_target": "2026-12-24"},
    ),
    (
        18,
        {"kind": Kind.OPT_OUT, "received": date(2026, 12, 5)},
        {"internal_target": "2026-12-07", "acknowledge_target": "2026-12-08", "statutory_due": "2027-01-05"},
    ),
]
