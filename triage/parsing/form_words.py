"""rules/form/form.toml: every word of the enquiry form, checked before anyone reads it, and filled with the company's
facts.

A text may name facts as `{company}` and link by name as `[words](privacy_page)`. It holds no address of its own, so
that rules/policy.toml stays the one place for them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from triage.domain.policy import Policy
from triage.errors import RulesWrong
from triage.parsing.form_sections import FormWords
from triage.parsing.rules import parse_toml, read_text, validation_faults

FILE = "form/form.toml"
# What a text may name anywhere; of these a policy gives the first three always, the others perhaps.
_ALWAYS = frozenset({"company", "team", "office"})
_PERHAPS = frozenset({"email", "phone", "ico_phone"})
_LINKS = frozenset({"privacy_page", "email", "phone", "complaint", "cpdp"})
# What single texts know beside that.
_OWN = {
    "message.hint": {"most"},
    "message.too_long": {"typed", "most"},
    "name.too_long": {"most"},
    "phone.too_long": {"most"},
    "post.too_long": {"most"},
    "earlier.hint": {"example"},
    "earlier.wrong": {"example"},
    "too_many.text": {"minutes"},
}
# What the law and fairness ask the form to say, by the text it stands in: a pattern, and why.
_MUST_SAY = {
    "page.intro": (r"\bnot send\b.*\bproof of who you are", "nobody should send proof of who they are unasked"),
    "page.intro_complaint": (
        r"\bnot send\b.*\bproof of who you are",
        "nobody should send proof of who they are unasked",
    ),
    "privacy.text": (r"\]\(privacy_page\)", "people must be able to read how we use what they write"),
    "received.lead": (r"\breceived\b.*\bwe will look into it", "this page acknowledges receipt (DPA 2018 s.164A)"),
    "received.lead_complaint": (
        r"\breceived\b.*\bwe will look into it",
        "this page acknowledges receipt of a complaint (DPA 2018 s.164A)",
    ),
    "received.nothing": (r"\b[Nn]othing for now\b", "people must know that the next step is ours"),
    "received.regulator_uk": (r"\]\(complaint\)", "people must be told that they can go to the ICO"),
    "other_ways.text": (r"\{email\}", "this form may not be the only way to reach us"),
}
_ADDRESS_OF_ITS_OWN = re.compile(r"https?:|\bwww\.|mailto:|(?<![\w.])[\w.+-]+@(?!example\.com\b)[\w-]+\.\w")
_PLACE = re.compile(r"\{([^{}]*)\}")
_LINK = re.compile(r"\[([^\]]*)\]\(([^)]*)\)")
_TEXTS = TypeAdapter(FormWords)


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """A stretch of a paragraph; with `href` it is a link."""

    text: str
    href: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CompanyFacts:
    """What texts may name: `values` by placeholder, `links` by name. An empty one is not given."""

    values: Mapping[str, str]
    links: Mapping[str, str]


def load_form_words(rules_dir: Path) -> FormWords:
    """The form's words of a rules folder. Raises RulesWrong naming every fault of the file."""
    return parse_form_words(read_text(rules_dir / FILE))


def parse_form_words(text: str) -> FormWords:
    """The form's words in a TOML text. Raises RulesWrong naming every fault."""
    table = parse_toml(text, FILE)
    faults = [f"{FILE}: {fault}" for fault in _faults_of_texts(table)]
    try:
        words = _TEXTS.validate_python(table)
    except ValidationError as exc:
        raise RulesWrong(validation_faults(exc, FILE) + faults) from None
    if faults:
        raise RulesWrong(faults)
    return words


def faults_for(words: FormWords, policy: Policy) -> list[str]:
    """What this policy leaves unsaid although people must be told it: a paragraph is left out with what it names."""
    regulator = f"regulator_{policy.main_controller.regime}"
    needed = {
        "page.intro": words.page.intro,
        "page.intro_complaint": words.page.intro_complaint,
        "privacy.text": words.privacy.text,
        "other_ways.text": words.other_ways.text,
        "received.lead": words.received.lead,
        "received.lead_complaint": words.received.lead_complaint,
        "received.nothing": words.received.nothing,
        f"received.{regulator}": getattr(words.received, regulator),
    }
    facts = company_facts(policy)
    return [
        f"{FILE}: {place}: with this policy.toml nothing of it can be said"
        for place, texts in needed.items()
        if not paragraphs(texts, facts)
    ]


def company_facts(policy: Policy) -> CompanyFacts:
    """What the policy says of the company an enquiry belongs to until someone says otherwise."""
    company = policy.main_controller
    email = company.addresses[0] if company.addresses else ""
    ring = re.sub(r"[^0-9+]", "", company.phone)
    return CompanyFacts(
        values={
            "company": company.name,
            "team": company.team_name,
            "office": company.registered_office,
            "email": email,
            "phone": company.phone,
            "ico_phone": policy.ico_phone,
        },
        links={
            "privacy_page": company.privacy_page,
            "email": f"mailto:{email}" if email else "",
            "phone": f"tel:{ring}" if ring else "",
            "complaint": policy.links["complaint"].url,
            "cpdp": policy.links["cpdp"].url if "cpdp" in policy.links else "",
        },
    )


def fill(text: str, facts: CompanyFacts, **own: object) -> str:
    """A single text with its placeholders filled. `own`: what this text knows beside the company's facts."""
    return _PLACE.sub(lambda place: _value(place[1], facts, own), text)


def paragraphs(texts: tuple[str, ...], facts: CompanyFacts, **own: object) -> tuple[tuple[Piece, ...], ...]:
    """Paragraphs as pieces of text and links; one that names something not given is left out."""
    filled = (text for text in texts if _is_given(text, facts, own))
    return tuple(tuple(_pieces(text, facts, own)) for text in filled)


def _value(name: str, facts: CompanyFacts, own: Mapping[str, object]) -> str:
    return str(own[name]) if name in own else facts.values[name]


def _is_given(text: str, facts: CompanyFacts, own: Mapping[str, object]) -> bool:
    values = all(_value(name, facts, own) for name in _PLACE.findall(text))
    return values and all(facts.links[name] for _, name in _LINK.findall(text))


def _pieces(text: str, facts: CompanyFacts, own: Mapping[str, object]) -> Iterator[Piece]:
    end = 0
    for link in _LINK.finditer(text):
        if link.start() > end:
            yield Piece(text=fill(text[end : link.start()], facts, **own))
        yield Piece(text=fill(link[1], facts, **own), href=facts.links[link[2]])
        end = link.end()
    if end < len(text):
        yield Piece(text=fill(text[end:], facts, **own))


def _faults_of_texts(table: Mapping[str, Any]) -> Iterator[str]:
    for place, texts, is_list in _texts_of(table):
        for text in texts:
            yield from (f"{place}: {fault}" for fault in _faults_of(place, text, is_list=is_list))
        wanted, why = _MUST_SAY.get(place, ("", ""))
        if not re.search(wanted, " ".join(texts)):
            yield f"{place}: must say so: {why}"


def _texts_of(table: Mapping[str, Any]) -> Iterator[tuple[str, list[str], bool]]:
    """Every text with its place; what has another shape is the schema's to name."""
    for section, entries in table.items():
        for key, value in entries.items() if isinstance(entries, dict) else ():
            texts = [text for text in (value if isinstance(value, list) else [value]) if isinstance(text, str)]
            yield f"{section}.{key}", texts, isinstance(value, list)


def _faults_of(place: str, text: str, *, is_list: bool) -> Iterator[str]:
    if not text.strip():
        yield "says nothing"
    known = _ALWAYS | _PERHAPS | _OWN.get(place, set())
    for name in _PLACE.findall(text):
        if name not in known:
            yield f"unknown placeholder {{{name}}}; it may say: {', '.join(sorted(known))}"
        elif name in _PERHAPS and not is_list:
            yield f"{{{name}}} may be empty in policy.toml; say it in a paragraph of its own"
    if re.search(r"[{}]", _PLACE.sub("", text)):
        yield "a curly bracket without its partner"
    links = _LINK.findall(text)
    if links and not is_list:
        yield "a link can stand in a list of paragraphs only"
    for _, name in links:
        if name not in _LINKS:
            yield f"unknown link ({name}); it may be: {', '.join(sorted(_LINKS))}"
    if found := _ADDRESS_OF_ITS_OWN.search(text):
        yield f"{found.group()!r}: addresses come from policy.toml, by name"
