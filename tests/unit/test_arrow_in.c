/*
 * test_arrow_in.c - tables out of Arrow streams, most of them broken.
 *
 * The layouts are those of the Arrow columnar specification; expected values
 * are the ones written into the buffers here, by hand.
 */
#include "test_arrow_support.h"

#include <custcap/table.h>
#include <stdio.h>

static custcap_error *last;

static void
setup(void)
{
    test_live = 0;
    last = custcap_error_new();
}

static void
teardown(void)
{
    ck_assert_int_eq(test_live, 0); /* all released, none twice */
    custcap_error_free(last);
}

/* Three rows: n 1 2 3; t a bb ccc; d x yy x; v short, (null), a long one. */
static test_source *
standard(struct ArrowArrayStream *stream)
{
    static const int64_t n[] = {1, 2, 3};
    static const char *const t[] = {"a", "bb", "ccc"};
    static const uint8_t d[] = {0, 1, 0};
    static const char *const x[] = {"x", "yy"};
    static const char block[] = "..a text of 20 bytes";
    static const int64_t sizes[] = {20};
    int32_t views[12] = {5, 0, 0, 0, 77, 0, 0, 0, 18, 0, 0, 2};
    memcpy((char *)views + 4, "short", 5);
    memcpy((char *)views + 36, block + 2, 4);
    static const uint8_t there[] = {5};

    test_source *source = test_stream(stream);
    test_field(source->schema, "l", "n", NULL);
    test_field(source->schema, "u", "t", NULL);
    test_field(source->schema, "C", "d", "u");
    test_field(source->schema, "vu", "v", NULL);
    struct ArrowArray *chunk = test_chunk(source, 3);
    test_child(chunk, test_values(3, n, 8));
    test_child(chunk, test_texts(3, t));
    test_child(chunk, test_values(3, d, 1));
    test_dictionary(chunk->children[2], test_texts(2, x));
    struct ArrowArray *view = test_array(3, 4);
    test_child(chunk, view);
    test_buffer(view, 0, there, 1);
    test_buffer(view, 1, views, sizeof views);
    test_buffer(view, 2, block, 20);
    test_buffer(view, 3, sizes, sizeof sizes);
    return source;
}

/* Reads it; the stream must be gone, whatever came of it. */
static custcap_status
read_table(struct ArrowArrayStream *stream, custcap_table **table)
{
    const custcap_status status =
        custcap_table_from_arrow(stream, table, last);
    ck_assert_ptr_null((void *)(uintptr_t)stream->release);
    ck_assert_int_eq(test_live, 0);
    ck_assert_int_eq(status == CUSTCAP_OK, *table != NULL);
    return status;
}

static custcap_table *
read_ok(struct ArrowArrayStream *stream)
{
    custcap_table *table = NULL;
    const custcap_status status = read_table(stream, &table);
    ck_assert_msg(status == CUSTCAP_OK, "%s", custcap_error_text(last));
    return table;
}

static void
refused(struct ArrowArrayStream *stream, custcap_status expected,
        const char *words)
{
    custcap_table *table = NULL;
    const custcap_status status = read_table(stream, &table);
    ck_assert_msg(status == expected, "%s (%s), not %s", words,
                  custcap_error_text(last), custcap_status_name(status));
    ck_assert_msg(strstr(custcap_error_text(last), words) != NULL,
                  "'%s' has no '%s'", custcap_error_text(last), words);
}

static void
text_is(const custcap_table *table, int64_t column, int64_t row,
        const char *expected)
{
    int64_t length = -1;
    const char *text = custcap_table_text(table, column, row, &length);
    ck_assert_int_eq(length, (int64_t)strlen(expected));
    ck_assert_int_eq(memcmp(text, expected, (size_t)length), 0);
}

START_TEST(the_standard_chunk)
{
    struct ArrowArrayStream stream;
    (void)standard(&stream);
    custcap_table *table = read_ok(&stream);
    ck_assert_int_eq(custcap_table_rows(table), 3);
    ck_assert_int_eq(custcap_table_int64(table, 0, 2), 3);
    text_is(table, 1, 2, "ccc");
    text_is(table, 2, 1, "yy");
    text_is(table, 3, 0, "short");
    ck_assert_int_eq(custcap_table_is_null(table, 3, 1), 1);
    text_is(table, 3, 2, "a text of 20 bytes");
    custcap_table_free(table);
}
END_TEST

START_TEST(slices_and_chunks)
{
    struct ArrowArrayStream stream;
    test_source *source = standard(&stream);
    struct ArrowArray *chunk = source->chunks[0];
    chunk->offset = 1; /* the struct itself is sliced: rows 2 and 3 */
    chunk->length = 2;
    chunk->children[0]->offset = 0;
    static const int64_t n[] = {9, 9, 40};
    static const char *const t[] = {NULL, NULL, "dd"};
    static const uint8_t d[] = {7, 7, 1};
    static const char *const other[] = {"new", NULL};
    struct ArrowArray *more = test_chunk(source, 1);
    test_child(more, test_values(3, n, 8));
    test_child(more, test_texts(3, t));
    test_child(more, test_values(3, d, 1));
    test_dictionary(more->children[2], test_texts(2, other));
    test_child(more, test_array(1, 3)); /* all null, no values at all */
    static const uint8_t none[] = {0, 0, 0};
    static const int32_t views[12] = {-5, -5, -5, -5, -5, -5,
                                      -5, -5, -5, -5, -5, -5};
    test_buffer(more->children[3], 0, none, 1);
    test_buffer(more->children[3], 1, views, sizeof views);
    for (int i = 0; i < 4; i++) {
        more->children[i]->offset = 2; /* children are sliced */
        more->children[i]->length = 1;
    }
    custcap_table *table = read_ok(&stream);
    ck_assert_int_eq(custcap_table_rows(table), 3);
    ck_assert_int_eq(custcap_table_int64(table, 0, 0), 2);
    text_is(table, 1, 0, "bb");
    text_is(table, 2, 0, "yy");
    ck_assert_int_eq(custcap_table_is_null(table, 3, 0), 1);
    ck_assert_int_eq(custcap_table_int64(table, 0, 2), 40);
    text_is(table, 1, 2, "dd");
    /* A null value of a dictionary is null. */
    ck_assert_int_eq(custcap_table_is_null(table, 2, 2), 1);
    ck_assert_int_eq(custcap_table_is_null(table, 3, 2), 1);
    custcap_table_free(table);
}
END_TEST

/* What a hostile producer may do to the standard chunk. */
static void no_length(struct ArrowArray *c) { c->length = -1; }
static void no_offset(struct ArrowArray *c) { c->offset = -1; }
static void bad_nulls(struct ArrowArray *c) { c->null_count = -2; }
static void few_children(struct ArrowArray *c) { c->n_children = 3; }
static void no_children(struct ArrowArray *c) { c->children = NULL; }
static void minus_children(struct ArrowArray *c) { c->n_children = -4; }
static void null_child(struct ArrowArray *c)
{
    test_block *block = c->private_data;
    block->children[0]->release(block->children[0]);
    free(block->children[0]);
    block->children[0] = NULL;
}
static void early(struct ArrowArray *c)
{
    c->children[1]->release(c->children[1]);
}
static void early_dictionary(struct ArrowArray *c)
{
    c->children[2]->dictionary->release(c->children[2]->dictionary);
}
static void no_dictionary(struct ArrowArray *c)
{
    c->children[2]->dictionary = NULL;
}
static void few_buffers(struct ArrowArray *c)
{
    c->children[0]->n_buffers = 1;
}
static void more_buffers(struct ArrowArray *c)
{
    c->children[1]->n_buffers = 4;
}
static void minus_buffers(struct ArrowArray *c)
{
    c->children[1]->n_buffers = -3;
}
static void no_buffers(struct ArrowArray *c) { c->children[0]->buffers = NULL; }
static void no_data(struct ArrowArray *c) { c->children[0]->buffers[1] = NULL; }
static void short_child(struct ArrowArray *c) { c->children[0]->length = 2; }
static void minus_child(struct ArrowArray *c) { c->children[0]->length = -3; }
static void child_offset(struct ArrowArray *c)
{
    c->children[0]->offset = INT64_MIN;
}
static void overflow(struct ArrowArray *c)
{
    c->children[0]->length = INT64_MAX;
    c->children[0]->offset = INT64_MAX;
}
static void overflow_all(struct ArrowArray *c)
{
    c->length = INT64_MAX;
    c->offset = 1;
}
static void backwards(struct ArrowArray *c)
{
    const int32_t offsets[] = {0, 3, 1, 6};
    test_buffer(c->children[1], 1, offsets, sizeof offsets);
}
static void below(struct ArrowArray *c)
{
    const int32_t offsets[] = {-1, 1, 3, 6};
    test_buffer(c->children[1], 1, offsets, sizeof offsets);
}
static void no_bytes(struct ArrowArray *c)
{
    c->children[1]->buffers[2] = NULL;
}
static void outside(struct ArrowArray *c)
{
    const uint8_t d[] = {0, 1, 2};
    test_buffer(c->children[2], 1, d, sizeof d);
}
static void view_length(struct ArrowArray *c)
{
    ((int32_t *)(uintptr_t)c->children[3]->buffers[1])[8] = -1;
}
static void view_block(struct ArrowArray *c)
{
    ((int32_t *)(uintptr_t)c->children[3]->buffers[1])[10] = 1;
}
static void view_end(struct ArrowArray *c)
{
    ((int32_t *)(uintptr_t)c->children[3]->buffers[1])[11] = 3;
}
static void view_start(struct ArrowArray *c)
{
    ((int32_t *)(uintptr_t)c->children[3]->buffers[1])[11] = -1;
}
static void not_utf8(struct ArrowArray *c)
{
    test_buffer(c->children[1], 2, "abb\xE2\x82", 5); /* cut in a character */
    const int32_t offsets[] = {0, 1, 3, 5};
    test_buffer(c->children[1], 1, offsets, sizeof offsets);
}
static void nul(struct ArrowArray *c)
{
    test_buffer(c->children[1], 2, "abbc\0c", 6);
}
static void null_record(struct ArrowArray *c)
{
    const uint8_t bits[] = {5};
    test_buffer(c, 0, bits, 1);
}
static void no_bitmap(struct ArrowArray *c) { c->children[0]->null_count = 2; }

static const struct {
    void (*spoil)(struct ArrowArray *chunk);
    const char *words;
} spoilt[] = {
    {no_length, "length, offset"},   {no_offset, "length, offset"},
    {bad_nulls, "null count"},       {few_children, "as many children"},
    {no_children, "as many children"}, {minus_children, "as many children"},
    {null_child, "column n"},        {early, "column t, chunk from row 0"},
    {early_dictionary, "column d"},  {no_dictionary, "column d"},
    {few_buffers, "the buffers of its type"},
    {more_buffers, "the buffers of its type"},
    {minus_buffers, "has no buffers"}, {no_buffers, "has no buffers"},
    {no_data, "its values"},         {short_child, "shorter"},
    {minus_child, "column n"},       {child_offset, "column n"},
    {overflow, "column n"},          {overflow_all, "length, offset"},
    {backwards, "column t, row 1: the offsets"},
    {below, "column t, row 0: the offsets"},
    {no_bytes, "its texts have no bytes"},
    {outside, "column d, row 2: a dictionary index"},
    {view_length, "column v, row 2"}, {view_block, "column v, row 2"},
    {view_end, "column v, row 2"},   {view_start, "column v, row 2"},
    {not_utf8, "column t, row 2: a text that is not UTF-8"},
    {nul, "column t, row 2"},        {null_record, "row 1: the whole"},
    {no_bitmap, "column n"},
};

START_TEST(hostile_chunks)
{
    struct ArrowArrayStream stream;
    test_source *source = standard(&stream);
    spoilt[_i].spoil(source->chunks[0]);
    refused(&stream, CUSTCAP_INVALID, spoilt[_i].words);
}
END_TEST

static const struct {
    const char *format, *name, *values, *words;
} fields[] = {
    {NULL, "a", NULL, "no format"},     {"l", NULL, NULL, "needs a name"},
    {"l", "", NULL, "needs a name"},    {"l", "\xFF", NULL, "needs a name"},
    {"", "a", NULL, "column a"},        {"+l", "a", NULL, "(format \"+l\")"},
    {"+s", "a", NULL, "column a"},      {"+r", "a", NULL, "column a"},
    {"z", "a", NULL, "column a"},       {"vz", "a", NULL, "column a"},
    {"w:15", "a", NULL, "column a"},    {"d:40,2", "a", NULL, "column a"},
    {"d:", "a", NULL, "column a"},      {"d:9", "a", NULL, "column a"},
    {"d:9,2,256", "a", NULL, "column a"}, {"d:9,99", "a", NULL, "column a"},
    {"ts", "a", NULL, "column a"},      {"tsx:", "a", NULL, "column a"},
    {"tsu", "a", NULL, "column a"},     {"tdx", "a", NULL, "column a"},
    {"ll", "a", NULL, "column a"},      {"u", "a", "u", "integer index"},
    {"g", "a", "u", "integer index"},   {"i", "a", "+l", "column a"},
    {"i", "a", "", "column a"},
    {"g", "a", NULL, "column a is floating point"},
    {"e", "a", NULL, "floating point"}, {"w:16", "a", NULL, "no place"},
};

START_TEST(hostile_fields)
{
    struct ArrowArrayStream stream;
    test_source *source = test_stream(&stream);
    test_field(source->schema, fields[_i].format, fields[_i].name,
               fields[_i].values);
    refused(&stream, CUSTCAP_INVALID, fields[_i].words);
}
END_TEST

START_TEST(hostile_schemas)
{
    struct ArrowArrayStream stream;
    refused(&(struct ArrowArrayStream){0}, CUSTCAP_INVALID, "released");
    test_source *source = test_stream(&stream);
    refused(&stream, CUSTCAP_INVALID, "no columns");
    source = test_stream(&stream);
    source->schema->n_children = -1;
    refused(&stream, CUSTCAP_INVALID, "no columns");
    source = standard(&stream);
    source->schema->children = NULL;
    refused(&stream, CUSTCAP_INVALID, "no columns");
    source = standard(&stream);
    source->schema->format = "l";
    refused(&stream, CUSTCAP_INVALID, "struct");
    source = standard(&stream);
    source->schema->format = NULL;
    refused(&stream, CUSTCAP_INVALID, "struct");
    source = standard(&stream);
    source->schema->children[1]->release(source->schema->children[1]);
    refused(&stream, CUSTCAP_INVALID, "released before");
    source = standard(&stream);
    struct ArrowSchema *coded = source->schema->children[2];
    coded->dictionary->release(coded->dictionary);
    refused(&stream, CUSTCAP_INVALID, "column d");
    source = standard(&stream);
    coded = source->schema->children[2];
    coded->dictionary->dictionary = coded->dictionary; /* for ever */
    refused(&stream, CUSTCAP_INVALID, "column d");
    source = standard(&stream);
    source->schema->children[1]->name = "n";
    refused(&stream, CUSTCAP_INVALID, "two columns");
    source = standard(&stream);
    stream.get_next = NULL;
    refused(&stream, CUSTCAP_INVALID, "functions");
}
END_TEST

START_TEST(failing_streams)
{
    struct ArrowArrayStream stream;
    test_source *source = standard(&stream);
    source->schema_failing = EIO;
    source->words = "the wire is cut";
    refused(&stream, CUSTCAP_IO, "the wire is cut");
    source = standard(&stream);
    source->failing = ENOMEM; /* after a good chunk */
    refused(&stream, CUSTCAP_NOMEM, "at row 3 (error 12): no reason");
    source = standard(&stream);
    source->failing = EINVAL;
    source->words = "\xFF\xFE bytes";
    refused(&stream, CUSTCAP_INVALID, "bytes");
    source = standard(&stream);
    source->failing = ECANCELED;
    stream.get_last_error = NULL;
    refused(&stream, CUSTCAP_CANCELLED, "at row 3");
    char words[2000]; /* 1999 bytes of a three-byte character */
    for (int i = 0; i < 666; i++) {
        memcpy(words + 3 * i, "\xE2\x82\xAC", 4);
    }
    source = standard(&stream);
    source->failing = -7;
    source->words = words;
    refused(&stream, CUSTCAP_IO, "\xE2\x82\xAC");
    custcap_table *table = NULL;
    ck_assert_int_eq(custcap_table_from_arrow(NULL, &table, last),
                     CUSTCAP_INVALID);
    (void)standard(&stream);
    ck_assert_int_eq(custcap_table_from_arrow(&stream, NULL, last),
                     CUSTCAP_INVALID);
}
END_TEST

/* One column of two values: the second is looked at. */
static custcap_table *
one_column(const char *format, const void *values, size_t width)
{
    struct ArrowArrayStream stream;
    test_source *source = test_stream(&stream);
    test_field(source->schema, format, "a", NULL);
    test_child(test_chunk(source, 2), test_values(2, values, width));
    return read_ok(&stream);
}

static const struct {
    const char *format;
    union {
        uint8_t one[2];
        uint16_t two[2];
        uint32_t four[2];
        uint64_t eight[4];
    } values;
    size_t width;
    int32_t type, scale;
    int64_t expected;
} types[] = {
    {"c", {.one = {0, 0xFE}}, 1, CUSTCAP_TYPE_INT64, 0, -2},
    {"C", {.one = {0, 0xFE}}, 1, CUSTCAP_TYPE_INT64, 0, 254},
    {"s", {.two = {0, 0xFFFE}}, 2, CUSTCAP_TYPE_INT64, 0, -2},
    {"S", {.two = {0, 0xFFFE}}, 2, CUSTCAP_TYPE_INT64, 0, 65534},
    {"i", {.four = {0, 0xFFFFFFFE}}, 4, CUSTCAP_TYPE_INT64, 0, -2},
    {"I", {.four = {0, 0xFFFFFFFE}}, 4, CUSTCAP_TYPE_INT64, 0, 4294967294},
    {"l", {.eight = {0, UINT64_MAX}}, 8, CUSTCAP_TYPE_INT64, 0, -1},
    {"L", {.eight = {0, INT64_MAX}}, 8, CUSTCAP_TYPE_INT64, 0, INT64_MAX},
    {"d:9,2,32", {.four = {0, 1234}}, 4, CUSTCAP_TYPE_DECIMAL, 2, 1234},
    {"d:18,3,64", {.eight = {0, 5}}, 8, CUSTCAP_TYPE_DECIMAL, 3, 5},
    {"d:38,4", {.eight = {0, 0, (uint64_t)-70000, UINT64_MAX}}, 16,
     CUSTCAP_TYPE_DECIMAL, 4, -70000},
    {"d:5,-3", {.eight = {0, 0, 7, 0}}, 16, CUSTCAP_TYPE_DECIMAL, 0, 7000},
    {"tdD", {.four = {0, 19723}}, 4, CUSTCAP_TYPE_DAY, 0, 19723},
    {"tdm", {.eight = {0, 19723 * UINT64_C(86400000)}}, 8,
     CUSTCAP_TYPE_DAY, 0, 19723},
    {"tss:", {.eight = {0, 60}}, 8, CUSTCAP_TYPE_INSTANT, 0, 60000000},
    {"tsm:UTC", {.eight = {0, (uint64_t)-60}}, 8, CUSTCAP_TYPE_INSTANT, 0,
     -60000},
    {"tsu:UTC", {.eight = {0, 60}}, 8, CUSTCAP_TYPE_INSTANT, 0, 60},
    {"tsn:+08:00", {.eight = {0, 60000}}, 8, CUSTCAP_TYPE_INSTANT, 0, 60},
};

START_TEST(every_type)
{
    custcap_table *table =
        one_column(types[_i].format, &types[_i].values, types[_i].width);
    ck_assert_int_eq(custcap_table_column_type(table, 0), types[_i].type);
    ck_assert_int_eq(custcap_table_column_scale(table, 0), types[_i].scale);
    ck_assert_int_eq(custcap_table_int64(table, 0, 1), types[_i].expected);
    custcap_table_free(table);
}
END_TEST

static const struct {
    const char *format;
    uint64_t values[4];
    size_t width;
    custcap_status status;
    const char *words;
} beyond[] = {
    {"L", {0, UINT64_MAX}, 8, CUSTCAP_OVERFLOW, "column a, row 1"},
    {"d:38,0", {0, 0, 0, 1}, 16, CUSTCAP_OVERFLOW, "column a, row 1"},
    {"d:9,-18", {0, 0, 10, 0}, 16, CUSTCAP_OVERFLOW, "column a, row 1"},
    {"d:38,19", {0, 0, 1, 0}, 16, CUSTCAP_INVALID, "at most 18 digits"},
    {"tdm", {0, 1}, 8, CUSTCAP_INVALID, "row 1: expected whole days"},
    {"tdD", {UINT64_C(5000000) << 32}, 4, CUSTCAP_INVALID, "row 1"},
    {"tsn:", {0, 1}, 8, CUSTCAP_INVALID, "fraction of a microsecond"},
    {"tss:", {0, INT64_MAX}, 8, CUSTCAP_INVALID, "years 1 to 9999"},
    {"tsu:", {0, INT64_MAX}, 8, CUSTCAP_INVALID, "years 1 to 9999"},
};

START_TEST(numbers_beyond)
{
    struct ArrowArrayStream stream;
    test_source *source = test_stream(&stream);
    test_field(source->schema, beyond[_i].format, "a", NULL);
    test_child(test_chunk(source, 2),
               test_values(2, beyond[_i].values, beyond[_i].width));
    refused(&stream, beyond[_i].status, beyond[_i].words);
}
END_TEST

START_TEST(nulls_bools_and_many_chunks)
{
    struct ArrowArrayStream stream;
    test_source *source = test_stream(&stream);
    test_field(source->schema, "b", "yes", NULL);
    test_field(source->schema, "n", "none", NULL);
    static const uint8_t bits[] = {0x05};
    static const uint8_t there[] = {0x03};
    for (int i = 0; i < 8; i++) {
        struct ArrowArray *chunk = test_chunk(source, i == 3 ? 0 : 3);
        test_child(chunk, test_array(3, 2));
        test_buffer(chunk->children[0], 0, there, 1);
        test_buffer(chunk->children[0], 1, bits, 1);
        chunk->children[0]->null_count = 1;
        test_child(chunk, test_array(3, 0));
    }
    custcap_table *table = read_ok(&stream);
    ck_assert_int_eq(custcap_table_rows(table), 21);
    ck_assert_int_eq(custcap_table_int64(table, 0, 18), 1);
    ck_assert_int_eq(custcap_table_int64(table, 0, 19), 0);
    ck_assert_int_eq(custcap_table_is_null(table, 0, 20), 1);
    ck_assert_int_eq(custcap_table_is_null(table, 1, 0), 1);
    custcap_table_free(table);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("arrow in");
    TCase *cases = tcase_create("in");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, the_standard_chunk);
    tcase_add_test(cases, slices_and_chunks);
    tcase_add_loop_test(cases, hostile_chunks, 0,
                        sizeof spoilt / sizeof spoilt[0]);
    tcase_add_loop_test(cases, hostile_fields, 0,
                        sizeof fields / sizeof fields[0]);
    tcase_add_test(cases, hostile_schemas);
    tcase_add_test(cases, failing_streams);
    tcase_add_loop_test(cases, every_type, 0,
                        sizeof types / sizeof types[0]);
    tcase_add_loop_test(cases, numbers_beyond, 0,
                        sizeof beyond / sizeof beyond[0]);
    tcase_add_test(cases, nulls_bools_and_many_chunks);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed > 0;
}
