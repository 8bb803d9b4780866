-- title: Revenue with other industries
-- version: 1
-- formula: a party's industry is the word of its latest profile event about
--   the object industry, ours is that of us; cross = revenue recognised in
--   the window with parties of another industry than ours / all of it; a
--   party whose industry, or ours, is not known is not counted as another
-- source: REQUIREMENTS E-22
-- requirements: E-22
-- basis: revenue (amounts recognised in the window, net of tax)
-- parameter: by text = all - all, or industry
-- column: industry text key - nothing for all, and where none is known
-- column: customers int64 none - with revenue in the window
-- column: revenue money sum - recognised in the window
-- column: cross ratio ratio - with other industries, of all revenue
-- drill: revenue SELECT id, party, recognised(amount, day, "end", :from,
--   :to) AS part FROM entry WHERE book = 'revenue' AND unit = :unit
--   AND party <> 1 AND recognised(amount, day, "end", :from, :to) <> 0
--   AND (:by <> 'industry' OR iif(:industry = '', party NOT IN
--   (SELECT latest.party FROM (SELECT event.party AS party,
--   event.word AS industry, row_number() OVER (PARTITION BY event.party
--   ORDER BY event.instant DESC, event.id DESC) AS nth FROM event
--   WHERE is_a('event', event.kind, 'profile') AND event.object = 'industry'
--   AND event.word IS NOT NULL) AS latest WHERE latest.nth = 1), party IN (SELECT latest.party FROM (SELECT event.party AS party,
--   event.word AS industry, row_number() OVER (PARTITION BY event.party
--   ORDER BY event.instant DESC, event.id DESC) AS nth FROM event
--   WHERE is_a('event', event.kind, 'profile') AND event.object = 'industry'
--   AND event.word IS NOT NULL) AS latest WHERE latest.nth = 1
--   AND latest.industry = :industry)));
-- drill: customers SELECT party FROM entry WHERE book = 'revenue'
--   AND unit = :unit AND party <> 1 AND (:by <> 'industry' OR iif(:industry = '', party NOT IN
--   (SELECT latest.party FROM (SELECT event.party AS party,
--   event.word AS industry, row_number() OVER (PARTITION BY event.party
--   ORDER BY event.instant DESC, event.id DESC) AS nth FROM event
--   WHERE is_a('event', event.kind, 'profile') AND event.object = 'industry'
--   AND event.word IS NOT NULL) AS latest WHERE latest.nth = 1), party IN (SELECT latest.party FROM (SELECT event.party AS party,
--   event.word AS industry, row_number() OVER (PARTITION BY event.party
--   ORDER BY event.instant DESC, event.id DESC) AS nth FROM event
--   WHERE is_a('event', event.kind, 'profile') AND event.object = 'industry'
--   AND event.word IS NOT NULL) AS latest WHERE latest.nth = 1
--   AND latest.industry = :industry)))
--   GROUP BY party HAVING sum(recognised(amount, day, "end", :from, :to))
--   <> 0;
-- drill: cross_num SELECT id, party, recognised(amount, day, "end", :from,
--   :to) AS part FROM entry WHERE book = 'revenue' AND unit = :unit
--   AND party <> 1 AND recognised(amount, day, "end", :from, :to) <> 0
--   AND party IN (SELECT latest.party FROM (SELECT event.party AS party,
--   event.word AS industry, row_number() OVER (PARTITION BY event.party
--   ORDER BY event.instant DESC, event.id DESC) AS nth FROM event
--   WHERE is_a('event', event.kind, 'profile') AND event.object = 'industry'
--   AND event.word IS NOT NULL) AS latest WHERE latest.nth = 1
--   AND (:by <> 'industry' OR latest.industry = :industry)
--   AND latest.industry <> (SELECT ours.industry FROM (SELECT event.party AS party,
--   event.word AS industry, row_number() OVER (PARTITION BY event.party
--   ORDER BY event.instant DESC, event.id DESC) AS nth FROM event
--   WHERE is_a('event', event.kind, 'profile') AND event.object = 'industry'
--   AND event.word IS NOT NULL)
--   AS ours WHERE ours.nth = 1 AND ours.party = 1));
-- drill: cross_den SELECT id, party, recognised(amount, day, "end", :from,
--   :to) AS part FROM entry WHERE book = 'revenue' AND unit = :unit
--   AND party <> 1 AND recognised(amount, day, "end", :from, :to) <> 0;
WITH latest AS MATERIALIZED (
    SELECT party, word AS industry,
        row_number() OVER (
            PARTITION BY party ORDER BY instant DESC, id DESC
        ) AS nth
    FROM event
    WHERE is_a('event', kind, 'profile') AND object = 'industry'
        AND word IS NOT NULL
),
ours AS MATERIALIZED (
    SELECT (SELECT industry FROM latest WHERE nth = 1 AND party = 1)
        AS industry
),
sums AS MATERIALIZED (
    SELECT party, sum(recognised(amount, day, "end", :from, :to)) AS amount
    FROM entry
    WHERE book = 'revenue' AND unit = :unit AND party <> 1
    GROUP BY party
),
known AS MATERIALIZED (
    SELECT sums.amount, coalesce(latest.industry, '') AS industry,
        coalesce(latest.industry <> ours.industry, 0) AS is_cross
    FROM sums CROSS JOIN ours
    LEFT JOIN latest ON latest.party = sums.party AND latest.nth = 1
    WHERE sums.amount <> 0
)
SELECT iif(:by = 'industry', industry, '') AS industry,
    count(*) AS customers, sum(amount) AS revenue,
    sum(iif(is_cross, amount, 0)) AS cross_num,
    (SELECT sum(amount) FROM known) AS cross_den
FROM known
GROUP BY 1
