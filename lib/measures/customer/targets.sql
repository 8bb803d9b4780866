-- title: Target customers
-- version: 1
-- formula: of all customers, those for whom all criteria of a rule below
--   `target` hold; a customer may be in several targets
-- source: VOCABULARY.md "Axes first"
-- requirements: E-07
-- window: none
-- parameter: of text = customers of customers|everyone - customers (with an
--   exchange of value) or everyone
-- column: target text key - the rule's code without its prefix
-- column: matched int64 sum - for whom all criteria hold
-- column: customers int64 max - of how many
-- column: share ratio ratio - matched / customers
-- drill: matched,share_num SELECT party FROM rule_match('target')
--   WHERE rule = 'target.' || :target AND party IN (SELECT party
--   FROM customer_fact WHERE exchanges > 0 OR :of = 'everyone');
-- drill: customers,share_den SELECT party FROM customer_fact
--   WHERE exchanges > 0 OR :of = 'everyone';
WITH counted AS MATERIALIZED (
    SELECT party FROM customer_fact
    WHERE exchanges > 0 OR :of = 'everyone'
),
hits AS MATERIALIZED (
    SELECT rule_match.rule AS rule, count(*) AS matched
    FROM rule_match('target')
    CROSS JOIN counted ON counted.party = rule_match.party
    GROUP BY rule_match.rule
),
whole AS MATERIALIZED (SELECT count(*) AS customers FROM counted)
SELECT substr(word.code, 8) AS target, coalesce(hits.matched, 0) AS matched,
    whole.customers, coalesce(hits.matched, 0) AS share_num,
    whole.customers AS share_den
FROM word('rule') CROSS JOIN whole LEFT JOIN hits ON hits.rule = word.code
WHERE word.code LIKE 'target.%'
