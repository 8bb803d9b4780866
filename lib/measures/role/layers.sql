-- title: Layers of the ecosystem
-- version: 1
-- formula: distinct parties by the layer of each role they play; a party may
--   be in several layers
-- source: VOCABULARY.md "Roles"
-- requirements: E-02
-- window: none
-- column: layer text key - core, customer, partner or environment
-- column: roles int64 sum - roles played in it
-- column: parties int64 sum - distinct parties
-- drill: parties,roles SELECT DISTINCT party FROM role_interval('us')
--   WHERE holds = 1 AND word_member('role', role, 'layer') = :layer;
WITH layer AS MATERIALIZED (
    SELECT code, coalesce(word_member('role', code, 'layer'), 'customer')
        AS layer
    FROM word('role')
),
played AS MATERIALIZED (
    SELECT DISTINCT party, role FROM role_interval('us') WHERE holds = 1
)
SELECT layer.layer, count(*) AS roles,
    count(DISTINCT played.party) AS parties
FROM played JOIN layer ON layer.code = played.role
GROUP BY layer.layer
