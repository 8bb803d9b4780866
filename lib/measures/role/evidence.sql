-- title: Roles that evidence speaks for
-- version: 1
-- formula: weights (number) of the events `evidence` about a role (object),
--   added up; assigned from the threshold of the rule role-evidence on,
--   candidate below it
-- source: REQUIREMENTS C-11
-- requirements: C-11
-- window: none
-- column: party party key - who
-- column: role text key - which role
-- column: weight decimal sum 2 - the sum
-- column: sources int64 sum - from how many sources
-- column: status text none - assigned or candidate
-- column: plays int64 none - 1 where the role is recorded already
-- drill: weight SELECT party, CASE number_scale WHEN 0 THEN number * 100 WHEN
--   1 THEN number * 10 WHEN 2 THEN number WHEN 3 THEN number / 10 ELSE number
--   / 100 END AS part FROM event WHERE is_a('event', kind, 'evidence') AND
--   object = :role AND party = :party;
-- drill: sources SELECT party, count(DISTINCT coalesce(word, source)) AS part
--   FROM event WHERE is_a('event', kind, 'evidence') AND object = :role AND
--   party = :party GROUP BY party;
WITH heard AS MATERIALIZED (
    SELECT party, object AS role, coalesce(word, source) AS source,
        CASE number_scale
            WHEN 0 THEN number * 100 WHEN 1 THEN number * 10
            WHEN 2 THEN number WHEN 3 THEN number / 10
            ELSE number / 100 END AS weight
    FROM event
    WHERE is_a('event', kind, 'evidence') AND object IS NOT NULL
),
summed AS MATERIALIZED (
    SELECT party, role, sum(weight) AS weight,
        count(DISTINCT source) AS sources
    FROM heard GROUP BY party, role
),
playing AS MATERIALIZED (
    SELECT DISTINCT party, role FROM role_interval('us') WHERE holds = 1
)
SELECT summed.party, summed.role, summed.weight, summed.sources,
    CASE WHEN summed.weight >= 100 * json_extract(
            word_data('rule', 'role-evidence', :as_of), '$.evidence')
        THEN 'assigned' ELSE 'candidate' END AS status,
    playing.party IS NOT NULL AS plays
FROM summed LEFT JOIN playing
    ON playing.party = summed.party AND playing.role = summed.role
