-- title: Revenue by channel
-- version: 1
-- formula: revenue recognised in the window by channel; share = of the
--   window's revenue; the share of private domain and direct to consumer is
--   that of the channel direct and what is below it
-- source: REQUIREMENTS.md D-21
-- requirements: D-21
-- basis: revenue (amounts recognised in the window, net of tax)
-- column: channel text key - nothing where none is recorded
-- column: customers int64 none - with an amount through it
-- column: revenue money sum - recognised in the window
-- column: share ratio ratio - of all revenue
-- drill: revenue,share_num SELECT id, party,
--   recognised(amount, day, "end", :from, :to) AS part FROM entry
--   WHERE book = 'revenue' AND unit = :unit AND party <> 1
--   AND channel IS nullif(:channel, '')
--   AND recognised(amount, day, "end", :from, :to) <> 0;
-- drill: share_den SELECT id, party, recognised(amount, day, "end", :from,
--   :to) AS part FROM entry WHERE book = 'revenue' AND unit = :unit AND party
--   <> 1 AND recognised(amount, day, "end", :from, :to) <> 0;
-- drill: customers SELECT party FROM entry WHERE book = 'revenue' AND unit =
--   :unit AND party <> 1 AND channel IS nullif(:channel, '') GROUP BY party
--   HAVING sum(recognised(amount, day, "end", :from, :to)) <> 0;
WITH parts AS MATERIALIZED (
    SELECT coalesce(channel, '') AS channel, party,
        sum(recognised(amount, day, "end", :from, :to)) AS amount
    FROM entry
    WHERE book = 'revenue' AND unit = :unit AND party <> 1
    GROUP BY channel, party
),
channels AS MATERIALIZED (
    SELECT channel, count(iif(amount <> 0, party, NULL)) AS customers,
        sum(amount) AS revenue
    FROM parts
    GROUP BY channel
)
SELECT channel, customers, revenue, revenue AS share_num,
    sum(revenue) OVER () AS share_den
FROM channels
WHERE customers > 0
