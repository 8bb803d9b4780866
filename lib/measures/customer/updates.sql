-- title: Customers on the current version
-- version: 1
-- formula: active: parties with an event in the window; updated: those whose
--   latest reading of the object (its number) is at least `target`
-- source: REQUIREMENTS.md E-16
-- requirements: E-16
-- parameter: target int64 - the current version
-- parameter: object text = version - the reading to take
-- column: active int64 sum - with an event in the window
-- column: updated int64 sum - of them, on the version
-- column: share ratio ratio - updated of active
-- drill: active,share_den SELECT DISTINCT party FROM event
--   WHERE day >= :from AND day < :to AND party <> 1;
WITH active AS MATERIALIZED (
    SELECT DISTINCT party FROM event
    WHERE day >= :from AND day < :to AND party <> 1
),
digits(scale, power) AS (
    VALUES (0, 1), (1, 10), (2, 100), (3, 1000), (4, 10000), (5, 100000),
        (6, 1000000)
),
latest AS MATERIALIZED (
    SELECT event.party, event.number >= :target * digits.power AS updated,
        row_number() OVER (
            PARTITION BY event.party ORDER BY event.instant DESC, event.id DESC
        ) AS nth
    FROM event JOIN digits ON digits.scale = event.number_scale
    WHERE event.kind = 'reading' AND event.object = :object
        AND event.number IS NOT NULL AND event.day < :to
),
counts AS MATERIALIZED (
    SELECT count(*) AS active, coalesce(sum(latest.updated), 0) AS updated
    FROM active
    LEFT JOIN latest ON latest.party = active.party AND latest.nth = 1
)
SELECT active, updated, updated AS share_num, active AS share_den
FROM counts
