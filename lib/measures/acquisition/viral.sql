-- title: Viral coefficient and what it leads to
-- version: 1
-- uses: acquisition.newcomers
-- formula: N0 = customers with a positive revenue entry before the window;
--   K = newcomers of the window by referral / N0, the product i * c of
--   invitations a customer and conversions an invitation. A row a cycle (the
--   window's length): added = N0 * K^cycle, total = N0 * (K^(cycle + 1) - 1)
--   / (K - 1), for K = 1 N0 * (cycle + 1); each cycle is the one before
--   times K, rounded toward zero to 6 digits
-- source: DEFINITIONS.md "Scores and people" (referral)
-- requirements: A-05
-- shards: no
-- parameter: cycles int64 = 4 - how many cycles ahead, 0 to 1000
-- column: cycle int64 key - 0 is today
-- column: added decimal none 6 - customers that the cycle brings
-- column: total decimal none 6 - customers then
-- column: k ratio none - the viral coefficient
-- drill: k_num SELECT party FROM acquisition_newcomers
--   WHERE source = 'referral';
-- drill: k_den SELECT DISTINCT party FROM entry
--   WHERE book = 'revenue' AND unit = :unit AND amount > 0 AND party <> 1
--   AND day < :from;
WITH RECURSIVE base AS MATERIALIZED (
    SELECT (SELECT count(DISTINCT party) FROM entry
            WHERE book = 'revenue' AND unit = :unit AND amount > 0
                AND party <> 1 AND day < :from) AS customers,
        (SELECT count(*) FROM acquisition_newcomers
            WHERE source = 'referral') AS referred
),
ahead(cycle, added, total) AS (
    SELECT 0, customers * 1000000, customers * 1000000 FROM base
    UNION ALL
    SELECT cycle + 1, share(added, referred, customers),
        total + share(added, referred, customers)
    FROM ahead CROSS JOIN base
    WHERE cycle < min(:cycles, 1000) AND customers > 0
)
SELECT cycle, added, total, referred AS k_num, customers AS k_den
FROM ahead CROSS JOIN base
