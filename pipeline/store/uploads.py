"""Takes in files that people upload: into `uploads/` of the home, under names of our own, until they were read."""

import os
import shutil
import time
import unicodedata
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO

from django.db import transaction
from django.utils import timezone

from forms.errors import UsageError
from pipeline.store import models
from pipeline.store.setup import store_home
from pipeline.store.storable import storable
from pipeline.take_in import ScanFile, is_passed_over, natural_order, suffix_of, what_it_is

MAX_FILE_BYTES = 300_000_000
"""A thousand A4 pages in grey at 300 dpi, as a feeder saves them."""
MAX_UPLOAD_BYTES = 1_000_000_000
"""Some minutes on a hospital's network, and what a server can keep twice without a thought."""
MAX_FILES = 2000
"""A day's cards, scanned one to a file."""
MAX_NAME = 200

_HEAD_BYTES = 64
"""Enough to tell what a file is."""
_SPARE_BYTES = 500_000_000
"""Left free on the disk, for the database to go on."""
_ABANDONED_SECONDS = 24 * 3600
"""An upload takes minutes; a folder this old that no job knows was left by a server that was killed."""


class TooLargeError(UsageError):
    """More than may be uploaded at once."""


@dataclass(slots=True)
class _File:
    """A file that is coming in."""

    name: str
    stored: str = ""
    size: int = 0
    head: bytes = b""
    judged: bool = False
    refused: str = ""
    passed_over: bool = False


class Intake:
    """The files of one upload while they come in, one after the other.

    `begin`, `write` and `end` for each, then `commit` or `abandon`.
    """

    def __init__(self) -> None:
        self.token = uuid.uuid4().hex
        self._folder = upload_folder(self.token)
        self._folder.mkdir(parents=True, mode=0o700)
        self._files: list[_File] = []
        self._stream: BinaryIO | None = None
        self._bytes = 0
        self._committed = False

    @property
    def refused(self) -> list[tuple[str, str]]:
        """The files that aren't taken, each with the reason."""
        return [(file.name, file.refused) for file in self._files if file.refused]

    @property
    def taken(self) -> int:
        """How many files are taken."""
        return sum(not file.refused and not file.passed_over for file in self._files)

    def begin(self, name: str) -> None:
        """Begin with the next file."""
        if len(self._files) >= MAX_FILES:
            raise TooLargeError(f"More than {MAX_FILES} files at once can't be taken. Upload them in portions.")
        file = _File(shown_name(name))
        file.passed_over = is_passed_over(file.name.rpartition("/")[2])
        self._files.append(file)

    def write(self, data: bytes) -> None:
        """Take more of the present file; what isn't a scan is counted, but not written. Raises TooLargeError."""
        file = self._files[-1]
        self._bytes += len(data)
        file.size += len(data)
        if self._bytes > MAX_UPLOAD_BYTES:
            raise too_large()
        if file.refused or file.passed_over:
            return
        if file.size > MAX_FILE_BYTES:
            self._refuse(f"The file is larger than {MAX_FILE_BYTES // 1_000_000} MB. Scan in smaller portions.")
        elif self._stream is not None:
            self._stream.write(data)
        else:
            file.head += data
            if len(file.head) >= _HEAD_BYTES:
                self._judge()

    def end(self) -> None:
        """The present file is complete."""
        file = self._files[-1]
        if not file.judged and not file.passed_over and not file.refused:
            self._judge()
        if self._stream is not None:
            self._stream.flush()
            os.fsync(self._stream.fileno())
            self._stream.close()
            self._stream = None

    def abandon(self) -> None:
        """Remove all that came in, unless a job was made of it."""
        if self._committed:
            return
        if self._stream is not None:
            self._stream.close()
            self._stream = None
        shutil.rmtree(self._folder, ignore_errors=True)

    def commit(self, organisation: str, by: str, received: date, names: Sequence[str] = ()) -> models.Job:
        """Make a job of what came in; `names` are the places in a folder, when there is one for each file.

        Raises UsageError when there is nothing to read.
        """
        if not self.taken:
            self.abandon()
            raise UsageError("There is no file to read in what was given. Give PDF, TIFF, JPEG or PNG files.")
        if len(names) == len(self._files):
            for file, name in zip(self._files, names, strict=True):
                file.name = shown_name(name)
        files = [file for file in self._files if not file.passed_over]
        files.sort(key=lambda file: natural_order(Path(file.name)))
        _tell_apart(files)
        with transaction.atomic():
            job = models.Job.objects.create(
                kind=models.Job.Kind.READ, organisation=organisation, by=by, at=timezone.now(), received=received,
                folder=self.token,
            )  # fmt: skip
            models.Upload.objects.bulk_create(
                models.Upload(
                    job=job, position=place, name=file.name, stored=file.stored, size=file.size, refused=file.refused
                )
                for place, file in enumerate(files)
            )
            # Not before it is certain: where a transaction around this one fails, the files are abandoned.
            transaction.on_commit(self._keep)
        return job

    def _keep(self) -> None:
        self._committed = True

    def _judge(self) -> None:
        """Decide by its first bytes whether the present file is a scan, and begin to write it."""
        file = self._files[-1]
        file.judged = True
        suffix = suffix_of(file.head)
        if not file.head:
            self._refuse("The file is empty (0 bytes). Copy it again, or scan it again.")
        elif not suffix:
            self._refuse(what_it_is(file.head))
        else:
            file.stored = f"{len(self._files):04d}{suffix}"
            self._stream = (self._folder / file.stored).open("xb")
            self._stream.write(file.head)

    def _refuse(self, reason: str) -> None:
        file = self._files[-1]
        file.refused = reason
        if self._stream is not None:
            self._stream.close()
            self._stream = None
        if file.stored:
            (self._folder / file.stored).unlink(missing_ok=True)
            file.stored = ""


def too_large() -> TooLargeError:
    """Say that an upload is larger than may be."""
    return TooLargeError(
        f"More than {MAX_UPLOAD_BYTES // 1_000_000_000} GB at once can't be taken. Upload the scans in portions."
    )


def check_room(size: int) -> None:
    """Raise UsageError when the disk has too little room to take in and keep an upload of that size."""
    free = shutil.disk_usage(store_home()).free
    # Until it was read, it is there twice; a TIFF's pages are kept as PNG, which may take more.
    if free < 3 * size + _SPARE_BYTES:
        raise UsageError(
            f"The server's disk has only {free // 1_000_000} MB left, too little for this upload. "
            "Tell the people who look after the server."
        )


def shown_name(given: str) -> str:
    """Return a file's name as it may be shown: no way out of a folder, nothing that can't be seen, not too long."""
    seen = "".join(character for character in storable(given) if not unicodedata.category(character).startswith("C"))
    parts = [part.strip() for part in seen.replace("\\", "/").split("/")]
    kept = "/".join(part for part in parts if part.strip(". ") and not part.endswith(":"))
    return kept[-MAX_NAME:].lstrip("/") or "scan"


def _tell_apart(files: Sequence[_File]) -> None:
    """Number files of the same name, because a batch knows them by it."""
    names: set[str] = set()
    for file in files:
        stem, dot, suffix = file.name.rpartition(".")
        number = 1
        while file.name in names:
            number += 1
            mark = f" ({number})"
            end = f"{mark}{dot}{suffix}" if stem else mark
            file.name = f"{(stem or suffix)[: MAX_NAME - len(end)]}{end}"
        names.add(file.name)


def upload_folder(token: str) -> Path:
    """Where the files of a job are."""
    return store_home() / "uploads" / token


def uploaded_files(job: models.Job) -> list[ScanFile]:
    """Return the files of a job that were taken, in the order of the batch."""
    folder = upload_folder(job.folder)
    return [ScanFile(folder / upload.stored, upload.name) for upload in job.uploads.exclude(stored="")]


def refused_files(job: models.Job) -> list[tuple[str, str]]:
    """Return the files of a job that weren't taken, each with the reason."""
    return list(job.uploads.exclude(refused="").values_list("name", "refused"))


def remove_files(job: models.Job) -> None:
    """Remove the files of a job: the pages that were read are kept in the home already."""
    shutil.rmtree(upload_folder(job.folder), ignore_errors=True)


def sweep() -> None:
    """Remove the files of finished jobs, and what uploads left that never came to an end."""
    finished = set(models.Job.objects.filter(state=models.Job.State.DONE).values_list("folder", flat=True))
    unfinished = set(models.Job.objects.exclude(state=models.Job.State.DONE).values_list("folder", flat=True))
    for folder in upload_folder("").glob("*"):
        left = folder.name not in unfinished and time.time() - folder.stat().st_mtime > _ABANDONED_SECONDS
        if folder.name in finished or left:
            shutil.rmtree(folder, ignore_errors=True)
