/*
 * decode.c - canonical bytes become a batch again.
 *
 * Why here:   replay, verification and look-ups read bodies from a file that
 *             may be damaged or hostile.
 * Method:     one cursor that never passes the end; a count is believed only
 *             up to the limits of a batch, a size only up to the bytes that
 *             are there; after reading, every value is checked against the
 *             range of its type, references included.
 * Invariants: on failure the body is empty and nothing outside the bytes has
 *             been read.  Bytes left over are an error, but for the eight
 *             of a journal row's time.
 * Threads:    one body, one thread at a time.
 */
#include "internal.h"

#include "base/pack.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

/* The head of a section. */
typedef struct cc_section {
    const cc_record_type *type; /* NULL: the end of the sections */
    cc_kind kind;
    int64_t count;
} cc_section;

static custcap_status
corrupt(custcap_error *error, const char *what)
{
    assert(what != NULL);
    return cc_fail(error, CUSTCAP_CORRUPT,
                   "the body of a batch is damaged: %s", what);
}

static custcap_status
read_head(cc_reader *reader, custcap_error *error)
{
    const uint8_t *head = NULL;
    assert(reader != NULL && reader->at <= reader->end);

    if (!cc_read_bytes(reader, 3, &head) || head[0] != CC_BODY_MAGIC_0 ||
        head[1] != CC_BODY_MAGIC_1) {
        return corrupt(error, "it does not begin with CJ");
    }
    if (head[2] < 1 || head[2] > CC_BODY_FORMAT) {
        return cc_fail(error,
                       head[2] > CC_BODY_FORMAT ? CUSTCAP_VERSION
                                                : CUSTCAP_CORRUPT,
                       "the body of a batch is of format %d, expected 1 to %d",
                       (int)head[2], CC_BODY_FORMAT);
    }
    return CUSTCAP_OK;
}

/* The next section's head.  `previous` is the kind before it, `room` how
 * many records may still come. */
static custcap_status
read_section(cc_reader *reader, int previous, int64_t room,
             cc_section *section, custcap_error *error)
{
    uint8_t kind = 0;
    uint64_t version = 0;
    uint64_t count = 0;
    assert(section != NULL);
    assert(room >= 0 && room <= CC_BATCH_RECORDS_MAX);

    section->type = NULL;
    if (!cc_read_u8(reader, &kind)) {
        return corrupt(error, "it ends before its last section");
    }
    if (kind == 0) {
        return CUSTCAP_OK;
    }
    const cc_record_type *type = cc_record_type_of((cc_kind)kind);
    if (type == NULL || (int)kind <= previous) {
        return corrupt(error, "a section is of no known kind or out of order");
    }
    if (!cc_read_varint(reader, &version) || version < 1) {
        return corrupt(error, "a section has no version");
    }
    if (version > (uint64_t)type->version) {
        return cc_fail(error, CUSTCAP_VERSION,
                       "%s records of encoding version %" PRIu64
                       ", this library reads up to %" PRId32,
                       type->name, version, type->version);
    }
    if (!cc_read_varint(reader, &count) || count < 1 ||
        count > (uint64_t)room) {
        return cc_fail(error, CUSTCAP_CORRUPT,
                       "the body of a batch is damaged: its count of %s "
                       "records",
                       type->name);
    }
    section->type = type;
    section->kind = (cc_kind)kind;
    section->count = (int64_t)count;
    return CUSTCAP_OK;
}

/* The bytes of one packed column. */
static int
read_column(cc_reader *reader, const uint8_t **bytes, int64_t *size)
{
    uint64_t length = 0;
    assert(reader->at <= reader->end);
    assert(bytes != NULL && size != NULL);

    if (!cc_read_varint(reader, &length) ||
        length > (uint64_t)(reader->end - reader->at)) {
        return 0;
    }
    *size = (int64_t)length;
    return cc_read_bytes(reader, *size, bytes);
}

/* Its values; false for bytes that encoding would not have written. */
static int
unpack_column(const uint8_t *bytes, int64_t size, int64_t count,
              int64_t *values)
{
    if (size < 1 || bytes[0] != CC_BODY_SERIES) {
        return cc_unpack_i64(bytes, size, count, values);
    }
    cc_reader reader = {bytes + 1, bytes + size};
    uint64_t first = 0;
    uint64_t step = 0;
    if (count < CC_BODY_SERIES_MIN || !cc_read_varint(&reader, &first) ||
        !cc_read_varint(&reader, &step) || step == 0 ||
        reader.at != reader.end) {
        return 0;
    }
    uint64_t value = (uint64_t)cc_unzigzag(first);
    for (int64_t i = 0; i < count; i++) {
        values[i] = (int64_t)value;
        value += (uint64_t)cc_unzigzag(step);
    }
    return 1;
}

static custcap_status
corrupt_column(custcap_error *error, const cc_section *section, int32_t column)
{
    assert(section->type != NULL);
    assert(column < section->type->column_count);
    return cc_fail(error, CUSTCAP_CORRUPT,
                   "the body of a batch is damaged: column %s.%s",
                   section->type->name, section->type->columns[column]);
}

/* A kind that isn't wanted has no columns, whatever was there before. */
static void
drop_columns(cc_body *body, cc_kind kind)
{
    cc_rows *rows = &body->rows[kind];
    for (int32_t i = 0; i < CC_COLUMNS_MAX; i++) {
        cc_free(body->memory, rows->columns[i]);
        rows->columns[i] = NULL;
    }
    rows->capacity = 0;
}

static custcap_status
read_rows(cc_reader *reader, const cc_section *section, int wanted,
          cc_body *body, custcap_error *error)
{
    cc_rows *rows = &body->rows[section->kind];
    int64_t first = 0;
    assert(rows->count == 0);
    assert(section->type->column_count <= CC_COLUMNS_MAX);

    if (wanted) {
        CC_TRY(cc_body_extend(body, section->kind, section->count, &first,
                              error));
    } else {
        drop_columns(body, section->kind);
        rows->count = section->count;
    }
    for (int32_t i = 0; i < section->type->column_count; i++) {
        const uint8_t *bytes = NULL;
        int64_t size = 0;
        if (!read_column(reader, &bytes, &size)) {
            return corrupt_column(error, section, i);
        }
        if (wanted &&
            !unpack_column(bytes, size, section->count, rows->columns[i])) {
            return corrupt_column(error, section, i);
        }
    }
    return CUSTCAP_OK;
}

/* A count of strings or texts: never more than each record could name. */
static int
read_count(cc_reader *reader, int64_t *count)
{
    uint64_t value = 0;
    assert(count != NULL);

    if (!cc_read_varint(reader, &value) || value > CC_BODY_STRINGS_MAX) {
        return 0;
    }
    *count = (int64_t)value;
    return 1;
}

/* Turn lengths into ends, in place; gives the sum or -1. */
static int64_t
lengths_to_ends(int64_t *values, int64_t count, int64_t limit)
{
    int64_t sum = 0;
    assert(values != NULL && count > 0);
    assert(limit >= 0);

    for (int64_t i = 0; i < count; i++) {
        if (values[i] < 0 || values[i] > limit - sum) {
            return -1;
        }
        sum += values[i];
        values[i] = sum;
    }
    return sum;
}

static custcap_status
read_strings(cc_reader *reader, cc_body *body, custcap_error *error)
{
    const uint8_t *bytes = NULL;
    int64_t size = 0;
    int64_t count = 0;
    assert(body->string_count == 0);
    assert(body->string_bytes.size == 0);

    if (!read_count(reader, &count)) {
        return corrupt(error, "the count of strings");
    }
    if (count == 0) {
        return CUSTCAP_OK;
    }
    CC_TRY(cc_grow(body->memory, &body->string_ends, &body->string_capacity,
                   count, sizeof *body->string_ends, error));
    if (!read_column(reader, &bytes, &size) ||
        !unpack_column(bytes, size, count, body->string_ends)) {
        return corrupt(error, "the lengths of strings");
    }
    const int64_t total = lengths_to_ends(body->string_ends, count,
                                          reader->end - reader->at);
    if (total < 0 || !cc_read_bytes(reader, total, &bytes)) {
        return corrupt(error, "strings run past the end");
    }
    CC_TRY(cc_buffer_add(&body->string_bytes, bytes, total, error));
    body->string_count = count;
    return CUSTCAP_OK;
}

/* The parties of texts, by way of a column of numbers. */
static custcap_status
read_text_parties(cc_reader *reader, int64_t count, int64_t *parties,
                  cc_body *body, custcap_error *error)
{
    const uint8_t *bytes = NULL;
    int64_t size = 0;
    assert(parties != NULL);
    assert(count <= body->text_capacity);

    if (!read_column(reader, &bytes, &size) ||
        !unpack_column(bytes, size, count, parties)) {
        return corrupt(error, "the parties of texts");
    }
    for (int64_t i = 0; i < count; i++) {
        if (parties[i] < 1 || parties[i] > CC_BODY_PARTY_MAX) {
            return corrupt(error, "a text of no party");
        }
        body->texts[i].party = parties[i];
        body->texts[i].offset = -1;
        body->texts[i].length = 0;
    }
    return CUSTCAP_OK;
}

static custcap_status
read_texts(cc_reader *reader, cc_body *body, custcap_error *error)
{
    const uint8_t *hashes = NULL;
    int64_t count = 0;
    assert(body->text_count == 0);
    assert(reader->at <= reader->end);

    if (!read_count(reader, &count)) {
        return corrupt(error, "the count of texts");
    }
    if (count == 0) {
        return CUSTCAP_OK;
    }
    CC_TRY(cc_grow(body->memory, &body->texts, &body->text_capacity, count,
                   sizeof *body->texts, error));
    int64_t *parties = cc_new(body->memory, count, sizeof *parties);
    if (parties == NULL) {
        return cc_no_memory(error);
    }
    const custcap_status status =
        read_text_parties(reader, count, parties, body, error);
    cc_free(body->memory, parties);
    CC_TRY(status);
    if (!cc_read_bytes(reader, count * CC_KEY_BYTES, &hashes)) {
        return corrupt(error, "the hashes of texts");
    }
    for (int64_t i = 0; i < count; i++) {
        memcpy(body->texts[i].hash, hashes + i * CC_KEY_BYTES, CC_KEY_BYTES);
    }
    body->text_count = count;
    return CUSTCAP_OK;
}

static custcap_status
decode_all(cc_reader *reader, uint32_t kinds, cc_body *body,
           custcap_error *error)
{
    cc_section section = {NULL, (cc_kind)0, 0};
    int previous = 0;
    assert(cc_body_count(body) == 0);

    CC_TRY(read_head(reader, error));
    for (;;) {
        const int64_t room = CC_BATCH_RECORDS_MAX - cc_body_count(body);
        CC_TRY(read_section(reader, previous, room, &section, error));
        if (section.type == NULL) {
            break;
        }
        const int wanted = (int)((kinds >> section.kind) & 1u);
        CC_TRY(read_rows(reader, &section, wanted, body, error));
        previous = (int)section.kind;
    }
    CC_TRY(read_strings(reader, body, error));
    CC_TRY(read_texts(reader, body, error));
    const int64_t left = reader->end - reader->at;
    if (left != 0 && left != CC_BODY_TIME_BYTES) {
        return corrupt(error, "bytes are left over");
    }
    for (int kind = CC_DEFINITION; kind < CC_KIND_END; kind++) {
        CC_TRY(cc_body_check(body, (cc_kind)kind, CUSTCAP_CORRUPT, error));
    }
    return CUSTCAP_OK;
}

custcap_status
cc_body_decode(const uint8_t *bytes, int64_t size, uint32_t kinds,
               cc_body *body, custcap_error *error)
{
    assert(bytes != NULL || size == 0);
    assert(size >= 0 && body != NULL && body->memory != NULL);

    if (size == 0) {
        return corrupt(error, "it is empty");
    }
    cc_body_clear(body);
    cc_reader reader = {bytes, bytes + size};
    const custcap_status status = decode_all(&reader, kinds, body, error);
    if (status != CUSTCAP_OK) {
        cc_body_clear(body);
    }
    return status;
}

custcap_status
cc_body_counts(const uint8_t *bytes, int64_t size, int64_t *counts,
               custcap_error *error)
{
    assert(bytes != NULL || size == 0);
    assert(size >= 0 && counts != NULL);

    if (size == 0) {
        return corrupt(error, "it is empty");
    }
    cc_reader reader = {bytes, bytes + size};
    cc_section section = {NULL, (cc_kind)0, 0};
    int previous = 0;
    int64_t room = CC_BATCH_RECORDS_MAX;
    memset(counts, 0, CC_KIND_END * sizeof *counts);
    CC_TRY(read_head(&reader, error));
    for (;;) {
        CC_TRY(read_section(&reader, previous, room, &section, error));
        if (section.type == NULL) {
            return CUSTCAP_OK;
        }
        for (int32_t i = 0; i < section.type->column_count; i++) {
            const uint8_t *column = NULL;
            int64_t length = 0;
            if (!read_column(&reader, &column, &length)) {
                return corrupt_column(error, &section, i);
            }
        }
        counts[section.kind] = section.count;
        room -= section.count;
        previous = (int)section.kind;
    }
}
