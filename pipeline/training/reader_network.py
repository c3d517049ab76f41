"""PP-OCRv6 small as a torch module, so that it can be trained on, and back again as the ONNX model that reads."""

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper

_LEAST_LEARNT = 2
"""Arrays of fewer numbers are constants of the arithmetic, such as the 1e-5 of a normalisation."""


class _Absent(ModuleType):
    """Stands for a module of which only the names are asked for."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return None


def load_network(model: onnx.ModelProto) -> torch.nn.Module:
    """Return the network as a module: (n, 3, 48, width) in -1 to 1 -> (n, frames, classes) log-odds, blank first.

    Its parameters have the names of the model's nodes, so that the same model always gives the same names.
    """
    # onnx2torch asks for torchvision on being imported, for operators that no reader has; the package is large, and
    # must fit torch's own build exactly.
    for name in ("torchvision", "torchvision.ops"):
        sys.modules.setdefault(name, _Absent(name))
    from onnx2torch import convert

    prepared = onnx.ModelProto()
    prepared.CopyFrom(model)
    whole_weights(prepared)
    _say_pads(prepared)
    _drop_softmax(prepared)
    network = convert(prepared)
    for name, buffer in list(network.named_buffers()):
        if buffer.is_floating_point() and buffer.numel() >= _LEAST_LEARNT and "running" not in name:
            owner, _, own_name = name.rpartition(".")
            module = network.get_submodule(owner)
            value = buffer.detach().clone()
            delattr(module, own_name)
            module.register_parameter(own_name, torch.nn.Parameter(value))
    return network


def whole_weights(model: onnx.ModelProto) -> None:
    """Undo the storing as halves: weights as float32, without the casts, in place."""
    arrays = {array.name: array for array in model.graph.initializer}
    casts = {node.input[0]: node for node in model.graph.node if node.op_type == "Cast" and node.input[0] in arrays}
    for name, node in casts.items():
        whole = numpy_helper.to_array(arrays[name]).astype(np.float32)
        arrays[name].CopyFrom(numpy_helper.from_array(whole, node.output[0]))
        model.graph.node.remove(node)


def _say_pads(model: onnx.ModelProto) -> None:
    """Put numbers for `auto_pad=SAME_UPPER`, which stands only where the stride is 1 or the size even, in place."""
    for node in model.graph.node:
        attributes = {attribute.name: attribute for attribute in node.attribute}
        auto = attributes.get("auto_pad")
        if auto is None or auto.s not in (b"SAME_UPPER", b"SAME_LOWER"):
            continue
        kernel = list(attributes["kernel_shape"].ints)
        strides = list(attributes["strides"].ints) if "strides" in attributes else [1] * len(kernel)
        total = [max(k - s, 0) for k, s in zip(kernel, strides, strict=True)]
        before = [t // 2 if auto.s == b"SAME_UPPER" else t - t // 2 for t in total]
        node.attribute.remove(auto)
        if "pads" in attributes:
            node.attribute.remove(attributes["pads"])
        node.attribute.append(
            helper.make_attribute("pads", before + [t - b for t, b in zip(total, before, strict=True)])
        )


def _drop_softmax(model: onnx.ModelProto) -> None:
    """Let the model end in log-odds, in place: a loss of probabilities would lose the small ones."""
    (output,) = model.graph.output
    while True:
        (last,) = (node for node in model.graph.node if output.name in node.output)
        if last.op_type not in ("Softmax", "Identity"):
            return
        source = last.input[0]
        model.graph.node.remove(last)
        for node in model.graph.node:
            node.output[:] = [output.name if name == source else name for name in node.output]
            node.input[:] = [output.name if name == source else name for name in node.input]


def alphabet_of(model: onnx.ModelProto) -> list[str]:
    """The model's characters, in the order of its classes from 1; the last class is the space."""
    (entry,) = (entry for entry in model.metadata_props if entry.key == "character")
    return [*entry.value.split("\n"), " "]


def read_model(path: Path) -> onnx.ModelProto:
    """Read an ONNX model."""
    return onnx.load_model_from_string(path.read_bytes())
