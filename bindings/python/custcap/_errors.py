"""Exceptions: a class a status, and a family above each.

Catch a family (``RequestError``, ``StorageError``, ``DamageError``,
``RefusalError``, ``HandleError``) or one of its members.  A status of a later
library falls into the family of its tens.
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Optional

if TYPE_CHECKING:
    from ._table import Table


class Error(Exception):
    """A call of the library failed.

    Attributes:
        status: the number, such as 10.
        name: its name, such as ``"INVALID"``.
        row: the row (from 0) that was at fault, or None.
        field: the field or column that was at fault, or None.
        findings: what the guards said (a Table), or None.
    """

    def __init__(self, text: str, status: int = 0, name: str = "",
                 row: Optional[int] = None,
                 field: Optional[str] = None) -> None:
        super().__init__(text)
        self.status = status or _status_of(type(self))
        self.name = name or _NAMES.get(self.status, "")
        self.row = row
        self.field = field
        self.findings: Optional[Table] = None


class RequestError(Error):
    """What was asked can't be done: statuses 10 to 19."""


class InvalidError(RequestError, ValueError):
    """An argument or a field is not allowed."""


class NotFoundError(RequestError, LookupError):
    """Nothing of that name or number."""


class UnsupportedError(RequestError):
    """A struct, an option or a file from later on."""


class AmountOverflowError(RequestError, OverflowError):
    """A sum or a product does not fit 64 bits."""


class LimitError(RequestError):
    """A documented limit would be passed."""


class OutOfMemoryError(Error, MemoryError):
    """The allocator gave nothing: statuses 20 to 29."""


class StorageError(Error):
    """The file could not be used: statuses 30 to 39."""


class FileError(StorageError):
    """The file system failed."""


class DiskFullError(StorageError):
    """The disk is full."""


class ReadOnlyError(StorageError):
    """The ledger was opened for reading."""


class BusyError(StorageError):
    """Another writer held on past the timeout."""


class CancelledError(StorageError):
    """A progress callback asked to stop."""


class DamageError(Error):
    """The file is not a ledger in order: statuses 40 to 49."""


class CorruptError(DamageError):
    """The file is damaged."""


class NotALedgerError(DamageError):
    """The file is something else."""


class FileVersionError(DamageError):
    """The file is of a newer format; it was not touched."""


class RefusalError(Error):
    """The ledger said no: statuses 50 to 59."""


class ConflictError(RefusalError):
    """A key is in use with other content."""


class RefusedError(RefusalError):
    """A guard said no; nothing was written.  See ``findings``."""


class PendingError(RefusalError):
    """Done, but a reader delays its effect."""


class DeniedError(RefusalError):
    """A measure reached for what it may not."""


class HandleError(Error):
    """An object can't be used any more: statuses 60 to 69."""


class DeadError(HandleError):
    """A sync failed: open the ledger again and ask what is there."""


class MisuseError(HandleError):
    """A closed object, one of another process, or one that is busy."""


class InternalError(Error):
    """A bug of the library: please report it."""


class LibraryError(ImportError):
    """The shared library was not found, or is not one that fits.

    ``tried`` lists every path tried, with what the loader said.
    """

    def __init__(self, text: str, tried: tuple[str, ...] = ()) -> None:
        super().__init__(text)
        self.tried = tried


class AbiError(LibraryError):
    """The shared library is of another version or layout."""


_CLASSES: dict[int, type[Error]] = {
    10: InvalidError, 11: NotFoundError, 12: UnsupportedError,
    13: AmountOverflowError, 14: LimitError, 20: OutOfMemoryError,
    30: FileError, 31: DiskFullError, 32: ReadOnlyError, 33: BusyError,
    34: CancelledError, 40: CorruptError, 41: NotALedgerError,
    42: FileVersionError, 50: ConflictError, 51: RefusedError,
    52: PendingError, 53: DeniedError, 60: DeadError, 61: MisuseError,
    90: InternalError,
}
_FAMILIES: dict[int, type[Error]] = {
    1: RequestError, 2: OutOfMemoryError, 3: StorageError, 4: DamageError,
    5: RefusalError, 6: HandleError, 9: InternalError,
}
# What Python itself raises; the library names its own.
_NAMES = {10: "INVALID", 11: "NOT_FOUND", 12: "UNSUPPORTED", 61: "MISUSE"}


def _status_of(kind: type[Error]) -> int:
    """The status of a class that Python itself raises."""
    for status, one in _CLASSES.items():
        if one is kind:
            return status
    return 0


def error_class(status: int) -> type[Error]:
    """The class of a status, known or not."""
    return _CLASSES.get(status) or _FAMILIES.get(status // 10, Error)
