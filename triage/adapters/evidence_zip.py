"""Files by name as one zip archive: the same files give the same bytes, whatever the day, machine or library."""

import io
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path

from triage.adapters.whole_file import write_whole
from triage.errors import NotDone

# The first moment a zip archive can name.
_NO_TIME = (1980, 1, 1, 0, 0, 0)
_UNIX, _READ_BY_OWNER = 3, 0o100600 << 16


def zip_bytes(files: Mapping[str, bytes]) -> bytes:
    """The archive. Stored, not packed: how well a library packs changes with its version."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as packed:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _NO_TIME)
            entry.create_system, entry.external_attr = _UNIX, _READ_BY_OWNER
            packed.writestr(entry, files[name])
    return archive.getvalue()


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
