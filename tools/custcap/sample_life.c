/*
 * sample_life.c - what the sample company wants to be for its customers, and
 *                 what they do for it.
 *
 * Why here:   mission, touchpoints, scores, contributions and initiatives make
 *             the report of the sample one of a whole company; none of them
 *             changes a number about money.
 * Method:     the words first, in a batch of their own; then a random stream a
 *             customer, apart from that of its purchases.
 * Invariants: nobody scores before its first purchase; what a guard would
 *             refuse is not made.
 * Threads:    one.
 */
#include "sample.h"

#include <stdio.h>
#include <string.h>

enum { KEY_BYTES = 24, SCORE_BASE = 6 };

static const struct {
    const char *code, *en, *zh, *data;
    int32_t liked; /* scores are around SCORE_BASE + liked */
} touchpoints[] = {
    {"touchpoint.window", "Shop window", "橱窗",
     "{\"journey\":\"shop\",\"order\":1,\"target\":7,"
     "\"goal\":\"goal.recommend\"}", 1},
    {"touchpoint.greeting", "Greeting", "问候",
     "{\"journey\":\"shop\",\"order\":2,\"target\":8,"
     "\"goal\":\"goal.recommend\"}", 2},
    {"touchpoint.tasting", "Tasting", "试饮",
     "{\"journey\":\"shop\",\"order\":3,\"target\":8,"
     "\"goal\":\"goal.recommend\"}", 3},
    {"touchpoint.till", "At the till", "收银台",
     "{\"journey\":\"shop\",\"order\":4,\"target\":8}", 0},
    {"touchpoint.delivery", "Delivery", "送货",
     "{\"journey\":\"shop\",\"order\":5,\"target\":8,"
     "\"goal\":\"goal.stay\"}", 1},
    {"touchpoint.first-cup", "The first cup at home", "在家的第一杯",
     "{\"journey\":\"shop\",\"order\":6,\"target\":9,"
     "\"goal\":\"goal.stay\"}", 3},
    {"touchpoint.complaint", "When something is wrong", "出现问题时",
     "{\"journey\":\"shop\",\"order\":7,\"target\":8,"
     "\"goal\":\"goal.stay\"}", 1},
};
enum { TOUCHPOINTS = sizeof touchpoints / sizeof touchpoints[0] };

static const struct {
    const char *kind, *code, *en, *zh, *data;
} words[] = {
    {"rule", "mission", "Customer mission", "客户使命",
     "{\"text\":\"A good cup every morning, wherever you are\","
     "\"corporate\":\"The largest roaster on the lake by 2030\"}"},
    {"rule", "goal.stay", "Customers stay", "客户留下来",
     "{\"measure\":\"revenue.retention\",\"column\":\"logo\","
     "\"period\":\"year\",\"target\":0.6,\"owner\":\"shop manager\","
     "\"horizon\":\"2026-12-31\"}"},
    {"rule", "goal.recommend", "Customers recommend us", "客户愿意推荐",
     "{\"measure\":\"voice.nps\",\"column\":\"points\","
     "\"set\":{\"by\":\"period\"},\"period\":\"year\",\"target\":30,"
     "\"low\":\"low\",\"high\":\"high\",\"serves\":\"goal.stay\"}"},
    {"rule", "goal.farms", "Farms trade with us for years",
     "与产地长期合作",
     "{\"measure\":\"role.counts\",\"column\":\"parties\","
     "\"where\":{\"role\":\"channel.supplier\"},\"target\":3,"
     "\"side\":\"social\"}"},
    {"rule", "goal.heart", "We serve with heart", "用心服务", "{}"},
    {"rule", "mechanism.taste-panel", "Taste panel", "品鉴小组",
     "{\"part\":\"process\",\"goals\":[\"goal.recommend\"]}"},
    {"rule", "mechanism.call-back", "Call back within a day",
     "一天内回电", "{\"part\":\"process\",\"goals\":[\"goal.stay\"]}"},
};
enum { WORDS = sizeof words / sizeof words[0] };

/* Initiatives: part of the triangle, what for, and how far they came. */
static const struct {
    const char *key, *kind, *subject, *due, *owner;
    int done;
} plans[] = {
    {"plan-1", "initiative.centre", "goal.stay: a goal for every shop",
     "2025-03-31", "barista-li", 1},
    {"plan-2", "initiative.centre", "goal.recommend: ask after each visit",
     "2025-06-30", "barista-wu", 1},
    {"plan-3", "initiative.path.touchpoint", "goal.stay: first-cup booklet",
     "2025-05-31", "barista-li", 1},
    {"plan-4", "initiative.path.service", "goal.stay: delivery in a day",
     "2025-09-30", "barista-wu", 1},
    {"plan-5", "initiative.path.brand", "a new sign", "2026-03-31",
     "barista-li", 0},
    {"plan-6", "initiative.model", "goal.stay: subscription for offices",
     "2026-02-28", "barista-wu", 0},
    {"plan-7", "initiative.mechanism.process", "goal.recommend: taste panel",
     "2025-04-30", "barista-li", 1},
    {"plan-8", "initiative.mechanism.process", "goal.stay: call back",
     "2025-10-31", "barista-wu", 0},
    {"plan-9", "initiative.mechanism.system", "goal.stay: one view of a guest",
     "2025-11-30", "", 0},
};
enum { PLANS = sizeof plans / sizeof plans[0] };

static const char *const capacities[] = {
    "contribution.intelligence", "contribution.advocacy",
    "contribution.service",      "contribution.service",
    "contribution.quality",      "contribution.quality",
    "contribution.culture",      "contribution.change",
};
enum { CAPACITIES = sizeof capacities / sizeof capacities[0] };

typedef struct life {
    custcap_batch *batch;
    custcap_error *error;
    uint64_t seed;
} life;

static custcap_status
add(life *of, int32_t record, const char *const *fields, int64_t count,
    const char *const *cells)
{
    return custcap_batch_add(of->batch, record, fields, count, cells, NULL, 1,
                             of->error);
}

static custcap_status
commit(life *of)
{
    const custcap_status status =
        custcap_batch_count(of->batch) == 0
            ? CUSTCAP_OK
            : custcap_batch_commit(of->batch, NULL, of->error);
    custcap_batch_clear(of->batch);
    return status;
}

static custcap_status
words_add_all(life *of)
{
    static const char *const fields[] = {"kind", "code", "en", "zh", "data"};
    custcap_status status = CUSTCAP_OK;
    for (int i = 0; status == CUSTCAP_OK && i < WORDS; i++) {
        const char *cells[] = {words[i].kind, words[i].code, words[i].en,
                               words[i].zh, words[i].data};
        status = add(of, CUSTCAP_DEFINITION, fields, 5, cells);
    }
    for (int i = 0; status == CUSTCAP_OK && i < TOUCHPOINTS; i++) {
        const char *cells[] = {"object", touchpoints[i].code,
                               touchpoints[i].en, touchpoints[i].zh,
                               touchpoints[i].data};
        status = add(of, CUSTCAP_DEFINITION, fields, 5, cells);
    }
    return status == CUSTCAP_OK ? commit(of) : status;
}

static custcap_status
move_add(life *of, const char *item, const char *state, int32_t day)
{
    static const char *const fields[] = {"item", "state", "day", "actor"};
    char room[SAMPLE_DAY_BYTES];
    const char *cells[] = {item, state, sample_day_text(day, room),
                           "barista-li"};
    return add(of, CUSTCAP_MOVE, fields, 4, cells);
}

static custcap_status
plans_add(life *of)
{
    static const char *const fields[] = {"key", "party", "kind", "subject",
                                         "day", "due", "owner"};
    custcap_status status = CUSTCAP_OK;
    for (int i = 0; status == CUSTCAP_OK && i < PLANS; i++) {
        const char *cells[] = {plans[i].key, "us", plans[i].kind,
                               plans[i].subject, "2025-01-02", plans[i].due,
                               plans[i].owner};
        status = add(of, CUSTCAP_ITEM, fields, 7, cells);
        if (status == CUSTCAP_OK && plans[i].done) {
            status = move_add(of, plans[i].key, "doing",
                              SAMPLE_DAY_LAST - 340 + 20 * i);
        }
        if (status == CUSTCAP_OK && plans[i].done) {
            status = move_add(of, plans[i].key, "done",
                              SAMPLE_DAY_LAST - 280 + 20 * i);
        }
    }
    return status;
}

static custcap_status
score_add(life *of, const char *party, int32_t day, const char *kind,
          const char *object, int32_t number)
{
    static const char *const fields[] = {"party", "day", "kind", "object",
                                         "number"};
    char room[SAMPLE_DAY_BYTES], text[16];
    (void)snprintf(text, sizeof text, "%d", number);
    const char *cells[] = {party, sample_day_text(day, room), kind, object,
                           text};
    return add(of, CUSTCAP_EVENT, fields, 5, cells);
}

/* A contribution, and how far it came: most are looked at, few are rewarded. */
static custcap_status
contribution_add(life *of, const char *party, int32_t day, uint64_t *stream)
{
    static const char *const fields[] = {"key", "party", "kind", "day"};
    static const char *const states[] = {"triaged", "accepted",
                                         "implemented", "recognised"};
    char key[KEY_BYTES + 8], room[SAMPLE_DAY_BYTES];
    (void)snprintf(key, sizeof key, "idea-%s", party);
    const char *cells[] = {key, party,
                           capacities[sample_pick(stream, CAPACITIES)],
                           sample_day_text(day, room)};
    custcap_status status = add(of, CUSTCAP_ITEM, fields, 4, cells);
    const int32_t steps = sample_pick(stream, 6);
    for (int32_t i = 0; status == CUSTCAP_OK && i < steps && i < 4; i++) {
        const int32_t moved = day + 3 * (i + 1);
        if (moved <= SAMPLE_DAY_LAST) {
            status = move_add(of, key, states[i], moved);
        }
    }
    return status;
}

/* Out of ten: around what the touchpoint is good for. */
static int32_t
score_of(int32_t liked, uint64_t *stream)
{
    const int32_t score = SCORE_BASE + liked + sample_pick(stream, 4) - 1;
    return score > 10 ? 10 : score;
}

static custcap_status
customer_add(life *of, int64_t number)
{
    char key[KEY_BYTES];
    int32_t arrival = 0, gone = 0;
    sample_customer(number, of->seed, key, sizeof key, &arrival, &gone);
    uint64_t stream =
        of->seed + ((uint64_t)number + 1) * UINT64_C(0x9fb21c651e98df25);
    const int32_t end = gone < SAMPLE_DAY_LAST ? gone : SAMPLE_DAY_LAST;
    const int32_t day =
        arrival + sample_pick(&stream, end > arrival ? end - arrival : 1);
    custcap_status status = CUSTCAP_OK;
    if (sample_pick(&stream, 100) < 35) {
        const int32_t at = sample_pick(&stream, TOUCHPOINTS);
        status = score_add(of, key, day, "score.touchpoint",
                           touchpoints[at].code,
                           score_of(touchpoints[at].liked, &stream));
    }
    if (status == CUSTCAP_OK && sample_pick(&stream, 100) < 30) {
        status = score_add(of, key, day, "score.nps", "",
                           score_of(2, &stream));
    }
    if (status == CUSTCAP_OK && sample_pick(&stream, 100) < 6) {
        status = contribution_add(of, key, day, &stream);
    }
    return status;
}

custcap_status
sample_life(custcap_ledger *ledger, int64_t customers, uint64_t seed,
            custcap_error *error)
{
    life of = {NULL, error, seed};
    custcap_status status = custcap_batch_new(ledger, &of.batch, error);
    if (status == CUSTCAP_OK) {
        status = words_add_all(&of);
    }
    if (status == CUSTCAP_OK) {
        status = plans_add(&of);
    }
    for (int64_t i = 0; status == CUSTCAP_OK && i < customers; i++) {
        status = customer_add(&of, i);
        if (status == CUSTCAP_OK &&
            custcap_batch_count(of.batch) > CUSTCAP_BATCH_RECORDS_MAX / 4) {
            status = commit(&of);
        }
    }
    if (status == CUSTCAP_OK) {
        status = commit(&of);
    }
    custcap_batch_free(of.batch);
    return status;
}
