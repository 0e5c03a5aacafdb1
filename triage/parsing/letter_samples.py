"""Every sort of letter the desk could have to word, as facts: what the lint reads before anyone else does."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import combinations, product

from triage.domain.letter import LetterFacts
from triage.domain.outcomes import LETTER_OF, OUTCOMES
from triage.domain.policy import Controller, Policy
from triage.domain.stage_letters import KINDS_OF, missing
from triage.domain.vocabulary import Channel, Kind, LetterPurpose, OtherRight, Outcome

# The first letters, which a machine may send.
FIRST_LETTERS = (LetterPurpose.ACKNOWLEDGEMENT, LetterPurpose.NEUTRAL, LetterPurpose.COMPLAINT_ACKNOWLEDGEMENT)
# The channels a machine answers on. A person's letter by post, phone, in person or social media is worded as by form.
CHANNELS = (Channel.EMAIL, Channel.CHAT, Channel.FORM)
# What these ask for starts the time: one month, or the longer one the person was told of.
_START_THE_CLOCK = (LetterPurpose.IDENTITY_ASK, LetterPurpose.AUTHORITY_ASK)
_RECEIVED_ON, _DUE_ON = date(2026, 11, 22), date(2026, 12, 22)
_NEWS_BY, _OPT_OUT_BY = date(2026, 12, 7), date(2026, 11, 24)
_WORDS = "This is what we found out for you.\n\nAnd this is what it means, in a few words."


def sample_facts(policy: Policy) -> Iterator[LetterFacts]:
    """Purpose x channel x kinds x date, phone, for every controller: the first letters also with every pair of kinds,
    all six and a breach, those for a chat also for who asked for a person and for who cannot be reached; the later
    ones with every outcome, with and without words of a person where they may be left out, what starts the clock also
    of an extended case.
    """
    for controller in (variant for one in policy.controllers for variant in _with_and_without_phone(one)):
        for facts in _first(policy, controller):
            yield facts
            if facts.channel is Channel.CHAT:
                yield replace(facts, hands_over=True)
                yield replace(facts, way_known=False)
        yield from _first_by_a_person(policy, controller)
        yield from _understood_anew(policy, controller)
        yield from (facts for facts in _later(policy, controller) if not missing(facts))


def _first(policy: Policy, controller: Controller) -> Iterator[LetterFacts]:
    for purpose, channel in product(FIRST_LETTERS, CHANNELS):
        for (kinds, rights), dated, breach in product(_asked(purpose), (True, False), (True, False)):
            facts = _facts(policy, controller, purpose, channel, dated=dated)
            yield replace(facts, kinds=kinds, other_rights=rights, may_be_breach=breach)


def _first_by_a_person(policy: Policy, controller: Controller) -> Iterator[LetterFacts]:
    """A complaint in a reply, a kind a person found, a letter by post, a letter held back: acknowledged by somebody."""
    for purpose, channel, dated in product(FIRST_LETTERS, CHANNELS, (True, False)):
        for kind in KINDS_OF[purpose]:
            yield replace(_facts(policy, controller, purpose, channel, dated=dated), kinds=(kind,), by_person=True)
    for dated, breach in product((True, False), (True, False)):
        facts = _facts(policy, controller, LetterPurpose.NEUTRAL, Channel.EMAIL, dated=dated)
        yield replace(facts, may_be_breach=breach, by_person=True)


def _understood_anew(policy: Policy, controller: Controller) -> Iterator[LetterFacts]:
    """A relabelled message may ask for several things; alone each stands among the later ones."""
    purpose = LetterPurpose.FIRST_UNDERSTOOD_DIFFERENTLY
    for channel, dated in product(CHANNELS, (True, False)):
        facts = _facts(policy, controller, purpose, channel, dated=dated)
        yield from (replace(facts, kinds=kinds, by_person=True) for kinds, _ in _asked(purpose) if len(kinds) > 1)


def _later(policy: Policy, controller: Controller) -> Iterator[LetterFacts]:
    later = [purpose for purpose in LetterPurpose if purpose not in FIRST_LETTERS]
    for purpose, channel, dated in product(later, CHANNELS, (True, False)):
        facts = _facts(policy, controller, purpose, channel, dated=dated)
        for kind, words, by_person in product(KINDS_OF[purpose], ("", _WORDS), _approved(purpose)):
            for outcome in _outcomes(purpose, kind):
                sample = replace(facts, kinds=(kind,), words=words, by_person=by_person, outcome=outcome)
                yield sample
                if purpose in _START_THE_CLOCK and not dated:
                    yield replace(sample, extended=True)


def _approved(purpose: LetterPurpose) -> tuple[bool, ...]:
    """Whether a person approves it: always, but for an opt-out recorded and, where the policy says so, a complaint's
    honest status letter."""
    if purpose is LetterPurpose.OPT_OUT_RECORDED:
        return (False, True)
    return (True, False) if purpose is LetterPurpose.ESCALATION else (True,)


def _outcomes(purpose: LetterPurpose, kind: Kind) -> tuple[Outcome | None, ...]:
    if purpose is LetterPurpose.ESCALATION:
        return (None, Outcome.NOT_UPHELD)
    told = tuple(outcome for outcome in OUTCOMES[kind] if LETTER_OF[kind, outcome] is purpose)
    return told or (None,)


def _facts(
    policy: Policy, controller: Controller, purpose: LetterPurpose, channel: Channel, *, dated: bool
) -> LetterFacts:
    return LetterFacts(
        purpose=purpose,
        channel=channel,
        reference="DP-2026-00042-K7",
        received_on=_RECEIVED_ON,
        kinds=(),
        controller=controller,
        links=policy.links,
        ico_phone=policy.ico_phone,
        due_on=_DUE_ON if dated else None,
        news_by=_NEWS_BY if dated else None,
        opt_out_by=_OPT_OUT_BY if dated else None,
        opt_out_working_days=policy.targets.opt_out_working_days,
    )


def _with_and_without_phone(controller: Controller) -> tuple[Controller, Controller]:
    return (
        replace(controller, phone=controller.phone or "01632 960 123"),
        replace(controller, phone="", addresses=()),
    )


def _asked(purpose: LetterPurpose) -> Iterator[tuple[tuple[Kind, ...], tuple[OtherRight, ...]]]:
    if purpose is LetterPurpose.NEUTRAL:
        yield (), ()
        return
    every_kind = tuple(Kind)
    sets = (*combinations(every_kind, 1), *combinations(every_kind, 2), every_kind)
    for kinds in sets:
        if purpose is LetterPurpose.COMPLAINT_ACKNOWLEDGEMENT and Kind.COMPLAINT not in kinds:
            continue
        if kinds == (Kind.OTHER_RIGHT,):
            yield from ((kinds, rights) for rights in (*combinations(OtherRight, 1), tuple(OtherRight)))
        else:
            yield kinds, (OtherRight.RESTRICTION,) if Kind.OTHER_RIGHT in kinds else ()
