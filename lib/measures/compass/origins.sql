-- title: Where features come from
-- version: 1
-- formula: items below feature by their kind: what customers asked for, of all
-- source: REQUIREMENTS.md D-30
-- requirements: D-30
-- window: none
-- column: origin text key - customer, engineer, manager, rival or other
-- column: features int64 sum - how many
-- column: share ratio ratio - of all features
-- column: warned int64 none - 1: customers' share is below the rule outside-in
-- drill: features,share_num SELECT item AS record,
--   coalesce(party, owner, 1) AS party
--   FROM item_state('feature') WHERE iif(kind = 'feature', 'other',
--   substr(kind, 9)) = :origin;
-- drill: share_den SELECT item AS record,
--   coalesce(party, owner, 1) AS party
--   FROM item_state('feature');
WITH each AS MATERIALIZED (
    SELECT iif(kind = 'feature', 'other', substr(kind, 9)) AS origin
    FROM item_state('feature')
),
whole AS (SELECT count(*) AS features FROM each),
known AS MATERIALIZED (
    SELECT origin, count(*) AS features FROM each GROUP BY origin
    UNION ALL
    SELECT 'customer', 0
    WHERE (SELECT features FROM whole) > 0
        AND 'customer' NOT IN (SELECT origin FROM each)
)
SELECT known.origin, known.features, known.features AS share_num,
    whole.features AS share_den,
    iif(known.origin = 'customer',
        known.features * 1000000
            < word_member('rule', 'outside-in', 'share_ppm')
                * whole.features, NULL) AS warned
FROM known CROSS JOIN whole
