-- title: Payback of acquisition spend by cohort
-- version: 1
-- formula: cohort: customers by the period of their first revenue, all of
--   them, also those whose revenue of that period came to nothing; spend: of
--   the book acquisition in that period; earned: cumulative revenue of the
--   cohort; payback: the first age, in periods, at which earned reaches
--   spend; nothing where it hasn't
-- source: DEFINITIONS.md "Identities" (CAC), "Words" (first revenue)
-- requirements: D-09
-- basis: revenue (amounts recognised in the period, net of tax)
-- column: cohort text key - period of the first revenue
-- column: customers int64 sum - newcomers of the period
-- column: spend money sum - on winning customers, in the period
-- column: earned money sum - their revenue, to the last period of the data
-- column: cac ratio ratio unit - spend a newcomer
-- column: payback int64 none - periods until earned back
-- drill: spend SELECT id, party, amount AS part FROM entry
--   WHERE book = 'acquisition' AND unit = :unit
--   AND day >= :from AND day < :to
--   AND :cohort = CASE :period WHEN 'whole' THEN :cohort
--   ELSE period_label(:period, day) END;
-- drill: customers,cac_den SELECT party FROM entry
--   WHERE book = 'revenue' AND unit = :unit AND amount > 0 AND party <> 1
--   GROUP BY party HAVING min(day) >= :from AND min(day) < :to
--   AND :cohort = CASE :period WHEN 'whole' THEN :cohort
--   ELSE period_label(:period, min(day)) END;
-- drill: earned SELECT entry.id, entry.party, recognised(entry.amount,
--   entry.day, entry."end", calendar.first_day, (SELECT CASE :period
--   WHEN 'whole' THEN 2932896 ELSE period_next(:period, max(day)) END
--   FROM entry WHERE book = 'revenue' AND unit = :unit AND party <> 1))
--   AS part FROM calendar CROSS JOIN entry
--   WHERE calendar.period = :cohort
--   AND entry.book = 'revenue' AND entry.unit = :unit
--   AND entry.party IN (SELECT party FROM entry
--   WHERE book = 'revenue' AND unit = :unit AND amount > 0 AND party <> 1
--   GROUP BY party HAVING min(day) >= :from AND min(day) < :to
--   AND :cohort = CASE :period WHEN 'whole' THEN :cohort
--   ELSE period_label(:period, min(day)) END);
-- drill: cac_num SELECT id, party, amount AS part FROM entry
--   WHERE book = 'acquisition' AND unit = :unit
--   AND day >= :from AND day < :to
--   AND :cohort = CASE :period WHEN 'whole' THEN :cohort
--   ELSE period_label(:period, day) END;
WITH ages AS MATERIALIZED (
    SELECT cohort, age, revenue,
        sum(revenue) OVER (
            PARTITION BY cohort ORDER BY age ROWS UNBOUNDED PRECEDING
        ) AS earned
    FROM cohort
),
firsts AS MATERIALIZED (
    SELECT party, min(day) AS day
    FROM entry
    WHERE book = 'revenue' AND unit = :unit AND amount > 0 AND party <> 1
    GROUP BY party
),
newcomers AS MATERIALIZED (
    SELECT calendar.period, count(firsts.party) AS customers
    FROM calendar LEFT JOIN firsts ON firsts.day >= calendar.first_day
        AND firsts.day < calendar.next_day
    GROUP BY calendar.period
),
spends AS MATERIALIZED (
    SELECT calendar.period, coalesce(sum(entry.amount), 0) AS spend
    FROM calendar LEFT JOIN entry
        ON entry.day >= calendar.first_day AND entry.day < calendar.next_day
            AND entry.book = 'acquisition' AND entry.unit = :unit
    GROUP BY calendar.period
)
SELECT ages.cohort, newcomers.customers, spends.spend,
    sum(ages.revenue) AS earned, spends.spend AS cac_num,
    newcomers.customers AS cac_den,
    min(iif(ages.earned >= spends.spend, ages.age, NULL)) AS payback
FROM ages
JOIN spends ON spends.period = ages.cohort
JOIN newcomers ON newcomers.period = ages.cohort
GROUP BY ages.cohort
