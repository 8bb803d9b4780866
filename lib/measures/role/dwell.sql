-- title: How long stages last
-- version: 1
-- formula: of the stays in a role and stage, those that have not ended
--   counting as far as they came: at each number of days after which some
--   ended, survival = product of (1 - left / at_risk)
-- source: Kaplan, Meier (1958); DEFINITIONS.md "Scores and people"
-- requirements: B-07 C-18
-- window: none
-- shards: no
-- parameter: toward text = us - a host key, us, or * for any
-- column: role text key - the role
-- column: stage text key - its stage, nothing where none was given
-- column: days int64 key - so many days after it began
-- column: at_risk int64 none - stays that had lasted that long
-- column: left int64 none - those that ended then
-- column: survival decimal none 6 - part that lasts longer
SELECT role, stage, days, at_risk, "left", survival
FROM role_dwell(:toward)
