-- title: What is bought together
-- version: 1
-- formula: a basket: the product lines of one customer's positive revenue
--   entries on one day of the window; together: baskets with both lines;
--   confidence = together / baskets with the first line; lift is left to the
--   reader: baskets and both lines' counts are there
-- source: R. Agrawal, T. Imielinski, A. Swami, Mining Association Rules
--   between Sets of Items in Large Databases, SIGMOD 1993, section 2
-- requirements: E-21
-- column: line text key - in the basket
-- column: other text key - together with it
-- column: together int64 sum - baskets with both
-- column: baskets int64 sum - with the first line
-- column: confidence ratio ratio - together of baskets
-- drill: together,confidence_num SELECT party, count(*) AS part FROM (SELECT
--   party, day FROM entry WHERE book = 'revenue' AND unit = :unit AND amount >
--   0 AND party <> 1 AND day >= :from AND day < :to AND line IN (:line,
--   :other) GROUP BY party, day HAVING count(DISTINCT line) = 2) GROUP BY
--   party;
-- drill: baskets,confidence_den SELECT party, count(DISTINCT day) AS part FROM
--   entry WHERE book = 'revenue' AND unit = :unit AND amount > 0 AND party <>
--   1 AND day >= :from AND day < :to AND line = :line GROUP BY party;
WITH picks AS MATERIALIZED (
    SELECT party, day, line
    FROM entry
    WHERE book = 'revenue' AND unit = :unit AND amount > 0
        AND line IS NOT NULL AND party <> 1
        AND day >= :from AND day < :to
    GROUP BY party, day, line
),
counts AS MATERIALIZED (
    SELECT line, count(*) AS baskets FROM picks GROUP BY line
),
pairs AS MATERIALIZED (
    SELECT a.line, b.line AS other, count(*) AS together
    FROM picks AS a JOIN picks AS b
        ON b.party = a.party AND b.day = a.day AND b.line <> a.line
    GROUP BY a.line, b.line
)
SELECT pairs.line, pairs.other, pairs.together, counts.baskets,
    pairs.together AS confidence_num, counts.baskets AS confidence_den
FROM pairs JOIN counts ON counts.line = pairs.line
