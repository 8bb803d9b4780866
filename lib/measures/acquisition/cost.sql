-- title: Cost of winning customers
-- version: 1
-- uses: acquisition.newcomers acquisition.sources
-- formula: blended = all spend / all newcomers; paid = paid spend / newcomers
--   through paid channels; organic_cost = organic spend / organic newcomers,
--   referred ones included; organic_share = organic / (organic + paid)
--   newcomers, organic_revenue_share the same of their revenue; unknown
--   newcomers stay outside both shares and are shown
-- source: DEFINITIONS.md "Identities" and "Customer capital: the three Rs"
-- requirements: D-09 D-10
-- basis: revenue (amounts recognised in the window, net of tax)
-- shards: no
-- column: spend money sum - of the book acquisition
-- column: newcomers int64 none - first revenue in the window
-- column: organic int64 none - referred, or through an organic channel
-- column: paid int64 none - through a paid channel
-- column: unknown int64 none - neither
-- column: blended_cac ratio none unit - all spend, all newcomers
-- column: paid_cac ratio none unit - paid spend, paid newcomers
-- column: organic_cac ratio none unit - organic spend, organic newcomers
-- column: organic_share ratio none - of newcomers, unknown apart
-- column: organic_revenue_share ratio none - of their revenue
-- drill: spend,blended_cac_num SELECT id, party, amount AS part FROM entry
--   WHERE book = 'acquisition' AND unit = :unit
--   AND day >= :from AND day < :to;
-- drill: newcomers,blended_cac_den SELECT party FROM acquisition_newcomers;
-- drill: organic,organic_cac_den,organic_share_num SELECT party
--   FROM acquisition_newcomers
--   WHERE source IN ('referral', 'organic');
-- drill: paid,paid_cac_den SELECT party FROM acquisition_newcomers
--   WHERE source = 'paid';
-- drill: unknown SELECT party FROM acquisition_newcomers
--   WHERE source = 'unknown';
-- drill: paid_cac_num SELECT id, party, amount AS part FROM entry WHERE book
--   = 'acquisition' AND unit = :unit AND day >= :from AND day < :to AND CASE
--   WHEN channel IS NULL THEN 'paid' WHEN is_a('channel', channel, 'paid')
--   THEN 'paid' WHEN is_a('channel', channel, 'organic') THEN 'organic' WHEN
--   is_a('channel', channel, 'referral') THEN 'organic' ELSE 'unknown' END =
--   'paid';
-- drill: organic_cac_num SELECT id, party, amount AS part FROM entry WHERE
--   book = 'acquisition' AND unit = :unit AND day >= :from AND day < :to AND
--   CASE WHEN channel IS NULL THEN 'paid' WHEN is_a('channel', channel,
--   'paid') THEN 'paid' WHEN is_a('channel', channel, 'organic') THEN
--   'organic' WHEN is_a('channel', channel, 'referral') THEN 'organic' ELSE
--   'unknown' END = 'organic';
-- drill: organic_share_den SELECT party FROM acquisition_newcomers WHERE
--   source <> 'unknown';
-- drill: organic_revenue_share_num SELECT id, party, recognised(amount, day,
--   "end", :from, :to) AS part FROM entry WHERE book = 'revenue' AND unit =
--   :unit AND recognised(amount, day, "end", :from, :to) <> 0 AND party IN
--   (SELECT party FROM acquisition_newcomers WHERE source IN ('referral',
--   'organic'));
-- drill: organic_revenue_share_den SELECT id, party, recognised(amount, day,
--   "end", :from, :to) AS part FROM entry WHERE book = 'revenue' AND unit =
--   :unit AND recognised(amount, day, "end", :from, :to) <> 0 AND party IN
--   (SELECT party FROM acquisition_newcomers WHERE source IN ('referral',
--   'organic', 'paid'));
WITH groups AS MATERIALIZED (
    SELECT CASE source WHEN 'referral' THEN 'organic' ELSE source END
            AS source,
        newcomers, revenue, spend
    FROM acquisition_sources
),
sums AS MATERIALIZED (
    SELECT coalesce(sum(spend), 0) AS spend,
        coalesce(sum(newcomers), 0) AS newcomers,
        coalesce(sum(iif(source = 'organic', newcomers, 0)), 0) AS organic,
        coalesce(sum(iif(source = 'paid', newcomers, 0)), 0) AS paid,
        coalesce(sum(iif(source = 'unknown', newcomers, 0)), 0) AS unknown,
        coalesce(sum(iif(source = 'organic', spend, 0)), 0)
            AS organic_spend,
        coalesce(sum(iif(source = 'paid', spend, 0)), 0) AS paid_spend,
        coalesce(sum(iif(source = 'organic', revenue, 0)), 0)
            AS organic_revenue,
        coalesce(sum(iif(source = 'paid', revenue, 0)), 0) AS paid_revenue
    FROM groups
)
SELECT spend, newcomers, organic, paid, unknown,
    spend AS blended_cac_num, newcomers AS blended_cac_den,
    paid_spend AS paid_cac_num, paid AS paid_cac_den,
    organic_spend AS organic_cac_num, organic AS organic_cac_den,
    organic AS organic_share_num, organic + paid AS organic_share_den,
    organic_revenue AS organic_revenue_share_num,
    organic_revenue + paid_revenue AS organic_revenue_share_den
FROM sums
