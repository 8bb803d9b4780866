"""What the C headers declare, for ctypes.

Made by tools/python-prototypes out of bindings/api.json: do not edit.
"""
import ctypes as c
from typing import Any, NamedTuple

VERSION = (0, 1, 0)


class Parameter(NamedTuple):
    """A parameter of a function: its name, its C type, in or out."""

    name: str
    ctype: str
    direction: str


class Function(NamedTuple):
    """A function: what ctypes is told, and what the header says."""

    restype: Any
    argtypes: tuple[Any, ...]
    returns: str
    parameters: tuple[Parameter, ...]
    text: str


# arrow.h
ARROW_FLAG_DICTIONARY_ORDERED = 1
ARROW_FLAG_NULLABLE = 2
ARROW_FLAG_MAP_KEYS_SORTED = 4

# Flags of the calls below
CUSTCAP_ARROW_MINOR = 1
CUSTCAP_ARROW_PLAIN = 2
CUSTCAP_ARROW_DRY_RUN = 4

# batch.h
CUSTCAP_BATCH_RECORDS_MAX = 65536

# The eleven records
CUSTCAP_DEFINITION = 1
CUSTCAP_PARTY = 2
CUSTCAP_LINK = 3
CUSTCAP_ROLE = 4
CUSTCAP_RELATION = 5
CUSTCAP_ITEM = 6
CUSTCAP_ENTRY = 7
CUSTCAP_EVENT = 8
CUSTCAP_MOVE = 9
CUSTCAP_CONSENT = 10
CUSTCAP_MARK = 11

# What became of a record
CUSTCAP_RECORD_NEW = 1
CUSTCAP_RECORD_EXISTS = 2
CUSTCAP_RECORD_CONFLICT = 3

# How to round an amount with more digits than its unit has
CUSTCAP_ROUND_NOT = 0
CUSTCAP_ROUND_HALF_EVEN = 1
CUSTCAP_ROUND_HALF_UP = 2
CUSTCAP_ROUND_DOWN = 3

# batch.h
CUSTCAP_DAY_NONE = -2147483648

# Flags of custcap_entry
CUSTCAP_ENTRY_PRIOR = 1

# Flags of custcap_ledger_options
CUSTCAP_LEDGER_READ_ONLY = 1

# What may be asked about customers
CUSTCAP_PREDICT_ALIVE = 1
CUSTCAP_PREDICT_EXPECTED = 2
CUSTCAP_PREDICT_PROBABILITY = 3
CUSTCAP_PREDICT_DERT = 4
CUSTCAP_PREDICT_SPEND = 5
CUSTCAP_PREDICT_LIFETIME = 6
CUSTCAP_PREDICT_RATE = 7
CUSTCAP_PREDICT_DROPOUT = 8

# What may be asked about a customer nothing is known of
CUSTCAP_CURVE_EXPECTED = 1
CUSTCAP_CURVE_ALIVE = 2
CUSTCAP_CURVE_PROBABILITY = 3
CUSTCAP_CURVE_RETENTION = 4

# How an interval is found
CUSTCAP_INTERVAL_DELTA = 1
CUSTCAP_INTERVAL_BOOTSTRAP = 2

# The version of the headers
CUSTCAP_VERSION_MAJOR = 0
CUSTCAP_VERSION_MINOR = 1
CUSTCAP_VERSION_PATCH = 0

# Statuses
CUSTCAP_OK = 0
CUSTCAP_INVALID = 10
CUSTCAP_NOT_FOUND = 11
CUSTCAP_UNSUPPORTED = 12
CUSTCAP_OVERFLOW = 13
CUSTCAP_LIMIT = 14
CUSTCAP_NOMEM = 20
CUSTCAP_IO = 30
CUSTCAP_FULL = 31
CUSTCAP_READ_ONLY = 32
CUSTCAP_BUSY = 33
CUSTCAP_CANCELLED = 34
CUSTCAP_CORRUPT = 40
CUSTCAP_NOT_A_LEDGER = 41
CUSTCAP_VERSION = 42
CUSTCAP_CONFLICT = 50
CUSTCAP_REFUSED = 51
CUSTCAP_PENDING = 52
CUSTCAP_DENIED = 53
CUSTCAP_DEAD = 60
CUSTCAP_MISUSE = 61
CUSTCAP_INTERNAL = 90

# Types of a column
CUSTCAP_TYPE_INT64 = 1
CUSTCAP_TYPE_MONEY = 2
CUSTCAP_TYPE_DECIMAL = 3
CUSTCAP_TYPE_DAY = 4
CUSTCAP_TYPE_INSTANT = 5
CUSTCAP_TYPE_TEXT = 6
CUSTCAP_TYPE_RATIO = 7
CUSTCAP_TYPE_DOUBLE = 8

# How a column of two shards is merged
CUSTCAP_MERGE_NONE = 0
CUSTCAP_MERGE_KEY = 1
CUSTCAP_MERGE_SUM = 2
CUSTCAP_MERGE_RATIO = 3
CUSTCAP_MERGE_MAX = 4
CUSTCAP_MERGE_MIN = 5

# Formats of custcap_table_write()
CUSTCAP_FORMAT_TEXT = 1
CUSTCAP_FORMAT_CSV = 2
CUSTCAP_FORMAT_JSON = 3

# Flags of custcap_table_write()
CUSTCAP_WRITE_RAW = 1
CUSTCAP_WRITE_BARE = 2

# Kinds of word
CUSTCAP_WORD_FORM = 1
CUSTCAP_WORD_SOURCE = 2
CUSTCAP_WORD_ROLE = 3
CUSTCAP_WORD_STAGE = 4
CUSTCAP_WORD_RELATION = 5
CUSTCAP_WORD_BOOK = 6
CUSTCAP_WORD_CODE = 7
CUSTCAP_WORD_UNIT = 8
CUSTCAP_WORD_LINE = 9
CUSTCAP_WORD_CHANNEL = 10
CUSTCAP_WORD_EVENT = 11
CUSTCAP_WORD_OBJECT = 12
CUSTCAP_WORD_THEME = 13
CUSTCAP_WORD_ITEM = 14
CUSTCAP_WORD_FLOW = 15
CUSTCAP_WORD_STATE = 16
CUSTCAP_WORD_PURPOSE = 17
CUSTCAP_WORD_METHOD = 18
CUSTCAP_WORD_RATE = 19
CUSTCAP_WORD_RULE = 20
CUSTCAP_WORD_MEASURE = 21
CUSTCAP_WORD_GUARD = 22
CUSTCAP_WORD_AXIS = 23
CUSTCAP_WORD_CALENDAR = 24

# The six root roles
CUSTCAP_ROLE_CONSUMER = 201
CUSTCAP_ROLE_MEMBER = 202
CUSTCAP_ROLE_FAN = 203
CUSTCAP_ROLE_CHANNEL = 204
CUSTCAP_ROLE_INVESTOR = 205
CUSTCAP_ROLE_INTERNAL = 206

# Callbacks.
custcap_allocate = c.CFUNCTYPE(c.c_void_p, c.c_void_p, c.c_void_p, c.c_uint64)
custcap_progress = c.CFUNCTYPE(c.c_int32, c.c_void_p, c.c_int64, c.c_int64)
custcap_write = c.CFUNCTYPE(c.c_int32, c.c_void_p, c.c_void_p, c.c_int64)


class custcap_arrow_options(c.Structure):
    """How a stream is imported; fill with custcap_arrow_options_init() first."""

    _fields_ = [
        ("struct_size", c.c_uint64),
        ("flags", c.c_int32),
        ("rounding", c.c_int32),
        ("source", c.c_char_p),
    ]


class custcap_entry(c.Structure):
    """An entry in numbers. Zero is "none" wherever a field is optional."""

    _fields_ = [
        ("struct_size", c.c_uint64),
        ("party", c.c_int64),
        ("amount", c.c_int64),
        ("instant", c.c_int64),
        ("has_instant", c.c_int32),
        ("day", c.c_int32),
        ("end", c.c_int32),
        ("flags", c.c_int32),
        ("code", c.c_int64),
        ("unit", c.c_int64),
        ("line", c.c_int64),
        ("channel", c.c_int64),
        ("item", c.c_int64),
        ("ref", c.c_int64),
        ("key_high", c.c_uint64),
        ("key_low", c.c_uint64),
    ]


class custcap_receipt(c.Structure):
    """What a commit did."""

    _fields_ = [
        ("struct_size", c.c_uint64),
        ("position", c.c_int64),
        ("records_new", c.c_int64),
        ("records_exists", c.c_int64),
        ("parties_made", c.c_int64),
        ("words_made", c.c_int64),
        ("warnings", c.c_int64),
        ("chain", c.c_uint8 * 32),
    ]


class custcap_ledger_options(c.Structure):
    """How to open a ledger; fill with custcap_ledger_options_init() first."""

    _fields_ = [
        ("struct_size", c.c_uint64),
        ("flags", c.c_int32),
        ("busy_timeout_ms", c.c_int32),
        ("threads", c.c_int32),
        ("reserved", c.c_int32),
        ("cache_bytes", c.c_int64),
        ("zone", c.c_char_p),
        ("unit", c.c_char_p),
        ("allocate", custcap_allocate),
        ("allocate_context", c.c_void_p),
        ("clock", c.CFUNCTYPE(c.c_int64, c.c_void_p)),
        ("clock_context", c.c_void_p),
        ("random", c.CFUNCTYPE(c.c_int32, c.c_void_p, c.c_void_p, c.c_int64)),
        ("random_context", c.c_void_p),
        ("master_key", c.CFUNCTYPE(c.c_int32, c.c_void_p, c.c_void_p)),
        ("master_key_context", c.c_void_p),
    ]


class custcap_head(c.Structure):
    """Where a ledger stands."""

    _fields_ = [
        ("struct_size", c.c_uint64),
        ("position", c.c_int64),
        ("time", c.c_int64),
        ("chain", c.c_uint8 * 32),
    ]


class custcap_model_data(c.Structure):
    """What is known of customers; fill with custcap_model_data_init() first."""

    _fields_ = [
        ("struct_size", c.c_uint64),
        ("count", c.c_int64),
        ("frequency", c.POINTER(c.c_double)),
        ("recency", c.POINTER(c.c_double)),
        ("age", c.POINTER(c.c_double)),
        ("spend", c.POINTER(c.c_double)),
        ("log_intervals", c.POINTER(c.c_double)),
        ("weights", c.POINTER(c.c_double)),
        ("survivors", c.POINTER(c.c_double)),
        ("transaction_z", c.POINTER(c.c_double)),
        ("dropout_z", c.POINTER(c.c_double)),
        ("transaction_covariates", c.c_int32),
        ("dropout_covariates", c.c_int32),
    ]


class custcap_model_options(c.Structure):
    """How to fit; fill with custcap_model_options_init() first."""

    _fields_ = [
        ("struct_size", c.c_uint64),
        ("model", c.c_char_p),
        ("threads", c.c_int32),
        ("starts", c.c_int32),
        ("k", c.c_int32),
        ("reserved", c.c_int32),
        ("confidence", c.c_double),
        ("penalty", c.c_double),
        ("prior_mean", c.POINTER(c.c_double)),
        ("prior_sd", c.POINTER(c.c_double)),
        ("prior_count", c.c_int64),
        ("start", c.POINTER(c.c_double)),
        ("start_count", c.c_int64),
        ("iterations_max", c.c_int64),
        ("allocate", custcap_allocate),
        ("allocate_context", c.c_void_p),
        ("progress", custcap_progress),
        ("progress_context", c.c_void_p),
    ]


class custcap_model_ask(c.Structure):
    """A question; fill with custcap_model_ask_init() first."""

    _fields_ = [
        ("struct_size", c.c_uint64),
        ("what", c.c_int32),
        ("threads", c.c_int32),
        ("transactions", c.c_int64),
        ("ahead", c.c_double),
        ("ahead_each", c.POINTER(c.c_double)),
        ("discount", c.c_double),
        ("discount_each", c.POINTER(c.c_double)),
        ("factors", c.POINTER(c.c_double)),
        ("factor_count", c.c_int64),
        ("factor_step", c.c_double),
        ("spend", c.c_void_p),
        ("value", c.c_double),
        ("margin", c.c_double),
    ]


class custcap_model_estimate(c.Structure):
    """An estimate with what is known of its error."""

    _fields_ = [
        ("struct_size", c.c_uint64),
        ("value", c.c_double),
        ("standard_error", c.c_double),
        ("lower", c.c_double),
        ("upper", c.c_double),
    ]


class custcap_model_simulated(c.Structure):
    """What a simulation gives; arrays of count doubles, each may be NULL."""

    _fields_ = [
        ("struct_size", c.c_uint64),
        ("frequency", c.POINTER(c.c_double)),
        ("recency", c.POINTER(c.c_double)),
        ("log_intervals", c.POINTER(c.c_double)),
        ("alive", c.POINTER(c.c_double)),
        ("rate", c.POINTER(c.c_double)),
        ("spend", c.POINTER(c.c_double)),
    ]


class custcap_snapshot_options(c.Structure):
    """Which moment. Fill with custcap_snapshot_options_init() first."""

    _fields_ = [
        ("struct_size", c.c_uint64),
        ("as_known", c.c_int64),
        ("as_known_time", c.c_int64),
        ("as_of_instant", c.c_int64),
        ("as_of_day", c.c_int32),
        ("threads", c.c_int32),
        ("progress", custcap_progress),
        ("progress_context", c.c_void_p),
    ]


STRUCTS: dict[str, tuple[type[c.Structure], int]] = {
    "custcap_arrow_options": (custcap_arrow_options, 24),
    "custcap_entry": (custcap_entry, 112),
    "custcap_receipt": (custcap_receipt, 88),
    "custcap_ledger_options": (custcap_ledger_options, 112),
    "custcap_head": (custcap_head, 56),
    "custcap_model_data": (custcap_model_data, 96),
    "custcap_model_options": (custcap_model_options, 128),
    "custcap_model_ask": (custcap_model_ask, 104),
    "custcap_model_estimate": (custcap_model_estimate, 40),
    "custcap_model_simulated": (custcap_model_simulated, 56),
    "custcap_snapshot_options": (custcap_snapshot_options, 56),
}

# Opaque handles.
HANDLES = (
    "custcap_batch",
    "custcap_ledger",
    "custcap_model",
    "custcap_query",
    "custcap_snapshot",
    "custcap_error",
    "custcap_table",
    "custcap_taxonomy",
)

FUNCTIONS: dict[str, Function] = {
    "custcap_table_to_arrow": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.c_int32,
            c.c_void_p,
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("table", "const custcap_table *", "in"),
            Parameter("flags", "int32_t", "in"),
            Parameter("stream", "struct ArrowArrayStream *", "out"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "A table as an Arrow stream: its schema and one chunk of all rows. "
        "Call it as often as wanted: every stream is a fresh one. int64, "
        "instants, and the integers of ratios are borrowed without a copy; "
        "the stream and what comes out of it keep the table alive, so it "
        "may be freed first. They may be released in any order and on any "
        "thread.  column: Arrow  - int64: int64  - money, decimal: "
        "decimal128(19, scale)  - day: date32  - instant: timestamp(us, "
        "UTC)  - text: dictionary(int32, utf8) of the texts in use, each "
        "once  - ratio `x`: `x` float64, and `x_num` and `x_den` int64, as "
        "in CSV  Money is a decimal because every tool then sees major "
        "units, exactly, and none has to know of a scale beside the "
        "numbers; who wants the integers asks for CUSTCAP_ARROW_MINOR. The "
        "float64 of a ratio is for charts (null where it is undefined); "
        "what is exact are the two integers, in minor units.  The notes of "
        "the table are the schema's metadata, \"custcap.\" before each name; "
        "every field has \"custcap.type\", \"custcap.merge\" and "
        "\"custcap.scale\", by which custcap_table_from_arrow() makes the "
        "same table again.",
    ),
    "custcap_table_from_arrow": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.POINTER(c.c_void_p),
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("stream", "struct ArrowArrayStream *", "in"),
            Parameter("table", "custcap_table **", "out"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "A table out of an Arrow stream: for custcap_query_bind_table(). "
        "All chunks, copied. Fields that custcap_table_to_arrow() described"
        " come back as what they were, ratios out of their three columns; "
        "others have no merge rule. It uses the C library's allocator.",
    ),
    "custcap_batch_add_arrow": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.c_int32,
            c.c_void_p,
            c.c_int32,
            c.POINTER(c.c_int64),
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("batch", "custcap_batch *", "in"),
            Parameter("record", "int32_t", "in"),
            Parameter("stream", "struct ArrowArrayStream *", "in"),
            Parameter("flags", "int32_t", "in"),
            Parameter("rows", "int64_t *", "out"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "Add the records of a stream to a batch, all of them or none. "
        "Column names are the fields of the record, as in CSV (custcap-"
        "csv(5)); null and the empty text are a field left out. The batch's"
        " rounding and source apply. Integers in `amount` are major units "
        "but with CUSTCAP_ARROW_MINOR, or where the field says "
        "\"custcap.scale\".",
    ),
    "custcap_arrow_options_init": Function(
        None,
        (
            c.POINTER(custcap_arrow_options),
        ),
        "void",
        (
            Parameter("options", "custcap_arrow_options *", "out"),
        ),
        "The defaults: major units, no rounding, source \"host\".",
    ),
    "custcap_ledger_import_arrow": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.c_int32,
            c.c_void_p,
            c.POINTER(custcap_arrow_options),
            c.POINTER(custcap_receipt),
            custcap_progress,
            c.c_void_p,
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("ledger", "custcap_ledger *", "in"),
            Parameter("record", "int32_t", "in"),
            Parameter("stream", "struct ArrowArrayStream *", "in"),
            Parameter("options", "const custcap_arrow_options *", "in"),
            Parameter("receipt", "custcap_receipt *", "out"),
            Parameter("progress", "custcap_progress", "in"),
            Parameter("context", "void *", "in"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "Import the records of a stream of any length: all or nothing. One "
        "import of batches (custcap_ledger_import_begin()); after a "
        "failure, or when the callback cancels, the ledger is as if it had "
        "never begun.",
    ),
    "custcap_batch_new": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.POINTER(c.c_void_p),
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("ledger", "custcap_ledger *", "in"),
            Parameter("batch", "custcap_batch **", "out"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "A new, empty batch of a ledger.",
    ),
    "custcap_batch_free": Function(
        None,
        (
            c.c_void_p,
        ),
        "void",
        (
            Parameter("batch", "custcap_batch *", "in"),
        ),
        "Free a batch; what was not committed is gone. NULL is nothing.",
    ),
    "custcap_batch_clear": Function(
        None,
        (
            c.c_void_p,
        ),
        "void",
        (
            Parameter("batch", "custcap_batch *", "in"),
        ),
        "Take all records out again; settings (source, rounding, zero sum) "
        "stay.",
    ),
    "custcap_batch_count": Function(
        c.c_int64,
        (
            c.c_void_p,
        ),
        "int64_t",
        (
            Parameter("batch", "const custcap_batch *", "in"),
        ),
        "Records in the batch, parties and words to be made included.",
    ),
    "custcap_record_kind": Function(
        c.c_int32,
        (
            c.c_char_p,
        ),
        "int32_t",
        (
            Parameter("name", "const char *", "in"),
        ),
        "The number of a record by name: \"entry\" is CUSTCAP_ENTRY.",
    ),
    "custcap_record_field": Function(
        c.c_char_p,
        (
            c.c_int32,
            c.c_int64,
        ),
        "const char *",
        (
            Parameter("record", "int32_t", "in"),
            Parameter("index", "int64_t", "in"),
        ),
        "The name of a field of a record.",
    ),
    "custcap_batch_add": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.c_int32,
            c.POINTER(c.c_char_p),
            c.c_int64,
            c.POINTER(c.c_char_p),
            c.POINTER(c.c_int64),
            c.c_int64,
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("batch", "custcap_batch *", "in"),
            Parameter("record", "int32_t", "in"),
            Parameter("fields", "const char *const *", "in"),
            Parameter("field_count", "int64_t", "in"),
            Parameter("cells", "const char *const *", "in"),
            Parameter("lengths", "const int64_t *", "in"),
            Parameter("row_count", "int64_t", "in"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "Add rows of text: the one way in for CSV, scripts and people. All "
        "or none of the rows are added. An empty cell is a field left out. "
        "Unknown parties, lines and channels are made on the way and "
        "counted in the receipt; unknown units, codes, roles and types are "
        "INVALID. An entry whose ref is \"@@open\" is cut at commit, as "
        "custcap_batch_settle() does at once: the first part keeps the row,"
        " its status and number, the others follow.",
    ),
    "custcap_batch_set_rounding": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.c_int32,
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("batch", "custcap_batch *", "in"),
            Parameter("rounding", "int32_t", "in"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "How amounts of later rows of text are rounded.",
    ),
    "custcap_batch_set_source": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.c_char_p,
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("batch", "custcap_batch *", "in"),
            Parameter("source", "const char *", "in"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "The source of host keys and CSV keys of later rows.",
    ),
    "custcap_batch_set_zero_sum": Function(
        None,
        (
            c.c_void_p,
            c.c_int32,
        ),
        "void",
        (
            Parameter("batch", "custcap_batch *", "in"),
            Parameter("zero_sum", "int32_t", "in"),
        ),
        "Demand at commit that amounts sum to zero in each (book, unit).",
    ),
    "custcap_batch_party": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.c_char_p,
            c.c_int64,
            c.POINTER(c.c_int64),
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("batch", "custcap_batch *", "in"),
            Parameter("key", "const char *", "in"),
            Parameter("key_length", "int64_t", "in"),
            Parameter("party", "int64_t *", "out"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "The number of a party for this batch, made on commit if new.",
    ),
    "custcap_batch_word": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.c_int32,
            c.c_char_p,
            c.c_int64,
            c.POINTER(c.c_int64),
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("batch", "custcap_batch *", "in"),
            Parameter("kind", "int32_t", "in"),
            Parameter("text", "const char *", "in"),
            Parameter("text_length", "int64_t", "in"),
            Parameter("word", "int64_t *", "out"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "The number of a word for this batch; lines and channels are made "
        "on commit if new.",
    ),
    "custcap_entry_init": Function(
        None,
        (
            c.POINTER(custcap_entry),
        ),
        "void",
        (
            Parameter("entry", "custcap_entry *", "out"),
        ),
        "The defaults of an entry (end none, everything else 0).",
    ),
    "custcap_batch_add_entries": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.POINTER(custcap_entry),
            c.c_int64,
            c.c_int64,
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("batch", "custcap_batch *", "in"),
            Parameter("base", "const custcap_entry *", "in"),
            Parameter("count", "int64_t", "in"),
            Parameter("stride", "int64_t", "in"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "Add entries in bulk, all or none.",
    ),
    "custcap_batch_settle": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.POINTER(c.c_int64),
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("batch", "custcap_batch *", "in"),
            Parameter("rows", "int64_t *", "out"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "Let the last entry of the batch settle what is open: a payment of "
        "invoices, a spending of points, a capture of holds. The entry, "
        "which has no ref, becomes a row an open item of its party, book "
        "and unit, earliest end first (due day, expiry), then as recorded: "
        "so points are spent from the lots that expire first, and a payment"
        " pays the oldest debt (measure customer.open_items). Items count "
        "as of the entry's day, less what rows of the batch settle already."
        " A key stays on the first row, the others get keys that follow "
        "from it. A failure takes the entry out of the batch again.",
    ),
    "custcap_batch_check": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.POINTER(c.c_void_p),
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("batch", "custcap_batch *", "in"),
            Parameter("findings", "custcap_table **", "out"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "Do all of a commit but the writing: are there objections? A "
        "writing call, for it waits for its turn as a commit does.",
    ),
    "custcap_batch_commit": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.POINTER(custcap_receipt),
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("batch", "custcap_batch *", "in"),
            Parameter("receipt", "custcap_receipt *", "in,out"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "Make the batch durable, exactly once. A writing call. Records "
        "whose key is there with the same content are left out; one whose "
        "key is there with other content makes the whole batch CONFLICT. "
        "When it returns OK the batch survives a crash and a power cut; "
        "when it fails nothing of it is there.",
    ),
    "custcap_batch_findings": Function(
        c.c_void_p,
        (
            c.c_void_p,
        ),
        "const custcap_table *",
        (
            Parameter("batch", "const custcap_batch *", "in"),
        ),
        "What the guards said at the last check or commit.",
    ),
    "custcap_batch_record_status": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.c_int32,
            c.c_int64,
        ),
        "int32_t",
        (
            Parameter("batch", "const custcap_batch *", "in"),
            Parameter("record", "int32_t", "in"),
            Parameter("index", "int64_t", "in"),
        ),
        "What became of a record at the last commit.",
    ),
    "custcap_batch_record_id": Function(
        c.c_int64,
        (
            c.c_void_p,
            c.c_int32,
            c.c_int64,
        ),
        "int64_t",
        (
            Parameter("batch", "const custcap_batch *", "in"),
            Parameter("record", "int32_t", "in"),
            Parameter("index", "int64_t", "in"),
        ),
        "The number of a record after commit, for `ref` and `item`. It is "
        "the batch's position times 65536, plus the record's row from 0; as"
        " text it is written @position.row, with the row from 1.",
    ),
    "custcap_ledger_options_init": Function(
        None,
        (
            c.POINTER(custcap_ledger_options),
        ),
        "void",
        (
            Parameter("options", "custcap_ledger_options *", "out"),
        ),
        "The defaults: writable, a timeout of 5 s, all processors, UTC, "
        "CNY.",
    ),
    "custcap_ledger_create": Function(
        c.c_int32,
        (
            c.c_char_p,
            c.POINTER(custcap_ledger_options),
            c.POINTER(c.c_void_p),
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("path", "const char *", "in"),
            Parameter("options", "const custcap_ledger_options *", "in"),
            Parameter("ledger", "custcap_ledger **", "out"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "Make a new ledger at a path where nothing is, and open it. Its "
        "first batch makes the company itself, the party \"us\".",
    ),
    "custcap_ledger_open": Function(
        c.c_int32,
        (
            c.c_char_p,
            c.POINTER(custcap_ledger_options),
            c.POINTER(c.c_void_p),
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("path", "const char *", "in"),
            Parameter("options", "const custcap_ledger_options *", "in"),
            Parameter("ledger", "custcap_ledger **", "out"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "Open a ledger. One whose derived tables another version of the "
        "library made is rebuilt.",
    ),
    "custcap_ledger_free": Function(
        None,
        (
            c.c_void_p,
        ),
        "void",
        (
            Parameter("ledger", "custcap_ledger *", "in"),
        ),
        "Let go of a ledger; NULL is nothing. Snapshots and tables of it "
        "stay usable. Batches may be freed after it, but are CUSTCAP_MISUSE"
        " for anything else. An import that was not ended is taken back.",
    ),
    "custcap_ledger_head": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.POINTER(custcap_head),
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("ledger", "custcap_ledger *", "in"),
            Parameter("head", "custcap_head *", "in,out"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "The head of the journal: keep it elsewhere to detect tampering.",
    ),
    "custcap_ledger_zone": Function(
        c.c_char_p,
        (
            c.c_void_p,
        ),
        "const char *",
        (
            Parameter("ledger", "const custcap_ledger *", "in"),
        ),
        "The time zone in which a ledger counts its days.",
    ),
    "custcap_ledger_unit": Function(
        c.c_char_p,
        (
            c.c_void_p,
        ),
        "const char *",
        (
            Parameter("ledger", "const custcap_ledger *", "in"),
        ),
        "The ledger's own unit, of amounts that name none.",
    ),
    "custcap_ledger_unit_scale": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.c_char_p,
        ),
        "int32_t",
        (
            Parameter("ledger", "custcap_ledger *", "in"),
            Parameter("unit", "const char *", "in"),
        ),
        "Decimal digits of a unit: yen 0, euro 2, dinar 3.",
    ),
    "custcap_ledger_verify": Function(
        c.c_int32,
        (
            c.c_void_p,
            custcap_progress,
            c.c_void_p,
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("ledger", "custcap_ledger *", "in"),
            Parameter("progress", "custcap_progress", "in"),
            Parameter("context", "void *", "in"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "Check everything: chain, bodies, vault, tables, keys, columns, "
        "file.",
    ),
    "custcap_ledger_seal": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.c_int64,
            custcap_progress,
            c.c_void_p,
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("ledger", "custcap_ledger *", "in"),
            Parameter("budget_bytes", "int64_t", "in"),
            Parameter("progress", "custcap_progress", "in"),
            Parameter("context", "void *", "in"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "Put recent records into columns and merge, under a budget. A "
        "writing call. It makes asking faster and never changes an answer.",
    ),
    "custcap_ledger_rebuild": Function(
        c.c_int32,
        (
            c.c_void_p,
            custcap_progress,
            c.c_void_p,
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("ledger", "custcap_ledger *", "in"),
            Parameter("progress", "custcap_progress", "in"),
            Parameter("context", "void *", "in"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "Throw all that is derived away and make it again from the journal."
        " A writing call.",
    ),
    "custcap_ledger_backup": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.c_char_p,
            custcap_progress,
            c.c_void_p,
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("ledger", "custcap_ledger *", "in"),
            Parameter("path", "const char *", "in"),
            Parameter("progress", "custcap_progress", "in"),
            Parameter("context", "void *", "in"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "A consistent copy at a path where nothing is.",
    ),
    "custcap_ledger_undo": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.c_int64,
            c.POINTER(c.c_int64),
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("ledger", "custcap_ledger *", "in"),
            Parameter("position", "int64_t", "in"),
            Parameter("reversed", "int64_t *", "out"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "Take back one batch, or the import it belongs to. A writing call. "
        "For every entry it posts one of the opposite amount that refers to"
        " it, on the same day; roles, relations and links are ended where "
        "they began. Keys stay taken.",
    ),
    "custcap_ledger_erase": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.c_char_p,
            c.c_char_p,
            c.c_int64,
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("ledger", "custcap_ledger *", "in"),
            Parameter("source", "const char *", "in"),
            Parameter("key", "const char *", "in"),
            Parameter("key_length", "int64_t", "in"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "Erase who a party is: names, host keys, free text, documents. A "
        "writing call. Parties that are one with it are erased with it. "
        "Numbers stay, the chain is unchanged, the name is "
        "CUSTCAP_NOT_FOUND everywhere at once. Older backups and blocks of "
        "the file system are out of reach.",
    ),
    "custcap_ledger_close": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.c_int32,
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("ledger", "custcap_ledger *", "in"),
            Parameter("day", "int32_t", "in"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "Close the books up to and with a day: later entries dated on or "
        "before it need the field `prior`. A writing call.",
    ),
    "custcap_ledger_closed": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.c_int32,
            c.POINTER(c.c_int64),
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("ledger", "custcap_ledger *", "in"),
            Parameter("day", "int32_t", "in"),
            Parameter("position", "int64_t *", "out"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "The position up to which the ledger was known when the books were "
        "closed over a day: a snapshot as known then answers as closed, one"
        " without answers restated.",
    ),
    "custcap_ledger_party": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.c_char_p,
            c.c_char_p,
            c.c_int64,
            c.POINTER(c.c_int64),
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("ledger", "custcap_ledger *", "in"),
            Parameter("source", "const char *", "in"),
            Parameter("key", "const char *", "in"),
            Parameter("key_length", "int64_t", "in"),
            Parameter("party", "int64_t *", "out"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "The number of a party by host key; follows merges.",
    ),
    "custcap_ledger_import_begin": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("ledger", "custcap_ledger *", "in"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "Begin an import: batches committed until its end land together or "
        "not at all. A writing call. Snapshots see what was there before "
        "until the import ends; other writers get CUSTCAP_BUSY meanwhile. A"
        " batch that is refused or in conflict leaves the import as it was;"
        " a failure while writing cancels it.",
    ),
    "custcap_ledger_import_end": Function(
        c.c_int32,
        (
            c.c_void_p,
            custcap_progress,
            c.c_void_p,
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("ledger", "custcap_ledger *", "in"),
            Parameter("progress", "custcap_progress", "in"),
            Parameter("context", "void *", "in"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "Make the batches since the beginning durable. A writing call. When"
        " it fails, all of them are taken back.",
    ),
    "custcap_ledger_import_cancel": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("ledger", "custcap_ledger *", "in"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "Take back the batches since the beginning, as if it never began; "
        "nothing where no import is under way. A writing call.",
    ),
    "custcap_model_kinds": Function(
        c.c_int64,
        (),
        "int64_t",
        (),
        "How many kinds of model there are.",
    ),
    "custcap_model_kind_name": Function(
        c.c_char_p,
        (
            c.c_int64,
        ),
        "const char *",
        (
            Parameter("index", "int64_t", "in"),
        ),
        "The name of a kind, such as \"bg/nbd\".",
    ),
    "custcap_model_data_init": Function(
        None,
        (
            c.POINTER(custcap_model_data),
        ),
        "void",
        (
            Parameter("data", "custcap_model_data *", "out"),
        ),
        "No rows, all arrays NULL.",
    ),
    "custcap_model_options_init": Function(
        None,
        (
            c.POINTER(custcap_model_options),
        ),
        "void",
        (
            Parameter("options", "custcap_model_options *", "out"),
        ),
        "The defaults, without a model.",
    ),
    "custcap_model_fit": Function(
        c.c_int32,
        (
            c.POINTER(custcap_model_options),
            c.POINTER(custcap_model_data),
            c.POINTER(c.c_void_p),
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("options", "const custcap_model_options *", "in"),
            Parameter("data", "const custcap_model_data *", "in"),
            Parameter("model", "custcap_model **", "out"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "Fit a model by maximum likelihood. Identical rows are grouped "
        "exactly; parameters are sought as logarithms, with analytic "
        "gradients, from several starts. Standard errors come from the "
        "observed Hessian at the maximum. A fit at the edge (a parameter "
        "that runs to zero or infinity, a ridge on which only a combination"
        " is known) is no failure: the finite answer stands and "
        "custcap_model_words() says so.",
    ),
    "custcap_model_new": Function(
        c.c_int32,
        (
            c.POINTER(custcap_model_options),
            c.POINTER(c.c_double),
            c.c_int64,
            c.c_int32,
            c.c_int32,
            c.POINTER(c.c_void_p),
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("options", "const custcap_model_options *", "in"),
            Parameter("parameters", "const double *", "in"),
            Parameter("count", "int64_t", "in"),
            Parameter("transaction_covariates", "int32_t", "in"),
            Parameter("dropout_covariates", "int32_t", "in"),
            Parameter("model", "custcap_model **", "out"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "A model with parameters that are known already, nothing fitted.",
    ),
    "custcap_model_free": Function(
        None,
        (
            c.c_void_p,
        ),
        "void",
        (
            Parameter("model", "custcap_model *", "in"),
        ),
        "Free a model; NULL is nothing.",
    ),
    "custcap_model_name": Function(
        c.c_char_p,
        (
            c.c_void_p,
        ),
        "const char *",
        (
            Parameter("model", "const custcap_model *", "in"),
        ),
        "The kind of a model, such as \"bg/nbd\".",
    ),
    "custcap_model_parameters": Function(
        c.c_int64,
        (
            c.c_void_p,
        ),
        "int64_t",
        (
            Parameter("model", "const custcap_model *", "in"),
        ),
        "How many parameters were estimated.",
    ),
    "custcap_model_parameter_name": Function(
        c.c_char_p,
        (
            c.c_void_p,
            c.c_int64,
        ),
        "const char *",
        (
            Parameter("model", "const custcap_model *", "in"),
            Parameter("index", "int64_t", "in"),
        ),
        "A parameter's letter in the papers; covariates are transaction.1, "
        "dropout.1 and so on.",
    ),
    "custcap_model_value": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.c_char_p,
            c.POINTER(c.c_double),
            c.POINTER(c.c_double),
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("model", "const custcap_model *", "in"),
            Parameter("name", "const char *", "in"),
            Parameter("value", "double *", "out"),
            Parameter("standard_error", "double *", "out"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "One number of a model by its name.",
    ),
    "custcap_model_covariance": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.POINTER(c.c_double),
            c.c_int64,
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("model", "const custcap_model *", "in"),
            Parameter("covariance", "double *", "out"),
            Parameter("capacity", "int64_t", "in"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "The covariance of the parameters, row-major, parameters^2 doubles.",
    ),
    "custcap_model_words": Function(
        c.c_char_p,
        (
            c.c_void_p,
        ),
        "const char *",
        (
            Parameter("model", "const custcap_model *", "in"),
        ),
        "How the fit went, in words: \"converged\", or what is degenerate and"
        " which answer stands.",
    ),
    "custcap_model_table": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.POINTER(c.c_void_p),
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("model", "const custcap_model *", "in"),
            Parameter("table", "custcap_table **", "out"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "The model as a table: columns name, value, standard_error, lower, "
        "upper; a row a parameter (k first where there is one), then "
        "log_likelihood, aic, bic, customers. Note \"words\" holds the words,"
        " note \"model\" the name.",
    ),
    "custcap_model_log_likelihood": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.POINTER(custcap_model_data),
            c.POINTER(c.c_double),
            c.POINTER(c.c_double),
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("model", "const custcap_model *", "in"),
            Parameter("data", "const custcap_model_data *", "in"),
            Parameter("values", "double *", "out"),
            Parameter("total", "double *", "out"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "The log-likelihood of customers under a model.",
    ),
    "custcap_model_ask_init": Function(
        None,
        (
            c.POINTER(custcap_model_ask),
        ),
        "void",
        (
            Parameter("ask", "custcap_model_ask *", "out"),
        ),
        "EXPECTED, nothing ahead, no discount.",
    ),
    "custcap_model_predict": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.POINTER(custcap_model_ask),
            c.POINTER(custcap_model_data),
            c.POINTER(c.c_double),
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("model", "const custcap_model *", "in"),
            Parameter("ask", "const custcap_model_ask *", "in"),
            Parameter("data", "const custcap_model_data *", "in"),
            Parameter("values", "double *", "out"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "One number a customer.",
    ),
    "custcap_model_curve": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.c_int32,
            c.POINTER(c.c_double),
            c.c_int64,
            c.c_int64,
            c.POINTER(c.c_double),
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("model", "const custcap_model *", "in"),
            Parameter("what", "int32_t", "in"),
            Parameter("times", "const double *", "in"),
            Parameter("count", "int64_t", "in"),
            Parameter("transactions", "int64_t", "in"),
            Parameter("values", "double *", "out"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "A curve over time of the population (of a model with covariates: "
        "of customers whose covariates are 0).",
    ),
    "custcap_model_total": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.POINTER(custcap_model_ask),
            c.POINTER(custcap_model_data),
            c.c_int32,
            c.c_int64,
            c.c_uint64,
            c.POINTER(custcap_model_estimate),
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("model", "const custcap_model *", "in"),
            Parameter("ask", "const custcap_model_ask *", "in"),
            Parameter("data", "const custcap_model_data *", "in"),
            Parameter("method", "int32_t", "in"),
            Parameter("draws", "int64_t", "in"),
            Parameter("seed", "uint64_t", "in"),
            Parameter("estimate", "custcap_model_estimate *", "in,out"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "The weighted sum over customers of a prediction (customer equity: "
        "LIFETIME) with its interval. The interval is of the expectation: "
        "it carries the uncertainty of the parameters (of the spend model "
        "too), not the chance of each customer. Delta: normal on the "
        "logarithm of the sum. Bootstrap: percentiles of `draws` refits on "
        "customers drawn with replacement from `data`.",
    ),
    "custcap_model_scores": Function(
        c.c_int32,
        (
            c.POINTER(c.c_double),
            c.POINTER(c.c_double),
            c.POINTER(c.c_double),
            c.c_int64,
            c.POINTER(c.c_void_p),
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("predicted", "const double *", "in"),
            Parameter("actual", "const double *", "in"),
            Parameter("weights", "const double *", "in"),
            Parameter("count", "int64_t", "in"),
            Parameter("table", "custcap_table **", "out"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "How good predictions were: rows mae, rmse, aggregate_error "
        "(predicted sum / actual sum - 1), predicted, actual, customers; "
        "columns name, value.",
    ),
    "custcap_model_tracking": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.POINTER(custcap_model_data),
            c.c_double,
            c.c_int64,
            c.POINTER(c.c_void_p),
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("model", "const custcap_model *", "in"),
            Parameter("data", "const custcap_model_data *", "in"),
            Parameter("step", "double", "in"),
            Parameter("periods", "int64_t", "in"),
            Parameter("table", "custcap_table **", "out"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "Transactions by period as the model tracks them, for a plot. "
        "UNSUPPORTED with covariates. Customers start at (largest age - "
        "their age); column expected of period i is the sum of E[X] over "
        "their time in it. Columns period (from 1), end (its end, in units "
        "of time), expected, expected_cumulative.",
    ),
    "custcap_model_frequencies": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.POINTER(custcap_model_data),
            c.c_int64,
            c.POINTER(c.c_void_p),
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("model", "const custcap_model *", "in"),
            Parameter("data", "const custcap_model_data *", "in"),
            Parameter("censor", "int64_t", "in"),
            Parameter("table", "custcap_table **", "out"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "Customers by number of repeat transactions, actual and expected: "
        "columns frequency (0 to censor), actual, expected; the last row is"
        " \"that many or more\".",
    ),
    "custcap_model_simulate": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.POINTER(c.c_double),
            c.c_int64,
            c.c_uint64,
            c.POINTER(custcap_model_simulated),
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("model", "const custcap_model *", "in"),
            Parameter("ages", "const double *", "in"),
            Parameter("count", "int64_t", "in"),
            Parameter("seed", "uint64_t", "in"),
            Parameter("simulated", "custcap_model_simulated *", "in,out"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "Draw customers from a model. Same seed, same bytes: customer i "
        "draws from its own stream, so neither threads nor the number of "
        "customers change it.",
    ),
    "custcap_model_save": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.c_void_p,
            c.c_int64,
            c.POINTER(c.c_int64),
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("model", "const custcap_model *", "in"),
            Parameter("bytes", "void *", "in"),
            Parameter("capacity", "int64_t", "in"),
            Parameter("needed", "int64_t *", "out"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "A model as a few hundred bytes: version, kind, parameters, "
        "covariance, figures of the fit, CRC32C. The same on every "
        "platform.",
    ),
    "custcap_model_load": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.c_int64,
            c.POINTER(custcap_model_options),
            c.POINTER(c.c_void_p),
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("bytes", "const void *", "in"),
            Parameter("size", "int64_t", "in"),
            Parameter("options", "const custcap_model_options *", "in"),
            Parameter("model", "custcap_model **", "out"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "A model out of what custcap_model_save() gave.",
    ),
    "custcap_query_new": Function(
        c.c_void_p,
        (),
        "custcap_query *",
        (),
        "A new query without any restriction.",
    ),
    "custcap_query_free": Function(
        None,
        (
            c.c_void_p,
        ),
        "void",
        (
            Parameter("query", "custcap_query *", "in"),
        ),
        "Free a query; NULL is nothing. Tables bound to it are left alone.",
    ),
    "custcap_query_set_window": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.c_int32,
            c.c_int32,
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("query", "custcap_query *", "in"),
            Parameter("from", "int32_t", "in"),
            Parameter("to", "int32_t", "in"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "The window [from, to), which must be whole periods. The default is"
        " first to last revenue day, widened to periods.",
    ),
    "custcap_query_set_period": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.c_char_p,
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("query", "custcap_query *", "in"),
            Parameter("period", "const char *", "in"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "How the window is divided.",
    ),
    "custcap_query_set_unit": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.c_char_p,
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("query", "custcap_query *", "in"),
            Parameter("unit", "const char *", "in"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "The unit to answer in.",
    ),
    "custcap_query_filter": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.c_char_p,
            c.c_char_p,
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("query", "custcap_query *", "in"),
            Parameter("field", "const char *", "in"),
            Parameter("value", "const char *", "in"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "Only what has this value in a field. Values of one field are "
        "alternatives, fields narrow each other, and a word includes the "
        "words below it.",
    ),
    "custcap_query_set_viewer": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.c_char_p,
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("query", "custcap_query *", "in"),
            Parameter("viewer", "const char *", "in"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "Who asks; measures that guard confidences use it.",
    ),
    "custcap_query_set_int64": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.c_char_p,
            c.c_int64,
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("query", "custcap_query *", "in"),
            Parameter("name", "const char *", "in"),
            Parameter("value", "int64_t", "in"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "A named parameter that is an integer; a later value of a name "
        "replaces an earlier one.",
    ),
    "custcap_query_set_double": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.c_char_p,
            c.c_double,
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("query", "custcap_query *", "in"),
            Parameter("name", "const char *", "in"),
            Parameter("value", "double", "in"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "A named parameter that is a number (never money).",
    ),
    "custcap_query_set_text": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.c_char_p,
            c.c_char_p,
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("query", "custcap_query *", "in"),
            Parameter("name", "const char *", "in"),
            Parameter("value", "const char *", "in"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "A named parameter that is a text; where the measure declares an "
        "integer, a number or a day, it is read as one.",
    ),
    "custcap_query_set_day": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.c_char_p,
            c.c_int32,
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("query", "custcap_query *", "in"),
            Parameter("name", "const char *", "in"),
            Parameter("value", "int32_t", "in"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "A named parameter that is a day.",
    ),
    "custcap_query_bind_table": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.c_char_p,
            c.c_void_p,
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("query", "custcap_query *", "in"),
            Parameter("name", "const char *", "in"),
            Parameter("table", "const custcap_table *", "in"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "A table that SQL of a measure may read, as input_ and its name.",
    ),
    "custcap_query_sort": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.c_char_p,
            c.c_int32,
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("query", "custcap_query *", "in"),
            Parameter("column", "const char *", "in"),
            Parameter("descending", "int32_t", "in"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "Sort the answer by a column; nulls come last.",
    ),
    "custcap_query_limit": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.c_int64,
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("query", "custcap_query *", "in"),
            Parameter("rows", "int64_t", "in"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "Give at most so many rows, after sorting.",
    ),
    "custcap_snapshot_options_init": Function(
        None,
        (
            c.POINTER(custcap_snapshot_options),
        ),
        "void",
        (
            Parameter("options", "custcap_snapshot_options *", "out"),
        ),
        "The defaults: the head, the window decides, no callback.",
    ),
    "custcap_snapshot_open": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.POINTER(custcap_snapshot_options),
            c.POINTER(c.c_void_p),
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("ledger", "custcap_ledger *", "in"),
            Parameter("options", "const custcap_snapshot_options *", "in"),
            Parameter("snapshot", "custcap_snapshot **", "out"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "Take a snapshot.",
    ),
    "custcap_snapshot_for_viewer": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.c_char_p,
            c.POINTER(c.c_void_p),
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("snapshot", "custcap_snapshot *", "in"),
            Parameter("viewer", "const char *", "in"),
            Parameter("out", "custcap_snapshot **", "out"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "The same moment, as one viewer may see it. Texts whose level is "
        "above the viewer's clearance are left out of every answer to the "
        "new snapshot: measures, drills and records. A text has the highest"
        " `level` in the data of its record's words; the clearance is the "
        "highest `clearance` in the data of the roles that the viewer plays"
        " toward the company, by the journal's head: custcap_governance(7)."
        " Without a viewer a snapshot is the host's own, and shows "
        "everything.",
    ),
    "custcap_snapshot_free": Function(
        None,
        (
            c.c_void_p,
        ),
        "void",
        (
            Parameter("snapshot", "custcap_snapshot *", "in"),
        ),
        "Free a snapshot; NULL is nothing. Tables of it stay.",
    ),
    "custcap_snapshot_position": Function(
        c.c_int64,
        (
            c.c_void_p,
        ),
        "int64_t",
        (
            Parameter("snapshot", "const custcap_snapshot *", "in"),
        ),
        "The journal position it answers for.",
    ),
    "custcap_snapshot_measure": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.c_char_p,
            c.c_void_p,
            c.POINTER(c.c_void_p),
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("snapshot", "custcap_snapshot *", "in"),
            Parameter("measure", "const char *", "in"),
            Parameter("query", "const custcap_query *", "in"),
            Parameter("table", "custcap_table **", "out"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "The one call that answers.",
    ),
    "custcap_snapshot_drill": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.c_char_p,
            c.c_void_p,
            c.c_int64,
            c.c_char_p,
            c.POINTER(c.c_void_p),
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("snapshot", "custcap_snapshot *", "in"),
            Parameter("measure", "const char *", "in"),
            Parameter("query", "const custcap_query *", "in"),
            Parameter("row", "int64_t", "in"),
            Parameter("column", "const char *", "in"),
            Parameter("table", "custcap_table **", "out"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "What stands behind one cell of that answer. For money: entries "
        "with a column `part` that sums to the cell; a ratio is asked about"
        " by `x_num` or `x_den`; for counts: parties, with a column `part` "
        "where one party may be more than one of what is counted, or, where"
        " items or events are counted, a row a record: `record` (its "
        "number), `party` and what else there is to show of it. Otherwise "
        "as custcap_snapshot_measure().",
    ),
    "custcap_snapshot_measure_text": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.c_char_p,
            c.c_int64,
            c.c_void_p,
            c.POINTER(c.c_void_p),
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("snapshot", "custcap_snapshot *", "in"),
            Parameter("text", "const char *", "in"),
            Parameter("text_length", "int64_t", "in"),
            Parameter("query", "const custcap_query *", "in"),
            Parameter("table", "custcap_table **", "out"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "Ask a measure given as text: one SELECT over the documented views,"
        " behind the same walls as those of the catalogue. Otherwise as "
        "custcap_snapshot_measure().",
    ),
    "custcap_snapshot_may_ask": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.c_int64,
            c.c_char_p,
            c.c_int64,
            c.c_int64,
            c.POINTER(c.c_int64),
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("snapshot", "custcap_snapshot *", "in"),
            Parameter("party", "int64_t", "in"),
            Parameter("purpose", "const char *", "in"),
            Parameter("minutes", "int64_t", "in"),
            Parameter("instant", "int64_t", "in"),
            Parameter("again", "int64_t *", "out"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "May a party be asked something now? The same as the measure "
        "participation.may_ask, without SQL: for a service that asks before"
        " every question it sends. For every rule ask-cap and ask-cap.* in "
        "force (of no purpose, or of this one) the party's asks in (instant"
        " - days, instant] must be fewer than its cap, and their minutes "
        "with these at most its minutes; merged parties are one. Who has "
        "withdrawn the consent `contact`, or that for the purpose, is not "
        "asked. Source: DEFINITIONS.md \"Scores and people\" (ask cap).",
    ),
    "custcap_snapshot_records": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.c_int32,
            c.c_int64,
            c.POINTER(c.c_int64),
            c.POINTER(c.c_void_p),
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("snapshot", "custcap_snapshot *", "in"),
            Parameter("record", "int32_t", "in"),
            Parameter("since", "int64_t", "in"),
            Parameter("until", "int64_t *", "in,out"),
            Parameter("table", "custcap_table **", "out"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "Records of one kind, as text fields, in the order recorded. For "
        "export and \"changes since\": call again with what `until` was set "
        "to, until it is the head.",
    ),
    "custcap_snapshot_taxonomy": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.POINTER(c.c_void_p),
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("snapshot", "custcap_snapshot *", "in"),
            Parameter("taxonomy", "custcap_taxonomy **", "out"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "The vocabulary as known and as of the snapshot's moment.",
    ),
    "custcap_measure_count": Function(
        c.c_int64,
        (),
        "int64_t",
        (),
        "How many measures the catalogue has.",
    ),
    "custcap_measure_name": Function(
        c.c_char_p,
        (
            c.c_int64,
        ),
        "const char *",
        (
            Parameter("index", "int64_t", "in"),
        ),
        "The name of a measure.",
    ),
    "custcap_measure_about": Function(
        c.c_char_p,
        (
            c.c_char_p,
            c.c_char_p,
        ),
        "const char *",
        (
            Parameter("name", "const char *", "in"),
            Parameter("field", "const char *", "in"),
        ),
        "What a measure's header says.",
    ),
    "custcap_error_new": Function(
        c.c_void_p,
        (),
        "custcap_error *",
        (),
        "A new, empty error object.",
    ),
    "custcap_error_free": Function(
        None,
        (
            c.c_void_p,
        ),
        "void",
        (
            Parameter("error", "custcap_error *", "in"),
        ),
        "Free an error object and its texts; NULL is nothing.",
    ),
    "custcap_error_status": Function(
        c.c_int32,
        (
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("error", "const custcap_error *", "in"),
        ),
        "The status last stored.",
    ),
    "custcap_error_text": Function(
        c.c_char_p,
        (
            c.c_void_p,
        ),
        "const char *",
        (
            Parameter("error", "const custcap_error *", "in"),
        ),
        "The words last stored, in English, for a person.",
    ),
    "custcap_error_row": Function(
        c.c_int64,
        (
            c.c_void_p,
        ),
        "int64_t",
        (
            Parameter("error", "const custcap_error *", "in"),
        ),
        "The row of a bulk call that was at fault.",
    ),
    "custcap_error_field": Function(
        c.c_char_p,
        (
            c.c_void_p,
        ),
        "const char *",
        (
            Parameter("error", "const custcap_error *", "in"),
        ),
        "The name of the field at fault.",
    ),
    "custcap_status_name": Function(
        c.c_char_p,
        (
            c.c_int32,
        ),
        "const char *",
        (
            Parameter("status", "custcap_status", "in"),
        ),
        "The name of a status, such as \"CORRUPT\".",
    ),
    "custcap_version": Function(
        c.c_char_p,
        (),
        "const char *",
        (),
        "The version of the library that runs, such as \"0.1.0\".",
    ),
    "custcap_table_free": Function(
        None,
        (
            c.c_void_p,
        ),
        "void",
        (
            Parameter("table", "custcap_table *", "in"),
        ),
        "Free a table and everything borrowed from it; NULL is nothing. "
        "Arrow streams made of it keep what they need.",
    ),
    "custcap_table_rows": Function(
        c.c_int64,
        (
            c.c_void_p,
        ),
        "int64_t",
        (
            Parameter("table", "const custcap_table *", "in"),
        ),
        "Rows of a table.",
    ),
    "custcap_table_columns": Function(
        c.c_int64,
        (
            c.c_void_p,
        ),
        "int64_t",
        (
            Parameter("table", "const custcap_table *", "in"),
        ),
        "Columns of a table.",
    ),
    "custcap_table_column_name": Function(
        c.c_char_p,
        (
            c.c_void_p,
            c.c_int64,
        ),
        "const char *",
        (
            Parameter("table", "const custcap_table *", "in"),
            Parameter("column", "int64_t", "in"),
        ),
        "The name of a column.",
    ),
    "custcap_table_column_type": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.c_int64,
        ),
        "int32_t",
        (
            Parameter("table", "const custcap_table *", "in"),
            Parameter("column", "int64_t", "in"),
        ),
        "The type of a column.",
    ),
    "custcap_table_column_merge": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.c_int64,
        ),
        "int32_t",
        (
            Parameter("table", "const custcap_table *", "in"),
            Parameter("column", "int64_t", "in"),
        ),
        "The merge rule of a column.",
    ),
    "custcap_table_column_scale": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.c_int64,
        ),
        "int32_t",
        (
            Parameter("table", "const custcap_table *", "in"),
            Parameter("column", "int64_t", "in"),
        ),
        "Decimal digits after the point: 12345 with a scale of 2 is 123.45.",
    ),
    "custcap_table_find": Function(
        c.c_int64,
        (
            c.c_void_p,
            c.c_char_p,
        ),
        "int64_t",
        (
            Parameter("table", "const custcap_table *", "in"),
            Parameter("name", "const char *", "in"),
        ),
        "The number of a column by its name.",
    ),
    "custcap_table_is_null": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.c_int64,
            c.c_int64,
        ),
        "int32_t",
        (
            Parameter("table", "const custcap_table *", "in"),
            Parameter("column", "int64_t", "in"),
            Parameter("row", "int64_t", "in"),
        ),
        "Has a cell no value?",
    ),
    "custcap_table_int64": Function(
        c.c_int64,
        (
            c.c_void_p,
            c.c_int64,
            c.c_int64,
        ),
        "int64_t",
        (
            Parameter("table", "const custcap_table *", "in"),
            Parameter("column", "int64_t", "in"),
            Parameter("row", "int64_t", "in"),
        ),
        "The integer of a cell.",
    ),
    "custcap_table_double": Function(
        c.c_double,
        (
            c.c_void_p,
            c.c_int64,
            c.c_int64,
        ),
        "double",
        (
            Parameter("table", "const custcap_table *", "in"),
            Parameter("column", "int64_t", "in"),
            Parameter("row", "int64_t", "in"),
        ),
        "The number of a double cell.",
    ),
    "custcap_table_denominator": Function(
        c.c_int64,
        (
            c.c_void_p,
            c.c_int64,
            c.c_int64,
        ),
        "int64_t",
        (
            Parameter("table", "const custcap_table *", "in"),
            Parameter("column", "int64_t", "in"),
            Parameter("row", "int64_t", "in"),
        ),
        "The denominator of a ratio cell.",
    ),
    "custcap_table_text": Function(
        c.c_void_p,
        (
            c.c_void_p,
            c.c_int64,
            c.c_int64,
            c.POINTER(c.c_int64),
        ),
        "const char *",
        (
            Parameter("table", "const custcap_table *", "in"),
            Parameter("column", "int64_t", "in"),
            Parameter("row", "int64_t", "in"),
            Parameter("length", "int64_t *", "out"),
        ),
        "The text of a text cell.",
    ),
    "custcap_table_values": Function(
        c.c_void_p,
        (
            c.c_void_p,
            c.c_int64,
        ),
        "const int64_t *",
        (
            Parameter("table", "const custcap_table *", "in"),
            Parameter("column", "int64_t", "in"),
        ),
        "A whole column as integers. For text they are numbers into an "
        "inner dictionary: equal numbers are equal texts. For a ratio they "
        "are the numerators. Where a cell is null its value means nothing.",
    ),
    "custcap_table_doubles": Function(
        c.c_void_p,
        (
            c.c_void_p,
            c.c_int64,
        ),
        "const double *",
        (
            Parameter("table", "const custcap_table *", "in"),
            Parameter("column", "int64_t", "in"),
        ),
        "A whole column of doubles.",
    ),
    "custcap_table_denominators": Function(
        c.c_void_p,
        (
            c.c_void_p,
            c.c_int64,
        ),
        "const int64_t *",
        (
            Parameter("table", "const custcap_table *", "in"),
            Parameter("column", "int64_t", "in"),
        ),
        "The denominators of a ratio column.",
    ),
    "custcap_table_note": Function(
        c.c_char_p,
        (
            c.c_void_p,
            c.c_char_p,
        ),
        "const char *",
        (
            Parameter("table", "const custcap_table *", "in"),
            Parameter("name", "const char *", "in"),
        ),
        "What is known about the answer.",
    ),
    "custcap_table_merge": Function(
        c.c_int32,
        (
            c.POINTER(c.c_void_p),
            c.c_int64,
            c.POINTER(c.c_void_p),
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("tables", "const custcap_table *const *", "in"),
            Parameter("count", "int64_t", "in"),
            Parameter("merged", "custcap_table **", "out"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "One table out of the same measure of several shards: rows with "
        "equal keys become one by the merge rules of their columns. Exact, "
        "and the same in any order of the inputs.",
    ),
    "custcap_table_sorted": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.c_char_p,
            c.c_int32,
            c.c_int64,
            c.POINTER(c.c_void_p),
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("table", "const custcap_table *", "in"),
            Parameter("column", "const char *", "in"),
            Parameter("descending", "int32_t", "in"),
            Parameter("limit", "int64_t", "in"),
            Parameter("sorted", "custcap_table **", "out"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "A copy in another order and not longer than a limit.",
    ),
    "custcap_table_write": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.c_int32,
            c.c_int32,
            custcap_write,
            c.c_void_p,
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("table", "const custcap_table *", "in"),
            Parameter("format", "int32_t", "in"),
            Parameter("flags", "int32_t", "in"),
            Parameter("write", "custcap_write", "in"),
            Parameter("context", "void *", "in"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "Render a table. CSV and JSON: money as decimal major units (text "
        "in JSON); a ratio column x as x (12 significant digits, empty or "
        "null where undefined), x_num and x_den (unreduced integers); a "
        "double as the fewest digits that read back as the same one (a "
        "number in JSON). Text format: a ratio of two counts or sums as a "
        "percentage with one decimal, a double with up to 8 significant "
        "digits, right-aligned numbers.",
    ),
    "custcap_taxonomy_new": Function(
        c.c_int32,
        (
            c.POINTER(c.c_void_p),
            c.c_void_p,
        ),
        "custcap_status",
        (
            Parameter("taxonomy", "custcap_taxonomy **", "out"),
            Parameter("error", "custcap_error *", "in"),
        ),
        "A taxonomy of the built-in words alone.",
    ),
    "custcap_taxonomy_free": Function(
        None,
        (
            c.c_void_p,
        ),
        "void",
        (
            Parameter("taxonomy", "custcap_taxonomy *", "in"),
        ),
        "Free a taxonomy and every text borrowed from it; NULL is nothing.",
    ),
    "custcap_taxonomy_count": Function(
        c.c_int64,
        (
            c.c_void_p,
            c.c_int32,
        ),
        "int64_t",
        (
            Parameter("taxonomy", "const custcap_taxonomy *", "in"),
            Parameter("kind", "int32_t", "in"),
        ),
        "How many words there are.",
    ),
    "custcap_taxonomy_at": Function(
        c.c_int64,
        (
            c.c_void_p,
            c.c_int32,
            c.c_int64,
        ),
        "int64_t",
        (
            Parameter("taxonomy", "const custcap_taxonomy *", "in"),
            Parameter("kind", "int32_t", "in"),
            Parameter("index", "int64_t", "in"),
        ),
        "A word by its place: within a kind ascending by number, kinds "
        "ascending.",
    ),
    "custcap_taxonomy_find": Function(
        c.c_int64,
        (
            c.c_void_p,
            c.c_int32,
            c.c_char_p,
            c.c_int64,
        ),
        "int64_t",
        (
            Parameter("taxonomy", "const custcap_taxonomy *", "in"),
            Parameter("kind", "int32_t", "in"),
            Parameter("code", "const char *", "in"),
            Parameter("length", "int64_t", "in"),
        ),
        "A word by its code.",
    ),
    "custcap_taxonomy_kind": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.c_int64,
        ),
        "int32_t",
        (
            Parameter("taxonomy", "const custcap_taxonomy *", "in"),
            Parameter("word", "int64_t", "in"),
        ),
        "The kind of a word.",
    ),
    "custcap_taxonomy_parent": Function(
        c.c_int64,
        (
            c.c_void_p,
            c.c_int64,
        ),
        "int64_t",
        (
            Parameter("taxonomy", "const custcap_taxonomy *", "in"),
            Parameter("word", "int64_t", "in"),
        ),
        "The word above: of the same kind, except that a posting code may "
        "stand directly under a book.",
    ),
    "custcap_taxonomy_child_count": Function(
        c.c_int64,
        (
            c.c_void_p,
            c.c_int64,
        ),
        "int64_t",
        (
            Parameter("taxonomy", "const custcap_taxonomy *", "in"),
            Parameter("word", "int64_t", "in"),
        ),
        "How many words have this one as their parent.",
    ),
    "custcap_taxonomy_child": Function(
        c.c_int64,
        (
            c.c_void_p,
            c.c_int64,
            c.c_int64,
        ),
        "int64_t",
        (
            Parameter("taxonomy", "const custcap_taxonomy *", "in"),
            Parameter("word", "int64_t", "in"),
            Parameter("index", "int64_t", "in"),
        ),
        "One of the words directly below, ascending by number.",
    ),
    "custcap_taxonomy_is_a": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.c_int64,
            c.c_int64,
        ),
        "int32_t",
        (
            Parameter("taxonomy", "const custcap_taxonomy *", "in"),
            Parameter("word", "int64_t", "in"),
            Parameter("ancestor", "int64_t", "in"),
        ),
        "Is a word another one, or anywhere below it?",
    ),
    "custcap_taxonomy_code": Function(
        c.c_void_p,
        (
            c.c_void_p,
            c.c_int64,
            c.POINTER(c.c_int64),
        ),
        "const char *",
        (
            Parameter("taxonomy", "const custcap_taxonomy *", "in"),
            Parameter("word", "int64_t", "in"),
            Parameter("length", "int64_t *", "out"),
        ),
        "The code of a word, such as \"consumer.user\".",
    ),
    "custcap_taxonomy_label": Function(
        c.c_void_p,
        (
            c.c_void_p,
            c.c_int64,
            c.c_char_p,
            c.POINTER(c.c_int64),
        ),
        "const char *",
        (
            Parameter("taxonomy", "const custcap_taxonomy *", "in"),
            Parameter("word", "int64_t", "in"),
            Parameter("language", "const char *", "in"),
            Parameter("length", "int64_t *", "out"),
        ),
        "How a word is called, such as \"Fan\" or \"粉丝\".",
    ),
    "custcap_taxonomy_data": Function(
        c.c_void_p,
        (
            c.c_void_p,
            c.c_int64,
            c.POINTER(c.c_int64),
        ),
        "const char *",
        (
            Parameter("taxonomy", "const custcap_taxonomy *", "in"),
            Parameter("word", "int64_t", "in"),
            Parameter("length", "int64_t *", "out"),
        ),
        "What else is said about a word: a JSON object, or \"\". A role has "
        "layer, flow, circle, side, gives, gets, speak and grows (a list of"
        " {to, when}); a unit scale; a flow start and moves; a rule its "
        "parameters.",
    ),
    "custcap_taxonomy_member": Function(
        c.c_void_p,
        (
            c.c_void_p,
            c.c_int64,
            c.c_char_p,
            c.POINTER(c.c_int64),
        ),
        "const char *",
        (
            Parameter("taxonomy", "const custcap_taxonomy *", "in"),
            Parameter("word", "int64_t", "in"),
            Parameter("name", "const char *", "in"),
            Parameter("length", "int64_t *", "out"),
        ),
        "One member of a word's data, or of the nearest word above that has"
        " it: a role of the host's own stands where its parent does until "
        "it says otherwise.",
    ),
    "custcap_taxonomy_scale": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.c_int64,
        ),
        "int32_t",
        (
            Parameter("taxonomy", "const custcap_taxonomy *", "in"),
            Parameter("word", "int64_t", "in"),
        ),
        "Decimal digits of a unit (yen 0, dinar 3).",
    ),
    "custcap_taxonomy_allows": Function(
        c.c_int32,
        (
            c.c_void_p,
            c.c_int64,
            c.c_int64,
            c.c_int64,
        ),
        "int32_t",
        (
            Parameter("taxonomy", "const custcap_taxonomy *", "in"),
            Parameter("flow", "int64_t", "in"),
            Parameter("from", "int64_t", "in"),
            Parameter("to", "int64_t", "in"),
        ),
        "May an item of a flow move from one state to another?",
    ),
    "custcap_word_kind_name": Function(
        c.c_char_p,
        (
            c.c_int32,
        ),
        "const char *",
        (
            Parameter("kind", "int32_t", "in"),
        ),
        "The name of a kind of word, such as \"role\".",
    ),
    "custcap_word_kind_find": Function(
        c.c_int32,
        (
            c.c_char_p,
            c.c_int64,
        ),
        "int32_t",
        (
            Parameter("name", "const char *", "in"),
            Parameter("length", "int64_t", "in"),
        ),
        "The kind of word of a name, such as \"role\".",
    ),
}
