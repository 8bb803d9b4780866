"""Every model against numerical integration written from its definition.

Each customer has a rate and a way to leave; what is seen has a probability
given both, and is averaged over their distributions by the trapezoidal rule
in the logarithm or the logit, where it converges beyond double precision.
Nothing here knows the closed forms, series or substitutions of the library.
"""
import functools
import math
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "support"))
import models as m

failures = []


class mp:
    """What is used of a mathematics library, on floats."""
    exp, log, expm1, loggamma = math.exp, math.log, math.expm1, math.lgamma
    factorial = math.factorial
    mpf = float

    @staticmethod
    def quad(f, points):
        """Tanh-sinh on each interval."""
        total = []
        for low, high in zip(points, points[1:]):
            half = 0.5 * (high - low)
            for i in range(-52, 53):
                y = 0.5 * math.pi * math.sinh(i * 0.06)
                if abs(y) > 300:
                    continue
                weight = (0.06 * 0.5 * math.pi * math.cosh(i * 0.06)
                          / math.cosh(y) ** 2)
                away = half / (math.exp(abs(y)) * math.cosh(y))
                u = high - away if y > 0 else low + away
                if weight > 0 and low < u < high:
                    total.append(half * weight * f(u))
        return math.fsum(total)


def close(name, ours, theirs, digits=10):
    bad = not abs(ours - theirs) <= 10.0 ** -digits * abs(theirs)
    if bad:
        failures.append(name)
    print("%s %s%s" % ("not ok" if bad else "ok", name,
                       ": %r, expected %r" % (ours, theirs) if bad else ""))


@functools.lru_cache(None)
def gamma_points(shape, rate):
    scale = shape * math.log(rate) - math.lgamma(shape)
    low = math.log(shape / rate) - 42 / shape if shape < 1 else \
        math.log(shape / rate) - 42 / shape - 3
    high = math.log(shape / rate + (60 + 15 * math.sqrt(shape)) / rate)
    count = int((high - low) / 0.1)
    points = []
    for i in range(count + 1):
        y = low + 0.1 * i
        weight = 0.1 * math.exp(scale + shape * y - rate * math.exp(y))
        points.append((math.exp(y), weight))
    return points


def gamma_mean(f, shape, rate):
    """E f(l), l ~ gamma."""
    return math.fsum(w * f(l) for l, w in gamma_points(shape, rate))


@functools.lru_cache(None)
def beta_points(a, b):
    scale = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    low, high = -45 / a, 45 / b
    points = []
    for i in range(int((high - low) / 0.1) + 1):
        y = low + 0.1 * i
        small = math.log1p(math.exp(-abs(y)))
        log_p = -small if y > 0 else y - small
        log_q = -small if y < 0 else -y - small
        points.append((math.exp(log_p), math.exp(log_q),
                       0.1 * math.exp(scale + a * log_p + b * log_q)))
    return points


def beta_mean(f, a, b):
    """E f(p, 1 - p), p ~ beta."""
    return math.fsum(w * f(p, q) for p, q, w in beta_points(a, b))


# --- purchase times of a customer alive until the end, averaged over lambda --

def poisson_times(x, t, shape, rate):
    return gamma_mean(lambda l: l ** x * mp.exp(-l * t), shape, rate)


def pareto_likelihood(p, x, tx, T):
    r, alpha, s, beta = p
    alive = poisson_times(x, T, r, alpha) * gamma_mean(
        lambda u: mp.exp(-u * T), s, beta)
    left = mp.quad(lambda t: poisson_times(x, t, r, alpha) * gamma_mean(
        lambda u: u * mp.exp(-u * t), s, beta), [tx, T])
    return alive + left, alive


def ggompertz_likelihood(p, x, tx, T):
    r, alpha, beta, b, s = p
    alive = poisson_times(x, T, r, alpha) * gamma_mean(
        lambda e: mp.exp(-e * mp.expm1(b * T)), s, beta)
    left = mp.quad(lambda t: poisson_times(x, t, r, alpha) * gamma_mean(
        lambda e: b * e * mp.exp(b * t - e * mp.expm1(b * t)), s, beta),
        [tx, T])
    return alive + left, alive


def erlang_alive(k, x, tx, T, log_intervals):
    """Density of x Erlang-k purchases and silence since, given l."""
    def f(l):
        density = (l ** k / mp.factorial(k - 1)) ** x * mp.exp(
            (k - 1) * log_intervals - l * tx)
        y = l * (T - tx)
        return density * mp.exp(-y) * sum(y ** j / mp.factorial(j)
                                          for j in range(k))
    return f


def bg_likelihood(p, k, late, x, tx, T, log_intervals):
    """late 1: a coin also after the first purchase (MBG)."""
    r, alpha, a, b = p
    alive = gamma_mean(erlang_alive(k, x, tx, T, log_intervals), r,
                       alpha) * beta_mean(lambda u, q: q ** (x + late), a, b)
    left = 0
    if x > 0 or late:
        left = gamma_mean(erlang_alive(k, x, tx, tx, log_intervals), r,
                          alpha) * beta_mean(
            lambda u, q: u * q ** (x + late - 1), a, b)
    return alive + left, alive


def check_rows(name, model, rows, likelihood):
    for row in rows:
        x, tx, T = row[:3]
        d = m.data(frequency=[x], recency=[tx], age=[T],
                   log_intervals=[row[3]] if len(row) > 3 else None)
        total, alive = likelihood(*row)
        label = "%s %s " % (name, row)
        close(label + "likelihood", model.log_likelihood(d),
              mp.log(total))
        close(label + "alive", model.predict(m.ALIVE, d)[0], alive / total)


ROWS = [(0, 0.0, 20.0), (1, 3.0, 25.5), (2, 30.43, 38.86), (7, 9.25, 9.5)]


def pareto():
    for p in ((0.55, 10.58, 0.61, 11.66), (2.5, 3.0, 1.0, 3.0)):
        model = m.new("pareto/nbd", list(p))
        name = "pareto/nbd %s" % (p,)
        check_rows(name, model, ROWS, lambda x, tx, T: pareto_likelihood(
            p, x, tx, T))
        r, alpha, s, beta = p
        x, tx, T, t = 2, 30.43, 38.86, 39.0
        d = m.data(frequency=[x], recency=[tx], age=[T])
        total, alive = pareto_likelihood(p, x, tx, T)
        weight = gamma_mean(lambda l: l ** (x + 1) * mp.exp(-l * T), r, alpha)
        ahead = gamma_mean(lambda u: mp.exp(-u * T) * -mp.expm1(-u * t) / u,
                           s, beta)
        close(name + " expected", model.predict(m.EXPECTED, d, ahead=t)[0],
              weight * ahead / total)
        later = gamma_mean(lambda u: mp.exp(-u * (T + t)), s, beta)
        close(name + " alive later", model.predict(m.ALIVE, d, ahead=t)[0],
              poisson_times(x, T, r, alpha) * later / total)
        rate = 0.0027
        dert = gamma_mean(lambda u: mp.exp(-u * T) / (u + rate), s, beta)
        close(name + " DERT", model.predict(m.DERT, d, discount=rate)[0],
              weight * dert / total)
        ended = gamma_mean(lambda u: mp.exp(-u * T)
                           * -mp.expm1(-(u + rate) * t) / (u + rate), s, beta)
        close(name + " DERT to an end",
              model.predict(m.DERT, d, discount=rate, ahead=t)[0],
              weight * ended / total)
        for n in (0, 3):
            def count(l):
                return (l ** n / mp.factorial(n)) * l ** x
            here = gamma_mean(lambda l: count(l) * t ** n
                              * mp.exp(-l * (T + t)), r, alpha) * later
            gone = mp.quad(lambda v: gamma_mean(
                lambda l: count(l) * v ** n * mp.exp(-l * (T + v)), r, alpha)
                * gamma_mean(lambda u: u * mp.exp(-u * (T + v)), s, beta),
                [0, t])
            value = (here + gone) / total + (1 - alive / total
                                             if n == 0 else 0)
            close(name + " P(%d)" % n, model.predict(
                m.PROBABILITY, d, ahead=t, transactions=n)[0], value)


def ggompertz():
    for p in ((0.55, 10.6, 0.6, 0.03, 0.4), (1.2, 2.0, 5.0, 0.2, 1.5)):
        r, alpha, beta, b, s = p
        model = m.new("ggompertz/nbd", list(p))
        name = "ggompertz/nbd %s" % (p,)
        check_rows(name, model, ROWS[1:3],
                   lambda x, tx, T: ggompertz_likelihood(p, x, tx, T))
        x, tx, T, t = 2, 30.43, 38.86, 39.0
        d = m.data(frequency=[x], recency=[tx], age=[T])
        total, _ = ggompertz_likelihood(p, x, tx, T)
        weight = gamma_mean(lambda l: l ** (x + 1) * mp.exp(-l * T), r, alpha)

        def staying(rate, end):
            return mp.quad(lambda v: mp.exp(-rate * v) * gamma_mean(
                lambda e: mp.exp(-e * mp.expm1(b * (T + v))), s, beta), end)
        close(name + " expected", model.predict(m.EXPECTED, d, ahead=t)[0],
              weight * staying(0, [0, t]) / total)
        close(name + " DERT", model.predict(m.DERT, d, discount=0.01)[0],
              weight * staying(mp.mpf("0.01"), [0, 20, 100, 400, 1600])
              / total)


def bg():
    cases = [("bg/nbd", 1, 0), ("mbg/nbd", 1, 1), ("bg/cnbd-k", 3, 0),
             ("mbg/cnbd-k", 2, 1)]
    for kind, k, late in cases:
        for p in ((0.243, 4.414, 0.793, 2.426), (1.3, 2.0, 1.0, 0.4)):
            r, alpha, a, b = p
            model = m.new(kind, list(p), k=k)
            name = "%s k=%d %s" % (kind, k, p)
            rows = [row + (-0.5 * row[0] if k > 1 else 0.0,) for row in ROWS]
            check_rows(name, model, rows, lambda x, tx, T, li: bg_likelihood(
                p, k, late, x, tx, T, li))
            bg_ahead(model, name, p, k, late)


def bg_ahead(model, name, p, k, late):
    """Purchases to come: Poisson events given l, every k-th a purchase."""
    r, alpha, a, b = p
    x, tx, T, t, rate = 2, 5.0, 12.0, 6.0, 0.05
    d = m.data(frequency=[x], recency=[tx], age=[T], log_intervals=[1.0])
    total, alive = bg_likelihood(p, k, late, x, tx, T, 1.0)

    def q_mean(n):
        return beta_mean(lambda u, q: q ** (x + late + n), a, b)
    stay = [q_mean(n) for n in range(60)]

    def stage(j):
        """Density of the data and stage j at T, given l."""
        def f(l):
            y = l * (T - tx)
            return ((l ** k / mp.factorial(k - 1)) ** x
                    * mp.exp((k - 1) - l * T) * y ** j / mp.factorial(j))
        return f

    def mean(value):
        """Average of value[events // k] over l and the stage."""
        result = 0
        for j in range(k):
            for event in range(60 * k - j - k):
                shape = gamma_mean(
                    lambda l: stage(j)(l) * (l * t) ** event
                    * mp.exp(-l * t) / mp.factorial(event), r, alpha)
                result += shape * value[(event + j) // k]
                if event > 3 * k and shape < mp.mpf(10) ** -16 * result:
                    break
        return result
    made = [sum(stay[:n]) for n in range(60)]
    if k == 1:
        expected = gamma_mean(lambda l: stage(0)(l) * beta_mean(
            lambda u, q: q ** (x + late) * -mp.expm1(-l * u * t) / u, a, b),
            r, alpha)
        dert = gamma_mean(lambda l: stage(0)(l) * beta_mean(
            lambda u, q: q ** (x + late) * l / (rate + l * u), a, b), r,
            alpha)
        close(name + " DERT", model.predict(m.DERT, d, discount=rate)[0],
              dert / total)
    else:
        expected = mean(made)
        # a heavy discount, so that 60 purchases are all that count
        ours = model.predict(m.DERT, d, discount=0.5)[0]
        dert = sum(stay[i] * gamma_mean(
            lambda l: stage(j)(l) * (l / (l + 0.5)) ** ((i + 1) * k - j), r,
            alpha) for i in range(60) for j in range(k))
        close(name + " DERT", ours, dert / total)
    close(name + " expected", model.predict(m.EXPECTED, d, ahead=t)[0],
          expected / total, 9 if k > 1 else 10)
    close(name + " alive later", model.predict(m.ALIVE, d, ahead=t)[0],
          mean(stay) / total, 9)
    n = 2
    exactly = [0] * 60
    exactly[n] = stay[n]
    for i in range(n, 60):
        exactly[i] += stay[n - 1] - stay[n]
    close(name + " P(2)", model.predict(m.PROBABILITY, d, ahead=t,
                                        transactions=n)[0],
          mean(exactly) / total, 9)


def bgbb():
    p = (1.204, 0.75, 0.657, 2.783)
    alpha, beta, gamma, delta = p
    model = m.new("bg/bb", list(p))

    def seen(x, tx, n):
        """Chances are independent: means of products are products."""
        alive = beta_mean(lambda u, q: u ** x * q ** (n - x), alpha,
                          beta) * beta_mean(lambda v, w: w ** n, gamma, delta)
        left = sum(beta_mean(lambda u, q: u ** x * q ** (tx - x + i), alpha,
                             beta)
                   * beta_mean(lambda v, w: v * w ** (tx + i), gamma, delta)
                   for i in range(int(n - tx)))
        return alive + left, alive
    for x, tx, n in ((0, 0, 6), (2, 4, 6), (6, 6, 6), (1, 2, 5)):
        d = m.data(frequency=[x], recency=[tx], age=[n])
        total, alive = seen(x, tx, n)
        name = "bg/bb (%d, %d, %d)" % (x, tx, n)
        close(name + " likelihood", model.log_likelihood(d), mp.log(total))
        close(name + " alive", model.predict(m.ALIVE, d)[0], alive / total)
        chance = beta_mean(lambda u, q: u ** (x + 1) * q ** (n - x), alpha,
                           beta)
        later = [beta_mean(lambda v, w: w ** (n + j), gamma, delta)
                 for j in range(1, 11)]
        close(name + " expected", model.predict(m.EXPECTED, d, ahead=10)[0],
              chance * sum(later) / total)
        factor = mp.mpf(1) / mp.mpf("1.1")
        dert = chance * beta_mean(lambda v, w: w ** (n + 1) * factor
                                  / (1 - w * factor), gamma, delta) / total
        close(name + " DERT", model.predict(
            m.DERT, d, discount=float(mp.log(mp.mpf("1.1"))))[0], dert)


def spend():
    p, q, g = 6.25, 3.74, 15.44
    model = m.new("gamma-gamma", [p, q, g])
    for x, mean in ((2, 22.35), (7, 73.74), (1, 0.5)):
        d = m.data(frequency=[x], spend=[mean])

        def density(nu):
            s = p * x
            return mp.exp(s * mp.log(nu * x) + (s - 1) * mp.log(mean)
                          - nu * x * mean - mp.loggamma(s))
        total = gamma_mean(density, q, g)
        name = "gamma-gamma (%d, %g)" % (x, mean)
        close(name + " likelihood", model.log_likelihood(d), mp.log(total))
        close(name + " spend", model.predict(m.SPEND, d)[0],
              gamma_mean(lambda nu: density(nu) * p / nu, q, g) / total)


def contract():
    for kind, p in (("sbg", (0.668, 3.806)), ("bdw", (0.26, 1.72, 1.58))):
        power = p[2] if len(p) > 2 else 1
        model = m.new(kind, list(p))
        survivors = [1000, 869, 743, 653, 593]

        def stay(t):
            return beta_mean(lambda u, w: w ** (mp.mpf(t) ** power), p[0],
                             p[1])
        total = sum((survivors[t - 1] - survivors[t])
                    * mp.log(stay(t - 1) - stay(t)) for t in range(1, 5))
        total += survivors[4] * mp.log(stay(4))
        close(kind + " likelihood", model.log_likelihood(
            m.data(survivors=survivors)), total)
        d = m.data(age=[3])
        close(kind + " alive", model.predict(m.ALIVE, d, ahead=4)[0],
              stay(7) / stay(3))
        close(kind + " expected", model.predict(m.EXPECTED, d, ahead=4)[0],
              sum(stay(3 + j) for j in range(1, 5)) / stay(3))
        if power == 1:
            factor = mp.exp(-mp.mpf("0.1"))
            value = beta_mean(lambda u, w: w ** 4 / (1 - w * factor), p[0],
                              p[1]) / stay(3)
            close(kind + " DERL", model.predict(m.DERT, d, discount=0.1)[0],
                  value)


def nbd():
    p = (0.385, 12.07)
    model = m.new("nbd", list(p))
    d = m.data(frequency=[3], age=[30.0])
    total = poisson_times(3, 30, *p)
    close("nbd likelihood", model.log_likelihood(d), mp.log(total))
    close("nbd expected", model.predict(m.EXPECTED, d, ahead=10)[0],
          10 * gamma_mean(lambda l: l ** 4 * mp.exp(-30 * l), *p) / total)
    close("nbd P(2)", model.predict(m.PROBABILITY, d, ahead=10,
                                    transactions=2)[0],
          gamma_mean(lambda l: l ** 3 * mp.exp(-40 * l) * (10 * l) ** 2 / 2,
                     *p) / total)


if __name__ == "__main__":
    for part in (nbd, spend, contract, bgbb, pareto, bg, ggompertz):
        if len(sys.argv) < 2 or part.__name__ in sys.argv[1:]:
            part()
    sys.exit(1 if failures else 0)
