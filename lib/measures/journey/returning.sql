-- title: Would they come back?
-- version: 1
-- formula: returned = visitors of an object (events `visit` and below, in the
--   window or up to the moment) who visited it on another day, too / its
--   visitors; first is 1 where the share is the highest
-- source: REQUIREMENTS.md D-32
-- requirements: D-32
-- window: none
-- shards: yes
-- parameter: below text? - only this object and those below it
-- column: object text key - a store, or whatever was visited
-- column: visitors int64 sum - parties
-- column: visits int64 sum - visits of theirs
-- column: returned ratio ratio - those who came on another day, of all
-- column: low decimal none 6 - of Wilson's 95 % interval
-- column: high decimal none 6 - of Wilson's 95 % interval
-- column: first int64 none - 1: the highest share
-- drill: visitors,returned_den SELECT DISTINCT party FROM event
--   WHERE object = :object AND party <> 1 AND is_a('event', kind, 'visit')
--   AND (:from IS NULL OR day >= :from) AND (:to IS NULL OR day < :to);
-- drill: returned_num SELECT party FROM event
--   WHERE object = :object AND party <> 1 AND is_a('event', kind, 'visit')
--   AND (:from IS NULL OR day >= :from) AND (:to IS NULL OR day < :to)
--   GROUP BY party HAVING min(day) < max(day);
WITH came AS MATERIALIZED (
    SELECT object, party, count(*) AS visits, min(day) < max(day) AS again
    FROM event
    WHERE is_a('event', kind, 'visit') AND object IS NOT NULL AND party <> 1
        AND (:from IS NULL OR day >= :from) AND (:to IS NULL OR day < :to)
    GROUP BY party, object
),
counted AS MATERIALIZED (
    SELECT object, count(*) AS visitors, sum(visits) AS visits,
        sum(again) AS again
    FROM came
    WHERE :below IS NULL OR object = :below
        OR is_a('object', object, :below)
    GROUP BY object
)
SELECT object, visitors, visits, again AS returned_num,
    visitors AS returned_den, wilson_low(again, visitors) AS low,
    wilson_high(again, visitors) AS high,
    share(again, 1000000000, visitors)
        = max(share(again, 1000000000, visitors)) OVER () AS first
FROM counted
