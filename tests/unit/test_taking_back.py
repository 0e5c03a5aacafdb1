"""A wish taken back in a reply: seen in many words, and not where the words only sound like it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.domain.taking_back import taken_back
from triage.domain.vocabulary import Kind

BACK = [
    "Actually, don't delete it.",
    "Actually don’t delete my account, sorry.",
    "Please do not delete anything.",
    "Could you please not delete my records?",
    "I don't want you to delete my data after all.",
    "I no longer want my account deleted.",
    "I do not want it erased any more.",
    "Please keep my account.",
    "I would like to keep my account, thank you.",
    "Can you leave everything as it is?",
    "Please leave my profile alone.",
    "I've changed my mind.",
    "We have changed our minds about this.",
    "I had a change of heart.",
    "On second thoughts, no.",
    "Please ignore my last email.",
    "I'd like you to ignore my last email.",
    "Kindly disregard my previous message!",
    "Cancel my request please.",
    "I want to withdraw my deletion request.",
    "I am cancelling my request.",
    "I hereby withdraw it.",
    "There is no need any more.",
    "No need to delete my details, all fine.",
    "You don't need to delete it any more.",
    "You no longer need to go ahead.",
    "My request is no longer needed.",
    "Never mind.",
    "Forget what I asked for.",
    "I sent that by mistake.",
    "My last message was a mistake.",
    "Stop the deletion!",
    "I have decided to stay.",
    "DO NOT DELETE",
    "Please don't\ndelete my data.",
    "Don't go ahead.",
    "I have decided not to delete my account.",
    "Scrap my earlier request.",
    "Please don't do anything for me now.",
    "I would like to keep it.",
    "If possible please ignore my last email.",
    "That's why I changed my mind.",
    "When you get this please cancel my request.",
    "Could you cancel the deletion of my account?",
]

NOT_BACK = [
    "I never changed my mind.",
    "I have not changed my mind.",
    "I haven't changed my mind about this",
    "I have not\nchanged my mind.",
    "Please do not ignore my last email.",
    "Why did you ignore my last email?",
    "You ignore my last message and every other.",
    "They ignore my request.",
    "Don't cancel my request, I mean it.",
    "If you don't delete my data I will complain.",
    "Why don't you delete it?",
    "You do not delete what people ask you to.",
    "Please delete my account, I don't need it any more.",
    "I no longer need my account, so please delete it.",
    "I don't want my account any more please delete it.",
    "You no longer need my data.",
    "I don't want you to keep my data.",
    "Don't keep my account.",
    "You have no right to keep my data.",
    "How long are you going to keep my data?",
    "Please keep my data safe until then.",
    "Please don't just delete my account, confirm it too.",
    "Cancel my subscription and delete me.",
    "I withdraw my consent to everything.",
    "Have you deleted it?",
    "There is no need for you to keep my CV.",
    "I want you to forget I exist.",
    "We have decided not to go ahead with the order.",
    "Leave me alone.",
    "Don't do it again.",
    "Would you bin my form and the notes of our call?",
    "I'd like to withdraw that consent now.",
    "I wish to remain anonymous.",
    "u just ignore it",
    "I think you're ignoring me.",
    "Thank you, that is all.",
    "Delete it now.",
    "",
]

CONDITIONS = [
    "Don't delete anything until I have my copy.",
    "Please do not delete it yet.",
    "Before you delete my data, send me a copy.",
    "Before anything is deleted I want to see it.",
    "Hold off deleting for now.",
    "Please wait with the deletion.",
    "Delete my account once I have had my copy.",
    "Don't delete anything\nuntil I have my copy.",
]


@pytest.mark.parametrize("words", BACK)
def test_a_wish_to_delete_is_seen_to_be_taken_back(words: str) -> None:
    found = taken_back(words, Kind.DELETION)
    assert found is not None
    assert not found.only_until


@pytest.mark.parametrize("words", NOT_BACK)
def test_words_that_only_sound_like_it_take_nothing_back(words: str) -> None:
    assert taken_back(words, Kind.DELETION) is None


@pytest.mark.parametrize("words", CONDITIONS)
def test_a_condition_is_seen_as_one_that_stands_until_it_is_met(words: str) -> None:
    found = taken_back(words, Kind.DELETION)
    assert found is not None
    assert found.only_until


def test_what_is_taken_back_outright_counts_more_than_a_condition() -> None:
    found = taken_back("Before you delete it: I've changed my mind.", Kind.DELETION)
    assert found is not None
    assert found.rests_on == "changed-my-mind"


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (Kind.ACCESS, "I don't need the copy any more."),
        (Kind.ACCESS, "No need to send it."),
        (Kind.CORRECTION, "Please don't change my address, it was right."),
        (Kind.CORRECTION, "Leave it as it is."),
        (Kind.OPT_OUT, "Please keep sending me the newsletter."),
        (Kind.OPT_OUT, "Sign me back up please."),
        (Kind.OPT_OUT, "Please don't unsubscribe me."),
        (Kind.COMPLAINT, "I want to drop my complaint."),
        (Kind.COMPLAINT, "The matter has been resolved, thank you."),
        (Kind.OTHER_RIGHT, "I withdraw my objection."),
    ],
)
def test_every_kind_has_words_of_its_own(kind: Kind, words: str) -> None:
    assert taken_back(words, kind) is not None


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (Kind.OPT_OUT, "Don't send me anything."),
        (Kind.OPT_OUT, "You keep sending me emails."),
        (Kind.OPT_OUT, "Please cancel my marketing emails."),
        (Kind.OTHER_RIGHT, "You had my consent. I withdraw it."),
        (Kind.COMPLAINT, "I will not rest until it is settled."),
        (Kind.COMPLAINT, "It is not resolved."),
        (Kind.ACCESS, "I don't want it shared."),
        (Kind.ACCESS, "I do not need to send you a passport."),
        (Kind.OPT_OUT, "Nobody may sign me up to anything."),
        (Kind.ACCESS, "You did not send it."),
    ],
)
def test_what_takes_one_wish_back_may_be_another_wish(kind: Kind, words: str) -> None:
    assert taken_back(words, kind) is None


def test_what_it_rests_on_is_a_span_of_the_persons_own_words() -> None:
    words = "Hello, İpek here. Actually, don’t delete my account."
    found = taken_back(words, Kind.DELETION)
    assert found is not None
    assert (found.rests_on, words[found.start : found.end]) == ("do-not-act.deletion", "don’t delete")


@given(st.text(), st.sampled_from(Kind))
def test_whatever_somebody_writes_a_span_lies_within_it(words: str, kind: Kind) -> None:
    found = taken_back(words, kind)
    assert found is None or 0 <= found.start < found.end <= len(words)
