-- title: Points of checklists
-- version: 1
-- formula: every rule checklist.* lists its points in "required"; a point is
--   met where the latest event `checklist` whose object is the checklist and
--   whose word is the point has a number other than 0
-- source: REQUIREMENTS.md A-28, D-28
-- requirements: A-28 D-28
-- window: none
-- column: checklist text key - the rule's code without checklist.
-- column: point text key - what is required
-- column: met int64 sum - 1 or 0
-- column: since day none - of the latest event
-- drill: met SELECT id AS record, party FROM event WHERE is_a('event',
--   kind, 'checklist') AND object = :checklist AND word = :point AND :met =
--   1 ORDER BY instant DESC, id DESC LIMIT 1;
WITH points AS MATERIALIZED (
    SELECT substr(rule.code, 11) AS checklist, required.value AS point
    FROM word('rule') AS rule
    CROSS JOIN json_each(rule.data, '$.required') AS required
    WHERE rule.code LIKE 'checklist.%'
),
said AS MATERIALIZED (
    SELECT object, word, day, number <> 0 AS met,
        row_number() OVER (PARTITION BY object, word
            ORDER BY instant DESC, id DESC) AS nth
    FROM event
    WHERE is_a('event', kind, 'checklist')
)
SELECT points.checklist, points.point, coalesce(said.met, 0) AS met,
    said.day AS since
FROM points LEFT JOIN said ON said.object = points.checklist
    AND said.word = points.point AND said.nth = 1
