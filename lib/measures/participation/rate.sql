-- title: Customers who take part
-- version: 1
-- formula: active: distinct parties that brought an idea or a contribution
--   (items of these kinds and below) in the window, all without one;
--   customers: parties with an exchange of value (customer.flow), and those
--   active, for a contribution is one; rate = active / customers
-- source: REQUIREMENTS.md A-01
-- requirements: A-01
-- window: none
-- column: active int64 sum - took part
-- column: customers int64 sum - there are
-- column: rate ratio ratio - active / customers
-- drill: active,rate_num SELECT DISTINCT party FROM item
--   WHERE (is_a('item', kind, 'contribution') OR is_a('item', kind, 'idea'))
--   AND party IS NOT NULL AND party <> 1
--   AND (:from IS NULL OR (day >= :from AND day < :to));
-- drill: customers,rate_den SELECT party FROM customer_fact
--   WHERE exchanges > 0 UNION SELECT DISTINCT party FROM item
--   WHERE (is_a('item', kind, 'contribution') OR is_a('item', kind, 'idea'))
--   AND party IS NOT NULL AND party <> 1
--   AND (:from IS NULL OR (day >= :from AND day < :to));
WITH active AS MATERIALIZED (
    SELECT DISTINCT party FROM item
    WHERE (is_a('item', kind, 'contribution') OR is_a('item', kind, 'idea'))
        AND party IS NOT NULL AND party <> 1
        AND (:from IS NULL OR (day >= :from AND day < :to))
),
customers AS MATERIALIZED (
    SELECT party FROM customer_fact WHERE exchanges > 0
    UNION
    SELECT party FROM active
)
SELECT (SELECT count(*) FROM active) AS active,
    (SELECT count(*) FROM customers) AS customers,
    (SELECT count(*) FROM active) AS rate_num,
    (SELECT count(*) FROM customers) AS rate_den
