-- title: Share of what is created together
-- version: 1
-- formula: over ecosystem.cocreated: items with a value, those of two
--   contributors and more of all, and what they are worth
-- source: REQUIREMENTS E-19
-- requirements: E-19
-- window: none
-- column: items int64 sum - with a value
-- column: joint ratio ratio - of them, created by two and more
-- column: value money sum - of all parts
-- drill: value SELECT id, party, amount AS part FROM entry
--   WHERE is_a('code', code, 'exchange.split.cocreated') AND amount > 0
--   AND unit = :unit AND item IS NOT NULL
--   AND (:from IS NULL OR day >= :from) AND (:to IS NULL OR day < :to);
-- drill: items,joint_den SELECT item.id AS record, coalesce(item.party, 1)
--   AS party FROM item WHERE item.id IN (SELECT entry.item FROM entry WHERE
--   is_a('code', entry.code, 'exchange.split.cocreated') AND entry.amount >
--   0 AND entry.unit = :unit AND (:from IS NULL OR entry.day >= :from) AND
--   (:to IS NULL OR entry.day < :to));
-- drill: joint_num SELECT item.id AS record, coalesce(item.party, 1) AS
--   party FROM item WHERE item.id IN (SELECT entry.item FROM entry WHERE
--   is_a('code', entry.code, 'exchange.split.cocreated') AND entry.amount >
--   0 AND entry.unit = :unit AND (:from IS NULL OR entry.day >= :from) AND
--   (:to IS NULL OR entry.day < :to) GROUP BY entry.item HAVING
--   count(DISTINCT entry.party) > 1);
WITH made AS MATERIALIZED (
    SELECT item, count(DISTINCT party) AS contributors,
        sum(amount) AS value
    FROM entry
    WHERE is_a('code', code, 'exchange.split.cocreated') AND amount > 0
        AND unit = :unit AND item IS NOT NULL
        AND (:from IS NULL OR day >= :from) AND (:to IS NULL OR day < :to)
    GROUP BY item
)
SELECT count(*) AS items, coalesce(sum(contributors > 1), 0) AS joint_num,
    count(*) AS joint_den, coalesce(sum(value), 0) AS value
FROM made
