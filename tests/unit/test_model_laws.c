/*
 * test_model_laws.c - what must hold of every model, whatever its numbers.
 *
 * Expected: laws of probability (chances in [0, 1], sums of probabilities 1,
 * expectations that add up in time, survival that falls), slopes against
 * differences of the likelihood, the same bytes on one thread and on many.
 * Parameters and customers are drawn over many orders of magnitude: counts to
 * 10^4, ages from a day to a century (in days).
 */
#include "test_model_support.h"

#include "models/kind.h"
#include "models/special.h"

static uint64_t state;

static double
unit(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (double)(state >> 11) * 0x1p-53;
}

/* Between low and high, evenly in the logarithm. */
static double
wide(double low, double high)
{
    return low * exp(unit() * log(high / low));
}

static cc_theta
wild_theta(const cc_kind *kind)
{
    cc_theta theta = {.k = 1};
    for (int32_t i = 0; i < kind->parameters; i++) {
        theta.p[i] = kind->dimension[i] > 0   ? wide(1e-2, 1e5)
                     : kind->dimension[i] < 0 ? wide(1e-6, 1.0)
                                              : wide(1e-2, 1e2);
    }
    if (kind->needs & CC_NEED_LOG_INTERVALS) {
        theta.k = 1 + (int32_t)(unit() * 12.0);
    }
    return theta;
}

static cc_row
wild_row(const cc_kind *kind)
{
    cc_row row = {0};
    if (kind->needs & CC_NEED_SURVIVORS) {
        row.T = floor(wide(1.0, 100.0)) - 1.0;
        return row;
    }
    if (kind->needs & CC_WHOLE_TIMES) {
        row.T = floor(wide(1.0, 200.0));
        row.tx = floor(unit() * (row.T + 1.0));
        row.x = row.tx > 0.0 ? 1.0 + floor(unit() * row.tx) : 0.0;
        row.x = row.x > row.tx ? row.tx : row.x;
        return row;
    }
    row.T = wide(1.0, 36525.0);
    row.x = unit() < 0.3 ? 0.0 : floor(wide(1.0, 1e4));
    row.tx = row.x == 0.0    ? 0.0
             : unit() < 0.2 ? row.T
                            : row.T * unit();
    if (kind->needs & CC_NEED_SPEND) {
        row.x = floor(wide(1.0, 1e4));
        row.extra = wide(1e-2, 1e6);
        row.tx = row.T = 0.0;
    } else if (kind->needs & CC_NEED_LOG_INTERVALS) {
        row.extra = row.x * log((row.tx + 1e-3) / (row.x + 1.0));
    }
    return row;
}

static double
wild_ahead(const cc_kind *kind)
{
    return kind->needs & CC_WHOLE_TIMES ? floor(wide(2.0, 100.0))
                                        : wide(1.0, 36525.0);
}

/* The kind under test, by the number of the loop. */
static const cc_kind *
kind_of(int i)
{
    return cc_kind_at(i);
}

START_TEST(slopes_are_those_of_the_likelihood)
{
    state = 4711 + (uint64_t)_i;
    const cc_kind *kind = kind_of(_i);
    for (int n = 0; n < 400; n++) {
        cc_theta theta = wild_theta(kind);
        cc_row row = wild_row(kind);
        if (kind->needs & CC_NEED_SURVIVORS) {
            row.x = 1.0 + floor(unit() * 20.0);
            row.T = unit() < 0.5;
        }
        cc_likelihood_cache cache = {.valid = 0};
        double slope[CC_BASE_MAX], none[CC_BASE_MAX];
        const double value = kind->likelihood(&theta, &row, &cache, slope);
        ck_assert_msg(isfinite(value), "%s: %g", kind->name, value);
        for (int32_t i = 0; i < kind->parameters; i++) {
            const double h = 1e-4, p = theta.p[i];
            theta.p[i] = p * exp(h);
            const double up = kind->likelihood(&theta, &row, &cache, none);
            theta.p[i] = p * exp(-h);
            const double down = kind->likelihood(&theta, &row, &cache, none);
            theta.p[i] = p;
            const double expected = (up - down) / (2.0 * h);
            const double room = 1e-5 * fabs(expected)
                                + 1e-10 * fabs(value) + 1e-6;
            ck_assert_msg(fabs(slope[i] - expected) <= room,
                          "%s %s: %.12g, expected %.12g (x %g, tx %g, T %g; "
                          "%g %g %g %g %g)", kind->name, kind->letters[i],
                          slope[i], expected, row.x, row.tx, row.T,
                          theta.p[0], theta.p[1], theta.p[2], theta.p[3],
                          theta.p[4]);
        }
    }
}
END_TEST

#define ck_law(condition)                                                    \
    ck_assert_msg(condition, "%s: %s (x %g, tx %g, T %g, ahead %g; "         \
                  "%g %g %g %g %g, k %d)", kind->name, #condition, row.x,    \
                  row.tx, row.T, t, theta.p[0], theta.p[1], theta.p[2],      \
                  theta.p[3], theta.p[4], (int)theta.k)

START_TEST(chances_and_expectations_keep_the_laws)
{
    state = 815 + (uint64_t)_i;
    const cc_kind *kind = kind_of(_i);
    if (kind->alive == NULL) {
        return;
    }
    for (int n = 0; n < 150; n++) {
        const cc_theta theta = wild_theta(kind);
        const cc_row row = wild_row(kind);
        const double t = wild_ahead(kind);
        const double half = kind->needs & CC_WHOLE_TIMES ? floor(t / 2.0)
                                                         : t / 2.0;
        const double alive = kind->alive(&theta, &row);
        ck_law(alive >= 0.0 && alive <= 1.0);
        const double soon = kind->survive(&theta, &row, half);
        const double late = kind->survive(&theta, &row, t);
        ck_law(soon <= 1.0 && late >= 0.0 && late <= soon * (1.0 + 1e-12));
        const double few = kind->expected(&theta, &row, half);
        const double many = kind->expected(&theta, &row, t);
        ck_law(isfinite(many) && few >= 0.0);
        /* It grows, ever slower: purchases stop when customers leave. */
        ck_law(many >= few * (1.0 - 1e-9));
        ck_law(many <= few * (t / half) * (1.0 + 1e-9)
               || kind->needs & CC_NEED_LOG_INTERVALS);
        ck_law(kind->expected(&theta, &row, 0.0) == 0.0);
        const double none = kind->probability(&theta, &row, t, 0.0);
        ck_law(none >= 0.0 && none <= 1.0);
        const double some = kind->probability(&theta, &row, t, 3.0);
        ck_law(some >= 0.0 && some <= 1.0);
        if (kind->dropout != NULL) {
            ck_law(isfinite(kind->dropout(&theta, &row)));
        }
        if (kind->rate != NULL) {
            ck_law(isfinite(kind->rate(&theta, &row)));
        }
    }
}
END_TEST

/* Customers and times for which all counts can be listed. */
START_TEST(probabilities_sum_to_one_and_give_the_mean)
{
    state = 99 + (uint64_t)_i;
    const cc_kind *kind = kind_of(_i);
    if (kind->alive == NULL) {
        return;
    }
    for (int n = 0; n < 12; n++) {
        cc_theta theta = {.k = kind->needs & CC_NEED_LOG_INTERVALS ? 3 : 1};
        for (int32_t i = 0; i < kind->parameters; i++) {
            theta.p[i] = wide(0.3, 3.0);
        }
        cc_row row = wild_row(kind);
        if (!(kind->needs & CC_WHOLE_TIMES)) {
            row = (cc_row){.x = 2.0, .tx = 0.7, .T = wide(1.0, 5.0)};
        }
        const double t = kind->needs & CC_WHOLE_TIMES ? 6.0 : 2.0;
        double sum = 0.0, mean = 0.0;
        for (int i = 0; i < 400; i++) {
            const double share = kind->probability(&theta, &row, t, i);
            sum += share;
            mean += i * share;
        }
        ck_assert_msg(fabs(sum - 1.0) < 1e-9, "%s: %.15g", kind->name, sum);
        ck_near(kind->expected(&theta, &row, t), mean, 1e-7);
    }
}
END_TEST

/* Sums over the future: E[Y(0, t)] = E[Y(0, s)] + E over what happens until
 * s of E[Y(s, t)]; for models without memory of purchases (no k) the second
 * part follows from survival alone where leaving is by time. */
START_TEST(expectations_add_up_in_time)
{
    static const char *const names[] = {"pareto/nbd", "nbd",
                                        "ggompertz/nbd", "bg/bb", "sbg",
                                        "bdw"};
    const cc_kind *kind = cc_kind_find(names[_i]);
    state = 7 + (uint64_t)_i;
    for (int n = 0; n < 100; n++) {
        const cc_theta theta = wild_theta(kind);
        cc_row row = wild_row(kind);
        row.x = row.tx = 0.0;
        const double t = wild_ahead(kind);
        const double s = kind->needs & CC_WHOLE_TIMES ? floor(t / 3.0)
                                                      : t / 3.0;
        /* Given alive at s, as many as of a customer alive at T + s whose
         * rate of buying is still what it was at T. */
        cc_row later = row;
        later.T += s;
        double rest = kind->survive(&theta, &row, s)
                      * kind->expected(&theta, &later, t - s);
        if (kind->rate != NULL && !(kind->needs & CC_WHOLE_TIMES)) {
            rest *= (theta.p[1] + later.T) / (theta.p[1] + row.T);
        } else if (kind->rate != NULL) {
            rest *= (theta.p[0] + theta.p[1] + later.T)
                    / (theta.p[0] + theta.p[1] + row.T);
        }
        ck_near(kind->expected(&theta, &row, s) + rest,
                kind->expected(&theta, &row, t), 1e-9);
    }
}
END_TEST

static double
dert(const custcap_model *model, const cc_row *row, double discount,
     double ahead)
{
    custcap_model_data data;
    custcap_model_ask ask;
    double value = -1.0;
    custcap_model_data_init(&data);
    custcap_model_ask_init(&ask);
    data.count = 1;
    data.frequency = &row->x;
    data.recency = &row->tx;
    data.age = &row->T;
    ask.what = CUSTCAP_PREDICT_DERT;
    ask.discount = discount;
    ask.ahead = ahead;
    ck_ok(custcap_model_predict(model, &ask, &data, &value, NULL));
    return value;
}

/* The future is worth something finite; a part of it less than all, more
 * discount less, and never more than what is expected to happen. */
START_TEST(discounted_futures_keep_the_laws)
{
    state = 1234 + (uint64_t)_i;
    const cc_kind *kind = kind_of(_i);
    if (kind->alive == NULL) {
        return;
    }
    const int is_k = (kind->needs & CC_NEED_LOG_INTERVALS) != 0;
    for (int n = 0; n < (is_k ? 8 : 25); n++) {
        cc_theta theta = wild_theta(kind);
        cc_row row = wild_row(kind);
        const double t = wild_ahead(kind), rate = wide(1e-4, 0.1);
        if (is_k) { /* a horizon costs seconds for k of 12, x of 10^4 */
            theta.k = 1 + n % 3;
            theta.p[0] = wide(0.1, 3.0);
            theta.p[1] = wide(1.0, 1e3);
            row.x = row.x > 20.0 ? 20.0 : row.x;
        }
        custcap_model *model = test_model(kind->name, theta.p,
                                          kind->parameters, theta.k);
        const double all = dert(model, &row, rate, 0.0);
        const double part = dert(model, &row, rate, t);
        const double less = dert(model, &row, 2.0 * rate, 0.0);
        const double plain = test_ask(model, CUSTCAP_PREDICT_EXPECTED,
                                      row.x, row.tx, row.T, t);
        ck_law(isfinite(all) && part >= 0.0);
        ck_law(part <= all * (1.0 + 1e-8));
        ck_law(less <= all * (1.0 + 1e-8));
        ck_law(part <= plain * (1.0 + 1e-8));
        custcap_model_free(model);
    }
}
END_TEST

/* The BG family: limits and neighbours of the hard places. */
START_TEST(hard_places_of_bg)
{
    const cc_row row = {.x = 0.0, .tx = 0.0, .T = 10.0};
    double before = 0.0;
    for (int i = 0; i <= 20; i++) { /* a through 1, b so that c < 0 < c */
        const cc_theta theta
            = {.p = {0.5, 3.0, 1.0 + (10 - i) * 1e-9, 0.4}, .k = 1};
        const double value = cc_kind_bg.expected(&theta, &row, 20.0);
        ck_assert(isfinite(value));
        if (i > 0) {
            ck_near(value, before, 1e-8);
        }
        before = value;
    }
    /* So soon that not even a twelfth of a purchase is in sight. */
    const cc_theta slow = {.p = {0.5, 1e5, 0.8, 2.0}, .k = 12};
    const cc_row fresh = {.x = 0.0};
    ck_assert(cc_kind_bg_k.expected(&slow, &fresh, 1e-30) < 1e-300);
    ck_assert(cc_kind_bg_k.survive(&slow, &fresh, 1e-30) == 1.0);
    /* k = 1 of the Erlang kinds is the plain kind, digit for digit. */
    const cc_theta theta = {.p = {0.5, 3.0, 0.8, 2.0}, .k = 1};
    const cc_row busy = {.x = 7.0, .tx = 8.0, .T = 10.0};
    ck_assert(cc_kind_bg.expected(&theta, &busy, 9.0)
              == cc_kind_bg_k.expected(&theta, &busy, 9.0));
}
END_TEST

/* Two ways to the same number: the sum and the integral. */
START_TEST(sum_and_integral_agree)
{
    state = 5;
    for (int i = 0; i < 300; i++) {
        const cc_stream stream = {.s = wide(1e-2, 1e2), .w = wide(1e-3, 5.0),
                                  .a = wide(1e-2, 1e2), .b = wide(1e-2, 1e2),
                                  .k = 1};
        ck_near(cc_stream_expected(&stream),
                cc_beta_loss(stream.s, stream.a, stream.b, stream.w), 1e-11);
    }
    /* k > 1: no jump where the integral takes over, at 20,000 terms, which is
     * at w of about 475. */
    for (int32_t phase = 0; phase < 4; phase++) {
        double value[3] = {0}, stay[3] = {0};
        for (int i = 0; i < 400; i++) {
            const cc_stream stream = {.s = 0.3,
                                      .w = 400.0 * exp(0.001 * i),
                                      .a = 0.8, .b = 0.5, .k = 4,
                                      .phase = phase};
            value[i % 3] = log(cc_stream_expected(&stream));
            stay[i % 3] = log(cc_stream_survive(&stream));
            if (i > 1) {
                const int b = (i + 2) % 3, a = (i + 1) % 3;
                ck_assert(fabs(value[i % 3] - 2.0 * value[b] + value[a])
                          < 1e-7);
                ck_assert(fabs(stay[i % 3] - 2.0 * stay[b] + stay[a])
                          < 1e-7);
            }
        }
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("laws of models");
    TCase *tests = tcase_create("laws");
    int kinds = 0;
    while (cc_kind_at(kinds) != NULL) {
        kinds++;
    }
    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, slopes_are_those_of_the_likelihood, 0, kinds);
    tcase_add_loop_test(tests, chances_and_expectations_keep_the_laws, 0,
                        kinds);
    tcase_add_loop_test(tests, probabilities_sum_to_one_and_give_the_mean, 0,
                        kinds);
    tcase_add_loop_test(tests, discounted_futures_keep_the_laws, 0, kinds);
    tcase_add_loop_test(tests, expectations_add_up_in_time, 0, 6);
    tcase_add_test(tests, hard_places_of_bg);
    tcase_add_test(tests, sum_and_integral_agree);
    suite_add_tcase(suite, tests);
    return test_main(suite);
}
