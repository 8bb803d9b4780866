/*
 * test_arrow_out.c - tables as Arrow streams: layout, ownership, memory.
 *
 * Layouts are those of the specification, numbers those put into the table
 * by hand.  Blocks are counted: what is released is really gone.
 */
#include "test_arrow_support.h"
#include "test_table_support.h"

#include <stdio.h>

/* Four rows with a null in every column that can have one. */
static custcap_status
build(const cc_memory *memory, custcap_table **table, custcap_error *error)
{
    static const struct {
        const char *name;
        int32_t type, merge, scale;
    } columns[] = {{"party", CUSTCAP_TYPE_TEXT, CUSTCAP_MERGE_KEY, 0},
                   {"n", CUSTCAP_TYPE_INT64, CUSTCAP_MERGE_SUM, 0},
                   {"amount", CUSTCAP_TYPE_MONEY, CUSTCAP_MERGE_SUM, 2},
                   {"day", CUSTCAP_TYPE_DAY, CUSTCAP_MERGE_MAX, 0},
                   {"at", CUSTCAP_TYPE_INSTANT, CUSTCAP_MERGE_MIN, 0},
                   {"rate", CUSTCAP_TYPE_RATIO, CUSTCAP_MERGE_RATIO, 2}};
    static const char *const parties[] = {"ann", NULL, "", "ann"};
    CC_TRY(cc_table_new(memory, table, error));
    for (int i = 0; i < 6; i++) {
        CC_TRY(cc_table_add_column(*table, columns[i].name, columns[i].type,
                                   columns[i].merge, columns[i].scale,
                                   error));
    }
    for (int64_t row = 0; row < 4; row++) {
        CC_TRY(cc_table_begin_row(*table, error));
        for (int i = 1; i < 5; i++) {
            cc_table_set(*table, i, 1000 * i + row);
            if (row == 1) {
                CC_TRY(cc_table_set_null(*table, i, error));
            }
        }
        if (parties[row] != NULL) {
            CC_TRY(cc_table_set_text(*table, 0, test_text(parties[row]),
                                     error));
        }
        cc_table_set_ratio(*table, 5, 50, row == 1 ? 0 : 4);
    }
    CC_TRY(cc_table_note(*table, "measure", test_text("a.b"), error));
    return cc_table_note(*table, "unit", test_text("EUR"), error);
}

static custcap_table *
build_ok(test_heap *heap)
{
    custcap_table *table = NULL;
    const cc_memory memory = test_memory(heap);
    ck_ok(build(&memory, &table, NULL));
    return table;
}

static int
is_set(const struct ArrowArray *array, int64_t at)
{
    const uint8_t *bits = array->buffers[0];
    return bits == NULL || (bits[at / 8] >> at % 8 & 1);
}

START_TEST(layout)
{
    test_heap heap = {0};
    custcap_table *table = build_ok(&heap);
    struct ArrowArrayStream stream;
    struct ArrowSchema schema;
    struct ArrowArray array;
    static const char *const formats[] = {"i", "l",   "d:19,2", "tdD",
                                          "tsu:UTC", "g", "l", "l"};
    static const char *const names[] = {"party", "n",  "amount", "day", "at",
                                        "rate", "rate_num", "rate_den"};
    ck_ok(custcap_table_to_arrow(table, 0, &stream, NULL));
    ck_assert_int_eq(stream.get_schema(&stream, &schema), 0);
    ck_assert_int_eq(stream.get_next(&stream, &array), 0);
    ck_assert_str_eq(schema.format, "+s");
    ck_assert_int_eq(schema.n_children, 8);
    ck_assert_int_eq(array.n_children, 8);
    ck_assert_int_eq(array.length, 4);
    for (int i = 0; i < 8; i++) {
        ck_assert_str_eq(schema.children[i]->format, formats[i]);
        ck_assert_str_eq(schema.children[i]->name, names[i]);
        ck_assert_int_eq(array.children[i]->length, 4);
        ck_assert_int_eq(array.children[i]->offset, 0);
        ck_assert_int_eq(array.children[i]->null_count, i < 6);
        ck_assert_int_eq(is_set(array.children[i], 1), i >= 6);
        ck_assert_int_eq(is_set(array.children[i], 3), 1);
    }
    ck_assert_str_eq(schema.children[0]->dictionary->format, "u");
    /* The texts in use: "ann" and the empty one, each once. */
    const struct ArrowArray *texts = array.children[0]->dictionary;
    const int32_t *offsets = texts->buffers[1];
    ck_assert_int_eq(texts->length, 2);
    ck_assert_int_eq(offsets[1], 3);
    ck_assert_int_eq(offsets[2], 3);
    const int32_t *numbers = array.children[0]->buffers[1];
    ck_assert_int_eq(numbers[0], 0);
    ck_assert_int_eq(numbers[2], 1);
    ck_assert_int_eq(numbers[3], 0);
    /* Borrowed, not copied. */
    ck_assert_ptr_eq(array.children[1]->buffers[1],
                     custcap_table_values(table, 1));
    const int64_t *money = array.children[2]->buffers[1];
    ck_assert_int_eq(money[2 * 3], 2003);
    ck_assert_int_eq(money[2 * 3 + 1], 0);
    ck_assert_int_eq(((const int32_t *)array.children[3]->buffers[1])[3],
                     3003);
    /* 50 / (4 * 100) */
    ck_assert(((const double *)array.children[5]->buffers[1])[0] == 0.125);
    struct ArrowArray end;
    ck_assert_int_eq(stream.get_next(&stream, &end), 0);
    ck_assert(end.release == NULL);
    schema.release(&schema);
    array.release(&array);
    stream.release(&stream);
    ck_assert(schema.release == NULL && array.release == NULL
              && stream.release == NULL);
    custcap_table_free(table);
    ck_assert_int_eq(heap.live, 0);
}
END_TEST

START_TEST(owned_apart)
{
    test_heap heap = {0};
    custcap_table *table = build_ok(&heap);
    struct ArrowArrayStream stream;
    struct ArrowSchema schema;
    struct ArrowArray array;
    ck_ok(custcap_table_to_arrow(table, CUSTCAP_ARROW_MINOR, &stream, NULL));
    ck_assert_int_eq(stream.get_schema(&stream, &schema), 0);
    ck_assert_int_eq(stream.get_next(&stream, &array), 0);
    custcap_table_free(table); /* the stream keeps it */
    stream.release(&stream);   /* and so do the arrays */
    struct ArrowArray amounts = *array.children[2]; /* moved out */
    struct ArrowArray parties = *array.children[0];
    struct ArrowSchema field = *schema.children[0];
    array.children[2]->release = NULL;
    array.children[0]->release = NULL;
    schema.children[0]->release = NULL;
    schema.release(&schema);
    array.release(&array);
    ck_assert_int_eq(((const int64_t *)amounts.buffers[1])[3], 2003);
    ck_assert_str_eq(field.name, "party");
    ck_assert_str_eq(field.dictionary->format, "u");
    amounts.release(&amounts);
    ck_assert_int_eq(
        memcmp(parties.dictionary->buffers[2], "ann", 3), 0);
    parties.release(&parties);
    field.release(&field);
    ck_assert_int_eq(heap.live, 0);
}
END_TEST

START_TEST(metadata)
{
    test_heap heap = {0};
    custcap_table *table = build_ok(&heap);
    struct ArrowArrayStream stream;
    struct ArrowSchema schema;
    ck_ok(custcap_table_to_arrow(table, CUSTCAP_ARROW_PLAIN, &stream, NULL));
    ck_assert_int_eq(stream.get_schema(&stream, &schema), 0);
    ck_assert_str_eq(schema.children[0]->format, "u");
    const char *at = schema.metadata;
    int32_t number[2];
    memcpy(number, at, 8);
    ck_assert_int_eq(number[0], 2);
    ck_assert_int_eq(number[1], 15);
    ck_assert_int_eq(memcmp(at + 8, "custcap.measure", 15), 0);
    memcpy(number, at + 23, 4);
    ck_assert_int_eq(number[0], 3);
    ck_assert_int_eq(memcmp(at + 27, "a.b", 3), 0);
    schema.release(&schema);
    stream.release(&stream);
    custcap_table_free(table);
    ck_assert_int_eq(heap.live, 0);
}
END_TEST

/* Out and in again, by each way of writing: the same table. */
START_TEST(round_trip)
{
    test_heap heap = {0};
    custcap_table *table = build_ok(&heap);
    struct ArrowArrayStream stream;
    custcap_table *back = NULL;
    char *before = test_render(table, CUSTCAP_FORMAT_JSON, 0);
    ck_ok(custcap_table_to_arrow(table, _i, &stream, NULL));
    ck_ok(custcap_table_from_arrow(&stream, &back, NULL));
    char *after = test_render(back, CUSTCAP_FORMAT_JSON, 0);
    ck_assert_str_eq(before, after);
    for (int64_t i = 0; i < 6; i++) {
        ck_assert_int_eq(custcap_table_column_merge(back, i),
                         custcap_table_column_merge(table, i));
        ck_assert_int_eq(custcap_table_column_type(back, i),
                         custcap_table_column_type(table, i));
        ck_assert_int_eq(custcap_table_column_scale(back, i),
                         custcap_table_column_scale(table, i));
    }
    ck_assert_str_eq(custcap_table_note(back, "unit"), "EUR");
    free(before);
    free(after);
    custcap_table_free(back);
    custcap_table_free(table);
    ck_assert_int_eq(heap.live, 0);
}
END_TEST

START_TEST(empty_and_wrong)
{
    test_heap heap = {0};
    const cc_memory memory = test_memory(&heap);
    custcap_table *table = NULL;
    struct ArrowArrayStream stream;
    struct ArrowArray array;
    ck_ok(cc_table_new(&memory, &table, NULL));
    ck_ok(cc_table_add_column(table, "t", CUSTCAP_TYPE_TEXT, 0, 0, NULL));
    ck_ok(cc_table_add_column(table, "n", CUSTCAP_TYPE_INT64, 0, 0, NULL));
    ck_ok(cc_table_add_column(table, "d", CUSTCAP_TYPE_DAY, 0, 0, NULL));
    for (int32_t flags = 0; flags < 4; flags++) {
        ck_ok(custcap_table_to_arrow(table, flags, &stream, NULL));
        ck_assert_int_eq(stream.get_next(&stream, &array), 0);
        ck_assert_int_eq(array.length, 0);
        for (int i = 0; i < 3; i++) {
            ck_assert_ptr_nonnull(array.children[i]->buffers[1]);
        }
        array.release(&array);
        stream.release(&stream);
    }
    ck_assert_int_eq(custcap_table_to_arrow(table, 8, &stream, NULL),
                     CUSTCAP_INVALID);
    ck_assert(stream.release == NULL);
    ck_assert_int_eq(custcap_table_to_arrow(NULL, 0, &stream, NULL),
                     CUSTCAP_INVALID);
    ck_assert_int_eq(custcap_table_to_arrow(table, 0, NULL, NULL),
                     CUSTCAP_INVALID);
    /* A day that date32 hasn't. */
    ck_ok(cc_table_begin_row(table, NULL));
    cc_table_set(table, 2, INT64_C(1) << 40);
    ck_ok(custcap_table_to_arrow(table, 0, &stream, NULL));
    ck_assert_int_eq(stream.get_next(&stream, &array), ERANGE);
    ck_assert_ptr_nonnull(strstr(stream.get_last_error(&stream), "row 0"));
    stream.release(&stream);
    custcap_table_free(table);
    ck_assert_int_eq(heap.live, 0);
}
END_TEST

/* Each allocation fails once, and once with all after it. */
START_TEST(short_of_memory)
{
    for (int64_t at = 1, done = 0; !done; at++) {
        test_heap heap = {0};
        custcap_table *table = build_ok(&heap);
        struct ArrowArrayStream stream;
        struct ArrowSchema schema = {0};
        struct ArrowArray array = {0};
        heap.fail_at = heap.calls + at;
        heap.sticky = _i & 1;
        const custcap_status made =
            custcap_table_to_arrow(table, _i & 2, &stream, NULL);
        if (made == CUSTCAP_OK) {
            const int one = stream.get_schema(&stream, &schema);
            const int two = stream.get_next(&stream, &array);
            ck_assert(one == 0 || (one == ENOMEM && !schema.release));
            ck_assert(two == 0 || (two == ENOMEM && !array.release));
            done = one == 0 && two == 0 && heap.calls < heap.fail_at;
            if (schema.release != NULL) {
                schema.release(&schema);
            }
            if (array.release != NULL) {
                array.release(&array);
            }
            stream.release(&stream);
        } else {
            ck_assert_int_eq(made, CUSTCAP_NOMEM);
            ck_assert(stream.release == NULL);
        }
        custcap_table_free(table);
        ck_assert_int_eq(heap.live, 0);
        ck_assert_int_lt(at, 1000);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("arrow out");
    TCase *cases = tcase_create("out");
    tcase_add_test(cases, layout);
    tcase_add_test(cases, owned_apart);
    tcase_add_test(cases, metadata);
    tcase_add_loop_test(cases, round_trip, 0, 4);
    tcase_add_test(cases, empty_and_wrong);
    tcase_add_loop_test(cases, short_of_memory, 0, 4);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed > 0;
}
