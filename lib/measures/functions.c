/*
 * functions.c - table functions for SQL measures: kernels, calendar, inputs.
 *
 * Why here:   SQL measures build on the hot ones; they must give the same
 *             numbers, so they are the same code.
 * Method:     each kernel is a listing whose columns are read from the header
 *             of its measure (ratio x: x_num, x_den; parties as numbers):
 *               movement(period), retention(period), cohort(period),
 *               customer_summary, rfm, structure
 *             asked with the question's window, unit and filters; the
 *             argument is "day" ... "whole" and by default the question's
 *             period.  calendar(period) has a row a period of the window:
 *             period (label), first_day, next_day.  A table that the query
 *             brought is input_<name>.  The lists of customers and roles
 *             (kernels/lists.h: customer_fact, rule_match, role_count ...)
 *             are there, too.
 * Invariants: listings and their columns live until the sandbox is closed.
 * Threads:    the view's thread.
 */
#include "inner.h"

#include "kernels/lists.h"

#include <assert.h>
#include <string.h>

static const struct {
    const char *function;
    const char *measure;
    int32_t has_period;
} kernels[] = {
    {"movement", "revenue.movements", 1},
    {"retention", "revenue.retention", 1},
    {"cohort", "revenue.cohorts", 1},
    {"customer_summary", "customer.summary", 0},
    {"rfm", "customer.rfm", 0},
    {"structure", "capital.structure", 0},
};
enum { KERNELS = sizeof kernels / sizeof *kernels, LISTS_MAX = 64 };

typedef struct kernel_listing {
    cc_listing listing;
    cc_column_line lines[CC_MEASURE_COLUMNS_MAX];
    cc_listed_column columns[CC_MEASURE_COLUMNS_MAX];
} kernel_listing;

typedef struct input_listing {
    struct input_listing *next;
    cc_listing listing;
    cc_listed_column columns[CC_LISTING_COLUMNS_MAX];
} input_listing;

typedef struct list_listing {
    cc_listing listing;
    cc_listed_column columns[CC_LIST_COLUMNS_MAX];
} list_listing;

typedef struct cc_listings {
    cc_listing calendar;
    list_listing lists[LISTS_MAX];
    kernel_listing kernels[KERNELS];
    input_listing *inputs;
} cc_listings;

/* The question, for another period where one is given. */
static custcap_status
question_for(cc_sandbox *sandbox, cc_text period, cc_question *question,
             custcap_error *error)
{
    const cc_question *asked = cc_sandbox_question(sandbox);
    if (asked == NULL) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "a guard has no window to measure");
    }
    *question = *asked;
    if (period.data == NULL) {
        return CUSTCAP_OK;
    }
    if (cc_text_is(period, asked->period_name)) {
        return CUSTCAP_OK;
    }
    question->period = cc_period_parse(period);
    if (question->period != 0 && question->period != CC_PERIOD_WHOLE) {
        /* A month is one of the calendar that was asked for. */
        question->period = (cc_period)((int)question->period
                                       | ((int)asked->period & ~15));
    }
    if (question->period == 0) {
        char room[256];
        return cc_fail(error, CUSTCAP_INVALID,
                       "period '%s' is none of day, week, month, quarter, "
                       "year, whole",
                       cc_text_show(period, room));
    }
    return CUSTCAP_OK;
}

static custcap_status
make_kernel(cc_sandbox *sandbox, const cc_listing *listing,
            const cc_text *arguments, custcap_table **table,
            custcap_error *error)
{
    cc_question question = {.view = NULL};
    CC_TRY(question_for(sandbox,
                        listing->argument_count > 0 ? arguments[0]
                                                    : (cc_text){NULL, 0},
                        &question, error));
    const cc_kernel *kernel = cc_kernel_find(listing->context);
    assert(kernel != NULL);
    /* The directory first: then columns of parties are places in it. */
    const cc_parties *parties = NULL;
    CC_TRY(cc_view_parties(question.view, &parties, error));
    CC_TRY(kernel->run(&question, table, error));
    if (custcap_table_columns(*table) != listing->column_count) {
        custcap_table_free(*table);
        *table = NULL;
        return cc_fail(error, CUSTCAP_INTERNAL,
                       "%s has other columns than its header says",
                       kernel->name);
    }
    return CUSTCAP_OK;
}

static custcap_status
make_list(cc_sandbox *sandbox, const cc_listing *listing,
          const cc_text *arguments, custcap_table **table,
          custcap_error *error)
{
    cc_question question = {.view = cc_sandbox_view(sandbox)};
    const cc_question *asked = cc_sandbox_question(sandbox);
    if (asked != NULL) { /* guards have none: no window, no unit */
        question = *asked;
    }
    return cc_list_make(listing->context, &question, arguments, table,
                        error);
}

static custcap_status
fill_calendar(const cc_calendar *calendar, custcap_table *table,
              custcap_error *error)
{
    CC_TRY(cc_table_add_column(table, "period", CUSTCAP_TYPE_TEXT,
                               CUSTCAP_MERGE_KEY, 0, error));
    CC_TRY(cc_table_add_column(table, "first_day", CUSTCAP_TYPE_DAY,
                               CUSTCAP_MERGE_NONE, 0, error));
    CC_TRY(cc_table_add_column(table, "next_day", CUSTCAP_TYPE_DAY,
                               CUSTCAP_MERGE_NONE, 0, error));
    for (int64_t i = 0; i < calendar->count; i++) {
        char label[CC_PERIOD_LABEL_BYTES];
        CC_TRY(cc_table_begin_row(table, error));
        CC_TRY(cc_table_set_text(
            table, 0,
            cc_text_of(cc_calendar_label(calendar, i, label), -1), error));
        cc_table_set(table, 1, calendar->boundary[i]);
        cc_table_set(table, 2, calendar->boundary[i + 1]);
    }
    return CUSTCAP_OK;
}

static custcap_status
make_calendar(cc_sandbox *sandbox, const cc_listing *listing,
              const cc_text *arguments, custcap_table **table,
              custcap_error *error)
{
    (void)listing;
    cc_question question = {.view = NULL};
    CC_TRY(question_for(sandbox, arguments[0], &question, error));
    const cc_memory *memory = cc_view_memory(question.view);
    cc_calendar calendar;
    CC_TRY(cc_calendar_new(memory, question.period, question.from,
                           question.to, &calendar, error));
    custcap_status status = cc_table_new(memory, table, error);
    if (status == CUSTCAP_OK) {
        status = fill_calendar(&calendar, *table, error);
        if (status != CUSTCAP_OK) {
            custcap_table_free(*table);
            *table = NULL;
        }
    }
    cc_calendar_free(memory, &calendar);
    return status;
}

static cc_listed_type
listed_type(cc_shape shape)
{
    return shape == CC_SHAPE_RATIO                           ? CC_LISTED_RATIO
           : shape == CC_SHAPE_PARTY                         ? CC_LISTED_PARTY
           : shape == CC_SHAPE_TEXT || shape == CC_SHAPE_ID ? CC_LISTED_TEXT
                                                            : CC_LISTED_INTEGER;
}

/* Columns of a kernel's listing, from the header of its measure. */
static custcap_status
describe_kernel(int at, kernel_listing *out, custcap_error *error)
{
    const cc_measure *measure = cc_measure_find(kernels[at].measure);
    assert(measure != NULL);
    int32_t count = 0;
    const char *line = NULL;
    while ((line = cc_measure_field(measure, "column", count)) != NULL) {
        assert(count < CC_MEASURE_COLUMNS_MAX);
        CC_TRY(cc_column_line_read(line, &out->lines[count], error));
        out->columns[count] =
            (cc_listed_column){out->lines[count].name,
                               listed_type(out->lines[count].shape)};
        count++;
    }
    out->listing = (cc_listing){
        .name = kernels[at].function,
        .columns = out->columns,
        .column_count = count,
        .arguments = {"by_period", NULL},
        .argument_count = kernels[at].has_period,
        .make = make_kernel,
        .context = kernels[at].measure,
    };
    return CUSTCAP_OK;
}

/* The lists of customers and roles. */
static custcap_status
add_lists(cc_sandbox *sandbox, cc_listings *listings, custcap_error *error)
{
    assert(cc_list_count() <= LISTS_MAX);
    for (int32_t i = 0; i < cc_list_count(); i++) {
        const cc_list *list = cc_list_at(i);
        list_listing *made = &listings->lists[i];
        made->listing = (cc_listing){
            .name = list->name,
            .columns = made->columns,
            .column_count = cc_list_columns(list),
            .make = make_list,
            .context = list,
        };
        for (int32_t c = 0; c < made->listing.column_count; c++) {
            made->columns[c] = (cc_listed_column){
                list->columns[c].name,
                list->columns[c].is_text ? CC_LISTED_TEXT
                                         : CC_LISTED_INTEGER};
        }
        for (int32_t a = 0; a < CC_LIST_ARGUMENTS_MAX; a++) {
            made->listing.arguments[a] = list->arguments[a];
            made->listing.argument_count += list->arguments[a] != NULL;
        }
        CC_TRY(cc_sandbox_add(sandbox, &made->listing, error));
    }
    return CUSTCAP_OK;
}

/* A table of the query's, as columns of SQL. */
static custcap_status
add_input(cc_sandbox *sandbox, cc_listings *listings,
          const cc_query_table *input, custcap_error *error)
{
    const cc_memory *memory = cc_view_memory(cc_sandbox_view(sandbox));
    const int64_t count = custcap_table_columns(input->table);
    if (count < 1 || count > CC_LISTING_COLUMNS_MAX) {
        return cc_fail(error, CUSTCAP_LIMIT,
                       "table %s has %lld columns, expected 1 to %d",
                       input->name, (long long)count,
                       CC_LISTING_COLUMNS_MAX);
    }
    input_listing *made = cc_zeros(memory, 1, sizeof *made);
    if (made == NULL) {
        return cc_no_memory(error);
    }
    made->next = listings->inputs;
    listings->inputs = made;
    for (int64_t i = 0; i < count; i++) {
        const int32_t type = custcap_table_column_type(input->table, i);
        made->columns[i] = (cc_listed_column){
            custcap_table_column_name(input->table, i),
            type == CUSTCAP_TYPE_TEXT    ? CC_LISTED_TEXT
            : type == CUSTCAP_TYPE_RATIO ? CC_LISTED_RATIO
                                         : CC_LISTED_INTEGER};
    }
    made->listing = (cc_listing){
        .name = input->name,
        .columns = made->columns,
        .column_count = (int32_t)count,
        .table = input->table,
    };
    return cc_sandbox_add(sandbox, &made->listing, error);
}

static custcap_status
add_all(cc_sandbox *sandbox, const custcap_query *query,
        const custcap_table *gathered, cc_listings *listings,
        custcap_error *error)
{
    static const cc_listed_column calendar[] = {
        {"period", CC_LISTED_TEXT},
        {"first_day", CC_LISTED_INTEGER},
        {"next_day", CC_LISTED_INTEGER},
    };
    listings->calendar = (cc_listing){
        .name = "calendar",
        .columns = calendar,
        .column_count = 3,
        .arguments = {"by_period", NULL},
        .argument_count = 1,
        .make = make_calendar,
    };
    CC_TRY(cc_sandbox_add(sandbox, &listings->calendar, error));
    for (int i = 0; i < KERNELS; i++) {
        CC_TRY(describe_kernel(i, &listings->kernels[i], error));
        CC_TRY(cc_sandbox_add(sandbox, &listings->kernels[i].listing,
                              error));
    }
    CC_TRY(add_lists(sandbox, listings, error));
    for (int64_t i = 0; query != NULL && i < query->table_count; i++) {
        CC_TRY(add_input(sandbox, listings, &query->tables[i], error));
    }
    static char reading[] = "goal_reading";
    const cc_query_table readings = {reading, gathered};
    return gathered == NULL
               ? CUSTCAP_OK
               : add_input(sandbox, listings, &readings, error);
}

custcap_status
cc_listings_add(cc_sandbox *sandbox, const custcap_query *query,
                const custcap_table *gathered, cc_listings **out,
                custcap_error *error)
{
    assert(sandbox != NULL && out != NULL);
    const cc_memory *memory = cc_view_memory(cc_sandbox_view(sandbox));
    *out = cc_zeros(memory, 1, sizeof **out);
    if (*out == NULL) {
        return cc_no_memory(error);
    }
    /* On failure they stay, too: the sandbox may have some of them. */
    return add_all(sandbox, query, gathered, *out, error);
}

void
cc_listings_free(const cc_memory *memory, cc_listings *listings)
{
    assert(memory != NULL);
    if (listings == NULL) {
        return;
    }
    while (listings->inputs != NULL) {
        input_listing *input = listings->inputs;
        listings->inputs = input->next;
        cc_free(memory, input);
    }
    cc_free(memory, listings);
}
