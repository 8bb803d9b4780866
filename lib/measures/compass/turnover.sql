-- title: Share of leaders that changed
-- version: 1
-- formula: of the departments led before the window, those led by somebody
--   else at its end, or by nobody
-- source: REQUIREMENTS.md D-33
-- requirements: D-33
-- uses: compass.leaders
-- column: leaders int64 sum - departments led before
-- column: changed ratio ratio - of them
-- drill: leaders,changed_den SELECT department AS party FROM compass_leaders;
-- drill: changed_num SELECT department AS party FROM compass_leaders
--   WHERE changed = 1;
SELECT count(*) AS leaders, coalesce(sum(changed), 0) AS changed_num,
    count(*) AS changed_den
FROM compass_leaders
