-- title: Who decides
-- version: 1
-- uses: participation.decided
-- formula: decisions (participation.decided) in the window; share = those by
--   customers / all; warn: it is above the share of the rule
--   customer-decided, so that professionals no longer lead; vetoes: declined
--   by the company
-- source: REQUIREMENTS.md A-29
-- requirements: A-29
-- window: none
-- column: decisions int64 sum - taken
-- column: by_customers int64 sum - by customers
-- column: vetoes int64 sum - declined by us
-- column: share ratio ratio - by customers / decisions
-- column: warn int64 none - 1: above the cap
-- drill: decisions,share_den SELECT move AS record, actor AS party
--   FROM participation_decided;
-- drill: by_customers,share_num SELECT move AS record, actor AS party
--   FROM participation_decided WHERE decider = 'customer';
-- drill: vetoes SELECT move AS record, actor AS party
--   FROM participation_decided
--   WHERE decider = 'company' AND state = 'declined';
SELECT count(*) AS decisions,
    coalesce(sum(decider = 'customer'), 0) AS by_customers,
    coalesce(sum(decider = 'company' AND state = 'declined'), 0) AS vetoes,
    coalesce(sum(decider = 'customer'), 0) AS share_num,
    count(*) AS share_den,
    coalesce(sum(decider = 'customer'), 0) * 1000000 > count(*)
        * word_member('rule', 'customer-decided', 'share_ppm') AS warn
FROM participation_decided
