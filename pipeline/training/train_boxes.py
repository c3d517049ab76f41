"""Trains the reader of single boxes on crops that `box_crops` rendered, and exports it.

    python -m pipeline.training.train_boxes --crops DIR --out DIR --minutes 50
    python -m pipeline.training.train_boxes --crops DIR --out DIR --minutes 80 --resume
    python -m pipeline.training.train_boxes --crops DIR --out DIR --export pipeline/models/boxes.onnx

One thread. A run that was cut off goes on from its last checkpoint with `--resume`; the learning rate falls over all of
`--minutes`, those before the checkpoint included. Same crops, same seed, same number of steps: the same network.
"""

import argparse
import copy
import json
import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from torch import Tensor

from forms.whole_file import whole_file
from pipeline.engines.handprint import CHARACTERS
from pipeline.training.box_crops import EMPTY, KINDS, STRUCK, Crops, join_crops, load_crops
from pipeline.training.box_network import BoxNetwork, disturb, loss_within, permitted_classes
from pipeline.training.export_ppocr import halve_weights

BATCH = 256
RATE, LEAST_RATE = 2.5e-3, 1e-5
WARM_STEPS = 300
SMOOTHING = 0.02
KEPT = 0.9985
"""Of the running mean of the weights, at each step."""
CHECK_SECONDS = 240.0
NOTICE = {
    "source": "Compassion Cards, pipeline/training/train_boxes.py",
    "data": "Unipen data set of on-line handwriting, train_r01_v07 (doi 10.5281/zenodo.1195803), CC BY 4.0",
    "license": "Apache-2.0",
}


@dataclass
class Run:
    """Where a training run is."""

    network: BoxNetwork
    mean: BoxNetwork
    """The running mean of its weights, which is what reads."""
    optimiser: torch.optim.Optimizer
    step: int = 0
    seconds: float = 0.0

    @classmethod
    def begin(cls, seed: int) -> "Run":
        """A network that knows nothing."""
        torch.manual_seed(seed)
        network = BoxNetwork().to(memory_format=torch.channels_last)
        optimiser = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=0.03, betas=(0.9, 0.98))
        return cls(network, copy.deepcopy(network), optimiser)

    def save(self, path: Path) -> None:
        """Write a checkpoint, whole or not at all."""
        state = {
            "network": self.network.state_dict(), "mean": self.mean.state_dict(),
            "optimiser": self.optimiser.state_dict(), "step": self.step, "seconds": self.seconds,
        }  # fmt: skip
        beside = path.with_suffix(".part")
        torch.save(state, beside)
        beside.rename(path)

    def load(self, path: Path) -> None:
        """Go on from a checkpoint."""
        state = torch.load(path, weights_only=True)
        self.network.load_state_dict(state["network"])
        self.mean.load_state_dict(state["mean"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.seconds = state["step"], state["seconds"]


def load_split(folder: Path, split: str) -> Crops:
    """All shards of a split."""
    return join_crops([load_crops(path) for path in sorted(folder.glob(f"{split}-*.npz")) if ".part" not in path.name])


def train(run: Run, crops: Crops, validation: Crops, folder: Path, minutes: float, seed: int) -> None:
    """Train until `minutes` are used up in all; a checkpoint and scores every few minutes."""
    permitted = permitted_classes()
    start, before = time.perf_counter(), run.seconds
    checked = 0.0
    while run.seconds < minutes * 60:
        progress = run.seconds / (minutes * 60)
        rate = LEAST_RATE + (RATE - LEAST_RATE) * 0.5 * (1 + math.cos(math.pi * progress))
        for group in run.optimiser.param_groups:
            group["lr"] = rate * min(1.0, (run.step + 1) / WARM_STEPS)
        _one_step(run, crops, permitted, seed)
        run.seconds = before + time.perf_counter() - start
        if run.seconds - before - checked > CHECK_SECONDS:
            checked = run.seconds - before
            _note(run, validation, folder)
    _note(run, validation, folder)


def _one_step(run: Run, crops: Crops, permitted: Tensor, seed: int) -> None:
    rng = np.random.default_rng((seed, run.step))
    generator = torch.Generator().manual_seed(seed * 1_000_003 + run.step)
    picked = np.sort(rng.integers(len(crops.labels), size=BATCH))
    pictures = disturb(torch.from_numpy(crops.pictures[picked]).float() / 255, generator)
    labels = torch.from_numpy(crops.labels[picked].astype(np.int64))
    within = permitted[torch.from_numpy(crops.kinds[picked].astype(np.int64))]
    # Half the time all classes compete: what a box holds must be told from what may not stand there, too.
    within = within | (torch.rand(BATCH, 1, generator=generator) < 0.4)
    run.network.train()
    with torch.autocast("cpu", torch.bfloat16):
        logits = run.network(pictures.contiguous(memory_format=torch.channels_last))
    loss = loss_within(logits, labels, within, SMOOTHING)
    run.optimiser.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(run.network.parameters(), 2.0)
    run.optimiser.step()
    run.step += 1
    _keep_mean(run.mean, run.network, min(KEPT, (1 + run.step) / (10 + run.step)))


def _keep_mean(mean: BoxNetwork, network: BoxNetwork, kept: float) -> None:
    with torch.no_grad():
        for own, new in zip(mean.state_dict().values(), network.state_dict().values(), strict=True):
            if own.is_floating_point():
                own.lerp_(new, 1 - kept)
            else:
                own.copy_(new)


def all_logits(network: BoxNetwork, crops: Crops) -> Tensor:
    """(n, 42) log-odds of all crops."""
    network.eval()
    parts = torch.split(torch.from_numpy(crops.pictures), 512)
    with torch.no_grad():
        return torch.cat(
            [network((part.float() / 255).contiguous(memory_format=torch.channels_last)) for part in parts]
        )


def score(logits: Tensor, crops: Crops) -> dict[str, float]:
    """Shares right among characters of each kind of row, and how often specks and struck-out boxes are known."""
    permitted = permitted_classes()[torch.from_numpy(crops.kinds.astype(np.int64))]
    labels = torch.from_numpy(crops.labels.astype(np.int64))
    written = labels < EMPTY
    inside = logits.masked_fill(~permitted, -1e4)
    guesses = inside[:, :EMPTY].argmax(dim=1)
    result = {}
    for number, kind in enumerate(KINDS):
        own = written & (torch.from_numpy(crops.kinds) == number)
        result[kind] = float((guesses[own] == labels[own]).float().mean())
    seen = inside.argmax(dim=1)
    result["empty"] = float((seen[labels == EMPTY] == EMPTY).float().mean())
    result["struck"] = float((seen[labels == STRUCK] == STRUCK).float().mean())
    result["lost"] = float((seen[written] >= EMPTY).float().mean())
    result["loss"] = float(loss_within(logits, labels, permitted, 0.0))
    return result


def _note(run: Run, validation: Crops, folder: Path) -> None:
    result = {key: round(value, 4) for key, value in score(all_logits(run.mean, validation), validation).items()}
    line = json.dumps({"step": run.step, "minutes": round(run.seconds / 60, 1), **result})
    print(line, flush=True)
    with (folder / "scores.jsonl").open("a", encoding="utf-8") as stream:
        stream.write(line + "\n")
    run.save(folder / "checkpoint.pt")


def fit_temperature(logits: Tensor, crops: Crops) -> float:
    """By what to divide the log-odds, so that their probabilities are right about as often as they say."""
    permitted = permitted_classes()[torch.from_numpy(crops.kinds.astype(np.int64))]
    labels = torch.from_numpy(crops.labels.astype(np.int64))
    candidates = np.exp(np.linspace(math.log(0.4), math.log(2.5), 61)).tolist()
    losses = [float(loss_within(logits / t, labels, permitted, 0.0)) for t in candidates]
    return float(candidates[int(np.argmin(losses))])


def export(network: BoxNetwork, temperature: float, path: Path) -> None:
    """Write the network as ONNX: `pictures` (n, 2, 40, 40) in 0 to 1 -> log probabilities (n, 42)."""
    network = copy.deepcopy(network).to(memory_format=torch.contiguous_format).eval()
    network.head[-1].weight.data /= temperature
    network.head[-1].bias.data /= temperature
    model = torch.nn.Sequential(network, torch.nn.LogSoftmax(dim=1))
    probe = torch.zeros(2, *torch.Size((2, 40, 40)))
    options: dict[str, Any] = {"input_names": ["pictures"], "output_names": ["log_probabilities"]}
    axes = {"pictures": {0: "boxes"}, "log_probabilities": {0: "boxes"}}
    with whole_file(path) as beside:
        torch.onnx.export(model, (probe,), str(beside), dynamic_axes=axes, opset_version=17, dynamo=False, **options)
        written = onnx.load_model_from_string(beside.read_bytes())
        halve_weights(written)
        metadata = {"character": CHARACTERS, "temperature": f"{temperature:.3f}", **NOTICE}
        written.metadata_props.extend(onnx.StringStringEntryProto(key=key, value=metadata[key]) for key in metadata)
        onnx.checker.check_model(written)
        beside.write_bytes(written.SerializeToString(deterministic=True))


def main() -> None:
    """Train, or export what was trained."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--crops", type=Path, required=True, help="folder of shards by box_crops")
    parser.add_argument("--out", type=Path, required=True, help="folder for the checkpoint and the scores")
    parser.add_argument("--minutes", type=float, default=50.0, help="of training in all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint in --out")
    parser.add_argument("--export", type=Path, metavar="ONNX", help="don't train: write the checkpoint as ONNX")
    given = parser.parse_args()
    torch.set_num_threads(1)
    given.out.mkdir(parents=True, exist_ok=True)
    checkpoint = given.out / "checkpoint.pt"
    run = Run.begin(given.seed)
    if given.resume or given.export:
        run.load(checkpoint)
    validation = load_split(given.crops, "validation")
    if not given.export:
        train(run, load_split(given.crops, "train"), validation, given.out, given.minutes, given.seed)
        return
    logits = all_logits(run.mean, validation)
    temperature = fit_temperature(logits, validation)
    export(run.mean, temperature, given.export)
    print(json.dumps({"step": run.step, "temperature": temperature, **score(logits, validation)}))


if __name__ == "__main__":
    main()
