/*
 * test_small.c - the small records as tables, one row a state.
 *
 * What is expected is written out by hand, state by state.
 */
#include "test_keys_support.h"
#include "vocabulary/words.h"

static cc_store *store;
static cc_body body;

static void
setup(void)
{
    store = ledger_create();
    cc_body_init(&body, &plain);
}

static void
teardown(void)
{
    cc_body_free(&body);
    cc_store_free(store);
    ledger_remove();
}

/* One committed batch out of the body. */
static int64_t
commit(void)
{
    ok(cc_store_begin_write(store, &last));
    const int64_t position = append(store, &body);
    ok(cc_small_apply(store, position, &body, &last));
    ok(cc_store_commit(store, &last));
    cc_body_clear(&body);
    return position;
}

static int64_t *
cell(cc_kind kind, int column, int64_t row)
{
    return &body.rows[kind].columns[column][row];
}

/* All rows of a query, values with '|', rows with '\n', NULL as "-". */
static const char *
rows_of(const char *sql)
{
    static char room[4096];
    sqlite3_stmt *statement = NULL;
    size_t used = 0;
    ok(cc_store_prepare(store, sql, &statement, &last));
    room[0] = '\0';
    int code;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        const int columns = sqlite3_column_count(statement);
        for (int i = 0; i < columns; i++) {
            const char *text =
                (const char *)sqlite3_column_text(statement, i);
            used += (size_t)snprintf(room + used, sizeof(room) - used,
                                     "%s%s", text == NULL ? "-" : text,
                                     i + 1 < columns ? "|" : "\n");
            ck_assert_uint_lt(used, sizeof(room));
        }
    }
    ck_assert_int_eq(code, SQLITE_DONE);
    sqlite3_reset(statement);
    return room;
}

static void
add_role(int64_t party, int64_t role, int64_t day, int64_t until,
         int64_t stage)
{
    const int64_t row = add_row(&body, CC_ROLE);
    *cell(CC_ROLE, CC_ROLE_PARTY, row) = party;
    *cell(CC_ROLE, CC_ROLE_ROLE, row) = role;
    *cell(CC_ROLE, CC_ROLE_TOWARD, row) = CC_US;
    *cell(CC_ROLE, CC_ROLE_DAY, row) = day;
    *cell(CC_ROLE, CC_ROLE_UNTIL, row) = until;
    *cell(CC_ROLE, CC_ROLE_UNTIL_TIME, row) = until == CC_NONE ? CC_NONE : 0;
    *cell(CC_ROLE, CC_ROLE_STAGE, row) = stage;
}

/* The columns of every table are those of the record, and three more. */
START_TEST(test_columns)
{
    static const cc_kind kinds[] = {CC_DEFINITION, CC_LINK, CC_ROLE,
                                    CC_RELATION,   CC_ITEM, CC_MOVE,
                                    CC_CONSENT,    CC_MARK};
    static const char *const more[] = {"id", "known_from", "known_to"};
    for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
        const cc_record_type *type = cc_record_type_of(kinds[k]);
        char sql[100];
        char expected[1000] = "";
        for (int i = 0; i < type->column_count; i++) {
            strcat(strcat(expected, type->columns[i]), "\n");
        }
        for (int i = 0; i < 3; i++) {
            strcat(strcat(expected, more[i]), "\n");
        }
        (void)snprintf(sql, sizeof(sql),
                       "SELECT name FROM pragma_table_info('%s')",
                       type->name);
        ck_assert_str_eq(rows_of(sql), expected);
        /* Strings are TEXT, all else is INTEGER. */
        for (int i = 0; i < type->field_count; i++) {
            (void)snprintf(
                sql, sizeof(sql),
                "SELECT type FROM pragma_table_info('%s') WHERE name = '%s'",
                type->name, type->columns[type->fields[i].column]);
            ck_assert_str_eq(rows_of(sql), type->fields[i].type == CC_F_STRING
                                               ? "TEXT\n"
                                               : "INTEGER\n");
        }
    }
}
END_TEST

START_TEST(test_role_states)
{
    static const char all[] =
        "SELECT party, role, day, until, until_time, stage, id, known_from,"
        " known_to FROM role ORDER BY id";
    add_role(5, CC_ROLE_FAN, 100, CC_NONE, 121);
    add_role(5, CC_ROLE_MEMBER, 100, 200, 0);
    const int64_t first = commit();
    ck_assert_int_eq(first, 1);
    ck_assert_str_eq(rows_of(all), "5|203|100|-|-|121|65536|1|-\n"
                                   "5|202|100|200|0|0|65537|1|-\n");
    /* The same identity: the row before ends.  Another day: another role. */
    add_role(5, CC_ROLE_FAN, 100, 150, 124);
    add_role(5, CC_ROLE_FAN, 160, CC_NONE, 121);
    (void)commit();
    ck_assert_str_eq(rows_of(all), "5|203|100|-|-|121|65536|1|2\n"
                                   "5|202|100|200|0|0|65537|1|-\n"
                                   "5|203|100|150|0|124|131072|2|-\n"
                                   "5|203|160|-|-|121|131073|2|-\n");
    /* Twice in one batch, out of order: the last one stands. */
    add_role(9, CC_ROLE_FAN, 1, CC_NONE, 121);
    add_role(7, CC_ROLE_FAN, 1, CC_NONE, 121);
    add_role(7, CC_ROLE_FAN, 1, CC_NONE, 122);
    add_role(9, CC_ROLE_FAN, 1, CC_NONE, 123);
    (void)commit();
    ck_assert_str_eq(rows_of("SELECT party, stage, known_from, known_to"
                             " FROM role WHERE party > 5 ORDER BY id"),
                     "9|121|3|3\n7|121|3|3\n7|122|3|-\n9|123|3|-\n");
}
END_TEST

/* Every state of the file can be asked for later. */
START_TEST(test_as_known)
{
    for (int i = 1; i <= 4; i++) {
        add_role(5, CC_ROLE_FAN, 100, CC_NONE, 120 + i);
        (void)commit();
    }
    ck_assert_str_eq(
        rows_of("WITH p(n) AS (VALUES(0),(1),(2),(3),(4),(9))"
                " SELECT n, (SELECT group_concat(stage) FROM role"
                " WHERE known_from <= n AND (known_to IS NULL"
                " OR known_to > n)) FROM p"),
        "0|-\n1|121\n2|122\n3|123\n4|124\n9|124\n");
}
END_TEST

START_TEST(test_link_relation_item)
{
    for (int turn = 0; turn < 2; turn++) {
        int64_t row = add_row(&body, CC_LINK);
        *cell(CC_LINK, CC_LINK_PARTY, row) = 3;
        *cell(CC_LINK, CC_LINK_OTHER, row) = 4;
        *cell(CC_LINK, CC_LINK_DAY, row) = 10;
        *cell(CC_LINK, CC_LINK_UNTIL, row) = turn ? 20 : CC_NONE;
        *cell(CC_LINK, CC_LINK_UNTIL_TIME, row) = turn ? 0 : CC_NONE;
        row = add_row(&body, CC_RELATION);
        *cell(CC_RELATION, CC_RELATION_PARTY, row) = 3;
        *cell(CC_RELATION, CC_RELATION_TYPE, row) = CC_RELATION_REFERRED_BY;
        *cell(CC_RELATION, CC_RELATION_OTHER, row) = 8 + turn;
        *cell(CC_RELATION, CC_RELATION_DAY, row) = 10;
        *cell(CC_RELATION, CC_RELATION_WEIGHT, row) = -5;
        row = add_row(&body, CC_ITEM);
        *cell(CC_ITEM, CC_ITEM_PARTY, row) = 3;
        *cell(CC_ITEM, CC_ITEM_KEY_LOW, row) = 77;
        *cell(CC_ITEM, CC_ITEM_OWNER, row) = turn;
        (void)add_row(&body, CC_ITEM); /* without a key: never the same */
        (void)commit();
    }
    ck_assert_str_eq(rows_of("SELECT until, known_from, known_to FROM link"
                             " ORDER BY id"),
                     "-|1|2\n20|2|-\n");
    ck_assert_str_eq(rows_of("SELECT other, weight, known_to FROM relation"
                             " ORDER BY id"),
                     "8|-5|-\n9|-5|-\n");
    ck_assert_str_eq(rows_of("SELECT key_low, owner, known_to FROM item"
                             " ORDER BY id"),
                     "77|0|2\n0|0|-\n77|1|-\n0|0|-\n");
}
END_TEST

/* Consent, move and mark: history, never superseded. */
START_TEST(test_history_stays)
{
    for (int turn = 0; turn < 2; turn++) {
        int64_t row = add_row(&body, CC_CONSENT);
        *cell(CC_CONSENT, CC_CONSENT_PARTY, row) = 3;
        *cell(CC_CONSENT, CC_CONSENT_GIVEN, row) = 1 - turn;
        if (turn == 0) {
            ok(cc_body_add_string(
                &body, cc_text_of("v1", -1),
                cell(CC_CONSENT, CC_CONSENT_WORDING, row), &last));
        }
        row = add_row(&body, CC_MOVE);
        *cell(CC_MOVE, CC_MOVE_ITEM, row) = 65536;
        *cell(CC_MOVE, CC_MOVE_STATE, row) = 351;
        row = add_row(&body, CC_MARK);
        *cell(CC_MARK, CC_MARK_KIND, row) = CC_MARK_KIND_CLOSE;
        *cell(CC_MARK, CC_MARK_DAY, row) = 500 - turn * 30;
        (void)commit();
    }
    ck_assert_str_eq(rows_of("SELECT given, wording, known_from, known_to"
                             " FROM consent ORDER BY id"),
                     "1|v1|1|-\n0|-|2|-\n");
    ck_assert_str_eq(rows_of("SELECT item, state, known_to FROM move"),
                     "65536|351|-\n65536|351|-\n");
    int32_t day = 0;
    ok(cc_small_closed_day(store, &day, &last));
    ck_assert_int_eq(day, 500);
}
END_TEST

START_TEST(test_closed_day_of_none)
{
    int32_t day = 0;
    const int64_t row = add_row(&body, CC_MARK);
    *cell(CC_MARK, CC_MARK_KIND, row) = CC_MARK_KIND_ANCHOR;
    *cell(CC_MARK, CC_MARK_DAY, row) = 900;
    (void)commit();
    ok(cc_small_closed_day(store, &day, &last));
    ck_assert_int_eq(day, CC_DAY_NONE);
}
END_TEST

static void
add_definition(const char *code, int64_t word, int64_t day, const char *en)
{
    const int64_t row = add_row(&body, CC_DEFINITION);
    *cell(CC_DEFINITION, CC_DEFINITION_KIND, row) = CC_W_LINE;
    *cell(CC_DEFINITION, CC_DEFINITION_WORD, row) = word;
    *cell(CC_DEFINITION, CC_DEFINITION_DAY, row) = day;
    ok(cc_body_add_string(&body, cc_text_of(code, -1),
                          cell(CC_DEFINITION, CC_DEFINITION_CODE, row),
                          &last));
    if (en != NULL) {
        ok(cc_body_add_string(&body, cc_text_of(en, -1),
                              cell(CC_DEFINITION, CC_DEFINITION_EN, row),
                              &last));
    }
}

/* Definitions keep their texts, and words catch up from the table. */
START_TEST(test_definitions_and_words)
{
    add_definition("shoes", CC_WORD_HOST, 10, "Shoes");
    add_definition("hats", CC_WORD_HOST + 1, 10, NULL);
    (void)commit();
    add_definition("shoes", CC_WORD_HOST, 10, "Footwear");
    (void)commit();
    add_definition("shoes", CC_WORD_HOST, 99, "Boots");
    (void)commit();
    ck_assert_str_eq(
        rows_of("SELECT code, en, zh, day, known_from, known_to"
                " FROM definition ORDER BY id"),
        "shoes|Shoes|-|10|1|2\nhats|-|-|10|1|-\n"
        "shoes|Footwear|-|10|2|-\nshoes|Boots|-|99|3|-\n");

    cc_words *words = NULL;
    cc_meaning meaning;
    ok(cc_words_new(&plain, &words, &last));
    ok(cc_words_refresh(words, store, &last));
    ck_assert_int_eq(cc_words_position(words), 3);
    const int64_t shoes =
        cc_words_find(words, CC_W_LINE, cc_text_of("shoes", -1));
    ck_assert_int_eq(shoes, CC_WORD_HOST);
    ck_assert(cc_words_meaning(words, shoes, 1, 50, &meaning));
    ck_assert(cc_text_is(meaning.en, "Shoes"));
    ck_assert(cc_words_meaning(words, shoes, 3, 50, &meaning));
    ck_assert(cc_text_is(meaning.en, "Footwear"));
    ck_assert(cc_words_latest(words, shoes, &meaning));
    ck_assert(cc_text_is(meaning.en, "Boots"));
    ck_assert(cc_words_latest(words, CC_WORD_HOST + 1, &meaning));
    ck_assert(cc_text_is(meaning.en, "hats"));
    /* Again, and after more batches of another connection. */
    add_definition("gloves", CC_WORD_HOST + 2, 10, NULL);
    (void)commit();
    ok(cc_words_refresh(words, store, &last));
    ok(cc_words_refresh(words, store, &last));
    ck_assert_int_eq(
        cc_words_find(words, CC_W_LINE, cc_text_of("gloves", -1)),
        CC_WORD_HOST + 2);
    ck_assert_int_eq(cc_words_position(words), 4);
    /* What was applied and then rolled back comes again from the file. */
    cc_words_rollback(words, 2);
    ck_assert_int_eq(
        cc_words_find(words, CC_W_LINE, cc_text_of("gloves", -1)), 0);
    ok(cc_words_refresh(words, store, &last));
    ck_assert(cc_words_latest(words, shoes, &meaning));
    ck_assert(cc_text_is(meaning.en, "Boots"));
    cc_words_free(words);
}
END_TEST

START_TEST(test_rollback)
{
    add_role(5, CC_ROLE_FAN, 100, CC_NONE, 121);
    (void)commit();
    add_role(5, CC_ROLE_FAN, 100, CC_NONE, 122);
    ok(cc_store_begin_write(store, &last));
    ok(cc_small_apply(store, append(store, &body), &body, &last));
    cc_store_rollback(store);
    cc_body_clear(&body);
    ck_assert_str_eq(rows_of("SELECT stage, known_to FROM role"), "121|-\n");
    ok(cc_store_verify(store, NULL, NULL, &last));
}
END_TEST

START_TEST(test_out_of_memory)
{
    add_definition("shoes", CC_WORD_HOST, 10, "Shoes");
    add_role(5, CC_ROLE_FAN, 100, CC_NONE, 121);
    cc_store_free(store);
    int failures = 0;
    for (int64_t limit = 0;; limit++) {
        cc_store *scarce_store = ledger_open(&scarce_memory);
        ok(cc_store_begin_write(scarce_store, &last));
        const int64_t position = append(scarce_store, &body);
        scarcity.left = limit;
        const custcap_status status =
            cc_small_apply(scarce_store, position, &body, &last);
        scarcity.left = -1;
        cc_store_rollback(scarce_store);
        cc_store_free(scarce_store);
        ck_assert_int_eq(scarcity.blocks, 0);
        if (status == CUSTCAP_OK) {
            break;
        }
        ck_assert_int_eq(status, CUSTCAP_NOMEM);
        failures++;
        ck_assert_int_lt(failures, 1000);
    }
    store = ledger_open(&plain);
    ck_assert_str_eq(rows_of("SELECT count(*) FROM role"), "0\n");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("small");
    TCase *small = tcase_create("small");
    tcase_add_checked_fixture(small, setup, teardown);
    tcase_set_timeout(small, 60);
    tcase_add_test(small, test_columns);
    tcase_add_test(small, test_role_states);
    tcase_add_test(small, test_as_known);
    tcase_add_test(small, test_link_relation_item);
    tcase_add_test(small, test_history_stays);
    tcase_add_test(small, test_closed_day_of_none);
    tcase_add_test(small, test_definitions_and_words);
    tcase_add_test(small, test_rollback);
    tcase_add_test(small, test_out_of_memory);
    suite_add_tcase(suite, small);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failures = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failures != 0;
}
