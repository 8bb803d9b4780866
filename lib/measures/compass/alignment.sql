-- title: What leads where: touchpoint, initiative, goal, mechanism
-- version: 1
-- formula: a touchpoint leads to the goal in its data, an initiative to the
--   goal that its subject names, a goal to the mechanisms that list it (its
--   own, or that of a goal it serves); a goal is measured where it names a
--   measure. What leads nowhere is an orphan, a goal without a measure a
--   slogan
-- source: VOCABULARY.md "The customer-capital triangle" (alignment)
-- requirements: D-03
-- window: none
-- column: kind text key - touchpoint, initiative, goal or mechanism
-- column: code text key - which
-- column: to text none - where it leads
-- column: status text none - linked, orphan, slogan, or no mechanism
-- column: owner party none - who answers for an initiative
-- column: item id none - the initiative
WITH RECURSIVE goals AS MATERIALIZED (
    SELECT code, json_extract(data, '$.measure') AS measure,
        json_extract(data, '$.serves') AS serves
    FROM word('rule') WHERE code LIKE 'goal.%'
),
mechanisms AS MATERIALIZED (
    SELECT code, data FROM word('rule') WHERE code LIKE 'mechanism.%'
),
lists AS MATERIALIZED (
    SELECT mechanisms.code, goals.code AS goal
    FROM mechanisms CROSS JOIN goals
    WHERE instr(coalesce(json_extract(mechanisms.data, '$.goals'), ''),
        '"' || goals.code || '"') > 0
),
up (goal, above) AS (
    SELECT code, code FROM goals
    UNION
    SELECT up.goal, goals.serves
    FROM up JOIN goals ON goals.code = up.above
    WHERE goals.serves IS NOT NULL
),
backed AS MATERIALIZED (
    SELECT up.goal, min(lists.code) AS mechanism
    FROM up JOIN lists ON lists.goal = up.above
    GROUP BY up.goal
),
named AS MATERIALIZED (
    SELECT item_state.item, item_state.kind, item_state.owner,
        item.subject AS subject
    FROM item_state('initiative') JOIN item ON item.id = item_state.item
)
SELECT 'touchpoint' AS kind, word.code AS code,
    json_extract(word.data, '$.goal') AS "to",
    iif(goals.code IS NULL, 'orphan', 'linked') AS status,
    NULL AS owner, NULL AS item
FROM word('object') AS word
LEFT JOIN goals ON goals.code = json_extract(word.data, '$.goal')
WHERE word.code LIKE 'touchpoint.%'
UNION ALL
SELECT 'initiative', coalesce(named.subject, '') || ' '
        || id_text(named.item), goals.code,
    iif(goals.code IS NULL, 'orphan', 'linked'), named.owner, named.item
FROM named LEFT JOIN goals ON goals.code = named.subject
    OR named.subject LIKE goals.code || ':%'
UNION ALL
SELECT 'goal', goals.code, backed.mechanism,
    CASE WHEN goals.measure IS NULL THEN 'slogan'
        WHEN backed.mechanism IS NULL THEN 'no mechanism'
        ELSE 'linked' END, NULL, NULL
FROM goals LEFT JOIN backed ON backed.goal = goals.code
UNION ALL
SELECT 'mechanism', mechanisms.code, min(lists.goal),
    iif(min(lists.goal) IS NULL, 'orphan', 'linked'), NULL, NULL
FROM mechanisms LEFT JOIN lists ON lists.code = mechanisms.code
GROUP BY mechanisms.code
