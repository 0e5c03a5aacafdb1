"""The reader alone: messages a second on texts of some 600 characters, on one core; and its words and rules apart."""

import random
from functools import partial
from pathlib import Path

from bench.figures import Figure, seconds_a_call
from tests.acceptance.running import ROOT
from triage.domain.classification import Script
from triage.domain.vocabulary import Channel
from triage.language.matching import RuleMatcher
from triage.language.pipeline import blank_english, lexicon_of
from triage.language.reader import Reader
from triage.language.rules_file import load_rules
from triage.language.words import Lexicon, sentences
from triage.parsing.rules import load_policy

TEXTS, CHARACTERS = 300, 600
_ASKING = (
    "Please send me a copy of all the personal data you hold about me.",
    "I would like you to delete my account and everything in it.",
    "Stop sending me your newsletter, I never signed up for it.",
    "My surname is spelt wrongly in your records, please put it right.",
    "I want to complain about how my details were passed on.",
)
_ASKING_ON = (
    "Where did you get my phone number from?",
    "Take my photograph off your website at once.",
    "I no longer live in Station Road, so the address you have for me is out of date.",
    "Nobody has answered the request for my file that I made in March.",
    "Do not share my details with anybody outside your company.",
    "Forget that I ever had an account with you.",
    "Who else has seen my medical notes?",
    "Please remove me from every list you keep.",
    "I want the recording of the call I had with your colleague.",
)
_AROUND = (
    "I have been a customer of yours since the spring and have always been happy with the service.",
    "Last week I rang your office twice and nobody could tell me who is in charge of this.",
    "The order arrived on Tuesday, although the parcel was open and one of the cups was broken.",
    "My neighbour says that she had the same trouble and was helped within a day.",
    "I have moved house in the meantime, which may be why your letter never reached me.",
    "Please do not ring me in the mornings because I work nights at the hospital.",
    "If you need anything else from me I am happy to help, just write to this address.",
    "The weather has been dreadful and the post is slow, so an answer by mail would be kind.",
    "I have looked on your website and could not find the page that your colleague mentioned.",
    "It would also be good to know whether the shop in the high street opens again in June.",
)


def texts(count: int, seed: int = 7) -> list[str]:
    """Invented messages: most ask for something, each in surroundings of its own."""
    dice = random.Random(seed)
    made = []
    for _ in range(count):
        sentences = dice.sample(_AROUND, len(_AROUND))
        if dice.random() < 0.7:
            sentences.insert(dice.randrange(4), dice.choice(_ASKING))
        text = ""
        for sentence in sentences:
            if len(text) < CHARACTERS - 40:
                text += sentence + " "
        made.append(text.strip())
    return made


def dense_texts(count: int, seed: int = 11) -> list[str]:
    """Invented messages in which every sentence asks for something."""
    dice = random.Random(seed)
    made = []
    for _ in range(count):
        sentences = dice.sample(_ASKING + _ASKING_ON, len(_ASKING + _ASKING_ON))
        text = ""
        for sentence in sentences:
            if len(text) < CHARACTERS - 40:
                text += sentence + " "
        made.append(text.strip())
    return made


async def measure(count: int = TEXTS) -> list[Figure]:
    """Messages a second, ordinary and dense ones apart."""
    rules: Path = ROOT / "rules"
    reader = Reader(rules, load_policy(rules))
    book = load_rules(rules)
    lexicon, matcher = lexicon_of(book), RuleMatcher(blank_english(), book.rules)
    figures = []
    for sort, written in (("ordinary", texts(count)), ("dense", dense_texts(count))):
        mean = sum(map(len, written)) / len(written)
        scripts = [Script(channel=Channel.EMAIL, subject="A question", text=text) for text in written]
        seconds = seconds_a_call([partial(reader.read, script) for script in scripts])
        name = f"{sort} messages of {mean:.0f} characters, one core"
        figures.append(Figure(part="reader", name=name, value=1 / seconds, unit="/s"))
        seconds = seconds_a_call([partial(_match, text, lexicon, matcher) for text in written])
        figures.append(Figure(part="reader", name=f"{sort}: words and rules alone", value=seconds * 1000, unit="ms"))
    return figures


def _match(text: str, lexicon: Lexicon, matcher: RuleMatcher) -> int:
    return sum(1 for sentence in sentences(text, lexicon, 0, len(text)) for _ in matcher.find(sentence))
