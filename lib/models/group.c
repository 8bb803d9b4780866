/*
 * group.c - identical rows made one, exactly.
 *
 * Why here:   a million customers have about 10^5 different histories, and
 *             a likelihood or a forecast is the same for all alike.
 * Method:     open addressing over the bits of the fields (-0 is 0), groups
 *             numbered as they first appear, then put in order of x, so that
 *             what depends on x alone is computed once a value.
 * Invariants: the sum of weights is that of the rows; groups depend on the
 *             rows and their order alone, never on threads.
 * Threads:    one.
 */
#include "group.h"

#include "base/sort.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum { BATCH_ROWS = 32, SLOTS_FIRST = 4096 };

typedef struct hashing {
    const cc_kind *kind;
    const custcap_model_data *data;
    cc_groups *groups;
    int32_t *slots; /* number of a group + 1, 0: free */
    uint64_t mask;
    int64_t capacity;
} hashing;

static uint64_t
mix(uint64_t hash, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    hash ^= bits;
    hash *= UINT64_C(0x9E3779B97F4A7C15);
    return hash ^ (hash >> 29);
}

static double
field(const double *values, int64_t row)
{
    return values == NULL ? 0.0 : values[row] + 0.0; /* -0 becomes 0 */
}

/* Covariates of a row, buying first. */
static double
covariate(const custcap_model_data *data, int64_t row, int32_t i)
{
    return i < data->transaction_covariates
               ? data->transaction_z[row * data->transaction_covariates + i]
               : data->dropout_z[row * data->dropout_covariates + i
                                 - data->transaction_covariates];
}

static cc_row
row_of(const cc_kind *kind, const custcap_model_data *data, int64_t row)
{
    const int32_t needs = kind->needs;
    cc_row made = {0};
    if (needs & CC_NEED_SURVIVORS) {
        made.T = field(data->age, row);
        return made;
    }
    made.x = field(data->frequency, row);
    if (needs & CC_NEED_RECENCY) {
        made.tx = field(data->recency, row);
    }
    if (needs & CC_NEED_AGE) {
        made.T = field(data->age, row);
    }
    if (needs & CC_NEED_SPEND) {
        made.extra = field(data->spend, row);
        if (!(made.x > 0.0 && made.extra > 0.0)) {
            made.x = 0.0; /* tells nothing of spend */
            made.extra = 0.0;
        }
    } else if (needs & CC_NEED_LOG_INTERVALS) {
        made.extra = field(data->log_intervals, row);
    }
    return made;
}

static int
is_like(const hashing *of, int64_t group, const cc_row *row, int64_t at)
{
    const cc_row *other = &of->groups->rows[group];
    if (other->x != row->x || other->tx != row->tx || other->T != row->T
        || other->extra != row->extra) {
        return 0;
    }
    const custcap_model_data *data = of->data;
    const int32_t count
        = data->transaction_covariates + data->dropout_covariates;
    for (int32_t i = 0; i < count; i++) {
        if (covariate(data, at, i)
            != covariate(data, of->groups->first[group], i)) {
            return 0;
        }
    }
    return 1;
}

static custcap_status
reserve(hashing *of, custcap_error *error)
{
    cc_groups *groups = of->groups;
    if (groups->count < of->capacity) {
        return CUSTCAP_OK;
    }
    int64_t more = of->capacity + of->capacity / 2 + 1024;
    more = more < of->data->count ? more : of->data->count;
    cc_row *rows = cc_resize(groups->memory, groups->rows, more,
                             sizeof *rows);
    groups->rows = rows != NULL ? rows : groups->rows;
    double *weights = cc_resize(groups->memory, groups->weights, more,
                                sizeof *weights);
    groups->weights = weights != NULL ? weights : groups->weights;
    int32_t *first = cc_resize(groups->memory, groups->first, more,
                               sizeof *first);
    groups->first = first != NULL ? first : groups->first;
    if (rows == NULL || weights == NULL || first == NULL) {
        return cc_no_memory(error);
    }
    of->capacity = more;
    return CUSTCAP_OK;
}

static uint64_t
hash_of(const hashing *of, const cc_row *row, int64_t at)
{
    const custcap_model_data *data = of->data;
    uint64_t hash = mix(mix(mix(mix(0, row->x), row->tx), row->T),
                        row->extra);
    const int32_t count
        = data->transaction_covariates + data->dropout_covariates;
    for (int32_t i = 0; i < count; i++) {
        hash = mix(hash, covariate(data, at, i));
    }
    return hash >> 8;
}

/* The group of a row, made where it is the first of its kind. */
static custcap_status
find(hashing *of, const cc_row *row, uint64_t hash, int64_t at,
     int64_t *group, custcap_error *error)
{
    for (uint64_t slot = hash & of->mask;; slot = (slot + 1) & of->mask) {
        const int32_t number = of->slots[slot];
        if (number == 0) {
            CC_TRY(reserve(of, error));
            *group = of->groups->count++;
            of->slots[slot] = (int32_t)*group + 1;
            of->groups->rows[*group] = *row;
            of->groups->weights[*group] = 0.0;
            of->groups->first[*group] = (int32_t)at;
            return CUSTCAP_OK;
        }
        if (is_like(of, number - 1, row, at)) {
            *group = number - 1;
            return CUSTCAP_OK;
        }
    }
}

/* Twice the slots, every group found its place again. */
static custcap_status
widen(hashing *of, uint64_t slots, custcap_error *error)
{
    int32_t *made = cc_zeros(of->groups->memory, (int64_t)slots,
                             sizeof *made);
    if (made == NULL) {
        return cc_no_memory(error);
    }
    cc_free(of->groups->memory, of->slots);
    of->slots = made;
    of->mask = slots - 1;
    for (int64_t i = 0; i < of->groups->count; i++) {
        uint64_t slot = hash_of(of, &of->groups->rows[i],
                                of->groups->first[i]) & of->mask;
        while (of->slots[slot] != 0) {
            slot = (slot + 1) & of->mask;
        }
        of->slots[slot] = (int32_t)i + 1;
    }
    return CUSTCAP_OK;
}

/* Rows [first, end), few: all hashed and their slots on the way to the cache
 * before the first is looked for. */
static custcap_status
group_batch(hashing *of, int64_t first, int64_t end, int map,
            custcap_error *error)
{
    const custcap_model_data *data = of->data;
    cc_groups *groups = of->groups;
    cc_row rows[BATCH_ROWS];
    uint64_t hashes[BATCH_ROWS];
    assert(end - first <= BATCH_ROWS);
    for (int64_t i = first; i < end; i++) {
        rows[i - first] = row_of(of->kind, data, i);
        hashes[i - first] = hash_of(of, &rows[i - first], i);
        __builtin_prefetch(&of->slots[hashes[i - first] & of->mask]);
    }
    for (int64_t i = first; i < end; i++) {
        const int32_t number = of->slots[hashes[i - first] & of->mask];
        if (number > 0) {
            __builtin_prefetch(&groups->rows[number - 1]);
            __builtin_prefetch(&groups->weights[number - 1]);
        }
    }
    for (int64_t i = first; i < end; i++) {
        const cc_row *row = &rows[i - first];
        const double weight = data->weights == NULL ? 1.0 : data->weights[i];
        if (!map && (weight == 0.0
                     || ((of->kind->needs & CC_NEED_SPEND)
                         && row->x == 0.0))) {
            continue;
        }
        int64_t group = 0;
        CC_TRY(find(of, row, hashes[i - first], i, &group, error));
        groups->weights[group] += weight;
        groups->total += weight;
        if (map) {
            groups->of_row[i] = (int32_t)group;
        }
    }
    return CUSTCAP_OK;
}

static custcap_status
group_rows(hashing *of, int map, custcap_error *error)
{
    for (int64_t i = 0; i < of->data->count; i += BATCH_ROWS) {
        if ((uint64_t)(of->groups->count + BATCH_ROWS) * 2 > of->mask) {
            CC_TRY(widen(of, (of->mask + 1) * 2, error));
        }
        const int64_t end = i + BATCH_ROWS;
        CC_TRY(group_batch(of, i, end < of->data->count ? end
                                                        : of->data->count,
                           map, error));
    }
    return CUSTCAP_OK;
}

/* Numbers of groups by x, keeping the order of appearance. */
static custcap_status
order_of(const cc_groups *groups, int32_t *order, custcap_error *error)
{
    uint64_t *keys = cc_new(groups->memory, groups->count, sizeof *keys);
    if (keys == NULL) {
        return cc_no_memory(error);
    }
    for (int64_t i = 0; i < groups->count; i++) {
        keys[i] = (uint64_t)groups->rows[i].x;
    }
    const custcap_status status = cc_sort_u64(
        groups->memory, keys, groups->count, order, error);
    cc_free(groups->memory, keys);
    return status;
}

/* Elements of `size` bytes in another order, in a block of their own that
 * takes the place of the old one; NULL without memory. */
static void *
permuted(const cc_groups *groups, void *old, size_t size,
         const int32_t *order)
{
    uint8_t *made = cc_new(groups->memory, groups->count, size);
    if (made == NULL) {
        return NULL;
    }
    for (int64_t i = 0; i < groups->count; i++) {
        memcpy(made + (size_t)i * size,
               (const uint8_t *)old + (size_t)order[i] * size, size);
    }
    cc_free(groups->memory, old);
    return made;
}

static custcap_status
permute_groups(cc_groups *groups, const int32_t *order, custcap_error *error)
{
    void *rows = permuted(groups, groups->rows, sizeof *groups->rows, order);
    if (rows == NULL) {
        return cc_no_memory(error);
    }
    groups->rows = rows;
    void *weights = permuted(groups, groups->weights,
                             sizeof *groups->weights, order);
    if (weights == NULL) {
        return cc_no_memory(error);
    }
    groups->weights = weights;
    void *first = permuted(groups, groups->first, sizeof *groups->first,
                           order);
    if (first == NULL) {
        return cc_no_memory(error);
    }
    groups->first = first;
    return CUSTCAP_OK;
}

static custcap_status
order_groups(cc_groups *groups, custcap_error *error)
{
    int32_t *order = cc_new(groups->memory, groups->count, sizeof *order);
    if (order == NULL) {
        return cc_no_memory(error);
    }
    custcap_status status = order_of(groups, order, error);
    if (status == CUSTCAP_OK) {
        status = permute_groups(groups, order, error);
    }
    cc_free(groups->memory, order);
    return status;
}

/* A row a period: those lost in it, and at the end those who stayed. */
static custcap_status
group_survivors(const custcap_model_data *data, cc_groups *groups,
                custcap_error *error)
{
    groups->rows = cc_zeros(groups->memory, data->count, sizeof(cc_row));
    groups->weights = cc_zeros(groups->memory, data->count, sizeof(double));
    groups->first = cc_zeros(groups->memory, data->count, sizeof(int32_t));
    if (groups->rows == NULL || groups->weights == NULL
        || groups->first == NULL) {
        return cc_no_memory(error);
    }
    for (int64_t i = 1; i <= data->count; i++) {
        const int last = i == data->count;
        const double lost = last ? data->survivors[i - 1]
                                 : data->survivors[i - 1]
                                       - data->survivors[i];
        if (lost > 0.0) {
            groups->rows[groups->count] = (cc_row){
                .x = (double)(last ? i - 1 : i), .T = last ? 1.0 : 0.0};
            groups->weights[groups->count++] = lost;
            groups->total += lost;
        }
    }
    return CUSTCAP_OK;
}

custcap_status
cc_groups_make(const cc_memory *memory, const cc_kind *kind,
               const custcap_model_data *data, int map, cc_groups *groups,
               custcap_error *error)
{
    assert(kind != NULL && data != NULL && groups != NULL);
    assert(data->count >= 1 && data->count <= INT32_MAX - 1);

    *groups = (cc_groups){.memory = memory};
    if ((kind->needs & CC_NEED_SURVIVORS) && !map) {
        return group_survivors(data, groups, error);
    }
    hashing of = {.kind = kind, .data = data, .groups = groups};
    of.slots = cc_zeros(memory, SLOTS_FIRST, sizeof *of.slots);
    of.mask = SLOTS_FIRST - 1;
    if (of.slots == NULL) {
        return cc_no_memory(error);
    }
    if (map) {
        groups->of_row = cc_new(memory, data->count, sizeof(int32_t));
        if (groups->of_row == NULL) {
            cc_free(memory, of.slots);
            return cc_no_memory(error);
        }
    }
    custcap_status status = group_rows(&of, map, error);
    cc_free(memory, of.slots);
    if (status == CUSTCAP_OK && !map && groups->count > 0) {
        status = order_groups(groups, error);
    }
    return status;
}

void
cc_groups_free(cc_groups *groups)
{
    assert(groups != NULL);

    cc_free(groups->memory, groups->rows);
    cc_free(groups->memory, groups->weights);
    cc_free(groups->memory, groups->first);
    cc_free(groups->memory, groups->of_row);
    *groups = (cc_groups){.memory = groups->memory};
}
