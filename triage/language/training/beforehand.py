"""What the encoder said of the judge's messages before it learnt them.

Every message is worth more in the encoder than kept from it. But a judge fitted on what a witness has learnt by heart
would trust it too much. So `bench/encoder` tunes it without the judge's writers first, writes down what it then says of
their messages, and only after that lets it learn them too (docs/decisions/013). `triage train` fits the judge on these.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from triage.language.corpus import Example
from triage.language.encoder import Look
from triage.language.model import Seen, seen

FILE = "beforehand.npz"


def key_of(example: Example) -> bytes:
    """The words a record stands for: another subject or text is another message, and so is another writer's."""
    whole = (example.writer, example.channel, example.subject, example.text)
    return hashlib.sha256("\0".join(whole).encode("utf-8", "surrogatepass")).digest()[:16]


def write(folder: Path, looks: Iterable[tuple[Example, Sequence[Look]]]) -> None:
    """Write down what was said of each message. Half precision: log-odds to three figures."""
    keys, counts, whole, asking = [], [], [], []
    for example, some in looks:
        told = seen(some)
        keys.append(np.frombuffer(key_of(example), dtype=np.uint8))
        counts.append(len(told.whole))
        whole.append(told.whole)
        asking.append(told.asking)
    np.savez_compressed(
        folder / FILE,
        keys=np.stack(keys),
        counts=np.asarray(counts),
        whole=np.concatenate(whole).astype(np.float16),
        asking=np.stack(asking).astype(np.float16),
    )


def read(folder: Path) -> Mapping[bytes, Seen]:
    """What was written down, by key_of; nothing where the file is missing. Raises ValueError where it is broken."""
    if not (folder / FILE).is_file():
        return {}
    with np.load(folder / FILE, allow_pickle=False) as told:
        keys, asking = told["keys"], told["asking"].astype(np.float32)
        ends = np.cumsum(told["counts"])
        windows: list[NDArray[np.float32]] = np.split(told["whole"].astype(np.float32), ends[:-1])
    if not len(keys) == len(asking) == len(windows):
        raise ValueError(f"{FILE} is not whole")
    return {
        bytes(key): Seen(whole=whole, asking=words) for key, whole, words in zip(keys, windows, asking, strict=True)
    }
