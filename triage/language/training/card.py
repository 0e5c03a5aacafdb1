"""rules/model/card.md: what the model was made of and how far to trust it."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from triage.domain.policy import Policy
from triage.domain.vocabulary import Kind
from triage.language.corpus import Example
from triage.language.evaluation.measures import Summary
from triage.language.evaluation.report import percent, ratio
from triage.language.training.run import Trained
from triage.language.training.thresholds import advise, at_policy, by_writer

CARD_FILE = "card.md"


def write_card(trained: Trained, examples: Sequence[Example], policy: Policy, folder: Path) -> str:
    """Write the card and return it. Figures of the validation set stand in README.md: `make evaluate` measures them."""
    text = "\n".join([*_head(), *_texts(examples, trained), *_figures(trained, policy), *_limits()]) + "\n"
    (folder / CARD_FILE).write_text(text, encoding="utf-8")
    return text


def _head() -> list[str]:
    return [
        "# Model card",
        "",
        "Reads what people ask of a data protection desk: access, correction, deletion, opt-out, complaint, and the",
        "other rights by name. Made by `triage train`; for British English, mail, chat and forms; nothing else.",
        "",
    ]


def _texts(examples: Sequence[Example], trained: Trained) -> list[str]:
    kinds = Counter(kind for example in examples for kind in example.kinds)
    none = sum(not example.kinds for example in examples)
    writers = sorted({example.writer for example in examples})
    judges = sorted({example.writer for example in trained.examples})
    return [
        "## Texts",
        f"{len(examples)} messages written for this project by {len(writers)} writers, {none} of them asking nothing.",
        "Invented people, no message anybody sent. " + ", ".join(f"{kind.value} {kinds[kind]}" for kind in Kind) + ".",
        f"The judge was fitted on {len(trained.examples)} of them, by {', '.join(judges)}: writers whom the authors of",
        "the rules had not read, with what the encoder said of them before it learnt them, and cross-fitted, so that",
        "no witness had learnt them by heart. The encoder which is shipped has learnt more, so it should do better.",
        "",
    ]


def _figures(trained: Trained, policy: Policy) -> list[str]:
    lines = ["## Figures in cross-fitting, by writer", *_lines(at_policy(trained, policy))]
    lines.append(f"- settled by the quick reading alone: {percent(trained.settled)}")
    each = (f"{writer} {ratio(one.macro_f1)}" for writer, one in by_writer(trained, policy).items())
    lines.append("- macro F1 of each writer, left out of what judged him: " + ", ".join(each))
    advice = advise(trained, policy)
    if advice is None:
        return [*lines, "- no thresholds tried meet the goals for missed requests and sure answers", ""]
    best = advice.thresholds
    return [
        *lines,
        "",
        f"Advised thresholds: upper {best.upper}, lower {best.lower}, look {best.look}. With them:",
        *_lines(advice.summary),
        "",
    ]


def _lines(summary: Summary) -> list[str]:
    decided = summary.decided_right
    return [
        "- F1 " + ", ".join(f"{found.name} {ratio(found.f1)}" for found in summary.kinds),
        f"- macro F1 {ratio(summary.macro_f1)}, exactly right {percent(summary.exact.value)}",
        f"- requests missed {len(summary.missed)} of {summary.messages} messages",
        f"- nothing asked, yet given a kind {percent(summary.negatives_given_kind.value)}",
        f"- decided without a person {percent(decided.whole / summary.messages)}, "
        f"of these exactly right {percent(decided.value)}",
    ]


def _limits() -> list[str]:
    return [
        "## Limits",
        "- Written messages stand in for real ones; people will surprise it. What it is unsure of goes to a person.",
        "- It reads English. What is in another language goes to a person, whatever it scores.",
        "- It says what is asked, never whether the asker has the right to it.",
    ]
