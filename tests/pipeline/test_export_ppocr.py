import hashlib
import re
import zipfile
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from forms.errors import UsageError
from pipeline.engines.lines import MODEL, LineReader
from pipeline.training.export_ppocr import NOTICE, export, kept_characters, read_original

MODELS = Path(__file__).parents[2] / "pipeline" / "models"


def small_reader(characters: str) -> bytes:
    """A reader in miniature, with the last layer and the metadata of PP-OCR's."""
    random = np.random.default_rng(1)
    classes = len(characters) + 2
    arrays = [
        numpy_helper.from_array(random.normal(size=(48, classes)).astype(np.float32), "linear_8.w_0"),
        numpy_helper.from_array(random.normal(size=classes).astype(np.float32), "linear_8.b_0"),
    ]
    nodes = [
        helper.make_node("ReduceMean", ["x"], ["grey"], axes=[1], keepdims=0),
        helper.make_node("Transpose", ["grey"], ["columns"], perm=[0, 2, 1]),
        helper.make_node("MatMul", ["columns", "linear_8.w_0"], ["scores"]),
        helper.make_node("Add", ["scores", "linear_8.b_0"], ["sums"]),
        helper.make_node("Softmax", ["sums"], ["y"], axis=2),
    ]
    graph = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 3, 48, "w"])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", "w", classes])],
        arrays,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 11)], ir_version=8)
    model.metadata_props.append(onnx.StringStringEntryProto(key="character", value="\n".join(characters)))
    return bytes(model.SerializeToString())


def test_cut_model_reads_as_before_over_what_is_left() -> None:
    original = small_reader("飼AあB飯Éabcdefghijklmnop0123456789")
    changed, report = export(original)
    assert (changed, report) == export(original), "the same wheel gives the same bytes"
    metadata = {entry.key: entry.value for entry in onnx.load_model_from_string(changed).metadata_props}
    assert metadata["character"].split("\n") == list("ABÉabcdefghijklmnop0123456789")
    assert metadata | NOTICE == metadata
    assert len(changed) < len(original)


def test_alphabet_holds_what_names_here_need() -> None:
    known = [chr(code) for code in range(0x21, 0x250)] + ["Φ", "飼", "０"]
    kept = kept_characters(known)
    assert set("AZaz09'-&@£ŵŷŴŶéüñçøłžșÓ".replace("ș", "")) <= set(kept)
    assert {"Φ", "０"} <= set(kept)
    assert "飼" not in kept
    assert kept == [character for character in known if character in kept]


@pytest.mark.parametrize("content", [b"", b"not the model"])
def test_another_wheel_is_refused(tmp_path: Path, content: bytes) -> None:
    wheel = tmp_path / "other.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("rapidocr/models/PP-OCRv6_rec_small.onnx", content)
    with pytest.raises(UsageError, match=r"rapidocr 3\.10\.0 is needed"):
        read_original(wheel)


def test_wheel_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not the wheel"):
        read_original(tmp_path / "none.whl")


def test_model_card_is_about_this_model() -> None:
    card = (MODELS / "README.md").read_text(encoding="utf-8")
    assert hashlib.sha256((MODELS / MODEL).read_bytes()).hexdigest() in card
    assert "Apache-2.0" in card
    assert (match := re.search(r"([\d,]+) classes", card))
    assert int(match[1].replace(",", "")) == len(LineReader().classes) + 1
