/*
 * report_basis.c - what the report rests on: measures, journal head, query.
 *
 * Why here:   a number that can't be asked for again is a rumour.
 * Threads:    the main thread only.
 */
#include "report.h"

#include <stdio.h>

static const char *
about_or_dash(const char *name, const char *field)
{
    const char *text = custcap_measure_about(name, field);
    return text != NULL ? text : "-";
}

void
report_basis(report *made)
{
    section *part = report_section(made, "basis", "What this rests on",
                                   "依据");
    sheet_begin(&part->rows, 3);
    sheet_put(&part->rows, report_word(made, "measure", "指标"));
    sheet_put(&part->rows, report_word(made, "version", "版本"));
    sheet_put(&part->rows, report_word(made, "definition", "定义"));
    for (int i = 0; i < made->asked_count; i++) {
        sheet_put(&part->rows, made->asked[i]);
        sheet_put(&part->rows, about_or_dash(made->asked[i], "version"));
        sheet_put(&part->rows, about_or_dash(made->asked[i], "title"));
    }
    const char *head = custcap_table_note(made->months, "head");
    const char *query = custcap_table_note(made->months, "query");
    words_add(&part->words,
              report_word(made,
                          "`custcap measures NAME` says what each of them "
                          "means; `custcap drill` leads from any of their "
                          "cells to the entries behind it.",
                          "`custcap measures 名称` 给出每个指标的定义；"
                          "`custcap drill` 由任一数字追溯到其背后的分录。"));
    words_add(&part->words,
              report_word(made, "Journal head: %s.", "账本链头：%s。"),
              head != NULL ? head : "-");
    words_add(&part->words,
              report_word(made, "First question: %s %s.",
                          "首个查询：%s %s。"),
              made->asked[0], query != NULL ? query : "-");
}
