"""The file that keeps everything: open it, look after it."""
from __future__ import annotations

import ctypes
import datetime
import os
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any, Callable, Iterator, Optional, Sequence, Union

from . import _arrow as arrow
from . import _convert as convert
from . import _prototypes as proto
from ._batch import (Batch, Receipt, arrow_flags, empty_receipt, id_text,
                     is_columns, receipt_of, rounding_number, row_chunks)
from ._convert import Day, Moment
from ._errors import Error, InvalidError
from ._handle import Guard, Handle, Progress, Watch, out_pointer
from ._library import LIB, call, started
from ._query import Query
from ._snapshot import Snapshot, record_kind
from ._table import Table
from ._taxonomy import Taxonomy

Path = Union[str, "os.PathLike[str]"]
Clock = Callable[[], Union[int, datetime.datetime]]
INT32_MAX = 2**31 - 1


@dataclass(frozen=True)
class Head:
    """Where a ledger stands: keep it elsewhere to detect tampering.

    Attributes:
        position: batches recorded; 0 for none.
        time: when the last one was recorded.
        chain: BLAKE2b chain over all of them, 32 bytes.
    """

    position: int
    time: datetime.datetime
    chain: bytes = field(repr=False)


class Hooks:
    """Clock, randomness and master key of a host, as C functions.

    What one of them raises can't pass through C: it is kept, and raised by
    the call that it was called for.
    """

    def __init__(self, clock: Optional[Clock],
                 random: Optional[Callable[[int], bytes]],
                 master_key: Union[bytes, Callable[[], bytes], None]
                 ) -> None:
        self._clock, self._random, self._key = clock, random, master_key
        self._problem: Optional[BaseException] = None
        fields: dict[str, Any] = {
            one[0]: one[1] for one in proto.custcap_ledger_options._fields_}
        self._calls = (fields["clock"](self._now), fields["random"](
            self._fill), fields["master_key"](self._give))

    def into(self, options: Any) -> None:
        """Set those that were given."""
        given = (self._clock, self._random, self._key)
        names = ("clock", "random", "master_key")
        for name, host, made in zip(names, given, self._calls):
            if host is not None:
                setattr(options, name, made)

    def ask(self) -> None:
        """Raise what a hook raised."""
        problem, self._problem = self._problem, None
        if problem is not None:
            raise problem

    def _now(self, _context: Any) -> int:
        try:
            assert self._clock is not None
            now = self._clock()
            if isinstance(now, datetime.datetime):
                return convert.instant(now, "clock")
            return convert.integer(now, "clock")
        except BaseException as problem:  # raised again by ask()
            self._problem = problem
            return 0

    def _fill(self, _context: Any, address: int, size: int) -> int:
        try:
            assert self._random is not None
            return _copied(self._random(size), address, size, "random")
        except BaseException as problem:  # raised again by ask()
            self._problem = problem
            return 1

    def _give(self, _context: Any, address: int) -> int:
        try:
            key = self._key() if callable(self._key) else self._key
            return _copied(key, address, 32, "master_key")
        except BaseException as problem:  # raised again by ask()
            self._problem = problem
            return 1


def _copied(given: Any, address: int, size: int, what: str) -> int:
    """Bytes into C's memory, exactly as many as it has room for."""
    if not isinstance(given, (bytes, bytearray)) or len(given) != size:
        raise InvalidError(f"{what} gave {given!r:.40}: expected {size} "
                           "bytes", field=what)
    ctypes.memmove(address, bytes(given), size)
    return 0


class Ledger(Handle):
    """One file that is one ledger.

    ``custcap.create(path)`` makes one, ``custcap.open(path)`` opens it.
    Several processes may open it at once: one writes at a time, readers are
    never blocked.  Within a process, threads may share the object: its calls
    queue up; snapshots don't.  It does not cross a fork.

    >>> ledger.unit, ledger.zone, ledger.unit_scale("JPY")
    ('CNY', 'UTC', 0)
    """

    _free = "custcap_ledger_free"
    _at_exit = True
    _importing = False

    def __init__(self, path: Path, *, create: bool = False,
                 read_only: bool = False, zone: str = "UTC",
                 unit: str = "CNY", busy_timeout: float = 5.0,
                 threads: int = 0, cache_bytes: int = 0,
                 clock: Optional[Clock] = None,
                 random: Optional[Callable[[int], bytes]] = None,
                 master_key: Union[bytes, Callable[[], bytes], None] = None
                 ) -> None:
        """Open a ledger, or make one where nothing is.

        Args:
            path: a local file.
            create: make it; with ``zone`` (an IANA name, "UTC", "+08:00")
                and ``unit`` (the code of its own unit).
            read_only: take no lock and write nothing.
            busy_timeout: seconds to wait for another writer.
            threads: for measures; 0 is as many as the machine has.
            cache_bytes: bound of decoded columns; 0 is none.
            clock: gives microseconds since 1970 or a datetime with a zone.
            random: gives so many bytes.
            master_key: the 32 bytes that wrap the vault's keys, or a
                function that gives them.

        Raises:
            NotFoundError, NotALedgerError, FileVersionError, CorruptError,
            BusyError, FileError, DiskFullError;
            RequestError: with ``create``, the path exists, or zone or unit
                is not known.
        """
        options = started(proto.custcap_ledger_options)
        options.flags = proto.CUSTCAP_LEDGER_READ_ONLY if read_only else 0
        options.busy_timeout_ms = _milliseconds(busy_timeout)
        options.threads = convert.integer(threads, "threads", 0, INT32_MAX)
        options.cache_bytes = convert.integer(cache_bytes, "cache_bytes", 0)
        options.zone = convert.text(zone, "zone")
        options.unit = convert.text(unit, "unit")
        self._guard = Guard()
        self._hooks = Hooks(clock, random, master_key)
        self._hooks.into(options)
        self.path = os.fspath(path)
        made = out_pointer()
        verb = "create" if create else "open"
        try:
            call(f"custcap_ledger_{verb}", convert.text(self.path, "path"),
                 ctypes.byref(options), ctypes.byref(made))
        except Error:
            self._hooks.ask()
            raise
        self._adopt(made.value, self._guard, self._hooks)
        self._hooks.ask()

    def _call(self, name: str, *arguments: Any,
              watch: Optional[Watch] = None) -> None:
        """A call on this ledger, one thread at a time."""
        owner = self._held()
        run = call if watch is None else watch.run
        with self._guard:
            try:
                run(name, owner.pointer, *arguments)
            except Error:
                self._hooks.ask()
                raise
        self._hooks.ask()

    def _long(self, verb: str, *arguments: Any,
              progress: Optional[Progress]) -> None:
        """A long call, which ends in a callback, its context and an error."""
        watch = Watch(progress)
        self._call(f"custcap_ledger_{verb}", *arguments, watch.callback,
                   None, watch=watch)

    def __repr__(self) -> str:
        return f"Ledger({self.path!r}{', closed' if self.closed else ''})"

    # --- where it stands --------------------------------------------------

    @property
    def zone(self) -> str:
        """The time zone of its days."""
        owner = self._held()
        with self._guard:
            return str(LIB.custcap_ledger_zone(owner.pointer).decode())

    @property
    def unit(self) -> str:
        """The code of its own unit."""
        owner = self._held()
        with self._guard:
            return str(LIB.custcap_ledger_unit(owner.pointer).decode())

    def unit_scale(self, unit: Optional[str] = None) -> int:
        """Decimal digits of a unit, by default its own; -1 when unknown."""
        return self._unit_scales(self.unit if unit is None else unit)

    def _unit_scales(self, unit: Any) -> int:
        if unit is None:
            unit = self.unit
        owner = self._held()
        coded = convert.text(unit, "unit")
        with self._guard:
            return int(LIB.custcap_ledger_unit_scale(owner.pointer, coded))

    def head(self) -> Head:
        """The head of the journal."""
        filled = proto.custcap_head()
        filled.struct_size = ctypes.sizeof(filled)
        self._call("custcap_ledger_head", ctypes.byref(filled))
        return Head(filled.position, convert.to_instant(filled.time),
                    bytes(filled.chain))

    def party(self, key: Union[str, bytes],
              source: Optional[str] = None) -> int:
        """The number of a party by its host key; follows merges.

        Raises:
            NotFoundError: there is none, or it was erased.
        """
        coded = convert.key_text(key, "key")
        found = ctypes.c_int64()
        self._call("custcap_ledger_party", _nullable(source, "source"),
                   coded, len(coded), ctypes.byref(found))
        return found.value

    # --- posting ------------------------------------------------------------

    def batch(self, *, source: Optional[str] = None,
              rounding: Optional[str] = None,
              zero_sum: bool = False) -> Batch:
        """A batch to add records to, and to commit.

        Args:
            source: of host keys and keys; "host" by default.
            rounding: of amounts with more digits than their unit has:
                "half-even", "half-up", "down"; None refuses them.
            zero_sum: demand that amounts sum to zero in each book and unit.
        """
        return Batch(self, source=source, rounding=rounding,
                     zero_sum=zero_sum)

    def post(self, record: str, data: Any, *,
             fields: Optional[Sequence[str]] = None,
             source: Optional[str] = None, rounding: Optional[str] = None,
             minor: bool = False,
             progress: Optional[Progress] = None) -> Receipt:
        """Add records and commit them: all of them, or none.

        Args:
            record: "entry", "party", "role" ... see ``custcap.RECORDS``.
            data: a dict (one record); dicts, or sequences with ``fields``
                (rows); a dict of columns (lists, NumPy arrays, Series); or
                anything with ``__arrow_c_stream__`` (a pyarrow or polars
                table, a pandas frame, a DuckDB relation), of any length.
                Amounts are major units: int, Decimal or text; floats are
                refused, for they need not be exact.
            fields: names of the fields, where rows are sequences.
            source, rounding: as ``batch()`` has them.
            minor: integers in ``amount`` are minor units (cents).
            progress: called with (done, total) by an Arrow import; a true
                answer cancels it.

        Raises:
            what ``Batch.add()`` and ``Batch.commit()`` raise.

        >>> receipt = ledger.post("entry", [
        ...     {"party": "cleo", "day": "2024-03-05", "amount": "9.90"},
        ...     {"party": "dan", "day": "2024-03-06", "amount": 12}])
        >>> receipt.records_new, receipt.parties_made
        (2, 2)
        """
        kind = record_kind(record)
        if is_columns(data):
            data = arrow.of_columns(data)
        if isinstance(data, arrow.Stream) or arrow.is_stream(data):
            if self._importing:
                with self.batch(source=source, rounding=rounding) as batch:
                    batch._add_stream(kind, data, minor)
                    return batch.commit()
            return self._import(kind, data, source, rounding, minor,
                                progress)
        chunks = row_chunks(data)
        first = next(chunks, [])
        second = next(chunks, None)
        with self.batch(source=source, rounding=rounding) as batch:
            if second is None:
                batch._add_rows(kind, first, fields, minor)
                return _committed(batch, kind, len(first))
            return self._post_many(batch, kind, (first, second), chunks,
                                   fields, minor)

    def _post_many(self, batch: Batch, kind: int, begun: Sequence[Any],
                   rest: Iterator[Any], fields: Optional[Sequence[str]],
                   minor: bool) -> Receipt:
        """More rows than a batch holds: an import of batches."""
        receipts: list[Receipt] = []
        base = 0
        with self._together():
            for chunks in (begun, rest):
                for chunk in chunks:
                    try:
                        batch._add_rows(kind, chunk, fields, minor)
                    except Error as problem:
                        _moved(problem, base)
                        raise
                    receipts.append(_committed(batch, kind, len(chunk)))
                    base += len(chunk)
        return _sum_of(receipts)

    def _import(self, kind: int, data: Any, source: Optional[str],
                rounding: Optional[str], minor: bool,
                progress: Optional[Progress]) -> Receipt:
        """A stream of any length, by the library's own importer."""
        options = started(proto.custcap_arrow_options)
        options.flags = arrow_flags(minor)
        options.rounding = rounding_number(rounding)
        options.source = _nullable(source, "source")
        filled = empty_receipt()
        watch = Watch(progress)
        self._held()
        address, _keep = arrow.taken(data)
        self._call("custcap_ledger_import_arrow", kind, address,
                   ctypes.byref(options), ctypes.byref(filled),
                   watch.callback, None, watch=watch)
        return receipt_of(filled)

    @contextmanager
    def importing(self, progress: Optional[Progress] = None
                  ) -> Iterator[Ledger]:
        """What is posted in this ``with`` block lands together at its end,
        or not at all when an exception leaves it.  Columns and Arrow are
        then one batch a post, 65,536 records with parties and words."""
        self._call("custcap_ledger_import_begin")
        self._importing = True
        try:
            yield self
        except BaseException:
            self._importing = False
            if not self.closed:
                self._call("custcap_ledger_import_cancel")
            raise
        self._importing = False
        self._long("import_end", progress=progress)

    def _together(self) -> AbstractContextManager[Any]:
        """An import, or the one that is under way."""
        return nullcontext() if self._importing else self.importing()

    # --- asking -------------------------------------------------------------

    def snapshot(self, *, as_known: Union[int, Moment, None] = None,
                 as_of: Optional[Moment] = None, threads: int = 0,
                 viewer: Optional[str] = None,
                 progress: Optional[Progress] = None) -> Snapshot:
        """A position and a moment to ask measures of.

        Args:
            as_known: what had been recorded: a position, or a moment;
                the head by default.
            as_of: what was in force: a day, or a moment with a zone; by
                default the window decides.
            threads: 0 is the ledger's.
            viewer: the host key of who looks: texts above that party's
                clearance are left out of all its answers.
            progress: called with (done, total) by every measure; a true
                answer, or an exception, cancels it.
        """
        return Snapshot(self, as_known=as_known, as_of=as_of,
                        threads=threads, viewer=viewer, progress=progress)

    def measure(self, measure: str, query: Optional[Query] = None, *,
                as_known: Union[int, Moment, None] = None,
                as_of: Optional[Moment] = None, **given: Any) -> Table:
        """Ask a measure of a snapshot taken now; see Snapshot.measure()."""
        taken = self.snapshot(as_known=as_known, as_of=as_of)
        return taken.measure(measure, query, **given)

    def taxonomy(self) -> Taxonomy:
        """The vocabulary as it is now."""
        with self.snapshot() as taken:
            return taken.taxonomy()

    # --- looking after it ---------------------------------------------------

    def verify(self, progress: Optional[Progress] = None) -> None:
        """Check everything: chain, bodies, vault, tables, keys, file.

        Raises:
            CorruptError: what and where.
        """
        self._long("verify", progress=progress)

    def seal(self, budget_bytes: Optional[int] = None,
             progress: Optional[Progress] = None) -> None:
        """Put recent records into columns, which makes asking faster and
        changes no answer; at most about so many bytes, by default all."""
        bound = (-1 if budget_bytes is None
                 else convert.integer(budget_bytes, "budget_bytes", 0))
        self._long("seal", bound, progress=progress)

    def rebuild(self, progress: Optional[Progress] = None) -> None:
        """Make everything that is derived again from the journal."""
        self._long("rebuild", progress=progress)

    def backup(self, path: Path, progress: Optional[Progress] = None) -> None:
        """A consistent copy at a path where nothing is."""
        self._long("backup", convert.text(os.fspath(path), "path"),
                   progress=progress)

    def undo(self, position: int) -> int:
        """Take back the batch at a position, or the import it belongs to,
        by entries of the opposite amounts; returns how many.

        Raises:
            NotFoundError; ConflictError: it was taken back already;
            RefusedError.
        """
        reversed_ = ctypes.c_int64()
        self._call("custcap_ledger_undo",
                   convert.integer(position, "position"),
                   ctypes.byref(reversed_))
        return reversed_.value

    def erase(self, key: Union[str, bytes],
              source: Optional[str] = None) -> None:
        """Erase who a party is: names, host keys, free text, documents.
        Its numbers stay.

        Raises:
            NotFoundError: there is none.
            PendingError: it is done, but a reader of another process keeps
                old pages alive: call it again, or seal() later.
        """
        coded = convert.key_text(key, "key")
        self._call("custcap_ledger_erase", _nullable(source, "source"),
                   coded, len(coded))

    def close_books(self, day: Day) -> None:
        """Close the books up to and with a day: later entries dated on or
        before it need the field ``prior``.

        Raises:
            ConflictError: that day is closed already.
        """
        self._call("custcap_ledger_close", convert.day(day, "day"))

    def closed_position(self, day: Day) -> int:
        """The position as closed, for ``as_known``: what had been recorded
        when the books were closed over a day.

        Raises:
            NotFoundError: the books are not closed up to that day.
        """
        position = ctypes.c_int64()
        self._call("custcap_ledger_closed", convert.day(day, "day"),
                   ctypes.byref(position))
        return position.value


def _committed(batch: Batch, kind: int, rows: int) -> Receipt:
    """Commit, and number the records."""
    receipt = batch.commit()
    owner = batch._held()
    ids = []
    with batch._ledger._guard:
        for index in range(rows):
            ids.append(id_text(LIB.custcap_batch_record_id(
                owner.pointer, kind, index)) or "")
    return Receipt(**{**vars(receipt), "ids": tuple(ids)})


def _sum_of(receipts: Sequence[Receipt]) -> Receipt:
    """The receipts of an import as one."""
    last = receipts[-1]
    return Receipt(
        max(one.position for one in receipts),
        sum(one.records_new for one in receipts),
        sum(one.records_exists for one in receipts),
        sum(one.parties_made for one in receipts),
        sum(one.words_made for one in receipts),
        sum(one.warnings for one in receipts), last.chain, None,
        tuple(number for one in receipts for number in one.ids))


def _moved(problem: Error, base: int) -> None:
    """Rows count through all of the data, not from a batch's first."""
    if problem.row is not None and base:
        problem.row += base
        problem.args = (f"{problem.args[0]} (row {problem.row} of all)",)


def _nullable(value: Optional[str], what: str) -> Optional[bytes]:
    return None if value is None else convert.text(value, what)


def _milliseconds(seconds: Any) -> int:
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
        raise InvalidError(f"busy_timeout is {seconds!r}: expected seconds",
                           field="busy_timeout")
    if not 0 <= seconds <= INT32_MAX / 1000:
        raise InvalidError(f"busy_timeout is {seconds}: expected 0 to "
                           f"{INT32_MAX // 1000}", field="busy_timeout")
    return round(seconds * 1000)


def create(path: Path, *, zone: str = "UTC", unit: str = "CNY",
           **options: Any) -> Ledger:
    """Make a new ledger at a path where nothing is; see Ledger."""
    return Ledger(path, create=True, zone=zone, unit=unit, **options)


def open(path: Path, *, read_only: bool = False, **options: Any) -> Ledger:
    """Open a ledger; see Ledger."""
    return Ledger(path, read_only=read_only, **options)
