-- title: Grade of each customer
-- version: 1
-- formula: customers by value, the largest first (equal ones in the order of
--   their host keys); A while the sum so far is at most a_ppm of the whole,
--   B up to b_ppm, C beyond; cuts are in the rule grade
-- source: DEFINITIONS.md "Scores and people"
-- requirements: E-04 E-05
-- window: none
-- shards: no
-- column: party party key - the customer
-- column: value money sum - revenue and exchanges
-- column: cumulative ratio none - the sum so far over the whole
-- column: grade text none - A, B or C
-- drill: value SELECT id, party, amount AS part FROM entry
--   WHERE party = :party AND book IN ('revenue', 'exchange')
--   AND unit = :unit;
-- drill: cumulative_num,cumulative_den SELECT :party AS party;
WITH valued AS MATERIALIZED (
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
)
SELECT party, value, so_far AS cumulative_num, whole AS cumulative_den,
    CASE
        WHEN value <= 0 THEN 'C'
        WHEN so_far <= share(cut.a, whole, 1000000) THEN 'A'
        WHEN so_far <= share(cut.b, whole, 1000000) THEN 'B'
        ELSE 'C'
    END AS grade
FROM summed CROSS JOIN cut
