/*
 * tables_index.c - what `entry` and `event` do of a query by themselves.
 *
 * Why here:   SQLite asks before it runs: which conditions, which order.
 * Method:     conditions on party, id, words, book and days are taken but
 *             checked again by SQLite.  Order is promised where streaming
 *             has it or gathering can make it; sqlite3_vtab_distinct tells
 *             whether equal values need only stand together (GROUP BY,
 *             DISTINCT) or have to be sorted.
 *             idxStr: 8 hex digits (mask of columns), then an operator and a
 *             column (letter from 'A') for each argument, ';', and a letter
 *             for each column to gather by.
 * Invariants: days are always among the columns.
 * Threads:    the view's thread.
 */
#include "tables_rows.h"

#include <assert.h>

/* Columns of the record that a shown column is made of. */
static uint32_t
mask_of(cc_kind kind, const cc_row_column *column)
{
    uint32_t mask = column->source == CC_ROW_PARTY
                        ? CC_ROW_PARTY_BIT
                        : UINT32_C(1) << column->column;
    if (column->source == CC_ROW_INSTANT || column->source == CC_ROW_SPAN) {
        mask |= UINT32_C(1) << cc_row_day_column(kind);
    }
    if (column->source == CC_ROW_TEXT) {
        mask |= UINT32_C(1) << CC_SEGMENT_ID;
        mask |= cc_row_level_mask(kind);
    }
    return mask;
}

/* Does it never descend while the day ascends? */
static int
follows_day(const cc_row_column *column)
{
    return column->source == CC_ROW_DAY || column->source == CC_ROW_PERIOD;
}

/* The character that stands for a condition we take; 0 for none. */
static char
taken_as(const cc_row_column *column, int op)
{
    const int equal = op == SQLITE_INDEX_CONSTRAINT_EQ;
    switch (column->source) {
    case CC_ROW_ID:
    case CC_ROW_PARTY:
    case CC_ROW_BOOK:
        return equal ? '=' : 0;
    case CC_ROW_WORD:
        return equal
                       && (column->words == CC_W_CODE
                           || column->words == CC_W_UNIT
                           || column->words == CC_W_LINE
                           || column->words == CC_W_CHANNEL
                           || column->words == CC_W_EVENT)
                   ? '='
                   : 0;
    case CC_ROW_DAY:
        return equal                                ? '='
               : op == SQLITE_INDEX_CONSTRAINT_GT ? '>'
               : op == SQLITE_INDEX_CONSTRAINT_GE ? 'g'
               : op == SQLITE_INDEX_CONSTRAINT_LT ? '<'
               : op == SQLITE_INDEX_CONSTRAINT_LE ? 'l'
                                                  : 0;
    default:
        return 0;
    }
}

/* What xBestIndex finds out. */
typedef struct row_plan {
    uint32_t mask;
    char taken[2 * CC_ROW_COLUMNS_MAX + 1];
    int32_t taken_count;
    int32_t by_party, by_id;
    double rows;
    char keys[CC_ROW_KEYS_MAX + 1];
} row_plan;

static void
take_constraints(const cc_row_table *table, const cc_row_column *columns,
                 int32_t count, sqlite3_index_info *info, row_plan *plan)
{
    int32_t argument = 0;
    for (int i = 0; i < info->nConstraint; i++) {
        const int at = info->aConstraint[i].iColumn;
        if (at < 0 || at >= count || !info->aConstraint[i].usable
            || argument >= CC_ROW_COLUMNS_MAX) {
            continue;
        }
        const cc_row_column *column = &columns[at];
        const char op = taken_as(column, info->aConstraint[i].op);
        if (op == 0
            || (cc_row_is_text(column)
                && sqlite3_stricmp(sqlite3_vtab_collation(info, i), "BINARY")
                       != 0)) {
            continue;
        }
        info->aConstraintUsage[i].argvIndex = argument + 1;
        plan->taken[2 * argument] = op;
        plan->taken[2 * argument + 1] = (char)('A' + at);
        argument++;
        plan->mask |= mask_of(table->kind, column);
        plan->by_party |= column->source == CC_ROW_PARTY;
        plan->by_id |= column->source == CC_ROW_ID;
        plan->rows *= op == '=' ? 0.1 : 0.3;
    }
    plan->taken_count = argument;
    if (argument > 0) { /* SQLite may ask for rows by number */
        plan->mask |= UINT32_C(1) << CC_SEGMENT_ID;
    }
}

/* Is the order of streaming good for what is asked?  Where rows are to be
 * sorted, every key must be ascending. */
static int
streams_in_order(const cc_row_column *columns,
                 const sqlite3_index_info *info, int sorted, int by_party)
{
    int party = by_party, day = 0, seen_other = 0;
    for (int i = 0; i < info->nOrderBy; i++) {
        const cc_row_column *column = &columns[info->aOrderBy[i].iColumn];
        if (sorted && info->aOrderBy[i].desc) {
            return 0;
        }
        if (column->source == CC_ROW_PARTY) {
            if (sorted && seen_other && !by_party) {
                return 0;
            }
            party = 1;
        } else if (follows_day(column)) {
            seen_other = 1;
            day |= column->source == CC_ROW_DAY;
        } else if (column->source == CC_ROW_ID && sorted && day) {
            seen_other = 1; /* equal days are in the order of ids */
        } else {
            return 0;
        }
    }
    return party;
}

/* Can rows be clustered by these columns (sorted: by rising value)? */
static int
can_gather(const cc_row_table *table, const cc_row_column *columns,
           const sqlite3_index_info *info, int sorted)
{
    int32_t bits = 0;
    if (info->nOrderBy > CC_ROW_KEYS_MAX) {
        return 0;
    }
    for (int i = 0; i < info->nOrderBy; i++) {
        const cc_row_column *column = &columns[info->aOrderBy[i].iColumn];
        const int32_t more = cc_row_key_bits(table->sandbox, column);
        if (more == 0 || (sorted && info->aOrderBy[i].desc)) {
            return 0;
        }
        bits += more;
    }
    return bits <= 64;
}

static void
take_order(const cc_row_table *table, const cc_row_column *columns,
           int32_t count, sqlite3_index_info *info, row_plan *plan)
{
    if (info->nOrderBy < 1) {
        return;
    }
    for (int i = 0; i < info->nOrderBy; i++) {
        const int at = info->aOrderBy[i].iColumn;
        if (at < 0 || at >= count) {
            return;
        }
    }
    const int distinct = sqlite3_vtab_distinct(info);
    const int sorted = distinct == 0 || distinct == 3;
    if (streams_in_order(columns, info, sorted, plan->by_party)) {
        info->orderByConsumed = 1;
        for (int i = 0; i < info->nOrderBy; i++) {
            plan->mask |= mask_of(table->kind,
                                  &columns[info->aOrderBy[i].iColumn]);
        }
        return;
    }
    if (!can_gather(table, columns, info, sorted)) {
        return;
    }
    info->orderByConsumed = 1;
    for (int i = 0; i < info->nOrderBy; i++) {
        const int at = info->aOrderBy[i].iColumn;
        plan->keys[i] = (char)('A' + at);
        plan->mask |= mask_of(table->kind, &columns[at]);
    }
}

int
cc_rows_best_index(sqlite3_vtab *base, sqlite3_index_info *info)
{
    assert(base != NULL && info != NULL);
    const cc_row_table *table = (cc_row_table *)(void *)base;
    int32_t count = 0;
    const cc_row_column *columns = cc_row_columns(table->kind, &count);
    row_plan plan = {.rows = 1e7};

    /* Days are always at hand: ranges and order need them. */
    plan.mask = UINT32_C(1) << cc_row_day_column(table->kind);
    for (int32_t i = 0; i < count; i++) {
        if ((info->colUsed >> i & 1) != 0) {
            plan.mask |= mask_of(table->kind, &columns[i]);
        }
    }
    take_constraints(table, columns, count, info, &plan);
    take_order(table, columns, count, info, &plan);
    if (plan.by_party) {
        plan.rows = 10;
    }
    if (plan.by_id) {
        plan.rows = 1;
        info->idxFlags |= SQLITE_INDEX_SCAN_UNIQUE;
    }
    info->estimatedRows = (sqlite3_int64)(plan.rows < 1 ? 1 : plan.rows);
    info->estimatedCost = plan.by_party ? 20
                          : plan.by_id  ? 200
                                        : 1000 + plan.rows;
    info->idxStr = sqlite3_mprintf("%08x%s;%s", plan.mask, plan.taken,
                                   plan.keys);
    info->needToFreeIdxStr = 1;
    return info->idxStr == NULL ? SQLITE_NOMEM : SQLITE_OK;
}
