-- title: Parties of a role that were reached, and what they brought
-- version: 1
-- formula: parties that play the role (or one below it) toward us at some time
--   in the period; reached = of them, with an event of the kind (or below; any
--   where left out) in the period; touches = such events; brought = revenue
--   posted in the period of parties referred by them
-- source: REQUIREMENTS B-13, B-14, B-18
-- requirements: B-13 B-14 B-18
-- parameter: role text = investor - such as investor, internal.alumni,
--   fan.public, fan.media
-- parameter: kind text? - of event, such as contact or visit
-- column: period text key - of the window
-- column: parties int64 none - with the role
-- column: reached ratio ratio - of them
-- column: touches int64 sum - events
-- column: brought money sum - revenue of those they referred
-- drill: parties,reached_den SELECT DISTINCT role_interval.party AS party
--   FROM calendar CROSS JOIN role_interval('us')
--   WHERE calendar.period = :period AND is_a('role', role_interval.role,
--   :role) AND role_interval.day < calendar.next_day
--   AND (role_interval.until IS NULL
--   OR role_interval.until > calendar.first_day);
-- drill: reached_num SELECT DISTINCT event.party AS party
--   FROM calendar CROSS JOIN role_interval('us') CROSS JOIN event
--   ON event.party = role_interval.party
--   WHERE calendar.period = :period AND is_a('role', role_interval.role,
--   :role) AND role_interval.day < calendar.next_day
--   AND (role_interval.until IS NULL
--   OR role_interval.until > calendar.first_day)
--   AND event.day >= calendar.first_day AND event.day < calendar.next_day
--   AND (:kind IS NULL OR is_a('event', event.kind, :kind));
-- drill: brought SELECT entry.id AS id, entry.party AS party,
--   entry.amount AS part FROM calendar CROSS JOIN entry
--   WHERE calendar.period = :period AND entry.day >= calendar.first_day
--   AND entry.day < calendar.next_day AND entry.book = 'revenue'
--   AND entry.unit = :unit AND entry.party IN (SELECT relation.party
--   FROM relation WHERE relation.type = 'referred-by'
--   AND relation.party <> relation.other
--   AND (relation.until IS NULL OR relation.until > relation.day)
--   AND relation.day <= entry.day AND relation.other IN (
--   SELECT role_interval.party FROM role_interval('us')
--   WHERE is_a('role', role_interval.role, :role)
--   AND role_interval.day < calendar.next_day
--   AND (role_interval.until IS NULL
--   OR role_interval.until > calendar.first_day)));
-- drill: touches SELECT DISTINCT event.id AS record, event.party AS party
--   FROM calendar CROSS JOIN role_interval('us') CROSS JOIN event ON
--   event.party = role_interval.party WHERE calendar.period = :period AND
--   is_a('role', role_interval.role, :role) AND role_interval.day <
--   calendar.next_day AND (role_interval.until IS NULL OR
--   role_interval.until > calendar.first_day) AND event.day >=
--   calendar.first_day AND event.day < calendar.next_day AND (:kind IS NULL
--   OR is_a('event', event.kind, :kind));
WITH plays AS MATERIALIZED (
    SELECT DISTINCT calendar.period AS period, calendar.first_day,
        calendar.next_day, role_interval.party AS party
    FROM calendar CROSS JOIN role_interval('us')
    WHERE is_a('role', role_interval.role, :role)
        AND role_interval.day < calendar.next_day
        AND (role_interval.until IS NULL
            OR role_interval.until > calendar.first_day)
),
touched AS MATERIALIZED (
    SELECT plays.period, plays.party, count(*) AS touches
    FROM plays CROSS JOIN event ON event.party = plays.party
    WHERE event.day >= plays.first_day AND event.day < plays.next_day
        AND (:kind IS NULL OR is_a('event', event.kind, :kind))
    GROUP BY plays.period, plays.party
),
brought AS MATERIALIZED (
    SELECT plays.period, sum(entry.amount) AS amount
    FROM plays
    CROSS JOIN relation ON relation.other = plays.party
    CROSS JOIN entry ON entry.party = relation.party
    WHERE relation.type = 'referred-by' AND relation.party <> relation.other
        AND (relation.until IS NULL OR relation.until > relation.day)
        AND entry.book = 'revenue' AND entry.unit = :unit
        AND entry.day >= plays.first_day AND entry.day < plays.next_day
        AND entry.day >= relation.day
    GROUP BY plays.period
),
counted AS MATERIALIZED (
    SELECT calendar.period AS period, count(plays.party) AS parties,
        count(touched.party) AS reached,
        coalesce(sum(touched.touches), 0) AS touches
    FROM calendar LEFT JOIN plays ON plays.period = calendar.period
    LEFT JOIN touched ON touched.period = plays.period
        AND touched.party = plays.party
    GROUP BY calendar.period
)
SELECT counted.period, counted.parties, counted.reached AS reached_num,
    counted.parties AS reached_den, counted.touches,
    coalesce(brought.amount, 0) AS brought
FROM counted LEFT JOIN brought ON brought.period = counted.period
