-- title: A role is played once at a time
-- version: 1
-- formula: intervals of one role of a party toward the same party do not
--   overlap; but an open-ended one ends where a later one in another stage
--   begins: so a stage is moved by one record
-- source: VOCABULARY.md "Axes first" (half-open intervals)
-- requirements: B-03 B-07
-- column: severity text none - refuse
-- column: code text none - role-overlap
-- column: record text none - the role
-- column: reason text none - with which other one
-- needs: role
WITH pending AS MATERIALIZED (
    -- the last of a batch stands for its (party, role, toward, day)
    SELECT max(row) AS row, party, role, toward, day, instant, until,
        until_instant, coalesce(stage, '') AS stage
    FROM pending_role
    GROUP BY party, role, toward, day
),
known AS MATERIALIZED (
    SELECT role.party, role.role, role.toward, role.day, role.instant,
        role.until, role.until_instant, coalesce(role.stage, '') AS stage
    FROM (SELECT DISTINCT party FROM pending) AS who
    CROSS JOIN role ON role.party = who.party
),
together AS MATERIALIZED (
    SELECT 0 AS row, known.*
    FROM known LEFT JOIN pending
        ON pending.party = known.party AND pending.role = known.role
            AND pending.toward = known.toward AND pending.day = known.day
    WHERE pending.row IS NULL
    UNION ALL
    SELECT row, party, role, toward, day, instant, until, until_instant,
        stage
    FROM pending
),
pair AS MATERIALIZED (
    SELECT pending.row AS row, pending.party, pending.role, pending.toward,
        pending.day AS day, other.day AS other_day,
        CASE WHEN pending.instant < other.instant THEN pending.until_instant
            ELSE other.until_instant END AS first_until,
        min(pending.instant, other.instant) AS first_start,
        max(pending.instant, other.instant) AS second_start,
        pending.stage = other.stage OR CASE
            WHEN pending.instant < other.instant THEN other.stage
            ELSE pending.stage END = '' AS same_stage
    FROM pending CROSS JOIN together AS other
    ON other.party = pending.party AND other.role = pending.role
        AND other.toward = pending.toward
    WHERE other.day <> pending.day
        AND (other.row = 0 OR other.row < pending.row)
        AND pending.instant
            < coalesce(pending.until_instant, 9223372036854775807)
        AND other.instant
            < coalesce(other.until_instant, 9223372036854775807)
)
SELECT 'refuse' AS severity, 'role-overlap' AS code,
    'role ' || row AS record,
    coalesce(party_key(party), '#' || party) || ' is ' || role
        || ' from ' || day_text(other_day)
        || CASE WHEN toward = 1 THEN ''
            ELSE ' toward ' || coalesce(party_key(toward), '#' || toward) END
        || ' already; another interval from ' || day_text(day)
        || ' overlaps it. End one of them, or give the later one another '
        || 'stage' AS reason
FROM pair
WHERE first_until > second_start
    OR (first_until IS NULL AND same_stage AND NOT EXISTS (
        -- another stage in between ended the first one
        SELECT 1 FROM together
        WHERE together.party = pair.party AND together.role = pair.role
            AND together.toward = pair.toward
            AND together.instant > pair.first_start
            AND together.instant < pair.second_start
    ))
ORDER BY row, other_day
