/*
 * sandbox.h - a view's connection, walled in for the SQL of a measure.
 *
 * A measure's SELECT may be anybody's, so the connection it runs on offers
 * the documented tables and nothing else:
 *
 *   entry, event, party     virtual tables over columns (tables_rows.c,
 *                           tables_party.c): as known and as of the view
 *   link, role, relation, item, move, consent, definition, mark
 *                           temporary views over the projections, time
 *                           filters inside (sandbox_views.c)
 *   listings                tables made by C when asked for: calendar, the
 *                           kernels, input tables, the pending batch
 *   functions               an allow-list of SQLite's, our exact sum, and a
 *                           few of ours (sandbox_functions.c)
 *
 * Words are shown as their codes, parties as numbers (party_key(n) gives the
 * host's key), days as days since 1970-01-01, "none" as NULL.
 *
 * The walls: the authorizer lets a measure name only those tables; a base
 * table only from inside a view whose random 128-bit name nobody can guess.
 * One statement, which must not write.  Texts of at most 1 MiB, a limit of
 * steps and of memory, and the view's progress callback may cancel.
 *
 * Threads: the view's thread.
 */
#ifndef CC_SNAPSHOT_SANDBOX_H
#define CC_SNAPSHOT_SANDBOX_H

#include "snapshot/question.h"

#define CC_SANDBOX_STEPS_MAX INT64_C(500000000)
#define CC_SANDBOX_TEXT_MAX 1048576
#define CC_SANDBOX_MEMORY_MAX INT64_C(1073741824)

typedef struct cc_sandbox cc_sandbox;

/* The question may be NULL (guards).  Its window, unit and parameters are
 * for listings; its filters (party, codes, lines, channels) hold in entry
 * and event.  The view, its store and the question must outlive it. */
custcap_status cc_sandbox_open(cc_view *view, const cc_question *question,
                               cc_sandbox **sandbox, custcap_error *error);
/* Takes everything off the connection again.  Statements prepared in it
 * must be finished first.  NULL is nothing. */
void cc_sandbox_close(cc_sandbox *sandbox);
cc_view *cc_sandbox_view(cc_sandbox *sandbox);
const cc_question *cc_sandbox_question(const cc_sandbox *sandbox);
void cc_sandbox_set_steps(cc_sandbox *sandbox, int64_t steps_max);

/* Keys of parties that are not recorded yet: asked first by party_key(). */
typedef int (*cc_party_namer)(const void *context, int64_t party,
                              cc_text *key);
void cc_sandbox_set_namer(cc_sandbox *sandbox, cc_party_namer namer,
                          const void *context);

/* A table that C makes: either always the same one (`table`, borrowed), or
 * made for its arguments, which are texts, absent ones {NULL, 0}.  Columns
 * are the table's in order; a ratio x gives the columns x_num and x_den. */
typedef enum cc_listed_type {
    CC_LISTED_INTEGER = 1,
    CC_LISTED_TEXT,
    CC_LISTED_RATIO,
    CC_LISTED_PARTY /* the table names parties; SQL sees their numbers */
} cc_listed_type;

typedef struct cc_listed_column {
    const char *name;
    cc_listed_type type;
} cc_listed_column;

enum { CC_LISTING_COLUMNS_MAX = 60, CC_LISTING_ARGUMENTS_MAX = 2 };

typedef struct cc_listing cc_listing;
typedef custcap_status (*cc_listing_make)(cc_sandbox *sandbox,
                                          const cc_listing *listing,
                                          const cc_text *arguments,
                                          custcap_table **table,
                                          custcap_error *error);
struct cc_listing {
    const char *name;
    const cc_listed_column *columns;
    int32_t column_count;
    const char *arguments[CC_LISTING_ARGUMENTS_MAX]; /* their names */
    int32_t argument_count;
    cc_listing_make make;
    const custcap_table *table; /* where make is NULL */
    const void *context;
};

/* The listing must outlive the sandbox.  INVALID: the name is taken. */
custcap_status cc_sandbox_add(cc_sandbox *sandbox, const cc_listing *listing,
                              custcap_error *error);

/* Is the name in the text at all, letters of either size? */
int cc_sql_mentions(cc_text sql, const char *name);
/* One SELECT, checked as described above.  DENIED, INVALID, LIMIT. */
custcap_status cc_sandbox_prepare(cc_sandbox *sandbox, cc_text sql,
                                  sqlite3_stmt **statement,
                                  custcap_error *error);
/* The next row; *row 0 at the end.  What sqlite3_column_* gives is good
 * until the next step. */
custcap_status cc_sandbox_step(cc_sandbox *sandbox, sqlite3_stmt *statement,
                               int *row, custcap_error *error);

/* The columns of a small record as its view shows them (also those of the
 * pending tables). */
typedef struct cc_shown_field {
    const cc_field *field;
    const char *name;
    int32_t is_text; /* 0: integer */
    int32_t part;    /* CC_SHOWN_* */
} cc_shown_field;
enum { CC_SHOWN_VALUE = 0, CC_SHOWN_INSTANT, CC_SHOWN_SCALE,
       CC_SHOWN_ORIGIN /* a party as recorded: merges are not followed */ };
enum { CC_SHOWN_MAX = 32 };
int32_t cc_shown_fields(cc_kind kind, cc_shown_field *fields);
/* The name of a kind of mark: "close", "erasure" ...; NULL when unknown. */
const char *cc_mark_kind_name(int64_t kind);

#endif
