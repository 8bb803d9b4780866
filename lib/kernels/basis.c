/*
 * basis.c - which variant of the revenue questions is asked.
 *
 * Why here:   movements, retention and their drills read the same parameters
 *             and need the same columns and rates.
 * Method:     parameters first, for they say which columns to read; the rates
 *             when the grid is there, for they are by its periods.
 * Threads:    opened by the view's thread, read by all.
 */
#include "worth.h"

#include <assert.h>

static custcap_status
read_choice(const cc_question *question, const char *name,
            const char *usual, const char *other, int32_t *is_other,
            custcap_error *error)
{
    const cc_parameter *given = cc_question_parameter(question, name);
    *is_other = 0;
    if (given == NULL || cc_text_is(given->text, usual)) {
        return CUSTCAP_OK;
    }
    *is_other = cc_text_is(given->text, other);
    char room[256];
    return *is_other ? CUSTCAP_OK
                     : cc_fail(error, CUSTCAP_INVALID,
                               "parameter %s is '%s', expected %s or %s",
                               name, cc_text_show(given->text, room), usual,
                               other);
}

custcap_status
cc_basis_read(const cc_question *question, cc_basis *basis,
              custcap_error *error)
{
    assert(question != NULL && basis != NULL);
    *basis = (cc_basis){.question = question};
    CC_TRY(read_choice(question, "basis", "revenue", "runrate",
                       &basis->is_runrate, error));
    CC_TRY(read_choice(question, "convert", "none", "closing",
                       &basis->is_converted, error));
    const cc_parameter *grace = cc_question_parameter(question,
                                                      "grace_days");
    basis->grace_days = grace == NULL ? 0 : grace->integer;
    if (basis->grace_days < 0 || basis->grace_days > 3660) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "parameter grace_days is %lld, expected 0 to 3660",
                       (long long)basis->grace_days);
    }
    if (basis->grace_days > 0 && !basis->is_runrate) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "parameter grace_days needs basis=runrate: what is "
                       "recognised in a period does not wait");
    }
    basis->is_plain = !basis->is_runrate && !basis->is_converted;
    return CUSTCAP_OK;
}

static uint32_t
columns_of(const cc_basis *basis)
{
    return CC_BOOK_COLUMN(CC_ENTRY_DAY) | CC_BOOK_COLUMN(CC_ENTRY_SPAN)
           | CC_BOOK_COLUMN(CC_ENTRY_AMOUNT)
           | (basis->grace_days > 0 ? CC_BOOK_COLUMN(CC_ENTRY_LINE) : 0)
           | (basis->is_converted ? CC_BOOK_COLUMN(CC_ENTRY_UNIT) : 0);
}

custcap_status
cc_basis_book(const cc_basis *basis, uint32_t more, cc_book *book,
              custcap_error *error)
{
    assert(basis->question != NULL);
    assert(book != NULL);
    const uint32_t mask = columns_of(basis) | more;
    return basis->is_converted
               ? cc_book_open_units(basis->question, mask, book, error)
               : cc_book_open(basis->question, mask, book, error);
}

custcap_status
cc_basis_open(cc_basis *basis, const cc_grid *grid, custcap_error *error)
{
    assert(basis->question != NULL);
    assert(grid != NULL);
    basis->grid = grid;
    return basis->is_converted
               ? cc_rates_open(basis->question, grid, &basis->rates, error)
               : CUSTCAP_OK;
}

void
cc_basis_close(cc_basis *basis)
{
    cc_rates_close(&basis->rates);
}
