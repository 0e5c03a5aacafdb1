"""Whose words are whose: own, quoted, forwarded, signature, footer, our letter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.cpu_time import least_seconds
from triage.parsing.own_words import split_passages


def roles(text: str, **more: object) -> list[tuple[str, str]]:
    """Every passage as its role and its stripped text."""
    found = split_passages(text, **more)  # type: ignore[arg-type]
    return [(passage.role.value, text[passage.start : passage.end].strip()) for passage in found]


def own(text: str, **more: object) -> str:
    """The own words alone."""
    return "\n".join(words for role, words in roles(text, **more) if role == "own")


def test_a_plain_text_is_all_own_words():
    assert roles("Please delete my account.\n\nNow.") == [("own", "Please delete my account.\n\nNow.")]


def test_an_empty_text_has_no_passage():
    assert split_passages("") == ()


def test_quoted_lines_are_quoted_and_answers_between_them_are_own():
    text = "Hello\n> first question\nmy first answer\n> second question\nmy second answer"
    assert [role for role, _ in roles(text)] == ["own", "quoted", "own", "quoted", "own"]


ATTRIBUTIONS = [
    "On Tue, 3 Nov 2026 at 10:00, Al <al@shop.example> wrote:",
    "On Tue, 3 Nov 2026 at 10:00, Al Hale\n<al@shop.example> wrote:",
    "On Tue, 3 Nov 2026 at 10:00,\nAl Hale <\nal@shop.example> wrote:",
    "On 3/11/2026 10:00, you wrote:",
    "Am 03.11.2026 um 10:00 schrieb Al Hale:",
    "Le mar. 3 nov. 2026 à 10:00, Al <al@shop.example> a écrit :",
    "El mar, 3 nov 2026 a las 10:00, Al (<al@shop.example>) escribió:",
    "Il giorno mar 3 nov 2026 alle ore 10:00 Al <al@shop.example> ha scritto:",
    "Op di 3 nov 2026 om 10:00 schreef Al <al@shop.example>:",
    "W dniu wt., 3.11.2026 o 10:00 Al <al@shop.example> napisał(a):",
    "На вт, 3.11.2026 г. в 10:00 Al <al@shop.example> написа:",
    "2026-11-03 10:00 GMT+01:00 Al <al@shop.example>:",
]


@pytest.mark.parametrize("line", ATTRIBUTIONS)
def test_an_attribution_opens_a_quote(line):
    assert roles(f"Yes please.\n\n{line}\n\n> Shall we?\n\nAnd thanks to Al.") == [
        ("own", "Yes please."),
        ("quoted", f"{line}\n\n> Shall we?"),
        ("own", "And thanks to Al."),
    ]


@pytest.mark.parametrize("line", ATTRIBUTIONS)
def test_below_an_attribution_unmarked_text_is_quoted_to_the_end(line):
    assert own(f"Yes please.\n\n{line}\n\nShall we?\n\nAl") == "Yes please."


@pytest.mark.parametrize(
    "line",
    [
        "On Monday 3 May I rang your shop and then he wrote:",
        "On reflection the following is what the man wrote:",
        "On 3 May our lawyer wrote:",
        "On 12 March 2026 at 10:15 your colleague Sarah Jones wrote:",
        "On 12 March 2026 at 10:15 you rang, and then Sarah Jones wrote:",
        # A program gives the time of day or an address.
        "On 12 March 2026 Sarah Jones wrote:",
        "On 12.03.2026 Sarah Jones wrote:",
        'On 12 March 2026 at 10:15 Sarah Jones wrote:\n"We have removed it."\n\nThis is not true: delete',
        "On 12 March 2026 at 10:15 Sarah Jones wrote:\n\n“We have removed it.”\n\nThis is not true: delete",
        "Once upon a time",
    ],
)
def test_a_person_telling_what_was_written_is_not_quoting(line):
    assert own(f"{line}\nall those things") == f"{line}\nall those things"


@pytest.mark.parametrize(
    "head",
    [
        "-----Original Message-----\nFrom: Al",
        "----- Ursprüngliche Nachricht -----\nVon: Al",
        "________________________________\nFrom: Al <al@shop.example>\nSent: Tuesday\nTo: Jo\nSubject: x",
        "*From:* Al\n*Sent:* Tuesday\n*To:* Jo\n*Subject:* x",
        "Von: Al\nGesendet: Dienstag\nAn: Jo\nBetreff: x",
        "De : Al\nEnvoyé : mardi\nÀ : Jo\nObjet : x",
        "От: Al\nИзпратено: вторник\nДо: Jo\nОтносно: x",
    ],
)
def test_an_answered_mails_header_opens_a_quote_or_by_the_subject_a_forward(head):
    text = f"Yes please.\n\n{head}\n\nShall we?"
    assert [role for role, _ in roles(text)] == ["own", "quoted"]
    assert [role for role, _ in roles(text, subject="FW: x")] == ["own", "forwarded"]
    assert [role for role, _ in roles(text, subject="[EXT] WG: x")] == ["own", "forwarded"]


@pytest.mark.parametrize("text", ["From: the heart\nI write to you\nabout this", "_____\nPlease delete it", "_____"])
def test_a_line_that_only_begins_like_a_header_is_own(text):
    assert own(text) == text


@pytest.mark.parametrize(
    "head",
    [
        "---------- Forwarded message ---------",
        "Begin forwarded message:",
        "-------- Weitergeleitete Nachricht --------",
        "---------- Message transféré ---------",
    ],
)
def test_a_forward_is_forwarded_to_the_end(head):
    assert roles(f"See below.\n\n{head}\nFrom: Al <al@shop.example>\n\nDelete me.") == [
        ("own", "See below."),
        ("forwarded", f"{head}\nFrom: Al <al@shop.example>\n\nDelete me."),
    ]


def test_words_below_a_marked_forward_are_own():
    text = "Begin forwarded message:\n\n> From: Al\n>\n> Delete me.\n\nPlease act on it."
    assert roles(text)[-1] == ("own", "Please act on it.")


def test_a_quote_at_the_very_end_keeps_its_last_empty_line():
    text = "On 3/11/2026 10:00, you wrote:\n> a\n"
    assert roles(text) == [("quoted", text.strip())]


@pytest.mark.parametrize(
    "ending",
    [
        "Kind regards,\nJo Reader",
        "With kind regards\n\nJo Reader\nHead of Sales\nTel: 01632 960 000",
        "-- \nJo Reader\n1 Example Way",
        "Sent from my iPhone",
        "Get Outlook for Android",
        "Many thanks",
        "Mit freundlichen Grüßen\nJo Reader",
    ],
)
def test_a_signature_is_not_own_words(ending):
    assert roles(f"Please delete my account.\n\n{ending}") == [
        ("own", "Please delete my account."),
        ("signature", ending),
    ]


@pytest.mark.parametrize(
    "closing", ["Thanks", "Kind regards,\nJo Reader", "-- \nJo Reader", "Sent from my iPhone", "Regards\n\nJo\n"]
)
@pytest.mark.parametrize(
    "request_",
    [
        "P.S. delete it all",
        "Please stop the calls",
        "I also want a copy of everything",
        "also the phone number on file is wrong",
        "Who has seen it?",
        ("A SENTENCE THAT GOES ON AND " * 5).strip(),
    ],
)
def test_a_request_below_a_closing_stays_own(closing, request_):
    assert own(f"Hello.\n\n{closing}\n\n{request_}").endswith(request_)


def test_a_signature_ends_after_some_lines():
    names = "\n".join(f"Name {n}" for n in range(12))
    assert own(f"Hello.\nRegards\n{names}").endswith("Name 11")


@pytest.mark.parametrize(
    "footer",
    [
        "This email and any attachments are confidential.\nThey are meant for the addressee.",
        "This e-mail message, and any attachments, is intended only for the addressee.",
        "The information contained in this e-mail is strictly confidential and may be legally privileged.",
        "CONFIDENTIALITY NOTICE: for the addressee alone.",
        "Disclaimer",
        "If you are not the intended recipient, please tell us and delete it.",
        "Please consider the environment before printing.",
        "Larkspur Ltd is registered in England and Wales, number 00000000.",
        "Company number 00000000",
        "To unsubscribe from these mails click the link.",
        "Unsubscribe | Preferences",
        "You are receiving this email because you signed up.",
        "This message has been scanned for viruses.",
        "Virus-free. www.checker.example",
    ],
)
def test_a_footer_is_not_own_words(footer):
    assert roles(f"Please delete my account.\n\n{footer}\n\n> q")[1] == ("footer", footer)


@pytest.mark.parametrize(
    "text",
    [
        "This email is a formal complaint. You disclosed my records.",
        "This message is an access request, my passport is attached.",
        "This email was sent to the wrong person by your staff.",
        "Unsubscribe",
        "I want to unsubscribe but when I click nothing happens",
        "Please tell me your registered office and company number.",
        "Private and confidential\nPlease delete my file",
        "To unsubscribe I had to click ten times",
        "If you have received this email by mistake, tell me: I sent it about my data",
    ],
)
def test_a_request_that_sounds_like_a_footer_is_own(text):
    assert own(text) == text


def test_a_footers_paragraph_ends_where_somebody_speaks_or_a_quote_begins():
    text = "This email and any attachments are confidential.\nI want my file deleted."
    assert own(text) == "I want my file deleted."
    quote = "This email and any attachments are confidential.\nOn 3/11/2026 10:00, you wrote:\n> x"
    assert [role for role, _ in roles(quote)] == ["footer", "quoted"]


def test_a_footer_ends_a_signature():
    text = "Regards\nJo\nThis email and any attachments are confidential."
    assert [role for role, _ in roles(text)] == ["signature", "footer"]


def test_what_machines_put_into_a_text_is_not_own():
    signed = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nDelete it.\n-----BEGIN PGP SIGNATURE-----\n\nabc"
    assert own(f"{signed}\n-----END PGP SIGNATURE-----\n") == "Delete it."
    assert own("See file.\n\nbegin 644 form.pdf\nM1234\nend\n\nThanks, all.") == "See file.\nThanks, all."


def test_a_machines_block_without_an_end_hides_nothing():
    text = "begin 644 times\nDelete it.\nbegin 644 times"
    assert own(text) == text


def test_our_own_letter_is_known_in_a_quote_by_its_marker_or_its_reference():
    letter = "Thanks\n> We never give out information\n> just because a message came from a certain address."
    assert roles(letter)[-1][0] == "our_letter"
    assert roles("Hm.\n> Your reference is DP-2026-00042-K7.")[-1][0] == "our_letter"
    assert roles("Hm.\n> Our words.", own_marker="our words")[-1][0] == "our_letter"
    assert roles("Your reference is DP-2026-00042-K7.")[0][0] == "own"


def test_a_quote_written_at_the_desk_is_our_letter_and_one_written_to_it_is_not():
    desk = ("larkfield.example",)
    ours = "Hm.\nOn 3/11/2026 Team <team@larkfield.example> wrote:\n> Hello"
    assert roles(ours, desk_domains=desk)[-1][0] == "our_letter"
    assert roles(ours)[-1][0] == "quoted"
    theirs = "Hm.\nFrom: Jo <jo@post.example>\nTo: Team <team@larkfield.example>\nSent: today\nSubject: x\n\nHello"
    assert roles(theirs, desk_domains=desk)[-1][0] == "quoted"


_MARKS = ("", "> q", "Hello", "Regards", "-- ", "_____", "From: a", "Sent: b", "Subject: c", "Please stop", "* * *")
_OPENINGS = ("On 3/11/2026 you wrote:", "-----Original Message-----", "Begin forwarded message:", "Company number 1")
_LINES = st.sampled_from((*_MARKS, *_OPENINGS))


@given(st.one_of(st.text(), st.lists(_LINES, max_size=30).map("\n".join)))
def test_passages_cover_every_text_without_gap_or_overlap(text):
    passages = split_passages(text, subject="FW: x", desk_domains=("larkfield.example",))
    assert "".join(text[passage.start : passage.end] for passage in passages) == text
    assert all(passage.start < passage.end for passage in passages)


_PIECES = ["On x 1\n", "From: x\n", "_____\n\n", "Regards\n", "-- \n", "\n", "> ", "<a@b.example> ", "This email and "]


@pytest.mark.parametrize("piece", _PIECES)
def test_200_kb_of_anything_take_a_moment(piece):
    text = piece * (200_000 // len(piece))
    assert least_seconds(lambda: split_passages(text), enough=5) < 5


LETTER = "To: The Desk, Larkfield\nDate: 20 November 2026\nSubject: Access request\n\nSend me a copy."


@pytest.mark.parametrize("rule", ["", "-----------\n"])
def test_a_letter_of_ones_own_under_a_letterhead_is_own(rule):
    text = f"The letter we posted today:\n\n{rule}From: Jane Doe\n{LETTER}"
    assert own(text) == text


def test_an_earlier_mail_of_ones_own_is_a_quote_that_the_reader_shows_to_a_person():
    text = f"I sent this last week:\n\nFrom: Jane Doe <jane@customer.example>\nSent: Friday\n{LETTER}"
    assert [role for role, _ in roles(text)] == ["own", "quoted"]


@pytest.mark.parametrize(
    "head", ["From: Al <al@shop.example>\nDate: Friday", "*From:* Al\n*Date:* Friday", "From: Al\nSent: Friday"]
)
def test_a_header_as_programs_write_it_opens_a_quote(head):
    assert own(f"Yes.\n\n{head}\nTo: Jo\nSubject: x\n\nShall we?") == "Yes."


@pytest.mark.parametrize(
    "text",
    [
        "LEGAL NOTICE: Pursuant to Article 17 you must erase everything held on John Smith.",
        "LEGAL NOTICE\nPursuant to Article 17 you must erase everything held on John Smith.",
        "Important legal notice - erase everything held on John Smith",
    ],
)
def test_a_legal_notice_that_does_not_speak_of_the_mail_is_own(text):
    assert own(text) == text


@pytest.mark.parametrize(
    "footer",
    [
        "LEGAL NOTICE: this message is meant for the addressee.",
        "Legal disclaimer\nThe contents of this email are private.",
        "DISCLAIMER - if you are not the intended recipient, delete it.",
    ],
)
def test_a_notice_about_the_mail_is_a_footer(footer):
    assert roles(f"Delete it.\n\n{footer}")[1] == ("footer", footer)


@pytest.mark.parametrize(
    "request_",
    [
        "No more emails",
        "no more",
        "Close account",
        "close account",
        "End all calls",
        "Article 17",
        "Take it down",
        "Off list now",
    ],
)
def test_a_short_request_below_a_closing_is_own(request_):
    assert own(f"Hi there\nThanks\n{request_}").endswith(request_)


@pytest.mark.parametrize(
    "name", ["jo reader", "Jo van der Reader", "JO READER", "Head of Sales", "Jo", "Tel: 01632 960000"]
)
def test_a_name_or_a_title_below_a_closing_is_a_signature(name):
    assert roles(f"Delete it.\nThanks\n{name}")[-1] == ("signature", f"Thanks\n{name}")


def test_rights_named_below_a_signature_mark_are_own():
    assert own("Hello.\n-- \nSubject access under Article 15 for everything.\nJane").startswith(
        "Hello.\nSubject access"
    )
