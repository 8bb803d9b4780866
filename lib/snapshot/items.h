/*
 * items.h - the items of the file and their moves, decoded once.
 *
 * What state a million items are in is asked by half of the measures about
 * people who work with us; SQL over all moves takes longer than anybody
 * wants to wait.  So all rows of both tables are kept in memory - items by
 * number, moves by (item, instant, number) - and shared by the views of a
 * ledger for as long as neither an item nor a move is recorded.  Whoever
 * asks picks what was known at its position.
 */
#ifndef CC_SNAPSHOT_ITEMS_H
#define CC_SNAPSHOT_ITEMS_H

#include "snapshot/view.h"

typedef struct cc_item_row {
    int64_t id;
    int64_t start;                /* instant */
    int64_t known_from, known_to; /* positions; INT64_MAX: current */
    int32_t day;                  /* of the start */
    int32_t due;                  /* day; CC_DAY_NONE: none */
    int32_t party, owner; /* as recorded: merges are not followed; 0: none */
    int32_t kind, flow;   /* words; flow 0: that of its kind */
} cc_item_row;

typedef struct cc_move_row {
    int64_t item;
    int64_t id;
    int64_t start; /* instant */
    int64_t known_from;
    int32_t day;
    int32_t state; /* word */
    int32_t actor; /* as recorded; 0: none */
} cc_move_row;

typedef struct cc_items cc_items;

typedef struct cc_items_rows {
    const cc_item_row *items;
    int64_t item_count;
    const cc_move_row *moves;
    int64_t move_count;
} cc_items_rows;

/* Borrowed from the view, good until it is closed. */
custcap_status cc_view_items(cc_view *view, cc_items_rows *rows,
                             custcap_error *error);

#endif
