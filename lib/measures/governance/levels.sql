-- title: Levels of confidentiality, and what a viewer may read
-- version: 1
-- formula: words whose data, or that of a word above them, has a level; texts
--   of records with them are shown where the viewer's clearance (the highest
--   in the data of the roles played toward us) is at least the level. Without
--   a viewer everything may be read
-- source: REQUIREMENTS.md C-09
-- requirements: C-09
-- window: none
-- shards: no
-- column: kind text key - kind of word
-- column: code text key - the word
-- column: level int64 none - of texts of records with it
-- column: clearance int64 none - the viewer's, nothing without one
-- column: readable int64 none - 1 or 0
WITH words AS MATERIALIZED (
    SELECT 'event' AS kind, code FROM word('event')
    UNION ALL SELECT 'object', code FROM word('object')
    UNION ALL SELECT 'item', code FROM word('item')
    UNION ALL SELECT 'code', code FROM word('code')
    UNION ALL SELECT 'line', code FROM word('line')
    UNION ALL SELECT 'role', code FROM word('role')
    UNION ALL SELECT 'purpose', code FROM word('purpose')
),
levels AS MATERIALIZED (
    SELECT kind, code, word_member(kind, code, 'level') AS level
    FROM words
)
SELECT kind, code, level, clearance() AS clearance,
    coalesce(level <= clearance(), 1) AS readable
FROM levels
WHERE level IS NOT NULL
