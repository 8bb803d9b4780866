-- title: Stages follow each other as the flow allows
-- version: 1
-- formula: a role's flow is the member `lifecycle` of its data (or of the
--   nearest role above), by default the flow lifecycle; from the stage before
--   in time the flow must allow the new one, and from the new one the stage
--   after. A stage that its flow does not name is not judged; one that a
--   role may not begin in is warned about
-- source: VOCABULARY.md "Axes first" (event-driven)
-- requirements: B-07
-- column: severity text none - refuse or warn
-- column: code text none - role-stage
-- column: record text none - the role
-- column: reason text none - which move is not allowed
-- needs: stage of role
WITH pending AS MATERIALIZED (
    SELECT max(row) AS row, party, role, toward, day, instant, stage,
        coalesce(word_member('role', role, 'lifecycle'), 'lifecycle') AS flow
    FROM pending_role
    WHERE stage IS NOT NULL
    GROUP BY party, role, toward, day
),
known AS MATERIALIZED (
    SELECT role.party, role.role, role.toward, role.day, role.instant,
        role.stage
    FROM (SELECT DISTINCT party FROM pending) AS who
    CROSS JOIN role ON role.party = who.party
    WHERE role.stage IS NOT NULL
),
together AS MATERIALIZED (
    SELECT known.party, known.role, known.toward, known.instant, known.stage
    FROM known LEFT JOIN pending
        ON pending.party = known.party AND pending.role = known.role
            AND pending.toward = known.toward AND pending.day = known.day
    WHERE pending.row IS NULL
    UNION ALL
    SELECT party, role, toward, instant, stage FROM pending
),
line AS MATERIALIZED (
    SELECT pending.row, pending.party, pending.role, pending.flow,
        pending.stage,
        (SELECT stage FROM together
            WHERE together.party = pending.party
                AND together.role = pending.role
                AND together.toward = pending.toward
                AND together.instant < pending.instant
            ORDER BY together.instant DESC LIMIT 1) AS before,
        (SELECT stage FROM together
            WHERE together.party = pending.party
                AND together.role = pending.role
                AND together.toward = pending.toward
                AND together.instant > pending.instant
            ORDER BY together.instant LIMIT 1) AS after
    FROM pending
),
move AS (
    SELECT row, party, role, flow, before AS state, stage AS next FROM line
    UNION ALL
    SELECT row, party, role, flow, stage, after FROM line
    WHERE after IS NOT NULL
),
judged AS (
    SELECT row, party, role, flow, state, next,
        coalesce(instr(word_data('flow', flow), '"' || next || '"'), 0) > 0
        AND (state IS NULL OR coalesce(instr(word_data('flow', flow),
            '"' || state || '"'), 0) > 0) AS is_governed
    FROM move
    WHERE state IS NULL OR state <> next
)
SELECT CASE WHEN state IS NULL THEN 'warn' ELSE 'refuse' END AS severity,
    'role-stage' AS code,
    'role ' || row AS record,
    coalesce(party_key(party), '#' || party) || ' as ' || role
        || CASE WHEN state IS NULL
            THEN ' begins in the stage ' || next
            ELSE ' goes from the stage ' || state || ' to ' || next END
        || ', which the flow ' || flow || ' does not allow' AS reason
FROM judged
WHERE is_governed AND NOT allows(flow, state, next)
ORDER BY row
