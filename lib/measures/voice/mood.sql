-- title: Moods: alerts, and how guests left
-- version: 1
-- formula: alerts as in voice.mood_alerts; happy: of the departures with a
--   mood (voice.departures), those at or above the floor of the rule mood
-- source: REQUIREMENTS.md D-16
-- requirements: D-16
-- window: none
-- uses: voice.mood_alerts voice.departures
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
-- drill: happy_num SELECT departure AS record, party FROM voice_departures
--   WHERE happy = 1;
-- drill: happy_den SELECT departure AS record, party FROM voice_departures
--   WHERE happy IS NOT NULL;
WITH alerts AS MATERIALIZED (
    SELECT count(*) AS alerts, sum(state = 'cleared') AS cleared,
        sum(state = 'open') AS open,
        sum(state = 'left-unhappy') AS left_unhappy
    FROM voice_mood_alerts
),
departures AS MATERIALIZED (
    SELECT count(happy) AS n, sum(happy) AS happy FROM voice_departures
)
SELECT alerts.alerts, coalesce(alerts.cleared, 0) AS cleared_num,
    alerts.alerts AS cleared_den, coalesce(alerts.open, 0) AS open,
    coalesce(alerts.left_unhappy, 0) AS left_unhappy,
    coalesce(departures.happy, 0) AS happy_num, departures.n AS happy_den
FROM alerts CROSS JOIN departures
