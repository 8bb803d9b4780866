-- title: Log of breaches
-- version: 1
-- formula: items of kind breach: from the moment it was detected (the item's)
--   to the first move to notified; within is 1 where that took at most the
--   hours of the rule breach. affected = parties of events `breach` that name
--   the item
-- source: REQUIREMENTS.md C-17
-- requirements: C-17
-- window: none
-- shards: no
-- column: breach id key - the item
-- column: subject text none - what happened
-- column: detected instant none - when, UTC
-- column: contained instant none - when it was stopped
-- column: notified instant none - when those who have to know were told
-- column: hours decimal none 2 - from detected to notified
-- column: allowed int64 none - hours the rule allows
-- column: within int64 none - 1 or 0
-- column: affected int64 sum - parties
-- drill: affected SELECT DISTINCT party FROM event
--   WHERE is_a('event', kind, 'breach') AND item = :drill_id;
WITH moved AS MATERIALIZED (
    SELECT item,
        min(iif(state = 'contained', instant, NULL)) AS contained,
        min(iif(state = 'notified', instant, NULL)) AS notified
    FROM move
    GROUP BY item
),
hit AS MATERIALIZED (
    SELECT item, count(DISTINCT party) AS parties
    FROM event
    WHERE is_a('event', kind, 'breach') AND item IS NOT NULL
    GROUP BY item
),
logged AS MATERIALIZED (
    SELECT item.id, item.subject, item.instant, moved.contained,
        moved.notified, moved.notified - item.instant AS took,
        word_member('rule', 'breach', 'hours', item.day) AS allowed,
        coalesce(hit.parties, 0) AS affected
    FROM item
    LEFT JOIN moved ON moved.item = item.id
    LEFT JOIN hit ON hit.item = item.id
    WHERE is_a('item', item.kind, 'breach')
        AND (:from IS NULL OR item.day >= :from)
        AND (:to IS NULL OR item.day < :to)
)
SELECT id AS breach, subject, instant AS detected, contained, notified,
    share(took, 100, 3600000000) AS hours, allowed,
    coalesce(took <= allowed * 3600000000, 0) AS within, affected,
    id AS drill_id
FROM logged
