-- title: Net Promoter Score
-- version: 1
-- formula: NPS = 100 (p - d): promoters score at least the rule nps's
--   promoter (9), detractors at most its detractor (6), of all n answers of
--   the period; standard error = 100 sqrt((p + d - (p - d)^2) / n); low and
--   high are 1.96 of it on both sides. By touchpoint, or, by = period, of all
--   touchpoints together
-- source: DEFINITIONS.md "Scores and people"; REQUIREMENTS D-29
-- requirements: D-29
-- window: events
-- parameter: kind text = score.nps - the kind of event that scores, and what
--   is below it
-- parameter: by text = touchpoint - touchpoint or period
-- column: period text key - the period
-- column: touchpoint text key - what was scored; nothing where that was not
--   said, or for all of them
-- column: n int64 sum - answers
-- column: promoters int64 sum - promoters
-- column: passives int64 sum - neither
-- column: detractors int64 sum - detractors
-- column: nps ratio ratio - promoters less detractors, of n; NPS is 100 times
-- column: points decimal none 2 - NPS
-- column: error decimal none 2 - its standard error, points
-- column: low decimal none 2 - lower end of the interval at 95 %
-- column: high decimal none 2 - upper end
-- drill: n,nps_den SELECT record, party
--   FROM nps_answer(:period, :touchpoint);
-- drill: promoters SELECT record, party
--   FROM nps_answer(:period, :touchpoint) WHERE side = 1;
-- drill: passives SELECT record, party
--   FROM nps_answer(:period, :touchpoint) WHERE side = 0;
-- drill: detractors SELECT record, party
--   FROM nps_answer(:period, :touchpoint) WHERE side = -1;
-- drill: nps_num SELECT record, party, side AS part
--   FROM nps_answer(:period, :touchpoint);
WITH counted AS MATERIALIZED (
    SELECT period, touchpoint, promoters + passives + detractors AS n,
        promoters, passives, detractors, promoters - detractors AS net,
        error, low, high
    FROM nps
)
SELECT period, touchpoint, n, promoters, passives, detractors,
    net AS nps_num, n AS nps_den,
    CASE WHEN net < 0 THEN -((20000 * -net + n) / (2 * n))
        ELSE (20000 * net + n) / (2 * n) END AS points,
    error, low, high
FROM counted
