-- title: Uplift over a baseline
-- version: 1
-- formula: actual: revenue recognised in the window; base: in [base_from,
--   base_to), by default as many days just before it; uplift = (actual -
--   base) / base. With filters, of those lines or channels
-- source: REQUIREMENTS.md A-08, "Conventions" (growth)
-- requirements: A-08
-- basis: revenue (amounts recognised in a window, net of tax)
-- parameter: base_from day? - first day of the baseline
-- parameter: base_to day? - the day after its last
-- column: base money sum - revenue of the baseline
-- column: actual money sum - revenue of the window
-- column: gain money sum - actual less base
-- column: uplift ratio ratio - gain of base
-- drill: actual SELECT id, party,
--   recognised(amount, day, "end", :from, :to) AS part FROM entry
--   WHERE book = 'revenue' AND unit = :unit AND party <> 1
--   AND recognised(amount, day, "end", :from, :to) <> 0;
-- drill: base,uplift_den SELECT id, party,
--   recognised(amount, day, "end",
--   coalesce(:base_from, :from - (:to - :from)), coalesce(:base_to, :from))
--   AS part FROM entry
--   WHERE book = 'revenue' AND unit = :unit AND party <> 1
--   AND recognised(amount, day, "end",
--   coalesce(:base_from, :from - (:to - :from)), coalesce(:base_to, :from))
--   <> 0;
-- drill: gain,uplift_num SELECT id, party, recognised(amount, day, "end",
--   :from, :to) - recognised(amount, day, "end", coalesce(:base_from, :from -
--   (:to - :from)), coalesce(:base_to, :from)) AS part FROM entry WHERE book
--   = 'revenue' AND unit = :unit AND party <> 1 AND recognised(amount, day,
--   "end", :from, :to) <> recognised(amount, day, "end", coalesce(:base_from,
--   :from - (:to - :from)), coalesce(:base_to, :from));
WITH sums AS MATERIALIZED (
    SELECT coalesce(sum(recognised(amount, day, "end",
            coalesce(:base_from, :from - (:to - :from)),
            coalesce(:base_to, :from))), 0) AS base,
        coalesce(sum(recognised(amount, day, "end", :from, :to)), 0)
            AS actual
    FROM entry
    WHERE book = 'revenue' AND unit = :unit AND party <> 1
)
SELECT base, actual, actual - base AS gain, actual - base AS uplift_num,
    base AS uplift_den
FROM sums
