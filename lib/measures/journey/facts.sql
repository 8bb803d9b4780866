-- title: Facts about what is sold
-- version: 1
-- formula: every member of `facts` in the data of a product line (what is in
--   it, where it comes from): nobody has to say "I don't know". missing is 1
--   where a line that others below it or beside it have facts about has none
-- source: REQUIREMENTS.md D-17
-- requirements: D-17
-- window: none
-- shards: no
-- parameter: line text? - only this one
-- column: line text key - product line
-- column: fact text key - which fact
-- column: value text none - what is so
-- column: missing int64 none - 1: other lines have it, this one does not
WITH lines AS MATERIALIZED (
    SELECT code, word_member('line', code, 'facts') AS facts
    FROM word('line')
),
known AS MATERIALIZED (
    SELECT lines.code, key AS fact, value
    FROM lines JOIN json_each(lines.facts)
    WHERE lines.facts IS NOT NULL
)
SELECT lines.code AS line, wanted.fact, CAST(known.value AS TEXT) AS value,
    known.fact IS NULL AS missing
FROM lines CROSS JOIN (SELECT DISTINCT fact FROM known) AS wanted
LEFT JOIN known ON known.code = lines.code AND known.fact = wanted.fact
WHERE :line IS NULL OR lines.code = :line
