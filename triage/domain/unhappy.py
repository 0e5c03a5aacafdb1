"""Whether a reply does not accept an answer of ours: the person is still not satisfied.

After a complaint's outcome that is a trigger (unresolved.py), after a request's it is a complaint (DPA 2018 s.164A).
Looked for in the sender's own words of a reply only (reply.py).
"""

from triage.domain.plain_sentences import phrases, plain_sentences

_ANSWER = r"(?:answers?|response|reply|outcome|decision|explanation|findings?|conclusions?|letter|refusal|handling)"
_IT = rf"(?:{_ANSWER}|this|that|it|you)"
# What is past, on a condition, or the very opposite.
_NOT_NOW = phrases(
    r"(?:if|should|unless|in case|were|whether or not) (?:i|we|you|this|that|it|my) .*",
    r"(?:no longer|never|not at all|not|nor) (?:\w+ )?(?:unhappy|dissatisfied|unsatisfied)",
    r"(?:was|were|had been|used to be) ...(?:unhappy|dissatisfied|not (?:\w+ )?(?:happy|satisfied)).*",
    r"(?:not|no need to|nor) (?:\w+ ){0,4}?(?:take (?:this|it|the matter) (?:any )?(?:further|higher)|appeal|escalate)",
)
_UNHAPPY = phrases(
    r"(?:still|remain|remains|am|are|feel|quite|very) (?:\w+ )?(?:unhappy|dissatisfied|unsatisfied|none the wiser)",
    rf"(?:unhappy|dissatisfied|unsatisfied) (?:with|by|about|at) ...{_IT}",
    r"(?:am|are|still|feel|remain) (?:still )?not (?:\w+ )?(?:happy|satisfied|content|convinced)"
    rf"(?= (?:with|by|about|at|that) ...{_IT}\b|$| and\b| at all\b)",
    rf"(?:far from|hardly|less than|nowhere near) (?:happy|satisfied|convinced)(?= (?:with|by|about) ...{_IT}\b|$)",
    r"(?:this|that|it|you|which|letter|answer|reply|response|explanation|nobody) (?:\w+ )?(?:do|does|did|has|have)"
    r" (?:still )?not (?:\w+ )?(?:answer|answered|address|addressed|resolve|resolved|deal with|dealt with|explain"
    r"|explained|cover|covered|settle|settled|satisfy)",
    r"is (?:still )?not (?:\w+ )?an? (?:\w+ )?(?:answer|response|reply|explanation|outcome)",
    r"is (?:still )?not (?:\w+ )?what (?:i|we) (?:\w+ )?(?:asked|requested|wanted)",
    rf"{_ANSWER} (?:is|was|are|seems|remains) (?:\w+ )?(?:incomplete|inadequate|insufficient|wrong|evasive|untrue)",
    r"(?:this|that|it|which) is no (?:answer|reply|explanation)",
    rf"{_IT} (?:is|was|are|remains) (?:\w+ )?(?:unsatisfactory|not good enough|not acceptable|unacceptable|a fob off)",
    rf"(?:i|we) (?:\w+ )?(?:disagree|dispute|reject|contest|challenge) ...{_ANSWER}",
    r"(?:i|we) (?:can not|do not|will not|refuse to) (?:\w+ )?accept (?:this|that|it)$",
    rf"(?:i|we) (?:can not|do not|will not|refuse to) (?:\w+ )?accept ...{_ANSWER}",
    r"(?:i|we) (?:do not|can not) agree (?:with|that)",
    r"(?:take|taking) (?:this|it|the matter|my complaint) (?:further|higher)",
    r"(?:want|like|wish|ask|asking|request|requesting|demand) ...(?:to appeal|reviewed|reconsidered|escalated"
    r"|looked at again|an? (?:internal )?review|an appeal)",
    r"(?:review|reconsider|look again at) (?:your|this|the) (?:decision|answers?|outcome|response|reply|refusal)",
    r"(?:please|want to|like to|you to) (?:reconsider|escalate)",
    r"appeal (?:against )?(?:your|this|the)",
    r"(?:you|letter|answer|reply|response) (?:have |has )?(?:still )?(?:missed|ignored|ignores|avoided|avoids|dodged"
    r"|overlooked|left out|skipped) ...(?:point|points|question|questions|complaint|part|half|most)",
    r"(?:questions?|complaint|points?|concerns?|issues?) (?:is|are|has|have|remains?) (?:still )?(?:not (?:been )?|un)"
    r"(?:answered|resolved|addressed|dealt with|settled)",
    r"(?:that|this|which) is not good enough",
)


def still_unhappy(text: str) -> tuple[int, int] | None:
    """Where `text`, somebody's own words in a reply, does not accept an answer; None where it does not say so."""
    for sentence in plain_sentences(text):
        if _UNHAPPY.search(_NOT_NOW.sub(" ", sentence.words)):
            return sentence.start, sentence.end
    return None
