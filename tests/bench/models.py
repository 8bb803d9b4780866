#!/usr/bin/env python3
"""models.py DIRECTORY: customer-base models beside the package lifetimes.

A million customers, drawn from the published fits of CDNOW and rounded to
days, are fitted and asked by both, in one run on the same arrays; two million
purchases are summarised out of a ledger by us and out of a data frame by
them.  The answers are compared.  Theirs runs once; where it would take too
long it gets fewer customers, its time is scaled to all of them, and the line
says so.  Without lifetimes the peer is NumPy by us (marked numpy): the same
likelihood, evaluated as often as our fit evaluated it, for the fit, and the
series of 2F1 for predictions.  Without NumPy nothing is done.

Environment: BENCH_CUSTOMERS (1000000), BENCH_RUNS (5), BENCH_PEER_PARETO
(20000: customers that lifetimes' Pareto/NBD gets), BENCH_THREADS (2).
"""
import datetime
import math
import os
import subprocess
import sys
import time
import warnings

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.path.abspath(os.environ.get("B", "build"))
os.environ.setdefault("CUSTCAP_LIBRARY",
                      os.path.realpath(os.path.join(BUILD, "libcustcap.so.0")))
sys.path.insert(0, os.path.join(HERE, "..", "..", "bindings", "python"))
try:
    import numpy
except ImportError:
    print("models: skipped, there is no NumPy to make customers with")
    sys.exit(0)
import custcap  # noqa: E402
import custcap.models  # noqa: E402
try:
    import lifetimes
    import lifetimes.utils
    import pandas
    PEER = "lifetimes " + lifetimes.__version__
except ImportError:
    lifetimes = None
    PEER = "numpy"

CUSTOMERS = int(os.environ.get("BENCH_CUSTOMERS", "1000000"))
RUNS = int(os.environ.get("BENCH_RUNS", "5"))
PARETO = min(int(os.environ.get("BENCH_PEER_PARETO", "20000")), CUSTOMERS)
THREADS = int(os.environ.get("BENCH_THREADS", "2"))
DRAWN = {"bg/nbd": (.243, 4.414, .793, 2.426),
         "pareto/nbd": (.553, 10.578, .606, 11.669)}
MISSED = []


def say(what, ours, theirs, note="", ours_max=None, ratio_min=None):
    """One line of the table; targets that are missed are named."""
    ratio = theirs / ours if theirs is not None else None
    words = [f"{what:<34}", f"{ours:10.4f} s",
             f"{theirs:10.3f} s" if theirs is not None else f"{'-':>12}",
             f"{ratio:8.1f}x" if ratio is not None else f"{'-':>9}"]
    missed = (ours_max is not None and ours > ours_max) or (
        ratio is not None and ratio_min is not None and ratio < ratio_min)
    targets = [f"< {ours_max} s" if ours_max else "",
               f">= {ratio_min}x" if ratio_min else ""]
    if any(targets):
        words.append("  target " + ", ".join(one for one in targets if one))
    if missed:
        MISSED.append(what)
        words.append(" MISSED")
    print(" ".join(words) + (f"  ({note})" if note else ""), flush=True)


def clock(function, runs=1):
    """The median of several runs, and the last answer."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        answer = function()
        times.append(time.perf_counter() - start)
    return sorted(times)[len(times) // 2], answer


def customers(kind):
    """(x, t_x, T) in weeks, made of whole days."""
    days = 7 * (27 + numpy.arange(CUSTOMERS) * 7919 % 84 / 7)
    drawn = custcap.models.Model(kind, DRAWN[kind]).simulate(days / 7, 1)
    x = numpy.asarray(drawn["frequency"])
    recency = numpy.where(x > 0, numpy.ceil(
        numpy.asarray(drawn["recency"]) * 7), 0)
    return x, numpy.minimum(recency, days) / 7, days / 7


# --- a peer where lifetimes is not there ----------------------------------------

def lgamma(values):
    found, where = numpy.unique(values, return_inverse=True)
    return numpy.array([math.lgamma(one) for one in found])[where]


def numpy_likelihood(x, recency, age):
    r, alpha, a, b = DRAWN["bg/nbd"]
    first = (lgamma(r + x) - math.lgamma(r) + r * math.log(alpha)
             + lgamma(numpy.full_like(x, a + b)) + lgamma(b + x)
             - math.lgamma(b) - lgamma(a + b + x))
    alive = -(r + x) * numpy.log(alpha + age)
    gone = (math.log(a) - numpy.log(b + numpy.maximum(x, 1) - 1)
            - (r + x) * numpy.log(alpha + recency))
    return float(numpy.sum(first + numpy.where(
        x > 0, numpy.logaddexp(alive, gone), alive)))


def numpy_expected(x, recency, age, ahead):
    r, alpha, a, b = DRAWN["bg/nbd"]
    z = ahead / (alpha + age + ahead)
    term, series = numpy.ones_like(x), numpy.ones_like(x)
    for j in range(200):
        term = (term * (r + x + j) * (b + x + j)
                / ((a + b + x - 1 + j) * (1 + j)) * z)
        series += term
    value = (a + b + x - 1) / (a - 1) * (
        1 - ((alpha + age) / (alpha + age + ahead)) ** (r + x) * series)
    return value / (1 + (x > 0) * a / (b + numpy.maximum(x, 1) - 1) * (
        (alpha + age) / (alpha + recency)) ** (r + x))


# --- fits and predictions ---------------------------------------------------------

def fit_bg(x, recency, age):
    evaluations = []

    def ours():
        return custcap.models.fit("bg/nbd", frequency=x, recency=recency,
                                  age=age, threads=THREADS)
    took, model = clock(ours, RUNS)
    if lifetimes is None:
        custcap.models.fit(
            "bg/nbd", frequency=x, recency=recency, age=age,
            progress=lambda *_: evaluations.append(1) and 0)
        one, _ = clock(lambda: numpy_likelihood(x, recency, age))
        say("BG/NBD fit", took, one * len(evaluations),
            f"{PEER}: {len(evaluations)} likelihoods without slopes", .15, 80)
        return model, None
    theirs, peer = clock(lambda: lifetimes.BetaGeoFitter().fit(
        x, recency, age))
    off = max(abs(model.parameters[name] / peer.params_[name] - 1)
              for name in model.parameters)
    say("BG/NBD fit", took, theirs, f"parameters differ by {off:.1e}", .15,
        80)
    return model, peer


def fit_pareto():
    x, recency, age = customers("pareto/nbd")
    took, model = clock(lambda: custcap.models.fit(
        "pareto/nbd", frequency=x, recency=recency, age=age,
        threads=THREADS), min(RUNS, 3))
    if lifetimes is None:
        say("Pareto/NBD fit", took, None, "no lifetimes", 2)
        return
    some = slice(None, None, CUSTOMERS // PARETO)
    theirs, peer = clock(lambda: lifetimes.ParetoNBDFitter().fit(
        x[some], recency[some], age[some]))
    few = len(x[some])
    same = custcap.models.fit("pareto/nbd", frequency=x[some],
                              recency=recency[some], age=age[some])
    ahead = same.log_likelihood - custcap.models.Model(
        "pareto/nbd", [peer.params_[name] for name in same.parameters]
    ).log_likelihood_of(frequency=x[some], recency=recency[some],
                        age=age[some])
    say("Pareto/NBD fit", took, theirs * CUSTOMERS / few,
        f"theirs: {theirs:.1f} s for {few} customers, scaled; our "
        f"log-likelihood of those is {ahead:+.1e} above theirs", 2, 150)


def predict(model, peer, x, recency, age):
    took, ours = clock(lambda: model.expected(39.0), RUNS)
    if peer is None:
        theirs, told = clock(lambda: numpy_expected(x, recency, age, 39.0))
        own = custcap.models.Model("bg/nbd", DRAWN["bg/nbd"]).expected(
            39.0, frequency=x, recency=recency, age=age)
    else:
        theirs, told = clock(
            lambda: peer.conditional_expected_number_of_purchases_up_to_time(
                39.0, x, recency, age))
        own = custcap.models.Model(
            "bg/nbd", [peer.params_[name] for name in "r alpha a b".split()]
        ).expected(39.0, frequency=x, recency=recency, age=age)
    off = float(numpy.nanmax(numpy.abs(numpy.asarray(told) / own - 1)))
    say("predictions, 39 weeks", took, theirs,
        f"{PEER}; at equal parameters they differ by {off:.1e}",
        ratio_min=10)
    assert numpy.isfinite(numpy.asarray(ours)).all()


def memory(x, recency, age):
    """The peak of a fit above what there was, in a process of its own."""
    arrays = os.path.join(sys.argv[1], "models.npy")
    numpy.save(arrays, numpy.stack([x, recency, age]))
    program = """
import sys, numpy, custcap.models
def peak():
    with open("/proc/self/status") as file:
        words = dict(line.split(":", 1) for line in file)
    return int(words["VmHWM"].split()[0]), int(words["VmRSS"].split()[0])
x, recency, age = numpy.load(sys.argv[1])
custcap.models.fit("bg/nbd", frequency=x[:1000], recency=recency[:1000],
                   age=age[:1000])
with open("/proc/self/clear_refs", "w") as file:
    file.write("5")
_, before = peak()
custcap.models.fit("bg/nbd", frequency=x, recency=recency, age=age)
print((peak()[0] - before) * 1024 / len(x))
"""
    done = subprocess.run(
        [sys.executable, "-c", program, arrays], capture_output=True,
        text=True, check=False,
        env={**os.environ, "PYTHONPATH": os.path.join(
            HERE, "..", "..", "bindings", "python")})
    os.remove(arrays)
    if done.returncode != 0:
        print("memory of a fit: not measured,", done.stderr.strip()[-200:])
        return
    each = float(done.stdout) + 24
    missed = " MISSED" if each > 100 else ""
    if missed:
        MISSED.append("memory")
    print(f"{'memory of a BG/NBD fit':<34} {each:10.1f} bytes a customer, "
          f"its 24 of x, t_x, T included; target <= 100{missed}")


# --- out of a ledger --------------------------------------------------------------

def summary():
    """Two purchases a customer, on days that need not be different."""
    path = os.path.join(sys.argv[1], "models.ledger")
    file = os.path.join(sys.argv[1], "models.csv")
    count = 2 * CUSTOMERS
    made = numpy.random.default_rng(1)
    party = made.integers(0, CUSTOMERS, count)
    day = made.integers(0, 730, count)
    begin = datetime.date(2023, 1, 1)
    days = [str(begin + datetime.timedelta(i)) for i in range(730)]
    with open(file, "w", encoding="ascii") as out:
        out.write("party,day,amount\n")
        for who, when in zip(party.tolist(), day.tolist()):
            out.write(f"c{who:07},{days[when]},{1 + who % 90}.50\n")
    for old in (path, path + "-wal", path + "-shm", path + "-lock"):
        if os.path.exists(old):
            os.remove(old)
    command = os.path.join(BUILD, "custcap")
    for words in (["init", path], ["import", path, "entry", file],
                  ["seal", path]):
        subprocess.run([command, *words], check=True, capture_output=True)
    with custcap.open(path, read_only=True, threads=THREADS) as ledger:
        ledger.measure("customer.summary", as_of="2024-12-31")
        took, ours = clock(lambda: ledger.measure(
            "customer.summary", as_of="2024-12-31"), RUNS)
        story, _ = clock(lambda: ledger.measure(
            "customer.forecast", as_of="2024-12-31"))
        repeats = sum(ours.column("frequency"))
    theirs, note = None, "no lifetimes"
    if lifetimes is not None:
        frame = pandas.DataFrame({"party": party, "day": pandas.to_datetime(
            numpy.array(days)[day])})
        theirs, told = clock(
            lambda: lifetimes.utils.summary_data_from_transaction_data(
                frame, "party", "day", observation_period_end="2024-12-31"))
        note = "frequencies agree" if int(told["frequency"].sum()) == \
            repeats else "frequencies DIFFER"
    say(f"summary of {count} purchases", took, theirs, note, ratio_min=50)
    say("ledger to forecast (fit, 4 columns)", story, None)
    for old in (file, path, path + "-wal", path + "-shm", path + "-lock"):
        if os.path.exists(old):
            os.remove(old)


def main():
    warnings.simplefilter("ignore")
    print(f"models: {CUSTOMERS} customers, {THREADS} threads; peer: {PEER}")
    print(f"{'':<34} {'ours':>12} {'theirs':>12} {'ratio':>9}")
    x, recency, age = customers("bg/nbd")
    model, peer = fit_bg(x, recency, age)
    predict(model, peer, x, recency, age)
    memory(x, recency, age)
    fit_pareto()
    summary()
    if MISSED:
        print("MISSED:", ", ".join(MISSED))
    strict = os.environ.get("BENCH_STRICT") == "1"
    sys.exit(3 if MISSED and strict else 0)


if __name__ == "__main__":
    main()
