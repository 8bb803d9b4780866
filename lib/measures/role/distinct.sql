-- title: Roles and the parties that play them
-- version: 1
-- formula: roles = pairs of party and role in force; parties = distinct
--   parties among them
-- source: VOCABULARY.md "Roles"
-- requirements: B-03
-- window: none
-- parameter: toward text = us - a host key, us, or * for any
-- column: roles int64 sum - roles played
-- column: parties int64 sum - distinct parties
-- column: roles_a_party ratio ratio - roles / parties
-- drill: roles,roles_a_party_num SELECT party, count(DISTINCT role) AS part
--   FROM role_interval(:toward) WHERE holds = 1 GROUP BY party;
-- drill: parties,roles_a_party_den SELECT DISTINCT party FROM
--   role_interval(:toward) WHERE holds = 1;
WITH counted AS MATERIALIZED (
    SELECT role, parties FROM role_count(:toward)
)
SELECT coalesce(sum(CASE WHEN role IS NOT NULL THEN parties END), 0)
        AS roles,
    coalesce(sum(CASE WHEN role IS NULL THEN parties END), 0) AS parties,
    coalesce(sum(CASE WHEN role IS NOT NULL THEN parties END), 0)
        AS roles_a_party_num,
    coalesce(sum(CASE WHEN role IS NULL THEN parties END), 0)
        AS roles_a_party_den
FROM counted
