"""The worker: reads the inbox, works through received items, sends letters, watches clocks.

    python mailbox_worker.py [--config triage.toml]

Settings come from triage.toml and TRIAGE_… (docs/settings.md). Ends cleanly on SIGTERM or Ctrl-C.
"""

import sys

from triage.__main__ import main

if __name__ == "__main__":  # worker processes of the analysis pool import this file again
    sys.exit(main(["worker", *sys.argv[1:]]))
