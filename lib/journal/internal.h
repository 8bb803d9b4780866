/*
 * internal.h - what encode.c and decode.c must agree on.
 */
#ifndef CC_JOURNAL_INTERNAL_H
#define CC_JOURNAL_INTERNAL_H

#include "body.h"

/* The first three bytes of a body.  Format 1 had no series; it is read. */
enum { CC_BODY_MAGIC_0 = 'C', CC_BODY_MAGIC_1 = 'J', CC_BODY_FORMAT = 2 };

/* A column of a body is one of cc_pack's methods, or this: from three values
 * on, the first and the step to the next (not 0), each a zigzag varint.
 * Numbers given out one after the other are such columns. */
enum { CC_BODY_SERIES = 4, CC_BODY_SERIES_MIN = 3 };

/* No record refers to more than four strings or texts of a sort. */
enum { CC_BODY_STRINGS_MAX = 4 * CC_BATCH_RECORDS_MAX };

/* Party numbers are small integers given out one after the other. */
#define CC_BODY_PARTY_MAX (INT64_C(1) << 40)

/* Are all values of the columns of one kind (those not NULL) in the range
 * their types allow, references included?  `status` says what it means when
 * they are not: INVALID on the way in, CORRUPT on the way out. */
custcap_status cc_body_check(const cc_body *body, cc_kind kind,
                             custcap_status status, custcap_error *error);

#endif
