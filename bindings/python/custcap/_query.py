"""What to ask: window, period, unit, filters, named parameters."""
from __future__ import annotations

import datetime
import decimal
from typing import Any, Iterable, Mapping, Optional, Union

from . import _convert as convert
from ._convert import Day
from ._errors import InvalidError
from ._handle import Handle
from ._library import LIB, call

Parameter = Union[int, float, str, decimal.Decimal, datetime.date]
Filter = Mapping[str, Union[str, Iterable[str]]]


class Query(Handle):
    """What to ask, as keyword arguments; immutable once made.

    Args:
        from_, to: the window [from_, to), as dates or "YYYY-MM-DD"; both or
            neither.  It must be whole periods.  Default: from the first to
            the last day with revenue, widened to periods.
        period: "day", "week", "month" (default), "quarter", "year", "whole".
        unit: code of the unit to answer in; the ledger's by default.
        filter: field ("line", "channel", "code", "party") to a value or
            several, which are alternatives.  Words include those below them.
        viewer: the host key of who asks.
        sort: a column, smallest first; with "-" before it largest first.
        limit: at most so many rows, after sorting.
        set: named parameters of the measure.
        tables: named input tables: a Table, or anything with
            ``__arrow_c_stream__``; a SQL measure sees NAME as input_NAME.
        parameters: any other keyword is a named parameter, too.

    Raises:
        InvalidError: a value of the wrong kind.  Names and values are
            checked when the measure runs.

    >>> Query(period="quarter", limit=3)
    Query(period='quarter', limit=3)
    """

    _free = "custcap_query_free"
    _crosses_fork = True

    def __init__(self, *, from_: Optional[Day] = None,
                 to: Optional[Day] = None, period: Optional[str] = None,
                 unit: Optional[str] = None, filter: Optional[Filter] = None,
                 viewer: Optional[str] = None, sort: Optional[str] = None,
                 limit: Optional[int] = None,
                 set: Optional[Mapping[str, Parameter]] = None,
                 tables: Optional[Mapping[str, Any]] = None,
                 **parameters: Parameter) -> None:
        keep: list[Any] = []
        self._given: dict[str, Any] = {
            name: value for name, value in (
                ("from_", from_), ("to", to), ("period", period),
                ("unit", unit), ("filter", filter), ("viewer", viewer),
                ("sort", sort), ("limit", limit), ("set", set),
                ("tables", tables), *parameters.items())
            if value is not None}
        self._adopt(LIB.custcap_query_new(), keep=keep)
        if from_ is not None or to is not None:
            self._window(from_, to)
        for name, value in (("period", period), ("unit", unit),
                            ("viewer", viewer)):
            if value is not None:
                self._call(f"set_{name}", convert.text(value, name))
        self._filter(filter or {})
        for name, given in {**(set or {}), **parameters}.items():
            self._set(name, given)
        for name, table in (tables or {}).items():
            self._bind(name, table, keep)
        if sort is not None:
            self._sort(sort)
        if limit is not None:
            self._call("limit", convert.integer(limit, "limit", 0))

    def __repr__(self) -> str:
        given = ", ".join(f"{name}={value!r}"
                          for name, value in self._given.items())
        return f"Query({given})"

    def replace(self, **changes: Any) -> Query:
        """Another query: this one with other values; None takes one away."""
        return Query(**{**self._given, **changes})

    def _call(self, verb: str, *arguments: Any) -> None:
        call(f"custcap_query_{verb}", self._held().pointer, *arguments)

    def _window(self, from_: Optional[Day], to: Optional[Day]) -> None:
        if from_ is None or to is None:
            lacking = "from_" if from_ is None else "to"
            raise InvalidError(f"a window needs from_ and to; {lacking} is "
                               "missing", field=lacking)
        self._call("set_window", convert.day(from_, "from_"),
                   convert.day(to, "to"))

    def _filter(self, given: Filter) -> None:
        for field, values in given.items():
            if isinstance(values, str):
                values = [values]
            for value in values:
                self._call("filter", convert.text(field, "filter"),
                           convert.text(value, f"filter {field}"))

    def _set(self, name: str, value: Any) -> None:
        coded = convert.text(name, "parameter")
        value = convert.unboxed(value)
        if isinstance(value, str):
            self._call("set_text", coded, convert.text(value, name))
        elif isinstance(value, bool):
            self._call("set_int64", coded, int(value))
        elif isinstance(value, int):
            self._call("set_int64", coded, convert.integer(value, name))
        elif isinstance(value, float):
            self._call("set_double", coded, value)
        elif isinstance(value, decimal.Decimal) and value.is_finite():
            self._call("set_text", coded, format(value, "f").encode())
        elif convert.is_day(value):
            self._call("set_day", coded, convert.day(value, name))
        else:
            raise InvalidError(
                f"parameter {name} is {value!r}: expected an int, a float, a "
                "Decimal, a text or a date", field=name)

    def _bind(self, name: str, table: Any, keep: list[Any]) -> None:
        from ._table import Table
        made = table if isinstance(table, Table) else Table.from_arrow(table)
        owner = made._held()
        keep.append(owner)
        self._call("bind_table", convert.text(name, "table"), owner.pointer)

    def _sort(self, sort: str) -> None:
        coded = convert.text(sort, "sort")
        descending = coded.startswith(b"-")
        self._call("sort", coded[1:] if descending else coded,
                   int(descending))


def pointer_of(query: Optional[Query], given: Mapping[str, Any]) -> Any:
    """The owner of a query, given as one or as keyword arguments."""
    if query is not None and not isinstance(query, Query):
        raise InvalidError(f"query is {type(query).__name__}: expected a "
                           "Query, or keyword arguments")
    if query is None:
        query = Query(**given)
    elif given:
        query = query.replace(**given)
    return query._held()
