-- title: What has to be looked at again
-- version: 1
-- formula: subjects of the environment scan - objects of events `signal`, and
--   roles the host defined - by the day of the latest signal or definition;
--   due when that is more days ago than the rule environment-scan says
-- source: REQUIREMENTS B-27
-- requirements: B-27
-- window: none
-- column: subject text key - what was scanned
-- column: refreshed day max - when last
-- column: age int64 none - days since
-- column: due int64 none - 1 or 0
WITH seen AS MATERIALIZED (
    SELECT object AS subject, max(day) AS day FROM event
    WHERE is_a('event', kind, 'signal') AND object IS NOT NULL
    GROUP BY object
    UNION ALL
    SELECT code, day FROM word('role')
    WHERE builtin = 0 AND day > day('0001-01-01')
),
latest AS MATERIALIZED (
    SELECT subject, max(day) AS day FROM seen GROUP BY subject
)
SELECT latest.subject, latest.day AS refreshed,
    today.day - latest.day AS age,
    today.day - latest.day > json_extract(
        word_data('rule', 'environment-scan', :as_of), '$.days') AS due
FROM latest CROSS JOIN today
