-- title: Mean scores
-- version: 1
-- formula: the mean of all answers of a kind, exact, with the 95 % interval
--   of Student's t (none below two answers)
-- source: DEFINITIONS.md "Scores and people" (CES: mean, t interval); Student,
--   "The probable error of a mean", Biometrika 6 (1908)
-- requirements: D-29
-- window: none
-- uses: voice.said
-- parameter: kind text = score.ces - kind of score, and those below it
-- parameter: by text = all - all, kind, object, month, quarter or year
-- column: part text key - of what
-- column: n int64 sum - answers
-- column: mean ratio ratio 6 - their sum of how many
-- column: low decimal none 6 - lower end of the interval
-- column: high decimal none 6 - upper end
-- drill: n,mean_den SELECT event AS record, party FROM voice_said
--   WHERE part = coalesce(:part, '');
-- drill: mean_num SELECT event AS record, party, score AS part FROM voice_said
--   WHERE voice_said.part = coalesce(:part, '');
WITH tallied AS MATERIALIZED (
    SELECT CASE :by WHEN 'kind' THEN tally.kind
            WHEN 'object' THEN coalesce(tally.object, '') WHEN 'all' THEN 'all'
            ELSE period_label(:by, tally.day) END AS part, tally.n,
        scaled(tally.number, tally.number_scale, 6) AS score
    FROM score_tally(:kind, :by) AS tally
)
SELECT part, sum(n) AS n, sum(score * n) AS mean_num, sum(n) AS mean_den,
    mean_low(score, n) AS low, mean_high(score, n) AS high
FROM tallied
GROUP BY part
