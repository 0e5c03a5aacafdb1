"""The quick categoriser's spaCy architecture: word n-grams of a passage, weighed so that its length does not count.

spaCy's own TextCatBOW adds the weights of every n-gram, so that a page outshouts a line; here the n-grams of a
passage share one unit of length, which on our texts reads better (the figures: docs/reader.md).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc
from spacy.util import registry
from thinc.api import Logistic, Model, SparseLinear_v2, chain
from thinc.types import Floats2d

ARCHITECTURE = "triage.Ngrams.v1"
_MIX = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F), np.uint64(0x165667B19E3779F9))

Hashes = NDArray[np.uint64]
Ragged = tuple[NDArray[np.uint64], NDArray[np.float32], NDArray[np.int32]]


@registry.architectures(ARCHITECTURE)  # type: ignore[untyped-decorator]  # catalogue has no types
def build_ngrams(longest: int, length: int, nO: int | None = None) -> Model[list[Doc], Floats2d]:
    """N-grams of 1 to `longest` words, hashed to `length` buckets, into one score per label. nO: spaCy's name."""
    linear = SparseLinear_v2(nO=nO, length=length)
    model: Model[list[Doc], Floats2d] = chain(_ngrams(longest, length), linear, Logistic())
    model.set_ref("output_layer", linear)
    model.attrs["multi_label"] = True
    return model


def _ngrams(longest: int, length: int) -> Model[list[Doc], Ragged]:
    layer: Model[list[Doc], Ragged] = Model("ngrams", _forward, params={"rarity": None}, attrs={"longest": longest})
    layer.set_param("rarity", layer.ops.alloc1f(length) + 1)
    return layer


def _forward(model: Model[list[Doc], Ragged], docs: list[Doc], is_train: bool) -> tuple[Ragged, object]:  # noqa: ARG001
    passages = [doc.to_array("ORTH").astype(np.uint64).reshape(-1) for doc in docs]
    rarity: Any = model.get_param("rarity")
    return counted(passages, model.attrs["longest"], rarity), lambda _: []


def counted(passages: Sequence[Hashes], longest: int, rarity: NDArray[np.float32]) -> Ragged:
    """The n-grams of passages of hashed words: buckets, their shares, and how many each passage has; all at once."""
    words = np.concatenate(passages)
    places = np.repeat(np.arange(len(passages), dtype=np.uint64), [len(one) for one in passages])
    keys, run = [_keyed(words, places, len(rarity))], words
    for size in range(1, longest):
        run = run[:-1] * _MIX[size - 1] + words[size:]
        within = places[:-size] == places[size:]
        keys.append(_keyed(run[within], places[size:][within], len(rarity)))
    found, counts = np.unique(np.concatenate(keys), return_counts=True)
    at, buckets = (found >> np.uint64(32)).astype(np.int64), found & np.uint64(0xFFFFFFFF)
    shares = (1.0 + np.log(counts)) * rarity[buckets]
    lengths = np.sqrt(np.bincount(at, weights=shares * shares, minlength=len(passages)))
    return buckets, (shares / lengths[at]).astype(np.float32), np.bincount(at, minlength=len(passages)).astype(np.int32)


def _keyed(hashes: Hashes, places: Hashes, length: int) -> Hashes:
    """Passage and bucket in one number."""
    return (places << np.uint64(32)) | (hashes & np.uint64(length - 1))
