-- title: Profit by circle
-- version: 1
-- formula: revenue less cost, posted, by the circle its customer is in
--   (customer.circle, preset threshold); share = profit / profit of all
-- source: REQUIREMENTS B-06
-- requirements: B-06 B-28
-- window: none
-- shards: no
-- column: circle text key - core, base or outer
-- column: customers int64 sum - how many
-- column: revenue money sum - posted in the revenue book
-- column: cost money sum - posted in the book of cost
-- column: profit money sum - revenue less cost
-- column: share ratio ratio - of all profit
-- drill: customers SELECT party FROM customer_circle WHERE known = 1
--   AND circle = CASE :circle WHEN 'core' THEN 1 WHEN 'base' THEN 2
--   ELSE 3 END;
-- drill: revenue SELECT entry.id AS id, entry.party AS party,
--   entry.amount AS part FROM customer_circle CROSS JOIN entry
--   ON entry.party = customer_circle.party WHERE entry.book = 'revenue'
--   AND entry.unit = :unit AND known = 1 AND circle = CASE :circle
--   WHEN 'core' THEN 1 WHEN 'base' THEN 2 ELSE 3 END;
-- drill: cost SELECT entry.id AS id, entry.party AS party,
--   entry.amount AS part FROM customer_circle CROSS JOIN entry
--   ON entry.party = customer_circle.party WHERE entry.book = 'cost'
--   AND entry.unit = :unit AND known = 1 AND circle = CASE :circle
--   WHEN 'core' THEN 1 WHEN 'base' THEN 2 ELSE 3 END;
-- drill: profit SELECT entry.id AS id, entry.party AS party,
--   CASE entry.book WHEN 'cost' THEN -entry.amount ELSE entry.amount END
--   AS part FROM customer_circle CROSS JOIN entry
--   ON entry.party = customer_circle.party
--   WHERE entry.book IN ('revenue', 'cost') AND entry.unit = :unit
--   AND known = 1 AND circle = CASE :circle WHEN 'core' THEN 1
--   WHEN 'base' THEN 2 ELSE 3 END;
WITH placed AS MATERIALIZED (
    SELECT party, circle FROM customer_circle WHERE known = 1
),
posted AS MATERIALIZED (
    SELECT party, sum(CASE WHEN book = 'revenue' THEN amount ELSE 0 END)
        AS revenue,
        sum(CASE WHEN book = 'cost' THEN amount ELSE 0 END) AS cost
    FROM entry WHERE unit = :unit AND party <> 1 GROUP BY party
),
summed AS MATERIALIZED (
    SELECT CASE circle WHEN 1 THEN 'core' WHEN 2 THEN 'base' ELSE 'outer'
        END AS circle,
        count(*) AS customers,
        coalesce(sum(revenue), 0) AS revenue, coalesce(sum(cost), 0) AS cost
    FROM placed LEFT JOIN posted ON posted.party = placed.party
    GROUP BY 1
)
SELECT circle, customers, revenue, cost, revenue - cost AS profit,
    revenue - cost AS share_num,
    (SELECT sum(revenue) - sum(cost) FROM summed) AS share_den
FROM summed
