-- title: Burst alerts
-- version: 1
-- formula: a report (event) about an object at which the reports in
--   (t - hours, t] reach `reports` of the rule crisis raises an alert; the
--   burst goes on until a report has fewer in its window, and is one alert.
--   Recalled: the first move to recalled or closed, at or after the alert, of
--   an item that an event `alert` about the object names; in time where that
--   took at most recall_seconds of the rule
-- source: REQUIREMENTS A-15; VOCABULARY.md "Contributions" (warning)
-- requirements: A-15
-- window: none
-- units: all
-- parameter: kind text = report - the kind of event that reports, and what is
--   below it
-- column: object text key - what was reported: a batch, a place
-- column: alert instant key - when the alert was raised, UTC
-- column: first instant none - of the burst
-- column: last instant none - of the burst, so far
-- column: reports int64 sum - in the burst
-- column: recalled instant none - when it was recalled or closed
-- column: seconds int64 none - from the alert to that
-- column: in_time int64 none - 1 or 0; nothing where it was not recalled
-- drill: reports SELECT id AS record, party, kind, instant FROM event
--   WHERE is_a('event', kind, :kind) AND object = :object
--   AND instant >= :first AND instant <= :last;
WITH bursts AS MATERIALIZED (
    SELECT object, alert, "first", "last", reports FROM burst(:kind)
    WHERE (:from IS NULL OR day >= :from) AND (:to IS NULL OR day < :to)
),
tied AS MATERIALIZED (
    SELECT DISTINCT object, item FROM event
    WHERE kind = 'alert' AND item IS NOT NULL AND object IS NOT NULL
),
ended AS MATERIALIZED (
    SELECT tied.object, move.instant
    FROM tied CROSS JOIN move ON move.item = tied.item
    WHERE move.state IN ('recalled', 'closed')
),
answered AS MATERIALIZED (
    SELECT bursts.object, bursts.alert, bursts."first", bursts."last",
        bursts.reports,
        (SELECT min(ended.instant) FROM ended
            WHERE ended.object = bursts.object
                AND ended.instant >= bursts.alert) AS recalled
    FROM bursts
)
SELECT object, alert, "first", "last", reports, recalled,
    (recalled - alert) / 1000000 AS seconds,
    CASE WHEN recalled IS NOT NULL
        THEN recalled - alert <= 1000000 * json_extract(
            word_data('rule', 'crisis', :as_of), '$.recall_seconds')
    END AS in_time
FROM answered
