"""Customer-base models: who is still there, what they will buy, its worth.

    import custcap.models
    model = custcap.models.fit("bg/nbd", frequency=x, recency=t_x, age=T)
    model.parameters, model.standard_errors, model.log_likelihood
    model.expected(39)          # of each customer of the fit
    model.p_alive(frequency=2, recency=30.4, age=38.9)     # of one

A customer is known by frequency (transactions after the first), recency
(time from the first to the last) and age (time from the first to now), all
in one unit of time.  Arrays are sequences, NumPy arrays or Series; answers
are NumPy arrays where something given is one, array.array("d") otherwise,
and a float for a single customer.  NumPy's float64 arrays are not copied.

Names that a user of the package lifetimes knows are in custcap.lifetimes.
"""
from __future__ import annotations

import array
import ctypes
from typing import Any, Optional, Sequence, Union

from . import _convert as convert
from . import _prototypes
from ._errors import InvalidError
from ._handle import Handle, Progress, Watch, out_pointer
from ._library import LIB, call, started
from ._table import Table

proto: Any = _prototypes
if "custcap_model_fit" not in proto.FUNCTIONS:
    raise ImportError("this version of libcustcap has no models")

Numbers = Any  # a number, a sequence, a NumPy array, a Series
NAMES = ("frequency", "recency", "age", "spend", "log_intervals", "weights",
         "survivors")
_DOUBLES = ctypes.POINTER(ctypes.c_double)
_ASKS = {"alive": 1, "expected": 2, "probability": 3, "dert": 4, "spend": 5,
         "lifetime": 6, "rate": 7, "dropout": 8}
_CURVES = {"expected": 1, "alive": 2, "probability": 3, "retention": 4}


class Doubles:
    """Numbers as C reads them, kept for as long as they are used."""

    def __init__(self, given: Numbers, name: str) -> None:
        self.scalar = isinstance(given, (int, float))
        self.numpy = hasattr(given, "dtype")
        self.name = name
        if self.numpy:
            import numpy
            made = numpy.ascontiguousarray(given, dtype=numpy.float64)
            self.scalar = made.ndim == 0
            self.values: Any = made.reshape(-1)
            self.address = int(self.values.ctypes.data)
        else:
            self.values = self._plain(given)
            self.address = self.values.buffer_info()[0]
        self.pointer = ctypes.cast(self.address, _DOUBLES)

    def _plain(self, given: Any) -> Any:
        try:
            return array.array("d", [given] if self.scalar else given)
        except (TypeError, ValueError):
            raise InvalidError(
                f"{self.name} is {type(given).__name__}: expected a number, "
                "or numbers, one a customer", field=self.name) from None

    def __len__(self) -> int:
        return len(self.values)


class Customers:
    """What is known of customers, as the library takes it."""

    def __init__(self, given: dict[str, Numbers],
                 transaction_covariates: Optional[Sequence[Numbers]] = None,
                 dropout_covariates: Optional[Sequence[Numbers]] = None
                 ) -> None:
        self.given = {name: Doubles(value, name)
                      for name, value in given.items() if value is not None}
        self.data = started(proto.custcap_model_data)
        sizes = {len(one) for one in self.given.values()}
        if len(sizes) != 1:
            raise InvalidError(
                "columns of customers differ in length: " + ", ".join(
                    f"{name} {len(one)}" for name, one in self.given.items())
                if sizes else "no customers were given")
        self.count = self.data.count = sizes.pop()
        for name, one in self.given.items():
            setattr(self.data, name, one.pointer)
        self._covariates("transaction", transaction_covariates)
        self._covariates("dropout", dropout_covariates)
        self.scalar = all(one.scalar for one in self.given.values())
        self.numpy = any(one.numpy for one in self.given.values())

    def _covariates(self, which: str,
                    columns: Optional[Sequence[Numbers]]) -> None:
        """Columns, one a covariate, become rows, one a customer."""
        if columns is None:
            return
        made = [Doubles(one, f"{which}_covariates") for one in columns]
        if any(len(one) != self.count for one in made):
            raise InvalidError(f"{which}_covariates must be columns of "
                               f"{self.count} numbers",
                               field=f"{which}_covariates")
        rows = array.array("d", [one.values[row] for row in range(self.count)
                                 for one in made])
        self.given[f"{which}_z"] = kept = Doubles(rows, which)
        setattr(self.data, f"{which}_z", kept.pointer)
        setattr(self.data, f"{which}_covariates", len(made))

    def answer(self, filled: Any) -> Any:
        """Numbers that came back, as the customers were given."""
        if self.scalar:
            return filled[0]
        return _handed(filled, self.numpy)


def _handed(filled: Any, as_numpy: bool) -> Any:
    """Doubles of C for Python; no copy for NumPy."""
    if as_numpy:
        import numpy
        return numpy.frombuffer(filled, dtype=numpy.float64)
    return array.array("d", filled)


def kinds() -> list[str]:
    """The names of all models, such as "bg/nbd"."""
    return [LIB.custcap_model_kind_name(index).decode()
            for index in range(LIB.custcap_model_kinds())]


def _options(model: str, watch: Optional[Watch] = None,
             **given: Any) -> Any:
    """How to fit, with what was given."""
    options = started(proto.custcap_model_options)
    options.model = convert.text(model, "model")
    for name in ("threads", "starts", "k", "iterations_max"):
        if given.get(name):
            setattr(options, name,
                    convert.integer(given[name], name, 0, 2**31 - 1))
    for name in ("confidence", "penalty"):
        if given.get(name) is not None:
            setattr(options, name, float(given[name]))
    for name, count in (("prior_mean", "prior_count"),
                        ("prior_sd", "prior_count"),
                        ("start", "start_count")):
        if given.get(name) is not None:
            numbers = Doubles(given[name], name)
            setattr(options, name, numbers.pointer)
            setattr(options, count, len(numbers))
            options.kept = (numbers, getattr(options, "kept", None))
    if watch is not None:
        options.progress = watch.callback
    return options


def fit(model: str, *, frequency: Numbers = None, recency: Numbers = None,
        age: Numbers = None, periods: Numbers = None, spend: Numbers = None,
        log_intervals: Numbers = None, weights: Numbers = None,
        survivors: Numbers = None,
        transaction_covariates: Optional[Sequence[Numbers]] = None,
        dropout_covariates: Optional[Sequence[Numbers]] = None,
        progress: Optional[Progress] = None, **options: Any) -> Model:
    """Fit a model by maximum likelihood.

    Args:
        model: "pareto/nbd", "bg/nbd", "mbg/nbd", "bg/cnbd-k",
            "mbg/cnbd-k", "nbd", "ggompertz/nbd" and "bg/bb" take frequency,
            recency and age (with k also log_intervals); "gamma-gamma" takes
            frequency and spend; "sbg" and "bdw" take survivors.
        frequency: transactions after the first, whole numbers.
        recency: time from the first to the last; 0 where frequency is.
        age: time from the first transaction to now (for "bg/bb" the number
            of opportunities, also called periods).
        spend: mean value of a repeat transaction.
        log_intervals: sum of the logarithms of the intervals.
        weights: customers a row stands for; 1 by default.
        survivors: customers still there after 0, 1, 2 ... renewals.
        transaction_covariates, dropout_covariates: columns of numbers that
            move the rates ("pareto/nbd", "bg/nbd").
        options: penalty, confidence, k, starts, start, threads, prior_mean,
            prior_sd, iterations_max, as in custcap/model.h.

    Raises:
        InvalidError: a value that can't be, with .row and .field.
        NotFoundError: no such model.
        LimitError: too few rows to say anything.
        CancelledError: the callback said so.
    """
    unknown = set(options) - {"penalty", "confidence", "k", "starts", "start",
                              "threads", "prior_mean", "prior_sd",
                              "iterations_max"}
    if unknown:
        raise TypeError(f"fit() has no option {', '.join(sorted(unknown))}")
    customers = Customers(
        {"frequency": frequency, "recency": recency,
         "age": age if periods is None else periods, "spend": spend,
         "log_intervals": log_intervals, "weights": weights,
         "survivors": survivors}, transaction_covariates, dropout_covariates)
    watch = Watch(progress)
    made = out_pointer()
    watch.run("custcap_model_fit", ctypes.byref(
        _options(model, watch, **options)), ctypes.byref(customers.data),
        ctypes.byref(made))
    return Model._own(made.value, customers)


class Model(Handle):
    """A fitted model; immutable, and several threads may ask it.

    Questions are about the customers of the fit, or about those given with
    frequency=, recency=, age= and spend=.
    """

    _free = "custcap_model_free"
    _crosses_fork = True
    _customers: Optional[Customers] = None

    def __init__(self, model: str, parameters: Sequence[float], *,
                 transaction_covariates: int = 0, dropout_covariates: int = 0,
                 **options: Any) -> None:
        """A model with parameters that are known already."""
        numbers = Doubles(parameters, "parameters")
        made = out_pointer()
        call("custcap_model_new", ctypes.byref(_options(model, **options)),
             numbers.pointer, len(numbers), transaction_covariates,
             dropout_covariates, ctypes.byref(made))
        self._adopt(made.value)

    @classmethod
    def _own(cls, pointer: Optional[int],
             customers: Optional[Customers] = None) -> Model:
        made = cls.__new__(cls)
        made._adopt(pointer)
        made._customers = customers
        return made

    # --- the fit ------------------------------------------------------------

    @property
    def name(self) -> str:
        """The kind, such as "bg/nbd"."""
        return str(LIB.custcap_model_name(self._held().pointer).decode())

    @property
    def words(self) -> str:
        """How the fit went: "converged", or what is degenerate."""
        found = LIB.custcap_model_words(self._held().pointer)
        return str(found.decode("utf-8", "replace"))

    def value(self, name: str) -> tuple[float, float]:
        """A number by its name and its standard error (NaN: none): a
        parameter, "k", "log_likelihood", "aic", "bic", "customers" ..."""
        value, error = ctypes.c_double(), ctypes.c_double()
        call("custcap_model_value", self._held().pointer,
             convert.text(name, "name"), ctypes.byref(value),
             ctypes.byref(error))
        return value.value, error.value

    def _names(self) -> list[str]:
        pointer = self._held().pointer
        count = LIB.custcap_model_parameters(pointer)
        return [LIB.custcap_model_parameter_name(pointer, index).decode()
                for index in range(count)]

    @property
    def parameters(self) -> dict[str, float]:
        """The parameters by their letters in the papers."""
        return {name: self.value(name)[0] for name in self._names()}

    @property
    def standard_errors(self) -> dict[str, float]:
        """Their standard errors; NaN where the fit could not tell."""
        return {name: self.value(name)[1] for name in self._names()}

    @property
    def log_likelihood(self) -> float:
        """The log-likelihood at the maximum."""
        return self.value("log_likelihood")[0]

    @property
    def aic(self) -> float:
        """Akaike's information criterion."""
        return self.value("aic")[0]

    @property
    def bic(self) -> float:
        """The Bayesian information criterion."""
        return self.value("bic")[0]

    def covariance(self) -> list[list[float]]:
        """The covariance of the parameters."""
        size = len(self._names())
        room = (ctypes.c_double * (size * size))()
        call("custcap_model_covariance", self._held().pointer, room,
             size * size)
        return [list(room[row * size:(row + 1) * size])
                for row in range(size)]

    def table(self) -> Table:
        """The fit as a table: name, value, standard_error, lower, upper."""
        made = out_pointer()
        call("custcap_model_table", self._held().pointer, ctypes.byref(made))
        return Table._own(made.value)

    def __repr__(self) -> str:
        if self.closed:
            return "Model(closed)"
        given = ", ".join(f"{name}={value:.4g}"
                          for name, value in self.parameters.items())
        return f"Model({self.name}: {given})"

    # --- questions ----------------------------------------------------------

    def _about(self, given: dict[str, Numbers]) -> Customers:
        """Those given, or those of the fit."""
        if any(value is not None for value in given.values()):
            unknown = set(given) - set(NAMES)
            if unknown:
                raise TypeError(f"unknown: {', '.join(sorted(unknown))}; "
                                f"customers have {', '.join(NAMES)}")
            return Customers(given)
        if self._customers is None:
            raise InvalidError("this model was not fitted here: give "
                               "frequency, recency and age")
        return self._customers

    def _ask(self, what: str, options: dict[str, Any]) -> tuple[Any, Any]:
        ask = started(proto.custcap_model_ask)
        ask.what = _ASKS[what]
        keep = []
        for name, value in options.items():
            if name in ("ahead", "discount") and not isinstance(
                    value, (int, float)):
                numbers = Doubles(value, name)
                keep.append(numbers)
                setattr(ask, f"{name}_each", numbers.pointer)
            elif name == "factors":
                numbers = Doubles(value, name)
                keep.append(numbers)
                ask.factors, ask.factor_count = numbers.pointer, len(numbers)
            elif name == "spend_model":
                owner = value._held()
                keep.append(owner)
                ask.spend = owner.pointer
            else:
                setattr(ask, name, value)
        return ask, keep

    def predict(self, what: str, *, options: Optional[dict[str, Any]] = None,
                **given: Numbers) -> Any:
        """One number a customer, by the name of the question: alive,
        expected, probability, dert, spend, lifetime, rate, dropout.

        Args:
            options: fields of custcap_model_ask: ahead, discount (each a
                number or one a customer), transactions, factors,
                factor_step, value, margin; spend_model, a Model.
            given: the customers; those of the fit by default.
        """
        if what not in _ASKS:
            raise InvalidError(f"there is no question {what!r}; there are "
                               f"{', '.join(_ASKS)}", field="what")
        customers = self._about(given)
        ask, keep = self._ask(what, {
            name: value for name, value in (options or {}).items()
            if value is not None})
        for one in keep:
            if (isinstance(one, Doubles) and one.name in ("ahead", "discount")
                    and len(one) != customers.count):
                raise InvalidError(f"{one.name} has {len(one)} numbers for "
                                   f"{customers.count} customers",
                                   field=one.name)
        filled = (ctypes.c_double * customers.count)()
        call("custcap_model_predict", self._held().pointer,
             ctypes.byref(ask), ctypes.byref(customers.data), filled)
        return customers.answer(filled)

    def expected(self, t: Numbers, **given: Numbers) -> Any:
        """Expected transactions in the t units of time ahead."""
        return self.predict("expected", options={"ahead": t}, **given)

    def p_alive(self, ahead: Numbers = 0.0, **given: Numbers) -> Any:
        """The probability of being alive, some time ahead."""
        return self.predict("alive", options={"ahead": ahead}, **given)

    def probability(self, n: int, t: Numbers, **given: Numbers) -> Any:
        """The probability of exactly n transactions in the t ahead."""
        return self.predict("probability", options={
            "transactions": convert.integer(n, "n", 0), "ahead": t}, **given)

    def dert(self, discount: Numbers, ahead: Numbers = None,
             **given: Numbers) -> Any:
        """Discounted expected residual transactions, at a continuous rate a
        unit of time; for ever, or some time ahead."""
        return self.predict("dert", options={"discount": discount,
                                             "ahead": ahead}, **given)

    def expected_spend(self, **given: Numbers) -> Any:
        """Expected mean value of a transaction ("gamma-gamma")."""
        return self.predict("spend", **given)

    def lifetime(self, spend_model: Union[Model, float], discount: Numbers,
                 ahead: Numbers = None, margin: float = 1.0,
                 **given: Numbers) -> Any:
        """Residual money value: discounted transactions times spend.

        Args:
            spend_model: a "gamma-gamma" Model (customers then need spend),
                or the value of a transaction.
        """
        worth = ({"spend_model": spend_model}
                 if isinstance(spend_model, Model)
                 else {"value": float(spend_model)})
        return self.predict("lifetime", options={
            "discount": discount, "ahead": ahead, "margin": margin, **worth},
            **given)

    def log_likelihood_of(self, **given: Numbers) -> float:
        """The log-likelihood of customers under this model."""
        customers = self._about(given)
        total = ctypes.c_double()
        call("custcap_model_log_likelihood", self._held().pointer,
             ctypes.byref(customers.data), None, ctypes.byref(total))
        return total.value

    def curve(self, what: str, times: Numbers, n: int = 0) -> Any:
        """Of a customer nothing is known of, over time: "expected"
        transactions, "alive", "probability" of n, "retention"."""
        if what not in _CURVES:
            raise InvalidError(f"there is no curve {what!r}; there are "
                               f"{', '.join(_CURVES)}", field="what")
        given = Doubles(times, "times")
        filled = (ctypes.c_double * max(len(given), 1))()
        call("custcap_model_curve", self._held().pointer, _CURVES[what],
             given.pointer, len(given), convert.integer(n, "n", 0), filled)
        return filled[0] if given.scalar else _handed(filled, given.numpy)

    # --- plots, simulation, keeping -----------------------------------------

    def tracking(self, step: float, periods: int,
                 **given: Numbers) -> Table:
        """Transactions by period as the model tracks them."""
        made = out_pointer()
        customers = self._about(given)
        call("custcap_model_tracking", self._held().pointer,
             ctypes.byref(customers.data), float(step),
             convert.integer(periods, "periods"), ctypes.byref(made))
        return Table._own(made.value)

    def frequencies(self, censor: int = 7, **given: Numbers) -> Table:
        """Customers by number of repeat transactions, actual and expected."""
        made = out_pointer()
        customers = self._about(given)
        call("custcap_model_frequencies", self._held().pointer,
             ctypes.byref(customers.data), convert.integer(censor, "censor"),
             ctypes.byref(made))
        return Table._own(made.value)

    def simulate(self, ages: Numbers, seed: int = 0) -> dict[str, Any]:
        """Customers drawn from the model, a column a fact: frequency,
        recency, log_intervals, alive, rate (gamma-gamma: spend)."""
        given = Doubles(ages, "ages")
        names = (["spend"] if self.name == "gamma-gamma" else
                 ["frequency", "recency", "alive", "rate"])
        if self.name in ("bg/cnbd-k", "mbg/cnbd-k"):
            names.append("log_intervals")
        out = proto.custcap_model_simulated()
        out.struct_size = ctypes.sizeof(out)
        room = {name: (ctypes.c_double * max(len(given), 1))()
                for name in names}
        for name, filled in room.items():
            setattr(out, name, ctypes.cast(filled, _DOUBLES))
        call("custcap_model_simulate", self._held().pointer, given.pointer,
             len(given), convert.integer(seed, "seed", 0, 2**64 - 1),
             ctypes.byref(out))
        return {name: _handed(filled, given.numpy)
                for name, filled in room.items()}

    def save(self) -> bytes:
        """The model as a few hundred bytes, the same on every platform."""
        needed = ctypes.c_int64()
        pointer = self._held().pointer
        LIB.custcap_model_save(pointer, None, 0, ctypes.byref(needed), None)
        room = ctypes.create_string_buffer(max(needed.value, 1))
        call("custcap_model_save", pointer, room, needed.value,
             ctypes.byref(needed))
        return room.raw[:needed.value]

    @staticmethod
    def load(data: bytes) -> Model:
        """A model out of what save() gave.

        Raises:
            CorruptError: the bytes are damaged.
        """
        if not isinstance(data, (bytes, bytearray)):
            raise InvalidError(f"load() takes bytes, not "
                               f"{type(data).__name__}")
        made = out_pointer()
        kept = bytes(data)
        call("custcap_model_load", ctypes.cast(
            ctypes.c_char_p(kept), ctypes.c_void_p), len(kept), None,
            ctypes.byref(made))
        return Model._own(made.value)
