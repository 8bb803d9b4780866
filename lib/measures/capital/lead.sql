-- title: Does capital lead growth?
-- version: 1
-- uses: acquisition.newcomers capital.series
-- formula: for periods p that have one before and one after: the sign of the
--   change of capital from p - 1 to p against the sign of the change of
--   revenue from p to p + 1 (lag 1); agreement = pairs of equal sign / pairs
-- source: REQUIREMENTS.md D-34 (sign agreement, lag 1)
-- requirements: D-34
-- basis: revenue (amounts recognised in the period, net of tax)
-- shards: no
-- column: period text key - p
-- column: capital_change money none - from the period before
-- column: revenue_change money none - to the period after
-- column: agrees int64 none - 1 where both have the same sign
-- column: agreement ratio none - so far in the window
WITH rows AS MATERIALIZED (
    SELECT period,
        capital - lag(capital) OVER (ORDER BY period) AS capital_change,
        lead(revenue) OVER (ORDER BY period) - revenue AS revenue_change
    FROM capital_series
),
pairs AS MATERIALIZED (
    SELECT period, capital_change, revenue_change,
        sign(capital_change) = sign(revenue_change) AS agrees
    FROM rows
    WHERE capital_change IS NOT NULL AND revenue_change IS NOT NULL
)
SELECT period, capital_change, revenue_change, agrees,
    sum(agrees) OVER (ORDER BY period ROWS UNBOUNDED PRECEDING)
        AS agreement_num,
    count(*) OVER (ORDER BY period ROWS UNBOUNDED PRECEDING)
        AS agreement_den
FROM pairs
