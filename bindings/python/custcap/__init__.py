"""custcap: customer capital, kept and answered for exactly.

A *ledger* is one file that keeps who a company's customers are and what
value flows between them.  Records are posted to it; a *snapshot* of it
answers *measures*; every answer is a *table*.

>>> import custcap, tempfile, os
>>> path = os.path.join(tempfile.mkdtemp(), "shop.ledger")
>>> with custcap.create(path, unit="EUR") as shop:
...     receipt = shop.post("entry", [
...         {"party": "ann", "day": "2024-01-15", "amount": 100},
...         {"party": "ann", "day": "2024-02-15", "amount": 120},
...         {"party": "bob", "day": "2024-01-20", "amount": "50.00"}])
...     table = shop.measure("revenue.retention")
>>> february = table[1]
>>> february.period, february.nrr.num, february.nrr.den, float(february.nrr)
('2024-02', 12000, 15000, 0.8)

Money comes back as decimal.Decimal and goes in as int, Decimal or text:
never as a float.  Days are datetime.date or "YYYY-MM-DD", moments are
datetime with a zone.  Failures are exceptions of custcap.Error, with
``.status``, ``.row`` and ``.field``.

Nothing but the standard library is needed; NumPy, pandas, polars, pyarrow
and DuckDB are spoken to where they are.  The shared library is found by
CUSTCAP_LIBRARY, then beside this package, then as libcustcap.so.0.
"""
from __future__ import annotations

from typing import Any

from ._batch import Batch, Receipt
from ._column import Column
from ._errors import (AbiError, AmountOverflowError, BusyError,
                      CancelledError, ConflictError, CorruptError,
                      DamageError, DeadError, DeniedError, DiskFullError,
                      Error, FileError, FileVersionError, HandleError,
                      InternalError, InvalidError, LibraryError, LimitError,
                      MisuseError, NotALedgerError, NotFoundError,
                      OutOfMemoryError, PendingError, ReadOnlyError,
                      RefusalError, RefusedError, RequestError, StorageError,
                      UnsupportedError)
from ._ledger import Head, Ledger, create, open
from ._library import library_path, version
from ._nouns import classes as _classes
from ._prototypes import FUNCTIONS
from ._query import Query
from ._snapshot import (RECORDS, Snapshot, about, measures, record_fields)
from ._table import Table
from ._taxonomy import Taxonomy, Word
from ._value import Permission, Ratio, Row

__version__ = "0.1.0"

__all__ = [
    "AbiError", "AmountOverflowError", "Batch", "BusyError",
    "CancelledError", "Column", "ConflictError", "CorruptError",
    "DamageError", "DeadError", "DeniedError", "DiskFullError", "Error",
    "FileError", "FileVersionError", "HandleError", "Head", "InternalError",
    "InvalidError", "Ledger", "LibraryError", "LimitError", "MisuseError",
    "NotALedgerError", "NotFoundError", "OutOfMemoryError", "PendingError",
    "Permission",
    "Query", "RECORDS", "Ratio", "ReadOnlyError", "Receipt", "RefusalError",
    "RefusedError", "RequestError", "Row", "Snapshot", "StorageError",
    "Table", "Taxonomy", "UnsupportedError", "Word", "about", "create",
    "library_path", "measures", "open", "record_fields", "version",
]

# Handles of headers that have no class of their own yet get one here.
_written: list[Any] = [Ledger, Batch, Snapshot, Query, Table, Taxonomy]
if "custcap_model_free" in FUNCTIONS:
    from . import models
    _written.append(models.Model)
_by_name = _classes(_written)


def __getattr__(name: str) -> Any:
    if name in _by_name:
        return _by_name[name]
    raise AttributeError(f"module custcap has no attribute {name}")
