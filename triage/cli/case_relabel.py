"""`triage case relabel REF`: a person says what an enquiry really asks. Cases are opened and set aside by that."""

import argparse
import getpass
import sys
from collections.abc import Mapping
from datetime import UTC, datetime

from triage.cli.case_acts import casework_for
from triage.cli.output import print_json, row_number, with_store
from triage.cli.settings_file import add_config
from triage.cli.steps_now import steps_now
from triage.domain.relabelling import Relabelling
from triage.domain.vocabulary import Kind, OtherRight
from triage.errors import NotDone
from triage.service.casework import tell_understood_anew
from triage.service.chat_link import DeskStore
from triage.service.review import relabel

# Of each open case by its reference, as `triage case show` tells it.
_Steps = Mapping[str, Mapping[str, str]]
_Done = tuple[Relabelling, tuple[int, ...], tuple[str, bool] | None, _Steps]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The reference and all that is asked. Words are checked in `run`, so that all faults are named at once."""
    add_config(parser)
    parser.add_argument("reference", help="the enquiry, DP-2026-00042-K7")
    parser.add_argument("--kinds", metavar="KIND,…", help=f"all that is asked, not only what to add: {', '.join(Kind)}")
    parser.add_argument(
        "--rights", metavar="RIGHT,…", help=f"which other rights (implies other_right): {', '.join(OtherRight)}"
    )
    parser.add_argument("--none", action="store_true", help="nothing is asked; in place of --kinds and --rights")
    parser.add_argument(
        "--if-version",
        type=row_number,
        metavar="N",
        help="only if nothing has changed since triage case show said this version",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.epilog = (
        "For example: triage case relabel DP-2026-00042-K7 --kinds access,deletion. A kind that was not read opens a "
        "case, dated from the day the first message came. One that nobody asked for is set aside, and a letter that "
        "names it and has not left is discarded. Nothing is sent: where an acknowledgement is owed, it says so; where "
        "one has said otherwise, the letter that puts it right waits for your approval. To confirm what the reader was "
        "unsure of, name what stands. Kind read, kind meant, month and who was at fault are counted; nothing is learnt "
        "from the message. What stands now: triage case show REF. Exit codes: 0 done; 1 no such enquiry, changed "
        "since, or nothing would change; 2 what was typed cannot be taken."
    )


def run(arguments: argparse.Namespace) -> int:
    """0 done; 1 no such enquiry, changed since, or nothing would change; 2 what was typed cannot be taken."""
    from triage.config import rules_dir
    from triage.parsing.rules import load_policy

    faults, kinds, rights = asked(arguments)
    if faults:
        print(*faults, sep="\n", file=sys.stderr)
        return 2
    policy, by, now = load_policy(rules_dir(arguments.config)), getpass.getuser(), datetime.now(UTC)
    reference: str = arguments.reference.strip().upper().partition("/")[0]

    async def use(store: DeskStore) -> _Done:
        work = casework_for(store, arguments.config)
        done = await relabel(store, reference, kinds, rights, policy, by=by, now=now, version=arguments.if_version)
        differs = done[0].kinds != done[0].kinds_before
        told = await tell_understood_anew(work, reference, by=by) if differs else None
        return *done, told, steps_now(await store.cases_of(reference), policy, now)

    try:
        change, opened, told, steps = with_store(arguments.config, use)
    except NotDone as exc:
        print(exc, file=sys.stderr)
        return 1
    if arguments.json:
        print_json(_as_json(reference, change, opened, steps) | {"tells_anew": told is not None and told[1]})
    else:
        print(*_lines(reference, change, opened, steps), *_told_anew(told), sep="\n")
    return 0


def asked(arguments: argparse.Namespace) -> tuple[list[str], tuple[Kind, ...], tuple[OtherRight, ...]]:
    """Faults, kinds and rights. A right named is other_right as well, and other_right needs the right's name."""
    faults: list[str] = []
    kinds, rights = _split(arguments.kinds), _split(arguments.rights)
    none = getattr(arguments, "none", False)
    if none and (kinds or rights):
        faults.append("--none: nothing is asked, or something is; not both")
    if not (none or kinds or rights):
        faults.append(
            "say all that is asked with --kinds and --rights" + (", or --none" if "none" in arguments else "")
        )
    faults += [f"--kinds: {word!r} is none of {', '.join(Kind)}" for word in kinds if word not in list(Kind)]
    faults += [
        f"--rights: {word!r} is none of {', '.join(OtherRight)}" for word in rights if word not in list(OtherRight)
    ]
    if Kind.OTHER_RIGHT in kinds and not rights:
        faults.append(f"--rights: say which right it is: {', '.join(OtherRight)}")
    if faults:
        return faults, (), ()
    also = (Kind.OTHER_RIGHT,) if rights else ()
    return [], (*map(Kind, kinds), *also), tuple(map(OtherRight, rights))


def _split(words: str | None) -> list[str]:
    return [word.strip().lower() for word in (words or "").split(",") if word.strip()]


def _lines(reference: str, change: Relabelling, opened: tuple[int, ...], steps: _Steps) -> list[str]:
    asks = ", ".join((*change.kinds, *change.rights)) or "nothing"
    lines = [f"{reference} is taken to ask for {asks}"]
    for number, case in zip(opened, change.opens, strict=True):
        due = case.dates.statutory_due or case.dates.acknowledge_by
        counted = f", received {case.dates.received_on}" + (f", due {due}" if due else "")
        step = steps[f"{reference}/{number}"]
        told = f"next: {step['next_step']} ({step['next_step_on']})"
        lines.append(f"opened {reference}/{number}: {case.kind}{counted}; {told}")
    lines += [f"set aside {reference}/{number}: nobody asked for it" for number in change.sets_aside]
    if change.discards:
        lines.append(f"not sent: letter {', '.join(map(str, change.discards))}, which said otherwise")
    if change.not_acknowledged:
        lines.append(f"acknowledge it by hand, then say so: triage case acknowledged {reference}")
    return lines


def _told_anew(told: tuple[str, bool] | None) -> list[str]:
    """The letter that says that we first understood it differently, where an earlier one said so."""
    if told is None:
        return []
    case, is_laid = told
    if is_laid:
        return [f"a letter waits for your approval, that we first understood it differently: triage case show {case}"]
    return [f"tell the person how we understand it now: triage letter draft {case} first_understood_differently"]


def _as_json(reference: str, change: Relabelling, opened: tuple[int, ...], steps: _Steps) -> dict[str, object]:
    return {
        "reference": reference,
        "kinds_before": list(change.kinds_before),
        "kinds": list(change.kinds),
        "other_rights": list(change.rights),
        "lane": change.lane,
        "opened": [
            {
                "reference": f"{reference}/{number}",
                "kind": case.kind,
                "received_on": case.dates.received_on,
                "statutory_due": case.dates.statutory_due,
                **steps[f"{reference}/{number}"],
            }
            for number, case in zip(opened, change.opens, strict=True)
        ],
        "set_aside": [f"{reference}/{number}" for number in change.sets_aside],
        "letters_discarded": list(change.discards),
        "not_acknowledged": change.not_acknowledged,
    }
