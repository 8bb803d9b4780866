-- title: An andon pull stops something there is
-- version: 1
-- formula: the subject of an andon pull is the code of a line, or the number
--   of an item as it is written (@12.1); where nothing is called so, it is
--   warned about: such a pull stops nothing
-- source: VOCABULARY.md "The customer-capital triangle" (andon)
-- requirements: D-26
-- column: severity text none - warn
-- column: code text none - item-andon
-- column: record text none - the item
-- column: reason text none - what is called so
-- needs: word andon of kind of item
WITH pulls AS MATERIALIZED (
    SELECT row, subject, id_of(subject) AS item FROM pending_item
    WHERE is_a('item', kind, 'andon')
),
items AS MATERIALIZED (
    SELECT item.id
    FROM pulls CROSS JOIN item ON item.id = pulls.item
    UNION
    SELECT id FROM pending_item
)
SELECT 'warn' AS severity, 'item-andon' AS code, 'item ' || row AS record,
    iif(subject LIKE '@%', 'no item has the number ', 'no line is called ')
        || subject || ': until one is, this pull stops nothing' AS reason
FROM pulls
WHERE CASE WHEN subject LIKE '@%'
    THEN item IS NULL OR item NOT IN (SELECT id FROM items)
        OR id_text(item) <> subject
    ELSE NOT is_a('line', subject, subject) END
ORDER BY row
