-- title: Customer success programmes: started and completed
-- version: 1
-- formula: items by kind (an onboarding, a plan; any item of the flow task or
--   initiative): started: those of the window; completed: of them, in state
--   done by its end
-- source: REQUIREMENTS.md C-20
-- requirements: C-20
-- column: programme text key - kind of item
-- column: started int64 sum - in the window
-- column: completed int64 sum - of them, done
-- column: share ratio ratio - completed of started
-- drill: started,share_den SELECT party, count(*) AS part FROM item WHERE day
--   >= :from AND day < :to AND kind = :programme AND coalesce(flow,
--   word_member('item', kind, 'flow')) IN ('task', 'initiative') GROUP BY
--   party;
-- drill: completed,share_num SELECT party, count(*) AS part FROM item WHERE
--   day >= :from AND day < :to AND kind = :programme AND coalesce(flow,
--   word_member('item', kind, 'flow')) IN ('task', 'initiative') AND 'done' =
--   (SELECT state FROM move WHERE move.item = item.id AND move.day < :to ORDER
--   BY move.instant DESC, move.id DESC LIMIT 1) GROUP BY party;
WITH items AS MATERIALIZED (
    SELECT id, kind FROM item
    WHERE day >= :from AND day < :to
        AND coalesce(flow, word_member('item', kind, 'flow'))
            IN ('task', 'initiative')
),
states AS MATERIALIZED (
    SELECT item, state, row_number() OVER (
        PARTITION BY item ORDER BY instant DESC, id DESC) AS nth
    FROM move
    WHERE day < :to AND item IN (SELECT id FROM items)
)
SELECT items.kind AS programme, count(*) AS started,
    coalesce(sum(states.state = 'done'), 0) AS completed,
    coalesce(sum(states.state = 'done'), 0) AS share_num,
    count(*) AS share_den
FROM items
LEFT JOIN states ON states.item = items.id AND states.nth = 1
GROUP BY items.kind
