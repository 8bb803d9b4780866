-- title: Some moves need a reason
-- version: 1
-- formula: a move to a state that its flow lists under "reason" has one:
--   declining is an expert's veto with a reason; the reason of a move to
--   duplicate is the number of the item that it repeats (custcap list says
--   it), another one than itself
-- source: VOCABULARY.md "Contributions" (exits)
-- requirements: A-29 C-16
-- column: severity text none - refuse
-- column: code text none - move-reason
-- column: record text none - the move
-- column: reason text none - what is missing
-- needs: move
WITH pending AS MATERIALIZED (
    SELECT row, item, state, reason FROM pending_move
),
asked AS MATERIALIZED (
    SELECT DISTINCT item FROM pending
),
items AS MATERIALIZED (
    SELECT item.id, item.kind, item.flow
    FROM asked CROSS JOIN item ON item.id = asked.item
    UNION ALL
    SELECT id, kind, flow FROM pending_item
    WHERE id IN (SELECT item FROM asked)
),
needed AS MATERIALIZED (
    SELECT pending.row, items.id, items.kind, pending.state, pending.reason,
        id_of(trim(pending.reason)) AS original
    FROM pending CROSS JOIN items ON items.id = pending.item
    WHERE instr(coalesce(json_extract(word_data('flow', coalesce(items.flow,
            word_member('item', items.kind, 'flow'))), '$.reason'), ''),
            '"' || pending.state || '"') > 0
),
found AS MATERIALIZED (
    SELECT item.id
    FROM needed CROSS JOIN item ON item.id = needed.original
    UNION
    SELECT id FROM pending_item
)
SELECT 'refuse' AS severity, 'move-reason' AS code,
    'move ' || row AS record,
    kind || ' ' || id_text(id) || ' goes to ' || state || CASE
        WHEN trim(coalesce(reason, '')) = '' THEN
            ' without a reason, which its flow asks for'
        WHEN original IS NULL THEN
            ', so its reason is the number of another item such as @12.1, '
                || 'not ''' || substr(reason, 1, 60) || ''''
        WHEN original = id THEN ' of itself'
        ELSE ' of ' || id_text(original) || ', and there is no such item'
    END AS reason
FROM needed
WHERE trim(coalesce(reason, '')) = ''
    OR (state = 'duplicate' AND (original IS NULL OR original = id
        OR original NOT IN (SELECT id FROM found)))
ORDER BY row
