"""Log lines as JSON on stderr. Only the fields named here leave the process: no message, name or address can."""

import logging
import sys
import traceback
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import structlog

from triage.errors import TriageError

# Ids, codes, counts and lengths. Whoever adds a field here answers for its holding no personal data.
ALLOWED_FIELDS = frozenset(
    {
        "event", "level", "timestamp", "exception_type", "item_id", "letter_id", "reference", "case", "code", "row",
        "count", "attempt", "retry_in_s", "elapsed_ms", "outcome", "lane", "process", "port", "kinds", "worker",
        "oldest_age_s", "validity", "reason", "stage", "url", "lines", "enquiries", "kept", "colleague", "arrived",
        "purpose", "notice_id", "role",
    }
)  # fmt: skip


def keep_allowed(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop every field that is not on the list, and say that something was dropped."""
    kept = {key: value for key, value in event.items() if key in ALLOWED_FIELDS}
    if len(kept) < len(event):
        kept["code"] = "field_dropped"
    return kept


def set_up(*, quiet: bool = False) -> None:
    """Configure logging once per process; `quiet` shows warnings and worse only."""
    level = logging.WARNING if quiet else logging.INFO
    structlog.configure(
        processors=[
            keep_allowed,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
    )
    # Libraries log addresses and protocol lines: only their warnings' existence is of interest, never their text.
    logging.basicConfig(level=logging.CRITICAL, force=True)


def get_logger() -> Any:
    """A logger; call it with an event in the past tense and allowed fields only."""
    return structlog.get_logger()


def name_and_place(exc: BaseException) -> str:
    """What kind of error, and where in this program it passed last. Never its text: it may quote a mail."""
    return f"{type(exc).__name__} at {place_of(exc)}"


def place_of(exc: BaseException) -> str:
    """`file:line` of this program, or of whatever was running where none of it was."""
    package = Path(__file__).parent
    frames = [(Path(frame.filename), frame.lineno) for frame in traceback.extract_tb(exc.__traceback__)]
    ours = [(path.relative_to(package.parent), line) for path, line in frames if path.is_relative_to(package)]
    path, line = (ours or frames or [(Path("nowhere"), 0)])[-1]
    return f"{path}:{line}"


@contextmanager
def unforeseen_logged(process: str) -> Iterator[None]:
    """Log what ends the process although nobody foresaw it, and let it pass."""
    try:
        yield
    except TriageError:
        raise
    except Exception as exc:
        log = get_logger()
        log.critical("process_failed", process=process, exception_type=type(exc).__name__, reason=place_of(exc))
        raise
