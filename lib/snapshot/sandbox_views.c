/*
 * sandbox_views.c - the small records as temporary views.
 *
 * Why here:   measures see records as known and as of a moment, with codes
 *             and NULL instead of numbers of words and "none"; the
 *             projections hold every state that ever was.
 * Method:     for each record the text mentions, an inner view over the
 *             projection (CREATE VIEW temp.inner_<random>_role AS SELECT ...
 *             FROM main.role WHERE known_from <= p ...) and a public one
 *             with the record's name over that.  The authorizer lets only
 *             the inner view touch the projection.
 *             Columns are made from the record's description:
 *               word     its code           party    a number, merges followed
 *               day      day, and instant   until    until, until_instant
 *               span     a day              text     the text, NULL if erased
 *               decimal  x and x_scale      id       a record's number
 *               origin   of a consent: its party, merges not followed
 *             and `id`, the record's own number.
 * Invariants: a view shows rows with known_from <= position < known_to that
 *             begin at or before as_of.
 * Threads:    the view's thread.
 */
#include "snapshot/clearance.h"

#include "tables.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const cc_kind kinds[] = {CC_LINK, CC_ROLE,    CC_RELATION,   CC_ITEM,
                                CC_MOVE, CC_CONSENT, CC_DEFINITION, CC_MARK};
enum { KINDS = sizeof kinds / sizeof *kinds };

cc_kind
cc_view_kind(const char *name)
{
    for (int i = 0; i < KINDS; i++) {
        if (sqlite3_stricmp(name, cc_record_type_of(kinds[i])->name) == 0) {
            return kinds[i];
        }
    }
    return (cc_kind)0;
}

const char *
cc_mark_kind_name(int64_t kind)
{
    static const char *const names[] = {NULL,     "close",  "erasure",
                                        "anchor", "import", "undo"};
    return kind >= CC_MARK_KIND_CLOSE && kind <= CC_MARK_KIND_UNDO
               ? names[kind]
               : NULL;
}

/* Integers that are shown by name. */
static int
is_named_integer(const cc_field *field)
{
    return field->type == CC_F_INTEGER && strcmp(field->name, "kind") == 0;
}

static int
is_text_field(const cc_field *field)
{
    return field->type == CC_F_WORD || field->type == CC_F_STRING
           || field->type == CC_F_TEXT || is_named_integer(field);
}

int32_t
cc_shown_fields(cc_kind kind, cc_shown_field *fields)
{
    const cc_record_type *type = cc_record_type_of(kind);
    assert(type != NULL);
    assert(fields != NULL);

    int32_t count = 0;
    for (int32_t i = 0; i < type->field_count; i++) {
        const cc_field *field = &type->fields[i];
        const char *name = type->columns[field->column];
        if (field->type == CC_F_KEY
            || strcmp(field->name, "source_id") == 0) {
            continue; /* kept for exactly-once alone */
        }
        if (kind == CC_ENTRY && field->column == CC_ENTRY_FLAGS) {
            name = "prior";
        } else if (field->type == CC_F_SPAN) {
            name = field->name; /* a day, not a length */
        } else if (kind == CC_MOVE && field->column == CC_MOVE_PARTY) {
            name = "actor";
        }
        fields[count++] = (cc_shown_field){field, name, is_text_field(field),
                                           CC_SHOWN_VALUE};
        if (field->type == CC_F_DAY) {
            fields[count++] =
                (cc_shown_field){field, "instant", 0, CC_SHOWN_INSTANT};
        } else if (field->type == CC_F_UNTIL) {
            fields[count++] = (cc_shown_field){field, "until_instant", 0,
                                               CC_SHOWN_INSTANT};
        } else if (field->type == CC_F_DECIMAL) {
            fields[count++] =
                (cc_shown_field){field, type->columns[field->column + 1], 0,
                                 CC_SHOWN_SCALE};
        } else if (kind == CC_CONSENT && field->type == CC_F_PARTY) {
            /* Of merged parties the most restrictive consent holds. */
            fields[count++] =
                (cc_shown_field){field, "origin", 0, CC_SHOWN_ORIGIN};
        }
        assert(count <= CC_SHOWN_MAX - 2);
    }
    return count;
}

int
cc_sql_mentions(cc_text sql, const char *name)
{
    assert(name != NULL);
    assert(sql.length >= 0);
    const int64_t length = (int64_t)strlen(name);
    for (int64_t i = 0; i + length <= sql.length; i++) {
        /* Names are of letters: 32 is between the small and the large. */
        if ((sql.data[i] | 32) == name[0]
            && sqlite3_strnicmp(sql.data + i, name, (int)length) == 0) {
            return 1;
        }
    }
    return 0;
}

static custcap_status
add_party(cc_sandbox *sandbox, const cc_field *field, const char *column,
          cc_buffer *out, custcap_error *error)
{
    if (cc_view_merged_count(sandbox->view) > 0) {
        return cc_buffer_printf(out, error, "cc_resolve(%s)", column);
    }
    /* Bare where it can be, so that the index on parties serves. */
    return cc_buffer_printf(out, error,
                            field->flags & CC_FIELD_REQUIRED
                                ? "%s"
                                : "nullif(%s, 0)",
                            column);
}

/* The word that says who may read a text of the record, as one more
 * argument; nothing where everybody who asks may. */
static const char *
level_word(const cc_sandbox *sandbox, cc_kind kind)
{
    if (cc_view_clearance(sandbox->view) == CC_CLEARANCE_ALL) {
        return "";
    }
    switch (kind) {
    case CC_ROLE:
        return ", role";
    case CC_ITEM:
        return ", kind";
    case CC_MOVE: /* of what is moved */
        return ", (SELECT thing.kind FROM main.item AS thing"
               " WHERE thing.id = move.item)";
    case CC_CONSENT:
        return ", purpose";
    default:
        return "";
    }
}

/* The expression of one shown column. */
static custcap_status
add_expression(cc_sandbox *sandbox, cc_kind kind,
               const cc_shown_field *shown, cc_buffer *out,
               custcap_error *error)
{
    const cc_field *field = shown->field;
    const cc_record_type *type = cc_record_type_of(kind);
    const char *column = type->columns[field->column];
    const char *next = field->column + 1 < type->column_count
                           ? type->columns[field->column + 1]
                           : "";
    if (shown->part == CC_SHOWN_SCALE) {
        return cc_buffer_printf(out, error, "%s", next);
    }
    if (shown->part == CC_SHOWN_ORIGIN) {
        return cc_buffer_printf(out, error, "%s", column);
    }
    if (shown->part == CC_SHOWN_INSTANT) {
        return cc_buffer_printf(
            out, error,
            "CASE WHEN %s <> -9223372036854775808 THEN "
            "%s * 86400000000 + %s END",
            column, column, next);
    }
    switch (field->type) {
    case CC_F_WORD:
        return cc_buffer_printf(out, error, "cc_word(%s)", column);
    case CC_F_PARTY:
        return add_party(sandbox, field, column, out, error);
    case CC_F_UNTIL:
        return cc_buffer_printf(
            out, error,
            "CASE WHEN %s <> -9223372036854775808 THEN %s END", column,
            column);
    case CC_F_DAY:
        return cc_buffer_printf(out, error,
                                field->flags & CC_FIELD_REQUIRED
                                    ? "%s"
                                    : "nullif(%s, -9223372036854775808)",
                                column);
    case CC_F_SPAN:
        return cc_buffer_printf(out, error,
                                "CASE WHEN %s <> 0 THEN day + %s - 1 END",
                                column, column);
    case CC_F_ID:
        return cc_buffer_printf(out, error,
                                field->flags & CC_FIELD_REQUIRED
                                    ? "%s"
                                    : "nullif(%s, 0)",
                                column);
    case CC_F_TEXT:
        return cc_buffer_printf(out, error, "cc_text(id, %s%s)", column,
                                level_word(sandbox, kind));
    default:
        break;
    }
    if (is_named_integer(field)) {
        return cc_buffer_printf(out, error, "%s(%s)",
                                kind == CC_MARK ? "cc_mark" : "cc_kind",
                                column);
    }
    return cc_buffer_printf(out, error, "%s", column);
}

static custcap_status
write_inner(cc_sandbox *sandbox, cc_kind kind, cc_buffer *out,
            custcap_error *error)
{
    const cc_moment *moment = cc_view_moment(sandbox->view);
    const char *name = cc_record_type_of(kind)->name;
    cc_shown_field fields[CC_SHOWN_MAX];
    const int32_t count = cc_shown_fields(kind, fields);

    /* One that could not be dropped for want of memory is in the way. */
    CC_TRY(cc_buffer_printf(out, error,
                            "DROP VIEW IF EXISTS temp.\"%s\";"
                            "CREATE TEMP VIEW %s_%s AS SELECT id",
                            name, sandbox->inner, name));
    for (int32_t i = 0; i < count; i++) {
        CC_TRY(cc_buffer_printf(out, error, ", "));
        CC_TRY(add_expression(sandbox, kind, &fields[i], out, error));
        CC_TRY(cc_buffer_printf(out, error, " AS \"%s\"", fields[i].name));
    }
    CC_TRY(cc_buffer_printf(
        out, error,
        " FROM main.%s WHERE known_from <= %" PRId64
        " AND (known_to IS NULL OR known_to > %" PRId64
        ") AND day <= %" PRId32,
        name, moment->position, moment->position, moment->as_of_day));
    if (moment->by_instant) {
        CC_TRY(cc_buffer_printf(
            out, error, " AND day * 86400000000 + time <= %" PRId64,
            moment->as_of_instant));
    }
    return cc_buffer_printf(out, error,
                            ";CREATE TEMP VIEW \"%s\" AS SELECT * FROM "
                            "temp.%s_%s;",
                            name, sandbox->inner, name);
}

custcap_status
cc_views_make(cc_sandbox *sandbox, cc_text sql, custcap_error *error)
{
    assert(sandbox != NULL);
    assert(sandbox->trusted > 0);

    cc_buffer script = {.memory = sandbox->memory};
    uint32_t made = 0;
    custcap_status status = CUSTCAP_OK;
    for (int i = 0; i < KINDS && status == CUSTCAP_OK; i++) {
        const uint32_t bit = UINT32_C(1) << kinds[i];
        if ((sandbox->views & bit) == 0
            && cc_sql_mentions(sql, cc_record_type_of(kinds[i])->name)) {
            status = write_inner(sandbox, kinds[i], &script, error);
            made |= bit;
        }
    }
    if (status == CUSTCAP_OK && made != 0) {
        /* Before, so that half of them are taken off again. */
        sandbox->views |= made;
        status = cc_buffer_add_u8(&script, 0, error);
        if (status == CUSTCAP_OK) {
            const int code =
                sqlite3_exec(sandbox->db, (const char *)script.data, NULL,
                             NULL, NULL);
            if (code != SQLITE_OK) {
                status = cc_store_fail(cc_view_store(sandbox->view), code,
                                       "making a measure's views", error);
            }
        }
    }
    cc_buffer_free(&script);
    return status;
}

void
cc_views_drop(cc_sandbox *sandbox)
{
    assert(sandbox != NULL);
    assert(sandbox->trusted > 0);

    for (int i = 0; i < KINDS; i++) {
        if ((sandbox->views >> kinds[i] & 1) == 0) {
            continue;
        }
        const char *name = cc_record_type_of(kinds[i])->name;
        char sql[2 * CC_INNER_BYTES + 128];
        (void)snprintf(sql, sizeof sql,
                       "DROP VIEW IF EXISTS temp.\"%s\";"
                       "DROP VIEW IF EXISTS temp.%s_%s;",
                       name, sandbox->inner, name);
        (void)sqlite3_exec(sandbox->db, sql, NULL, NULL, NULL);
    }
    sandbox->views = 0;
}
