-- title: Pressure of needs
-- version: 1
-- formula: by object of events `need` in the window (all, without one):
--   pressure = distinct requesters / customers (parties with an exchange of
--   value, and the requesters); raise: 1 where it is at least the share of
--   the rule need-pressure, so that a change is to be proposed
-- source: REQUIREMENTS.md A-17
-- requirements: A-17
-- window: none
-- column: need text key - what
-- column: requesters int64 sum - distinct parties
-- column: pressure ratio ratio - of the customers
-- column: raise int64 none - 1: propose a change
-- drill: requesters,pressure_num SELECT DISTINCT party FROM event
--   WHERE is_a('event', kind, 'need') AND object = :need AND party <> 1
--   AND (:from IS NULL OR (day >= :from AND day < :to));
-- drill: pressure_den SELECT party FROM customer_fact WHERE exchanges > 0
--   UNION SELECT party FROM event WHERE is_a('event', kind, 'need')
--   AND party <> 1 AND (:from IS NULL OR (day >= :from AND day < :to));
WITH stated AS MATERIALIZED (
    SELECT DISTINCT object, party FROM event
    WHERE is_a('event', kind, 'need') AND object IS NOT NULL AND party <> 1
        AND (:from IS NULL OR (day >= :from AND day < :to))
),
customers AS MATERIALIZED (
    SELECT party FROM customer_fact WHERE exchanges > 0
    UNION
    SELECT party FROM stated
)
SELECT object AS need, count(*) AS requesters, count(*) AS pressure_num,
    (SELECT count(*) FROM customers) AS pressure_den,
    count(*) * 1000000 >= (SELECT count(*) FROM customers)
        * word_member('rule', 'need-pressure', 'share_ppm') AS raise
FROM stated
GROUP BY object
