"""The figures: what a careful reader said of messages against what was read. Pure.

A kind is read when it stands among the `kinds`, sure or not: figures per kind are strict, a person's look mends none.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from triage.domain.classification import Classification
from triage.domain.vocabulary import Flag, Kind
from triage.language.corpus import Example
from triage.language.evaluation.calibration import Calibration, calibrate

FIVE_KINDS = tuple(kind for kind in Kind if kind is not Kind.OTHER_RIGHT)
NONE = "none"


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """An example and what the reader made of it."""

    example: Example
    read: Classification

    @property
    def exact(self) -> bool:
        """Whether just the labelled kinds were read."""
        return set(self.example.kinds) == set(self.read.kinds)

    @property
    def rights_exact(self) -> bool:
        """Whether just the labelled other rights were named."""
        return set(self.example.other_rights) == set(self.read.other_rights)

    @property
    def missed(self) -> bool:
        """A request nobody would see: a kind is labelled, none is read, and no person is asked to look."""
        return bool(self.example.kinds) and not self.read.kinds and not self.read.needs_person


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """`part` of `whole`; None where there is no whole."""

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        """The share in 0..1."""
        return self.part / self.whole if self.whole else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """How well one word (a kind, a flag) is found."""

    name: str
    right: int
    wrongly: int
    missed: int

    @property
    def precision(self) -> float | None:
        """Of those read, the share that is right; None when it was never read."""
        return Share(part=self.right, whole=self.right + self.wrongly).value

    @property
    def recall(self) -> float | None:
        """Of those labelled, the share that was read; None when it was never labelled."""
        return Share(part=self.right, whole=self.right + self.missed).value

    @property
    def f1(self) -> float | None:
        """The harmonic mean of both; None when the word was neither labelled nor read."""
        return Share(part=2 * self.right, whole=2 * self.right + self.wrongly + self.missed).value


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary:
    """The figures of a set of messages that fit on one line.

    `decided_right` is of kinds: which other right is meant is never decided without a person.
    """

    messages: int
    kinds: tuple[Found, ...]
    macro_f1: float | None
    exact: Share
    missed: tuple[str, ...]
    to_person: Share
    negatives_given_kind: Share
    decided_right: Share


@dataclass(frozen=True, kw_only=True, slots=True)
class Measures:
    """Every figure of a run. `confusion` counts (labelled, read), see `confusions`."""

    summary: Summary
    other_right: Found
    rights_named: Share
    unsure_labels: int
    calibration: Calibration
    calibration_by_kind: Mapping[Kind, Calibration]
    request_calibration: Calibration
    confusion: Mapping[tuple[str, str], int]
    flags: tuple[Found, ...]
    writers: Mapping[str, Summary]
    channels: Mapping[str, Summary]


def answers(examples: Iterable[Example], read: Callable[[Example], Classification]) -> tuple[Answer, ...]:
    """Have every example read."""
    return tuple(Answer(example=example, read=read(example)) for example in examples)


def measure(given: Sequence[Answer]) -> Measures:
    """All figures of `given`."""
    return Measures(
        summary=summarise(given),
        other_right=_found_kind(Kind.OTHER_RIGHT, given),
        rights_named=_share(given, lambda a: bool(a.example.other_rights or a.read.other_rights), _rights_exact),
        unsure_labels=sum(a.example.unsure for a in given),
        calibration=calibrate(pair for kind in FIVE_KINDS for pair in _scored(kind, given)),
        calibration_by_kind={kind: calibrate(_scored(kind, given)) for kind in FIVE_KINDS},
        request_calibration=calibrate((a.read.request_score, bool(a.example.kinds)) for a in given),
        confusion=confusions(given),
        flags=tuple(_found(flag, ((flag in a.example.flags, flag in a.read.flags) for a in given)) for flag in Flag),
        writers=_by(given, lambda a: a.example.writer),
        channels=_by(given, lambda a: a.example.channel),
    )


def summarise(given: Sequence[Answer]) -> Summary:
    """The figures that fit on one line. The macro F1 is over those of the five kinds that were labelled or read."""
    kinds = tuple(_found_kind(kind, given) for kind in FIVE_KINDS)
    f1s = [found.f1 for found in kinds if found.f1 is not None]
    return Summary(
        messages=len(given),
        kinds=kinds,
        macro_f1=sum(f1s) / len(f1s) if f1s else None,
        exact=_share(given, _any, lambda a: a.exact),
        missed=tuple(a.example.id for a in given if a.missed),
        to_person=_share(given, _any, lambda a: a.read.needs_person),
        negatives_given_kind=_share(given, lambda a: not a.example.kinds, lambda a: bool(a.read.kinds)),
        decided_right=_share(given, lambda a: not a.read.needs_person, lambda a: a.exact),
    )


def confusions(given: Iterable[Answer]) -> dict[tuple[str, str], int]:
    """How often a kind was read as another, over all six kinds and "none".

    Of several kinds those on both sides match; what is left over of the labelled is paired with all that is left over
    of the read, or with "none" where nothing is. So (access, none) is a kind not seen, (none, access) one too many,
    (none, none) a message rightly left alone.
    """
    counts: Counter[tuple[str, str]] = Counter()
    for answer in given:
        labelled, read = set(answer.example.kinds), set(answer.read.kinds)
        counts.update((kind.value, kind.value) for kind in labelled & read)
        if labelled == read and labelled:
            continue
        lost = sorted(map(str, labelled - read)) or [NONE]
        added = sorted(map(str, read - labelled)) or [NONE]
        counts.update((one, other) for one in lost for other in added)
    return dict(counts)


def _by(given: Sequence[Answer], name_of: Callable[[Answer], str]) -> dict[str, Summary]:
    names = sorted({name_of(answer) for answer in given})
    return {name: summarise([a for a in given if name_of(a) == name]) for name in names}


def _scored(kind: Kind, given: Iterable[Answer]) -> Iterable[tuple[float, bool]]:
    return ((a.read.scores.get(kind, 0.0), kind in a.example.kinds) for a in given)


def _found_kind(kind: Kind, given: Iterable[Answer]) -> Found:
    return _found(kind, ((kind in a.example.kinds, kind in a.read.kinds) for a in given))


def _found(name: str, pairs: Iterable[tuple[bool, bool]]) -> Found:
    """From pairs of (labelled, read)."""
    counts = Counter(pairs)
    return Found(name=str(name), right=counts[True, True], wrongly=counts[False, True], missed=counts[True, False])


def _share(given: Iterable[Answer], among: Callable[[Answer], bool], counts: Callable[[Answer], bool]) -> Share:
    whole = [answer for answer in given if among(answer)]
    return Share(part=sum(map(counts, whole)), whole=len(whole))


def _any(_: Answer) -> bool:
    return True


def _rights_exact(answer: Answer) -> bool:
    return answer.rights_exact
