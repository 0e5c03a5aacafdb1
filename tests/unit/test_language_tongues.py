"""Which few words are English and which are not: a short request in another language must not be passed over."""

import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest

from triage.domain.classification import Classification, Script
from triage.domain.enquiry import Passage
from triage.domain.policy import Thresholds
from triage.domain.vocabulary import Channel, Flag, Role
from triage.language.reader import Heed, Reader
from triage.language.rules_file import load_rules
from triage.language.tongue import language_of
from triage.parsing.rules import load_policy

RULES = Path(__file__).resolve().parents[2] / "rules"
# The rules alone: where the model stands is no concern of theirs.
POLICY = replace(load_policy(RULES), thresholds=Thresholds(upper=0.80, lower=0.35, look=0.10), kind_thresholds={})
READER = Reader(RULES, POLICY, Heed.RULES)

ENGLISH = [
    "ok thanks",
    "hi",
    "hello there",
    "Hiya!",
    "lol",
    "hahaha lol omg",
    "Zenzero pricing pls",
    "Get Started",
    "Talk to sales",
    "Book a demo",
    "Speak to a human",
    "yes",
    "yep sounds good",
    "nope thx",
    "no ta",
    "no worries mate",
    "cheers pal speak soon",
    "John Smith",
    "sarah jones leeds",
    "Priya Raman Iyer",
    "Aleksandra Nowak Wiśniewska",
    "Siân Llwyd Parry",
    "it's Zoë from Café Verde",
    "Stoke on Trent",
    "Ashby de la Zouch",
    "Newcastle upon Tyne",
    "Weston-super-Mare",
    "Llanfairpwll Ynys Môn",
    "bury st edmunds",
    "Berwick upon Tweed, Northumberland",
    "bore da",
    "Bore da pawb, sut mae?",
    "prynhawn da",
    "diolch yn fawr",
    "Nadolig llawen",
    "0161 496 0000",
    "07700 900123 after 5",
    "jo.bloggs@example.com",
    "my email jo@mail.example",
    "jo.bloggs@orchard.example or sales@orchard.example",
    "https://shop.example/produkt/daten/loschen-konto",
    "PO 44871",
    "order 55120 status",
    "SW1A 1AA",
    "Microsoft 365 Business Premium",
    "Xerox VersaLink C7130 drum",
    "Sharp BP-70C31 toner cartridge",
    "HP LaserJet Pro MFP M428fdw",
    "Dell Latitude 5540 docking station",
    "Cisco Meraki MX67 licence renewal",
    "toner magenta cyan black",
    "Fortinet Sophos WatchGuard",
    "voip handsets x12",
    "price list",
    "wat is prise for 5 lap tops",
    "teh pritner brokn agian",
    "prnter jamed again",
    "plese halp",
    "helllo anyone therre",
    "thnks alot",
    "cn u call me bk",
    "need ink asap",
    "pricing???",
    "quote pls x10 laptops",
    "opening hours bank holiday",
    "opening times saturday",
    "scanner not scanning",
    "wifi down again",
    "Paper jam tray 2",
    "delivery tomorrow?",
    "Am I in the right place",
    "i am in a call",
    "on it",
    "so do we",
    "not as such no",
    "hola can you help me",
    "merci, that works for us",
    "Danke schön",
    "Bonjour!",
    "grazie mille",
    "will do",
    "is it free",
    "no email, no contact, no data",
    "asdfgh",
    "xx",
    "test test test",
    "testing 123",
    "hmm ok",
    "brb 5 mins",
    "?? 👍👍",
    "Happy Birthday Bob",
    "managed print services",
    "brilliant, speak tomorrow",
]

FOREIGN = [
    ("es", "Quiero que borren todos mis datos personales"),
    ("es", "borrar por favor"),
    ("es", "borren mis datos"),
    ("es", "denme de baja por favor"),
    ("es", "necesito una copia de mis datos"),
    ("es", "quiero poner una queja"),
    ("es", "hi, quiero borrar mi cuenta please"),
    ("es", "no me llamen más"),
    ("pt", "Apaguem os meus dados"),
    ("pt", "quero uma cópia dos meus dados"),
    ("pt", "quero fazer uma reclamação"),
    ("it", "cancellate i miei dati"),
    ("it", "vorrei una copia dei miei dati"),
    ("it", "non voglio più email"),
    ("fr", "supprimez toutes mes données"),
    ("fr", "Bonjour, je voudrais connaître mes données"),
    ("fr", "effacez mon compte svp"),
    ("fr", "je veux me désabonner"),
    ("fr", "ne m'appelez plus"),
    ("de", "lösche alle meine Daten bitte"),
    ("de", "ich möchte dass Sie meine Daten löschen"),
    ("de", "LÖSCHEN SIE MEINE DATEN"),
    ("de", "Löschen!"),
    ("de", "Daten loeschen"),
    ("de", "Auskunft nach DSGVO"),
    ("de", "bitte abmelden"),
    ("de", "ich will mich beschweren"),
    ("nl", "verwijder mijn gegevens"),
    ("pl", "Proszę usunąć moje dane"),
    ("pl", "usuncie mnie z listy"),
    ("pl", "chcę kopię moich danych"),
    ("pl", "prosze wypisac mnie"),
    ("pl", "chce zlozyc skarge"),
    ("ro", "Vă rog să ștergeți datele mele"),
    ("ro", "vreau sa ma dezabonez"),
    ("ro", "doresc o copie a datelor mele"),
    ("bg", "Моля, изтрийте данните ми"),
    ("bg", "iztriite mi dannite"),
    ("bg", "molya iztrijte lichnite mi danni"),
    ("bg", "iskam kopie ot dannite si"),
    ("bg", "otpishete me ot byuletina"),
    ("bg", "iskam da podam jalba"),
    ("uk", "Видаліть мої дані"),
    ("uk", "vydalit moi dani bud laska"),
    ("ru", "udalite moi dannye"),
    ("tr", "Verilerimi silin lütfen"),
    ("tr", "kisisel verilerimin silinmesini istiyorum"),
    ("lt", "ištrinkite mano duomenis"),
    ("lt", "Prašau mano duomenų kopijos"),
    ("lv", "lūdzu izdzēsiet manus datus"),
    ("et", "palun kustutage minu andmed"),
    ("hu", "töröljék az adataimat kérem"),
    ("cs", "smažte prosím moje údaje"),
    ("sk", "vymažte moje osobné údaje"),
    ("hr", "molim obrišite moje podatke"),
    ("sq", "ju lutem fshini të dhënat e mia"),
    ("el", "διαγράψτε τα δεδομένα μου"),
    ("sv", "ta bort mina uppgifter"),
    ("da", "slet alle mine oplysninger tak"),
    ("fi", "poistakaa kaikki tietoni"),
    ("cy", "Dilëwch fy nata os gwelwch yn dda"),
    ("so", "fadlan tirtir xogtayda gaarka ah"),
    ("sw", "tafadhali futa taarifa zangu zote"),
    ("hi", "mera number hata do please"),
    ("ur", "mujhe call mat karo"),
    ("nl", "stop met mailen aub"),
    ("ar", "احذفوا بياناتي"),
    ("ur", "mera data khatam kar dein"),
    ("zh", "请删除我的个人资料"),
]

IN_ENGLISH_WORDS = [
    "Hello, I hope you are well. My English is not so good: usuńcie moje dane. Thank you for your help.",
    "Good morning, it is about the phone you sold me in June. Quiero que borren mis datos. Please tell me more.",
    "Hi team, the invoice has come, thank you. Und bitte löschen Sie alle meine Daten, that would be great for me.",
    "I was with you for two years and now I am not. iztriite mi dannite. That is all there is to say about it.",
]

ENGLISH_AT_LENGTH = [
    "Good morning, our colleague Dane Borrell would like to borrow a laptop for the Copia show in Cancun next week.",
    "Hi, we met Mia and Moira at the Rodeo Drive event. Could you send me a quote for ten silent printers, please?",
    "Please verify my account and tell me whether the data cable is the one that was eliminated from the offer.",
    "The removal of the old copier is booked for Monday. Who will cancel the lease, and what does it cost us?",
]


def read(text: str) -> Classification:
    return READER.read(Script(channel=Channel.CHAT, subject="", text=text))


def is_foreign(text: str) -> bool:
    verdict = read(text)
    flagged = Flag.NOT_ENGLISH in verdict.flags
    assert flagged == (verdict.language != "en")
    assert verdict.needs_person or not flagged
    return flagged


@pytest.mark.parametrize("text", ENGLISH)
def test_a_short_english_line_is_no_other_language(text: str) -> None:
    assert not is_foreign(text)


@pytest.mark.parametrize(("tongue", "text"), FOREIGN)
def test_a_short_request_in_another_language_brings_a_person_and_opens_nothing(tongue: str, text: str) -> None:
    assert is_foreign(text), tongue
    assert read(text).sure_kinds == ()


@pytest.mark.parametrize("text", IN_ENGLISH_WORDS)
def test_a_request_in_another_language_among_english_words_brings_a_person(text: str) -> None:
    assert is_foreign(text)


@pytest.mark.parametrize("text", ENGLISH_AT_LENGTH)
def test_english_words_that_look_like_those_of_a_foreign_request_are_none(text: str) -> None:
    assert not is_foreign(text)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("de", "Guten Tag, ich hätte gern gewusst, woher Sie meine Anschrift haben und wer sie noch bekommen hat."),
        ("pl", "Dzień dobry, bardzo proszę o kopię wszystkich nagrań moich rozmów z państwa infolinią."),
        ("bg", "Здравейте, бих искал да знам какви данни пазите за мен и откъде сте ги взели."),
        ("fr", "Bonjour, je souhaite que mon ancienne adresse disparaisse de vos fichiers, merci."),
    ],
)
def test_a_longer_text_in_another_language_is_named(code: str, text: str) -> None:
    assert read(text).language == code


def test_a_short_text_in_another_language_is_not_given_a_name() -> None:
    assert read("borren mis datos").language == "und"


def test_a_foreign_request_among_english_words_is_not_given_a_name() -> None:
    assert read(IN_ENGLISH_WORDS[0]).language == "und"


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Bitte löschen Sie alle meine Daten", ""),
        ("Supprimez toutes mes données", "Merci"),
        ("Proszę usunąć moje dane osobowe", "Jan Kowalski"),
    ],
)
def test_a_request_in_another_language_in_the_subject_alone_brings_a_person(subject: str, text: str) -> None:
    passages = (Passage(role=Role.OWN, start=0, end=len(text)),)
    verdict = READER.read(Script(channel=Channel.EMAIL, subject=subject, text=text, passages=passages))
    assert Flag.NOT_ENGLISH in verdict.flags
    assert verdict.needs_person


@pytest.mark.parametrize("passages", [(), (Passage(role=Role.OWN, start=0, end=44),)])
def test_a_subject_in_another_language_says_nothing_of_a_text_that_is_english(passages: tuple[Passage, ...]) -> None:
    text = "Is the black router back in stock by Monday?"
    verdict = READER.read(Script(channel=Channel.EMAIL, subject="Anfrage", text=text, passages=passages))
    assert verdict.language == "en"


def test_a_page_without_a_blank_is_no_slip_and_costs_little_memory() -> None:
    tongues = load_rules(RULES).tongues
    page = "xaqzt qozvkab " + "abcdefghij" * 400
    language_of("xaqzt qozvkab dem", tongues)  # the second voice is loaded before anything is counted
    language_of(page, tongues)
    tracemalloc.start()
    try:
        assert language_of(page, tongues) == "und"
        assert tracemalloc.get_traced_memory()[1] < 4_000_000
    finally:
        tracemalloc.stop()
