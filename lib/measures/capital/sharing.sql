-- title: Fair sharing of a pool
-- version: 1
-- formula: each party with a relation shares-in to `of` in force gets pool *
--   weight / sum of weights, toward zero; the minor units left go one each to
--   the largest remainders, ties to the party recorded first; the shares sum
--   to the pool exactly
-- source: DEFINITIONS.md "Allocation" (largest remainder, Hamilton's method)
-- requirements: A-24 B-15
-- window: none
-- shards: no
-- parameter: of party - the pool
-- parameter: pool int64 - minor units to be shared, 0 and more
-- column: party party key - who shares
-- column: weight decimal none 6 - as recorded
-- column: amount money none - its part of the pool
WITH digits(scale, power) AS (
    VALUES (0, 1000000), (1, 100000), (2, 10000), (3, 1000), (4, 100),
        (5, 10), (6, 1)
),
weights AS MATERIALIZED (
    SELECT relation.party, sum(coalesce(relation.weight, 1)
            * coalesce(digits.power, 1000000)) AS weight
    FROM relation
    LEFT JOIN digits ON digits.scale = relation.weight_scale
    WHERE relation.type = 'shares-in' AND relation.other = :of
        AND (relation.until IS NULL OR relation.until > :as_of)
    GROUP BY relation.party
),
shares AS MATERIALIZED (
    SELECT party, weight,
        share(max(:pool, 0), weight, sum(weight) OVER ()) AS amount,
        share_rest(max(:pool, 0), weight, sum(weight) OVER ()) AS rest
    FROM weights
    WHERE weight > 0
),
ranked AS MATERIALIZED (
    SELECT party, weight, amount,
        row_number() OVER (ORDER BY rest DESC, party) AS place,
        max(:pool, 0) - sum(amount) OVER () AS left_over
    FROM shares
)
SELECT party, weight, amount + (place <= left_over) AS amount
FROM ranked
