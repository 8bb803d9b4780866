/*
 * tables.h - what the sandbox and its tables know of each other.
 *
 * `trusted` counts how deep we are in code of the library: above 0 the
 * authorizer, the step counter and the length limit stand aside.  It is 0
 * only while SQLite prepares or steps a measure's statement, and methods of
 * the virtual tables that reach for the connection raise it meanwhile.
 */
#ifndef CC_SNAPSHOT_TABLES_H
#define CC_SNAPSHOT_TABLES_H

#include "sandbox.h"

enum { CC_INNER_BYTES = 48, CC_SANDBOX_LIMITS = 8 };

/* One virtual table of the connection. */
typedef struct cc_module {
    cc_sandbox *sandbox;
    const char *name;
    const cc_listing *listing; /* listings only */
    cc_kind kind;              /* row tables only */
    struct cc_module *next;
} cc_module;

/* The period that a day lies in: label and number, by day. */
typedef struct cc_label {
    const char *text;
    int32_t length;
    int32_t index; /* ascends with the day */
} cc_label;

/* Words of one kind, numbered from 1 in the order of their codes. */
typedef struct cc_ordinals {
    int32_t *of_word; /* NULL: not made yet; 0: no word of the kind */
    int64_t words;    /* that many words are numbered */
    int32_t count;
} cc_ordinals;

typedef struct cc_labels {
    int32_t first, last; /* days; first > last: nothing yet */
    cc_label *of_day;    /* [day - first] */
} cc_labels;

/* Memory that texts given to SQLite live in, until the sandbox closes. */
typedef struct cc_kept_block {
    struct cc_kept_block *next;
} cc_kept_block;

/* A listing's table, made once for the same arguments. */
typedef struct cc_made {
    struct cc_made *next;
    const cc_listing *listing;
    custcap_table *table;
    char *arguments[CC_LISTING_ARGUMENTS_MAX]; /* NULL: absent */
} cc_made;

struct cc_sandbox {
    cc_view *view;
    const cc_question *question; /* may be NULL */
    const cc_memory *memory;
    sqlite3 *db;
    int32_t trusted;
    int64_t steps, steps_max;
    int64_t memory_before;  /* what SQLite held when we began */
    custcap_error failure;  /* of a callback; OK: none */
    char inner[CC_INNER_BYTES];
    uint32_t views;         /* bits 1 << kind: made */
    int old_limits[CC_SANDBOX_LIMITS];
    cc_buffer base_tables;  /* names of the file's tables, each with NUL */
    cc_module *modules;
    cc_made *made;
    cc_kept_block *kept;
    cc_text *words;         /* codes by number; data NULL: not asked yet */
    int64_t word_capacity;
    int64_t book_code, book; /* the last one asked for */
    cc_party_namer namer;    /* may be NULL */
    const void *namer_context;
    cc_labels labels[CC_PERIOD_YEAR + 1];
    cc_ordinals ordinals[CC_W_KIND_END];
};

void cc_sandbox_enter(cc_sandbox *sandbox);
void cc_sandbox_leave(cc_sandbox *sandbox);
/* sqlite3_declare_vtab, which asks the authorizer as CREATE TABLE does. */
int cc_sandbox_declare(cc_sandbox *sandbox, const char *sql);
/* A status as SQLite's code for a method; remembers it where it is none of
 * the callee's own words. */
int cc_sandbox_code(cc_sandbox *sandbox, custcap_status status);
/* Bytes that live as long as the sandbox; NULL without memory. */
void *cc_sandbox_keep(cc_sandbox *sandbox, int64_t count, size_t size);
/* The code of a word; {NULL, 0} for none. */
cc_text cc_sandbox_word(cc_sandbox *sandbox, int64_t word);
/* The book of a posting code. */
int64_t cc_sandbox_book(cc_sandbox *sandbox, int64_t code);
custcap_status cc_sandbox_ordinals(cc_sandbox *sandbox, cc_word_kind kind,
                                   const cc_ordinals **ordinals);
/* Labels of all days in [first, last], one array by day. */
custcap_status cc_sandbox_labels(cc_sandbox *sandbox, cc_period period,
                                 int32_t first, int32_t last,
                                 const cc_labels **labels);
custcap_status cc_sandbox_register(cc_sandbox *sandbox, const char *name,
                                   const sqlite3_module *methods,
                                   cc_kind kind, const cc_listing *listing,
                                   custcap_error *error);

/* sandbox_functions.c */
cc_sandbox *cc_sandbox_of(sqlite3_context *context);
/* Give up with a status and words that a caller of the library will see. */
void cc_function_fail(sqlite3_context *context, custcap_status status,
                      const char *words);
cc_text cc_value_text(sqlite3_value *value);
/* sandbox_words.c */
#define CC_FUNCTION_DECLARE(name)                                             \
    void cc_##name##_function(sqlite3_context *context, int count,            \
                              sqlite3_value **values)
CC_FUNCTION_DECLARE(is_a);
CC_FUNCTION_DECLARE(word_data);
CC_FUNCTION_DECLARE(word_member);
CC_FUNCTION_DECLARE(allows);
CC_FUNCTION_DECLARE(wilson_low);
CC_FUNCTION_DECLARE(wilson_high);
custcap_status cc_functions_add(cc_sandbox *sandbox, custcap_error *error);
void cc_functions_remove(cc_sandbox *sandbox);
/* A function of a measure: a call, or the step and end of an aggregate. */
typedef struct cc_function {
    const char *name;
    int arguments;
    void (*call)(sqlite3_context *, int, sqlite3_value **);
    void (*step)(sqlite3_context *, int, sqlite3_value **);
    void (*final)(sqlite3_context *);
} cc_function;
/* sandbox_money.c */
const cc_function *cc_money_functions(int *count);
/* number / 10^scale in units of 10^-digits; false where it is not whole or
 * does not fit. */
int cc_rescale(int64_t number, int64_t scale, int32_t digits,
               int64_t *amount);
/* sandbox_scores.c */
const cc_function *cc_score_functions(int *count);
/* May a measure call it?  `inside`: asked from an inner view. */
int cc_function_is_allowed(const char *name, int inside);

/* sandbox_views.c: make the views that a text mentions (one more than needed
 * does no harm). */
custcap_status cc_views_make(cc_sandbox *sandbox, cc_text sql,
                             custcap_error *error);
void cc_views_drop(cc_sandbox *sandbox);
/* The kind of a public view's name, 0 when it is none. */
cc_kind cc_view_kind(const char *name);

/* The virtual tables. */
custcap_status cc_rows_add(cc_sandbox *sandbox, custcap_error *error);
custcap_status cc_party_table_add(cc_sandbox *sandbox,
                                  custcap_error *error);
extern const sqlite3_module cc_listing_methods;

#endif
