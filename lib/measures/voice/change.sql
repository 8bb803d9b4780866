-- title: Scores before and after a change
-- version: 1
-- formula: the mean of the answers before the day of the change, and of those
--   on it and after; difference = after - before
-- source: REQUIREMENTS.md E-09
-- requirements: E-09
-- window: none
-- uses: voice.said
-- parameter: day day - of the change: its own answers come after it
-- parameter: kind text = score.csat - kind of score, and those below it
-- parameter: by text = all - all, kind, object, month, quarter or year
-- column: part text key - of what
-- column: before_n int64 sum - answers before
-- column: before ratio ratio 6 - their mean
-- column: after_n int64 sum - answers after
-- column: after ratio ratio 6 - their mean
-- column: difference decimal none 6 - after less before; nothing where there
--   are none on a side
-- drill: before_n,before_den SELECT event AS record, party FROM voice_said
--   WHERE part = coalesce(:part, '') AND day < :day;
-- drill: before_num SELECT event AS record, party, score AS part
--   FROM voice_said WHERE voice_said.part = coalesce(:part, '')
--   AND day < :day;
-- drill: after_n,after_den SELECT event AS record, party FROM voice_said
--   WHERE part = coalesce(:part, '') AND day >= :day;
-- drill: after_num SELECT event AS record, party, score AS part
--   FROM voice_said WHERE voice_said.part = coalesce(:part, '')
--   AND day >= :day;
WITH answers AS MATERIALIZED (
    SELECT CASE :by WHEN 'kind' THEN tally.kind
            WHEN 'object' THEN coalesce(tally.object, '') WHEN 'all' THEN 'all'
            ELSE period_label(:by, tally.day) END AS part,
        iif(tally.day < :day, tally.n, 0) AS before,
        iif(tally.day < :day, 0, tally.n) AS after,
        scaled(tally.number, tally.number_scale, 6) AS score
    FROM score_tally(:kind, :by || ',day') AS tally
)
SELECT part, sum(before) AS before_n, sum(score * before) AS before_num,
    sum(before) AS before_den, sum(after) AS after_n,
    sum(score * after) AS after_num, sum(after) AS after_den,
    mean(score, after) - mean(score, before) AS difference
FROM answers
GROUP BY part
