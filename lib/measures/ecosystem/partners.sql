-- title: Partner quality, cost and coverage
-- version: 1
-- uses: ecosystem.partner
-- formula: over ecosystem.partner: the mean score, what they cost, results
--   and the cost of one; coverage = regions of the rule regions that some
--   partner covers / all regions of the rule
-- source: REQUIREMENTS B-22, E-12
-- requirements: B-22 E-12
-- window: none
-- shards: no
-- parameter: role text = channel - such as channel, channel.research
-- parameter: kind text = research - of item whose ends are results
-- column: partners int64 none - with the role
-- column: quality ratio none 2 - mean score
-- column: coverage ratio none - of the regions to cover
-- column: cost money none - what they cost us
-- column: results int64 none - reached
-- column: unit_cost ratio none unit - cost a result
-- drill: partners SELECT party FROM ecosystem_partner;
-- drill: cost,unit_cost_num SELECT id, party, amount AS part FROM entry
--   WHERE book = 'cost' AND unit = :unit AND party IN (SELECT party
--   FROM ecosystem_partner) AND (:from IS NULL OR day >= :from)
--   AND (:to IS NULL OR day < :to);
-- drill: results,unit_cost_den SELECT item AS record, party FROM
--   ecosystem_request WHERE reached AND party IN (SELECT party FROM
--   ecosystem_partner);
WITH rule AS MATERIALIZED (
    SELECT word_data('rule', 'regions', :as_of) AS data
),
covered AS MATERIALIZED (
    SELECT DISTINCT event.object AS region
    FROM ecosystem_partner
    CROSS JOIN event ON event.party = ecosystem_partner.party
    CROSS JOIN rule
    WHERE is_a('event', event.kind, 'presence')
        AND (:from IS NULL OR event.day >= :from)
        AND (:to IS NULL OR event.day < :to)
        AND instr(json_extract(rule.data, '$.required'),
            '"' || event.object || '"') > 0
),
sums AS MATERIALIZED (
    SELECT count(*) AS partners, coalesce(sum(quality_num), 0) AS quality,
        coalesce(sum(quality_den), 0) AS scores,
        coalesce(sum(cost), 0) AS cost, coalesce(sum(results), 0) AS results
    FROM ecosystem_partner
)
SELECT sums.partners, sums.quality AS quality_num,
    sums.scores AS quality_den,
    (SELECT count(*) FROM covered) AS coverage_num,
    coalesce(json_array_length(rule.data, '$.required'), 0) AS coverage_den,
    sums.cost, sums.results,
    sums.cost AS unit_cost_num, sums.results AS unit_cost_den
FROM sums CROSS JOIN rule
