"""How far a "not", an "if" or an "I asked you" reaches."""

import pytest

from triage.language.scope import ASKED, DOUBTFUL, FORBIDDEN, REPORTED, reach


def before_delete(text: str) -> float:
    words = ["^", *text.split(), "$"]
    return reach(words, words.index("delete"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("delete data", ASKED),
        ("do not delete data", FORBIDDEN),
        ("i do not want you to delete data", FORBIDDEN),
        ("never delete data", FORBIDDEN),
        ("rather than delete data", FORBIDDEN),
        ("instead of delete data", FORBIDDEN),
        ("there is no need to delete data", FORBIDDEN),
        ("no reason for you delete data", ASKED),
        ("thank you for delete data", FORBIDDEN),
        ("do not only delete data", ASKED),
        ("i can not delete data", DOUBTFUL),
        ("could you not delete data", DOUBTFUL),
        ("why have you not delete data", DOUBTFUL),
        ("i am not happy so delete data", ASKED),
        ("if you delete data", DOUBTFUL),
        ("unless you delete data", DOUBTFUL),
        ("grateful if you delete data", ASKED),
        ("if possible delete data", ASKED),
        ("i asked you to delete data", REPORTED),
        ("you promised to delete data", REPORTED),
        ("i told you twice to delete data", REPORTED),
        ("i asked for data in _ delete data", REPORTED),
        ("we have already requested in writing delete data", REPORTED),
        ("in may i sent you email to delete data", REPORTED),
        ("i asked on 3 delete data", REPORTED),
        ("i sent you my details delete data", ASKED),
        ("i asked once and ask again delete data", ASKED),
        ("the engineer asked for data delete data", ASKED),
        ("i asked my _ about broadband delete data", ASKED),
        ("not now but later when all is done delete data", ASKED),
    ],
)
def test_reach(text: str, expected: float) -> None:
    assert before_delete(text) == expected


def test_a_wrong_detail_told_before_is_still_wrong() -> None:
    words = ["^", "i", "told", "you", "twice", "my", "address", "is", "wrong", "$"]
    assert reach(words, 5, reportable=False) == ASKED
