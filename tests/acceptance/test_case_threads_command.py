"""`triage case merge` and `triage case split`: one matter that came twice, two requests in one message."""

import json
from pathlib import Path

from tests.acceptance.command_line import triage_inside
from tests.acceptance.kept_demo import sql

Kept = tuple[Path, dict[str, str]]


def of_kind(folder: Path, kind: str) -> list[tuple[str, int]]:
    """Threads by mail with one open case, of that kind, and their message, in the order they were received."""
    query = (
        "SELECT case_file.thread, min(enquiry.id) FROM case_file JOIN enquiry ON enquiry.id = case_file.enquiry_id "
        "WHERE enquiry.channel = 'email' GROUP BY case_file.thread "
        f"HAVING count(*) = 1 AND min(case_file.kind) = '{kind}' ORDER BY min(enquiry.received_at), case_file.thread"
    )
    return [(str(thread), int(number)) for thread, number in sql(folder, query)]


def test_two_threads_are_made_one_and_the_first_is_kept(kept: Kept) -> None:
    folder, settings = kept
    (first, _), (later, _) = of_kind(folder, "access")[0], of_kind(folder, "access")[-1]
    refused = triage_inside("case", "merge", later, first, settings=settings)
    assert (refused.code, refused.out) == (1, "")
    assert "say why they belong together" in refused.err
    done = triage_inside("case", "merge", later, first, "--why", "both are hers", settings=settings)
    assert (done.code, done.err) == (0, "")
    assert f"{later} is part of {first} now" in done.out
    assert f"{later}/1 is answered with {first}/1" in done.out
    assert triage_inside("case", "show", later, settings=settings).out.splitlines()[0].startswith(first)
    assert triage_inside("journal", "verify", settings=settings).code == 0


def test_a_second_enquiry_is_taken_out_of_a_message(kept: Kept) -> None:
    folder, settings = kept
    thread, message = of_kind(folder, "deletion")[0]
    words = ("case", "split", thread, str(message))
    assert triage_inside(*words, settings=settings).code == 2
    refused = triage_inside(*words, "--kinds", "deletion", settings=settings)
    assert refused.code == 1
    assert "nothing would be left" in refused.err
    done = triage_inside(*words, "--kinds", "access", "--json", settings=settings)
    told = json.loads(done.out)
    assert (told["from"], told["kinds"], told["set_aside"]) == (thread, ["access"], [])
    shown = triage_inside("case", "show", told["reference"], settings=settings)
    assert shown.code == 0
