"""An answer: typed columns, what was asked, and every way out."""
from __future__ import annotations

import ctypes
import html
import io
import os
from typing import (TYPE_CHECKING, Any, Iterable, Iterator, Mapping, Optional,
                    Union, overload)

from . import _arrow as arrow
from . import _convert as convert
from . import _prototypes as proto
from ._column import Column
from ._errors import InvalidError, UnsupportedError
from ._handle import Handle, out_pointer
from ._library import LIB, call
from ._value import Row, row_class

if TYPE_CHECKING:
    from ._query import Query
    from ._snapshot import Snapshot

FORMATS = {"text": proto.CUSTCAP_FORMAT_TEXT,
           "table": proto.CUSTCAP_FORMAT_TEXT,
           "csv": proto.CUSTCAP_FORMAT_CSV,
           "json": proto.CUSTCAP_FORMAT_JSON}
HTML_ROWS = 60
NOTES = ("measure", "version", "query", "head", "unit", "left_out")


class ArrowExport:
    """A table as Arrow, with the flags it was asked with."""

    def __init__(self, table: Table, flags: int) -> None:
        self._table = table
        self._flags = flags

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """A fresh stream, as a capsule."""
        return self._table._stream(self._flags)


class Table(Handle):
    """An immutable table of rows.

    ``len(table)`` counts rows; iterating gives Row objects, whose cells are
    int, Decimal (money), date, datetime (UTC), str, Ratio or None;
    ``table[0]`` is a row, ``table["nrr"]`` a Column.  Any library that
    speaks Arrow takes the table itself: ``pyarrow.table(table)``,
    ``polars.DataFrame(table)``, ``duckdb.sql("FROM movements")``.

    A table keeps what it needs: snapshot and ledger may be closed first, and
    after a fork it can still be read.  It keeps the snapshot that it came
    from, for ``drill()``, until it is closed.
    """

    _free = "custcap_table_free"
    _crosses_fork = True

    def __init__(self) -> None:
        raise TypeError("tables come from measures, Table.from_arrow() and "
                        "Table.merge()")

    @classmethod
    def _own(cls, pointer: Optional[int], keep: Any = None) -> Table:
        made = cls.__new__(cls)
        made._adopt(pointer, keep=keep)
        held = made._held()
        made._rows = LIB.custcap_table_rows(held.pointer)
        count = LIB.custcap_table_columns(held.pointer)
        made.columns = tuple(Column(made, index) for index in range(count))
        made._row = row_class(made.names)
        made._origin = None
        return made

    _rows: int
    columns: tuple[Column, ...]
    _row: type[Row]
    _origin: Optional[tuple[Snapshot, str, Optional[Query]]]

    def close(self) -> None:
        """Let go of it and of its snapshot; once more is nothing."""
        self._origin = None
        super().close()

    # --- reading ----------------------------------------------------------

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(column.name for column in self.columns)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self._rows, len(self.columns)

    def __len__(self) -> int:
        return self._rows

    def __bool__(self) -> bool:
        return True

    def column(self, name: str) -> Column:
        """The column of that name."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"there is no column {name}; there are "
                       f"{', '.join(self.names)}")

    def _rows_of(self, start: int, stop: int) -> list[Row]:
        cells = [column.cells(start, stop) for column in self.columns]
        return [self._row(row) for row in zip(*cells)]

    def __iter__(self) -> Iterator[Row]:
        self._held()
        return self._chunks()

    def _chunks(self) -> Iterator[Row]:
        for start in range(0, self._rows, 1024):
            yield from self._rows_of(start, min(start + 1024, self._rows))

    @overload
    def __getitem__(self, key: str) -> Column: ...

    @overload
    def __getitem__(self, key: int) -> Row: ...

    @overload
    def __getitem__(self, key: slice) -> list[Row]: ...

    def __getitem__(self, key: Union[str, int, slice]
                    ) -> Union[Column, Row, list[Row]]:
        if isinstance(key, str):
            return self.column(key)
        if isinstance(key, slice):
            start, stop, step = key.indices(self._rows)
            if step == 1:
                return self._rows_of(start, max(start, stop))
            return [self[row] for row in range(start, stop, step)]
        row = convert.integer(key, "row")
        if not -self._rows <= row < self._rows:
            raise IndexError(f"row {row} of {self._rows}")
        row %= self._rows
        return self._rows_of(row, row + 1)[0]

    def to_dict(self) -> dict[str, list[Any]]:
        """Every column as a list, by name."""
        return {column.name: column.to_list() for column in self.columns}

    def to_rows(self) -> list[dict[str, Any]]:
        """Every row as a dict."""
        return [row.to_dict() for row in self]

    def note(self, name: str) -> Optional[str]:
        """What is known about the answer: "measure", "version", "query",
        "head", "unit", "left_out" and others of the measure; or None."""
        found = LIB.custcap_table_note(self._held().pointer,
                                       convert.text(name, "name"))
        return None if found is None else found.decode("utf-8", "replace")

    @property
    def notes(self) -> dict[str, str]:
        """The notes that every answer may have, those that are there."""
        found = ((name, self.note(name)) for name in NOTES)
        return {name: text for name, text in found if text is not None}

    # --- other tables -----------------------------------------------------

    def sorted(self, column: Optional[str] = None, *,
               descending: bool = False, limit: Optional[int] = None
               ) -> Table:
        """A copy in another order and not longer than a limit."""
        made = out_pointer()
        bound = -1 if limit is None else convert.integer(limit, "limit", 0)
        call("custcap_table_sorted", self._held().pointer,
             None if column is None else convert.text(column, "column"),
             int(bool(descending)), bound, ctypes.byref(made))
        return Table._own(made.value)

    @staticmethod
    def merge(tables: Iterable[Table]) -> Table:
        """One table of the same measure of several shards.

        Rows with equal keys become one by the merge rules of their columns:
        exact, and the same in any order.

        Raises:
            InvalidError: columns differ.
            UnsupportedError: a column has no merge rule.
        """
        given = list(tables)
        for table in given:
            if not isinstance(table, Table):
                raise InvalidError(f"merge() takes tables, not "
                                   f"{type(table).__name__}")
        owners = [table._held() for table in given]
        pointers = (ctypes.c_void_p * max(len(owners), 1))(
            *[owner.pointer for owner in owners])
        made = out_pointer()
        call("custcap_table_merge", pointers, len(owners),
             ctypes.byref(made))
        return Table._own(made.value)

    @staticmethod
    def from_arrow(data: Any) -> Table:
        """A table of anything with ``__arrow_c_stream__``, or of a dict of
        columns; all values are copied.

        Raises:
            InvalidError: a type that is not exact (floats), a damaged
                array, a text that isn't UTF-8.
            AmountOverflowError: a number beyond 64 bits.
        """
        stream = _stream_of(data)
        address, _keep = arrow.taken(stream)
        made = out_pointer()
        call("custcap_table_from_arrow", address, ctypes.byref(made))
        return Table._own(made.value)

    def drill(self, row: int, column: str) -> Table:
        """What stands behind a cell, where this table answers a measure.

        Args:
            row: from 0, as in ``table[row]``.
            column: a column; a ratio ``x`` is asked about as ``x_num`` or
                ``x_den``.
        """
        if self._origin is None:
            raise UnsupportedError("this table is not the answer of a "
                                   "measure: there is nothing to drill to")
        snapshot, measure, query = self._origin
        return snapshot.drill(measure, row, column, query)

    # --- ways out -----------------------------------------------------------

    def _stream(self, flags: int) -> object:
        stream = arrow.Stream()
        call("custcap_table_to_arrow", self._held().pointer, flags,
             ctypes.byref(stream))
        return arrow.capsule(stream)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """A fresh Arrow stream, as a capsule: money as decimal128, days as
        date32, instants as timestamps (UTC), texts as dictionaries, a ratio
        x as x (float64), x_num and x_den."""
        return self._stream(0)

    def to_arrow(self, *, minor: bool = False, plain: bool = False
                 ) -> ArrowExport:
        """The table as Arrow in another dress.

        Args:
            minor: money as int64 minor units, without a copy.
            plain: texts as plain utf8 in place of dictionaries.
        """
        flags = (proto.CUSTCAP_ARROW_MINOR if minor else 0)
        return ArrowExport(self, flags | (
            proto.CUSTCAP_ARROW_PLAIN if plain else 0))

    def to_numpy(self) -> dict[str, Any]:
        """Every column as an array, by name; see Column.to_numpy()."""
        return {column.name: column.to_numpy() for column in self.columns}

    def to_pandas(self, money: str = "decimal") -> Any:
        """A pandas DataFrame.

        Counts are int64 (Int64 with nulls), days and instants datetime64,
        ratios float64, texts objects.  The notes are in its ``attrs``.

        Args:
            money: "decimal" (exact), "float", or "minor" (integers).
        """
        if money not in ("decimal", "float", "minor"):
            raise InvalidError(f"money is {money!r}: expected decimal, float "
                               "or minor", field="money")
        import pandas
        frame = pandas.DataFrame(
            {column.name: _for_pandas(column, money)
             for column in self.columns}, columns=list(self.names))
        frame.attrs.update(self.notes)
        return frame

    def render(self, format: str = "text", *, raw: bool = False,
               header: bool = True) -> bytes:
        """The table as UTF-8, as ``write()`` would write it."""
        if format not in FORMATS:
            raise InvalidError(f"format is {format!r}: expected "
                               "text, csv or json", field="format")
        flags = (proto.CUSTCAP_WRITE_RAW if raw else 0) | (
            0 if header else proto.CUSTCAP_WRITE_BARE)
        parts: list[bytes] = []

        def write(_context: Any, address: int, length: int) -> int:
            parts.append(ctypes.string_at(address, length))
            return 0

        call("custcap_table_write", self._held().pointer, FORMATS[format],
             flags, proto.custcap_write(write), None)
        return b"".join(parts)

    def write(self, target: Any = None, format: Optional[str] = None, *,
              raw: bool = False, header: bool = True) -> Optional[str]:
        """Write the table as "csv", "json" or "text", the same bytes as the
        command custcap.

        Args:
            target: a path, a file (text or binary), or None for a str.
            format: by default what the path ends in, else "text".
            raw: with csv: leave texts that look like formulas as they are.
            header: with csv: a first line with the names.

        Returns:
            the text where there is no target.
        """
        if format is None:
            format = _format_of(target)
        rendered = self.render(format, raw=raw, header=header)
        if target is None:
            return rendered.decode("utf-8")
        if isinstance(target, (str, os.PathLike)):
            with open(target, "wb") as file:
                file.write(rendered)
        elif isinstance(target, io.TextIOBase):
            target.write(rendered.decode("utf-8"))
        else:
            target.write(rendered)
        return None

    def to_csv(self, target: Any = None, **options: Any) -> Optional[str]:
        """write() as CSV."""
        return self.write(target, "csv", **options)

    def to_json(self, target: Any = None) -> Optional[str]:
        """write() as JSON."""
        return self.write(target, "json")

    def __str__(self) -> str:
        return self.render("text").decode("utf-8")

    def __repr__(self) -> str:
        if self.closed:
            return "Table(closed)"
        title = self.note("measure")
        return (f"Table({title + ': ' if title else ''}{self._rows} rows: "
                f"{', '.join(self.names)})")

    def _repr_html_(self) -> str:
        """For notebooks: the first rows as HTML; every text is escaped."""
        head = "".join(f"<th>{html.escape(name)}</th>"
                       for name in self.names)
        body = "".join(f"<tr>{''.join(_html_cells(self.columns, row))}</tr>"
                       for row in self[:HTML_ROWS])
        more = ("" if self._rows <= HTML_ROWS else
                f"<caption>{HTML_ROWS} of {self._rows} rows</caption>")
        return (f'<table class="custcap">{more}<thead><tr>{head}</tr></thead>'
                f"<tbody>{body}</tbody></table>")


def _stream_of(data: Any) -> Any:
    """Something to take a stream from."""
    if arrow.is_stream(data):
        return data
    if isinstance(data, Mapping):
        return arrow.of_columns(data)
    raise InvalidError(f"{type(data).__name__} has no __arrow_c_stream__ and "
                       "is no dict of columns")


def _format_of(target: Any) -> str:
    if isinstance(target, (str, os.PathLike)):
        ending = os.path.splitext(os.fspath(target))[1].lower()
        return {".csv": "csv", ".json": "json"}.get(ending, "text")
    return "text"


def _for_pandas(column: Column, money: str) -> Any:
    """A column as pandas takes it."""
    import pandas
    if column.type in ("money", "decimal") and money != "minor":
        if money == "decimal":
            return pandas.Series(column.to_list(), dtype=object)
        return pandas.Series([None if cell is None else float(cell)
                              for cell in column], dtype="float64")
    values = column.to_numpy()
    if column.type in ("int64", "money", "decimal"):
        nulls = column.nulls()
        made = pandas.Series(values.copy())
        return made.astype("Int64").mask(nulls) if any(nulls) else made
    if column.type == "instant":
        return pandas.Series(values.copy()).dt.tz_localize("UTC")
    return pandas.Series(values.copy())


def _html_cells(columns: tuple[Column, ...], row: Row) -> Iterator[str]:
    for column, cell in zip(columns, row):
        if cell is None:
            text = ""
        elif column.type == "ratio":
            text = (f"{float(cell):,.{column.scale}f}" if column.scale
                    else f"{float(cell):.1%}")
        elif column.type == "double":
            text = f"{cell:.8g}"
        elif column.type in ("int64", "money", "decimal"):
            text = f"{cell:,}"
        else:
            text = html.escape(str(cell))
        left = column.type in ("text", "day", "instant")
        align = "left" if left else "right"
        yield f'<td style="text-align: {align}">{text}</td>'
