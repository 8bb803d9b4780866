-- title: Touchpoints are defined before they are used
-- version: 1
-- formula: an event at an object below touchpoint needs a definition of that
--   object whose data, or that of the one above it, says its journey and
--   that is in force on the day of the event; its number has at most 6 digits
--   after the point
-- source: REQUIREMENTS.md D-19
-- requirements: D-19
-- column: severity text none - refuse
-- column: code text none - event-touchpoint
-- column: record text none - the event
-- column: reason text none - which touchpoint is not defined
-- needs: below touchpoint of object of event
WITH defined AS MATERIALIZED (
    SELECT code FROM pending_definition
    WHERE kind = 'object' AND json_valid(data)
        AND json_extract(data, '$.journey') IS NOT NULL
)
SELECT 'refuse' AS severity, 'event-touchpoint' AS code,
    'event ' || row AS record,
    object || ' is no touchpoint on ' || day_text(day)
        || '; a definition of the object, with its journey in the data, '
        || 'makes it one' AS reason
FROM pending_event
WHERE substr(object, 1, 11) = 'touchpoint.'
    AND (NOT is_a('object', object, 'touchpoint')
        OR word_member('object', object, 'journey', day) IS NULL)
    AND object NOT IN (SELECT code FROM defined)
UNION ALL
SELECT 'refuse', 'event-touchpoint', 'event ' || row,
    'the number at ' || object || ' has ' || number_scale
        || ' digits after the point, at most 6 are compared'
FROM pending_event
WHERE substr(object, 1, 11) = 'touchpoint.' AND number_scale > 6
