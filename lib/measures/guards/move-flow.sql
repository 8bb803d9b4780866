-- title: Items move as their flow allows
-- version: 1
-- formula: an item's flow is its own, or else that of its kind. Its moves,
--   those recorded and those to come, stand in a row by (instant, number);
--   each must be allowed by the flow from the one before, the first from the
--   state in which the flow silently starts (or be a state it may start in).
--   A back-dated move must fit between its neighbours. A state that the flow
--   lets nothing follow is closed. No move is dated before its item. An item
--   without a flow moves freely
-- source: VOCABULARY.md "Contributions", "The customer-capital triangle"
-- requirements: A-03 D-26
-- column: severity text none - refuse
-- column: code text none - move-flow
-- column: record text none - the move
-- column: reason text none - item, flow, from, to, and what is allowed
-- needs: move
WITH pending AS MATERIALIZED (
    SELECT row, id, item, state, day, instant FROM pending_move
),
asked AS MATERIALIZED (
    SELECT DISTINCT item FROM pending
),
items AS MATERIALIZED (
    SELECT item.id, item.kind, item.flow, item.day
    FROM asked CROSS JOIN item ON item.id = asked.item
    UNION ALL
    SELECT id, kind, flow, day FROM pending_item
    WHERE id IN (SELECT item FROM asked)
),
flows AS MATERIALIZED (
    SELECT id, kind, day,
        coalesce(flow, word_member('item', kind, 'flow')) AS flow
    FROM items
),
together AS MATERIALIZED (
    SELECT 0 AS row, move.id, move.item, move.state, move.instant
    FROM asked CROSS JOIN move ON move.item = asked.item
    UNION ALL
    SELECT row, id, item, state, instant FROM pending
),
line AS MATERIALIZED (
    SELECT row, item, state,
        lag(state) OVER one AS before, lag(row) OVER one AS row_before
    FROM together
    WINDOW one AS (PARTITION BY item ORDER BY instant, id)
),
steps AS MATERIALIZED (
    SELECT max(line.row, coalesce(line.row_before, 0)) AS row,
        flows.id, flows.kind, flows.flow, line.state AS next,
        line.before IS NULL AS is_first,
        coalesce(line.before, json_extract(word_data('flow', flows.flow),
            '$.start[0]')) AS state
    FROM line CROSS JOIN flows ON flows.id = line.item
    WHERE line.row > 0 OR line.row_before > 0
),
wrong AS MATERIALIZED (
    SELECT row, id, kind, flow, is_first, state, next,
        json_extract(word_data('flow', flow), '$.moves."' || state || '"')
            AS allowed
    FROM steps
    WHERE CASE WHEN word_data('flow', flow) IS NULL THEN 0
        ELSE NOT allows(flow, state, next)
            AND NOT (is_first AND allows(flow, NULL, next)) END
)
SELECT 'refuse' AS severity, 'move-flow' AS code,
    'move ' || row AS record,
    kind || ' ' || id_text(id) || ' goes from ' || coalesce(state, 'nothing')
        || ' to ' || next || ', which the flow ' || flow
        || ' does not allow: '
        || CASE
            WHEN state IS NULL THEN 'it starts in ' || coalesce(
                replace(replace(json_extract(word_data('flow', flow),
                    '$.start'), '"', ''), ',', ', '), 'no state')
            WHEN coalesce(json_array_length(allowed), 0) = 0 THEN
                state || ' is closed'
            ELSE 'from ' || state || ' it may go to '
                || replace(replace(trim(allowed, '[]'), '"', ''), ',', ', ')
        END AS reason
FROM wrong
UNION ALL
SELECT 'refuse', 'move-flow', 'move ' || pending.row,
    flows.kind || ' ' || id_text(flows.id) || ' goes to ' || pending.state
        || ' on ' || day_text(pending.day) || ', but it came in on '
        || day_text(flows.day) || ' only'
FROM pending CROSS JOIN flows ON flows.id = pending.item
WHERE pending.day < flows.day
