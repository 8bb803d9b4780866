-- title: Net dollar retention and its band
-- version: 1
-- formula: ndr = nrr of revenue.retention; band: below (under 100%), healthy
--   (100% up to 105%), well-run (105% to 110%), above (over 110%)
-- source: REQUIREMENTS.md D-08; DEFINITIONS.md "Customer capital"
-- requirements: D-08
-- basis: revenue (amounts recognised in the period, net of tax)
-- column: period text key - against the one before
-- column: ndr ratio ratio - net dollar retention
-- column: band text none - below, healthy, well-run or above
-- drill: ndr_num = revenue.retention nrr_num
-- drill: ndr_den = revenue.retention nrr_den
WITH rule AS MATERIALIZED (
    SELECT coalesce(word_member('rule', 'ndr-band', 'healthy_ppm'), 1000000)
            AS healthy,
        coalesce(word_member('rule', 'ndr-band', 'well_run_from_ppm'),
            1050000) AS well_from,
        coalesce(word_member('rule', 'ndr-band', 'well_run_to_ppm'),
            1100000) AS well_to
),
rows AS MATERIALIZED (
    SELECT period, nrr_num, nrr_den,
        share(nrr_num, 1000000, nrr_den) AS ppm,
        share_rest(nrr_num, 1000000, nrr_den) AS rest
    FROM retention
)
SELECT period, nrr_num AS ndr_num, nrr_den AS ndr_den,
    CASE
        WHEN nrr_den = 0 THEN NULL
        WHEN ppm < healthy THEN 'below'
        WHEN ppm < well_from THEN 'healthy'
        WHEN ppm < well_to OR (ppm = well_to AND rest = 0) THEN 'well-run'
        ELSE 'above'
    END AS band
FROM rows CROSS JOIN rule
