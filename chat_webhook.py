"""The one internet-facing process: verifies what HubSpot delivers, shows the enquiry form, stores, answers.

    python chat_webhook.py [--config triage.toml]

Settings come from triage.toml and TRIAGE_… (docs/settings.md). It imports neither spaCy nor a mail or API client.
Ends cleanly on SIGTERM or Ctrl-C.
"""

import sys

from triage.__main__ import main

if __name__ == "__main__":
    sys.exit(main(["hook", *sys.argv[1:]]))
