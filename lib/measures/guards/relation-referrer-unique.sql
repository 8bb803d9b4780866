-- title: One referrer at a time
-- version: 1
-- formula: for types of relation whose data says "one": the intervals of a
--   party's relations to different others do not overlap
-- source: DEFINITIONS.md "Scores and people" (one referrer each)
-- requirements: A-05
-- column: severity text none - refuse
-- column: code text none - relation-referrer-unique
-- column: record text none - the relation
-- column: reason text none - which other there is
-- needs: relation
WITH pending AS MATERIALIZED (
    -- the last of a batch stands for its (party, type, other, day)
    SELECT max(row) AS row, party, type, other, day, instant,
        coalesce(until_instant, 9223372036854775807) AS until
    FROM pending_relation
    WHERE json_extract(word_data('relation', type), '$.one')
    GROUP BY party, type, other, day
),
known AS MATERIALIZED (
    SELECT relation.party, relation.type, relation.other, relation.day,
        relation.instant,
        coalesce(relation.until_instant, 9223372036854775807) AS until
    FROM relation
    WHERE relation.party IN (SELECT party FROM pending)
),
together AS MATERIALIZED (
    SELECT 0 AS row, known.party, known.type, known.other, known.instant,
        known.until
    FROM known LEFT JOIN pending
        ON pending.party = known.party AND pending.type = known.type
            AND pending.other = known.other AND pending.day = known.day
    WHERE pending.row IS NULL
    UNION ALL
    SELECT row, party, type, other, instant, until FROM pending
)
SELECT 'refuse' AS severity, 'relation-referrer-unique' AS code,
    'relation ' || pending.row AS record,
    coalesce(party_key(pending.party), '#' || pending.party)
        || ' is ' || pending.type || ' '
        || coalesce(party_key(together.other), '#' || together.other)
        || ' already; ' || pending.type || ' '
        || coalesce(party_key(pending.other), '#' || pending.other)
        || ' can begin when that has ended' AS reason
FROM pending JOIN together
    ON together.party = pending.party AND together.type = pending.type
WHERE together.other <> pending.other
    AND together.row < pending.row
    AND pending.instant < pending.until
    AND together.instant < together.until
    AND pending.instant < together.until
    AND together.instant < pending.until
ORDER BY pending.row, together.instant, together.other
