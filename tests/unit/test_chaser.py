"""What a reply says about waiting: it only asks where things stand, or it reproaches."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.domain.chaser import find_chaser


@pytest.mark.parametrize(
    "text",
    [
        "Any news?",
        "Hi, any update on my request please?",
        "Just checking in on this.",
        "Could you let me know where things stand?",
        "Where are we with my access request?",
        "What's the status of my request?",
        "What is happening with this?",
        "How is my request coming along?",
        "When can I expect to hear from you?",
        "When will my data be ready?",
        "I'm following up on the below.",
        "A gentle reminder about my email of 3 May.",
        "Have you had a chance to look at this yet?",
        "Did you receive my message?",
        "I haven't heard back yet, is there any news?",
        "I am still waiting for your reply.",
        "Hope you're well. Chasing this up. Thanks, Ana",
        "Is this still being dealt with?",
        "Please send me a quick update.",
        "Where is my copy?",
        "no reply yet?",
        "How long will this take?",
        "It has been over one month, any news?",
    ],
)
def test_who_asks_where_things_stand_only_asks(text: str) -> None:
    found = find_chaser(text)
    assert found is not None
    assert found.asks_only
    assert not found.reproaches


@pytest.mark.parametrize(
    "text",
    [
        "I have heard nothing.",
        "I've heard nothing from you since May.",
        "It has been five weeks and I still haven't heard from you.",
        "It's been over six weeks. No response at all.",
        "I have not had a single word from anyone.",
        "You were supposed to answer by 3 May.",
        "You promised to write by Friday and didn't.",
        "My request is overdue.",
        "The deadline has passed.",
        "You have missed the legal deadline.",
        "You are ignoring me.",
        "This is unacceptable, any news?",
        "I'm very disappointed not to have had an answer.",
        "How much longer must I wait?",
        "This is the fourth time I have asked where things stand.",
        "How long am I supposed to wait for an answer?",
        "You should have answered by now.",
        "I asked on 1 October and you've gone past the month without a word.",
        "We are well over the statutory time limit.",
        "Why has nobody replied to me?",
        "This is the third time I am asking, still no reply.",
        "You failed to respond within one month.",
        "This is taking far too long.",
        "I asked in May for my data and heard nothing",
        "I want to complain about how long this is taking.",
        "Nobody has bothered to reply.",
        "I wrote to you six weeks ago and have not received an answer.",
    ],
)
def test_who_reproaches_complains(text: str) -> None:
    found = find_chaser(text)
    assert found is not None
    assert found.reproaches
    assert not found.asks_only


@pytest.mark.parametrize(
    "text",
    [
        "Thank you, that is very helpful.",
        "Sorry for the late reply, here is my date of birth.",
        "I apologise for the delay in answering you.",
        "No reply needed.",
        "It has been five weeks since I moved house, please note my new address.",
        "I moved two months ago.",
        "I have heard nothing but good things about your team.",
        "I'm still waiting for my passport to arrive, I will send a copy then.",
        "My address is 5 Example Way.",
        "Following up on your question: I mean the emails of 2024.",
        "I look forward to hearing from you.",
        "If I do not hear from you I will write again.",
        "My son is six months old.",
        "I am angry about the price.",
        "Please unsubscribe me from the newsletter.",
        "I do not want to get any more updates from you.",
        "How long do you keep my data?",
        "After 22 years as your customer I would like a copy of my data.",
        "I have had his letters for six months under my address.",
        "It is five weeks since I left your company.",
        "If you think it is a scam, ignore me.",
        "You should have received my form by now.",
        "",
    ],
)
def test_what_is_not_about_waiting_is_no_chaser(text: str) -> None:
    assert find_chaser(text) is None


@pytest.mark.parametrize(
    ("text", "weeks"),
    [
        ("It has been five weeks.", 5),
        ("it's been 3 weeks now, any news?", 3),
        ("I wrote a fortnight ago, any news?", 2),
        ("I asked two months ago, where are we with this?", 8),
        ("Any news? I've been waiting for ten days.", 1),
        ("It has been a couple of weeks since my request.", 2),
        ("Any news?", None),
    ],
)
def test_the_time_that_has_gone_is_read(text: str, weeks: int | None) -> None:
    found = find_chaser(text)
    assert found is not None
    assert found.weeks == weeks


def test_five_weeks_alone_are_no_reproach_yet() -> None:
    found = find_chaser("It has been five weeks since I asked for my data. Could you tell me where things stand?")
    assert found is not None
    assert found.asks_only


def test_the_spans_are_those_of_the_telling_sentences() -> None:
    text = "Dear team. Any news? My neighbour was sent my bank statements."
    found = find_chaser(text)
    assert found is not None
    assert [text[start:end].strip() for start, end in found.spans] == ["Any news"]


def test_the_sentence_that_reproaches_comes_first() -> None:
    text = "Any news? You have ignored me."
    found = find_chaser(text)
    assert found is not None
    assert [text[start:end] for start, end in found.spans] == ["You have ignored me", "Any news"]


@given(st.text(max_size=400))
def test_no_text_is_too_odd_to_be_looked_at(text: str) -> None:
    found = find_chaser(text)
    if found is not None:
        assert found.asks_only is not found.reproaches
        assert all(0 <= start < end <= len(text) for start, end in found.spans)
