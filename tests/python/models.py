#!/usr/bin/env python3
"""models: custcap.models and the names of lifetimes, by published numbers.

Fader, Hardie, Lee (2005) on the CDNOW sample: BG/NBD r .243, alpha 4.414,
a .793, b 2.426; a customer with x 2, t_x 30.43, T 38.86 is expected to buy
1.226 times in 39 weeks.  Gamma-Gamma p 6.25, q 3.74 (Fader, Hardie 2013).
sBG alpha .704, beta 1.182 (Fader, Hardie 2007).  Customer 1516's P(alive),
.96885, and P(X(39) = 0), .5737864, are worked in MODELS of this project.
"""
import array
import csv
import os
import pathlib
import sys

sys.path.insert(0, __file__.rsplit("/", 2)[0] + "/support")
import python_checks as checks  # noqa: E402
from python_checks import raises  # noqa: E402
import custcap  # noqa: E402
from custcap import _prototypes as proto  # noqa: E402

DATA = pathlib.Path(os.environ.get("CUSTCAP_TEST_DATA",
                                   checks.ROOT / "../shared/data"))
PAPER = (.243, 4.414, .793, 2.426)


def close(value, expected, relative=1e-3):
    """Within the tolerance."""
    assert abs(value - expected) <= relative * abs(expected), (value,
                                                               expected)


def cdnow(name="cdnow_customers_summary.csv"):
    """Columns of the CDNOW sample, or a skip."""
    path = DATA / name
    if not path.exists():
        raise checks.Skip("needs CUSTCAP_TEST_DATA")
    with open(path, encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {name: [float(row[name]) for row in rows] for name in rows[0]}


def test_fit_of_the_paper():
    """BG/NBD of the CDNOW sample."""
    data = cdnow()
    model = custcap.models.fit("bg/nbd", frequency=data["frequency"],
                               recency=data["recency"], age=data["T"])
    for value, expected in zip(model.parameters.values(), PAPER):
        close(value, expected, 2e-3)
    assert list(model.parameters) == ["r", "alpha", "a", "b"]
    assert abs(model.log_likelihood - -9582.4256) < .01
    assert all(error > 0 for error in model.standard_errors.values())
    assert model.words == "converged" and len(model.covariance()) == 4
    rows = {row.name: row.value for row in model.table()}
    assert rows["customers"] == 2357 and rows["r"] == model.value("r")[0]
    expected = model.expected(39)
    assert isinstance(expected, array.array) and len(expected) == 2357
    close(expected[0], 1.226)
    again = custcap.models.Model.load(model.save())
    assert again.parameters == model.parameters
    raises(custcap.CorruptError, custcap.models.Model.load,
           model.save()[:-1] + b"?")


def test_known_parameters():
    """One customer, many, other times; no fit."""
    model = custcap.models.Model("bg/nbd", PAPER)
    one = {"frequency": 2, "recency": 30.43, "age": 38.86}
    close(model.expected(39, **one), 1.226)
    close(model.p_alive(frequency=26, recency=30.857, age=31), .96885)
    close(model.curve("probability", 39, 0), .5737864, 1e-6)
    times = model.curve("expected", [.1429, 1, 3])
    for value, expected in zip(times, (.0078, .0532, .1506)):
        close(value, expected, 1e-2)
    many = {name: [value] * 3 for name, value in one.items()}
    assert list(model.expected([39, 39, 39], **many)) == [
        model.expected(39, **one)] * 3
    drawn = model.simulate([52.0] * 10, seed=7)
    assert drawn["frequency"] == model.simulate([52.0] * 10, 7)["frequency"]
    raises(custcap.InvalidError, model.expected, 39, words="give frequency")
    raises(custcap.InvalidError, model.expected, [1.0, 2.0], **one)
    raises(custcap.InvalidError, model.predict, "alife", **one)


def test_narrow_beta():
    """Where everybody leaves alike, a and b are huge and p = a / (a + b + x):
    P(no leaving purchase in t) is then (1 + p t / (alpha + T))^-(r + x)."""
    r, alpha, a, b = .7, 4.6, 1.1e5, 3.2e6
    model = custcap.models.Model("bg/nbd", [r, alpha, a, b])
    one = {"frequency": 19, "recency": 47.0, "age": 48.0}
    now, later = model.p_alive(**one), model.p_alive(52.0, **one)
    p = a / (a + b + 19)
    close(later / now, (1 + p * 52 / (alpha + 48)) ** -(r + 19), 1e-5)
    both = custcap.models.Model("bg/nbd", [r, alpha, 3.2e6, 3.2e6])
    close(both.p_alive(52.0, **one) / both.p_alive(**one),
          (1 + .5 * 52 / (alpha + 48)) ** -(r + 19), 1e-4)


def test_wrong_customers():
    """Row and field of what can't be; kinds that are not there."""
    good = {"frequency": [1, 2], "recency": [1, 2], "age": [5, 5]}
    fit = custcap.models.fit
    problem = raises(custcap.InvalidError, fit, "bg/nbd",
                     **{**good, "recency": [1, 9]})
    assert (problem.row, problem.field) == (1, "recency")
    raises(custcap.InvalidError, fit, "bg/nbd", **{**good, "age": [5]},
           words="length")
    raises(custcap.InvalidError, fit, "bg/nbd", **{**good, "age": "old"})
    raises(custcap.InvalidError, fit, "bg/nbd")
    raises(custcap.NotFoundError, fit, "lifetimes", **good)
    raises(TypeError, fit, "bg/nbd", penality=1, **good)
    assert {"bg/nbd", "pareto/nbd", "sbg"} <= set(custcap.models.kinds())


def test_contracts():
    """sBG of seven renewals, regular customers."""
    path = DATA / "retention/2-segment-retention.csv"
    if not path.exists():
        raise checks.Skip("needs CUSTCAP_TEST_DATA")
    with open(path, encoding="utf-8") as file:
        rows = list(csv.reader(file))
    regular = next(place for place, name in enumerate(rows[0])
                   if "reg" in name.lower())
    survivors = [float(row[regular]) for row in rows[1:9]]
    share = 1000 / survivors[0]
    model = custcap.models.fit("sbg", survivors=[one * share
                                                 for one in survivors])
    close(model.parameters["alpha"], .704)
    close(model.parameters["beta"], 1.182)


def test_names_of_lifetimes():
    """A script of lifetimes with another import."""
    from custcap.lifetimes import BetaGeoFitter, GammaGammaFitter
    data = cdnow("cdnow_customers_summary_with_transactions.csv")
    columns = [data[name] for name in ("x", "t_x", "T")]
    bgf = BetaGeoFitter(penalizer_coef=0.0).fit(*columns)
    close(bgf.params_["r"], .243, 2e-3)
    ahead = bgf.conditional_expected_number_of_purchases_up_to_time(
        39, *columns)
    alive = bgf.conditional_probability_alive(*columns)
    assert len(ahead) == 2357 and all(0 <= one <= 1 for one in alive)
    close(bgf.predict(39, 2, 30.43, 38.86), 1.226)
    value = data["zbar"]
    back = [(x, m) for x, m in zip(data["x"], value)
            if x > 0 and m > 0]
    ggf = GammaGammaFitter().fit(*zip(*back))
    close(ggf.params_["p"], 6.25, 1e-2)
    close(ggf.params_["q"], 3.74, 1e-2)
    close(ggf.params_["v"], 15.44, 1e-2)
    spend = ggf.conditional_expected_average_profit(data["x"], value)
    close(spend[0], 24.65)
    worth = ggf.customer_lifetime_value(bgf, *columns, value, time=2,
                                        discount_rate=.01, freq="W")
    until = [bgf.predict(weeks, 2, 30.43, 38.86) for weeks in (4.345, 8.69)]
    close(worth[0], spend[0] * (until[0] / 1.01 + (until[1] - until[0])
                                / 1.01 ** 2), 1e-9)


def test_documented_examples_of_lifetimes():
    """The quickstart of lifetimes prints these for the same data: expected
    and plain average profit, and the first ten lifetime values of a year."""
    from custcap.lifetimes import BetaGeoFitter, GammaGammaFitter
    data = cdnow("cdnow_customers_summary_with_transactions.csv")
    columns = [data[name] for name in ("x", "t_x", "T")]
    back = [(x, m) for x, m in zip(data["x"], data["zbar"]) if x and m > 0]
    ggf = GammaGammaFitter(penalizer_coef=0).fit(*zip(*back))
    spend = ggf.conditional_expected_average_profit(data["x"], data["zbar"])
    close(sum(spend) / len(spend), 35.2529588256, 1e-6)
    close(sum(m for _, m in back) / len(back), 35.078551797, 1e-9)
    worth = ggf.customer_lifetime_value(
        BetaGeoFitter().fit(*columns), *columns, data["zbar"], time=12,
        discount_rate=0.01)
    for value, printed in zip(worth, (
            140.096211, 18.943467, 38.180574, 38.180574, 38.180574,
            1003.868107, 28.109683, 38.180574, 167.418216, 38.180574)):
        close(value, printed, 1e-6)


def test_quickstart_of_lifetimes():
    """What its quickstart prints of the fit, with standard errors, and of
    the five best customers of the week ahead.  It minimises numerically, to
    1e-5 or so; its intervals are normal on the parameters, ours on their
    logarithms, so they are not compared."""
    from custcap.lifetimes import BetaGeoFitter
    data = cdnow("cdnow_customers_summary.csv")
    columns = [data[name] for name in ("frequency", "recency", "T")]
    bgf = BetaGeoFitter(penalizer_coef=0.0).fit(*columns)
    for name, value, error in (("r", .242593, .012557),
                               ("alpha", 4.413532, .378221),
                               ("a", .792886, .185719),
                               ("b", 2.425752, .705345)):
        close(bgf.params_[name], value, 1e-4)
        close(bgf.standard_errors_[name], error, 1e-3)
    week = bgf.conditional_expected_number_of_purchases_up_to_time(
        1, *columns)
    best = sorted(zip(week, data["frequency"], data["recency"], data["T"]))
    for row, printed in zip(best[-5:], (
            (.424877, 18, 35.14, 35.86), (.474738, 19, 34.00, 34.14),
            (.486526, 17, 28.43, 28.86), (.662396, 29, 37.71, 38.00),
            (.710623, 26, 30.86, 31.00))):
        assert row[1:] == printed[1:], row
        close(row[0], printed[0], 1e-4)


def test_beside_lifetimes():
    """Every question to every fitter, where the package is installed: at its
    own parameters we say what it says."""
    try:
        import lifetimes as theirs
    except ImportError:
        raise checks.Skip("needs the package lifetimes") from None
    import warnings
    from custcap.models import Model
    warnings.simplefilter("ignore")
    data = cdnow()
    columns = [data[name] for name in ("frequency", "recency", "T")]
    for kind, name in (("bg/nbd", "BetaGeoFitter"),
                       ("mbg/nbd", "ModifiedBetaGeoFitter"),
                       ("pareto/nbd", "ParetoNBDFitter")):
        import numpy
        arrays = [numpy.array(column) for column in columns]
        fitted = getattr(theirs, name)().fit(*arrays)
        model = Model(kind, list(fitted.params_.values))
        given = dict(zip(("frequency", "recency", "age"), arrays))
        told = fitted.conditional_expected_number_of_purchases_up_to_time(
            39, *arrays)
        assert abs(model.expected(39, **given) / told - 1).max() < 1e-6, name
        alive = numpy.asarray(fitted.conditional_probability_alive(*arrays))
        assert abs(model.p_alive(**given) - alive).max() < 1e-6, name
        ahead = fitted.expected_number_of_purchases_up_to_time(52.0)
        close(model.curve("expected", 52.0), float(ahead), 1e-6)


if __name__ == "__main__":
    if "custcap_model_fit" not in proto.FUNCTIONS:
        print("skip python/models - this library has no models yet")
        sys.exit(0)
    checks.run_all(globals(), "models")
