"""HTML mail as text, with quotes marked as quotes; nothing loaded, nothing slow."""

import pytest

from triage.domain.vocabulary import Role
from triage.parsing.html import html_to_text
from triage.parsing.limits import ParsingLimits
from triage.parsing.own_words import split_passages


def text_of(html: str) -> str:
    return html_to_text(html)[0]


def own(html: str, subject: str = "") -> str:
    """The own words of an HTML mail."""
    text = text_of(html)
    kept = [text[p.start : p.end].strip() for p in split_passages(text, subject=subject) if p.role is Role.OWN]
    return " | ".join(" ".join(part.split()) for part in kept)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Hello</p><p>World</p>", "Hello\n\nWorld"),
        ("a<br>b", "a\nb"),
        ("see <a href='https://tracker.example/x'>our <b>page</b></a>", "see our page"),
        ("<img src='https://tracker.example/x.png' alt='pic'>x", "x"),
        ("1. first<br>- second<br>a_b *c*", "1. first\n- second\na_b *c*"),
        ("<style>p{}</style><script>x()</script><title>t</title>x", "x"),
        ("&lt;b&gt; &amp; &nbsp;x&#233;", "<b> & xé"),
        ("<p>a</p><br><br><br><br><p>b</p>", "a\n\nb"),
        ("", ""),
        ("\ue000x\ue003", "x"),
    ],
)
def test_html_becomes_plain_text(html, text):
    assert text_of(html) == text or " ".join(text_of(html).split()) == text


@pytest.mark.parametrize(
    "hidden",
    [
        "<div hidden>secret</div>",
        "<div style='DISPLAY:none'>secret</div>",
        "<div style='color:red; display: none'>secret<div hidden>secret</div></div>",
        "<span style='visibility:hidden'>secret</span>",
        "<p style='mso-hide:all'>secret</p>",
    ],
)
def test_hidden_text_is_left_out(hidden):
    assert text_of(f"<p>seen</p>{hidden}".replace("DISPLAY", "display")) == "seen"


@pytest.mark.parametrize("page", ["<html hidden><p>seen</p>", "<body style='display:none'><p>seen</p>"])
def test_a_page_that_hides_itself_is_read(page):
    assert text_of(page) == "seen"


@pytest.mark.parametrize(
    "quote",
    [
        "<blockquote type='cite'>delete it</blockquote>",
        "<div class='gmail_quote'><div class='gmail_attr'>Il a écrit</div><blockquote>delete it</blockquote></div>",
        "<div class='moz-cite-prefix'>Jo kirjoitti</div><blockquote type='cite'>delete it</blockquote>",
        "<div class='protonmail_quote'>Sent by Jo<br><div>delete it</div></div>",
        "<div class='yahoo_quoted'><div>tiistai, Jo:</div><div>delete it</div></div>",
        "<div id='appendonsend'></div><hr><div id='divRplyFwdMsg'><b>Lähettäjä:</b> Jo</div><div>delete it</div>",
        "<div style='border:none;border-top:solid #E1E1E1 1.0pt'><b>Lähettäjä:</b> Jo<br><b>Aihe:</b> x</div>delete it",
        "<p>On 3 Nov 2026, at 10:00, Al &lt;al@shop.example&gt; wrote:</p> <blockquote>delete it</blockquote>",
        "On 3 Nov 2026, at 10:00, Al wrote:<blockquote>delete it</blockquote>",
        "<blockquote style='border-left:2px solid #ccc'>delete it</blockquote>",
        "<blockquote class='x'><blockquote>delete it</blockquote></blockquote>",
        "<table class='OutlookMessageHeader'><tr><td>Jo</td></tr></table><p>delete it</p>",
    ],
)
def test_what_mail_programs_mark_as_quoted_is_not_own(quote):
    assert own(f"<div>Yes please.</div>{quote}") == "Yes please."


def test_words_below_a_quote_are_own():
    html = "<p>One.</p><div class='yahoo_quoted'>On x Jo:<p>delete it</p></div><p>Two.</p>"
    assert own(html) == "One. | Two."


def test_answers_between_gmail_quotes_are_own():
    html = (
        "<div class='gmail_quote'><div class='gmail_attr'>On 3 Nov 2026, Al &lt;al@shop.example&gt; wrote:<br></div>"
        "<blockquote class='gmail_quote'>One?</blockquote><div>Yes.</div>"
        "<blockquote class='gmail_quote'>Two?</blockquote><div>No.</div></div>"
    )
    assert own(html) == "Yes. | No."


def test_indented_own_words_are_own():
    html = "<p>Delete:</p><blockquote style='margin:0 0 0 40px;border:none;padding:0px'>my file</blockquote>"
    assert own(html) == "Delete: my file"


@pytest.mark.parametrize(
    "html",
    [
        "<p>Hello.</p><blockquote>Please delete it.</blockquote>",
        "<blockquote>Hello. <blockquote>Please delete it.</blockquote></blockquote>",
        "<p>Hello.</p><div style='border:none;border-top:solid #E1E1E1 1.0pt'>Please delete it.</div>",
        "<p>Hello.</p><div class='x' style='border-top:solid #E1E1E1'><b>Mine:</b> Please <b>delete</b> it.</div>",
        "<p>Hello.</p>&#xE002;<p>Please delete it.</p>",
        "<p>Hello.</p>&#57346 <p>Please delete it.</p>",
        "<p>Hello.</p>&#x0000e000;<p>Please delete it.</p>",
        "<p>Hello.</p>&#xE0\ue00002;<p>Please delete it.</p>",
        "<p>Hello.</p>&#xE0&#xE002;02;<p>Please delete it.</p>",
    ],
)
def test_nothing_but_a_mail_programs_mark_makes_a_quote(html):
    assert own(html).startswith("Hello.")
    assert own(html).endswith("Please delete it.")


def test_a_character_that_only_looks_like_a_mark_is_kept():
    assert text_of("x&#xE0021;y") == "x\U000e0021y"


def test_a_forward_in_a_quote_container_is_a_forward():
    html = (
        "<p>One for you.</p><div class='yahoo_quoted'>----- Forwarded Message -----<br>"
        "<b>From:</b> Jo &lt;jo@post.example&gt;<p>delete it</p></div>"
    )
    text = text_of(html)
    assert [p.role for p in split_passages(text)] == [Role.OWN, Role.FORWARDED]


def test_outlooks_answered_mail_is_a_forward_by_its_subject():
    html = "<p>One for you.</p><div id='divRplyFwdMsg'>From: Jo</div><p>delete it</p>"
    assert [p.role for p in split_passages(text_of(html), subject="FW: x")] == [Role.OWN, Role.FORWARDED]


@pytest.mark.parametrize("mark", ["class='gmail_signature'", "id='Signature'", "class='moz-signature'"])
def test_a_marked_signature_is_a_signature(mark):
    text = text_of(
        f"<p>Delete it.</p><div {mark}>Jo Reader<br>1 Example Way</div><blockquote type=cite>old</blockquote>"
    )
    assert [p.role for p in split_passages(text)] == [Role.OWN, Role.SIGNATURE, Role.QUOTED]


def test_a_signature_before_several_texts_is_left_unmarked():
    html = "<div class='gmail_signature'>Jo</div><div class='gmail_attr'>x</div><p>Delete it.</p>"
    assert "-- " not in text_of(html)


def test_an_unmatched_end_of_a_quote_does_no_harm():
    assert own("<div class='yahoo_quoted'>a<div class='yahoo_quoted'>b</div></div><p>Two.</p>") == "Two."


def test_pictures_written_into_the_page_do_not_push_the_text_out():
    html = f"<img src='data:image/png;base64,{'A' * 400_000}'><p>Delete it.</p>"
    assert html_to_text(html) == ("Delete it.", ())


def test_very_long_html_is_cut():
    text, defects = html_to_text("<p>word</p>" * 50, ParsingLimits(html_chars=100))
    assert text.startswith("word")
    assert defects == ("html_cut",)


@pytest.mark.parametrize("tag", ["div", "ul", "blockquote", "b", "table"])
def test_html_nested_beyond_reason_is_read_without_its_layout(tag):
    text, defects = html_to_text(f"<{tag}>" * 5000 + "Delete &amp; go" + f"</{tag}>" * 5000)
    assert (text, defects) == ("Delete & go", ("html_too_deep",))


def test_closed_tags_do_not_count_as_depth():
    assert html_to_text("<div>a</div></div>" * 1000)[1] == ()
