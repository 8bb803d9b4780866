-- title: Supply beside demand on a platform
-- version: 1
-- formula: supply, demand: entries of the window, of any book, that settle no
--   other, by parties in a role whose side is supply or demand; ratio =
--   supply / demand; balanced: from low_ppm to high_ppm, both included
-- source: REQUIREMENTS.md C-10
-- requirements: C-10
-- units: all
-- parameter: low_ppm int64 = 800000 - of balance
-- parameter: high_ppm int64 = 1250000 - of balance
-- column: supply int64 sum - entries of the supply side
-- column: demand int64 sum - entries of the demand side
-- column: ratio ratio ratio - supply of demand
-- column: balanced int64 none - 1 where neither side is short
-- drill: supply,ratio_num SELECT entry.id, entry.party, 1 AS count
--   FROM entry
--   WHERE entry.ref IS NULL AND entry.day >= :from AND entry.day < :to
--   AND entry.party IN (SELECT party FROM role
--   WHERE (until IS NULL OR until > :as_of)
--   AND word_member('role', role, 'side') = 'supply');
-- drill: demand,ratio_den SELECT entry.id, entry.party, 1 AS count
--   FROM entry
--   WHERE entry.ref IS NULL AND entry.day >= :from AND entry.day < :to
--   AND entry.party IN (SELECT party FROM role
--   WHERE (until IS NULL OR until > :as_of)
--   AND word_member('role', role, 'side') = 'demand');
WITH sides AS MATERIALIZED (
    SELECT DISTINCT party, word_member('role', role, 'side') AS side
    FROM role
    WHERE until IS NULL OR until > :as_of
),
counts AS MATERIALIZED (
    SELECT coalesce(sum(sides.side = 'supply'), 0) AS supply,
        coalesce(sum(sides.side = 'demand'), 0) AS demand
    FROM entry JOIN sides ON sides.party = entry.party
    WHERE entry.ref IS NULL AND entry.day >= :from AND entry.day < :to
)
SELECT supply, demand, supply AS ratio_num, demand AS ratio_den,
    demand > 0 AND supply * 1000000 >= demand * :low_ppm
        AND supply * 1000000 <= demand * :high_ppm AS balanced
FROM counts
