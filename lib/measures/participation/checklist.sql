-- title: Checklists
-- version: 1
-- uses: participation.flags
-- formula: points met / points of each rule checklist.*
-- source: REQUIREMENTS.md A-28 (readiness), D-28 (three strategies, three
--   tactics)
-- requirements: A-28 D-28
-- window: none
-- column: checklist text key - which
-- column: met int64 sum - points met
-- column: points int64 sum - points there are
-- column: share ratio ratio - met / points
-- drill: met,share_num SELECT event.id AS record, event.party FROM
--   participation_flags CROSS JOIN event ON event.word =
--   participation_flags.point WHERE is_a('event', event.kind, 'checklist')
--   AND event.object = :checklist AND participation_flags.checklist =
--   :checklist AND participation_flags.met = 1 AND event.day =
--   participation_flags.since;
SELECT checklist, sum(met) AS met, count(*) AS points,
    sum(met) AS share_num, count(*) AS share_den
FROM participation_flags
GROUP BY checklist
