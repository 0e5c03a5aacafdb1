"""Whether a reply does not accept an answer of ours: the person is still not satisfied.

After a complaint's outcome that is a trigger (unresolved.py), after a request's it is a complaint (DPA 2018 s.164A).
Looked for in the sender's own words of a reply only (reply.py).
"""

from triage.domain.plain_sentences import phrases, plain_sentences

_ANSWER = (
    r"(?:answers?|response|reply|outcome|decision|explanation|result|findings?|conclusions?|letter|refusal|handling"
    r"|handled|this|that|it|you)"
)
# What is past, on a condition, or the very opposite.
_NOT_NOW = phrases(
    r"(?:if|should|unless|in case|were|whether or not) (?:i|we|you|this|that|it|my) .*",
    r"(?:no longer|never|not at all|not|nor) (?:\w+ )?(?:unhappy|dissatisfied|unsatisfied)",
    r"(?:was|were|had been|used to be) ...(?:unhappy|dissatisfied|not (?:\w+ )?(?:happy|satisfied)).*",
    r"(?:not|no need to|nor) (?:\w+ ){0,4}?(?:take (?:this|it|the matter) (?:any )?(?:further|higher)|appeal|escalate)",
)
_UNHAPPY = phrases(
    r"(?:still|remain|remains|am|are|feel|quite|very) (?:\w+ )?(?:unhappy|dissatisfied|unsatisfied|none the wiser)",
    rf"(?:unhappy|dissatisfied|unsatisfied) (?:with|by|about|at) ...{_ANSWER}",
    r"(?:am|are|still|feel|remain) (?:still )?not (?:\w+ )?(?:happy|satisfied|content|convinced)"
    rf"(?= (?:with|by|about|at|that) ...{_ANSWER}\b|$| and\b| at all\b)",
    rf"(?:far from|hardly|less than|nowhere near) (?:happy|satisfied|convinced)(?= (?:with|by|about) ...{_ANSWER}\b|$)",
    r"(?:do|does|did|has|have) (?:still )?not (?:\w+ )?(?:answer|answered|address|addressed|resolve|resolved|deal with"
    r"|dealt with|explain|explained|cover|covered|settle|settled|satisfy)",
    r"(?:is|are|was) (?:still )?not (?:\w+ )?(?:an?|the|what) ...(?:answer|answers|response|reply|explanation|outcome"
    r"|asked|requested|wanted)",
    rf"{_ANSWER} (?:is|was|are|seems|remains) (?:\w+ )?(?:unsatisfactory|not good enough|not acceptable|unacceptable"
    r"|incomplete|inadequate|insufficient|wrong|nonsense|evasive|untrue|a fob off|a whitewash)",
    rf"(?:i|we) (?:\w+ )?(?:disagree|dispute|reject|contest|challenge) ...{_ANSWER}",
    rf"(?:i|we) (?:can not|do not|will not|refuse to) (?:\w+ )?accept ...{_ANSWER}",
    r"(?:i|we) (?:do not|can not) agree (?:with|that)",
    r"(?:take|taking) (?:this|it|the matter|my complaint) (?:further|higher)",
    r"(?:want|like|wish|ask|asking|request|requesting|demand|please) ...(?:appeal|review|reviewed|reconsider"
    r"|reconsidered|escalate|escalated|looked at again)",
    r"appeal (?:against )?(?:your|this|the)",
    r"(?:you|letter|answer|reply|response|it) (?:have |has )?(?:still )?(?:missed|ignored|ignores|avoided|avoids|dodged"
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
