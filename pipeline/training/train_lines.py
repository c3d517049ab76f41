"""Trains the line reader on from PP-OCRv6 small, with CTC, on writers kept for training.

    python -m pipeline.training.train_lines --handwriting DIR --out RUN --minutes 140
    python -m pipeline.training.train_lines --handwriting DIR --out RUN --minutes 140 --resume

A run is cut off after its minutes and taken up from its last checkpoint with `--resume`; `--total` says how long all
pieces together are to take, which sets the learning rate's fall. `python -m pipeline.training.export_lines RUN`
makes the model of it.
"""

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein
from torch.utils.data import DataLoader, IterableDataset

from pipeline.records import Image
from pipeline.training.fused_network import fuse
from pipeline.training.line_crops import KINDS, LineCrop, LineCrops
from pipeline.training.reader_network import alphabet_of, load_network, read_model

START = Path("pipeline/models/ppocr_v6_small_european.onnx")
CHECKPOINT = "checkpoint.pt"
_HEIGHT, _WIDTH_STEP = 48, 64
_PIXELS_A_BATCH = 24 * 320
"""Columns of all lines of a batch together, so that each step takes about as long."""
_MOST_LINES = 48
_POOL = 192
"""Samples drawn from one set of random numbers."""
_PEAK, _LAST = 1.4e-4, 5e-6
_WARM_STEPS = 300
_DECAY, _CLIP = 0.01, 2.0
_KEPT = 0.9985
"""Of the running mean of the weights, each step; the mean reads better than any step's own."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Lines of like width: (n, 48, width) grey, and their texts as classes, one after the other."""

    images: torch.Tensor
    targets: torch.Tensor
    lengths: torch.Tensor


class Crops(IterableDataset[Batch]):  # type: ignore[misc]  # torch isn't there where types are checked
    """Batches without end, each drawn from its own random numbers: step n of a run is always the same."""

    def __init__(self, folder: Path, alphabet: list[str], seed: int, first: int) -> None:
        """`first` is the pool to begin with, for a run taken up again."""
        self._folder, self._alphabet, self._seed, self._first = folder, alphabet, seed, first

    def __iter__(self) -> Iterator[Batch]:
        """Yield batches."""
        cv2.setNumThreads(1)
        crops = LineCrops(self._folder, "train")
        codes = {character: n + 1 for n, character in enumerate(self._alphabet)}
        waiting: dict[int, list[LineCrop]] = defaultdict(list)
        pool = self._first
        while True:
            rng = np.random.default_rng([self._seed, pool])
            for _ in range(_POOL):
                crop = crops.sample(rng)
                width = -(-crop.image.shape[1] // _WIDTH_STEP) * _WIDTH_STEP
                waiting[width].append(crop)
                # Batches of a width are all of one size: preparing the arithmetic for a shape takes seconds.
                if len(waiting[width]) == min(_MOST_LINES, _PIXELS_A_BATCH // width):
                    yield _batch(waiting.pop(width), codes)
            pool += 1


def _batch(group: list[LineCrop], codes: dict[str, int]) -> Batch:
    texts = [[codes[c] for c in crop.text if c in codes] for crop in group]
    return Batch(
        torch.from_numpy(stacked([crop.image for crop in group])),
        torch.tensor([code for text in texts for code in text], dtype=torch.long),
        torch.tensor([len(text) for text in texts], dtype=torch.long),
    )


def stacked(images: list[Image]) -> NDArray[np.uint8]:
    """Lines side by side in a batch, padded with white: (n, 48, width)."""
    width = -(-max(image.shape[1] for image in images) // _WIDTH_STEP) * _WIDTH_STEP
    batch = np.full((len(images), _HEIGHT, width), 255, np.uint8)
    for row, image in zip(batch, images, strict=True):
        row[:, : image.shape[1]] = image
    return batch


def as_input(images: torch.Tensor) -> torch.Tensor:
    """(n, 48, width) grey -> what the network takes."""
    pixels = (images.float() / 127.5 - 1.0)[:, None].expand(-1, 3, -1, -1)
    return pixels.contiguous(memory_format=torch.channels_last)


def loss_of(network: torch.nn.Module, batch: Batch) -> torch.Tensor:
    """Mean CTC loss a character."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = network(as_input(batch.images))
    logs = logits.float().log_softmax(-1).transpose(0, 1)
    frames = torch.full((logs.shape[1],), logs.shape[0], dtype=torch.long)
    return torch.nn.functional.ctc_loss(logs, batch.targets, frames, batch.lengths, zero_infinity=True)


class Run:
    """A training: network, running mean of its weights, optimiser, and how far it has come."""

    def __init__(self, folder: Path, total_minutes: float) -> None:
        """`folder` gets the checkpoint and the log."""
        self.folder, self.total_minutes = folder, total_minutes
        model = read_model(START)
        self.alphabet = alphabet_of(model)
        self.network = fuse(load_network(model)).to(memory_format=torch.channels_last)
        self.mean = {name: value.detach().clone() for name, value in self.network.named_parameters()}
        decayed = [p for p in self.network.parameters() if p.ndim > 1]
        plain = [p for p in self.network.parameters() if p.ndim <= 1]
        groups = [{"params": decayed, "weight_decay": _DECAY}, {"params": plain, "weight_decay": 0.0}]
        self.optimiser = torch.optim.AdamW(groups, lr=_PEAK, betas=(0.9, 0.98))
        self.step, self.pools, self.minutes = 0, 0, 0.0

    def resume(self) -> None:
        """Take up the last checkpoint."""
        state = torch.load(self.folder / CHECKPOINT, weights_only=True)
        self.network.load_state_dict(state["network"])
        self.mean = state["mean"]
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.pools, self.minutes = state["step"], state["pools"], state["minutes"]

    def save(self) -> None:
        """Write a checkpoint, whole or not at all."""
        state: dict[str, Any] = {
            "network": self.network.state_dict(), "mean": self.mean, "optimiser": self.optimiser.state_dict(),
            "step": self.step, "pools": self.pools, "minutes": self.minutes,
        }  # fmt: skip
        whole = self.folder / f"{CHECKPOINT}.part"
        torch.save(state, whole)
        whole.replace(self.folder / CHECKPOINT)

    def rate(self) -> float:
        """The learning rate now: up in the first steps, then down along a cosine of the time spent."""
        done = min(1.0, self.minutes / self.total_minutes)
        warm = min(1.0, (self.step + 1) / _WARM_STEPS)
        return float(warm * (_LAST + (_PEAK - _LAST) * 0.5 * (1 + np.cos(np.pi * done))))

    def learn(self, batch: Batch) -> float:
        """One step; returns the loss."""
        # Batch normalisation keeps what it learnt from millions of lines.
        self.network.eval()
        for group in self.optimiser.param_groups:
            group["lr"] = self.rate()
        self.optimiser.zero_grad(set_to_none=True)
        loss = loss_of(self.network, batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), _CLIP)
        self.optimiser.step()
        self.step += 1
        kept = min(_KEPT, self.step / (self.step + 50))
        with torch.no_grad():
            for name, value in self.network.named_parameters():
                self.mean[name].lerp_(value, 1 - kept)
        return float(loss.detach())

    def with_mean(self) -> torch.nn.Module:
        """Put the running mean into the network for a look at it; `resume` or `swap_back` undoes it."""
        self._own = {name: value.detach().clone() for name, value in self.network.named_parameters()}
        with torch.no_grad():
            for name, value in self.network.named_parameters():
                value.copy_(self.mean[name])
        return self.network

    def swap_back(self) -> None:
        """Undo `with_mean`."""
        with torch.no_grad():
            for name, value in self.network.named_parameters():
                value.copy_(self._own[name])


def validation_set(folder: Path, each: int) -> dict[str, list[LineCrop]]:
    """The same samples by validation writers every time, by kind."""
    crops = LineCrops(folder, "validation")
    return {kind: [crops.sample(np.random.default_rng([2026, n]), kind) for n in range(each)] for kind in KINDS}


def validate(network: torch.nn.Module, alphabet: list[str], sets: dict[str, list[LineCrop]]) -> dict[str, float]:
    """Character errors by kind, in per cent, read greedily; case, blanks and punctuation ignored."""
    result = {}
    network.eval()
    with torch.no_grad():
        for kind, crops in sets.items():
            errors = letters = 0
            for crop in crops:
                with torch.autocast("cpu", dtype=torch.bfloat16):
                    logits = network(as_input(torch.from_numpy(stacked([crop.image]))))
                text = greedy(logits[0].float().numpy(), alphabet)
                said, meant = _plain(text), _plain(crop.text)
                errors, letters = errors + Levenshtein.distance(said, meant), letters + len(meant)
            result[kind] = round(100 * errors / max(1, letters), 2)
    return result


def _plain(text: str) -> str:
    return "".join(character for character in text.lower() if character.isalnum())


def greedy(logits: NDArray[np.float32], alphabet: list[str]) -> str:
    """The best class of each frame, runs merged, blanks dropped."""
    best = logits.argmax(axis=-1)
    fresh = np.flatnonzero((best != 0) & (best != np.concatenate([[0], best[:-1]])))
    return "".join(alphabet[int(best[n]) - 1] for n in fresh)


def train(arguments: argparse.Namespace) -> None:
    """One piece of a run."""
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    arguments.out.mkdir(parents=True, exist_ok=True)
    run = Run(arguments.out, arguments.total or arguments.minutes)
    if arguments.resume:
        run.resume()
    sets = validation_set(arguments.handwriting, arguments.validate)
    crops = Crops(arguments.handwriting, run.alphabet, arguments.seed, run.pools)
    # Spawned: a fork of a process whose threads have computed hangs at its first own parallel step.
    loader = DataLoader(crops, batch_size=None, num_workers=1, prefetch_factor=24, multiprocessing_context="spawn")
    before, started, looked, losses, seen = run.minutes, time.monotonic(), time.monotonic(), [], 0
    _note(arguments.out, run, {"valid": validate(run.with_mean(), run.alphabet, sets)})
    run.swap_back()
    for batch in loader:
        losses.append(run.learn(batch))
        seen += len(batch.images)
        if run.step % 50 == 0:
            print(
                f"step {run.step}: {seen} seen in {time.monotonic() - started:.0f} s, loss {losses[-1]:.3f}", flush=True
            )
        run.pools = crops._first + seen // _POOL
        run.minutes = before + (time.monotonic() - started) / 60
        ended = run.minutes - before >= arguments.minutes
        if ended or time.monotonic() - looked > 60 * arguments.every:
            valid = validate(run.with_mean(), run.alphabet, sets)
            run.swap_back()
            run.save()
            _note(arguments.out, run, {"loss": round(float(np.mean(losses)), 4), "seen": seen, "valid": valid})
            looked, losses = time.monotonic(), []
        if ended:
            return


def _note(folder: Path, run: Run, entry: dict[str, Any]) -> None:
    line = json.dumps({"step": run.step, "minutes": round(run.minutes, 1), "rate": round(run.rate(), 7), **entry})
    with (folder / "log.jsonl").open("a", encoding="utf-8") as log:
        log.write(line + "\n")
    print(line, flush=True)


def main() -> None:
    """Read the arguments and train."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--handwriting", type=Path, required=True, help="folder with unipen/ and copiste/")
    parser.add_argument("--out", type=Path, required=True, help="folder of the run: checkpoint and log")
    parser.add_argument("--minutes", type=float, default=140.0, help="of this piece, 150 at most")
    parser.add_argument("--total", type=float, default=0.0, help="minutes of all pieces together; default: this one")
    parser.add_argument("--resume", action="store_true", help="take up the last checkpoint")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--threads", type=int, default=1, help="more only where nothing else runs")
    parser.add_argument("--every", type=float, default=8.0, help="minutes between validations and checkpoints")
    parser.add_argument("--validate", type=int, default=80, help="samples of each kind")
    train(parser.parse_args())


if __name__ == "__main__":
    main()
