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
 * Threads:    blocks of parties and, as in buyers.h, of places.
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
#include <string.h>

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

/* What is scored: a larger key is better. */
static inline uint64_t
key_of(const cc_buyer *buyer, int which)
{
    return which == 0 /* the later the fewer days up to as_of */
               ? (uint64_t)((int64_t)buyer->last - INT32_MIN)
           : which == 1 ? (uint64_t)buyer->days
                        : (uint64_t)buyer->total;
}

enum { PARTIES_A_BLOCK = 4096, PIECE = 512 };

typedef struct scoring {
    const cc_buyers *buyers;
    int64_t blocks;                   /* of parties */
    cc_select selects[KEYS];
    cc_select_counts (*counts)[KEYS]; /* by thread */
    uint64_t cuts[KEYS][CUTS];        /* keys below which a score ends */
    uint8_t *scores;                  /* by party: place in of_scores */
    int64_t *values[F_COLUMNS];
    int64_t of_scores[SCORES * SCORES * SCORES][F_COLUMNS];
} scoring;

static int64_t
block_end(const scoring *of, int64_t block)
{
    const int64_t end = (block + 1) * PARTIES_A_BLOCK + 1;
    return end < of->buyers->places + 1 ? end : of->buyers->places + 1;
}

/* Keys of the buyers among parties [*at, end), at most PIECE; `which` is
 * known where this is compiled. */
static inline int64_t
take_keys(const cc_buyers *buyers, int which, int64_t *at, int64_t end,
          uint64_t keys[PIECE + 1])
{
    int64_t count = 0, i = *at;
    end = end - i > PIECE ? i + PIECE : end;
    for (; i < end; i++) {
        keys[count] = key_of(&buyers->at[i], which);
        count += buyers->is_buyer[i];
    }
    *at = i;
    return count;
}

/* One pass of the three searches over a block of parties. */
static custcap_status
count_block(void *context, int64_t block, int32_t thread,
            custcap_error *error)
{
    const scoring *of = context;
    const cc_buyers *buyers = of->buyers;
    const int64_t end = block_end(of, block);
    uint64_t keys[PIECE + 1];
    (void)error;

    for (int which = 0; which < KEYS; which++) {
        int64_t at = block * PARTIES_A_BLOCK + 1;
        while (at < end && !of->selects[which].done) {
            const int64_t count =
                which == 0   ? take_keys(buyers, 0, &at, end, keys)
                : which == 1 ? take_keys(buyers, 1, &at, end, keys)
                             : take_keys(buyers, 2, &at, end, keys);
            cc_select_pass(&of->selects[which], keys, count,
                           &of->counts[thread][which]);
        }
    }
    return CUSTCAP_OK;
}

/* floor(5 * below / n) >= k says that below >= ceil(k * n / 5), and so that
 * the key of that rank, counted from 1, is below, too. */
static void
begin_cuts(scoring *of)
{
    const int64_t n = of->buyers->count;
    int64_t ranks[CC_SELECT_RANKS];
    assert(n > 0);
    assert((int)CUTS == (int)CC_SELECT_RANKS);
    for (int64_t k = 1; k <= CUTS; k++) {
        ranks[k - 1] = (k * n + SCORES - 1) / SCORES - 1;
    }
    for (int which = 0; which < KEYS; which++) {
        cc_select_begin(&of->selects[which],
                        key_of(&of->buyers->least, which),
                        key_of(&of->buyers->most, which), ranks);
    }
}

/* What all threads counted in a pass; 1 when there is another. */
static int
end_pass(scoring *of, int32_t threads)
{
    int more = 0;
    for (int which = 0; which < KEYS; which++) {
        cc_select_counts *sum = &of->counts[0][which];
        if (of->selects[which].done) {
            continue;
        }
        for (int32_t t = 1; t < threads; t++) {
            for (int k = 0; k < CC_SELECT_RANKS; k++) {
                for (int g = 0; g < CC_SELECT_GROUPS; g++) {
                    sum->of[k][g] += of->counts[t][which].of[k][g];
                }
            }
        }
        cc_select_end(&of->selects[which], sum);
        more |= !of->selects[which].done;
    }
    return more;
}

static custcap_status
find_cuts(scoring *of, int32_t threads, custcap_error *error)
{
    const cc_memory *memory = of->buyers->memory;
    custcap_status status = CUSTCAP_OK;
    int more = 1;
    of->counts = cc_new(memory, threads, sizeof *of->counts);
    if (of->counts == NULL) {
        return cc_no_memory(error);
    }
    begin_cuts(of);
    while (more && status == CUSTCAP_OK) {
        memset(of->counts, 0, (size_t)threads * sizeof *of->counts);
        status = cc_parallel_for(threads, of->blocks, count_block, of,
                                 error);
        more = status == CUSTCAP_OK && end_pass(of, threads);
    }
    cc_free(memory, of->counts);
    for (int which = 0; which < KEYS && status == CUSTCAP_OK; which++) {
        for (int k = 0; k < CUTS; k++) {
            of->cuts[which][k] = cc_select_key(&of->selects[which], k);
        }
    }
    return status;
}

/* How many cuts a key is above: its score, from 0. */
static inline int
score_of(const uint64_t cuts[CUTS], uint64_t key)
{
    return (key > cuts[0]) + (key > cuts[1]) + (key > cuts[2])
           + (key > cuts[3]);
}

static custcap_status
score_block(void *context, int64_t block, int32_t thread,
            custcap_error *error)
{
    const scoring *of = context;
    const cc_buyer *at = of->buyers->at;
    const int64_t end = block_end(of, block);
    (void)thread;
    (void)error;

    for (int64_t i = block * PARTIES_A_BLOCK + 1; i < end; i++) {
        if (of->buyers->is_buyer[i]) {
            const int r = score_of(of->cuts[0], key_of(&at[i], 0));
            const int f = score_of(of->cuts[1], key_of(&at[i], 1));
            const int m = score_of(of->cuts[2], key_of(&at[i], 2));
            of->scores[i] = (uint8_t)((r * SCORES + f) * SCORES + m);
        }
    }
    return CUSTCAP_OK;
}

static void
fill(void *context, int64_t row, const int32_t *party, int64_t count)
{
    const scoring *of = context;
    for (int64_t i = 0; i < count; i++) {
        const int64_t *cells = of->of_scores[of->scores[party[i]]];
        for (int k = F_RECENCY; k < F_COLUMNS; k++) {
            of->values[k][row + i] = cells[k];
        }
    }
}

/* The cells of all scores there are; segments are numbers of SEGMENTS. */
static void
number_scores(scoring *of)
{
    const int count = (int)(sizeof SEGMENTS / sizeof SEGMENTS[0]);
    for (int place = 0; place < SCORES * SCORES * SCORES; place++) {
        const int m = place % SCORES, f = place / SCORES % SCORES;
        const int r = place / SCORES / SCORES;
        int at = 0;
        while (at < count && SEGMENTS[at].letter != SEGMENT_MAP[r][f][m]) {
            at++;
        }
        assert(at < count);
        of->of_scores[place][F_RECENCY] = r + 1;
        of->of_scores[place][F_FREQUENCY] = f + 1;
        of->of_scores[place][F_MONETARY] = m + 1;
        of->of_scores[place][F_SEGMENT] = at;
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
    if (buyers->count == 0 || buyers->least.total >= 0) {
        return CUSTCAP_OK;
    }
    int64_t party = 1;
    while (!buyers->is_buyer[party] || buyers->at[party].total >= 0) {
        party++;
        assert(party <= buyers->places);
    }
    return cc_fail(error, CUSTCAP_OVERFLOW,
                   "the purchases of party #%lld do not fit 64 bits",
                   (long long)party);
}

static custcap_status
find_scores(const cc_question *question, scoring *of, custcap_error *error)
{
    const int32_t threads = cc_view_threads(question->view);
    const int64_t places = of->buyers->places;
    of->blocks = (places + PARTIES_A_BLOCK - 1) / PARTIES_A_BLOCK;
    number_scores(of);
    CC_TRY(find_cuts(of, threads, error));
    of->scores = cc_new(of->buyers->memory, places + 1, 1);
    if (of->scores == NULL) {
        return cc_no_memory(error);
    }
    return cc_parallel_for(threads, of->blocks, score_block, of, error);
}

/* From here on the buyers' scores and who they are do. */
static custcap_status
fill_table(const cc_question *question, cc_buyers *buyers,
           custcap_table *table, custcap_error *error)
{
    CC_TRY(check_totals(buyers, error));
    CC_TRY(use_segments(buyers->memory, table, error));
    if (buyers->count == 0) {
        return CUSTCAP_OK;
    }
    scoring of = {.buyers = buyers};
    custcap_status status = find_scores(question, &of, error);
    cc_free(buyers->memory, buyers->at);
    buyers->at = NULL;
    if (status == CUSTCAP_OK) {
        status = cc_table_resize_raw(table, buyers->count, error);
    }
    if (status == CUSTCAP_OK) {
        for (int64_t i = 0; i < F_COLUMNS; i++) {
            of.values[i] = cc_table_values(table, i);
        }
        status = cc_buyers_fill(question, buyers, fill, &of, table, F_PARTY,
                                error);
    }
    cc_free(buyers->memory, of.scores);
    return status;
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
