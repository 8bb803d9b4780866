-- title: Touchpoints of the journeys
-- version: 1
-- formula: every object touchpoint.NAME whose data has a journey, in force at
--   the moment: where it stands, for whom, and what is promised there. target
--   and influence, where the data has none, are those of the object
--   journey.NAME, then of the rule journey; the tolerance is that of the rule
--   standard
-- source: REQUIREMENTS.md B-24 D-19 D-20
-- requirements: B-24 D-19 D-20
-- window: none
-- shards: no
-- parameter: journey text? - only this one
-- parameter: role text? - only touchpoints of this role, or of one above it
-- column: journey text key - which journey
-- column: place int64 key - order in it
-- column: touchpoint text key - the object that events name
-- column: name text none - what it is called
-- column: stage text none - stage of the journey
-- column: owner text none - who answers for it
-- column: promise text none - what is promised there
-- column: roles text none - for whom it is, a list of roles
-- column: important text none - true, or the roles for whom it is a key one
-- column: target decimal none 6 - the score it should have
-- column: influence decimal none 3 - how much it weighs
-- column: standard decimal none 6 - what readings should be
-- column: tolerance decimal none 6 - and how far they may be from it
-- column: unit text none - of readings
WITH word_of AS MATERIALIZED (
    SELECT code, en,
        word_member('object', code, 'journey') AS journey
    FROM word('object')
    WHERE substr(code, 1, 11) = 'touchpoint.'
        AND instr(substr(code, 12), '.') = 0
)
SELECT journey,
    coalesce(word_member('object', code, 'order'), 0) AS place,
    code AS touchpoint,
    coalesce(nullif(en, ''), substr(code, 12)) AS name,
    word_member('object', code, 'stage') AS stage,
    word_member('object', code, 'owner') AS owner,
    word_member('object', code, 'promise') AS promise,
    word_member('object', code, 'roles') AS roles,
    word_member('object', code, 'key') AS important,
    decimal_of(coalesce(word_member('object', code, 'target'),
        word_member('object', 'journey.' || journey, 'target'),
        word_member('rule', 'journey', 'target')), 6) AS target,
    decimal_of(coalesce(word_member('object', code, 'influence'),
        word_member('object', 'journey.' || journey, 'influence'),
        word_member('rule', 'journey', 'influence')), 3) AS influence,
    decimal_of(word_member('object', code, 'standard'), 6) AS standard,
    CASE WHEN word_member('object', code, 'standard') IS NOT NULL THEN
        decimal_of(coalesce(word_member('object', code, 'tolerance'),
            word_member('rule', 'standard', 'tolerance')), 6)
    END AS tolerance,
    word_member('object', code, 'unit') AS unit
FROM word_of
WHERE journey IS NOT NULL
    AND coalesce(word_member('object', code, 'off'), '') <> 'true'
    AND (:journey IS NULL OR journey = :journey)
    AND (:role IS NULL OR EXISTS (
        SELECT 1 FROM json_each(word_member('object', code, 'roles'))
        WHERE is_a('role', :role, value) OR value = :role))
