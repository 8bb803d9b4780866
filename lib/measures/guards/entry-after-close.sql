-- title: No entry in closed books
-- version: 1
-- formula: an entry dated on or before the last closed day needs the flag
--   prior
-- source: DESIGN.md "Close"
-- column: severity text none - refuse
-- column: code text none - entry-after-close
-- column: record text none - the entry
-- column: reason text none - which day is closed
-- needs: closed day of entry
SELECT 'refuse' AS severity, 'entry-after-close' AS code,
    'entry ' || pending_entry.row AS record,
    'the entry is dated ' || day_text(pending_entry.day)
        || ', the books are closed up to ' || day_text(closed.day)
        || '; an entry meant for closed books has prior = 1' AS reason
FROM pending_entry
CROSS JOIN (SELECT max(day) AS day FROM mark WHERE kind = 'close') AS closed
WHERE pending_entry.day <= closed.day AND pending_entry.prior = 0
ORDER BY pending_entry.row
