"""Makes the handwriting model from PP-OCRv6 small: the alphabet cut to European letters, the weights kept as halves.

    pip download --no-deps rapidocr==3.10.0
    python -m pipeline.training.export_ppocr --wheel rapidocr-3.10.0-py3-none-any.whl

The same wheel and the same version of `onnx` give the same bytes. `rapidocr` itself isn't needed.
"""

import argparse
import hashlib
import string
import sys
import zipfile
from pathlib import Path

import cv2
import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from forms.errors import CompassionError, UsageError
from forms.whole_file import whole_file
from pipeline.engines.lines import MODEL
from pipeline.engines.look_alikes import FOREIGN

INSIDE_WHEEL = "rapidocr/models/PP-OCRv6_rec_small.onnx"
SHA256 = "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884"
"""Of the model in the wheel, as its MODEL_LICENSES.md gives it."""
NOTICE = {
    "source": "PP-OCRv6_small_rec of PaddleOCR, as converted to ONNX in the package rapidocr 3.10.0",
    "copyright": "Upstream model weights copyright Baidu and/or the applicable PaddleOCR rights holders",
    "license": "Apache-2.0",
    "changes": "Changed by Compassion Cards: classes outside European alphabets removed, weights stored as float16",
}

_HEAD = ("linear_8.w_0", "linear_8.b_0")
"""The last layer: its last axis is the classes (blank, the characters of the metadata in order, space)."""
_LEAST_HALVED = 1024
"""Smaller arrays stay as they are: constants such as 1e-6 have no half."""
_MOST_CUT_ERROR, _MOST_HALF_ERROR = 1e-4, 0.05


def kept_characters(known: list[str]) -> list[str]:
    """Return what of the model's alphabet is kept, in its order.

    ASCII, the letters of European Latin alphabets, some signs, and look-alikes by which the model knows handwritten
    letters and digits: their full-width forms, and `look_alikes.FOREIGN`.
    """
    wide = {chr(ord(c) + 0xFEE0) for c in string.ascii_letters + string.digits}
    latin = {chr(code) for code in range(0xC0, 0x180) if chr(code).isalpha()} - set("ĲĳŉŀĿĸſ")
    wanted = {*string.digits, *string.ascii_letters, *string.punctuation, *"£€½¼¾…", *latin, *wide, *FOREIGN}
    return [character for character in known if character in wanted]


def cut_classes(model: onnx.ModelProto) -> list[int]:
    """Cut the model's last layer and its alphabet, in place; return the classes that stay."""
    (alphabet,) = (entry for entry in model.metadata_props if entry.key == "character")
    known = alphabet.value.split("\n")
    kept = kept_characters(known)
    position = {character: n for n, character in enumerate(known)}
    classes = [0, *(1 + position[character] for character in kept), len(known) + 1]
    for array in model.graph.initializer:
        if array.name in _HEAD:
            whole = numpy_helper.to_array(array)
            array.CopyFrom(numpy_helper.from_array(np.ascontiguousarray(whole[..., classes]), array.name))
    alphabet.value = "\n".join(kept)
    # Shapes noted along the way still say 18,710; the runtime works them out anew.
    del model.graph.value_info[:]
    model.graph.output[0].type.tensor_type.shape.dim[2].dim_value = len(classes)
    return classes


def halve_weights(model: onnx.ModelProto) -> None:
    """Store large arrays as float16, each followed by a cast to float32 that the runtime folds when it loads them."""
    arrays, casts = [], []
    for array in model.graph.initializer:
        values = numpy_helper.to_array(array)
        if values.dtype != np.float32 or values.size < _LEAST_HALVED:
            arrays.append(array)
            continue
        half = f"{array.name}.half"
        arrays.append(numpy_helper.from_array(values.astype(np.float16), half))
        casts.append(helper.make_node("Cast", [half], [array.name], name=f"{array.name}.cast", to=TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    del model.graph.initializer[:], model.graph.node[:]
    model.graph.initializer.extend(arrays)
    model.graph.node.extend(nodes)


def largest_difference(original: bytes, changed: bytes, classes: list[int]) -> float:
    """Return how far the changed model's probabilities are from the original's, which are made to add up to 1 over
    the classes that stay, on noise and on drawn text."""
    expected = _run(original)[..., classes]
    expected /= expected.sum(axis=-1, keepdims=True)
    return float(np.abs(expected - _run(changed)).max())


def _run(model: bytes) -> NDArray[np.float32]:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    (probabilities,) = session.run(None, {session.get_inputs()[0].name: _probes()})
    result: NDArray[np.float32] = probabilities
    return result


def _probes() -> NDArray[np.float32]:
    """Pictures of noise and of text drawn by OpenCV: (pictures, 3, 48, 320), from -1 to 1."""
    random = np.random.default_rng(2026)
    pictures = [random.uniform(0, 255, (48, 320)) for _ in range(4)]
    for text in ("Compassion 2026", "O'BRIEN-SMYTHE", "with kindness, always", "0123456789 &c."):
        paper = np.full((48, 320), 255, dtype=np.uint8)
        cv2.putText(paper, text, (6, 34), cv2.FONT_HERSHEY_SIMPLEX, 0.95, 0, 2, cv2.LINE_AA)
        pictures.append(paper + random.normal(0, 5, paper.shape))
    grey = np.clip(np.stack(pictures), 0, 255).astype(np.float32) / 127.5 - 1.0
    return np.repeat(grey[:, None], 3, axis=1)


def export(original: bytes) -> tuple[bytes, str]:
    """Return the cut model and a line on how it compares with the original.

    Raises:
        CompassionError: the cut model reads differently.
    """
    model = onnx.load_model_from_string(original)
    classes = cut_classes(model)
    model.metadata_props.extend(onnx.StringStringEntryProto(key=key, value=NOTICE[key]) for key in NOTICE)
    by_cut = largest_difference(original, model.SerializeToString(deterministic=True), classes)
    halve_weights(model)
    onnx.checker.check_model(model)
    changed = model.SerializeToString(deterministic=True)
    by_halves = largest_difference(original, changed, classes)
    report = f"{len(classes)} classes; probabilities differ by {by_cut:.1e} when cut, {by_halves:.1e} with halves"
    if by_cut > _MOST_CUT_ERROR or by_halves > _MOST_HALF_ERROR:
        raise CompassionError(f"The cut model reads differently: {report}")
    return changed, report


def read_original(wheel: Path) -> bytes:
    """Take the model out of the wheel.

    Raises:
        UsageError: it is not the wheel that this script was written for.
    """
    try:
        with zipfile.ZipFile(wheel) as archive:
            original = archive.read(INSIDE_WHEEL)
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise UsageError(f"{wheel} is not the wheel of rapidocr 3.10.0: {error}") from error
    if hashlib.sha256(original).hexdigest() != SHA256:
        raise UsageError(f"{INSIDE_WHEEL} in {wheel} is another version of the model; rapidocr 3.10.0 is needed")
    return original


def main() -> int:
    """Read the arguments, write the model, say what came out."""
    parser = argparse.ArgumentParser(description="Cut PP-OCRv6 small to European letters.")
    parser.add_argument("--wheel", type=Path, required=True, help="rapidocr-3.10.0-py3-none-any.whl")
    parser.add_argument("--out", type=Path, default=Path("pipeline/models") / MODEL)
    arguments = parser.parse_args()
    try:
        changed, report = export(read_original(arguments.wheel))
    except CompassionError as error:
        print(error, file=sys.stderr)
        return int(error.exit_code)
    with whole_file(arguments.out) as path:
        path.write_bytes(changed)
    print(f"{arguments.out}: {len(changed):,} bytes, sha256 {hashlib.sha256(changed).hexdigest()}\n{report}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
