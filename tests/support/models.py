"""The model functions of the shared library through ctypes, for tests.

Thin on purpose: structs as in model.h, arrays as lists of floats, a failure
is an exception with the library's words.
"""
import ctypes as c
import os

B = os.environ.get("B", "build")
lib = c.CDLL(os.path.join(B, "libcustcap.so"))
D = c.POINTER(c.c_double)
lib.custcap_error_new.restype = c.c_void_p
lib.custcap_error_text.restype = c.c_char_p
lib.custcap_error_text.argtypes = [c.c_void_p]
lib.custcap_model_words.restype = c.c_char_p
lib.custcap_model_words.argtypes = [c.c_void_p]
lib.custcap_model_parameter_name.restype = c.c_char_p
lib.custcap_model_parameter_name.argtypes = [c.c_void_p, c.c_int64]
lib.custcap_model_parameters.restype = c.c_int64
lib.custcap_model_parameters.argtypes = [c.c_void_p]
lib.custcap_model_free.argtypes = [c.c_void_p]
error = lib.custcap_error_new()

ALIVE, EXPECTED, PROBABILITY, DERT, SPEND, LIFETIME, RATE, DROPOUT = range(1, 9)
CURVE_EXPECTED, CURVE_ALIVE, CURVE_PROBABILITY, CURVE_RETENTION = range(1, 5)


class Data(c.Structure):
    _fields_ = [("struct_size", c.c_uint64), ("count", c.c_int64)] + [
        (n, D) for n in ("frequency", "recency", "age", "spend",
                         "log_intervals", "weights", "survivors",
                         "transaction_z", "dropout_z")] + [
        ("transaction_covariates", c.c_int32),
        ("dropout_covariates", c.c_int32)]


class Options(c.Structure):
    _fields_ = [("struct_size", c.c_uint64), ("model", c.c_char_p),
                ("threads", c.c_int32), ("starts", c.c_int32),
                ("k", c.c_int32), ("reserved", c.c_int32),
                ("confidence", c.c_double), ("penalty", c.c_double),
                ("prior_mean", D), ("prior_sd", D), ("prior_count", c.c_int64),
                ("start", D), ("start_count", c.c_int64),
                ("iterations_max", c.c_int64), ("allocate", c.c_void_p),
                ("allocate_context", c.c_void_p), ("progress", c.c_void_p),
                ("progress_context", c.c_void_p)]


class Ask(c.Structure):
    _fields_ = [("struct_size", c.c_uint64), ("what", c.c_int32),
                ("threads", c.c_int32), ("transactions", c.c_int64),
                ("ahead", c.c_double), ("ahead_each", D),
                ("discount", c.c_double), ("discount_each", D),
                ("factors", D), ("factor_count", c.c_int64),
                ("factor_step", c.c_double), ("spend", c.c_void_p),
                ("value", c.c_double), ("margin", c.c_double)]


class Estimate(c.Structure):
    _fields_ = [("struct_size", c.c_uint64)] + [
        (n, c.c_double) for n in ("value", "standard_error", "lower",
                                  "upper")]


class Simulated(c.Structure):
    _fields_ = [("struct_size", c.c_uint64)] + [
        (n, D) for n in ("frequency", "recency", "log_intervals", "alive",
                         "rate", "spend")]


def check(status):
    if status != 0:
        raise RuntimeError("%d %s" % (
            status, lib.custcap_error_text(error).decode()))


def array(values):
    return (c.c_double * len(values))(*values)


def data(**columns):
    made = Data()
    lib.custcap_model_data_init(c.byref(made))
    made.keep = []
    for name, values in columns.items():
        if name.endswith("covariates"):
            setattr(made, name, values)
            continue
        if values is None:
            continue
        a = values if isinstance(values, c.Array) else array(values)
        made.keep.append(a)
        setattr(made, name, c.cast(a, D))
        if name not in ("transaction_z", "dropout_z"):
            made.count = len(a)
    return made


class Model:
    def __init__(self, handle):
        self.handle = handle

    def __del__(self):
        lib.custcap_model_free(self.handle)

    @property
    def words(self):
        return lib.custcap_model_words(self.handle).decode()

    def names(self):
        return [lib.custcap_model_parameter_name(self.handle, i).decode()
                for i in range(lib.custcap_model_parameters(self.handle))]

    def value(self, name):
        v, se = c.c_double(), c.c_double()
        check(lib.custcap_model_value(c.c_void_p(self.handle), name.encode(),
                                      c.byref(v), c.byref(se),
                                      c.c_void_p(error)))
        return v.value, se.value

    def values(self):
        return [self.value(n)[0] for n in self.names()]

    def errors(self):
        return [self.value(n)[1] for n in self.names()]

    def log_likelihood(self, rows, each=False):
        total = c.c_double()
        values = (c.c_double * rows.count)() if each else None
        check(lib.custcap_model_log_likelihood(
            c.c_void_p(self.handle), c.byref(rows), values, c.byref(total),
            c.c_void_p(error)))
        return list(values) if each else total.value

    def ask(self, what, **fields):
        q = Ask()
        lib.custcap_model_ask_init(c.byref(q))
        q.what = what
        q.keep = []
        for name, value in fields.items():
            if isinstance(value, (list, c.Array)):
                a = value if isinstance(value, c.Array) else array(value)
                q.keep.append(a)
                if name == "factors":
                    q.factor_count = len(a)
                value = c.cast(a, D)
            if isinstance(value, Model):
                value = value.handle
            setattr(q, name, value)
        return q

    def predict(self, what, rows, **fields):
        values = (c.c_double * rows.count)()
        q = self.ask(what, **fields)
        check(lib.custcap_model_predict(
            c.c_void_p(self.handle), c.byref(q), c.byref(rows), values,
            c.c_void_p(error)))
        return list(values)

    def curve(self, what, times, n=0):
        values = (c.c_double * len(times))()
        check(lib.custcap_model_curve(
            c.c_void_p(self.handle), what, array(times),
            c.c_int64(len(times)), c.c_int64(n), values, c.c_void_p(error)))
        return list(values)

    def total(self, what, rows, method=1, draws=0, seed=0, **fields):
        e = Estimate(struct_size=c.sizeof(Estimate))
        q = self.ask(what, **fields)
        check(lib.custcap_model_total(
            c.c_void_p(self.handle), c.byref(q), c.byref(rows), method,
            c.c_int64(draws), c.c_uint64(seed), c.byref(e),
            c.c_void_p(error)))
        return e.value, e.standard_error, e.lower, e.upper

    def simulate(self, ages, seed):
        s = Simulated(struct_size=c.sizeof(Simulated))
        made = {}
        for name in ("frequency", "recency", "log_intervals", "alive", "rate",
                     "spend"):
            made[name] = (c.c_double * len(ages))()
            setattr(s, name, c.cast(made[name], D))
        check(lib.custcap_model_simulate(
            c.c_void_p(self.handle), array(ages), c.c_int64(len(ages)),
            c.c_uint64(seed), c.byref(s), c.c_void_p(error)))
        return made


def options(name, **fields):
    o = Options()
    lib.custcap_model_options_init(c.byref(o))
    o.model = name.encode()
    o.keep = []
    for field, value in fields.items():
        if isinstance(value, list):
            a = array(value)
            o.keep.append(a)
            setattr(o, {"start": "start_count"}.get(field, "prior_count"),
                    len(a))
            value = c.cast(a, D)
        setattr(o, field, value)
    return o


def fit(name, rows, **fields):
    handle = c.c_void_p()
    o = options(name, **fields)
    check(lib.custcap_model_fit(c.byref(o), c.byref(rows), c.byref(handle),
                                c.c_void_p(error)))
    return Model(handle.value)


def new(name, parameters, transaction=0, dropout=0, **fields):
    handle = c.c_void_p()
    o = options(name, **fields)
    check(lib.custcap_model_new(
        c.byref(o), array(parameters), c.c_int64(len(parameters)),
        transaction, dropout, c.byref(handle), c.c_void_p(error)))
    return Model(handle.value)
