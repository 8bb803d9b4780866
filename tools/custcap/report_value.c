/*
 * report_value.c - the parts of the report about revenue: movements,
 * retention, the three Rs.
 *
 * Method:     a table out of the measure, then one plain sentence that says
 *             what it comes to.
 * Threads:    the main thread only.
 */
#include "labels.h"
#include "report.h"
#include "shown.h"

#include <assert.h>
#include <stdio.h>

__extension__ typedef __int128 wide_integer;

static int
language_of(const report *made)
{
    return made->zh ? LANG_ZH : LANG_EN;
}

/* num / den against a percentage: -1 below, 0 equal, 1 above. */
static int
against(int64_t num, int64_t den, int percent)
{
    const wide_integer left = (wide_integer)num * 100;
    const wide_integer right = (wide_integer)den * percent;
    return left < right ? -1 : left > right;
}

static void
movements_sentence(const report *made, int64_t first, int64_t rows)
{
    int64_t new_customers = 0, lost_customers = 0;
    wide_integer came = 0, went = 0;
    for (int64_t i = first; i < rows; i++) {
        new_customers += report_int64(made->months, "customers_new", i);
        lost_customers += report_int64(made->months, "customers_churn", i);
        came += report_int64(made->months, "new", i);
        went += report_int64(made->months, "churn", i);
    }
    if (came > INT64_MAX || went > INT64_MAX || went < INT64_MIN) {
        return; /* nothing to put into a sentence */
    }
    char a[NUMBER_BYTES], b[NUMBER_BYTES], c[NUMBER_BYTES], d[NUMBER_BYTES];
    grouped_show(new_customers, 1, 0, a, sizeof a);
    report_money(made, (int64_t)came, b, sizeof b);
    grouped_show(lost_customers, 1, 0, c, sizeof c);
    report_money(made, (int64_t)went, d, sizeof d);
    output_print(made->zh
                     ? "\n这些月份里 %s 位新客户带来 %s；客户有 %s "
                       "次在次月没有购买，少了 %s。\n"
                     : "\nIn these months %s new customers brought %s; %s "
                       "times a customer did not\nbuy in the month after, "
                       "which took %s.\n",
                 a, b, c, d);
}

void
report_movements(report *made)
{
    static const char *const columns[] = {
        "opening",     "new",   "reactivation", "expansion",
        "contraction", "churn", "closing"};
    enum { COLUMNS = sizeof columns / sizeof columns[0] };
    const custcap_table *months = made->months;
    const int64_t rows = custcap_table_rows(months);
    const int64_t first = rows > MONTHS_SHOWN ? rows - MONTHS_SHOWN : 0;
    report_title(made, "1. How revenue moved, month by month",
                 "1. 每月收入的变动");
    page made_page;
    page_begin(&made_page, COLUMNS + 1, 1);
    page_put(&made_page, label_of("period", language_of(made)));
    for (int c = 0; c < COLUMNS; c++) {
        page_put(&made_page, label_of(columns[c], language_of(made)));
    }
    for (int64_t i = first; i < rows; i++) {
        int64_t length = 0;
        char label[32];
        const char *text = custcap_table_text(
            months, custcap_table_find(months, "period"), i, &length);
        snprintf(label, sizeof label, "%.*s", (int)length, text);
        page_put(&made_page, label);
        for (int c = 0; c < COLUMNS; c++) {
            page_put_money(&made_page, report_int64(months, columns[c], i),
                           made->divisor, made->digits);
        }
    }
    page_print(&made_page);
    movements_sentence(made, first, rows);
}

/* One ratio of a table: label, percentage, what of what. */
static void
put_ratio(const report *made, page *to, const custcap_table *table,
          const char *name, int is_money)
{
    const int64_t column = custcap_table_find(table, name);
    const int64_t num = custcap_table_int64(table, column, 0);
    const int64_t den = custcap_table_denominator(table, column, 0);
    page_put(to, label_of(name, language_of(made)));
    page_put_share(to, num, den, 1);
    page_put_money(to, num, is_money ? made->divisor : 1,
                   is_money ? made->digits : 0);
    page_put_money(to, den, is_money ? made->divisor : 1,
                   is_money ? made->digits : 0);
}

/* The bands of DEFINITIONS.md: 100% healthy, 105% to 110% well run. */
static void
retention_sentence(const report *made, int64_t num, int64_t den)
{
    char share[NUMBER_BYTES];
    const char *words = NULL;
    if (den <= 0) {
        return;
    }
    if (against(num, den, 100) < 0) {
        words = made->zh ? "低于 100%：老客户在变少，新客户先要补上缺口"
                         : "below 100%: existing customers shrink, and new "
                           "ones first fill the gap";
    } else if (against(num, den, 105) < 0) {
        words = made->zh ? "达到 100%，健康" : "100% or more: healthy";
    } else if (against(num, den, 110) <= 0) {
        words = made->zh ? "在 105% 到 110% 之间，经营良好"
                         : "between 105% and 110%: well run";
    } else {
        words = made->zh ? "高于 110%，超过经营良好的区间"
                         : "above 110%: beyond the well-run band";
    }
    percent_show(num, den, 1, share);
    output_print(made->zh ? "\n%s 的客户在 %s 的收入是当时的 %s，%s。\n"
                          : "\nThe customers of %s spent in %s %s of what "
                            "they did then,\n%s.\n",
                 made->last.before, made->last.label, share, words);
}

void
report_retention(report *made)
{
    custcap_table *table =
        report_ask(made, "revenue.retention", made->last.period,
                   made->last.from, made->last.to);
    if (table == NULL || custcap_table_rows(table) != 1) {
        custcap_table_free(table);
        return;
    }
    char en[120], zh[120];
    snprintf(en, sizeof en, "2. Who stayed: %s against %s", made->last.label,
             made->last.before);
    snprintf(zh, sizeof zh, "2. 谁留下来了：%s 与 %s 相比", made->last.label,
             made->last.before);
    report_title(made, en, zh);
    page made_page;
    page_begin(&made_page, 4, 1);
    page_put(&made_page, made->zh ? "指标" : "measure");
    page_put(&made_page, made->zh ? "比率" : "share");
    page_put(&made_page, made->zh ? "留下" : "kept");
    page_put(&made_page, made->zh ? "原有" : "of");
    put_ratio(made, &made_page, table, "nrr", 1);
    put_ratio(made, &made_page, table, "grr", 1);
    put_ratio(made, &made_page, table, "logo", 0);
    page_print(&made_page);
    const int64_t nrr = custcap_table_find(table, "nrr");
    retention_sentence(made, custcap_table_int64(table, nrr, 0),
                       custcap_table_denominator(table, nrr, 0));
    custcap_table_free(table);
}

void
report_structure(report *made)
{
    static const struct {
        const char *name, *en, *zh;
    } parts[] = {
        {"retention", "existing customers, lines they know",
         "老客户、已买过的产品线"},
        {"ramp_up", "existing customers, lines new to them",
         "老客户、第一次买的产品线"},
        {"referral", "new customers, sent by existing ones",
         "老客户介绍来的新客户"},
        {"paid_new", "new customers, through paid channels",
         "付费渠道来的新客户"},
        {"other_new", "new customers, any other way", "其他新客户"},
    };
    custcap_table *table =
        report_ask(made, "capital.structure", made->last.period,
                   made->last.from, made->last.to);
    if (table == NULL || custcap_table_rows(table) != 1) {
        custcap_table_free(table);
        return;
    }
    char en[120], zh[120];
    snprintf(en, sizeof en, "3. Where the revenue of %s came from",
             made->last.label);
    snprintf(zh, sizeof zh, "3. %s 的收入从哪里来", made->last.label);
    report_title(made, en, zh);
    const int64_t revenue = report_int64(table, "revenue", 0);
    page made_page;
    page_begin(&made_page, 4, 2);
    page_put(&made_page, made->zh ? "部分" : "part");
    page_put(&made_page, made->zh ? "含义" : "what it is");
    page_put(&made_page, label_of("revenue", language_of(made)));
    page_put(&made_page, made->zh ? "占比" : "share");
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        const int64_t value = report_int64(table, parts[i].name, 0);
        page_put(&made_page, label_of(parts[i].name, language_of(made)));
        page_put(&made_page, made->zh ? parts[i].zh : parts[i].en);
        page_put_money(&made_page, value, made->divisor, made->digits);
        page_put_share(&made_page, value, revenue, 1);
    }
    page_print(&made_page);
    const int64_t quality = custcap_table_find(table, "quality");
    char share[NUMBER_BYTES], sum[NUMBER_BYTES];
    percent_show(custcap_table_int64(table, quality, 0),
                 custcap_table_denominator(table, quality, 0), 1, share);
    report_money(made, revenue, sum, sizeof sum);
    output_print(made->zh ? "\n收入 %s 中，客户资本质量为 "
                            "%s：来自留存、潜力和口碑，而不是花钱买来的。\n"
                          : "\nOf %s revenue, %s is customer capital at "
                            "work (retention, ramp-up,\nreferral): the "
                            "capital quality.\n",
                 sum, share);
    custcap_table_free(table);
}
