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
-- drill: customers SELECT party FROM (SELECT party, max(class) AS class,
--   max(grade) AS grade FROM (SELECT party, class, NULL AS grade
--   FROM customer_class UNION ALL SELECT party, NULL, grade
--   FROM customer_grade) GROUP BY party)
--   WHERE class = :class AND grade = :grade;
-- drill: value SELECT id, party, amount AS part FROM entry
--   WHERE book IN ('revenue', 'exchange') AND unit = :unit
--   AND +party IN (SELECT party FROM (SELECT party, max(class) AS class,
--   max(grade) AS grade FROM (SELECT party, class, NULL AS grade
--   FROM customer_class UNION ALL SELECT party, NULL, grade
--   FROM customer_grade) GROUP BY party)
--   WHERE class = :class AND grade = :grade);
WITH both AS MATERIALIZED (
    SELECT party, class, NULL AS grade, NULL AS value FROM customer_class
    UNION ALL
    SELECT party, NULL, grade, value FROM customer_grade
),
one AS MATERIALIZED (
    /* A join of the two would look at every pair. */
    SELECT party, max(class) AS class, max(grade) AS grade,
        sum(value) AS value
    FROM both GROUP BY party
)
SELECT class, grade, count(*) AS customers, sum(value) AS value
FROM one WHERE class IS NOT NULL AND grade IS NOT NULL
GROUP BY class, grade
