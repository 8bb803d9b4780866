/*
 * asking.h - what the programs that time a made-up company share.
 *
 * Why here:   people, network and events fail, look at clocks and draw their
 *             numbers in one way, so that their figures can be compared.
 * Threads:    one.
 */
#ifndef BENCH_ASKING_H
#define BENCH_ASKING_H

#include <custcap/custcap.h>

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static inline void
must(custcap_status status, const custcap_error *error, const char *what)
{
    if (status != CUSTCAP_OK) {
        fprintf(stderr, "%s: %s: %s: %s\n", program_invocation_short_name,
                what, custcap_status_name(status), custcap_error_text(error));
        exit(1);
    }
}

static inline double
now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static inline double
spent_ms(void)
{
    struct timespec spent;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
    return (double)spent.tv_sec * 1e3 + (double)spent.tv_nsec / 1e6;
}

/* Numbers that look random, the same every time. */
static inline uint64_t
next(uint64_t *state, uint64_t below)
{
    *state = *state * UINT64_C(6364136223846793005)
             + UINT64_C(1442695040888963407);
    return (*state >> 33) % below;
}

/* For qsort: doubles in order. */
static inline int
compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

#endif
