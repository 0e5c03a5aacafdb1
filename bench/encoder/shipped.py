"""The weights of a shipped `encoder.onnx`, turned back from eight bits, so that the next edition can go on from it."""

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper


def weights_of(path: Path) -> dict[str, torch.Tensor]:
    """State of `Reading` as the file has it: each weight is (eight bits - zero point) * scale, by channel.

    Linear layers are stored transposed and under numbers of the exporter's own; the node that multiplies with them
    names the layer they belong to (`/base/encoder/layer.0/attention/self/query/MatMul_quant`).
    """
    graph = onnx.load(path).graph
    stored = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    found = {name: array for name, array in stored.items() if array.dtype == np.float32 and not name.endswith("_scale")}
    found |= {
        _plain(name): _whole(stored, _plain(name)) for name in stored if name.startswith("base.") and _eight(name)
    }
    for node in graph.node:
        if node.op_type == "MatMulInteger":
            layer = node.name.strip("/").rsplit("/", 1)[0].replace("/", ".")
            found[f"{layer}.weight"] = _whole(stored, _plain(node.input[1])).T
    return {name: torch.tensor(array.copy()) for name, array in found.items()}


def _eight(name: str) -> bool:
    return name.endswith("_quantized")


def _plain(name: str) -> str:
    return name.removesuffix("_quantized")


def _whole(stored: dict[str, np.ndarray], name: str) -> np.ndarray:
    eight = stored[f"{name}_quantized"].astype(np.float32) - stored[f"{name}_zero_point"].astype(np.float32)
    return eight * stored[f"{name}_scale"]
