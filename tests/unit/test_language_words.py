"""How written words are read: disguises, slips, left-overs of HTML and mail, and where each word stood."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.cpu_time import least_seconds
from triage.language.pipeline import lexicon_of
from triage.language.rules_file import load_rules
from triage.language.spelling import Lexicon
from triage.language.words import Sentence, sentences

RULES = Path(__file__).resolve().parents[2] / "rules"
LEXICON = lexicon_of(load_rules(RULES))


def read(text: str, lexicon: Lexicon = LEXICON) -> list[Sentence]:
    return list(sentences(text, lexicon, 0, len(text)))


def words_of(text: str) -> str:
    return " ".join(word for sentence in read(text) for word in sentence.words[1:-1])


def plain_of(text: str) -> str:
    return " ".join(word for sentence in read(text) for word in sentence.plain)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        # Letters in disguise
        ("𝐝𝐞𝐥𝐞𝐭𝐞 my 𝓭𝓪𝓽𝓪", "delete my data"),
        ("ⓓⓔⓛⓔⓣⓔ my data", "delete my data"),
        ("🅳🅴🅻🅴🆃🅴 my data", "delete my data"),
        ("ᴅᴇʟᴇᴛᴇ ᴍʏ ᴅᴀᴛᴀ", "delete my data"),
        ("ｄｅｌｅｔｅ ＭＹ data", "delete my data"),
        ("dеlеtе my dаtа", "delete my data"),
        ("de\u200bl\u200dete m\u2060y d\ufeffata", "delete my data"),
        ("de\u0301le\u0301te my da\u0308ta", "delete my data"),
        ("d3lete my d4ta", "delete my data"),
        ("acc0unt", "account"),
        ("em@il me", "email me"),
        # Letters apart
        ("d.e.l.e.t.e my data", "delete my data"),
        ("D E L E T E my data", "delete my data"),
        ("d e l e t e  m y  d a t a", "delete my data"),
        ("d-e-l-e-t-e my data", "delete my data"),
        ("S.A.R. please", "sar"),
        ("q z q z", "q z q z"),
        # Drawn out, run together, shouted
        ("pleeeease delete my dataaaa", "delete my data"),
        ("STOPPPP emailing meeee", "stop emailing me"),
        ("DELETE MY DATA", "delete my data"),
        ("delete mydata", "delete my data"),
        ("pleasedelete my data", "delete my data"),
        # Contractions, with whatever stands for the apostrophe
        ("don t delete", "do not delete"),
        ("I m chuffed you ve my data", "i am _ you have my data"),
        ("don\ufffdt delete", "do not delete"),
        ("donâ€™t delete", "do not delete"),
        ("don?t delete", "do not delete"),
        ("don&#x27;t delete", "do not delete"),
        ("don&#8217;t delete", "do not delete"),
        ("don=E2=80=99t delete", "do not delete"),
        ("don''t delete", "do not delete"),
        ("DIDNT", "did not"),
        ("plan t my data", "plan t my data"),
        # Slips and texting
        ("definately unsuscribe", "_ unsubscribe"),
        ("send me ur reccords of my persnal infomation", "send me your records my personal information"),
        ("pls recieve my adress and acount deets", "receive my address and account details"),
        ("rite 2 erasure", "right 2 erasure"),
        ("wot info u got abowt me", "what info you got about me"),
        ("2731 beans", "_ _"),
        # Line ends and hyphens
        ("infor-\n> mation about me", "information about me"),
        ("infor=\nmation about me", "information about me"),
        ("un-subscribe", "unsubscribe"),
        ("E‑mail me", "email me"),
        ("e-bill", "e bill"),
        ("data-\nsharing", "data sharing"),
        # HTML
        ("delete&nbsp;my&#160;data", "delete my data"),
        ("<strong>delete</strong> <u>my</u> data<!-- x -->", "delete my data"),
        ("Howdy <name>", "_ < name >"),
    ],
)
def test_what_is_written_is_read_as_meant(written: str, words: str) -> None:
    assert words_of(written) == words


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("Please delete all of the Zyzzogeton, will you?!", "please delete all of the zyzzogeton will you ? !"),
        ("Write to jo@x.example by 14.02.2026", "write to @ by 00 00 0000"),
        ("Ring 07700900114", "ring 00000"),
        ("Please! I don't know. Really?", "please ! i do not know"),
        ("Art. 15", "art 00"),
        ("pleeease", ""),
        ("Café Zoé hold deets", "cafe zoe hold details"),
        ("I’ve ur adress", "i have your address"),
    ],
)
def test_plain_words_keep_what_the_rules_leave_out(written: str, plain: str) -> None:
    assert plain_of(written) == plain


def test_plain_words_are_not_said_twice_where_a_long_sentence_is_cut() -> None:
    text = " ".join(f"word{'abcdefghij'[at % 10]}" for at in range(350))
    found = read(text)
    assert len(found) > 3
    assert [word for sentence in found for word in sentence.plain] == text.split()


def test_words_remembered_stay_within_a_bound() -> None:
    for at in range(30_000):
        LEXICON.normal(f"nobody{at}")
    assert len(LEXICON.readings) <= 20_000
    assert LEXICON.normal("x" * 100_000) == ("_",)
    assert not any(len(raw) > 80 for raw in LEXICON.readings)


SPOKEN = (
    "please do not don't DON’T delete my data copy of all you hold on me stop emailing unsubscribe art. 15 [name] ! ?"
)
ODD = (
    "<insert name> e-mail infor-\nmation . - &#39;t \u00ad \u200b ’ é ﬁle 𝐝𝐞𝐥𝐞𝐭𝐞 İ ß 数据 🙂 \ud83d d.e.l.e.t.e dat@ "
    "ⓓⓔⓛ x@y.example https://x.example/a <br> &nbsp; don t i m pleeease w8 deets 4 = =\n \n\n"
)
PIECES = (*SPOKEN.split(), *re.split(" ", ODD))
TEXTS = st.one_of(
    st.text(max_size=300),
    st.lists(st.sampled_from(PIECES), max_size=60).map(" ".join),
    st.lists(st.sampled_from(PIECES), max_size=60).map("".join),
)


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_every_word_is_what_stands_at_its_place(text: str) -> None:
    for sentence in read(text):
        assert sentence.words[0] == "^"
        assert sentence.words[-1] == "$"
        assert sentence.starts == sorted(sentence.starts)
        assert sentence.ends == sorted(sentence.ends)
        for word, start, end in list(zip(sentence.words, sentence.starts, sentence.ends, strict=True))[1:-1]:
            assert 0 <= start < end <= len(text)
            again = [w for s in read(text[start:end]) for w in s.words]
            assert word in again, (word, text[start:end])


@settings(max_examples=200, deadline=None)
@given(TEXTS, TEXTS)
def test_a_passage_reads_alike_wherever_it_stands(before: str, text: str) -> None:
    alone = read(text)
    moved = list(sentences(f"{before}\n\n{text}", LEXICON, len(before) + 2, len(before) + 2 + len(text)))
    assert [(s.words, s.plain) for s in moved] == [(s.words, s.plain) for s in alone]
    assert [at - len(before) - 2 for s in moved for at in s.starts] == [at for s in alone for at in s.starts]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([*PIECES, "'", "&", "<", "@", "$", "…", "e-", "\ufffd", "€™"]), min_size=1, max_size=4))
def test_anything_repeated_is_read_in_bounded_time(pieces: list[str]) -> None:
    unit = "".join(pieces)
    text = unit * (20_000 // len(unit) + 1)
    assert least_seconds(lambda: read(text), enough=1) < 1
