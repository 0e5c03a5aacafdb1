"""Rows of the gate about headers, structure and subject: each with a hit and a near miss."""

import pytest

from tests.unit.gate_mail import TABLE, acts, human_mail, part

PLAIN = part("text/plain", 1)


@pytest.mark.parametrize(
    "value", ["auto-generated", "Auto-Replied (vacation)", "auto-notified; owner-email=x", "yes", ""]
)
def test_row_4_never_answers_what_a_machine_submitted(value):
    assert acts(human_mail(("auto-submitted", value))) == [(4, "never")]


@pytest.mark.parametrize("value", ["no", "NO (a person)", "no; really"])
def test_row_4_lets_auto_submitted_no_pass(value):
    assert acts(human_mail(("auto-submitted", value))) == []


def test_row_4_looks_at_every_occurrence():
    assert acts(human_mail(("auto-submitted", "no"), ("auto-submitted", "auto-replied"))) == [(4, "never")]


@pytest.mark.parametrize(
    ("header", "changes"),
    [
        (("x-forwarded-for", "info@larkfield.example dataprotection@larkfield.example"), {}),
        (("resent-from", "Info <info@larkfield.example>"), {}),
        (("x-other", ""), {"return_path": "info+srs=jo=post.example@larkfield.example"}),
    ],
)
def test_row_4_holds_what_an_account_of_ours_forwarded(header, changes):
    assert acts(human_mail(("auto-submitted", "auto-generated"), header, **changes)) == [(4, "hold")]


@pytest.mark.parametrize(
    "kind", ["message/delivery-status", "message/disposition-notification", "message/feedback-report"]
)
def test_row_5_never_answers_a_report(kind):
    assert acts(human_mail(parts=(part("multipart/mixed", 0), PLAIN, part(kind)))) == [(5, "never")]


def test_row_5_never_answers_a_report_of_any_type():
    assert acts(human_mail(parts=(part("multipart/report", 0), PLAIN))) == [(5, "never")]


def test_row_5_lets_a_bounce_pass_that_a_person_attached():
    attached = (part("message/rfc822"), part("multipart/report", 2, inside=True))
    parts = (part("multipart/mixed", 0), PLAIN, *attached, part("message/delivery-status", 3, inside=True))
    assert acts(human_mail(parts=parts)) == []


@pytest.mark.parametrize("name", ["list-id", "list-unsubscribe", "mailing-list", "x-beenthere", "feedback-id"])
def test_row_6_never_answers_list_mail(name):
    assert acts(human_mail((name, "<news.shop.example>"))) == [(6, "never")]


def test_row_6_never_answers_a_list_behind_our_own_group():
    headers = (("list-id", "<privacy.larkfield.example>"), ("list-id", "<news.shop.example>"))
    assert acts(human_mail(*headers)) == [(6, "never")]


def test_row_6_lets_our_own_group_pass():
    assert acts(human_mail(("list-id", "Privacy <PRIVACY.larkfield.example>"))) == []


@pytest.mark.parametrize("name", ["precedence", "x-precedence"])
@pytest.mark.parametrize("value", ["bulk", "List", " junk ", "auto_reply (x)"])
def test_row_7_never_answers_bulk_mail(name, value):
    assert acts(human_mail((name, value))) == [(7, "never")]


@pytest.mark.parametrize("value", ["first-class", "normal", "bulky"])
def test_row_7_lets_other_values_pass(value):
    assert acts(human_mail(("precedence", value))) == []


@pytest.mark.parametrize("value", ["All", "DR, OOF", "dr,autoreply", "NRN; All"])
def test_row_8_never_answers_where_the_sender_asks_for_none(value):
    assert acts(human_mail(("x-auto-response-suppress", value))) == [(8, "never")]


def test_row_8_lets_refused_receipts_pass():
    assert acts(human_mail(("x-auto-response-suppress", "DR, NDR, RN, NRN"))) == []


@pytest.mark.parametrize(
    "header",
    [
        ("x-autoreply", "yes"),
        ("x-autorespond", ""),
        ("x-ack", "No"),
        ("x-post-messageclass", "9; Autoresponder"),
        ("x-failed-recipients", "jo@post.example"),
        ("x-loop", "helpdesk@shop.example"),
        ("x-ms-exchange-message-is-ndr", ""),
        ("x-cron-env", "<SHELL=/bin/sh>"),
        ("x-ms-exchange-inbox-rules-loop", "info@shop.example"),
        ("x-ms-exchange-inbox-rules-loop", "nothing to read"),
    ],
)
def test_row_9_never_answers_what_bears_a_machines_header(header):
    assert acts(human_mail(header)) == [(9, "never")]


@pytest.mark.parametrize("header", [("x-autoreply", "no"), ("x-ack", "yes"), ("x-loop", "false")])
def test_row_9_lets_a_header_pass_that_denies_it(header):
    assert acts(human_mail(header)) == []


def test_row_9_holds_what_a_mailbox_rule_of_ours_forwarded():
    assert acts(human_mail(("x-ms-exchange-inbox-rules-loop", "info@larkfield.example"))) == [(9, "hold")]


def test_row_9_holds_a_mail_whose_headers_could_not_be_read_whole():
    assert acts(human_mail(headers_whole=False)) == [(9, "hold")]


@pytest.mark.parametrize(
    "subject",
    [
        "Out of Office: back on Monday",
        "[EXTERNAL] [SPAM] Automatic reply: your letter",
        "Out of the office until 7 January",
        "Undeliverable: your letter",
        "Undelivered Mail Returned to Sender",
        "Delivery Status Notification (Failure)",
        "failure notice",
        "Read: your letter",
        "Accepted: meeting",
        "Declined: meeting",
        "Abwesenheitsnotiz: Ihre Nachricht",
        "Réponse automatique : votre lettre",
        "Respuesta automática: carta",
        "Risposta automatica: lettera",
        "Automatisch antwoord: brief",
        "Automatyczna odpowiedź: list",
        "Resposta automática: carta",
        "Automatiskt svar: brev",
        "Automatisk svar: brev",
        "Автоматичен отговор: писмо",
        "Ms Hale is out of the office",
        "Acknowledgement of receipt: your letter",
        "Mail delivery failed: returning message to sender",
        "[Ticket#1] Automatic reply: your letter",
        "[Help desk] [EXTERNAL] [Ticket 7] Out of office",
        "Warning: message 1aBcD-0001 delayed 24 hours",
    ],
)
def test_row_11_never_answers_an_automatic_subject(subject):
    assert acts(human_mail(subject=subject)) == [(11, "never")]


@pytest.mark.parametrize(
    "subject",
    [
        "Fwd: Out of Office: back on Monday",
        "FW: Undeliverable: your letter",
        "Re: Automatic reply: your letter",
        "Automatic reply was rude, I want to complain",
        "Undeliverable parcel and my data",
        "Out of office hours you rang me again",
        "Read my file out to me",
        "Delivery failure of your promise",
        "Declined credit: explain the decision",
        "Absence records held on my file",
        "Please send an acknowledgement of receipt",
        "Parcel returned to sender",
        "",
    ],
)
def test_row_11_lets_a_persons_subject_pass(subject):
    assert acts(human_mail(subject=subject)) == []


@pytest.mark.parametrize(
    ("parts", "body"),
    [
        ((part("text/calendar", 0, method="REQUEST"),), ""),
        ((part("multipart/alternative", 0), PLAIN, part("text/calendar", 1, method="reply")), ""),
        ((part("text/calendar", 0),), "BEGIN:VCALENDAR\nMETHOD:REQUEST\n"),
    ],
)
def test_row_12_never_answers_a_calendar(parts, body):
    assert acts(human_mail(parts=parts, body=body)) == [(12, "never")]


@pytest.mark.parametrize(
    "parts",
    [
        (part("text/calendar", 0),),
        (part("multipart/mixed", 0), PLAIN, part("text/calendar", 1, method="REQUEST")),
        (part("multipart/mixed", 0), PLAIN, part("text/calendar", 2, inside=True, method="REPLY")),
    ],
)
def test_row_12_lets_a_letter_with_a_calendar_file_pass(parts):
    assert acts(human_mail(parts=parts)) == []


@pytest.mark.parametrize("subject", ["Recall: my product", "Canceled: my account, and you still write"])
def test_row_11_leaves_words_alone_that_no_automatic_answer_needs(subject):
    assert acts(human_mail(subject=subject)) == []


@pytest.mark.parametrize("entry", TABLE.automatic_subjects)
def test_row_11_every_entry_meets_a_subject_made_of_it(entry):
    assert acts(human_mail(subject=entry.replace("*", " 12 x "))) == [(11, "never")]


@pytest.mark.parametrize("entry", TABLE.automatic_phrases)
def test_row_11_every_phrase_is_met_within_a_subject(entry):
    assert acts(human_mail(subject=f"Your letter {entry} today")) == [(11, "never")]


@pytest.mark.parametrize("tag", TABLE.subject_tags)
def test_row_11_looks_behind_every_tag(tag):
    assert acts(human_mail(subject=f"{tag} failure notice")) == [(11, "never")]


@pytest.mark.parametrize("prefix", TABLE.forward_prefixes)
def test_row_11_does_not_look_behind_any_forwards_prefix(prefix):
    assert acts(human_mail(subject=f"{prefix} Ms Hale is out of the office")) == []


@pytest.mark.parametrize("entry", TABLE.feedback_loop_subjects)
def test_row_13_every_entry_meets_a_subject_made_of_it(entry):
    assert acts(human_mail(subject=entry.replace("*", " 12 x "))) == [(13, "never")]


@pytest.mark.parametrize("entry", TABLE.feedback_loop_headers)
def test_row_13_every_header_is_met_with_any_ending(entry):
    assert acts(human_mail((f"{entry.lower()}-x", "x"))) == [(13, "never")]


def test_row_13_never_answers_a_feedback_loop():
    assert acts(human_mail(subject="[SPAM] Complaint about message from 192.0.2.7")) == [(13, "never")]
    assert acts(human_mail(("x-hmxmroriginalrecipient", "x"))) == [(13, "never")]
    assert acts(human_mail(body="Feedback-Type: abuse\nUser-Agent: x/1\n")) == [(13, "never")]


def test_row_13_lets_a_complaint_pass():
    assert acts(human_mail(subject="Complaint about a message from your sales team")) == []
    assert acts(human_mail(subject="Abuse report: your employee shared my details")) == []
    assert acts(human_mail(subject="Loop alerts you send me must stop")) == []
    assert acts(human_mail(body="You ask for a Feedback-Type: none of mine.\nFeedback-Type: bad")) == []


def test_row_19_holds_where_our_border_says_dmarc_failed():
    header = ("authentication-results", "mx.larkfield.example; spf=pass; dmarc=fail header.from=post.example")
    assert acts(human_mail(header)) == [(19, "hold")]


@pytest.mark.parametrize(
    "value",
    [
        "mx.larkfield.example 1; dmarc=fail (p=REJECT sp=NONE dis=NONE) header.from=post.example",
        "mx.larkfield.example; =broken; dmarc=fail",
    ],
)
def test_row_19_reads_broken_results_too(value):
    assert acts(human_mail(("authentication-results", value))) == [(19, "hold")]


def test_row_19_believes_only_our_border():
    ours = ("authentication-results", "mx.larkfield.example; dmarc=pass header.from=post.example")
    strange = ("authentication-results", "mx.post.example; dmarc=fail header.from=post.example")
    assert acts(human_mail(strange, ours)) == []


def test_row_19_reads_the_result_of_each_filter_our_border_runs():
    signed = ("authentication-results", "mx.larkfield.example; dkim=pass header.d=other.example")
    judged = ("authentication-results", "mx.larkfield.example; dmarc=fail header.from=post.example")
    assert acts(human_mail(signed, judged)) == [(19, "hold")]
    assert acts(human_mail(judged, signed, judged)) == [(19, "hold")]


@pytest.mark.parametrize("header", [("x-spam-flag", "YES"), ("x-spam-status", "Yes, score=9.1 required=5.0")])
def test_row_19_holds_what_our_server_takes_for_spam(header):
    assert acts(human_mail(header)) == [(19, "hold")]


@pytest.mark.parametrize("header", [("x-spam-flag", "NO"), ("x-spam-status", "No, score=-1")])
def test_row_19_lets_a_clean_verdict_pass(header):
    assert acts(human_mail(header)) == []


def test_row_22_may_acknowledge_what_only_a_person_can_open():
    assert acts(human_mail(readable=False)) == [(22, "ack")]
