-- title: No implementation without agreed terms
-- version: 1
-- formula: an item whose kind has "terms" in its data goes to a state that
--   its flow lists under "terms" only where an event below `terms` about it,
--   of the party that brought it, is dated on or before the move (the guard
--   event-terms sees to it that the shares of a record sum to 1)
-- source: VOCABULARY.md "Contributions" (IP record)
-- requirements: A-26 A-01
-- column: severity text none - refuse
-- column: code text none - move-terms
-- column: record text none - the move
-- column: reason text none - what is missing
-- needs: move
WITH pending AS MATERIALIZED (
    SELECT row, item, state, day FROM pending_move
),
asked AS MATERIALIZED (
    SELECT DISTINCT item FROM pending
),
items AS MATERIALIZED (
    SELECT item.id, item.party, item.kind, item.flow
    FROM asked CROSS JOIN item ON item.id = asked.item
    UNION ALL
    SELECT id, party, kind, flow FROM pending_item
    WHERE id IN (SELECT item FROM asked)
),
needed AS MATERIALIZED (
    SELECT pending.row, pending.day, pending.state, items.id, items.kind,
        coalesce(items.party, 1) AS party
    FROM pending CROSS JOIN items ON items.id = pending.item
    WHERE word_member('item', items.kind, 'terms') = 'true'
        AND instr(coalesce(json_extract(word_data('flow',
            coalesce(items.flow, word_member('item', items.kind, 'flow'))),
            '$.terms'), ''), '"' || pending.state || '"') > 0
),
parties AS MATERIALIZED (
    SELECT DISTINCT party FROM needed
),
agreed AS MATERIALIZED (
    SELECT event.item, event.party, event.day
    FROM parties CROSS JOIN event ON event.party = parties.party
    WHERE is_a('event', event.kind, 'terms')
    UNION ALL
    SELECT item, party, day FROM pending_event
    WHERE is_a('event', kind, 'terms')
)
SELECT 'refuse' AS severity, 'move-terms' AS code,
    'move ' || row AS record,
    kind || ' ' || id_text(id) || ' goes to ' || state
        || ', but no terms are agreed with '
        || coalesce(party_key(party), '#' || party)
        || ' on or before ' || day_text(day)
        || ': record the shares as events of kind terms' AS reason
FROM needed
WHERE NOT EXISTS (
    SELECT 1 FROM agreed
    WHERE agreed.item = needed.id AND agreed.party = needed.party
        AND agreed.day <= needed.day)
ORDER BY row
