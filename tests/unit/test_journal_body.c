/*
 * test_journal_body.c - batches, their canonical bytes, hostile bytes.
 *
 * Expected bytes are worked out by hand from body.h and pack.h.  Random
 * bodies come from a generator of our own with fixed seeds, so a failure can
 * be had again.
 */
#include "journal/body.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static const cc_memory plain = {NULL, NULL};

/* xorshift64* (Vigna 2016). */
static uint64_t state;

static uint64_t
next(void)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return state * UINT64_C(2685821657736338717);
}

static int64_t
between(int64_t low, int64_t high)
{
    return low + (int64_t)(next() % (uint64_t)(high - low + 1));
}

static cc_text
t(const char *words)
{
    return cc_text_of(words, -1);
}

/* A value that a column of this type may hold. */
static int64_t
value_of(cc_field_type type, int part, const cc_body *body)
{
    switch (type) {
    case CC_F_WORD:
        return between(0, 300);
    case CC_F_PARTY:
        return between(0, 100000);
    case CC_F_UNTIL:
        return between(0, 1) ? CC_NONE : between(0, 20000);
    case CC_F_DAY:
        return part == 0 ? between(CC_DAY_MIN, CC_DAY_MAX)
                         : between(0, CC_DAY_MICROSECONDS);
    case CC_F_SPAN:
        return between(0, 400);
    case CC_F_DECIMAL:
        return part == 0 ? (int64_t)next() : between(0, 18);
    case CC_F_ID:
        return between(0, INT64_MAX - 1);
    case CC_F_STRING:
        return between(0, body->string_count);
    case CC_F_TEXT:
        return between(0, body->text_count);
    default:
        return (int64_t)next();
    }
}

static void
fill_kind(cc_body *body, cc_kind kind, int64_t count)
{
    const cc_record_type *type = cc_record_type_of(kind);
    int64_t first = -1;
    ck_assert_int_eq(cc_body_extend(body, kind, count, &first, NULL), 0);
    for (int i = 0; i < type->field_count; i++) {
        const cc_field *field = &type->fields[i];
        const int two = field->type == CC_F_DAY || field->type == CC_F_UNTIL ||
                        field->type == CC_F_DECIMAL ||
                        field->type == CC_F_KEY;
        for (int part = 0; part <= two; part++) {
            int64_t *values =
                body->rows[kind].columns[field->column + part];
            for (int64_t k = first; k < first + count; k++) {
                values[k] = value_of(field->type, part, body);
            }
        }
    }
}

/* A body with a few strings and texts and up to `most` rows a kind. */
static void
fill_random(cc_body *body, int64_t most)
{
    char bytes[64];
    int64_t reference = 0;
    const int64_t strings = between(0, 20);
    const int64_t texts = between(0, 20);
    for (int64_t i = 0; i < strings + texts; i++) {
        const int64_t length = between(0, (int64_t)sizeof bytes);
        for (int64_t k = 0; k < length; k++) {
            bytes[k] = (char)next();
        }
        const cc_text text = {bytes, length};
        if (i < strings) {
            ck_assert_int_eq(cc_body_add_string(body, text, &reference, NULL),
                             0);
            ck_assert_int_eq(reference, i + 1);
        } else {
            ck_assert_int_eq(
                cc_body_add_text(body, between(1, 5000), text, &reference,
                                 NULL),
                0);
            ck_assert_int_eq(reference, i - strings + 1);
            for (int k = 0; k < CC_KEY_BYTES; k++) {
                body->texts[reference - 1].hash[k] = (uint8_t)next();
            }
        }
    }
    for (int kind = CC_DEFINITION; kind < CC_KIND_END; kind++) {
        if (between(0, 2) > 0) {
            fill_kind(body, (cc_kind)kind, between(1, most));
        }
    }
}

static void
assert_same(const cc_body *a, const cc_body *b)
{
    for (int kind = CC_DEFINITION; kind < CC_KIND_END; kind++) {
        const cc_record_type *type = cc_record_type_of((cc_kind)kind);
        const cc_rows *left = &a->rows[kind];
        const cc_rows *right = &b->rows[kind];
        ck_assert_int_eq(left->count, right->count);
        for (int i = 0; left->count > 0 && i < type->column_count; i++) {
            ck_assert_mem_eq(left->columns[i], right->columns[i],
                             (size_t)left->count * sizeof(int64_t));
        }
    }
    ck_assert_int_eq(a->string_count, b->string_count);
    for (int64_t i = 1; i <= a->string_count; i++) {
        ck_assert(cc_text_equal(cc_body_string(a, i), cc_body_string(b, i)));
    }
    ck_assert_int_eq(a->text_count, b->text_count);
    for (int64_t i = 0; i < a->text_count; i++) {
        ck_assert_int_eq(a->texts[i].party, b->texts[i].party);
        ck_assert_mem_eq(a->texts[i].hash, b->texts[i].hash, CC_KEY_BYTES);
    }
}

START_TEST(random_bodies_come_back)
{
    cc_body body, back;
    cc_buffer bytes = {.memory = &plain}, again = {.memory = &plain};
    cc_body_init(&body, &plain);
    cc_body_init(&back, &plain);
    state = 20240531;
    for (int round = 0; round < 200; round++) {
        cc_body_clear(&body);
        fill_random(&body, round < 20 ? 2000 : 12);
        bytes.size = 0;
        again.size = 0;
        ck_assert_int_eq(cc_body_encode(&body, &bytes, NULL), CUSTCAP_OK);
        ck_assert_int_eq(cc_body_decode(bytes.data, bytes.size, UINT32_MAX,
                                        &back, NULL),
                         CUSTCAP_OK);
        assert_same(&body, &back);
        ck_assert_int_eq(cc_body_encode(&back, &again, NULL), CUSTCAP_OK);
        ck_assert_int_eq(again.size, bytes.size);
        ck_assert_mem_eq(again.data, bytes.data, (size_t)bytes.size);

        int64_t counts[CC_KIND_END];
        ck_assert_int_eq(
            cc_body_counts(bytes.data, bytes.size, counts, NULL), 0);
        for (int kind = CC_DEFINITION; kind < CC_KIND_END; kind++) {
            ck_assert_int_eq(counts[kind], body.rows[kind].count);
        }
    }
    cc_body_free(&body);
    cc_body_free(&back);
    cc_buffer_free(&bytes);
    cc_buffer_free(&again);
}
END_TEST

/* Fill a link of parties 2 and 3 from 2024-01-02 on, without an end. */
static void
fill_link(cc_body *body)
{
    static const int64_t row[CC_LINK_COLUMNS] = {2, 3, 19724, 0, CC_NONE,
                                                 CC_NONE};
    int64_t first = 0;
    ck_assert_int_eq(cc_body_extend(body, CC_LINK, 1, &first, NULL), 0);
    for (int i = 0; i < CC_LINK_COLUMNS; i++) {
        body->rows[CC_LINK].columns[i][first] = row[i];
    }
}

/* Three links from parties 2, 4, 6 to party 9: since format 2 such a column
 * is method 4, the first value and the step, both zigzagged; with blocks
 * (method 2), as format 1 wrote it, it is read as well. */
START_TEST(a_series_is_its_first_value_and_its_step)
{
    static const uint8_t series[] = {3, 4, 4, 4};
    /* One block: base 2 is 4 zigzagged, 3 bits for 0, 2, 4 (0 + 2 * 8 +
     * 4 * 64 = 272, little-endian), 8 zero bytes. */
    static const uint8_t blocks[] = {13, 2, 4, 3, 0x10, 0x01, 0, 0, 0,
                                     0,  0, 0, 0, 0};
    static const uint8_t rest[] = {2, 1, 18, 2, 1, 0, 2, 1, 0, 2, 1, 0,
                                   2, 1, 0,  0, 0, 0};
    cc_body body, back;
    cc_buffer bytes = {.memory = &plain};
    int64_t first = 0;
    cc_body_init(&body, &plain);
    cc_body_init(&back, &plain);
    ck_assert_int_eq(cc_body_extend(&body, CC_LINK, 3, &first, NULL), 0);
    for (int i = 0; i < 3; i++) {
        for (int c = 0; c < CC_LINK_COLUMNS; c++) {
            body.rows[CC_LINK].columns[c][i] =
                c == CC_LINK_PARTY ? 2 + 2 * i : c == CC_LINK_OTHER ? 9 : 0;
        }
    }
    ck_assert_int_eq(cc_body_encode(&body, &bytes, NULL), CUSTCAP_OK);
    ck_assert_int_eq(bytes.size, 6 + sizeof series + sizeof rest);
    ck_assert_mem_eq(bytes.data, "CJ\2\3\1\3", 6);
    ck_assert_mem_eq(bytes.data + 6, series, sizeof series);
    ck_assert_mem_eq(bytes.data + 6 + sizeof series, rest, sizeof rest);
    ck_assert_int_eq(cc_body_decode(bytes.data, bytes.size, ~0u, &back,
                                    NULL),
                     CUSTCAP_OK);
    ck_assert_int_eq(back.rows[CC_LINK].columns[CC_LINK_PARTY][2], 6);
    /* As format 1 had it; and what no encoder writes: a step of 0. */
    uint8_t old[6 + sizeof blocks + sizeof rest] = "CJ\1\3\1\3";
    memcpy(old + 6, blocks, sizeof blocks);
    memcpy(old + 6 + sizeof blocks, rest, sizeof rest);
    ck_assert_int_eq(cc_body_decode(old, sizeof old, ~0u, &back, NULL),
                     CUSTCAP_OK);
    ck_assert_int_eq(back.rows[CC_LINK].columns[CC_LINK_PARTY][1], 4);
    bytes.data[9] = 0;
    ck_assert_int_eq(cc_body_decode(bytes.data, bytes.size, ~0u, &back,
                                    NULL),
                     CUSTCAP_CORRUPT);
    cc_body_free(&body);
    cc_body_free(&back);
    cc_buffer_free(&bytes);
}
END_TEST

START_TEST(bytes_are_those_of_the_description)
{
    /* Columns of one value: size, method 1, zigzag varint.  19724 is 39448
     * zigzagged, 98 B4 02; the smallest integer is 2^64 - 1, nine FF and 01. */
    static const uint8_t expected[] = {
        'C',  'J',  2,                                  /* head */
        3,    1,    1,                                  /* link, v1, 1 row */
        2,    1,    4,                                  /* party 2 */
        2,    1,    6,                                  /* other 3 */
        4,    1,    0x98, 0xB4, 0x02,                   /* day */
        2,    1,    0,                                  /* time */
        11,   1,    0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, /* until */
        0xFF, 0xFF, 0xFF, 0x01,                         /* */
        11,   1,    0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, /* until_time */
        0xFF, 0xFF, 0xFF, 0x01,                         /* */
        0,                                              /* end of sections */
        1,    2,    1,    4,    'a',  'b',              /* "ab" */
        1,    2,    1,    14,                           /* text of party 7 */
        0xA0, 0xA1, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7, /* its hash */
        0xA8, 0xA9, 0xAA, 0xAB, 0xAC, 0xAD, 0xAE, 0xAF,
    };
    cc_body body;
    cc_buffer bytes = {.memory = &plain};
    int64_t reference = 0;
    cc_body_init(&body, &plain);
    fill_link(&body);
    ck_assert_int_eq(cc_body_add_string(&body, t("ab"), &reference, NULL), 0);
    ck_assert_int_eq(cc_body_add_text(&body, 7, t("x"), &reference, NULL), 0);
    for (int i = 0; i < CC_KEY_BYTES; i++) {
        body.texts[0].hash[i] = (uint8_t)(0xA0 + i);
    }
    ck_assert_int_eq(cc_body_encode(&body, &bytes, NULL), CUSTCAP_OK);
    ck_assert_int_eq(bytes.size, sizeof expected);
    ck_assert_mem_eq(bytes.data, expected, sizeof expected);
    cc_body_free(&body);
    cc_buffer_free(&bytes);
}
END_TEST

START_TEST(bytes_do_not_depend_on_the_order_of_kinds)
{
    cc_body a, b;
    cc_buffer left = {.memory = &plain}, right = {.memory = &plain};
    cc_body_init(&a, &plain);
    cc_body_init(&b, &plain);
    state = 7;
    fill_kind(&a, CC_ENTRY, 100);
    state = 8;
    fill_kind(&a, CC_PARTY, 100);
    state = 8;
    fill_kind(&b, CC_PARTY, 100);
    state = 7;
    fill_kind(&b, CC_ENTRY, 100);
    ck_assert_int_eq(cc_body_encode(&a, &left, NULL), CUSTCAP_OK);
    ck_assert_int_eq(cc_body_encode(&b, &right, NULL), CUSTCAP_OK);
    ck_assert_int_eq(left.size, right.size);
    ck_assert_mem_eq(left.data, right.data, (size_t)left.size);
    /* Entries come after parties, whatever came first. */
    ck_assert_int_eq(cc_body_first_row(&a, CC_PARTY), 0);
    ck_assert_int_eq(cc_body_first_row(&a, CC_ENTRY), 100);
    cc_body_free(&a);
    cc_body_free(&b);
    cc_buffer_free(&left);
    cc_buffer_free(&right);
}
END_TEST

START_TEST(only_wanted_kinds_are_decoded)
{
    cc_body body, back;
    cc_buffer bytes = {.memory = &plain};
    cc_body_init(&body, &plain);
    cc_body_init(&back, &plain);
    state = 99;
    fill_kind(&body, CC_PARTY, 10);
    fill_kind(&body, CC_ENTRY, 20);
    ck_assert_int_eq(cc_body_encode(&body, &bytes, NULL), CUSTCAP_OK);
    /* First everything, so that columns are there to be dropped. */
    ck_assert_int_eq(
        cc_body_decode(bytes.data, bytes.size, UINT32_MAX, &back, NULL), 0);
    ck_assert_int_eq(cc_body_decode(bytes.data, bytes.size, 1u << CC_ENTRY,
                                    &back, NULL),
                     CUSTCAP_OK);
    ck_assert_int_eq(back.rows[CC_PARTY].count, 10);
    ck_assert_ptr_null(back.rows[CC_PARTY].columns[0]);
    ck_assert_int_eq(back.rows[CC_ENTRY].count, 20);
    ck_assert_mem_eq(back.rows[CC_ENTRY].columns[CC_ENTRY_AMOUNT],
                     body.rows[CC_ENTRY].columns[CC_ENTRY_AMOUNT],
                     20 * sizeof(int64_t));
    ck_assert_int_eq(cc_body_first_row(&back, CC_ENTRY), 10);
    cc_body_free(&body);
    cc_body_free(&back);
    cc_buffer_free(&bytes);
}
END_TEST

START_TEST(batches_have_a_limit)
{
    cc_body body;
    cc_buffer bytes = {.memory = &plain};
    int64_t first = 0;
    custcap_error error = {0};
    cc_body_init(&body, &plain);
    state = 3;
    fill_kind(&body, CC_MOVE, 1);
    fill_kind(&body, CC_ENTRY, CC_BATCH_RECORDS_MAX - 1);
    ck_assert_int_eq(cc_body_count(&body), 65536);
    ck_assert_int_eq(cc_body_extend(&body, CC_ENTRY, 1, &first, &error),
                     CUSTCAP_LIMIT);
    ck_assert_int_eq(cc_body_count(&body), 65536);
    ck_assert_int_eq(cc_body_encode(&body, &bytes, NULL), CUSTCAP_OK);
    cc_body back;
    cc_body_init(&back, &plain);
    ck_assert_int_eq(
        cc_body_decode(bytes.data, bytes.size, UINT32_MAX, &back, NULL), 0);
    assert_same(&body, &back);
    cc_body_free(&back);
    cc_body_free(&body);
    cc_buffer_free(&bytes);
}
END_TEST

/* Encode a link after one column was set to a value. */
static custcap_status
try_link(int column, int64_t value, custcap_error *error)
{
    cc_body body;
    cc_buffer bytes = {.memory = &plain};
    cc_body_init(&body, &plain);
    fill_link(&body);
    body.rows[CC_LINK].columns[column][0] = value;
    const custcap_status status = cc_body_encode(&body, &bytes, error);
    cc_body_free(&body);
    cc_buffer_free(&bytes);
    return status;
}

START_TEST(values_out_of_range_are_refused)
{
    custcap_error error = {0};
    ck_assert_int_eq(try_link(CC_LINK_PARTY, -1, &error), CUSTCAP_INVALID);
    ck_assert_str_eq(error.field, "party");
    ck_assert_int_eq(error.row, 0);
    /* The last day is 9999-12-31. */
    ck_assert_int_eq(try_link(CC_LINK_DAY, 2932896, &error), CUSTCAP_OK);
    ck_assert_int_eq(try_link(CC_LINK_DAY, 2932897, &error),
                     CUSTCAP_INVALID);
    ck_assert_int_eq(try_link(CC_LINK_DAY, CC_NONE, &error),
                     CUSTCAP_INVALID);
    ck_assert_int_eq(try_link(CC_LINK_UNTIL, CC_DAY_MIN, &error), CUSTCAP_OK);
    ck_assert_int_eq(try_link(CC_LINK_UNTIL, CC_DAY_MIN - 1, &error),
                     CUSTCAP_INVALID);
    ck_assert_int_eq(
        try_link(CC_LINK_TIME, 2 * CC_DAY_MICROSECONDS + 1, &error),
        CUSTCAP_INVALID);
}
END_TEST

/* Bytes with their end exactly at the end of a block, for the sanitizer. */
static custcap_status
decode_exact(const uint8_t *bytes, int64_t size, cc_body *body,
             custcap_error *error)
{
    uint8_t *copy = malloc(size > 0 ? (size_t)size : 1);
    ck_assert_ptr_nonnull(copy);
    memcpy(copy, bytes, (size_t)size);
    const custcap_status status =
        cc_body_decode(copy, size, UINT32_MAX, body, error);
    free(copy);
    return status;
}

static const uint8_t *
small_bytes(cc_buffer *bytes)
{
    cc_body body;
    cc_body_init(&body, &plain);
    bytes->size = 0;
    fill_random(&body, 5);
    ck_assert_int_eq(cc_body_encode(&body, bytes, NULL), CUSTCAP_OK);
    cc_body_free(&body);
    return bytes->data;
}

START_TEST(every_truncation_is_noticed)
{
    cc_buffer bytes = {.memory = &plain};
    cc_body back;
    cc_body_init(&back, &plain);
    state = 11;
    for (int round = 0; round < 20; round++) {
        (void)small_bytes(&bytes);
        for (int64_t size = 0; size < bytes.size; size++) {
            ck_assert_int_eq(decode_exact(bytes.data, size, &back, NULL),
                             CUSTCAP_CORRUPT);
            ck_assert_int_eq(cc_body_count(&back), 0);
        }
    }
    cc_body_free(&back);
    cc_buffer_free(&bytes);
}
END_TEST

START_TEST(bytes_left_over_are_noticed)
{
    cc_buffer bytes = {.memory = &plain};
    cc_body back;
    cc_body_init(&back, &plain);
    state = 12;
    (void)small_bytes(&bytes);
    for (int more = 1; more <= 9; more++) {
        ck_assert_int_eq(cc_buffer_add_u8(&bytes, 0, NULL), CUSTCAP_OK);
        /* Eight are the time of a journal row. */
        ck_assert_int_eq(decode_exact(bytes.data, bytes.size, &back, NULL),
                         more == 8 ? CUSTCAP_OK : CUSTCAP_CORRUPT);
    }
    cc_body_free(&back);
    cc_buffer_free(&bytes);
}
END_TEST

START_TEST(mutated_bytes_never_harm)
{
    cc_buffer bytes = {.memory = &plain};
    cc_body back;
    int64_t counts[CC_KIND_END];
    int refused = 0;
    cc_body_init(&back, &plain);
    state = 4711;
    for (int round = 0; round < 20000; round++) {
        if (round % 50 == 0) {
            (void)small_bytes(&bytes);
        }
        uint8_t *copy = malloc((size_t)bytes.size);
        ck_assert_ptr_nonnull(copy);
        memcpy(copy, bytes.data, (size_t)bytes.size);
        const int64_t changes = between(1, 4);
        for (int64_t i = 0; i < changes; i++) {
            copy[between(0, bytes.size - 1)] = (uint8_t)next();
        }
        const custcap_status status = cc_body_decode(
            copy, bytes.size, (uint32_t)next() | 1u, &back, NULL);
        (void)cc_body_counts(copy, bytes.size, counts, NULL);
        ck_assert(status == CUSTCAP_OK || status == CUSTCAP_CORRUPT ||
                  status == CUSTCAP_VERSION);
        refused += status != CUSTCAP_OK;
        free(copy);
    }
    /* A control: the changes do reach what is checked. */
    ck_assert_int_gt(refused, 2000);
    cc_body_free(&back);
    cc_buffer_free(&bytes);
}
END_TEST

START_TEST(newer_formats_and_versions_are_told)
{
    cc_body body, back;
    cc_buffer bytes = {.memory = &plain};
    cc_body_init(&body, &plain);
    cc_body_init(&back, &plain);
    fill_link(&body);
    ck_assert_int_eq(cc_body_encode(&body, &bytes, NULL), CUSTCAP_OK);
    bytes.data[2] = 3; /* format */
    ck_assert_int_eq(decode_exact(bytes.data, bytes.size, &back, NULL),
                     CUSTCAP_VERSION);
    bytes.data[2] = 1;
    bytes.data[4] = 2; /* version of links */
    ck_assert_int_eq(decode_exact(bytes.data, bytes.size, &back, NULL),
                     CUSTCAP_VERSION);
    bytes.data[4] = 0;
    ck_assert_int_eq(decode_exact(bytes.data, bytes.size, &back, NULL),
                     CUSTCAP_CORRUPT);
    cc_body_free(&body);
    cc_body_free(&back);
    cc_buffer_free(&bytes);
}
END_TEST

START_TEST(references_are_checked)
{
    cc_body body, back;
    cc_buffer bytes = {.memory = &plain};
    custcap_error error = {0};
    cc_body_init(&body, &plain);
    cc_body_init(&back, &plain);
    state = 5;
    fill_kind(&body, CC_MOVE, 1);
    body.rows[CC_MOVE].columns[CC_MOVE_REASON][0] = 1; /* there is no text */
    ck_assert_int_eq(cc_body_encode(&body, &bytes, &error),
                     CUSTCAP_INVALID);
    ck_assert_str_eq(error.field, "reason");
    body.rows[CC_MOVE].columns[CC_MOVE_REASON][0] = 0;
    bytes.size = 0;
    ck_assert_int_eq(cc_body_encode(&body, &bytes, NULL), CUSTCAP_OK);
    /* The reason is the last column: its zigzag byte stands before the end
     * of sections and the two counts.  2 is reference 1. */
    ck_assert_int_eq(bytes.data[bytes.size - 4], 0);
    bytes.data[bytes.size - 4] = 2;
    ck_assert_int_eq(decode_exact(bytes.data, bytes.size, &back, &error),
                     CUSTCAP_CORRUPT);
    ck_assert_str_eq(error.field, "reason");
    cc_body_free(&body);
    cc_body_free(&back);
    cc_buffer_free(&bytes);
}
END_TEST

/* An allocator that fails once, and counts what lives. */
typedef struct failing {
    int64_t calls, fail_at, live;
} failing;

static void *
fail_allocate(void *context, void *old, uint64_t size)
{
    failing *f = context;
    if (size == 0) {
        f->live -= old != NULL;
        free(old);
        return NULL;
    }
    if (++f->calls == f->fail_at) {
        return NULL;
    }
    f->live += old == NULL;
    return realloc(old, size);
}

static custcap_status
fill_encode_decode(const cc_memory *memory)
{
    cc_body body, back;
    cc_buffer bytes = {.memory = memory};
    int64_t reference = 0;
    int64_t first = 0;
    cc_body_init(&body, memory);
    cc_body_init(&back, memory);
    custcap_status status =
        cc_body_add_string(&body, t("string"), &reference, NULL);
    if (status == CUSTCAP_OK) {
        status = cc_body_add_text(&body, 2, t("text"), &reference, NULL);
    }
    if (status == CUSTCAP_OK) {
        status = cc_body_extend(&body, CC_MARK, 3, &first, NULL);
    }
    if (status == CUSTCAP_OK) {
        for (int i = 0; i < CC_MARK_COLUMNS; i++) {
            memset(body.rows[CC_MARK].columns[i], 0, 3 * sizeof(int64_t));
        }
        status = cc_body_encode(&body, &bytes, NULL);
    }
    if (status == CUSTCAP_OK) {
        status = cc_body_decode(bytes.data, bytes.size, UINT32_MAX, &back,
                                NULL);
    }
    cc_body_free(&body);
    cc_body_free(&back);
    cc_buffer_free(&bytes);
    return status;
}

START_TEST(every_allocation_may_fail)
{
    int64_t failures = 0;
    custcap_status status = CUSTCAP_NOMEM;
    while (status != CUSTCAP_OK) {
        failing f = {0, failures + 1, 0};
        const cc_memory memory = {fail_allocate, &f};
        status = fill_encode_decode(&memory);
        ck_assert(status == CUSTCAP_OK || status == CUSTCAP_NOMEM);
        ck_assert_int_eq(f.live, 0);
        failures += status != CUSTCAP_OK;
        ck_assert_int_lt(failures, 1000);
    }
    ck_assert_int_gt(failures, 20);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("journal_body");
    TCase *tests = tcase_create("body");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, random_bodies_come_back);
    tcase_add_test(tests, a_series_is_its_first_value_and_its_step);
    tcase_add_test(tests, bytes_are_those_of_the_description);
    tcase_add_test(tests, bytes_do_not_depend_on_the_order_of_kinds);
    tcase_add_test(tests, only_wanted_kinds_are_decoded);
    tcase_add_test(tests, batches_have_a_limit);
    tcase_add_test(tests, values_out_of_range_are_refused);
    tcase_add_test(tests, every_truncation_is_noticed);
    tcase_add_test(tests, bytes_left_over_are_noticed);
    tcase_add_test(tests, mutated_bytes_never_harm);
    tcase_add_test(tests, newer_formats_and_versions_are_told);
    tcase_add_test(tests, references_are_checked);
    tcase_add_test(tests, every_allocation_may_fail);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failures = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failures != 0;
}
