/*
 * sample.c - the sample company: a coffee roaster with shops, machines and a
 *            subscription.
 *
 * Why here:   the demo, the tests and the benchmarks need data that nobody
 *             owns, at any size, the same everywhere.
 * Method:     every customer has a random stream of its own (SplitMix64 of
 *             seed and number), so the company of n customers is the first
 *             part of the company of n + 1.  Integers only.  A customer
 *             arrives over three years, buys at its own pace with the
 *             seasons, learns new product lines, may subscribe, may refer
 *             others, and at some time is gone.
 * Invariants: a referral is by an earlier customer that bought before the
 *             newcomer; a refund names the entry it takes back and is not
 *             more; days are in [2023-01-01, 2026-01-01).
 * Threads:    one.
 */
#include "sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    DAY_FIRST = 19358,      /* 2023-01-01 */
    DAY_LAST = SAMPLE_DAY_LAST,
    DAYS = DAY_LAST - DAY_FIRST + 1,
    YEAR = 365,
    MONTH = 30,
    ROWS_MAX = 4096,        /* purchases of a customer: never reached */
    KEY_BYTES = 24,
    DAY_BYTES = SAMPLE_DAY_BYTES
};

typedef struct product {
    const char *line;
    int32_t price_fen;      /* typical basket */
    int32_t cost_percent;
    int32_t share;          /* of baskets, in 100 */
} product;

static const product products[] = {
    {"coffee", 8800, 42, 52},    {"tea", 6900, 40, 18},
    {"machines", 129900, 61, 6}, {"accessories", 15900, 48, 14},
    {"gifts", 26800, 50, 7},     {"courses", 39900, 30, 3},
};
enum { PRODUCTS = sizeof products / sizeof products[0] };
enum { LINE_COFFEE = 0 };

/* How a newcomer came: channel, and its share in 100. */
static const struct {
    const char *channel;
    int32_t share;
} arrivals[] = {
    {"paid.search", 17}, {"paid.social", 15}, {"organic.search", 14},
    {"referral", 22},    {"direct", 12},      {"direct.shop", 14},
    {"unknown", 6},
};
enum { ARRIVALS = sizeof arrivals / sizeof arrivals[0], BY_REFERRAL = 3 };

/* Months' demand in percent: spring festival, 618, double 11, new year. */
static const int32_t season[12] = {112, 95, 92, 94,  98,  112,
                                   90,  88, 96, 101, 138, 121};

static const struct {
    const char *key, *form, *role, *name;
} people[] = {
    {"shop-east", "organisation", "channel.reseller", "East Lake Deli"},
    {"shop-north", "organisation", "channel.distributor", "North Gate"},
    {"farm-menglian", "organisation", "channel.supplier", "Menglian Farm"},
    {"farm-sidama", "organisation", "channel.supplier", "Sidama Union"},
    {"courier", "organisation", "channel.supplier.logistics", "Courier"},
    {"fund-1", "organisation", "investor", "Willow Fund"},
    {"market-office", "public-body", "investor.government.regulator",
     "Market Supervision Office"},
    {"tea-press", "organisation", "fan.media", "The Tea Press"},
    {"barista-li", "person", "internal.employee", "Li Na"},
    {"barista-wu", "person", "internal.employee", "Wu Gang"},
    {"roastery", "group", "internal.department", "The roastery"},
    {"old-hand", "person", "internal.alumni", "Zhou Min"},
};
enum { PEOPLE = sizeof people / sizeof people[0] };

/* --- randomness: SplitMix64 (Steele, Lea, Flood 2014) ------------------ */

static uint64_t
next_random(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static int32_t
pick(uint64_t *state, int32_t bound)
{
    return (int32_t)((next_random(state) >> 11) % (uint64_t)bound);
}

int32_t
sample_pick(uint64_t *state, int32_t bound)
{
    return pick(state, bound);
}

static int32_t
fixed_random(void *context, void *bytes, int64_t size)
{
    uint8_t *at = bytes;
    for (int64_t i = 0; i < size; i++) {
        at[i] = (uint8_t)(next_random(context) >> 32);
    }
    return 0;
}

static int64_t
fixed_clock(void *context)
{
    (void)context;
    return INT64_C(1767225600000000); /* 2026-01-01T00:00:00Z */
}

void
sample_options(custcap_ledger_options *options, uint64_t *state,
               uint64_t seed)
{
    *state = seed;
    options->clock = fixed_clock;
    options->random = fixed_random;
    options->random_context = state;
}

/* --- rows on their way into the ledger --------------------------------- */

typedef struct rows {
    custcap_ledger *ledger;
    custcap_batch *batch;
    custcap_error *error;
    int64_t words[PRODUCTS];
    int64_t line_subscription, line_membership;
    int64_t channels[ARRIVALS];
    int64_t code_subscription, code_membership, code_cogs;
    int64_t code_acquisition;
} rows;

static custcap_status
word(rows *r, int32_t kind, const char *code, int64_t *number)
{
    return custcap_batch_word(r->batch, kind, code, -1, number, r->error);
}

/* Provisional numbers are good in one batch: ask again after a commit. */
static custcap_status
words_take(rows *r)
{
    custcap_status status = CUSTCAP_OK;
    for (int i = 0; status == CUSTCAP_OK && i < PRODUCTS; i++) {
        status = word(r, CUSTCAP_WORD_LINE, products[i].line, &r->words[i]);
    }
    for (int i = 0; status == CUSTCAP_OK && i < ARRIVALS; i++) {
        status = word(r, CUSTCAP_WORD_CHANNEL, arrivals[i].channel,
                      &r->channels[i]);
    }
    const struct {
        int32_t kind;
        const char *code;
        int64_t *number;
    } others[] = {
        {CUSTCAP_WORD_LINE, "subscription", &r->line_subscription},
        {CUSTCAP_WORD_LINE, "membership", &r->line_membership},
        {CUSTCAP_WORD_CODE, "revenue.subscription", &r->code_subscription},
        {CUSTCAP_WORD_CODE, "revenue.membership", &r->code_membership},
        {CUSTCAP_WORD_CODE, "cost.cogs", &r->code_cogs},
        {CUSTCAP_WORD_CODE, "acquisition", &r->code_acquisition},
    };
    for (size_t i = 0;
         status == CUSTCAP_OK && i < sizeof others / sizeof others[0]; i++) {
        status = word(r, others[i].kind, others[i].code, others[i].number);
    }
    return status;
}

static custcap_status
rows_commit(rows *r)
{
    if (custcap_batch_count(r->batch) == 0) {
        return CUSTCAP_OK;
    }
    const custcap_status status =
        custcap_batch_commit(r->batch, NULL, r->error);
    if (status != CUSTCAP_OK) {
        return status;
    }
    custcap_batch_clear(r->batch);
    return words_take(r);
}

static custcap_status
add_cells(rows *r, int32_t record, const char *const *fields, int64_t count,
          const char *const *cells)
{
    return custcap_batch_add(r->batch, record, fields, count, cells, NULL, 1,
                             r->error);
}

static const char *
day_text(int32_t day, char room[DAY_BYTES])
{
    /* Days of 2023 to 2025: years are few, so count them off. */
    static const int32_t lengths[12] = {31, 28, 31, 30, 31, 30,
                                        31, 31, 30, 31, 30, 31};
    int32_t year = 2023;
    int32_t left = day - DAY_FIRST;
    for (;;) {
        const int32_t length = year % 4 == 0 ? 366 : 365;
        if (left < length) {
            break;
        }
        left -= length;
        year++;
    }
    int32_t month = 0;
    for (;;) {
        const int32_t length =
            lengths[month] + (month == 1 && year % 4 == 0 ? 1 : 0);
        if (left < length) {
            break;
        }
        left -= length;
        month++;
    }
    snprintf(room, DAY_BYTES, "%04d-%02d-%02d", (int)year, (int)month + 1,
             (int)left + 1);
    return room;
}

static int32_t
month_of(int32_t day)
{
    char room[DAY_BYTES];
    return (day_text(day, room)[5] - '0') * 10 + room[6] - '0' - 1;
}

/* First day of the month after. */
static int32_t
month_next(int32_t day)
{
    const int32_t month = month_of(day);
    while (month_of(day) == month) {
        day++;
    }
    return day;
}

static custcap_status
role_add(rows *r, const char *party, const char *role, int32_t from,
         int32_t to, const char *stage)
{
    static const char *const fields[] = {"party", "role", "from", "to",
                                         "stage"};
    char from_text[DAY_BYTES];
    char to_text[DAY_BYTES];
    const char *cells[] = {party, role, day_text(from, from_text),
                           to == 0 ? "" : day_text(to, to_text), stage};
    return add_cells(r, CUSTCAP_ROLE, fields, 5, cells);
}

/* --- one customer ------------------------------------------------------ */

/* What is decided when a customer arrives, from its own stream. */
typedef struct customer {
    char key[KEY_BYTES];
    uint64_t stream;
    int32_t arrival;        /* day of the first purchase */
    int32_t gone;           /* day after which it buys no more */
    int32_t pace;           /* days between purchases, about */
    int32_t way;            /* index into arrivals */
    int32_t taste;          /* favourite product */
    int32_t breadth;        /* in 100: how readily it tries other lines */
    int64_t referrer;       /* number of a customer, or -1 */
} customer;

static int32_t
weighted_arrival(uint64_t *stream)
{
    int32_t at = pick(stream, 100);
    for (int32_t i = 0; i < ARRIVALS; i++) {
        at -= arrivals[i].share;
        if (at < 0) {
            return i;
        }
    }
    return ARRIVALS - 1;
}

static int32_t
weighted_product(uint64_t *stream)
{
    int32_t at = pick(stream, 100);
    for (int32_t i = 0; i < PRODUCTS; i++) {
        at -= products[i].share;
        if (at < 0) {
            return i;
        }
    }
    return LINE_COFFEE;
}

/* More arrive late than early: the company grows by about 30% a year. */
static int32_t
arrival_day(uint64_t *stream)
{
    const int32_t a = pick(stream, DAYS);
    const int32_t b = pick(stream, DAYS);
    const int32_t day = pick(stream, 100) < 65 ? a : (a > b ? a : b);
    return DAY_FIRST + day;
}

static void
customer_make(int64_t number, uint64_t seed, customer *c)
{
    memset(c, 0, sizeof *c);
    snprintf(c->key, sizeof c->key, "C%06lld", (long long)number + 1);
    c->stream = seed ^ ((uint64_t)number + 1) * UINT64_C(0xd1342543de82ef95);
    c->arrival = arrival_day(&c->stream);
    c->way = weighted_arrival(&c->stream);
    c->taste = weighted_product(&c->stream);
    c->breadth = 5 + pick(&c->stream, 35);
    const int32_t kind = pick(&c->stream, 100);
    c->pace = kind < 20 ? 12 + pick(&c->stream, 14)
                        : kind < 65 ? 25 + pick(&c->stream, 50)
                                    : 70 + pick(&c->stream, 200);
    /* A quarter buy once; the rest stay between some months and for good. */
    const int32_t fate = pick(&c->stream, 100);
    const int32_t stay = fate < 24   ? 0
                         : fate < 60 ? 60 + pick(&c->stream, 500)
                                     : 400 + pick(&c->stream, 1500);
    c->gone = c->arrival + stay;
    c->referrer = -1;
    if (c->way == BY_REFERRAL && number > 0) {
        c->referrer = (int64_t)((next_random(&c->stream) >> 11) %
                                (uint64_t)number);
        customer by;
        customer_make(c->referrer, seed, &by);
        /* Nobody refers before having bought. */
        if (by.arrival >= c->arrival) {
            c->referrer = -1;
        }
    }
}

static custcap_status
entry_add(rows *r, int64_t party, int32_t day, int32_t end, int64_t code,
          int64_t amount, int64_t line, int64_t channel)
{
    custcap_entry entry;
    custcap_entry_init(&entry);
    entry.party = party;
    entry.day = day;
    entry.end = end == 0 ? CUSTCAP_DAY_NONE : end;
    entry.code = code;
    entry.amount = amount;
    entry.line = line;
    entry.channel = channel;
    return custcap_batch_add_entries(r->batch, &entry, 1, sizeof entry,
                                     r->error);
}

/* A refund names what it takes back by key, so both go in as text. */
static custcap_status
refunded_purchase(rows *r, const customer *c, int32_t day, int32_t nth,
                  const char *line, int64_t amount)
{
    static const char *const fields[] = {"party", "day",  "amount", "line",
                                         "channel", "key", "ref", "document"};
    char keys[2][64];
    char days[2][DAY_BYTES];
    char money[2][32];
    const int32_t back = day + 9 > DAY_LAST ? DAY_LAST : day + 9;
    const long long part = (long long)(amount / 2);
    snprintf(keys[0], sizeof keys[0], "%s-%d", c->key, (int)nth);
    snprintf(keys[1], sizeof keys[1], "%s-%d-refund", c->key, (int)nth);
    snprintf(money[0], sizeof money[0], "%lld.%02lld",
             (long long)amount / 100, (long long)amount % 100);
    snprintf(money[1], sizeof money[1], "-%lld.%02lld", part / 100,
             part % 100);
    const char *cells[] = {
        c->key, day_text(day, days[0]), money[0], line,
        arrivals[c->way].channel, keys[0], "", keys[0],
        c->key, day_text(back, days[1]), money[1], line,
        arrivals[c->way].channel, keys[1], keys[0], keys[1]};
    return custcap_batch_add(r->batch, CUSTCAP_ENTRY, fields, 8, cells, NULL,
                             2, r->error);
}

static custcap_status
purchases_add(rows *r, customer *c, int64_t party)
{
    int32_t day = c->arrival;
    int32_t nth = 0;
    while (day <= DAY_LAST && (nth == 0 || day <= c->gone) &&
           nth < ROWS_MAX) {
        int32_t what = c->taste;
        if (nth > 0 && pick(&c->stream, 100) < c->breadth) {
            what = weighted_product(&c->stream);
        }
        const int32_t price = products[what].price_fen;
        const int64_t amount =
            price * (60 + pick(&c->stream, 90)) / 100 *
            (100 + (int64_t)(day - DAY_FIRST) * 12 / DAYS) / 100;
        custcap_status status = CUSTCAP_OK;
        if (pick(&c->stream, 1000) < 14) {
            status = refunded_purchase(r, c, day, nth, products[what].line,
                                       amount);
        } else {
            status = entry_add(r, party, day, 0, 0, amount, r->words[what],
                               r->channels[c->way]);
        }
        if (status != CUSTCAP_OK) {
            return status;
        }
        nth++;
        const int32_t demand = season[month_of(day)];
        day += 1 + (c->pace / 2 + pick(&c->stream, c->pace)) * 100 / demand;
    }
    return CUSTCAP_OK;
}

/* A monthly box from some month on; a yearly membership fee for some. */
static custcap_status
recurring_add(rows *r, customer *c, int64_t party)
{
    custcap_status status = CUSTCAP_OK;
    if (pick(&c->stream, 100) < 16 && c->gone > c->arrival + 2 * MONTH) {
        int32_t day = month_next(c->arrival + MONTH);
        const int64_t fee = pick(&c->stream, 100) < 70 ? 9900 : 18800;
        const int32_t stop = c->gone + pick(&c->stream, 120);
        if (day < DAY_LAST && day < stop) {
            status = role_add(r, c->key, "member.subscriber", day,
                              stop <= DAY_LAST ? stop : 0,
                              stop <= DAY_LAST ? "lapsed" : "active");
        }
        while (status == CUSTCAP_OK && day < stop && day <= DAY_LAST) {
            const int32_t next = month_next(day);
            status = entry_add(r, party, day, next, r->code_subscription,
                               fee, r->line_subscription,
                               r->channels[c->way]);
            day = next;
        }
    }
    if (status == CUSTCAP_OK && pick(&c->stream, 100) < 7) {
        const int32_t day = c->arrival + 1 < DAY_LAST ? c->arrival + 1
                                                      : DAY_LAST;
        status = entry_add(r, party, day, day + YEAR, r->code_membership,
                           29900, r->line_membership, r->channels[c->way]);
        if (status == CUSTCAP_OK) {
            status = role_add(r, c->key, "member.paid", day, 0, "active");
        }
    }
    return status;
}

const char *
sample_day_text(int32_t day, char room[SAMPLE_DAY_BYTES])
{
    return day_text(day, room);
}

void
sample_customer(int64_t number, uint64_t seed, char *key, size_t size,
                int32_t *arrival, int32_t *gone)
{
    customer c;
    customer_make(number, seed, &c);
    (void)snprintf(key, size, "%s", c.key);
    *arrival = c.arrival;
    *gone = c.gone;
}

static custcap_status
roles_add(rows *r, customer *c, uint64_t seed)
{
    const int lost = c->gone < DAY_LAST - 180;
    custcap_status status =
        role_add(r, c->key, "consumer", c->arrival,
                 lost && c->gone > c->arrival ? c->gone : 0,
                 lost ? "lost" : "active");
    if (status == CUSTCAP_OK && pick(&c->stream, 100) < 9 &&
        c->arrival + 90 < DAY_LAST && c->gone > c->arrival + 120) {
        status = role_add(r, c->key, "fan", c->arrival + 90, 0, "active");
    }
    if (status == CUSTCAP_OK && c->referrer >= 0) {
        static const char *const fields[] = {"party", "type", "other",
                                             "from"};
        char day[DAY_BYTES];
        customer by;
        customer_make(c->referrer, seed, &by);
        const char *cells[] = {c->key, "referred-by", by.key,
                               day_text(c->arrival, day)};
        status = add_cells(r, CUSTCAP_RELATION, fields, 4, cells);
    }
    return status;
}

static custcap_status
customer_add(rows *r, int64_t number, uint64_t seed)
{
    customer c;
    int64_t party = 0;
    customer_make(number, seed, &c);
    custcap_status status =
        custcap_batch_party(r->batch, c.key, -1, &party, r->error);
    if (status == CUSTCAP_OK) {
        status = roles_add(r, &c, seed);
    }
    if (status == CUSTCAP_OK) {
        status = purchases_add(r, &c, party);
    }
    return status == CUSTCAP_OK ? recurring_add(r, &c, party) : status;
}

/* --- the company ------------------------------------------------------- */

static custcap_status
people_add(rows *r)
{
    static const char *const fields[] = {"party", "form", "name", "day"};
    custcap_status status = CUSTCAP_OK;
    for (int i = 0; status == CUSTCAP_OK && i < PEOPLE; i++) {
        const char *cells[] = {people[i].key, people[i].form, people[i].name,
                               "2023-01-01"};
        status = add_cells(r, CUSTCAP_PARTY, fields, 4, cells);
        if (status == CUSTCAP_OK) {
            status = role_add(r, people[i].key, people[i].role, DAY_FIRST, 0,
                              "active");
        }
    }
    return status;
}

/* What the company spent, a month at a time: on goods, on being found. */
static custcap_status
costs_add(rows *r, int64_t customers)
{
    custcap_status status = CUSTCAP_OK;
    for (int32_t day = DAY_FIRST; status == CUSTCAP_OK && day <= DAY_LAST;
         day = month_next(day)) {
        const int64_t demand = season[month_of(day)];
        const int64_t age = (day - DAY_FIRST) * 30 / YEAR;
        const int64_t base = customers * demand * (100 + age) / 100;
        status = entry_add(r, 1, day, 0, r->code_cogs, base * 26, 0, 0);
        if (status == CUSTCAP_OK) {
            status = entry_add(r, 1, day, 0, r->code_acquisition, base * 2,
                               0, r->channels[0]);
        }
        if (status == CUSTCAP_OK) {
            status = entry_add(r, 1, day, 0, r->code_acquisition,
                               base * 3 / 2, 0, r->channels[1]);
        }
    }
    return status;
}

static custcap_status
company_add(rows *r, int64_t customers, uint64_t seed,
            custcap_progress progress, void *context)
{
    /* A customer adds at most some thousand records; commit well before the
     * limit of a batch. */
    const int64_t enough = CUSTCAP_BATCH_RECORDS_MAX / 4;
    custcap_status status = words_take(r);
    if (status == CUSTCAP_OK) {
        status = people_add(r);
    }
    if (status == CUSTCAP_OK) {
        status = costs_add(r, customers);
    }
    for (int64_t i = 0; status == CUSTCAP_OK && i < customers; i++) {
        status = customer_add(r, i, seed);
        if (status == CUSTCAP_OK && custcap_batch_count(r->batch) > enough) {
            status = rows_commit(r);
            if (status == CUSTCAP_OK && progress != NULL &&
                progress(context, i, customers) != 0) {
                return CUSTCAP_CANCELLED;
            }
        }
    }
    return status == CUSTCAP_OK ? rows_commit(r) : status;
}

custcap_status
sample_run(custcap_ledger *ledger, int64_t customers, uint64_t seed,
           custcap_progress progress, void *context, custcap_error *error)
{
    rows r;
    memset(&r, 0, sizeof r);
    r.ledger = ledger;
    r.error = error;
    custcap_status status = custcap_ledger_import_begin(ledger, error);
    if (status != CUSTCAP_OK) {
        return status;
    }
    status = custcap_batch_new(ledger, &r.batch, error);
    if (status == CUSTCAP_OK) {
        status = company_add(&r, customers, seed, progress, context);
        custcap_batch_free(r.batch);
    }
    if (status == CUSTCAP_OK) {
        status = sample_life(ledger, customers, seed, error);
    }
    if (status != CUSTCAP_OK) {
        (void)custcap_ledger_import_cancel(ledger, NULL);
        return status;
    }
    return custcap_ledger_import_end(ledger, progress, context, error);
}
