"""The `--config` option every command with settings has."""

import argparse
from pathlib import Path


def add_config(parser: argparse.ArgumentParser) -> None:
    """Add `--config`."""
    parser.add_argument("--config", type=Path, default=None, help="settings file (default: ./triage.toml)")
