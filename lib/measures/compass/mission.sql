-- title: Customer mission beside corporate mission
-- version: 1
-- formula: the rule mission as in force: "text" is what the company wants to
--   be for its customers, "corporate" what it wants for itself; the same words
--   for both are no customer mission
-- source: REQUIREMENTS.md D-01
-- requirements: D-01
-- window: none
-- column: mission text key - for customers
-- column: corporate text none - for the company
-- column: status text none - stated, same as corporate, or missing
-- column: day day none - in force since
-- column: goals int64 none - goals that are set
-- column: measured int64 none - of them with a measure
SELECT coalesce(json_extract(data, '$.text'), '') AS mission,
    json_extract(data, '$.corporate') AS corporate,
    CASE
        WHEN coalesce(trim(json_extract(data, '$.text')), '') = ''
            THEN 'missing'
        WHEN lower(trim(json_extract(data, '$.text')))
            = lower(trim(json_extract(data, '$.corporate')))
            THEN 'same as corporate'
        ELSE 'stated'
    END AS status,
    iif(builtin = 1, NULL, day) AS day,
    (SELECT count(*) FROM word('rule') WHERE code LIKE 'goal.%') AS goals,
    (SELECT count(*) FROM word('rule') WHERE code LIKE 'goal.%'
        AND json_extract(data, '$.measure') IS NOT NULL) AS measured
FROM word('rule') WHERE code = 'mission'
