-- title: What each customer may be offered
-- version: 1
-- formula: every rule below `offer` that holds for the party
-- source: REQUIREMENTS C-15
-- requirements: C-15
-- window: none
-- column: party party key - who
-- column: offer text key - the rule's code without its prefix
-- column: name text none - what the offer is called
SELECT party, substr(rule, 7) AS offer,
    (SELECT en FROM word('rule') WHERE code = rule) AS name
FROM rule_match('offer')
