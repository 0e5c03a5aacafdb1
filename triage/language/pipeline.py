"""The spaCy pipeline: blank English whose documents are sentences of already plain words."""

from collections.abc import Iterable

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from triage.language.phrases import Phrase
from triage.language.rules_file import RuleBook
from triage.language.scope import SCOPE_WORDS
from triage.language.words import ADDRESS, END, START, UNKNOWN, Lexicon


def blank_english() -> Language:
    """A pipeline without components: words come from triage.language.words, rules are matched on top."""
    return spacy.blank("en")


def as_doc(language: Language, words: list[str]) -> Doc:
    """A sentence as spaCy sees it, without running its tokenizer."""
    return Doc(language.vocab, words=words)


def lexicon_of(book: RuleBook) -> Lexicon:
    """The words that matter to `book` and to the reading of negation and condition."""
    known = {START, END, UNKNOWN, ADDRESS, "[", "]", "<", ">", "{", "}"} | SCOPE_WORDS
    for rule in book.rules:
        known |= _vocabulary(rule.phrases) | _vocabulary(rule.unless) | rule.elsewhere | rule.nowhere
    return Lexicon(frozenset(known), book.skipped, book.spellings, book.real_words)


def _vocabulary(phrases: Iterable[Phrase]) -> set[str]:
    return {word for phrase in phrases for word in phrase.vocabulary}
