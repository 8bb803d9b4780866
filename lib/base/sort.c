/*
 * sort.c - the order of a large column of 64-bit keys.
 *
 * Why here:   sealing a segment and importing sort by (party, day) and by
 *             key hash, tens of millions at a time.
 * Method:     keys are squeezed to the bits in which they differ; those and
 *             the row number usually fit one 64-bit word.  One pass over
 *             memory spreads the words by their highest digit into buckets
 *             that fit the processor's cache; there an LSD radix sort, which
 *             is stable, orders each.  Where key and row don't fit a word,
 *             the high part of the key goes first, and runs equal in it are
 *             sorted by the rest.
 * Invariants: the order is by (key, row); keys are not changed.  Words are
 *             distinct, since each ends in its row: to compare words is to
 *             compare (key, row).
 * Threads:    pure function of its arguments.
 */
#include "sort.h"
#include <assert.h>
#include <string.h>

enum {
    SMALL_COUNT = 48,     /* below this insertion is faster */
    BUCKET_COUNT = 8192,  /* words in a bucket, about: 64 KiB */
    TOP_BITS_MAX = 11,    /* more buckets would thrash the TLB */
    DIGIT_BITS_MAX = 11,
    DIGIT_BITS_FEW = 8,   /* for runs shorter than 2,048 words */
    DIGITS_MAX = 8,       /* 64 bits in digits of at least 8 */
    RUNS_MAX = 4
};

/* Which bits of a key count: up to four runs of them, lowest first. */
typedef struct squeeze {
    int runs;
    int bits; /* in all */
    int shift[RUNS_MAX];
    int place[RUNS_MAX];
    uint64_t mask[RUNS_MAX];
} squeeze;

typedef struct sorter {
    const uint64_t *keys;
    int64_t count;
    squeeze key;
    int row_bits;
    int high_bits; /* of the squeezed key beside the row */
    int low_bits;  /* the rest */
    uint64_t *words;
    uint64_t *spare; /* as many as the largest bucket has */
    uint32_t *counts;
    int32_t *order;
} sorter;

static int
bit_length(uint64_t value)
{
    return value == 0 ? 0 : 64 - __builtin_clzll(value);
}

static uint64_t
low_mask(int bits)
{
    return bits == 64 ? UINT64_MAX : (UINT64_C(1) << bits) - 1;
}

/* The runs of ones in `differ`; what comes after the third is one run. */
static squeeze
squeeze_of(uint64_t differ)
{
    assert(differ != 0);

    squeeze s = {0};
    while (differ != 0) {
        const int shift = __builtin_ctzll(differ);
        const uint64_t rest = differ >> shift;
        const int bits = s.runs == RUNS_MAX - 1 || rest == UINT64_MAX
                             ? bit_length(rest)
                             : __builtin_ctzll(~rest);
        s.shift[s.runs] = shift;
        s.place[s.runs] = s.bits;
        s.mask[s.runs] = low_mask(bits);
        s.bits += bits;
        s.runs++;
        differ = shift + bits == 64 ? 0 : differ >> (shift + bits)
                                              << (shift + bits);
    }
    assert(s.runs <= RUNS_MAX && s.bits <= 64);
    return s;
}

static inline uint64_t
squeezed(const squeeze *s, uint64_t key)
{
    uint64_t value = key >> s->shift[0] & s->mask[0];
    for (int i = 1; i < s->runs; i++) {
        value |= (key >> s->shift[i] & s->mask[i]) << s->place[i];
    }
    return value;
}

/* The word of a row by the high part of its key. */
static inline uint64_t
high_word(const sorter *s, int64_t row)
{
    return squeezed(&s->key, s->keys[row]) >> s->low_bits << s->row_bits |
           (uint64_t)row;
}

static void
sort_few(uint64_t *words, int64_t count)
{
    assert(count <= SMALL_COUNT);
    for (int64_t i = 1; i < count; i++) {
        const uint64_t word = words[i];
        int64_t k = i;
        while (k > 0 && words[k - 1] > word) {
            words[k] = words[k - 1];
            k--;
        }
        words[k] = word;
    }
}

/* Counts to starts.  True when one digit has all, so that a pass by it
 * would move nothing. */
static int
to_starts(uint32_t *counts, int64_t digits, int64_t count)
{
    uint32_t start = 0;
    for (int64_t i = 0; i < digits; i++) {
        const uint32_t here = counts[i];
        if (here == (uint64_t)count) {
            return 1;
        }
        counts[i] = start;
        start += here;
    }
    assert(start == (uint64_t)count);
    return 0;
}

/* LSD radix sort in place of words by `bits` bits above the row number. */
static void
sort_words(const sorter *s, uint64_t *words, int64_t count, int bits)
{
    assert(bits >= 0 && bits + s->row_bits <= 64);

    if (count <= SMALL_COUNT) {
        sort_few(words, count);
        return;
    }
    const int most = count < 2048 ? DIGIT_BITS_FEW : DIGIT_BITS_MAX;
    const int passes = (bits + most - 1) / most;
    const int width = passes == 0 ? 0 : (bits + passes - 1) / passes;
    const int64_t digits = INT64_C(1) << width;
    const uint64_t mask = (uint64_t)digits - 1;
    memset(s->counts, 0, (size_t)(passes * digits) * sizeof *s->counts);
    for (int64_t i = 0; i < count; i++) {
        uint64_t word = words[i] >> s->row_bits;
        for (int p = 0; p < passes; p++, word >>= width) {
            s->counts[p * digits + (int64_t)(word & mask)]++;
        }
    }

    uint64_t *from = words, *to = s->spare;
    for (int p = 0; p < passes; p++) {
        uint32_t *starts = s->counts + p * digits;
        if (to_starts(starts, digits, count)) {
            continue;
        }
        const int shift = s->row_bits + p * width;
        for (int64_t i = 0; i < count; i++) {
            to[starts[from[i] >> shift & mask]++] = from[i];
        }
        uint64_t *swap = from;
        from = to;
        to = swap;
    }
    if (from != words) {
        memcpy(words, from, (size_t)count * sizeof *words);
    }
}

/* Words sorted by the high part: sort each run equal in it by the low. */
static void
sort_ties(const sorter *s, uint64_t *words, int64_t count)
{
    assert(s->low_bits > 0 && s->low_bits + s->row_bits <= 64);

    const uint64_t row_mask = low_mask(s->row_bits);
    int64_t end = 0;
    for (int64_t start = 0; start < count; start = end) {
        const uint64_t high = words[start] >> s->row_bits;
        end = start + 1;
        while (end < count && words[end] >> s->row_bits == high) {
            end++;
        }
        if (end - start == 1) {
            continue;
        }
        for (int64_t i = start; i < end; i++) {
            const uint64_t row = words[i] & row_mask;
            const uint64_t key = squeezed(&s->key, s->keys[row]);
            words[i] = (key & low_mask(s->low_bits)) << s->row_bits | row;
        }
        sort_words(s, words + start, end - start, s->low_bits);
    }
}

static void
sort_bucket(const sorter *s, int64_t start, int64_t count, int bits)
{
    assert(start >= 0 && count >= 0);

    uint64_t *words = s->words + start;
    sort_words(s, words, count, bits);
    if (s->low_bits > 0) {
        sort_ties(s, words, count);
    }
    const uint64_t row_mask = low_mask(s->row_bits);
    for (int64_t i = 0; i < count; i++) {
        s->order[start + i] = (int32_t)(words[i] & row_mask);
    }
}

/* Spread into buckets by the highest `top_bits`; ends[d] is then the end of
 * bucket d.  Gives the size of the largest. */
static int64_t
spread(const sorter *s, int top_bits, uint32_t *ends)
{
    assert(top_bits <= TOP_BITS_MAX);

    const int64_t digits = INT64_C(1) << top_bits;
    const int shift = s->row_bits + s->high_bits - top_bits;
    const uint64_t mask = (uint64_t)digits - 1;
    memset(ends, 0, (size_t)digits * sizeof *ends);
    for (int64_t i = 0; i < s->count; i++) {
        /* Shifted by less than 64: top_bits is 1 or more here, or there is
         * but one bucket. */
        ends[top_bits == 0 ? 0 : high_word(s, i) >> shift & mask]++;
    }
    int64_t largest = 0;
    uint32_t start = 0;
    for (int64_t d = 0; d < digits; d++) {
        const uint32_t here = ends[d];
        largest = here > largest ? here : largest;
        ends[d] = start;
        start += here;
    }
    for (int64_t i = 0; i < s->count; i++) {
        const uint64_t word = high_word(s, i);
        s->words[ends[top_bits == 0 ? 0 : word >> shift & mask]++] = word;
    }
    return largest;
}

/* All after the words and the counters are there. */
static custcap_status
sort_buckets(const cc_memory *memory, sorter *s, custcap_error *error)
{
    assert(s->words != NULL);
    assert(s->counts != NULL);

    int top_bits = bit_length((uint64_t)(s->count / BUCKET_COUNT));
    top_bits = top_bits > TOP_BITS_MAX ? TOP_BITS_MAX : top_bits;
    top_bits = top_bits > s->high_bits ? s->high_bits : top_bits;
    uint32_t *ends = s->counts + (DIGITS_MAX << DIGIT_BITS_MAX);
    const int64_t largest = spread(s, top_bits, ends);
    s->spare = cc_new(memory, largest, sizeof *s->spare);
    cc_hint_large(s->spare, largest * (int64_t)sizeof *s->spare);
    if (s->spare == NULL) {
        return cc_no_memory(error);
    }
    int64_t start = 0;
    for (int64_t d = 0; d < INT64_C(1) << top_bits; d++) {
        sort_bucket(s, start, ends[d] - start, s->high_bits - top_bits);
        start = ends[d];
    }
    assert(start == s->count);
    cc_free(memory, s->spare);
    return CUSTCAP_OK;
}

/* The bits in which keys differ, 0 also when they are in order already. */
static uint64_t
differing_bits(const uint64_t *keys, int64_t count)
{
    assert(keys != NULL);
    assert(count > 0);

    uint64_t differ = 0;
    int descents = 0;
    for (int64_t i = 1; i < count; i++) {
        differ |= keys[i] ^ keys[0];
        descents |= keys[i] < keys[i - 1];
    }
    return descents ? differ : 0;
}

static void
sort_small(const uint64_t *keys, int64_t count, int32_t *order)
{
    assert(count <= SMALL_COUNT);
    for (int64_t i = 0; i < count; i++) {
        int64_t k = i;
        while (k > 0 && keys[order[k - 1]] > keys[i]) {
            order[k] = order[k - 1];
            k--;
        }
        order[k] = (int32_t)i;
    }
}

custcap_status
cc_sort_u64(const cc_memory *memory, const uint64_t *keys, int64_t count,
            int32_t *order, custcap_error *error)
{
    assert(count >= 0 && count <= INT32_MAX);
    assert((keys != NULL && order != NULL) || count == 0);

    if (count <= SMALL_COUNT) {
        sort_small(keys, count, order);
        return CUSTCAP_OK;
    }
    const uint64_t differ = differing_bits(keys, count);
    if (differ == 0) {
        for (int64_t i = 0; i < count; i++) {
            order[i] = (int32_t)i;
        }
        return CUSTCAP_OK;
    }
    sorter s = {
        .keys = keys,
        .count = count,
        .key = squeeze_of(differ),
        .row_bits = bit_length((uint64_t)count - 1),
        .order = order,
    };
    const int room = 64 - s.row_bits;
    s.high_bits = s.key.bits < room ? s.key.bits : room;
    s.low_bits = s.key.bits - s.high_bits;
    s.words = cc_new(memory, count, sizeof *s.words);
    cc_hint_large(s.words, count * (int64_t)sizeof *s.words);
    s.counts = cc_new(memory, (DIGITS_MAX + 1) << DIGIT_BITS_MAX,
                      sizeof *s.counts);
    const custcap_status status = s.words == NULL || s.counts == NULL
                                      ? cc_no_memory(error)
                                      : sort_buckets(memory, &s, error);
    cc_free(memory, s.counts);
    cc_free(memory, s.words);
    return status;
}
