/*
 * words_define.c - definitions come in, and are taken back.
 *
 * Why here:   the one place that changes a cc_words.
 * Method:     a definition makes a word known or gives it a further version,
 *             put after all versions with the same or an earlier day, so that
 *             the last one in force comes first when searched from the end.
 *             A batch that fails half way is taken back to where it began.
 * Invariants: numbers of the host's words are consecutive; a word's kind and
 *             code never change; position only goes back by a rollback.
 * Threads:    any; one writes at a time, under the lock.
 */
#include "inner.h"

#include "base/money.h"
#include "json.h"
#include <assert.h>
#include <inttypes.h>
#include <string.h>

/* A place for one more version, after those with days up to `day`. */
static custcap_status
version_room(cc_words *words, cc_word *word, int32_t day, int64_t *index,
             custcap_error *error)
{
    assert(word->version_count <= word->version_capacity);

    if (word->version_count == word->version_capacity) {
        const int64_t capacity = word->version_capacity * 4;
        cc_version *old = word->versions;
        const int embedded = old == &word->first;
        cc_version *larger = cc_resize(words->memory, embedded ? NULL : old,
                                       capacity, sizeof(*larger));
        if (larger == NULL) {
            return cc_no_memory(error);
        }
        if (embedded) {
            larger[0] = word->first;
        }
        word->versions = larger;
        word->version_capacity = capacity;
    }
    int64_t at = word->version_count;
    while (at > 0 && word->versions[at - 1].meaning.day_from > day) {
        at--;
    }
    memmove(&word->versions[at + 1], &word->versions[at],
            (size_t)(word->version_count - at) * sizeof(*word->versions));
    *index = at;
    return CUSTCAP_OK;
}

/* A version's texts, kept. */
static custcap_status
keep_meaning(cc_words *words, const cc_word *word,
             const cc_definition_row *row, cc_meaning *meaning,
             custcap_error *error)
{
    assert(row->day >= INT32_MIN && row->day <= INT32_MAX);

    meaning->parent = row->parent == row->number ? 0 : row->parent;
    meaning->day_from = (int32_t)row->day;
    meaning->en = word->code;
    if ((row->en.length > 0 && !cc_words_keep(words, row->en, &meaning->en)) ||
        !cc_words_keep(words, row->zh, &meaning->zh) ||
        !cc_words_keep(words, row->data, &meaning->data)) {
        return cc_no_memory(error);
    }
    return CUSTCAP_OK;
}

static int32_t
unit_scale(const cc_definition_row *row)
{
    int64_t scale = 0;
    if (row->kind != CC_W_UNIT) {
        return -1;
    }
    return cc_json_integer(row->data, cc_text_of("scale", -1), &scale) &&
                   scale >= 0 && scale <= CC_SCALE_MAX
               ? (int32_t)scale
               : 0;
}

/* A word nobody has seen before, with its first version. */
static custcap_status
define_new(cc_words *words, int64_t position, const cc_definition_row *row,
           custcap_error *error)
{
    cc_word *word = cc_words_room(words, (int64_t)sizeof(*word));
    if (word == NULL) {
        return cc_no_memory(error);
    }
    memset(word, 0, sizeof(*word));
    if (!cc_words_keep(words, row->code, &word->code)) {
        return cc_no_memory(error);
    }
    word->number = row->number;
    word->kind = (int32_t)row->kind;
    word->position = position;
    word->hash = cc_words_hash(words, row->kind, word->code);
    word->scale = unit_scale(row);
    word->parent_first = row->parent == row->number ? 0 : row->parent;
    word->first.position = position;
    word->versions = &word->first;
    word->version_count = 1;
    word->version_capacity = 1;
    CC_TRY(keep_meaning(words, word, row, &word->first.meaning, error));
    word->shadowed = cc_words_at(
        words, cc_words_find(words, (cc_word_kind)row->kind, row->code));
    return cc_words_publish(words, word, error);
}

/* What a definition may not be.  It was checked when it came in, so what is
 * wrong here was changed in the file, or comes from a later library. */
static custcap_status
check_row(const cc_words *words, int64_t position,
          const cc_definition_row *row, custcap_error *error)
{
    char show[256];
    if (row->kind <= CC_W_NONE || row->kind >= CC_W_KIND_END ||
        row->code.length < 1 || row->day < CC_DAY_MIN ||
        row->day > CC_DAY_MAX) {
        return cc_fail(error, CUSTCAP_CORRUPT,
                       "batch %" PRId64 " defines \"%s\" with kind %" PRId64
                       " and day %" PRId64 ", which cannot be",
                       position, cc_text_show(row->code, show), row->kind,
                       row->day);
    }
    const cc_word *word = cc_words_at(words, row->number);
    if (word != NULL && (word->kind != row->kind ||
                         !cc_text_equal(word->code, row->code))) {
        return cc_fail(error, CUSTCAP_CORRUPT,
                       "batch %" PRId64 " defines word %" PRId64
                       " as \"%s\", but it is another word",
                       position, row->number, cc_text_show(row->code, show));
    }
    if (word == NULL && row->number < CC_WORD_HOST && position > 0) {
        return cc_fail(error, CUSTCAP_VERSION,
                       "batch %" PRId64 " redefines the built-in word %" PRId64
                       " (\"%s\"), which only a later version knows",
                       position, row->number, cc_text_show(row->code, show));
    }
    if (word == NULL && row->number >= CC_WORD_HOST) {
        if (row->number != cc_words_next(words)) {
            return cc_fail(error, CUSTCAP_CORRUPT,
                           "batch %" PRId64 " defines word %" PRId64
                           ", but the next one is %" PRId64,
                           position, row->number, cc_words_next(words));
        }
        const int64_t same = cc_words_find(
            words, (cc_word_kind)row->kind, row->code);
        if (same >= CC_WORD_HOST) {
            return cc_fail(error, CUSTCAP_CORRUPT,
                           "batch %" PRId64 " gives \"%s\" the number %" PRId64
                           ", but it is word %" PRId64,
                           position, cc_text_show(row->code, show),
                           row->number, same);
        }
    }
    return CUSTCAP_OK;
}

custcap_status
cc_words_define(cc_words *words, int64_t position,
                const cc_definition_row *row, custcap_error *error)
{
    assert(words != NULL);
    assert(row != NULL);

    CC_TRY(check_row(words, position, row, error));
    words->changed = position > words->changed ? position : words->changed;
    cc_word *word = cc_words_at(words, row->number);
    if (word == NULL) {
        return define_new(words, position, row, error);
    }
    cc_version version = {.position = position};
    CC_TRY(keep_meaning(words, word, row, &version.meaning, error));
    int64_t index = 0;
    CC_TRY(version_room(words, word, version.meaning.day_from, &index,
                        error));
    word->versions[index] = version;
    word->version_count++;
    return CUSTCAP_OK;
}

/* Versions of one word that came after `position`. */
static void
forget_versions(cc_word *word, int64_t position)
{
    if (word == NULL) {
        return;
    }
    int64_t kept = 0;
    for (int64_t i = 0; i < word->version_count; i++) {
        if (word->versions[i].position <= position) {
            word->versions[kept++] = word->versions[i];
        }
    }
    assert(kept > 0);
    word->version_count = kept;
}

void
cc_words_forget(cc_words *words, int64_t position)
{
    assert(words != NULL);
    assert(position >= 0);

    if (words->changed > position) {
        for (;;) {
            cc_word *last = cc_words_at(words, cc_words_next(words) - 1);
            if (last == NULL || last->number < CC_WORD_HOST ||
                last->position <= position) {
                break;
            }
            cc_words_unpublish(words, last);
            /* Its texts stay; its list of versions has no other reader. */
            if (last->versions != &last->first) {
                cc_free(words->memory, last->versions);
                last->versions = &last->first;
            }
        }
        for (int64_t number = 1; number < CC_BUILTIN_END; number++) {
            forget_versions(cc_words_at(words, number), position);
        }
        const int64_t next = cc_words_next(words);
        for (int64_t number = CC_WORD_HOST; number < next; number++) {
            forget_versions(cc_words_at(words, number), position);
        }
        words->changed = position;
    }
    if (atomic_load(&words->position) > position) {
        atomic_store(&words->position, position);
    }
}

void
cc_words_rollback(cc_words *words, int64_t position)
{
    assert(words != NULL);

    (void)pthread_rwlock_wrlock(&words->lock);
    cc_words_forget(words, position);
    (void)pthread_rwlock_unlock(&words->lock);
}

/* All definitions of one batch. */
static custcap_status
apply_rows(cc_words *words, int64_t position, const cc_body *body,
           custcap_error *error)
{
    const cc_rows *rows = &body->rows[CC_DEFINITION];
    for (int64_t i = 0; i < rows->count; i++) {
        const cc_definition_row row = {
            .kind = rows->columns[CC_DEFINITION_KIND][i],
            .number = rows->columns[CC_DEFINITION_WORD][i],
            .parent = rows->columns[CC_DEFINITION_PARENT][i],
            .day = rows->columns[CC_DEFINITION_DAY][i],
            .code = cc_body_string(body,
                                   rows->columns[CC_DEFINITION_CODE][i]),
            .en = cc_body_string(body, rows->columns[CC_DEFINITION_EN][i]),
            .zh = cc_body_string(body, rows->columns[CC_DEFINITION_ZH][i]),
            .data =
                cc_body_string(body, rows->columns[CC_DEFINITION_DATA][i]),
        };
        CC_TRY(cc_words_define(words, position, &row, error));
    }
    return CUSTCAP_OK;
}

custcap_status
cc_words_apply(cc_words *words, int64_t position, const cc_body *body,
               custcap_error *error)
{
    assert(words != NULL);
    assert(body != NULL);

    custcap_status status = CUSTCAP_OK;
    (void)pthread_rwlock_wrlock(&words->lock);
    const int64_t before = atomic_load(&words->position);
    if (position > before) {
        status = apply_rows(words, position, body, error);
        if (status == CUSTCAP_OK) {
            atomic_store(&words->position, position);
        } else {
            cc_words_forget(words, before);
        }
    }
    (void)pthread_rwlock_unlock(&words->lock);
    return status;
}

static cc_text
column_text(sqlite3_stmt *statement, int column)
{
    const char *bytes = (const char *)sqlite3_column_text(statement, column);
    return cc_text_of(bytes,
                      bytes == NULL ? 0
                                    : sqlite3_column_bytes(statement, column));
}

/* Definitions of batches after `from`, in their order; *last becomes the
 * position of the last one. */
static custcap_status
load_rows(cc_words *words, cc_store *store, int64_t from, int64_t *last,
          custcap_error *error)
{
    sqlite3_stmt *statement = NULL;
    CC_TRY(cc_store_prepare(store,
                            "SELECT known_from, kind, word, parent, day, "
                            "code, en, zh, data FROM definition "
                            "WHERE id >= ?1 ORDER BY id",
                            &statement, error));
    (void)sqlite3_bind_int64(statement, 1, cc_id(from + 1, 0));
    custcap_status status = CUSTCAP_OK;
    int code;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        *last = sqlite3_column_int64(statement, 0);
        const cc_definition_row row = {
            .kind = sqlite3_column_int64(statement, 1),
            .number = sqlite3_column_int64(statement, 2),
            .parent = sqlite3_column_int64(statement, 3),
            .day = sqlite3_column_int64(statement, 4),
            .code = column_text(statement, 5),
            .en = column_text(statement, 6),
            .zh = column_text(statement, 7),
            .data = column_text(statement, 8),
        };
        status = cc_words_define(words, *last, &row, error);
        if (status != CUSTCAP_OK) {
            break;
        }
    }
    if (status == CUSTCAP_OK && code != SQLITE_DONE) {
        status = cc_store_fail(store, code, "reading definitions", error);
    }
    (void)sqlite3_reset(statement);
    return status;
}

custcap_status
cc_words_refresh(cc_words *words, cc_store *store, custcap_error *error)
{
    assert(words != NULL);
    assert(store != NULL);

    cc_head head;
    CC_TRY(cc_journal_head(store, &head, error));
    if (head.position <= cc_words_position(words)) {
        return CUSTCAP_OK;
    }
    (void)pthread_rwlock_wrlock(&words->lock);
    const int64_t before = atomic_load(&words->position);
    int64_t last = before > head.position ? before : head.position;
    custcap_status status = CUSTCAP_OK;
    if (head.position > before) {
        status = load_rows(words, store, before, &last, error);
    }
    if (status == CUSTCAP_OK) {
        /* Outside a transaction batches may have come in meanwhile. */
        last = last > head.position ? last : head.position;
        atomic_store(&words->position, last);
    } else {
        cc_words_forget(words, before);
    }
    (void)pthread_rwlock_unlock(&words->lock);
    return status;
}
