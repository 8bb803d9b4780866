/*
 * test_measures_catalogue.c - the catalogue's files, their headers and what
 * is read out of them.
 */
#include "test_measures_support.h"

#include "measures/inner.h"

/* That every one has a case is tests/docs/cases.py. */
START_TEST(test_names_ascend)
{
    ck_assert_int_gt(cc_measure_count(), 0);
    for (int64_t i = 0; i < cc_measure_count(); i++) {
        const char *name = cc_measure_name(cc_measure_at(i));
        ck_assert_ptr_eq(cc_measure_find(name), cc_measure_at(i));
        ck_assert_str_eq(custcap_measure_name(i), name);
        if (i > 0) {
            ck_assert_str_lt(custcap_measure_name(i - 1), name);
        }
    }
    ck_assert_ptr_null(cc_measure_find("revenue"));
    ck_assert_ptr_null(cc_measure_find("relation-self"));
    ck_assert_ptr_null(custcap_measure_name(cc_measure_count()));
    for (int64_t i = 1; i < cc_builtin_guard_count; i++) {
        ck_assert_str_lt(cc_builtin_guards[i - 1].name,
                         cc_builtin_guards[i].name);
    }
}
END_TEST

START_TEST(test_headers_are_complete)
{
    static const char *const needed[] = {"title", "version", "formula",
                                         "source", "column", "columns"};
    for (int64_t i = 0; i < cc_measure_count(); i++) {
        const cc_measure *measure = cc_measure_at(i);
        for (size_t k = 0; k < sizeof needed / sizeof *needed; k++) {
            const char *text = cc_measure_about(measure, needed[k]);
            ck_assert_msg(text != NULL && text[0] != '\0', "%s: %s",
                          measure->name, needed[k]);
        }
        ck_assert_ptr_nonnull(cc_measure_about(measure, "requirements"));
        /* A kernel or a SELECT, and a kernel there is. */
        const int kernel = cc_measure_says(measure, "kernel", "yes");
        ck_assert_int_eq(kernel, measure->sql[0] == '\0');
        ck_assert_int_eq(kernel, cc_kernel_find(measure->name) != NULL);
        cc_column_line column;
        cc_parameter_line parameter;
        const char *line = NULL;
        for (int32_t k = 0;
             (line = cc_measure_field(measure, "column", k)) != NULL; k++) {
            ck_assert_int_eq(cc_column_line_read(line, &column, NULL),
                             CUSTCAP_OK);
        }
        for (int32_t k = 0;
             (line = cc_measure_field(measure, "parameter", k)) != NULL;
             k++) {
            ck_assert_int_eq(cc_parameter_line_read(line, &parameter, NULL),
                             CUSTCAP_OK);
        }
    }
    ck_assert_str_eq(custcap_measure_about("revenue.retention", "title"),
                     "Revenue retention");
    ck_assert_ptr_null(custcap_measure_about("revenue.retention", "nope"));
    ck_assert_ptr_null(custcap_measure_about("nope", "title"));
}
END_TEST

/* The file of a measure, read as a host's text would be. */
static cc_measure *
parse_file(const char *folder, const char *name)
{
    static char bytes[100000];
    static const cc_memory memory = {NULL, NULL};
    char path[200];
    char file[100];
    (void)snprintf(file, sizeof file, "%s", name);
    for (char *dot = file; *dot != '\0'; dot++) {
        *dot = *dot == '.' ? '/' : *dot;
    }
    (void)snprintf(path, sizeof path, "lib/measures/%s%s.sql", folder, file);
    FILE *in = fopen(path, "rb");
    ck_assert_msg(in != NULL, "%s (run from the project's root)", path);
    const size_t size = fread(bytes, 1, sizeof bytes, in);
    fclose(in);
    cc_measure *measure = NULL;
    ck_assert_int_eq(cc_measure_parse(&memory,
                                      (cc_text){bytes, (int64_t)size},
                                      &measure, NULL),
                     CUSTCAP_OK);
    return measure;
}

/* tools/embed and cc_measure_parse read the same header the same way. */
static void
compare(const cc_measure *built, const char *folder)
{
    cc_measure *parsed = parse_file(folder, built->name);
    ck_assert_str_eq(built->sql, parsed->sql);
    ck_assert_int_eq(built->field_count, parsed->field_count);
    for (int32_t i = 0; i < built->field_count; i++) {
        ck_assert_str_eq(built->fields[i].name, parsed->fields[i].name);
        ck_assert_str_eq(built->fields[i].text, parsed->fields[i].text);
    }
    cc_measure_free(parsed);
}

START_TEST(test_both_readers_agree)
{
    for (int64_t i = 0; i < cc_measure_count(); i++) {
        compare(cc_measure_at(i), "");
    }
    for (int64_t i = 0; i < cc_builtin_guard_count; i++) {
        compare(&cc_builtin_guards[i], "guards/");
    }
}
END_TEST

START_TEST(test_column_lines)
{
    static const struct {
        const char *line;
        custcap_status status;
        cc_shape shape;
        int32_t merge, scale;
    } lines[] = {
        {"nrr ratio ratio - net", CUSTCAP_OK, CC_SHAPE_RATIO,
         CUSTCAP_MERGE_RATIO, 0},
        {"opening money sum - x", CUSTCAP_OK, CC_SHAPE_MONEY,
         CUSTCAP_MERGE_SUM, CC_SCALE_UNIT},
        {"open money none row - x", CUSTCAP_OK, CC_SHAPE_MONEY,
         CUSTCAP_MERGE_NONE, CC_SCALE_ROW},
        {"x decimal max 6", CUSTCAP_OK, CC_SHAPE_DECIMAL, CUSTCAP_MERGE_MAX,
         6},
        {"party party key", CUSTCAP_OK, CC_SHAPE_PARTY, CUSTCAP_MERGE_KEY,
         0},
        {"monetary ratio ratio unit - mean", CUSTCAP_OK, CC_SHAPE_RATIO,
         CUSTCAP_MERGE_RATIO, CC_SCALE_UNIT},
        {"x float sum", CUSTCAP_INVALID, 0, 0, 0},
        {"x money add", CUSTCAP_INVALID, 0, 0, 0},
        {"x money sum 19", CUSTCAP_INVALID, 0, 0, 0},
        {"X money sum", CUSTCAP_INVALID, 0, 0, 0},
        {"x money", CUSTCAP_INVALID, 0, 0, 0},
        {"", CUSTCAP_INVALID, 0, 0, 0},
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        cc_column_line column;
        ck_assert_msg(cc_column_line_read(lines[i].line, &column, NULL)
                          == lines[i].status,
                      "%s", lines[i].line);
        if (lines[i].status == CUSTCAP_OK) {
            ck_assert_int_eq(column.shape, lines[i].shape);
            ck_assert_int_eq(column.merge, lines[i].merge);
            ck_assert_int_eq(column.scale, lines[i].scale);
        }
    }
}
END_TEST

START_TEST(test_parameter_lines)
{
    cc_parameter_line parameter;
    ck_assert_int_eq(
        cc_parameter_line_read("time_unit text = day - day or week",
                               &parameter, NULL),
        CUSTCAP_OK);
    ck_assert_str_eq(parameter.name, "time_unit");
    ck_assert_int_eq(parameter.type, CUSTCAP_TYPE_TEXT);
    ck_assert_str_eq(parameter.text, "day");
    ck_assert(parameter.has_default && !parameter.optional);
    ck_assert_int_eq(cc_parameter_line_read("who party? - somebody",
                                            &parameter, NULL),
                     CUSTCAP_OK);
    ck_assert(parameter.is_party && parameter.optional
              && !parameter.has_default);
    ck_assert_int_eq(
        cc_parameter_line_read("by text = role of role|stage - which",
                               &parameter, NULL),
        CUSTCAP_OK);
    ck_assert_str_eq(parameter.text, "role");
    ck_assert(cc_text_is(parameter.choices, "role|stage"));
    ck_assert_int_eq(
        cc_parameter_line_read("type text? of word:relation - which",
                               &parameter, NULL),
        CUSTCAP_OK);
    ck_assert_int_eq(parameter.word_kind, CC_W_RELATION);
    ck_assert(parameter.choices.length == 0);
    ck_assert_int_eq(cc_parameter_line_read("x text of word:nothing",
                                            &parameter, NULL),
                     CUSTCAP_INVALID);
    ck_assert_int_eq(cc_parameter_line_read("x text of", &parameter, NULL),
                     CUSTCAP_INVALID);
    ck_assert_int_eq(cc_parameter_line_read("x int64 of 1|2", &parameter,
                                            NULL),
                     CUSTCAP_INVALID);
    ck_assert_int_eq(cc_parameter_line_read("x complex", &parameter, NULL),
                     CUSTCAP_INVALID);
    ck_assert_int_eq(cc_parameter_line_read("x int64 =", &parameter, NULL),
                     CUSTCAP_INVALID);
    ck_assert_int_eq(cc_parameter_line_read("x int64 5", &parameter, NULL),
                     CUSTCAP_INVALID);
}
END_TEST

START_TEST(test_parse_of_texts)
{
    static const cc_memory memory = {NULL, NULL};
    cc_measure *measure = NULL;
    static const char text[] = "-- title: Two\r\n"
                               "--   words\n"
                               "-- column: x int64 none\n"
                               "-- not a field, because: of the blank\n"
                               "--\n"
                               "-- column: y int64 none\n"
                               "SELECT 1 AS x, -- column: z\n2 AS y";
    ck_assert_int_eq(
        cc_measure_parse(&memory, cc_text_of(text, -1), &measure, NULL),
        CUSTCAP_OK);
    ck_assert_str_eq(cc_measure_about(measure, "title"), "Two words");
    ck_assert_str_eq(cc_measure_about(measure, "columns"),
                     "x int64 none\ny int64 none");
    ck_assert_str_eq(measure->sql,
                     "SELECT 1 AS x, -- column: z\n2 AS y");
    ck_assert_str_eq(measure->name, "text");
    cc_measure_free(measure);
    cc_measure_free(NULL);
    ck_assert_int_eq(
        cc_measure_parse(&memory, cc_text_of("", 0), &measure, NULL),
        CUSTCAP_OK);
    ck_assert_str_eq(measure->sql, "");
    cc_measure_free(measure);
    ck_assert_int_eq(cc_measure_parse(&memory, cc_text_of("\xff", 1),
                                      &measure, NULL),
                     CUSTCAP_INVALID);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("measures catalogue");
    TCase *tests = tcase_create("catalogue");
    tcase_add_test(tests, test_names_ascend);
    tcase_add_test(tests, test_headers_are_complete);
    tcase_add_test(tests, test_both_readers_agree);
    tcase_add_test(tests, test_column_lines);
    tcase_add_test(tests, test_parameter_lines);
    tcase_add_test(tests, test_parse_of_texts);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failures = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failures != 0;
}
