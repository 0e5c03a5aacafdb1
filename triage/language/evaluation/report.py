"""Figures in words and as JSON, and every error with the reasons the reader had. Pure: printing is the command's."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from triage.domain.classification import Reason
from triage.domain.vocabulary import Kind
from triage.language.evaluation.calibration import Calibration
from triage.language.evaluation.measures import NONE, Answer, Found, Measures, Share, Summary


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """A table: title, columns and rows of cells."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def percent(value: float | None) -> str:
    """A share in 0..1 to a tenth of a percent, a dash where there is none."""
    return "-" if value is None else f"{100 * value:.1f} %"


def ratio(value: float | None) -> str:
    """A figure in 0..1 to three places, a dash where there is none."""
    return "-" if value is None else f"{value:.3f}"


def sheets(measures: Measures) -> tuple[Sheet, ...]:
    """All figures, as tables. They name no message."""
    return (
        _overall(measures),
        _words("Kinds", (*measures.summary.kinds, measures.other_right), measures.calibration_by_kind),
        _confusion(measures.confusion),
        _words("Flags", tuple(f for f in measures.flags if f.right or f.wrongly or f.missed)),
        _reliability(measures),
        _summaries("Writers", measures.writers),
        _summaries("Channels", measures.channels),
    )


def error_lines(given: Sequence[Answer]) -> tuple[str, ...]:
    """Every error: id, labelled, read, the scores that say something, the words that ask, and the reader's reasons."""
    return tuple(line for answer in given if _is_error(answer) for line in _error_lines(answer))


def as_json(measures: Measures, given: Sequence[Answer] | None) -> dict[str, object]:
    """All figures; with the answers also every error and the ids of the requests missed."""
    found: dict[str, object] = {
        **_summary_json(measures.summary),
        "other_right": _found_json(measures.other_right),
        "other_rights_named": _share_json(measures.rights_named),
        "unsure_labels": measures.unsure_labels,
        "calibration": {
            "kinds": asdict(measures.calibration),
            "request": asdict(measures.request_calibration),
            **{str(kind): asdict(one) for kind, one in measures.calibration_by_kind.items()},
        },
        "confusion": [
            {"labelled": labelled, "read": read, "count": count}
            for (labelled, read), count in sorted(measures.confusion.items())
        ],
        "flags": {found.name: _found_json(found) for found in measures.flags},
        "writers": {name: _summary_json(one) for name, one in measures.writers.items()},
        "channels": {name: _summary_json(one) for name, one in measures.channels.items()},
    }
    if given is not None:
        found["missed_ids"] = list(measures.summary.missed)
        found["errors"] = [_error_json(answer) for answer in given if _is_error(answer)]
    return found


def _overall(measures: Measures) -> Sheet:
    summary = measures.summary
    rows = (
        ("messages", str(summary.messages)),
        ("of them with an unsure label", str(measures.unsure_labels)),
        ("macro F1 over the five kinds", ratio(summary.macro_f1)),
        ("F1 of other_right", ratio(measures.other_right.f1)),
        ("other rights named exactly", _counted(measures.rights_named)),
        ("kinds exactly right", _counted(summary.exact)),
        ("requests missed: nothing read, no person asked", str(len(summary.missed))),
        ("sent to a person", _counted(summary.to_person)),
        ("negatives given a kind", _counted(summary.negatives_given_kind)),
        ("decided without a person", _counted(_decided(summary))),
        ("of these exactly right", _counted(summary.decided_right)),
        ("expected calibration error, five kinds", ratio(measures.calibration.error)),
        ("expected calibration error, any request", ratio(measures.request_calibration.error)),
    )
    return Sheet(title="Figures", columns=("", "measured"), rows=rows)


def _words(title: str, words: Sequence[Found], calibrated: Mapping[Kind, Calibration] | None = None) -> Sheet:
    errors = {str(kind): one.error for kind, one in (calibrated or {}).items()}
    rows = tuple(
        (f.name, str(f.right + f.missed), str(f.right), str(f.wrongly), str(f.missed))
        + (ratio(f.precision), ratio(f.recall), ratio(f.f1))
        + ((ratio(errors.get(f.name)),) if errors else ())
        for f in words
    )
    columns = ("", "labelled", "right", "wrongly", "missed", "precision", "recall", "F1")
    return Sheet(title=title, columns=columns + (("calibration error",) if errors else ()), rows=rows)


def _confusion(counts: Mapping[tuple[str, str], int]) -> Sheet:
    words = (*(kind.value for kind in Kind), NONE)
    rows = tuple((one, *(str(counts.get((one, other), 0) or "") for other in words)) for one in words)
    return Sheet(title="Labelled (rows) and read (columns)", columns=("", *words), rows=rows)


def _reliability(measures: Measures) -> Sheet:
    rows = tuple(
        (name, f"{one.low:.1f} to {one.high:.1f}", str(one.count), ratio(one.mean_score), ratio(one.share_true))
        for name, calibration in (("kinds", measures.calibration), ("request", measures.request_calibration))
        for one in calibration.bins
    )
    return Sheet(title="Do scores come true?", columns=("", "score", "count", "mean score", "true"), rows=rows)


def _summaries(title: str, by_name: Mapping[str, Summary]) -> Sheet:
    rows = tuple(
        (
            name,
            str(one.messages),
            ratio(one.macro_f1),
            percent(one.exact.value),
            str(len(one.missed)),
            percent(one.to_person.value),
            percent(one.negatives_given_kind.value),
            percent(one.decided_right.value),
        )
        for name, one in by_name.items()
    )
    columns = ("", "messages", "macro F1", "exact", "missed", "person", "negatives given a kind", "decided right")
    return Sheet(title=title, columns=columns, rows=rows)


def _decided(summary: Summary) -> Share:
    """What no person was asked about, as a share of all."""
    return Share(part=summary.decided_right.whole, whole=summary.messages)


def _counted(share: Share) -> str:
    return f"{percent(share.value)}  ({share.part} of {share.whole})"


def _is_error(answer: Answer) -> bool:
    return not (answer.exact and answer.rights_exact)


def _named(kinds: Sequence[Kind], rights: Sequence[str]) -> str:
    return ", ".join([*kinds, *(f"({right})" for right in rights)]) or NONE


def _error_lines(answer: Answer) -> list[str]:
    example, read = answer.example, answer.read
    scores = " ".join(f"{kind} {read.scores[kind]:.2f}" for kind in Kind if read.scores.get(kind, 0.0) >= 0.005)
    marks = [", MISSED"] if answer.missed else [", a person looks"] if read.needs_person else []
    marks += [", unsure label"] if example.unsure else []
    lines = [
        f"{example.id}: labelled {_named(example.kinds, example.other_rights)}, "
        f"read {_named(read.kinds, read.other_rights)}{''.join(marks)}",
        f"    scores: request {read.request_score:.2f} {scores}".rstrip(),
    ]
    lines += [f"    asks for {kind}: {words}" for kind, all_of in example.because.items() for words in all_of]
    return lines + [f"    {_reason_line(reason)}" for reason in read.reasons if isinstance(reason.kind, Kind)]


def _reason_line(reason: Reason) -> str:
    return f"{reason.witness} {reason.source} gives {reason.kind} ({reason.why}): {reason.text}"


def _error_json(answer: Answer) -> dict[str, object]:
    example, read = answer.example, answer.read
    return {
        "id": example.id,
        "labelled": list(example.kinds),
        "labelled_other_rights": list(example.other_rights),
        "read": list(read.kinds),
        "read_other_rights": list(read.other_rights),
        "missed": answer.missed,
        "needs_person": read.needs_person,
        "unsure_label": example.unsure,
        "request_score": read.request_score,
        "scores": {str(kind): read.scores.get(kind, 0.0) for kind in Kind},
        "because": {str(kind): list(words) for kind, words in example.because.items()},
        "reasons": [
            {"kind": str(r.kind), "witness": r.witness, "source": r.source, "why": r.why, "text": r.text}
            for r in read.reasons
        ],
    }


def _summary_json(summary: Summary) -> dict[str, object]:
    return {
        "messages": summary.messages,
        "kinds": {found.name: _found_json(found) for found in summary.kinds},
        "macro_f1": summary.macro_f1,
        "exact": _share_json(summary.exact),
        "missed": len(summary.missed),
        "needs_person": _share_json(summary.to_person),
        "negatives_given_kind": _share_json(summary.negatives_given_kind),
        "decided": _share_json(_decided(summary)),
        "decided_right": _share_json(summary.decided_right),
    }


def _share_json(share: Share) -> dict[str, object]:
    return {"count": share.part, "of": share.whole, "share": share.value}


def _found_json(found: Found) -> dict[str, object]:
    return {
        "labelled": found.right + found.missed,
        "right": found.right,
        "wrongly": found.wrongly,
        "missed": found.missed,
        "precision": found.precision,
        "recall": found.recall,
        "f1": found.f1,
    }
