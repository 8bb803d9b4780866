-- title: One may say yes, a no takes two and an alternative
-- version: 1
-- formula: an item moves to said-no only where as many different actors as
--   the rule say-no asks for moved it to no-approved before, and the move's
--   reason says what is offered instead
-- source: REQUIREMENTS.md D-17 and "Vague points" 8
-- requirements: D-17
-- column: severity text none - refuse
-- column: code text none - move-say-no
-- column: record text none - the move
-- column: reason text none - what is missing
-- needs: word said-no of state of move
WITH asked AS MATERIALIZED (
    SELECT row, item, instant, reason,
        coalesce(word_member('rule', 'say-no', 'approvers', day), 0)
            AS needed
    FROM pending_move
    WHERE is_a('state', state, 'said-no')
),
approved AS MATERIALIZED (
    SELECT asked.row, move.actor
    FROM asked CROSS JOIN move ON move.item = asked.item
    WHERE move.state = 'no-approved' AND move.instant <= asked.instant
    UNION
    SELECT asked.row, pending_move.actor
    FROM asked JOIN pending_move ON pending_move.item = asked.item
    WHERE pending_move.state = 'no-approved'
        AND pending_move.instant <= asked.instant
),
counted AS MATERIALIZED (
    SELECT asked.row, asked.item, asked.reason, asked.needed,
        (SELECT count(DISTINCT actor) FROM approved
            WHERE approved.row = asked.row) AS approvers
    FROM asked
)
SELECT 'refuse' AS severity, 'move-say-no' AS code,
    'move ' || row AS record,
    CASE WHEN approvers < needed
        THEN 'a no to ' || id_text(item) || ' has ' || approvers
            || ' of the ' || needed || ' approvers the rule say-no asks for'
        ELSE 'a no to ' || id_text(item) || ' offers no alternative: '
            || '`reason` says what can be had instead' END AS reason
FROM counted
WHERE approvers < needed OR coalesce(trim(reason), '') = ''
ORDER BY row
