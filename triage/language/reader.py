"""The reader: a text in, what is asked for out, with the words it rests on.

Rules and the quick categoriser read everything. What they leave open the encoder reads too: it is the better judge and
some ten times dearer.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from itertools import chain
from pathlib import Path

from triage.domain.classification import Classification, Reason, Script
from triage.domain.lanes import URGENT_FLAGS
from triage.domain.policy import Policy
from triage.domain.vocabulary import Flag, Kind, Role
from triage.language import reasons
from triage.language.encoder import MOST_WORDS, Word, words_of
from triage.language.evidence import FLAGS, Floats, Quick, close_rows, flag_rows, quick_rows
from triage.language.findings import Finding, only_objects, weighed
from triage.language.judge import Circumstances, Scores, by_rules, less_objects, verdict
from triage.language.model import Weights, Witnesses, load_weights, load_witnesses, settled
from triage.language.rules_file import load_rules
from triage.language.speakers import RuleReader, Spoken
from triage.language.tongue import SHORT_WORDS, language_of

MODEL_FOLDER = "model"

# From which score on a flag is told. A flag too many costs a look, one too few may cost a wrong letter; a breach or a
# danger nobody saw costs most (thresholds by cross-validation: of breach reports 57 % are found at 0.35, 72 %
# at 0.2, where half of what is told is one).
FLAG_TOLD = 0.3
URGENT_FLAG_TOLD = 0.2


class Heed(Enum):
    """Whose word counts. RULES and QUICK serve comparison, and a desk without a trained model."""

    RULES = "rules"
    QUICK = "rules and quick categoriser"
    ALL = "all"


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """QUICK_FEATURES of a script, its words for the close reading, what the rules found, and what is only an object."""

    rows: Floats
    words: list[Word]
    findings: tuple[Finding, ...]
    objects: Collection[Kind]


class Reader:
    """Reads scripts by the rules of `rules_dir`/kinds and the model of `rules_dir`/model. Deterministic; keeps no
    message, only how single words it has met are read (spelling.py).

    Without a model folder the rules read alone. Raises RulesWrong at construction when a rules file or the model is
    broken.
    """

    def __init__(self, rules_dir: Path, policy: Policy, heed: Heed = Heed.ALL) -> None:
        self._policy = policy
        book = load_rules(rules_dir)
        self.rule_reader = RuleReader(book)
        self.rules = self.rule_reader.rules
        known = {word for word in (*self.rule_reader.lexicon.known, *book.spellings) if len(word) > 3}
        self._tongues = replace(book.tongues, english=book.tongues.english | known)
        folder = rules_dir / MODEL_FOLDER
        self.heed = heed if folder.is_dir() else Heed.RULES
        self._witnesses: Witnesses | None = None
        self._weights: Weights | None = None
        if self.heed is not Heed.RULES:
            self._witnesses, self._weights = load_witnesses(folder), load_weights(folder)

    def read(self, script: Script) -> Classification:
        """What `script` asks for. Only own words and the subject ask; the rest is read only when they say nothing."""
        spoken = self.rule_reader.spoken(script)
        found = self.rule_reader.findings(script, spoken)
        findings = weighed(found)
        objects = only_objects(found, findings)
        circumstances = self._circumstances(script, spoken, findings)
        if self._witnesses is None or self._weights is None:
            why = _rule_reasons(findings)
            return verdict(by_rules(findings), findings, circumstances, self._policy, why, _ruled_flags(findings))
        quick = self._witnesses.quick(spoken.sentences, findings, words=_words(spoken), channel=script.channel)
        rows = quick_rows(quick)
        said = less_objects(self._weights.quick.probabilities(rows), objects)
        if self.heed is Heed.QUICK or settled(said[None], self._weights.below, self._weights.above)[0]:
            why = _reasons(findings, quick_reasons(quick, spoken, script))
            return verdict(Scores.of(said), findings, circumstances, self._policy, why, _ruled_flags(findings))
        words = words_in(script, spoken)
        circumstances = replace(circumstances, whole=len(words) <= MOST_WORDS)
        close, looks = self._witnesses.close(words, [finding.start for finding in found])
        said = less_objects(self._weights.close.probabilities(close_rows(rows, close)), objects)
        asked = self._witnesses.asked
        why = _reasons(findings, {kind: reasons.of_words(looks, asked, kind, script.text) for kind in Kind})
        flagged = self._weights.flags.probabilities(flag_rows(findings, close))
        told = [flag for flag, score in zip(FLAGS, flagged, strict=True) if score >= _told_from(flag)]
        flags = reasons.of_flags(findings, told, looks, script.text)
        return verdict(Scores.of(said), findings, circumstances, self._policy, why, flags)

    def heard(self, script: Script, witnesses: Witnesses) -> Heard:
        """For training: what `read` would go by, with `witnesses`."""
        spoken = self.rule_reader.spoken(script)
        found = self.rule_reader.findings(script, spoken)
        findings = weighed(found)
        quick = witnesses.quick(spoken.sentences, findings, words=_words(spoken), channel=script.channel)
        return Heard(
            rows=quick_rows(quick),
            words=words_in(script, spoken),
            findings=findings,
            objects=only_objects(found, findings),
        )

    def findings(self, script: Script) -> list[Finding]:
        """Every rule found where it may speak, with the weight it carries there."""
        return self.rule_reader.findings(script, self.rule_reader.spoken(script))

    def spoken(self, script: Script) -> Spoken:
        """What is read of `script`."""
        return self.rule_reader.spoken(script)

    def _circumstances(self, script: Script, spoken: Spoken, findings: tuple[Finding, ...]) -> Circumstances:
        readable = any(c.isalnum() for c in script.subject) or any(c.isalnum() for c in script.text)
        heard = any(isinstance(f.hit.rule.gives, Kind) for f in findings)
        language = language_of(_telling_words(script), self._tongues, heard=heard)
        return Circumstances(readable=readable, language=language, own=spoken.own)


def _told_from(flag: Flag) -> float:
    return URGENT_FLAG_TOLD if flag in URGENT_FLAGS else FLAG_TOLD


def words_in(script: Script, spoken: Spoken) -> list[Word]:
    """The written words of what is spoken, subject first."""
    stretches = (
        words_of(script.subject, 0, len(script.subject), subject=True)
        if start < 0
        else words_of(script.text, start, end)
        for start, end in spoken.stretches
    )
    return list(chain.from_iterable(stretches))


def quick_reasons(quick: Quick, spoken: Spoken, script: Script) -> dict[Kind, tuple[Reason, ...]]:
    """The sentence which carried each kind in the quick reading."""
    return {
        kind: reasons.of_sentences(spoken.sentences, quick.sentences, kind, script.text, script.subject)
        for kind in Kind
    }


def _telling_words(script: Script) -> str:
    """The words whose language counts: the sender's own; too few to tell, the subject's as well."""
    own = "\n".join(script.text[p.start : p.end] for p in script.passages if p.role is Role.OWN)
    said = own if own.strip() else script.text
    telling = own if script.passages else said
    return said if len(telling.split()) >= SHORT_WORDS else f"{script.subject}\n{said}"


def _words(spoken: Spoken) -> int:
    return sum(len(sentence.plain) for sentence in spoken.sentences)


def _ruled_flags(findings: tuple[Finding, ...]) -> dict[Flag, tuple[Reason, ...]]:
    told = {f.hit.rule.gives for f in findings}
    return reasons.of_flags(findings, (flag for flag in Flag if flag in told), (), "")


def _rule_reasons(findings: tuple[Finding, ...]) -> dict[Kind, tuple[Reason, ...]]:
    return {kind: reasons.of_rules(findings, kind) for kind in Kind}


def _reasons(findings: tuple[Finding, ...], model: Mapping[Kind, tuple[Reason, ...]]) -> dict[Kind, tuple[Reason, ...]]:
    return {kind: (*found, *model[kind]) for kind, found in _rule_reasons(findings).items()}
