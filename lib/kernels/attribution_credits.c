/*
 * attribution_credits.c - what every channel is owed, out of a tally.
 *
 * Why here:   walking is one thing, sharing out what was found another.
 * Method:     shares by place in the path are in the tally; those by removal
 *             effect are weights of 62 bits made of the effects.  All are
 *             given out in whole millionths by largest remainder.
 * Invariants: credits of a kind sum to the value of the converted paths.
 * Threads:    the view's thread.
 */
#include "attribution.h"
#include "lists.h"
#include "removal.h"

#include <assert.h>

typedef struct credits {
    double *effect;
    int64_t *part[CC_CREDITS + 1]; /* and by removal */
    cc_int128 *share;
} credits;

static void
credits_free(const cc_memory *memory, credits *of)
{
    cc_free(memory, of->effect);
    cc_free(memory, of->share);
    for (int i = 0; i <= CC_CREDITS; i++) {
        cc_free(memory, of->part[i]);
    }
}

static custcap_status
credits_new(const cc_memory *memory, int64_t count, credits *of,
            custcap_error *error)
{
    of->effect = cc_zeros(memory, count, sizeof *of->effect);
    of->share = cc_zeros(memory, count, sizeof *of->share);
    int short_of = of->effect == NULL || of->share == NULL;
    for (int i = 0; i <= CC_CREDITS; i++) {
        of->part[i] = cc_zeros(memory, count, sizeof *of->part[i]);
        short_of |= of->part[i] == NULL;
    }
    return short_of ? cc_no_memory(error) : CUSTCAP_OK;
}

static custcap_status
ask_progress(void *context, int64_t done, int64_t total,
             custcap_error *error)
{
    const cc_question *question = context;
    return cc_view_progress(question->view, done, total, error);
}

static custcap_status
find_effects(const cc_question *question, const cc_tally *all,
             double *effect, custcap_error *error)
{
    const int64_t n = all->channels.count;
    int64_t *numbers = cc_new(all->memory, n * (n + 3), sizeof *numbers);
    if (numbers == NULL) {
        return cc_no_memory(error);
    }
    int64_t *begun = numbers + n * n, *won = begun + n, *total = won + n;
    for (int64_t i = 0; i < n; i++) {
        for (int64_t j = 0; j < n; j++) {
            numbers[i * n + j] = all->step[i * all->room + j];
        }
        begun[i] = all->of[i].begun;
        won[i] = all->of[i].won;
        total[i] = all->of[i].total;
    }
    const cc_chain chain = {n, numbers, begun, won, total};
    const custcap_status status = cc_removal_effects(
        all->memory, &chain, effect, ask_progress,
        (void *)(uintptr_t)question, error);
    cc_free(all->memory, numbers);
    return status;
}

/* value * effect / sum of effects, in parts of 2^-32.  Weights of 62 bits
 * sum to one exactly: what was rounded goes to the largest. */
static void
shares_of_effects(const double *effect, int64_t count, int64_t value,
                  cc_int128 *share)
{
    const cc_int128 one = (cc_int128)1 << 62;
    double sum = 0;
    int64_t largest = 0;
    cc_int128 given = 0;
    for (int64_t i = 0; i < count; i++) {
        sum += effect[i];
        largest = effect[i] > effect[largest] ? i : largest;
    }
    for (int64_t i = 0; i < count && sum > 0; i++) {
        share[i] = (int64_t)(effect[i] / sum * 0x1p62);
        given += share[i];
    }
    share[largest] += one - given;
    for (int64_t i = 0; i < count; i++) {
        share[i] = (cc_int128)value * share[i] >> 30;
    }
}

static custcap_status
find_credits(const cc_question *question, const cc_tally *all, credits *to,
             custcap_error *error)
{
    const int64_t n = all->channels.count;
    const int64_t value = (int64_t)all->value;
    CC_TRY(credits_new(all->memory, n, to, error));
    if (n == 0) {
        return CUSTCAP_OK;
    }
    CC_TRY(find_effects(question, all, to->effect, error));
    for (int k = 0; k < CC_CREDITS; k++) {
        for (int64_t i = 0; i < n; i++) {
            to->share[i] = all->of[i].share[k];
        }
        CC_TRY(cc_share_out(all->memory, value, to->share, n, to->part[k],
                            error));
    }
    shares_of_effects(to->effect, n, value, to->share);
    return cc_share_out(all->memory, value, to->share, n,
                        to->part[CC_CREDITS], error);
}

static custcap_status
write_rows(const cc_question *question, const cc_tally *all,
           const credits *from, custcap_table *table, custcap_error *error)
{
    enum { CHANNEL, TOUCHES, PATHS, FIRST, REMOVAL = FIRST + CC_CREDITS + 1 };
    for (int64_t i = 0; i < all->channels.count; i++) {
        if (all->of[i].total == 0) {
            continue; /* only outside the window */
        }
        CC_TRY(cc_table_begin_row(table, error));
        CC_TRY(cc_list_set_word(question, table, CHANNEL,
                                all->channels.words[i], error));
        cc_table_set(table, TOUCHES, all->of[i].touches);
        cc_table_set(table, PATHS, all->of[i].paths);
        for (int k = 0; k <= CC_CREDITS; k++) {
            cc_table_set(table, FIRST + k, from->part[k][i]);
        }
        cc_table_set(table, REMOVAL, (int64_t)(from->effect[i] * 1e6 + 0.5));
    }
    if (all->alone > 0) {
        CC_TRY(cc_table_begin_row(table, error));
        CC_TRY(cc_list_set_word(question, table, CHANNEL, 0, error));
        cc_table_set(table, TOUCHES, 0);
        cc_table_set(table, PATHS, all->alone);
        for (int k = 0; k <= CC_CREDITS; k++) {
            cc_table_set(table, FIRST + k, (int64_t)all->alone_value);
        }
        CC_TRY(cc_table_set_null(table, REMOVAL, error));
    }
    return CUSTCAP_OK;
}

custcap_status
cc_tally_write(const cc_question *question, const cc_tally *all,
               custcap_table *table, custcap_error *error)
{
    assert(question != NULL && all != NULL);
    credits found = {.effect = NULL};
    custcap_status status = find_credits(question, all, &found, error);
    if (status == CUSTCAP_OK) {
        status = write_rows(question, all, &found, table, error);
    }
    credits_free(all->memory, &found);
    return status;
}
