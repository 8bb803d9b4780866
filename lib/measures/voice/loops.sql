-- title: From feedback to a fix to a second measurement
-- version: 1
-- formula: items of the kind; fixed: the first move into a state of the rule
--   loop's `fixed`; remeasured: the last score after it that names the item;
--   closed: both; before, after: means of the scores that name it up to the
--   fix, and after it; repeated: feedback after the loop was closed with a
--   theme of the feedback that names the item, about the same object
-- source: REQUIREMENTS.md E-11
-- requirements: E-11
-- window: none
-- parameter: case text = improvement - kind of item, and those below it
-- column: item id key - which
-- column: kind text none - of item
-- column: about text none - its subject
-- column: owner party none - who answers for it
-- column: voices int64 none - events of feedback that name it
-- column: fixed instant none - when first
-- column: remeasured instant none - by the last score after that
-- column: before decimal none 6 - mean score up to the fix
-- column: after decimal none 6 - mean score after it
-- column: closed int64 sum - 1 or 0
-- column: better int64 sum - 1 where after is above before
-- column: repeated int64 sum - 1 where the same was said again
-- column: state text none - where it is
-- drill: voices SELECT id AS record, party FROM event
--   WHERE item = :drill_id AND is_a('event', kind, 'feedback');
-- drill: closed,better,repeated SELECT event.id AS record, event.party,
--   event.kind, 0 AS part FROM event WHERE item = :drill_id;
WITH states AS MATERIALIZED (
    SELECT state.code FROM word('state') AS state
    JOIN word('state') AS listed ON is_a('state', state.code, listed.code)
    WHERE instr(word_member('rule', 'loop', 'fixed'),
        '"' || listed.code || '"') > 0
),
cases AS MATERIALIZED (
    SELECT item_state.item, item_state.kind, item.subject, item_state.owner,
        item_state.state
    FROM item_state(:case) JOIN item ON item.id = item_state.item
    WHERE (:from IS NULL OR item_state.day >= :from)
        AND (:to IS NULL OR item_state.day < :to)
),
fixes AS MATERIALIZED (
    SELECT cases.item, min(move.instant) AS fixed
    FROM cases JOIN move ON move.item = cases.item
    WHERE move.state IN (SELECT code FROM states)
    GROUP BY cases.item
),
kinds AS MATERIALIZED (
    SELECT w.code, is_a('event', w.code, 'score') AS scores
    FROM word('event') AS w
    WHERE is_a('event', w.code, 'score')
        OR is_a('event', w.code, 'feedback')
),
named AS MATERIALIZED (
    SELECT event.item, kinds.scores, event.instant, event.word, event.object,
        scaled(event.number, event.number_scale, 6) AS score, fixes.fixed
    FROM kinds CROSS JOIN event ON event.kind = kinds.code
    JOIN cases ON cases.item = event.item
    LEFT JOIN fixes ON fixes.item = event.item
),
sums AS MATERIALIZED (
    SELECT item, fixed, sum(scores = 0) AS voices,
        max(iif(scores AND instant > fixed, instant, NULL)) AS remeasured,
        mean(iif(scores AND (fixed IS NULL OR instant <= fixed), score, NULL))
            AS before,
        mean(iif(scores AND instant > fixed, score, NULL)) AS after
    FROM named
    GROUP BY item
),
themes AS MATERIALIZED (
    SELECT DISTINCT named.item, named.word, named.object, sums.remeasured
    FROM named JOIN sums ON sums.item = named.item
    WHERE named.scores = 0 AND named.word IS NOT NULL
        AND sums.remeasured IS NOT NULL
),
again AS MATERIALIZED (
    SELECT DISTINCT themes.item
    FROM kinds CROSS JOIN event ON event.kind = kinds.code
    JOIN themes ON themes.word = event.word
    WHERE kinds.scores = 0 AND event.object IS themes.object
        AND event.instant > themes.remeasured
)
SELECT cases.item, cases.kind, cases.subject AS about, cases.owner,
    coalesce(sums.voices, 0) AS voices, fixes.fixed, sums.remeasured,
    sums.before, sums.after, sums.remeasured IS NOT NULL AS closed,
    coalesce(sums.after > sums.before, 0) AS better,
    again.item IS NOT NULL AS repeated, cases.state, cases.item AS drill_id
FROM cases LEFT JOIN fixes ON fixes.item = cases.item
LEFT JOIN sums ON sums.item = cases.item
LEFT JOIN again ON again.item = cases.item
