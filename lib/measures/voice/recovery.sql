-- title: Complaints that were made good
-- version: 1
-- formula: cases as in voice.cases: recovered of those that are closed at the
--   moment
-- source: REQUIREMENTS.md A-07
-- requirements: A-07
-- window: none
-- uses: voice.cases
-- column: kind text key - of item
-- column: opened int64 sum - that came in
-- column: closed int64 sum - of them, closed
-- column: recovered ratio ratio - of the closed
-- column: scored int64 sum - closed ones that a score names
-- drill: opened SELECT item AS record, party, state FROM voice_cases
--   WHERE kind = :kind;
-- drill: closed,recovered_den SELECT item AS record, party, state
--   FROM voice_cases WHERE kind = :kind AND closed = 1;
-- drill: recovered_num SELECT item AS record, party, state
--   FROM voice_cases WHERE kind = :kind AND recovered = 1;
-- drill: scored SELECT item AS record, party, state FROM voice_cases
--   WHERE kind = :kind AND scored = 1;
SELECT kind, count(*) AS opened, sum(closed) AS closed,
    sum(recovered) AS recovered_num, sum(closed) AS recovered_den,
    sum(scored) AS scored
FROM voice_cases
GROUP BY kind
