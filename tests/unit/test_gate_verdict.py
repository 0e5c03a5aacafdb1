"""How the gate's rows combine, and what its reasons may say."""

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.gate_mail import DESK, human_mail, verdict
from triage.domain.gate import UNREAD_ROWS, StoreFacts
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


def test_unread_rows_are_those_about_machines_messages():
    assert frozenset({5, 11, 12, 13}) == UNREAD_ROWS


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
