-- title: Goals over time
-- version: 1
-- formula: every reading of every goal, as compass.goals
-- source: VOCABULARY.md "The customer-capital triangle"
-- requirements: D-02
-- window: none
-- gathers: goals
-- parameter: goal text? - only this one, without "goal."
-- column: goal text key - its code without "goal."
-- column: period text key - of the reading
-- column: value decimal none 6 - what the measure said
-- column: target decimal none 6 - what it should say
-- column: low decimal none 6 - lower end of the interval
-- column: high decimal none 6 - upper end
-- column: met int64 none - 1 or 0
SELECT goal, period, value, target, low, high, met
FROM goal_reading
WHERE problem IS NULL AND (:goal IS NULL OR goal = :goal)
