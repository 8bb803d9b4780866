-- title: Customer matrix
-- version: 1
-- formula: value (revenue and exchanges) and closeness (the host's
--   score.closeness, or as in customer.circle) of every customer, each high
--   from its cut in the rule matrix on; the first letter is value, the second
--   closeness
-- source: VOCABULARY.md "Axes first"
-- requirements: B-23
-- window: none
-- column: quadrant text key - HH, HL, LH or LL
-- column: customers int64 sum - how many
-- column: value money sum - their revenue and exchanges
-- column: strategy text none - what to do, from the rule matrix
-- drill: customers SELECT party FROM customer_quadrant
--   WHERE quadrant = :quadrant;
-- drill: value SELECT entry.id AS id, entry.party AS party,
--   entry.amount AS part FROM customer_quadrant CROSS JOIN entry
--   ON entry.party = customer_quadrant.party
--   WHERE customer_quadrant.quadrant = :quadrant AND entry.unit = :unit
--   AND entry.book IN ('revenue', 'exchange');
SELECT quadrant, customers, value,
    json_extract(word_data('rule', 'matrix', :as_of),
        '$.strategy.' || quadrant) AS strategy
FROM matrix
