/*
 * test_kernel_fake.h - a ledger in memory, for the tests of the kernels.
 *
 * Stands in for views, cursors and words, so that a test says its entries in
 * a line each, runs thousands of random ledgers a second, and can let any
 * allocation fail.  Included once by each test program: its definitions win
 * over the library's, which the linker then leaves in the archive.
 *
 * Parties are numbers from 1 (1 is the company itself); their keys are
 * "p0002" and so on, but shown in the order of `place` where it is set.
 * Days are counted from 1970-01-01; helpers make them from dates.
 */
#ifndef TEST_KERNEL_FAKE_H
#define TEST_KERNEL_FAKE_H

#include "kernels/kernels.h"
#include "snapshot/relations.h"

#include <check.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Words of the fake vocabulary. */
enum {
    W_CNY = 500, W_USD,
    W_COFFEE = 600, W_MACHINE, W_TEA,
    /* code bytes: "ads" < "paid" < "paid.search" < "walk-in" */
    W_ADS = 620, W_SEARCH, W_WALK_IN,
    W_NEXT = 640
};

typedef struct fake_entry {
    int64_t party;
    int32_t day;
    int64_t time;
    int32_t span;
    int32_t code;
    int32_t unit;
    int64_t amount;
    int32_t line, channel;
    int64_t ref, id;
} fake_entry;

typedef struct fake_relation {
    int64_t party, other, day, time, until, until_time;
    int64_t known_from, known_to; /* known_to 0: current */
    int64_t type;
} fake_relation;

struct cc_store {
    sqlite3 *db;
    sqlite3_stmt *statement;
};

struct cc_words {
    int32_t nothing;
};

/* How many there may be, and how many there are until fake_show says so. */
enum { FAKE_PARTIES = 40000, FAKE_SHOWN = 300 };

struct cc_view {
    cc_memory memory;
    cc_moment moment;
    int32_t threads;
    fake_entry *entries;
    int64_t count, capacity;
    cc_store store;
    cc_words words;
    int64_t merged[FAKE_PARTIES]; /* party -> survivor, 0: itself */
    cc_parties parties;
    int32_t rank[FAKE_PARTIES + 1];
    int32_t party_at[FAKE_PARTIES];
    int64_t cancel_after; /* progress calls; 0: never */
    int64_t progress_calls;
    _Atomic int64_t allocations;
    _Atomic int64_t live;
    int64_t fail_at; /* allocation from 1; 0: none */
    cc_relations relations; /* read again by every question */
};

/* ---- memory ---- */

static void *
fake_allocate(void *context, void *old, uint64_t size)
{
    struct cc_view *view = context;
    if (size == 0) {
        if (old != NULL) {
            atomic_fetch_sub(&view->live, 1);
        }
        free(old);
        return NULL;
    }
    const int64_t n = atomic_fetch_add(&view->allocations, 1) + 1;
    if (view->fail_at != 0 && n == view->fail_at) {
        return NULL;
    }
    void *block = realloc(old, (size_t)size);
    if (block != NULL && old == NULL) {
        atomic_fetch_add(&view->live, 1);
    }
    return block;
}

/* ---- views ---- */

const cc_memory *
cc_view_memory(const cc_view *view)
{
    return &view->memory;
}

const cc_moment *
cc_view_moment(const cc_view *view)
{
    return &view->moment;
}

int32_t
cc_view_threads(const cc_view *view)
{
    return view->threads;
}

cc_store *
cc_view_store(cc_view *view)
{
    return &view->store;
}

cc_words *
cc_view_words(cc_view *view)
{
    return &view->words;
}

custcap_status
cc_view_progress(cc_view *view, int64_t done, int64_t total,
                 custcap_error *error)
{
    ck_assert(total == 0 || done <= total);
    view->progress_calls++;
    if (view->cancel_after != 0
        && view->progress_calls >= view->cancel_after) {
        return cc_fail(error, CUSTCAP_CANCELLED, "stopped");
    }
    return CUSTCAP_OK;
}

int64_t
cc_view_resolve(const cc_view *view, int64_t party)
{
    const int64_t to = party < FAKE_PARTIES ? view->merged[party] : 0;
    return to == 0 ? party : to;
}

custcap_status
cc_view_parties(cc_view *view, const cc_parties **parties,
                custcap_error *error)
{
    (void)error;
    *parties = &view->parties;
    return CUSTCAP_OK;
}

/* ---- words ---- */

int64_t
cc_words_next(const cc_words *words)
{
    (void)words;
    return W_NEXT;
}

int64_t
cc_words_list(const cc_words *words, cc_word_kind kind, int64_t *numbers,
              int64_t room)
{
    static const int64_t CHANNELS[] = {CC_CHANNEL_PAID, W_ADS, W_SEARCH,
                                       W_WALK_IN};
    const int64_t count = kind == CC_W_CHANNEL ? 4 : 0;
    (void)words;
    for (int64_t i = 0; i < count && i < room; i++) {
        numbers[i] = CHANNELS[i];
    }
    return count;
}

int
cc_words_is_a(const cc_words *words, int64_t word, int64_t ancestor)
{
    (void)words;
    return word == ancestor
           || (ancestor == CC_CHANNEL_PAID
               && (word == W_ADS || word == W_SEARCH));
}

int64_t
cc_words_find(const cc_words *words, cc_word_kind kind, cc_text code)
{
    (void)words, (void)kind, (void)code;
    return 0;
}

int
cc_words_meaning(const cc_words *words, int64_t word, int64_t position,
                 int32_t day, cc_meaning *meaning)
{
    (void)words, (void)word, (void)position, (void)day, (void)meaning;
    return 0;
}

int32_t
cc_words_scale(const cc_words *words, int64_t unit)
{
    (void)words, (void)unit;
    return 2;
}

cc_text
cc_words_code(const cc_words *words, int64_t word)
{
    (void)words;
    return cc_text_of(word == W_ADS             ? "ads"
                      : word == CC_CHANNEL_PAID ? "paid"
                      : word == W_SEARCH        ? "paid.search"
                      : word == W_WALK_IN       ? "walk-in"
                                                : "",
                      -1);
}

custcap_status
cc_codes_of_book(cc_view *view, int64_t book, int64_t **codes,
                 int32_t *count, custcap_error *error)
{
    ck_assert_int_eq(book, CC_BOOK_REVENUE);
    *codes = cc_new(&view->memory, 1, sizeof **codes);
    if (*codes == NULL) {
        return cc_no_memory(error);
    }
    (*codes)[0] = CC_CODE_REVENUE;
    *count = 1;
    return CUSTCAP_OK;
}

/* ---- the store: only the relations ---- */

custcap_status
cc_store_prepare(cc_store *store, const char *sql, sqlite3_stmt **statement,
                 custcap_error *error)
{
    if (store->statement == NULL
        && sqlite3_prepare_v2(store->db, sql, -1, &store->statement, NULL)
               != SQLITE_OK) {
        return cc_fail(error, CUSTCAP_INTERNAL, "%s",
                       sqlite3_errmsg(store->db));
    }
    sqlite3_reset(store->statement);
    sqlite3_clear_bindings(store->statement);
    *statement = store->statement;
    return CUSTCAP_OK;
}

custcap_status
cc_store_fail(cc_store *store, int code, const char *doing,
              custcap_error *error)
{
    return cc_fail(error, CUSTCAP_INTERNAL, "%s: %d %s", doing, code,
                   sqlite3_errmsg(store->db));
}

static void
fake_forget(cc_view *view)
{
    if (view->relations.memory != NULL) {
        cc_relations_free(&view->relations);
    }
}

custcap_status
cc_view_relations(cc_view *view, int64_t type, const cc_relations **relations,
                  custcap_error *error)
{
    fake_forget(view);
    *relations = &view->relations;
    return cc_relations_read(&view->store, &view->memory, type,
                             &view->relations, error);
}

int64_t
cc_view_merged_count(const cc_view *view)
{
    int64_t count = 0;
    for (int64_t i = 0; i < FAKE_PARTIES; i++) {
        count += view->merged[i] != 0;
    }
    return count;
}

/* ---- plans and cursors ---- */

int
cc_segment_width(cc_kind kind, int32_t column)
{
    (void)kind;
    switch (column) {
    case CC_ENTRY_TIME:
    case CC_ENTRY_AMOUNT:
    case CC_ENTRY_REF:
    case CC_SEGMENT_ID:
        return 8;
    default:
        return 4;
    }
}

struct cc_plan {
    cc_view *view;
    uint32_t mask;
    int32_t parts;
    int64_t groups;  /* parties */
    int32_t *start;  /* groups + 1 */
    int64_t *parties;
    int64_t count;
    fake_entry *rows;
    int32_t any, first, last;
    int32_t *narrow[CC_COLUMNS_MAX];
    int64_t *wide[CC_COLUMNS_MAX];
};

struct cc_cursor {
    const cc_plan *plan;
    int64_t at, end;
};

static int
fake_order(const void *a, const void *b)
{
    const fake_entry *x = a, *y = b;
    if (x->party != y->party) {
        return x->party < y->party ? -1 : 1;
    }
    if (x->day != y->day) {
        return x->day < y->day ? -1 : 1;
    }
    return x->id < y->id ? -1 : x->id > y->id;
}

static int
fake_holds(const int64_t *list, int32_t count, int64_t value)
{
    int found = count == 0;
    for (int32_t i = 0; i < count; i++) {
        found |= list[i] == value;
    }
    return found;
}

static int
fake_passes(const cc_view *view, const fake_entry *entry,
            const cc_filter *filter)
{
    return fake_holds(filter->codes, filter->code_count, entry->code)
           && (filter->unit == 0 || filter->unit == entry->unit)
           && fake_holds(filter->lines, filter->line_count, entry->line)
           && fake_holds(filter->channels, filter->channel_count,
                         entry->channel)
           && (filter->party == 0 || filter->party == entry->party)
           && (filter->with_us || entry->party != CC_US)
           && entry->day <= view->moment.as_of_day;
}

static void
fake_columns(cc_plan *plan)
{
    for (int32_t c = 0; c < CC_COLUMNS_MAX; c++) {
        if (!(plan->mask >> c & 1)) {
            continue;
        }
        const size_t room = (size_t)plan->count + 1;
        plan->narrow[c] = calloc(room, sizeof(int32_t));
        plan->wide[c] = calloc(room, sizeof(int64_t));
        for (int64_t i = 0; i < plan->count; i++) {
            const fake_entry *e = &plan->rows[i];
            const int64_t v = c == CC_ENTRY_DAY       ? e->day
                              : c == CC_ENTRY_TIME    ? e->time
                              : c == CC_ENTRY_SPAN    ? e->span
                              : c == CC_ENTRY_AMOUNT  ? e->amount
                              : c == CC_ENTRY_UNIT    ? e->unit
                              : c == CC_ENTRY_LINE    ? e->line
                              : c == CC_ENTRY_CHANNEL ? e->channel
                              : c == CC_ENTRY_REF     ? e->ref
                                                      : e->id;
            plan->narrow[c][i] = (int32_t)v;
            plan->wide[c][i] = v;
        }
    }
}

custcap_status
cc_plan_open(cc_view *view, cc_kind kind, uint32_t mask,
             const cc_filter *filter, int32_t parts_max, cc_plan **plan,
             custcap_error *error)
{
    ck_assert_int_eq(kind, CC_ENTRY);
    ck_assert_int_gt(filter->code_count, 0);
    (void)error;
    cc_plan *made = calloc(1, sizeof *made);
    made->view = view;
    made->mask = mask;
    made->rows = calloc((size_t)view->count + 1, sizeof *made->rows);
    for (int64_t i = 0; i < view->count; i++) {
        fake_entry entry = view->entries[i];
        /* Bounds are those of all rows, before filters. */
        if (!made->any || entry.day < made->first) {
            made->first = entry.day;
        }
        if (!made->any || entry.day > made->last) {
            made->last = entry.day;
        }
        made->any = 1;
        entry.party = cc_view_resolve(view, entry.party);
        if (fake_passes(view, &entry, filter)) {
            made->rows[made->count++] = entry;
        }
    }
    qsort(made->rows, (size_t)made->count, sizeof *made->rows, fake_order);
    made->start = calloc((size_t)made->count + 1, sizeof *made->start);
    made->parties = calloc((size_t)made->count + 1, sizeof *made->parties);
    for (int64_t i = 0; i < made->count; i++) {
        if (i == 0 || made->rows[i].party != made->rows[i - 1].party) {
            made->parties[made->groups] = made->rows[i].party;
            made->start[made->groups++] = (int32_t)i;
        }
    }
    made->start[made->groups] = (int32_t)made->count;
    made->parts = made->groups < parts_max ? (int32_t)made->groups
                                           : parts_max;
    fake_columns(made);
    *plan = made;
    return CUSTCAP_OK;
}

void
cc_plan_close(cc_plan *plan)
{
    for (int32_t c = 0; c < CC_COLUMNS_MAX; c++) {
        free(plan->narrow[c]);
        free(plan->wide[c]);
    }
    free(plan->rows);
    free(plan->start);
    free(plan->parties);
    free(plan);
}

int32_t
cc_plan_parts(const cc_plan *plan)
{
    return plan->parts;
}

int64_t
cc_plan_party_bound(const cc_plan *plan, int32_t part)
{
    /* A bound, not the count: one more. */
    return plan->groups * (part + 1) / plan->parts
           - plan->groups * part / plan->parts + 1;
}

int
cc_plan_days(const cc_plan *plan, int32_t *first, int32_t *last)
{
    *first = plan->first;
    *last = plan->last;
    return plan->any;
}

custcap_status
cc_cursor_open(cc_plan *plan, int32_t part, cc_cursor **cursor,
               custcap_error *error)
{
    *cursor = cc_new(&plan->view->memory, 1, sizeof **cursor);
    if (*cursor == NULL) {
        return cc_no_memory(error);
    }
    (*cursor)->plan = plan;
    (*cursor)->at = plan->groups * part / plan->parts;
    (*cursor)->end = plan->groups * (part + 1) / plan->parts;
    return CUSTCAP_OK;
}

void
cc_cursor_close(cc_cursor *cursor)
{
    cc_free(&cursor->plan->view->memory, cursor);
}

custcap_status
cc_cursor_next(cc_cursor *cursor, cc_slice *slice, int *more,
               custcap_error *error)
{
    const cc_plan *plan = cursor->plan;
    (void)error;
    *more = cursor->at < cursor->end;
    if (!*more) {
        return CUSTCAP_OK;
    }
    const int64_t from = plan->start[cursor->at++];
    memset(slice, 0, sizeof *slice);
    slice->party = plan->rows[from].party;
    slice->count = plan->start[cursor->at] - from;
    for (int32_t c = 0; c < CC_COLUMNS_MAX; c++) {
        if (plan->mask >> c & 1) {
            slice->columns[c] = cc_segment_width(CC_ENTRY, c) == 4
                                    ? (const void *)(plan->narrow[c] + from)
                                    : (const void *)(plan->wide[c] + from);
        }
    }
    return CUSTCAP_OK;
}

/* Blocks of up to 5 parties, so that there are several; the tests of cursors
 * look at real ones. */
custcap_status
cc_cursor_next_block(cc_cursor *cursor, cc_block *block, int *more,
                     custcap_error *error)
{
    const cc_plan *plan = cursor->plan;
    (void)error;
    *more = cursor->at < cursor->end;
    if (!*more) {
        return CUSTCAP_OK;
    }
    const int64_t left = cursor->end - cursor->at;
    memset(block, 0, sizeof *block);
    block->count = left < 5 ? left : 5;
    block->party = plan->parties + cursor->at;
    block->start = plan->start + cursor->at;
    const int64_t from = block->start[0];
    block->rows = block->start[block->count] - from;
    for (int32_t c = 0; c < CC_COLUMNS_MAX; c++) {
        if (!(plan->mask >> c & 1)) {
            continue;
        }
        block->columns[c] = cc_segment_width(CC_ENTRY, c) == 4
                                ? (const void *)(plan->narrow[c] + from)
                                : (const void *)(plan->wide[c] + from);
        int same = 1;
        for (int64_t i = 0; i < block->rows; i++) {
            same &= plan->wide[c][from + i] == plan->wide[c][from];
        }
        block->same |= (uint32_t)same << c;
    }
    cursor->at += block->count;
    return CUSTCAP_OK;
}

void
cc_block_slice(const cc_block *block, int64_t i, cc_kind kind,
               cc_slice *slice)
{
    const int64_t row = block->start[i] - block->start[0];
    memset(slice, 0, sizeof *slice);
    slice->party = block->party[i];
    slice->count = block->start[i + 1] - block->start[i];
    for (int32_t c = 0; c < CC_COLUMNS_MAX; c++) {
        if (block->columns[c] != NULL) {
            slice->columns[c] = (const char *)block->columns[c]
                                + row * cc_segment_width(kind, c);
        }
    }
}

/* ---- making one ---- */

/* Display order: place[i] is the party shown i-th, all 1 .. count. */
static inline void
fake_show(cc_view *view, const int32_t *place, int32_t count)
{
    cc_dictionary_free(view->parties.names);
    cc_memory plain = {0};
    cc_dictionary_builder builder = {.memory = &plain};
    for (int32_t i = 0; i < count; i++) {
        char name[16];
        snprintf(name, sizeof name, "p%04d", (int)place[i]);
        ck_assert_int_lt(place[i], FAKE_PARTIES);
        ck_assert_int_eq(cc_dictionary_add(&builder, cc_text_of(name, -1),
                                           NULL, NULL),
                         CUSTCAP_OK);
        view->rank[place[i]] = i;
        view->party_at[i] = place[i];
    }
    view->parties = (cc_parties){.party_count = count, .rank = view->rank,
                                 .party = view->party_at};
    ck_assert_int_eq(cc_dictionary_finish(&builder, &view->parties.names,
                                          NULL),
                     CUSTCAP_OK);
}

static inline cc_view *
fake_new(int32_t threads)
{
    cc_view *view = calloc(1, sizeof *view);
    view->memory = (cc_memory){fake_allocate, view};
    view->threads = threads;
    view->moment = (cc_moment){.position = 1000, .as_of_day = CC_DAY_MAX};
    ck_assert_int_eq(sqlite3_open(":memory:", &view->store.db), SQLITE_OK);
    ck_assert_int_eq(
        sqlite3_exec(view->store.db,
                     "CREATE TABLE relation(party, type, other, day, time,"
                     " until, until_time, weight, weight_scale, id,"
                     " known_from, known_to)",
                     NULL, NULL, NULL),
        SQLITE_OK);
    int32_t place[FAKE_SHOWN];
    for (int32_t i = 0; i < FAKE_SHOWN; i++) {
        place[i] = i + 1;
    }
    fake_show(view, place, FAKE_SHOWN);
    return view;
}

static inline void
fake_free(cc_view *view)
{
    cc_dictionary_free(view->parties.names);
    fake_forget(view);
    sqlite3_finalize(view->store.statement);
    sqlite3_close(view->store.db);
    ck_assert_int_eq(atomic_load(&view->live), 0); /* nothing is leaked */
    free(view->entries);
    free(view);
}

/* Gives the new entry for further settings. */
static inline fake_entry *
fake_add(cc_view *view, int64_t party, int32_t day, int64_t amount)
{
    if (view->count == view->capacity) {
        view->capacity = view->capacity == 0 ? 64 : 2 * view->capacity;
        view->entries = realloc(view->entries, (size_t)view->capacity
                                                   * sizeof(fake_entry));
    }
    fake_entry *entry = &view->entries[view->count];
    *entry = (fake_entry){
        .party = party, .day = day, .amount = amount,
        .code = CC_CODE_REVENUE, .unit = W_CNY, .id = cc_id(view->count + 1,
                                                            0)};
    view->count++;
    return entry;
}

/* Spread over [day, end). */
static inline fake_entry *
fake_span(cc_view *view, int64_t party, int32_t day, int32_t end,
          int64_t amount)
{
    fake_entry *entry = fake_add(view, party, day, amount);
    entry->span = end - day + 1;
    return entry;
}

static inline void
fake_relate(cc_view *view, const fake_relation *r)
{
    char sql[512];
    snprintf(sql, sizeof sql,
             "INSERT INTO relation VALUES(%lld, %lld, %lld, %lld, %lld,"
             " %lld, %lld, 0, 0, 0, %lld, nullif(%lld, 0))",
             (long long)r->party,
             (long long)(r->type == 0 ? CC_RELATION_REFERRED_BY : r->type),
             (long long)r->other, (long long)r->day, (long long)r->time,
             (long long)r->until, (long long)r->until_time,
             (long long)r->known_from, (long long)r->known_to);
    ck_assert_int_eq(sqlite3_exec(view->store.db, sql, NULL, NULL, NULL),
                     SQLITE_OK);
}

/* referred-by, from a day on, still so. */
static inline void
fake_refer(cc_view *view, int64_t party, int64_t referrer, int32_t day)
{
    const fake_relation r = {.party = party, .other = referrer, .day = day,
                             .until = CC_NONE, .until_time = CC_NONE,
                             .known_from = 1};
    fake_relate(view, &r);
}

static inline cc_question
fake_question(cc_view *view, cc_period period, int32_t from, int32_t to)
{
    return (cc_question){.view = view, .from = from, .to = to,
                         
                         .period = period,
                         .period_name = cc_period_name(period),
                         .unit = W_CNY, .scale = 2,
                         .filter = {.unit = W_CNY}};
}

/* ---- asking ---- */

static inline custcap_table *
fake_ask(const char *name, const cc_question *question)
{
    const cc_kernel *kernel = cc_kernel_find(name);
    ck_assert_ptr_nonnull(kernel);
    custcap_error error = {0};
    custcap_table *table = NULL;
    const custcap_status status = kernel->run(question, &table, &error);
    ck_assert_msg(status == CUSTCAP_OK, "%s: %s", name, error.text);
    return table;
}

/* The status of a question that fails; there is no table then. */
static inline custcap_status
fake_refused(const char *name, const cc_question *question,
             const char *words)
{
    custcap_error error = {0};
    custcap_table *table = NULL;
    const custcap_status status =
        cc_kernel_find(name)->run(question, &table, &error);
    ck_assert_ptr_null(table);
    ck_assert_msg(strstr(error.text, words) != NULL,
                  "'%s' does not say '%s'", error.text, words);
    return status;
}

static inline int64_t
fake_cell(const custcap_table *table, const char *column, int64_t row)
{
    const int64_t at = custcap_table_find(table, column);
    ck_assert_msg(at >= 0, "no column %s", column);
    ck_assert_int_lt(row, custcap_table_rows(table));
    return custcap_table_int64(table, at, row);
}

static inline int64_t
fake_den(const custcap_table *table, const char *column, int64_t row)
{
    const int64_t at = custcap_table_find(table, column);
    ck_assert_msg(at >= 0, "no column %s", column);
    return custcap_table_denominator(table, at, row);
}

static inline void
fake_text_is(const custcap_table *table, const char *column, int64_t row,
             const char *expected)
{
    int64_t length = 0;
    const int64_t at = custcap_table_find(table, column);
    const char *text = custcap_table_text(table, at, row, &length);
    ck_assert_msg(length == (int64_t)strlen(expected)
                      && memcmp(text, expected, strlen(expected)) == 0,
                  "%s[%lld] is '%.*s', expected '%s'", column,
                  (long long)row, (int)length, text, expected);
}

/* Drill one cell; the caller frees the parts. */
static inline cc_parts
fake_drill(const char *name, const cc_question *question,
           const custcap_table *table, int64_t row, const char *column)
{
    custcap_error error = {0};
    cc_parts parts = {.memory = &question->view->memory};
    const cc_cell cell = {table, row, column};
    const custcap_status status =
        cc_kernel_find(name)->drill(question, &cell, &parts, &error);
    ck_assert_msg(status == CUSTCAP_OK, "%s.%s: %s", name, column,
                  error.text);
    for (int64_t i = 1; i < parts.count; i++) {
        const cc_part *a = &parts.items[i - 1], *b = &parts.items[i];
        ck_assert(a->party < b->party
                  || (a->party == b->party && a->id < b->id));
    }
    return parts;
}

static inline int64_t
fake_parts_sum(const cc_parts *parts)
{
    int64_t sum = 0;
    for (int64_t i = 0; i < parts->count; i++) {
        sum += parts->items[i].part;
    }
    return sum;
}

/* What is behind a cell adds up to it: money by parts, counts by parties. */
static inline void
fake_prove(const char *name, const cc_question *question,
           const custcap_table *table, int64_t row, const char *column,
           int64_t expected)
{
    cc_parts parts = fake_drill(name, question, table, row, column);
    const int64_t sum = parts.of_parties ? parts.count
                                         : fake_parts_sum(&parts);
    ck_assert_msg(sum == expected, "%s row %lld %s: parts %lld, cell %lld",
                  name, (long long)row, column, (long long)sum,
                  (long long)expected);
    cc_parts_free(&parts);
}

/* ---- random ledgers ---- */

/* xorshift64*: the same numbers everywhere. */
static inline uint64_t
fake_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(2685821657736338717);
}

static inline int64_t
fake_below(uint64_t *state, int64_t bound)
{
    return (int64_t)(fake_random(state) % (uint64_t)bound);
}

static inline int32_t
ymd(int32_t year, int32_t month, int32_t day)
{
    return cc_day_of(year, month, day);
}

static inline int
fake_run(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}

/* Many small ledgers: customers 2 .. 9, two years from 2023, all edges:
 * credits, spans, other units and codes, the company, refs. */
static inline cc_view *
fake_random_ledger(uint64_t *state, int32_t threads)
{
    static const int32_t LINES[] = {0, W_COFFEE, W_MACHINE};
    static const int32_t CHANNELS[] = {0, W_ADS, W_SEARCH, W_WALK_IN};
    cc_view *view = fake_new(threads);
    const int64_t count = fake_below(state, 60);
    const int32_t base = ymd(2023, 1, 1);
    for (int64_t i = 0; i < count; i++) {
        const int32_t day = base + (int32_t)fake_below(state, 500);
        const int64_t amount = fake_below(state, 1300) - 300;
        fake_entry *entry = fake_add(view, 1 + fake_below(state, 9), day,
                                     amount);
        const int64_t kind = fake_below(state, 8);
        if (kind == 0) {
            entry->span = 1 + (int32_t)fake_below(state, 400);
        } else if (kind == 1) {
            entry->ref = view->entries[fake_below(state, view->count)].id;
        } else if (kind == 2) {
            entry->amount = -entry->amount;
        }
        entry->line = LINES[fake_below(state, 3)];
        entry->channel = CHANNELS[fake_below(state, 4)];
        entry->time = fake_below(state, 3);
        if (fake_below(state, 20) == 0) {
            entry->unit = W_USD;
        }
        if (fake_below(state, 20) == 0) {
            entry->code = CC_CODE_COST;
        }
    }
    return view;
}

/* Does the entry belong to the question's revenue? */
static inline int
naive_counts(const cc_question *question, const fake_entry *entry)
{
    const cc_filter *filter = &question->filter;
    return entry->party != CC_US && entry->code == CC_CODE_REVENUE
           && entry->unit == question->unit
           && entry->day <= question->view->moment.as_of_day
           && (filter->party == 0 || filter->party == entry->party)
           && fake_holds(filter->lines, filter->line_count, entry->line);
}

/* What is recognised in [from, to), straight from DEFINITIONS.md, day by
 * day: the cumulative amount after k days is trunc(amount * k / total). */
static inline int64_t
naive_recognised(const fake_entry *entry, int32_t from, int32_t to)
{
    const int64_t total = entry->span == 0 ? 0 : entry->span - 1;
    if (total <= 0) {
        return entry->day >= from && entry->day < to ? entry->amount : 0;
    }
    int64_t sum = 0;
    for (int64_t k = 0; k < total; k++) {
        if (entry->day + k >= from && entry->day + k < to) {
            sum += entry->amount * (k + 1) / total
                   - entry->amount * k / total;
        }
    }
    return sum;
}

/* A customer's value of a period. */
static inline int64_t
naive_value(const cc_question *question, int64_t party, int32_t from,
            int32_t to)
{
    int64_t sum = 0;
    for (int64_t i = 0; i < question->view->count; i++) {
        const fake_entry *entry = &question->view->entries[i];
        if (entry->party == party && naive_counts(question, entry)) {
            sum += naive_recognised(entry, from, to);
        }
    }
    return sum;
}

/* First day with a positive entry, INT32_MAX: none. */
static inline int32_t
naive_first_day(const cc_question *question, int64_t party)
{
    int32_t first = INT32_MAX;
    for (int64_t i = 0; i < question->view->count; i++) {
        const fake_entry *entry = &question->view->entries[i];
        if (entry->party == party && naive_counts(question, entry)
            && entry->amount > 0 && entry->day < first) {
            first = entry->day;
        }
    }
    return first;
}

/* The first day of the month n months after January 2022. */
static inline int32_t
naive_month(int64_t n)
{
    return ymd((int32_t)(2022 + n / 12), (int32_t)(n % 12 + 1), 1);
}

#endif
