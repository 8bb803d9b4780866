-- title: Circle of each customer
-- version: 1
-- formula: preset threshold: core where purchase days, influence and value
--   reach the cuts of the rule circle.threshold, base where it ever bought,
--   else outer. Preset closeness: by the cuts of the rule circle.closeness
--   with hysteresis at month ends; closeness = sum of w (1 - exp(-x / tau)),
--   x sums that decay by half every half_life_days. A party without entries
--   and events is where its role stands by default
-- source: VOCABULARY.md "Axes first", DEFINITIONS.md "Scores and people"
-- requirements: B-02 B-05 B-28
-- window: none
-- parameter: preset text = threshold of threshold|closeness - threshold or
--   closeness
-- column: party party key - the customer
-- column: circle text none - core, base or outer
-- column: frequency int64 sum - purchase days
-- column: influence decimal max 2 - the latest score.influence
-- column: value money sum - revenue and exchanges
-- column: closeness decimal max 2 - 0 to 100
-- drill: value SELECT id, party, amount AS part FROM entry
--   WHERE party = :party AND book IN ('revenue', 'exchange')
--   AND unit = :unit;
-- drill: frequency,influence,closeness SELECT :party AS party;
WITH playing AS MATERIALIZED (
    SELECT party, min(0 + word_member('role', role, 'circle')) AS circle
    FROM role_interval('us')
    WHERE holds = 1
    GROUP BY party
)
SELECT customer_circle.party,
    CASE CASE WHEN known = 1 THEN customer_circle.circle
            ELSE coalesce(playing.circle, 3) END
        WHEN 1 THEN 'core' WHEN 2 THEN 'base' ELSE 'outer' END AS circle,
    frequency, influence, value, closeness
FROM customer_circle(:preset)
LEFT JOIN playing ON playing.party = customer_circle.party
WHERE known = 1 OR playing.party IS NOT NULL
