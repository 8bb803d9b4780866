/*
 * test_snapshot_relations.c - relations by party, kept for later views.
 *
 * Expected: what the records say; a list of them asked by hand.
 */
#include "test_snapshot_ledger.h"

#include "snapshot/relations.h"

static void
add_relation(test_ledger *ledger, int64_t party, int64_t other, int32_t day,
             int64_t until, int64_t type)
{
    const int64_t row = test_row(ledger, CC_RELATION);
    test_set(ledger, CC_RELATION, row, CC_RELATION_PARTY, party);
    test_set(ledger, CC_RELATION, row, CC_RELATION_TYPE, type);
    test_set(ledger, CC_RELATION, row, CC_RELATION_OTHER, other);
    test_set(ledger, CC_RELATION, row, CC_RELATION_DAY, day);
    test_set(ledger, CC_RELATION, row, CC_RELATION_UNTIL, until);
    test_set(ledger, CC_RELATION, row, CC_RELATION_UNTIL_TIME,
             until == CC_NONE ? CC_NONE : 0);
}

static const cc_relations *
relations_of(cc_view *view)
{
    const cc_relations *relations = NULL;
    ck_ok(cc_view_relations(view, CC_RELATION_REFERRED_BY, &relations,
                            test_error));
    return relations;
}

/* How many of a party hold for the view. */
static int
held(cc_view *view, int64_t party)
{
    const cc_relations *relations = relations_of(view);
    int count = 0;
    for (int64_t i = party <= relations->party_last
                         ? relations->start[party]
                         : 0;
         party <= relations->party_last && i < relations->start[party + 1];
         i++) {
        ck_assert_int_eq(relations->items[i].party, party);
        count += cc_relation_holds(&relations->items[i],
                                   cc_view_moment(view));
    }
    return count;
}

static void
fill(test_ledger *ledger)
{
    test_open(ledger);
    test_begin(ledger);
    for (int i = 0; i < 5; i++) {
        (void)test_party(ledger, 0, 0, NULL);
    }
    test_commit(ledger);
    test_begin(ledger); /* position 3 */
    add_relation(ledger, 4, 2, 10, CC_NONE, CC_RELATION_REFERRED_BY);
    add_relation(ledger, 3, 2, 20, 30, CC_RELATION_REFERRED_BY);
    add_relation(ledger, 4, 3, 15, 15, CC_RELATION_REFERRED_BY); /* nothing */
    add_relation(ledger, 3, 4, 5, CC_NONE, CC_RELATION_REFERRED_BY + 1);
    test_commit(ledger);
}

START_TEST(relations_come_by_party)
{
    test_ledger ledger;
    fill(&ledger);
    cc_view *view = test_view(&ledger, ledger.position, 20);
    const cc_relations *relations = relations_of(view);
    ck_assert_int_eq(relations->count, 2);
    ck_assert_int_eq(relations->party_last, 4);
    ck_assert_int_eq(relations->other_last, 2);
    ck_assert_int_eq(relations->start[3], 0);
    ck_assert_int_eq(relations->start[4], 1);
    ck_assert_int_eq(relations->start[5], 2);
    ck_assert_int_eq(held(view, 3), 1);
    ck_assert_int_eq(held(view, 4), 1);
    ck_assert_int_eq(held(view, 2), 0);
    cc_view_close(view);
    view = test_view(&ledger, ledger.position, 19); /* not yet begun */
    ck_assert_int_eq(held(view, 3), 0);
    cc_view_close(view);
    view = test_view(&ledger, ledger.position - 1, 20); /* not yet known */
    ck_assert_int_eq(held(view, 4), 0);
    cc_view_close(view);
    test_close(&ledger);
}
END_TEST

START_TEST(they_are_kept_until_another_comes)
{
    test_ledger ledger;
    fill(&ledger);
    cc_view *first = test_view(&ledger, ledger.position, 99);
    const cc_relations *kept = relations_of(first);
    test_begin(&ledger);
    (void)test_party(&ledger, 0, 0, NULL);
    test_commit(&ledger);
    cc_view *view = test_view(&ledger, ledger.position, 99);
    ck_assert_ptr_eq(relations_of(view), kept);
    cc_view_close(view);

    /* The same relation ends on its first day: it was none. */
    test_begin(&ledger);
    add_relation(&ledger, 4, 2, 10, 10, CC_RELATION_REFERRED_BY);
    add_relation(&ledger, 5, 2, 12, CC_NONE, CC_RELATION_REFERRED_BY);
    test_commit(&ledger);
    view = test_view(&ledger, ledger.position, 99);
    ck_assert_ptr_ne(relations_of(view), kept);
    ck_assert_int_eq(held(view, 4), 0);
    ck_assert_int_eq(held(view, 5), 1);
    cc_view_close(view);
    /* Who looks back sees it as it was, from what is kept now. */
    view = test_view(&ledger, 3, 99);
    ck_assert_int_eq(held(view, 4), 1);
    ck_assert_int_eq(held(view, 5), 0);
    cc_view_close(view);
    ck_assert_int_eq(held(first, 4), 1); /* and so does who never left */
    cc_source_forget(ledger.source);
    ck_assert_int_eq(held(first, 4), 1);
    cc_view_close(first);
    test_close(&ledger);
}
END_TEST

/* Of all types at once, kept beside those of one; and when they end. */
START_TEST(all_types_and_their_ends)
{
    test_ledger ledger;
    fill(&ledger);
    for (int32_t day = 29; day <= 30; day++) {
        cc_view *view = test_view(&ledger, ledger.position, day);
        const cc_relations *all = NULL;
        ck_ok(cc_view_relations(view, 0, &all, test_error));
        ck_assert_int_eq(all->count, 3);
        int held = 0, in_force = 0, others = 0;
        for (int64_t i = 0; i < all->count; i++) {
            held += cc_relation_holds(&all->items[i], cc_view_moment(view));
            in_force += cc_relation_is_in_force(&all->items[i],
                                                cc_view_moment(view));
            others += all->items[i].type != CC_RELATION_REFERRED_BY;
        }
        ck_assert_int_eq(held, 3);
        ck_assert_int_eq(in_force, day == 29 ? 3 : 2); /* half-open */
        ck_assert_int_eq(others, 1);
        ck_assert_int_eq(relations_of(view)->count, 2);
        cc_view_close(view);
    }
    /* Asking for one did not put the other out. */
    cc_view *view = test_view(&ledger, ledger.position, 99);
    const cc_relations *all = NULL, *again = NULL;
    ck_ok(cc_view_relations(view, 0, &all, test_error));
    cc_view *other = test_view(&ledger, ledger.position, 99);
    (void)relations_of(other);
    ck_ok(cc_view_relations(other, 0, &again, test_error));
    ck_assert_ptr_eq(all, again);
    cc_view_close(other);
    cc_view_close(view);
    test_close(&ledger);
}
END_TEST

START_TEST(a_writers_view_sees_its_own)
{
    test_ledger ledger;
    fill(&ledger);
    test_begin(&ledger);
    add_relation(&ledger, 5, 3, 1, CC_NONE, CC_RELATION_REFERRED_BY);
    test_append(&ledger);
    const cc_moment moment = {.position = ledger.position, .as_of_day = 99};
    cc_view *view = NULL;
    ck_ok(cc_view_on_writer(ledger.source, ledger.store, ledger.party_keys,
                            &moment, &view, test_error));
    ck_assert_int_eq(held(view, 5), 1);
    cc_view_close(view);
    cc_store_rollback(ledger.store);
    ledger.position--;
    view = test_view(&ledger, ledger.position, 99);
    ck_assert_int_eq(held(view, 5), 0);
    cc_view_close(view);
    test_close(&ledger);
}
END_TEST

START_TEST(a_party_that_is_none_is_damage)
{
    test_ledger ledger;
    fill(&ledger);
    ck_ok(cc_store_begin_write(ledger.store, test_error));
    ck_ok(cc_store_exec(ledger.store,
                        "UPDATE relation SET other = -7 WHERE party = 3",
                        test_error));
    ck_ok(cc_store_commit(ledger.store, test_error));
    cc_view *view = test_view(&ledger, ledger.position, 99);
    const cc_relations *relations = NULL;
    ck_assert_int_eq(cc_view_relations(view, CC_RELATION_REFERRED_BY,
                                       &relations, test_error),
                     CUSTCAP_CORRUPT);
    cc_view_close(view);
    test_close(&ledger);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("snapshot relations");
    TCase *tests = tcase_create("relations");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, relations_come_by_party);
    tcase_add_test(tests, they_are_kept_until_another_comes);
    tcase_add_test(tests, all_types_and_their_ends);
    tcase_add_test(tests, a_writers_view_sees_its_own);
    tcase_add_test(tests, a_party_that_is_none_is_damage);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
