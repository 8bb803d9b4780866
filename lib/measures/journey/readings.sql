-- title: Readings against their standards
-- version: 1
-- formula: an event `reading` at a touchpoint passes where it is no further
--   from the standard than the tolerance. Both are those in force on the day
--   of the reading, of the object itself or the nearest above it (so
--   touchpoint.tea.north may have its own); of the first of the data's
--   `seasons` that lists the reading's month, where there is one
-- source: REQUIREMENTS.md D-20
-- requirements: D-20
-- window: none
-- shards: yes
-- parameter: touchpoint text? - only this one and its variants
-- column: reading id key - the event
-- column: instant instant none - when, UTC
-- column: touchpoint text none - where
-- column: value decimal none 6 - what was read
-- column: standard decimal none 6 - what it should be
-- column: tolerance decimal none 6 - and how far off it may be
-- column: unit text none - of all three
-- column: passes int64 none - 1 or 0
WITH read AS MATERIALIZED (
    SELECT id, instant, object, day,
        scaled(number, number_scale, 6) AS value,
        CAST(ltrim(substr(day_text(day), 6, 2), '0') AS INTEGER) AS month
    FROM event
    WHERE is_a('event', kind, 'reading') AND number IS NOT NULL
        AND substr(object, 1, 11) = 'touchpoint.'
        AND (:touchpoint IS NULL OR object = :touchpoint
            OR is_a('object', object, :touchpoint))
        AND (:from IS NULL OR day >= :from) AND (:to IS NULL OR day < :to)
),
seasons AS MATERIALIZED (
    SELECT object, day, month,
        word_member('object', object, 'standard', day) AS standard,
        coalesce(word_member('object', object, 'tolerance', day),
            word_member('rule', 'standard', 'tolerance', day)) AS tolerance,
        word_member('object', object, 'unit', day) AS unit,
        (SELECT listed.value FROM json_each(coalesce(
                word_member('object', object, 'seasons', day), '[]'))
                AS listed
            WHERE EXISTS (SELECT 1
                FROM json_each(listed.value, '$.months') AS months
                WHERE months.value = spot.month)
            ORDER BY listed.key LIMIT 1) AS season
    FROM (SELECT DISTINCT object, day, month FROM read) AS spot
),
held AS MATERIALIZED (
    SELECT id, instant, object, value, unit,
        decimal_of(coalesce(season -> '$.standard', standard), 6)
            AS standard,
        decimal_of(coalesce(season -> '$.tolerance', tolerance), 6)
            AS tolerance
    FROM read JOIN seasons USING (object, day)
)
SELECT id AS reading, instant, object AS touchpoint, value, standard,
    tolerance, unit, abs(value - standard) <= tolerance AS passes
FROM held
WHERE standard IS NOT NULL
