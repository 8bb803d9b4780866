-- title: Only what is adopted is rewarded
-- version: 1
-- formula: a positive entry that names an item and is a reward (cost.rewards
--   and below, or points earned) is refused unless the item, on the entry's
--   day and after the batch's moves, is in a state that its flow lists under
--   "adopted". Flows without that list are not judged
-- source: REQUIREMENTS.md A-09
-- requirements: A-09
-- column: severity text none - refuse
-- column: code text none - entry-reward
-- column: record text none - the entry
-- column: reason text none - which state the item is in
-- needs: item of entry
WITH asked AS MATERIALIZED (
    SELECT row, item, day FROM pending_entry
    WHERE item IS NOT NULL AND amount > 0 AND ref IS NULL
        AND (book = 'points' OR is_a('code', code, 'cost.rewards'))
),
items AS MATERIALIZED (
    SELECT item.id, item.kind, item.flow
    FROM (SELECT DISTINCT item FROM asked) AS one
    CROSS JOIN item ON item.id = one.item
    UNION ALL
    SELECT id, kind, flow FROM pending_item
    WHERE id IN (SELECT item FROM asked)
),
flows AS MATERIALIZED (
    SELECT id, kind, word_data('flow', coalesce(flow,
        word_member('item', kind, 'flow'))) AS data
    FROM items
),
moves AS MATERIALIZED (
    SELECT move.item, move.state, move.instant, move.id, move.day
    FROM flows CROSS JOIN move ON move.item = flows.id
    UNION ALL
    SELECT item, state, instant, id, day FROM pending_move
    WHERE item IN (SELECT item FROM asked)
),
judged AS MATERIALIZED (
    SELECT asked.row, flows.id, flows.kind, flows.data,
        coalesce((SELECT state FROM moves
            WHERE moves.item = asked.item AND moves.day <= asked.day
            ORDER BY instant DESC, id DESC LIMIT 1),
            json_extract(flows.data, '$.start[0]')) AS state
    FROM asked CROSS JOIN flows ON flows.id = asked.item
    WHERE json_extract(flows.data, '$.adopted') IS NOT NULL
)
SELECT 'refuse' AS severity, 'entry-reward' AS code,
    'entry ' || row AS record,
    'a reward for ' || kind || ' ' || id_text(id) || ', which is '
        || coalesce(state, 'nowhere') || '; only '
        || replace(replace(trim(json_extract(data, '$.adopted'), '[]'),
            '"', ''), ',', ', ') || ' is rewarded' AS reason
FROM judged
WHERE instr(json_extract(data, '$.adopted'),
    '"' || coalesce(state, '') || '"') = 0
ORDER BY row
