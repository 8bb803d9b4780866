"""What all objects over a handle of the library share.

A handle is freed once: when its object is closed, leaves its ``with`` block
or is collected, whichever is first.  A call that is under way in another
thread, and a view into a table's memory, keep it until they end.  In a
process that was forked off nothing of the parent is freed.
"""
from __future__ import annotations

import ctypes
import os
import threading
import weakref
from types import TracebackType
from typing import Any, Callable, ClassVar, Optional, TypeVar

from . import _prototypes as proto
from ._errors import CancelledError, MisuseError
from ._library import LIB, call

Self = TypeVar("Self", bound="Handle")
Progress = Callable[[int, int], Any]


class Guard:
    """One thread at a time in a ledger and what belongs to it.

    C calls let other threads of Python run, so the header's rule "one
    handle, one thread at a time" is kept here.  What is collected while a
    call is under way is freed after it.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._depth = 0
        self._left: list[tuple[Callable[[int], None], int]] = []

    def __enter__(self) -> None:
        self._lock.acquire()
        if self._depth:
            self._lock.release()
            raise MisuseError(
                "the ledger is busy with the call that this callback belongs "
                "to: it can't be used inside")
        self._depth = 1

    def __exit__(self, *_: object) -> None:
        while self._left:
            free, pointer = self._left.pop()
            free(pointer)
        self._depth = 0
        self._lock.release()

    def free(self, function: Callable[[int], None], pointer: int) -> None:
        """Free a handle now, or after the call that is under way."""
        if not self._lock.acquire(blocking=False):
            self._left.append((function, pointer))
            return
        try:
            if self._depth:
                self._left.append((function, pointer))
            else:
                function(pointer)
        finally:
            self._lock.release()


class Owner:
    """Holds one handle; the last reference to it frees it."""

    __slots__ = ("pointer", "keep", "__weakref__")

    def __init__(self, pointer: int, free: str, guard: Optional[Guard],
                 keep: Any, at_exit: bool) -> None:
        self.pointer = pointer
        self.keep = keep
        finalizer = weakref.finalize(self, _release, getattr(LIB, free),
                                     pointer, os.getpid(), guard, keep)
        finalizer.atexit = at_exit


def _release(free: Callable[[int], None], pointer: int, process: int,
             guard: Optional[Guard], _keep: Any) -> None:
    """Free a handle of this process; what it needs is kept until then."""
    if os.getpid() != process:
        return
    if guard is None:
        free(pointer)
    else:
        guard.free(free, pointer)


class Handle:
    """An object over a handle: ``with``, ``close()``, ``closed``."""

    _free: ClassVar[str] = ""
    _crosses_fork: ClassVar[bool] = False
    _at_exit: ClassVar[bool] = False
    _owner: Optional[Owner] = None
    _process: int = 0

    def _adopt(self, pointer: Optional[int], guard: Optional[Guard] = None,
               keep: Any = None) -> None:
        """Take over a handle that was just made."""
        if not pointer:
            raise MemoryError(f"no memory for a {type(self).__name__}")
        self._process = os.getpid()
        self._owner = Owner(pointer, self._free, guard, keep, self._at_exit)

    def _held(self) -> Owner:
        """The owner, held by the caller for as long as a call lasts."""
        owner = self._owner
        name = type(self).__name__
        if owner is None:
            raise MisuseError(f"this {name} is closed")
        if not self._crosses_fork and os.getpid() != self._process:
            raise MisuseError(
                f"this {name} belongs to process {self._process}: after a "
                "fork a process opens its own")
        return owner

    @property
    def closed(self) -> bool:
        """True once it was closed."""
        return self._owner is None

    def close(self) -> None:
        """Let go of it; once more is nothing."""
        self._owner = None

    def __enter__(self: Self) -> Self:
        self._held()
        return self

    def __exit__(self, kind: Optional[type[BaseException]],
                 problem: Optional[BaseException],
                 trace: Optional[TracebackType]) -> None:
        self.close()

    def __reduce__(self) -> Any:
        raise TypeError(f"a {type(self).__name__} can't be pickled or "
                        "copied; give its path or its contents instead")


class Watch:
    """A progress callback that lets exceptions and Ctrl-C through.

    The library is told to stop, undoes what it must, and then the exception
    goes on from where it was raised.
    """

    def __init__(self, progress: Optional[Progress] = None) -> None:
        self._progress = progress
        self._problem: Optional[BaseException] = None
        self.callback = proto.custcap_progress(self._step)

    def _step(self, _context: Any, done: int, total: int) -> int:
        try:
            if self._progress is None:
                return 0
            return 1 if self._progress(done, total) else 0
        except BaseException as problem:  # goes on in run()
            self._problem = problem
            return 1

    def run(self, name: str, *arguments: Any) -> None:
        """call(), with what the callback raised in place of CANCELLED."""
        try:
            call(name, *arguments)
        except CancelledError:
            problem, self._problem = self._problem, None
            if problem is not None:
                raise problem from None
            raise


def out_pointer() -> Any:
    """A place for a handle that a call makes."""
    return ctypes.c_void_p()


def string_at(pointer: Optional[int], length: int) -> str:
    """Text by address and length."""
    if not pointer or length <= 0:
        return ""
    return ctypes.string_at(pointer, length).decode("utf-8", "replace")
