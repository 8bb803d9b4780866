-- title: Departures, and the mood somebody left in
-- version: 1
-- formula: events departure with the last mood of the party since its
--   departure before; happy: that is at or above the floor of the rule mood
-- source: REQUIREMENTS.md D-16
-- requirements: D-16
-- window: none
-- column: departure id key - the event
-- column: party party none - who
-- column: departed instant none - when
-- column: mood decimal none 6 - the last; nothing where none was seen
-- column: observer party none - who saw it
-- column: happy int64 none - 1 or 0
-- drill: happy SELECT :drill_id AS record, :party AS party, :happy AS part;
WITH kinds AS MATERIALIZED (
    SELECT w.code, is_a('event', w.code, 'departure') AS departs
    FROM word('event') AS w
    WHERE is_a('event', w.code, 'score.mood')
        OR is_a('event', w.code, 'departure')
),
stream AS MATERIALIZED (
    SELECT event.id, event.party, event.instant, event.day, kinds.departs,
        iif(kinds.departs, NULL,
            scaled(event.number, event.number_scale, 6)) AS mood,
        iif(kinds.departs, NULL, event.observer) AS observer
    FROM kinds CROSS JOIN event ON event.kind = kinds.code
),
ordered AS MATERIALIZED (
    -- just before a departure stands the last mood, or another departure
    SELECT id, party, instant, day, departs,
        lag(mood) OVER of_party AS mood,
        lag(observer) OVER of_party AS observer
    FROM stream
    WINDOW of_party AS (PARTITION BY party ORDER BY instant, departs, id)
)
SELECT id AS departure, party, instant AS departed, mood, observer,
    mood >= decimal_of(word_member('rule', 'mood', 'floor'), 6) AS happy,
    id AS drill_id
FROM ordered
WHERE departs = 1 AND (:from IS NULL OR day >= :from)
    AND (:to IS NULL OR day < :to)
