"""The one internet-facing process: it will verify and store chat messages. For now it serves its health only.

    python chat_webhook.py [--config triage.toml]

It imports neither spaCy nor a mail or API client. Ends cleanly on SIGTERM or Ctrl-C.
"""

import sys

from triage.__main__ import main

if __name__ == "__main__":
    sys.exit(main(["hook", *sys.argv[1:]]))
