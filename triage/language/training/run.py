"""`triage train`: quick categoriser and judge from the corpus; the encoder stays as it is (docs/decisions/013).

The judge must not hear a witness speak of texts that witness has learnt by heart. So it is fitted only on messages of
writers whom the authors of the rules have not read, with what the encoder said of them before it learnt them
(beforehand.py) or says now if it never did; and for each of them the quick categoriser is trained anew without the
writers of its fold.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from triage.domain.classification import Script
from triage.domain.vocabulary import Kind
from triage.errors import RulesWrong
from triage.language.categoriser import Categoriser
from triage.language.corpus import Example
from triage.language.encoder import Encoder
from triage.language.evidence import (
    CLOSE_FEATURES,
    FLAG_FEATURES,
    FLAGS,
    LABELS,
    QUICK_FEATURES,
    Floats,
    close_rows,
    flag_rows,
)
from triage.language.judge import less_objects
from triage.language.logistic import Logistic, fit
from triage.language.model import (
    ENCODER_FOLDER,
    JUDGED,
    Seen,
    Witnesses,
    load_encoder,
    settled,
)
from triage.language.reader import Reader
from triage.language.training import beforehand, categoriser
from triage.language.training.keeping import keep
from triage.language.training.passages import Passage, labels_of, passages

FOLDS = 4
RIDGE = 20.0
SETTLED_RIGHT = 0.995  # how often the quick reading, where it settles a message, must be exactly right in cross-fitting
_FEWEST_WRITERS = 2
_BELOW = (0.005, 0.01, 0.015, 0.02, 0.03, 0.04, 0.05)
_ABOVE = (1.01, 0.99, 0.98, 0.97, 0.96, 0.95, 0.94, 0.92)  # 1.01: what asks is always read closely

ScriptOf = Callable[[Example], Script]
Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Trained:
    """Cross-fitted probabilities (n x JUDGED) for the judge's examples, before and after the close look."""

    examples: tuple[Example, ...]
    quick: Floats
    close: Floats
    below: float
    above: float
    settled: float


def train(examples: Sequence[Example], reader: Reader, folder: Path, script_of: ScriptOf, say: Say) -> Trained:
    """Train and write `folder`/quick and `folder`/judge.json.

    Raises RulesWrong where two messages have one id or too few writers are left.
    """
    if faults := _said_twice(examples):
        raise RulesWrong(faults)
    encoder = load_encoder(folder)
    scripts = {example.id: script_of(example) for example in examples}
    told = {example.id: list(passages(example, scripts[example.id], reader.rule_reader)) for example in examples}
    before = _beforehand(folder / ENCODER_FOLDER, encoder)
    judged = [e for e in examples if e.writer not in encoder.writers or beforehand.key_of(e) in before]
    folds = _folds(judged)
    say(f"{len(examples)} messages, {len(judged)} of them to judge by, {len(folds)} folds")
    quick_rows, all_rows, flags_seen, objects = _cross_fitted(
        examples, folds, told, scripts, reader, encoder, before, say
    )
    order = [example for fold in folds for example in fold]
    truth = _truth(order)
    quick_said = _held_out(QUICK_FEATURES, quick_rows, truth, folds, objects)
    close_said = _held_out(CLOSE_FEATURES, all_rows, truth, folds, objects)
    below, above, share = _settled(quick_said, truth)
    flagged = np.asarray([[float(flag in example.flags) for flag in FLAGS] for example in order])
    weights = {
        "quick": fit(QUICK_FEATURES, JUDGED, quick_rows, truth, ridge=RIDGE).as_json(),
        "close": fit(CLOSE_FEATURES, JUDGED, all_rows, truth, ridge=RIDGE).as_json(),
        "flags": fit(FLAG_FEATURES, FLAGS, flags_seen, flagged, ridge=RIDGE).as_json(),
        "settled": {"below": below, "above": above},
    }
    keep(folder, categoriser.train(_all(told, examples)), weights)
    return Trained(examples=tuple(order), quick=quick_said, close=close_said, below=below, above=above, settled=share)


def _said_twice(examples: Iterable[Example]) -> list[str]:
    """A line for every id of two messages: our corpus and a local one are each looked through alone when read."""
    counts = Counter(example.id for example in examples)
    return [f'corpus: "id" {one!r} is that of {count} messages' for one, count in counts.items() if count > 1]


def _folds(judged: Sequence[Example]) -> list[list[Example]]:
    """The examples by writer, the writers dealt out to at most FOLDS folds."""
    writers = sorted({example.writer for example in judged})
    if len(writers) < _FEWEST_WRITERS:
        raise RulesWrong([f"corpus: the judge needs messages of {_FEWEST_WRITERS} writers the encoder had not read"])
    dealt = [writers[at :: min(FOLDS, len(writers))] for at in range(min(FOLDS, len(writers)))]
    return [[example for example in judged if example.writer in names] for names in dealt]


def _cross_fitted(
    examples: Sequence[Example],
    folds: Sequence[Sequence[Example]],
    told: dict[str, list[Passage]],
    scripts: dict[str, Script],
    reader: Reader,
    encoder: Encoder,
    before: Mapping[bytes, Seen],
    say: Say,
) -> tuple[Floats, Floats, Floats, list[Collection[Kind]]]:
    """Rows of evidence for the examples of each fold, from a quick categoriser that has not seen its writers."""
    quick, close, flags, objects = [], [], [], []
    for number, fold in enumerate(folds, start=1):
        held = {example.writer for example in fold}
        nlp = categoriser.train(_all(told, (example for example in examples if example.writer not in held)))
        witnesses = Witnesses(Categoriser(nlp), encoder)
        for example in fold:
            heard = reader.heard(scripts[example.id], witnesses)
            kept = before.get(beforehand.key_of(example))
            looked = witnesses.close(heard.words)[0] if kept is None else witnesses.weighable(kept)
            quick.append(heard.rows)
            close.append(close_rows(heard.rows, looked))
            flags.append(flag_rows(heard.findings, looked))
            objects.append(heard.objects)
        say(f"fold {number} of {len(folds)} heard")
    return np.asarray(quick), np.asarray(close), np.asarray(flags), objects


def _beforehand(folder: Path, encoder: Encoder) -> Mapping[bytes, Seen]:
    try:
        told = beforehand.read(folder)
        if any(
            one.whole.shape[1] != len(encoder.labels) or len(one.asking) != len(encoder.asked) for one in told.values()
        ):
            raise ValueError("of an encoder with other labels")
        return told
    except (OSError, ValueError, KeyError, IndexError, BadZipFile) as error:
        raise RulesWrong(
            [f"model/{ENCODER_FOLDER}/{beforehand.FILE}: cannot be used: {type(error).__name__}"]
        ) from error


def _all(told: dict[str, list[Passage]], examples: Iterable[Example]) -> list[Passage]:
    return [passage for example in examples for passage in told[example.id]]


def _truth(examples: Sequence[Example]) -> Floats:
    rows = []
    for example in examples:
        asked = labels_of(example)
        rows.append([*(float(label in asked) for label in LABELS), float(bool(asked))])
    return np.asarray(rows)


def _held_out(
    features: Sequence[str],
    rows: Floats,
    truth: Floats,
    folds: Sequence[Sequence[Example]],
    objects: Sequence[Collection[Kind]],
) -> Floats:
    """For each fold what a judge fitted on the others says."""
    said = np.zeros_like(truth)
    start = 0
    for fold in folds:
        here = np.zeros(len(truth), dtype=bool)
        here[start : start + len(fold)] = True
        judge: Logistic = fit(features, JUDGED, rows[~here], truth[~here], ridge=RIDGE)
        said[here] = judge.probabilities(rows[here])
        start += len(fold)
    return np.stack([less_objects(row, some) for row, some in zip(said, objects, strict=True)])


def _settled(said: Floats, truth: Floats) -> tuple[float, float, float]:
    """The widest bounds within which the quick reading is right often enough; and the share it then settles."""
    best = (0.0, 1.01, 0.0)
    for below in _BELOW:
        for above in _ABOVE:
            plain = settled(said, below, above)
            right = ((said[:, :-1] >= above) == (truth[:, :-1] > 0.5)).all(1)
            share = float(plain.mean())
            if plain.any() and right[plain].mean() >= SETTLED_RIGHT and share > best[2]:
                best = (below, above, share)
    return best
