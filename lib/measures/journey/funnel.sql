-- title: Funnel
-- version: 1
-- formula: parties that reach each step, by the period in which they enter: a
--   step is reached by events in order, one for every step up to it that
--   can't be left out and one for itself, the first in the period, the last
--   less than `hours` later. Of events of one instant those of earlier steps
--   come first. After the window's end nothing is looked at unless --as-of
--   says a later day
-- requirements: C-20 E-08
-- source: VOCABULARY.md "The customer-capital triangle" (path)
-- window: events
-- parameter: steps text - kinds of event in order, with commas: kind,
--   kind@object or @object; | between alternatives; ? behind a step that may
--   be left out; words include those below them
-- parameter: hours int64 = 720 - within which an attempt has to be finished
-- column: period text key - in which it began
-- column: step int64 key - its number, from 1
-- column: name text none - as the parameter says it
-- column: parties int64 sum - that reached it
-- column: reached ratio ratio - of those that entered
-- column: passed ratio ratio - of those that reached the step before that
--   can't be left out
-- drill: parties,reached_num,passed_num SELECT party
--   FROM funnel_party(:step, :period);
-- drill: reached_den SELECT party FROM funnel_party(1, :period);
WITH reached AS MATERIALIZED (
    SELECT period, step, name, before, parties FROM funnel
)
SELECT at.period, at.step, at.name, at.parties,
    at.parties AS reached_num, entered.parties AS reached_den,
    at.parties AS passed_num,
    coalesce(above.parties, entered.parties) AS passed_den
FROM reached AS at
JOIN reached AS entered ON entered.period = at.period AND entered.step = 1
LEFT JOIN reached AS above
    ON above.period = at.period AND above.step = at.before
