-- title: Benefit and reward of each item
-- version: 1
-- formula: entries that name the item, posted in the window (all, without
--   one): measured = book exchange, but for parts of orders and what is
--   agreed; agreed = its codes that end in .agreed; estimated = book
--   estimate, never added; rewards = cost.rewards and below; net = measured +
--   agreed - rewards
-- source: VOCABULARY.md "Contributions" (value record)
-- requirements: A-09 A-20
-- window: none
-- parameter: kind text? - only this kind of item and those below it
-- column: item id key - which
-- column: kind text none - of the item
-- column: party party none - who brought it
-- column: state text none - where it is
-- column: measured money sum - benefit that was measured
-- column: agreed money sum - benefit that was agreed
-- column: estimated money sum - beside it, estimated
-- column: rewards money sum - what was paid for it
-- column: net money sum - measured + agreed - rewards
-- drill: measured SELECT id, party, amount AS part FROM entry
--   WHERE item = :drill_item AND unit = :unit AND book = 'exchange'
--   AND code NOT LIKE '%.agreed' AND NOT is_a('code', code, 'exchange.split')
--   AND (:from IS NULL OR (day >= :from AND day < :to));
-- drill: agreed SELECT id, party, amount AS part FROM entry
--   WHERE item = :drill_item AND unit = :unit AND book = 'exchange'
--   AND code LIKE '%.agreed'
--   AND (:from IS NULL OR (day >= :from AND day < :to));
-- drill: estimated SELECT id, party, amount AS part FROM entry
--   WHERE item = :drill_item AND unit = :unit AND book = 'estimate'
--   AND (:from IS NULL OR (day >= :from AND day < :to));
-- drill: rewards SELECT id, party, amount AS part FROM entry
--   WHERE item = :drill_item AND unit = :unit
--   AND is_a('code', code, 'cost.rewards')
--   AND (:from IS NULL OR (day >= :from AND day < :to));
-- drill: net SELECT id, party, iif(book = 'cost', -amount, amount) AS part
--   FROM entry WHERE item = :drill_item AND unit = :unit
--   AND ((book = 'exchange' AND NOT is_a('code', code, 'exchange.split'))
--   OR is_a('code', code, 'cost.rewards'))
--   AND (:from IS NULL OR (day >= :from AND day < :to));
WITH posted AS MATERIALIZED (
    SELECT item, code, book, sum(amount) AS amount
    FROM entry
    WHERE item IS NOT NULL AND unit = :unit
        AND book IN ('exchange', 'estimate', 'cost')
        AND (:from IS NULL OR (day >= :from AND day < :to))
    GROUP BY item, code
),
sums AS MATERIALIZED (
    SELECT item,
        sum(iif(book = 'exchange' AND code NOT LIKE '%.agreed'
            AND NOT is_a('code', code, 'exchange.split'), amount, 0))
            AS measured,
        sum(iif(book = 'exchange' AND code LIKE '%.agreed', amount, 0))
            AS agreed,
        sum(iif(book = 'estimate', amount, 0)) AS estimated,
        sum(iif(is_a('code', code, 'cost.rewards'), amount, 0)) AS rewards
    FROM posted
    GROUP BY item
)
SELECT items.item, items.kind, items.party, items.state, sums.measured,
    sums.agreed, sums.estimated, sums.rewards,
    sums.measured + sums.agreed - sums.rewards AS net,
    items.item AS drill_item
FROM sums JOIN item_state(:kind) AS items ON items.item = sums.item
WHERE sums.measured <> 0 OR sums.agreed <> 0 OR sums.estimated <> 0
    OR sums.rewards <> 0
