-- title: Breadth, depth, fairness and transparency of a public service
-- version: 1
-- uses: ecosystem.access
-- formula: over the groups of ecosystem.access: breadth = served / eligible;
--   effective = breadth by depth; fairness = the least coverage / the largest
--   (of the groups someone is eligible in); transparency = consultations
--   whose decision and reasons were published / all, dropped ones left out
-- source: REQUIREMENTS C-06
-- requirements: C-06
-- window: none
-- shards: no
-- column: groups int64 none - with somebody eligible
-- column: breadth ratio none - served of eligible
-- column: effective ratio none - served by depth, of eligible
-- column: fairness ratio none - least coverage of the largest
-- column: transparency ratio none - reasons published of consultations
WITH groups AS MATERIALIZED (
    SELECT "group", eligible, served, effective_num, effective_den
    FROM ecosystem_access WHERE eligible > 0
),
-- Coverages compared across the other's eligible: exact.
least AS MATERIALIZED (
    SELECT served, eligible FROM groups AS one
    WHERE NOT EXISTS (SELECT 1 FROM groups AS other
        WHERE other.served * one.eligible < one.served * other.eligible)
    ORDER BY "group" LIMIT 1
),
largest AS MATERIALIZED (
    SELECT served, eligible FROM groups AS one
    WHERE NOT EXISTS (SELECT 1 FROM groups AS other
        WHERE other.served * one.eligible > one.served * other.eligible)
    ORDER BY "group" LIMIT 1
),
consulted AS MATERIALIZED (
    SELECT count(*) AS whole, coalesce(sum(state = 'published'), 0)
        AS published
    FROM item_state('consultation') WHERE state <> 'dropped'
),
sums AS MATERIALIZED (
    SELECT count(*) AS groups, coalesce(sum(served), 0) AS served,
        coalesce(sum(eligible), 0) AS eligible,
        coalesce(sum(effective_num), 0) AS effective_num,
        coalesce(sum(effective_den), 0) AS effective_den
    FROM groups
)
SELECT sums.groups, sums.served AS breadth_num, sums.eligible AS breadth_den,
    sums.effective_num, sums.effective_den,
    coalesce(least.served * largest.eligible, 0) AS fairness_num,
    coalesce(least.eligible * largest.served, 0) AS fairness_den,
    consulted.published AS transparency_num,
    consulted.whole AS transparency_den
FROM sums CROSS JOIN consulted
LEFT JOIN least ON 1 LEFT JOIN largest ON 1
