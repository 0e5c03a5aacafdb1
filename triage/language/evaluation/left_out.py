"""One writer left out at a time: how well voices are read that the training never heard."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from triage.domain.classification import Classification
from triage.language.corpus import Example
from triage.language.evaluation.measures import Answer, Summary, answers, summarise

Read = Callable[[Example], Classification]
Train = Callable[[Sequence[Example]], Read]


@dataclass(frozen=True, kw_only=True, slots=True)
class LeftOut:
    """The figures per writer, each read by what was trained on all others, and of all those readings together."""

    writers: Mapping[str, Summary]
    together: Summary


def leave_one_writer_out(examples: Sequence[Example], train: Train) -> LeftOut:
    """Train once per writer, without that writer, and read what that writer wrote.

    `train` takes the examples to learn from and answers a function that reads one example.
    Raises ValueError when there are fewer than two writers.
    """
    writers = sorted({example.writer for example in examples})
    if len(writers) < 2:
        raise ValueError("leaving a writer out takes two writers at least")
    by_writer: dict[str, tuple[Answer, ...]] = {}
    for writer in writers:
        read = train([example for example in examples if example.writer != writer])
        by_writer[writer] = answers((example for example in examples if example.writer == writer), read)
    return LeftOut(
        writers={writer: summarise(given) for writer, given in by_writer.items()},
        together=summarise([answer for given in by_writer.values() for answer in given]),
    )
