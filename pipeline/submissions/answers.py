"""Takes the answers of a choice apart and tells what each means: as a mapping says, else by its wording."""

import re
from collections.abc import Mapping
from functools import lru_cache

from pipeline.submissions.choices import CONSENTS, TYPES, Meaning, consent, nominator_type

_VALUES = frozenset((*CONSENTS, *TYPES))


def answers_in(cell: str, known: Mapping[str, str]) -> list[str]:
    """Return the answers that one cell holds.

    They are joined with `;` (Microsoft), line breaks, `, ` (Google) or, where they are the card's own values, blanks
    (ODK, Kobo). An answer may hold `, ` itself: by that it is parted only into answers that are `known`.
    """
    if not cell or cell in known:
        return [cell] if cell else []
    pieces = [piece for piece in (piece.strip() for piece in re.split(r"[;\n|]", cell)) if piece]
    if len(pieces) == 1 and (words := pieces[0].casefold().split()) and _VALUES.issuperset(words):
        return words
    return [answer for piece in pieces for answer in _known_parts(piece, known)]


def _known_parts(piece: str, known: Mapping[str, str]) -> list[str]:
    """Part at `, ` what is known, longest first; what is not stays together."""
    parts = piece.split(", ")
    if piece in known or len(parts) == 1 or not known:
        return [piece]
    found: list[str] = []
    unknown: list[str] = []
    start = 0
    while start < len(parts):
        ends = (end for end in range(len(parts), start, -1) if ", ".join(parts[start:end]) in known)
        end = next(ends, start)
        if end == start:
            unknown.append(parts[start])
            start += 1
            continue
        found += [", ".join(unknown)] if unknown else []
        found.append(", ".join(parts[start:end]))
        unknown, start = [], end
    return [*found, ", ".join(unknown)] if unknown else found


def meaning_of(name: str, column: str, answer: str, known: Mapping[str, str]) -> Meaning:
    """Return the values of a choice that an answer means.

    `name`: the field, `nominator_type` or `consent`. `column`: the question, which tells what a plain yes means.
    """
    if answer in known:
        return Meaning(tuple(value.strip() for value in known[answer].split(";") if value.strip()))
    return _worded(name, column if name == "consent" else "", answer)


@lru_cache(maxsize=4096)
def _worded(name: str, question: str, answer: str) -> Meaning:
    if name == "consent":
        return consent(answer, question)
    value = nominator_type(answer)
    return Meaning((value,)) if value else Meaning((), understood=False)
