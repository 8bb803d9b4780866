/*
 * removal.c - the removal effect of each channel of a Markov chain.
 *
 * Why here:   the mathematics of attribution, apart from where its counts
 *             come from.
 * Method:     With Q the steps between channels, r their steps to conversion
 *             and s those from the start, P = s (I-Q)^-1 r.  Taking a channel
 *             away sends whoever would come to it to nothing.  A path that
 *             converts does so after it came to channel i, or never comes
 *             there; so P - P(-i) = h_i x_i, h_i being the probability that a
 *             path ever comes to i, and x_i that one at i converts.  With
 *             B = (T - C)^-1, T the steps out of each channel (itself left
 *             out) and C the counted steps between them:
 *               x = B won,  v = begun B,  h_i = v_i / (B_ii paths)
 *             One matrix inverse gives all effects, without a difference of
 *             two nearly equal numbers.  Elimination needs no pivoting: the
 *             matrix is diagonally dominant.
 * Source:     Anderl, Becker, von Wangenheim, Schumann (2016), "Mapping the
 *             customer journey", for the removal effect; first passage by the
 *             fundamental matrix: Kemeny, Snell, "Finite Markov Chains".
 * Invariants: an effect is >= 0, and 0 for a channel that no converted path
 *             can have.  + - * / only, in one order: the same everywhere.
 * Memory:     8 bytes a pair of channels.
 * Threads:    pure functions of their arguments.
 */
#include "removal.h"

#include <assert.h>
#include <math.h>

/* T - C.  Steps from a channel to itself change nothing but how long a path
 * is: they are left out.  A channel on no path stands alone. */
static void
fill_matrix(const cc_chain *chain, double *matrix)
{
    const int64_t n = chain->count;
    for (int64_t i = 0; i < n; i++) {
        for (int64_t j = 0; j < n; j++) {
            matrix[i * n + j] = -(double)chain->step[i * n + j];
        }
        matrix[i * n + i] =
            chain->total[i] == 0
                ? 1.0
                : (double)(chain->total[i] - chain->step[i * n + i]);
    }
}

/* Gauss and Jordan, in place. */
static custcap_status
invert(double *matrix, int64_t n, cc_removal_ask ask, void *context,
       custcap_error *error)
{
    for (int64_t k = 0; k < n; k++) {
        double *pivot_row = matrix + k * n;
        const double pivot = pivot_row[k];
        if (!(pivot > 0)) {
            return cc_fail(error, CUSTCAP_INTERNAL,
                           "a path leaves channel %lld never",
                           (long long)k + 1);
        }
        if (ask != NULL) {
            CC_TRY(ask(context, k, n, error));
        }
        pivot_row[k] = 1.0;
        for (int64_t j = 0; j < n; j++) {
            pivot_row[j] /= pivot;
        }
        for (int64_t i = 0; i < n; i++) {
            double *row = matrix + i * n;
            const double factor = row[k];
            if (i == k || factor == 0.0) {
                continue;
            }
            row[k] = 0.0;
            for (int64_t j = 0; j < n; j++) {
                row[j] -= factor * pivot_row[j];
            }
        }
    }
    return CUSTCAP_OK;
}

custcap_status
cc_removal_effects(const cc_memory *memory, const cc_chain *chain,
                   double *effect, cc_removal_ask ask, void *context,
                   custcap_error *error)
{
    assert(chain != NULL && effect != NULL);
    const int64_t n = chain->count;
    double *inverse = cc_new(memory, n * n, sizeof *inverse);
    if (inverse == NULL) {
        return cc_no_memory(error);
    }
    fill_matrix(chain, inverse);
    const custcap_status status = invert(inverse, n, ask, context, error);
    double won = 0;
    for (int64_t i = 0; i < n; i++) {
        won += (double)chain->won[i];
    }
    for (int64_t i = 0; status == CUSTCAP_OK && i < n; i++) {
        double visits = 0, converts = 0;
        for (int64_t j = 0; j < n; j++) {
            visits += (double)chain->begun[j] * inverse[j * n + i];
            converts += inverse[i * n + j] * (double)chain->won[j];
        }
        /* P is converted over all paths, exactly; paths cancel. */
        effect[i] = won > 0
                        ? visits * converts / (inverse[i * n + i] * won)
                        : 0;
    }
    cc_free(memory, inverse);
    return status;
}

/* The place with the largest remainder that has not been given to. */
static int64_t
largest(const cc_int128 *share, const uint8_t *given, int64_t count)
{
    const cc_int128 mask = ((cc_int128)1 << 32) - 1;
    int64_t best = -1;
    for (int64_t i = 0; i < count; i++) {
        if (!given[i]
            && (best < 0 || (share[i] & mask) > (share[best] & mask))) {
            best = i;
        }
    }
    return best;
}

custcap_status
cc_share_out(const cc_memory *memory, int64_t total, const cc_int128 *share,
             int64_t count, int64_t *part, custcap_error *error)
{
    assert(share != NULL && part != NULL);
    assert(count > 0 || total == 0);
    uint8_t *given = cc_zeros(memory, count, 1);
    if (given == NULL) {
        return cc_no_memory(error);
    }
    cc_int128 left = total;
    for (int64_t i = 0; i < count; i++) {
        /* Rounded towards minus infinity. */
        part[i] = (int64_t)(share[i] >> 32);
        left -= part[i];
    }
    for (; left > 0; left--) {
        int64_t at = largest(share, given, count);
        if (at < 0) {
            break;
        }
        part[at]++;
        given[at] = 1;
    }
    cc_free(memory, given);
    return left == 0 ? CUSTCAP_OK
                     : cc_fail(error, CUSTCAP_INTERNAL,
                               "shares do not come to their whole");
}
