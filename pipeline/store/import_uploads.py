"""Keeps a file that somebody uploads for importing, until they confirm it or a day has passed."""

import json
import re
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path, PurePosixPath

from django.utils import timezone

from forms.errors import CompassionError, ConfigurationError, NothingReadError, UsageError
from pipeline.store.importing import sha256_of
from pipeline.store.setup import store_home
from pipeline.store.storable import storable
from pipeline.submissions.packed_rows import Limits
from pipeline.submissions.records import Table
from pipeline.submissions.tables import read_table, sheets_of
from pipeline.submissions.workbooks import OLE, ZIP, unpacked_bytes

LARGEST_BYTES = 50 * 1024 * 1024
KEPT_FOR = timedelta(days=1)
SUFFIXES = (".xlsx", ".csv", ".tsv", ".txt", ".json")
_LARGEST_UNPACKED = 400 * 1024 * 1024
"""Of a workbook; exports unpack to about ten times their size, and the largest file may be 50 MB."""
_LIMITS = Limits(columns=500, cells=10_000_000)
"""Of a table that a page works on; the command takes more."""
_LONGEST_NAME = 150
_TOKEN = re.compile(r"[0-9a-f]{32}")
_TOLD = "upload.json"
_MARKUP = re.compile(rb"\s*<(?:!|\?|[a-z])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that waits to be imported."""

    token: str
    """Made by chance; its folder's name. Nothing that a person said is part of a path."""
    organisation: str
    by: str
    name: str
    """The file's name, as the person has it."""
    suffix: str
    sha256: str
    bytes: int
    at: str
    """ISO."""

    @property
    def path(self) -> Path:
        """Where it lies."""
        return _folder() / self.token / f"export{self.suffix}"

    @property
    def readings(self) -> bool:
        """Whether another site's readings are in it, instead of a table."""
        return self.suffix == ".json"


def keep_upload(organisation: str, by: str, name: str, chunks: Iterable[bytes]) -> Upload:
    """Keep what is uploaded. Raises UsageError or NothingReadError for what can't be an export of a form."""
    remove_old_uploads()
    name = plain_name(name)
    suffix = PurePosixPath(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise UsageError(
            f"'{name}' can't be imported: its name must end in .xlsx or .csv, or in .json for another site's readings."
        )
    token = secrets.token_hex(16)
    folder = _folder() / token
    folder.mkdir(parents=True, mode=0o700)
    try:
        path = folder / f"export{suffix}"
        size = _write(path, name, chunks)
        with naming(path, name):
            _check(path)
        upload = Upload(token, organisation, by, name, suffix, sha256_of(path), size, timezone.now().isoformat())
        # Written last: without it, there is no upload.
        (folder / _TOLD).write_text(json.dumps(asdict(upload)), encoding="utf-8")
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return upload


def find_upload(organisation: str, token: str) -> Upload | None:
    """Return an upload of an organisation; None when there is none, as after a day."""
    if not _TOKEN.fullmatch(token):
        return None
    try:
        told = json.loads((_folder() / token / _TOLD).read_text(encoding="utf-8"))
    except OSError:
        return None
    upload = Upload(**told)
    fresh = timezone.now() - datetime.fromisoformat(upload.at) < KEPT_FOR
    return upload if upload.organisation == organisation and fresh else None


def discard_upload(upload: Upload) -> None:
    """Let go of an upload, which has been imported or isn't wanted."""
    shutil.rmtree(_folder() / upload.token, ignore_errors=True)


def remove_old_uploads() -> int:
    """Remove what nobody confirmed for a day; return how many."""
    limit = timezone.now().timestamp() - KEPT_FOR.total_seconds()
    old = [folder for folder in _folder().glob("*") if folder.stat().st_mtime < limit]
    for folder in old:
        shutil.rmtree(folder, ignore_errors=True)
    return len(old)


def uploaded_table(upload: Upload, sheet: str = "") -> Table:
    """Return the table in an upload. Raises NothingReadError or UsageError, which call it by the person's name."""
    with naming(upload.path, upload.name):
        return _table(upload.path, upload.name, sheet)


def uploaded_sheets(upload: Upload) -> tuple[str, ...]:
    """Return the sheets of an uploaded workbook that may be read; none for a text file."""
    with naming(upload.path, upload.name):
        return sheets_of(upload.path)


@lru_cache(maxsize=2)
def _table(path: Path, name: str, sheet: str) -> Table:
    # Kept for the next page of the same upload: a large workbook takes seconds. Its path never means another file.
    from dataclasses import replace

    return replace(read_table(path, sheet, _LIMITS), file=name)


@contextmanager
def naming(path: Path, name: str) -> Iterator[None]:
    """Let messages call a file by the person's name instead of saying where it lies."""
    try:
        yield
    except ConfigurationError:
        raise
    except CompassionError as error:
        told = str(error).replace(str(path), name).replace(f"'{path.name}'", f"'{name}'")
        raise type(error)(told) from error


def plain_name(name: str) -> str:
    """Return a file's name without folders and signs that are no characters, no longer than can be kept."""
    last = re.split(r"[/\\]", storable(name))[-1]
    plain = " ".join("".join(sign for sign in last if sign.isprintable()).split())
    stem, dot, suffix = plain.rpartition(".")
    return f"{stem[: _LONGEST_NAME - len(suffix) - 1]}{dot}{suffix}" if len(plain) > _LONGEST_NAME else plain


def _folder() -> Path:
    return store_home() / "uploads" / "imports"


def _write(path: Path, name: str, chunks: Iterable[bytes]) -> int:
    size = 0
    with path.open("xb") as file:
        for chunk in chunks:
            size += len(chunk)
            if size > LARGEST_BYTES:
                raise UsageError(
                    f"'{name}' is larger than {LARGEST_BYTES >> 20} MB. Export it in parts, or use the command "
                    "'compassion import', which takes more."
                )
            file.write(chunk)
    return size


def _check(path: Path) -> None:
    """Look at a file before anything is made of it."""
    with path.open("rb") as file:
        start = file.read(512)
    if not start:
        raise NothingReadError(f"'{path}' is empty. Export it again.")
    if _MARKUP.match(start.removeprefix(b"\xef\xbb\xbf")):
        raise NothingReadError(f"'{path}' is a web page or XML, whatever its name says. Export it as .xlsx or .csv.")
    if path.suffix == ".json":
        if not start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"["):
            raise NothingReadError(
                f"'{path}' is no file of readings; 'compassion export --readings' writes such a one."
            )
    elif start.startswith(ZIP) and unpacked_bytes(path) > _LARGEST_UNPACKED:
        raise NothingReadError(
            f"'{path}' would unpack to more than {_LARGEST_UNPACKED >> 20} MB; it was not opened. Export it as .csv."
        )
    elif path.suffix == ".xlsx" and not start.startswith((ZIP, OLE)):
        raise NothingReadError(f"'{path}' is no workbook, whatever its name says. Export it again as .xlsx or .csv.")
