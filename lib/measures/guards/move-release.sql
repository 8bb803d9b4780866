-- title: Who may release what is stopped
-- version: 1
-- formula: a move of an andon pull to `released`, or a state below it, has an
--   actor who plays, toward the company on that day, one of the roles that
--   the rule andon lists under `release`, or a role below one; a rule without
--   the list lets anybody release
-- source: VOCABULARY.md "The customer-capital triangle" (who may release is
--   data)
-- requirements: D-26
-- column: severity text none - refuse
-- column: code text none - move-release
-- column: record text none - the move
-- column: reason text none - who may
-- needs: word released of state of move
WITH RECURSIVE rule AS MATERIALIZED (
    SELECT word_member('rule', 'andon', 'release') AS roles
),
asked AS MATERIALIZED (
    SELECT pending_move.row, pending_move.actor, pending_move.day,
        coalesce(item.kind, pending_item.kind) AS kind
    FROM pending_move
    LEFT JOIN item ON item.id = pending_move.item
    LEFT JOIN pending_item ON pending_item.id = pending_move.item
    WHERE is_a('state', pending_move.state, 'released')
),
may(at, code) AS (
    SELECT 0, json_extract((SELECT roles FROM rule), '$[0]')
    UNION ALL
    SELECT at + 1, json_extract((SELECT roles FROM rule),
        '$[' || (at + 1) || ']')
    FROM may
    WHERE at + 1 < json_array_length((SELECT roles FROM rule))
),
playing AS MATERIALIZED (
    SELECT party, role, day, until FROM role
    WHERE party IN (SELECT actor FROM asked) AND toward = 1
    UNION ALL
    SELECT party, role, day, until FROM pending_role
    WHERE party IN (SELECT actor FROM asked) AND toward = 1
)
SELECT 'refuse' AS severity, 'move-release' AS code,
    'move ' || asked.row AS record,
    coalesce(coalesce(party_key(asked.actor), '#' || asked.actor)
            || ' plays none of the roles that may release it',
        'a release names its actor, who plays one of the roles')
        || ': ' || (SELECT roles FROM rule) AS reason
FROM asked
WHERE is_a('item', asked.kind, 'andon')
    AND (SELECT roles FROM rule) IS NOT NULL
    AND NOT EXISTS (
        SELECT 1 FROM playing JOIN may
            ON is_a('role', playing.role, may.code)
        WHERE playing.party = asked.actor AND playing.day <= asked.day
            AND (playing.until IS NULL OR playing.until > asked.day)
    )
ORDER BY asked.row
