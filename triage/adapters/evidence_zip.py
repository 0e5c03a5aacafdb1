"""An archive of files written to disk, whole or not at all."""

import os
from collections.abc import Mapping
from pathlib import Path

from triage.adapters.whole_file import write_whole
from triage.errors import NotDone
from triage.service.packing import zip_bytes

__all__ = ["write_zip", "zip_bytes"]


def write_zip(target: Path, files: Mapping[str, bytes]) -> bytes:
    """Write the archive to `target`, for its owner's eyes alone, whole or not at all; what was written.

    Raises NotDone in one line where something is there already or it cannot be written.
    """
    if os.path.lexists(target):
        raise NotDone(f"{target}: is already there, nothing was written")
    content = zip_bytes(files)
    try:
        write_whole(target, content, target.parent)
    except OSError as exc:
        raise NotDone(f"{target}: cannot be written ({exc.strerror})") from exc
    return content
