/*
 * tables_rows.h - entry and event as SQL sees them, inside this room.
 *
 * A row cursor either streams (the rows of one party after the other, as a
 * cc_cursor gives them) or has gathered: all rows copied out, in an order in
 * which equal values of the grouping columns stand together.
 */
#ifndef CC_SNAPSHOT_TABLES_ROWS_H
#define CC_SNAPSHOT_TABLES_ROWS_H

#include "tables.h"

typedef enum cc_row_source {
    CC_ROW_ID = 1,
    CC_ROW_PARTY,
    CC_ROW_DAY,
    CC_ROW_INSTANT,
    CC_ROW_SPAN,    /* shown as a day */
    CC_ROW_WORD,    /* shown as its code */
    CC_ROW_BOOK,    /* of the code */
    CC_ROW_INTEGER,
    CC_ROW_FLAG,
    CC_ROW_OTHER_ID, /* 0 is NULL */
    CC_ROW_OTHER_PARTY,
    CC_ROW_TEXT,
    CC_ROW_PERIOD   /* label of the day's period */
} cc_row_source;

typedef struct cc_row_column {
    const char *name;
    cc_row_source source;
    int32_t column; /* of the record */
    cc_word_kind words;
    cc_period period;
} cc_row_column;

typedef struct cc_row_table {
    sqlite3_vtab base; /* SQLite's: first */
    cc_memory memory;
    cc_sandbox *sandbox;
    cc_kind kind;
} cc_row_table;

enum { CC_ROW_COLUMNS_MAX = 24, CC_ROW_KEYS_MAX = 8 };
/* In a mask: parties are shown, which have no column of their own. */
#define CC_ROW_PARTY_BIT (UINT32_C(1) << CC_COLUMNS_MAX)
const cc_row_column *cc_row_columns(cc_kind kind, int32_t *count);

/* What xFilter was asked for, put together with the question's filters. */
typedef struct cc_row_wish {
    int32_t empty;      /* nothing can be found */
    int64_t id, party;  /* 0: any */
    int64_t code, book, unit, line, channel;
    int32_t day_first, day_last;
    const cc_row_column *keys[CC_ROW_KEYS_MAX]; /* gather by these */
    int32_t key_count;
    uint32_t mask;
} cc_row_wish;

typedef struct cc_row_cursor {
    sqlite3_vtab_cursor base; /* SQLite's: first */
    cc_sandbox *sandbox;
    cc_kind kind;
    cc_row_wish wish;
    int64_t *codes; /* of the filter; owned */
    cc_plan *plan;
    cc_cursor *cursor;
    int32_t plan_first, plan_last;  /* days */
    int32_t width[CC_COLUMNS_MAX];
    const char *columns[CC_COLUMNS_MAX];
    int64_t party;  /* of the slice, while streaming */
    int64_t at, end;
    int32_t done;
    int32_t is_gathered;
    int64_t *parties; /* where gathered and asked for */
    char *gathered[CC_COLUMNS_MAX];
    int64_t capacity;
} cc_row_cursor;

/* tables_index.c: xBestIndex. */
int cc_rows_best_index(sqlite3_vtab *base, sqlite3_index_info *info);
/* Bits that the values of a column need in a grouping key; 0: it can't be
 * grouped by. */
int32_t cc_row_key_bits(cc_sandbox *sandbox, const cc_row_column *column);
/* tables_wish.c: read what xBestIndex wrote, with the values for it; then
 * make a filter of it and of the question's (lists in it are the cursor's or
 * the question's). */
void cc_rows_read_wish(cc_row_cursor *cursor, const char *plan, int count,
                       sqlite3_value **values);
custcap_status cc_rows_choose(cc_row_cursor *cursor, cc_filter *filter,
                              custcap_error *error);
/* The rows of the next party in [at, end); sets done at the end. */
custcap_status cc_rows_load(cc_row_cursor *cursor, custcap_error *error);
/* All rows, clustered by the wish's keys. */
custcap_status cc_rows_gather(cc_row_cursor *cursor, custcap_error *error);
void cc_rows_reset(cc_row_cursor *cursor);

static inline int
cc_row_is_text(const cc_row_column *column)
{
    return column->source == CC_ROW_WORD || column->source == CC_ROW_BOOK
           || column->source == CC_ROW_TEXT
           || column->source == CC_ROW_PERIOD;
}

/* The columns whose words say who may read a text of the record. */
static inline uint32_t
cc_row_level_mask(cc_kind kind)
{
    return kind == CC_ENTRY
               ? UINT32_C(1) << CC_ENTRY_CODE | UINT32_C(1) << CC_ENTRY_LINE
               : UINT32_C(1) << CC_EVENT_KIND
                     | UINT32_C(1) << CC_EVENT_OBJECT;
}

static inline int32_t
cc_row_day_column(cc_kind kind)
{
    return kind == CC_ENTRY ? (int32_t)CC_ENTRY_DAY : (int32_t)CC_EVENT_DAY;
}

/* The stored integer of a column in a row of the loaded ones. */
static inline int64_t
cc_row_integer(const cc_row_cursor *cursor, int32_t column, int64_t row)
{
    const void *base = cursor->columns[column];
    return cursor->width[column] == 4 ? ((const int32_t *)base)[row]
                                      : ((const int64_t *)base)[row];
}

#endif
