"""Errors that a person can mend. Each carries the documented exit code; `pipeline.commands` turns them into it."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What the command tells the shell."""

    DONE = 0
    BUG = 1
    USAGE = 2
    MISSING_DEPENDENCY = 3
    NOTHING_READ = 4
    BAD_CONFIGURATION = 5
    NEEDS_PERSON = 6
    INTERRUPTED = 130


class CompassionError(Exception):
    """What went wrong, where, and what to do about it, in plain English."""

    exit_code = ExitCode.BUG


class UsageError(CompassionError):
    """Asked for something that isn't there, such as an organisation that was never loaded."""

    exit_code = ExitCode.USAGE


class MissingDependencyError(CompassionError):
    """A system tool or model is missing; the message says how to install it."""

    exit_code = ExitCode.MISSING_DEPENDENCY


class NothingReadError(CompassionError):
    """Nothing of the given input could be read."""

    exit_code = ExitCode.NOTHING_READ


class ConfigurationError(CompassionError):
    """A template, organisation profile or setting is wrong. Holds every fault found, not only the first."""

    exit_code = ExitCode.BAD_CONFIGURATION

    def __init__(self, where: str, faults: list[str]) -> None:
        self.where = where
        self.faults = tuple(faults)
        super().__init__("\n".join([f"{where} cannot be used:", *(f"  - {fault}" for fault in faults)]))

    def __reduce__(self) -> tuple[type["ConfigurationError"], tuple[str, list[str]]]:
        """Travel between processes with everything that was found."""
        return type(self), (self.where, list(self.faults))
