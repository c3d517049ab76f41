"""Has every crop read by the engine that suits it, a stack's worth at a time."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.engines import Engine
from pipeline.records import Crop, RawField, Reading, Strip
from pipeline.typed import looks_typed


@dataclass(frozen=True, slots=True)
class Engines:
    """Who reads what."""

    ticks: Engine
    boxes: Engine
    lines: Engine
    typed: Engine


def recognise(crops: Sequence[Crop], engines: Engines) -> list[RawField]:
    """Read all crops; each engine is asked once, with all that is its own."""
    chosen = [_engine_for(crop, engines) for crop in crops]
    readings: dict[int, tuple[Reading, ...]] = {}
    for engine in {id(e): e for e in chosen}.values():
        own = [n for n, e in enumerate(chosen) if e is engine]
        strips = [strip for n in own for strip in _strips(crops[n], engine is engines.typed)]
        answers = iter(engine.read(strips))
        for n in own:
            readings[n] = tuple(next(answers) for _ in crops[n].strips)
    return [RawField(crop, readings[n], f"{chosen[n].name} {chosen[n].version}") for n, crop in enumerate(crops)]


def _engine_for(crop: Crop, engines: Engines) -> Engine:
    if crop.field.kind == "choice":
        return engines.ticks
    if crop.strips and all(looks_typed(strip) for strip in crop.strips):
        return engines.typed
    return engines.boxes if crop.field.kind == "boxes" else engines.lines


def _strips(crop: Crop, typed: bool) -> tuple[Strip, ...]:
    """Type doesn't keep to boxes: a label stuck over a row is one line."""
    return tuple(Strip(strip.image) for strip in crop.strips) if typed else crop.strips
