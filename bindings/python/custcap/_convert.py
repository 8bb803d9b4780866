"""Python values as the library wants them, and back.

Money and measurements are exact: a float is refused, with words that say
what to give in its place.
"""
from __future__ import annotations

import datetime
import decimal
import json
import re
from fractions import Fraction
from typing import Any, Optional, Union

from ._errors import InvalidError

Day = Union[str, datetime.date]
Moment = Union[str, datetime.date, datetime.datetime]

EPOCH = datetime.date(1970, 1, 1).toordinal()
EPOCH_INSTANT = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
MICROSECOND = datetime.timedelta(microseconds=1)
DAY_NONE = -2**31
INT64_MIN, INT64_MAX = -2**63, 2**63 - 1
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z")


def text(value: Any, what: str) -> bytes:
    """Text for a parameter that ends at its NUL."""
    if not isinstance(value, str):
        raise InvalidError(f"{what} is {_kind(value)}: expected a text",
                           field=what)
    try:
        coded = value.encode("utf-8")
    except UnicodeEncodeError:
        raise InvalidError(f"{what} is not Unicode text: {value!r}",
                           field=what) from None
    if b"\0" in coded:
        raise InvalidError(f"{what} has a NUL in it: {value!r}", field=what)
    return coded


def key_text(value: Any, what: str) -> bytes:
    """A key of the host's own, by address and length: a text or bytes."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value).encode()
    if not isinstance(value, str):
        raise InvalidError(f"{what} is {_kind(value)}: expected a text",
                           field=what)
    try:
        return value.encode("utf-8")
    except UnicodeEncodeError:
        raise InvalidError(f"{what} is not Unicode text: {value!r}",
                           field=what) from None


def integer(value: Any, what: str, low: int = INT64_MIN,
            high: int = INT64_MAX) -> int:
    """An integer within bounds; NumPy's are taken, too."""
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise InvalidError(f"{what} is {_kind(value)}: expected an integer",
                           field=what)
    number = int(value.__index__())
    if not low <= number <= high:
        raise InvalidError(f"{what} is {number}: expected {low} to {high}",
                           field=what)
    return number


def day(value: Any, what: str) -> int:
    """Days since 1970-01-01 of a date or of "YYYY-MM-DD"."""
    value = unboxed(value)
    if isinstance(value, datetime.datetime):
        raise InvalidError(f"{what} is a moment ({value}): expected a day",
                           field=what)
    if isinstance(value, datetime.date):
        return value.toordinal() - EPOCH
    if isinstance(value, str) and _DAY.match(value):
        try:
            return datetime.date.fromisoformat(value).toordinal() - EPOCH
        except ValueError:
            pass
    raise InvalidError(f"{what} is {value!r}: expected a date or a text "
                       "YYYY-MM-DD", field=what)


def is_day(value: Any) -> bool:
    """A day rather than a moment?"""
    if isinstance(value, str):
        return _DAY.match(value) is not None
    return (isinstance(value, datetime.date)
            and not isinstance(value, datetime.datetime))


def instant(value: Any, what: str) -> int:
    """Microseconds since 1970 of a moment that names its zone."""
    value = unboxed(value)
    if isinstance(value, str):
        try:
            value = datetime.datetime.fromisoformat(
                re.sub(r"Z\Z", "+00:00", value))
        except ValueError:
            pass
    if not isinstance(value, datetime.datetime):
        raise InvalidError(f"{what} is {value!r}: expected a datetime with a "
                           "zone or a text such as 2024-05-31T12:00:00Z",
                           field=what)
    if value.tzinfo is None or value.utcoffset() is None:
        raise InvalidError(f"{what} is {value}, without a zone: add one, "
                           "such as datetime.timezone.utc", field=what)
    return (value - EPOCH_INSTANT) // MICROSECOND


def to_day(number: int) -> datetime.date:
    """A date of days since 1970-01-01."""
    return datetime.date.fromordinal(number + EPOCH)


def to_instant(number: int) -> datetime.datetime:
    """A moment (UTC) of microseconds since 1970."""
    return EPOCH_INSTANT + datetime.timedelta(microseconds=number)


def to_decimal(mantissa: int, scale: int) -> decimal.Decimal:
    """An exact decimal of an integer and its digits after the point."""
    return decimal.Decimal(f"{mantissa}E-{scale}")


def unboxed(value: Any) -> Any:
    """A scalar of NumPy as Python's own."""
    if hasattr(value, "dtype") and hasattr(value, "item"):
        return value.item()
    return value


def missing(value: Any) -> bool:
    """None, NaN, NaT and their like: a field left out."""
    if value is None:
        return True
    if isinstance(value, (str, bytes, int)):
        return False
    try:
        return bool(value != value)
    except (TypeError, ValueError, ArithmeticError):
        return type(value).__name__ == "NAType"


def cell(value: Any, field: str, row: Optional[int]) -> bytes:
    """A field of a record as the text that CSV would have."""
    if type(value) is str:
        return _coded(value, field, row)
    if missing(value):
        return b""
    value = unboxed(value)
    if isinstance(value, bool):
        return b"yes" if value else b"no"
    if isinstance(value, int):
        return str(int(value)).encode()
    if isinstance(value, str):
        return _coded(value, field, row)
    if isinstance(value, bytes):
        return value
    if isinstance(value, decimal.Decimal) and value.is_finite():
        return format(value, "f").encode()
    if isinstance(value, datetime.datetime):
        return _moment(value)
    if isinstance(value, datetime.date):
        return value.isoformat().encode()
    if isinstance(value, (dict, list)) and field == "data":
        return json.dumps(value, ensure_ascii=False).encode()
    raise _refused(value, field, row)


def _coded(value: str, field: str, row: Optional[int]) -> bytes:
    try:
        return value.encode("utf-8")
    except UnicodeEncodeError:
        raise InvalidError(f"{field} is not Unicode text: {value!r}",
                           row=row, field=field) from None


def _moment(value: datetime.datetime) -> bytes:
    if value.tzinfo is not None:
        value = value.astimezone(datetime.timezone.utc).replace(tzinfo=None)
        return value.isoformat().encode() + b"Z"
    return value.isoformat().encode()


def _refused(value: Any, field: str, row: Optional[int]) -> InvalidError:
    where = "" if row is None else f"row {row}: "
    words = f"{where}{field} is {_kind(value)}"
    if isinstance(value, (float, Fraction)):
        return InvalidError(
            f"{words} ({value!r}), which need not be exact: give an int, a "
            "decimal.Decimal or a text", row=row, field=field)
    return InvalidError(
        f"{words}: expected a text, an int, a Decimal, a date, a datetime, "
        "a bool or None", row=row, field=field)


def _kind(value: Any) -> str:
    name = type(value).__name__
    return ("an " if name[:1].lower() in "aeiou" else "a ") + name
