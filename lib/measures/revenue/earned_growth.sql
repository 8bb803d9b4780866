-- title: Earned growth
-- version: 1
-- uses: revenue.new_customers
-- formula: the window against as many days before it; O: customers with v0 >
--   0, base = their v0, retained = their v1. Each new customer's v1 is split
--   as revenue.new_customers does. enc, bnc, unc = earned_new, bought_new,
--   unknown_new / base. low = retained + earned_new over base, less 1
--   (unknown is bought), high with unknown_new as well. growth = (closing -
--   opening) / base = (nrr - 1) + enc + bnc + unc + (reactivation + adj) /
--   base, exactly
-- source: Frederick Reichheld, "Winning on Purpose" (2021), earned growth
--   rate; REQUIREMENTS.md D-35; DEFINITIONS.md "Identities"
-- requirements: D-35
-- basis: revenue (amounts recognised in the window, net of tax)
-- shards: no
-- column: base money sum - of the customers of before, then
-- column: retained money sum - of the same, now
-- column: earned_new money none - new customers: earned
-- column: bought_new money none - new customers: bought
-- column: unknown_new money none - new customers: nobody knows
-- column: reactivation money none - of customers that came back
-- column: adj money none - credits to customers that were not active
-- column: enc ratio none - earned new of base
-- column: bnc ratio none - bought new of base
-- column: unc ratio none - unknown new of base
-- column: low ratio none - earned growth, the unknown bought
-- column: high ratio none - earned growth, the unknown earned
-- column: growth ratio none - of all revenue
-- drill: base,enc_den,bnc_den,unc_den,low_den,high_den,growth_den
--   = revenue.retention nrr_den whole
-- drill: retained = revenue.retention nrr_num whole
-- drill: reactivation = revenue.movements reactivation whole
-- drill: adj = revenue.movements adj whole
-- drill: growth_num SELECT id, party, recognised(amount, day, "end", :from,
--   :to) - recognised(amount, day, "end", :from - (:to - :from), :from) AS
--   part FROM entry WHERE book = 'revenue' AND unit = :unit AND party <> 1
--   AND recognised(amount, day, "end", :from, :to) <> recognised(amount, day,
--   "end", :from - (:to - :from), :from);
-- drill: earned_new,enc_num WITH steps AS (SELECT entry.id, entry.party,
--   revenue_new_customers.earned_ppm, revenue_new_customers.bought_ppm,
--   recognised(amount, day, "end", :from, :to) AS step,
--   sum(recognised(amount, day, "end", :from, :to)) OVER (PARTITION BY
--   entry.party ORDER BY entry.id ROWS UNBOUNDED PRECEDING) AS so_far
--   FROM entry JOIN revenue_new_customers
--   ON revenue_new_customers.party = entry.party
--   WHERE book = 'revenue' AND unit = :unit
--   AND recognised(amount, day, "end", :from, :to) <> 0)
--   SELECT id, party, share(so_far, earned_ppm, 1000000)
--   - share(so_far - step, earned_ppm, 1000000) AS part FROM steps;
-- drill: bought_new,bnc_num WITH steps AS (SELECT entry.id, entry.party,
--   revenue_new_customers.earned_ppm, revenue_new_customers.bought_ppm,
--   recognised(amount, day, "end", :from, :to) AS step,
--   sum(recognised(amount, day, "end", :from, :to)) OVER (PARTITION BY
--   entry.party ORDER BY entry.id ROWS UNBOUNDED PRECEDING) AS so_far
--   FROM entry JOIN revenue_new_customers
--   ON revenue_new_customers.party = entry.party
--   WHERE book = 'revenue' AND unit = :unit
--   AND recognised(amount, day, "end", :from, :to) <> 0)
--   SELECT id, party, share(so_far, bought_ppm, 1000000)
--   - share(so_far - step, bought_ppm, 1000000) AS part FROM steps;
-- drill: unknown_new,unc_num WITH steps AS (SELECT entry.id, entry.party,
--   revenue_new_customers.earned_ppm, revenue_new_customers.bought_ppm,
--   recognised(amount, day, "end", :from, :to) AS step,
--   sum(recognised(amount, day, "end", :from, :to)) OVER (PARTITION BY
--   entry.party ORDER BY entry.id ROWS UNBOUNDED PRECEDING) AS so_far
--   FROM entry JOIN revenue_new_customers
--   ON revenue_new_customers.party = entry.party
--   WHERE book = 'revenue' AND unit = :unit
--   AND recognised(amount, day, "end", :from, :to) <> 0)
--   SELECT id, party, step - (share(so_far, earned_ppm, 1000000)
--   - share(so_far - step, earned_ppm, 1000000))
--   - (share(so_far, bought_ppm, 1000000)
--   - share(so_far - step, bought_ppm, 1000000)) AS part FROM steps;
-- drill: low_num WITH steps AS (SELECT entry.id, entry.party,
--   revenue_new_customers.earned_ppm, revenue_new_customers.bought_ppm,
--   recognised(amount, day, "end", :from, :to) AS step,
--   sum(recognised(amount, day, "end", :from, :to)) OVER (PARTITION BY
--   entry.party ORDER BY entry.id ROWS UNBOUNDED PRECEDING) AS so_far
--   FROM entry JOIN revenue_new_customers
--   ON revenue_new_customers.party = entry.party
--   WHERE book = 'revenue' AND unit = :unit
--   AND recognised(amount, day, "end", :from, :to) <> 0),
--   old AS (SELECT party FROM entry
--   WHERE book = 'revenue' AND unit = :unit AND party <> 1 GROUP BY party
--   HAVING sum(recognised(amount, day, "end", :from - (:to - :from), :from))
--   > 0)
--   SELECT id, party, recognised(amount, day, "end", :from, :to)
--   - recognised(amount, day, "end", :from - (:to - :from), :from) AS part
--   FROM entry WHERE book = 'revenue' AND unit = :unit
--   AND party IN (SELECT party FROM old)
--   AND (recognised(amount, day, "end", :from, :to) <> 0
--   OR recognised(amount, day, "end", :from - (:to - :from), :from) <> 0)
--   UNION ALL SELECT id, party, share(so_far, earned_ppm, 1000000)
--   - share(so_far - step, earned_ppm, 1000000) AS part FROM steps;
-- drill: high_num WITH steps AS (SELECT entry.id, entry.party,
--   revenue_new_customers.earned_ppm, revenue_new_customers.bought_ppm,
--   recognised(amount, day, "end", :from, :to) AS step,
--   sum(recognised(amount, day, "end", :from, :to)) OVER (PARTITION BY
--   entry.party ORDER BY entry.id ROWS UNBOUNDED PRECEDING) AS so_far
--   FROM entry JOIN revenue_new_customers
--   ON revenue_new_customers.party = entry.party
--   WHERE book = 'revenue' AND unit = :unit
--   AND recognised(amount, day, "end", :from, :to) <> 0),
--   old AS (SELECT party FROM entry
--   WHERE book = 'revenue' AND unit = :unit AND party <> 1 GROUP BY party
--   HAVING sum(recognised(amount, day, "end", :from - (:to - :from), :from))
--   > 0)
--   SELECT id, party, recognised(amount, day, "end", :from, :to)
--   - recognised(amount, day, "end", :from - (:to - :from), :from) AS part
--   FROM entry WHERE book = 'revenue' AND unit = :unit
--   AND party IN (SELECT party FROM old)
--   AND (recognised(amount, day, "end", :from, :to) <> 0
--   OR recognised(amount, day, "end", :from - (:to - :from), :from) <> 0)
--   UNION ALL SELECT id, party, step - (share(so_far, bought_ppm, 1000000)
--   - share(so_far - step, bought_ppm, 1000000)) AS part FROM steps;
WITH news AS MATERIALIZED (
    SELECT coalesce(sum(revenue), 0) AS v1,
        coalesce(sum(earned), 0) AS earned,
        coalesce(sum(bought), 0) AS bought
    FROM revenue_new_customers
),
kept AS MATERIALIZED (
    SELECT nrr_num AS retained, nrr_den AS base FROM retention('whole')
),
moved AS MATERIALIZED (
    SELECT opening, closing, reactivation, adj FROM movement('whole')
)
SELECT base, retained, news.earned AS earned_new, news.bought AS bought_new,
    news.v1 - news.earned - news.bought AS unknown_new,
    moved.reactivation, moved.adj,
    news.earned AS enc_num, base AS enc_den,
    news.bought AS bnc_num, base AS bnc_den,
    news.v1 - news.earned - news.bought AS unc_num, base AS unc_den,
    retained + news.earned - base AS low_num, base AS low_den,
    retained + news.v1 - news.bought - base AS high_num, base AS high_den,
    moved.closing - moved.opening AS growth_num, base AS growth_den
FROM kept CROSS JOIN moved CROSS JOIN news
