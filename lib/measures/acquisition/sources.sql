-- title: Newcomers and their cost by channel
-- version: 1
-- uses: acquisition.newcomers
-- formula: newcomers of the window by source and channel (see
--   acquisition.newcomers); spend: amounts of the book acquisition dated in
--   the window, by channel; spend without a channel is paid, for money that
--   was spent on winning customers is not organic until its channel says so;
--   cac = spend / newcomers. A referred newcomer's channel is not asked
-- source: DEFINITIONS.md "Identities" (paid, blended and organic CAC)
-- requirements: A-05 D-09 D-10
-- basis: revenue (amounts recognised in the window, net of tax)
-- shards: no
-- column: source text key - referral, paid, organic or unknown
-- column: channel text key - of the first revenue; nothing for referral
-- column: newcomers int64 none - first revenue in the window
-- column: revenue money none - theirs in the window
-- column: spend money sum - on winning customers
-- column: cac ratio none unit - spend a newcomer
-- drill: newcomers,cac_den SELECT party FROM acquisition_newcomers
--   WHERE source = :source
--   AND (source = 'referral' OR channel IS nullif(:channel, ''));
-- drill: revenue SELECT entry.id, entry.party,
--   recognised(entry.amount, entry.day, entry."end", :from, :to) AS part
--   FROM entry WHERE entry.book = 'revenue' AND entry.unit = :unit
--   AND recognised(entry.amount, entry.day, entry."end", :from, :to) <> 0
--   AND entry.party IN (SELECT party FROM acquisition_newcomers
--   WHERE source = :source
--   AND (source = 'referral' OR channel IS nullif(:channel, '')));
-- drill: spend,cac_num SELECT id, party, amount AS part FROM entry
--   WHERE book = 'acquisition' AND unit = :unit
--   AND day >= :from AND day < :to AND :source <> 'referral'
--   AND channel IS nullif(:channel, '')
--   AND CASE WHEN channel IS NULL THEN 'paid'
--   WHEN is_a('channel', channel, 'paid') THEN 'paid'
--   WHEN is_a('channel', channel, 'organic') THEN 'organic'
--   WHEN is_a('channel', channel, 'referral') THEN 'organic'
--   ELSE 'unknown' END = :source;
WITH spent AS MATERIALIZED (
    SELECT CASE
            WHEN channel IS NULL THEN 'paid'
            WHEN is_a('channel', channel, 'paid') THEN 'paid'
            WHEN is_a('channel', channel, 'organic') THEN 'organic'
            WHEN is_a('channel', channel, 'referral') THEN 'organic'
            ELSE 'unknown'
        END AS source,
        coalesce(channel, '') AS channel, sum(amount) AS spend
    FROM entry
    WHERE book = 'acquisition' AND unit = :unit
        AND day >= :from AND day < :to
    GROUP BY channel
),
came AS MATERIALIZED (
    SELECT source,
        CASE source WHEN 'referral' THEN '' ELSE coalesce(channel, '') END
            AS channel,
        count(*) AS newcomers, sum(revenue) AS revenue
    FROM acquisition_newcomers
    GROUP BY 1, 2
),
places AS (
    SELECT source, channel FROM spent
    UNION
    SELECT source, channel FROM came
)
SELECT places.source, places.channel,
    coalesce(came.newcomers, 0) AS newcomers,
    coalesce(came.revenue, 0) AS revenue,
    coalesce(spent.spend, 0) AS spend,
    coalesce(spent.spend, 0) AS cac_num,
    coalesce(came.newcomers, 0) AS cac_den
FROM places
LEFT JOIN spent USING (source, channel)
LEFT JOIN came USING (source, channel)
