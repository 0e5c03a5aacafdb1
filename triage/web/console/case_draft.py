"""Letters that no other act of the page brings: which can be laid ready now, and laying one ready."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from triage.domain.drafting import WITH_WORDS, draft
from triage.domain.vocabulary import LetterPurpose
from triage.web.console.case_doing import Decide, Doing
from triage.web.console.case_typed import Typed

_P = LetterPurpose
_NAMES: Mapping[LetterPurpose, str] = {
    _P.ACKNOWLEDGEMENT: "Acknowledgement: we have their message",
    _P.COMPLAINT_ACKNOWLEDGEMENT: "Acknowledgement: we have their complaint",
    _P.OPT_OUT_RECORDED: "Acknowledgement: by when marketing stops",
    _P.PROGRESS: "News: how far we are",
    _P.COMPLAINT_PROGRESS: "News: how far we are with the complaint",
    _P.ESCALATION: "Not resolved yet: why, and where they can turn",
    _P.FIRST_UNDERSTOOD_DIFFERENTLY: "We first understood it differently: how we understand it now",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """A letter to choose, by its purpose and a name in plain words. `with_words`: a person's own have a place in it."""

    purpose: LetterPurpose
    name: str
    with_words: bool

    @property
    def pair(self) -> tuple[str, str]:
        """For a list to choose from."""
        return self.purpose.value, self.name


def choices_of(purposes: Sequence[LetterPurpose], typed: Typed) -> tuple[Choice, ...]:
    """What the form offers: the letters that can be laid ready, and what was chosen before if it no longer can."""
    chosen = typed.value("purpose") if typed.act == "draft" else ""
    return tuple(
        Choice(purpose=one, name=name, with_words=one in WITH_WORDS)
        for one, name in _NAMES.items()
        if one in purposes or one.value == chosen
    )


def lay_ready(doing: Doing) -> Decide:
    """As `triage letter draft`."""
    typed = doing.typed
    purpose, words = typed.choice("purpose", LetterPurpose), typed.words("words")
    return lambda case: draft(case, purpose, words, doing.policy, doing.now)


def refused_beside(typed: Typed, refused: Sequence[str]) -> None:
    """Tell a refusal beside the field it is about: what was written, else what was chosen."""
    field = "words" if typed.value("words").strip() else "purpose"
    typed.faults[field] = ". ".join(told[:1].upper() + told[1:] for told in refused)
