"""What is set side by side, and what each of them is given to read."""

from triage.cli.reading import script_of
from triage.domain.classification import Script
from triage.domain.vocabulary import Role
from triage.language.corpus import Example

KEYWORDS, TFIDF = "five keyword patterns", "TF-IDF + logistic regression"
RULES, QUICK, ENCODER = "patterns alone", "quick categoriser alone", "encoder alone"
FIRST_STAGE, JUDGE = "patterns + quick", "judge"
BASELINES = (KEYWORDS, TFIDF, RULES, QUICK)
EVERY = (*BASELINES, ENCODER, FIRST_STAGE, JUDGE)  # ENCODER and FIRST_STAGE: the judge with less to go by


def script(example: Example) -> Script:
    """The example as the reader takes it."""
    return script_of(channel=example.channel, subject=example.subject, text=example.text)


def words_of(example: Example) -> str:
    """Subject and own words: the baselines are spared quotes, signatures and footers, as the reader is.

    Where nothing but those is there, the whole text.
    """
    whole = script(example)
    own = [whole.text[p.start : p.end] for p in whole.passages if p.role is Role.OWN]
    return "\n".join([whole.subject, *own] if any(part.strip() for part in own) else [whole.subject, whole.text])
