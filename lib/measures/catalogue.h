/*
 * catalogue.h - every measure and guard, one file each, run by name.
 *
 * lib/measures/<family>/<name>.sql and lib/measures/guards/<name>.sql are
 * embedded by the build (tools/embed).  A file is a header of `-- field:
 * value` lines (continued by `--   more`), then one SELECT; a measure whose
 * header says `kernel: yes` has no SELECT and is run by lib/kernels.
 *
 *   -- title: what a person calls it
 *   -- version: 1
 *   -- formula: ...
 *   -- source: paper, standard, page
 *   -- requirements: D-08 D-35
 *   -- parameter: NAME TYPE [= DEFAULT] [of CHOICES] - what it is (repeated)
 *        int64, number, text, day or party (a key); TYPE? may be left out;
 *        CHOICES of a text: ONE|OTHER, or word:KIND for a known word
 *   -- column: NAME TYPE MERGE [SCALE-RULE] - what it is (repeated)
 *        int64, money, decimal, day, instant, text, ratio (two columns of
 *        the SELECT: x_num, x_den), party (a number there, shown by its
 *        key), id (shown as @12.1), double (kernels only); none, key, sum,
 *        ratio, max, min; digits: 0 to 18, `unit` (money's default), `row`
 *        (of column `unit`)
 *   -- uses: FAMILY.NAME ...               (their SELECTs become tables
 *        family_name of this one; see uses.c)
 *   -- gathers: goals                      (has the table goal_reading; see
 *        goals.c)
 *   -- window: none                        (as of a moment; any days)
 *   -- units: all                          (not in one unit)
 *   -- drill: COLUMN[,COLUMN] SELECT ... ;               (SQL measures)
 *        id, party, part (or count, where it is no money); party alone; party,
 *        part, where a party has more than one of what is counted; or record,
 *        party and what else there is to show of a record; the row's cells
 *        are parameters;
 *        or COLUMN[,COLUMN] = MEASURE [COLUMN] [PERIOD], a kernel's cell
 *   -- shards: no                                        (when not mergeable)
 *   -- needs: ...                                (guards: when to run;
 *        needs.c)
 */
#ifndef CC_MEASURES_CATALOGUE_H
#define CC_MEASURES_CATALOGUE_H

#include "kernels/kernel.h"
#include <custcap/query.h>

typedef struct cc_measure cc_measure; /* immutable, static or host's own */

int64_t cc_measure_count(void);
const cc_measure *cc_measure_at(int64_t index);
const cc_measure *cc_measure_find(const char *name);
const char *cc_measure_name(const cc_measure *measure);
/* A header field's text, NULL when absent. */
const char *cc_measure_about(const cc_measure *measure, const char *field);

/* The built-in measure of that name, or the host's as known and in force at
 * the view's moment (then *own is to be freed, too).  NOT_FOUND. */
custcap_status cc_measure_look_up(cc_view *view, const char *name,
                                  const cc_measure **measure,
                                  cc_measure **own, custcap_error *error);

/* Run: resolves the query against the view (window, unit, filters,
 * parameters), narrows as_of when `window_decides`, runs kernel or SQL, sorts
 * by key columns, applies the query's sort and limit, writes the notes
 * (measure, version, query, head, unit, left_out). */
custcap_status cc_measure_run(cc_view *view, const cc_measure *measure,
                              const custcap_query *query, int window_decides,
                              custcap_table **table, custcap_error *error);
/* Row from 1 of that answer. */
custcap_status cc_measure_drill(cc_view *view, const cc_measure *measure,
                                const custcap_query *query,
                                int window_decides, int64_t row,
                                const char *column, custcap_table **table,
                                custcap_error *error);
/* A measure given as text, parsed into one of its own; free after use. */
custcap_status cc_measure_parse(const cc_memory *memory, cc_text text,
                                cc_measure **measure, custcap_error *error);
void cc_measure_free(cc_measure *measure);

/* What is known of the records without asking SQL. */
typedef struct cc_guard_facts {
    int32_t closed_day;    /* CC_DAY_NONE where nothing is closed */
    int64_t stopped_until; /* INT64_MIN where nothing ever was stopped */
} cc_guard_facts;
/* When the last stop by an andon pull ends: INT64_MAX where one lasts,
 * INT64_MIN where there never was one. */
custcap_status cc_stops_until(cc_store *store, const cc_words *words,
                              const cc_memory *memory, int64_t *until,
                              custcap_error *error);
/* Whether any guard's `needs` is met, the host has guards, or the batch
 * defines one: when not, there is nothing to run and no view to open. */
int cc_guards_needed(const cc_words *words, const cc_body *pending,
                     const cc_guard_facts *facts);
/* Guards: SQL over the views plus the pending batch (tables pending_entry,
 * pending_relation, ... with the columns of the views, and `row` from 1).
 * Runs those whose `needs` the body meets; findings: severity ("refuse",
 * "warn"), code, record (kind and row), reason; NULL when no guard ran.
 * REFUSED when one refuses.  The body's party and word numbers are final;
 * its position will be view position + 1.  Of the host's guards those in force
 * `today` are asked; one that doesn't say what it needs is not asked about a
 * batch of definitions alone, so that it can be put right. */
custcap_status cc_guards_run(cc_view *view, const cc_body *pending,
                             int32_t today,
                             custcap_table **findings, custcap_error *error);

#endif
