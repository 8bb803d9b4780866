-- title: Alerts about moods
-- version: 1
-- formula: a stay of a party ends with an event departure, a mood at the same
--   instant before it; a mood below the floor of the rule mood opens an alert
--   unless one is open in the stay; the next mood at or above the floor in
--   the stay clears it; a departure before that leaves the party left-unhappy
-- source: DEFINITIONS.md "Scores and people" (mood)
-- requirements: D-16
-- window: none
-- column: alert id key - the event that opened it
-- column: party party none - whose mood
-- column: opened instant none - when, at once
-- column: object text none - where
-- column: mood text none - the score
-- column: observer party none - who saw it
-- column: cleared instant none - by a later mood
-- column: departed instant none - the end of the stay
-- column: state text none - open, cleared or left-unhappy
WITH kinds AS MATERIALIZED (
    SELECT w.code, is_a('event', w.code, 'departure') AS departs
    FROM word('event') AS w
    WHERE is_a('event', w.code, 'score.mood')
        OR is_a('event', w.code, 'departure')
),
stream AS MATERIALIZED (
    SELECT event.id, event.party, event.instant, event.day, event.object,
        event.observer, event.number, event.number_scale, kinds.departs,
        scaled(event.number, event.number_scale, 6)
            < decimal_of(word_member('rule', 'mood', 'floor'), 6) AS is_low
    FROM kinds CROSS JOIN event ON event.kind = kinds.code
),
staying AS MATERIALIZED (
    SELECT *, sum(departs) OVER (
            PARTITION BY party ORDER BY instant, departs, id
            ROWS UNBOUNDED PRECEDING
        ) - departs AS stay
    FROM stream
),
followed AS MATERIALIZED (
    SELECT *,
        lag(is_low) OVER (
            PARTITION BY party, stay ORDER BY instant, departs, id
        ) AS before,
        min(iif(departs = 0 AND is_low = 0, instant, NULL)) OVER (
            PARTITION BY party, stay
            ORDER BY instant DESC, departs DESC, id DESC
            ROWS UNBOUNDED PRECEDING
        ) AS cleared,
        min(iif(departs, instant, NULL)) OVER (
            PARTITION BY party, stay
            ORDER BY instant DESC, departs DESC, id DESC
            ROWS UNBOUNDED PRECEDING
        ) AS departed
    FROM staying
)
SELECT id AS alert, party, instant AS opened, object,
    decimal_text(number, number_scale) AS mood, observer, cleared, departed,
    CASE WHEN cleared IS NOT NULL THEN 'cleared'
        WHEN departed IS NOT NULL THEN 'left-unhappy'
        ELSE 'open' END AS state,
    id AS drill_id
FROM followed
WHERE departs = 0 AND is_low = 1 AND coalesce(before, 0) = 0
    AND (:from IS NULL OR day >= :from) AND (:to IS NULL OR day < :to)
