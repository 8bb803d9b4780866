/*
 * asking.c - may a party be asked something now?
 *
 * Why here:   whoever is about to send a question waits for the answer, so
 *             it may not take longer than finding one party's rows.
 * Method:     the party's events come from its own columns; those that count
 *             as asks are kept as (instant, purpose, minutes), and each
 *             window looks at the ones it holds.  Consents are looked up by
 *             the index on parties, for everybody merged into it: what was
 *             said since the merge decides, the latest and at one instant a
 *             withdrawal; until something is, the most restrictive of what
 *             each had said (as governance.consent).
 * Invariants: nothing is written; what is after the instant, or not known or
 *             begun at the view's moment, doesn't count.
 * Threads:    the view's thread.
 */
#include "asking.h"

#include "lists.h"
#include "vocabulary/json.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

typedef struct one_ask {
    int64_t instant, purpose, minutes;
} one_ask;

typedef struct asks {
    cc_view *view;
    const cc_memory *memory;
    int64_t when;
    int32_t day;
    one_ask *items; /* by instant */
    int64_t count, capacity;
    int64_t kind; /* the last one looked up, and whether it counts */
    int32_t counts;
} asks;

/* A member of an event kind's data, or of the nearest kind above. */
static cc_text
kind_member(const asks *of, int64_t kind, const char *name)
{
    const cc_words *words = cc_view_words(of->view);
    const int64_t position = cc_view_moment(of->view)->position;
    for (int step = 0; kind != 0 && step < 64; step++) {
        cc_meaning meaning;
        cc_text value;
        if (!cc_words_meaning(words, kind, position, of->day, &meaning)) {
            break;
        }
        if (cc_json_member(meaning.data, cc_text_of(name, -1), &value)) {
            return value;
        }
        kind = meaning.parent;
    }
    return (cc_text){NULL, 0};
}

static int
is_ask(asks *of, int64_t kind)
{
    if (of->kind != kind) {
        of->kind = kind;
        of->counts =
            cc_text_is(kind_member(of, kind, "capped"), "true")
            && !cc_text_is(kind_member(of, kind, "transactional"), "true");
    }
    return of->counts;
}

static int64_t
slice_value(const cc_slice *slice, int32_t column, int64_t row)
{
    if (slice->columns[column] == NULL) {
        return 0;
    }
    return cc_segment_width(CC_EVENT, column) == 4
               ? cc_slice_i32(slice, column)[row]
               : cc_slice_i64(slice, column)[row];
}

/* Begun minutes of a decimal number. */
static int64_t
whole_minutes(int64_t number, int64_t scale)
{
    while (scale-- > 0 && number > 0) {
        number = number / 10 + (number % 10 != 0);
    }
    return number < 0 ? 0 : number < INT32_MAX ? number : INT32_MAX;
}

static custcap_status
add_asks(asks *of, const cc_slice *slice, custcap_error *error)
{
    for (int64_t row = 0; row < slice->count; row++) {
        const int64_t instant =
            slice_value(slice, CC_EVENT_DAY, row) * CC_DAY_MICROSECONDS
            + slice_value(slice, CC_EVENT_TIME, row);
        if (instant > of->when
            || !is_ask(of, slice_value(slice, CC_EVENT_KIND, row))) {
            continue;
        }
        CC_TRY(cc_grow(of->memory, &of->items, &of->capacity, of->count + 1,
                       sizeof *of->items, error));
        int64_t at = of->count++;
        while (at > 0 && of->items[at - 1].instant > instant) {
            of->items[at] = of->items[at - 1]; /* within a day, at most */
            at--;
        }
        of->items[at] = (one_ask){
            instant, slice_value(slice, CC_EVENT_WORD, row),
            whole_minutes(slice_value(slice, CC_EVENT_NUMBER, row),
                          slice_value(slice, CC_EVENT_NUMBER_SCALE, row))};
    }
    return CUSTCAP_OK;
}

static custcap_status
load_asks(asks *of, int64_t party, custcap_error *error)
{
    static const int32_t columns[] = {CC_EVENT_DAY,    CC_EVENT_TIME,
                                      CC_EVENT_KIND,   CC_EVENT_WORD,
                                      CC_EVENT_NUMBER, CC_EVENT_NUMBER_SCALE};
    uint32_t mask = 0;
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        mask |= UINT32_C(1) << columns[i];
    }
    const cc_filter filter = {.party = party};
    cc_plan *plan = NULL;
    cc_cursor *cursor = NULL;
    CC_TRY(cc_plan_open(of->view, CC_EVENT, mask, &filter, 1, &plan, error));
    custcap_status status = CUSTCAP_OK;
    if (cc_plan_parts(plan) > 0) {
        status = cc_cursor_open(plan, 0, &cursor, error);
    }
    for (int more = cursor != NULL; status == CUSTCAP_OK && more;) {
        cc_slice slice;
        status = cc_cursor_next(cursor, &slice, &more, error);
        if (status == CUSTCAP_OK && more) {
            status = add_asks(of, &slice, error);
        }
    }
    cc_cursor_close(cursor);
    cc_plan_close(plan);
    return status;
}

/* ---- windows ---- */

static int64_t
member_or(cc_text data, const char *name, int64_t otherwise)
{
    int64_t value = 0;
    return cc_json_integer(data, cc_text_of(name, -1), &value) ? value
                                                               : otherwise;
}

/* Does an ask count in this window? */
static int
is_in(const asks *of, const cc_ask_window *window, const one_ask *ask)
{
    return ask->instant > of->when - window->days * CC_DAY_MICROSECONDS
           && (window->purpose.data == NULL
               || cc_text_equal(cc_words_code(cc_view_words(of->view),
                                              ask->purpose),
                                window->purpose));
}

/* Counts what is in the window, and from when on one more fits: once the
 * earliest ones have left it. */
static void
look_at(const asks *of, cc_ask_window *window, int64_t minutes)
{
    for (int64_t i = 0; i < of->count; i++) {
        if (is_in(of, window, &of->items[i])) {
            window->asks++;
            window->spent += of->items[i].minutes;
        }
    }
    int64_t asks_left = window->asks, spent_left = window->spent;
    window->free_at = INT64_MIN;
    for (int64_t i = 0; asks_left >= window->cap
                        || spent_left > window->minutes - minutes; i++) {
        window->blocks = 1;
        if (i == of->count) {
            window->free_at = INT64_MAX; /* not even with nothing in it */
            return;
        }
        if (is_in(of, window, &of->items[i])) {
            asks_left--;
            spent_left -= of->items[i].minutes;
            window->free_at = of->items[i].instant
                              + window->days * CC_DAY_MICROSECONDS;
        }
    }
}

static int
is_cap_rule(cc_text code)
{
    const cc_text name = cc_text_of("ask-cap", -1);
    return cc_text_equal(code, name) || cc_text_is_below(code, name);
}

static custcap_status
add_window(const asks *of, int64_t rule, cc_text purpose, int64_t minutes,
           cc_asking *asking, custcap_error *error)
{
    cc_meaning meaning;
    cc_text wanted;
    const cc_words *words = cc_view_words(of->view);
    if (!is_cap_rule(cc_words_code(words, rule))
        || !cc_words_meaning(words, rule, cc_view_moment(of->view)->position,
                             of->day, &meaning)) {
        return CUSTCAP_OK;
    }
    cc_ask_window window = {
        .rule = rule,
        .cap = member_or(meaning.data, "cap", INT64_MAX),
        .minutes = member_or(meaning.data, "minutes", INT64_MAX),
        .days = member_or(meaning.data, "days", 0)};
    if (cc_json_member(meaning.data, cc_text_of("purpose", -1), &wanted)) {
        window.purpose = cc_json_plain(wanted);
    }
    if (window.days < 1 || window.days > CC_DAY_MAX
        || (window.purpose.data != NULL
            && !cc_text_equal(window.purpose, purpose))) {
        return CUSTCAP_OK;
    }
    if (asking->window_count == CC_ASK_WINDOWS_MAX) {
        return cc_fail(error, CUSTCAP_LIMIT, "more than %d rules ask-cap",
                       CC_ASK_WINDOWS_MAX);
    }
    look_at(of, &window, minutes);
    asking->windows[asking->window_count++] = window;
    return CUSTCAP_OK;
}

static custcap_status
add_windows(const asks *of, cc_text purpose, int64_t minutes,
            cc_asking *asking, custcap_error *error)
{
    const cc_words *words = cc_view_words(of->view);
    enum { AT_ONCE = 512 };
    int64_t some[AT_ONCE], *rules = some;
    const int64_t bound = cc_words_count(words, CC_W_RULE);
    if (bound > AT_ONCE) {
        rules = cc_new(of->memory, bound, sizeof *rules);
        if (rules == NULL) {
            return cc_no_memory(error);
        }
    }
    int64_t count = cc_words_list(words, CC_W_RULE, rules, bound);
    count = count < bound ? count : bound;
    custcap_status status = CUSTCAP_OK;
    for (int64_t i = 0; status == CUSTCAP_OK && i < count; i++) {
        status = add_window(of, rules[i], purpose, minutes, asking, error);
    }
    if (rules != some) {
        cc_free(of->memory, rules);
    }
    return status;
}

/* ---- opting out ---- */

/* What was said of one purpose: the latest since the parties were merged,
 * and, where nothing was said since, whether anybody had withdrawn. */
typedef struct said {
    int64_t since, before; /* instants of the latest; INT64_MIN: none */
    int since_given, before_given;
    int32_t since_day, withdrawn_day;
    int withdrawn; /* somebody's latest word before the merge */
} said;

/* Later, or at the same instant a withdrawal. */
static int
comes_after(int64_t instant, int given, int64_t latest, int latest_given)
{
    return instant > latest
           || (instant == latest && given < latest_given);
}

static void
hear(said *of, int64_t instant, int given, int32_t day, int64_t merged)
{
    if (instant >= merged) {
        if (comes_after(instant, given, of->since, of->since_given)) {
            of->since = instant;
            of->since_given = given;
            of->since_day = day;
        }
    } else if (comes_after(instant, given, of->before, of->before_given)) {
        of->before = instant;
        of->before_given = given;
        of->withdrawn_day = given ? of->withdrawn_day : day;
    }
}

/* What one party, as recorded, said of one purpose. */
static custcap_status
look_up_consent(const asks *of, int64_t party, int64_t purpose,
                int64_t merged, said *heard, custcap_error *error)
{
    /* The latest is picked here: ORDER BY would make a table each time. */
    static const char sql[] =
        "SELECT given, day, day * 86400000000 + time FROM main.consent"
        " WHERE party = ?1 AND purpose = ?2 AND known_from <= ?3"
        " AND day * 86400000000 + time <= ?4 AND day <= ?5";
    const cc_moment *moment = cc_view_moment(of->view);
    cc_store *store = cc_view_store(of->view);
    const int64_t until = moment->by_instant
                                  && moment->as_of_instant < of->when
                              ? moment->as_of_instant
                              : of->when;
    const int64_t values[] = {party, purpose, moment->position, until,
                              moment->as_of_day};
    sqlite3_stmt *select = NULL;
    CC_TRY(cc_store_prepare(store, sql, &select, error));
    int code = SQLITE_OK;
    for (int i = 0; code == SQLITE_OK && i < 5; i++) {
        code = sqlite3_bind_int64(select, i + 1, values[i]);
    }
    code = code == SQLITE_OK ? SQLITE_ROW : code;
    heard->before = INT64_MIN;
    heard->before_given = 1;
    while (code == SQLITE_ROW
           && (code = sqlite3_step(select)) == SQLITE_ROW) {
        hear(heard, sqlite3_column_int64(select, 2),
             sqlite3_column_int64(select, 0) != 0,
             (int32_t)sqlite3_column_int64(select, 1), merged);
    }
    heard->withdrawn |= !heard->before_given;
    (void)sqlite3_reset(select);
    return code == SQLITE_DONE
               ? CUSTCAP_OK
               : cc_store_fail(store, code, "reading consents", error);
}

/* One purpose, of everybody who is one with the party. */
static custcap_status
look_for_withdrawal(const asks *of, int64_t party, int64_t purpose,
                    cc_asking *asking, custcap_error *error)
{
    const int64_t merged = cc_view_merged_since(of->view, party);
    said heard = {.since = INT64_MIN, .since_given = 1};
    int64_t at = 0, member = 0;
    while ((member = cc_view_member(of->view, party, &at)) != 0) {
        CC_TRY(look_up_consent(of, member, purpose, merged, &heard, error));
    }
    const int is_since = heard.since != INT64_MIN;
    if (is_since ? !heard.since_given : heard.withdrawn) {
        asking->withdrawn = purpose;
        asking->withdrawn_day =
            is_since ? heard.since_day : heard.withdrawn_day;
    }
    return CUSTCAP_OK;
}

static custcap_status
look_for_withdrawals(const asks *of, int64_t party, cc_text purpose,
                     cc_asking *asking, custcap_error *error)
{
    const cc_words *words = cc_view_words(of->view);
    const int64_t purposes[] = {
        cc_words_find(words, CC_W_PURPOSE, cc_text_of("contact", -1)),
        purpose.data == NULL ? 0
                             : cc_words_find(words, CC_W_PURPOSE, purpose)};
    for (int i = 0; i < 2; i++) {
        if (purposes[i] != 0 && asking->withdrawn == 0) {
            CC_TRY(look_for_withdrawal(of, party, purposes[i], asking,
                                       error));
        }
    }
    return CUSTCAP_OK;
}

custcap_status
cc_asking_find(cc_view *view, int64_t party, cc_text purpose, int64_t minutes,
               int64_t when, cc_asking *asking, custcap_error *error)
{
    assert(view != NULL && asking != NULL);
    assert(party > 0 && minutes >= 0);

    memset(asking, 0, sizeof *asking);
    asking->minutes = minutes;
    party = cc_view_resolve(view, party);
    asks of = {.view = view, .memory = cc_view_memory(view), .when = when,
               .day = cc_zone_day(cc_source_zone(cc_view_source(view)),
                                  when)};
    CC_TRY(look_for_withdrawals(&of, party, purpose, asking, error));
    custcap_status status = load_asks(&of, party, error);
    if (status == CUSTCAP_OK) {
        status = add_windows(&of, purpose, minutes, asking, error);
    }
    cc_free(of.memory, of.items);
    asking->may = asking->withdrawn == 0;
    asking->free_at = asking->withdrawn == 0 ? INT64_MIN : INT64_MAX;
    for (int32_t i = 0; i < asking->window_count; i++) {
        const cc_ask_window *window = &asking->windows[i];
        asking->may &= !window->blocks;
        if (window->free_at > asking->free_at) {
            asking->free_at = window->free_at;
        }
    }
    return status;
}

custcap_status
cc_asking_reason(cc_view *view, const cc_asking *asking, cc_buffer *reason,
                 custcap_error *error)
{
    assert(view != NULL && asking != NULL);
    assert(reason != NULL);
    const cc_words *words = cc_view_words(view);
    char day[CC_DAY_BYTES], room[256];
    if (asking->withdrawn != 0) {
        return cc_buffer_printf(
            reason, error, "withdrawn from %s on %s",
            cc_text_show(cc_words_code(words, asking->withdrawn), room),
            cc_day_format(asking->withdrawn_day, day));
    }
    for (int32_t i = 0; i < asking->window_count; i++) {
        const cc_ask_window *window = &asking->windows[i];
        if (!window->blocks) {
            continue;
        }
        const int by_cap = window->asks >= window->cap;
        CC_TRY(cc_buffer_printf(
            reason, error, "%s: %" PRId64 " %s in %" PRId64 " days, ",
            cc_text_show(cc_words_code(words, window->rule), room),
            by_cap ? window->asks : window->spent,
            by_cap ? "asks" : "minutes", window->days));
        if (!by_cap) {
            CC_TRY(cc_buffer_printf(reason, error, "%" PRId64 " more asked, ",
                                    asking->minutes));
        }
        return cc_buffer_printf(reason, error, "%" PRId64 " allowed",
                                by_cap ? window->cap : window->minutes);
    }
    return CUSTCAP_OK;
}

/* ---- as lists ---- */

/* The moment; where nobody said one, the end of the day that facts are of. */
static custcap_status
moment_of(const cc_question *question, int64_t *when, custcap_error *error)
{
    const cc_moment *moment = cc_view_moment(question->view);
    int32_t day = moment->as_of_day;
    if (moment->by_instant) {
        *when = moment->as_of_instant;
        return CUSTCAP_OK;
    }
    if (day == CC_DAY_MAX) {
        cc_facts facts;
        CC_TRY(cc_facts_open(question, &facts, error));
        day = facts.day;
        cc_facts_close(&facts);
    }
    day = day < CC_DAY_MAX ? day + 1 : day;
    *when = cc_zone_first_instant(cc_source_zone(cc_view_source(
                                      question->view)), day)
            - 1;
    return CUSTCAP_OK;
}

/* Of whom, for what and when a list is asked. */
static custcap_status
find_asked(const cc_question *question, const cc_text *arguments,
           cc_asking *asking, custcap_error *error)
{
    const cc_parameter *minutes = cc_question_parameter(question, "minutes");
    int64_t party = 0;
    if (arguments[0].data == NULL || !cc_text_to_int64(arguments[0], &party)
        || party < 1) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "who is to be asked must be said (a party)");
    }
    int64_t when = 0;
    CC_TRY(moment_of(question, &when, error));
    const int64_t asked = minutes == NULL ? 0 : minutes->integer;
    return cc_asking_find(question->view, party, arguments[1],
                          asked < 0 ? 0 : asked, when, asking, error);
}

static custcap_status
set_bounded(custcap_table *table, int64_t column, int64_t value,
            custcap_error *error)
{
    if (value == INT64_MAX || value == INT64_MIN) {
        return cc_table_set_null(table, column, error);
    }
    cc_table_set(table, column, value);
    return CUSTCAP_OK;
}

custcap_status
cc_may_ask_list(const cc_question *question, const cc_text *arguments,
                custcap_table *table, custcap_error *error)
{
    enum { MAY, REASON, FREE };
    cc_asking asking = {.may = 0};
    cc_buffer reason = {.memory = cc_view_memory(question->view)};
    CC_TRY(find_asked(question, arguments, &asking, error));
    custcap_status status =
        cc_asking_reason(question->view, &asking, &reason, error);
    if (status == CUSTCAP_OK) {
        status = cc_table_begin_row(table, error);
    }
    if (status == CUSTCAP_OK) {
        cc_table_set(table, MAY, asking.may);
        status = reason.size == 0
                     ? cc_table_set_null(table, REASON, error)
                     : cc_table_set_text(table, REASON,
                                         (cc_text){(const char *)reason.data,
                                                   reason.size},
                                         error);
    }
    if (status == CUSTCAP_OK) {
        status = set_bounded(table, FREE, asking.free_at, error);
    }
    cc_buffer_free(&reason);
    return status;
}

custcap_status
cc_ask_window_list(const cc_question *question, const cc_text *arguments,
                   custcap_table *table, custcap_error *error)
{
    enum { RULE, PURPOSE, DAYS, ASKS, CAP, SPENT, MINUTES, BLOCKS, FREE };
    cc_asking asking = {.may = 0};
    CC_TRY(find_asked(question, arguments, &asking, error));
    for (int32_t i = 0; i < asking.window_count; i++) {
        const cc_ask_window *window = &asking.windows[i];
        CC_TRY(cc_table_begin_row(table, error));
        CC_TRY(cc_list_set_word(question, table, RULE, window->rule, error));
        CC_TRY(window->purpose.data == NULL
                   ? cc_table_set_null(table, PURPOSE, error)
                   : cc_table_set_text(table, PURPOSE, window->purpose,
                                       error));
        cc_table_set(table, DAYS, window->days);
        cc_table_set(table, ASKS, window->asks);
        CC_TRY(set_bounded(table, CAP, window->cap, error));
        cc_table_set(table, SPENT, window->spent);
        CC_TRY(set_bounded(table, MINUTES, window->minutes, error));
        cc_table_set(table, BLOCKS, window->blocks);
        CC_TRY(set_bounded(table, FREE, window->free_at, error));
    }
    return CUSTCAP_OK;
}
