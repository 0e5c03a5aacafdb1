"""Against whom a request is, in a group of companies: by address, by entity named, or whatever hints at another.

    the whole group, or several by name ─> a case for each, one coordinated answer
    an address of its own               ─> that company
    one company named                   ─> that company
    else                                ─> the first of the policy

Wherever the EU's law may be the one that counts, the other company is named as in doubt: both regulators are shown, the
earlier date counts and a person confirms (EU GDPR Art 3(1); Regulation 1182/71 for the counting on either side).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from triage.domain.plan import Analysis, Thread
from triage.domain.policy import Controller, Policy
from triage.domain.vocabulary import Nation, Regime

_LEGAL_FORM = re.compile(r",?\s+(?:ltd|limited|plc|llp|e?ood|e?ad|gmbh|inc|llc)\.?$", re.IGNORECASE)

_GROUP = re.compile(
    r"\b(?:your|whole|entire) (?:whole |entire )?group\b(?! (?:chat|call|photo|session|policy))"
    r"|\bthe (?:whole |entire )?group\b(?! (?:chat|call|photo|session|policy|meeting|email|that|which|who|i|we)\b)"
    r"|\b(?:all|each|every|both|any)(?: one)?(?: of)? (?:the companies (?:in|of) )?(?:your|the group'?s?)"
    r"(?: \w+)? (?:compan(?:y|ies)|entit(?:y|ies)|subsidiar(?:y|ies)|businesses|firms|brands)\b"
    r"|\b(?:all|each|every one|any|both) of (?:the )?companies (?:in|of) (?:the|your) group\b"
    r"|\b(?:every|each|any|all) (?:group )?compan(?:y|ies) (?:in|of) (?:the|your) group\b"
    r"|\bgroup[- ]wide\b|\bacross (?:the|your) (?:\w+ )?group\b"
    r"|\byour (?:sister|parent|group|associated) compan(?:y|ies)\b|\byour (?:subsidiaries|affiliates)\b",
    re.IGNORECASE,
)

# Domains of countries in the EU and the EEA: a hint at where somebody lives, and no more.
_EEA = re.compile(r"\.(?:at|b[eg]|c[yz]|d[ek]|e[es]|f[ir]|gr|h[ru]|i[est]|l[ituv]|mt|n[lo]|p[lt]|ro|s[eik])$")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_MUCH_CYRILLIC = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Routing:
    """Whom an enquiry is against, the one who answers first; `why` in words for the DPO.

    `in_doubt`: another company whose law may count, None where there is no question. `told`: the message itself says
    so, by a name or by an address that is not everybody's.
    """

    controllers: tuple[Controller, ...]
    why: str
    in_doubt: Controller | None = None
    told: bool = True

    @property
    def controller(self) -> Controller:
        """The one who answers, for all of them where there are several."""
        return self.controllers[0]


def route(analysis: Analysis, policy: Policy) -> Routing:
    """Whom the enquiry is against. A company of one has no question; nobody's own words decide over an own address."""
    companies = policy.controllers
    if len(companies) == 1:
        return Routing(controllers=companies, why="there is one company", told=False)
    words = f"{analysis.enquiry.subject}\n{analysis.enquiry.own_words}"
    addressed = _addressed(analysis, companies)
    named = _named(words, companies)
    if group := _GROUP.search(words):
        why = f"the whole group is asked ({' '.join(group[0].lower().split())!r}): a case for each company"
        return Routing(controllers=_first(addressed, companies), why=why)
    if len(named) > 1:
        why = "several companies are named: a case for each"
        return Routing(controllers=_first(addressed, named), why=why)
    chosen, why = _chosen(addressed, named, policy.main_controller)
    other, hint = _other_law(analysis, policy, chosen, {*named, *([addressed] if addressed else [])})
    if other is not None:
        why += f"; regime=EU? {hint}: both regulators are shown, the earlier date counts, a person confirms"
    told = bool(named) or chosen is not policy.main_controller
    return Routing(controllers=(chosen,), why=why, in_doubt=other, told=told)


def route_reply(analysis: Analysis, thread: Thread, policy: Policy) -> Routing:
    """Whom a reply is against: whoever its thread is about, unless it says otherwise itself. What is in doubt there is
    in doubt for it too."""
    routing = route(analysis, policy)
    of_thread = {case.controller for case in thread.cases}
    asked = tuple(one for one in policy.controllers if one.name in of_thread)
    if routing.told or len(asked) != 1:
        return routing
    doubts = {case.rules_in_doubt for case in thread.cases}
    in_doubt = next((one for one in policy.controllers if one.name in doubts), None)
    return Routing(controllers=asked, why=f"it answers a case of {asked[0].name}", told=False, in_doubt=in_doubt)


def _addressed(analysis: Analysis, companies: Iterable[Controller]) -> Controller | None:
    written_to = set(analysis.facts.recipients)
    return next((one for one in companies if written_to & {address.lower() for address in one.addresses}), None)


def _named(words: str, companies: tuple[Controller, ...]) -> tuple[Controller, ...]:
    """Those named, the longest name first: "Larkfield Sofia" does not name Larkfield. A name of two names neither."""
    found = {" ".join(match[0].lower().split()) for match in _pattern(companies).finditer(words)}
    return tuple(one for one in companies if found & set(_names(one)))


@lru_cache(maxsize=8)
def _pattern(companies: tuple[Controller, ...]) -> re.Pattern[str]:
    every = [name for one in companies for name in _names(one)]
    clear = sorted({name for name in every if every.count(name) == 1}, key=len, reverse=True)
    spelt = "|".join(r"\s+".join(map(re.escape, name.split())) for name in clear)
    return re.compile(rf"(?<![\w@./-])(?:{spelt})(?![\w@]|[.-]\w)" if spelt else r"(?!)", re.IGNORECASE)


@lru_cache(maxsize=64)
def _names(company: Controller) -> tuple[str, ...]:
    every = (company.name, _LEGAL_FORM.sub("", company.name), *company.also_called)
    return tuple(dict.fromkeys(" ".join(name.lower().split()) for name in every if name.strip()))


def _first(leading: Controller | None, companies: tuple[Controller, ...]) -> tuple[Controller, ...]:
    return tuple(sorted(companies, key=lambda one: one is not leading))


def _chosen(addressed: Controller | None, named: tuple[Controller, ...], main: Controller) -> tuple[Controller, str]:
    # The first company's address serves the whole group: a name says more than it, an address of one's own more still.
    if addressed is not None and addressed is not main:
        return addressed, f"written to an address of {addressed.name}"
    if named:
        return named[0], f"{named[0].name} is named"
    return main, f"written to an address of {main.name}" if addressed else f"nothing names another than {main.name}"


def _other_law(
    analysis: Analysis, policy: Policy, chosen: Controller, tied: set[Controller]
) -> tuple[Controller | None, str]:
    """The company under the other law, and what ties the enquiry to the EU; (None, "") without any tie."""
    if chosen.regime is Regime.EU:
        other = next((one for one in policy.controllers if one.regime is Regime.UK), None)
        return other, f"{chosen.name} is established in the EU" if other else ""
    european = [one for one in policy.controllers if one.regime is Regime.EU]
    if not european:
        return None, ""
    for company in european:
        if company in tied:
            return company, f"{company.name} is named or written to as well"
    bulgarian = next((one for one in european if one.nation is Nation.BULGARIA), None)
    sender = analysis.enquiry.sender
    if sender is not None and (country := _EEA.search(sender.domain)):
        local = bulgarian if country[0] == ".bg" else None
        return local or european[0], f"the sender's address ends in {country[0]}"
    if bulgarian is not None and _is_bulgarian(analysis):
        return bulgarian, "it is written in Bulgarian"
    return None, ""


def _is_bulgarian(analysis: Analysis) -> bool:
    reading = analysis.classification
    if reading is not None and reading.language == "bg":
        return True
    return len(_CYRILLIC.findall(analysis.enquiry.own_words)) >= _MUCH_CYRILLIC
