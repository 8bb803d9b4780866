/*
 * test_store_support.h - what the test programs about the store share: a
 * directory of their own, small batches, files as bytes.
 */
#ifndef TEST_STORE_SUPPORT_H
#define TEST_STORE_SUPPORT_H

#include "store/store.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const cc_memory plain = {NULL, NULL};
static custcap_error last;
static char directory[64];

/* A path in the test's own directory; valid until eight calls later. */
static inline const char *
path_of(const char *name)
{
    static char rooms[8][256];
    static int turn;
    turn = (turn + 1) % 8;
    (void)snprintf(rooms[turn], sizeof rooms[turn], "%s/%s", directory, name);
    return rooms[turn];
}

static inline void
make_directory(void)
{
    (void)snprintf(directory, sizeof directory, "/tmp/custcap-test-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
}

static inline void
remove_directory(void)
{
    char command[128];
    (void)snprintf(command, sizeof command, "rm -rf '%s'", directory);
    ck_assert_int_eq(system(command), 0);
}

static inline cc_store_options
options_of(int read_only)
{
    cc_store_options options;
    memset(&options, 0, sizeof options);
    options.memory = &plain;
    options.read_only = read_only;
    options.busy_timeout_ms = 50;
    options.projection_schema =
        "CREATE TABLE small(id INTEGER PRIMARY KEY, word TEXT);\n"
        "CREATE INDEX small_word ON small(word);";
    options.projection_version = 3;
    return options;
}

/* Assert OK, with the words of the failure. */
#define ok(expression)                                                        \
    do {                                                                      \
        const custcap_status ok_status = (expression);                        \
        ck_assert_msg(ok_status == CUSTCAP_OK, "%s: %d %s", #expression,      \
                      (int)ok_status, last.text);                             \
    } while (0)

static inline cc_store *
create(const char *name)
{
    const cc_store_options options = options_of(0);
    cc_store *store = NULL;
    ok(cc_store_create(path_of(name), &options, "Asia/Shanghai", "CNY",
                       &store, &last));
    return store;
}

static inline custcap_status
try_open(const char *name, int read_only, cc_store **store)
{
    const cc_store_options options = options_of(read_only);
    int rebuild = 0;
    return cc_store_open(path_of(name), &options, &rebuild, store, &last);
}

static inline cc_store *
reopen(const char *name, int read_only)
{
    cc_store *store = NULL;
    ok(try_open(name, read_only, &store));
    return store;
}

/* A body with one party record and its name, or an entry of `amount` when
 * the name is NULL. */
static inline void
fill_body(cc_body *body, int64_t party, const char *name, int64_t amount)
{
    const cc_kind kind = name != NULL ? CC_PARTY : CC_ENTRY;
    const int columns = cc_record_type_of(kind)->column_count;
    int64_t first = 0;
    ok(cc_body_extend(body, kind, 1, &first, &last));
    int64_t **values = body->rows[kind].columns;
    for (int i = 0; i < columns; i++) {
        values[i][first] = 0;
    }
    values[0][first] = party; /* the first column of both kinds */
    if (name != NULL) {
        ok(cc_body_add_text(body, party, cc_text_of(name, -1),
                            &values[CC_PARTY_NAME][first], &last));
    } else {
        values[CC_ENTRY_AMOUNT][first] = amount;
    }
}

/* Append a body inside a transaction, vault and all. */
static inline custcap_status
append_body(cc_store *store, cc_body *body, int64_t now, cc_head *head)
{
    cc_buffer bytes = {.memory = &plain};
    custcap_status status = cc_vault_seal_texts(store, body, &last);
    if (status == CUSTCAP_OK) {
        status = cc_body_encode(body, &bytes, &last);
    }
    if (status == CUSTCAP_OK) {
        status = cc_journal_append(store, now, &bytes, head, &last);
    }
    if (status == CUSTCAP_OK) {
        status = cc_vault_write(store, head->position, body, &last);
    }
    cc_buffer_free(&bytes);
    return status;
}

/* One committed batch of one record; makes the party's key for a name. */
static inline cc_head
post(cc_store *store, int64_t party, const char *name, int64_t amount)
{
    cc_body body;
    cc_head head;
    cc_body_init(&body, &plain);
    fill_body(&body, party, name, amount);
    ok(cc_store_begin_write(store, &last));
    if (name != NULL) {
        ok(cc_secret_make(store, party, 1, &last));
    }
    ok(append_body(store, &body, 1000, &head));
    ok(cc_store_commit(store, &last));
    cc_body_free(&body);
    return head;
}

/* The bytes of a file, malloc'd; NULL when it isn't there. */
static inline uint8_t *
slurp(const char *path, long *size)
{
    FILE *file = fopen(path, "rb");
    *size = -1;
    if (file == NULL) {
        return NULL;
    }
    ck_assert_int_eq(fseek(file, 0, SEEK_END), 0);
    *size = ftell(file);
    rewind(file);
    uint8_t *bytes = malloc((size_t)*size + 1);
    ck_assert_ptr_nonnull(bytes);
    ck_assert_uint_eq(fread(bytes, 1, (size_t)*size, file), (size_t)*size);
    (void)fclose(file);
    return bytes;
}

static inline void
spill(const char *path, const void *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, size, file), size);
    ck_assert_int_eq(fclose(file), 0);
}

/* How often a run of bytes occurs in a file; 0 when there is no file. */
static inline int
occurrences(const char *path, const void *bytes, size_t size)
{
    long length = 0;
    int count = 0;
    uint8_t *all = slurp(path, &length);
    for (long i = 0; all != NULL && i + (long)size <= length; i++) {
        count += memcmp(all + i, bytes, size) == 0;
    }
    free(all);
    return count;
}

/* Run SQL on the file with a connection of the test's own. */
static inline void
foreign_sql(const char *name, const char *sql)
{
    sqlite3 *db = NULL;
    char *words = NULL;
    ck_assert_int_eq(sqlite3_open_v2(path_of(name), &db,
                                     SQLITE_OPEN_READWRITE
                                         | SQLITE_OPEN_CREATE,
                                     "custcap"),
                     SQLITE_OK);
    const int code = sqlite3_exec(db, sql, NULL, NULL, &words);
    ck_assert_msg(code == SQLITE_OK, "%s", words);
    ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
}

static inline int
exists(const char *path)
{
    struct stat found;
    return lstat(path, &found) == 0;
}

static inline int
run_suite(const char *name, const TTest *const *tests, int count)
{
    Suite *suite = suite_create(name);
    TCase *all = tcase_create(name);
    tcase_set_timeout(all, 120);
    tcase_add_checked_fixture(all, make_directory, remove_directory);
    for (int i = 0; i < count; i++) {
        tcase_add_test(all, tests[i]);
    }
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failures = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failures != 0;
}

#endif
