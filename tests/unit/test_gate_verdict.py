"""How the gate's rows combine, and what its reasons may say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.gate_mail import DESK, human_mail, part, verdict
from triage.domain.gate import StoreFacts, is_machine_report, may_read
from triage.domain.vocabulary import GateAnswer


def test_no_hit_means_a_machine_may_answer():
    assert verdict(human_mail()).answer is GateAnswer.ACK


def test_ack_hits_alone_leave_the_answer_ack():
    assert verdict(human_mail(readable=False)).answer is GateAnswer.ACK


def test_hold_wins_over_ack():
    assert verdict(human_mail(readable=False, recipient_count=99)).answer is GateAnswer.HOLD


def test_never_wins_over_hold_and_every_hit_is_kept_in_order():
    mail = human_mail(("precedence", "bulk"), readable=False, recipient_count=99, return_path="")
    found = verdict(mail)
    assert found.answer is GateAnswer.NEVER
    assert [hit.row for hit in found.hits] == [1, 7, 20, 22]


DECLINED = "Declined: my subject access request - why?"


def judged(*headers, **changes):
    """A mail's own verdict asked both questions: may it be read, is it a machine's report."""
    facts = human_mail(*headers, **changes)
    found = verdict(facts)
    return may_read(found, facts), is_machine_report(found, facts)


@pytest.mark.parametrize("subject", [DECLINED, "Your officer is out of the office", "Complaint about message from you"])
def test_a_subject_alone_keeps_machines_quiet_but_its_mail_is_read(subject):
    assert verdict(human_mail(subject=subject)).answer is GateAnswer.NEVER
    assert judged(subject=subject) == (True, False)


@pytest.mark.parametrize(
    ("headers", "changes"),
    [
        ((), {"return_path": ""}),
        ((("auto-submitted", "auto-replied"),), {}),
        ((("x-autoreply", "yes"),), {}),
        ((), {"from_addresses": ("mailer-daemon@post.example",)}),
    ],
)
def test_a_subject_that_a_machines_mark_confirms_is_a_report_nobody_reads(headers, changes):
    assert judged(*headers, subject="Automatic reply: your letter", **changes) == (False, True)
    assert judged(*headers, **changes) == (True, False)


@pytest.mark.parametrize(
    "header",
    [
        ("list-id", "<group.shop.example>"),
        ("precedence", "list"),
        ("x-auto-response-suppress", "All"),
    ],
)
def test_a_mark_that_peoples_mail_bears_too_confirms_nothing(header):
    assert judged(header, subject=DECLINED) == (True, False)


def test_what_our_own_account_forwarded_is_read_whatever_its_subject():
    mine = (("auto-submitted", "auto-generated"), ("resent-from", "info@larkfield.example"))
    assert judged(*mine, subject=DECLINED) == (True, False)


def test_a_report_by_its_structure_headers_or_text_is_not_read():
    assert judged(parts=(part("multipart/report", 0),)) == (False, True)
    assert judged(("x-hmxmroriginalrecipient", "x")) == (False, True)
    assert judged(body="Feedback-Type: abuse\nUser-Agent: x/1\n") == (False, True)


def test_a_calendars_message_is_not_read_and_reports_nothing():
    assert judged(parts=(part("text/calendar", 0, method="REQUEST"),)) == (False, False)


def test_every_reason_is_a_sentence_without_the_senders_data():
    mail = human_mail(
        ("auto-submitted", "auto-replied"),
        ("list-id", "<news.shop.example>"),
        from_addresses=("jo@post.example", "noreply@shop.example"),
        subject="Automatic reply: Jo Reader's illness",
        reply_to=("jo@elsewhere.example",),
    )
    reasons = [hit.why for hit in verdict(mail).hits]
    assert len(reasons) >= 5
    for reason in reasons:
        assert reason.endswith(".")
        assert not any(word in reason for word in ("jo@", "Jo Reader", "illness", "shop.example"))


def test_the_desks_secret_does_not_show_when_it_is_printed():
    assert "secret" not in repr(DESK)


_ADDRESS = st.one_of(st.text(max_size=30), st.emails().map(str.lower))


@given(
    headers=st.lists(
        st.tuples(
            st.sampled_from(["auto-submitted", "authentication-results", "list-id", "precedence", "x-loop", "subject"]),
            st.text(max_size=60),
        ),
        max_size=5,
    ),
    addresses=st.lists(_ADDRESS, max_size=3),
    subject=st.text(max_size=40),
    body=st.text(max_size=80),
)
def test_no_content_makes_the_gate_fail(headers, addresses, subject, body):
    mail = human_mail(*headers, from_addresses=tuple(addresses), reply_to=tuple(addresses), subject=subject, body=body)
    found = verdict(mail, StoreFacts(hard_bounced=False, backlog=False, limit_reached=""))
    assert found.answer in GateAnswer
