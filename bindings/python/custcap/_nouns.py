"""Objects for handles that have no class of their own yet.

Every handle in the headers gets one: its methods are the functions named
after it, with the header's words as their help.  Parameters keep their names
and order; what a call makes is returned.  A length or count that belongs to
a text or an array before it is not asked for; callbacks and their contexts
are left out; a function named like a method of all handles gets a "_" behind
it.  A class written by hand takes the place of one made here when it is
listed in __init__.py.
"""
from __future__ import annotations

import ctypes
import re
from typing import Any, Callable, Optional

from . import _convert as convert
from . import _prototypes as proto
from ._errors import InvalidError
from ._handle import Handle
from ._library import LIB, failure, started, struct_room
from ._library import _place as error_place

_NUMBERS: dict[str, Any] = {
    "int32_t": ctypes.c_int32, "int64_t": ctypes.c_int64,
    "uint64_t": ctypes.c_uint64, "double": ctypes.c_double,
    "uint8_t": ctypes.c_uint8}
# Of NumPy; int64 is "l" on 64-bit Linux.
_CODES = {"int32_t": "i", "int64_t": "lq", "uint64_t": "LQ", "double": "d",
          "uint8_t": "B"}


def bare(ctype: str) -> str:
    """A C type without const and pointers."""
    return re.sub(r"\bconst\b|\*", "", ctype).replace("struct ", "").strip()


def stars(ctype: str) -> int:
    """How many pointers deep it is."""
    return ctype.count("*")


class _Call:
    """One call: C arguments out of Python's, and what comes back."""

    def __init__(self, function: proto.Function, given: dict[str, Any]
                 ) -> None:
        self.function = function
        self.given = given
        self.keep: list[Any] = []
        self.out: list[Callable[[], Any]] = []
        self.count: Optional[int] = None
        self._lengths()

    def _lengths(self) -> None:
        """Arrays that go in share one count."""
        for one in self.function.parameters:
            if is_array(one) and self.given.get(one.name) is not None:
                size = len(self.given[one.name])
                if self.count not in (None, size):
                    raise InvalidError(f"{one.name} has {size} values, "
                                       f"another array {self.count}",
                                       field=one.name)
                self.count = size

    def argument(self, one: proto.Parameter, ctype: Any) -> Any:
        """The C argument of a parameter."""
        base, depth = bare(one.ctype), stars(one.ctype)
        value = self.given.get(one.name)
        if base == "custcap_error":
            return error_place.pointer
        if base == "char" and depth == 1 and one.direction == "in":
            return None if value is None else self._text(one.name, value)
        if base in proto.HANDLES:
            return self._handle(one, base, depth, value)
        if base in proto.STRUCTS:
            return self._struct(one, base, value)
        if depth == 0 and base in _NUMBERS:
            return self._number(one, base, value)
        if depth == 1 and base in _NUMBERS:
            return self._numbers(one, base, value)
        return None if depth else ctype()

    def _text(self, name: str, value: Any) -> bytes:
        measured = any(is_length(one, name)
                       for one in self.function.parameters)
        coded = (convert.key_text if measured else convert.text)(value, name)
        self.given[f"{name}_length"] = self.given["length"] = len(coded)
        return coded

    def _handle(self, one: proto.Parameter, base: str, depth: int,
                value: Any) -> Any:
        if depth == 2 and one.direction == "out":
            made = ctypes.c_void_p()
            self.out.append(lambda: adopt(base, made.value))
            self.keep.append(made)
            return ctypes.byref(made)
        if value is None:
            return None
        if not isinstance(value, Handle) or noun_of(type(value)) != base:
            raise InvalidError(f"{one.name} is {type(value).__name__}: "
                               f"expected {base}", field=one.name)
        owner = value._held()
        self.keep.append(owner)
        return owner.pointer

    def _struct(self, one: proto.Parameter, base: str, value: Any) -> Any:
        if value is None and one.direction == "in":
            return None
        kind = proto.STRUCTS[base][0]
        if f"{base}_init" in proto.FUNCTIONS:
            made = started(kind)
        else:
            made = struct_room(kind)
            if hasattr(made, "struct_size"):
                made.struct_size = ctypes.sizeof(kind)
        for name, cell in dict(value or {}).items():
            setattr(made, name, cell.encode() if isinstance(cell, str)
                    else cell)
        if one.direction != "in":
            self.out.append(lambda: {
                name: getattr(made, name) for name, *_ in kind._fields_
                if name not in ("struct_size", "reserved")})
        return made

    def _number(self, one: proto.Parameter, base: str, value: Any) -> Any:
        if value is None and one.name.endswith("count"):
            value = self.count or 0
        if base == "double":
            return float(value)
        return convert.integer(value, one.name)

    def _numbers(self, one: proto.Parameter, base: str, value: Any) -> Any:
        """An array that goes in, one that is filled, or one number."""
        if one.direction == "in":
            if value is None:
                return None
            if in_place(value, base):
                self.keep.append(value)
                return ctypes.cast(value.ctypes.data,
                                   ctypes.POINTER(_NUMBERS[base]))
            array = (_NUMBERS[base] * max(len(value), 1))(*value)
            return ctypes.cast(array, ctypes.POINTER(_NUMBERS[base]))
        if self.count is None or one.name in ("length", "needed"):
            number = _NUMBERS[base]()
            if one.name != "length":
                self.out.append(lambda: number.value)
            self.keep.append(number)
            self.given[f"out {one.name}"] = number
            return ctypes.byref(number)
        filled = (_NUMBERS[base] * max(self.count, 1))()
        size = self.count
        self.out.append(lambda: list(filled[:size]))
        return ctypes.cast(filled, ctypes.POINTER(_NUMBERS[base]))

    def answer(self, status: Any) -> Any:
        """What the call comes to in Python."""
        returns = self.function.returns
        if returns == "custcap_status":
            if status != 0:
                raise failure(status, error_place.pointer)
        elif "char" in returns:
            return self._returned_text(status)
        elif stars(returns) and bare(returns) in proto.HANDLES:
            return adopt(bare(returns), status)
        elif returns != "void":
            return status
        made = [one() for one in self.out]
        return made[0] if len(made) == 1 else tuple(made) or None

    def _returned_text(self, found: Any) -> Optional[str]:
        if isinstance(found, bytes):
            return found.decode("utf-8", "replace")
        length = self.given.get("out length")
        if not found or length is None:
            return None
        return ctypes.string_at(found, length.value).decode(
            "utf-8", "replace")


def is_array(one: proto.Parameter) -> bool:
    """Numbers that go in?"""
    return (one.direction == "in" and stars(one.ctype) == 1
            and bare(one.ctype) in _NUMBERS)


def in_place(value: Any, base: str) -> bool:
    """An array of NumPy that C can read where it is?"""
    return (hasattr(value, "ctypes") and value.ndim == 1
            and value.dtype.isnative and value.flags.c_contiguous
            and value.dtype.char in _CODES[base])


def is_length(one: proto.Parameter, of: str) -> bool:
    """The length of that text?"""
    return one.name in ("length", f"{of}_length") and "*" not in one.ctype


def asked(function: proto.Function) -> list[str]:
    """The names of the parameters that a caller gives."""
    arrays = any(is_array(one) for one in function.parameters)
    texts = [one.name for one in function.parameters
             if bare(one.ctype) == "char"]
    names = []
    for one in function.parameters:
        base = bare(one.ctype)
        hidden = (one.direction == "out" or base in ("custcap_error", "void")
                  or base in ("custcap_progress", "custcap_write")
                  or (arrays and one.name.endswith("count"))
                  or any(is_length(one, text) for text in texts))
        if not hidden:
            names.append(one.name)
    return names


def method(name: str, function: proto.Function, noun: str) -> Any:
    """A Python function over a C function."""
    names = asked(function)
    first = function.parameters[0] if function.parameters else None
    bound = (first is not None and stars(first.ctype) == 1
             and bare(first.ctype) == noun)

    def run(*positional: Any, **named: Any) -> Any:
        if len(positional) > len(names):
            raise TypeError(f"{name}() takes {', '.join(names)}")
        given = dict(zip(names, positional))
        for key, value in named.items():
            if key not in names or key in given:
                raise TypeError(f"{name}() takes {', '.join(names)}; "
                                f"{key} is unknown or given twice")
            given[key] = value
        made = _Call(function, given)
        arguments = [made.argument(one, ctype) for one, ctype
                     in zip(function.parameters, function.argtypes)]
        return made.answer(getattr(LIB, name)(*arguments))

    run.__name__ = name[len(noun) + 1:]
    run.__qualname__ = f"{class_name(noun)}.{run.__name__}"
    shown = names[1:] if bound else names
    run.__doc__ = f"{run.__name__}({', '.join(shown)})\n\n{function.text}"
    return run if bound else staticmethod(run)


def class_name(noun: str) -> str:
    """custcap_some_noun as SomeNoun."""
    return noun[len("custcap_"):].title().replace("_", "")


def noun_of(kind: type[Any]) -> str:
    """The handle that a class is over."""
    free: str = getattr(kind, "_free", "")
    return free[:-len("_free")]


_classes: dict[str, type[Handle]] = {}


def adopt(noun: str, pointer: Optional[int]) -> Any:
    """An object over a handle that a call made."""
    kind = _classes[noun]
    if hasattr(kind, "_own"):
        return kind._own(pointer)
    made = kind.__new__(kind)
    made._adopt(pointer)
    return made


def make(noun: str) -> type[Handle]:
    """The class of a handle."""
    body: dict[str, Any] = {
        "_free": f"{noun}_free", "__module__": "custcap",
        "__doc__": f"What the functions {noun}_* are about; made from the "
                   "header."}
    for name, function in proto.FUNCTIONS.items():
        if name.startswith(f"{noun}_") and name != f"{noun}_free":
            verb = name[len(noun) + 1:]
            own = hasattr(Handle, verb)  # close() lets go of the handle
            body[verb + "_" * own] = method(name, function, noun)
    return type(class_name(noun), (Handle,), body)


def classes(written: list[type[Handle]]) -> dict[str, type[Handle]]:
    """A class for every handle: those written by hand, and the others."""
    _classes.update({noun_of(kind): kind for kind in written})
    for noun in proto.HANDLES:
        known = noun in _classes or noun == "custcap_error"
        if not known and f"{noun}_free" in proto.FUNCTIONS:
            _classes[noun] = make(noun)
    return {class_name(noun): kind for noun, kind in _classes.items()}
