-- title: Newcomers and how they came
-- version: 1
-- formula: newcomer: a customer whose first day with a positive revenue entry
--   is in the window. source: referral (a referred-by relation that starts by
--   that day, to a referrer with revenue before it), else by the channel of
--   the first revenue (by day, instant, channel code): paid (below paid),
--   organic (below organic or referral), unknown (any other, or none).
--   revenue: what is recognised of the newcomer's revenue in the window
-- source: DEFINITIONS.md "Customer capital: the three Rs", "Allocation"
-- requirements: A-05 D-10
-- basis: revenue (amounts recognised in the window, net of tax)
-- shards: no
-- column: party party key - the newcomer
-- column: first_day day none - of a positive revenue entry
-- column: source text none - referral, paid, organic or unknown
-- column: channel text none - of the first revenue
-- column: referrer party none - who brought the newcomer, nobody otherwise
-- column: revenue money none - recognised in the window
-- drill: revenue SELECT id, party,
--   recognised(amount, day, "end", :from, :to) AS part FROM entry
--   WHERE party = :party AND book = 'revenue' AND unit = :unit
--   AND recognised(amount, day, "end", :from, :to) <> 0;
WITH firsts AS MATERIALIZED (
    SELECT party, min(day) AS day
    FROM entry
    WHERE book = 'revenue' AND unit = :unit AND amount > 0 AND party <> 1
    GROUP BY party
),
new AS MATERIALIZED (
    SELECT party, day FROM firsts WHERE day >= :from AND day < :to
),
ways AS MATERIALIZED (
    SELECT entry.party, entry.channel,
        row_number() OVER (
            PARTITION BY entry.party
            ORDER BY entry.instant, coalesce(entry.channel, '')
        ) AS nth
    FROM entry CROSS JOIN new
        ON new.party = entry.party AND new.day = entry.day
    WHERE entry.book = 'revenue' AND entry.unit = :unit
        AND entry.amount > 0
),
brought AS MATERIALIZED (
    SELECT relation.party, min(relation.other) AS referrer
    FROM relation
    CROSS JOIN new ON new.party = relation.party
    CROSS JOIN firsts ON firsts.party = relation.other
    WHERE relation.type = 'referred-by'
        AND relation.other <> relation.party
        AND relation.day <= new.day
        AND (relation.until_instant IS NULL
            OR relation.until_instant > relation.instant)
        AND firsts.day < new.day
    GROUP BY relation.party
),
revenues AS MATERIALIZED (
    SELECT entry.party,
        sum(recognised(entry.amount, entry.day, entry."end", :from, :to))
            AS revenue
    FROM entry
    WHERE entry.book = 'revenue' AND entry.unit = :unit
        AND entry.party IN (SELECT party FROM new)
    GROUP BY entry.party
)
SELECT new.party, new.day AS first_day,
    CASE
        WHEN brought.referrer IS NOT NULL THEN 'referral'
        WHEN is_a('channel', ways.channel, 'paid') THEN 'paid'
        WHEN is_a('channel', ways.channel, 'organic') THEN 'organic'
        WHEN is_a('channel', ways.channel, 'referral') THEN 'organic'
        ELSE 'unknown'
    END AS source,
    ways.channel, brought.referrer, revenues.revenue
FROM new
JOIN ways ON ways.party = new.party AND ways.nth = 1
JOIN revenues ON revenues.party = new.party
LEFT JOIN brought ON brought.party = new.party
