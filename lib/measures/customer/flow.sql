-- title: Value flow of each party
-- version: 1
-- formula: direct = posted in the revenue book; indirect = posted in the book
--   of exchanges (attention, data, word of mouth, labour, capital, policy,
--   savings), and acts (events below `act`); explicit: direct > 0 alone;
--   implicit: indirect alone; mixed: both; a customer has at least one
--   exchange of value, in whichever direction
-- source: VOCABULARY.md "Axes first"
-- requirements: B-01 B-02 B-04
-- window: none
-- column: party party key - who, persons or not
-- column: direct money sum - paid by it
-- column: indirect money sum - what it saved or brought, where that is in the
--   unit
-- column: exchanges int64 sum - exchanges of value, both directions
-- column: flow text none - explicit, implicit, mixed, or nothing
-- column: is_customer int64 sum - 1 or 0
-- drill: direct SELECT id, party, amount AS part FROM entry
--   WHERE party = :party AND book = 'revenue' AND unit = :unit;
-- drill: indirect SELECT id, party, amount AS part FROM entry
--   WHERE party = :party AND book = 'exchange' AND unit = :unit;
-- drill: exchanges,is_customer SELECT :party AS party;
SELECT party, revenue AS direct, indirect, exchanges,
    CASE
        WHEN revenue > 0 AND indirect_count > 0 THEN 'mixed'
        WHEN revenue > 0 THEN 'explicit'
        WHEN indirect_count > 0 THEN 'implicit'
    END AS flow,
    exchanges > 0 AS is_customer
FROM customer_fact
