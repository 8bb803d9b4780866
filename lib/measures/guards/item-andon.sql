-- title: An andon pull stops something there is
-- version: 1
-- formula: the subject of an andon pull is the code of a line, or the number
--   of an item; where nothing is called so, it is warned about: such a pull
--   stops nothing
-- source: VOCABULARY.md "The customer-capital triangle" (andon)
-- requirements: D-26
-- column: severity text none - warn
-- column: code text none - item-andon
-- column: record text none - the item
-- column: reason text none - what is called so
-- needs: word andon of kind of item
SELECT 'warn' AS severity, 'item-andon' AS code, 'item ' || row AS record,
    'no line is called ' || subject
        || ': until one is, this pull stops nothing' AS reason
FROM pending_item
WHERE is_a('item', kind, 'andon') AND subject NOT LIKE '@%'
    AND NOT is_a('line', subject, subject)
ORDER BY row
