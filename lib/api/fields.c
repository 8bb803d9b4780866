/*
 * fields.c - rows of text become records: custcap_batch_add.
 *
 * Why here:   CSV, `custcap post`, Python lists and Lua tables all come in
 *             this way, so an error reads the same everywhere.
 * Method:     the fields are looked up in record.h's description; days are
 *             read first, then units and what has nothing to do with parties
 *             (beside it, on other threads, known parties are found), then
 *             parties, then the rest.
 * Invariants: when a call fails, the batch is as it was before.
 * Threads:    the ledger's thread only; it starts its own.
 */
#include "adding.h"
#include "base/sort.h"
#include "vocabulary/json.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* NO_NUMBER: the scale of an event's number while none was given. */
enum { ROWS_A_SHARE = 2048, NO_NUMBER = -1, DEPTH_MAX = 64 };

cc_waypoint
cc_waypoint_take(const custcap_batch *batch, cc_kind kind)
{
    const cc_body *body = &batch->body;
    const cc_waypoint now = {body->rows[kind].count,
                          body->string_count,
                          body->string_bytes.size,
                          body->text_count,
                          body->text_bytes.size,
                          batch->new_party_count,
                          batch->new_word_count,
                          batch->ref_count,
                          batch->key_bytes.size};
    return now;
}

/* Rows that are gone declare nothing. */
static void
declared_recount(custcap_batch *batch)
{
    const cc_rows *rows = batch->body.rows;
    batch->declared = 0;
    for (int64_t i = 0; i < batch->new_party_count; i++) {
        cc_new_party *party = &batch->new_parties[i];
        if (party->declared > rows[CC_PARTY].count) {
            party->declared = 0;
        }
        batch->declared += party->declared != 0;
    }
    for (int64_t i = 0; i < batch->new_word_count; i++) {
        cc_new_word *word = &batch->new_words[i];
        if (word->declared > rows[CC_DEFINITION].count) {
            word->declared = 0;
        }
        batch->declared += word->declared != 0;
    }
}

void
cc_waypoint_return(custcap_batch *batch, cc_kind kind,
                   const cc_waypoint *to)
{
    cc_body *body = &batch->body;
    body->rows[kind].count = to->rows;
    body->string_count = to->strings;
    body->string_bytes.size = to->string_bytes;
    body->text_count = to->texts;
    body->text_bytes.size = to->text_bytes;
    batch->new_word_count = to->words;
    batch->ref_count = to->refs;
    batch->key_bytes.size = to->key_bytes;
    if (batch->new_party_count == to->parties) {
        declared_recount(batch);
        return;
    }
    /* The map has no way to forget: it is filled again.  Should memory be
     * short, an unknown party is merely looked up as a new one again. */
    batch->new_party_count = to->parties;
    declared_recount(batch);
    cc_map_free(batch->new_party_map);
    batch->new_party_map = NULL;
    if (cc_map_new(&batch->ledger->memory, to->parties,
                   &batch->new_party_map, NULL) == CUSTCAP_OK) {
        for (int64_t i = 0; i < to->parties; i++) {
            (void)cc_map_put(batch->new_party_map,
                             batch->new_parties[i].hash, -(i + 1), NULL);
        }
    }
}

int32_t
cc_adding_party_column(cc_kind kind)
{
    switch (kind) {
    case CC_PARTY: return CC_PARTY_PARTY;
    case CC_LINK: return CC_LINK_PARTY;
    case CC_ROLE: return CC_ROLE_PARTY;
    case CC_RELATION: return CC_RELATION_PARTY;
    case CC_ITEM: return CC_ITEM_PARTY;
    case CC_ENTRY: return CC_ENTRY_PARTY;
    case CC_EVENT: return CC_EVENT_PARTY;
    case CC_MOVE: return CC_MOVE_PARTY;
    case CC_CONSENT: return CC_CONSENT_PARTY;
    case CC_MARK: return CC_MARK_PARTY;
    default: return -1;
    }
}

int32_t
cc_adding_day_column(cc_kind kind)
{
    switch (kind) {
    case CC_DEFINITION: return CC_DEFINITION_DAY;
    case CC_PARTY: return CC_PARTY_DAY;
    case CC_LINK: return CC_LINK_DAY;
    case CC_ROLE: return CC_ROLE_DAY;
    case CC_RELATION: return CC_RELATION_DAY;
    case CC_ITEM: return CC_ITEM_DAY;
    case CC_ENTRY: return CC_ENTRY_DAY;
    case CC_EVENT: return CC_EVENT_DAY;
    case CC_MOVE: return CC_MOVE_DAY;
    case CC_CONSENT: return CC_CONSENT_DAY;
    case CC_MARK: return CC_MARK_DAY;
    default: return -1;
    }
}

/* Names of all fields of a record, for an error. */
static const char *
field_names(const cc_record_type *type, char room[512])
{
    room[0] = '\0';
    size_t used = 0;
    for (int32_t i = 0; i < type->field_count; i++) {
        if (!(type->fields[i].flags & CC_FIELD_HIDDEN)) {
            const int wrote =
                snprintf(room + used, 512 - used, "%s%s",
                         used == 0 ? "" : ", ", type->fields[i].name);
            used += wrote > 0 && (size_t)wrote < 512 - used ? (size_t)wrote
                                                            : 0;
        }
    }
    return room;
}

/* Which field each column is; required ones must be there. */
static custcap_status
fields_resolve(cc_adding *adding, const char *const *names,
               custcap_error *error)
{
    char room[512];
    char show[256];
    const cc_record_type *type = adding->type;
    for (int64_t i = 0; i < adding->field_count; i++) {
        const cc_text name = cc_text_trim(cc_text_of(names[i], -1));
        adding->fields[i] = NULL;
        if (cc_text_is(name, "record")) {
            continue; /* the number of an exported record: not a field */
        }
        const cc_field *field = cc_record_field(adding->kind, name);
        if (field == NULL || (field->flags & CC_FIELD_HIDDEN)) {
            return cc_fail_at(error, CUSTCAP_INVALID, -1,
                              cc_text_show(name, show),
                              "%s has no field %s; it has %s", type->name,
                              cc_text_show(name, show),
                              field_names(type, room));
        }
        for (int64_t k = 0; k < i; k++) {
            if (adding->fields[k] == field) {
                return cc_fail_at(error, CUSTCAP_INVALID, -1, field->name,
                                  "field %s is given twice", field->name);
            }
        }
        adding->fields[i] = field;
    }
    for (int32_t i = 0; i < type->field_count; i++) {
        int there = !(type->fields[i].flags & CC_FIELD_REQUIRED);
        for (int64_t k = 0; k < adding->field_count && !there; k++) {
            there = adding->fields[k] == &type->fields[i];
        }
        if (!there) {
            return cc_fail_at(error, CUSTCAP_INVALID, -1,
                              type->fields[i].name, "%s needs the field %s",
                              type->name, type->fields[i].name);
        }
    }
    return CUSTCAP_OK;
}

/* What a row says where a field is left out. */
static void
rows_default(cc_adding *adding)
{
    cc_rows *rows = &adding->batch->body.rows[adding->kind];
    for (int32_t c = 0; c < adding->type->column_count; c++) {
        memset(rows->columns[c] + adding->first, 0,
               (size_t)adding->row_count * sizeof(int64_t));
    }
    for (int32_t f = 0; f < adding->type->field_count; f++) {
        const cc_field *field = &adding->type->fields[f];
        if (field->type != CC_F_UNTIL) {
            continue;
        }
        for (int64_t i = 0; i < adding->row_count; i++) {
            cc_adding_column(adding, field->column)[i] = CC_NONE;
            cc_adding_column(adding, field->column + 1)[i] = CC_NONE;
        }
    }
    for (int64_t i = 0; i < adding->row_count; i++) {
        switch (adding->kind) {
        case CC_EVENT:
            cc_adding_column(adding, CC_EVENT_NUMBER_SCALE)[i] = NO_NUMBER;
            break;
        case CC_ENTRY:
            cc_adding_column(adding, CC_ENTRY_CODE)[i] = CC_CODE_REVENUE;
            cc_adding_column(adding, CC_ENTRY_UNIT)[i] =
                adding->batch->ledger->unit;
            break;
        case CC_ROLE:
            cc_adding_column(adding, CC_ROLE_TOWARD)[i] = CC_US;
            break;
        case CC_DEFINITION:
            cc_adding_column(adding, CC_DEFINITION_DAY)[i] = CC_DAY_MIN;
            break;
        case CC_PARTY:
            cc_adding_column(adding, CC_PARTY_FORM)[i] = CC_FORM_UNKNOWN;
            break;
        default:
            break;
        }
    }
}

/* The order of reading: what is built on, then what builds on it. */
enum {
    RANK_FIRST,  /* days, and the kinds of definitions */
    RANK_SOURCE, /* a host key is one of a source */
    RANK_UNIT,
    RANK_REST,   /* what may be read while main parties are looked up */
    RANK_PARTY,  /* the main party */
    RANK_LAST    /* other parties, and texts, which belong to one */
};

static int
reading_rank(const cc_adding *adding, const cc_field *field)
{
    if (field->type == CC_F_DAY ||
        (adding->kind == CC_DEFINITION && field->type == CC_F_INTEGER)) {
        return RANK_FIRST;
    }
    if (field->type == CC_F_WORD && field->words == CC_W_SOURCE) {
        return RANK_SOURCE;
    }
    if (field->type == CC_F_PARTY) {
        return field->column == cc_adding_party_column(adding->kind)
                   ? RANK_PARTY
                   : RANK_LAST;
    }
    if (field->type == CC_F_WORD && field->words == CC_W_UNIT) {
        return RANK_UNIT;
    }
    return field->type == CC_F_TEXT ? RANK_LAST : RANK_REST;
}

/* Is a kind of event a score, and does it, or the nearest above that says so,
 * have a scale?  Of other kinds, such as coverage, a number may be missing. */
static int
has_scale(const cc_words *words, int64_t kind)
{
    const int64_t score =
        cc_words_find(words, CC_W_EVENT, cc_text_of("score", -1));
    if (!cc_words_is_a(words, kind, score)) {
        return 0;
    }
    for (int depth = 0; kind > 0 && depth < DEPTH_MAX; depth++) {
        cc_meaning meaning;
        cc_text value;
        if (!cc_words_latest(words, kind, &meaning)) {
            return 0;
        }
        if (cc_json_member(meaning.data, cc_text_of("from", -1), &value)
            || cc_json_member(meaning.data, cc_text_of("to", -1), &value)) {
            return 1;
        }
        kind = meaning.parent;
    }
    return 0;
}

/* The journal does not tell a score that was left out from a score of 0: this
 * is the last place where it is known. */
static custcap_status
numbers_finish(cc_adding *adding, custcap_error *error)
{
    const cc_words *words = adding->batch->ledger->words;
    const int64_t *kinds = cc_adding_column(adding, CC_EVENT_KIND);
    int64_t *scales = cc_adding_column(adding, CC_EVENT_NUMBER_SCALE);
    int64_t without = 0; /* the latest kind that has no scale */
    char room[256];
    for (int64_t row = 0; row < adding->row_count; row++) {
        if (scales[row] != NO_NUMBER) {
            continue;
        }
        if (kinds[row] != without && has_scale(words, kinds[row])) {
            return cc_fail_at(error, CUSTCAP_INVALID, row, "number",
                              "number: missing, where %s is a score on a "
                              "scale",
                              cc_text_show(cc_words_code(words, kinds[row]),
                                           room));
        }
        without = kinds[row];
        scales[row] = 0;
    }
    return CUSTCAP_OK;
}

/* Rules that need more than one cell. */
static custcap_status
rows_finish(cc_adding *adding, custcap_error *error)
{
    if (adding->kind == CC_EVENT) {
        CC_TRY(numbers_finish(adding, error));
        return cc_adding_event_keys(adding, error);
    }
    if (adding->kind == CC_DEFINITION) {
        return cc_adding_define(adding, error);
    }
    for (int64_t i = 0; adding->kind == CC_LINK && i < adding->row_count;
         i++) {
        if (cc_adding_column(adding, CC_LINK_PARTY)[i]
            == cc_adding_column(adding, CC_LINK_OTHER)[i]) {
            return cc_fail_at(error, CUSTCAP_REFUSED, i, "other",
                              "link-self: a party is not merged with itself");
        }
    }
    for (int32_t f = 0; f < adding->type->field_count; f++) {
        const cc_field *field = &adding->type->fields[f];
        if (field->type != CC_F_UNTIL) {
            continue;
        }
        const int32_t day = cc_adding_day_column(adding->kind);
        for (int64_t i = 0; i < adding->row_count; i++) {
            const int64_t until = cc_adding_column(adding, field->column)[i];
            if (until == CC_NONE) {
                continue;
            }
            const int64_t from = cc_adding_column(adding, day)[i];
            if (until < from ||
                (until == from &&
                 cc_adding_column(adding, field->column + 1)[i] <
                     cc_adding_column(adding, day + 1)[i])) {
                return cc_fail_at(error, CUSTCAP_INVALID, i, field->name,
                                  "the interval ends before it begins");
            }
        }
    }
    return CUSTCAP_OK;
}

static custcap_status
column_read(cc_adding *adding, int64_t field, int is_main_party,
            custcap_error *error)
{
    if (adding->chunk == NULL && is_main_party) {
        return cc_adding_parties(adding, field, error);
    }
    memset(adding->memo, 0, sizeof *adding->memo);
    return adding->chunk != NULL ? cc_adding_arrow(adding, field, error)
                                 : cc_adding_read(adding, field, error);
}

static custcap_status
ranks_read(cc_adding *adding, int from, int to, custcap_error *error)
{
    for (int rank = from; rank <= to; rank++) {
        for (int64_t f = 0; f < adding->field_count; f++) {
            if (adding->fields[f] == NULL ||
                reading_rank(adding, adding->fields[f]) != rank) {
                continue;
            }
            CC_TRY(column_read(adding, f, rank == RANK_PARTY, error));
        }
    }
    return CUSTCAP_OK;
}

/* The column of the main parties; -1: there is none. */
static int64_t
main_party(const cc_adding *adding)
{
    int64_t f = adding->field_count - 1;
    while (f >= 0 && (adding->fields[f] == NULL ||
                      reading_rank(adding, adding->fields[f]) != RANK_PARTY)) {
        f--;
    }
    return f;
}

/* Some cells that have nothing to do with parties, or the numbers of the
 * parties of some rows that the ledger knows: neither changes what another
 * of these looks at. */
static custcap_status
share_read(void *context, int64_t index, int32_t thread, custcap_error *error)
{
    cc_adding *adding = context;
    (void)thread;
    if (index == 0) {
        return ranks_read(adding, RANK_UNIT, RANK_REST, error);
    }
    const int64_t from = (index - 1) * ROWS_A_SHARE;
    const int64_t left = adding->row_count - from;
    cc_adding_find_parties(adding, main_party(adding), from,
                           left < ROWS_A_SHARE ? left : ROWS_A_SHARE);
    return CUSTCAP_OK;
}

/* A thread costs about as much as a hundred rows; an Arrow chunk has room
 * for one column at a time, a definition's fields name others. */
static custcap_status
shares_read(cc_adding *adding, custcap_error *error)
{
    if (adding->row_count < 2 * ROWS_A_SHARE || adding->chunk != NULL ||
        adding->batch->ledger->threads < 2 ||
        adding->kind == CC_DEFINITION || main_party(adding) < 0) {
        return ranks_read(adding, RANK_UNIT, RANK_REST, error);
    }
    adding->hashes = cc_new(&adding->batch->ledger->memory,
                            adding->row_count, sizeof *adding->hashes);
    if (adding->hashes == NULL) {
        return cc_no_memory(error);
    }
    const int64_t shares =
        (adding->row_count + ROWS_A_SHARE - 1) / ROWS_A_SHARE;
    return cc_parallel_for(adding->batch->ledger->threads, 1 + shares,
                           share_read, adding, error);
}

static custcap_status
rows_read(cc_adding *adding, custcap_error *error)
{
    CC_TRY(ranks_read(adding, RANK_FIRST, RANK_SOURCE, error));
    CC_TRY(shares_read(adding, error));
    CC_TRY(ranks_read(adding, RANK_PARTY, RANK_LAST, error));
    return rows_finish(adding, error);
}

static custcap_status
rows_add(cc_adding *adding, const char *const *names, custcap_error *error)
{
    CC_TRY(fields_resolve(adding, names, error));
    if (adding->row_count == 0) {
        return CUSTCAP_OK;
    }
    CC_TRY(cc_body_extend(&adding->batch->body, adding->kind,
                          adding->row_count, &adding->first, error));
    rows_default(adding);
    CC_TRY(rows_read(adding, error));
    if (custcap_batch_count(adding->batch) > CC_BATCH_RECORDS_MAX) {
        return cc_fail(error, CUSTCAP_LIMIT,
                       "a batch holds at most %d records, those it makes on "
                       "the way included", CC_BATCH_RECORDS_MAX);
    }
    return CUSTCAP_OK;
}

custcap_status
cc_adding_run(cc_adding *adding, const char *const *names,
              custcap_error *error)
{
    custcap_batch *batch = adding->batch;
    const cc_memory *memory = &batch->ledger->memory;
    adding->fields = cc_new(memory, adding->field_count, sizeof(void *));
    adding->memo = cc_new(memory, 1, sizeof *adding->memo);
    const cc_waypoint before = cc_waypoint_take(batch, adding->kind);
    custcap_status status = CUSTCAP_OK;
    if (adding->fields == NULL || adding->memo == NULL) {
        status = cc_no_memory(error);
    } else {
        status = rows_add(adding, names, error);
    }
    if (status != CUSTCAP_OK) {
        cc_waypoint_return(batch, adding->kind, &before);
    }
    cc_free(memory, adding->fields);
    cc_free(memory, adding->memo);
    cc_free(memory, adding->hashes);
    return status;
}

custcap_status
custcap_batch_add(custcap_batch *batch, int32_t record,
                  const char *const *fields, int64_t field_count,
                  const char *const *cells, const int64_t *lengths,
                  int64_t row_count, custcap_error *error)
{
    if (batch == NULL || fields == NULL || field_count < 1 ||
        field_count > CC_FIELDS_GIVEN_MAX || row_count < 0 ||
        (cells == NULL && row_count > 0)) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "a batch, 1 to 64 fields and cells are needed");
    }
    CC_TRY(cc_batch_check(batch, error));
    cc_error_clear(error);
    cc_adding adding = {0};
    adding.batch = batch;
    adding.kind = (cc_kind)record;
    adding.type = cc_record_type_of(adding.kind);
    if (adding.type == NULL) {
        return cc_fail(error, CUSTCAP_INVALID, "there is no record %d",
                       (int)record);
    }
    if (row_count > CC_BATCH_RECORDS_MAX) {
        return cc_fail(error, CUSTCAP_LIMIT,
                       "a batch holds at most %d records",
                       CC_BATCH_RECORDS_MAX);
    }
    adding.field_count = field_count;
    adding.cells = cells;
    adding.lengths = lengths;
    adding.row_count = row_count;
    return cc_adding_run(&adding, fields, error);
}
