"""Make tests/unit/test_model_special_table.h: special functions to 40 digits.

    python3 tests/support/special_table.py > tests/unit/test_model_special_table.h

Needs mpmath; the table is committed, so that tests don't.  Values come from
mpmath's own functions and, for the means over a beta distribution, from its
quadrature of the definition.
"""
import mpmath as mp

mp.mp.dps = 40


def show(x):
    return mp.nstr(x, 20, min_fixed=1, max_fixed=0)


def rows(name, count, values):
    print("static const double %s[][%d] = {" % (name, count))
    for row in values:
        print("    {%s}," % ", ".join(show(mp.mpf(v)) for v in row))
    print("};\n")


def number(v):
    return mp.mpf(float(v))  # what the test will hand over


XS = [1e-10, 1e-4, 0.1, 0.5, 1.5, 2.5, 7.25, 9.999, 10.0, 33.3, 1e3, 1e6, 1e10]


def beta_mean(f, a, b):
    scale = mp.log(mp.beta(a, b))

    def g(y):
        p, q = 1 / (1 + mp.exp(-y)), 1 / (1 + mp.exp(y))
        return mp.exp(a * mp.log(p) + b * mp.log(q) - scale) * f(p)
    low, high = -100 / a, 100 / b
    inner = [v for v in (-20, -8, -3, 0, 3, 8, 20) if low < v < high]
    return mp.quad(g, [low] + inner + [high])


print("""/*
 * test_model_special_table.h - made by tests/support/special_table.py with
 * mpmath (40 digits); don't edit.
 */
#ifndef TEST_MODEL_SPECIAL_TABLE_H
#define TEST_MODEL_SPECIAL_TABLE_H
""")
rows("table_gamma", 3, [(number(x), mp.loggamma(number(x)),
                         mp.digamma(number(x))) for x in XS])
rows("table_rise", 4, [
    (number(x), number(n),
     mp.loggamma(number(x) + number(n)) - mp.loggamma(number(x)),
     mp.digamma(number(x) + number(n)) - mp.digamma(number(x)))
    for x in (1e-3, 0.55, 3.3, 47.5, 1e5, 1e12)
    for n in (1e-6, 0.5, 3, 17.5, 400, 1e4)])
rows("table_beta", 3, [
    (number(a), number(b), mp.log(mp.beta(number(a), number(b))))
    for a in (1e-4, 0.793, 25.0, 1e4) for b in (1e-3, 2.426, 300.0, 1e6)])
rows("table_log1mexp", 2, [
    (number(x), mp.log1p(-mp.exp(-number(x)))
     if x > 1 else mp.log(-mp.expm1(-number(x))))
    for x in (1e-300, 1e-10, 0.1, 0.693, 0.7, 5, 40, 700)])
rows("table_expint", 3, [
    (number(s), number(z), mp.exp(number(z)) * mp.expint(number(s),
                                                         number(z)))
    for s in (0.05, 0.606, 1.0, 1.5, 3.0, 40.0)
    for z in (1e-6, 1e-3, 0.1, 0.4999, 0.5, 1.0, 10.0, 300.0)])
rows("table_power", 5, [
    (number(n), number(a), number(b), number(w),
     mp.log(beta_mean(lambda p: (1 + p * number(w)) ** -number(n),
                      number(a), number(b))))
    for n in (0.243, 3.0, 60.0) for a, b in ((0.793, 2.426), (0.05, 30.0),
                                             (4.0, 0.3))
    for w in (1e-4, 0.5, 20.0)])
rows("table_loss", 5, [
    (number(n), number(a), number(b), number(w),
     beta_mean(lambda p: -mp.expm1(-number(n) * mp.log1p(p * number(w))) / p,
               number(a), number(b)))
    for n in (0.243, 3.0, 60.0) for a, b in ((0.793, 2.426), (0.05, 30.0),
                                             (1.0, 0.3))
    for w in (1e-4, 0.5, 20.0)])
rows("table_normal", 2, [
    (number(q), mp.sqrt(2) * mp.erfinv(2 * number(q) - 1))
    for q in (1e-9, 0.001, 0.025, 0.3, 0.5, 0.75, 0.975, 0.9999)])
print("#endif")
