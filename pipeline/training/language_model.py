"""`python -m pipeline.training.language_model`: makes the line reader's language model (`pipeline.engines.language`).

    python -m pipeline.training.language_model --scowl DIR --wordnet DIR --out pipeline/models/english.npz

`--scowl` is a folder with SCOWL's final lists (`english-words.10` …), as Debian's package `scowl` has them; `--wordnet`
one with `data.noun` and its like (`wordnet-base`). Our own texts and words are in `english/` beside this file. Sources
and licences: `pipeline/models/README.md`. `--symspell`, a folder with the frequency lists of the package `symspellpy`,
is for comparison: what we ship is made without.

The file is a numpy archive without pickles. Logarithms of probabilities are bytes, in steps of a tenth, negated.
  words         letters of all words, sorted, with line breaks between them (what follows an apostrophe is a word: `'s`)
  single        (words,) how likely each is
  pair_gaps     differences of the sorted numbers (word before) * (words + 3) + (word)
  pair_chances  how likely the word is after that one; the numbers after the last word are the start of a sentence,
                a number, and any word that isn't listed
  signs         (START + 1, OTHER + 1) what stands next, given what stood last
  spellings     (27, 27, 27, 27) a letter (or the word's end) given the three before
"""

import argparse
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.engines import language
from pipeline.engines.language import EDGE, LETTERS, SIGNS, STEP, LanguageModel, plain_letter, words_of

SCOWL_SIZES = (10, 20, 35, 40, 50, 55, 60, 70)
SCOWL_CHANCES = {10: 3e-6, 20: 1e-6, 35: 3e-7, 40: 1e-7, 50: 5e-8, 55: 3e-8, 60: 2e-8, 70: 1e-8}
"""How likely a word of no count is at least, by how common SCOWL says it is."""
NAME_SIZES = (35, 40, 50)
NAME_CHANCE = 1e-7
OWN_WORD_CHANCE = 2e-6
"""For what is listed in `words.txt` and `parse/names.txt`: wards, jobs, treatments, places, names."""
AMERICAN_SHARE = 0.1
"""American spellings are known, but at a tenth of their count: the counts are mostly American."""
SHARES = {"web": 0.45, "wordnet": 0.1, "own": 0.45}
"""How much each source's counts of single words weigh."""
OWN_TIMES = 3.0
"""How often a pair of words in our own texts counts."""
TOKEN = re.compile(r"(?<=[a-z])'[a-z]+|[a-z]+|[0-9]+|[^a-z0-9\s]")


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the texts and lists are."""

    scowl: Path
    wordnet: Path
    symspell: Path | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """Words and pairs of words counted in one source. `""` stands for the start of a sentence, `0` for a number."""

    single: Counter[str]
    pairs: Counter[tuple[str, str]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the model file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--scowl", type=Path, required=True)
    parser.add_argument("--wordnet", type=Path, required=True)
    parser.add_argument("--symspell", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args(arguments)
    tables = build(Sources(given.scowl, given.wordnet, given.symspell))
    with given.out.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **tables)
    print(f"{tables['single'].size} words, {tables['pair_gaps'].size} pairs, {given.out.stat().st_size} bytes")
    return 0


def build(sources: Sources) -> dict[str, NDArray[np.generic]]:
    """Return the model's arrays, by name."""
    own_text = list(_own_sentences())
    counted = {
        "wordnet": count(tokens(sentence) for sentence in wordnet_sentences(sources.wordnet)),
        "own": count(tokens(sentence) for sentence in own_text),
    }
    if sources.symspell:
        counted["web"] = symspell_counts(sources.symspell)
    chances = single_chances(sources, counted)
    words = sorted(chances)
    single = np.array([chances[word] for word in words])
    single /= single.sum()
    keys, pair_chances = pairs_of(words, single, counted)
    texts = [*own_text * 5, *wordnet_sentences(sources.wordnet)]
    return {
        "words": np.frombuffer("\n".join(words).encode("ascii"), dtype=np.uint8),
        "single": in_bytes(single),
        "pair_gaps": np.diff(keys, prepend=0).astype(np.uint32 if np.diff(keys).max() < 2**32 else np.uint64),
        "pair_chances": in_bytes(pair_chances),
        "signs": in_bytes(sign_table(texts)),
        "spellings": in_bytes(spelling_table(words, single)),
    }


def in_bytes(chances: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Return probabilities as negated logarithms in steps of `STEP`."""
    logs = -np.log(np.maximum(chances, 1e-30)) / STEP
    return np.clip(np.round(logs), 0, 255).astype(np.uint8)


def tokens(text: str) -> list[str]:
    """Return the words, numbers (as `0`) and signs of a text, without case and accents."""
    plain = "".join(map(plain_letter, text.replace("’", "'")))
    return ["0" if token[0].isdigit() else token for token in TOKEN.findall(plain)]


def count(sentences: Iterable[list[str]]) -> Counts:
    """Count words and pairs. Signs inside a sentence don't part a pair; the end of a sentence does."""
    single: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for sentence in sentences:
        words = [""]
        for part in sentence:
            if part in ".!?":
                words.append("")
            elif part[-1].isalnum():
                words.append(part)
        single.update(word for word in words if word)
        pairs.update((a, b) for a, b in pairwise(words) if b and b != "0")
    return Counts(single, pairs)


def wordnet_sentences(folder: Path) -> Iterator[str]:
    """Yield the examples of WordNet's glosses, which are whole sentences or parts of one, then the definitions."""
    for name in ("noun", "verb", "adj", "adv"):
        for line in (folder / f"data.{name}").read_text(encoding="utf-8").splitlines():
            if line.startswith("  ") or "|" not in line:
                continue
            gloss = line.split("|", 1)[1]
            yield from re.findall(r'"([^"]+)"', gloss)
            yield re.sub(r'"[^"]*"', " ", gloss).strip(" ;")


def _own_sentences() -> Iterator[str]:
    folder = resources.files("pipeline.training").joinpath("english")
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".txt") and file.name != "words.txt":
            yield from (line for line in file.read_text(encoding="utf-8").splitlines() if line and line[0] != "#")


def symspell_counts(folder: Path) -> Counts:
    """Return the counts that symspellpy ships."""
    single: Counter[str] = Counter()
    for line in (folder / "frequency_dictionary_en_82_765.txt").read_text(encoding="utf-8-sig").splitlines():
        word, times = line.split()
        # What has an apostrophe there was given a made-up count.
        if word.isalpha() and word.isascii():
            single[word] += int(times)
    pairs: Counter[tuple[str, str]] = Counter()
    for line in (folder / "frequency_bigramdictionary_en_243_342.txt").read_text(encoding="utf-8-sig").splitlines():
        first, second, times = line.split()
        if first in single and second in single:
            pairs[first, second] += int(times)
    return Counts(single, pairs)


def single_chances(sources: Sources, counted: dict[str, Counts]) -> dict[str, float]:
    """Return how likely each word is, on its own; every word that any list knows is there."""
    chances: dict[str, float] = {}
    for size in SCOWL_SIZES:
        for word in _scowl(sources.scowl, ("english", "british", "british_z"), "words", size):
            chances.setdefault(word, SCOWL_CHANCES[size])
        for word in _scowl(sources.scowl, ("english", "british"), "contractions", size):
            chances.setdefault(word, SCOWL_CHANCES[size])
    for size in NAME_SIZES:
        for kind in ("proper-names", "upper"):
            for word in _scowl(sources.scowl, ("english", "british"), kind, size):
                chances.setdefault(word, NAME_CHANCE)
    listed = resources.files("pipeline.training").joinpath("english", "words.txt").read_text(encoding="utf-8")
    listed += resources.files("pipeline.parse").joinpath("names.txt").read_text(encoding="utf-8")
    for word in words_of(listed):
        chances[word] = max(OWN_WORD_CHANCE, chances.get(word, 0.0))
    american = {word for size in SCOWL_SIZES for word in _scowl(sources.scowl, ("american",), "words", size)}
    american -= chances.keys()
    weights = {name: share for name, share in SHARES.items() if name in counted}
    for name, share in weights.items():
        known = {word: times for word, times in counted[name].single.items() if word[-1].isalpha()}
        total = sum(known.values())
        for word, times in known.items():
            if name == "wordnet" and times < 2 and word not in chances:
                continue
            part = share / sum(weights.values()) * times / total
            chances[word] = chances.get(word, 0.0) + part * (AMERICAN_SHARE if word in american else 1.0)
    return chances


def _scowl(folder: Path, spellings: Sequence[str], kind: str, size: int) -> Iterator[str]:
    for spelling in spellings:
        path = folder / f"{spelling}-{kind}.{size}"
        if path.is_file():
            for line in path.read_text(encoding="latin-1").splitlines():
                # With their `'s` words are two of ours, of which the second is known.
                if not line.endswith("'s") or kind == "contractions":
                    yield from words_of(line)


def pairs_of(
    words: list[str], single: NDArray[np.float64], counted: dict[str, Counts]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the sorted keys of all pairs kept, and how likely their second word is after the first.

    The counts of the web are taken as they are, the rest goes to single words; what WordNet and then our own texts say
    is laid over that, each weighed by how many words it has seen there (Witten and Bell, 1991).
    """
    numbers = {word: number for number, word in enumerate(words)} | {"": len(words), "0": len(words) + 1}
    size = len(words) + 3
    chances: dict[int, float] = {}
    if "web" in counted:
        web = counted["web"]
        for (first, second), times in web.pairs.items():
            chances[numbers[first] * size + numbers[second]] = min(0.9, times / web.single[first])
    known = np.zeros(size)
    usual = np.zeros(size)
    for key, chance in chances.items():
        known[key // size] += chance
        usual[key // size] += single[key % size]
    rest = np.maximum(1 - known, 0.05) / np.maximum(1 - usual, 0.05)
    for name, weight, least in (("wordnet", 1.0, 2), ("own", OWN_TIMES, 1)):
        chances, rest = _laid_over(chances, rest, single, counted[name], numbers, weight, least)
    keys = np.array(sorted(chances), dtype=np.int64)
    return keys, np.array([chances[key] for key in keys.tolist()])


def _laid_over(
    base: dict[int, float], rest: NDArray[np.float64], single: NDArray[np.float64], counts: Counts,
    numbers: dict[str, int], times: float, least: int,
) -> tuple[dict[int, float], NDArray[np.float64]]:  # fmt: skip
    """Interpolate the pairs of a source with those below it. `rest` is each word's factor on single probabilities."""
    size = len(numbers) + 1
    kept = {pair: n for pair, n in counts.pairs.items() if n >= least and pair[0] in numbers and pair[1] in numbers}
    seen, kinds = np.zeros(size), np.zeros(size)
    for (first, _), n in counts.pairs.items():
        if first in numbers:
            seen[numbers[first]] += n * times
            kinds[numbers[first]] += 1
    below = np.where(seen > 0, kinds / np.maximum(seen + kinds, 1e-9), 1.0)
    chances = {key: chance * float(below[key // size]) for key, chance in base.items()}
    for (first, second), n in kept.items():
        before, word = numbers[first], numbers[second]
        key = before * size + word
        under = chances.get(key, float(rest[before] * single[word] * below[before]))
        chances[key] = under + float((1 - below[before]) * n * times / seen[before])
    return chances, rest * below


def sign_table(texts: Iterable[str]) -> NDArray[np.float64]:
    """Return what stands next (a word, a digit, a sign), given what stood last, counted in texts."""
    table = np.full((language.START + 1, language.OTHER + 1), 0.02)
    table[:, language.OTHER] = 0.002
    for text in texts:
        last = language.START
        for part in re.findall(r"(?<=[a-z])'[a-z]+|[a-z]+|.", "".join(map(plain_letter, text)).replace("’", "'")):
            for piece in ("'", part[1:]) if part[0] == "'" and len(part) > 1 else (part,):
                column = language.WORD if piece[0] in LETTERS else LanguageModel.column(piece)
                table[last, column] += 1
                last = column
        table[last, SIGNS.index(" ")] += 1
    table[language.START] += 50 * table[SIGNS.index(" ")] / table[SIGNS.index(" ")].sum()
    table[language.DIGIT, language.DIGIT] += 100
    # A word is never followed by a word: a sign must stand between.
    table[language.WORD, language.WORD] = 1e-6
    result: NDArray[np.float64] = table / table.sum(axis=1, keepdims=True)
    return result


def spelling_table(words: list[str], single: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (27, 27, 27, 27): how likely a letter is after the three before, in words that nobody listed.

    Counted in the listed words, a common one for little more than a rare one: what is on no list is seldom like `the`.
    """
    counts = np.zeros((27, 27, 27, 27))
    for word, chance in zip(words, single.tolist(), strict=True):
        letters = [EDGE, EDGE, EDGE, *(LETTERS.find(letter) for letter in word if letter != "'"), EDGE]
        weight = 1.0 + max(0.0, np.log10(chance) + 7)
        for at in range(3, len(letters)):
            counts[letters[at - 3], letters[at - 2], letters[at - 1], letters[at]] += weight
    lower = np.full(27, 1 / 27)
    for axes in ((0, 1, 2), (0, 1), (0,), ()):
        some = counts.sum(axis=axes)
        total, kinds = some.sum(axis=-1, keepdims=True), (some > 0).sum(axis=-1, keepdims=True)
        lower = (some + kinds * lower) / np.maximum(total + kinds, 1e-9) + np.where(total > 0, 0.0, lower)
    return lower


if __name__ == "__main__":
    sys.exit(main())
