"""Values of cells: rows, and ratios that keep both their integers."""
from __future__ import annotations

import datetime
from fractions import Fraction
from typing import Any, ClassVar, NamedTuple, Optional


class Permission(NamedTuple):
    """May a party be asked, why not, and from when on.

    True where it may.  ``again`` is None where one may ask at once, or where
    waiting does not help.
    """

    may: bool
    reason: Optional[str]
    again: Optional[datetime.datetime]

    def __bool__(self) -> bool:
        return self.may


class Ratio(Fraction):
    """An exact ratio: a Fraction that also keeps how it was counted.

    ``num`` and ``den`` are the integers of the table, not reduced: counts,
    or money in minor units.  The value is num / den, divided by 10 ** scale
    where the column is an amount per count.

    >>> half = Ratio(50, 100)
    >>> half == Fraction(1, 2), half.num, half.den, float(half)
    (True, 50, 100, 0.5)
    """

    num: int
    den: int
    scale: int
    __slots__ = ("num", "den", "scale")

    def __new__(cls, num: int, den: int, scale: int = 0) -> Ratio:
        made = super().__new__(cls, num, den * 10 ** scale)
        made.num, made.den, made.scale = num, den, scale
        return made

    def __repr__(self) -> str:
        scale = f", {self.scale}" if self.scale else ""
        return f"Ratio({self.num}, {self.den}{scale})"

    def __reduce__(self) -> Any:
        return Ratio, (self.num, self.den, self.scale)

    def __copy__(self) -> Ratio:
        return self

    def __deepcopy__(self, _memo: Any) -> Ratio:
        return self


class Row(tuple[Any, ...]):
    """A row: a tuple that knows its columns.

    ``row[0]``, ``row["nrr"]`` and ``row.nrr`` are the same cell; a column
    named like a method of tuples (count, index) only answers to brackets.
    """

    __slots__ = ()
    _places: ClassVar[dict[str, int]] = {}

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, str):
            return tuple.__getitem__(self, self._place(key))
        return tuple.__getitem__(self, key)

    def __getattr__(self, name: str) -> Any:
        try:
            return tuple.__getitem__(self, self._place(name))
        except KeyError as problem:
            raise AttributeError(problem.args[0]) from None

    def _place(self, name: str) -> int:
        try:
            return self._places[name]
        except KeyError:
            raise KeyError(f"there is no column {name}; there are "
                           f"{', '.join(self._places)}") from None

    def to_dict(self) -> dict[str, Any]:
        """The row as a dict."""
        return dict(zip(self._places, self))

    def __repr__(self) -> str:
        cells = ", ".join(f"{name}={value!r}"
                          for name, value in zip(self._places, self))
        return f"Row({cells})"

    def __reduce__(self) -> Any:
        return _row, (tuple(self._places), tuple(self))


def row_class(names: tuple[str, ...]) -> type[Row]:
    """The class of the rows of a table."""
    places = {name: place for place, name in enumerate(names)}
    return type("Row", (Row,), {"__slots__": (), "_places": places})


def _row(names: tuple[str, ...], cells: tuple[Any, ...]) -> Row:
    """A row out of a pickle."""
    return row_class(names)(cells)
