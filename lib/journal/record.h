/*
 * record.h - the eleven records, described once.
 *
 * Everything that moves records (encoding, replay, CSV, export, list, views)
 * walks this description instead of knowing the records by heart.  A record
 * is a row of int64 columns.  Columns that are not plain integers:
 *
 *   word      id in the vocabulary (0: none); below CC_WORD_HOST built in
 *   party     party number (0: none; CC_US is the company itself)
 *   day+time  civil day; instant minus UTC midnight of that day, in
 *             microseconds.  Two columns, `x` and `x_time`
 *   until     as day+time; CC_NONE in both while open-ended
 *   span      0: none, otherwise end day minus day, plus 1
 *   id        a record: position * 65536 + row (row from 0; written
 *             @position.row with row from 1); 0: none
 *   key       128 bits, two columns `x` (high) and `x_low`; 0, 0: none
 *   string    1 + index into the batch's public strings (0: none)
 *   text      1 + index into the batch's personal texts (0: none): the bytes
 *             are in the vault, the journal holds their keyed hash
 *
 * Kinds are numbered in the order in which a batch is replayed: words first,
 * then parties, then what refers to them.
 */
#ifndef CC_JOURNAL_RECORD_H
#define CC_JOURNAL_RECORD_H

#include "base/day.h"
#include "base/hash.h"

#define CC_NONE INT64_MIN
#define CC_US 1
#define CC_WORD_HOST 65536
#define CC_BATCH_RECORDS_MAX 65536

typedef enum cc_kind {
    CC_DEFINITION = 1,
    CC_PARTY,
    CC_LINK,
    CC_ROLE,
    CC_RELATION,
    CC_ITEM,
    CC_ENTRY,
    CC_EVENT,
    CC_MOVE,
    CC_CONSENT,
    CC_MARK,
    CC_KIND_END
} cc_kind;

typedef enum cc_field_type {
    CC_F_INTEGER = 1,
    CC_F_WORD,
    CC_F_PARTY,
    CC_F_DAY,     /* two columns */
    CC_F_UNTIL,   /* two columns */
    CC_F_SPAN,
    CC_F_MONEY,   /* minor units of the record's unit */
    CC_F_DECIMAL, /* mantissa; its scale is the next column */
    CC_F_ID,
    CC_F_KEY,     /* two columns */
    CC_F_STRING,
    CC_F_TEXT
} cc_field_type;

/* Kinds of word (VOCABULARY.md): every word belongs to one. */
typedef enum cc_word_kind {
    CC_W_NONE = 0,
    CC_W_FORM,     /* legal form: person, organisation ...; closed */
    CC_W_SOURCE,   /* where a host key comes from; open */
    CC_W_ROLE,
    CC_W_STAGE,
    CC_W_RELATION, /* referred-by, upline ... */
    CC_W_BOOK,     /* receivable, revenue ...; closed */
    CC_W_CODE,     /* posting code; its parent is a book */
    CC_W_UNIT,     /* ISO 4217, point, minute ...; data has the scale */
    CC_W_LINE,     /* product line; open */
    CC_W_CHANNEL,  /* open; parents: paid, organic, direct ... */
    CC_W_EVENT,    /* visit, score, message, ask ... */
    CC_W_OBJECT,   /* what an event is about: touchpoint, batch; open */
    CC_W_THEME,    /* the word of an event; open */
    CC_W_ITEM,     /* kind of item: idea, complaint ... */
    CC_W_FLOW,
    CC_W_STATE,    /* of a flow */
    CC_W_PURPOSE,
    CC_W_METHOD,   /* how consent was taken; open */
    CC_W_RATE,     /* exchange rate: data has numerator, denominator */
    CC_W_RULE,     /* named rule with parameters in data */
    CC_W_MEASURE,  /* a measure of the host's own */
    CC_W_GUARD,
    CC_W_AXIS,
    CC_W_CALENDAR,
    CC_W_KIND_END
} cc_word_kind;

enum { CC_COLUMNS_MAX = 24, CC_FIELDS_MAX = 20 };

/* Flags of a field. */
enum {
    CC_FIELD_REQUIRED = 1, /* in text (CSV, post) */
    CC_FIELD_HIDDEN = 2    /* not a field of text: filled by the library */
};

typedef struct cc_field {
    const char *name;        /* as in CSV headers */
    cc_field_type type;
    cc_word_kind words;      /* for CC_F_WORD */
    int32_t flags;
    int32_t column;          /* its first column; filled in the table */
} cc_field;

typedef struct cc_record_type {
    const char *name;        /* "entry" */
    int32_t field_count;
    int32_t column_count;
    int32_t version;         /* of the encoding of this kind */
    const cc_field *fields;
    const char *const *columns; /* column names, column_count of them */
} cc_record_type;

/* Columns by name, so that code reads `row[CC_ENTRY_AMOUNT]`. */
enum { /* definition; key: (kind, code, day) */
    CC_DEFINITION_KIND, CC_DEFINITION_WORD, CC_DEFINITION_CODE /* string */,
    CC_DEFINITION_PARENT, CC_DEFINITION_DAY, CC_DEFINITION_TIME,
    CC_DEFINITION_EN, CC_DEFINITION_ZH, CC_DEFINITION_DATA /* strings */,
    CC_DEFINITION_COLUMNS
};
enum { /* party; a second row with another (source, key) adds a host key */
    CC_PARTY_PARTY, CC_PARTY_DAY, CC_PARTY_TIME, CC_PARTY_FORM,
    CC_PARTY_SOURCE, CC_PARTY_KEY /* text */, CC_PARTY_NAME /* text */,
    CC_PARTY_COLUMNS
};
enum { /* link: other is the same as party, in [day, until) */
    CC_LINK_PARTY, CC_LINK_OTHER, CC_LINK_DAY, CC_LINK_TIME, CC_LINK_UNTIL,
    CC_LINK_UNTIL_TIME, CC_LINK_COLUMNS
};
enum { /* role; key: (party, role, toward, day) */
    CC_ROLE_PARTY, CC_ROLE_ROLE, CC_ROLE_TOWARD, CC_ROLE_DAY, CC_ROLE_TIME,
    CC_ROLE_UNTIL, CC_ROLE_UNTIL_TIME, CC_ROLE_STAGE, CC_ROLE_CAUSE /* text */,
    CC_ROLE_COLUMNS
};
enum { /* relation; key: (party, type, other, day) */
    CC_RELATION_PARTY, CC_RELATION_TYPE, CC_RELATION_OTHER, CC_RELATION_DAY,
    CC_RELATION_TIME, CC_RELATION_UNTIL, CC_RELATION_UNTIL_TIME,
    CC_RELATION_WEIGHT, CC_RELATION_WEIGHT_SCALE, CC_RELATION_COLUMNS
};
enum { /* item */
    CC_ITEM_PARTY, CC_ITEM_DAY, CC_ITEM_TIME, CC_ITEM_KIND, CC_ITEM_FLOW,
    CC_ITEM_SUBJECT /* text */, CC_ITEM_OWNER, CC_ITEM_DUE /* span */,
    CC_ITEM_KEY, CC_ITEM_KEY_LOW, CC_ITEM_COLUMNS
};
enum { /* entry */
    CC_ENTRY_PARTY, CC_ENTRY_DAY, CC_ENTRY_TIME, CC_ENTRY_SPAN,
    CC_ENTRY_CODE, CC_ENTRY_UNIT, CC_ENTRY_AMOUNT, CC_ENTRY_LINE,
    CC_ENTRY_CHANNEL, CC_ENTRY_DOCUMENT /* text */, CC_ENTRY_ITEM /* id */,
    CC_ENTRY_REF /* id */, CC_ENTRY_FLAGS, CC_ENTRY_KEY, CC_ENTRY_KEY_LOW,
    CC_ENTRY_COLUMNS
};
enum { CC_ENTRY_FLAG_PRIOR = 1 }; /* dated before a close, on purpose */
enum { /* event */
    CC_EVENT_PARTY, CC_EVENT_DAY, CC_EVENT_TIME, CC_EVENT_KIND,
    CC_EVENT_OBJECT, CC_EVENT_WORD, CC_EVENT_NUMBER, CC_EVENT_NUMBER_SCALE,
    CC_EVENT_TEXT /* text */, CC_EVENT_OBSERVER, CC_EVENT_ITEM /* id */,
    CC_EVENT_SOURCE, CC_EVENT_SOURCE_ID /* text */, CC_EVENT_KEY,
    CC_EVENT_KEY_LOW, CC_EVENT_COLUMNS
};
enum { /* move */
    CC_MOVE_ITEM /* id */, CC_MOVE_STATE, CC_MOVE_PARTY /* actor */,
    CC_MOVE_DAY, CC_MOVE_TIME, CC_MOVE_REASON /* text */, CC_MOVE_COLUMNS
};
enum { /* consent */
    CC_CONSENT_PARTY, CC_CONSENT_DAY, CC_CONSENT_TIME, CC_CONSENT_PURPOSE,
    CC_CONSENT_GIVEN /* 1 given, 0 withdrawn */, CC_CONSENT_WORDING /* string:
    version */, CC_CONSENT_WORDING_HASH /* string */, CC_CONSENT_METHOD,
    CC_CONSENT_EVIDENCE /* text */, CC_CONSENT_EXPIRY /* span */,
    CC_CONSENT_COLUMNS
};
enum { /* mark */
    CC_MARK_KIND, CC_MARK_DAY, CC_MARK_TIME, CC_MARK_POSITION,
    CC_MARK_DIGEST /* string, hex */, CC_MARK_PARTY, CC_MARK_COLUMNS
};
enum { /* kinds of mark */
    CC_MARK_KIND_CLOSE = 1, /* day: last closed day; position before it */
    CC_MARK_KIND_ERASURE,   /* party */
    CC_MARK_KIND_ANCHOR,    /* an external anchor: digest */
    CC_MARK_KIND_IMPORT,    /* position: first batch; the mark's is the last */
    CC_MARK_KIND_UNDO       /* position: what was taken back */
};

/* NULL when there is no such kind. */
const cc_record_type *cc_record_type_of(cc_kind kind);
/* 0 when there is no record of that name. */
cc_kind cc_kind_parse(cc_text name);
/* NULL when the record has no such field. */
const cc_field *cc_record_field(cc_kind kind, cc_text name);
/* "role", "unit" ...; cc_word_kind_parse gives 0 when unknown. */
const char *cc_word_kind_name(cc_word_kind kind);
cc_word_kind cc_word_kind_parse(cc_text name);
/* Kinds whose unseen words are accepted and counted. */
int cc_word_kind_is_open(cc_word_kind kind);

static inline int64_t
cc_id(int64_t position, int64_t row)
{
    return position * 65536 + row;
}

static inline int64_t
cc_id_position(int64_t id)
{
    return id >> 16;
}

static inline int64_t
cc_id_row(int64_t id)
{
    return id & 65535;
}

/* "@12.1"; and back, row from 1 in text. */
enum { CC_ID_BYTES = 40 };
const char *cc_id_format(int64_t id, char room[CC_ID_BYTES]);
int cc_id_parse(cc_text text, int64_t *id);

#endif
