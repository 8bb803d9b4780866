-- title: Who worked on a feature: silos
-- version: 1
-- formula: the departments (by relations employs, department to person) of
--   everybody who moved or owns a feature; with fewer than two it was made in
--   a silo
-- source: REQUIREMENTS.md D-30
-- requirements: D-30
-- window: none
-- column: feature id key - the item
-- column: kind text none - its kind
-- column: state text none - where it is
-- column: departments int64 none - that took part
-- column: silo int64 none - 1 or 0
-- drill: departments SELECT DISTINCT relation.party AS party
--   FROM relation JOIN (SELECT actor AS who FROM move
--     WHERE item = :drill_id UNION SELECT owner FROM item
--     WHERE id = :drill_id) AS one ON relation.other = one.who
--   WHERE relation.type = 'employs';
WITH who AS MATERIALIZED (
    SELECT move.item, move.actor AS person FROM move
    WHERE move.item IN (SELECT item FROM item_state('feature'))
        AND move.actor IS NOT NULL
    UNION
    SELECT item, owner FROM item_state('feature') WHERE owner IS NOT NULL
),
counts AS MATERIALIZED (
    SELECT who.item, count(DISTINCT relation.party) AS departments
    FROM who JOIN relation ON relation.other = who.person
        AND relation.type = 'employs'
    GROUP BY who.item
)
SELECT one.item AS feature, one.kind, one.state,
    coalesce(counts.departments, 0) AS departments,
    coalesce(counts.departments, 0) < 2 AS silo, one.item AS drill_id
FROM item_state('feature') AS one LEFT JOIN counts ON counts.item = one.item
