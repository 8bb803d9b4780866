/*
 * forward.c - cells of SQL measures that are cells of a kernel's answer.
 *
 * Why here:   a measure that shows what a kernel computed has the kernel's
 *             entries behind it; telling them again in SQL would be a second
 *             definition.
 * Method:     a drill line
 *               -- drill: COLUMN[,COLUMN] = MEASURE [COLUMN] [PERIOD]
 *             asks that measure's kernel the same question (for PERIOD where
 *             one is given), finds the row whose keys equal the cells of the
 *             row being drilled that have their names, and drills its column
 *             (by default the one of the same name).
 * Invariants: the kernel is asked the question the answer came from.
 * Threads:    the view's thread; kernels bring their own.
 */
#include "inner.h"

#include <assert.h>
#include <string.h>

/* The words after "= ". */
typedef struct target {
    const cc_kernel *kernel;
    char column[CC_NAME_MAX];
    cc_period period; /* 0: the question's */
} target;

static const char *
next_word(const char *text, char word[CC_NAME_MAX])
{
    text += strspn(text, " ;");
    const size_t length = strcspn(text, " ;");
    const size_t kept = length < CC_NAME_MAX ? length : CC_NAME_MAX - 1;
    memcpy(word, text, kept);
    word[kept] = '\0';
    return text + length;
}

static custcap_status
read_target(const char *text, const char *column, target *to,
            custcap_error *error)
{
    char word[CC_NAME_MAX];
    text = next_word(text, word);
    to->kernel = cc_kernel_find(word);
    to->period = 0;
    if (to->kernel == NULL || to->kernel->drill == NULL) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "a drill line names the kernel %.60s, which there is "
                       "not",
                       word);
    }
    text = next_word(text, to->column);
    if (to->column[0] == '\0') {
        const size_t length = strlen(column);
        assert(length < CC_NAME_MAX);
        memcpy(to->column, column, length + 1);
    }
    (void)next_word(text, word);
    if (word[0] != '\0') {
        to->period = cc_period_parse(cc_text_of(word, -1));
    }
    return CUSTCAP_OK;
}

static int
same_cell(const custcap_table *a, int64_t a_column, int64_t a_row,
          const custcap_table *b, int64_t b_column, int64_t b_row)
{
    if (custcap_table_column_type(a, a_column) != CUSTCAP_TYPE_TEXT) {
        return custcap_table_int64(a, a_column, a_row)
               == custcap_table_int64(b, b_column, b_row);
    }
    cc_text left, right;
    left.data = custcap_table_text(a, a_column, a_row, &left.length);
    right.data = custcap_table_text(b, b_column, b_row, &right.length);
    return cc_text_equal(left, right);
}

/* Do the keys of the kernel's row agree with the row being drilled? */
static int
is_row(const custcap_table *own, int64_t own_row,
       const custcap_table *answer, int64_t row)
{
    const int64_t columns = custcap_table_columns(own);
    for (int64_t i = 0; i < columns; i++) {
        if (custcap_table_column_merge(own, i) != CUSTCAP_MERGE_KEY) {
            continue;
        }
        const int64_t other =
            custcap_table_find(answer, custcap_table_column_name(own, i));
        if (other >= 0 && !same_cell(own, i, own_row, answer, other, row)) {
            return 0;
        }
    }
    return 1;
}

custcap_status
cc_forward_drill(const cc_resolved *resolved, const char *text,
                 const custcap_table *answer, int64_t row,
                 const char *column, cc_parts *parts, custcap_error *error)
{
    assert(resolved != NULL && text != NULL && answer != NULL);
    assert(column != NULL && parts != NULL);

    target to;
    CC_TRY(read_target(text, column, &to, error));
    cc_question question = resolved->question;
    if (to.period != 0) {
        question.period = to.period;
        question.period_name = cc_period_name(to.period);
    }
    custcap_table *own = NULL;
    CC_TRY(to.kernel->run(&question, &own, error));
    const int64_t rows = custcap_table_rows(own);
    int64_t found = 0;
    while (found < rows && !is_row(own, found, answer, row)) {
        found++;
    }
    custcap_status status = CUSTCAP_OK;
    if (found < rows) {
        const cc_cell cell = {own, found, to.column};
        status = to.kernel->drill(&question, &cell, parts, error);
    }
    custcap_table_free(own);
    return status; /* no row: nothing is behind it */
}
