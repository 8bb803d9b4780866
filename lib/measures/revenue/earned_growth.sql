-- title: Earned growth
-- version: 1
-- uses: acquisition.newcomers
-- formula: the window against as many days before it; O: customers with v0 >
--   0, base = their v0, retained = their v1. Each new customer's v1 is split
--   by weights in parts per million: by the source of acquisition.newcomers
--   (referral and organic earned, paid bought, others unknown), or where the
--   channel's word or one above it says earned_ppm and bought_ppm in its data,
--   by those; the rest is unknown. enc, bnc, unc = earned_new, bought_new,
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
WITH RECURSIVE both AS MATERIALIZED (
    SELECT party, min(iif(amount > 0, day, NULL)) AS first_day,
        sum(recognised(amount, day, "end", :from - (:to - :from), :from))
            AS v0,
        sum(recognised(amount, day, "end", :from, :to)) AS v1
    FROM entry
    WHERE book = 'revenue' AND unit = :unit AND party <> 1 AND day < :to
    GROUP BY party
),
came AS MATERIALIZED (
    SELECT party, v1, first_day FROM both WHERE v0 <= 0 AND v1 > 0
),
-- Periods as long as the window, back to the first day of whoever came and
-- may have been active before: they are few.
back (party, until, first_day) AS (
    SELECT party, :from - (:to - :from), first_day FROM came
    WHERE first_day < :from - (:to - :from)
    UNION ALL
    SELECT party, until - (:to - :from), first_day FROM back
    WHERE first_day < until - (:to - :from)
),
active AS MATERIALIZED (
    SELECT DISTINCT party FROM (
        SELECT back.party AS party
        FROM back JOIN entry ON entry.party = back.party
            AND entry.book = 'revenue' AND entry.unit = :unit
        GROUP BY back.party, back.until
        HAVING sum(recognised(entry.amount, entry.day, entry."end",
            back.until - (:to - :from), back.until)) > 0
    )
),
ways AS MATERIALIZED (
    SELECT came.party, came.v1, acquisition_newcomers.source,
        iif(acquisition_newcomers.source = 'referral', NULL,
            acquisition_newcomers.channel) AS channel
    FROM came
    LEFT JOIN acquisition_newcomers
        ON acquisition_newcomers.party = came.party
    WHERE came.party NOT IN (SELECT party FROM active)
),
weights AS MATERIALIZED (
    SELECT party, v1,
        coalesce(word_member('channel', channel, 'earned_ppm'),
            iif(source IN ('referral', 'organic'), 1000000, 0)) AS earned,
        coalesce(word_member('channel', channel, 'bought_ppm'),
            iif(source = 'paid', 1000000, 0)) AS bought
    FROM ways
),
news AS MATERIALIZED (
    SELECT coalesce(sum(v1), 0) AS v1,
        coalesce(sum(share(v1, earned, 1000000)), 0) AS earned,
        coalesce(sum(share(v1, bought, 1000000)), 0) AS bought
    FROM weights
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
