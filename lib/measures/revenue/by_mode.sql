-- title: Revenue by mode of offer
-- version: 1
-- formula: revenue recognised in the window by the posting code below
--   revenue: one-off (also revenue itself), subscription, membership,
--   service, or the host's own code; share = of the window's revenue
-- source: VOCABULARY.md "The customer-capital triangle" (model)
-- requirements: D-22 D-23 D-24
-- basis: revenue (amounts recognised in the window, net of tax)
-- column: mode text key - the code's word below revenue
-- column: customers int64 none - with an amount in it
-- column: revenue money sum - recognised in the window
-- column: share ratio ratio - of all revenue
-- drill: revenue,share_num SELECT id, party,
--   recognised(amount, day, "end", :from, :to) AS part FROM entry
--   WHERE book = 'revenue' AND unit = :unit AND party <> 1
--   AND recognised(amount, day, "end", :from, :to) <> 0
--   AND (code = 'revenue.' || :mode OR code LIKE 'revenue.' || :mode || '.%'
--   OR (code = 'revenue' AND :mode = 'one-off'));
-- drill: share_den SELECT id, party, recognised(amount, day, "end", :from,
--   :to) AS part FROM entry WHERE book = 'revenue' AND unit = :unit AND party
--   <> 1 AND recognised(amount, day, "end", :from, :to) <> 0;
-- drill: customers SELECT DISTINCT party FROM (SELECT party FROM entry
--   WHERE book = 'revenue' AND unit = :unit AND party <> 1
--   AND (code = 'revenue.' || :mode OR code LIKE 'revenue.' || :mode || '.%'
--   OR (code = 'revenue' AND :mode = 'one-off'))
--   GROUP BY party, code
--   HAVING sum(recognised(amount, day, "end", :from, :to)) <> 0);
WITH parts AS MATERIALIZED (
    SELECT CASE
            WHEN code = 'revenue' THEN 'one-off'
            WHEN instr(substr(code, 9), '.') > 0
                THEN substr(code, 9, instr(substr(code, 9), '.') - 1)
            ELSE substr(code, 9)
        END AS mode,
        party, sum(recognised(amount, day, "end", :from, :to)) AS amount
    FROM entry
    WHERE book = 'revenue' AND unit = :unit AND party <> 1
    GROUP BY code, party
),
-- Codes of one mode may cancel out for a customer.
customers AS MATERIALIZED (
    SELECT mode, party, sum(amount) AS amount
    FROM parts
    GROUP BY mode, party
),
modes AS MATERIALIZED (
    SELECT mode, count(iif(amount <> 0, party, NULL)) AS customers,
        sum(amount) AS revenue
    FROM customers
    GROUP BY mode
)
SELECT mode, customers, revenue, revenue AS share_num,
    sum(revenue) OVER () AS share_den
FROM modes
