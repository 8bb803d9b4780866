-- title: Reorganisation log: who led before and after
-- version: 1
-- formula: relations led-by of a department: to whom on the day before the
--   window, and on its last day
-- source: REQUIREMENTS.md D-33
-- requirements: D-33
-- column: department party key - what is led
-- column: before party none - who led it
-- column: after party none - who leads it now; none: nobody
-- column: changed int64 sum - 1 or 0
-- drill: changed SELECT department AS party FROM (
--   SELECT :drill_department AS department WHERE :drill_changed = 1);
WITH held AS MATERIALIZED (
    SELECT party AS department, other AS party, day, until FROM relation
    WHERE is_a('relation', type, 'led-by')
),
before AS MATERIALIZED (
    SELECT department, min(party) AS party FROM held
    WHERE day < :from AND (until IS NULL OR until >= :from)
    GROUP BY department
),
after AS MATERIALIZED (
    SELECT department, min(party) AS party FROM held
    WHERE day < :to AND (until IS NULL OR until >= :to)
    GROUP BY department
)
SELECT before.department, before.party AS before, after.party AS after,
    after.party IS NOT before.party AS changed,
    before.department AS drill_department,
    after.party IS NOT before.party AS drill_changed
FROM before LEFT JOIN after ON after.department = before.department
