"""What is installed and set up, gathered for the console's settings page."""

import hashlib
import json
import platform
import sys
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path

from triage import __version__
from triage.adapters.store.migrate import newest_revision
from triage.bootstrap.rules import load_all
from triage.config import Settings
from triage.errors import RulesWrong
from triage.language.rules_file import Rule, load_rules
from triage.web.console.about import About, RuleShown

# Enough to see what a pattern is for; its file has every one.
_EXAMPLES_SHOWN = 5


def about_of(settings: Settings, rules: Path) -> About:
    """See About. Reads two small files at once, the rules when they are asked for."""
    return About(
        versions=_versions(rules),
        setup=_setup(settings, rules),
        rules=cache(partial(_rules, rules)),
        rules_faults=partial(_faults, rules),
    )


def _versions(rules: Path) -> tuple[tuple[str, str], ...]:
    model = rules / "model"
    return (
        ("Privacy desk", __version__),
        ("Python", platform.python_version()),
        ("spaCy", version("spacy")),
        ("Reader's model", _model(model)),
        ("Database schema", newest_revision()),
        ("System", f"{platform.system()} {platform.machine()}, {sys.implementation.name}"),
    )


def _model(folder: Path) -> str:
    """The model has no number: its card's fingerprint tells one from another."""
    try:
        meta = json.loads((folder / "quick" / "meta.json").read_text(encoding="utf-8"))
        card = hashlib.sha256((folder / "card.md").read_bytes()).hexdigest()[:12]
    except (OSError, ValueError):
        return "none: triage train makes one"
    return f"{meta.get('version', '?')} for spaCy {meta.get('spacy_version', '?')}, card {card}"


def _setup(settings: Settings, rules: Path) -> tuple[tuple[str, str], ...]:
    letters = "sent by mail" if settings.send == "live" else "captured in a folder, nothing is sent"
    inbox = settings.imap_host or ("a Maildir on this machine" if settings.maildir else "none set")
    return (
        ("The desk's address", settings.mailbox_address),
        ("Inbox", inbox),
        ("Letters", letters),
        ("Chat", "HubSpot" if settings.hubspot_token.get_secret_value() else "none set"),
        ("Sign-in", "accounts and an identity provider" if settings.oidc_issuer else "accounts of this desk"),
        ("Database", settings.database_url.partition("+")[0]),
        ("Rules", str(rules.resolve())),
    )


def _rules(folder: Path) -> tuple[RuleShown, ...]:
    return tuple(_shown(rule) for rule in load_rules(folder).rules)


def _shown(rule: Rule) -> RuleShown:
    return RuleShown(
        gives=rule.gives.value if rule.gives is not None else "cue",
        name=rule.name,
        why=rule.why,
        is_local=rule.is_local,
        matches=rule.matches[:_EXAMPLES_SHOWN],
        must_not_match=rule.must_not_match[:_EXAMPLES_SHOWN],
        proofs=len(rule.matches) + len(rule.must_not_match),
    )


def _faults(folder: Path) -> tuple[str, ...]:
    try:
        load_all(folder)
    except RulesWrong as exc:
        return tuple(exc.faults)
    return ()
