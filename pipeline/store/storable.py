"""Text as every database takes it."""


def storable(text: str) -> str:
    """Return text that every database takes: file names may hold bytes that are no characters, files half ones."""
    try:
        data = text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        data = text.encode("utf-8", "surrogatepass")
    return data.decode("utf-8", "replace").replace("\x00", "\ufffd")
