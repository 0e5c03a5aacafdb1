"""`triage …`, also `python -m triage …`. Only the command asked for is imported, so that each starts fast."""

import argparse
import importlib
import sys
from collections.abc import Sequence

from triage.errors import SettingsWrong, TriageError
from triage.logs import name_and_place

COMMANDS = {
    "demo": "work through sample mails and show what became of each; nothing is sent",
    "run": "worker and hook in one process, from settings",
    "worker": "the worker alone, as mailbox_worker.py",
    "hook": "the hook alone, as chat_webhook.py",
    "console": "the DPO's pages alone",
    "user": "who may sign in to the console: add, new password, disable, link, list",
    "init": "copy the default rules and a commented triage.toml to a folder",
    "doctor": "try every configured outside thing and say what is wrong",
    "inspect": "what the desk would do with mails in files; stores and sends nothing",
    "classify": "JSON lines in, JSON lines out: kinds, scores, reasons",
    "train": "quick categoriser and judge anew from the corpus",
    "evaluate": "how well labelled messages are read: figures, confusions, calibration, every error",
    "due": "the statutory clock, with its trace",
    "clocks": "work out the dates of open cases anew; what moves, and why",
    "rules": "rules prove their own examples",
    "case": "list cases or show one; say what an enquiry really asks",
    "look": "the daily look at what was read as no request: list, show, clear",
    "letter": "list or show letters; approve or discard a draft",
    "alarm": "list what a person must see, or say that it is dealt with",
    "calendar": "due dates and next steps of open cases as an iCalendar file",
    "quarantine": "list, show or retry items that could not be read",
    "hubspot": "find a contact, list its conversations, unsubscribe an address: what the DPO may do at HubSpot",
    "suppression": "the do-not-contact list: add to it, hold a campaign's list against it, lift with a reason",
    "complaints": "the register of complaints: counts for a period, ready for a statutory return",
    "journal": "verify the journal's chains",
    "key": "make a key with which stored texts are encrypted",
    "store": "encrypt what is stored, or encrypt it anew with another key",
    "retention": "remove what need not be kept any more, or list what would go, when and why",
    "export": "the evidence pack of a case: one zip that opens without this program",
    "person": "what the desk itself holds about one person, by mail address",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    asked = next((word for word in words if not word.startswith("-")), None)  # a path may be named like a command
    parser = argparse.ArgumentParser(prog="triage", description="The desk behind a privacy promise.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, text in COMMANDS.items():
        command = commands.add_parser(name, help=text, description=text)
        if name == asked:
            module = importlib.import_module(f"triage.cli.{name}")
            module.add_arguments(command)
            command.set_defaults(run=module.run)
    arguments = parser.parse_args(words)
    try:
        return int(arguments.run(arguments))
    except SettingsWrong as exc:
        print(*exc.faults, sep="\n", file=sys.stderr)
    except TriageError as exc:
        print(exc, file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader of our output went away (`| head`); that is no fault of ours.
        sys.stderr.close()
        return 0
    except Exception as exc:
        if sys.flags.dev_mode:  # python -X dev -m triage …
            raise
        print(f"something went wrong that should not: {name_and_place(exc)}; please report it", file=sys.stderr)
        return 1
    return 2


if __name__ == "__main__":
    sys.exit(main())
