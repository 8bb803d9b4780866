-- title: Decisions about ideas and contributions
-- version: 1
-- formula: moves in the window (all, without one) to a state that the flow of
--   the item lists as adopted while the one before was not, and, in such a
--   flow, to declined; by: company where the actor is us (or nobody is named)
--   or plays a role of the core layer (staff), else customer. Declining is a
--   veto; its reason is always there (guard move-reason) unless erased
-- source: REQUIREMENTS.md A-29
-- requirements: A-29
-- window: none
-- column: move id key - the decision
-- column: item id none - about what
-- column: day day none - when
-- column: state text none - what was decided
-- column: actor party none - who decided
-- column: decider text none - customer or company
-- column: reason text none - why
WITH staff AS MATERIALIZED (
    SELECT 1 AS party
    UNION
    SELECT party FROM role_interval('us')
    WHERE holds = 1 AND word_member('role', role, 'layer') = 'core'
),
flows AS MATERIALIZED (
    SELECT code, json_extract(data, '$.adopted') AS adopted FROM word('flow')
    WHERE json_extract(data, '$.adopted') IS NOT NULL
),
lists AS MATERIALIZED (
    SELECT items.item, flows.adopted
    FROM item_state AS items JOIN flows ON flows.code = items.flow
),
steps AS MATERIALIZED (
    SELECT move.id, move.item, move.state, move.day,
        coalesce(move.actor, 1) AS actor, move.reason, lists.adopted,
        lag(move.state) OVER (PARTITION BY move.item
            ORDER BY move.instant, move.id) AS before
    FROM move JOIN lists ON lists.item = move.item
)
SELECT id AS move, item, day, state, actor,
    iif(actor IN (SELECT party FROM staff), 'company', 'customer')
        AS decider, reason
FROM steps
WHERE (:from IS NULL OR (day >= :from AND day < :to))
    AND (state = 'declined'
        OR (instr(adopted, '"' || state || '"') > 0
            AND instr(adopted, '"' || coalesce(before, '') || '"') = 0))
