-- title: Lost customers, heard and won back
-- version: 1
-- formula: lost: parties that were given a stage below `lost` in the window;
--   spoke: the record says its cause, or an event `answer` came on the day or
--   after; back: on a later day the role is in another stage again, or there
--   is revenue
-- source: REQUIREMENTS B-08
-- requirements: B-08
-- column: lost int64 sum - how many
-- column: spoke ratio ratio - who said why / lost
-- column: back ratio ratio - who came back / lost
-- drill: lost,spoke_den,back_den SELECT DISTINCT party FROM role
--   WHERE is_a('stage', stage, 'lost') AND day >= :from AND day < :to;
-- drill: spoke_num WITH gone AS MATERIALIZED (SELECT party, min(day) AS day,
--   max(cause IS NOT NULL) AS said FROM role WHERE is_a('stage', stage,
--   'lost') AND day >= :from AND day < :to GROUP BY party) SELECT party FROM
--   gone WHERE said = 1 OR EXISTS (SELECT 1 FROM event WHERE event.party =
--   gone.party AND is_a('event', event.kind, 'answer') AND event.day >=
--   gone.day);
-- drill: back_num WITH gone AS MATERIALIZED (SELECT party, min(day) AS day,
--   max(cause IS NOT NULL) AS said FROM role WHERE is_a('stage', stage,
--   'lost') AND day >= :from AND day < :to GROUP BY party) SELECT party FROM
--   gone WHERE EXISTS (SELECT 1 FROM role_interval('us') WHERE
--   role_interval.party = gone.party AND role_interval.day > gone.day AND NOT
--   is_a('stage', role_interval.stage, 'lost')) OR EXISTS (SELECT 1 FROM entry
--   WHERE entry.party = gone.party AND entry.book = 'revenue' AND entry.amount
--   > 0 AND entry.day > gone.day);
WITH gone AS MATERIALIZED (
    SELECT party, min(day) AS day, max(cause IS NOT NULL) AS said
    FROM role
    WHERE is_a('stage', stage, 'lost') AND day >= :from AND day < :to
    GROUP BY party
),
heard AS MATERIALIZED (
    SELECT DISTINCT gone.party AS party
    FROM gone CROSS JOIN event ON event.party = gone.party
    WHERE is_a('event', event.kind, 'answer') AND event.day >= gone.day
),
returned AS MATERIALIZED (
    SELECT gone.party AS party
    FROM role_interval('us')
    CROSS JOIN gone ON gone.party = role_interval.party
    WHERE role_interval.day > gone.day
        AND NOT is_a('stage', role_interval.stage, 'lost')
    UNION
    SELECT gone.party
    FROM gone CROSS JOIN entry ON entry.party = gone.party
    WHERE entry.book = 'revenue' AND entry.amount > 0
        AND entry.day > gone.day
)
SELECT count(*) AS lost,
    coalesce(sum(said = 1 OR party IN (SELECT party FROM heard)), 0)
        AS spoke_num,
    count(*) AS spoke_den,
    coalesce(sum(party IN (SELECT party FROM returned)), 0) AS back_num,
    count(*) AS back_den
FROM gone
