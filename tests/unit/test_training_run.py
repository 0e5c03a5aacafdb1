"""`triage train` on a dozen messages a writer: the same twice, no witness heard on what it has learnt, and a card."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from triage.cli.reading import script_of
from triage.domain.classification import Script
from triage.domain.vocabulary import Channel, Flag, Kind, OtherRight
from triage.errors import RulesWrong
from triage.language.categoriser import Categoriser
from triage.language.corpus import Example
from triage.language.evidence import LABELS
from triage.language.model import JUDGED, WEIGHTS_FILE, load_weights, load_witnesses
from triage.language.reader import Heed, Reader
from triage.language.training import categoriser
from triage.language.training.card import write_card
from triage.language.training.passages import Passage
from triage.language.training.run import FOLDS, Trained, train
from triage.parsing.rules import load_policy

RULES = Path(__file__).resolve().parents[2] / "rules"
POLICY = load_policy(RULES)
WRITERS = ("alder", "birch", "cedar")
GREETINGS = {"alder": "Good morning.", "birch": "hiya", "cedar": "To whom it may concern,", "damson": "Dear all,"}
MESSAGES: tuple[tuple[str, tuple[Kind, ...], tuple[OtherRight, ...], tuple[Flag, ...]], ...] = (
    ("Please send me a copy of all you hold on me.", (Kind.ACCESS,), (), ()),
    ("What have you written down about me over the years?", (Kind.ACCESS,), (), ()),
    ("You have my surname wrong, it is Quillfeather.", (Kind.CORRECTION,), (), ()),
    ("We have moved to 5 Mill Lane.", (Kind.CORRECTION,), (), ()),
    ("Delete my account and whatever hangs on it.", (Kind.DELETION,), (), ()),
    ("My son is nine. Take his photo off your site.", (Kind.DELETION,), (), (Flag.CHILD,)),
    ("No more calls to this number.", (Kind.OPT_OUT,), (), ()),
    ("You gave my number to a stranger and I am livid.", (Kind.COMPLAINT,), (), (Flag.BREACH_REPORT,)),
    ("Freeze my file while you look into it.", (Kind.OTHER_RIGHT,), (OtherRight.RESTRICTION,), ()),
    ("The parcel was open and a cup is broken.", (), (), ()),
    ("Please delete the second line of the order.", (), (), ()),
    ("Is the black router back in stock?", (), (), ()),
)


def script(example: Example) -> Script:
    return script_of(channel=example.channel, subject=example.subject, text=example.text)


def corpus(*writers: str) -> tuple[Example, ...]:
    return tuple(
        Example(
            id=f"{writer}-{number}",
            writer=writer,
            channel=Channel.CHAT if writer == "birch" else Channel.EMAIL,
            subject="",
            text=f"{GREETINGS.get(writer, 'Hello.')}\n\n{text}",
            kinds=kinds,
            other_rights=rights,
            flags=flags,
            because=dict.fromkeys(kinds, (text,)),
        )
        for writer, (number, (text, kinds, rights, flags)) in product(writers, enumerate(MESSAGES, start=1))
    )


@dataclass(frozen=True, kw_only=True)
class Run:
    """One training."""

    folder: Path
    trained: Trained
    said: tuple[str, ...]


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(RULES, POLICY, Heed.RULES)


def run(folder: Path, reader: Reader, examples: Sequence[Example]) -> Run:
    folder.mkdir()
    (folder / "encoder").symlink_to(RULES / "model" / "encoder")
    said: list[str] = []
    trained = train(examples, reader, folder, script, said.append)
    return Run(folder=folder, trained=trained, said=tuple(said))


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory, reader: Reader) -> Run:
    return run(tmp_path_factory.mktemp("once") / "model", reader, corpus(*WRITERS))


def test_training_twice_gives_the_same_file_and_the_same_scores(tmp_path: Path, reader: Reader, once: Run) -> None:
    again = run(tmp_path / "model", reader, corpus(*WRITERS))
    assert (again.folder / WEIGHTS_FILE).read_bytes() == (once.folder / WEIGHTS_FILE).read_bytes()
    assert (again.trained.quick == once.trained.quick).all()
    assert (again.trained.close == once.trained.close).all()
    said = [["please", "delete", "my", "account"], ["no", "more", "calls"]]
    one, other = (Categoriser.load(each.folder / "quick").scores(said) for each in (once, again))
    assert (one == other).all()


def test_another_message_makes_another_model(tmp_path: Path, reader: Reader, once: Run) -> None:
    first, *rest = corpus(*WRITERS)
    other = run(tmp_path / "model", reader, [replace(first, kinds=(), because={}), *rest])
    assert (other.folder / WEIGHTS_FILE).read_bytes() != (once.folder / WEIGHTS_FILE).read_bytes()


def test_what_was_trained_loads_and_reads(once: Run) -> None:
    load_witnesses(once.folder)
    weights = load_weights(once.folder)
    assert (weights.below, weights.above) == (once.trained.below, once.trained.above)


def test_every_message_of_an_unread_writer_is_judged_once_with_probabilities(once: Run) -> None:
    assert sorted(example.id for example in once.trained.examples) == sorted(e.id for e in corpus(*WRITERS))
    for said in (once.trained.quick, once.trained.close):
        assert said.shape == (len(WRITERS) * len(MESSAGES), len(JUDGED))
        assert np.isfinite(said).all()
        assert ((said >= 0) & (said <= 1)).all()


def test_even_a_dozen_messages_teach_something(once: Run) -> None:
    asked = np.asarray([bool(example.kinds) for example in once.trained.examples])
    request = once.trained.close[:, -1]
    assert request[asked].mean() > request[~asked].mean() + 0.1
    deletion = once.trained.close[:, LABELS.index(Kind.DELETION)]
    wanted = np.asarray([Kind.DELETION in example.kinds for example in once.trained.examples])
    assert deletion[wanted].mean() > deletion[~wanted].mean()


def test_it_says_how_far_it_is(once: Run) -> None:
    assert once.said[0] == "36 messages, 36 of them to judge by, 3 folds"
    assert once.said[1:] == tuple(f"fold {number} of 3 heard" for number in (1, 2, 3))


def test_no_categoriser_is_heard_on_a_writer_it_has_learnt(
    tmp_path: Path, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    lessons: list[set[str]] = []
    learn = categoriser.train

    def watched(told: Sequence[Passage]) -> object:
        lessons.append({word for passage in told for word in passage.words if word.startswith("zz")})
        return learn(told)

    monkeypatch.setattr(categoriser, "train", watched)
    marked = [replace(one, text=f"{one.text}\n\nzz{one.writer}") for one in corpus(*WRITERS)]
    run(tmp_path / "model", reader, marked)
    marks = {f"zz{writer}" for writer in WRITERS}
    assert sorted(map(sorted, lessons)) == sorted([*(sorted(marks - {one}) for one in marks), sorted(marks)])


def test_writers_are_dealt_to_a_few_folds(tmp_path: Path, reader: Reader) -> None:
    many = corpus(*(f"writer{number}" for number in range(FOLDS + 2)))
    few = [one for one in many if int(one.id.partition("-")[2]) % 3 == 0]
    assert f"{FOLDS} folds" in run(tmp_path / "model", reader, few).said[0]


def test_what_the_encoder_has_read_teaches_the_categoriser_and_judges_nothing(tmp_path: Path, reader: Reader) -> None:
    known = json.loads((RULES / "model" / "encoder" / "labels.json").read_text(encoding="utf-8"))["writers"][0]
    run_ = run(tmp_path / "model", reader, corpus("alder", "birch", known))
    assert {example.writer for example in run_.trained.examples} == {"alder", "birch"}
    assert run_.said[0].startswith("36 messages, 24 of them to judge by")


def test_a_local_message_with_the_id_of_one_of_ours_is_refused_and_takes_no_place(
    tmp_path: Path, reader: Reader
) -> None:
    ours = corpus(*WRITERS)
    local = replace(ours[0], writer="damson", text="Is the black router back in stock?", kinds=(), because={})
    with pytest.raises(RulesWrong) as wrong:
        run(tmp_path / "model", reader, (*ours, local))
    assert wrong.value.faults == ["corpus: \"id\" 'alder-1' is that of 2 messages"]
    assert not (tmp_path / "model" / WEIGHTS_FILE).exists()


@pytest.mark.parametrize("writers", [("alder",), ()])
def test_too_few_writers_are_refused_in_one_clear_line(
    tmp_path: Path, reader: Reader, writers: tuple[str, ...]
) -> None:
    known = json.loads((RULES / "model" / "encoder" / "labels.json").read_text(encoding="utf-8"))["writers"][:1]
    with pytest.raises(RulesWrong) as wrong:
        run(tmp_path / "model", reader, corpus(*writers, *known))
    assert wrong.value.faults == ["corpus: the judge needs messages of 2 writers the encoder had not read"]
    assert not (tmp_path / "model" / WEIGHTS_FILE).exists()


def test_the_card_says_what_the_model_was_made_of_and_its_figures(once: Run) -> None:
    card = write_card(once.trained, corpus(*WRITERS), POLICY, once.folder)
    assert (once.folder / "card.md").read_text(encoding="utf-8") == card
    assert "36 messages written for this project by 3 writers, 9 of them asking nothing." in card
    assert "access 6, correction 6, deletion 6, opt_out 3, complaint 3, other_right 3." in card
    assert "fitted on 36 of them, by alder, birch, cedar" in card
    assert re.search(r"macro F1 of each writer, left out of what judged him: alder \S+, birch \S+, cedar \S+\n", card)
    for figure in ("F1 access", "macro F1", "requests missed", "yet given a kind", "decided without a person"):
        assert figure in card
    assert "## Limits" in card


def test_the_card_quotes_no_message(once: Run) -> None:
    card = write_card(once.trained, corpus(*WRITERS), POLICY, once.folder)
    assert [text for text, *_ in MESSAGES if text[:20] in card] == []
