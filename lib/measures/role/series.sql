-- title: Roles over time
-- version: 1
-- formula: distinct parties with the role in force at the end of each period;
--   begun and ended against the period before: parties = those before + begun
--   - ended, exactly
-- source: VOCABULARY.md "Roles"
-- requirements: B-03
-- parameter: toward text = us - a host key, us, or * for any
-- column: period text key - the period
-- column: role text key - the role's code
-- column: parties int64 sum - at its end
-- column: begun int64 sum - that did not have it before
-- column: ended int64 sum - that had it before
SELECT period, role, parties, begun, ended
FROM role_series(:period, :toward)
