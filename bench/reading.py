"""The reader alone: messages a second on texts of some 600 characters, on one core.

What the quick reading settles and what the encoder must read as well differ some tenfold in cost, so they are timed
apart, and the share of each is told.
"""

import random
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from bench.figures import Figure, seconds_a_call
from triage.cli.reading import script_of
from triage.config import rules_dir
from triage.domain.classification import Script
from triage.domain.vocabulary import Channel
from triage.language.corpus import read_examples
from triage.language.judge import less_objects
from triage.language.model import Weights, Witnesses, load_weights, load_witnesses, settled
from triage.language.reader import MODEL_FOLDER, Heed, Reader
from triage.parsing.rules import load_policy

TEXTS, TIMED, CHARACTERS = 300, 100, 600  # TIMED: of each sort, since the close reading takes its time
SHORTEST, LONGEST = 400, 800  # of written messages
VALIDATION = Path("tests/validation")
GOAL = "800 a second"
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
    """Messages a second: ordinary, dense and written ones; settled and closely read ones apart."""
    rules = rules_dir()
    policy = load_policy(rules)
    by_rules, reader = Reader(rules, policy, Heed.RULES), Reader(rules, policy)
    model = rules / MODEL_FOLDER
    trained = (load_witnesses(model), load_weights(model)) if model.is_dir() else None
    figures: list[Figure] = []
    for sort, scripts in _sorts(count).items():
        name = f"{sort} messages of {_mean(scripts):.0f} characters"
        figures.append(_a_second(f"{name}, one core", reader, scripts, GOAL))
        figures.append(_a_second(f"{sort}: rules alone", by_rules, scripts))
        if trained is not None:
            figures += _apart(sort, reader, scripts, *trained)
    return figures


def written_texts(count: int, folder: Path = VALIDATION, seed: int = 13) -> list[Script]:
    """Messages as people write them, SHORTEST to LONGEST characters long; none where the folder is empty.

    Of the validation set: the quick categoriser has learnt the training corpus by heart, and would settle too much.
    """
    if not any(folder.glob("*.jsonl")):
        return []
    fitting = [one for one in read_examples(folder) if SHORTEST <= len(one.text) <= LONGEST]
    chosen = random.Random(seed).sample(fitting, min(count, len(fitting)))
    return [script_of(channel=one.channel, subject=one.subject, text=one.text) for one in chosen]


def _sorts(count: int) -> dict[str, list[Script]]:
    sorts = {
        sort: [Script(channel=Channel.EMAIL, subject="A question", text=text) for text in invented]
        for sort, invented in (("ordinary", texts(count)), ("dense", dense_texts(count)))
    }
    written = written_texts(count)
    return {**sorts, "written": written} if written else sorts


def _apart(
    sort: str, reader: Reader, scripts: Sequence[Script], witnesses: Witnesses, weights: Weights
) -> list[Figure]:
    """The share the quick reading settles, and the speed of either half."""
    spared = [_is_settled(script, reader, witnesses, weights) for script in scripts]
    share = 100 * sum(spared) / len(spared)
    figures = [Figure(part="reader", name=f"{sort}: settled by the quick reading", value=share, unit="%")]
    for half, wanted in (("settled quickly", True), ("closely read", False)):
        these = [script for script, is_settled in zip(scripts, spared, strict=True) if is_settled is wanted]
        if these:
            figures.append(_a_second(f"{sort}, {half}: {len(these)} of {_mean(these):.0f} characters", reader, these))
    return figures


def _is_settled(script: Script, reader: Reader, witnesses: Witnesses, weights: Weights) -> bool:
    heard = reader.heard(script, witnesses)
    said = less_objects(weights.quick.probabilities(heard.rows), heard.objects)
    return bool(settled(said[None], weights.below, weights.above)[0])


def _a_second(name: str, reader: Reader, scripts: Sequence[Script], goal: str = "") -> Figure:
    seconds = seconds_a_call([partial(reader.read, script) for script in scripts[:TIMED]])
    return Figure(part="reader", name=name, value=1 / seconds, unit="/s", goal=goal)


def _mean(scripts: Sequence[Script]) -> float:
    return sum(len(script.text) for script in scripts) / len(scripts)
