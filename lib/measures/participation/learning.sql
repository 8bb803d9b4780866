-- title: From learning to advocacy
-- version: 1
-- formula: by course (object of events `learning`, a completion each):
--   graduates: distinct parties in the window (all, without one); referring:
--   of them, those whom a newcomer names as referrer from the day of
--   completion on; share = referring / graduates
-- source: REQUIREMENTS.md A-23
-- requirements: A-23
-- window: none
-- shards: no
-- column: course text key - what was learnt
-- column: graduates int64 none - completed it
-- column: referring int64 none - then brought somebody
-- column: share ratio none - referring / graduates
-- drill: graduates,share_den SELECT DISTINCT party FROM event
--   WHERE is_a('event', kind, 'learning') AND object = :course
--   AND (:from IS NULL OR (day >= :from AND day < :to));
-- drill: referring,share_num SELECT DISTINCT event.party FROM event
--   CROSS JOIN relation ON relation.other = event.party
--   WHERE is_a('event', event.kind, 'learning') AND event.object = :course
--   AND relation.type = 'referred-by' AND relation.day >= event.day
--   AND (:from IS NULL OR (event.day >= :from AND event.day < :to));
WITH graduates AS MATERIALIZED (
    SELECT object, party, min(day) AS day FROM event
    WHERE is_a('event', kind, 'learning') AND object IS NOT NULL
        AND (:from IS NULL OR (day >= :from AND day < :to))
    GROUP BY object, party
),
referrers AS MATERIALIZED (
    SELECT other AS party, max(day) AS day FROM relation
    WHERE type = 'referred-by'
    GROUP BY other
),
judged AS MATERIALIZED (
    SELECT graduates.object, referrers.day >= graduates.day AS referring
    FROM graduates LEFT JOIN referrers ON referrers.party = graduates.party
)
SELECT object AS course, count(*) AS graduates,
    coalesce(sum(referring), 0) AS referring,
    coalesce(sum(referring), 0) AS share_num, count(*) AS share_den
FROM judged
GROUP BY object
