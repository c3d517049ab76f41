"""Text that is safe to open in a spreadsheet: what begins like a formula is kept from being run as one."""

_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_CONTROL = ("\t", "\r", "\n")


def defused(text: str) -> str:
    """Return `text`, with an apostrophe before it when a spreadsheet could take it for a formula (OWASP's
    advice)."""
    return f"'{text}" if _dangerous(text) else text


def undefused(text: str) -> str:
    """Take the apostrophe off again that `defused` put before a text."""
    return text[1:] if text.startswith("'") and _dangerous(text[1:]) else text


def _dangerous(text: str) -> bool:
    return text.startswith(_CONTROL) or text.lstrip().startswith(_FORMULA)
