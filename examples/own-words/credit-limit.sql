-- title: No order beyond 500.00 from a new customer
-- version: 1
-- formula: an entry of revenue above 500.00 needs an earlier one of its party
-- source: the shop's own
-- needs: entry
SELECT 'refuse' AS severity, 'shop-credit-limit' AS code,
    'entry ' || row AS record,
    coalesce(party_key(party), '#' || party)
        || ' is new here and may order for 500.00 at most' AS reason
FROM pending_entry
WHERE book = 'revenue' AND amount > 50000
    AND NOT EXISTS (SELECT 1 FROM entry
                    WHERE entry.party = pending_entry.party
                        AND entry.book = 'revenue')
ORDER BY row
