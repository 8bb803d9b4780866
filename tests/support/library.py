"""library - the few calls that tests need in a process of their own.

A thin layer of ctypes over build/libcustcap.so, written from the public
headers; for what the command can't do: hold a transaction, choose a timeout
or a number of threads, post in a loop without starting a process each time.
"""
import ctypes
import os

from harness import BUILD

OK, NOT_FOUND, BUSY, CORRUPT, REFUSED = 0, 11, 33, 40, 51
READ_ONLY = 1
ENTRY = 7
FORMAT_CSV, FORMAT_JSON = 2, 3
EXISTS = 2

_c = ctypes.CDLL(os.path.join(BUILD, "libcustcap.so"))
_handle = ctypes.c_void_p
_text = ctypes.c_char_p
_int64 = ctypes.c_int64
_WRITE = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p,
                          ctypes.POINTER(ctypes.c_char), _int64)


class _Options(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_uint64), ("flags", ctypes.c_int32),
                ("busy_timeout_ms", ctypes.c_int32),
                ("threads", ctypes.c_int32), ("reserved", ctypes.c_int32),
                ("cache_bytes", _int64), ("zone", _text), ("unit", _text),
                ("callbacks", ctypes.c_void_p * 8)]


class _Head(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_uint64), ("position", _int64),
                ("time", _int64), ("chain", ctypes.c_uint8 * 32)]


class _Moment(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_uint64), ("as_known", _int64),
                ("as_known_time", _int64), ("as_of_instant", _int64),
                ("as_of_day", ctypes.c_int32), ("threads", ctypes.c_int32),
                ("progress", ctypes.c_void_p), ("context", ctypes.c_void_p)]


class _Receipt(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_uint64), ("position", _int64),
                ("records_new", _int64), ("records_exists", _int64),
                ("parties_made", _int64), ("words_made", _int64),
                ("warnings", _int64), ("chain", ctypes.c_uint8 * 32)]


def _declare(name, *arguments, result=ctypes.c_int32):
    call = getattr(_c, name)
    call.argtypes, call.restype = arguments, result


_out = ctypes.POINTER(_handle)
_declare("custcap_error_new", result=_handle)
_declare("custcap_error_text", _handle, result=_text)
_declare("custcap_status_name", ctypes.c_int32, result=_text)
_declare("custcap_ledger_options_init", ctypes.POINTER(_Options),
         result=None)
_declare("custcap_ledger_open", _text, ctypes.POINTER(_Options), _out,
         _handle)
_declare("custcap_ledger_free", _handle, result=None)
_declare("custcap_ledger_head", _handle, ctypes.POINTER(_Head), _handle)
_declare("custcap_ledger_import_begin", _handle, _handle)
_declare("custcap_ledger_import_end", _handle, _handle, _handle, _handle)
_declare("custcap_ledger_import_cancel", _handle, _handle)
_declare("custcap_batch_new", _handle, _out, _handle)
_declare("custcap_batch_free", _handle, result=None)
_declare("custcap_batch_clear", _handle, result=None)
_declare("custcap_batch_add", _handle, ctypes.c_int32, ctypes.POINTER(_text),
         _int64, ctypes.POINTER(_text), ctypes.POINTER(_int64), _int64,
         _handle)
_declare("custcap_batch_commit", _handle, ctypes.POINTER(_Receipt), _handle)
_declare("custcap_snapshot_open", _handle, _handle, _out, _handle)
_declare("custcap_snapshot_free", _handle, result=None)
_declare("custcap_snapshot_position", _handle, result=_int64)
_declare("custcap_snapshot_records", _handle, ctypes.c_int32, _int64,
         ctypes.POINTER(_int64), _out, _handle)
_declare("custcap_snapshot_measure", _handle, _text, _handle, _out, _handle)
_declare("custcap_snapshot_drill", _handle, _text, _handle, _int64, _text,
         _out, _handle)
_declare("custcap_query_new", result=_handle)
_declare("custcap_query_free", _handle, result=None)
_declare("custcap_query_set_period", _handle, _text, _handle)
_declare("custcap_query_set_text", _handle, _text, _text, _handle)
_declare("custcap_query_set_unit", _handle, _text, _handle)
_declare("custcap_query_set_window", _handle, ctypes.c_int32, ctypes.c_int32,
         _handle)
_declare("custcap_snapshot_options_init", ctypes.POINTER(_Moment),
         result=None)
_declare("custcap_ledger_close", _handle, ctypes.c_int32, _handle)
_declare("custcap_ledger_seal", _handle, _int64, ctypes.c_void_p,
         ctypes.c_void_p, _handle)
_declare("custcap_table_write", _handle, ctypes.c_int32, ctypes.c_int32,
         _WRITE, _handle, _handle)
_declare("custcap_table_free", _handle, result=None)


def _number(day):
    """Days since 1970-01-01."""
    return day.toordinal() - 719163


class Failure(Exception):
    """A call that did not return OK."""

    def __init__(self, status, text):
        name = _c.custcap_status_name(status).decode()
        super().__init__(f"{name}: {text}")
        self.status = status


class Ledger:
    """An open ledger."""

    def __init__(self, path, read_only=False, timeout_ms=5000, threads=0):
        self._error = _c.custcap_error_new()
        self._ledger, self._kept = _handle(), None
        options = _Options()
        _c.custcap_ledger_options_init(ctypes.byref(options))
        options.flags = READ_ONLY if read_only else 0
        options.busy_timeout_ms = timeout_ms
        options.threads = threads
        self._try(_c.custcap_ledger_open(path.encode(),
                                         ctypes.byref(options),
                                         ctypes.byref(self._ledger),
                                         self._error))

    def _try(self, status):
        if status != OK:
            text = _c.custcap_error_text(self._error).decode()
            raise Failure(status, text)

    def free(self):
        self._forget()
        _c.custcap_ledger_free(self._ledger)
        self._ledger = _handle()

    def head(self):
        found = _Head()
        found.struct_size = ctypes.sizeof(found)
        self._try(_c.custcap_ledger_head(self._ledger, ctypes.byref(found),
                                         self._error))
        return found.position, bytes(found.chain).hex()

    def close_books(self, day):
        """Close the books up to and with a datetime.date."""
        self._try(_c.custcap_ledger_close(self._ledger, _number(day),
                                          self._error))

    def seal(self):
        self._try(_c.custcap_ledger_seal(self._ledger, 1 << 40, None, None,
                                         self._error))

    def import_begin(self):
        self._try(_c.custcap_ledger_import_begin(self._ledger, self._error))

    def import_end(self):
        self._try(_c.custcap_ledger_import_end(self._ledger, None, None,
                                               self._error))

    def import_cancel(self):
        self._try(_c.custcap_ledger_import_cancel(self._ledger, self._error))

    def post(self, fields, rows, record=ENTRY):
        """Commit a batch; (position, new, exists, chain)."""
        batch = _handle()
        self._try(_c.custcap_batch_new(self._ledger, ctypes.byref(batch),
                                       self._error))
        try:
            names = (_text * len(fields))(*[f.encode() for f in fields])
            cells = [str(c).encode() for row in rows for c in row]
            self._try(_c.custcap_batch_add(
                batch, record, names, len(fields),
                (_text * len(cells))(*cells), None, len(rows), self._error))
            receipt = _Receipt()
            receipt.struct_size = ctypes.sizeof(receipt)
            self._try(_c.custcap_batch_commit(batch, ctypes.byref(receipt),
                                              self._error))
            return (receipt.position, receipt.records_new,
                    receipt.records_exists, bytes(receipt.chain).hex())
        finally:
            _c.custcap_batch_free(batch)

    def _write(self, table, form):
        parts = []

        @_WRITE
        def take(_context, data, length):
            parts.append(ctypes.string_at(data, length))
            return 0
        try:
            self._try(_c.custcap_table_write(table, form, 0, take, None,
                                             self._error))
        finally:
            _c.custcap_table_free(table)
        return b"".join(parts)

    def _snapshot(self):
        snapshot = _handle()
        self._try(_c.custcap_snapshot_open(self._ledger, None,
                                           ctypes.byref(snapshot),
                                           self._error))
        return snapshot

    def records(self, since=0, record=ENTRY):
        """(position, CSV bytes) of the records after a position."""
        snapshot = self._snapshot()
        try:
            end = _c.custcap_snapshot_position(snapshot)
            made = []
            while True:
                until, table = _int64(-1), _handle()
                self._try(_c.custcap_snapshot_records(
                    snapshot, record, since, ctypes.byref(until),
                    ctypes.byref(table), self._error))
                made.append(self._write(table, FORMAT_CSV))
                since = until.value
                if since >= end:
                    return end, made
        finally:
            _c.custcap_snapshot_free(snapshot)

    def ask(self, name, period=None, window=None, as_of=None, as_known=-1,
            unit=None, parameters=None):
        """The CSV bytes of a measure, of any window and moment.

        window is two datetime.date, as_of one; as_known a position.
        """
        return self._answer(_c.custcap_snapshot_measure,
                            (as_of, as_known), (period, window, unit),
                            parameters, name.encode())

    def drill(self, name, row, column, period=None, window=None, as_of=None,
              as_known=-1, unit=None, parameters=None):
        """The CSV bytes of what is behind a cell of that answer."""
        def call(snapshot, measure, query, table, error):
            return _c.custcap_snapshot_drill(snapshot, measure, query, row,
                                             column.encode(), table, error)
        return self._answer(call, (as_of, as_known), (period, window, unit),
                            parameters, name.encode())

    def _answer(self, call, moment, asked, parameters, name):
        snapshot, query, table = self._moment(*moment), None, _handle()
        period, window, unit = asked
        try:
            query = _c.custcap_query_new()
            if period:
                self._try(_c.custcap_query_set_period(
                    query, period.encode(), self._error))
            if unit:
                self._try(_c.custcap_query_set_unit(query, unit.encode(),
                                                    self._error))
            if window:
                self._try(_c.custcap_query_set_window(
                    query, _number(window[0]), _number(window[1]),
                    self._error))
            for key, value in (parameters or {}).items():
                self._try(_c.custcap_query_set_text(
                    query, key.encode(), str(value).encode(), self._error))
            self._try(call(snapshot, name, query, ctypes.byref(table),
                           self._error))
            return self._write(table, FORMAT_CSV)
        finally:
            _c.custcap_query_free(query)

    def _moment(self, as_of, as_known):
        """A snapshot that is kept for the next question of its moment."""
        key = (as_of, as_known, self.head()[0])
        if self._kept and self._kept[0] == key:
            return self._kept[1]
        moment, snapshot = _Moment(), _handle()
        _c.custcap_snapshot_options_init(ctypes.byref(moment))
        moment.as_known = as_known
        if as_of is not None:
            moment.as_of_day = _number(as_of)
        self._try(_c.custcap_snapshot_open(
            self._ledger, ctypes.byref(moment), ctypes.byref(snapshot),
            self._error))
        self._forget()
        self._kept = (key, snapshot)
        return snapshot

    def _forget(self):
        if self._kept:
            _c.custcap_snapshot_free(self._kept[1])
        self._kept = None

    def measure(self, name, period=None, **parameters):
        """The JSON bytes of a measure."""
        query = _c.custcap_query_new()
        snapshot = self._snapshot()
        table = _handle()
        try:
            if period:
                self._try(_c.custcap_query_set_period(
                    query, period.encode(), self._error))
            for key, value in parameters.items():
                self._try(_c.custcap_query_set_text(
                    query, key.encode(), value.encode(), self._error))
            self._try(_c.custcap_snapshot_measure(
                snapshot, name.encode(), query, ctypes.byref(table),
                self._error))
            return self._write(table, FORMAT_JSON)
        finally:
            _c.custcap_query_free(query)
            _c.custcap_snapshot_free(snapshot)
