-- title: Goals, and what they have come to
-- version: 1
-- formula: each rule below goal, by the last reading of the measure it names:
--   met where value >= target (at most: <=), of the exact value; clearly
--   below where its whole interval is; a goal without a measure is a slogan
-- source: VOCABULARY.md "The customer-capital triangle"
-- requirements: D-02 D-03
-- window: none
-- gathers: goals
-- column: goal text key - its code without "goal."
-- column: title text none - what it is called
-- column: status text none - met, missed, clear miss, slogan or no reading
-- column: period text none - of the reading
-- column: value decimal none 6 - what the measure says
-- column: target decimal none 6 - what it should say
-- column: at text none - least or most
-- column: low decimal none 6 - lower end of the interval, where there is one
-- column: high decimal none 6 - upper end
-- column: measure text none - which measure
-- column: of text none - which column of it; drill that
-- column: owner text none - who answers for it
-- column: horizon text none - until when
-- column: problem text none - why there is no reading
WITH goals AS MATERIALIZED (
    SELECT substr(code, 6) AS goal, en, data
    FROM word('rule') WHERE code LIKE 'goal.%'
),
last AS MATERIALIZED (
    SELECT goal, max(period) AS period FROM goal_reading
    WHERE value IS NOT NULL OR problem IS NOT NULL
    GROUP BY goal
),
read AS MATERIALIZED (
    SELECT goal_reading.goal, goal_reading.period, target, value, low, high,
        met, problem
    FROM goal_reading JOIN last ON last.goal = goal_reading.goal
        AND last.period = goal_reading.period
)
SELECT goals.goal, goals.en AS title,
    CASE
        WHEN json_extract(goals.data, '$.measure') IS NULL THEN 'slogan'
        WHEN read.value IS NULL THEN 'no reading'
        WHEN read.met = 1 THEN 'met'
        WHEN coalesce(json_extract(goals.data, '$.at'), 'least') = 'least'
            AND read.high < read.target THEN 'clear miss'
        WHEN json_extract(goals.data, '$.at') = 'most'
            AND read.low > read.target THEN 'clear miss'
        ELSE 'missed'
    END AS status,
    nullif(read.period, '') AS period, read.value, read.target,
    coalesce(json_extract(goals.data, '$.at'), 'least') AS at,
    read.low, read.high,
    json_extract(goals.data, '$.measure') AS measure,
    json_extract(goals.data, '$.column') AS of,
    json_extract(goals.data, '$.owner') AS owner,
    json_extract(goals.data, '$.horizon') AS horizon,
    read.problem
FROM goals LEFT JOIN read ON read.goal = goals.goal
