-- title: Customer capital by period
-- version: 1
-- uses: acquisition.newcomers
-- formula: capital: the period's revenue less what newcomers of the period
--   bring who were not referred, and less credits to whoever had no revenue
--   before the period's end, which is retention + ramp_up + referral of
--   capital.structure for that period; quality = capital / revenue
-- source: DEFINITIONS.md "Customer capital: the three Rs"
-- requirements: D-07 D-34
-- basis: revenue (amounts recognised in the period, net of tax)
-- shards: no
-- column: period text key - of the window
-- column: revenue money sum - recognised in it
-- column: capital money none - of it, from customers and their referrals
-- column: quality ratio none - capital of revenue
-- drill: revenue,quality_den = revenue.movements closing
-- drill: capital,quality_num SELECT entry.id, entry.party,
--   recognised(entry.amount, entry.day, entry."end", calendar.first_day,
--   calendar.next_day) AS part FROM calendar CROSS JOIN entry
--   JOIN (SELECT party, min(day) AS day FROM entry WHERE book = 'revenue'
--   AND unit = :unit AND amount > 0 GROUP BY party) AS firsts
--   ON firsts.party = entry.party
--   WHERE calendar.period = :period AND entry.book = 'revenue'
--   AND entry.unit = :unit AND entry.party <> 1
--   AND recognised(entry.amount, entry.day, entry."end",
--   calendar.first_day, calendar.next_day) <> 0
--   AND (firsts.day < calendar.first_day OR firsts.day < calendar.next_day
--   AND entry.party IN (SELECT party FROM acquisition_newcomers
--   WHERE source = 'referral'));
WITH closings AS MATERIALIZED (
    SELECT period, closing FROM movement
),
own AS MATERIALIZED (
    SELECT calendar.period,
        sum(recognised(entry.amount, entry.day, entry."end",
            calendar.first_day, calendar.next_day)) AS amount
    FROM acquisition_newcomers
    CROSS JOIN calendar
        ON acquisition_newcomers.first_day >= calendar.first_day
            AND acquisition_newcomers.first_day < calendar.next_day
    CROSS JOIN entry ON entry.party = acquisition_newcomers.party
    WHERE acquisition_newcomers.source <> 'referral'
        AND entry.book = 'revenue' AND entry.unit = :unit
    GROUP BY calendar.period
),
firsts AS MATERIALIZED (
    SELECT party, min(day) AS day
    FROM entry
    WHERE book = 'revenue' AND unit = :unit AND amount > 0 AND party <> 1
    GROUP BY party
),
-- Before the first revenue there can only be credits: they are few.
strays AS MATERIALIZED (
    SELECT entry.amount, entry.day, entry."end", firsts.day AS first
    FROM entry LEFT JOIN firsts ON firsts.party = entry.party
    WHERE entry.book = 'revenue' AND entry.unit = :unit
        AND entry.amount < 0 AND entry.party <> 1
        AND (firsts.day IS NULL OR entry.day < firsts.day)
),
credits AS MATERIALIZED (
    SELECT calendar.period,
        sum(recognised(strays.amount, strays.day, strays."end",
            calendar.first_day, calendar.next_day)) AS amount
    FROM strays CROSS JOIN calendar
        ON strays.first IS NULL OR strays.first >= calendar.next_day
    GROUP BY calendar.period
)
SELECT closings.period, closings.closing AS revenue,
    closings.closing - coalesce(own.amount, 0) - coalesce(credits.amount, 0)
        AS capital,
    closings.closing - coalesce(own.amount, 0) - coalesce(credits.amount, 0)
        AS quality_num,
    closings.closing AS quality_den
FROM closings
LEFT JOIN own ON own.period = closings.period
LEFT JOIN credits ON credits.period = closings.period
