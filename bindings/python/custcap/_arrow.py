"""The Arrow C data interface by ctypes: capsules in and out.

What comes out is a stream of the library's own; what goes in is either
anybody's capsule or columns of Python and NumPy, which a small producer here
lays out.

A capsule is made without a destructor: one written in Python would run while
an exception is under way and lose it.  A stream that a consumer took is
released by that consumer; its empty struct (40 bytes) stays, and so does a
stream that nobody took.
"""
from __future__ import annotations

import array
import ctypes as c
import itertools
from typing import Any, Iterator, Mapping, Optional, Sequence

from . import _convert as convert
from ._errors import InvalidError

STREAM_NAME = b"arrow_array_stream"
NULLABLE = 2
EINVAL = 22


class Schema(c.Structure):
    """struct ArrowSchema."""


class Array(c.Structure):
    """struct ArrowArray."""


class Stream(c.Structure):
    """struct ArrowArrayStream."""


_RELEASE = c.CFUNCTYPE(None, c.c_void_p)
_GET = c.CFUNCTYPE(c.c_int, c.c_void_p, c.c_void_p)
_LAST = c.CFUNCTYPE(c.c_void_p, c.c_void_p)
Schema._fields_ = [
    ("format", c.c_char_p), ("name", c.c_char_p), ("metadata", c.c_char_p),
    ("flags", c.c_int64), ("n_children", c.c_int64),
    ("children", c.POINTER(c.c_void_p)), ("dictionary", c.c_void_p),
    ("release", c.c_void_p), ("private_data", c.c_void_p)]
Array._fields_ = [
    ("length", c.c_int64), ("null_count", c.c_int64), ("offset", c.c_int64),
    ("n_buffers", c.c_int64), ("n_children", c.c_int64),
    ("buffers", c.POINTER(c.c_void_p)), ("children", c.POINTER(c.c_void_p)),
    ("dictionary", c.c_void_p), ("release", c.c_void_p),
    ("private_data", c.c_void_p)]
Stream._fields_ = [
    ("get_schema", c.c_void_p), ("get_next", c.c_void_p),
    ("get_last_error", c.c_void_p), ("release", c.c_void_p),
    ("private_data", c.c_void_p)]

_capsule_new = c.pythonapi.PyCapsule_New
_capsule_new.restype = c.py_object
_capsule_new.argtypes = (c.c_void_p, c.c_char_p, c.c_void_p)
_capsule_pointer = c.pythonapi.PyCapsule_GetPointer
_capsule_pointer.restype = c.c_void_p
_capsule_pointer.argtypes = (c.py_object, c.c_char_p)
_capsule_valid = c.pythonapi.PyCapsule_IsValid
_capsule_valid.restype = c.c_int
_capsule_valid.argtypes = (c.py_object, c.c_char_p)

# Structs behind capsules, and what a producer lent until it is released.
_given: list[Stream] = []
_lent: dict[int, Any] = {}
_numbers = itertools.count(1)


def capsule(stream: Stream) -> object:
    """A capsule of a stream that was just filled."""
    _given.append(stream)
    made: object = _capsule_new(c.addressof(stream), STREAM_NAME, None)
    return made


def is_stream(data: Any) -> bool:
    """Does it speak Arrow?"""
    return (hasattr(data, "__arrow_c_stream__")
            and not isinstance(data, type))


def taken(data: Any) -> tuple[int, Any]:
    """The address of a stream, and what must be kept while it is used."""
    if isinstance(data, Stream):
        return c.addressof(data), data
    made = data.__arrow_c_stream__()
    if not _capsule_valid(made, STREAM_NAME):
        raise InvalidError(
            f"{type(data).__name__}.__arrow_c_stream__() gave "
            f"{type(made).__name__}: expected a capsule "
            f"\"{STREAM_NAME.decode()}\"")
    return int(_capsule_pointer(made, STREAM_NAME)), made


# --- a producer of our own ---------------------------------------------------

def _lend(thing: Any) -> int:
    number = next(_numbers)
    _lent[number] = thing
    return number


def _releaser(kind: type[Any]) -> Any:
    def release(address: int) -> None:
        struct = kind.from_address(address)
        for i in range(getattr(struct, "n_children", 0)):
            child = kind.from_address(struct.children[i])
            if child.release:
                _RELEASE(child.release)(struct.children[i])
        struct.release = None
        _lent.pop(struct.private_data, None)
    return _RELEASE(release)


_release_schema = _releaser(Schema)
_release_array = _releaser(Array)
_release_stream = _releaser(Stream)


def _address(function: Any) -> Optional[int]:
    return c.cast(function, c.c_void_p).value


class Column:
    """One column, laid out: a format, a validity and its buffers."""

    def __init__(self, name: str, form: bytes, buffers: Sequence[Any],
                 length: int, validity: Any = None) -> None:
        self.name = name.encode("utf-8", "surrogatepass")
        self.form = form
        self.length = length
        self.buffers = [validity, *buffers]

    def schema(self, out: Schema) -> None:
        """Fill a schema."""
        out.format, out.name, out.flags = self.form, self.name, NULLABLE
        out.release = _address(_release_schema)
        out.private_data = _lend(self)

    def array(self, out: Array) -> None:
        """Fill an array."""
        pointers = (c.c_void_p * len(self.buffers))(
            *[_buffer_address(buffer) for buffer in self.buffers])
        out.length = self.length
        out.null_count = 0 if self.buffers[0] is None else -1
        out.n_buffers, out.buffers = len(pointers), pointers
        out.release = _address(_release_array)
        out.private_data = _lend((self, pointers))


def _buffer_address(buffer: Any) -> Optional[int]:
    if buffer is None:
        return None
    if isinstance(buffer, array.array):
        return buffer.buffer_info()[0]
    if isinstance(buffer, bytes):
        return c.cast(c.c_char_p(buffer), c.c_void_p).value
    return int(buffer.ctypes.data)


class Producer:
    """Columns of one length as a stream of one chunk."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.columns = columns
        self.rows = columns[0].length if columns else 0
        self.done = False
        self.calls = (_GET(self._schema), _GET(self._next),
                      _LAST(lambda _: None))

    def stream(self) -> Stream:
        """A stream that keeps all of this until it is released."""
        made = Stream()
        made.get_schema, made.get_next, made.get_last_error = (
            _address(call) for call in self.calls)
        made.release = _address(_release_stream)
        made.private_data = _lend(self)
        return made

    def _schema(self, _stream: int, address: int) -> int:
        out = Schema.from_address(address)
        c.memset(address, 0, c.sizeof(Schema))
        parts = [Schema() for _ in self.columns]
        for column, part in zip(self.columns, parts):
            column.schema(part)
        pointers = (c.c_void_p * max(len(parts), 1))(
            *[c.addressof(part) for part in parts])
        out.format, out.name = b"+s", b""
        out.n_children, out.children = len(parts), pointers
        out.release = _address(_release_schema)
        out.private_data = _lend((self, parts, pointers))
        return 0

    def _next(self, _stream: int, address: int) -> int:
        c.memset(address, 0, c.sizeof(Array))
        if self.done:
            return 0
        self.done = True
        out = Array.from_address(address)
        parts = [Array() for _ in self.columns]
        for column, part in zip(self.columns, parts):
            column.array(part)
        pointers = (c.c_void_p * max(len(parts), 1))(
            *[c.addressof(part) for part in parts])
        out.length, out.n_buffers = self.rows, 1
        out.buffers = (c.c_void_p * 1)(None)
        out.n_children, out.children = len(parts), pointers
        out.release = _address(_release_array)
        out.private_data = _lend((self, parts, pointers, out.buffers))
        return 0


def _texts(name: str, cells: Iterator[bytes], length: int) -> Column:
    """Texts as large_utf8; empty ones are fields left out, as in CSV."""
    ends, parts, end = array.array("q", [0]), [], 0
    for coded in cells:
        end += len(coded)
        ends.append(end)
        parts.append(coded)
    return Column(name, b"U", [ends, b"".join(parts) or b"\0"], length)


def _valid(present: Any) -> Any:
    """A validity buffer of NumPy booleans, None where all are there."""
    import numpy
    return (None if bool(present.all())
            else numpy.packbits(present, bitorder="little"))


_TIMES = {"s": b"tss:", "ms": b"tsm:", "us": b"tsu:", "ns": b"tsn:"}


def _days_or_times(name: str, values: Any) -> Column:
    """A datetime64 column: days, or moments of the ledger's zone."""
    import numpy
    unit, count = numpy.datetime_data(values.dtype)
    if count != 1 or unit in ("h", "m"):
        values, unit = values.astype("datetime64[s]"), "s"
    validity = _valid(~numpy.isnat(values))
    if unit in ("D", "W", "M", "Y"):
        days = values.astype("datetime64[D]").astype("int64")
        days[numpy.isnat(values)] = 0
        if len(days) and abs(days).max() >= 2**31:
            raise InvalidError(f"{name} has a day out of range", field=name)
        return Column(name, b"tdD", [days.astype("int32")], len(values),
                      validity)
    if unit not in _TIMES:
        raise InvalidError(f"{name} is datetime64[{unit}]: expected a day or "
                           "a moment down to ns", field=name)
    return Column(name, _TIMES[unit],
                  [numpy.ascontiguousarray(values.view("int64"))],
                  len(values), validity)


_INTEGERS = {"i1": b"c", "u1": b"C", "i2": b"s", "u2": b"S", "i4": b"i",
             "u4": b"I", "i8": b"l", "u8": b"L"}


def _of_numpy(name: str, values: Any) -> Column:
    """A column of a NumPy array, without a copy where its layout allows."""
    import numpy
    if values.ndim != 1:
        raise InvalidError(f"{name} has {values.ndim} dimensions: expected "
                           "one", field=name)
    kind = values.dtype.kind
    if kind in "iu":
        native = numpy.ascontiguousarray(
            values, dtype=values.dtype.newbyteorder("="))
        form = _INTEGERS[native.dtype.str[1:]]
        return Column(name, form, [native], len(values))
    if kind == "b":
        return Column(name, b"b", [numpy.packbits(values, bitorder="little")],
                      len(values))
    if kind == "M":
        return _days_or_times(name, numpy.ascontiguousarray(values))
    if kind == "f":
        raise InvalidError(
            f"{name} is {values.dtype}, which need not be exact: give "
            "integers (minor=True for minor units), Decimals or texts",
            field=name)
    if kind not in "USOT":
        raise InvalidError(f"{name} is {values.dtype}: expected integers, "
                           "texts, datetime64 or objects", field=name)
    return _of_list(name, values.tolist())


def _of_list(name: str, values: Sequence[Any]) -> Column:
    """A column of Python values."""
    cells = (convert.cell(value, name, row)
             for row, value in enumerate(values))
    return _texts(name, cells, len(values))


def _column(name: Any, values: Any) -> Column:
    if not isinstance(name, str):
        raise InvalidError(f"a column is named {name!r}: expected a text")
    if not hasattr(values, "dtype"):
        return _of_list(name, list(values))
    if not hasattr(values, "ctypes"):  # a Series of pandas or polars
        values = values.to_numpy()
    return _of_numpy(name, values)


def of_columns(columns: Mapping[Any, Any]) -> Stream:
    """A stream of named columns: lists, NumPy arrays, Series."""
    made = [_column(name, values) for name, values in columns.items()]
    for one in made:
        if one.length != made[0].length:
            raise InvalidError(
                f"column {one.name.decode()} has {one.length} values, "
                f"{made[0].name.decode()} has {made[0].length}",
                field=one.name.decode())
    return Producer(made).stream()
