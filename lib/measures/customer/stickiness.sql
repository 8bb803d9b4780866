-- title: Stickiness of a cohort
-- version: 1
-- formula: the cohort bought from `base` (by default as many days before the
--   window as it has) up to the window; lost: did not buy in the window, or
--   was given a stage below `lost` in it; repeat: bought on two days or more
--   of it; recommend: referred somebody in it, or promoted (act.promote);
--   each over the cohort
-- source: REQUIREMENTS E-10
-- requirements: E-10
-- shards: no
-- parameter: base day? - first day of the cohort's purchases
-- column: cohort int64 sum - customers at the start
-- column: lost ratio ratio - lost / cohort
-- column: repeat ratio ratio - repeat / cohort
-- column: recommend ratio ratio - recommend / cohort
-- drill: cohort,lost_den,repeat_den,recommend_den WITH bought AS MATERIALIZED
--   (SELECT party, day FROM entry WHERE book = 'revenue' AND unit = :unit AND
--   party <> 1 AND amount >= 0 AND ref IS NULL AND day < :to AND day >=
--   coalesce(:base, :from - (:to - :from))), cohort AS MATERIALIZED (SELECT
--   DISTINCT party FROM bought WHERE day < :from) SELECT party FROM cohort;
-- drill: lost_num WITH bought AS MATERIALIZED (SELECT party, day FROM entry
--   WHERE book = 'revenue' AND unit = :unit AND party <> 1 AND amount >= 0 AND
--   ref IS NULL AND day < :to AND day >= coalesce(:base, :from - (:to -
--   :from))), cohort AS MATERIALIZED (SELECT DISTINCT party FROM bought WHERE
--   day < :from) SELECT party FROM cohort WHERE party NOT IN (SELECT party
--   FROM bought WHERE day >= :from) OR party IN (SELECT party FROM
--   role_interval('us') WHERE is_a('stage', stage, 'lost') AND day >= :from
--   AND day < :to);
-- drill: repeat_num WITH bought AS MATERIALIZED (SELECT party, day FROM entry
--   WHERE book = 'revenue' AND unit = :unit AND party <> 1 AND amount >= 0 AND
--   ref IS NULL AND day < :to AND day >= coalesce(:base, :from - (:to -
--   :from))), cohort AS MATERIALIZED (SELECT DISTINCT party FROM bought WHERE
--   day < :from) SELECT cohort.party AS party FROM cohort JOIN bought ON
--   bought.party = cohort.party WHERE bought.day >= :from GROUP BY
--   cohort.party HAVING count(DISTINCT bought.day) >= 2;
-- drill: recommend_num WITH bought AS MATERIALIZED (SELECT party, day FROM
--   entry WHERE book = 'revenue' AND unit = :unit AND party <> 1 AND amount >=
--   0 AND ref IS NULL AND day < :to AND day >= coalesce(:base, :from - (:to -
--   :from))), cohort AS MATERIALIZED (SELECT DISTINCT party FROM bought WHERE
--   day < :from) SELECT party FROM cohort WHERE party IN (SELECT other FROM
--   relation WHERE type = 'referred-by' AND day >= :from AND day < :to) OR
--   party IN (SELECT party FROM event WHERE is_a('event', kind, 'act.promote')
--   AND day >= :from AND day < :to);
WITH bought AS MATERIALIZED (
    SELECT party, day FROM entry
    WHERE book = 'revenue' AND unit = :unit AND party <> 1
        AND amount >= 0 AND ref IS NULL AND day < :to
        AND day >= coalesce(:base, :from - (:to - :from))
),
cohort AS MATERIALIZED (
    SELECT DISTINCT party FROM bought WHERE day < :from
),
days AS MATERIALIZED (
    SELECT party, count(DISTINCT day) AS days FROM bought
    WHERE day >= :from GROUP BY party
),
left_us AS MATERIALIZED (
    SELECT DISTINCT party FROM role_interval('us')
    WHERE is_a('stage', stage, 'lost') AND day >= :from AND day < :to
),
recommended AS MATERIALIZED (
    SELECT other AS party FROM relation
    WHERE type = 'referred-by' AND day >= :from AND day < :to
    UNION
    SELECT party FROM event
    WHERE is_a('event', kind, 'act.promote') AND day >= :from AND day < :to
),
judged AS MATERIALIZED (
    SELECT
        coalesce(days.days, 0) = 0
            OR cohort.party IN (SELECT party FROM left_us) AS lost,
        coalesce(days.days, 0) >= 2 AS again,
        cohort.party IN (SELECT party FROM recommended) AS recommends
    FROM cohort LEFT JOIN days ON days.party = cohort.party
)
SELECT count(*) AS cohort, coalesce(sum(lost), 0) AS lost_num,
    count(*) AS lost_den, coalesce(sum(again), 0) AS repeat_num,
    count(*) AS repeat_den, coalesce(sum(recommends), 0) AS recommend_num,
    count(*) AS recommend_den
FROM judged
