-- title: Share of wallet
-- version: 1
-- formula: ours: revenue recognised in the window; category: what the
--   customer spends in the category with anybody, estimated (entries of code
--   estimate.wallet recognised in the window); share = ours / category, for
--   customers with an estimate
-- source: REQUIREMENTS.md D-12
-- requirements: D-12
-- basis: revenue (amounts recognised in the window, net of tax)
-- column: party party key - the customer
-- column: ours money sum - spent with us
-- column: category money sum - spent with anybody, estimated
-- column: share ratio ratio - ours of category
-- drill: ours,share_num SELECT id, party,
--   recognised(amount, day, "end", :from, :to) AS part FROM entry
--   WHERE party = :party AND unit = :unit AND book = 'revenue'
--   AND recognised(amount, day, "end", :from, :to) <> 0;
-- drill: category,share_den SELECT id, party,
--   recognised(amount, day, "end", :from, :to) AS part FROM entry
--   WHERE party = :party AND unit = :unit AND code = 'estimate.wallet'
--   AND recognised(amount, day, "end", :from, :to) <> 0;
WITH sums AS MATERIALIZED (
    SELECT party,
        sum(iif(book = 'revenue',
            recognised(amount, day, "end", :from, :to), 0)) AS ours,
        sum(iif(code = 'estimate.wallet',
            recognised(amount, day, "end", :from, :to), 0)) AS category
    FROM entry
    WHERE unit = :unit AND party <> 1
        AND book IN ('revenue', 'estimate')
    GROUP BY party
)
SELECT party, ours, category, ours AS share_num, category AS share_den
FROM sums
WHERE category > 0
