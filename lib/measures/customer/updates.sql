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
-- drill: updated,share_num SELECT party FROM (SELECT event.party AS party,
--   event.number >= :target * CASE number_scale WHEN 0 THEN 1 WHEN 1 THEN 10
--   WHEN 2 THEN 100 WHEN 3 THEN 1000 WHEN 4 THEN 10000 WHEN 5 THEN 100000 WHEN
--   6 THEN 1000000 END AS updated, row_number() OVER (PARTITION BY event.party
--   ORDER BY event.instant DESC, event.id DESC) AS nth FROM event WHERE
--   event.kind = 'reading' AND event.object = :object AND event.number IS NOT
--   NULL AND event.number_scale <= 6 AND event.day < :to) WHERE nth = 1 AND
--   updated = 1 AND party IN (SELECT party FROM event WHERE day >= :from AND
--   day < :to AND party <> 1);
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
