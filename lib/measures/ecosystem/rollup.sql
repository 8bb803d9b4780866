-- title: Value of everybody below, along a relation
-- version: 1
-- formula: along the relations of one type in force (a party points to the
--   one above it), whose data says "one" and "acyclic" so that they are
--   trees: a party's own revenue, and with that of everybody below it
-- source: REQUIREMENTS B-12, B-26
-- requirements: B-12 B-26
-- window: none
-- shards: no
-- parameter: type text = upline of word:relation - the type of relation
-- column: party party key - who
-- column: above party none - who stands directly above
-- column: own money none - revenue of its own
-- column: total money none - its own and that of everybody below
-- column: below int64 none - parties below it
-- drill: own SELECT id, party, amount AS part FROM entry
--   WHERE party = :party AND book = 'revenue' AND unit = :unit;
-- drill: total WITH RECURSIVE down(party) AS (
--   SELECT :party UNION SELECT relation.party FROM down JOIN relation
--   ON relation.other = down.party WHERE relation.type = :type
--   AND (relation.until IS NULL OR relation.until > :as_of))
--   SELECT id, party, amount AS part FROM entry WHERE book = 'revenue'
--   AND unit = :unit AND party IN (SELECT party FROM down);
-- drill: below WITH RECURSIVE down(party) AS (
--   SELECT party FROM relation WHERE type = :type AND other = :party
--   AND (until IS NULL OR until > :as_of)
--   UNION SELECT relation.party FROM down JOIN relation
--   ON relation.other = down.party WHERE relation.type = :type
--   AND (relation.until IS NULL OR relation.until > :as_of))
--   SELECT party FROM down;
-- drill: total WITH RECURSIVE down(party) AS (SELECT :party UNION SELECT
--   relation.party FROM down JOIN relation ON relation.other = down.party
--   WHERE relation.type = :type AND relation.party <> relation.other AND
--   (relation.until IS NULL OR relation.until > :as_of)) SELECT entry.id AS
--   id, entry.party AS party, entry.amount AS part FROM down CROSS JOIN entry
--   ON entry.party = down.party WHERE entry.book = 'revenue' AND entry.unit =
--   :unit;
WITH RECURSIVE edge AS MATERIALIZED (
    SELECT DISTINCT party, other AS above FROM relation
    WHERE type = :type AND party <> other
        AND (until IS NULL OR until > :as_of)
),
node AS MATERIALIZED (
    SELECT party FROM edge UNION SELECT above FROM edge
),
own AS MATERIALIZED (
    SELECT entry.party AS party, sum(entry.amount) AS amount
    FROM entry
    WHERE entry.book = 'revenue' AND entry.unit = :unit
    GROUP BY entry.party
),
chain(party, above) AS (
    SELECT party, above FROM edge
    UNION
    SELECT chain.party, edge.above
    FROM chain JOIN edge ON edge.party = chain.above
),
below AS MATERIALIZED (
    SELECT chain.above AS party, count(*) AS below,
        sum(coalesce(own.amount, 0)) AS amount
    FROM chain LEFT JOIN own ON own.party = chain.party
    GROUP BY chain.above
)
SELECT node.party, (SELECT above FROM edge WHERE edge.party = node.party)
        AS above,
    coalesce(own.amount, 0) AS own,
    coalesce(own.amount, 0) + coalesce(below.amount, 0) AS total,
    coalesce(below.below, 0) AS below
FROM node
LEFT JOIN own ON own.party = node.party
LEFT JOIN below ON below.party = node.party
