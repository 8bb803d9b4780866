/*
 * report_world.c - the parts of the report about everybody: roles and how
 * parties are tied to each other.
 *
 * Threads:    the main thread only.
 */
#include "labels.h"
#include "report.h"
#include "shown.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { ROLES_SHOWN = 16, TIES_SHOWN = 24 };

static custcap_table *
most_first(report *made, custcap_table *table, const char *column,
           int64_t limit)
{
    custcap_table *sorted = NULL;
    if (table != NULL) {
        const custcap_status status = custcap_table_sorted(
            table, column, 1, limit, &sorted, made->opened->error);
        if (status != CUSTCAP_OK) {
            const int code =
                say_failure(status, made->opened->error, column);
            made->code = made->code == EXIT_OK ? code : made->code;
        }
    }
    custcap_table_free(table);
    return sorted;
}

/* Rows that did not fit on the page are said, never dropped in silence. */
static void
say_left_out(report *made, section *part, int64_t rows, int64_t shown)
{
    if (rows > shown) {
        words_add(&part->words,
                  report_word(made, "The %lld largest of %lld are shown.",
                              "只显示最大的 %lld 项，共 %lld 项。"),
                  (long long)shown, (long long)rows);
    }
}

void
report_roles(report *made)
{
    custcap_table *whole = report_ask(made, "role.counts", "month", 0, 0);
    const int64_t rows = whole != NULL ? custcap_table_rows(whole) : 0;
    custcap_table *table = most_first(made, whole, "parties", ROLES_SHOWN);
    if (table == NULL || rows == 0) {
        custcap_table_free(table);
        return;
    }
    section *part =
        report_section(made, "roles", "Who is who: parties by role",
                       "谁是谁：各角色的人数");
    sheet_begin(&part->rows, 3);
    sheet_put(&part->rows, report_word(made, "role", "角色"));
    sheet_put(&part->rows, report_word(made, "parties", "人数"));
    sheet_put(&part->rows, report_word(made, "share", "占比"));
    for (int64_t i = 0; i < custcap_table_rows(table); i++) {
        report_put_word(made, part, table, "role", i, CUSTCAP_WORD_ROLE);
        sheet_put_count(&part->rows, report_int64(table, "parties", i));
        sheet_put_share(&part->rows, report_int64(table, "share", i),
                        report_den(table, "share", i), 1);
    }
    section_chart(part, CHART_BARS, 0, 1, 1,
                  report_word(made, "The parties in each role as a bar.",
                              "每个角色的人数一根柱。"));
    words_add(&part->words, "%s",
              report_word(made,
                          "A party with two roles is in both; shares are of "
                          "the parties with any role.",
                          "兼有两个角色的人计入两处；占比以有角色的人数为底。"));
    say_left_out(made, part, rows, custcap_table_rows(table));
    custcap_table_free(table);
}

/* Each party stands at its first role by name, below which root it is. */
static const char ties_text[] =
    "-- title: How roles are tied to each other\n"
    "-- version: 1\n"
    "-- formula: relations in force, counted by the roots of the roles of\n"
    "--   their two ends\n"
    "-- source: VOCABULARY.md \"Roles\"\n"
    "-- window: none\n"
    "-- column: source text key - root of a role, or us\n"
    "-- column: tie text key - plays, or the type of relation\n"
    "-- column: target text key - root of a role, or none\n"
    "-- column: ties int64 sum - how many\n"
    "WITH place AS MATERIALIZED (\n"
    "    SELECT party, min(iif(instr(role, '.') > 0,\n"
    "        substr(role, 1, instr(role, '.') - 1), role)) AS root\n"
    "    FROM role_interval('us') WHERE holds = 1 GROUP BY party\n"
    ")\n"
    "SELECT 'us' AS source, 'plays' AS tie, root AS target,\n"
    "    count(*) AS ties FROM place GROUP BY root\n"
    "UNION ALL\n"
    "SELECT coalesce(a.root, 'none'), relation.type,\n"
    "    coalesce(b.root, 'none'), count(*)\n"
    "FROM relation LEFT JOIN place AS a ON a.party = relation.party\n"
    "    LEFT JOIN place AS b ON b.party = relation.other\n"
    "WHERE relation.until IS NULL OR relation.until > :as_of\n"
    "GROUP BY 1, 2, 3\n";

void
report_ties(report *made)
{
    custcap_table *whole = report_ask_text(made, "ties", ties_text);
    const int64_t rows = whole != NULL ? custcap_table_rows(whole) : 0;
    custcap_table *table = most_first(made, whole, "ties", TIES_SHOWN);
    if (table == NULL || rows == 0) {
        custcap_table_free(table);
        return;
    }
    section *part =
        report_section(made, "ties", "The ecosystem: how roles are tied",
                       "客户生态圈：角色之间的联系");
    sheet_begin(&part->rows, 4);
    sheet_put(&part->rows, report_word(made, "from", "自"));
    sheet_put(&part->rows, report_word(made, "tie", "联系"));
    sheet_put(&part->rows, report_word(made, "to", "至"));
    sheet_put(&part->rows, report_word(made, "how many", "数量"));
    for (int64_t i = 0; i < custcap_table_rows(table); i++) {
        report_put_word(made, part, table, "source", i, CUSTCAP_WORD_ROLE);
        report_put_word(made, part, table, "tie", i, CUSTCAP_WORD_RELATION);
        report_put_word(made, part, table, "target", i, CUSTCAP_WORD_ROLE);
        sheet_put_count(&part->rows, report_int64(table, "ties", i));
    }
    section_chart(part, CHART_GRAPH, 0, 3, 1,
                  report_word(made,
                              "The company in the middle, a circle for each "
                              "root role around it, and a line for each tie; "
                              "the thicker, the more.",
                              "公司居中，四周每个角色一个圆，联系为线，越粗越"
                              "多。"));
    say_left_out(made, part, rows, custcap_table_rows(table));
    custcap_table_free(table);
}
