-- title: Points are spent from lots
-- version: 1
-- formula: a negative entry of the book points names the lot it is taken from
--   (ref): otherwise a balance could hide what has expired
-- source: DEFINITIONS.md "Settlement: one rule" (points)
-- requirements: A-19
-- column: severity text none - refuse
-- column: code text none - entry-points
-- column: record text none - the entry
-- column: reason text none - what is missing
-- needs: book points of entry
SELECT 'refuse' AS severity, 'entry-points' AS code,
    'entry ' || row AS record,
    'it takes ' || amount_text(-amount, unit) || ' ' || unit || ' from '
        || coalesce(party_key(party), '#' || party)
        || ' without a lot; `ref` names the entry that earned them' AS reason
FROM pending_entry
WHERE book = 'points' AND amount < 0 AND ref IS NULL
ORDER BY row
