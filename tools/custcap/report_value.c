/*
 * report_value.c - the parts of the report about revenue: the waterfall,
 * movements, retention, the three Rs.
 *
 * Method:     a table out of the measure, a chart of that table, then one
 *             plain sentence that says what it comes to.
 * Threads:    the main thread only.
 */
#include "labels.h"
#include "report.h"
#include "shown.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

__extension__ typedef __int128 wide_integer;

/* num / den against a percentage: -1 below, 0 equal, 1 above. */
static int
against(int64_t num, int64_t den, int percent)
{
    const wide_integer left = (wide_integer)num * 100;
    const wide_integer right = (wide_integer)den * percent;
    return left < right ? -1 : left > right;
}

/* What leads from the opening to the closing value of a period. */
static const struct {
    const char *name;
    int sign;
} steps[] = {{"new", 1},          {"reactivation", 1}, {"expansion", 1},
             {"contraction", -1}, {"churn", -1},       {"fx", 1},
             {"adj", 1}};
enum { STEPS = sizeof steps / sizeof steps[0] };

static void
put_step(const report *made, section *part, const char *name, int64_t amount,
         int64_t after)
{
    report_head(made, part, name);
    report_put_money(made, part, amount);
    report_put_money(made, part, after);
}

void
report_waterfall(report *made)
{
    custcap_table *table =
        report_ask(made, "revenue.movements", made->last.period,
                   made->last.from, made->last.to);
    if (table == NULL || custcap_table_rows(table) != 1) {
        custcap_table_free(table);
        return;
    }
    char en[120], zh[120];
    snprintf(en, sizeof en, "How the revenue of %s follows from %s",
             made->last.label, made->last.before);
    snprintf(zh, sizeof zh, "从 %s 的收入到 %s 的收入", made->last.before,
             made->last.label);
    section *part = report_section(made, "waterfall", en, zh);
    sheet_begin(&part->rows, 3);
    sheet_put(&part->rows, report_word(made, "step", "步骤"));
    report_head(made, part, "amount");
    sheet_put(&part->rows, report_word(made, "after it", "之后"));
    const int64_t opening = report_int64(table, "opening", 0);
    const int64_t closing = report_int64(table, "closing", 0);
    int64_t after = opening;
    put_step(made, part, "opening", opening, after);
    for (size_t i = 0; i < STEPS; i++) {
        const int64_t amount =
            steps[i].sign * report_int64(table, steps[i].name, 0);
        after = report_sum(after, amount);
        if (amount != 0 || i < STEPS - 2) {
            put_step(made, part, steps[i].name, amount, after);
        }
    }
    put_step(made, part, "closing", closing, closing);
    char a[NUMBER_BYTES], b[NUMBER_BYTES], share[NUMBER_BYTES];
    report_money(made, opening, a, sizeof a);
    report_money(made, closing, b, sizeof b);
    percent_show(report_sum(closing, -opening), opening, 1, share);
    const char *plus = closing >= opening && opening > 0 ? "+" : "";
    words_add(&part->words,
              report_word(made, "From %s to %s, %s%s; the steps sum to the "
                                "difference exactly.",
                          "从 %s 到 %s，变化 %s%s；各步骤之和与差额分毫不差。"),
              a, b, plus, share);
    section_chart(part, CHART_WATERFALL, 0, 1, 1,
                  report_word(made, "Bars from the opening to the closing "
                                    "value, one for each movement between.",
                              "从期初到期末的柱形，中间每个变动一根。"));
    words_add(&made->paper.verdict,
              report_word(made, "%s against %s: revenue %s%s.",
                          "%s 与 %s 相比：收入 %s%s。"),
              made->last.label, made->last.before, plus, share);
    custcap_table_free(table);
}

static void
movements_sentence(const report *made, section *part, int64_t first,
                   int64_t rows)
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
    words_add(&part->words,
              report_word(made,
                          "In these months %s new customers brought %s; %s "
                          "times a customer did not buy in the month after, "
                          "which took %s.",
                          "这些月份里 %s 位新客户带来 %s；客户有 %s "
                          "次在次月没有购买，少了 %s。"),
              a, b, c, d);
    if (made->unfinished >= 0) {
        words_add(&part->words, "%s",
                  report_word(made, "The last month is not over.",
                              "最后一个月还没有结束。"));
    }
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
    section *part = report_section(made, "movements",
                                   "How revenue moved, month by month",
                                   "每月收入的变动");
    sheet_begin(&part->rows, COLUMNS + 1);
    report_head(made, part, "period");
    for (int c = 0; c < COLUMNS; c++) {
        report_head(made, part, columns[c]);
    }
    for (int64_t i = first; i < rows; i++) {
        report_put_text(made, part, months, "period", i);
        for (int c = 0; c < COLUMNS; c++) {
            report_put_money(made, part,
                             report_int64(months, columns[c], i));
        }
    }
    movements_sentence(made, part, first, rows);
    section_chart(part, CHART_LINES, 0, COLUMNS, 1,
                  report_word(made, "Revenue of each month as a line.",
                              "每月收入的折线。"));
    part->drawn.divisor = made->divisor;
    part->drawn.digits = made->digits;
    if (made->unfinished >= first) {
        part->drawn.dashed_from = made->unfinished - first;
    }
}

/* One ratio of a table: label, percentage, what of what. */
static void
put_ratio(const report *made, section *part, const custcap_table *table,
          const char *name, int is_money)
{
    const int64_t num = report_int64(table, name, 0);
    const int64_t den = report_den(table, name, 0);
    report_head(made, part, name);
    sheet_put_share(&part->rows, num, den, 1);
    if (is_money) {
        report_put_money(made, part, num);
        report_put_money(made, part, den);
    } else {
        sheet_put_count(&part->rows, num);
        sheet_put_count(&part->rows, den);
    }
}

/* The bands of DEFINITIONS.md: 100% healthy, 105% to 110% well run. */
static const char *
band_of(const report *made, int64_t num, int64_t den)
{
    if (against(num, den, 100) < 0) {
        return report_word(made,
                           "below 100%: existing customers shrink, and new "
                           "ones first fill the gap",
                           "低于 100%：老客户在变少，新客户先要补上缺口");
    }
    if (against(num, den, 105) < 0) {
        return report_word(made, "100% or more: healthy",
                           "达到 100%，健康");
    }
    if (against(num, den, 110) <= 0) {
        return report_word(made, "between 105% and 110%: well run",
                           "在 105% 到 110% 之间，经营良好");
    }
    return report_word(made, "above 110%: beyond the well-run band",
                       "高于 110%，超过经营良好的区间");
}

static void
retention_sentence(report *made, section *part, int64_t num, int64_t den)
{
    char share[NUMBER_BYTES];
    if (den <= 0) {
        return;
    }
    const char *band = band_of(made, num, den);
    percent_show(num, den, 1, share);
    words_add(&part->words,
              report_word(made, "The customers of %s spent in %s %s of what "
                                "they did then, %s.",
                          "%s 的客户在 %s 的收入是当时的 %s，%s。"),
              made->last.before, made->last.label, share, band);
    words_add(&made->paper.verdict,
              report_word(made, "Net revenue retention %s, %s.",
                          "净收入留存率 %s，%s。"),
              share, band);
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
    snprintf(en, sizeof en, "Who stayed: %s against %s", made->last.label,
             made->last.before);
    snprintf(zh, sizeof zh, "谁留下来了：%s 与 %s 相比", made->last.label,
             made->last.before);
    section *part = report_section(made, "retention", en, zh);
    sheet_begin(&part->rows, 4);
    sheet_put(&part->rows, report_word(made, "measure", "指标"));
    sheet_put(&part->rows, report_word(made, "share", "比率"));
    sheet_put(&part->rows, report_word(made, "kept", "留下"));
    sheet_put(&part->rows, report_word(made, "of", "原有"));
    put_ratio(made, part, table, "nrr", 1);
    put_ratio(made, part, table, "grr", 1);
    put_ratio(made, part, table, "logo", 0);
    section_chart(part, CHART_BARS, 0, 1, 1,
                  report_word(made, "Each share as a bar, against 100%.",
                              "每个比率一根柱，以 100% 为参照。"));
    part->drawn.mark = 1000000;
    retention_sentence(made, part, report_int64(table, "nrr", 0),
                       report_den(table, "nrr", 0));
    custcap_table_free(table);
}

void
report_trend(report *made)
{
    static const char *const columns[] = {"nrr", "grr", "logo"};
    enum { COLUMNS = sizeof columns / sizeof columns[0] };
    custcap_table *table =
        report_ask(made, "revenue.retention", "month", 0, 0);
    if (table == NULL || custcap_table_rows(table) < 2) {
        custcap_table_free(table);
        return;
    }
    const int64_t rows = custcap_table_rows(table);
    const int64_t first = rows > MONTHS_SHOWN ? rows - MONTHS_SHOWN : 0;
    section *part =
        report_section(made, "trend", "Retention, month against the month "
                                      "before",
                       "留存率：每月与上月相比");
    sheet_begin(&part->rows, COLUMNS + 1);
    report_head(made, part, "period");
    for (int c = 0; c < COLUMNS; c++) {
        report_head(made, part, columns[c]);
    }
    for (int64_t i = first; i < rows; i++) {
        report_put_text(made, part, table, "period", i);
        for (int c = 0; c < COLUMNS; c++) {
            sheet_put_share(&part->rows, report_int64(table, columns[c], i),
                            report_den(table, columns[c], i), 1);
        }
    }
    section_chart(part, CHART_LINES, 0, 1, COLUMNS,
                  report_word(made,
                              "A line for each kind of retention; the part "
                              "of a month that is not over is dashed.",
                              "每种留存率一条线；未结束的月份用虚线。"));
    part->drawn.mark = 1000000;
    if (made->unfinished >= first) {
        part->drawn.dashed_from = made->unfinished - first;
    }
    custcap_table_free(table);
}

static void
structure_sentence(report *made, section *part, const custcap_table *table)
{
    char share[NUMBER_BYTES], sum[NUMBER_BYTES];
    percent_show(report_int64(table, "quality", 0),
                 report_den(table, "quality", 0), 1, share);
    report_money(made, report_int64(table, "revenue", 0), sum, sizeof sum);
    words_add(&part->words,
              report_word(made,
                          "Of %s revenue, %s is customer capital at work "
                          "(retention, ramp-up, referral): the capital "
                          "quality.",
                          "收入 %s 中，客户资本质量为 "
                          "%s：来自留存、潜力和口碑，而不是花钱买来的。"),
              sum, share);
    words_add(&made->paper.verdict,
              report_word(made, "Capital quality %s.",
                          "客户资本质量 %s。"),
              share);
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
    snprintf(en, sizeof en, "Where the revenue of %s came from",
             made->last.label);
    snprintf(zh, sizeof zh, "%s 的收入从哪里来", made->last.label);
    section *part = report_section(made, "structure", en, zh);
    const int64_t revenue = report_int64(table, "revenue", 0);
    sheet_begin(&part->rows, 4);
    report_head(made, part, "part_of_revenue");
    sheet_put(&part->rows, report_word(made, "what it is", "含义"));
    report_head(made, part, "revenue");
    sheet_put(&part->rows, report_word(made, "share", "占比"));
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        const int64_t value = report_int64(table, parts[i].name, 0);
        report_head(made, part, parts[i].name);
        sheet_put(&part->rows, report_word(made, parts[i].en, parts[i].zh));
        report_put_money(made, part, value);
        sheet_put_share(&part->rows, value, revenue, 1);
    }
    section_chart(part, CHART_BARS, 0, 2, 1,
                  report_word(made, "Each part of the revenue as a bar.",
                              "收入的每个部分一根柱。"));
    structure_sentence(made, part, table);
    custcap_table_free(table);
}
