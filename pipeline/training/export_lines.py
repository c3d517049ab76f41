"""Makes the line reader's model from a training run: the running mean of its weights, as ONNX, stored as halves.

python -m pipeline.training.export_lines RUN --out pipeline/models/lines.onnx
"""

import argparse
import hashlib
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import numpy_helper
from torch import nn

from forms.whole_file import whole_file
from pipeline.training.export_ppocr import halve_weights
from pipeline.training.reader_network import load_network, read_model, whole_weights
from pipeline.training.train_lines import CHECKPOINT, START, as_input

NOTICE = {
    "source": "PP-OCRv6_small_rec of PaddleOCR, trained on by Compassion Cards on pen strokes and scans of handwriting",
    "copyright": "Upstream model weights copyright Baidu and/or the applicable PaddleOCR rights holders; "
    "training data UNIPEN train_r01_v07 (CC BY 4.0) and Copiste d'un jour, BAnQ (CC BY 4.0)",
    "license": "Apache-2.0",
}
_MOST_ERROR = 0.05


def export(run: Path) -> onnx.ModelProto:
    """Return the model with the run's weights in place of those it began with."""
    state = torch.load(run / CHECKPOINT, weights_only=True)
    model = read_model(START)
    whole_weights(model)
    network = load_network(model)
    before = {name: value.detach().clone() for name, value in network.named_parameters()}
    arrays = {array.name: array for array in model.graph.initializer}
    by_values = _by_values(arrays)
    for name, value in before.items():
        target = by_values[_key(value.numpy())]
        learnt = state["mean"][name].numpy()
        arrays[target].CopyFrom(numpy_helper.from_array(np.ascontiguousarray(_laid_as(learnt, arrays[target])), target))
    notes = {entry.key: entry.value for entry in model.metadata_props} | NOTICE
    notes.pop("changes", None)
    del model.metadata_props[:]
    model.metadata_props.extend(onnx.StringStringEntryProto(key=key, value=value) for key, value in notes.items())
    _check(model, network, state["mean"])
    halve_weights(model)
    onnx.checker.check_model(model)
    return model


def _key(values: "np.ndarray[tuple[int, ...], np.dtype[np.float32]]") -> str:
    """What tells an array from others whatever its layout: its numbers, sorted."""
    return hashlib.sha256(np.sort(values.astype(np.float32), axis=None).tobytes()).hexdigest()


def _by_values(arrays: dict[str, onnx.TensorProto]) -> dict[str, str]:
    return {_key(values): name for name, array in arrays.items()
            if (values := numpy_helper.to_array(array)).dtype == np.float32}  # fmt: skip


def _laid_as(
    values: "np.ndarray[tuple[int, ...], np.dtype[np.float32]]", array: onnx.TensorProto
) -> "np.ndarray[tuple[int, ...], np.dtype[np.float32]]":
    """The network holds some matrices turned over."""
    shape = tuple(array.dims)
    return values if values.shape == shape else values.T.reshape(shape)


def _check(model: onnx.ModelProto, network: nn.Module, mean: dict[str, torch.Tensor]) -> None:
    """The model must say what the network says."""
    with torch.no_grad():
        for name, value in network.named_parameters():
            value.copy_(mean[name])
        images = torch.from_numpy(np.random.default_rng(1).integers(0, 256, (2, 48, 320)).astype(np.uint8))
        network.eval()
        expected = network(as_input(images)).softmax(-1).numpy()
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    (said,) = session.run(None, {session.get_inputs()[0].name: as_input(images).numpy()})
    if float(np.abs(expected - said).max()) > _MOST_ERROR:
        raise SystemExit("The exported model doesn't say what the network says.")


def main() -> None:
    """Read the arguments and write the model."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path, help="folder of a run of train_lines")
    parser.add_argument("--out", type=Path, default=Path("pipeline/models/lines.onnx"))
    arguments = parser.parse_args()
    data = export(arguments.run).SerializeToString(deterministic=True)
    with whole_file(arguments.out) as path:
        path.write_bytes(data)
    print(f"{arguments.out}: {len(data):,} bytes, sha256 {hashlib.sha256(data).hexdigest()}")


if __name__ == "__main__":
    main()
