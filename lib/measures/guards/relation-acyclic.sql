-- title: Referrals make no circle
-- version: 2
-- formula: for types of relation whose data says "acyclic": from the other
--   of a new relation, along relations of the type that are in force at the
--   same time, its party is not reached
-- source: DEFINITIONS.md "Scores and people" (an acyclic forest)
-- requirements: A-05
-- column: severity text none - refuse
-- column: code text none - relation-acyclic
-- column: record text none - the relation
-- column: reason text none - who leads to whom
-- needs: relation
WITH RECURSIVE pending AS MATERIALIZED (
    SELECT max(row) AS row, party, type, other, day, instant,
        coalesce(until_instant, 9223372036854775807) AS until
    FROM pending_relation
    WHERE json_extract(word_data('relation', type), '$.acyclic')
        AND party <> other
    GROUP BY party, type, other, day
),
path(row, type, instant, until, party) AS (
    -- pending_circle: those that could lie on a circle at all
    SELECT row, type, instant, until, other
    FROM pending
    WHERE instant < until AND row IN (SELECT row FROM pending_circle)
    UNION
    SELECT path.row, path.type, path.instant, path.until, relation.other
    FROM path CROSS JOIN relation ON relation.party = path.party
    WHERE relation.type = path.type
        AND relation.instant < path.until
        AND path.instant
            < coalesce(relation.until_instant, 9223372036854775807)
        AND relation.instant
            < coalesce(relation.until_instant, 9223372036854775807)
        AND NOT EXISTS (
            SELECT 1 FROM pending
            WHERE pending.party = relation.party
                AND pending.type = relation.type
                AND pending.other = relation.other
                AND pending.day = relation.day
        )
    UNION
    SELECT path.row, path.type, path.instant, path.until, pending.other
    FROM path JOIN pending ON pending.party = path.party
    WHERE pending.type = path.type
        AND pending.instant < path.until
        AND path.instant < pending.until
        AND pending.instant < pending.until
)
SELECT 'refuse' AS severity, 'relation-acyclic' AS code,
    'relation ' || pending.row AS record,
    coalesce(party_key(pending.party), '#' || pending.party)
        || ' ' || pending.type || ' '
        || coalesce(party_key(pending.other), '#' || pending.other)
        || ' makes a circle: '
        || coalesce(party_key(pending.other), '#' || pending.other)
        || ' goes back to '
        || coalesce(party_key(pending.party), '#' || pending.party)
        AS reason
FROM pending JOIN path
    ON path.row = pending.row AND path.party = pending.party
ORDER BY pending.row
