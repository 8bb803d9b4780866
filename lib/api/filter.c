/*
 * filter.c - the body of a batch without the rows that exist already.
 *
 * Why here:   a retry usually repeats everything or nothing, so copying is
 *             rare; when it happens, the host's batch must stay as it is.
 * Method:     rows that are NEW are copied column by column; strings and
 *             texts are added again where a copied row refers to them.
 * Invariants: final_row says for every row where it went, -1 for nowhere.
 * Threads:    the ledger's thread only.
 */
#include "commit.h"

#include <assert.h>

static custcap_status
strings_copy(cc_commit *commit, cc_kind kind, int64_t count,
             custcap_error *error)
{
    const cc_body *from = &commit->batch->body;
    cc_body *to = &commit->filtered;
    const cc_record_type *type = cc_record_type_of(kind);
    for (int32_t f = 0; f < type->field_count; f++) {
        const cc_field *field = &type->fields[f];
        if (field->type != CC_F_STRING && field->type != CC_F_TEXT) {
            continue;
        }
        int64_t *column = to->rows[kind].columns[field->column];
        for (int64_t i = 0; i < count; i++) {
            const int64_t old = column[i];
            if (old == 0) {
                continue;
            }
            if (field->type == CC_F_STRING) {
                CC_TRY(cc_body_add_string(to, cc_body_string(from, old),
                                          &column[i], error));
            } else {
                CC_TRY(cc_body_add_text(to, from->texts[old - 1].party,
                                        cc_body_text(from, old), &column[i],
                                        error));
            }
        }
    }
    return CUSTCAP_OK;
}

static custcap_status
kind_copy(cc_commit *commit, cc_kind kind, custcap_error *error)
{
    const cc_rows *from = &commit->batch->body.rows[kind];
    const int32_t *status = commit->batch->status[kind];
    const int64_t added = commit->rows_before[kind];
    int64_t keep = 0;
    for (int64_t i = 0; i < from->count; i++) {
        /* Rows past `added` were made by the commit itself: always new. */
        const int is_new = i >= added || status[i] == CUSTCAP_RECORD_NEW;
        if (i < added) {
            commit->final_row[kind][i] = is_new ? keep : -1;
        }
        keep += is_new;
    }
    if (keep == 0) {
        return CUSTCAP_OK;
    }
    int64_t first = 0;
    CC_TRY(cc_body_extend(&commit->filtered, kind, keep, &first, error));
    assert(first == 0);
    for (int32_t c = 0; c < cc_record_type_of(kind)->column_count; c++) {
        int64_t *to = commit->filtered.rows[kind].columns[c];
        int64_t at = 0;
        for (int64_t i = 0; i < from->count; i++) {
            if (i >= added || status[i] == CUSTCAP_RECORD_NEW) {
                to[at++] = from->columns[c][i];
            }
        }
        assert(at == keep);
    }
    return strings_copy(commit, kind, keep, error);
}

custcap_status
cc_commit_filter(cc_commit *commit, custcap_error *error)
{
    for (int kind = CC_DEFINITION; kind < CC_KIND_END; kind++) {
        CC_TRY(kind_copy(commit, (cc_kind)kind, error));
    }
    commit->body = &commit->filtered;
    return CUSTCAP_OK;
}
