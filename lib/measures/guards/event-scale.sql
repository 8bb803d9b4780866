-- title: Scores stay on their scale
-- version: 1
-- formula: an event's number lies between `from` and `to` of its kind's data,
--   or of the nearest kind above that has them; kinds with neither take any
--   number, and a number that was left out is 0
-- source: VOCABULARY.md; DEFINITIONS.md "Scores and people"
-- requirements: D-16 D-29
-- column: severity text none - refuse
-- column: code text none - event-scale
-- column: record text none - the event
-- column: reason text none - the number, and the scale
-- needs: off scale of event
SELECT 'refuse' AS severity, 'event-scale' AS code,
    'event ' || pending_event.row AS record,
    coalesce(party_key(pending_event.party), '#' || pending_event.party)
        || ' gives ' || decimal_text(pending_event.number,
            pending_event.number_scale)
        || ', the scale of ' || pending_event.kind || ' goes '
        || CASE
            WHEN pending_off_scale.high IS NULL
                THEN 'from ' || pending_off_scale.low
            WHEN pending_off_scale.low IS NULL
                THEN 'to ' || pending_off_scale.high
            ELSE 'from ' || pending_off_scale.low || ' to '
                || pending_off_scale.high
        END AS reason
FROM pending_off_scale
JOIN pending_event ON pending_event.row = pending_off_scale.row
ORDER BY pending_event.row
