-- title: Items have what their kind requires
-- version: 1
-- formula: the data of a kind of item, or of the nearest kind above that has
--   it, lists under `required` which of owner, due, party and subject must be
--   there
-- source: VOCABULARY.md "The customer-capital triangle" (alarm: unowned)
-- requirements: D-26 D-27 E-14
-- column: severity text none - refuse
-- column: code text none - item-required
-- column: record text none - the item
-- column: reason text none - what is missing
-- needs: data required of kind of item
WITH fields(name) AS (
    VALUES ('owner'), ('due'), ('party'), ('subject')
),
asked AS MATERIALIZED (
    SELECT row, kind, owner, due, party, subject,
        word_member('item', kind, 'required') AS required
    FROM pending_item
    WHERE word_member('item', kind, 'required') IS NOT NULL
)
SELECT 'refuse' AS severity, 'item-required' AS code,
    'item ' || asked.row AS record,
    asked.kind || ' needs `' || fields.name || '`, which is missing'
        AS reason
FROM asked CROSS JOIN fields
WHERE instr(asked.required, '"' || fields.name || '"') > 0
    AND CASE fields.name WHEN 'owner' THEN asked.owner
        WHEN 'due' THEN asked.due WHEN 'party' THEN asked.party
        ELSE asked.subject END IS NULL
ORDER BY asked.row, fields.name
