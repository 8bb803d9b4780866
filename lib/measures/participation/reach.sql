-- title: Attendance and shared reach of events
-- version: 1
-- formula: by object, in the window (all, without one): attendance: distinct
--   parties with an event `attendance`; reach: sum of the numbers of events
--   `reach` (people reached by who shared), whole ones
-- source: REQUIREMENTS.md A-16
-- requirements: A-16
-- window: none
-- column: object text key - the event
-- column: attendance int64 none - took part
-- column: sharers int64 none - shared it
-- column: reach int64 sum - people reached
-- drill: attendance SELECT DISTINCT party FROM event WHERE is_a('event',
--   kind, 'attendance') AND object = :object AND (:from IS NULL OR (day >=
--   :from AND day < :to));
-- drill: sharers SELECT DISTINCT party FROM event WHERE is_a('event', kind,
--   'reach') AND object = :object AND (:from IS NULL OR (day >= :from AND
--   day < :to));
-- drill: reach SELECT id AS record, party FROM event WHERE is_a('event',
--   kind, 'reach') AND object = :object AND (:from IS NULL OR (day >= :from
--   AND day < :to));
WITH shown AS MATERIALIZED (
    SELECT object, party, number, number_scale,
        is_a('event', kind, 'reach') AS is_reach
    FROM event
    WHERE (is_a('event', kind, 'reach')
            OR is_a('event', kind, 'attendance'))
        AND object IS NOT NULL
        AND (:from IS NULL OR (day >= :from AND day < :to))
)
SELECT object,
    count(DISTINCT iif(is_reach, NULL, party)) AS attendance,
    count(DISTINCT iif(is_reach, party, NULL)) AS sharers,
    coalesce(sum(iif(is_reach AND coalesce(number_scale, 0) = 0, number,
        NULL)), 0) AS reach
FROM shown
GROUP BY object
