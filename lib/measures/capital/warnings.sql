-- title: Warnings of growth that does not last
-- version: 1
-- uses: acquisition.newcomers
-- formula: the window against as many days before it. sisyphus: revenue grew
--   while fewer than retention_ppm of the customers stayed; paid-growth:
--   revenue grew, but not without the newcomers of paid channels; low-ndr:
--   net dollar retention below 100%; migration: newcomers that each bring
--   exactly what one departed customer brought, more than a tenth of the
--   departed: perhaps the same customers under new keys
-- source: REQUIREMENTS.md D-08 D-11; VOCABULARY.md "The customer-capital
--   triangle" (model, alarm); TESTING.md "Failures of others"
-- requirements: D-08 D-11
-- basis: revenue (amounts recognised in the window, net of tax)
-- shards: no
-- column: warning text key - which
-- column: raised int64 none - 1 where it holds
-- column: value ratio none - what was measured
-- column: threshold ratio none - what it is held against
-- column: reason text none - in words
WITH moved AS MATERIALIZED (
    SELECT opening, closing, churn FROM movement('whole')
),
kept AS MATERIALIZED (
    SELECT nrr_num, nrr_den, logo_num, logo_den FROM retention('whole')
),
rule AS MATERIALIZED (
    SELECT coalesce(word_member('rule', 'paid-growth-trap', 'retention_ppm'),
        800000) AS ppm
),
paid AS MATERIALIZED (
    SELECT coalesce(sum(revenue), 0) AS revenue
    FROM acquisition_newcomers
    WHERE source = 'paid'
),
both AS MATERIALIZED (
    SELECT party,
        sum(recognised(amount, day, "end", :from - (:to - :from), :from))
            AS v0,
        sum(recognised(amount, day, "end", :from, :to)) AS v1
    FROM entry
    WHERE book = 'revenue' AND unit = :unit AND party <> 1
    GROUP BY party
),
left_behind AS MATERIALIZED (
    SELECT v0 AS amount, count(*) AS customers
    FROM both WHERE v0 > 0 AND v1 <= 0 GROUP BY v0
),
arrived AS MATERIALIZED (
    SELECT revenue AS amount, count(*) AS customers
    FROM acquisition_newcomers WHERE revenue > 0 GROUP BY revenue
),
pairs AS MATERIALIZED (
    SELECT coalesce((SELECT sum(min(left_behind.customers,
                arrived.customers))
            FROM left_behind JOIN arrived USING (amount)), 0) AS same,
        coalesce((SELECT sum(customers) FROM left_behind), 0) AS departed
)
SELECT 'sisyphus' AS warning,
    closing > opening AND logo_den > 0
        AND share(logo_den, rule.ppm, 1000000)
            + (share_rest(logo_den, rule.ppm, 1000000) > 0) > logo_num
        AS raised,
    logo_num AS value_num, logo_den AS value_den,
    rule.ppm AS threshold_num, 1000000 AS threshold_den,
    'revenue grew while customers left as fast as they came' AS reason
FROM moved CROSS JOIN kept CROSS JOIN rule
UNION ALL
SELECT 'paid-growth', closing > opening AND closing - paid.revenue <= opening,
    paid.revenue, closing, closing - opening, closing,
    'without the newcomers that were paid for, revenue did not grow'
FROM moved CROSS JOIN paid
UNION ALL
SELECT 'low-ndr', nrr_den > 0 AND nrr_num < nrr_den, nrr_num, nrr_den, 1, 1,
    'the customers of before bring less than before'
FROM kept
UNION ALL
SELECT 'migration', same > 0 AND same * 10 > departed, same, departed, 1, 10,
    'newcomers bring to the cent what departed customers brought'
FROM pairs
