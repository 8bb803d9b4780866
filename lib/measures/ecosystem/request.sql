-- title: What was asked for, one by one
-- version: 1
-- formula: items of the kind (and below) that came in within the window, if
--   one is given; the rule reached.KIND says in which states an item has got
--   what it asked for ("reached") and in which it asks no more ("void"): a
--   kind without such a rule has got it where its flow ends. reached_day = of
--   the first move into such a state; on_time = reached by the day it was due,
--   or without one; overdue = neither reached nor void after the day it was
--   due
-- source: REQUIREMENTS B-09, B-13, B-16, B-21
-- requirements: B-09 B-13 B-16 B-21 B-22
-- window: none
-- parameter: kind text = internal-order - of item, with those below it
-- column: item id key - which
-- column: party party none - who asks
-- column: owner party none - who is asked
-- column: subject text none - for what
-- column: day day none - when it came in
-- column: due day none - until when
-- column: state text none - where it is
-- column: reached int64 sum - 1 or 0
-- column: reached_day day none - since when
-- column: on_time int64 sum - 1 or 0
-- column: overdue int64 sum - 1 or 0
-- column: void int64 sum - 1 or 0
WITH rules AS MATERIALIZED (
    SELECT code AS kind,
        json_extract(word_data('rule', 'reached.' || code, :as_of),
            '$.reached') AS reached,
        coalesce(json_extract(word_data('rule', 'reached.' || code, :as_of),
            '$.void'), '[]') AS void
    FROM word('item')
),
items AS MATERIALIZED (
    SELECT item, kind, party, owner, day, due, state, final
    FROM item_state(:kind)
    WHERE (:from IS NULL OR day >= :from) AND (:to IS NULL OR day < :to)
),
judged AS MATERIALIZED (
    SELECT items.item, items.party, items.owner, items.day, items.due,
        items.state, rules.reached AS states,
        iif(rules.reached IS NULL, items.final, coalesce(instr(rules.reached,
            '"' || items.state || '"'), 0) > 0) AS reached,
        coalesce(instr(rules.void, '"' || items.state || '"'), 0) > 0
            AS void
    FROM items JOIN rules ON rules.kind = items.kind
),
firsts AS MATERIALIZED (
    SELECT move.item AS item, min(move.day) AS day
    FROM judged CROSS JOIN move ON move.item = judged.item
    WHERE judged.reached AND (move.state = judged.state OR coalesce(
        instr(judged.states, '"' || move.state || '"'), 0) > 0)
    GROUP BY move.item
),
dated AS MATERIALIZED (
    SELECT judged.*, item.subject AS subject,
        iif(judged.reached, coalesce(firsts.day, judged.day), NULL)
            AS reached_day
    FROM judged CROSS JOIN item ON item.id = judged.item
    LEFT JOIN firsts ON firsts.item = judged.item
)
SELECT dated.item, dated.party, dated.owner, dated.subject, dated.day,
    dated.due, dated.state, dated.reached, dated.reached_day,
    dated.reached AND (dated.due IS NULL OR dated.reached_day <= dated.due)
        AS on_time,
    NOT dated.reached AND NOT dated.void
        AND coalesce(dated.due < today.day, 0) AS overdue,
    dated.void
FROM dated CROSS JOIN today
