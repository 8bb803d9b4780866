/*
 * real.h - a double as decimal digits.
 */
#ifndef CC_BASE_REAL_H
#define CC_BASE_REAL_H

enum { CC_REAL_BYTES = 32 };

/* The fewest digits that read back as the same double, as JSON and CSV take
 * them: 0.243, 1e-7, -9582.429.  Infinity and NaN are "inf", "-inf", "nan".
 * Whatever the host's locale, the point is a point. */
const char *cc_real_format(double value, char room[CC_REAL_BYTES]);
/* At most so many significant digits (1 to 17), zeros at the end left out. */
const char *cc_real_round(double value, int digits, char room[CC_REAL_BYTES]);

#endif
