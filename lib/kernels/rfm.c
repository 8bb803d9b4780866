/*
 * rfm.c - customer.rfm, version 1.
 *
 * A row a customer with a purchase day, at as_of.
 * Formula:    score = 1 + floor(5 * customers strictly below / n), 5 best.
 *             recency: days since the last purchase day, fewer is better;
 *             frequency: all purchase days; monetary: the sum of their
 *             amounts (buyers.h says which amounts).  Equal values share a
 *             score.
 * Source:     DEFINITIONS.md "Scores and people".  Segments: the map of
 *             eleven segments over all 125 scores that marketing tools give
 *             as their default (for one, Squeezely's manual, "RFM app"; the
 *             segments' names are those of Putler's guide to RFM analysis).
 * Rows:       in display order of the parties.
 * Merging:    none: a score depends on all customers.
 * Drill:      recency_score: the purchases of the last day; the others and
 *             the segment: all purchases.
 * Threads:    a score's cuts by one thread each; the rest as in buyers.h.
 *
 * The map below has a line a recency score R, a word a frequency score F
 * and in it a letter a monetary score M, each from 1 to 5:
 *   c champions         l loyal           p potential-loyalist  n new
 *   o promising         a need-attention  s about-to-sleep      r at-risk
 *   x cannot-lose       h hibernating     - lost
 */
#include "buyers.h"
#include "kernels.h"
#include "select.h"

#include "base/sort.h"

#include <assert.h>

enum {
    F_PARTY, F_RECENCY, F_FREQUENCY, F_MONETARY, F_SEGMENT, F_COLUMNS
};

static const cc_answer_column COLUMNS[F_COLUMNS] = {
    [F_PARTY] = {"party", CUSTCAP_TYPE_TEXT, CUSTCAP_MERGE_KEY, 0},
    [F_RECENCY] = {"recency_score", CUSTCAP_TYPE_INT64, CUSTCAP_MERGE_NONE,
                   0},
    [F_FREQUENCY] = {"frequency_score", CUSTCAP_TYPE_INT64,
                     CUSTCAP_MERGE_NONE, 0},
    [F_MONETARY] = {"monetary_score", CUSTCAP_TYPE_INT64,
                    CUSTCAP_MERGE_NONE, 0},
    [F_SEGMENT] = {"segment", CUSTCAP_TYPE_TEXT, CUSTCAP_MERGE_NONE, 0},
};

enum { SCORES = 5, CUTS = SCORES - 1, KEYS = 3 };

/* SEGMENT_MAP[r - 1][f - 1][m - 1] */
static const char SEGMENT_MAP[SCORES][SCORES][SCORES + 1] = {
    /*  F 1      2        3        4        5 */
    {"--xxx", "-hhrr", "-hrrr", "-rrxr", "-rrxx"}, /* R 1 */
    {"hhsxx", "shhrr", "shhrr", "srrrr", "srrrr"}, /* R 2 */
    {"nsooo", "shpaa", "shpal", "ppall", "pppll"}, /* R 3 */
    {"nnooo", "nnpoo", "pppal", "ppalc", "pppcc"}, /* R 4 */
    {"nnooo", "ooooo", "pppaa", "pplcc", "pppcc"}, /* R 5 */
};

static const struct {
    char letter;
    const char *name;
} SEGMENTS[] = {
    {'c', "champions"},      {'l', "loyal"},
    {'p', "potential-loyalist"}, {'n', "new"},
    {'o', "promising"},      {'a', "need-attention"},
    {'s', "about-to-sleep"}, {'r', "at-risk"},
    {'x', "cannot-lose"},    {'h', "hibernating"},
    {'-', "lost"},
};

/* The keys that are `rank`th in order, below which a score ends. */
typedef struct cuts {
    uint64_t key[CUTS];
} cuts;

/* What is scored: a larger key is better. */
static uint64_t
key_of(const cc_buyer *buyer, int64_t which)
{
    switch (which) {
    case 0: /* days up to as_of: the later the fewer; days may be negative */
        return (uint64_t)((int64_t)buyer->last - INT32_MIN);
    case 1:
        return (uint64_t)buyer->days;
    default:
        return (uint64_t)buyer->total;
    }
}

/* floor(5 * below / n) >= k says that below >= ceil(k * n / 5), and so that
 * the key of that rank, counted from 1, is below, too. */
static int64_t
score_of(const cuts *of, uint64_t key)
{
    int64_t score = 1;
    for (int i = 0; i < CUTS; i++) {
        score += key > of->key[i];
    }
    assert(score <= SCORES);
    return score;
}

typedef struct scoring {
    const cc_buyers *buyers;
    cuts cuts[KEYS];
    int64_t *values[F_COLUMNS];
    int64_t segment_of[SCORES][SCORES][SCORES]; /* number in SEGMENTS */
} scoring;

static custcap_status
find_cuts(void *context, int64_t which, int32_t thread, custcap_error *error)
{
    scoring *of = context;
    const cc_buyers *buyers = of->buyers;
    const int64_t n = buyers->count;
    (void)thread;
    assert(n > 0 && which < KEYS);

    uint64_t *keys = cc_new(buyers->memory, 2 * n, sizeof *keys);
    if (keys == NULL) {
        return cc_no_memory(error);
    }
    for (int64_t i = 0, at = 0; at < n; i++) {
        keys[at] = key_of(&buyers->at[i], which);
        at += buyers->at[i].days > 0;
    }
    int64_t ranks[CUTS];
    for (int64_t k = 1; k <= CUTS; k++) {
        ranks[k - 1] = (k * n + SCORES - 1) / SCORES - 1;
    }
    cc_select(keys, n, ranks, CUTS, keys + n, of->cuts[which].key);
    cc_free(buyers->memory, keys);
    return CUSTCAP_OK;
}

static void
fill(void *context, int64_t row, const cc_buyer *buyer)
{
    const scoring *of = context;
    int64_t score[KEYS];

    for (int k = 0; k < KEYS; k++) {
        score[k] = score_of(&of->cuts[k], key_of(buyer, k));
    }
    of->values[F_RECENCY][row] = score[0];
    of->values[F_FREQUENCY][row] = score[1];
    of->values[F_MONETARY][row] = score[2];
    of->values[F_SEGMENT][row] =
        of->segment_of[score[0] - 1][score[1] - 1][score[2] - 1];
}

/* The map of letters as numbers of SEGMENTS. */
static void
number_segments(scoring *of)
{
    const int count = (int)(sizeof SEGMENTS / sizeof SEGMENTS[0]);
    for (int r = 0; r < SCORES; r++) {
        for (int f = 0; f < SCORES; f++) {
            for (int m = 0; m < SCORES; m++) {
                int at = 0;
                while (at < count
                       && SEGMENTS[at].letter != SEGMENT_MAP[r][f][m]) {
                    at++;
                }
                assert(at < count);
                of->segment_of[r][f][m] = at;
            }
        }
    }
}

/* The texts of the segment column, numbered as SEGMENTS. */
static custcap_status
use_segments(const cc_memory *memory, custcap_table *table,
             custcap_error *error)
{
    cc_dictionary_builder builder = {.memory = memory,
                                     .bytes = {.memory = memory}};
    cc_dictionary *names = NULL;
    custcap_status status = CUSTCAP_OK;
    for (size_t i = 0; i < sizeof SEGMENTS / sizeof SEGMENTS[0]
                       && status == CUSTCAP_OK;
         i++) {
        int64_t number = 0;
        status = cc_dictionary_add(&builder,
                                   cc_text_of(SEGMENTS[i].name, -1),
                                   &number, error);
    }
    if (status == CUSTCAP_OK) {
        status = cc_dictionary_finish(&builder, &names, error);
    }
    if (status == CUSTCAP_OK) {
        cc_table_use_dictionary(table, F_SEGMENT, names);
        cc_dictionary_free(names);
    }
    cc_dictionary_builder_free(&builder);
    return status;
}

static custcap_status
check_totals(const cc_buyers *buyers, custcap_error *error)
{
    for (int64_t i = 0; i < buyers->places; i++) {
        if (buyers->at[i].total < 0) {
            return cc_fail(error, CUSTCAP_OVERFLOW,
                           "the purchases of party #%d do not fit 64 bits",
                           (int)buyers->parties->party[i]);
        }
    }
    return CUSTCAP_OK;
}

static custcap_status
fill_table(const cc_question *question, const cc_buyers *buyers,
           custcap_table *table, custcap_error *error)
{
    CC_TRY(check_totals(buyers, error));
    CC_TRY(use_segments(buyers->memory, table, error));
    CC_TRY(cc_table_resize(table, buyers->count, error));
    if (buyers->count == 0) {
        return CUSTCAP_OK;
    }
    scoring of = {.buyers = buyers};
    number_segments(&of);
    CC_TRY(cc_parallel_for(cc_view_threads(question->view), KEYS, find_cuts,
                           &of, error));
    for (int64_t i = 0; i < F_COLUMNS; i++) {
        of.values[i] = cc_table_values(table, i);
    }
    return cc_buyers_fill(question, buyers, fill, &of, table, F_PARTY,
                          error);
}

custcap_status
cc_rfm_run(const cc_question *question, custcap_table **table,
           custcap_error *error)
{
    assert(question != NULL && table != NULL);

    cc_buyers buyers;
    *table = NULL;
    CC_TRY(cc_buyers_measure(question, &buyers, error));
    custcap_status status =
        cc_answer_new(question, COLUMNS, F_COLUMNS, table, error);
    if (status == CUSTCAP_OK) {
        status = fill_table(question, &buyers, *table, error);
    }
    cc_buyers_free(&buyers);
    if (status != CUSTCAP_OK) {
        custcap_table_free(*table);
        *table = NULL;
    }
    return status;
}

custcap_status
cc_rfm_drill(const cc_question *question, const cc_cell *cell,
             cc_parts *parts, custcap_error *error)
{
    assert(question != NULL && cell != NULL);
    assert(parts != NULL);

    if (cc_asked_is(cell, COLUMNS[F_RECENCY].name)) {
        return cc_buyers_drill(question, cell, CC_PURCHASES_LAST, parts,
                               error);
    }
    if (cc_asked_is(cell, COLUMNS[F_FREQUENCY].name)
        || cc_asked_is(cell, COLUMNS[F_MONETARY].name)
        || cc_asked_is(cell, COLUMNS[F_SEGMENT].name)) {
        return cc_buyers_drill(question, cell, CC_PURCHASES_ALL, parts,
                               error);
    }
    return cc_asked_unknown(cell, error);
}
