-- title: Moods: alerts, and how guests left
-- version: 1
-- formula: alerts as in voice.mood_alerts; happy: of the stays that ended
--   with a departure and have a mood, those whose last mood was at or above
--   the floor of the rule mood
-- source: REQUIREMENTS.md D-16
-- requirements: D-16
-- window: none
-- uses: voice.mood_alerts
-- column: alerts int64 sum - opened
-- column: cleared ratio ratio - of the alerts
-- column: open int64 sum - neither cleared nor left
-- column: left_unhappy int64 sum - departed before a better mood
-- column: happy ratio ratio - of the departures with a mood
-- drill: alerts,cleared_den SELECT alert AS record, party, state
--   FROM voice_mood_alerts;
-- drill: cleared_num SELECT alert AS record, party, state
--   FROM voice_mood_alerts WHERE state = 'cleared';
-- drill: open SELECT alert AS record, party, state FROM voice_mood_alerts
--   WHERE state = 'open';
-- drill: left_unhappy SELECT alert AS record, party, state
--   FROM voice_mood_alerts WHERE state = 'left-unhappy';
WITH kinds AS MATERIALIZED (
    SELECT w.code, is_a('event', w.code, 'departure') AS departs
    FROM word('event') AS w
    WHERE is_a('event', w.code, 'score.mood')
        OR is_a('event', w.code, 'departure')
),
stream AS MATERIALIZED (
    SELECT event.id, event.party, event.instant, event.day, kinds.departs,
        iif(kinds.departs, NULL,
            scaled(event.number, event.number_scale, 6)
                >= decimal_of(word_member('rule', 'mood', 'floor'), 6))
            AS happy
    FROM kinds CROSS JOIN event ON event.kind = kinds.code
),
ordered AS MATERIALIZED (
    -- the record before a departure in its party's stream, where it is a mood
    SELECT departs, day, lag(happy) OVER (
            PARTITION BY party ORDER BY instant, departs, id
        ) AS happy
    FROM stream
),
departures AS MATERIALIZED (
    SELECT count(happy) AS n, coalesce(sum(happy), 0) AS happy FROM ordered
    WHERE departs = 1 AND (:from IS NULL OR day >= :from)
        AND (:to IS NULL OR day < :to)
)
SELECT count(alerts.alert) AS alerts,
    coalesce(sum(alerts.state = 'cleared'), 0) AS cleared_num,
    count(alerts.alert) AS cleared_den,
    coalesce(sum(alerts.state = 'open'), 0) AS open,
    coalesce(sum(alerts.state = 'left-unhappy'), 0) AS left_unhappy,
    departures.happy AS happy_num, departures.n AS happy_den
FROM departures LEFT JOIN voice_mood_alerts AS alerts
GROUP BY departures.n, departures.happy
