/*
 * internal.h - what the files of this room know of each other.
 *
 * Shares are counted: whoever has a view has a share of the source, of its
 * decoded columns and of the party directory, so that each may be replaced
 * at any time and freed in any order.
 */
#ifndef CC_SNAPSHOT_INTERNAL_H
#define CC_SNAPSHOT_INTERNAL_H

#include "base/sort.h"
#include "snapshot/cursor.h"
#include "snapshot/items.h"
#include "snapshot/relations.h"
#include "snapshot/roles.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/types.h>

/* A read-only connection of the pool. */
typedef struct cc_connection {
    cc_store *store;
    cc_keys *party_keys; /* NULL until a host key is looked up */
    int64_t generation;  /* of the source, when it was opened */
} cc_connection;

/* Decoded columns with a counter. */
typedef struct cc_columns {
    _Atomic int64_t shares;
    cc_memory memory;
    cc_cache *cache;
} cc_columns;

/* A party directory with a counter.  `exact_from`: views at or after that
 * position see the same names (a party that got its host key later than it
 * was created is shown by another name before). */
typedef struct cc_naming {
    _Atomic int64_t shares;
    cc_memory memory;
    cc_parties parties;
    int32_t *rank;
    int32_t *party;
    int64_t head;       /* made of the records up to this position */
    int64_t exact_from;
    int64_t erasures;   /* so many erasures had been when it was made */
    int64_t records;    /* party records there were */
} cc_naming;

/* Relations with a counter: of the records up to `head`, when the table's
 * last row was `last`. */
typedef struct cc_kin {
    _Atomic int64_t shares;
    cc_memory memory;
    int64_t type, head, last;
    cc_relations relations;
} cc_kin;

/* Out of a column, a number that has 4 bytes in a row; false where it does
 * not fit. */
static inline int
cc_read_small(sqlite3_stmt *select, int column, int32_t *number)
{
    const int64_t value = sqlite3_column_int64(select, column);
    *number = (int32_t)value;
    return value >= INT32_MIN && value < INT32_MAX;
}

/* Role records with a counter: roles.c. */
struct cc_roles {
    _Atomic int64_t shares;
    cc_memory memory;
    cc_role_row *rows;
    int64_t count;
    int64_t last_id; /* the largest record id of a role */
};
cc_roles *cc_roles_share(cc_roles *roles);
void cc_roles_free(cc_roles *roles);

/* Items and moves with a counter: items.c. */
struct cc_items {
    _Atomic int64_t shares;
    cc_memory memory;
    cc_item_row *items;
    int64_t item_count, item_capacity;
    cc_move_row *moves;
    int64_t move_count, move_capacity;
    int64_t last_item, last_move; /* the largest record ids */
};
cc_items *cc_items_share(cc_items *items);
void cc_items_free(cc_items *items);

enum { CC_IDLE_MAX = 16, CC_NAMINGS_MAX = 4, CC_KINS = 2 };

struct cc_source {
    _Atomic int64_t shares;
    cc_memory memory;
    pid_t owner;
    char *path;
    cc_store_options store;
    int64_t cache_bytes;
    int32_t threads;
    int64_t unit;
    cc_zone *zone;
    cc_words *words;
    pthread_mutex_t lock; /* of what follows */
    pthread_mutex_t naming_lock; /* held while a directory is made */
    cc_connection *idle[CC_IDLE_MAX];
    int32_t idle_count;
    int64_t generation;
    cc_columns *columns;
    cc_naming *namings[CC_NAMINGS_MAX]; /* newest first */
    cc_kin *kin[CC_KINS]; /* of one type, of all; NULL until asked for */
    cc_roles *roles; /* NULL until asked for */
    cc_items *items; /* NULL until asked for */
};

/* source.c: a child of fork may use nothing of its parent's. */
custcap_status cc_source_check(const cc_source *source,
                               custcap_error *error);
custcap_status cc_source_take(cc_source *source, cc_connection **connection,
                              custcap_error *error);
void cc_source_give(cc_source *source, cc_connection *connection);
cc_columns *cc_source_columns(cc_source *source);
void cc_columns_free(cc_columns *columns);
cc_naming *cc_naming_share(cc_naming *naming);
void cc_naming_free(cc_naming *naming);
/* relations_keep.c */
void cc_kin_free(cc_kin *kin);

/* resolve.c: which parties are one. */
typedef struct cc_link_span {
    int64_t party, other;
    int64_t from_day, from_time;
    int64_t until_day, until_time; /* CC_NONE: open */
} cc_link_span;

typedef struct cc_resolver {
    const cc_memory *memory;
    cc_link_span *links; /* as known; in force or not */
    int64_t link_count, link_capacity;
    int64_t count;       /* parties in links that are in force */
    int64_t *party;      /* ascending */
    int64_t *survivor;   /* of each; itself where it survives */
    int64_t *parent;     /* room for the union */
    uint8_t *is_other;
    int64_t away_count;
} cc_resolver;

custcap_status cc_resolver_load(cc_resolver *resolver, cc_store *store,
                                int64_t position, custcap_error *error);
/* Work out who survives at a moment; needs no memory. */
void cc_resolver_settle(cc_resolver *resolver, const cc_moment *moment);
int64_t cc_resolver_find(const cc_resolver *resolver, int64_t party);
void cc_resolver_free(cc_resolver *resolver);

/* view.c */
struct cc_view {
    cc_source *source;
    cc_connection *connection; /* NULL on a writer */
    cc_store *store;
    cc_keys *party_keys;
    int32_t keys_fresh;
    cc_moment moment;
    cc_head head;
    custcap_progress progress;
    void *context;
    int32_t threads; /* 0: the source's */
    int64_t clearance; /* CC_CLEARANCE_ALL: no viewer */
    cc_columns *columns;
    cc_resolver resolver;
    cc_directory *party_rows; /* NULL until asked for */
    cc_directory *held[2];    /* a writer's: see cc_view_hold */
    cc_naming *naming;        /* NULL until asked for */
    cc_kin *kin;              /* NULL until asked for */
    cc_roles *roles;          /* NULL until asked for */
    cc_items *items;          /* NULL until asked for */
};

/* Decoded columns for cc_directory_open in this view. */
cc_cache *cc_view_cache(cc_view *view);
/* The largest record id that the view knows. */
int64_t cc_view_id_last(const cc_view *view);
/* Party records as columns (nothing loaded yet), and how many there are. */
custcap_status cc_view_party_rows(cc_view *view, cc_directory **rows,
                                  custcap_error *error);
/* The directory of entries or events of a view on a writer, which a plan
 * borrows; *directory is NULL where it has to open its own.  What a writer
 * decodes is its directory's alone, and guards ask for a party at a time: a
 * directory a plan would decode the same segments thousands of times. */
custcap_status cc_view_hold(cc_view *view, cc_kind kind,
                            cc_directory **directory, custcap_error *error);
int64_t cc_directory_rows(const cc_directory *directory);
/* The group of a party in a segment that is loaded, or -1. */
int64_t cc_segment_find(const cc_segment *segment, int64_t party);

/* parties.c: sets view->naming if there is a directory already. */
custcap_status cc_view_naming_ready(cc_view *view, custcap_error *error);
/* parties_name.c: one party's display key into `name`; *keyed 1 where it is
 * sorted as a host key. */
custcap_status cc_view_name_one(cc_view *view, int64_t party,
                                cc_buffer *name, int *keyed,
                                custcap_error *error);
/* Of the rows of one party, which names it: a record of source `host`
 * before others, the earlier before the later.  Lower is better. */
static inline int64_t
cc_naming_order(int64_t id, int64_t source)
{
    return source == CC_SOURCE_HOST ? id : id | INT64_C(1) << 62;
}

/* parties_sort.c: texts in one run of bytes, by number. */
typedef struct cc_names {
    const cc_memory *memory;
    const uint8_t *bytes;
    const int64_t *offset;
    const int32_t *length;
} cc_names;
/* Sort numbers by their texts, bytewise, then by number. */
custcap_status cc_names_sort(const cc_names *names, int32_t *numbers,
                             int64_t count, custcap_error *error);

/* plan.c: a segment as a cursor walks it. */
typedef struct cc_sheet {
    const cc_segment *segment;
    const cc_segment_info *about;
    int64_t groups;
    const int64_t *party;
    const int32_t *start;
    uint32_t tests;                     /* CC_TEST_*: rows must be picked */
    int32_t rank;                       /* of the run in time; see plan */
    int32_t amount_bits;                /* cc_segment_bits */
    const char *base[CC_COLUMNS_MAX];   /* NULL: not loaded */
    int32_t step[CC_COLUMNS_MAX];       /* bytes from row to row; constant
                                           columns: 0 */
} cc_sheet;

/* The first group of a sheet at or after a party. */
int64_t cc_sheet_group_from(const cc_sheet *sheet, int64_t party);

/* Words that a column may have; `bits` from `low` on, NULL: only low. */
typedef struct cc_word_set {
    int32_t column; /* -1: any */
    int32_t is_empty;
    int64_t low;
    uint64_t span;
    uint64_t *bits;
} cc_word_set;

enum { CC_SET_CODE, CC_SET_UNIT, CC_SET_LINE, CC_SET_CHANNEL, CC_SETS };
enum {
    CC_TEST_ID = 1 << CC_SETS,
    CC_TEST_DAY = CC_TEST_ID << 1,
    CC_TEST_TIME = CC_TEST_ID << 2,
    CC_TEST_NONE = -1 /* nothing passes */
};

/* What every row must pass. */
typedef struct cc_tests {
    cc_word_set sets[CC_SETS];
    int32_t day, time; /* columns */
    int64_t id_last;
    int32_t day_last;
    int32_t by_instant;
    int64_t time_last; /* on day_last */
} cc_tests;

/* A party that is not simply its rows: to be passed over (no members), or
 * the survivor of several. */
typedef struct cc_special {
    int64_t party;
    int64_t member_first, member_count; /* in plan.members */
} cc_special;

struct cc_plan {
    const cc_memory *memory;
    cc_view *view;
    cc_kind kind;
    uint32_t given;   /* columns of the slices */
    uint32_t carried; /* and those that merging looks at */
    uint32_t *loaded; /* by segment: those that are needed there, 0: none */
    int32_t given_count;
    int32_t columns[CC_COLUMNS_MAX]; /* given, ascending */
    int32_t size[CC_COLUMNS_MAX];    /* bytes a value, by column */
    cc_directory *directory;
    int32_t borrows; /* the directory is the view's */
    cc_tests tests;
    cc_sheet *sheets;    /* those with rows to look at, run after run */
    int64_t sheet_count;
    int64_t *run_start;  /* run_count + 1 */
    int32_t run_count;
    int32_t *rank;        /* by segment: its run's place in time, from 1;
                             below 0 where only ids tell */
    cc_special *specials; /* ascending */
    int64_t special_count;
    int64_t *members;     /* of specials, each ascending */
    int64_t party_from, party_to;
    int64_t *part_from;   /* part_count + 1 */
    int32_t part_count;
    int32_t day_first, day_last;
    int32_t amount_bits; /* of all sheets; 0: not known */
};

/* plan_columns.c: which columns of which segments, and load them. */
custcap_status cc_plan_load(cc_plan *plan, uint32_t mask,
                            custcap_error *error);

/* plan_tests.c */
custcap_status cc_tests_open(cc_tests *tests, cc_view *view, cc_kind kind,
                             const cc_filter *filter, custcap_error *error);
void cc_tests_free(cc_tests *tests, const cc_memory *memory);
/* Columns that have to be loaded to test a segment's rows, the groups (bit
 * 0) in any case; 0 when no row can pass. */
uint32_t cc_tests_columns(const cc_tests *tests,
                          const cc_segment_info *about);
/* Which tests a loaded segment needs; CC_TEST_NONE: pass it over. */
int32_t cc_tests_of(const cc_tests *tests, const cc_segment *segment);
/* Rows [row, row + count) of a sheet: which pass?  Fills pick (room for one
 * more than count) with their numbers; keep is room for count bytes.
 * before, where not NULL: how many of the first i rows pass, count + 1. */
int64_t cc_tests_pick(const cc_tests *tests, const cc_sheet *sheet,
                      int64_t row, int64_t count, uint8_t *keep,
                      int32_t *pick, int32_t *before);

/* plan_specials.c */
custcap_status cc_plan_specials(cc_plan *plan, int with_us,
                                custcap_error *error);
/* The first special at or after a party. */
int64_t cc_plan_special_from(const cc_plan *plan, int64_t party);

/* cursor_lens.c: one run, party after party, rows picked. */
typedef struct cc_lens {
    const cc_sheet *sheet, *sheet_end;
    int64_t party_from, party_to;
    int64_t group, group_end; /* of the sheet: not prepared yet */
    int64_t at, count;        /* prepared parties */
    const int64_t *party;
    const int32_t *start;
    const char *base[CC_COLUMNS_MAX];
    int32_t step[CC_COLUMNS_MAX];
    int32_t rank;
    int32_t amount_bits;
    int64_t *kept_party;      /* room for what was picked */
    int32_t *kept_start;
    int64_t kept_groups;
    uint8_t *keep;
    int32_t *pick;
    int32_t *before;
    void *kept[CC_COLUMNS_MAX];
    int64_t kept_rows;
} cc_lens;

void cc_lens_open(cc_lens *lens, const cc_plan *plan, int32_t run,
                  int64_t party_from, int64_t party_to);
/* Prepare parties; afterwards at == count only at the end. */
custcap_status cc_lens_fill(cc_lens *lens, const cc_plan *plan,
                            custcap_error *error);
void cc_lens_free(cc_lens *lens, const cc_memory *memory);
static inline int64_t
cc_lens_party(const cc_lens *lens)
{
    return lens->at < lens->count ? lens->party[lens->at] : INT64_MAX;
}

/* cursor_merge.c: rows of several places become one party's. */
typedef struct cc_strand {
    const char *const *base;
    const int32_t *step;
    int64_t pick;   /* from here in the pool; -1: rows from `row` on */
    int64_t row;
    int64_t at, count;
    int32_t day;    /* of the row at `at` */
    int32_t day_last;
    int32_t rank;   /* of its run in time */
} cc_strand;

/* Rows of one strand that follow each other in the answer. */
typedef struct cc_stretch {
    int32_t strand;
    int32_t count;
    int64_t at;
} cc_stretch;

typedef struct cc_weave {
    const cc_plan *plan;
    cc_strand *strands;
    int64_t strand_count, strand_capacity;
    int32_t *queue;  /* strands by the row they are at */
    int64_t queue_capacity;
    int32_t *pool;   /* picked rows */
    int64_t pool_count, pool_capacity;
    uint8_t *keep;
    int64_t keep_capacity;
    cc_stretch *stretches;
    int64_t stretch_count, stretch_capacity;
    void *columns[CC_COLUMNS_MAX];
    int64_t rows;    /* that the columns have room for */
} cc_weave;

void cc_weave_open(cc_weave *weave, const cc_plan *plan);
void cc_weave_free(cc_weave *weave);
void cc_weave_clear(cc_weave *weave);
/* The rows of the party that a lens is at. */
custcap_status cc_weave_add_lens(cc_weave *weave, const cc_lens *lens,
                                 custcap_error *error);
/* The rows of a party in all runs. */
custcap_status cc_weave_add_party(cc_weave *weave, int64_t party,
                                  custcap_error *error);
/* How many rows they are. */
int64_t cc_weave_rows(const cc_weave *weave);
/* All of them by (day, id); count 0 when there are none. */
custcap_status cc_weave_finish(cc_weave *weave, int64_t party,
                               cc_slice *slice, custcap_error *error);
/* The same, into the caller's columns from row `row` on. */
custcap_status cc_weave_write(cc_weave *weave, void *const *columns,
                              int64_t row, custcap_error *error);

/* cursor_block.c: parties of several lenses, put together. */
typedef struct cc_gather {
    void *columns[CC_COLUMNS_MAX];
    int64_t rows, row_capacity;
    int64_t *party;
    int32_t *start;
    int64_t parties, party_capacity;
    /* One value over and over, for columns that have no other. */
    void *same[CC_COLUMNS_MAX];
    int64_t same_rows[CC_COLUMNS_MAX];
    int64_t same_value[CC_COLUMNS_MAX];
} cc_gather;

void cc_gather_free(cc_gather *gather, const cc_memory *memory);

struct cc_cursor {
    const cc_plan *plan;
    int64_t party_to;
    cc_lens *lens;     /* whose parties come next ... */
    int64_t bound;     /* ... as far as they are smaller than this */
    int64_t special;   /* next one */
    int32_t lens_count;
    cc_weave weave;
    cc_gather gather;  /* blocks only */
    cc_lens lenses[];
};

/* cursor.c: which lens is next, and as far as what party it may run on its
 * own: the next one of another lens, or that needs care.  What comes next
 * otherwise is *special, or in several lenses.  INT64_MAX: the end. */
typedef struct cc_turn {
    int64_t party;
    int32_t is_special;
    int32_t is_shared;
} cc_turn;
custcap_status cc_cursor_turn(cc_cursor *cursor, cc_turn *turn,
                              custcap_error *error);
/* The strands of a party that is special or shared, into the weave; past
 * it. */
custcap_status cc_cursor_weave(cc_cursor *cursor, const cc_turn *turn,
                               custcap_error *error);

#endif
