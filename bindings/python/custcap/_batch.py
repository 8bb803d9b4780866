"""Posting: records go in together, or not at all."""
from __future__ import annotations

import ctypes
import itertools
from dataclasses import dataclass, field
from typing import (TYPE_CHECKING, Any, Iterable, Iterator, Mapping, Optional,
                    Sequence, Union)

from . import _arrow as arrow
from . import _convert as convert
from . import _prototypes as proto
from ._errors import Error, InvalidError, MisuseError, RefusedError
from ._handle import Handle, Owner, out_pointer
from ._library import LIB, call
from ._snapshot import record_kind
from ._table import Table
from ._taxonomy import kind_number

if TYPE_CHECKING:
    from ._ledger import Ledger

# A row may bring parties and words with it, which count as records.
ROWS_AT_ONCE = 8192
ROUNDING = {None: proto.CUSTCAP_ROUND_NOT, "not": proto.CUSTCAP_ROUND_NOT,
            "half-even": proto.CUSTCAP_ROUND_HALF_EVEN,
            "half-up": proto.CUSTCAP_ROUND_HALF_UP,
            "down": proto.CUSTCAP_ROUND_DOWN}
STATUSES = {proto.CUSTCAP_RECORD_NEW: "new",
            proto.CUSTCAP_RECORD_EXISTS: "exists",
            proto.CUSTCAP_RECORD_CONFLICT: "conflict"}

Record = Union[Mapping[str, Any], Sequence[Any]]


@dataclass(frozen=True)
class Receipt:
    """What a commit did.

    Attributes:
        position: of the batch in the journal; 0 when nothing was new.
        records_new, records_exists: records written, and those whose key
            was there with the same content.
        parties_made, words_made: parties, lines and channels seen first.
        warnings: how many guards warned; ``findings`` says what.
        chain: the journal's head after it, 32 bytes.
        ids: with rows of Python: the numbers of the records in order, such
            as "@12.1", good for ``ref`` and ``item``.
    """

    position: int
    records_new: int
    records_exists: int
    parties_made: int
    words_made: int
    warnings: int
    chain: bytes = field(repr=False)
    findings: Optional[Table] = field(default=None, repr=False)
    ids: tuple[str, ...] = field(default=(), repr=False)


def empty_receipt() -> Any:
    """A struct for a commit to fill."""
    made = proto.custcap_receipt()
    made.struct_size = ctypes.sizeof(made)
    return made


def receipt_of(filled: Any, findings: Optional[Table] = None,
               ids: Iterable[str] = ()) -> Receipt:
    """What was filled, for Python."""
    return Receipt(filled.position, filled.records_new,
                   filled.records_exists, filled.parties_made,
                   filled.words_made, filled.warnings, bytes(filled.chain),
                   findings, tuple(ids))


def rounding_number(rounding: Optional[str]) -> int:
    """CUSTCAP_ROUND_* of a name."""
    if rounding not in ROUNDING:
        raise InvalidError(f"rounding is {rounding!r}: expected half-even, "
                           "half-up, down or None", field="rounding")
    return ROUNDING[rounding]


class Batch(Handle):
    """Records that are committed together; made by ``ledger.batch()``.

    A batch that failed to commit is still there, and may be mended or tried
    again.  It belongs to its ledger's thread at any moment.
    """

    _free = "custcap_batch_free"

    def __init__(self, ledger: Ledger, *, source: Optional[str] = None,
                 rounding: Optional[str] = None,
                 zero_sum: bool = False) -> None:
        number = rounding_number(rounding)
        self._ledger = ledger
        made = out_pointer()
        ledger._call("custcap_batch_new", ctypes.byref(made))
        self._adopt(made.value, ledger._guard, ledger._hooks)
        if source is not None:
            self._call("set_source", convert.text(source, "source"))
        if number:
            self._call("set_rounding", number)
        if zero_sum:
            with self._ledger._guard:
                LIB.custcap_batch_set_zero_sum(self._held().pointer, 1)

    def _held(self) -> Owner:
        owner = super()._held()
        if self._ledger.closed:
            raise MisuseError("the ledger of this batch is closed")
        return owner

    def _call(self, verb: str, *arguments: Any) -> None:
        owner = self._held()
        with self._ledger._guard:
            call(f"custcap_batch_{verb}", owner.pointer, *arguments)
        self._ledger._hooks.ask()

    def _ask(self, verb: str, *arguments: Any) -> int:
        owner = self._held()
        with self._ledger._guard:
            return int(getattr(LIB, f"custcap_batch_{verb}")(
                owner.pointer, *arguments))

    def __len__(self) -> int:
        """Records in it, with parties and words that are made on commit."""
        return self._ask("count")

    def __bool__(self) -> bool:
        return True

    def add(self, record: str, data: Any, *,
            fields: Optional[Sequence[str]] = None,
            minor: bool = False) -> int:
        """Add records, all of them or none; returns how many.

        Args:
            record: "entry", "party", "role" ... see ``custcap.RECORDS``.
            data: a dict (one record), dicts or sequences (rows), a dict of
                columns (lists, NumPy arrays), or anything with
                ``__arrow_c_stream__``.  None and empty texts are fields left
                out.  See ``custcap.record_fields()`` for the names.
            fields: the names of the fields, where rows are sequences.
            minor: integers in ``amount`` are minor units (cents).

        Raises:
            InvalidError: with .row and .field where a cell is at fault.
            LimitError: more than a batch holds; ``ledger.post()`` makes as
                many as are needed.
        """
        kind = record_kind(record)
        if arrow.is_stream(data) or is_columns(data):
            return self._add_stream(kind, data, minor)
        rows = list(as_rows(data))
        self._add_rows(kind, rows, fields, minor)
        return len(rows)

    def settle(self) -> int:
        """Let the last entry of the batch settle what is open.

        It becomes a row an open item of its party, book and unit, earliest
        end first: points are spent from the lots that expire first, a payment
        pays the oldest debt.  Returns how many rows it became.

        Raises:
            RefusedError: less is open; the entry is out of the batch again.
        """
        rows = ctypes.c_int64()
        self._call("settle", ctypes.byref(rows))
        return rows.value

    def _add_stream(self, kind: int, data: Any, minor: bool) -> int:
        if not isinstance(data, arrow.Stream) and not arrow.is_stream(data):
            data = arrow.of_columns(data)
        address, _keep = arrow.taken(data)
        rows = ctypes.c_int64()
        self._call("add_arrow", kind, address, arrow_flags(minor),
                   ctypes.byref(rows))
        return rows.value

    def _add_rows(self, kind: int, rows: Sequence[Record],
                  fields: Optional[Sequence[str]], minor: bool) -> None:
        """Rows as text, the one way in for people."""
        if not rows:
            return
        names = field_names(rows, fields)
        scales = self._ledger._unit_scales if minor else None
        cells: list[bytes] = []
        for number, row in enumerate(rows):
            cells.extend(row_cells(row, number, names, scales))
        coded = [convert.text(name, "field") for name in names]
        count = len(cells)
        self._call("add", kind, (ctypes.c_char_p * len(coded))(*coded),
                   len(coded), (ctypes.c_char_p * count)(*cells),
                   (ctypes.c_int64 * count)(*map(len, cells)), len(rows))

    def party(self, key: Union[str, bytes]) -> int:
        """The number of a party for this batch, made on commit if new;
        below 0 it is good in this batch only."""
        coded = convert.key_text(key, "key")
        found = ctypes.c_int64()
        self._call("party", coded, len(coded), ctypes.byref(found))
        return found.value

    def word(self, kind: str, code: str) -> int:
        """The number of a word for this batch; lines and channels are made
        on commit if new."""
        coded = convert.key_text(code, "code")
        found = ctypes.c_int64()
        self._call("word", kind_number(kind), coded, len(coded),
                   ctypes.byref(found))
        return found.value

    def clear(self) -> None:
        """Take all records out again."""
        owner = self._held()
        with self._ledger._guard:
            LIB.custcap_batch_clear(owner.pointer)

    def check(self) -> Optional[Table]:
        """Run the guards without committing: a table of severity, code,
        record and reason, or None where nobody objects."""
        made = out_pointer()
        try:
            self._call("check", ctypes.byref(made))
        except RefusedError:
            if not made.value:
                raise
        table = Table._own(made.value) if made.value else None
        return table if table is not None and len(table) else None

    def commit(self) -> Receipt:
        """Make the batch durable, exactly once; it is empty afterwards.

        Raises:
            BusyError: another process writes.
            ConflictError: a key is there with other content.
            RefusedError: a guard said no; see its ``findings``.
            InvalidError: amounts do not sum to zero.
            DiskFullError, FileError, DeadError, ReadOnlyError.
        """
        filled = empty_receipt()
        try:
            self._call("commit", ctypes.byref(filled))
        except Error as problem:
            problem.findings = self.findings
            raise
        return receipt_of(filled, self.findings)

    @property
    def findings(self) -> Optional[Table]:
        """What the guards said at the last check or commit, or None."""
        owner = self._held()
        with self._ledger._guard:
            found = LIB.custcap_batch_findings(owner.pointer)
            if not found:
                return None
            made = out_pointer()
            call("custcap_table_sorted", found, None, 0, -1,
                 ctypes.byref(made))
        return Table._own(made.value)

    def record_status(self, record: str, index: int = 0) -> Optional[str]:
        """"new" or "exists" of a record after commit, by order of adding."""
        return STATUSES.get(self._ask("record_status", record_kind(record),
                                      convert.integer(index, "index")))

    def record_id(self, record: str, index: int = 0) -> Optional[str]:
        """The number of a record after commit, such as "@12.1"."""
        return id_text(self._ask("record_id", record_kind(record),
                                 convert.integer(index, "index")))

    def __repr__(self) -> str:
        closed = self.closed or self._ledger.closed
        return "Batch(closed)" if closed else f"Batch({len(self)} records)"


def id_text(number: int) -> Optional[str]:
    """@position.row of a record's number: its low 16 bits are the row."""
    return f"@{number >> 16}.{(number & 0xFFFF) + 1}" if number else None


def arrow_flags(minor: bool) -> int:
    """CUSTCAP_ARROW_* of a call that reads a stream."""
    return proto.CUSTCAP_ARROW_MINOR if minor else 0


def is_columns(data: Any) -> bool:
    """A dict of columns, rather than of the fields of one record?"""
    if not isinstance(data, Mapping):
        return False
    return any(name != "data" and not isinstance(value, (str, bytes))
               and hasattr(value, "__len__") and hasattr(value, "__iter__")
               for name, value in data.items())


def as_rows(data: Any) -> Iterator[Record]:
    """One record or many, as an iterator."""
    if isinstance(data, Mapping):
        return iter([data])
    if isinstance(data, (str, bytes)) or not hasattr(data, "__iter__"):
        raise InvalidError(
            f"records are {type(data).__name__}: expected a dict, rows, a "
            "dict of columns or something with __arrow_c_stream__")
    return iter(data)


def row_chunks(data: Any) -> Iterator[list[Record]]:
    """Rows in lists that a batch can hold."""
    rows = as_rows(data)
    while True:
        chunk = list(itertools.islice(rows, ROWS_AT_ONCE))
        if not chunk:
            return
        yield chunk


def field_names(rows: Sequence[Record],
                fields: Optional[Sequence[str]]) -> list[str]:
    """Given, or every key of the dicts in the order seen."""
    if fields is not None:
        if isinstance(fields, str):
            raise InvalidError("fields is a text: expected names",
                               field="fields")
        return list(fields)
    names: dict[str, None] = {}
    for number, row in enumerate(rows):
        if not isinstance(row, Mapping):
            raise InvalidError(
                f"row {number} is {type(row).__name__}: expected a dict, or "
                "fields= for rows that are sequences", row=number)
        names.update(dict.fromkeys(row))
    return list(names)


def row_cells(row: Record, number: int, names: Sequence[str],
              scales: Any) -> list[bytes]:
    """The cells of a row, in the order of the names."""
    if isinstance(row, Mapping):
        values = [row.get(name) for name in names]
        if len(row) > len(names):
            extra = next(name for name in row if name not in names)
            raise InvalidError(f"row {number} has a field {extra}, which is "
                               "not in fields", row=number, field=str(extra))
    elif isinstance(row, (str, bytes)) or not hasattr(row, "__len__"):
        raise InvalidError(f"row {number} is {type(row).__name__}: expected "
                           "a dict or a sequence", row=number)
    elif len(row) != len(names):
        raise InvalidError(f"row {number} has {len(row)} cells for "
                           f"{len(names)} fields", row=number)
    else:
        values = list(row)
    if scales is not None:
        values = _minor_units(values, names, scales, number)
    return [convert.cell(value, str(name), number)
            for name, value in zip(names, values)]


def _minor_units(values: list[Any], names: Sequence[str], scales: Any,
                 number: int) -> list[Any]:
    """An integer amount counts the minor units of its row's unit."""
    if "amount" not in names:
        return values
    place = list(names).index("amount")
    amount = convert.unboxed(values[place])
    if isinstance(amount, int) and not isinstance(amount, bool):
        unit = values[list(names).index("unit")] if "unit" in names else None
        scale = scales(unit or None)
        if scale < 0:
            raise InvalidError(f"row {number}: unit {unit!r} is not known",
                               row=number, field="unit")
        values[place] = convert.to_decimal(amount, scale)
    return values
