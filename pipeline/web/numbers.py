"""Numbers that browsers send: a page's, a row's, a place in a list."""

import re

LARGEST = 10**18 - 1
"""No id is larger, and every database can look it up."""
_NUMBER = re.compile("[0-9]{1,18}")


def number(text: str, otherwise: int = 0) -> int:
    """Return the number that a text is; something else when it is none, or one of more digits than any id has."""
    # Not `int` alone: it raises ValueError beyond some thousand digits, and databases give up far before.
    return int(text) if _NUMBER.fullmatch(text) else otherwise
