-- title: Segment of each customer
-- version: 1
-- formula: the first rule below `segment` that holds, by rank; remainder
--   where none does
-- source: VOCABULARY.md "Axes first"
-- requirements: E-03
-- window: none
-- parameter: rules text = segment - what the rules are below
-- parameter: of text = customers of customers|everyone - customers (with an
--   exchange of value) or everyone
-- column: party party key - who
-- column: segment text none - the rule's code without its prefix
-- column: value money sum - revenue and exchanges
-- drill: value SELECT id, party, amount AS part FROM entry
--   WHERE party = :party AND book IN ('revenue', 'exchange')
--   AND unit = :unit;
WITH first AS MATERIALIZED (
    SELECT party, min(rank) AS rank, rule FROM rule_match(:rules)
    GROUP BY party
)
SELECT customer_fact.party,
    coalesce(substr(first.rule, length(:rules) + 2), 'remainder') AS segment,
    customer_fact.value
FROM customer_fact LEFT JOIN first ON first.party = customer_fact.party
WHERE exchanges > 0 OR :of = 'everyone'
