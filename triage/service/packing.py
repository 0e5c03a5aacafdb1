"""Files by name as one zip archive: the same files give the same bytes, whatever the day, machine or library."""

import io
import zipfile
from collections.abc import Mapping

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
