-- title: Segments
-- version: 1
-- formula: customers by customer.segment; the segments add up to all
-- source: VOCABULARY.md "Axes first"
-- requirements: E-03
-- window: none
-- parameter: rules text = segment - what the rules are below
-- parameter: of text = customers of customers|everyone - customers (with an
--   exchange of value) or everyone
-- column: segment text key - the rule's code without its prefix
-- column: customers int64 sum - how many
-- column: share ratio ratio - of all
-- column: value money sum - their revenue and exchanges
-- drill: customers,share_num SELECT customer_fact.party AS party
--   FROM customer_fact LEFT JOIN (SELECT party, min(rank) AS rank, rule
--   FROM rule_match(:rules) GROUP BY party) AS first
--   ON first.party = customer_fact.party
--   WHERE (exchanges > 0 OR :of = 'everyone')
--   AND coalesce(substr(first.rule, length(:rules) + 2), 'remainder')
--   = :segment;
-- drill: share_den SELECT party FROM customer_fact WHERE exchanges > 0 OR :of
--   = 'everyone';
-- drill: value SELECT id, party, amount AS part FROM entry
--   WHERE book IN ('revenue', 'exchange') AND unit = :unit
--   AND +party IN (SELECT customer_fact.party
--   FROM customer_fact LEFT JOIN (SELECT party, min(rank) AS rank, rule
--   FROM rule_match(:rules) GROUP BY party) AS first
--   ON first.party = customer_fact.party
--   WHERE (exchanges > 0 OR :of = 'everyone')
--   AND coalesce(substr(first.rule, length(:rules) + 2), 'remainder')
--   = :segment);
WITH first AS MATERIALIZED (
    SELECT party, min(rank) AS rank, rule FROM rule_match(:rules)
    GROUP BY party
),
placed AS MATERIALIZED (
    SELECT
        coalesce(substr(first.rule, length(:rules) + 2), 'remainder')
            AS segment,
        customer_fact.value AS value
    FROM customer_fact LEFT JOIN first ON first.party = customer_fact.party
    WHERE exchanges > 0 OR :of = 'everyone'
)
SELECT segment, count(*) AS customers, count(*) AS share_num,
    (SELECT count(*) FROM placed) AS share_den, sum(value) AS value
FROM placed GROUP BY segment
