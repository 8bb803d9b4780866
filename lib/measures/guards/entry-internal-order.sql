-- title: Service between departments is no revenue
-- version: 1
-- formula: an entry of the book revenue does not name an item of the kind
--   internal-order or below: what departments do for each other is never
--   revenue
-- source: DEFINITIONS.md "Scores and people" (internal orders)
-- requirements: B-09
-- column: severity text none - refuse
-- column: code text none - entry-internal-order
-- column: record text none - the entry
-- column: reason text none - which order
-- needs: item of entry
WITH asked AS MATERIALIZED (
    SELECT row, party, item FROM pending_entry
    WHERE item IS NOT NULL AND book = 'revenue'
),
items AS MATERIALIZED (
    SELECT item.id, item.kind
    FROM (SELECT DISTINCT item FROM asked) AS one
    CROSS JOIN item ON item.id = one.item
    UNION ALL
    SELECT id, kind FROM pending_item WHERE id IN (SELECT item FROM asked)
)
SELECT 'refuse' AS severity, 'entry-internal-order' AS code,
    'entry ' || asked.row AS record,
    id_text(asked.item) || ' is an internal order, and what departments do '
        || 'for each other is no revenue; a code such as exchange.labour '
        || 'records what it is worth' AS reason
FROM asked JOIN items ON items.id = asked.item
WHERE is_a('item', items.kind, 'internal-order')
ORDER BY asked.row
