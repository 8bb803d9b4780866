-- title: Economic beside social and environmental goals
-- version: 1
-- formula: goals by the side in their data (economic where they say none):
--   met of all with a measure; balanced where every side that has goals, and
--   at least one beside the economic, meets all of them
-- source: REQUIREMENTS.md E-23
-- requirements: E-23
-- window: none
-- uses: compass.goals
-- column: side text key - economic, social, environmental
-- column: met ratio ratio - of the goals of that side
-- column: balanced int64 none - 1 or 0, of the whole
WITH each AS MATERIALIZED (
    SELECT coalesce(json_extract(word.data, '$.side'), 'economic') AS side,
        goals.status = 'met' AS met
    FROM compass_goals AS goals
    JOIN word('rule') AS word ON word.code = 'goal.' || goals.goal
    WHERE goals.status <> 'slogan'
),
sides AS MATERIALIZED (
    SELECT side, sum(met) AS met, count(*) AS goals FROM each GROUP BY side
)
SELECT side, met AS met_num, goals AS met_den,
    (SELECT min(met = goals) AND sum(side <> 'economic') > 0 FROM sides)
        AS balanced
FROM sides
