-- title: Who decides
-- version: 1
-- formula: moves in the window (all, without one) to a state that the flow of
--   the item lists as adopted while the one before was not, and to declined:
--   decisions; by customers: the actor is not us and plays no role of the
--   core layer (no actor: us); share = by customers / decisions; warn: it is
--   above the share of the rule customer-decided; vetoes: declined by us,
--   each with its reason (guard move-reason)
-- source: REQUIREMENTS.md A-29
-- requirements: A-29
-- window: none
-- column: decisions int64 sum - taken
-- column: by_customers int64 sum - by customers
-- column: vetoes int64 sum - declined by us
-- column: share ratio ratio - by customers / decisions
-- column: warn int64 none - 1: above the cap
-- drill: decisions,share_den,by_customers,share_num,vetoes SELECT DISTINCT
--   coalesce(move.actor, 1) AS party FROM move
--   CROSS JOIN item ON item.id = move.item WHERE (move.state = 'declined'
--   OR instr(coalesce(json_extract(word_data('flow', coalesce(item.flow,
--   word_member('item', item.kind, 'flow'))), '$.adopted'), ''),
--   '"' || move.state || '"') > 0)
--   AND (:from IS NULL OR (move.day >= :from AND move.day < :to));
WITH staff AS MATERIALIZED (
    SELECT 1 AS party
    UNION
    SELECT party FROM role_interval('us')
    WHERE holds = 1 AND word_member('role', role, 'layer') = 'core'
),
lists AS MATERIALIZED (
    SELECT item, json_extract(word_data('flow', flow), '$.adopted')
        AS adopted
    FROM item_state
    WHERE json_extract(word_data('flow', flow), '$.adopted') IS NOT NULL
),
steps AS MATERIALIZED (
    SELECT move.state, move.day, coalesce(move.actor, 1) AS actor,
        lists.adopted, lag(move.state) OVER (PARTITION BY move.item
            ORDER BY move.instant, move.id) AS before
    FROM move JOIN lists ON lists.item = move.item
),
decisions AS MATERIALIZED (
    SELECT state = 'declined' AS declined,
        actor NOT IN (SELECT party FROM staff) AS by_customer
    FROM steps
    WHERE (:from IS NULL OR (day >= :from AND day < :to))
        AND (state = 'declined'
            OR (instr(adopted, '"' || state || '"') > 0
                AND instr(adopted, '"' || coalesce(before, '') || '"') = 0))
)
SELECT count(*) AS decisions, coalesce(sum(by_customer), 0) AS by_customers,
    coalesce(sum(declined AND NOT by_customer), 0) AS vetoes,
    coalesce(sum(by_customer), 0) AS share_num, count(*) AS share_den,
    coalesce(sum(by_customer), 0) * 1000000 > count(*)
        * word_member('rule', 'customer-decided', 'share_ppm') AS warn
FROM decisions
