"""Makes `samples/`: an organisation's profile and stacks of filled, scanned cards, with what is to be read of them.

    python -m pipeline.simulate --handwriting DIR --out samples --seed 1
    python -m pipeline.simulate --handwriting DIR --out /tmp/many --cards 1000 --conditions grey300,bilevel300

Without a handwriting folder the cards are filled in with handwriting fonts. The same seed makes the same cards.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from forms.organisation import Profile
from pipeline.simulate.font_hands import FontHands
from pipeline.simulate.hands import UnipenHands
from pipeline.simulate.names import sample_organisation, write_profile
from pipeline.simulate.pages import blank_sheet, letter_sheet, write_torn
from pipeline.simulate.print_run import printed_cards
from pipeline.simulate.sample_form import write_sample_form
from pipeline.simulate.scan import CONDITIONS, Condition
from pipeline.simulate.split import Split
from pipeline.simulate.stacks import LARGEST_STACK, Desk, Hands, Piece, ScannedPage, scanned, write_stack

CARDS = 20
QUALITY = 58
"""Of JPEG in samples, low as office copiers have it."""
ENDINGS = {"bilevel": ".tif", "glass": ".jpg", "phone": ".jpg"}

REAL_HANDS = """# Where the handwriting in these samples comes from

The pen strokes on these cards are from **Unipen data set of on-line (vectorial) handwriting, train_r01_v07**
(The International Unipen Foundation, 1999; <https://doi.org/10.5281/zenodo.1195803>), distributed under **CC BY 4.0**
(<https://creativecommons.org/licenses/by/4.0/>). It is described in I. Guyon, L. Schomaker, R. Plamondon, M. Liberman
and S. Janet, "UNIPEN project of on-line data exchange and recognizer benchmarks", ICPR 1994, pp. 29-33,
doi 10.1109/ICPR.1994.576870.

What was changed: words and characters were put together anew into invented answers, set on lines and into boxes,
drawn with simulated pens and scanned by a simulator. Nobody wrote these nominations; all people and events in them are
invented. The writers belong to the part kept for validation (`pipeline/simulate/writers.toml`), not for training.

Writers: {hands}
"""
FONT_HANDS = """# Where the handwriting in these samples comes from

These cards were filled in with handwriting fonts, without real handwriting: {hands}. Those that come with this project
(`pipeline/simulate/fonts/`) are under the SIL Open Font License 1.1, each with its licence beside it.
All people and events on the cards are invented.
"""


def build_samples(out: Path, handwriting: Path | None = None, seed: int = 1, cards: int = CARDS) -> dict[str, Any]:
    """Writes the sample set into `out` and returns what `expected.json` holds.

    `handwriting` is the folder that holds `unipen/`; writers kept for validation fill in the cards.
    """
    with _Folder(out, handwriting, seed, "validation") as folder:
        expected = [*_feeder_pdf(folder, cards), *_feeder_tiff(folder, cards // 4), *_glass(folder, cards // 10)]
        expected += _photographs(folder, max(1, cards // 20))
        write_sample_form(expected, out / "electronic")
        return folder.finish(expected)


def build_measurement(
    out: Path, handwriting: Path | None, seed: int, cards: int, conditions: Sequence[str], split: Split = "validation"
) -> dict[str, Any]:
    """Writes `cards` cards for each condition, nothing among them, and returns what `expected.json` holds."""
    with _Folder(out, handwriting, seed, split) as folder:
        expected: list[dict[str, Any]] = []
        for name in conditions:
            expected += _condition(folder, CONDITIONS[name], cards)
        return folder.finish(expected)


class _Folder:
    """Where everything is written, and the desk where cards are filled in."""

    def __init__(self, out: Path, handwriting: Path | None, seed: int, split: Split) -> None:
        self.out = out
        self.stacks = out / "stacks"
        self.real = handwriting is not None
        self.rng = np.random.default_rng(seed)
        self.seed = seed
        self.profile: Profile = sample_organisation(self.rng)
        hands: Hands = UnipenHands(handwriting, split) if handwriting else FontHands()
        self._scratch = tempfile.TemporaryDirectory()
        printer = printed_cards(self.profile, Path(self._scratch.name), self.rng)
        self.desk = Desk(printer, hands, self.profile, self.rng)

    def __enter__(self) -> "_Folder":
        self.stacks.mkdir(parents=True, exist_ok=True)
        write_profile(self.profile, self.out / "organisation")
        return self

    def __exit__(self, *_: object) -> None:
        self._scratch.cleanup()

    def finish(self, pages: list[dict[str, Any]]) -> dict[str, Any]:
        """Writes `expected.json` and the attribution."""
        expected = {"seed": self.seed, "organisation": self.profile.organisation.code, "pages": pages}
        lines = json.dumps(expected, ensure_ascii=False, indent=1)
        (self.out / "expected.json").write_text(lines + "\n", encoding="utf-8")
        hands = sorted({card["hand"] for page in pages for card in page["cards"]})
        text = REAL_HANDS if self.real else FONT_HANDS
        (self.out / "ATTRIBUTION.md").write_text(text.format(hands=", ".join(hands)), encoding="utf-8")
        return expected


def _feeder_pdf(folder: _Folder, cards: int) -> list[dict[str, Any]]:
    """Grey, 300 dpi: sheets nobody cut, cards, a folded one, one left empty; a blank page and a letter between."""
    desk, rng = folder.desk, folder.rng
    number = max(4, cards - cards // 4 - 1 - 2 * (cards // 10) - max(1, cards // 20))
    uncut = max(1, number // 8)
    pages = [scanned(desk.sheet(), CONDITIONS["grey300"], rng) for _ in range(uncut)]
    pages += [scanned(desk.card(), CONDITIONS["grey300"], rng) for _ in range(number - 2 * uncut - 2)]
    pages.append(scanned(desk.card(), CONDITIONS["worn"], rng))
    pages.append(scanned(desk.unfilled(), CONDITIONS["grey300"], rng))
    pages.append(scanned(Piece(blank_sheet(148.0, 210.0), outcome="blank"), CONDITIONS["grey300"], rng))
    pages.append(scanned(Piece(letter_sheet(), outcome="foreign"), CONDITIONS["grey300"], rng))
    pages = [pages[int(n)] for n in rng.permutation(len(pages))]
    expected = _in_files(pages, folder.stacks, "feeder-grey", ".pdf")
    whole = folder.stacks / expected[0]["file"]
    write_torn(whole, folder.stacks / "torn.pdf", 0.02)
    return [*expected, {"file": "torn.pdf", "page": 0, "outcome": "unreadable", "cards": []}]


def _feeder_tiff(folder: _Folder, cards: int) -> list[dict[str, Any]]:
    """Black and white; the last page is a photocopied blank of another with other writing."""
    desk, rng, condition = folder.desk, folder.rng, CONDITIONS["bilevel300"]
    first, copy = desk.with_photocopy()
    pieces = [first, *(desk.card() for _ in range(max(1, cards) - 1)), copy]
    return _in_files([scanned(piece, condition, rng) for piece in pieces], folder.stacks, "feeder-bilevel", ".tif")


def _glass(folder: _Folder, pairs: int) -> list[dict[str, Any]]:
    desk, rng = folder.desk, folder.rng
    pages = [scanned([desk.card(), desk.card()], CONDITIONS["cut"], rng) for _ in range(max(1, pairs))]
    return _in_files(pages, folder.stacks, "glass", ".jpg")


def _photographs(folder: _Folder, cards: int) -> list[dict[str, Any]]:
    pages = [scanned(folder.desk.card(), CONDITIONS["phone"], folder.rng) for _ in range(cards)]
    return _in_files(pages, folder.stacks, "photograph", ".jpg")


def _condition(folder: _Folder, condition: Condition, cards: int) -> Iterator[dict[str, Any]]:
    """Stack after stack under one condition, never more in memory than one."""
    ending = ENDINGS.get(condition.mode) or ENDINGS.get(condition.way) or ".pdf"
    per_page = 2 if condition.way == "glass" else 1
    per_file = 1 if ending == ".jpg" else LARGEST_STACK
    pages_left, number = -(-cards // per_page), 0
    while pages_left:
        number += 1
        count = min(per_file, pages_left)
        pages = []
        for _ in range(count):
            pages.append(scanned([folder.desk.card() for _ in range(per_page)], condition, folder.rng))
        yield from write_stack(pages, folder.stacks / f"{condition.name}-{number:04d}{ending}", QUALITY)
        pages_left -= count


def _in_files(pages: Sequence[ScannedPage], folder: Path, name: str, ending: str) -> list[dict[str, Any]]:
    """One file, or several when there are too many pages for one (or, for pictures, more than one)."""
    size = 1 if ending == ".jpg" else LARGEST_STACK
    groups = [pages[start : start + size] for start in range(0, len(pages), size)]
    expected = []
    for number, group in enumerate(groups, start=1):
        path = folder / (f"{name}-{number}{ending}" if len(groups) > 1 else name + ending)
        expected += write_stack(group, path, QUALITY)
    return expected


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.simulate", description=__doc__.split("\n")[0])
    parser.add_argument("--handwriting", type=Path, metavar="DIR", help="folder that holds unipen/ (default: fonts)")
    parser.add_argument("--out", type=Path, default=Path("samples"), help="where to write (default: samples)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same cards (default: 1)")
    parser.add_argument("--cards", type=int, default=CARDS, help=f"about how many cards (default: {CARDS})")
    parser.add_argument(
        "--conditions",
        help=f"comma-separated: so many cards under each of these alone, for measuring ({', '.join(CONDITIONS)})",
    )
    parser.add_argument(
        "--split",
        default="validation",
        choices=["train", "validation", "test", "all"],
        help="with --conditions: which writers (default: validation)",
    )
    given = parser.parse_args(arguments)
    if given.conditions:
        names = [name.strip() for name in given.conditions.split(",")]
        unknown = [name for name in names if name not in CONDITIONS]
        if unknown:
            parser.error(f"unknown condition {', '.join(unknown)}; there are {', '.join(CONDITIONS)}")
        expected = build_measurement(given.out, given.handwriting, given.seed, given.cards, names, given.split)
    else:
        expected = build_samples(given.out, given.handwriting, given.seed, given.cards)
    pages = expected["pages"]
    count = sum(len(page["cards"]) for page in pages)
    sys.stdout.write(f"{count} cards on {len(pages)} pages in {given.out / 'stacks'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
