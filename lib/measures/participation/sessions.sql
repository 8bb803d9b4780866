-- title: Co-design sessions and their regions
-- version: 1
-- formula: events `session` in the window (all, without one): object is the
--   session, word the region, party who took part; distinct ones of each
-- source: REQUIREMENTS.md A-25
-- requirements: A-25
-- window: none
-- column: sessions int64 none - held
-- column: regions int64 none - distinct
-- column: participants int64 none - distinct parties
-- drill: sessions,regions SELECT id AS record, party FROM event WHERE
--   is_a('event', kind, 'session') AND (:from IS NULL OR (day >= :from AND
--   day < :to));
-- drill: participants SELECT DISTINCT party FROM event WHERE is_a('event',
--   kind, 'session') AND party <> 1 AND (:from IS NULL OR (day >= :from AND
--   day < :to));
SELECT count(DISTINCT object) AS sessions, count(DISTINCT word) AS regions,
    count(DISTINCT iif(party = 1, NULL, party)) AS participants
FROM event
WHERE is_a('event', kind, 'session')
    AND (:from IS NULL OR (day >= :from AND day < :to))
