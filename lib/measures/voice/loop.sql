-- title: Closed loops
-- version: 1
-- formula: loops as in voice.loops; closed = fixed and measured again of all;
--   repeated = of the closed, those where the same was said again afterwards
-- source: REQUIREMENTS.md E-11
-- requirements: E-11
-- window: none
-- uses: voice.loops
-- column: kind text key - of item
-- column: loops int64 sum - how many
-- column: closed ratio ratio - of all
-- column: fixed int64 sum - fixed, measured again or not
-- column: better int64 sum - closed with a higher mean score than before
-- column: repeated ratio ratio - of the closed
-- drill: loops,closed_den SELECT item AS record, owner AS party, state
--   FROM voice_loops WHERE kind = :kind;
-- drill: closed_num,repeated_den SELECT item AS record, owner AS party, state
--   FROM voice_loops WHERE kind = :kind AND closed = 1;
-- drill: fixed SELECT item AS record, owner AS party, state
--   FROM voice_loops WHERE kind = :kind AND fixed IS NOT NULL;
-- drill: better SELECT item AS record, owner AS party, state
--   FROM voice_loops WHERE kind = :kind AND better = 1;
-- drill: repeated_num SELECT item AS record, owner AS party, state
--   FROM voice_loops WHERE kind = :kind AND repeated = 1;
SELECT kind, count(*) AS loops, sum(closed) AS closed_num,
    count(*) AS closed_den, sum(fixed IS NOT NULL) AS fixed,
    sum(better) AS better, sum(repeated) AS repeated_num,
    sum(closed) AS repeated_den
FROM voice_loops
GROUP BY kind
