-- title: Comparison with benchmarks and market indexes
-- version: 1
-- formula: the latest reading (event of kind reading) of the object by each
--   party that has one, against the party `of`: points = a - b, times = a /
--   b, higher = a / b - 1, where a is the party's and b the other's. 3.4
--   times is 2.4 times higher: both are shown, by name
-- source: REQUIREMENTS.md D-14, (d) 6
-- requirements: D-09 D-14
-- window: none
-- shards: no
-- parameter: of party - whose reading is a
-- parameter: object text = index - what was read
-- column: other party key - whose reading is b
-- column: day day none - of the other's reading
-- column: a decimal none 6 - of the party
-- column: b decimal none 6 - of the other
-- column: points decimal none 6 - a - b
-- column: times ratio none - a / b
-- column: higher ratio none - (a - b) / b
WITH latest AS MATERIALIZED (
    SELECT party, day, number, number_scale,
        row_number() OVER (
            PARTITION BY party ORDER BY instant DESC, id DESC
        ) AS nth
    FROM event
    WHERE kind = 'reading' AND object = :object AND number IS NOT NULL
        AND (:from IS NULL OR day >= :from) AND (:to IS NULL OR day < :to)
),
digits(scale, power) AS (
    VALUES (0, 1000000), (1, 100000), (2, 10000), (3, 1000), (4, 100),
        (5, 10), (6, 1)
),
exact AS MATERIALIZED (
    SELECT latest.party, latest.day, latest.number * digits.power AS number
    FROM latest JOIN digits ON digits.scale = latest.number_scale
    WHERE latest.nth = 1
)
SELECT theirs.party AS other, theirs.day, ours.number AS a,
    theirs.number AS b, ours.number - theirs.number AS points,
    ours.number AS times_num, theirs.number AS times_den,
    ours.number - theirs.number AS higher_num, theirs.number AS higher_den
FROM exact AS ours JOIN exact AS theirs ON theirs.party <> ours.party
WHERE ours.party = :of
