"""The network that reads single boxes, and what its pictures go through while it learns."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from pipeline.engines.glyphs import CHANNELS, SIZE_PX
from pipeline.engines.handprint import CHARACTERS
from pipeline.training.box_crops import KINDS

COUNT = len(CHARACTERS) + 2
_WIDTHS = (24, 64, 128)
_BLOCKS = (1, 1, 1)
_DROPOUT = 0.25


class _Residual(nn.Module):  # type: ignore[misc]  # torch isn't there where types are checked
    def __init__(self, width: int) -> None:
        super().__init__()
        self.body = nn.Sequential(*_convolution(width, width), nn.ReLU(), *_convolution(width, width))

    def forward(self, values: Tensor) -> Tensor:
        result: Tensor = functional.relu(values + self.body(values))
        return result


def _convolution(inside: int, outside: int, size: int = 3, stride: int = 1) -> tuple[nn.Module, nn.Module]:
    return nn.Conv2d(inside, outside, size, stride, size // 2, bias=False), nn.BatchNorm2d(outside)


class BoxNetwork(nn.Module):  # type: ignore[misc]  # as above
    """(n, 2, 40, 40) in 0 to 1 -> (n, 42) log-odds; 0.6 million parameters.

    It ends without pooling: where on its line a sign stands is half of what tells signs apart.
    """

    def __init__(self) -> None:
        super().__init__()
        first, middle, last = _WIDTHS
        layers = [*_convolution(CHANNELS, first, 5, 2), nn.ReLU(), *(_Residual(first) for _ in range(_BLOCKS[0]))]
        layers += [*_convolution(first, middle, 3, 2), nn.ReLU(), *(_Residual(middle) for _ in range(_BLOCKS[1]))]
        layers += [*_convolution(middle, last, 3, 2), nn.ReLU(), *(_Residual(last) for _ in range(_BLOCKS[2]))]
        self.body = nn.Sequential(*layers)
        self.head = nn.Sequential(
            nn.Flatten(), nn.Dropout(_DROPOUT), nn.Linear(last * (SIZE_PX // 8) ** 2, COUNT)
        )  # fmt: skip

    def forward(self, pictures: Tensor) -> Tensor:
        """Return log-odds."""
        result: Tensor = self.head(self.body(pictures))
        return result


def permitted_classes() -> Tensor:
    """(kinds, 42): which classes may be meant in each kind of row; empty and struck out may be anywhere."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ'-.&"
    permitted = {"digits": "0123456789", "place": CHARACTERS}
    rows = [[c in permitted.get(kind, letters) for c in CHARACTERS] + [True, True] for kind in KINDS]
    return torch.tensor(rows)


def loss_within(logits: Tensor, labels: Tensor, permitted: Tensor, smoothing: float) -> Tensor:
    """Cross entropy among the classes that are permitted for each picture, (n, 42), labels smoothed among them."""
    log = functional.log_softmax(logits.float().masked_fill(~permitted, -1e4), dim=1)
    right = log.gather(1, labels[:, None]).squeeze(1)
    spread = log.masked_fill(~permitted, 0.0).sum(dim=1) / permitted.sum(dim=1)
    loss: Tensor = -((1 - smoothing) * right + smoothing * spread).mean()
    return loss


def disturb(pictures: Tensor, generator: torch.Generator) -> Tensor:
    """Turn, stretch and shift pictures a little, make strokes thicker or thinner, soften some, hide neighbours."""
    count = len(pictures)

    def uniform(low: float, high: float, *shape: int) -> Tensor:
        return low + (high - low) * torch.rand(*shape, generator=generator)

    def chosen(share: float) -> Tensor:
        return torch.rand(count, generator=generator) < share

    turn, lean = uniform(-0.12, 0.12, count), uniform(-0.12, 0.12, count)
    wide, high = torch.exp(uniform(-0.14, 0.14, count)), torch.exp(uniform(-0.14, 0.14, count))
    matrix = torch.zeros(count, 2, 3)
    matrix[:, 0, 0], matrix[:, 0, 1] = wide * torch.cos(turn), lean - torch.sin(turn)
    matrix[:, 1, 0], matrix[:, 1, 1] = torch.sin(turn), high * torch.cos(turn)
    matrix[:, :, 2] = uniform(-0.09, 0.09, count, 2)
    grid = functional.affine_grid(matrix, [count, CHANNELS, SIZE_PX, SIZE_PX], align_corners=False)
    result = functional.grid_sample(pictures, grid, align_corners=False)
    for share, change in ((0.1, _thicker), (0.06, _thinner), (0.08, _coarser)):
        which = chosen(share)
        if which.any():
            result[which] = change(result[which])
    lone = chosen(0.1)
    result[lone, 1] = result[lone, 0]
    return (result * uniform(0.75, 1.25, count, 1, 1, 1)).clamp(0, 1)


def _thicker(pictures: Tensor) -> Tensor:
    return functional.max_pool2d(pictures, 3, 1, 1)


def _thinner(pictures: Tensor) -> Tensor:
    return 0.5 * pictures - 0.5 * functional.max_pool2d(-pictures, 3, 1, 1)


def _coarser(pictures: Tensor) -> Tensor:
    small = functional.avg_pool2d(pictures, 2)
    return functional.interpolate(small, size=(SIZE_PX, SIZE_PX), mode="bilinear", align_corners=False)
