-- title: Place of each customer in the matrix
-- version: 1
-- formula: as in customer.matrix
-- source: VOCABULARY.md "Axes first"
-- requirements: B-23
-- window: none
-- column: party party key - the customer
-- column: value money sum - revenue and exchanges
-- column: closeness decimal max 2 - 0 to 100
-- column: quadrant text none - HH, HL, LH or LL
-- column: strategy text none - what to do, from the rule matrix
-- drill: value SELECT id, party, amount AS part FROM entry
--   WHERE party = :party AND book IN ('revenue', 'exchange')
--   AND unit = :unit;
SELECT party, value, closeness, quadrant,
    json_extract(word_data('rule', 'matrix', :as_of),
        '$.strategy.' || quadrant) AS strategy
FROM customer_quadrant
