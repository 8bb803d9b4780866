-- title: Tone of the media
-- version: 1
-- formula: events coverage and below (in the window, if one is given):
--   positive where the number is above 0, negative below, neutral at 0 or
--   without one; tone = (positive - negative) / all
-- source: REQUIREMENTS B-20
-- requirements: B-20
-- window: none
-- parameter: by text = all - all, party (the medium) or object
-- column: group text key - the key of the medium or the object
-- column: coverage int64 sum - all of it
-- column: positive int64 sum - of it
-- column: neutral int64 sum - of it
-- column: negative int64 sum - of it
-- column: tone ratio ratio - positive less negative, of all
-- drill: coverage,tone_den SELECT id AS record, party FROM event WHERE
--   is_a('event', kind, 'coverage') AND (:from IS NULL OR day >= :from) AND
--   (:to IS NULL OR day < :to) AND CASE :by WHEN 'party' THEN
--   coalesce(party_key(party), '') WHEN 'object' THEN coalesce(object, '')
--   ELSE '' END = :group;
-- drill: positive SELECT id AS record, party FROM event WHERE
--   is_a('event', kind, 'coverage') AND (:from IS NULL OR day >= :from) AND
--   (:to IS NULL OR day < :to) AND CASE :by WHEN 'party' THEN
--   coalesce(party_key(party), '') WHEN 'object' THEN coalesce(object, '')
--   ELSE '' END = :group AND number > 0;
-- drill: negative SELECT id AS record, party FROM event WHERE
--   is_a('event', kind, 'coverage') AND (:from IS NULL OR day >= :from) AND
--   (:to IS NULL OR day < :to) AND CASE :by WHEN 'party' THEN
--   coalesce(party_key(party), '') WHEN 'object' THEN coalesce(object, '')
--   ELSE '' END = :group AND number < 0;
-- drill: neutral SELECT id AS record, party FROM event WHERE is_a('event',
--   kind, 'coverage') AND (:from IS NULL OR day >= :from) AND (:to IS NULL
--   OR day < :to) AND CASE :by WHEN 'party' THEN coalesce(party_key(party),
--   '') WHEN 'object' THEN coalesce(object, '') ELSE '' END = :group AND
--   coalesce(number, 0) = 0;
WITH heard AS MATERIALIZED (
    SELECT CASE :by WHEN 'party' THEN coalesce(party_key(party), '')
            WHEN 'object' THEN coalesce(object, '') ELSE '' END AS "group",
        sign(coalesce(number, 0)) AS tone
    FROM event
    WHERE is_a('event', kind, 'coverage')
        AND (:from IS NULL OR day >= :from) AND (:to IS NULL OR day < :to)
)
SELECT "group", count(*) AS coverage, sum(tone > 0) AS positive,
    sum(tone = 0) AS neutral, sum(tone < 0) AS negative,
    sum(tone) AS tone_num, count(*) AS tone_den
FROM heard
GROUP BY "group"
