-- title: New customers at the edges of what is seen
-- version: 1
-- formula: newcomers: customers whose first day with a positive revenue entry
--   is in the period. left_censored: of them, those first seen in the period
--   that holds known_from, the day from which history is known: they may have
--   been customers before. transient: of them, those whose terms (positive
--   entries with an `end`, less what was taken back) all ended before the
--   period did: values at its ends don't show them, so revenue.movements by
--   run-rate counts them neither as new nor as churn
-- source: DEFINITIONS.md "new or reactivation", "new and gone within one
--   period"
-- requirements: D-08
-- parameter: known_from day? - from when history is known
-- column: period text key - of the first revenue day
-- column: newcomers int64 sum - first revenue in the period
-- column: left_censored int64 sum - first seen at the edge of history
-- column: transient int64 sum - come and gone within the period
-- drill: newcomers SELECT party FROM (SELECT party, min(day) AS day
--   FROM entry WHERE book = 'revenue' AND unit = :unit AND amount > 0
--   AND party <> 1 GROUP BY party) JOIN calendar
--   ON day >= first_day AND day < next_day WHERE calendar.period = :period;
-- drill: left_censored SELECT party FROM (SELECT party, min(day) AS day
--   FROM entry WHERE book = 'revenue' AND unit = :unit AND amount > 0
--   AND party <> 1 GROUP BY party) JOIN calendar
--   ON day >= first_day AND day < next_day WHERE calendar.period = :period
--   AND :known_from >= first_day AND :known_from < next_day;
-- drill: transient SELECT party FROM (SELECT entry.party AS party,
--   min(iif(entry.amount > 0, entry.day, NULL)) AS day,
--   max(iif(entry.amount > 0 AND entry."end" > entry.day
--   AND entry.amount + coalesce(settled.amount, 0) > 0, entry."end", NULL))
--   AS last_end, min(entry."end" IS NOT NULL OR entry.amount <= 0)
--   AS is_terms FROM entry LEFT JOIN (SELECT ref, sum(amount) AS amount
--   FROM entry WHERE book = 'revenue' AND unit = :unit AND ref IS NOT NULL
--   GROUP BY ref) AS settled ON settled.ref = entry.id
--   CROSS JOIN calendar WHERE entry.book = 'revenue' AND entry.unit = :unit
--   AND entry.party <> 1 AND calendar.period = :period
--   AND entry.day < calendar.next_day GROUP BY entry.party) JOIN calendar
--   ON day >= first_day AND day < next_day WHERE calendar.period = :period
--   AND last_end < next_day AND is_terms;
WITH settled AS MATERIALIZED (
    SELECT ref, sum(amount) AS amount
    FROM entry
    WHERE book = 'revenue' AND unit = :unit AND ref IS NOT NULL
    GROUP BY ref
),
firsts AS MATERIALIZED (
    SELECT party, min(day) AS day
    FROM entry
    WHERE book = 'revenue' AND unit = :unit AND amount > 0 AND party <> 1
    GROUP BY party
),
new AS MATERIALIZED (
    SELECT firsts.party, firsts.day, calendar.period, calendar.first_day,
        calendar.next_day
    FROM firsts JOIN calendar ON firsts.day >= calendar.first_day
        AND firsts.day < calendar.next_day
),
lasts AS MATERIALIZED (
    SELECT entry.party,
        max(iif(entry.amount > 0 AND entry."end" > entry.day
                AND entry.amount + coalesce(settled.amount, 0) > 0,
            entry."end", NULL)) AS last_end,
        min(entry."end" IS NOT NULL OR entry.amount <= 0) AS is_terms
    FROM entry
    JOIN new ON new.party = entry.party AND entry.day < new.next_day
    LEFT JOIN settled ON settled.ref = entry.id
    WHERE entry.book = 'revenue' AND entry.unit = :unit
    GROUP BY entry.party
)
SELECT calendar.period, count(new.party) AS newcomers,
    count(iif(:known_from >= new.first_day AND :known_from < new.next_day,
        new.party, NULL)) AS left_censored,
    count(iif(lasts.is_terms AND lasts.last_end < new.next_day, new.party,
        NULL)) AS transient
FROM calendar
LEFT JOIN new ON new.period = calendar.period
LEFT JOIN lasts ON lasts.party = new.party
GROUP BY calendar.period
