-- title: Partners, one by one
-- version: 1
-- formula: parties that play the role (or one below it): quality = mean of
--   their score.partner events, in hundredths; regions = different objects of
--   their presence events; cost = entries of the book cost; results = their
--   items of the kind that reached what the rule reached.KIND says; all in
--   the window, if one is given
-- source: REQUIREMENTS B-22, E-12
-- requirements: B-22 E-12
-- window: none
-- parameter: role text = channel - such as channel, channel.research
-- parameter: kind text = research - of item whose ends are results
-- uses: ecosystem.request
-- column: party party key - the partner
-- column: quality ratio ratio 2 - mean score
-- column: regions int64 none - covered
-- column: cost money sum - what it costs us
-- column: results int64 sum - reached
-- column: unit_cost ratio ratio unit - cost a result
-- drill: cost,unit_cost_num SELECT id, party, amount AS part FROM entry
--   WHERE party = :party AND book = 'cost' AND unit = :unit
--   AND (:from IS NULL OR day >= :from) AND (:to IS NULL OR day < :to);
-- drill: results,unit_cost_den SELECT item AS record, party FROM
--   ecosystem_request WHERE reached AND party = :party;
WITH partners AS MATERIALIZED (
    SELECT DISTINCT party FROM role_interval('us')
    WHERE is_a('role', role, :role)
        AND (holds = 1 OR (:from IS NOT NULL AND day < :to
            AND (until IS NULL OR until > :from)))
),
scores AS MATERIALIZED (
    SELECT event.party AS party,
        sum(share(event.number, 100, CASE event.number_scale WHEN 0 THEN 1
            WHEN 1 THEN 10 WHEN 2 THEN 100 WHEN 3 THEN 1000
            WHEN 4 THEN 10000 END)) AS quality,
        count(*) AS scores
    FROM partners CROSS JOIN event ON event.party = partners.party
    WHERE is_a('event', event.kind, 'score.partner')
        AND event.number IS NOT NULL AND event.number_scale <= 4
        AND (:from IS NULL OR event.day >= :from)
        AND (:to IS NULL OR event.day < :to)
    GROUP BY event.party
),
places AS MATERIALIZED (
    SELECT event.party AS party, count(DISTINCT event.object) AS regions
    FROM partners CROSS JOIN event ON event.party = partners.party
    WHERE is_a('event', event.kind, 'presence')
        AND (:from IS NULL OR event.day >= :from)
        AND (:to IS NULL OR event.day < :to)
    GROUP BY event.party
),
costs AS MATERIALIZED (
    SELECT entry.party AS party, sum(entry.amount) AS amount
    FROM partners CROSS JOIN entry ON entry.party = partners.party
    WHERE entry.book = 'cost' AND entry.unit = :unit
        AND (:from IS NULL OR entry.day >= :from)
        AND (:to IS NULL OR entry.day < :to)
    GROUP BY entry.party
),
results AS MATERIALIZED (
    SELECT party, sum(reached) AS results FROM ecosystem_request
    GROUP BY party
)
SELECT partners.party, coalesce(scores.quality, 0) AS quality_num,
    coalesce(scores.scores, 0) AS quality_den,
    coalesce(places.regions, 0) AS regions,
    coalesce(costs.amount, 0) AS cost,
    coalesce(results.results, 0) AS results,
    coalesce(costs.amount, 0) AS unit_cost_num,
    coalesce(results.results, 0) AS unit_cost_den
FROM partners
LEFT JOIN scores ON scores.party = partners.party
LEFT JOIN places ON places.party = partners.party
LEFT JOIN costs ON costs.party = partners.party
LEFT JOIN results ON results.party = partners.party
