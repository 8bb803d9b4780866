/*
 * test_journal_record.c - the description of the records, ids and the chain.
 *
 * Field names come from the design's table of records and its section on the
 * command line; the chain's vector from another implementation (below).
 */
#include "journal/body.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

static cc_text
t(const char *words)
{
    return cc_text_of(words, -1);
}

/* How many columns a field takes (record.h). */
static int
width(cc_field_type type)
{
    return type == CC_F_DAY || type == CC_F_UNTIL || type == CC_F_DECIMAL ||
                   type == CC_F_KEY
               ? 2
               : 1;
}

START_TEST(every_column_belongs_to_one_field)
{
    for (int kind = CC_DEFINITION; kind < CC_KIND_END; kind++) {
        const cc_record_type *type = cc_record_type_of((cc_kind)kind);
        int owners[CC_COLUMNS_MAX] = {0};
        ck_assert_ptr_nonnull(type);
        ck_assert_int_le(type->column_count, CC_COLUMNS_MAX);
        ck_assert_int_le(type->field_count, CC_FIELDS_MAX);
        for (int i = 0; i < type->field_count; i++) {
            const cc_field *field = &type->fields[i];
            for (int k = 0; k < width(field->type); k++) {
                ck_assert_int_lt(field->column + k, type->column_count);
                owners[field->column + k]++;
            }
        }
        for (int i = 0; i < type->column_count; i++) {
            ck_assert_msg(owners[i] == 1, "%s.%s has %d fields", type->name,
                          type->columns[i], owners[i]);
            ck_assert_ptr_nonnull(type->columns[i]);
        }
    }
}
END_TEST

START_TEST(kinds_have_their_names)
{
    static const char *const names[] = {
        "definition", "party", "link", "role", "relation", "item",
        "entry",      "event", "move", "consent", "mark"};
    for (int i = 0; i < 11; i++) {
        ck_assert_int_eq(cc_kind_parse(t(names[i])), i + 1);
        ck_assert_str_eq(cc_record_type_of((cc_kind)(i + 1))->name, names[i]);
    }
    ck_assert_int_eq(cc_kind_parse(t("entries")), 0);
    ck_assert_int_eq(cc_kind_parse(t("")), 0);
    ck_assert_ptr_null(cc_record_type_of((cc_kind)0));
    ck_assert_ptr_null(cc_record_type_of(CC_KIND_END));
}
END_TEST

/* The visible fields of a kind, joined; required ones carry a "!". */
static const char *
visible(cc_kind kind, char room[512])
{
    const cc_record_type *type = cc_record_type_of(kind);
    size_t used = 0;
    room[0] = '\0';
    for (int i = 0; i < type->field_count; i++) {
        const cc_field *field = &type->fields[i];
        if ((field->flags & CC_FIELD_HIDDEN) != 0) {
            continue;
        }
        used += (size_t)snprintf(
            room + used, 512 - used, "%s%s%s", used > 0 ? "," : "",
            field->name, (field->flags & CC_FIELD_REQUIRED) ? "!" : "");
    }
    return room;
}

START_TEST(fields_are_those_of_the_command_line)
{
    char room[512];
    ck_assert_str_eq(visible(CC_ENTRY, room),
                     "party!,day!,amount!,code,unit,end,line,channel,"
                     "document,item,key,ref,prior");
    ck_assert_str_eq(visible(CC_RELATION, room),
                     "party!,type!,other!,from!,to,weight");
    ck_assert_str_eq(visible(CC_ROLE, room),
                     "party!,role!,toward,from!,to,stage,cause");
    ck_assert_str_eq(visible(CC_LINK, room), "party!,other!,from!,to");
    ck_assert_str_eq(visible(CC_PARTY, room), "party!,form,source,name,day");
    ck_assert_str_eq(visible(CC_ITEM, room),
                     "key!,party,kind!,flow,subject,owner,due,day!");
    ck_assert_str_eq(visible(CC_EVENT, room),
                     "party!,day!,kind!,object,word,number,text,observer,"
                     "item,source,source_id");
    ck_assert_str_eq(visible(CC_MOVE, room),
                     "item!,state!,actor,day!,reason");
    ck_assert_str_eq(visible(CC_CONSENT, room),
                     "party!,day!,purpose!,given!,wording,wording_hash,"
                     "method,evidence,expiry");
    ck_assert_str_eq(visible(CC_DEFINITION, room),
                     "kind!,code!,parent,from,en,zh,data");
    ck_assert_str_eq(visible(CC_MARK, room),
                     "kind!,day,position,digest,party");
}
END_TEST

START_TEST(fields_are_found_by_name)
{
    const cc_field *end = cc_record_field(CC_ENTRY, t("end"));
    ck_assert_ptr_nonnull(end);
    ck_assert_int_eq(end->type, CC_F_SPAN);
    ck_assert_int_eq(end->column, CC_ENTRY_SPAN);
    const cc_field *unit = cc_record_field(CC_ENTRY, t("unit"));
    ck_assert_int_eq(unit->words, CC_W_UNIT);
    ck_assert_ptr_null(cc_record_field(CC_ENTRY, t("ends")));
    ck_assert_ptr_null(cc_record_field((cc_kind)99, t("day")));
    ck_assert_str_eq(cc_record_type_of(CC_ENTRY)->columns[CC_ENTRY_KEY_LOW],
                     "key_low");
}
END_TEST

START_TEST(word_kinds_have_names)
{
    for (int kind = CC_W_NONE + 1; kind < CC_W_KIND_END; kind++) {
        const char *name = cc_word_kind_name((cc_word_kind)kind);
        ck_assert_int_gt((int)strlen(name), 0);
        ck_assert_int_eq(cc_word_kind_parse(t(name)), kind);
    }
    ck_assert_int_eq(cc_word_kind_parse(t("")), CC_W_NONE);
    ck_assert_int_eq(cc_word_kind_parse(t("roles")), CC_W_NONE);
    ck_assert_str_eq(cc_word_kind_name(CC_W_KIND_END), "");
    /* "Unseen lines and channels are accepted; unseen units, codes, roles
     * and types are refused." */
    ck_assert(cc_word_kind_is_open(CC_W_LINE));
    ck_assert(cc_word_kind_is_open(CC_W_CHANNEL));
    ck_assert(!cc_word_kind_is_open(CC_W_UNIT));
    ck_assert(!cc_word_kind_is_open(CC_W_CODE));
    ck_assert(!cc_word_kind_is_open(CC_W_ROLE));
    ck_assert(!cc_word_kind_is_open(CC_W_RELATION));
}
END_TEST

START_TEST(ids_are_written_and_read)
{
    char room[CC_ID_BYTES];
    int64_t id = 0;
    ck_assert_str_eq(cc_id_format(cc_id(12, 0), room), "@12.1");
    ck_assert_str_eq(cc_id_format(cc_id(1, 65535), room), "@1.65536");
    ck_assert(cc_id_parse(t("@12.1"), &id));
    ck_assert_int_eq(id, 12 * 65536);
    /* The largest position whose id fits: 2^47 - 1. */
    ck_assert(cc_id_parse(t("@140737488355327.65536"), &id));
    ck_assert_int_eq(id, INT64_MAX);

    static const char *const wrong[] = {
        "",      "@",     "@1",     "@1.",   "@.1",  "12.1",
        "@0.1",  "@1.0",  "@1.65537", "@140737488355328.1",
        "@1.1 ", "@01.1", "@-1.1",  "@1.+1", "@1.1.1",
        "@99999999999999999999.1"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        ck_assert_msg(!cc_id_parse(t(wrong[i]), &id), "%s", wrong[i]);
    }
}
END_TEST

/*
 * Computed with Python 3.11:
 *   c = bytes(32)
 *   for b in (b"first batch", b"", b"third batch"):
 *       c = hashlib.blake2b(c + b, digest_size=32).digest(); print(c.hex())
 */
START_TEST(chain_agrees_with_another_implementation)
{
    static const char *const bytes[] = {"first batch", "", "third batch"};
    static const char *const expected[] = {
        "9c1637dd06fa4b0be517b53c718b6ea8"
        "d68c6d403daaabd4d57f20da2cd37762",
        "e50cbbbf7f4d6ff5c4284e3e2c92e544"
        "5f26f38277f083100e8e6c960033a4d7",
        "0fd566be0fdcc25309d9963d705acf0f"
        "9fb7e450410e238001e241e5d6b85fe6"};
    uint8_t chain[CC_DIGEST_BYTES] = {0};
    char text[2 * CC_DIGEST_BYTES + 1];
    ck_assert_int_eq(cc_hash_open(NULL), CUSTCAP_OK);
    for (int i = 0; i < 3; i++) {
        cc_chain_next(chain, (const uint8_t *)bytes[i],
                      (int64_t)strlen(bytes[i]), chain);
        cc_hex(chain, CC_DIGEST_BYTES, text);
        text[2 * CC_DIGEST_BYTES] = '\0';
        ck_assert_str_eq(text, expected[i]);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("journal_record");
    TCase *tests = tcase_create("record");
    tcase_add_test(tests, every_column_belongs_to_one_field);
    tcase_add_test(tests, kinds_have_their_names);
    tcase_add_test(tests, fields_are_those_of_the_command_line);
    tcase_add_test(tests, fields_are_found_by_name);
    tcase_add_test(tests, word_kinds_have_names);
    tcase_add_test(tests, ids_are_written_and_read);
    tcase_add_test(tests, chain_agrees_with_another_implementation);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failures = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failures != 0;
}
