-- title: Contributions by capacity
-- version: 1
-- formula: items of kind contribution and below that came in in the window
--   (all, without one), by kind: the ten capacities in which customers are
--   outside staff, and what a host adds; a capacity nobody took up has 0
-- source: VOCABULARY.md "Contributions"; REQUIREMENTS.md A-01
-- requirements: A-01
-- window: none
-- column: capacity text key - kind of contribution
-- column: contributions int64 sum - items
-- column: contributors int64 none - distinct parties
-- column: adopted int64 sum - of the items, adopted now
-- column: measured text none - how its value is measured
-- drill: contributions SELECT id AS record, coalesce(party, 1) AS party
--   FROM item WHERE kind = :capacity AND (:from IS NULL OR (day >= :from
--   AND day < :to));
-- drill: contributors SELECT DISTINCT party FROM item WHERE kind =
--   :capacity AND party IS NOT NULL AND (:from IS NULL OR (day >= :from AND
--   day < :to));
-- drill: adopted SELECT item AS record, coalesce(party, 1) AS party FROM
--   item_state(:capacity) WHERE kind = :capacity AND
--   instr(coalesce(json_extract(word_data('flow', flow), '$.adopted'), ''),
--   '"' || state || '"') > 0 AND (:from IS NULL OR (day >= :from AND day <
--   :to));
WITH kinds AS MATERIALIZED (
    SELECT code FROM word('item') WHERE parent = 'contribution'
    UNION
    SELECT kind FROM item WHERE is_a('item', kind, 'contribution')
),
flows AS MATERIALIZED (
    SELECT code, json_extract(data, '$.adopted') AS adopted FROM word('flow')
),
items AS MATERIALIZED (
    SELECT items.kind, items.party, instr(coalesce(flows.adopted, ''),
        '"' || items.state || '"') > 0 AS adopted
    FROM item_state('contribution') AS items
    LEFT JOIN flows ON flows.code = items.flow
    WHERE :from IS NULL OR (items.day >= :from AND items.day < :to)
)
SELECT kinds.code AS capacity, count(items.kind) AS contributions,
    count(DISTINCT items.party) AS contributors,
    coalesce(sum(items.adopted), 0) AS adopted,
    word_member('item', kinds.code, 'measured') AS measured
FROM kinds LEFT JOIN items ON items.kind = kinds.code
GROUP BY kinds.code
