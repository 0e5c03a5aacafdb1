"""Rows of the gate about who wrote and whom they answer: each with a hit and a near miss."""

import pytest

from tests.unit.gate_mail import SECRET, acts, human_mail
from triage.domain.gate import StoreFacts
from triage.domain.reference import make_message_id, make_reference

OURS = make_message_id(SECRET, make_reference(2026, 42), "acknowledgement", 1, "larkfield.example")
FORGED = make_message_id(b"another secret", make_reference(2026, 42), "acknowledgement", 1, "larkfield.example")
NOTHING_KNOWN = StoreFacts(hard_bounced=False, backlog=False, limit_reached="")


def test_a_persons_mail_meets_no_row():
    assert acts(human_mail()) == []


def test_row_1_never_answers_the_null_sender():
    assert acts(human_mail(return_path="")) == [(1, "never")]


def test_row_1_lets_a_missing_return_path_pass():
    assert acts(human_mail(return_path=None)) == []


def test_row_1_never_answers_nobody():
    assert acts(human_mail(from_addresses=(), from_header_count=0)) == [(1, "never")]


@pytest.mark.parametrize(
    "changes",
    [
        {"from_addresses": ("privacy@larkfield.example",)},
        {"from_addresses": ("dataprotection+x@larkfield.example",)},
        {"sender_addresses": ("DataProtection@Larkfield.example",)},
        {"return_path": "privacy@larkfield.example"},
    ],
)
def test_row_2_never_answers_the_desk_itself(changes):
    assert acts(human_mail(**changes)) == [(2, "never")]


def test_row_2_never_answers_where_answers_would_come_back_to_the_desk():
    assert (2, "never") in acts(human_mail(reply_to=("privacy@larkfield.example",)))


def test_row_2_never_answers_our_own_message_id():
    assert acts(human_mail(("message-id", OURS))) == [(2, "never")]


def test_row_2_lets_a_forged_message_id_pass():
    assert acts(human_mail(("message-id", FORGED))) == []


def test_row_2_never_answers_our_own_loop_header():
    assert acts(human_mail(("x-privacy-desk", "1"))) == [(2, "never")]


@pytest.mark.parametrize("address", ["amira@larkfield.example", "amira@mail.larkfield.example", "a@larkfield.test"])
def test_row_2_holds_a_colleagues_mail(address):
    assert acts(human_mail(from_addresses=(address,))) == [(2, "hold")]


def test_row_2_takes_a_lookalike_domain_for_a_stranger():
    assert acts(human_mail(from_addresses=("amira@notlarkfield.example",))) == []


def test_row_2_lets_mail_pass_that_our_own_group_stamped_with_its_address():
    group = ("list-id", "Privacy <privacy.larkfield.example>")
    stamped = human_mail(
        group,
        ("precedence", "list"),
        ("list-post", "<mailto:privacy@larkfield.example>"),
        sender_addresses=("privacy@larkfield.example",),
        reply_to=("privacy@larkfield.example",),
        return_path="privacy@larkfield.example",
    )
    assert acts(stamped) == []


def test_row_3_never_answers_a_reply_to_our_letter():
    assert acts(human_mail(thread_ids=("<x@post.example>", OURS))) == [(3, "never")]


def test_row_3_lets_a_guessed_thread_id_pass():
    assert acts(human_mail(thread_ids=(FORGED,))) == []


def test_row_3_never_answers_a_subject_with_our_reference():
    assert acts(human_mail(subject="Re: received - reference DP-2026-00042-K7")) == [(3, "never")]


def test_row_3_lets_a_mistyped_reference_pass():
    assert acts(human_mail(subject="Re: DP-2026-00042-K8")) == []


@pytest.mark.parametrize(
    "body",
    [
        "Thanks!\n> We never give out\n> information just  because a message came",
        "Your reference is DP-2026-00042-K7.",
        "> Your\n> reference: DP-2026-00042-K7",
        "your reference dp\u20112026\u201100042\u2011k7",
    ],
)
def test_row_3_never_answers_a_text_that_holds_our_letter(body):
    assert acts(human_mail(body=body)) == [(3, "never")]


@pytest.mark.parametrize("body", ["Your reference is DP-2026-00042-K8.", "you never give out information"])
def test_row_3_lets_other_words_pass(body):
    assert acts(human_mail(body=body)) == []


@pytest.mark.parametrize(
    "address",
    [
        "no-reply@shop.example",
        "noreply+7@shop.example",
        "noreply123@shop.example",
        "No-Reply-2@shop.example",
        "no_reply@shop.example",
        "MAILER-DAEMON@shop.example",
        "do.not.reply@shop.example",
        "owner-news@shop.example",
        "news-bounces@shop.example",
        "news_request@shop.example",
        "noreply-orders@shop.example",
        "orders-noreply@shop.example",
        "root@shop.example",
    ],
)
@pytest.mark.parametrize("field", ["from_addresses", "sender_addresses", "reply_to", "return_path"])
def test_row_10_never_answers_a_robots_address(address, field):
    value = address.lower() if field == "return_path" else (address,)
    assert (10, "never") in acts(human_mail(**{field: value}))


@pytest.mark.parametrize("local", ["reply", "norah.reply", "rooted", "owner", "systema", "bouncer", "requesta"])
def test_row_10_lets_similar_names_pass(local):
    assert acts(human_mail(from_addresses=(f"{local}@post.example",), return_path=None)) == []


def test_row_14_never_writes_again_where_mail_bounced():
    store = StoreFacts(hard_bounced=True, backlog=False, limit_reached="")
    assert acts(human_mail(), store) == [(14, "never")]


def test_row_16_holds_old_mail():
    store = StoreFacts(hard_bounced=False, backlog=True, limit_reached="")
    assert acts(human_mail(), store) == [(16, "hold")]


def test_row_21_holds_at_a_limit():
    store = StoreFacts(hard_bounced=False, backlog=False, limit_reached="1 letter an hour to one sender")
    assert acts(human_mail(), store) == [(21, "hold")]


def test_rows_14_16_and_21_pass_where_the_store_knows_nothing():
    assert acts(human_mail(), NOTHING_KNOWN) == []


@pytest.mark.parametrize(
    "address",
    [
        "jo@localhost",
        "jo@localhost.localdomain",
        "jo@post",
        "jo@[192.0.2.1]",
        "j\u202eo@post.example",
        "jo@.example",
        # Relays of old read these as routes to somebody else.
        "jo%third.example@post.example",
        "third.example!jo@post.example",
    ],
)
def test_row_15_never_answers_an_unreachable_address(address):
    assert acts(human_mail(from_addresses=(address,))) == [(15, "never")]


def test_row_15_never_answers_where_two_parsers_disagree():
    assert acts(human_mail(sender_parses_alike=False)) == [(15, "never")]


def test_row_15_lets_an_international_address_pass():
    assert acts(human_mail(from_addresses=("jörg@müller.example",))) == []


def test_row_17_holds_a_blind_copy():
    assert acts(human_mail(recipients=("someone@post.example",))) == [(17, "hold")]


def test_row_17_knows_an_alias_with_a_plus_tag():
    assert acts(human_mail(recipients=("privacy+2026@larkfield.example",))) == []


def test_row_18_holds_where_answers_go_to_another_domain():
    assert acts(human_mail(reply_to=("jo@elsewhere.example",))) == [(18, "hold")]


def test_row_18_lets_reply_to_at_the_same_domain_pass():
    assert acts(human_mail(reply_to=("joanna@post.example",))) == []


def test_row_18_holds_several_reply_to():
    assert acts(human_mail(reply_to=("jo@post.example", "al@post.example"))) == [(18, "hold")]
    assert acts(human_mail(("reply-to", "a"), ("reply-to", "b"))) == [(18, "hold")]


def test_row_18_holds_several_from():
    assert acts(human_mail(from_addresses=("jo@post.example", "al@post.example"))) == [(18, "hold")]
    assert acts(human_mail(from_header_count=2)) == [(18, "hold")]


def test_a_configured_form_is_held_though_its_address_is_ours_and_a_robots():
    form = human_mail(from_addresses=("noreply@larkfield.example",), return_path="bounces@larkfield.example")
    assert acts(form) == [(18, "hold")]


def test_a_configured_form_does_not_excuse_our_own_letter_come_back():
    form = human_mail(("message-id", OURS), from_addresses=("noreply@larkfield.example",))
    assert acts(form) == [(2, "never"), (18, "hold")]


def test_row_20_holds_mail_to_a_crowd():
    assert acts(human_mail(recipient_count=11)) == [(20, "hold")]


def test_row_20_lets_ten_recipients_pass():
    assert acts(human_mail(recipient_count=10)) == []
