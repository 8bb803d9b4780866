-- title: From submitted to implemented
-- version: 1
-- formula: items whose flow says what counts as adopted, that came in in the
--   window (all, without one), by kind: valid: were in a state that the flow
--   lists as valid at some time (passed triage, went on to a prototype);
--   adopted, implemented: now in a state that it lists so; adoption = adopted
--   / submitted; hit: adoption is above the share of the rule adoption;
--   implementation = implemented / valid
-- source: REQUIREMENTS.md A-04, A-09, decision 14 (valid, adopted and
--   implemented are three numbers)
-- requirements: A-04 A-09
-- window: none
-- parameter: kind text? - only this kind of item and those below it
-- column: kind text key - of the items
-- column: submitted int64 sum - came in
-- column: valid int64 sum - passed triage
-- column: adopted int64 sum - taken on
-- column: implemented int64 sum - done
-- column: adoption ratio ratio - adopted / submitted
-- column: hit int64 none - 1: above the target
-- column: implementation ratio ratio - implemented / valid
-- drill: submitted,adoption_den SELECT item AS record, coalesce(party, 1)
--   AS party FROM item_state WHERE kind = :drill_kind AND (:from IS NULL OR
--   (day >= :from AND day < :to));
-- drill: adopted,adoption_num SELECT item AS record, coalesce(party, 1) AS
--   party FROM item_state WHERE kind = :drill_kind AND
--   instr(coalesce(json_extract(word_data('flow', flow), '$.adopted'), ''),
--   '"' || state || '"') > 0 AND (:from IS NULL OR (day >= :from AND day <
--   :to));
-- drill: implemented,implementation_num SELECT item AS record,
--   coalesce(party, 1) AS party FROM item_state WHERE kind = :drill_kind
--   AND instr(coalesce(json_extract(word_data('flow', flow),
--   '$.implemented'), ''), '"' || state || '"') > 0 AND (:from IS NULL OR
--   (day >= :from AND day < :to));
-- drill: valid,implementation_den SELECT DISTINCT items.item AS record,
--   coalesce(items.party, 1) AS party FROM item_state AS items CROSS JOIN
--   move ON move.item = items.item WHERE items.kind = :drill_kind AND
--   instr(coalesce(json_extract(word_data('flow', items.flow), '$.valid'),
--   ''), '"' || move.state || '"') > 0 AND (:from IS NULL OR (items.day >=
--   :from AND items.day < :to));
WITH flows AS MATERIALIZED (
    SELECT code, json_extract(data, '$.valid') AS valid,
        json_extract(data, '$.adopted') AS adopted,
        json_extract(data, '$.implemented') AS implemented
    FROM word('flow')
    WHERE json_extract(data, '$.adopted') IS NOT NULL
),
items AS MATERIALIZED (
    SELECT items.item, items.kind, items.state, flows.valid, flows.adopted,
        flows.implemented
    FROM item_state(:kind) AS items JOIN flows ON flows.code = items.flow
    WHERE :from IS NULL OR (items.day >= :from AND items.day < :to)
),
passed AS MATERIALIZED (
    SELECT DISTINCT items.item, items.kind
    FROM items CROSS JOIN move ON move.item = items.item
    WHERE instr(items.valid, '"' || move.state || '"') > 0
),
valid AS MATERIALIZED (
    SELECT kind, count(*) AS valid FROM passed GROUP BY kind
),
counted AS MATERIALIZED (
    SELECT kind, count(*) AS submitted,
        sum(instr(adopted, '"' || state || '"') > 0) AS adopted,
        sum(instr(coalesce(implemented, ''), '"' || state || '"') > 0)
            AS implemented
    FROM items
    GROUP BY kind
)
SELECT counted.kind, counted.submitted, coalesce(valid.valid, 0) AS valid,
    counted.adopted, counted.implemented,
    counted.adopted AS adoption_num, counted.submitted AS adoption_den,
    counted.adopted * 1000000 > counted.submitted
        * word_member('rule', 'adoption', 'share_ppm') AS hit,
    counted.implemented AS implementation_num,
    coalesce(valid.valid, 0) AS implementation_den,
    counted.kind AS drill_kind
FROM counted LEFT JOIN valid ON valid.kind = counted.kind
