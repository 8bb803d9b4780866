-- title: What was asked for, and what became of it
-- version: 1
-- uses: ecosystem.request
-- formula: over ecosystem.request, those that are void left out: reached and
--   on_time over all raised; days from raised to reached, over those reached
-- source: REQUIREMENTS B-09, B-13, B-16, B-21
-- requirements: B-09 B-13 B-16 B-21
-- window: none
-- parameter: by text = all - all, owner (who is asked) or party (who asks)
-- column: group text key - the key of the owner or party; nothing for all
-- column: raised int64 sum - void ones left out
-- column: reached ratio ratio - of those raised
-- column: on_time ratio ratio - reached in time, of those raised
-- column: overdue int64 sum - not reached, and due before
-- column: days ratio ratio 1 - from raised to reached
-- drill: raised,reached_den,on_time_den SELECT item AS record,
--   coalesce(party, 1) AS party FROM ecosystem_request WHERE void = 0 AND
--   CASE :by WHEN 'owner' THEN coalesce(party_key(owner), '') WHEN 'party'
--   THEN coalesce(party_key(party), '') ELSE '' END = :group;
-- drill: reached_num,days_den SELECT item AS record, coalesce(party, 1) AS
--   party FROM ecosystem_request WHERE void = 0 AND CASE :by WHEN 'owner'
--   THEN coalesce(party_key(owner), '') WHEN 'party' THEN
--   coalesce(party_key(party), '') ELSE '' END = :group AND reached;
-- drill: on_time_num SELECT item AS record, coalesce(party, 1) AS party
--   FROM ecosystem_request WHERE void = 0 AND CASE :by WHEN 'owner' THEN
--   coalesce(party_key(owner), '') WHEN 'party' THEN
--   coalesce(party_key(party), '') ELSE '' END = :group AND on_time;
-- drill: overdue SELECT item AS record, coalesce(party, 1) AS party FROM
--   ecosystem_request WHERE void = 0 AND CASE :by WHEN 'owner' THEN
--   coalesce(party_key(owner), '') WHEN 'party' THEN
--   coalesce(party_key(party), '') ELSE '' END = :group AND overdue;
WITH groups AS MATERIALIZED (
    SELECT CASE :by WHEN 'owner' THEN coalesce(party_key(owner), '')
            WHEN 'party' THEN coalesce(party_key(party), '') ELSE '' END
            AS "group",
        reached, on_time, overdue, coalesce(reached_day - day, 0) AS days
    FROM ecosystem_request
    WHERE void = 0
)
SELECT "group", count(*) AS raised,
    sum(reached) AS reached_num, count(*) AS reached_den,
    sum(on_time) AS on_time_num, count(*) AS on_time_den,
    sum(overdue) AS overdue,
    10 * sum(days) AS days_num, sum(reached) AS days_den
FROM groups
GROUP BY "group"
