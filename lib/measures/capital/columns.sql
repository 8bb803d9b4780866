-- title: Two columns: finance beside customer capital
-- version: 1
-- formula: finance: revenue recognised in the window, cost (entries of the
--   book cost, those with a service period by the day), profit = revenue -
--   cost. capital: retention, ramp_up and referral of capital.structure,
--   capital = their sum, quality = capital / revenue. acquisition: spend on
--   winning customers of the window, a part of cost where the host books it
--   there, so it is shown and not taken off twice
-- source: REQUIREMENTS.md D-13; DEFINITIONS.md "Customer capital: the three
--   Rs"
-- requirements: D-07 D-13
-- basis: revenue (amounts recognised in the window, net of tax)
-- shards: no
-- column: revenue money sum - current: what was earned
-- column: cost money sum - current: what it cost
-- column: profit money sum - current: revenue less cost
-- column: acquisition money sum - memo: spend on winning customers
-- column: retention money sum - leading: existing customers, known lines
-- column: ramp_up money sum - leading: existing customers, new lines
-- column: referral money none - leading: newcomers who were referred
-- column: capital money none - leading: the three together
-- column: quality ratio none - capital of revenue
-- drill: cost SELECT id, party,
--   recognised(amount, day, "end", :from, :to) AS part FROM entry
--   WHERE book = 'cost' AND unit = :unit
--   AND recognised(amount, day, "end", :from, :to) <> 0;
-- drill: acquisition SELECT id, party, amount AS part FROM entry
--   WHERE book = 'acquisition' AND unit = :unit
--   AND day >= :from AND day < :to;
-- drill: revenue,quality_den SELECT id, party,
--   recognised(amount, day, "end", :from, :to) AS part FROM entry
--   WHERE book = 'revenue' AND unit = :unit AND party <> 1
--   AND recognised(amount, day, "end", :from, :to) <> 0;
-- drill: profit SELECT id, party, iif(book = 'cost', -1, 1)
--   * recognised(amount, day, "end", :from, :to) AS part FROM entry
--   WHERE unit = :unit AND (book = 'cost' OR (book = 'revenue'
--   AND party <> 1)) AND recognised(amount, day, "end", :from, :to) <> 0;
-- drill: retention,ramp_up,referral = capital.structure
-- drill: capital,quality_num = capital.structure quality_num
WITH costs AS MATERIALIZED (
    SELECT coalesce(sum(recognised(amount, day, "end", :from, :to)), 0)
            AS cost
    FROM entry
    WHERE book = 'cost' AND unit = :unit
),
spends AS MATERIALIZED (
    SELECT coalesce(sum(amount), 0) AS acquisition
    FROM entry
    WHERE book = 'acquisition' AND unit = :unit
        AND day >= :from AND day < :to
)
SELECT revenue, cost, revenue - cost AS profit, acquisition, retention,
    ramp_up, referral, retention + ramp_up + referral AS capital,
    retention + ramp_up + referral AS quality_num, revenue AS quality_den
FROM structure CROSS JOIN costs CROSS JOIN spends
