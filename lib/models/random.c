/*
 * random.c - random numbers out of a seed, the same everywhere.
 *
 * Why here:   simulations and the bootstrap must give the same bytes for the
 *             same seed, whatever the C library's generator does.
 * Method:     xoshiro256++; normals by the polar method (Marsaglia, Bray
 *             1964); gammas by Marsaglia, Tsang 2000, shapes below 1 by
 *             gamma(a) = gamma(a + 1) U^(1/a) in logarithms.
 * Threads:    a generator belongs to one thread.
 */
#include "random.h"

#include <assert.h>
#include <math.h>
#include <stddef.h>

static uint64_t
splitmix(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

cc_random
cc_random_begin(uint64_t seed, uint64_t stream)
{
    uint64_t state = seed;
    const uint64_t first = splitmix(&state);
    state = first ^ (stream * UINT64_C(0xD1342543DE82EF95) + stream);
    cc_random made;
    for (int i = 0; i < 4; i++) {
        made.state[i] = splitmix(&state);
    }
    return made;
}

static uint64_t
rotate(uint64_t x, int k)
{
    return (x << k) | (x >> (64 - k));
}

uint64_t
cc_random_bits(cc_random *random)
{
    assert(random != NULL);

    uint64_t *s = random->state;
    const uint64_t result = rotate(s[0] + s[3], 23) + s[0];
    const uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return result;
}

double
cc_random_unit(cc_random *random)
{
    return ((double)(cc_random_bits(random) >> 11) + 0.5) * 0x1p-53;
}

double
cc_random_normal(cc_random *random)
{
    for (;;) {
        const double u = 2.0 * cc_random_unit(random) - 1.0;
        const double v = 2.0 * cc_random_unit(random) - 1.0;
        const double square = u * u + v * v;
        if (square < 1.0 && square > 0.0) {
            return u * sqrt(-2.0 * log(square) / square);
        }
    }
}

double
cc_random_exponential(cc_random *random)
{
    return -log(cc_random_unit(random));
}

double
cc_random_log_gamma(cc_random *random, double shape)
{
    assert(shape > 0.0);

    if (shape < 1.0) {
        const double more = cc_random_log_gamma(random, shape + 1.0);
        return more + log(cc_random_unit(random)) / shape;
    }
    const double d = shape - 1.0 / 3.0, c = 1.0 / sqrt(9.0 * d);
    for (;;) {
        const double x = cc_random_normal(random);
        const double root = 1.0 + c * x;
        if (root <= 0.0) {
            continue;
        }
        const double v = root * root * root;
        if (log(cc_random_unit(random))
            < 0.5 * x * x + d - d * v + d * log(v)) {
            return log(d) + log(v);
        }
    }
}

void
cc_random_beta(cc_random *random, double a, double b, double *log_p,
               double *log_q)
{
    const double x = cc_random_log_gamma(random, a);
    const double y = cc_random_log_gamma(random, b);
    const double large = x > y ? x : y;
    const double sum = large + log1p(exp(-fabs(x - y)));
    *log_p = x - sum;
    *log_q = y - sum;
}
