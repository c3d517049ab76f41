"""Trains all readers, piece by piece: `make train HANDWRITING=DIR`.

    python -m pipeline.training --handwriting DIR --out RUN --minutes 140

Stops after its minutes, whatever it is at; the same line goes on from there until all is done and the models lie in
RUN, to be measured before they take the place of the package's. The language model has a script of its own, since it
is made from word lists, not from handwriting.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_CROPS = {"train": 300_000, "validation": 20_000}
_BOX_MINUTES, _LINE_MINUTES = 60, 300
_LEAST_MINUTES = 3.0
"""Less than this is not worth beginning with."""


@dataclass(frozen=True, slots=True)
class Step:
    """One program of this package, and what shows that it has done its part."""

    name: str
    command: tuple[str, ...]
    checkpoint: Path | None = None
    """Where there is one, the step is taken up again from it."""
    minutes: float = 0.0
    """Of training, all pieces together; 0 for what ends by itself."""


def steps(handwriting: Path, out: Path) -> list[Step]:
    """All steps in order."""
    crops, boxes, lines = out / "crops", out / "boxes", out / "lines"
    hands = ("--handwriting", str(handwriting))
    rendered = [
        Step(f"crops of boxes, {split}",
             ("box_crops", *hands, "--out", str(crops), "--split", split, "--crops", str(count)))
        for split, count in _CROPS.items()
    ]  # fmt: skip
    return [
        *rendered,
        Step("box reader", ("train_boxes", "--crops", str(crops), "--out", str(boxes), "--minutes", str(_BOX_MINUTES)),
             boxes / "checkpoint.pt"),
        Step("line reader", ("train_lines", *hands, "--out", str(lines), "--total", str(_LINE_MINUTES)),
             lines / "checkpoint.pt", _LINE_MINUTES),
        Step("box reader's model",
             ("train_boxes", "--crops", str(crops), "--out", str(boxes), "--export", str(out / "boxes.onnx"))),
        Step("line reader's model", ("export_lines", str(lines), "--out", str(out / "lines.onnx"))),
    ]  # fmt: skip


def run(todo: Sequence[Step], out: Path, minutes: float) -> bool:
    """Do what isn't done yet; tell whether all is."""
    out.mkdir(parents=True, exist_ok=True)
    end = time.monotonic() + 60 * minutes
    for number, step in enumerate(todo, 1):
        done = out / f"{number}.done"
        if done.is_file():
            continue
        left = (end - time.monotonic()) / 60
        if left < _LEAST_MINUTES:
            return False
        print(f"{number} of {len(todo)}: {step.name}", flush=True)
        if not _run_step(step, left):
            return False
        done.write_text(step.name + "\n", encoding="utf-8")
    return True


def _run_step(step: Step, left: float) -> bool:
    """Run a step for no longer than `left` minutes; tell whether it is done."""
    command = [sys.executable, "-W", "ignore", "-m", f"pipeline.training.{step.command[0]}", *step.command[1:]]
    spent = _minutes_of(step)
    if step.minutes:
        command += ["--minutes", f"{min(left, step.minutes - spent):.1f}"]
    if step.checkpoint is not None and step.checkpoint.is_file():
        command.append("--resume")
    try:
        subprocess.run(command, check=True, timeout=60 * left + 120)  # noqa: S603 - our own programs
    except subprocess.TimeoutExpired:
        return False
    return not step.minutes or _minutes_of(step) >= step.minutes - 0.5


def _minutes_of(step: Step) -> float:
    """How long a step with a checkpoint has been trained."""
    if step.checkpoint is None or not step.minutes or not step.checkpoint.is_file():
        return 0.0
    import torch

    return float(torch.load(step.checkpoint, weights_only=True)["minutes"])


def main() -> int:
    """Read the arguments, run, say how it stands."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--handwriting", type=Path, required=True, help="folder with unipen/ and copiste/")
    parser.add_argument("--out", type=Path, required=True, help="folder of the run")
    parser.add_argument("--minutes", type=float, default=140.0, help="of this piece, 150 at most")
    arguments = parser.parse_args()
    if not (arguments.handwriting / "unipen").is_dir():
        parser.error(f"{arguments.handwriting} holds no folder unipen/; name the folder with the handwriting")
    try:
        finished = run(steps(arguments.handwriting, arguments.out), arguments.out, arguments.minutes)
    except subprocess.CalledProcessError as error:
        print(f"A step failed with exit code {error.returncode}; its own words stand above.", file=sys.stderr)
        return 1
    print(f"Done: {arguments.out}/*.onnx" if finished else "The time is up; the same command goes on from here.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
