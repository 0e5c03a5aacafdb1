"""A file that is there whole or not at all, whatever dies in the middle."""

import os
import tempfile
from pathlib import Path


def write_whole(target: Path, content: bytes, half_written_in: Path) -> None:
    """Write `content` to `target`, durable on return. `half_written_in` is a folder of the same file system.

    Raises OSError, and then nothing is left behind.
    """
    handle, half_written = tempfile.mkstemp(dir=half_written_in, prefix=".", suffix=".half")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(half_written).replace(target)
    except OSError:
        Path(half_written).unlink(missing_ok=True)
        raise
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # the name is durable only with its folder
    finally:
        os.close(folder)


def stem_of(reference: str, tag: str) -> str:
    """A file name a person recognises: the reference, and a tag that tells letters of one thread apart."""
    readable = "".join(sign if sign.isascii() and (sign.isalnum() or sign == "-") else "_" for sign in reference)
    return f"{readable}.{tag}"
