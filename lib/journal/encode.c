/*
 * encode.c - a batch becomes its canonical bytes.
 *
 * Why here:   these bytes are what the chain signs; whatever they don't say
 *             never happened.  custcap-journal(5) describes them.
 * Method:     kinds ascending, columns in order, each packed by cc_pack (which
 *             is canonical) behind its size; a zero byte; strings; texts.
 * Invariants: equal batches give equal bytes on every platform.  Every value
 *             was checked, so what is written can be read back.
 * Threads:    one body, one thread at a time.
 */
#include "internal.h"

#include "base/pack.h"

#include <assert.h>

/* From each value to the next the same step?  Always the smallest form: the
 * others of different values carry 8 bytes of tail, or a byte a value. */
static int
is_series(const int64_t *values, int64_t count)
{
    if (count < CC_BODY_SERIES_MIN || values[0] == values[1]) {
        return 0;
    }
    const uint64_t step = (uint64_t)values[1] - (uint64_t)values[0];
    int64_t i = 2;
    while (i < count
           && (uint64_t)values[i] - (uint64_t)values[i - 1] == step) {
        i++;
    }
    return i == count;
}

/* Values behind the size of their packed form.  `room` is scratch. */
static custcap_status
encode_column(const int64_t *values, int64_t count, cc_buffer *room,
              cc_buffer *out, custcap_error *error)
{
    assert(values != NULL);
    assert(count > 0);

    room->size = 0;
    if (is_series(values, count)) {
        const int64_t step =
            (int64_t)((uint64_t)values[1] - (uint64_t)values[0]);
        CC_TRY(cc_buffer_add_u8(room, CC_BODY_SERIES, error));
        CC_TRY(cc_buffer_add_varint(room, cc_zigzag(values[0]), error));
        CC_TRY(cc_buffer_add_varint(room, cc_zigzag(step), error));
    } else {
        CC_TRY(cc_pack(values, count, room, error));
    }
    CC_TRY(cc_buffer_add_varint(out, (uint64_t)room->size, error));
    return cc_buffer_add(out, room->data, room->size, error);
}

static custcap_status
encode_kind(const cc_body *body, cc_kind kind, cc_buffer *room,
            cc_buffer *out, custcap_error *error)
{
    const cc_rows *rows = &body->rows[kind];
    const cc_record_type *type = cc_record_type_of(kind);
    assert(type != NULL);
    assert(rows->count > 0);

    CC_TRY(cc_body_check(body, kind, CUSTCAP_INVALID, error));
    CC_TRY(cc_buffer_add_u8(out, (uint8_t)kind, error));
    CC_TRY(cc_buffer_add_varint(out, (uint64_t)type->version, error));
    CC_TRY(cc_buffer_add_varint(out, (uint64_t)rows->count, error));
    for (int32_t i = 0; i < type->column_count; i++) {
        CC_TRY(encode_column(rows->columns[i], rows->count, room, out,
                             error));
    }
    return CUSTCAP_OK;
}

static custcap_status
encode_strings(const cc_body *body, cc_buffer *room, cc_buffer *out,
               custcap_error *error)
{
    const int64_t count = body->string_count;
    assert(count >= 0 && count <= CC_BODY_STRINGS_MAX);
    assert(count == 0 ||
           body->string_ends[count - 1] == body->string_bytes.size);

    CC_TRY(cc_buffer_add_varint(out, (uint64_t)count, error));
    if (count == 0) {
        return CUSTCAP_OK;
    }
    int64_t *lengths = cc_new(body->memory, count, sizeof *lengths);
    if (lengths == NULL) {
        return cc_no_memory(error);
    }
    int64_t start = 0;
    for (int64_t i = 0; i < count; i++) {
        lengths[i] = body->string_ends[i] - start;
        start = body->string_ends[i];
    }
    const custcap_status status =
        encode_column(lengths, count, room, out, error);
    cc_free(body->memory, lengths);
    CC_TRY(status);
    if (body->string_bytes.size == 0) {
        return CUSTCAP_OK;
    }
    return cc_buffer_add(out, body->string_bytes.data,
                         body->string_bytes.size, error);
}

static custcap_status
encode_texts(const cc_body *body, cc_buffer *room, cc_buffer *out,
             custcap_error *error)
{
    const int64_t count = body->text_count;
    assert(count >= 0 && count <= CC_BODY_STRINGS_MAX);
    assert(count == 0 || body->texts != NULL);

    CC_TRY(cc_buffer_add_varint(out, (uint64_t)count, error));
    if (count == 0) {
        return CUSTCAP_OK;
    }
    int64_t *parties = cc_new(body->memory, count, sizeof *parties);
    if (parties == NULL) {
        return cc_no_memory(error);
    }
    for (int64_t i = 0; i < count; i++) {
        parties[i] = body->texts[i].party;
    }
    const custcap_status status =
        encode_column(parties, count, room, out, error);
    cc_free(body->memory, parties);
    CC_TRY(status);
    CC_TRY(cc_buffer_reserve(out, count * CC_KEY_BYTES, error));
    for (int64_t i = 0; i < count; i++) {
        CC_TRY(cc_buffer_add(out, body->texts[i].hash, CC_KEY_BYTES, error));
    }
    return CUSTCAP_OK;
}

static custcap_status
encode_all(const cc_body *body, cc_buffer *room, cc_buffer *out,
           custcap_error *error)
{
    static const uint8_t head[] = {CC_BODY_MAGIC_0, CC_BODY_MAGIC_1,
                                   CC_BODY_FORMAT};
    CC_TRY(cc_buffer_add(out, head, sizeof head, error));
    for (int kind = CC_DEFINITION; kind < CC_KIND_END; kind++) {
        if (body->rows[kind].count > 0) {
            CC_TRY(encode_kind(body, (cc_kind)kind, room, out, error));
        }
    }
    CC_TRY(cc_buffer_add_u8(out, 0, error));
    CC_TRY(encode_strings(body, room, out, error));
    return encode_texts(body, room, out, error);
}

custcap_status
cc_body_encode(const cc_body *body, cc_buffer *out, custcap_error *error)
{
    assert(body != NULL && body->memory != NULL);
    assert(out != NULL && out->memory != NULL);

    cc_buffer room = {.memory = body->memory};
    const custcap_status status = encode_all(body, &room, out, error);
    cc_buffer_free(&room);
    return status;
}
