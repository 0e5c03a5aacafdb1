"""The account of what a desk should have told its staff and did not, one line each; `owed` counts what was due."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

from tests.service.hindsight import Life
from tests.service.hindsight_complaints import Complaint
from tests.service.office import Office
from tests.service.rows import Rows, day_of, is_working
from triage.domain.vocabulary import Kind


def missed_reminders(lives: Mapping[str, Life], rows: Rows, office: Office, owed: Counter[str]) -> list[str]:
    """Dates of requests, and acknowledgements of complaints, that nobody was told of in time."""
    told = _told(rows, office)
    missed = []
    for reference, life in lives.items():
        of_case = [key for key in rows.of_case[reference] if key in told]
        seen = set()
        whose = Complaint(life, lives) if life.case.kind is Kind.COMPLAINT else life
        for look, key in whose.owed(office.looks):
            seen.add(key)
            if not any(one.startswith(key) and told[one] <= look for one in of_case):
                missed.append(f"{look}: {key}")
                break
        owed.update(_owed_by(key, life) for key in seen)
    return missed


def missed_quarantine(rows: Rows, office: Office, owed: Counter[str]) -> list[str]:
    """Whatever lies unread for over a working day is told."""
    told, policy = _told(rows, office), office.policy
    missed = []
    for look, since in office.unreadable_since.items():
        first, today = day_of(since), day_of(look)
        days = (first + timedelta(days=n) for n in range(1, (today - first).days))
        if any(is_working(day, policy.main_controller.nation, policy.office_closures) for day in days):
            owed["quarantine"] += 1
            if told.get(key := f"quarantine:{first}", look + timedelta(1)) > look:
                missed.append(f"{look}: {key}")
    return missed


def _owed_by(key: str, life: Life) -> str:
    what = key.partition(":")[0]
    return f"{what} acknowledgement" if what == "overdue" and life.case.kind is Kind.COMPLAINT else what


def missed_triggers(lives: Mapping[str, Life], rows: Rows, office: Office, owed: Counter[str]) -> list[str]:
    """Triggers of complaints that were not found, or found and told to nobody."""
    told = _told(rows, office)
    missed = []
    complaints = (Complaint(life, lives) for life in lives.values() if life.case.kind is Kind.COMPLAINT)
    for complaint in complaints:
        reference = complaint.life.case.reference
        codes = "+".join(key for key in rows.of_case[reference] if key in told)
        seen = set()
        for since, look, code in complaint.unresolved(office.looks):
            seen.add((since, code))
            if not complaint.fired(since, look, code):
                missed.append(f"{look}: {reference} {code} was not found")
                break
            if code not in codes:
                missed.append(f"{look}: {reference} {code} was told to nobody")
                break
        owed.update(code for _, code in seen)
    return missed


def _told(rows: Rows, office: Office) -> dict[str, datetime]:
    """Keys of the notices that left, with when they were put."""
    gone = {letter.message_id for letter in office.staff_mail.gone}
    return {key: one["created_at"] for key, one in rows.notices.items() if one["message_id"] in gone}
