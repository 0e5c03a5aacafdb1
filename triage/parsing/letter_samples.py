"""Every sort of letter the desk could have to word, as facts: what the lint reads before anyone else does."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import combinations, product

from triage.domain.letter import LetterFacts
from triage.domain.policy import Controller, Policy
from triage.domain.vocabulary import Channel, Kind, LetterPurpose, OtherRight

# The first letters, which a machine may send.
PURPOSES = (LetterPurpose.ACKNOWLEDGEMENT, LetterPurpose.NEUTRAL, LetterPurpose.COMPLAINT_ACKNOWLEDGEMENT)
# The channels a machine answers on; letters by post or phone are a person's.
CHANNELS = (Channel.EMAIL, Channel.CHAT, Channel.FORM)
_RECEIVED_ON, _DUE_ON = date(2026, 11, 22), date(2026, 12, 22)
_NEWS_BY, _OPT_OUT_BY = date(2026, 12, 7), date(2026, 11, 24)


def sample_facts(policy: Policy) -> Iterator[LetterFacts]:
    """Purpose x channel x kinds (each, all pairs, all six) x date, phone, breach, for every controller. Those for
    a chat also for who asked for a person, and for who cannot be reached."""
    for facts in _asked_of_us(policy):
        yield facts
        if facts.channel is Channel.CHAT:
            yield replace(facts, hands_over=True)
            yield replace(facts, way_known=False)


def _asked_of_us(policy: Policy) -> Iterator[LetterFacts]:
    controllers = [variant for controller in policy.controllers for variant in _with_and_without_phone(controller)]
    dates_and_breach = list(product((True, False), (True, False)))
    for purpose, channel, controller in product(PURPOSES, CHANNELS, controllers):
        for (kinds, rights), (dated, breach) in product(_asked(purpose), dates_and_breach):
            yield LetterFacts(
                purpose=purpose,
                channel=channel,
                reference="DP-2026-00042-K7",
                received_on=_RECEIVED_ON,
                kinds=kinds,
                other_rights=rights,
                controller=controller,
                links=policy.links,
                ico_phone=policy.ico_phone,
                due_on=_DUE_ON if dated else None,
                news_by=_NEWS_BY if dated else None,
                opt_out_by=_OPT_OUT_BY if dated else None,
                may_be_breach=breach,
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
