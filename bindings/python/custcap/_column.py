"""A column of a table: its description and its cells."""
from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Any, Callable, Iterator, Optional

from . import _convert as convert
from . import _prototypes as proto
from ._errors import UnsupportedError
from ._handle import Owner
from ._library import LIB
from ._value import Ratio

if TYPE_CHECKING:
    from ._table import Table

TYPES = {
    proto.CUSTCAP_TYPE_INT64: "int64", proto.CUSTCAP_TYPE_MONEY: "money",
    proto.CUSTCAP_TYPE_DECIMAL: "decimal", proto.CUSTCAP_TYPE_DAY: "day",
    proto.CUSTCAP_TYPE_INSTANT: "instant", proto.CUSTCAP_TYPE_TEXT: "text",
    proto.CUSTCAP_TYPE_RATIO: "ratio",
    getattr(proto, "CUSTCAP_TYPE_DOUBLE", 8): "double",
}
MERGES = {
    proto.CUSTCAP_MERGE_NONE: "none", proto.CUSTCAP_MERGE_KEY: "key",
    proto.CUSTCAP_MERGE_SUM: "sum", proto.CUSTCAP_MERGE_RATIO: "ratio",
    proto.CUSTCAP_MERGE_MAX: "max", proto.CUSTCAP_MERGE_MIN: "min",
}


def borrowed(owner: Owner, address: Optional[int], count: int,
             doubles: bool = False) -> memoryview[Any]:
    """Numbers in a table's memory, which is kept for as long as the view
    is: read-only, format "q" (or "d"), no copy."""
    form: Any = "d" if doubles else "q"
    if not address or count == 0:
        return memoryview(b"").cast(form)
    kind: Any = type("Cells", (ctypes.c_int64 * count,), {})
    cells = kind.from_address(address)
    cells.owner = owner
    return memoryview(cells).cast("B").cast(form).toreadonly()


class Column:
    """A column of a table.

    Attributes:
        name: its name.
        type: "int64", "money", "decimal", "day", "instant", "text",
            "ratio", "double" (an estimate of a model).
        scale: digits after the point of money, decimals and money ratios.
        merge: how two shards merge: "key", "sum", "ratio", "max", "min",
            "none".

    Iterating gives Python values, None where null: int, Decimal (money,
    decimal), date, datetime (UTC), str, Ratio, float.
    """

    def __init__(self, table: Table, index: int) -> None:
        owner = table._held()
        self._table = table
        self._index = index
        self._rows = len(table)
        pointer = owner.pointer
        coded = LIB.custcap_table_column_name(pointer, index) or b""
        self.name: str = coded.decode()
        self._type = LIB.custcap_table_column_type(pointer, index)
        self.type: str = TYPES.get(self._type, str(self._type))
        self.scale: int = LIB.custcap_table_column_scale(pointer, index)
        merge = LIB.custcap_table_column_merge(pointer, index)
        self.merge: str = MERGES.get(merge, str(merge))

    def __repr__(self) -> str:
        return f"Column({self.name!r}, {self.type}, {self._rows} rows)"

    def __len__(self) -> int:
        return self._rows

    def __iter__(self) -> Iterator[Any]:
        for start in range(0, self._rows, 4096):
            yield from self.cells(start, min(start + 4096, self._rows))

    def __getitem__(self, row: int) -> Any:
        place = convert.integer(row, "row")
        if not -self._rows <= place < self._rows:
            raise IndexError(f"row {place} of {self._rows}")
        place %= self._rows
        return self.cells(place, place + 1)[0]

    def to_list(self) -> list[Any]:
        """All cells as Python values."""
        return self.cells(0, self._rows)

    @property
    def values(self) -> memoryview[Any]:
        """The integers of the column, without a copy: counts, minor units,
        mantissas, days and microseconds since 1970, a ratio's numerators,
        and for texts numbers of which equal ones are equal texts.  A null
        is 0; see ``nulls()``.  A column of doubles gives those."""
        owner = self._table._held()
        if self.type == "double":
            return borrowed(owner, LIB.custcap_table_doubles(
                owner.pointer, self._index), self._rows, doubles=True)
        return borrowed(owner, LIB.custcap_table_values(
            owner.pointer, self._index), self._rows)

    @property
    def denominators(self) -> memoryview[Any]:
        """The denominators of a ratio, without a copy; else empty."""
        owner = self._table._held()
        address = LIB.custcap_table_denominators(owner.pointer, self._index)
        return borrowed(owner, address, self._rows if address else 0)

    def nulls(self) -> list[bool]:
        """Where there is no value."""
        owner = self._table._held()
        return self._nulls(owner, 0, self._rows)

    def _nulls(self, owner: Owner, start: int, stop: int) -> list[bool]:
        ask, pointer, index = (LIB.custcap_table_is_null, owner.pointer,
                               self._index)
        return [ask(pointer, index, row) != 0 for row in range(start, stop)]

    def cells(self, start: int, stop: int) -> list[Any]:
        """Cells of the rows [start, stop) as Python values."""
        owner = self._table._held()
        if self.type == "text":
            return self._texts(owner, start, stop)
        values = self.values[start:stop]
        if len(values) != stop - start:
            raise UnsupportedError(f"column {self.name} is of a type of a "
                                   f"later library ({self.type})")
        if self.type == "double":
            return [None if value != value else value for value in values]
        if self.type == "ratio":
            scale = self.scale
            return [Ratio(num, den, scale) if den else None for num, den
                    in zip(values, self.denominators[start:stop])]
        make = self._maker()
        return [None if null else make(value) for value, null
                in zip(values, self._nulls(owner, start, stop))]

    def _maker(self) -> Callable[[int], Any]:
        scale = self.scale
        if self.type in ("money", "decimal"):
            return lambda value: convert.to_decimal(value, scale)
        if self.type == "day":
            return convert.to_day
        if self.type == "instant":
            return convert.to_instant
        return int

    def _texts(self, owner: Owner, start: int, stop: int) -> list[Any]:
        """Each text is fetched once, by its number."""
        known: dict[int, Optional[str]] = {}
        numbers = self.values[start:stop]
        for row, number in enumerate(numbers, start):
            if number not in known:
                known[number] = self._text(owner, row)
        return [known[number] for number in numbers]

    def _text(self, owner: Owner, row: int) -> Optional[str]:
        if LIB.custcap_table_is_null(owner.pointer, self._index, row):
            return None
        length = ctypes.c_int64()
        address = LIB.custcap_table_text(owner.pointer, self._index, row,
                                         ctypes.byref(length))
        if not address or length.value <= 0:
            return ""
        return ctypes.string_at(address, length.value).decode(
            "utf-8", "replace")

    def to_numpy(self) -> Any:
        """The column for NumPy.

        int64, money and decimal (in minor units), day (datetime64[D]) and
        instant (datetime64[us]) are read-only views of the table's memory;
        with nulls days and instants are copies with NaT.  A ratio is a copy
        as float64 (NaN where undefined), texts are an object array.
        """
        import numpy
        if self.type == "text":
            texts: Any = numpy.empty(self._rows, dtype=object)
            texts[:] = self.to_list()
            return texts
        raw = numpy_view(self.values)
        if self.type == "double":
            return raw
        if self.type == "ratio":
            with numpy.errstate(divide="ignore", invalid="ignore"):
                den = numpy_view(self.denominators)
                quotient = raw / (den * 10.0 ** self.scale)
            return numpy.where(den == 0, numpy.nan, quotient)
        unit = {"day": "D", "instant": "us"}.get(self.type)
        if unit is None:
            return raw
        made = raw.view(f"datetime64[{unit}]")
        nulls = numpy.array(self.nulls(), dtype=bool)
        if nulls.any():
            made = made.copy()
            made[nulls] = numpy.datetime64("NaT")
        return made


def numpy_view(values: memoryview[Any]) -> Any:
    """A read-only array over the same memory."""
    import numpy
    kind = numpy.dtype(numpy.float64 if values.format == "d"
                       else numpy.int64)
    if not len(values):
        return numpy.empty(0, dtype=kind)
    return numpy.frombuffer(values, dtype=kind)
