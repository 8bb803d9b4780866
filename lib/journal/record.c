/*
 * record.c - the description of the eleven records, as data.
 *
 * Why here:   whatever moves records walks these tables, so that a new field
 *             is one line here and nothing anywhere else.
 * Method:     one array of fields and one of column names a kind; columns are
 *             named as the constants of record.h, in small letters.
 * Invariants: every column belongs to exactly one field (the check at the end
 *             of a field list is the unit test's: columns add up).  Names are
 *             those of CSV headers and of the command line; once released
 *             they stay.
 * Threads:    constant data and pure functions.
 */
#include "record.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#define COUNT(array) ((int32_t)(sizeof(array) / sizeof((array)[0])))
#define REQ CC_FIELD_REQUIRED
#define HID CC_FIELD_HIDDEN

static const cc_field definition_fields[] = {
    {"kind", CC_F_INTEGER, CC_W_NONE, REQ, CC_DEFINITION_KIND},
    {"code", CC_F_STRING, CC_W_NONE, REQ, CC_DEFINITION_CODE},
    {"parent", CC_F_WORD, CC_W_NONE, 0, CC_DEFINITION_PARENT},
    {"from", CC_F_DAY, CC_W_NONE, 0, CC_DEFINITION_DAY},
    {"en", CC_F_STRING, CC_W_NONE, 0, CC_DEFINITION_EN},
    {"zh", CC_F_STRING, CC_W_NONE, 0, CC_DEFINITION_ZH},
    {"data", CC_F_STRING, CC_W_NONE, 0, CC_DEFINITION_DATA},
    {"word", CC_F_WORD, CC_W_NONE, HID, CC_DEFINITION_WORD},
};
static const char *const definition_columns[CC_DEFINITION_COLUMNS] = {
    "kind", "word", "code", "parent", "day", "time", "en", "zh", "data",
};

static const cc_field party_fields[] = {
    {"party", CC_F_PARTY, CC_W_NONE, REQ, CC_PARTY_PARTY},
    {"form", CC_F_WORD, CC_W_FORM, 0, CC_PARTY_FORM},
    {"source", CC_F_WORD, CC_W_SOURCE, 0, CC_PARTY_SOURCE},
    {"name", CC_F_TEXT, CC_W_NONE, 0, CC_PARTY_NAME},
    {"day", CC_F_DAY, CC_W_NONE, 0, CC_PARTY_DAY},
    {"key", CC_F_TEXT, CC_W_NONE, HID, CC_PARTY_KEY},
};
static const char *const party_columns[CC_PARTY_COLUMNS] = {
    "party", "day", "time", "form", "source", "key", "name",
};

static const cc_field link_fields[] = {
    {"party", CC_F_PARTY, CC_W_NONE, REQ, CC_LINK_PARTY},
    {"other", CC_F_PARTY, CC_W_NONE, REQ, CC_LINK_OTHER},
    {"from", CC_F_DAY, CC_W_NONE, REQ, CC_LINK_DAY},
    {"to", CC_F_UNTIL, CC_W_NONE, 0, CC_LINK_UNTIL},
};
static const char *const link_columns[CC_LINK_COLUMNS] = {
    "party", "other", "day", "time", "until", "until_time",
};

static const cc_field role_fields[] = {
    {"party", CC_F_PARTY, CC_W_NONE, REQ, CC_ROLE_PARTY},
    {"role", CC_F_WORD, CC_W_ROLE, REQ, CC_ROLE_ROLE},
    {"toward", CC_F_PARTY, CC_W_NONE, 0, CC_ROLE_TOWARD},
    {"from", CC_F_DAY, CC_W_NONE, REQ, CC_ROLE_DAY},
    {"to", CC_F_UNTIL, CC_W_NONE, 0, CC_ROLE_UNTIL},
    {"stage", CC_F_WORD, CC_W_STAGE, 0, CC_ROLE_STAGE},
    {"cause", CC_F_TEXT, CC_W_NONE, 0, CC_ROLE_CAUSE},
};
static const char *const role_columns[CC_ROLE_COLUMNS] = {
    "party", "role", "toward", "day", "time", "until", "until_time", "stage",
    "cause",
};

static const cc_field relation_fields[] = {
    {"party", CC_F_PARTY, CC_W_NONE, REQ, CC_RELATION_PARTY},
    {"type", CC_F_WORD, CC_W_RELATION, REQ, CC_RELATION_TYPE},
    {"other", CC_F_PARTY, CC_W_NONE, REQ, CC_RELATION_OTHER},
    {"from", CC_F_DAY, CC_W_NONE, REQ, CC_RELATION_DAY},
    {"to", CC_F_UNTIL, CC_W_NONE, 0, CC_RELATION_UNTIL},
    {"weight", CC_F_DECIMAL, CC_W_NONE, 0, CC_RELATION_WEIGHT},
};
static const char *const relation_columns[CC_RELATION_COLUMNS] = {
    "party", "type", "other", "day", "time", "until", "until_time", "weight",
    "weight_scale",
};

static const cc_field item_fields[] = {
    {"key", CC_F_KEY, CC_W_NONE, REQ, CC_ITEM_KEY},
    {"party", CC_F_PARTY, CC_W_NONE, 0, CC_ITEM_PARTY},
    {"kind", CC_F_WORD, CC_W_ITEM, REQ, CC_ITEM_KIND},
    {"flow", CC_F_WORD, CC_W_FLOW, 0, CC_ITEM_FLOW},
    {"subject", CC_F_TEXT, CC_W_NONE, 0, CC_ITEM_SUBJECT},
    {"owner", CC_F_PARTY, CC_W_NONE, 0, CC_ITEM_OWNER},
    {"due", CC_F_SPAN, CC_W_NONE, 0, CC_ITEM_DUE},
    {"day", CC_F_DAY, CC_W_NONE, REQ, CC_ITEM_DAY},
};
static const char *const item_columns[CC_ITEM_COLUMNS] = {
    "party", "day", "time", "kind", "flow", "subject", "owner", "due", "key",
    "key_low",
};

static const cc_field entry_fields[] = {
    {"party", CC_F_PARTY, CC_W_NONE, REQ, CC_ENTRY_PARTY},
    {"day", CC_F_DAY, CC_W_NONE, REQ, CC_ENTRY_DAY},
    {"amount", CC_F_MONEY, CC_W_NONE, REQ, CC_ENTRY_AMOUNT},
    {"code", CC_F_WORD, CC_W_CODE, 0, CC_ENTRY_CODE},
    {"unit", CC_F_WORD, CC_W_UNIT, 0, CC_ENTRY_UNIT},
    {"end", CC_F_SPAN, CC_W_NONE, 0, CC_ENTRY_SPAN},
    {"line", CC_F_WORD, CC_W_LINE, 0, CC_ENTRY_LINE},
    {"channel", CC_F_WORD, CC_W_CHANNEL, 0, CC_ENTRY_CHANNEL},
    {"document", CC_F_TEXT, CC_W_NONE, 0, CC_ENTRY_DOCUMENT},
    {"item", CC_F_ID, CC_W_NONE, 0, CC_ENTRY_ITEM},
    {"key", CC_F_KEY, CC_W_NONE, 0, CC_ENTRY_KEY},
    {"ref", CC_F_ID, CC_W_NONE, 0, CC_ENTRY_REF},
    {"prior", CC_F_INTEGER, CC_W_NONE, 0, CC_ENTRY_FLAGS},
};
static const char *const entry_columns[CC_ENTRY_COLUMNS] = {
    "party", "day", "time", "span", "code", "unit", "amount", "line",
    "channel", "document", "item", "ref", "flags", "key", "key_low",
};

static const cc_field event_fields[] = {
    {"party", CC_F_PARTY, CC_W_NONE, REQ, CC_EVENT_PARTY},
    {"day", CC_F_DAY, CC_W_NONE, REQ, CC_EVENT_DAY},
    {"kind", CC_F_WORD, CC_W_EVENT, REQ, CC_EVENT_KIND},
    {"object", CC_F_WORD, CC_W_OBJECT, 0, CC_EVENT_OBJECT},
    {"word", CC_F_WORD, CC_W_THEME, 0, CC_EVENT_WORD},
    {"number", CC_F_DECIMAL, CC_W_NONE, 0, CC_EVENT_NUMBER},
    {"text", CC_F_TEXT, CC_W_NONE, 0, CC_EVENT_TEXT},
    {"observer", CC_F_PARTY, CC_W_NONE, 0, CC_EVENT_OBSERVER},
    {"item", CC_F_ID, CC_W_NONE, 0, CC_EVENT_ITEM},
    {"source", CC_F_WORD, CC_W_SOURCE, 0, CC_EVENT_SOURCE},
    {"source_id", CC_F_TEXT, CC_W_NONE, 0, CC_EVENT_SOURCE_ID},
    {"key", CC_F_KEY, CC_W_NONE, HID, CC_EVENT_KEY},
};
static const char *const event_columns[CC_EVENT_COLUMNS] = {
    "party", "day", "time", "kind", "object", "word", "number",
    "number_scale", "text", "observer", "item", "source", "source_id", "key",
    "key_low",
};

static const cc_field move_fields[] = {
    {"item", CC_F_ID, CC_W_NONE, REQ, CC_MOVE_ITEM},
    {"state", CC_F_WORD, CC_W_STATE, REQ, CC_MOVE_STATE},
    {"actor", CC_F_PARTY, CC_W_NONE, 0, CC_MOVE_PARTY},
    {"day", CC_F_DAY, CC_W_NONE, REQ, CC_MOVE_DAY},
    {"reason", CC_F_TEXT, CC_W_NONE, 0, CC_MOVE_REASON},
};
static const char *const move_columns[CC_MOVE_COLUMNS] = {
    "item", "state", "party", "day", "time", "reason",
};

static const cc_field consent_fields[] = {
    {"party", CC_F_PARTY, CC_W_NONE, REQ, CC_CONSENT_PARTY},
    {"day", CC_F_DAY, CC_W_NONE, REQ, CC_CONSENT_DAY},
    {"purpose", CC_F_WORD, CC_W_PURPOSE, REQ, CC_CONSENT_PURPOSE},
    {"given", CC_F_INTEGER, CC_W_NONE, REQ, CC_CONSENT_GIVEN},
    {"wording", CC_F_STRING, CC_W_NONE, 0, CC_CONSENT_WORDING},
    {"wording_hash", CC_F_STRING, CC_W_NONE, 0, CC_CONSENT_WORDING_HASH},
    {"method", CC_F_WORD, CC_W_METHOD, 0, CC_CONSENT_METHOD},
    {"evidence", CC_F_TEXT, CC_W_NONE, 0, CC_CONSENT_EVIDENCE},
    {"expiry", CC_F_SPAN, CC_W_NONE, 0, CC_CONSENT_EXPIRY},
};
static const char *const consent_columns[CC_CONSENT_COLUMNS] = {
    "party", "day", "time", "purpose", "given", "wording", "wording_hash",
    "method", "evidence", "expiry",
};

static const cc_field mark_fields[] = {
    {"kind", CC_F_INTEGER, CC_W_NONE, REQ, CC_MARK_KIND},
    {"day", CC_F_DAY, CC_W_NONE, 0, CC_MARK_DAY},
    {"position", CC_F_INTEGER, CC_W_NONE, 0, CC_MARK_POSITION},
    {"digest", CC_F_STRING, CC_W_NONE, 0, CC_MARK_DIGEST},
    {"party", CC_F_PARTY, CC_W_NONE, 0, CC_MARK_PARTY},
};
static const char *const mark_columns[CC_MARK_COLUMNS] = {
    "kind", "day", "time", "position", "digest", "party",
};

/* One row of the table of kinds; all are at encoding version 1. */
#define RECORD(name)                                                          \
    {                                                                         \
        #name, COUNT(name##_fields), COUNT(name##_columns), 1, name##_fields, \
            name##_columns                                                    \
    }

static const cc_record_type record_types[CC_KIND_END] = {
    [CC_DEFINITION] = RECORD(definition),
    [CC_PARTY] = RECORD(party),
    [CC_LINK] = RECORD(link),
    [CC_ROLE] = RECORD(role),
    [CC_RELATION] = RECORD(relation),
    [CC_ITEM] = RECORD(item),
    [CC_ENTRY] = RECORD(entry),
    [CC_EVENT] = RECORD(event),
    [CC_MOVE] = RECORD(move),
    [CC_CONSENT] = RECORD(consent),
    [CC_MARK] = RECORD(mark),
};

static const char *const word_kind_names[CC_W_KIND_END] = {
    [CC_W_NONE] = "",           [CC_W_FORM] = "form",
    [CC_W_SOURCE] = "source",   [CC_W_ROLE] = "role",
    [CC_W_STAGE] = "stage",     [CC_W_RELATION] = "relation",
    [CC_W_BOOK] = "book",       [CC_W_CODE] = "code",
    [CC_W_UNIT] = "unit",       [CC_W_LINE] = "line",
    [CC_W_CHANNEL] = "channel", [CC_W_EVENT] = "event",
    [CC_W_OBJECT] = "object",   [CC_W_THEME] = "theme",
    [CC_W_ITEM] = "item",       [CC_W_FLOW] = "flow",
    [CC_W_STATE] = "state",     [CC_W_PURPOSE] = "purpose",
    [CC_W_METHOD] = "method",   [CC_W_RATE] = "rate",
    [CC_W_RULE] = "rule",       [CC_W_MEASURE] = "measure",
    [CC_W_GUARD] = "guard",     [CC_W_AXIS] = "axis",
    [CC_W_CALENDAR] = "calendar",
};

const cc_record_type *
cc_record_type_of(cc_kind kind)
{
    const int number = (int)kind;
    if (number < CC_DEFINITION || number >= CC_KIND_END) {
        return NULL;
    }
    return &record_types[number];
}

cc_kind
cc_kind_parse(cc_text name)
{
    assert(name.length >= 0);
    assert(name.data != NULL || name.length == 0);

    for (int kind = CC_DEFINITION; kind < CC_KIND_END; kind++) {
        if (cc_text_is(name, record_types[kind].name)) {
            return (cc_kind)kind;
        }
    }
    return (cc_kind)0;
}

const cc_field *
cc_record_field(cc_kind kind, cc_text name)
{
    const cc_record_type *type = cc_record_type_of(kind);
    if (type == NULL) {
        return NULL;
    }
    for (int32_t i = 0; i < type->field_count; i++) {
        if (cc_text_is(name, type->fields[i].name)) {
            return &type->fields[i];
        }
    }
    return NULL;
}

const char *
cc_word_kind_name(cc_word_kind kind)
{
    const int number = (int)kind;
    if (number <= CC_W_NONE || number >= CC_W_KIND_END) {
        return "";
    }
    return word_kind_names[number];
}

cc_word_kind
cc_word_kind_parse(cc_text name)
{
    assert(name.length >= 0);
    assert(name.data != NULL || name.length == 0);

    for (int kind = CC_W_NONE + 1; kind < CC_W_KIND_END; kind++) {
        if (cc_text_is(name, word_kind_names[kind])) {
            return (cc_word_kind)kind;
        }
    }
    return CC_W_NONE;
}

int
cc_word_kind_is_open(cc_word_kind kind)
{
    switch (kind) {
    case CC_W_SOURCE:
    case CC_W_LINE:
    case CC_W_CHANNEL:
    case CC_W_OBJECT:
    case CC_W_THEME:
    case CC_W_METHOD:
        return 1;
    default:
        return 0;
    }
}

const char *
cc_id_format(int64_t id, char room[CC_ID_BYTES])
{
    assert(room != NULL);

    const int length = snprintf(room, CC_ID_BYTES, "@%" PRId64 ".%" PRId64,
                                cc_id_position(id), cc_id_row(id) + 1);
    assert(length > 0 && length < CC_ID_BYTES);
    (void)length;
    return room;
}

/* Plain digits, without sign and without a leading zero. */
static int
parse_digits(cc_text text, int64_t *value)
{
    if (text.length < 1 || text.data[0] < '1' || text.data[0] > '9') {
        return 0;
    }
    return cc_text_to_int64(text, value);
}

int
cc_id_parse(cc_text text, int64_t *id)
{
    assert(id != NULL);
    assert(text.length >= 0);

    if (text.length < 4 || text.data[0] != '@') {
        return 0;
    }
    int64_t point = 1;
    while (point < text.length && text.data[point] != '.') {
        point++;
    }
    if (point == text.length) {
        return 0;
    }

    const cc_text left = {text.data + 1, point - 1};
    const cc_text right = {text.data + point + 1, text.length - point - 1};
    int64_t position = 0;
    int64_t row = 0;
    if (!parse_digits(left, &position) || !parse_digits(right, &row)) {
        return 0;
    }
    /* The id must fit: 47 bits of position beside 16 of row. */
    if (position > INT64_MAX / 65536 || row > CC_BATCH_RECORDS_MAX) {
        return 0;
    }
    *id = cc_id(position, row - 1);
    return 1;
}
