/*
 * body.c - the memory of one batch.
 *
 * Why here:   importing fills hundreds of batches of the same shape, so the
 *             columns are kept from one batch to the next and grow by
 *             doubling; nothing is allocated for kinds that don't occur.
 * Invariants: all columns of a kind have room for `capacity` values, or are
 *             NULL (a kind that was counted but not decoded).  The records of
 *             all kinds together are at most CC_BATCH_RECORDS_MAX.
 * Threads:    one body, one thread at a time.
 */
#include "internal.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

void
cc_body_init(cc_body *body, const cc_memory *memory)
{
    assert(body != NULL);
    assert(memory != NULL);

    memset(body, 0, sizeof *body);
    body->memory = memory;
    body->string_bytes.memory = memory;
    body->text_bytes.memory = memory;
}

void
cc_body_clear(cc_body *body)
{
    assert(body != NULL);
    assert(body->memory != NULL);

    for (int kind = 0; kind < CC_KIND_END; kind++) {
        body->rows[kind].count = 0;
    }
    body->string_bytes.size = 0;
    body->string_count = 0;
    body->text_bytes.size = 0;
    body->text_count = 0;
}

void
cc_body_free(cc_body *body)
{
    if (body == NULL || body->memory == NULL) {
        return;
    }
    for (int kind = 0; kind < CC_KIND_END; kind++) {
        for (int32_t i = 0; i < CC_COLUMNS_MAX; i++) {
            cc_free(body->memory, body->rows[kind].columns[i]);
        }
    }
    cc_buffer_free(&body->string_bytes);
    cc_buffer_free(&body->text_bytes);
    cc_free(body->memory, body->string_ends);
    cc_free(body->memory, body->texts);
    cc_body_init(body, body->memory);
}

/* Room for `need` rows.  After a failure some columns are larger than
 * `capacity` says, which harms nothing. */
static custcap_status
grow_rows(cc_body *body, cc_kind kind, int64_t need, custcap_error *error)
{
    cc_rows *rows = &body->rows[kind];
    const cc_record_type *type = cc_record_type_of(kind);
    assert(type != NULL);
    assert(need > 0 && need <= CC_BATCH_RECORDS_MAX);

    if (need <= rows->capacity) {
        return CUSTCAP_OK;
    }
    int64_t capacity = rows->capacity < 1 ? 1 : rows->capacity;
    while (capacity < need) {
        capacity *= 2;
    }
    for (int32_t i = 0; i < type->column_count; i++) {
        int64_t *grown = cc_resize(body->memory, rows->columns[i], capacity,
                                   sizeof *grown);
        if (grown == NULL) {
            return cc_no_memory(error);
        }
        rows->columns[i] = grown;
    }
    rows->capacity = capacity;
    return CUSTCAP_OK;
}

custcap_status
cc_body_extend(cc_body *body, cc_kind kind, int64_t count, int64_t *first,
               custcap_error *error)
{
    assert(cc_record_type_of(kind) != NULL);
    assert(count >= 0 && first != NULL);

    const int64_t total = cc_body_count(body);
    if (count > CC_BATCH_RECORDS_MAX - total) {
        return cc_fail(error, CUSTCAP_LIMIT,
                       "a batch of %" PRId64 " records and %" PRId64
                       " more: at most %d fit",
                       total, count, CC_BATCH_RECORDS_MAX);
    }
    cc_rows *rows = &body->rows[kind];
    if (count > 0) {
        CC_TRY(grow_rows(body, kind, rows->count + count, error));
    }
    *first = rows->count;
    rows->count += count;
    return CUSTCAP_OK;
}

custcap_status
cc_body_add_string(cc_body *body, cc_text text, int64_t *reference,
                   custcap_error *error)
{
    assert(body != NULL && reference != NULL);
    assert(text.length >= 0);

    if (body->string_count >= CC_BODY_STRINGS_MAX) {
        return cc_fail(error, CUSTCAP_LIMIT,
                       "a batch holds at most %d strings",
                       CC_BODY_STRINGS_MAX);
    }
    CC_TRY(cc_grow(body->memory, &body->string_ends, &body->string_capacity,
                   body->string_count + 1, sizeof *body->string_ends, error));
    if (text.length > 0) {
        CC_TRY(cc_buffer_add(&body->string_bytes, text.data, text.length,
                             error));
    }
    body->string_ends[body->string_count++] = body->string_bytes.size;
    *reference = body->string_count;
    return CUSTCAP_OK;
}

custcap_status
cc_body_add_text(cc_body *body, int64_t party, cc_text text,
                 int64_t *reference, custcap_error *error)
{
    assert(body != NULL && reference != NULL);
    assert(party != 0 && text.length >= 0);

    if (body->text_count >= CC_BODY_STRINGS_MAX) {
        return cc_fail(error, CUSTCAP_LIMIT,
                       "a batch holds at most %d personal texts",
                       CC_BODY_STRINGS_MAX);
    }
    CC_TRY(cc_grow(body->memory, &body->texts, &body->text_capacity,
                   body->text_count + 1, sizeof *body->texts, error));
    cc_personal personal = {.party = party,
                            .offset = body->text_bytes.size,
                            .length = text.length};
    if (text.length > 0) {
        CC_TRY(cc_buffer_add(&body->text_bytes, text.data, text.length,
                             error));
    }
    body->texts[body->text_count++] = personal;
    *reference = body->text_count;
    return CUSTCAP_OK;
}

cc_text
cc_body_string(const cc_body *body, int64_t reference)
{
    assert(reference >= 0 && reference <= body->string_count);

    const cc_text none = {NULL, 0};
    if (reference <= 0 || reference > body->string_count) {
        return none;
    }
    const int64_t start = reference > 1 ? body->string_ends[reference - 2] : 0;
    const int64_t end = body->string_ends[reference - 1];
    if (start == end) {
        return none; /* the buffer may have no bytes at all */
    }
    return (cc_text){(const char *)body->string_bytes.data + start,
                     end - start};
}

cc_text
cc_body_text(const cc_body *body, int64_t reference)
{
    assert(reference >= 0 && reference <= body->text_count);

    const cc_text none = {NULL, 0};
    if (reference <= 0 || reference > body->text_count) {
        return none;
    }
    const cc_personal *personal = &body->texts[reference - 1];
    if (personal->offset < 0 || personal->length == 0) {
        return none;
    }
    return (cc_text){(const char *)body->text_bytes.data + personal->offset,
                     personal->length};
}

int64_t
cc_body_count(const cc_body *body)
{
    assert(body != NULL);

    int64_t total = 0;
    for (int kind = 0; kind < CC_KIND_END; kind++) {
        total += body->rows[kind].count;
    }
    return total;
}

int64_t
cc_body_first_row(const cc_body *body, cc_kind kind)
{
    assert(body != NULL);
    assert(cc_record_type_of(kind) != NULL);

    int64_t first = 0;
    for (int before = 0; before < (int)kind; before++) {
        first += body->rows[before].count;
    }
    return first;
}
