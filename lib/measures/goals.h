/*
 * goals.h - goals of the vocabulary, each read by the measure it names.
 */
#ifndef CC_MEASURES_GOALS_H
#define CC_MEASURES_GOALS_H

#include "inner.h"

/* Does the measure, or one it uses, look at goal_reading? */
int cc_measure_gathers(const cc_measure *measure);
/* The table goal_reading for a question; its columns are in goals.c. */
custcap_status cc_goals_gather(const cc_resolved *outer,
                               custcap_table **table, custcap_error *error);

#endif
