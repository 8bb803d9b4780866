-- title: Deep and shallow participation
-- version: 1
-- uses: customer.value_account
-- formula: deep: the total of the party's value account in the window is at
--   least "deep" of the rule participation, in major units; else shallow.
--   Programmes invite by tier
-- source: REQUIREMENTS.md A-18; VOCABULARY.md "Contributions" (boundaries)
-- requirements: A-18
-- basis: revenue (amounts recognised in the window, net of tax)
-- shards: no
-- column: party party key - who
-- column: contribution money none - total of its value account
-- column: tier text none - deep or shallow
-- column: items int64 none - ideas and contributions it brought
-- drill: items SELECT id AS record, party FROM item WHERE party = :party
--   AND (is_a('item', kind, 'contribution') OR is_a('item', kind, 'idea'));
WITH brought AS MATERIALIZED (
    SELECT party, count(*) AS items FROM item
    WHERE (is_a('item', kind, 'contribution') OR is_a('item', kind, 'idea'))
        AND party IS NOT NULL AND party <> 1
    GROUP BY party
),
accounts AS MATERIALIZED (
    SELECT party, total FROM customer_value_account
    UNION ALL
    SELECT party, 0 FROM brought
    WHERE party NOT IN (SELECT party FROM customer_value_account)
)
SELECT accounts.party, accounts.total AS contribution,
    iif(accounts.total >= amount_of(word_member('rule', 'participation',
        'deep'), 0, :unit), 'deep', 'shallow') AS tier,
    coalesce(brought.items, 0) AS items
FROM accounts LEFT JOIN brought ON brought.party = accounts.party
