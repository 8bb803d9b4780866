-- title: Segments of the shop
-- version: 1
-- formula: the first that fits: owner (bought a machine), regular (coffee in
--   two months or more), taster (the rest)
-- source: the shop's own
-- parameter: months int64 = 2 - months with coffee that make a regular
-- column: segment text key - owner, regular or taster
-- column: customers int64 sum - how many
-- column: revenue money sum - what they brought
-- column: share ratio ratio - of all revenue
WITH customer AS (
    SELECT party, sum(amount) AS revenue,
        max(CASE WHEN line = 'machine' AND amount > 0 THEN 1 ELSE 0 END)
            AS has_machine,
        count(DISTINCT CASE WHEN line = 'coffee' THEN month END) AS months
    FROM entry
    WHERE book = 'revenue' AND day >= :from AND day < :to
    GROUP BY party
), placed AS (
    SELECT CASE WHEN has_machine THEN 'owner'
                WHEN months >= :months THEN 'regular'
                ELSE 'taster' END AS segment, revenue
    FROM customer
)
SELECT segment, count(*) AS customers, sum(revenue) AS revenue,
    sum(revenue) AS share_num,
    (SELECT sum(revenue) FROM placed) AS share_den
FROM placed
GROUP BY segment
