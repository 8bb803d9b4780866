-- title: A low mood opens an alert at once
-- version: 1
-- formula: a mood below the floor of the rule mood, where the batch has none
--   of the same party at or above the floor after it, is warned about: the
--   team is told with the receipt, voice.mood_alerts lists it from then on
-- source: DEFINITIONS.md "Scores and people" (mood)
-- requirements: D-16
-- column: severity text none - warn
-- column: code text none - event-mood
-- column: record text none - the event
-- column: reason text none - who, what, who saw it
-- needs: low mood of event
WITH moods AS MATERIALIZED (
    SELECT row, party, object, number, number_scale, observer, instant,
        scaled(number, number_scale, 6)
            < decimal_of(word_member('rule', 'mood', 'floor'), 6) AS is_low
    FROM pending_event
    WHERE is_a('event', kind, 'score.mood')
)
SELECT 'warn' AS severity, 'event-mood' AS code, 'event ' || row AS record,
    'mood ' || decimal_text(number, number_scale) || ' of '
        || coalesce(party_key(party), '#' || party)
        || coalesce(' at ' || object, '') || ', below '
        || word_member('rule', 'mood', 'floor') || ', seen by '
        || coalesce(party_key(observer), '#' || observer)
        || ': the alert is open' AS reason
FROM moods
WHERE is_low = 1 AND NOT EXISTS (
    SELECT 1 FROM moods AS later
    WHERE later.party = moods.party AND later.is_low = 0
        AND later.instant >= moods.instant AND later.row <> moods.row
)
ORDER BY row
