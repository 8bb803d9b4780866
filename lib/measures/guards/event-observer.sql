-- title: What is observed names who observed it
-- version: 1
-- formula: an event whose kind, or the nearest kind above that says so, has
--   "observed": true in its data has an observer
-- source: DEFINITIONS.md "Scores and people" (mood: observer recorded)
-- requirements: D-16
-- column: severity text none - refuse
-- column: code text none - event-observer
-- column: record text none - the event
-- column: reason text none - what is missing
-- needs: no observer where data observed of kind of event
SELECT 'refuse' AS severity, 'event-observer' AS code,
    'event ' || row AS record,
    kind || ' of ' || coalesce(party_key(party), '#' || party)
        || ' is observed, not said: `observer` names who saw it' AS reason
FROM pending_event
WHERE observer IS NULL
    AND word_member('event', kind, 'observed') = 'true'
ORDER BY row
