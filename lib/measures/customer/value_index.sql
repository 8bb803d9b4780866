-- title: Value index of every customer
-- version: 1
-- formula: index = sum of weight * x / sum of weights, x the latest reading
--   (event of kind reading) of each object whose data has a weight, such as
--   {"weight": 4}; a component without a reading counts as 0
-- source: REQUIREMENTS.md A-21
-- requirements: A-21
-- window: none
-- column: party party key - the customer
-- column: components int64 none - with a reading
-- column: value ratio none 6 - the index, in the readings' own scale
WITH weights AS MATERIALIZED (
    SELECT code AS object, word_member('object', code, 'weight') AS weight
    FROM definition
    WHERE kind = 'object'
    GROUP BY code
),
whole AS MATERIALIZED (
    SELECT sum(weight) AS weight FROM weights WHERE weight > 0
),
digits(scale, power) AS (
    VALUES (0, 1000000), (1, 100000), (2, 10000), (3, 1000), (4, 100),
        (5, 10), (6, 1)
),
latest AS MATERIALIZED (
    SELECT event.party, weights.weight, event.number * digits.power AS x,
        row_number() OVER (
            PARTITION BY event.party, event.object
            ORDER BY event.instant DESC, event.id DESC
        ) AS nth
    FROM event
    JOIN weights ON weights.object = event.object AND weights.weight > 0
    JOIN digits ON digits.scale = event.number_scale
    WHERE event.kind = 'reading' AND event.number IS NOT NULL
        AND event.party <> 1
)
SELECT latest.party, count(*) AS components,
    sum(latest.weight * latest.x) AS value_num,
    whole.weight AS value_den
FROM latest CROSS JOIN whole
WHERE latest.nth = 1
GROUP BY latest.party
