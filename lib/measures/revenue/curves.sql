-- title: Second and third growth curves
-- version: 1
-- formula: a line's curve is the number `curve` in its data, or of the line
--   above it (1 where nothing says). revenue: recognised in the window, by
--   curve; from_base: of it, from customers that had a positive entry of
--   curve 1 before their first of this curve; base_share = from_base /
--   revenue
-- source: REQUIREMENTS.md D-25
-- requirements: D-25
-- basis: revenue (amounts recognised in the window, net of tax)
-- column: curve int64 key - 1 is the core business
-- column: customers int64 sum - with a positive entry up to the window's end
-- column: revenue money sum - recognised in the window
-- column: from_base money sum - of it, from customers of curve 1
-- column: base_share ratio ratio - from_base of revenue
-- drill: revenue,base_share_den SELECT id, party,
--   recognised(amount, day, "end", :from, :to) AS part FROM entry
--   WHERE book = 'revenue' AND unit = :unit AND party <> 1
--   AND recognised(amount, day, "end", :from, :to) <> 0
--   AND coalesce(word_member('line', line, 'curve'), 1) = :curve;
-- drill: customers SELECT DISTINCT party FROM entry WHERE book = 'revenue'
--   AND unit = :unit AND party <> 1 AND amount > 0 AND
--   coalesce(word_member('line', line, 'curve'), 1) = :curve;
-- drill: from_base,base_share_num SELECT id, party, recognised(amount, day,
--   "end", :from, :to) AS part FROM entry WHERE book = 'revenue' AND unit =
--   :unit AND recognised(amount, day, "end", :from, :to) <> 0 AND :curve <> 1
--   AND coalesce(word_member('line', line, 'curve'), 1) = :curve AND party IN
--   (SELECT party FROM (SELECT party, min(iif(coalesce(word_member('line',
--   line, 'curve'), 1) = 1, day, NULL)) AS base,
--   min(iif(coalesce(word_member('line', line, 'curve'), 1) = :curve, day,
--   NULL)) AS own FROM entry WHERE book = 'revenue' AND unit = :unit AND
--   party <> 1 AND amount > 0 GROUP BY party) WHERE base < own);
WITH sums AS MATERIALIZED (
    SELECT party, line,
        coalesce(word_member('line', line, 'curve'), 1) AS curve,
        min(iif(amount > 0, day, NULL)) AS first_day,
        sum(recognised(amount, day, "end", :from, :to)) AS revenue
    FROM entry
    WHERE book = 'revenue' AND unit = :unit AND party <> 1
    GROUP BY party, line
),
curves AS MATERIALIZED (
    SELECT party, curve, min(first_day) AS first_day,
        sum(revenue) AS revenue
    FROM sums
    GROUP BY party, curve
),
bases AS MATERIALIZED (
    SELECT party, first_day FROM curves WHERE curve = 1
)
SELECT curves.curve, count(curves.first_day) AS customers,
    sum(curves.revenue) AS revenue,
    sum(iif(curves.curve <> 1 AND bases.first_day < curves.first_day,
        curves.revenue, 0)) AS from_base,
    sum(iif(curves.curve <> 1 AND bases.first_day < curves.first_day,
        curves.revenue, 0)) AS base_share_num,
    sum(curves.revenue) AS base_share_den
FROM curves LEFT JOIN bases ON bases.party = curves.party
GROUP BY curves.curve
