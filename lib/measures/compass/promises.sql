-- title: Promises, and whether they were kept
-- version: 1
-- formula: events of kind promise (in the window, where one is given), by the
--   promise they are about: kept where their number is 1
-- source: REQUIREMENTS.md D-01
-- requirements: D-01
-- window: none
-- column: promise text key - the object of the events
-- column: checked int64 sum - how often it was checked
-- column: kept ratio ratio - share of the checks
-- drill: checked,kept_den SELECT id AS record, party FROM event
--   WHERE is_a('event', kind, 'promise') AND (:from IS NULL OR day >= :from)
--   AND (:to IS NULL OR day < :to)
--   AND coalesce(object, '') = :promise;
-- drill: kept_num SELECT id AS record, party FROM event
--   WHERE is_a('event', kind, 'promise') AND (:from IS NULL OR day >= :from)
--   AND (:to IS NULL OR day < :to)
--   AND coalesce(object, '') = :promise AND number > 0;
SELECT coalesce(object, '') AS promise, count(*) AS checked,
    sum(number > 0) AS kept_num, count(*) AS kept_den
FROM event
WHERE is_a('event', kind, 'promise') AND (:from IS NULL OR day >= :from)
        AND (:to IS NULL OR day < :to)
GROUP BY coalesce(object, '')
