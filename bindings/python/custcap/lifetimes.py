"""Names that a user of the package lifetimes knows, over custcap.models.

    from custcap.lifetimes import BetaGeoFitter     # was: from lifetimes

    bgf = BetaGeoFitter(penalizer_coef=0.0)
    bgf.fit(data["frequency"], data["recency"], data["T"])
    bgf.params_, bgf.standard_errors_, bgf.log_likelihood_
    bgf.conditional_expected_number_of_purchases_up_to_time(
        39, data["frequency"], data["recency"], data["T"])

What differs: answers are NumPy arrays, also where lifetimes gives a Series;
params_ is a dict (also of a Series' ["r"]); P(alive) is exact for
frequency 0, too; a fit at the edge is said in ``model_.words`` in place of a
ConvergenceError.  ``model_`` is the Model behind a fitter.
"""
from __future__ import annotations

from typing import Any, Optional, TypeVar

from ._errors import InvalidError
from .models import Model, Numbers, fit

Self = TypeVar("Self", bound="Fitter")
# Units of time in a month, as lifetimes counts them.
MONTH = {"W": 4.345, "M": 1.0, "D": 30.0, "H": 720.0}


class Fitter:
    """A model to fit; ``model_`` once it is."""

    _model = ""

    def __init__(self, penalizer_coef: float = 0.0) -> None:
        self.penalizer_coef = penalizer_coef
        self._fitted: Optional[Model] = None

    @property
    def model_(self) -> Model:
        """The fitted Model."""
        if self._fitted is None:
            raise InvalidError(f"{type(self).__name__} is not fitted yet: "
                               "call fit() first")
        return self._fitted

    @property
    def params_(self) -> dict[str, float]:
        """The parameters by name."""
        return self.model_.parameters

    @property
    def standard_errors_(self) -> dict[str, float]:
        """Their standard errors."""
        return self.model_.standard_errors

    @property
    def log_likelihood_(self) -> float:
        """The log-likelihood at the maximum."""
        return self.model_.log_likelihood

    @property
    def summary(self) -> Any:
        """The fit as a table: name, value, standard_error, lower, upper."""
        return self.model_.table()

    def _fit(self: Self, **given: Any) -> Self:
        self._fitted = fit(self._model, penalty=self.penalizer_coef or None,
                           **given)
        return self

    def __repr__(self) -> str:
        name = type(self).__name__
        return (f"<custcap.{name}: not fitted>" if self._fitted is None
                else f"<custcap.{name}: {self._fitted!r}>")


class _Buying(Fitter):
    """What the models of buying share."""

    def fit(self: Self, frequency: Numbers, recency: Numbers, T: Numbers,
            weights: Numbers = None, **options: Any) -> Self:
        """Fit to customers; options are those of custcap.models.fit()."""
        return self._fit(frequency=frequency, recency=recency, age=T,
                         weights=weights, **options)

    def conditional_expected_number_of_purchases_up_to_time(
            self, t: Numbers, frequency: Numbers, recency: Numbers,
            T: Numbers) -> Any:
        """Expected transactions in the t units of time ahead."""
        return self.model_.expected(t, frequency=frequency, recency=recency,
                                    age=T)

    predict = conditional_expected_number_of_purchases_up_to_time

    def conditional_probability_alive(self, frequency: Numbers,
                                      recency: Numbers, T: Numbers) -> Any:
        """The probability of being alive at T."""
        return self.model_.p_alive(frequency=frequency, recency=recency,
                                   age=T)

    def conditional_probability_of_n_purchases_up_to_time(
            self, n: int, t: Numbers, frequency: Numbers, recency: Numbers,
            T: Numbers) -> Any:
        """The probability of exactly n transactions in the t ahead."""
        return self.model_.probability(n, t, frequency=frequency,
                                       recency=recency, age=T)

    def expected_number_of_purchases_up_to_time(self, t: Numbers) -> Any:
        """Expected transactions of anybody until t."""
        return self.model_.curve("expected", t)

    def probability_of_n_purchases_up_to_time(self, t: Numbers,
                                              n: int) -> Any:
        """The probability of n transactions of anybody until t."""
        return self.model_.curve("probability", t, n)


class BetaGeoFitter(_Buying):
    """BG/NBD (Fader, Hardie, Lee 2005): r, alpha, a, b."""

    _model = "bg/nbd"


class ModifiedBetaGeoFitter(_Buying):
    """MBG/NBD (Batislam, Denizel, Filiztekin 2007): r, alpha, a, b."""

    _model = "mbg/nbd"


class ParetoNBDFitter(_Buying):
    """Pareto/NBD (Schmittlein, Morrison, Colombo 1987): r, alpha, s, beta."""

    _model = "pareto/nbd"


class BetaGeoBetaBinomFitter(Fitter):
    """BG/BB (Fader, Hardie, Shang 2010): alpha, beta, gamma, delta."""

    _model = "bg/bb"

    def fit(self: Self, frequency: Numbers, recency: Numbers,
            n_periods: Numbers, weights: Numbers = None,
            **options: Any) -> Self:
        """Fit to customers by their opportunities."""
        return self._fit(frequency=frequency, recency=recency,
                         periods=n_periods, weights=weights, **options)

    def conditional_expected_number_of_purchases_up_to_time(
            self, m_periods_in_future: Numbers, frequency: Numbers,
            recency: Numbers, n_periods: Numbers) -> Any:
        """Expected transactions in so many opportunities ahead."""
        return self.model_.expected(m_periods_in_future, frequency=frequency,
                                    recency=recency, age=n_periods)

    def conditional_probability_alive(
            self, m_periods_in_future: Numbers, frequency: Numbers,
            recency: Numbers, n_periods: Numbers) -> Any:
        """The probability of being alive so many opportunities ahead."""
        return self.model_.p_alive(m_periods_in_future, frequency=frequency,
                                   recency=recency, age=n_periods)

    def expected_number_of_transactions_in_first_n_periods(
            self, n: Numbers) -> Any:
        """Expected transactions of anybody in n opportunities."""
        return self.model_.curve("expected", n)


class GammaGammaFitter(Fitter):
    """Gamma-Gamma, spend a transaction (Fader, Hardie 2013): p, q, v.

    lifetimes writes v for what the paper calls gamma.
    """

    _model = "gamma-gamma"

    @property
    def params_(self) -> dict[str, float]:
        """p, q and v."""
        return {"v" if name == "gamma" else name: value
                for name, value in self.model_.parameters.items()}

    def fit(self: Self, frequency: Numbers, monetary_value: Numbers,
            weights: Numbers = None, **options: Any) -> Self:
        """Fit to mean values of repeat transactions."""
        return self._fit(frequency=frequency, spend=monetary_value,
                         weights=weights, **options)

    def conditional_expected_average_profit(
            self, frequency: Numbers = None,
            monetary_value: Numbers = None) -> Any:
        """Expected mean value of a transaction; without arguments that of
        the customers of the fit."""
        return self.model_.expected_spend(frequency=frequency,
                                          spend=monetary_value)

    def customer_lifetime_value(
            self, transaction_prediction_model: _Buying, frequency: Numbers,
            recency: Numbers, T: Numbers, monetary_value: Numbers,
            time: int = 12, discount_rate: float = 0.01,
            freq: str = "D") -> Any:
        """Money of so many months ahead, discounted by the month: what is
        expected of each month, times spend, over (1 + rate) ** month."""
        if freq not in MONTH:
            raise InvalidError(f"freq is {freq!r}: expected "
                               f"{', '.join(MONTH)}", field="freq")
        spend = self.conditional_expected_average_profit(frequency,
                                                         monetary_value)
        before: Any = 0.0
        worth: Any = 0.0
        for month in range(1, int(time) + 1):
            until = transaction_prediction_model.predict(
                month * MONTH[freq], frequency, recency, T)
            worth = _plus(worth, until, before, spend,
                          (1.0 + discount_rate) ** -month)
            before = until
        return worth


def _plus(worth: Any, until: Any, before: Any, spend: Any,
          factor: float) -> Any:
    """worth + (until - before) * spend * factor, each a number or many."""
    if not hasattr(until, "__len__") or hasattr(until, "dtype"):
        return worth + (until - before) * spend * factor
    import array
    zeros = array.array("d", bytes(8 * len(until)))
    worth = worth if hasattr(worth, "__len__") else zeros
    before = before if hasattr(before, "__len__") else zeros
    return array.array("d", (
        a + (b - c) * d * factor
        for a, b, c, d in zip(worth, until, before, spend)))
