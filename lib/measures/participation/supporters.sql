-- title: Who stands behind each item
-- version: 1
-- formula: distinct parties: who brought the item, who supports it (events
--   `support` about it), and those of every item that went to duplicate with
--   its number as the reason, and of duplicates of these: a set, so one party
--   is one voice however often it says so
-- source: VOCABULARY.md "Contributions" (duplicates unite supporters)
-- requirements: A-01 A-17
-- window: none
-- shards: no
-- parameter: kind text? - only this kind of item and those below it
-- column: item id key - which
-- column: kind text none - of the item
-- column: party party none - who brought it
-- column: state text none - where it is
-- column: duplicates int64 none - items that repeat it
-- column: supporters int64 none - distinct parties
-- drill: duplicates WITH RECURSIVE once AS MATERIALIZED (SELECT
--   item_state.item, item_state.party, id_of(trim(move.reason)) AS original
--   FROM item_state CROSS JOIN move ON move.id = item_state.move WHERE
--   item_state.state = 'duplicate'), chain AS (SELECT :drill_item AS item
--   UNION SELECT once.item FROM chain JOIN once ON once.original =
--   chain.item) SELECT item AS record, coalesce(party, 1) AS party FROM
--   once WHERE item IN (SELECT item FROM chain) AND item <> :drill_item;
-- drill: supporters WITH RECURSIVE once AS MATERIALIZED (SELECT
--   item_state.item, id_of(trim(move.reason)) AS original FROM item_state
--   CROSS JOIN move ON move.id = item_state.move WHERE item_state.state =
--   'duplicate'), chain AS (SELECT :drill_item AS item UNION SELECT
--   once.item FROM chain JOIN once ON once.original = chain.item) SELECT
--   party FROM item WHERE id IN (SELECT item FROM chain) AND party IS NOT
--   NULL UNION SELECT party FROM event WHERE item IN (SELECT item FROM
--   chain) AND is_a('event', kind, 'support');
WITH RECURSIVE items AS MATERIALIZED (
    SELECT item, kind, party, state, move FROM item_state
),
once AS MATERIALIZED (
    SELECT items.item, id_of(trim(move.reason)) AS original
    FROM items CROSS JOIN move ON move.id = items.move
    WHERE items.state = 'duplicate'
),
chain AS (
    SELECT item, original FROM once WHERE original IS NOT NULL
    UNION
    SELECT chain.item, once.original
    FROM chain JOIN once ON once.item = chain.original
    WHERE once.original IS NOT NULL
),
own AS MATERIALIZED (
    SELECT item, party FROM items WHERE party IS NOT NULL
    UNION
    SELECT item, party FROM event
    WHERE item IS NOT NULL AND is_a('event', kind, 'support')
),
voices AS MATERIALIZED (
    SELECT item, party FROM own
    UNION
    SELECT chain.original, own.party
    FROM chain JOIN own ON own.item = chain.item
),
counted AS MATERIALIZED (
    SELECT item, count(*) AS supporters FROM voices GROUP BY item
),
repeated AS MATERIALIZED (
    SELECT original AS item, count(DISTINCT item) AS duplicates FROM chain
    WHERE original <> item
    GROUP BY original
)
SELECT items.item, items.kind, items.party, items.state,
    coalesce(repeated.duplicates, 0) AS duplicates,
    coalesce(counted.supporters, 0) AS supporters,
    items.item AS drill_item
FROM items LEFT JOIN counted ON counted.item = items.item
LEFT JOIN repeated ON repeated.item = items.item
WHERE :kind IS NULL OR is_a('item', items.kind, :kind)
