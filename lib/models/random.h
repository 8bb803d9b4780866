/*
 * random.h - random numbers out of a seed, the same everywhere.
 */
#ifndef CC_MODELS_RANDOM_H
#define CC_MODELS_RANDOM_H

#include <stdint.h>

/* xoshiro256++ (Blackman, Vigna 2019), seeded by splitmix64. */
typedef struct cc_random {
    uint64_t state[4];
} cc_random;

/* Stream number `stream` of a seed. */
cc_random cc_random_begin(uint64_t seed, uint64_t stream);
uint64_t cc_random_bits(cc_random *random);
/* In (0, 1), never an end. */
double cc_random_unit(cc_random *random);
double cc_random_normal(cc_random *random);
double cc_random_exponential(cc_random *random); /* mean 1 */
/* ln of gamma(shape, 1): a small shape underflows nothing. */
double cc_random_log_gamma(cc_random *random, double shape);
/* *log_p and *log_q of p ~ Beta(a, b), q = 1 - p. */
void cc_random_beta(cc_random *random, double a, double b, double *log_p,
                    double *log_q);

#endif
