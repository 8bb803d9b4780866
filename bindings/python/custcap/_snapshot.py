"""A position and a moment: what measures are asked of."""
from __future__ import annotations

import ctypes
import time
from typing import TYPE_CHECKING, Any, Iterator, Optional, Union

from . import _convert as convert
from . import _prototypes as proto
from ._convert import Moment
from ._errors import InvalidError, NotFoundError, RefusedError
from ._handle import Handle, Progress, Watch, out_pointer
from ._library import LIB, call, started
from ._query import Query, pointer_of
from ._table import Table
from ._taxonomy import Taxonomy
from ._value import Permission, Row

if TYPE_CHECKING:
    from ._ledger import Ledger

ABOUT = ("title", "version", "formula", "source", "requirements",
         "parameters", "columns")


class Snapshot(Handle):
    """What had been recorded (as known) and what was in force (as of).

    Made by ``ledger.snapshot()``.  It is not a lock: it answers the same for
    ever, whatever is posted later (erased names apart), also after the
    ledger was closed, and several threads may ask at once.
    """

    _free = "custcap_snapshot_free"

    def __init__(self, ledger: Ledger, *,
                 as_known: Union[int, Moment, None] = None,
                 as_of: Optional[Moment] = None, threads: int = 0,
                 viewer: Optional[str] = None,
                 progress: Optional[Progress] = None) -> None:
        self._watch = Watch(progress)
        options = started(proto.custcap_snapshot_options)
        _moment_fill(options, as_known, as_of)
        options.threads = convert.integer(threads, "threads", 0, 2**31 - 1)
        options.progress = self._watch.callback
        made = out_pointer()
        ledger._call("custcap_snapshot_open", ctypes.byref(options),
                     ctypes.byref(made))
        if viewer is not None:
            own, made = made, out_pointer()
            try:
                call("custcap_snapshot_for_viewer", own,
                     convert.text(viewer, "viewer"), ctypes.byref(made))
            finally:
                LIB.custcap_snapshot_free(own)
        self._adopt(made.value, keep=(self._watch, ledger._hooks))

    @property
    def position(self) -> int:
        """The position of the journal it answers for."""
        return int(LIB.custcap_snapshot_position(self._held().pointer))

    def measure(self, measure: str, query: Optional[Query] = None,
                **given: Any) -> Table:
        """Ask a measure: the one call that answers.

        Args:
            measure: a name of the catalogue; see ``custcap.measures()``.
            query: a Query; its keyword arguments (from_, to, period, unit,
                filter, sort, limit, set ... and the measure's own
                parameters) may be given here instead, or on top.

        Raises:
            NotFoundError: no such measure.
            InvalidError: a parameter or the window.
            AmountOverflowError, CancelledError, CorruptError, DeniedError,
            LimitError.

        >>> table = example.measure("revenue.retention", to="2024-03-01",
        ...                         from_="2024-01-01")
        >>> table[1].nrr
        Ratio(12000, 15000)
        """
        owner = self._held()
        asked = pointer_of(query, given)
        made = out_pointer()
        self._watch.run("custcap_snapshot_measure", owner.pointer,
                        convert.text(measure, "measure"), asked.pointer,
                        ctypes.byref(made))
        table = Table._own(made.value)
        kept = (query or Query()).replace(**given) if given else query
        table._origin = (self, measure, kept)
        return table

    def measure_text(self, text: str, query: Optional[Query] = None,
                     **given: Any) -> Table:
        """Ask a measure given as text, in the format of the catalogue's
        files: one SELECT over the documented views."""
        owner = self._held()
        asked = pointer_of(query, given)
        coded = convert.key_text(text, "text")
        made = out_pointer()
        self._watch.run("custcap_snapshot_measure_text", owner.pointer,
                        coded, len(coded), asked.pointer,
                        ctypes.byref(made))
        return Table._own(made.value)

    def drill(self, measure: str, row: int, column: str,
              query: Optional[Query] = None, **given: Any) -> Table:
        """What stands behind one cell of the answer to the same query.

        For money: entries with a column ``part`` that sums to the cell; for
        counts: parties, with a ``part`` where one may be more than one of
        what is counted.  ``table.drill(row, column)`` is shorter.

        Args:
            row: from 0.
            column: a column; a ratio ``x`` is asked about as ``x_num`` or
                ``x_den``.
        """
        owner = self._held()
        asked = pointer_of(query, given)
        made = out_pointer()
        place = convert.integer(row, "row", 0, convert.INT64_MAX - 1)
        self._watch.run("custcap_snapshot_drill", owner.pointer,
                        convert.text(measure, "measure"), asked.pointer,
                        place + 1, convert.text(column, "column"),
                        ctypes.byref(made))
        return Table._own(made.value)

    def may_ask(self, party: int, purpose: str = "", minutes: int = 0,
                at: Optional[Moment] = None) -> Permission:
        """May a party be asked something now?  Rules ask-cap and ask-cap.*,
        and who has opted out; microseconds, for a service that asks before
        every question.

        Args:
            party: its number (``ledger.party``).
            purpose: what for, such as "research".
            minutes: effort that it would take.
            at: a datetime with a zone, or a text; now, if nothing is said.

        >>> bool(example.may_ask(2, "research"))
        True
        """
        until = ctypes.c_int64()
        when = (time.time_ns() // 1000 if at is None
                else convert.instant(at, "at"))
        number = convert.integer(party, "party", 1)
        effort = convert.integer(minutes, "minutes", 0)
        reason = None
        try:
            call("custcap_snapshot_may_ask", self._held().pointer, number,
                 convert.text(purpose, "purpose"), effort, when,
                 ctypes.byref(until))
        except RefusedError as why:
            reason = str(why)
        again = (convert.to_instant(until.value)
                 if abs(until.value) < convert.INT64_MAX else None)
        return Permission(reason is None, reason, again)

    def records(self, record: str, since: int = 0,
                until: Optional[int] = None) -> Iterator[Row]:
        """Records of one kind, as text fields, in the order recorded.

        Args:
            record: "entry", "party", "role" ... see ``custcap.RECORDS``.
            since: only batches after this position.
            until: only up to and with this position.
        """
        kind = record_kind(record)
        self._held()
        return self._records(kind, since, until)

    def _records(self, kind: int, since: int,
                 until: Optional[int]) -> Iterator[Row]:
        last = self.position if until is None else until
        while since < last:
            table, since = self.records_table(kind, since, last)
            yield from table

    def records_table(self, record: Union[str, int], since: int = 0,
                      until: Optional[int] = None) -> tuple[Table, int]:
        """About 65,536 records as a table, and the last position looked at:
        go on from there, until it is the snapshot's own."""
        kind = record_kind(record) if isinstance(record, str) else record
        last = ctypes.c_int64(-1 if until is None else
                              convert.integer(until, "until", 0))
        made = out_pointer()
        self._watch.run("custcap_snapshot_records", self._held().pointer,
                        kind, convert.integer(since, "since", 0),
                        ctypes.byref(last), ctypes.byref(made))
        return Table._own(made.value), last.value

    def taxonomy(self) -> Taxonomy:
        """The vocabulary as known and as of this moment."""
        made = out_pointer()
        call("custcap_snapshot_taxonomy", self._held().pointer,
             ctypes.byref(made))
        return Taxonomy._own(made.value)

    def __repr__(self) -> str:
        return ("Snapshot(closed)" if self.closed
                else f"Snapshot(position={self.position})")


def _moment_fill(options: Any, as_known: Any, as_of: Any) -> None:
    """The two times of a snapshot, each a number or a moment."""
    if as_known is not None:
        if hasattr(as_known, "__index__"):
            options.as_known = convert.integer(as_known, "as_known", 0)
        else:
            options.as_known_time = convert.instant(as_known, "as_known")
    if as_of is not None:
        if convert.is_day(convert.unboxed(as_of)):
            options.as_of_day = convert.day(as_of, "as_of")
        else:
            options.as_of_instant = convert.instant(as_of, "as_of")


def record_kind(name: Any) -> int:
    """The number of a record, such as 7 for "entry"."""
    coded = convert.text(name, "record")
    number = int(LIB.custcap_record_kind(coded))
    if number == 0:
        raise InvalidError(f"there is no record {name!r}; there are "
                           f"{', '.join(RECORDS)}", field="record")
    return number


def record_fields(record: str) -> list[str]:
    """The names of the fields of a record.

    >>> record_fields("link")
    ['party', 'other', 'from', 'to']
    """
    kind = record_kind(record)
    names: list[str] = []
    while True:
        name = LIB.custcap_record_field(kind, len(names))
        if name is None:
            return names
        names.append(name.decode())


RECORDS = ("definition", "party", "link", "role", "relation", "item",
           "entry", "event", "move", "consent", "mark")


def measures() -> list[str]:
    """The names of all measures, ascending.

    >>> "revenue.retention" in measures()
    True
    """
    return [LIB.custcap_measure_name(index).decode()
            for index in range(LIB.custcap_measure_count())]


def about(measure: str) -> dict[str, str]:
    """How a measure is defined: title, version, formula, source,
    requirements, parameters, columns.

    >>> about("revenue.retention")["title"]
    'Revenue retention'
    """
    coded = convert.text(measure, "measure")
    found = {field: LIB.custcap_measure_about(coded, field.encode())
             for field in ABOUT}
    if all(text is None for text in found.values()):
        raise NotFoundError(f"there is no measure {measure}; "
                            "custcap.measures() lists them")
    return {field: text.decode("utf-8", "replace")
            for field, text in found.items() if text is not None}
