-- title: Who may release what is stopped
-- version: 1
-- formula: a move of an andon pull to `released`, or a state below it, or out
--   of what the rule andon lists under `stopped`, whatever the flow of the
--   pull calls it, has an actor who plays, toward the company on that day, one
--   of the roles that the rule lists under `release`, or a role below one; a
--   rule without the list lets anybody release. The rule is that of the day
-- source: VOCABULARY.md "The customer-capital triangle" (who may release is
--   data)
-- requirements: D-26
-- column: severity text none - refuse
-- column: code text none - move-release
-- column: record text none - the move
-- column: reason text none - who may
-- needs: move
WITH asked AS MATERIALIZED (
    SELECT row, item, id, actor, day, instant, state FROM pending_move
),
items AS MATERIALIZED (
    SELECT item.id, item.kind
    FROM (SELECT DISTINCT item FROM asked) AS one
    CROSS JOIN item ON item.id = one.item
    UNION ALL
    SELECT id, kind FROM pending_item
    WHERE id IN (SELECT item FROM asked)
),
pulls AS MATERIALIZED (
    SELECT id FROM items WHERE is_a('item', kind, 'andon')
),
moves AS MATERIALIZED (
    SELECT move.item, move.id, move.state, move.day, move.instant
    FROM pulls CROSS JOIN move ON move.item = pulls.id
    UNION ALL
    SELECT item, id, state, day, instant FROM asked
    WHERE item IN (SELECT id FROM pulls)
),
judged AS MATERIALIZED (
    SELECT item, id, instant, EXISTS (
            SELECT 1 FROM json_each(
                word_member('rule', 'andon', 'stopped', day)) AS listed
            WHERE is_a('state', state, listed.value)) AS is_stopped
    FROM moves
),
line AS MATERIALIZED (
    SELECT id, is_stopped,
        lag(is_stopped, 1, 0) OVER (
            PARTITION BY item ORDER BY instant, id) AS was_stopped
    FROM judged
),
releases AS MATERIALIZED (
    SELECT asked.row, asked.actor, asked.day,
        word_member('rule', 'andon', 'release', asked.day) AS roles
    FROM line JOIN asked ON asked.id = line.id
    WHERE is_a('state', asked.state, 'released')
        OR (was_stopped AND NOT is_stopped)
),
playing AS MATERIALIZED (
    SELECT party, role, day, until FROM role
    WHERE party IN (SELECT actor FROM releases) AND toward = 1
    UNION ALL
    SELECT party, role, day, until FROM pending_role
    WHERE party IN (SELECT actor FROM releases) AND toward = 1
)
SELECT 'refuse' AS severity, 'move-release' AS code,
    'move ' || releases.row AS record,
    coalesce(coalesce(party_key(releases.actor), '#' || releases.actor)
            || ' plays none of the roles that may release it',
        'a release names its actor, who plays one of the roles')
        || ': ' || roles AS reason
FROM releases
WHERE roles IS NOT NULL
    AND NOT EXISTS (
        SELECT 1 FROM playing JOIN json_each(releases.roles) AS may
            ON is_a('role', playing.role, may.value)
        WHERE playing.party = releases.actor
            AND playing.day <= releases.day
            AND (playing.until IS NULL OR playing.until > releases.day)
    )
ORDER BY releases.row
