/*
 * test_segment_support.h - a ledger file of random batches, and a plain copy
 * of what was put into it.
 *
 * The copy is the yardstick: an array of facts, appended to when a batch is,
 * cut off when a transaction is rolled back, sorted with qsort when compared.
 * It knows nothing of segments.
 */
#ifndef TEST_SEGMENT_SUPPORT_H
#define TEST_SEGMENT_SUPPORT_H

#include "projection/internal.h"
#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct fact {
    int64_t kind;
    int64_t party, day, id;
    int64_t values[CC_COLUMNS_MAX];
} fact;

typedef struct bench {
    char folder[64];
    char path[96];
    cc_memory memory;
    struct custcap_error error;
    cc_store *writer;
    cc_store *reader;
    cc_cache *cache;
    uint64_t seed;
    fact *facts;
    int64_t fact_count, fact_capacity;
    int64_t committed; /* facts of committed batches */
} bench;

#define OK(b, call)                                                           \
    ck_assert_msg((call) == CUSTCAP_OK, "%s: %s", #call, (b)->error.text)

/* SplitMix64 (Steele, Lea, Flood 2014). */
static inline uint64_t
next_random(bench *b)
{
    uint64_t z = (b->seed += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static inline int64_t
below(bench *b, int64_t limit)
{
    return (int64_t)(next_random(b) % (uint64_t)limit);
}

static inline cc_store_options
store_options(bench *b, int read_only)
{
    cc_store_options options;
    memset(&options, 0, sizeof options);
    options.memory = &b->memory;
    options.read_only = read_only;
    options.busy_timeout_ms = 1000;
    options.projection_schema = "";
    options.projection_version = 1;
    return options;
}

static inline void
bench_open(bench *b, uint64_t seed)
{
    memset(b, 0, sizeof *b);
    b->seed = seed;
    const char *base = getenv("TMPDIR");
    (void)snprintf(b->folder, sizeof b->folder, "%s/segment-XXXXXX",
                   base == NULL || strlen(base) > 40 ? "/tmp" : base);
    ck_assert_ptr_nonnull(mkdtemp(b->folder));
    (void)snprintf(b->path, sizeof b->path, "%s/ledger", b->folder);
    OK(b, cc_hash_open(&b->error));
    cc_store_options options = store_options(b, 0);
    OK(b, cc_store_create(b->path, &options, "UTC", "CNY", &b->writer,
                          &b->error));
    options = store_options(b, 1);
    int rebuild = 0;
    OK(b, cc_store_open(b->path, &options, &rebuild, &b->reader, &b->error));
    OK(b, cc_cache_new(&b->memory, 0, &b->cache, &b->error));
}

static inline void
bench_close(bench *b)
{
    cc_cache_free(b->cache);
    cc_store_free(b->reader);
    cc_store_free(b->writer);
    DIR *folder = opendir(b->folder);
    struct dirent *entry = NULL;
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        char path[512];
        (void)snprintf(path, sizeof path, "%s/%s", b->folder, entry->d_name);
        (void)unlink(path);
    }
    if (folder != NULL) {
        (void)closedir(folder);
    }
    (void)rmdir(b->folder);
    free(b->facts);
}

static inline fact *
new_fact(bench *b)
{
    if (b->fact_count == b->fact_capacity) {
        b->fact_capacity = b->fact_capacity * 2 + 1024;
        b->facts = realloc(b->facts,
                           (size_t)b->fact_capacity * sizeof *b->facts);
        ck_assert_ptr_nonnull(b->facts);
    }
    fact *f = &b->facts[b->fact_count++];
    memset(f, 0, sizeof *f);
    return f;
}

/* A value that the journal allows in the field; mostly plain ones. */
static inline int64_t
random_value(bench *b, const cc_field *field, int part, int64_t texts)
{
    const int plain = below(b, 4) != 0;
    switch (field->type) {
    case CC_F_WORD:
        return plain ? 22 : below(b, INT32_MAX);
    case CC_F_PARTY:
        return plain ? 0 : below(b, INT64_C(1) << 40);
    case CC_F_DAY:
        /* Few days, so that party and day often agree. */
        return part == 0 ? 19000 + below(b, plain ? 5 : 90)
                         : (plain ? 0 : below(b, CC_DAY_MICROSECONDS));
    case CC_F_SPAN:
        return plain ? 0 : below(b, 400);
    case CC_F_DECIMAL:
        return part == 0 ? (int64_t)next_random(b) >> below(b, 60)
                         : below(b, 19);
    case CC_F_ID:
        return plain ? 0 : below(b, INT64_MAX);
    case CC_F_TEXT:
        return below(b, texts + 1);
    case CC_F_INTEGER:
        return plain ? 0 : (int64_t)next_random(b);
    default:
        return (int64_t)next_random(b) >> below(b, 60);
    }
}

static inline int
parts_of(cc_field_type type)
{
    return type == CC_F_DAY || type == CC_F_DECIMAL || type == CC_F_KEY ? 2
                                                                        : 1;
}

/* `count` rows of a large kind, of parties 1 .. parties, into the body and
 * the copy.  dull: columns that are all the same but day and amount. */
static inline void
add_rows(bench *b, cc_body *body, cc_kind kind, int64_t count,
         int64_t parties, int64_t texts, int dull)
{
    const cc_record_type *type = cc_record_type_of(kind);
    int64_t first = 0;
    if (count == 0) {
        return;
    }
    OK(b, cc_body_extend(body, kind, count, &first, &b->error));
    for (int64_t i = 0; i < count; i++) {
        fact *f = new_fact(b);
        f->kind = kind;
        for (int32_t n = 0; n < type->field_count; n++) {
            const cc_field *field = &type->fields[n];
            for (int part = 0; part < parts_of(field->type); part++) {
                const int32_t c = field->column + part;
                f->values[c] =
                    dull && field->type != CC_F_DAY &&
                            field->type != CC_F_MONEY
                        ? 0
                        : random_value(b, field, part, texts);
            }
        }
        f->values[CC_GROUPS] = 1 + below(b, parties);
        for (int32_t c = 0; c < type->column_count; c++) {
            body->rows[kind].columns[c][first + i] = f->values[c];
            if (c != CC_GROUPS && cc_segment_width(kind, c) == 0) {
                f->values[c] = 0; /* not kept */
            }
        }
        f->party = f->values[CC_GROUPS];
        f->day = f->values[CC_LARGE_DAY];
    }
}

/* Append one batch within the open write transaction. */
static inline void
append(bench *b, const int64_t counts[CC_LARGE_KINDS], int64_t parties,
       int dull)
{
    cc_body body;
    cc_buffer bytes = {.memory = &b->memory};
    cc_head head;
    const int64_t first = b->fact_count;
    const int64_t texts = dull ? 0 : below(b, 4);
    cc_body_init(&body, &b->memory);
    for (int64_t i = 0; i < texts; i++) {
        int64_t reference = 0;
        OK(b, cc_body_add_text(&body, 1, cc_text_of("some text", -1),
                               &reference, &b->error));
    }
    /* Another kind before them, so that rows don't count from 0. */
    if (!dull) {
        int64_t row = 0;
        OK(b, cc_body_extend(&body, CC_MARK, 1, &row, &b->error));
        OK(b, cc_body_extend(&body, CC_LINK, 2, &row, &b->error));
        for (int32_t c = 0; c < CC_LINK_COLUMNS; c++) {
            body.rows[CC_LINK].columns[c][0] = c + 1;
            body.rows[CC_LINK].columns[c][1] = c + 2;
        }
        for (int32_t c = 0; c < CC_MARK_COLUMNS; c++) {
            body.rows[CC_MARK].columns[c][0] = 0;
        }
    }
    for (int slot = 0; slot < CC_LARGE_KINDS; slot++) {
        add_rows(b, &body, cc_large_kind(slot), counts[slot], parties, texts,
                 dull);
    }
    OK(b, cc_body_encode(&body, &bytes, &b->error));
    OK(b, cc_journal_append(b->writer, 0, &bytes, &head, &b->error));
    int64_t seen[CC_KIND_END] = {0};
    for (int64_t i = first; i < b->fact_count; i++) {
        const cc_kind kind = (cc_kind)b->facts[i].kind;
        b->facts[i].id = cc_id(head.position,
                               cc_body_first_row(&body, kind) + seen[kind]);
        seen[kind]++;
    }
    cc_buffer_free(&bytes);
    cc_body_free(&body);
}

static inline int
compare_facts(const void *a, const void *b)
{
    const fact *l = a;
    const fact *r = b;
    if (l->kind != r->kind) {
        return l->kind < r->kind ? -1 : 1;
    }
    if (l->party != r->party) {
        return l->party < r->party ? -1 : 1;
    }
    if (l->day != r->day) {
        return l->day < r->day ? -1 : 1;
    }
    return (l->id > r->id) - (l->id < r->id);
}

/* What the accessors give for one segment, appended to `rows`; checks that
 * info and order are what the header says. */
static inline int64_t
read_segment(const cc_segment *segment, fact *rows, int64_t count)
{
    const cc_segment_info *info = cc_segment_about(segment);
    const int64_t *party = NULL;
    const int32_t *start = NULL;
    const int64_t groups = cc_segment_groups(segment, &party, &start);
    const int64_t begin = count;
    ck_assert_int_eq(start[0], 0);
    ck_assert_int_eq(start[groups], info->rows);
    ck_assert_int_eq(party[0], info->party_first);
    ck_assert_int_eq(party[groups - 1], info->party_last);
    int64_t day_first = INT64_MAX, day_last = INT64_MIN;
    int64_t id_first = INT64_MAX, id_last = INT64_MIN;
    for (int64_t g = 0; g < groups; g++) {
        ck_assert_int_lt(start[g], start[g + 1]);
        ck_assert(g == 0 || party[g - 1] < party[g]);
        for (int64_t i = start[g]; i < start[g + 1]; i++) {
            fact *f = &rows[count++];
            memset(f, 0, sizeof *f);
            f->kind = info->kind;
            f->party = party[g];
            f->values[CC_GROUPS] = party[g];
            for (int32_t c = 1; c < CC_COLUMNS_MAX; c++) {
                const int width = cc_segment_width(info->kind, c);
                if (width == 0) {
                    continue;
                }
                const void *at = cc_segment_values(segment, c, start[g]);
                const int64_t k = i - start[g];
                const int64_t value = width == 4 ? ((const int32_t *)at)[k]
                                                 : ((const int64_t *)at)[k];
                int64_t constant = 0;
                if (cc_segment_constant(segment, c, &constant)) {
                    ck_assert_int_eq(constant, value);
                }
                if (c == CC_SEGMENT_ID) {
                    f->id = value;
                } else {
                    f->values[c] = value;
                }
            }
            f->day = f->values[CC_LARGE_DAY];
            day_first = f->day < day_first ? f->day : day_first;
            day_last = f->day > day_last ? f->day : day_last;
            id_first = f->id < id_first ? f->id : id_first;
            id_last = f->id > id_last ? f->id : id_last;
            ck_assert(count - 1 == begin || compare_facts(f - 1, f) < 0);
        }
    }
    ck_assert_int_eq(day_first, info->day_first);
    ck_assert_int_eq(day_last, info->day_last);
    ck_assert_int_eq(id_first, info->id_first);
    ck_assert_int_eq(id_last, info->id_last);
    return count;
}

/* Runs must be what run_start says, their segments disjoint. */
static inline void
check_runs(const cc_directory *d)
{
    ck_assert_int_eq(d->run_start[0], 0);
    ck_assert_int_eq(d->run_start[d->run_count], d->segment_count);
    for (int64_t r = 0; r < d->run_count; r++) {
        ck_assert_int_lt(d->run_start[r], d->run_start[r + 1]);
        for (int64_t i = d->run_start[r] + 1; i < d->run_start[r + 1]; i++) {
            const cc_segment_info *l = cc_segment_about(d->segments[i - 1]);
            const cc_segment_info *n = cc_segment_about(d->segments[i]);
            ck_assert_int_eq(l->run, n->run);
            ck_assert_int_lt(l->party_last, n->party_first);
        }
    }
}

/* Do the directories of this store's transaction hold exactly the first
 * `expected` facts? */
static inline void
check_rows(bench *b, cc_store *store, int64_t expected, int32_t threads)
{
    fact *want = malloc((size_t)(expected + 1) * sizeof *want);
    fact *have = malloc((size_t)(expected + 1) * sizeof *have);
    int64_t count = 0;
    ck_assert(want != NULL && have != NULL);
    if (expected > 0) {
        memcpy(want, b->facts, (size_t)expected * sizeof *want);
    }
    for (int slot = 0; slot < CC_LARGE_KINDS; slot++) {
        cc_directory *d = NULL;
        OK(b, cc_directory_open(b->cache, store, cc_large_kind(slot), &d,
                                &b->error));
        check_runs(d);
        OK(b, cc_directory_need(d, store,
                                cc_kept_columns(cc_large_kind(slot)),
                                INT64_MIN, INT64_MAX, threads, &b->error));
        for (int64_t i = 0; i < d->segment_count; i++) {
            ck_assert_int_le(count + cc_segment_about(d->segments[i])->rows,
                             expected);
            count = read_segment(d->segments[i], have, count);
        }
        cc_directory_free(d);
    }
    ck_assert_int_eq(count, expected);
    qsort(want, (size_t)expected, sizeof *want, compare_facts);
    qsort(have, (size_t)expected, sizeof *have, compare_facts);
    for (int64_t i = 0; i < expected; i++) {
        ck_assert_msg(memcmp(&want[i], &have[i], sizeof *want) == 0,
                      "row %d of %d differs: kind %d, party %d", (int)i,
                      (int)expected, (int)want[i].kind, (int)want[i].party);
    }
    free(want);
    free(have);
}

/* One kind's rows in the fewest words: a batch of entries. */
static inline void
append_entries(bench *b, int64_t count, int64_t parties, int dull)
{
    const int64_t counts[CC_LARGE_KINDS] = {0, count, 0};
    append(b, counts, parties, dull);
}

static inline void
commit(bench *b)
{
    OK(b, cc_store_commit(b->writer, &b->error));
    b->committed = b->fact_count;
}

static inline void
seal(bench *b, int64_t segment_rows, int64_t chunk_rows)
{
    const cc_seal_sizes sizes = {segment_rows, chunk_rows, CC_RUNS_MAX};
    OK(b, cc_seal_tail_sized(b->writer, &sizes, 2, NULL, NULL, &b->error));
}

static inline int
merge(bench *b, int64_t segment_rows, int32_t runs_max, int64_t budget)
{
    const cc_seal_sizes sizes = {segment_rows, 1 << 20, runs_max};
    int more = -1;
    OK(b, cc_seal_merge_sized(b->writer, &sizes, budget, 2, NULL, NULL, &more,
                              &b->error));
    ck_assert(more == 0 || more == 1);
    return more;
}

#endif
