-- title: How roles grow into each other
-- version: 1
-- formula: the fewest steps from one role to another along what roles grow
--   into (`grows` of the role's data, or of the nearest role above)
-- source: VOCABULARY.md "Roles"
-- requirements: C-18
-- window: none
-- parameter: source text? of word:role - only from this role
-- parameter: target text? of word:role - only to this role
-- column: source text key - from
-- column: target text key - to
-- column: steps int64 min - how many
WITH RECURSIVE edge AS MATERIALIZED (
    SELECT DISTINCT word.code AS source,
        json_extract(grown.value, '$.to') AS target
    FROM word('role')
    CROSS JOIN json_each(word_member('role', word.code, 'grows')) AS grown
    WHERE json_extract(grown.value, '$.to') IS NOT NULL
),
path(source, target, steps) AS (
    SELECT source, target, 1 FROM edge
    WHERE :source IS NULL OR source = :source
    UNION
    SELECT path.source, edge.target, path.steps + 1
    FROM path JOIN edge ON edge.source = path.target
    WHERE path.steps < 12
)
SELECT source, target, min(steps) AS steps FROM path
WHERE source <> target AND (:target IS NULL OR target = :target)
GROUP BY source, target
