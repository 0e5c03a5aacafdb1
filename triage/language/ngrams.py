"""The quick categoriser's spaCy architecture: word n-grams of a passage, weighed so that its length does not count.

spaCy's own TextCatBOW adds the weights of every n-gram, so that a page outshouts a line; here the n-grams of a
passage share one unit of length, which on our texts reads better (the figures: docs/reader.md).
"""

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc
from spacy.util import registry
from thinc.api import Logistic, Model, SparseLinear_v2, chain
from thinc.types import Floats2d

ARCHITECTURE = "triage.Ngrams.v1"
_MIX = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F), np.uint64(0x165667B19E3779F9))

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
    longest, rarity = model.attrs["longest"], model.get_param("rarity")
    keys, values, lengths = [], [], []
    for doc in docs:
        found, counts = np.unique(_hashed(doc, longest) & np.uint64(len(rarity) - 1), return_counts=True)
        shares = (1.0 + np.log(counts)) * rarity[found]
        keys.append(found)
        values.append((shares / np.sqrt(shares @ shares)).astype(np.float32))
        lengths.append(len(found))
    return (np.concatenate(keys), np.concatenate(values), np.asarray(lengths, dtype=np.int32)), lambda _: []


def _hashed(doc: Doc, longest: int) -> NDArray[np.uint64]:
    words = doc.to_array("ORTH").astype(np.uint64).reshape(-1)
    grams = [words]
    run = words
    for size in range(1, min(longest, len(words))):
        run = run[:-1] * _MIX[size - 1] + words[size:]
        grams.append(run)
    return np.concatenate(grams)
