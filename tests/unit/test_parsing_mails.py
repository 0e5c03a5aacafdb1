"""Every mail of tests/mails and of the demo, parsed and judged as its .expected.toml says (tests/mails/README.md)."""

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.gate_mail import RULES, SECRET, TABLE
from triage.domain.gate import Desk, judge
from triage.errors import AnalysisFailed
from triage.parsing.mail import read_mail
from triage.parsing.rules import load_policy

ROOT = RULES.parent
MAILS = sorted((ROOT / "tests" / "mails").glob("*.eml")) + sorted((ROOT / "triage" / "demo" / "samples").glob("*.eml"))
POLICY = load_policy(RULES)
DESK = Desk(
    mailbox_address="dataprotection@larkfield.example",
    aliases=(),
    own_domains=("larkfield.example",),
    secret=SECRET,
)


def expected(path: Path) -> dict:
    return tomllib.loads(path.with_name(f"{path.stem}.expected.toml").read_text(encoding="utf-8"))


def read(path: Path):
    return read_mail(path.read_bytes(), received_at=None, desk_domains=DESK.own_domains)


READABLE = [path for path in MAILS if expected(path).get("outcome") != "quarantine"]
BROKEN = [path for path in MAILS if expected(path).get("outcome") == "quarantine"]


def folded(text: str) -> str:
    return " ".join(text.split())


def test_there_are_mails_to_prove():
    assert len(READABLE) >= 80
    assert BROKEN


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_what_is_no_mail_is_refused(path):
    with pytest.raises(AnalysisFailed):
        read(path)


@pytest.mark.parametrize("path", READABLE, ids=lambda path: path.stem)
def test_the_gate_judges_as_a_careful_person_would(path):
    wanted = expected(path)
    changes = {key: tuple(values) for key, values in wanted.get("policy", {}).items()}
    found = judge(read(path)[1], TABLE, DESK, replace(POLICY, **changes), None)
    rows = {hit.row for hit in found.hits}
    assert found.answer == wanted.get("gate", found.answer), rows
    assert set(wanted.get("rows", [])) <= rows
    if found.answer == "ack":
        assert rows <= {22}


@pytest.mark.parametrize("path", READABLE, ids=lambda path: path.stem)
def test_the_enquiry_says_what_the_mail_says(path):
    wanted, (enquiry, _) = expected(path), read(path)
    own = folded(enquiry.own_words)
    sender = enquiry.sender.address if enquiry.sender else ""
    assert sender == wanted.get("sender", sender)
    assert enquiry.readable is wanted.get("readable", enquiry.readable)
    assert enquiry.forward_of == wanted.get("forward_of", enquiry.forward_of)
    assert wanted.get("subject_contains", "") in enquiry.subject
    assert [phrase for phrase in wanted.get("own_words_contains", []) if folded(phrase) not in own] == []
    assert [phrase for phrase in wanted.get("own_words_lacks", []) if folded(phrase) in own] == []
    defects = " ".join(enquiry.defects).lower()
    assert [word for word in wanted.get("defects_contains", []) if word.lower() not in defects] == []
    if wanted.get("received_at") == "":
        assert enquiry.received_at is None
