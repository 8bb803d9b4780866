-- title: Classes by grades
-- version: 1
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
WITH first AS MATERIALIZED (
    SELECT party, min(rank) AS rank, rule FROM rule_match('class')
    GROUP BY party
),
valued AS MATERIALIZED (
    SELECT party, value, party_key(party) AS name
    FROM customer_fact WHERE exchanges > 0
),
summed AS MATERIALIZED (
    SELECT party, value,
        sum(max(value, 0)) OVER (
            ORDER BY value DESC, name, party ROWS UNBOUNDED PRECEDING
        ) AS so_far,
        sum(max(value, 0)) OVER () AS whole
    FROM valued
),
cut AS MATERIALIZED (
    SELECT json_extract(word_data('rule', 'grade', :as_of), '$.a_ppm') AS a,
        json_extract(word_data('rule', 'grade', :as_of), '$.b_ppm') AS b
),
graded AS MATERIALIZED (
    SELECT summed.party, summed.value,
        coalesce(substr(first.rule, 7), 'other') AS class,
        CASE
            WHEN summed.value <= 0 THEN 'C'
            WHEN so_far <= share(cut.a, whole, 1000000) THEN 'A'
            WHEN so_far <= share(cut.b, whole, 1000000) THEN 'B'
            ELSE 'C'
        END AS grade
    FROM summed CROSS JOIN cut
    LEFT JOIN first ON first.party = summed.party
)
SELECT class, grade, count(*) AS customers, sum(value) AS value
FROM graded GROUP BY class, grade
