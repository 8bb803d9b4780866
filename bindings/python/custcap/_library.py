"""Find the shared library, check that it fits, and call it.

CUSTCAP_LIBRARY names a file and nothing else is tried then; otherwise the
library beside this package is taken (a wheel carries one), and last what the
loader finds as libcustcap.so.0.  Functions that a call needs are looked up
and checked when the package is imported, not in the middle of somebody's
work.
"""
from __future__ import annotations

import ctypes
import os
import threading
from typing import Any, Optional

from . import _prototypes as proto
from ._errors import AbiError, Error, LibraryError, error_class

SONAME = "libcustcap.so.0"
# Structs may grow at the end in a later library: what it fills has room.
STRUCT_ROOM = 4096


def candidates() -> list[str]:
    """The paths that are tried, first to last."""
    named = os.environ.get("CUSTCAP_LIBRARY")
    if named:
        return [named]
    here = os.path.dirname(os.path.abspath(__file__))
    return [os.path.join(here, SONAME), SONAME]


def load() -> tuple[ctypes.CDLL, str]:
    """The first library that the loader takes, and its path."""
    tried = []
    for path in candidates():
        if os.path.isabs(path) and not os.path.exists(path):
            tried.append(f"{path}: there is no such file")
            continue
        try:
            return ctypes.CDLL(path), path
        except OSError as problem:
            tried.append(f"{path}: {problem}")
    raise LibraryError(
        "the shared library of custcap was not found; tried:\n  "
        + "\n  ".join(tried)
        + "\nSet CUSTCAP_LIBRARY to the path of " + SONAME
        + "; it needs SQLite (libsqlite3.so.0) and libsodium.",
        tuple(tried))


def check_version(library: ctypes.CDLL, path: str) -> None:
    """Refuse another major version, and one older than these headers."""
    try:
        ask = library.custcap_version
    except AttributeError:
        raise AbiError(f"{path} is not libcustcap: it has no "
                       "custcap_version", (path,)) from None
    ask.restype, ask.argtypes = ctypes.c_char_p, ()
    text = (ask() or b"?").decode("utf-8", "replace")
    try:
        version = tuple(int(part) for part in text.split(".")[:2])
    except ValueError:
        version = (-1, -1)
    wanted = proto.VERSION
    if version[0] != wanted[0] or version < wanted[:2]:
        raise AbiError(
            f"{path} is libcustcap {text}; this package was made for "
            f"{wanted[0]}.{wanted[1]} and takes later versions below "
            f"{wanted[0] + 1}.0", (path,))


def declare(library: ctypes.CDLL, path: str) -> None:
    """Give every function its types; all must be there."""
    missing = []
    for name, function in proto.FUNCTIONS.items():
        try:
            found = getattr(library, name)
        except AttributeError:
            missing.append(name)
            continue
        found.restype, found.argtypes = function.restype, function.argtypes
    if missing:
        raise AbiError(f"{path} lacks functions that this package was made "
                       f"with: {', '.join(missing)}", (path,))


def check_structs(library: ctypes.CDLL, path: str) -> None:
    """Sizes as ctypes sees them, as the headers say and as the library
    fills them must agree; the library's may be larger."""
    for name, (kind, size) in proto.STRUCTS.items():
        seen = ctypes.sizeof(kind)
        if ctypes.sizeof(ctypes.c_void_p) == 8 and seen != size:
            raise AbiError(f"struct {name} takes {seen} bytes here, "
                           f"{size} in the headers", (path,))
        if f"{name}_init" not in proto.FUNCTIONS:
            continue
        filled = struct_room(kind)
        getattr(library, f"{name}_init")(filled)
        if not seen <= filled.struct_size <= STRUCT_ROOM:
            raise AbiError(
                f"{path} has a struct {name} of {filled.struct_size} bytes; "
                f"this package needs {seen} or more", (path,))


def struct_room(kind: type[Any]) -> Any:
    """A struct with room behind it for what a later library adds."""
    return kind.from_buffer(ctypes.create_string_buffer(STRUCT_ROOM))


def started(kind: type[Any]) -> Any:
    """A struct filled by its own _init function."""
    made = struct_room(kind)
    getattr(LIB, f"{kind.__name__}_init")(ctypes.byref(made))
    return made


LIB, PATH = load()
check_version(LIB, PATH)
declare(LIB, PATH)
check_structs(LIB, PATH)


class _ErrorPlace(threading.local):
    """An error object for each thread: words never meet another's."""

    def __init__(self) -> None:
        self.pointer = LIB.custcap_error_new()
        self.free = LIB.custcap_error_free

    def __del__(self) -> None:
        if self.pointer:
            self.free(self.pointer)


_place = _ErrorPlace()


def failure(status: int, error: Optional[int]) -> Error:
    """The exception of a status and what the library said."""
    text, row, field = b"", -1, b""
    if error:
        text = LIB.custcap_error_text(error) or b""
        row = LIB.custcap_error_row(error)
        field = LIB.custcap_error_field(error) or b""
    name = (LIB.custcap_status_name(status) or b"").decode()
    words = text.decode("utf-8", "replace") or name or str(status)
    return error_class(status)(
        words, status, name, row if row >= 0 else None,
        field.decode("utf-8", "replace") or None)


def call(name: str, *arguments: Any) -> None:
    """Call a function whose last parameter is an error; raise what fails."""
    error = _place.pointer
    status = getattr(LIB, name)(*arguments, error)
    if status != 0:
        raise failure(status, error)


def version() -> str:
    """The version of the shared library, such as "0.1.0"."""
    return str((LIB.custcap_version() or b"").decode())


def library_path() -> str:
    """Where the shared library was found."""
    return PATH
