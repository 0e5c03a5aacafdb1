"""Whether a reply does not accept an answer of ours."""

import pytest

from triage.domain.unhappy import still_unhappy


@pytest.mark.parametrize(
    "text",
    [
        "I am still not satisfied.",
        "I'm still not happy with your answer.",
        "I am not satisfied with the outcome of my complaint.",
        "This does not answer my question.",
        "That doesn't answer what I asked.",
        "You have not answered my second point.",
        "You still haven't addressed why my data was shared.",
        "I do not accept your decision.",
        "I cannot accept this explanation.",
        "I don't accept that.",
        "That's no answer.",
        "I disagree with your findings.",
        "I remain dissatisfied.",
        "I'm still unhappy about how you dealt with this.",
        "Far from satisfied!",
        "That is not an answer.",
        "This isn't what I asked for.",
        "Your reply is incomplete.",
        "Your response was unsatisfactory",
        "I want to take this further.",
        "I would like your decision to be reviewed.",
        "Please escalate this.",
        "Please review your decision.",
        "I ask for an internal review.",
        "I wish to appeal against your decision.",
        "You have ignored most of my questions.",
        "My complaint has not been resolved.",
        "My question remains unanswered.",
        "That's not good enough.",
        "Thanks for the letter. However, I am dissatisfied with the explanation you gave.",
    ],
)
def test_who_does_not_accept_the_answer_is_still_unhappy(text: str) -> None:
    assert still_unhappy(text)


@pytest.mark.parametrize(
    "text",
    [
        "Thank you, I am satisfied with your answer.",
        "That answers my question, thank you.",
        "I'm happy with this, please close it.",
        "I was not happy at first but now all is well.",
        "I am no longer dissatisfied.",
        "I'm not unhappy with it.",
        "If I am still not satisfied after that, I will go to the ICO.",
        "I will not take this further.",
        "Don't escalate this please, it is fine.",
        "I accept your explanation.",
        "Any news on my request?",
        "Please review the attached copy of my passport.",
        "I would like you to review my details.",
        "I have not dealt with you before.",
        "This is not the address I asked you to use.",
        "I did not explain this well.",
        "My date of birth is wrong, that is wrong too.",
        "I dispute this debt.",
        "I do not accept that you hold my data for marketing.",
        "Here is my date of birth.",
        "",
    ],
)
def test_who_accepts_it_or_says_something_else_is_not(text: str) -> None:
    assert still_unhappy(text) is None


def test_the_sentence_that_tells_is_named() -> None:
    text = "Thank you for your letter. I am still not satisfied. Regards"
    span = still_unhappy(text)
    assert span is not None
    assert text[slice(*span)].strip() == "I am still not satisfied"
