/*
 * test_table_render.c - tables as text, CSV and JSON, hostile cells included.
 *
 * Expected pages are written by hand from the rules: RFC 4180 (quoting),
 * RFC 8259 (JSON, checked by a small parser of its grammar below), UAX 11
 * (widths), and the list of cells that a spreadsheet takes for formulas.
 */
#include "test_table_support.h"

#include <math.h>
#include <stdio.h>

static test_heap heap;
static cc_memory memory;
static custcap_table *table;

static void
set_up(void)
{
    heap = (test_heap){0};
    memory = test_memory(&heap);
    ck_ok(cc_table_new(&memory, &table, NULL));
}

static void
tear_down(void)
{
    custcap_table_free(table);
    ck_assert_int_eq(heap.live, 0);
}

static void
column(const char *name, int32_t type, int32_t scale)
{
    ck_ok(cc_table_add_column(table, name, type, CUSTCAP_MERGE_NONE, scale,
                              NULL));
}

static void
check_page(int32_t format, int32_t flags, const char *expected)
{
    char *page = test_render(table, format, flags);
    ck_assert_str_eq(page, expected);
    free(page);
}

/* One of each type, and a second row of nulls. */
static void
fill_all_types(void)
{
    column("n", CUSTCAP_TYPE_INT64, 0);
    column("money", CUSTCAP_TYPE_MONEY, 2);
    column("yen", CUSTCAP_TYPE_MONEY, 0);
    column("factor", CUSTCAP_TYPE_DECIMAL, 3);
    column("day", CUSTCAP_TYPE_DAY, 0);
    column("at", CUSTCAP_TYPE_INSTANT, 0);
    column("who", CUSTCAP_TYPE_TEXT, 0);
    column("nrr", CUSTCAP_TYPE_RATIO, 0);
    column("mean", CUSTCAP_TYPE_RATIO, 2);
    ck_ok(cc_table_begin_row(table, NULL));
    cc_table_set(table, 0, -9007199254740993); /* no double has this one */
    cc_table_set(table, 1, -5);
    cc_table_set(table, 2, 1200);
    cc_table_set(table, 3, INT64_MIN);
    cc_table_set(table, 4, 19782); /* 2024-02-29 */
    cc_table_set(table, 5, 1500000);
    test_cell(table, 6, "Zoe");
    cc_table_set_ratio(table, 7, 38, 45); /* 0.8444... */
    cc_table_set_ratio(table, 8, 9625, 3); /* 96.25 / 3 = 32.08333... */
    ck_ok(cc_table_begin_row(table, NULL));
    for (int64_t i = 0; i < 9; i++) {
        ck_ok(cc_table_set_null(table, i, NULL));
    }
    cc_table_set_ratio(table, 7, 4, 0);
}

START_TEST(csv_of_all_types)
{
    fill_all_types();
    check_page(CUSTCAP_FORMAT_CSV, 0,
               "n,money,yen,factor,day,at,who,nrr,nrr_num,nrr_den,"
               "mean,mean_num,mean_den\n"
               "-9007199254740993,-0.05,1200,-9223372036854775.808,"
               "2024-02-29,1970-01-01T00:00:01.500000Z,Zoe,"
               "0.844444444444,38,45,32.0833333333,9625,3\n"
               ",,,,,,,,4,0,,0,0\n");
}
END_TEST

START_TEST(json_of_all_types)
{
    fill_all_types();
    ck_ok(cc_table_note(table, "unit", test_text("EUR"), NULL));
    ck_ok(cc_table_note(table, "query", test_text("say \"hi\"\n"), NULL));
    check_page(
        CUSTCAP_FORMAT_JSON, 0,
        "{\"notes\":{\"unit\":\"EUR\",\n"
        "\"query\":\"say \\\"hi\\\"\\n\"},\n"
        "\"columns\":[\n"
        "{\"name\":\"n\",\"type\":\"int64\",\"merge\":\"none\",\"scale\":0},\n"
        "{\"name\":\"money\",\"type\":\"money\",\"merge\":\"none\","
        "\"scale\":2},\n"
        "{\"name\":\"yen\",\"type\":\"money\",\"merge\":\"none\","
        "\"scale\":0},\n"
        "{\"name\":\"factor\",\"type\":\"decimal\",\"merge\":\"none\","
        "\"scale\":3},\n"
        "{\"name\":\"day\",\"type\":\"day\",\"merge\":\"none\","
        "\"scale\":0},\n"
        "{\"name\":\"at\",\"type\":\"instant\",\"merge\":\"none\","
        "\"scale\":0},\n"
        "{\"name\":\"who\",\"type\":\"text\",\"merge\":\"none\","
        "\"scale\":0},\n"
        "{\"name\":\"nrr\",\"type\":\"ratio\",\"merge\":\"none\","
        "\"scale\":0},\n"
        "{\"name\":\"nrr_num\",\"type\":\"int64\",\"merge\":\"none\","
        "\"scale\":0},\n"
        "{\"name\":\"nrr_den\",\"type\":\"int64\",\"merge\":\"none\","
        "\"scale\":0},\n"
        "{\"name\":\"mean\",\"type\":\"ratio\",\"merge\":\"none\","
        "\"scale\":2},\n"
        "{\"name\":\"mean_num\",\"type\":\"int64\",\"merge\":\"none\","
        "\"scale\":0},\n"
        "{\"name\":\"mean_den\",\"type\":\"int64\",\"merge\":\"none\","
        "\"scale\":0}],\n"
        "\"rows\":[\n"
        "[-9007199254740993,\"-0.05\",\"1200\",\"-9223372036854775.808\","
        "\"2024-02-29\",\"1970-01-01T00:00:01.500000Z\",\"Zoe\","
        "0.844444444444,38,45,32.0833333333,9625,3],\n"
        "[null,null,null,null,null,null,null,null,4,0,null,0,0]]}\n");
}
END_TEST

START_TEST(text_of_all_types)
{
    column("who", CUSTCAP_TYPE_TEXT, 0);
    column("n", CUSTCAP_TYPE_INT64, 0);
    column("day", CUSTCAP_TYPE_DAY, 0);
    column("money", CUSTCAP_TYPE_MONEY, 2);
    column("nrr", CUSTCAP_TYPE_RATIO, 0);
    column("mean", CUSTCAP_TYPE_RATIO, 2);
    const struct {
        const char *who;
        int64_t n, day, money, num, den, mean_num, mean_den;
    } rows[] = {
        {"Zoe", 1234567, 0, 1234567, 38, 45, 9625, 3}, /* 84.4..., 32.083... */
        {"\xE4\xB8\xAD\xE6\x96\x87", -1, 365, -5, 1, -16, -15, 2}, /* 中文 */
        {"e\xCC\x81", 0, 1, 0, 5, 0, 1, 0}, /* e and a combining acute */
        {NULL, 0, 2, 0, 0, 7, 1, 2},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ck_ok(cc_table_begin_row(table, NULL));
        test_cell(table, 0, rows[i].who);
        cc_table_set(table, 1, rows[i].n);
        cc_table_set(table, 2, rows[i].day);
        cc_table_set(table, 3, rows[i].money);
        cc_table_set_ratio(table, 4, rows[i].num, rows[i].den);
        cc_table_set_ratio(table, 5, rows[i].mean_num, rows[i].mean_den);
    }
    ck_ok(cc_table_put_null(table, 3, 3, NULL));
    /* -1/16 is -6.25 %, half up (away from zero) -6.3; -7.5 cents is -8. */
    check_page(CUSTCAP_FORMAT_TEXT, 0,
               "who         n  day            money    nrr   mean\n"
               "----  -------  ----------  --------  -----  -----\n"
               "Zoe   1234567  1970-01-01  12345.67  84.4%  32.08\n"
               "\xE4\xB8\xAD\xE6\x96\x87"
               "       -1  1971-01-01     -0.05  -6.3%  -0.08\n"
               "e\xCC\x81"
               "           0  1970-01-02      0.00      -      -\n"
               "-           0  1970-01-03         -   0.0%   0.01\n");
}
END_TEST

START_TEST(widths_follow_uax_11)
{
    const struct {
        const char *text;
        int width;
    } cells[] = {
        {"abc", 3},
        {"\xEF\xBC\xA1", 2},                /* U+FF21 full-width A */
        {"\xEF\xBD\xB1", 1},                /* U+FF71 half-width katakana */
        {"\xEA\xB0\x80", 2},                /* U+AC00 Hangul */
        {"\xE1\x84\x80\xE1\x85\xA1", 2},    /* conjoining U+1100 U+1161 */
        {"\xF0\x9F\x98\x80", 2},            /* U+1F600 */
        {"\xE2\x80\x8B", 0},                /* U+200B zero width space */
        {"\xC3\xA9", 1},                    /* U+00E9 */
        {"\xD7\xA9\xD6\xB8", 1},            /* Hebrew shin with a point */
        {"\xF0\xA0\x80\x80", 2},            /* U+20000 */
        {"\xC2\xB1", 1},                    /* U+00B1: ambiguous, narrow */
    };
    column("t", CUSTCAP_TYPE_TEXT, 0);
    column("n", CUSTCAP_TYPE_TEXT, 0);
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) {
        ck_ok(cc_table_resize(table, 0, NULL));
        ck_ok(cc_table_begin_row(table, NULL));
        test_cell(table, 0, cells[i].text);
        test_cell(table, 1, "|");
        char *page = test_render(table, CUSTCAP_FORMAT_TEXT, 0);
        /* "t" and its rule are as wide as the cell, but at least 1. */
        const int width = cells[i].width < 1 ? 1 : cells[i].width;
        const char *rule = strchr(page, '\n') + 1;
        ck_assert_int_eq((int)strspn(rule, "-"), width);
        char expected[64];
        snprintf(expected, sizeof expected, "\n%s%*s|\n", cells[i].text,
                 width - cells[i].width + 2, "");
        ck_assert_ptr_nonnull(strstr(page, expected));
        free(page);
    }
}
END_TEST

START_TEST(terminal_is_not_steered)
{
    column("t", CUSTCAP_TYPE_TEXT, 0);
    ck_ok(cc_table_begin_row(table, NULL));
    /* ESC, CSI (C1), override, line separator, line feed, a lone byte. */
    test_cell(table, 0,
              "\x1B[2J\xC2\x9B\xE2\x80\xAE\xE2\x80\xA8\n\xFF\xC3");
    check_page(CUSTCAP_FORMAT_TEXT, 0,
               "t\n"
               /* 6 + 3 + 6 + 6 + 6 + 2 + 4 + 4 */
               "-------------------------------------\n"
               "\\u001B[2J\\u009B\\u202E\\u2028\\n\\xFF\\xC3\n");
}
END_TEST

START_TEST(long_cells_do_not_widen_without_end)
{
    char text[5001];
    memset(text, 'x', 5000);
    text[5000] = '\0';
    column("t", CUSTCAP_TYPE_TEXT, 0);
    column("n", CUSTCAP_TYPE_INT64, 0);
    for (int i = 0; i < 1000; i++) {
        ck_ok(cc_table_begin_row(table, NULL));
        test_cell(table, 0, i == 0 ? text : "y");
    }
    char *page = test_render(table, CUSTCAP_FORMAT_TEXT, 0);
    ck_assert_ptr_nonnull(strstr(page, text)); /* whole */
    ck_assert_uint_lt(strlen(page), 5000 + 1002 * 70);
    free(page);
}
END_TEST

START_TEST(csv_formulas_are_neutralised)
{
    const struct {
        const char *text, *safe, *raw;
    } cells[] = {
        {"=1+1", "'=1+1", "=1+1"},
        {"+49 30", "'+49 30", "+49 30"},
        {"-5", "'-5", "-5"},
        {"@SUM(A1)", "'@SUM(A1)", "@SUM(A1)"},
        {"\t=1", "'\t=1", "\t=1"},
        {"\r=1", "\"'\r=1\"", "\"\r=1\""},
        {"\xEF\xBC\x9D" "1", "'\xEF\xBC\x9D" "1", "\xEF\xBC\x9D" "1"},
        {"\xEF\xBC\x8B" "1", "'\xEF\xBC\x8B" "1", "\xEF\xBC\x8B" "1"},
        {"\xEF\xBC\x8D" "1", "'\xEF\xBC\x8D" "1", "\xEF\xBC\x8D" "1"},
        {"\xEF\xBC\xA0" "1", "'\xEF\xBC\xA0" "1", "\xEF\xBC\xA0" "1"},
        {"=A,\"B\"", "\"'=A,\"\"B\"\"\"", "\"=A,\"\"B\"\"\""},
        {"=", "'=", "="},
        {"a=1", "a=1", "a=1"},
        {"'=1", "'=1", "'=1"},
        {" =1", " =1", " =1"},
        {"\xEF\xBC", "\xEF\xBC", "\xEF\xBC"}, /* cut in two: not one */
        {"", "", ""},
    };
    column("t", CUSTCAP_TYPE_TEXT, 0);
    column("n", CUSTCAP_TYPE_INT64, 0);
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) {
        ck_ok(cc_table_resize(table, 0, NULL));
        ck_ok(cc_table_begin_row(table, NULL));
        test_cell(table, 0, cells[i].text);
        cc_table_set(table, 1, -5); /* a number stays one */
        char expected[64];
        snprintf(expected, sizeof expected, "%s,-5\n", cells[i].safe);
        check_page(CUSTCAP_FORMAT_CSV, CUSTCAP_WRITE_BARE, expected);
        snprintf(expected, sizeof expected, "%s,-5\n", cells[i].raw);
        check_page(CUSTCAP_FORMAT_CSV,
                   CUSTCAP_WRITE_BARE | CUSTCAP_WRITE_RAW, expected);
    }
}
END_TEST

START_TEST(csv_quotes_as_rfc_4180)
{
    const struct {
        const char *text, *expected;
    } cells[] = {
        {"a,b", "\"a,b\""},
        {"a\nb", "\"a\nb\""},
        {"a\r", "\"a\r\""},
        {"say \"x\"", "\"say \"\"x\"\"\""},
        {"\"", "\"\"\"\""},
        {"\"\"", "\"\"\"\"\"\""},
        {"a;b c", "a;b c"},
        {NULL, "\"\""}, /* a line of one column is never blank */
        {"", "\"\""},
    };
    column("t", CUSTCAP_TYPE_TEXT, 0);
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) {
        ck_ok(cc_table_resize(table, 0, NULL));
        ck_ok(cc_table_begin_row(table, NULL));
        test_cell(table, 0, cells[i].text);
        char expected[64];
        snprintf(expected, sizeof expected, "t\n%s\n", cells[i].expected);
        check_page(CUSTCAP_FORMAT_CSV, 0, expected);
    }
}
END_TEST

START_TEST(csv_names_are_cells_too)
{
    column("=x,y", CUSTCAP_TYPE_RATIO, 0);
    check_page(CUSTCAP_FORMAT_CSV, 0,
               "\"'=x,y\",\"'=x,y_num\",\"'=x,y_den\"\n");
    check_page(CUSTCAP_FORMAT_CSV, CUSTCAP_WRITE_BARE, "");
}
END_TEST

/* The grammar of RFC 8259; every function gives where it ended or NULL. */
static const char *json_value(const char *at);

static const char *
json_string(const char *at)
{
    if (*at != '"') {
        return NULL;
    }
    for (at++; *at != '"'; at++) {
        if ((unsigned char)*at < 0x20) {
            return NULL;
        }
        if (*at != '\\') {
            continue;
        }
        at++;
        if (*at == 'u') {
            if (strspn(at + 1, "0123456789abcdefABCDEF") < 4) {
                return NULL;
            }
            at += 4;
        } else if (*at == '\0' || strchr("\"\\/bfnrt", *at) == NULL) {
            return NULL;
        }
    }
    return at + 1;
}

static const char *
json_number(const char *at)
{
    at += *at == '-';
    size_t digits = strspn(at, "0123456789");
    if (digits == 0 || (at[0] == '0' && digits > 1)) {
        return NULL;
    }
    at += digits;
    if (*at == '.') {
        digits = strspn(at + 1, "0123456789");
        at += digits + 1;
        if (digits == 0) {
            return NULL;
        }
    }
    return at;
}

static const char *
json_list(const char *at, char end, int named)
{
    at += strspn(at, " \n");
    if (*at == end) {
        return at + 1;
    }
    for (;;) {
        if (named) {
            at = json_string(at);
            if (at == NULL || *at != ':') {
                return NULL;
            }
            at++;
        }
        at = json_value(at);
        if (at == NULL) {
            return NULL;
        }
        if (*at == end) {
            return at + 1;
        }
        if (*at != ',') {
            return NULL;
        }
        at++;
        at += strspn(at, " \n");
    }
}

static const char *
json_value(const char *at)
{
    at += strspn(at, " \n");
    if (*at == '{' || *at == '[') {
        at = json_list(at + 1, *at == '{' ? '}' : ']', *at == '{');
    } else if (*at == '"') {
        at = json_string(at);
    } else if (strncmp(at, "null", 4) == 0) {
        at += 4;
    } else {
        at = json_number(at);
    }
    return at == NULL ? NULL : at + strspn(at, " \n");
}

static int
is_json(const char *page)
{
    const char *end = json_value(page);
    return end != NULL && *end == '\0'
           && cc_text_is_utf8(cc_text_of(page, -1));
}

START_TEST(parser_of_this_test_can_fail)
{
    ck_assert(is_json("{\"a\":[1,-0.5,null,\"\\u2028\"]}\n"));
    ck_assert(!is_json("{\"a\":[1,]}"));
    ck_assert(!is_json("[01]"));
    ck_assert(!is_json("[\"\n\"]"));
    ck_assert(!is_json("[\"\\x\"]"));
    ck_assert(!is_json("[.5]"));
    ck_assert(!is_json("[1] 2"));
    ck_assert(!is_json("[\"\xFF\"]"));
}
END_TEST

START_TEST(json_escapes_what_it_must)
{
    column("t\"\\\x01", CUSTCAP_TYPE_TEXT, 0);
    ck_ok(cc_table_begin_row(table, NULL));
    static const char text[] = "a\0\"\\\n\t\r\x1F\x7F\xE2\x80\xA8"
                               "\xE2\x80\xA9\xC3\xA9</script>";
    ck_ok(cc_table_set_text(table, 0, (cc_text){text, sizeof text - 1},
                            NULL));
    char *page = test_render(table, CUSTCAP_FORMAT_JSON, 0);
    ck_assert(is_json(page));
    ck_assert_ptr_nonnull(strstr(page, "{\"name\":\"t\\\"\\\\\\u0001\","));
    ck_assert_ptr_nonnull(
        strstr(page, "[\"a\\u0000\\\"\\\\\\n\\t\\u000d\\u001f\\u007f"
                     "\\u2028\\u2029\xC3\xA9\\u003c/script>\"]"));
    free(page);
}
END_TEST

/* Every byte after every byte, and every lead with all it could need. */
START_TEST(json_is_valid_whatever_the_bytes)
{
    column("t", CUSTCAP_TYPE_TEXT, 0);
    for (int a = 0; a < 256; a++) {
        for (int b = 0; b < 256; b++) {
            const char text[] = {(char)a, (char)b, (char)0x80, (char)0xBF};
            ck_ok(cc_table_begin_row(table, NULL));
            ck_ok(cc_table_set_text(table, 0, (cc_text){text, 2 + b % 3},
                                    NULL));
        }
    }
    char *page = test_render(table, CUSTCAP_FORMAT_JSON, 0);
    ck_assert(is_json(page));
    free(page);
    /* Overlong, surrogate, past U+10FFFF: a U+FFFD for each byte. */
    ck_ok(cc_table_resize(table, 0, NULL));
    const char *const wrong[] = {"\xC0\x80", "\xED\xA0\x80",
                                 "\xF4\x90\x80\x80", "\xE0\x80\x80"};
    for (int i = 0; i < 4; i++) {
        ck_ok(cc_table_begin_row(table, NULL));
        test_cell(table, 0, wrong[i]);
    }
    page = test_render(table, CUSTCAP_FORMAT_JSON, 0);
    const char *at = page;
    int replaced = 0;
    while ((at = strstr(at, "\xEF\xBF\xBD")) != NULL) {
        replaced++;
        at += 3;
    }
    ck_assert_int_eq(replaced, 2 + 3 + 4 + 3);
    ck_assert(is_json(page));
    free(page);
}
END_TEST

START_TEST(days_that_do_not_exist_show_as_numbers)
{
    column("day", CUSTCAP_TYPE_DAY, 0);
    column("at", CUSTCAP_TYPE_INSTANT, 0);
    const int64_t days[] = {-719162, 2932896, -719163, 2932897, INT64_MAX};
    for (int i = 0; i < 5; i++) {
        ck_ok(cc_table_begin_row(table, NULL));
        cc_table_set(table, 0, days[i]);
        cc_table_set(table, 1, i < 4 ? days[i] * 86400000000 : INT64_MIN);
    }
    ck_ok(cc_table_begin_row(table, NULL));
    cc_table_set(table, 1, -1);
    check_page(CUSTCAP_FORMAT_CSV, CUSTCAP_WRITE_BARE,
               "0001-01-01,0001-01-01T00:00:00Z\n"
               "9999-12-31,9999-12-31T00:00:00Z\n"
               "-719163,-62135683200000000\n"
               "2932897,253402300800000000\n"
               "9223372036854775807,-9223372036854775808\n"
               "1970-01-01,1969-12-31T23:59:59.999999Z\n");
}
END_TEST

START_TEST(extreme_ratios_are_shown)
{
    column("r", CUSTCAP_TYPE_RATIO, 2);
    ck_ok(cc_table_begin_row(table, NULL));
    cc_table_set_ratio(table, 0, INT64_MIN, -1); /* 2^63 cents */
    char *page = test_render(table, CUSTCAP_FORMAT_TEXT, 0);
    ck_assert_ptr_nonnull(strstr(page, "92233720368500000")); /* 12 digits */
    free(page);
    cc_table_set_ratio(table, 0, INT64_MIN, INT64_MIN);
    check_page(CUSTCAP_FORMAT_TEXT, 0, "   r\n----\n0.01\n");
}
END_TEST

START_TEST(empty_tables_render)
{
    check_page(CUSTCAP_FORMAT_TEXT, 0, "");
    check_page(CUSTCAP_FORMAT_CSV, 0, "");
    check_page(CUSTCAP_FORMAT_JSON, 0,
               "{\"notes\":{},\n\"columns\":[],\n\"rows\":[]}\n");
    column("t", CUSTCAP_TYPE_TEXT, 0);
    check_page(CUSTCAP_FORMAT_TEXT, 0, "t\n-\n");
    check_page(CUSTCAP_FORMAT_CSV, 0, "t\n");
}
END_TEST

START_TEST(receiver_can_stop)
{
    column("t", CUSTCAP_TYPE_TEXT, 0);
    char text[40001]; /* longer than any buffer in between */
    memset(text, 'x', 40000);
    text[40000] = '\0';
    for (int i = 0; i < 5; i++) {
        ck_ok(cc_table_begin_row(table, NULL));
        test_cell(table, 0, text);
    }
    for (int32_t format = 1; format <= 3; format++) {
        char *whole = test_render(table, format, 0);
        test_page page = {.calls_max = 3};
        ck_assert_int_eq(custcap_table_write(table, format, 0, test_receive,
                                             &page, NULL),
                         CUSTCAP_CANCELLED);
        ck_assert_int_eq(page.calls, 3); /* not asked again */
        ck_assert_int_lt(page.size, (int64_t)strlen(whole));
        ck_assert_int_eq(memcmp(page.data, whole, (size_t)page.size), 0);
        free(page.data);
        free(whole);
    }
}
END_TEST

/* The same table as CSV, JSON and text; a null and an infinity are empty. */
START_TEST(doubles_are_the_shortest_that_read_back)
{
    column("name", CUSTCAP_TYPE_TEXT, 0);
    column("value", CUSTCAP_TYPE_DOUBLE, 0);
    const double values[] = {-9582.429, 1e-7, 0.1 + 0.2, INFINITY, 3.0};
    for (int i = 0; i < 5; i++) {
        ck_ok(cc_table_begin_row(table, NULL));
        test_cell(table, 0, "x");
        cc_table_set_double(table, 1, values[i]);
    }
    ck_ok(cc_table_begin_row(table, NULL));
    test_cell(table, 0, "x");
    ck_ok(cc_table_set_null(table, 1, NULL));
    check_page(CUSTCAP_FORMAT_CSV, 0,
               "name,value\nx,-9582.429\nx,1e-7\nx,0.30000000000000004\n"
               "x,\nx,3\nx,\n");
    check_page(CUSTCAP_FORMAT_JSON, 0,
               "{\"notes\":{},\n\"columns\":[\n"
               "{\"name\":\"name\",\"type\":\"text\",\"merge\":\"none\","
               "\"scale\":0},\n"
               "{\"name\":\"value\",\"type\":\"double\",\"merge\":\"none\","
               "\"scale\":0}],\n"
               "\"rows\":[\n[\"x\",-9582.429],\n[\"x\",1e-7],\n"
               "[\"x\",0.30000000000000004],\n[\"x\",null],\n[\"x\",3],\n"
               "[\"x\",null]]}\n");
    check_page(CUSTCAP_FORMAT_TEXT, 0,
               "name      value\n----  ---------\nx     -9582.429\n"
               "x          1e-7\nx           0.3\nx             -\n"
               "x             3\nx             -\n");
    ck_assert(custcap_table_double(table, 1, 0) == -9582.429);
    ck_assert(custcap_table_doubles(table, 1)[4] == 3.0);
    ck_assert(isnan(custcap_table_double(table, 1, 3)));
    ck_assert(isnan(custcap_table_double(table, 0, 0)));
    ck_assert(isnan(custcap_table_double(table, 1, 6)));
    ck_assert_int_eq(custcap_table_int64(table, 1, 4), 0);
    ck_assert_ptr_null(custcap_table_values(table, 1));
    ck_assert_ptr_null(custcap_table_doubles(table, 0));
    ck_assert_int_eq(custcap_table_is_null(table, 1, 5), 1);
}
END_TEST

START_TEST(wrong_arguments_are_refused)
{
    test_page page = {0};
    ck_assert_int_eq(custcap_table_write(NULL, 1, 0, test_receive, &page,
                                         NULL), CUSTCAP_INVALID);
    ck_assert_int_eq(custcap_table_write(table, 1, 0, NULL, &page, NULL),
                     CUSTCAP_INVALID);
    ck_assert_int_eq(custcap_table_write(table, 0, 0, test_receive, &page,
                                         NULL), CUSTCAP_INVALID);
    ck_assert_int_eq(custcap_table_write(table, 4, 0, test_receive, &page,
                                         NULL), CUSTCAP_INVALID);
    ck_assert_int_eq(custcap_table_write(table, 2, 4, test_receive, &page,
                                         NULL), CUSTCAP_INVALID);
    ck_assert_int_eq(page.calls, 0);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("table rendering");
    TCase *tests = tcase_create("render");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, csv_of_all_types);
    tcase_add_test(tests, json_of_all_types);
    tcase_add_test(tests, text_of_all_types);
    tcase_add_test(tests, widths_follow_uax_11);
    tcase_add_test(tests, terminal_is_not_steered);
    tcase_add_test(tests, long_cells_do_not_widen_without_end);
    tcase_add_test(tests, csv_formulas_are_neutralised);
    tcase_add_test(tests, csv_quotes_as_rfc_4180);
    tcase_add_test(tests, csv_names_are_cells_too);
    tcase_add_test(tests, parser_of_this_test_can_fail);
    tcase_add_test(tests, json_escapes_what_it_must);
    tcase_add_test(tests, json_is_valid_whatever_the_bytes);
    tcase_add_test(tests, days_that_do_not_exist_show_as_numbers);
    tcase_add_test(tests, extreme_ratios_are_shown);
    tcase_add_test(tests, empty_tables_render);
    tcase_add_test(tests, receiver_can_stop);
    tcase_add_test(tests, doubles_are_the_shortest_that_read_back);
    tcase_add_test(tests, wrong_arguments_are_refused);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failures = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failures != 0;
}
