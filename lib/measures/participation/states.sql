-- title: Items by kind and state
-- version: 1
-- formula: of items that came in in the window (all, without one): now in the
--   state (participation.items says how); reached: were in it at some time,
--   the state they silently started in included; moves: into it (rounds of
--   testing are moves to tested)
-- source: VOCABULARY.md "Contributions"
-- requirements: A-03 A-01
-- window: none
-- parameter: kind text? - only this kind of item and those below it
-- column: kind text key - of the items
-- column: state text key - of their flow
-- column: items int64 sum - in it now
-- column: reached int64 sum - ever in it
-- column: moves int64 sum - moves into it
-- drill: items SELECT item AS record, coalesce(party, 1) AS party FROM
--   item_state(:kind) WHERE state = :state AND kind = :drill_kind AND
--   (:from IS NULL OR (day >= :from AND day < :to));
-- drill: reached SELECT DISTINCT item.id AS record, coalesce(item.party, 1)
--   AS party FROM item CROSS JOIN move ON move.item = item.id WHERE
--   item.kind = :drill_kind AND move.state = :state AND (:from IS NULL OR
--   (item.day >= :from AND item.day < :to)) UNION SELECT item,
--   coalesce(party, 1) FROM item_state WHERE kind = :drill_kind AND
--   json_extract(word_data('flow', flow), '$.start[0]') = :state AND (:from
--   IS NULL OR (day >= :from AND day < :to));
-- drill: moves SELECT move.id AS record, coalesce(move.actor, 1) AS party
--   FROM item CROSS JOIN move ON move.item = item.id WHERE item.kind =
--   :drill_kind AND move.state = :state AND (:from IS NULL OR (item.day >=
--   :from AND item.day < :to));
WITH flows AS MATERIALIZED (
    SELECT code, json_extract(data, '$.start[0]') AS start FROM word('flow')
),
items AS MATERIALIZED (
    SELECT items.item, items.kind, items.state, flows.start
    FROM item_state(:kind) AS items
    LEFT JOIN flows ON flows.code = items.flow
    WHERE :from IS NULL OR (items.day >= :from AND items.day < :to)
),
moved AS MATERIALIZED (
    SELECT items.item, items.kind, items.start, move.state,
        count(*) AS moves
    FROM items CROSS JOIN move ON move.item = items.item
    GROUP BY items.item, move.state
),
parts AS MATERIALIZED (
    SELECT kind, state, count(*) AS items, 0 AS reached, 0 AS moves
    FROM items WHERE state IS NOT NULL
    GROUP BY kind, state
    UNION ALL
    SELECT kind, state, 0, sum(state IS NOT start), sum(moves)
    FROM moved
    GROUP BY kind, state
    UNION ALL
    SELECT kind, start, 0, count(*), 0
    FROM items WHERE start IS NOT NULL
    GROUP BY kind, start
)
SELECT kind, state, sum(items) AS items, sum(reached) AS reached,
    sum(moves) AS moves, kind AS drill_kind
FROM parts
GROUP BY kind, state
