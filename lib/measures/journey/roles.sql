-- title: Key touchpoints by role
-- version: 1
-- uses: journey.touchpoints
-- formula: a touchpoint is for the roles its data lists; it is a key one for
--   all of them where `key` is true, or for those that `key` lists. The key
--   touchpoints of all roles add up to all_keys
-- source: REQUIREMENTS.md B-24
-- requirements: B-24
-- window: none
-- shards: no
-- column: journey text key - which journey
-- column: role text key - whose
-- column: touchpoints int64 sum - touchpoints that are for it
-- column: keys int64 sum - of them the key ones
-- column: all_keys int64 max - key ones of all roles of the journey
WITH named AS MATERIALIZED (
    SELECT journey, touchpoint, important, value AS role
    FROM journey_touchpoints
    JOIN json_each(coalesce(journey_touchpoints.roles, '[]'))
),
by_role AS MATERIALIZED (
    SELECT journey, role, count(*) AS touchpoints,
        count(iif(important = 'true'
            OR instr(important, '"' || role || '"') > 0, 1, NULL)) AS keys
    FROM named
    GROUP BY journey, role
)
SELECT journey, role, touchpoints, keys,
    sum(keys) OVER (PARTITION BY journey) AS all_keys
FROM by_role
