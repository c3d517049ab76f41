"""Opens the package's ONNX models for the engines."""

from importlib import resources
from pathlib import Path
from typing import Any

import onnxruntime

from forms.errors import MissingDependencyError


def open_model(name: str, instead: Path | None, threads: int) -> Any:
    """Return an onnxruntime session of the package's model of that name, or of the file `instead`.

    Raises:
        MissingDependencyError: the model isn't there.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        source = instead or resources.files("pipeline").joinpath("models", name)
        return onnxruntime.InferenceSession(source.read_bytes(), options, providers=["CPUExecutionProvider"])
    except FileNotFoundError as error:
        raise MissingDependencyError(
            f"The handwriting model {name} is missing from the installation. Install compassion-cards again."
        ) from error
