-- title: Satisfied customers
-- version: 1
-- formula: answers at or above the score of the rule content (4 of 5) of all
--   answers, with Wilson's 95 % interval
-- source: DEFINITIONS.md "Scores and people"; E. B. Wilson, "Probable
--   inference, the law of succession, and statistical inference", JASA 22
--   (1927)
-- requirements: D-29
-- window: none
-- uses: voice.said voice.content
-- parameter: kind text = score.csat - kind of score, and those below it
-- parameter: by text = all - all, kind, object, month, quarter or year
-- column: part text key - of what
-- column: n int64 sum - answers
-- column: satisfied ratio ratio - of the answers
-- column: low decimal none 6 - lower end of the interval
-- column: high decimal none 6 - upper end
-- drill: n,satisfied_den SELECT said.event AS record, said.party
--   FROM voice_said AS said JOIN voice_content AS content
--   ON content.kind = said.kind WHERE said.part = coalesce(:part, '');
-- drill: satisfied_num SELECT said.event AS record, said.party
--   FROM voice_said AS said JOIN voice_content AS content
--   ON content.kind = said.kind WHERE said.part = coalesce(:part, '')
--   AND said.score >= content.from_score;
WITH content AS MATERIALIZED (
    SELECT kind, from_score FROM voice_content
),
tallied AS MATERIALIZED (
    SELECT CASE :by WHEN 'kind' THEN tally.kind
            WHEN 'object' THEN coalesce(tally.object, '') WHEN 'all' THEN 'all'
            ELSE period_label(:by, tally.day) END AS part, tally.n,
        scaled(tally.number, tally.number_scale, 6) >= content.from_score
            AS is_satisfied
    FROM score_tally(:kind, :by) AS tally
    JOIN content ON content.kind = tally.kind
),
counts AS MATERIALIZED (
    SELECT part, sum(n) AS n, sum(iif(is_satisfied, n, 0)) AS satisfied
    FROM tallied
    GROUP BY part
)
SELECT part, n, satisfied AS satisfied_num, n AS satisfied_den,
    wilson_low(satisfied, n) AS low, wilson_high(satisfied, n) AS high
FROM counts
