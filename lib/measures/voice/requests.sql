-- title: What was asked of us, and how soon we answered
-- version: 1
-- formula: a rule below `response` is a level of service. Of an event kind:
--   each such event, answered by the first event of the kind `answer` of the
--   same party about the same object at that instant or after it. Of an item
--   kind: each such item, answered by its first move. seconds = from asking
--   to answering, a part of one counting whole; within: not more than the
--   rule's `seconds`, else late; unanswered: waiting while there is time,
--   then overdue. Now is the last moment seen, or without --as-of and --to
--   the last time that anything was asked or answered
-- source: REQUIREMENTS.md A-12, D-31
-- requirements: A-12 D-31
-- window: none
-- parameter: level text? - only this rule
-- column: level text key - the rule
-- column: request id key - the event or the item
-- column: party party none - who asked
-- column: asked instant none - when
-- column: answered instant none - when
-- column: seconds int64 none - it took, or has taken so far
-- column: state text none - within, late, waiting or overdue
-- drill: seconds SELECT :drill_id AS record, :party AS party,
--   :seconds AS part;
WITH levels AS MATERIALIZED (
    SELECT code, word_member('rule', code, 'event') AS asks,
        word_member('rule', code, 'answer') AS answers,
        word_member('rule', code, 'item') AS item,
        word_member('rule', code, 'seconds') * 1000000 AS time
    FROM word('rule') AS rule
    WHERE code LIKE 'response.%' AND (:level IS NULL OR code = :level)
        AND word_member('rule', code, 'seconds') > 0
),
kinds AS MATERIALIZED (
    SELECT levels.code, kind.code AS kind,
        is_a('event', kind.code, levels.answers) AS answers
    FROM levels JOIN word('event') AS kind
    WHERE is_a('event', kind.code, levels.asks)
        OR is_a('event', kind.code, levels.answers)
),
stream AS MATERIALIZED (
    SELECT kinds.code, kinds.answers, event.id, event.party, event.object,
        event.instant, event.day
    FROM kinds CROSS JOIN event ON event.kind = kinds.kind
),
matched AS MATERIALIZED (
    SELECT code, answers, id, party, instant, day,
        min(iif(answers, instant, NULL)) OVER (
            PARTITION BY code, party, object
            ORDER BY instant DESC, answers DESC, id DESC
            ROWS UNBOUNDED PRECEDING
        ) AS answered
    FROM stream
),
moved AS MATERIALIZED (
    SELECT item, min(instant) AS instant FROM move GROUP BY item
),
asked AS MATERIALIZED (
    SELECT code, id, party, instant, answered FROM matched
    WHERE answers = 0 AND (:from IS NULL OR day >= :from)
        AND (:to IS NULL OR day < :to)
    UNION ALL
    SELECT levels.code, item_state.item, item_state.party,
        item_state.instant, max(moved.instant, item_state.instant)
    FROM levels JOIN item_state ON is_a('item', item_state.kind, levels.item)
    LEFT JOIN moved ON moved.item = item_state.item
    WHERE levels.item IS NOT NULL
        AND (:from IS NULL OR item_state.day >= :from)
        AND (:to IS NULL OR item_state.day < :to)
),
moment AS MATERIALIZED (
    SELECT coalesce(:now, max(max(instant), coalesce(max(answered),
        max(instant)))) AS now
    FROM asked
),
taken AS MATERIALIZED (
    SELECT asked.code, asked.id, asked.party, asked.instant, asked.answered,
        coalesce(asked.answered, moment.now) - asked.instant AS time,
        levels.time AS most
    FROM asked CROSS JOIN moment JOIN levels ON levels.code = asked.code
)
SELECT code AS level, id AS request, party, instant AS asked, answered,
    (time + 999999) / 1000000 AS seconds,
    CASE WHEN answered IS NOT NULL THEN iif(time <= most, 'within', 'late')
        ELSE iif(time <= most, 'waiting', 'overdue') END AS state,
    id AS drill_id
FROM taken
