/*
 * test_guards.c - what a batch is refused for, and what it is not.
 */
#include "test_measures_support.h"

#include "measures/inner.h"

static test_ledger ledger;

static void
setup(void)
{
    test_ledger_open(&ledger);
}

static void
teardown(void)
{
    test_ledger_close(&ledger);
}

/* REFUSED by this guard, and nothing was written. */
static void
refused(const char *record, const char *rows, const char *code)
{
    custcap_head before = {.struct_size = sizeof before};
    custcap_head after = {.struct_size = sizeof after};
    ck_assert_int_eq(custcap_ledger_head(ledger.ledger, &before, NULL),
                     CUSTCAP_OK);
    const custcap_status status = test_post(&ledger, record, rows);
    ck_assert_msg(status == CUSTCAP_REFUSED, "%s: %s (%s)", rows,
                  custcap_status_name(status),
                  custcap_error_text(ledger.error));
    ck_assert_msg(
        strncmp(custcap_error_text(ledger.error), code, strlen(code)) == 0,
        "%s: %s, expected %s", rows, custcap_error_text(ledger.error), code);
    ck_assert_int_eq(custcap_ledger_head(ledger.ledger, &after, NULL),
                     CUSTCAP_OK);
    ck_assert_int_eq(before.position, after.position);
}

START_TEST(test_self)
{
    refused("relation", "party,type,other,from|a,referred-by,a,2024-01-01",
            "relation-self");
    refused("relation", "party,type,other,from|a,supplies,a,2024-01-01",
            "relation-self");
    test_posted(&ledger, "relation",
                "party,type,other,from|a,referred-by,b,2024-01-01");
    /* One of two names of the same party. */
    test_posted(&ledger, "link", "party,other,from|c,d,2024-01-01");
    refused("relation", "party,type,other,from|c,referred-by,d,2024-02-01",
            "relation-self");
}
END_TEST

START_TEST(test_one_referrer)
{
    static const char unique[] = "relation-referrer-unique";
    test_posted(&ledger, "relation",
                "party,type,other,from|n,referred-by,a,2024-01-01");
    refused("relation", "party,type,other,from|n,referred-by,b,2024-06-01",
            unique);
    refused("relation", "party,type,other,from|n,referred-by,b,2023-01-01",
            unique); /* open-ended: it runs into the other */
    test_posted(&ledger, "relation", /* before it, and ended */
                "party,type,other,from,to"
                "|n,referred-by,b,2023-01-01,2024-01-01");
    refused("relation",
            "party,type,other,from,to"
            "|n,referred-by,c,2023-06-01,2023-07-01",
            unique);
    /* Not one of a kind: any number of suppliers. */
    test_posted(&ledger, "relation",
                "party,type,other,from|n,supplies,a,2024-01-01"
                "|n,supplies,b,2024-01-01");
    /* The first is told to have ended, then another may begin. */
    test_posted(&ledger, "relation",
                "party,type,other,from,to"
                "|n,referred-by,a,2024-01-01,2024-05-01");
    test_posted(&ledger, "relation",
                "party,type,other,from|n,referred-by,b,2024-05-01");
    /* Two in one batch. */
    refused("relation",
            "party,type,other,from|m,referred-by,a,2024-01-01"
            "|m,referred-by,b,2024-01-01",
            unique);
    /* In one batch, the end of one and the beginning of the next. */
    test_posted(&ledger, "relation",
                "party,type,other,from,to"
                "|n,referred-by,b,2024-05-01,2024-07-01"
                "|n,referred-by,c,2024-07-01,");
}
END_TEST

START_TEST(test_no_circle)
{
    static const char acyclic[] = "relation-acyclic";
    test_posted(&ledger, "relation",
                "party,type,other,from|b,referred-by,a,2024-01-01"
                "|c,referred-by,b,2024-01-01");
    refused("relation", "party,type,other,from|a,referred-by,c,2024-02-01",
            acyclic);
    refused("relation", "party,type,other,from|a,referred-by,b,2024-02-01",
            acyclic);
    /* A circle that is wholly in the batch. */
    refused("relation",
            "party,type,other,from|x,referred-by,y,2024-01-01"
            "|y,referred-by,z,2024-01-01|z,referred-by,x,2024-01-01",
            acyclic);
    /* Other types may go in circles, and another type closes none. */
    test_posted(&ledger, "relation",
                "party,type,other,from|a,supplies,c,2024-02-01"
                "|c,supplies,a,2024-02-01");
    /* A tie that has ended before closes none. */
    test_posted(&ledger, "relation",
                "party,type,other,from,to"
                "|q,referred-by,p,2023-01-01,2023-06-01");
    test_posted(&ledger, "relation",
                "party,type,other,from|p,referred-by,q,2024-01-01");
    /* The batch takes back what would close it. */
    test_posted(&ledger, "relation",
                "party,type,other,from,to"
                "|c,referred-by,b,2024-01-01,2024-01-01"
                "|b,referred-by,c,2024-01-02,"
                "|b,referred-by,a,2024-01-01,2024-01-02");
}
END_TEST

START_TEST(test_long_chains)
{
    /* A chain of 200, closed at its ends. */
    char rows[16000] = "party,type,other,from";
    for (int i = 0; i < 200; i++) {
        char row[64];
        (void)snprintf(row, sizeof row, "|p%d,referred-by,p%d,2024-01-01",
                       i + 1, i);
        strcat(rows, row);
    }
    test_posted(&ledger, "relation", rows);
    refused("relation",
            "party,type,other,from|p0,referred-by,p200,2024-02-01",
            "relation-acyclic");
    test_posted(&ledger, "relation",
                "party,type,other,from|p0,referred-by,q,2024-02-01");
}
END_TEST

/* ---- circles, beside a walk from every new relation ---- */

enum { PEOPLE = 9, TIES_MAX = 4096, BATCH_TIES = 4, ROUNDS = 250 };

/* A relation between merged parties, [from, until) in days of 2024; the last
 * of a (party, other, from) stands. */
typedef struct tie {
    int party, other, from, until;
} tie;

static int group[PEOPLE]; /* the party that each is one with */

static int
same_tie(const tie *a, const tie *b)
{
    return group[a->party] == group[b->party]
           && group[a->other] == group[b->other] && a->from == b->from;
}

/* Along ties that hold while [from, until): does `at` lead to `wanted`? */
static int
leads(const tie *ties, int count, const tie *start, int at, int wanted,
      int *seen)
{
    if (group[at] == wanted) {
        return 1;
    }
    seen[group[at]] = 1;
    for (int i = 0; i < count; i++) {
        const tie *next = &ties[i];
        if (group[next->party] == group[at] && next->from < next->until
            && next->from < start->until && start->from < next->until
            && (group[next->other] == wanted
                || !seen[group[next->other]])
            && leads(ties, count, start, next->other, wanted, seen)) {
            return 1;
        }
    }
    return 0;
}

/* What the guard's formula says of ties[known .. known + added). */
static int
makes_circle(const tie *ties, int known, int added)
{
    tie all[TIES_MAX + BATCH_TIES];
    int count = 0;
    for (int i = 0; i < known + added; i++) {
        int later = 0;
        for (int j = i + 1; j < known + added; j++) {
            later |= same_tie(&ties[i], &ties[j]);
        }
        if (!later) {
            all[count++] = ties[i];
        }
    }
    for (int i = known; i < known + added; i++) {
        int seen[PEOPLE] = {0};
        int stands = 0;
        for (int j = 0; j < count; j++) {
            stands |= memcmp(&all[j], &ties[i], sizeof *all) == 0;
        }
        if (stands && ties[i].from < ties[i].until
            && leads(all, count, &ties[i], ties[i].other,
                     group[ties[i].party], seen)) {
            return 1;
        }
    }
    return 0;
}

static void
write_tie(char *rows, const tie *of)
{
    char row[96];
    (void)snprintf(row, sizeof row,
                   "|m%d,feeds,m%d,2024-01-%02d,2024-01-%02d", of->party,
                   of->other, of->from, of->until);
    strcat(rows, row);
}

/* REQUIREMENTS A-05: no circle, whenever it would hold, through merges too,
 * and nothing refused that makes none. */
START_TEST(test_circles_at_random)
{
    static tie ties[TIES_MAX];
    int known = 0, made = 0;
    uint64_t dice = 17 + (uint64_t)_i;
    test_posted(&ledger, "definition",
                "kind,code,from,data"
                "|relation,feeds,2020-01-01,{\"acyclic\": true}");
    for (int i = 0; i < PEOPLE; i++) {
        group[i] = i;
    }
    for (int round = 0; round < ROUNDS && known < TIES_MAX; round++) {
        char rows[1024] = "party,type,other,from,to";
        int added = 0;
        if (_i == 1 && round == ROUNDS / 2) {
            test_posted(&ledger, "link", "party,other,from|m1,m7,2024-01-01");
            group[7] = group[1];
        }
        for (int i = 0; i < 1 + round % BATCH_TIES; i++) {
            tie *next = &ties[known + added];
            dice = dice * UINT64_C(6364136223846793005) + 1442695040888963407;
            const unsigned bits = (unsigned)(dice >> 33);
            next->party = (int)(bits % PEOPLE);
            next->other = (int)(bits / 16 % PEOPLE);
            next->from = 1 + (int)(bits / 256 % 20);
            next->until = next->from + (int)(bits / 8192 % 5);
            if (group[next->party] != group[next->other]) {
                write_tie(rows, next);
                added++;
            }
        }
        if (added == 0) {
            continue;
        }
        if (makes_circle(ties, known, added)) {
            refused("relation", rows, "relation-acyclic");
            made++;
        } else {
            test_posted(&ledger, "relation", rows);
            known += added;
        }
    }
    ck_assert_int_gt(made, ROUNDS / 20);
    ck_assert_int_gt(known, ROUNDS / 4);
}
END_TEST

START_TEST(test_closed_books)
{
    test_posted(&ledger, "entry", "party,day,amount|a,2024-01-10,5");
    ck_assert_int_eq(custcap_ledger_close(ledger.ledger, 19753, NULL),
                     CUSTCAP_OK); /* 2024-01-31 */
    refused("entry", "party,day,amount|a,2024-01-31,5", "entry-after-close");
    ck_assert_ptr_nonnull(
        strstr(custcap_error_text(ledger.error), "2024-01-31"));
    test_posted(&ledger, "entry", "party,day,amount|a,2024-02-01,5");
    test_posted(&ledger, "entry",
                "party,day,amount,prior|a,2024-01-31,5,1");
    refused("entry",
            "party,day,amount,prior|a,2024-01-31,5,1|a,2024-01-30,5,",
            "entry-after-close (entry 2)");
}
END_TEST

START_TEST(test_reversals)
{
    static const char reversal[] = "entry-reversal";
    test_posted(&ledger, "entry",
                "party,day,amount,key|a,2024-01-10,100,k1"
                "|b,2024-01-10,100,k2|a,2024-01-11,-40,k3");
    refused("entry", "party,day,amount,ref|a,2024-01-12,-100.01,k1",
            reversal);
    refused("entry", "party,day,amount,ref|a,2024-01-12,1,k1", reversal);
    test_posted(&ledger, "entry",
                "party,day,amount,ref|a,2024-01-12,-60,k1");
    refused("entry", "party,day,amount,ref|a,2024-01-13,-40.01,k1",
            reversal);
    ck_assert_ptr_nonnull(
        strstr(custcap_error_text(ledger.error), "-100.01"));
    test_posted(&ledger, "entry",
                "party,day,amount,ref|a,2024-01-13,-40,k1");
    refused("entry", "party,day,amount,ref|a,2024-01-14,-0.01,k1",
            reversal);
    /* Some of it back again: between nothing and all. */
    test_posted(&ledger, "entry",
                "party,day,amount,ref|a,2024-01-15,30,k1");
    /* A negative one is settled upwards. */
    refused("entry", "party,day,amount,ref|a,2024-01-12,40.01,k3",
            reversal);
    refused("entry", "party,day,amount,ref|a,2024-01-12,-1,k3", reversal);
    test_posted(&ledger, "entry", "party,day,amount,ref|a,2024-01-12,40,k3");
    /* Another party, unit, book. */
    refused("entry", "party,day,amount,ref|a,2024-01-12,-10,k2", reversal);
    refused("entry", "party,day,amount,unit,ref|b,2024-01-12,-10,USD,k2",
            reversal);
    ck_assert_ptr_nonnull(strstr(custcap_error_text(ledger.error), "USD"));
    refused("entry", "party,day,amount,code,ref|b,2024-01-12,-10,cost,k2",
            reversal);
    /* Within one batch: the whole of it counts. */
    refused("entry",
            "party,day,amount,ref|b,2024-01-12,-60,k2|b,2024-01-12,-60,k2",
            reversal);
    test_posted(&ledger, "entry",
                "party,day,amount,ref|b,2024-01-12,-60,k2"
                "|b,2024-01-12,-40,k2");
    test_posted(&ledger, "entry",
                "party,day,amount,key,ref|c,2024-01-12,70,k7,"
                "|c,2024-01-13,-70,,k7");
    refused("entry",
            "party,day,amount,key,ref|c,2024-01-12,70,k8,"
            "|c,2024-01-13,-71,,k8",
            reversal);
}
END_TEST

START_TEST(test_points)
{
    test_posted(&ledger, "entry",
                "party,day,amount,code,unit,key"
                "|a,2024-01-10,50,points,point,lot");
    test_posted(&ledger, "entry",
                "party,day,amount,code,unit,ref"
                "|a,2024-01-11,-40,points,point,lot");
    /* REQUIREMENTS.md A-19: 20 left of +10 +50 -40, 30 are too many. */
    refused("entry",
            "party,day,amount,code,unit,ref"
            "|a,2024-01-12,-30,points,point,lot",
            "entry-reversal");
    /* A clawback after spending leaves a negative lot. */
    test_posted(&ledger, "definition",
                "kind,code,parent|code,points.clawback,");
    test_posted(&ledger, "entry",
                "party,day,amount,code,unit,ref"
                "|a,2024-01-12,-30,points.clawback,point,lot");
}
END_TEST

/* Findings as a table, from the check that does not commit. */
START_TEST(test_check_gives_findings)
{
    static const char *const fields[] = {"party", "type", "other", "from"};
    static const char *const cells[] = {
        "a", "supplies",    "b", "2024-01-01",
        "c", "supplies",    "c", "2024-01-01",
        "d", "referred-by", "d", "2024-01-01"};
    custcap_batch *batch = NULL;
    custcap_table *findings = NULL;
    test_text text;
    ck_assert_int_eq(custcap_batch_new(ledger.ledger, &batch, NULL),
                     CUSTCAP_OK);
    ck_assert_int_eq(custcap_batch_add(batch, CUSTCAP_RELATION, fields, 4,
                                       cells, NULL, 3, ledger.error),
                     CUSTCAP_OK);
    ck_assert_int_eq(
        custcap_batch_check(batch, &findings, ledger.error),
        CUSTCAP_REFUSED);
    ck_assert_str_eq(test_csv(findings, &text),
                     "refuse,relation-self,relation 2,c cannot be supplies "
                     "itself\n"
                     "refuse,relation-self,relation 3,d cannot be "
                     "referred-by itself\n");
    ck_assert_ptr_nonnull(
        strstr(custcap_error_text(ledger.error), "1 more"));
    custcap_table_free(findings);
    custcap_batch_free(batch);
}
END_TEST

/* When guards are asked at all. */

static void
add_entry(cc_body *body, int32_t day, int64_t ref, int64_t flags)
{
    int64_t row = 0;
    ck_assert_int_eq(cc_body_extend(body, CC_ENTRY, 1, &row, NULL),
                     CUSTCAP_OK);
    for (int32_t c = 0; c < CC_ENTRY_COLUMNS; c++) {
        body->rows[CC_ENTRY].columns[c][row] = 0;
    }
    body->rows[CC_ENTRY].columns[CC_ENTRY_DAY][row] = day;
    body->rows[CC_ENTRY].columns[CC_ENTRY_REF][row] = ref;
    body->rows[CC_ENTRY].columns[CC_ENTRY_FLAGS][row] = flags;
}

static int
is_asked(const cc_words *words, const cc_body *body, int32_t closed_day)
{
    const cc_guard_facts facts = {closed_day, INT64_MIN};
    return cc_guards_needed(words, body, &facts);
}

START_TEST(test_when_guards_are_asked)
{
    static const cc_memory memory = {NULL, NULL};
    cc_words *words = NULL;
    ck_assert_int_eq(cc_words_new(&memory, &words, NULL), CUSTCAP_OK);
    cc_body body;
    cc_body_init(&body, &memory);
    ck_assert(!is_asked(words, &body, CC_DAY_NONE));
    add_entry(&body, 100, 0, 0);
    /* A plain post: no guard, no SQL. */
    ck_assert(!is_asked(words, &body, CC_DAY_NONE));
    ck_assert(!is_asked(words, &body, 99));
    ck_assert(is_asked(words, &body, 100));
    cc_body_clear(&body);
    add_entry(&body, 100, 0, CC_ENTRY_FLAG_PRIOR);
    ck_assert(!is_asked(words, &body, 100));
    add_entry(&body, 200, 65536, 0);
    ck_assert(is_asked(words, &body, CC_DAY_NONE));
    cc_body_clear(&body);
    int64_t row = 0;
    ck_assert_int_eq(cc_body_extend(&body, CC_EVENT, 1, &row, NULL),
                     CUSTCAP_OK);
    for (int32_t c = 0; c < CC_EVENT_COLUMNS; c++) {
        body.rows[CC_EVENT].columns[c][row] = 0;
    }
    ck_assert(!is_asked(words, &body, CC_DAY_NONE));
    ck_assert_int_eq(cc_body_extend(&body, CC_RELATION, 1, &row, NULL),
                     CUSTCAP_OK);
    ck_assert(is_asked(words, &body, CC_DAY_NONE));
    cc_body_free(&body);
    cc_words_free(words);
}
END_TEST

/* Every kind of record as a pending table has the columns of its view. */
START_TEST(test_pending_has_the_columns_of_the_views)
{
    for (int kind = CC_DEFINITION; kind < CC_KIND_END; kind++) {
        const char *name = cc_record_type_of((cc_kind)kind)->name;
        cc_shown_field fields[CC_SHOWN_MAX];
        const int32_t count = cc_shown_fields((cc_kind)kind, fields);
        char sql[1200] = "SELECT id";
        if (kind == CC_PARTY) {
            continue; /* one row a party there, one a record here */
        }
        for (int32_t i = 0; i < count; i++) {
            char column[80];
            (void)snprintf(column, sizeof column, ", \"%s\"",
                           fields[i].name);
            strcat(sql, column);
        }
        (void)snprintf(sql + strlen(sql), 60, " FROM %s", name);
        custcap_table *table = NULL;
        const custcap_status status = test_sql(&ledger, sql, NULL, &table);
        ck_assert_msg(status == CUSTCAP_OK, "%s: %s", sql,
                      custcap_error_text(ledger.error));
        custcap_table_free(table);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("guards");
    TCase *tests = tcase_create("guards");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, test_self);
    tcase_add_test(tests, test_one_referrer);
    tcase_add_test(tests, test_no_circle);
    tcase_add_test(tests, test_long_chains);
    tcase_add_loop_test(tests, test_circles_at_random, 0, 2);
    tcase_add_test(tests, test_closed_books);
    tcase_add_test(tests, test_reversals);
    tcase_add_test(tests, test_points);
    tcase_add_test(tests, test_check_gives_findings);
    tcase_add_test(tests, test_when_guards_are_asked);
    tcase_add_test(tests, test_pending_has_the_columns_of_the_views);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failures = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failures != 0;
}
