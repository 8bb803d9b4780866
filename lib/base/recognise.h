/*
 * recognise.h - how much of an amount falls into a window of days.
 *
 * DEFINITIONS.md "annual contracts": an amount with a service period
 * [day, end) is recognised day by day; up to a day it is amount * elapsed /
 * total, rounded toward zero, so that windows that follow each other
 * telescope to the amount exactly and a credit mirrors its sale.
 */
#ifndef CC_BASE_RECOGNISE_H
#define CC_BASE_RECOGNISE_H

#include "money.h"

/* What of it is recognised before the day `at`; total: days of service, 0
 * and less: none, it counts on its day. */
static inline int64_t
cc_recognised_until(int64_t amount, int32_t day, int64_t total, int32_t at)
{
    const int64_t elapsed = (int64_t)at - day;
    if (elapsed <= 0) {
        return 0;
    }
    return elapsed >= total ? amount : cc_share_down(amount, elapsed, total);
}

#endif
