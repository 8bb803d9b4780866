-- title: Crises located and recalled in time
-- version: 1
-- formula: an alert is raised by its item, and over with its first move to
--   recalled or closed; seconds = between; pass: not more than the rule
--   crisis's recall_seconds, else fail; waiting while there is time; an alert
--   that was cleared, a false alarm, is none of these
-- source: REQUIREMENTS.md A-15
-- requirements: A-15
-- window: none
-- column: alert id key - the item
-- column: kind text none - of alert
-- column: thing text none - the batch
-- column: raised instant none - when
-- column: located instant none - when first
-- column: recalled instant none - when first
-- column: closed instant none - when first
-- column: seconds int64 none - from raised to over, or so far
-- column: verdict text none - pass, fail, waiting or cleared
-- column: in_time ratio ratio - 1 of 1 for pass, 0 of 1 for fail
-- drill: seconds,in_time_num,in_time_den SELECT move.id AS record,
--   move.actor AS party, move.state, 0 AS part FROM move
--   WHERE move.item = :drill_id;
WITH alerts AS MATERIALIZED (
    SELECT item_state.item, item_state.kind, item.subject,
        item_state.instant, item_state.state
    FROM item_state('alert') JOIN item ON item.id = item_state.item
    WHERE (:from IS NULL OR item_state.day >= :from)
        AND (:to IS NULL OR item_state.day < :to)
),
steps AS MATERIALIZED (
    SELECT alerts.item,
        min(iif(is_a('state', move.state, 'located'), move.instant, NULL))
            AS located,
        min(iif(is_a('state', move.state, 'recalled'), move.instant, NULL))
            AS recalled,
        min(iif(is_a('state', move.state, 'closed'), move.instant, NULL))
            AS closed,
        min(iif(is_a('state', move.state, 'cleared'), move.instant, NULL))
            AS cleared,
        max(move.instant) AS last
    FROM alerts JOIN move ON move.item = alerts.item
    GROUP BY alerts.item
),
moment AS MATERIALIZED (
    SELECT coalesce(:now, max(alerts.instant), 0) AS now,
        max(steps.last) AS last
    FROM alerts LEFT JOIN steps ON steps.item = alerts.item
),
timed AS MATERIALIZED (
    SELECT alerts.*, steps.located, steps.recalled, steps.closed,
        steps.cleared,
        min(coalesce(steps.recalled, steps.closed),
            coalesce(steps.closed, steps.recalled)) AS over,
        iif(:now IS NULL, max(moment.now, coalesce(moment.last, moment.now)),
            moment.now) AS now,
        word_member('rule', 'crisis', 'recall_seconds') * 1000000 AS most
    FROM alerts CROSS JOIN moment
    LEFT JOIN steps ON steps.item = alerts.item
),
judged AS MATERIALIZED (
    SELECT *, coalesce(over, now) - instant AS time,
        CASE WHEN cleared IS NOT NULL AND recalled IS NULL THEN 'cleared'
            WHEN coalesce(over, now) - instant > most THEN 'fail'
            WHEN over IS NULL THEN 'waiting' ELSE 'pass' END AS verdict
    FROM timed
)
SELECT item AS alert, kind, subject AS thing, instant AS raised, located,
    recalled, closed, (time + 999999) / 1000000 AS seconds, verdict,
    verdict = 'pass' AS in_time_num, verdict IN ('pass', 'fail')
        AS in_time_den, item AS drill_id
FROM judged
