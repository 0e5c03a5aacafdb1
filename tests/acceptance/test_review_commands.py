"""`triage case relabel`, `triage look`, `triage evaluate --drift`: what a person says of readings, and its figures."""

import json
from pathlib import Path

import pytest

from tests.acceptance.command_line import triage, triage_inside
from tests.acceptance.kept_demo import sql

Kept = tuple[Path, dict[str, str]]


def thread_with(folder: Path, kind: str) -> str:
    """A thread whose only case is of that kind."""
    query = f"SELECT thread FROM case_file GROUP BY thread HAVING count(*) = 1 AND min(kind) = '{kind}'"
    return str(sql(folder, query)[0][0])


def test_relabelling_opens_and_sets_aside_cases_and_says_so(kept: Kept) -> None:
    folder, settings = kept
    thread = thread_with(folder, "access")
    ((received_on,),) = sql(folder, f"SELECT received_on FROM case_file WHERE thread = '{thread}'")
    ended = triage_inside("case", "relabel", f"{thread.lower()}/1", "--kinds", "deletion", settings=settings)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith(f"{thread} is taken to ask for deletion\nopened {thread}/2: deletion, received ")
    assert f"set aside {thread}/1: nobody asked for it" in ended.out
    hint = f"tell the person how we understand it now: triage letter draft {thread}/2 first_understood_differently\n"
    page = triage_inside("case", "show", thread, settings=settings).out
    assert (hint in ended.out) == ("acknowledgement, sent" in page)
    assert "relabelled: " in page
    assert sql(folder, f"SELECT number, state, received_on FROM case_file WHERE thread = '{thread}'") == [
        (1, "set_aside", received_on),
        (2, "open", received_on),
    ]
    listed = triage_inside("case", "list", settings=settings).out
    assert f"{thread}/2" in listed
    assert f"{thread}/1" not in listed
    assert triage_inside("journal", "verify", settings=settings).out == "every chain is whole\n"


def test_relabelling_as_json_names_rights_and_cases(kept: Kept) -> None:
    folder, settings = kept
    thread = thread_with(folder, "access")
    words = ("case", "relabel", thread, "--kinds", "access,deletion", "--rights", "restriction", "--json")
    told = json.loads(triage_inside(*words, settings=settings).out)
    assert (told["kinds_before"], told["kinds"]) == (["access"], ["access", "deletion", "other_right"])
    assert told["other_rights"] == ["restriction"]
    assert [case["reference"] for case in told["opened"]] == [f"{thread}/2", f"{thread}/3"]
    assert told["set_aside"] == []
    assert told["tells_anew"] is False  # nothing is worded without the desk's own address


@pytest.mark.parametrize(
    ("words", "faults"),
    [
        ([], ["say all that is asked with --kinds and --rights, or --none"]),
        (["--none", "--kinds", "access"], ["--none: nothing is asked, or something is; not both"]),
        (["--kinds", "acess,other_right"], ["--kinds: 'acess' is none of ", "--rights: say which right it is: "]),
        (["--rights", "wrongs"], ["--rights: 'wrongs' is none of "]),
    ],
)
def test_every_fault_of_what_was_typed_is_named(words: list[str], faults: list[str], kept: Kept) -> None:
    folder, settings = kept
    ended = triage_inside("case", "relabel", thread_with(folder, "access"), *words, settings=settings)
    assert (ended.code, ended.out, len(ended.faults)) == (2, "", len(faults))
    assert all(line.startswith(fault) for line, fault in zip(ended.faults, faults, strict=True))
    assert sql(folder, "SELECT count(*) FROM case_file WHERE state = 'set_aside'") == [(0,)]


def test_unknown_stale_and_unchanged_end_with_1_and_one_line(kept: Kept) -> None:
    folder, settings = kept
    thread = thread_with(folder, "access")
    for reference, words, line in (
        ("DP-2026-99999-K7", ["--none"], "there is no enquiry DP-2026-99999-K7"),
        (
            thread,
            ["--none", "--if-version", "1"],
            f"{thread} has changed since you looked: look again, then relabel it",
        ),
        (thread, ["--kinds", "access"], f"nothing would change: {thread} is already taken to ask for access"),
    ):
        ended = triage_inside("case", "relabel", reference, *words, settings=settings)
        assert (ended.code, ended.out, ended.faults) == (1, "", [line])
    page = triage_inside("case", "show", thread, settings=settings).out
    version = page.splitlines()[1].removeprefix("version ")
    assert triage_inside("case", "relabel", thread, "--none", "--if-version", version, settings=settings).code == 0


def test_the_look_lists_what_waits_and_clears_what_was_listed(kept: Kept) -> None:
    folder, settings = kept
    read = "classification IS NOT NULL AND reference IS NOT NULL"
    sql(folder, f"UPDATE enquiry SET lane = 'not_requests' WHERE lane = 'automatic_mail' AND {read}")
    listed = json.loads(triage_inside("look", "--json", settings=settings).out)
    references = [row["reference"] for row in listed["waiting"]]
    assert len(references) > 2
    table = triage_inside("look", settings=settings).out
    assert table.startswith(f"{len(references)} messages read as no request wait for a look")
    assert all(reference in table for reference in references)
    assert f"triage look --clear-all-before {listed['clear_all_before']}" in table
    assert f"not looked at by a person yet: {len(references)};" in triage_inside("case", "list", settings=settings).out

    first, second, *rest = references
    shown = triage_inside("look", "--show", first.lower(), settings=settings)
    assert (shown.code, shown.out.splitlines()[0]) == (0, first)
    assert triage_inside("look", "--clear", first.lower(), settings=settings).out == f"cleared: {first}\n"
    assert triage_inside("case", "relabel", second, "--kinds", "access", settings=settings).code == 0
    waiting = json.loads(triage_inside("look", "--json", settings=settings).out)["waiting"]
    assert [row["reference"] for row in waiting] == rest

    sql(folder, f"UPDATE enquiry SET filed_at = '2126-01-01T00:00:00.000000+00:00' WHERE reference = '{rest[-1]}'")
    ended = triage_inside("look", "--clear-all-before", listed["clear_all_before"], settings=settings)
    assert ended.out == f"cleared: {', '.join(sorted(rest[:-1])) or 'nothing, for nothing waited'}\n"
    waiting = json.loads(triage_inside("look", "--json", settings=settings).out)["waiting"]
    assert [row["reference"] for row in waiting] == rest[-1:]
    assert triage_inside("journal", "verify", settings=settings).code == 0


def test_what_machines_sent_is_listed_and_cleared_apart(kept: Kept) -> None:
    _folder, settings = kept
    listed = json.loads(triage_inside("look", "--json", settings=settings).out)
    people, machines = ([row["reference"] for row in listed[group]] for group in ("waiting", "automatic"))
    assert len(machines) > 1
    table = triage_inside("look", settings=settings).out
    assert f"{len(machines)} messages from machines read as no request wait for a look" in table
    assert f"triage look --clear-automatic-before {listed['clear_automatic_before']}" in table
    queue = triage_inside("case", "list", settings=settings).out
    assert f"not looked at by a person yet: {len(people)}; from machines: {len(machines)}; see triage look" in queue
    ended = triage_inside("look", "--clear-automatic-before", listed["clear_automatic_before"], settings=settings)
    assert ended.out == f"cleared: {', '.join(sorted(machines))}\n"
    left = json.loads(triage_inside("look", "--json", settings=settings).out)
    assert ([row["reference"] for row in left["waiting"]], left["automatic"]) == (people, [])
    assert "from machines" not in triage_inside("look", settings=settings).out


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--clear", "DP-2026-99999-K7"], 1, "DP-2026-99999-K7 does not wait for a look: nothing was cleared"),
        (["--clear-all-before", "2126-01-01T00:00:00+00:00"], 1, "2126-01-01T00:00:00+00:00 has not come yet"),
        (["--show", "nonsense"], 1, "there is no enquiry or case NONSENSE"),
    ],
)
def test_what_cannot_be_looked_at_is_one_line(words: list[str], code: int, said: str, kept: Kept) -> None:
    _folder, settings = kept
    ended = triage_inside("look", *words, settings=settings)
    assert (ended.code, ended.out, len(ended.faults)) == (code, "", 1)
    assert ended.err.startswith(said)


@pytest.mark.parametrize("moment", ["2026-11-23", "2026-11-23T09:00:00", "soon"])
def test_a_moment_without_an_offset_is_bad_usage(moment: str, kept: Kept) -> None:
    folder, settings = kept
    ended = triage("look", "--clear-all-before", moment, cwd=folder, settings=settings)
    assert (ended.code, ended.out) == (2, "")
    assert "give a date, time and offset" in ended.err


def test_a_strangers_words_in_the_look_do_not_act_on_the_terminal(kept: Kept) -> None:
    folder, settings = kept
    hostile = "\x1b]0;owned\x07"
    sql(folder, f"UPDATE enquiry SET subject = '{hostile}', full_text = '{hostile}' || full_text, passages = '[]'")
    for words in (["look"], ["look", "--json"]):
        ended = triage_inside(*words, settings=settings)
        assert "owned" in ended.out
        assert not {"\x1b", "\x07"} & set(ended.out)


def test_drift_tells_doubts_scores_and_corrections_from_the_store_alone(kept: Kept) -> None:
    folder, settings = kept
    thread = thread_with(folder, "access")
    assert triage_inside("case", "relabel", thread, "--kinds", "complaint", settings=settings).code == 0
    *_, month = json.loads(triage_inside("evaluate", "--drift", "--json", settings=settings).out)["months"]
    ((unsure,),) = sql(folder, "SELECT count(*) FROM enquiry WHERE classification ->> 'needs_person'")
    assert (month["unsure"]["count"], len(month["scores"])) == (unsure, 10)
    assert sum(month["scores"]) == month["messages"] == month["unsure"]["of"] > 20
    assert month["kinds"]["access"] >= 3
    assert [(one["read"], one["meant"], one["count"]) for one in month["corrections"]] == [("access", "complaint", 1)]
    table = triage_inside("evaluate", "--drift", settings=settings)
    assert (table.code, table.err) == (0, "")
    assert "What people corrected" in table.out
    assert thread not in table.out
    assert table.out.endswith("nothing rose by more than half against the three months before\n")


def test_evaluate_does_not_compare_files_and_look_at_the_database_in_one_go(kept: Kept) -> None:
    _folder, settings = kept
    ended = triage_inside("evaluate", "--drift", "--overlap", "some.jsonl", settings=settings)
    assert ended.code == 2
    assert len(ended.faults) == 1
    assert "--overlap" in ended.faults[0]


@pytest.mark.parametrize("words", [[], ["--drift", "some.jsonl"], ["--json"]])
def test_evaluate_needs_a_file_or_drift_and_not_both(words: list[str], kept: Kept) -> None:
    _folder, settings = kept
    ended = triage_inside("evaluate", *words, settings=settings)
    assert (ended.code, ended.faults) == (2, ["give a FILE of labelled messages, or --drift without one"])
