"""Take in: from the files and folders that were given to pages, each with its bytes or the reason why there
are none.

Bad input is never an exception here: every page of every file gives one `Page`, and a file that can't be
opened gives one with the number 0. A file's kind is told by how its content begins, not by the ending of its
name.

- JPEG and PNG are kept byte for byte.
- Every frame of a TIFF is kept as PNG (`tiff_pages`).
- The pages of a PDF are taken out as they are when they are scans, and drawn otherwise (`pdf_pages`).
"""

import hashlib
import os
import re
import stat
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

from pipeline.decode import JPEG_START, PNG_START, DecodeError, check, read_header
from pipeline.pdf_pages import pdf_pages
from pipeline.pictures import CannotOpenError, TakenPage
from pipeline.records import Page
from pipeline.tiff_pages import tiff_pages

MAX_PICTURE_BYTES = 500_000_000
"""A colour picture of `decode.MAX_PIXELS` without any compression. A larger JPEG or PNG file isn't read at all."""
MAX_HASHED_BYTES = 2_000_000_000
"""A file that can't be opened is still told by its hash, unless that would take long: this takes some seconds."""

_IGNORED = frozenset(
    {"thumbs.db", "ehthumbs.db", "desktop.ini", "__macosx", "$recycle.bin", "system volume information"}
)
"""What Windows and macOS leave in folders, beside hidden files."""
_HEAD_BYTES = 1024
"""A PDF may begin with other bytes; readers look this far for its sign."""
_CHUNK_BYTES = 1 << 20
_DIGITS = re.compile(r"(\d+)")

_TIFF_STARTS = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
_SUFFIXES = (
    (b"%PDF-", ".pdf"),
    (JPEG_START, ".jpg"),
    (PNG_START, ".png"),
    *((start, ".tif") for start in _TIFF_STARTS),
)
_OTHERS = (
    (re.compile(rb"PK\x03\x04"), "a ZIP archive or an Office document. Unpack it, or save it as PDF"),
    (re.compile(rb"....ftyp(hei|hev|mif|msf)", re.DOTALL), "an iPhone's HEIC photograph. Save it as JPEG"),
    (re.compile(rb"....ftyp", re.DOTALL), "a video. Take a photograph instead"),
    (re.compile(rb"GIF8"), "a GIF picture. Save it as PNG"),
    (re.compile(rb"BM.{4}\x00{4}", re.DOTALL), "a BMP picture. Save it as PNG"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "a WebP picture. Save it as PNG or JPEG"),
    (re.compile(rb"\xd0\xcf\x11\xe0"), "an old Office document. Save it as PDF"),
    (
        re.compile(rb"\x00+$"),
        "empty space: it begins with zeros only, as after an interrupted copy. Copy it again",
    ),
)


@dataclass(frozen=True, slots=True)
class ScanFile:
    """A file to be taken in."""

    path: Path
    name: str
    """Relative to the path that was given, with `/` between folders; a file given by itself has its own name only."""


def find_files(paths: Sequence[Path]) -> list[ScanFile]:
    """Return the files that were given and those in the folders that were given, the latter in natural order.

    Hidden files and what operating systems leave in folders are passed over; any other file is returned,
    whatever it is. What isn't there or may not be opened is returned too, for `take_in` to say so. A file is
    returned once.
    """
    found: dict[str, ScanFile] = {}
    for given in paths:
        for path in _files_in(given) if _is_folder(given) else [given]:
            inside = path != given
            name = path.relative_to(given).as_posix() if inside else path.name or str(path)
            found.setdefault(os.path.abspath(path), ScanFile(path, _printable(name)))  # noqa: PTH100 links stay
    return list(found.values())


def take_in(file: ScanFile, skip: Set[int] = frozenset()) -> Iterator[Page]:
    """Yield every page of a file in order, one at a time, without the numbers in `skip`.

    A page without a `reason` can be decoded. A page with one may have `data` all the same: what there is of
    its picture.
    """
    last = 0
    try:
        for taken in _pages(file.path, skip):
            last = taken.number
            yield _page(file, taken)
    except CannotOpenError as error:
        if 0 not in skip:
            yield Page(file.name, 0, sha256=_hash_of_file(file.path), reason=str(error))
    except OSError as error:
        number = last + 1 if last else 0
        if number not in skip:
            yield Page(file.name, number, reason=_what_the_system_says(error))


def is_passed_over(name: str) -> bool:
    """Whether a file or folder of that name in a folder is none of the scans: hidden, or left there by the system."""
    return name.startswith(".") or name.lower() in _IGNORED


def suffix_of(head: bytes) -> str:
    """Return the suffix of a scan that begins so, by nothing but its first bytes; empty when it is no scan."""
    return next((suffix for start, suffix in _SUFFIXES if head.startswith(start)), "")


def natural_order(path: Path) -> tuple[tuple[tuple[tuple[int, int, str], ...], ...], str]:
    """Return a sort key by which page2 comes before page10."""
    parts = (
        tuple(
            (0, int(piece), "") if piece.isdecimal() else (1, 0, piece.casefold())
            for piece in _DIGITS.split(part)
            if piece
        )
        for part in path.parts
    )
    return tuple(parts), str(path)


def what_it_is(head: bytes) -> str:
    """Say what a file is that begins so, when it is no scan, and what to do about it."""
    for start, what in _OTHERS:
        if start.match(head):
            return f"The file is not a PDF, TIFF, JPEG or PNG but {what}."
    return "The file is not a PDF, TIFF, JPEG or PNG. If it is a scan, save it as one of these."


def _files_in(folder: Path) -> list[Path]:
    """Return all files in a folder and the folders in it, in natural order; each real folder once, so links end."""
    files: list[Path] = []
    seen: set[tuple[int, int]] = set()
    waiting = [folder]
    while waiting:
        here = waiting.pop()
        try:
            status = here.stat()
            if (status.st_dev, status.st_ino) in seen:
                continue
            seen.add((status.st_dev, status.st_ino))
            inside = sorted(here.iterdir(), key=natural_order)
        except OSError:
            files.append(here)
            continue
        wanted = [path for path in inside if not is_passed_over(path.name)]
        waiting += reversed([path for path in wanted if _is_folder(path)])
        files += [path for path in wanted if not _is_folder(path)]
    return sorted(files, key=natural_order)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def _printable(name: str) -> str:
    """Return a file's name with bytes that are no UTF-8 written out, for it goes into databases and JSON."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _pages(path: Path, skip: Set[int]) -> Iterator[TakenPage]:
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        next(path.iterdir(), None)
        raise CannotOpenError("This is a folder. Give it to `read` by itself, and the files in it are read.")
    if not stat.S_ISREG(status.st_mode):
        raise CannotOpenError("This is a device or a connection, not a file.")
    if status.st_size == 0:
        raise CannotOpenError("The file is empty (0 bytes). Copy it again, or scan it again.")
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    if head.startswith((JPEG_START, PNG_START)):
        if 1 not in skip:
            yield _picture(path, status.st_size)
    elif head.startswith(_TIFF_STARTS):
        yield from tiff_pages(path, skip)
    elif b"%PDF-" in head:
        yield from pdf_pages(path, skip)
    else:
        raise CannotOpenError(what_it_is(head))


def _picture(path: Path, size: int) -> TakenPage:
    """Return the one page of a JPEG or PNG file; a damaged one with its bytes and the reason."""
    if size > MAX_PICTURE_BYTES:
        raise CannotOpenError(f"The picture has {size:,} bytes, far more than a scanned page. Scan it at 300 dpi.")
    data = path.read_bytes()
    reason = ""
    try:
        is_jpeg = read_header(data).is_jpeg
    except DecodeError as error:
        raise CannotOpenError(str(error)) from error
    try:
        check(data)
    except DecodeError as error:
        reason = str(error)
    return TakenPage(1, data, ".jpg" if is_jpeg else ".png", reason)


def _page(file: ScanFile, taken: TakenPage) -> Page:
    sha256 = hashlib.sha256(taken.data).hexdigest() if taken.data else ""
    return Page(file.name, taken.number, taken.data, sha256, taken.suffix, taken.reason)


def _hash_of_file(path: Path) -> str:
    """Return the hash of a file's bytes; nothing when it is too large or can't be read."""
    digest = hashlib.sha256()
    try:
        if not path.is_file() or path.stat().st_size > MAX_HASHED_BYTES:
            return ""
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK_BYTES):
                digest.update(chunk)
    except OSError:
        return ""
    return digest.hexdigest()


def _what_the_system_says(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "There is no such file; perhaps it was moved or renamed. Look where it is now, and read it from there."
    if isinstance(error, PermissionError):
        return "You may not open this. Ask whoever owns it for permission to read it."
    return (
        f"It could not be read from its disk ({error.strerror or error}). Copy it to this computer, and read it again."
    )
