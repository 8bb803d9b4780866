-- title: Parties by role
-- version: 1
-- formula: distinct parties with the role in force, each role by itself;
--   share = over the distinct parties with any role: a party with two roles
--   is in both, and once below the line
-- source: VOCABULARY.md "Roles"
-- requirements: B-03
-- window: none
-- parameter: toward text = us - a host key, us, or * for any
-- column: role text key - the role's code
-- column: parties int64 sum - distinct parties
-- column: share ratio ratio - of the distinct parties with any role
-- drill: parties,share_num SELECT DISTINCT party FROM role_interval(:toward)
--   WHERE holds = 1 AND role = :role;
-- drill: share_den SELECT DISTINCT party FROM role_interval(:toward)
--   WHERE holds = 1;
SELECT role, parties, parties AS share_num,
    (SELECT parties FROM role_count(:toward) WHERE role IS NULL)
        AS share_den
FROM role_count(:toward)
WHERE role IS NOT NULL
