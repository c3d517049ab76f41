"""Names as they are compared: capitals without accents or titles, short forms led back to what they stand for."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from pipeline.lists import nicknames, plain_capitals

_TITLES = frozenset(
    (
        "MR", "MRS", "MS", "MISS", "MX", "DR", "DOCTOR", "PROF", "PROFESSOR", "REV", "REVD", "REVEREND", "FR", "SIR",
        "DAME", "LADY", "LORD", "SISTER", "SR", "MATRON", "NURSE", "STAFF", "CHARGE", "CONSULTANT", "MIDWIFE",
    )
)  # fmt: skip
_PART = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name in parts. Double-barrelled names are two words each."""

    firsts: tuple[str, ...]
    lasts: tuple[str, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """All its words, in alphabetical order, so that swapped names are alike."""
        return tuple(sorted((*self.firsts, *self.lasts)))

    @property
    def text(self) -> str:
        """Its words in a row, first names first."""
        return " ".join((*self.firsts, *self.lasts))

    def __bool__(self) -> bool:
        return bool(self.firsts or self.lasts)


NOBODY = PersonName((), ())


@lru_cache(maxsize=100_000)
def person_name(first: str, last: str) -> PersonName:
    """Take a name apart as its two boxes say; one that stands in one box alone is split before its last word."""
    firsts, lasts = _words(first), _words(last)
    if not lasts and len(firsts) > 1:
        firsts, lasts = firsts[:-1], firsts[-1:]
    elif not firsts and len(lasts) > 1:
        firsts, lasts = lasts[:-1], lasts[-1:]
    return PersonName(_parts(firsts), _parts(lasts))


@lru_cache(maxsize=100_000)
def one_box_name(text: str) -> PersonName:
    """Take a whole name apart. A single word is a first name, or, after a title, a last name."""
    words = _words(text)
    if len(words) != 1:
        return person_name("", text)
    titled = any(word.strip(".,") in _TITLES for word in plain_capitals(text).split())
    return PersonName((), _parts(words)) if titled else PersonName(_parts(words), ())


def _words(text: str) -> list[str]:
    """Return the words between blanks, without titles."""
    words = [word for word in plain_capitals(text).replace("'", "").split() if _PART.search(word)]
    return [word for word in words if word.strip(".,") not in _TITLES]


def _parts(words: Iterable[str]) -> tuple[str, ...]:
    """Return words with those of double names apart."""
    return tuple(part for word in words for part in _PART.findall(word))


@cache
def _meanings() -> dict[str, frozenset[str]]:
    """Names by every way they are shortened or spelled: SUE may be SUSAN or SUZANNE."""
    told = tomllib.loads(resources.files("pipeline.merge").joinpath("first_names.toml").read_text(encoding="utf-8"))
    found: dict[str, set[str]] = {}
    for lists in (nicknames(), told["short"], told["spelled"]):
        for name, forms in lists.items():
            for form in forms:
                found.setdefault(form, set()).add(name)
    # What is short for one spelling is short for the others.
    for forms in list(found.values()):
        forms.update(*(found[name] for name in list(forms) if name in found))
    return {form: frozenset(names) for form, names in found.items()}


@lru_cache(maxsize=20_000)
def first_name_meanings(word: str) -> frozenset[str]:
    """Return a first name with every name that it may stand for: two that share one may be one person's."""
    return _meanings().get(word, frozenset()) | {word}


def meanings(words: Iterable[str]) -> frozenset[str]:
    """Return what any of some first names may stand for."""
    return frozenset().union(*(first_name_meanings(word) for word in words))


@lru_cache(maxsize=20_000)
def misread_keys(word: str) -> tuple[str, ...]:
    """Return keys of which two words share one when they differ by one letter, or by two swapped neighbours."""
    if len(word) < 4:
        return (word,)
    return tuple(sorted({word, *(word[:n] + word[n + 1 :] for n in range(len(word)))}))
