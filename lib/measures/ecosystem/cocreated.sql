-- title: Value created together, one by one
-- version: 1
-- formula: entries of code exchange.split.cocreated about an item: the parts
--   are the positive ones, of whoever created them, us among them; value =
--   their sum; joint = two contributors and more. The guard entry-split
--   refuses parts that do not sum to the whole
-- source: REQUIREMENTS E-19; Vargo, Lusch (2004), "Evolving to a new dominant
--   logic for marketing"
-- requirements: E-19
-- window: none
-- column: item id key - what was created
-- column: contributors int64 none - parties with a part
-- column: value money sum - of all parts
-- column: joint int64 sum - 1 or 0
-- drill: contributors SELECT DISTINCT party FROM entry
--   WHERE item = :drill_item AND amount > 0 AND unit = :unit
--   AND is_a('code', code, 'exchange.split.cocreated');
-- drill: value SELECT id, party, amount AS part FROM entry
--   WHERE item = :drill_item AND amount > 0 AND unit = :unit
--   AND is_a('code', code, 'exchange.split.cocreated')
--   AND (:from IS NULL OR day >= :from) AND (:to IS NULL OR day < :to);
SELECT item, count(DISTINCT party) AS contributors, sum(amount) AS value,
    count(DISTINCT party) > 1 AS joint, item AS drill_item
FROM entry
WHERE is_a('code', code, 'exchange.split.cocreated') AND amount > 0
    AND unit = :unit AND item IS NOT NULL
    AND (:from IS NULL OR day >= :from) AND (:to IS NULL OR day < :to)
GROUP BY item
