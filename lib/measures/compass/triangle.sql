-- title: The customer-capital triangle: how far each part is built
-- version: 1
-- formula: initiatives below initiative.centre, .path, .model and .mechanism:
--   done (state done) of all that were not dropped; the weakest part has the
--   lowest share; a part without initiatives is not begun
-- source: VOCABULARY.md "The customer-capital triangle"
-- requirements: D-15
-- window: none
-- column: part text key - centre, path, model or mechanism
-- column: planned int64 sum - initiatives, those dropped left out
-- column: done int64 sum - of them
-- column: readiness ratio ratio - done of planned
-- column: overdue int64 sum - not done and past their due day
-- column: unowned int64 sum - not done and nobody answers for them
-- column: weakest int64 none - 1: no part is less ready
-- drill: planned,readiness_den SELECT item AS record,
--   coalesce(party, owner, 1) AS party
--   FROM item_state('initiative.' || :part)
--   WHERE state IS NOT 'dropped';
-- drill: done,readiness_num SELECT item AS record,
--   coalesce(party, owner, 1) AS party
--   FROM item_state('initiative.' || :part) WHERE state = 'done';
-- drill: overdue SELECT item AS record,
--   coalesce(party, owner, 1) AS party
--   FROM item_state('initiative.' || :part) CROSS JOIN today
--   WHERE final = 0 AND due < today.day;
-- drill: unowned SELECT item AS record,
--   coalesce(party, owner, 1) AS party
--   FROM item_state('initiative.' || :part)
--   WHERE final = 0 AND owner IS NULL;
WITH parts (rank, part) AS (
    VALUES (1, 'centre'), (2, 'path'), (3, 'model'), (4, 'mechanism')
),
counts AS MATERIALIZED (
    SELECT parts.part, count(one.item) AS planned,
        coalesce(sum(one.state = 'done'), 0) AS done,
        coalesce(sum(one.final = 0 AND one.due < today.day), 0) AS overdue,
        coalesce(sum(one.final = 0 AND one.owner IS NULL), 0) AS unowned
    FROM parts CROSS JOIN today
    LEFT JOIN item_state('initiative') AS one
        ON is_a('item', one.kind, 'initiative.' || parts.part)
        AND one.state IS NOT 'dropped'
    GROUP BY parts.part
)
SELECT a.part, a.planned, a.done, a.done AS readiness_num,
    a.planned AS readiness_den, a.overdue, a.unowned,
    a.planned > 0 AND NOT EXISTS (
        SELECT 1 FROM counts AS b
        WHERE b.planned > 0 AND b.done * a.planned < a.done * b.planned)
        AS weakest
FROM counts AS a
