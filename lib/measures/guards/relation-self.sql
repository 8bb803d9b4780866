-- title: No party is tied to itself
-- version: 1
-- formula: party and other of a relation are two, merges followed
-- source: DEFINITIONS.md "Scores and people" (no self-referral)
-- requirements: A-05
-- column: severity text none - refuse
-- column: code text none - relation-self
-- column: record text none - the relation
-- column: reason text none - who
-- needs: relation
SELECT 'refuse' AS severity, 'relation-self' AS code,
    'relation ' || row AS record,
    coalesce(party_key(party), '#' || party) || ' cannot be '
        || type || ' itself' AS reason
FROM pending_relation
WHERE party = other
ORDER BY row
