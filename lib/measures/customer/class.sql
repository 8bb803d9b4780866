-- title: Class of each party
-- version: 1
-- formula: the first rule below `class` that holds, by rank; other where none
--   does. Built in: hybrid (pays as a person, uses for business), b2c, micro,
--   b2b, community, public, system, by legal form
-- source: VOCABULARY.md "Axes first"
-- requirements: C-01 C-07 E-05
-- window: none
-- parameter: class text? - only this class
-- column: party party key - who
-- column: form text none - legal form
-- column: class text none - the class
WITH first AS MATERIALIZED (
    SELECT party, min(rank) AS rank, rule FROM rule_match('class')
    GROUP BY party
),
classed AS (
    SELECT customer_fact.party, customer_fact.form,
        coalesce(substr(first.rule, 7), 'other') AS class
    FROM customer_fact
    LEFT JOIN first ON first.party = customer_fact.party
)
SELECT party, form, class FROM classed
WHERE :class IS NULL OR class = :class
