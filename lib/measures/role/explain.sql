-- title: Why a rule holds for a party, or not
-- version: 1
-- formula: every criterion of every rule below a prefix: actual beside
--   threshold, and what is missing
-- source: DEFINITIONS.md "Scores and people"
-- requirements: C-18 E-07
-- window: none
-- parameter: party party - whose
-- parameter: rules text = growth - what the rules are below: growth, segment,
--   target, class, offer
-- column: rule text key - the rule
-- column: criterion text key - the fact
-- column: actual text none - what it is
-- column: threshold text none - what it has to reach, or stay below
-- column: gap text none - what is missing; 0 where it is met
-- column: met int64 none - 1 or 0
SELECT rule, criterion, decimal_text(actual, scale) AS actual,
    decimal_text(threshold, scale) AS threshold,
    decimal_text(CASE WHEN met = 1 THEN 0
        ELSE abs(threshold - actual) END, scale) AS gap,
    met
FROM rule_criterion(:rules, :party)
