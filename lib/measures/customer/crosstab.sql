-- title: Classes by grades
-- version: 1
-- uses: customer.class customer.grade
-- formula: customers (with an exchange of value) counted by class
--   (customer.class) and grade (customer.grade); the cells add up to all
-- source: VOCABULARY.md "Axes first"
-- requirements: E-05
-- window: none
-- shards: no
-- column: class text key - as in customer.class
-- column: grade text key - as in customer.grade
-- column: customers int64 sum - how many
-- column: value money sum - their revenue and exchanges
-- drill: customers SELECT customer_grade.party AS party FROM customer_grade
--   JOIN customer_class ON customer_class.party = customer_grade.party WHERE
--   customer_class.class = :class AND customer_grade.grade = :grade;
-- drill: value SELECT entry.id AS id, entry.party AS party, entry.amount AS
--   part FROM customer_grade JOIN customer_class ON customer_class.party =
--   customer_grade.party CROSS JOIN entry ON entry.party =
--   customer_grade.party WHERE customer_class.class = :class AND
--   customer_grade.grade = :grade AND entry.book IN ('revenue', 'exchange')
--   AND entry.unit = :unit;
SELECT customer_class.class AS class, customer_grade.grade AS grade,
    count(*) AS customers, sum(customer_grade.value) AS value
FROM customer_grade
JOIN customer_class ON customer_class.party = customer_grade.party
GROUP BY customer_class.class, customer_grade.grade
